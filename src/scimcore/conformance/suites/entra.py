"""Microsoft Entra ID as a client: what its validator asks, and the shapes that its provisioning sends.

Some shapes are off RFC 7644. Whoever serves Entra has to understand them; whoever does not need not run this suite.
"""

from typing import NamedTuple

from scimcore import urns
from scimcore.conformance.check import SPECS, Check, check, collected
from scimcore.conformance.matching import fill
from scimcore.conformance.outcomes import MUST, SHOULD, Level
from scimcore.conformance.probe import Made, Probe, patch_op
from scimcore.documents import JSON, Document

ENT = urns.ENTERPRISE_USER
GROUP_SCHEMA = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
USERS, GROUPS = ("User", "filter"), ("User", "Group.members", "filter")


def op(op: str, path: str | None, value: JSON = None) -> Document:
    """Write an operation; no value with Remove, unless one is given."""
    return {"op": op, **({} if path is None else {"path": path}), **({} if value is None else {"value": value})}


class Row(NamedTuple):
    """Operations that Entra sends, and what they mean."""

    id: str
    title: str
    before: Document
    operations: tuple[Document, ...]
    after: Document
    level: Level = MUST
    hint: str = ""


WORK = {"type": "work", "value": "w.{tag}@example.com", "primary": True}
NAME = {"givenName": "Mira", "familyName": "Lund"}
BY_HAND = "this shape is Entra's own: see the documentation on dialects"

# Of users, without and with the flag aadOptscim062020.
USER_ROWS = (
    Row("capitals", "Add and Replace in capitals", {"title": "a"}, (op("Replace", "title", "b"), op("Add", "nickName", "Mim")), {"title": "b", "nickName": "Mim"}, hint="op has no casing to Entra"),
    Row("remove-capital", "Remove in capitals", {"title": "a", "nickName": "b"}, (op("Remove", "nickName"),), {"nickName": None, "title": "a"}),
    Row("active-text", 'active "False" as a text', {"active": True}, (op("Replace", "active", "False"),), {"active": False}, hint='the text "False" means false'),
    Row("active-text-true", 'active "True" as a text', {"active": False}, (op("Replace", "active", "True"),), {"active": True}),
    Row("active", "active as a boolean", {"active": True}, (op("replace", "active", False),), {"active": False}),
    Row("work-mail-existing", "a work address by value path", {"emails": [WORK]}, (op("Replace", 'emails[type eq "work"].value', "n.{tag}@example.com"),), {"emails": [{**WORK, "value": "n.{tag}@example.com"}]}),
    Row("work-mail-new", "a work address by value path where there is none", {}, (op("Add", 'emails[type eq "work"].value', "n.{tag}@example.com"),), {"emails": [{"type": "work", "value": "n.{tag}@example.com"}]}, hint=BY_HAND),
    Row("phone-new", "a mobile number by value path where there is none", {}, (op("Add", 'phoneNumbers[type eq "mobile"].value', "+1 555"),), {"phoneNumbers": [{"type": "mobile", "value": "+1 555"}]}, hint=BY_HAND),
    Row("address-new", "parts of a work address, one by one", {}, (op("Add", 'addresses[type eq "work"].locality', "Oslo"), op("Add", 'addresses[type eq "work"].country', "NO")), {"addresses": [{"type": "work", "locality": "Oslo", "country": "NO"}]}, hint="the second operation finds what the first has made"),
    Row("path-casing", "a path that ends in .Value", {"emails": [WORK]}, (op("Replace", 'emails[type eq "work"].Value', "n.{tag}@example.com"),), {"emails": [{**WORK, "value": "n.{tag}@example.com"}]}, hint="names have no casing"),
    Row("name-part", "name.familyName", {"name": NAME}, (op("Replace", "name.familyName", "Berg"),), {"name": {"givenName": "Mira", "familyName": "Berg"}}),
    Row("department", "an enterprise attribute by URN", {}, (op("Add", f"{ENT}:department", "Bridge"),), {ENT: {"department": "Bridge"}}),
    Row("compact", "one operation without a path, with dotted keys", {"name": NAME}, (op("replace", None, {"displayName": "M", "name.givenName": "Mo", "title": "T"}),), {"displayName": "M", "title": "T", "name": {"givenName": "Mo", "familyName": "Lund"}}, hint=BY_HAND),
    Row("compact-urn", "one operation without a path, with a URN in a key", {}, (op("replace", None, {f"{ENT}:employeeNumber": "7", "title": "T"}),), {"title": "T", ENT: {"employeeNumber": "7"}}, hint=BY_HAND),
    Row("user-name", "a new userName without a path", {}, (op("replace", None, {"userName": "new.{tag}@example.com"}),), {"userName": "new.{tag}@example.com"}),
    Row("external-id", "a new externalId", {"externalId": "old.{tag}"}, (op("Replace", "externalId", "new.{tag}"),), {"externalId": "new.{tag}"}),
    Row("several-on-one", "remove, add and replace of one attribute", {"title": "a"}, (op("remove", "title"), op("add", "title", "b"), op("replace", "title", "c")), {"title": "c"}),
    Row("null", "null for what is to be cleared", {"title": "a"}, (op("Replace", "title", None) | {"value": None},), {"title": None}, SHOULD),
    Row("empty", "an empty text for what is to be cleared", {"nickName": "a"}, (op("Replace", "nickName", ""),), {}, SHOULD, "the answer then has no value, or an empty one"),
    Row("unwrapped", "a single value wrapped in a list", {"title": "a"}, (op("Replace", "title", [{"$ref": None, "value": "b"}]),), {"title": "b"}, SHOULD, BY_HAND),
    Row("primary-text", 'roles[primary eq "True"].value', {"roles": [{"value": "a", "primary": True}]}, (op("Replace", 'roles[primary eq "True"].value', "b"),), {"roles": [{"value": "b", "primary": True}]}, SHOULD, BY_HAND),
)  # fmt: skip

