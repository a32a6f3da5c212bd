"""What of a resource is shown: attributes and excludedAttributes (RFC 7644 §3.4.2.5, §3.9)."""

from typing import NamedTuple

from scimcore import urns
from scimcore.conformance.check import SPECS, Check, check, collected
from scimcore.conformance.outcomes import MUST, SHOULD
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.people import crew, people
from scimcore.documents import Document

ENT = urns.ENTERPRISE_USER
CORE = urns.USER


class ShowRow(NamedTuple):
    """Parameters, what must be shown of the first user (``"*"`` is anything) and what must not."""

    id: str
    query: dict[str, str]
    shown: tuple[str, ...]
    hidden: tuple[str, ...]
    title: str
    needs: tuple[str, ...] = ()


ALWAYS = "id is always returned"
SHOWS = (
    ShowRow("attributes", {"attributes": "userName"}, ("id", "userName"), ("displayName", "name", "emails", "meta"), "attributes shows what is named, and id"),
    ShowRow("attributes-two", {"attributes": "userName,displayName"}, ("id", "userName", "displayName"), ("name", "emails"), "attributes takes a list"),
    ShowRow("attributes-space", {"attributes": "userName, displayName"}, ("userName", "displayName"), ("name",), "attributes takes a list with spaces"),
    ShowRow("attributes-case", {"attributes": "USERNAME"}, ("id", "userName"), ("displayName",), "names in attributes have no case"),
    ShowRow("attributes-sub", {"attributes": "name.familyName"}, ("id", "name.familyName"), ("name.givenName", "userName"), "attributes shows a sub-attribute alone"),
    ShowRow("attributes-complex", {"attributes": "name"}, ("name.familyName", "name.givenName"), ("userName",), "attributes shows a whole complex attribute"),
    ShowRow("attributes-multi", {"attributes": "emails"}, ("emails",), ("name", "userName"), "attributes shows a multi-valued attribute"),
    ShowRow("attributes-multi-sub", {"attributes": "emails.value"}, ("emails.value",), ("emails.type", "userName"), "attributes shows one sub-attribute of each element"),
    ShowRow("attributes-urn", {"attributes": f"{CORE}:displayName"}, ("displayName",), ("userName", "name"), "names may be qualified by a URN"),
    ShowRow("attributes-extension", {"attributes": f"{ENT}:department"}, (f"{ENT}:department",), (f"{ENT}:employeeNumber", "userName"), "attributes shows an extension's attribute", (f"User.{ENT}:department",)),
    ShowRow("attributes-extension-all", {"attributes": ENT}, (f"{ENT}:department", f"{ENT}:employeeNumber"), ("userName",), "attributes shows a whole extension", (f"User.{ENT}:department",)),
    ShowRow("attributes-meta", {"attributes": "meta.location"}, ("meta.location",), ("meta.created", "userName"), "attributes shows a part of meta"),
    ShowRow("attributes-unknown", {"attributes": "noSuchAttribute,userName"}, ("userName",), ("displayName",), "an unknown name in attributes is no error"),
    ShowRow("excluded", {"excludedAttributes": "displayName"}, ("id", "userName", "name", "emails"), ("displayName",), "excludedAttributes hides what is named"),
    ShowRow("excluded-two", {"excludedAttributes": "displayName,emails"}, ("userName", "name"), ("displayName", "emails"), "excludedAttributes takes a list"),
    ShowRow("excluded-case", {"excludedAttributes": "DISPLAYNAME"}, ("userName",), ("displayName",), "names in excludedAttributes have no case"),
    ShowRow("excluded-sub", {"excludedAttributes": "name.givenName"}, ("name.familyName", "userName"), ("name.givenName",), "excludedAttributes hides a sub-attribute alone"),
    ShowRow("excluded-always", {"excludedAttributes": "id,displayName"}, ("id", "userName"), ("displayName",), "what is always returned cannot be hidden"),
    ShowRow("excluded-extension", {"excludedAttributes": f"{ENT}:department"}, (f"{ENT}:employeeNumber", "userName"), (f"{ENT}:department",), "excludedAttributes hides an extension's attribute", (f"User.{ENT}:department",)),
    ShowRow("default", {}, ("id", "schemas", "userName", "displayName", "name", "emails", "meta"), ("password",), "without parameters everything that is returned by default is shown"),
)  # fmt: skip


