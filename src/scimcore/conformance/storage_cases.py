"""Generated users, filters and sort orders: the same ones each time, for comparing a store with the reference.

They come from a generator of numbers of known seed; no library for generated tests is needed.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from scimcore import urns
from scimcore.conformance.storage_trial import group, user
from scimcore.documents import Document

SEED = 7643

_GIVEN = (
    "Ada",
    "ada",
    "ADA",
    "Grace",
    "Zoë",
    "zoe\u0308",
    "ZOË",
    "Ægir",
    "Li",
    "%",
    "_",
    "O'Hara",
    'a"b',
    "back\\slash",
)
_FAMILY = ("Lovelace", "Hopper", "Straße", "STRASSE", "İnan", "Ng", "ng", "Öberg", "\U0001f600", "x" * 300)
_TITLES = ("Engineer", "engineer", "Head of R&D", "", " ", "vice  president", "Ünit")
_TYPES = ("work", "home", "Work", "other")
_DOMAINS = ("example.com", "EXAMPLE.com", "corp.local")
_PARTS = ("a", "A", "e", "É", "é", "ss", "ß", "%", "_", "\\", ".com", "zo", "1", "")
_TIMES = ("2026-01-02T03:04:05.678Z", "2026-01-02T04:04:05.678+01:00", "2025-12-31T23:59:59Z", "2027-06-01T00:00:00Z")


def users(how_many: int = 60) -> list[Document]:
    """Make users that differ in what filters and sort orders look at."""
    random = Random(SEED)
    return [_user(random, number) for number in range(how_many)]


def groups(members: list[Document]) -> list[Document]:
    """Make groups of some of the users."""
    random = Random(SEED + 1)
    made = []
    for number in range(12):
        chosen = random.sample(members[:16], random.randrange(0, 9))
        elements = [{"value": each["id"], "type": "User", "display": each["userName"]} for each in chosen]
        made.append(group(f"group-{number:02}", elements, displayName=f"{random.choice(_GIVEN)} {number}"))
    return made


def filters() -> list[str]:
    """Make filters over those users."""
    random = Random(SEED + 2)
    known = [
        'userName eq "ADA.0"',
        'externalId eq "X-3"',
        'externalId eq "x-3"',
        'emails.value eq "MAIL.5@example.COM"',
        'emails[type eq "work" and value co "example"]',
        'emails[type eq "home"] and active eq true',
        "not (title pr)",
        'title eq ""',
        "name.familyName pr",
        "emails pr",
        'meta.lastModified ge "2026-01-02T03:04:05.678Z"',
        'name.familyName eq "strasse"',
        'name.givenName eq "ZOË"',
        'name.givenName co "%"',
        'name.givenName co "_"',
        'name.givenName eq "back\\\\slash"',
        f'{urns.ENTERPRISE_USER}:department eq "r&d"',
        "title eq null",
        "active ne true",
        'id eq "user-007" or userName sw "ada"',
    ]
    return known + [_filter(random, 3) for _ in range(120)]


def group_filters() -> list[str]:
    """Make filters over those groups."""
    return [
        'displayName eq "ADA 0"',
        'members.value eq "USER-007"',
        'members eq "user-003"',
        'members[value eq "user-011" and type eq "user"]',
        "members pr",
        "not (members pr)",
        'members.display co "ada"',
        'displayName co "e" and members[value sw "user-0"]',
        'members.value eq "user-001" or members.value eq "user-002"',
    ]


SORTS = (
    "userName",
    "displayName",
    "name.familyName",
    "name.givenName",
    "title",
    "externalId",
    "active",
    "id",
    "meta.created",
    f"{urns.ENTERPRISE_USER}:department",
    "emails.value",
)


def _user(random: Random, number: int) -> Document:
    def maybe(value: Any, chance: float = 0.75) -> Any:  # noqa: ANN401
        return value if random.random() < chance else None

    name = {"givenName": maybe(random.choice(_GIVEN)), "familyName": maybe(random.choice(_FAMILY))}
    emails = [
        {
            "value": f"{random.choice(('mail', 'Mail'))}.{number}@{random.choice(_DOMAINS)}",
            "type": random.choice(_TYPES),
        }
        for _ in range(random.choice((0, 1, 1, 2)))
    ]
    if emails and random.random() < 0.5:
        emails[-1]["primary"] = True  # type: ignore[assignment]
    department = maybe(random.choice(("R&D", "Sales", "Verkäufe")), 0.5)
    document = user(
        f"user-{number:03}",
        userName=f"{random.choice(('Ada', 'grace', 'LI'))}.{number}",
        externalId=maybe(f"{random.choice('xX')}-{number % 7}"),
        displayName=maybe(f"{random.choice(_GIVEN)} {random.choice(_FAMILY)}"),
        name={part: value for part, value in name.items() if value is not None} or None,
        title=maybe(random.choice(_TITLES), 0.6),
        active=maybe(random.random() < 0.5),
        emails=emails or None,
    )
    if department is not None:
        document["schemas"] = [*document["schemas"], urns.ENTERPRISE_USER]
        document[urns.ENTERPRISE_USER] = {"department": department, "costCenter": str(number % 4)}
    moment = random.choice(_TIMES)
    document["meta"] |= {"created": moment, "lastModified": moment}
    return document


def _filter(random: Random, depth: int) -> str:
    kind = random.random()
    if depth == 0 or kind < 0.5:
        return next(_terms(random))
    if kind < 0.65:
        return f"not ({_filter(random, depth - 1)})"
    if kind < 0.8:
        return f"emails[{_email_term(random)} {random.choice(('and', 'or'))} {_email_term(random)}]"
    connective = random.choice((" and ", " or "))
    return connective.join(f"({_filter(random, depth - 1)})" for _ in range(random.choice((2, 2, 3))))


def _terms(random: Random) -> Iterator[str]:
    while True:
        path = random.choice(_TEXTS)
        kind = random.random()
        if kind < 0.15:
            yield f"{path} pr"
        elif kind < 0.25:
            yield f"active {random.choice(('eq', 'ne'))} {random.choice(('true', 'false', 'null'))}"
        elif kind < 0.35:
            operator = random.choice(("eq", "ne", "gt", "ge", "lt", "le"))
            yield f'meta.{random.choice(("created", "lastModified"))} {operator} "{random.choice(_TIMES)}"'
        else:
            yield f"{path} {random.choice(_OPERATORS)} {_quoted(random.choice(_values(path)))}"


_TEXTS = (
    "userName",
    "displayName",
    "externalId",
    "id",
    "title",
    "name.givenName",
    "name.familyName",
    "emails.value",
    "emails.type",
    f"{urns.ENTERPRISE_USER}:department",
    f"{urns.ENTERPRISE_USER}:costCenter",
)
_OPERATORS = ("eq", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")


def _values(path: str) -> tuple[str, ...]:
    if path.endswith("ivenName"):
        return (*_GIVEN, *_PARTS)
    if path.endswith("amilyName"):
        return (*_FAMILY, *_PARTS)
    if path.endswith("itle"):
        return (*_TITLES, *_PARTS)
    if path.endswith("type"):
        return _TYPES
    if path.endswith("department"):
        return ("R&D", "sales", "VERKÄUFE", "verka\u0308ufe")
    return ("ada.0", "GRACE.1", "li.", "x-1", "X-2", "user-010", "mail.3@example.com", "MAIL.4@CORP.LOCAL", *_PARTS)


def _email_term(random: Random) -> str:
    return random.choice(
        (
            f"type eq {_quoted(random.choice(_TYPES))}",
            f"value co {_quoted(random.choice(_PARTS))}",
            f"value ew {_quoted(random.choice(_DOMAINS))}",
            "primary eq true",
            "not (primary pr)",
            f"value eq {_quoted(random.choice(('mail.3@example.com', 'MAIL.4@corp.local')))}",
        )
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