ONE, TWO, THREE = {"value": "{one}"}, {"value": "{two}"}, {"value": "{three}"}
GROUP_ROWS = (
    Row("add", "a member", {}, (op("Add", "members", [ONE]),), {"members": [ONE]}),
    Row("add-ref", "a member with $ref null", {"members": [ONE]}, (op("Add", "members", [{"$ref": None, "value": "{two}"}]),), {"members": [ONE, TWO]}),
    Row("add-again", "a member that is one already", {"members": [ONE]}, (op("Add", "members", [ONE]),), {"members": [ONE]}),
    Row("remove-list", "Remove with a list of values", {"members": [ONE, TWO, THREE]}, (op("Remove", "members", [ONE, TWO]),), {"members": [THREE]}, hint="by the letter of RFC 7644 this empties the group: Entra means these two"),
    Row("remove-path", "remove by value path", {"members": [ONE, TWO]}, (op("remove", 'members[value eq "{one}"]'),), {"members": [TWO]}),
    Row("remove-other", "removal of who is no member", {"members": [ONE]}, (op("Remove", "members", [TWO]),), {"members": [ONE]}, hint="a repeated request is no fault"),
    Row("name", "a new displayName", {"members": [ONE]}, (op("Replace", "displayName", "Renamed {tag}"),), {"displayName": "Renamed {tag}", "members": [ONE]}),
    Row("add-then-remove", "a member added and removed in one request", {"members": [ONE]}, (op("Add", "members", [TWO]), op("Remove", "members", [TWO])), {"members": [ONE]}),
)  # fmt: skip


def _row_check(row: Row, group: bool) -> Check:
    def function(probe: Probe) -> None:
        words = (
            {word: probe.new_user().id for word in ("one", "two", "three") if f"{{{word}}}" in repr(row)}
            if group
            else {}
        )
        before, operations, after = (
            fill(probe.filled(value), words) for value in (row.before, row.operations, row.after)
        )
        made = probe.new_group(**before) if group else probe.new_user(**before)
        probe.send("PATCH", made.path, patch_op(*operations)).expect(200, 204)
        document = probe.read(made.path)
        probe.expect(after, document)
        if row.id == "empty":
            probe.require(document.get("nickName") in (None, ""), "no nickName", document.get("nickName"))

    kind = "group" if group else "user"
    return Check(
        f"entra-patch-{kind}-{row.id}", SPECS["entra"], "patch", row.level, f"PATCH understands {row.title}", function,
        row.hint, ("patch", *(GROUPS if group else USERS), *_needs(row, group)),
    )  # fmt: skip


def _needs(row: Row, group: bool) -> tuple[str, ...]:
    names = [name for name in (*row.before, *row.after) if not group]
    return tuple(f"User.{ENT}:department" if name == ENT else f"User.{name}" for name in names if name != "userName")


# The validator's list: users -----------------------------------------------------------------------------------------


def _create(probe: Probe, **more: JSON) -> Made:
    body = {
        "externalId": f"ext.{probe.tag}", "active": True, "displayName": "Mira Lund", "name": NAME,
        "emails": [{"primary": True, "type": "work", "value": f"m.{probe.tag}@example.com"}], "roles": [],
        "meta": {"resourceType": "User"}, **more,
    }  # fmt: skip
    return probe.new_user(**body)