def _show_checks(row: ShowRow) -> list[Check]:
    section = "3.4.2.5"
    needs = ("User", "User.displayName", "User.name", "User.emails", *row.needs)

    def one(probe: Probe) -> None:
        _require_shown(probe, row, probe.read(people(probe).users["A"].path, **row.query))

    def many(probe: Probe) -> None:
        made = people(probe).users["A"]
        found = probe.get(probe.user.endpoint, filter=f'id eq "{made.id}"', **row.query).expect(200).resources
        probe.require(len(found) == 1, "one resource", f"{len(found)}")
        _require_shown(probe, row, found[0])

    asked = "&".join(f"{name}={value}" for name, value in row.query.items()) or "no parameters"
    title = f"{row.title} ({asked})"
    return [
        Check(f"rfc7644-{section}-{row.id}", SPECS["rfc7644"], section, MUST, f"GET: {title}", one, ALWAYS, needs),
        Check(f"rfc7644-{section}-{row.id}-list", SPECS["rfc7644"], section, MUST, f"In a list: {title}", many, ALWAYS, (*needs, "filter")),
    ]  # fmt: skip


def _require_shown(probe: Probe, row: ShowRow, document: Document) -> None:
    for path in row.shown:
        probe.require(_at(document, path), f"{path} is shown", sorted(document))
    for path in row.hidden:
        probe.require(not _at(document, path), f"{path} is not shown", _at(document, path))


def _at(document: Document, path: str) -> object:
    inside: object = document
    if path.lower().startswith("urn:"):
        urn, _, path = path.rpartition(":")
        inside = document.get(urn)
    for name in path.split("."):
        if isinstance(inside, list):
            inside = next(
                (value for element in inside if isinstance(element, dict) and (value := element.get(name))), None
            )
        else:
            inside = inside.get(name) if isinstance(inside, dict) else None
    return inside


@check(
    "rfc7644-3.4.2.5-members",
    "excludedAttributes=members hides a group's members",
    needs=("Group.members", "User"),
    hint="Entra reads groups like that",
)
def hidden_members(probe: Probe) -> None:
    made = crew(probe).groups["X"]
    probe.expect({"members": None}, probe.read(made.path, excludedAttributes="members"))
    probe.require(probe.read(made.path).get("members"), "members without the parameter", "none")


@check(
    "rfc7644-3.4.2.5-members-list",
    "excludedAttributes=members hides members in a list of groups",
    needs=("Group.members", "User", "filter"),
)
def hidden_members_list(probe: Probe) -> None:
    found = crew(probe)
    answer = probe.get(
        probe.group.endpoint, filter=f'displayName eq "Deck {found.tag}"', excludedAttributes="members"
    ).expect(200)
    probe.require(len(answer.resources) == 1, "the group", answer.resources)
    probe.expect({"members": None}, answer.resources[0])


@check("rfc7644-3.4.2.5-never", "attributes does not show what is never returned", needs=("User.password",))
def never(probe: Probe) -> None:
    made = probe.new_user(password=probe.password())
    probe.expect({"password": None}, probe.read(made.path, attributes="password,userName"))


@check(
    "rfc7644-3.4.2.5-patch",
    "PATCH with excludedAttributes hides what is named",
    needs=("patch", "User.nickName", "User.displayName"),
    level=SHOULD,
)
def patch_excluded(probe: Probe) -> None:
    made = probe.new_user(displayName="Mira")
    answer = probe.patch(
        made.path, {"op": "add", "path": "nickName", "value": "Mim"}, excludedAttributes="displayName"
    ).expect(200, 204)
    if answer.status == 200:
        probe.expect({"displayName": None, "nickName": "Mim"}, answer.document)


@check("rfc7644-3.4.2.5-keeps", "What is not shown is not lost", needs=("User.displayName", "User.name"))
def keeps(probe: Probe) -> None:
    made = people(probe).users["A"]
    before = probe.read(made.path)
    probe.read(made.path, attributes="userName")
    probe.require(probe.read(made.path) == before, "the resource as before", "another one")


CHECKS = (*collected(globals()), *(c for row in SHOWS for c in _show_checks(row)))
