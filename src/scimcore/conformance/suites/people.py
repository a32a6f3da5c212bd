"""The resources that queries are asked about: four users and two groups, made once in a run.

Every text that a filter asks for has the run's tag in it, so that a service may have data of its own.
"""

from typing import NamedTuple

from scimcore import urns
from scimcore.conformance.probe import Made, Probe
from scimcore.documents import Document

ENTERPRISE = urns.ENTERPRISE_USER

PEOPLE: dict[str, Document] = {
    "A": {
        "userName": "Alba.{tag}@Example.com",
        "externalId": "{tag}-Ext-A",
        "displayName": "Alba Ocean {tag}",
        "nickName": "Al {tag}",
        "title": "Captain {tag}",
        "userType": "Employee {tag}",
        "active": True,
        "name": {"givenName": "Alba {tag}", "familyName": "Ocean {tag}"},
        "emails": [
            {"type": "work", "value": "alba.{tag}@work.example", "primary": True},
            {"type": "home", "value": "alba.{tag}@home.example"},
        ],
        "addresses": [{"type": "work", "locality": "Bergen {tag}", "country": "NO"}],
        ENTERPRISE: {"department": "Bridge {tag}", "employeeNumber": "A10{tag}"},
    },
    "B": {
        "userName": "bo.{tag}@example.com",
        "externalId": "{tag}-ext-b",
        "displayName": 'Bo "the \\ oak" Ünal {tag}',
        "nickName": "captain bo {tag}",
        "userType": "Contractor {tag}",
        "active": False,
        "name": {"givenName": "Bo {tag}", "familyName": "Reef {tag}"},
        "emails": [
            {"type": "work", "value": "bo.{tag}@other.example"},
            {"type": "home", "value": "bo.{tag}@work.example", "primary": True},
        ],
        ENTERPRISE: {"department": "Engine {tag}", "employeeNumber": "B20{tag}"},
    },
    "C": {
        "userName": "cy.{tag}@example.com",
        "displayName": "Cy [or] (and) {tag}",
        "title": "Captain {tag} emerita",
        "userType": "Employee {tag}",
        "active": True,
        "name": {"givenName": "Cy {tag}", "familyName": "Shoal {tag}"},
        "emails": [{"type": "home", "value": "cy.{tag}@home.example"}],
    },
    "D": {
        "userName": "di_{tag}@example.com",
        "displayName": "100% di_{tag}",
        "title": "Deckhand {tag}",
        "userType": "Intern {tag}",
        "active": False,
        "name": {"givenName": "Di {tag}", "familyName": "Tide {tag}"},
    },
}


class People(NamedTuple):
    """Who there is.

    Attributes:
        tag: The text that is in all their names.
        users: By letter.
        words: What may stand in braces in a row of a table.
    """

    tag: str
    users: dict[str, Made]
    words: dict[str, str]

    def letters(self, ids: set[str]) -> str:
        """Name those of the users whose ids these are."""
        return "".join(letter for letter, made in self.users.items() if made.id in ids)


def people(probe: Probe) -> People:
    """Return the users that queries are about."""
    return probe.shared("the users that queries are about", _make)


def _make(probe: Probe) -> People:
    users = {letter: probe.new_user(**_known(probe, attributes)) for letter, attributes in PEOPLE.items()}
    created = str(probe.read(users["A"].path).get("meta", {}).get("created", ""))
    words = {"tag": probe.tag, "created": created, **{f"id{letter}": made.id for letter, made in users.items()}}
    return People(probe.tag, users, words)


def _known(probe: Probe, attributes: Document) -> Document:
    """Leave away what the service does not announce: it may refuse that."""
    kind = probe.user
    return {
        name: value
        for name, value in attributes.items()
        if name in kind.extensions or (not name.startswith("urn:") and probe.target.missing(f"User.{name}") is None)
    }


class Crew(NamedTuple):
    """Two groups and the users in them.

    Attributes:
        tag: The text that is in all their names.
        groups: By letter: ``X`` has the first user, ``Y`` has none.
        users: The users; the last is in no group.
    """

    tag: str
    groups: dict[str, Made]
    users: tuple[Made, ...]


def crew(probe: Probe) -> Crew:
    """Return the groups that queries are about."""
    return probe.shared("the groups that queries are about", _make_crew)


def _make_crew(probe: Probe) -> Crew:
    users = (probe.new_user(), probe.new_user())
    member = {"value": users[0].id}
    groups = {
        "X": probe.new_group(displayName="Deck {tag}", externalId="{tag}-Group-X", members=[member]),
        "Y": probe.new_group(displayName="Galley {tag}"),
    }
    return Crew(probe.tag, groups, users)