def _found(probe: Probe, filter: str, endpoint: str = "", **query: JSON) -> list[JSON]:
    answer = probe.get(endpoint or probe.user.endpoint, filter=filter, **query).expect(200)
    probe.require("Resources" in answer.document, "Resources, also of an empty list", sorted(answer.document))
    return [resource.get("id") for resource in answer.resources]


@check(
    "entra-connect-random", "The connection test's filter for a random name answers 200 with an empty list", needs=USERS
)
def connect(probe: Probe) -> None:
    query = f"filter=userName+eq+%22{probe.tag}-random%22"
    document = probe.send("GET", probe.user.endpoint, query=query).expect(200).document
    probe.require(document.get("totalResults") == 0, "totalResults 0", document.get("totalResults"))


@check("entra-connect-flag", "A flag on the URL is ignored", needs=USERS, hint="?aadOptscim062020")
def flag(probe: Probe) -> None:
    probe.send("GET", probe.user.endpoint, query="aadOptscim062020&count=1").expect(200)


@check("entra-user-create", "Create: POST answers 201, and the user is found", needs=USERS)
def create(probe: Probe) -> None:
    made = _create(probe)
    probe.require(_found(probe, f'userName eq "{made.document["userName"]}"') == [made.id], "the user", "nobody")


@check(
    "entra-user-create-enterprise",
    "Create: both schemas are listed and read back",
    needs=(*USERS, f"User.{ENT}:department"),
)
def create_enterprise(probe: Probe) -> None:
    made = _create(probe, **{ENT: {"department": "Bridge", "employeeNumber": "7"}})
    probe.expect({ENT: {"department": "Bridge", "employeeNumber": "7"}}, probe.read(made.path))


@check("entra-user-create-nulls", "Create: null is no value", needs=(*USERS, "User.title", "User.addresses"))
def create_nulls(probe: Probe) -> None:
    probe.expect(
        {"title": None, "addresses": None},
        probe.read(_create(probe, title=None, addresses=None, preferredLanguage=None).path),
    )


@check("entra-user-create-text", 'Create: active "True" as a text is true', needs=(*USERS, "User.active"), hint=BY_HAND)
def create_text(probe: Probe) -> None:
    probe.expect({"active": True}, probe.read(_create(probe, active="True").path))


@check("entra-user-duplicate", "Create of what is there answers 409", needs=USERS)
def duplicate(probe: Probe) -> None:
    made = _create(probe)
    probe.post(probe.user.endpoint, {**probe.new(probe.user), "userName": made.document["userName"]}).expect_error(409)


@check("entra-user-filter-case", "Filter: userName in other casing finds the user", needs=USERS)
def filter_case(probe: Probe) -> None:
    made = _create(probe)
    probe.require(
        _found(probe, f'userName eq "{made.document["userName"].swapcase()}"') == [made.id], "the user", "nobody"
    )


@check("entra-user-filter-missing", "Filter: who is not there is an empty list", needs=USERS)
def filter_missing(probe: Probe) -> None:
    probe.require(_found(probe, f'userName eq "nobody.{probe.tag}"') == [], "an empty list", "somebody")


@check("entra-user-filter-external-id", "Filter: externalId finds the user", needs=USERS)
def filter_external_id(probe: Probe) -> None:
    made = _create(probe)
    probe.require(_found(probe, f'externalId eq "ext.{probe.tag}"') == [made.id], "the user", "nobody")


@check(
    "entra-user-filter-mail",
    'Filter: emails[type eq "work"].value finds the user',
    needs=(*USERS, "User.emails"),
    hint="the form is outside of RFC 7644's grammar, and Entra's",
)
def filter_mail(probe: Probe) -> None:
    made = _create(probe)
    probe.require(
        _found(probe, f'emails[type eq "work"].value eq "m.{probe.tag}@example.com"') == [made.id], "the user", "nobody"
    )


@check(
    "entra-user-filter-reference",
    "Filter: id and manager together find the user, with attributes=id",
    needs=(*USERS, f"User.{ENT}:manager"),
    level=SHOULD,
    hint="Entra asks whether a reference is in place",
)
def filter_reference(probe: Probe) -> None:
    boss = probe.new_user()
    made = _create(probe, **{ENT: {"manager": {"value": boss.id}}})
    found = _found(probe, f'id eq "{made.id}" and {ENT}:manager eq "{boss.id}"', attributes="id")
    probe.require(found == [made.id], "the user", found)


@check("entra-user-disable", "Disable: the user is still read and found", needs=(*USERS, "User.active", "patch"))
def disable(probe: Probe) -> None:
    made = _create(probe)
    probe.patch(made.path, op("replace", "active", False)).expect(200, 204)
    probe.expect({"active": False}, probe.read(made.path))
    probe.require(_found(probe, f'userName eq "{made.document["userName"]}"') == [made.id], "the user", "nobody")


@check(
    "entra-user-manager",
    "Manager: add, replace and remove it, as a text",
    needs=(*USERS, f"User.{ENT}:manager", "patch"),
    hint='"value": "id" means {"value": "id"}, and "" means none',
)
def manager(probe: Probe) -> None:
    one, two, made = probe.new_user(), probe.new_user(), _create(probe)
    for name, boss in (("Add", one), ("Replace", two)):
        probe.patch(made.path, op(name, f"{ENT}:manager", boss.id)).expect(200, 204)
        probe.expect({ENT: {"manager": {"value": boss.id}}}, probe.read(made.path))
    probe.patch(made.path, op("Replace", f"{ENT}:manager", "")).expect(200, 204)
    probe.require(not probe.read(made.path).get(ENT, {}).get("manager"), "no manager", probe.read(made.path).get(ENT))


@check(
    "entra-user-add-verbose",
    "Add attributes: a user with a name alone gets all of them",
    needs=(*USERS, "User.emails", "User.addresses", "User.phoneNumbers", "patch"),
)
def add_verbose(probe: Probe) -> None:
    made = probe.new_user()
    values: dict[str, JSON] = {
        "displayName": "D", "title": "T", "preferredLanguage": "en-US", "name.givenName": "G", "name.familyName": "F",
        'emails[type eq "work"].value': f"w.{probe.tag}@example.com", 'addresses[type eq "work"].formatted': "Kai 7",
        'addresses[type eq "work"].streetAddress': "Kai 7", 'addresses[type eq "work"].postalCode': "5003",
        'phoneNumbers[type eq "work"].value': "+1", 'phoneNumbers[type eq "mobile"].value': "+2",
        'phoneNumbers[type eq "fax"].value': "+3",
    }  # fmt: skip
    probe.patch(made.path, *(op("Add", path, value) for path, value in values.items())).expect(200, 204)
    phones = [{"type": kind, "value": number} for kind, number in (("work", "+1"), ("mobile", "+2"), ("fax", "+3"))]
    probe.expect(
        {
            "displayName": "D", "title": "T", "preferredLanguage": "en-US", "name": {"givenName": "G", "familyName": "F"},
            "emails": [{"type": "work", "value": f"w.{probe.tag}@example.com"}], "phoneNumbers": phones,
            "addresses": [{"type": "work", "formatted": "Kai 7", "streetAddress": "Kai 7", "postalCode": "5003"}],
        },
        probe.read(made.path),
    )  # fmt: skip


@check(
    "entra-user-no-operations",
    "PATCH with no operations changes nothing and succeeds",
    needs=(*USERS, "patch"),
    level=SHOULD,
    hint="the validator sends it",
)
def no_operations(probe: Probe) -> None:
    probe.send("PATCH", _create(probe).path, patch_op()).expect(200, 204)


@check(
    "entra-user-extra-member",
    "An operation with a member that there is not is carried out",
    needs=(*USERS, "patch", "User.title"),
    level=SHOULD,
    hint='"name": "addMember" comes with some',
)
def extra_member(probe: Probe) -> None:
    made = _create(probe)
    probe.patch(made.path, {**op("Replace", "title", "T"), "name": "setTitle"}).expect(200, 204)
    probe.expect({"title": "T"}, probe.read(made.path))


@check("entra-user-delete", "Delete: 204, then 404; twice is 404", needs=USERS)
def delete(probe: Probe) -> None:
    made = _create(probe)
    probe.delete(made.path).expect(204)
    probe.get(made.path).expect_error(404)
    probe.send("DELETE", made.path, harmless=True).expect_error(404)


@check("entra-user-delete-missing", "Delete of a user that there is not answers 404", needs=USERS)
def delete_missing(probe: Probe) -> None:
    probe.delete(f"{probe.user.endpoint}/{probe.service.nobody()}").expect_error(404)


@check("entra-user-pages", "Pages of five by startIndex", needs=USERS)
def pages(probe: Probe) -> None:
    made = [probe.new_user(userName=f"page{number:02}.{probe.tag}@example.com") for number in range(11)]
    ids: list[JSON] = []
    for start in (1, 6, 11):
        document = (
            probe.get(probe.user.endpoint, filter=f'userName co "{probe.tag}"', startIndex=start, count=5)
            .expect(200)
            .document
        )
        probe.require(document.get("startIndex") == start, f"startIndex {start}", document.get("startIndex"))
        ids += [resource.get("id") for resource in document["Resources"]]
    probe.require(sorted(map(str, ids)) == sorted(user.id for user in made), "each of the eleven once", f"{len(ids)}")


# The validator's list: groups ----------------------------------------------------------------------------------------


def _group(probe: Probe, **more: JSON) -> Made:
    body = {
        "externalId": f"ext.{probe.tag}",
        "displayName": f"Entra {probe.tag}",
        "members": [],
        "meta": {"resourceType": "Group"},
        **more,
    }
    return probe.new_group(**body)


@check("entra-group-create", "Create: a group without members, and with Microsoft's schema", needs=GROUPS)
def group_create(probe: Probe) -> None:
    body = {**probe.new(probe.group), "externalId": f"ext.{probe.tag}", "members": []}
    answer = probe.post(probe.group.endpoint, {**body, "schemas": [probe.group.schema, GROUP_SCHEMA]}).expect(201)
    probe.require(isinstance(answer.document.get("id"), str), "an id", answer.document)


@check(
    "entra-group-duplicate",
    "Create of a displayName that is there answers 409",
    needs=GROUPS,
    level=SHOULD,
    hint="Entra matches groups by displayName: two of one name cannot be told apart",
)
def group_duplicate(probe: Probe) -> None:
    made = _group(probe)
    probe.post(
        probe.group.endpoint, {**probe.new(probe.group), "displayName": made.document["displayName"]}
    ).expect_error(409)


@check("entra-group-without-members", "Read: excludedAttributes=members, with a filter and by id", needs=GROUPS)
def group_without_members(probe: Probe) -> None:
    user = probe.new_user()
    made = _group(probe, members=[{"value": user.id}])
    probe.expect({"members": None, "id": made.id}, probe.read(made.path, excludedAttributes="members"))
    found = _found(
        probe, f'displayName eq "{made.document["displayName"]}"', probe.group.endpoint, excludedAttributes="members"
    )
    probe.require(found == [made.id], "the group", found)


@check("entra-group-filter-case", "Filter: displayName in other casing finds the group", needs=GROUPS)
def group_filter_case(probe: Probe) -> None:
    made = _group(probe)
    found = _found(probe, f'displayName eq "{made.document["displayName"].swapcase()}"', probe.group.endpoint)
    probe.require(found == [made.id], "the group", found)


@check("entra-group-filter-missing", "Filter: a group that is not there is an empty list", needs=GROUPS)
def group_filter_missing(probe: Probe) -> None:
    probe.require(
        _found(probe, f'displayName eq "none {probe.tag}"', probe.group.endpoint) == [], "an empty list", "a group"
    )


@check(
    "entra-group-member-query",
    "Filter: id and members together tell whether somebody is a member",
    needs=GROUPS,
    level=SHOULD,
)
def group_member_query(probe: Probe) -> None:
    user, other = probe.new_user(), probe.new_user()
    made = _group(probe, members=[{"value": user.id}])
    endpoint = probe.group.endpoint
    probe.require(
        _found(probe, f'id eq "{made.id}" and members eq "{user.id}"', endpoint, attributes="id") == [made.id],
        "the group",
        "none",
    )
    probe.require(
        _found(probe, f'id eq "{made.id}" and members eq "{other.id}"', endpoint, attributes="id") == [],
        "none",
        "the group",
    )


@check("entra-group-delete", "Delete: 204, then 404", needs=GROUPS)
def group_delete(probe: Probe) -> None:
    made = _group(probe)
    probe.delete(made.path).expect(204)
    probe.get(made.path).expect_error(404)


# Schemas -------------------------------------------------------------------------------------------------------------


@check(
    "entra-schemas-canonical-types",
    "The types of addresses and numbers have canonicalValues",
    level=SHOULD,
    needs=("User.emails.type",),
    hint="Entra offers administrators what canonicalValues lists",
)
def canonical_types(probe: Probe) -> None:
    for name in ("emails", "phoneNumbers", "addresses"):
        definition = probe.user.find(f"{name}.type")
        probe.require(
            definition is None or definition.get("canonicalValues"), f"canonicalValues of {name}.type", definition
        )


CHECKS = (
    *collected(globals()),
    *(_row_check(row, group=False) for row in USER_ROWS),
    *(_row_check(row, group=True) for row in GROUP_ROWS),
)
