"""PATCH: what each request makes of a user or a group (RFC 7644 §3.5.2).

A row is a resource, the operations, and what is there afterwards or with which error nothing is changed.
``None`` says that an attribute must be absent.
"""

import re
from typing import NamedTuple

from scimcore import urns
from scimcore.conformance.check import SPECS, Check, Function, check, collected
from scimcore.conformance.matching import fill
from scimcore.conformance.outcomes import MUST, SHOULD, Failed, Level
from scimcore.conformance.probe import Made, Probe, patch_op
from scimcore.documents import JSON, Document

ENT = urns.ENTERPRISE_USER
CORE = urns.USER


class Row(NamedTuple):
    """A PATCH of a user."""

    id: str
    section: str
    title: str
    before: Document
    operations: tuple[Document, ...]
    after: Document = {}  # noqa: RUF012  # never changed
    error: tuple[str, ...] = ()
    hint: str = ""
    level: Level = MUST
    status: tuple[int, ...] = (400,)


def add(path: str | None, value: JSON) -> Document:
    """Write an add operation."""
    return _operation("add", path, value)


def replace(path: str | None, value: JSON) -> Document:
    """Write a replace operation."""
    return _operation("replace", path, value)


def remove(path: str | None) -> Document:
    """Write a remove operation."""
    return {"op": "remove", **({} if path is None else {"path": path})}


def _operation(op: str, path: str | None, value: JSON) -> Document:
    return {"op": op, **({} if path is None else {"path": path}), "value": value}


WORK = {"type": "work", "value": "mira.{tag}@work.example"}
HOME = {"type": "home", "value": "mira.{tag}@home.example"}
OTHER = {"type": "other", "value": "mira.{tag}@other.example"}
PRIMARY_WORK = {**WORK, "primary": True}
NAME = {"givenName": "Mira", "familyName": "Lund"}
MAILS = {"emails": [PRIMARY_WORK, HOME]}
UNTOUCHED = "what a request does not name stays as it is"
ATOMIC = "a request whose operations cannot all be carried out changes nothing"

# RFC 7644 Table 9 has invalidPath; a path that is none is also a filter that is none, or names no target.
BAD_PATH = ("invalidPath", "invalidFilter", "noTarget", "invalidSyntax", "invalidValue")

ADD, REMOVE, REPLACE, PATH = "3.5.2.1", "3.5.2.2", "3.5.2.3", "3.5.2"

ROWS = (
    # Add -----------------------------------------------------------------------------------------------------------
    Row("new", ADD, "sets an attribute that is not there", {}, (add("nickName", "Mim"),), {"nickName": "Mim"}),
    Row("existing", ADD, "replaces the value of a single-valued attribute", {"nickName": "Mim"}, (add("nickName", "Mo"),), {"nickName": "Mo"}),
    Row("others", ADD, "leaves other attributes alone", {"nickName": "Mim", "title": "Pilot"}, (add("nickName", "Mo"),), {"nickName": "Mo", "title": "Pilot"}, hint=UNTOUCHED),
    Row("no-path", ADD, "without a path takes attributes from the value", {"title": "Pilot"}, (add(None, {"nickName": "Mim", "displayName": "Mira L."}),), {"nickName": "Mim", "displayName": "Mira L.", "title": "Pilot"}, hint=UNTOUCHED),
    Row("no-path-multi-valued", ADD, "without a path appends to a multi-valued attribute", {"emails": [PRIMARY_WORK]}, (add(None, {"emails": [HOME]}),), MAILS, hint="add appends, with or without a path"),
    Row("append", ADD, "appends to a multi-valued attribute", {"emails": [PRIMARY_WORK]}, (add("emails", [HOME]),), MAILS, hint="add to a multi-valued attribute keeps what is there"),
    Row("append-two", ADD, "appends two elements at once", {"emails": [PRIMARY_WORK]}, (add("emails", [HOME, OTHER]),), {"emails": [PRIMARY_WORK, HOME, OTHER]}),
    Row("append-first", ADD, "makes the first element of a multi-valued attribute", {}, (add("emails", [HOME]),), {"emails": [HOME]}),
    Row("append-same", ADD, "does not double an element that is there", {"emails": [WORK]}, (add("emails", [WORK]),), {"emails": [WORK]}, hint="a value that exists is not added again", level=SHOULD),
    Row("complex", ADD, "merges into a complex attribute", {"name": NAME}, (add("name", {"middleName": "K"}),), {"name": {**NAME, "middleName": "K"}}, hint=UNTOUCHED),
    Row("sub-attribute", ADD, "sets a sub-attribute", {"name": NAME}, (add("name.givenName", "Mirjam"),), {"name": {"givenName": "Mirjam", "familyName": "Lund"}}, hint=UNTOUCHED),
    Row("sub-attribute-new", ADD, "makes a complex attribute of one sub-attribute", {"title": "x"}, (add("addresses", [{"type": "work", "locality": "Oslo"}]),), {"addresses": [{"type": "work", "locality": "Oslo"}], "title": "x"}),
    Row("value-path", ADD, "sets a sub-attribute of the element that a value path selects", MAILS, (add('emails[type eq "home"].display', "Home"),), {"emails": [PRIMARY_WORK, {**HOME, "display": "Home"}]}),
    Row("primary", ADD, "of a new primary element ends the old one's being primary", {"emails": [PRIMARY_WORK]}, (add("emails", [{**HOME, "primary": True}]),), {"emails": [WORK, {**HOME, "primary": True}]}, hint="at most one element is primary: the service sets the others to false (RFC 7644 §3.5.2)"),
    Row("boolean", ADD, "sets a boolean", {}, (add("active", False),), {"active": False}),
    Row("enterprise", ADD, "sets an attribute of an extension", {}, (add(f"{ENT}:department", "Bridge"),), {ENT: {"department": "Bridge"}}, hint="an extension's attribute is named by the extension's URN and a colon"),
    Row("enterprise-object", ADD, "without a path takes an extension's attributes as an object", {}, (add(None, {ENT: {"department": "Bridge", "costCenter": "7"}}),), {ENT: {"department": "Bridge", "costCenter": "7"}}),
    # Replace -------------------------------------------------------------------------------------------------------
    Row("single", REPLACE, "replaces a value", {"nickName": "Mim"}, (replace("nickName", "Mo"),), {"nickName": "Mo"}),
    Row("absent", REPLACE, "of an attribute that is not there adds it", {}, (replace("nickName", "Mo"),), {"nickName": "Mo"}, hint="replace of what is absent is an add"),
    Row("others", REPLACE, "leaves other attributes alone", {"nickName": "Mim", "title": "Pilot", "name": NAME}, (replace("nickName", "Mo"),), {"nickName": "Mo", "title": "Pilot", "name": NAME}, hint=UNTOUCHED),
    Row("no-path", REPLACE, "without a path replaces the attributes of the value", {"nickName": "Mim", "title": "Pilot"}, (replace(None, {"nickName": "Mo", "active": False}),), {"nickName": "Mo", "active": False, "title": "Pilot"}, hint=UNTOUCHED),
    Row("no-path-multi-valued", REPLACE, "without a path replaces all elements", MAILS, (replace(None, {"emails": [OTHER]}),), {"emails": [OTHER]}, hint="replace of a multi-valued attribute replaces all of it"),
    Row("multi-valued", REPLACE, "replaces all elements of a multi-valued attribute", MAILS, (replace("emails", [OTHER]),), {"emails": [OTHER]}, hint="replace does not append"),
    Row("multi-valued-empty", REPLACE, "with an empty list empties a multi-valued attribute", MAILS, (replace("emails", []),), {"emails": None}),
    Row("complex", REPLACE, "of a complex attribute keeps the sub-attributes that are not named", {"name": NAME}, (replace("name", {"givenName": "Mirjam"}),), {"name": {"givenName": "Mirjam", "familyName": "Lund"}}, hint="RFC 7644 §3.5.2.3: sub-attributes that the value does not name are left unchanged"),
    Row("sub-attribute", REPLACE, "replaces a sub-attribute", {"name": NAME}, (replace("name.familyName", "Berg"),), {"name": {"givenName": "Mira", "familyName": "Berg"}}, hint=UNTOUCHED),
    Row("value-path-sub", REPLACE, "replaces a sub-attribute of the selected element alone", MAILS, (replace('emails[type eq "work"].value', "m.{tag}@work.example"),), {"emails": [{**PRIMARY_WORK, "value": "m.{tag}@work.example"}, HOME]}, hint="other elements stay"),
    Row("value-path-element", REPLACE, "replaces the selected element alone", MAILS, (replace('emails[type eq "home"]', {"type": "home", "value": "m.{tag}@home.example"}),), {"emails": [PRIMARY_WORK, {"type": "home", "value": "m.{tag}@home.example"}]}, hint="other elements stay"),
    Row("value-path-many", REPLACE, "changes every element that a value path selects", {"emails": [{**WORK, "display": "a"}, {**HOME, "display": "b"}]}, (replace('emails[value co "{tag}"].display', "c"),), {"emails": [{**WORK, "display": "c"}, {**HOME, "display": "c"}]}, hint="all elements that match are changed"),
    Row("value-path-and", REPLACE, "takes a compound filter in a value path", MAILS, (replace('emails[type eq "home" and value ew "home.example"].display', "H"),), {"emails": [PRIMARY_WORK, {**HOME, "display": "H"}]}),
    Row("value-path-primary", REPLACE, "finds the primary element by a boolean", MAILS, (replace("emails[primary eq true].value", "m.{tag}@work.example"),), {"emails": [{**PRIMARY_WORK, "value": "m.{tag}@work.example"}, HOME]}),
    Row("value-path-case", REPLACE, "compares without case in a value path", MAILS, (replace('EMAILS[TYPE EQ "WORK"].display', "W"),), {"emails": [{**PRIMARY_WORK, "display": "W"}, HOME]}),
    Row("no-target", REPLACE, "at a value path that selects nothing is refused with noTarget", MAILS, (replace('emails[type eq "pager"].value', "x.{tag}@pager.example"),), MAILS, error=("noTarget",), hint="RFC 7644 §3.5.2.3: 400 and scimType noTarget. (Tolerating Entra here is a choice for Entra's connection alone.)"),
    Row("primary", REPLACE, "of primary ends the old primary's being primary", MAILS, (replace('emails[type eq "home"].primary', True),), {"emails": [WORK, {**HOME, "primary": True}]}, hint="at most one element is primary: the service sets the others to false (RFC 7644 §3.5.2)"),
    Row("null", REPLACE, "with null takes an attribute away", {"nickName": "Mim"}, (replace("nickName", None),), {"nickName": None}, hint="null is the absence of a value (RFC 7643 §2.5)", level=SHOULD),
    Row("path-case", REPLACE, "finds an attribute in any casing", {"nickName": "Mim"}, (replace("NICKNAME", "Mo"),), {"nickName": "Mo"}, hint="attribute names have no case (RFC 7643 §2.1)"),
    Row("path-urn", REPLACE, "takes a path with the core schema's URN", {"nickName": "Mim"}, (replace(f"{CORE}:nickName", "Mo"),), {"nickName": "Mo"}, hint="RFC 7644 §3.10"),
    Row("path-urn-sub", REPLACE, "takes a path with URN and sub-attribute", {"name": NAME}, (replace(f"{CORE}:name.givenName", "Mo"),), {"name": {"givenName": "Mo", "familyName": "Lund"}}, hint="RFC 7644 §3.10"),
    Row("enterprise", REPLACE, "replaces an extension's attribute and keeps its others", {ENT: {"department": "Bridge", "costCenter": "7"}}, (replace(f"{ENT}:department", "Engine"),), {ENT: {"department": "Engine", "costCenter": "7"}}, hint=UNTOUCHED),
    Row("enterprise-no-path", REPLACE, "without a path keeps an extension's attributes that are not named", {ENT: {"department": "Bridge", "costCenter": "7"}}, (replace(None, {ENT: {"department": "Engine"}}),), {ENT: {"department": "Engine", "costCenter": "7"}}, hint="an extension's object is complex: what is not named stays", level=SHOULD),
    Row("user-name", REPLACE, "renames a user", {}, (replace("userName", "renamed.{tag}@example.com"),), {"userName": "renamed.{tag}@example.com"}),
    Row("unicode", REPLACE, "keeps every character", {"displayName": "x"}, (replace("displayName", "Zoë 你好 \U0001f600 \"q\" \\ é"),), {"displayName": "Zoë 你好 \U0001f600 \"q\" \\ é"}),
    # Remove --------------------------------------------------------------------------------------------------------
    Row("single", REMOVE, "takes a value away", {"nickName": "Mim", "title": "Pilot"}, (remove("nickName"),), {"nickName": None, "title": "Pilot"}, hint=UNTOUCHED),
    Row("complex", REMOVE, "takes a whole complex attribute away", {"addresses": [{"type": "work", "locality": "Oslo"}], "title": "x"}, (remove("addresses"),), {"addresses": None, "title": "x"}),
    Row("sub-attribute", REMOVE, "takes one sub-attribute away", {"name": {**NAME, "middleName": "K"}}, (remove("name.middleName"),), {"name": {**NAME, "middleName": None}}, hint=UNTOUCHED),
    Row("multi-valued", REMOVE, "takes all elements away", MAILS, (remove("emails"),), {"emails": None}),
    Row("value-path", REMOVE, "takes the selected element away", MAILS, (remove('emails[type eq "home"]'),), {"emails": [PRIMARY_WORK]}, hint="other elements stay"),
    Row("value-path-or", REMOVE, "takes all selected elements away", {"emails": [WORK, HOME, OTHER]}, (remove('emails[type eq "home" or type eq "other"]'),), {"emails": [WORK]}),
    Row("value-path-value", REMOVE, "selects by value without case", MAILS, (remove('emails[value eq "MIRA.{tag}@home.example"]'),), {"emails": [PRIMARY_WORK]}),
    Row("value-path-sub", REMOVE, "takes a sub-attribute of the selected element away", {"emails": [{**WORK, "display": "a"}, {**HOME, "display": "b"}]}, (remove('emails[type eq "work"].display'),), {"emails": [WORK, {**HOME, "display": "b"}]}),
    Row("last", REMOVE, "of the last element leaves the attribute unassigned", {"emails": [HOME]}, (remove('emails[type eq "home"]'),), {"emails": None}),
    Row("enterprise", REMOVE, "takes an extension's attribute away", {ENT: {"department": "Bridge", "costCenter": "7"}}, (remove(f"{ENT}:costCenter"),), {ENT: {"department": "Bridge", "costCenter": None}}),
    Row("no-path", REMOVE, "without a path is refused with noTarget", {"title": "x"}, (remove(None),), {"title": "x"}, error=("noTarget",), hint="a remove must say what to remove"),
    Row("required", REMOVE, "of a required attribute is refused", {"title": "x"}, (remove("userName"),), {"title": "x"}, error=("mutability", "invalidValue"), hint="RFC 7644 §3.5.2.2: required attributes cannot be removed; Table 9 calls it mutability"),
    Row("read-only", REMOVE, "of a readOnly attribute is refused with mutability", {"title": "x"}, (remove("id"),), {"title": "x"}, error=("mutability",), hint="RFC 7644 §3.5.2: 400 and scimType mutability"),
    # More than one operation ---------------------------------------------------------------------------------------
    Row("order", PATH, "carries out operations in their order", {"nickName": "a"}, (replace("nickName", "b"), replace("nickName", "c")), {"nickName": "c"}),
    Row("sees-earlier", PATH, "lets a later operation see what an earlier one did", {}, (add("emails", [HOME]), replace('emails[type eq "home"].display', "H")), {"emails": [{**HOME, "display": "H"}]}),
    Row("add-remove", PATH, "can add and remove in one request", MAILS, (remove('emails[type eq "home"]'), add("emails", [OTHER])), {"emails": [PRIMARY_WORK, OTHER]}),
    Row("several", PATH, "changes several attributes at once", {"nickName": "a", "title": "b"}, (replace("nickName", "c"), remove("title"), add("displayName", "D")), {"nickName": "c", "title": None, "displayName": "D"}),
    Row("atomic", PATH, "changes nothing when a later operation is refused", {"nickName": "a"}, (replace("nickName", "b"), replace("noSuchAttribute", "x")), {"nickName": "a"}, error=("invalidPath", "invalidSyntax", "noTarget"), hint=ATOMIC),
    Row("atomic-first", PATH, "changes nothing when the first of two operations is refused", {"nickName": "a"}, (replace("id", "mine"), replace("nickName", "b")), {"nickName": "a"}, error=("mutability",), hint=ATOMIC),
    Row("atomic-no-target", PATH, "changes nothing when a later value path selects nothing", {"nickName": "a", **MAILS}, (replace("nickName", "b"), replace('emails[type eq "pager"].display', "x")), {"nickName": "a", **MAILS}, error=("noTarget",), hint=ATOMIC),
    # What is no PATCH ----------------------------------------------------------------------------------------------
    Row("op-unknown", PATH, "with an unknown op is refused", {"nickName": "a"}, ({"op": "delete", "path": "nickName"},), {"nickName": "a"}, error=("invalidSyntax", "invalidValue", "invalidPath")),
    Row("op-missing", PATH, "without an op is refused", {"nickName": "a"}, ({"path": "nickName", "value": "b"},), {"nickName": "a"}, error=("invalidSyntax", "invalidValue")),
    Row("add-no-value", PATH, "of an add without a value is refused", {"nickName": "a"}, ({"op": "add", "path": "nickName"},), {"nickName": "a"}, error=("invalidSyntax", "invalidValue")),
    Row("path-unknown", PATH, "of an attribute that no schema has is refused with invalidPath", {"nickName": "a"}, (replace("noSuchAttribute", "x"),), {"nickName": "a"}, error=BAD_PATH, hint="a misspelt path that succeeds is a change that is lost"),
    Row("path-unknown-sub", PATH, "of a sub-attribute that there is not is refused", {"name": NAME}, (replace("name.noSuchPart", "x"),), {"name": NAME}, error=BAD_PATH),
    Row("path-unknown-urn", PATH, "of an unknown schema's attribute is refused", {"nickName": "a"}, (replace("urn:example:no:such:schema:2.0:User:x", "x"),), {"nickName": "a"}, error=BAD_PATH),
    Row("path-index", PATH, "with an index in the path is refused", MAILS, (replace("emails[0].value", "x"),), MAILS, error=BAD_PATH),
    Row("path-slash", PATH, "with a JSON pointer for a path is refused", {"nickName": "a"}, (replace("/nickName", "x"),), {"nickName": "a"}, error=BAD_PATH),
    Row("path-unclosed", PATH, "with an unclosed bracket is refused", MAILS, (remove('emails[type eq "home"'),), MAILS, error=BAD_PATH),
    Row("path-dots", PATH, "with two dots in a row is refused", {"name": NAME}, (replace("name..givenName", "x"),), {"name": NAME}, error=BAD_PATH),
    Row("path-deep", PATH, "with a sub-attribute of a sub-attribute is refused", {"name": NAME}, (replace("name.givenName.x", "x"),), {"name": NAME}, error=BAD_PATH),
    Row("path-filter-bad", PATH, "with a filter that is none in the path is refused", MAILS, (remove('emails[type is "home"]'),), MAILS, error=BAD_PATH),
    Row("path-filter-single", PATH, "with a filter on a single-valued attribute is refused", {"nickName": "a"}, (replace('nickName[value eq "a"]', "b"),), {"nickName": "a"}, error=BAD_PATH),
    Row("value-type-boolean", PATH, "of a boolean with a text is refused with invalidValue", {"active": True}, (replace("active", "maybe"),), {"active": True}, error=("invalidValue", "invalidSyntax"), hint="a text that reads as no boolean must not become one"),
    Row("value-type-string", PATH, "of a string with an object is refused", {"nickName": "a"}, (replace("nickName", {"x": 1}),), {"nickName": "a"}, error=("invalidValue", "invalidSyntax")),
    Row("value-type-list", PATH, "of a single-valued attribute with two values is refused", {"nickName": "a"}, (replace("nickName", ["b", "c"]),), {"nickName": "a"}, error=("invalidValue", "invalidSyntax")),
    Row("value-type-multi", PATH, "of a complex multi-valued attribute with a number is refused", MAILS, (replace("emails", 7),), MAILS, error=("invalidValue", "invalidSyntax")),
    Row("value-no-path", PATH, "without a path and with a text for a value is refused", {"nickName": "a"}, (replace(None, "x"),), {"nickName": "a"}, error=("invalidValue", "invalidSyntax", "invalidPath", "noTarget")),
    Row("user-name-empty", PATH, "of userName with an empty text is refused", {"title": "x"}, (replace("userName", ""),), {"title": "x"}, error=("invalidValue", "mutability"), hint="RFC 7643 §4.1.1: userName is never empty"),
    Row("user-name-null", PATH, "of userName with null is refused", {"title": "x"}, (replace("userName", None),), {"title": "x"}, error=("invalidValue", "mutability")),
    Row("read-only", PATH, "of a readOnly attribute is refused with mutability", {"title": "x"}, (replace("id", "mine-{tag}"),), {"title": "x"}, error=("mutability",), hint="RFC 7644 §3.5.2: 400 and scimType mutability"),
    Row("read-only-meta", PATH, "of meta is refused with mutability", {"title": "x"}, (replace("meta.created", "2001-01-01T00:00:00Z"),), {"title": "x"}, error=("mutability",)),
    Row("read-only-groups", PATH, "of a user's groups is refused with mutability", {"title": "x"}, (add("groups", [{"value": "admins"}]),), {"title": "x"}, error=("mutability",), hint="membership is changed at the group (RFC 7643 §4.1.2)"),
    Row("read-only-case", PATH, "of a readOnly attribute in other casing is refused", {"title": "x"}, (replace("ID", "mine-{tag}"),), {"title": "x"}, error=("mutability",)),
    Row("read-only-urn", PATH, "of a readOnly attribute with its URN is refused", {"title": "x"}, (add(f"{CORE}:groups", [{"value": "admins"}]),), {"title": "x"}, error=("mutability",)),
)  # fmt: skip

# Of groups: {one}, {two} and {three} are users.
ONE, TWO, THREE = {"value": "{one}"}, {"value": "{two}"}, {"value": "{three}"}
BOTH = {"members": [ONE, TWO]}

GROUP_ROWS = (
    Row("member-add", ADD, "adds a member and keeps the others", {"members": [ONE]}, (add("members", [TWO]),), BOTH, hint="add appends"),
    Row("member-add-first", ADD, "adds the first member", {}, (add("members", [ONE]),), {"members": [ONE]}),
    Row("member-add-many", ADD, "adds two members at once", {"members": [ONE]}, (add("members", [TWO, THREE]),), {"members": [ONE, TWO, THREE]}),
    Row("member-add-operations", ADD, "adds two members by two operations", {"members": [ONE]}, (add("members", [TWO]), add("members", [THREE])), {"members": [ONE, TWO, THREE]}),
    Row("member-add-again", ADD, "does not add a member twice", {"members": [ONE]}, (add("members", [ONE]),), {"members": [ONE]}, hint="clients repeat requests: a member is there once", level=SHOULD),
    Row("member-add-no-path", ADD, "adds a member without a path", {"members": [ONE]}, (add(None, {"members": [TWO]}),), BOTH, hint="add appends, with or without a path"),
    Row("member-remove", REMOVE, "removes one member by its value", BOTH, (remove('members[value eq "{one}"]'),), {"members": [TWO]}, hint="the other members stay"),
    Row("member-remove-or", REMOVE, "removes two members by their values", {"members": [ONE, TWO, THREE]}, (remove('members[value eq "{one}" or value eq "{three}"]'),), {"members": [TWO]}),
    Row("member-remove-all", REMOVE, "removes all members", BOTH, (remove("members"),), {"members": None}),
    Row("member-remove-last", REMOVE, "removes the last member", {"members": [ONE]}, (remove('members[value eq "{one}"]'),), {"members": None}),
    Row("member-replace", REPLACE, "replaces all members", BOTH, (replace("members", [THREE]),), {"members": [THREE]}, hint="replace does not append"),
    Row("member-replace-empty", REPLACE, "replaces all members by none", BOTH, (replace("members", []),), {"members": None}),
    Row("member-both", PATH, "adds and removes members in one request", BOTH, (remove('members[value eq "{one}"]'), add("members", [THREE])), {"members": [TWO, THREE]}),
    Row("group-rename", REPLACE, "renames a group and keeps its members", BOTH, (replace("displayName", "Renamed {tag}"),), {"displayName": "Renamed {tag}", **BOTH}, hint=UNTOUCHED),
    Row("group-rename-no-path", REPLACE, "renames a group without a path and keeps its members", BOTH, (replace(None, {"displayName": "Renamed {tag}"}),), {"displayName": "Renamed {tag}", **BOTH}, hint=UNTOUCHED),
    Row("group-name-required", REMOVE, "of a group's displayName is refused", BOTH, (remove("displayName"),), BOTH, error=("mutability", "invalidValue"), hint="displayName is required (RFC 7643 §8.7.1, erratum 5368)"),
    Row("group-atomic", PATH, "leaves the members alone when a later operation is refused", BOTH, (remove("members"), replace("id", "mine-{tag}")), BOTH, error=("mutability",), hint=ATOMIC),
)  # fmt: skip


def _user_check(row: Row) -> Check:
    def function(probe: Probe) -> None:
        _play(probe, row, probe.new_user(**row.before))

    attributes = [*row.before, *row.after, *(_first(operation.get("path")) for operation in row.operations)]
    return _check(row, function, ("User", *_needs(attributes)))


def _group_check(row: Row) -> Check:
    def function(probe: Probe) -> None:
        words = {word: probe.new_user().id for word in ("one", "two", "three") if f"{{{word}}}" in repr(row)}
        row_filled = row._replace(
            before=_fill(row.before, words),
            operations=tuple(_fill(list(row.operations), words)),
            after=_fill(row.after, words),
        )
        _play(probe, row_filled, probe.new_group(**row_filled.before))

    return _check(row, function, ("User", "Group"))


def _check(row: Row, function: Function, needs: tuple[str, ...]) -> Check:
    kind = "" if row.section == PATH else {ADD: "add-", REPLACE: "replace-", REMOVE: "remove-"}[row.section]
    verb = {ADD: "add ", REPLACE: "replace ", REMOVE: "remove "}.get(row.section, "")
    return Check(
        id=f"rfc7644-{row.section}-{kind}{row.id}",
        spec=SPECS["rfc7644"],
        section=row.section,
        level=row.level,
        title=f"PATCH {verb}{row.title}",
        function=function,
        hint=row.hint,
        needs=("patch", *needs),
    )


def _play(probe: Probe, row: Row, made: Made) -> None:
    answer = probe.send("PATCH", made.path, patch_op(*probe.filled(row.operations)))
    if row.error:
        answer.expect_error(*row.status)
    else:
        answer.expect(200, 204)
    after = probe.filled(row.after)
    if answer.status == 200:
        probe.expect(after, answer.document)
    probe.expect(after, probe.read(made.path))
    if row.error:
        # Last: that nothing was changed matters more than how it is called.
        answer.expect_error(*row.status, scim_type=() if row.error is BAD_PATH else row.error)
        if row.error is BAD_PATH:
            keyword = answer.document.get("scimType")
            probe.require(keyword in (None, *BAD_PATH), f"scimType {' or '.join(BAD_PATH)}", keyword)


def _fill(value: JSON, words: dict[str, str]) -> JSON:
    return fill(value, words)


def _first(path: JSON) -> str:
    """Return the attribute that a path is about; empty for unknown ones, on purpose or not."""
    return str(path or "")


_ASKED_FOR = frozenset({"nickName", "title", "displayName", "emails", "name", "addresses", "active", "groups"})


def _needs(paths: list[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for path in paths:
        if path.startswith(ENT):
            found[f"User.{ENT}:department"] = None
        name = next((known for known in _ASKED_FOR if re.fullmatch(rf"{known}\b.*", path, re.IGNORECASE)), None)
        if name is not None:
            found[f"User.{name}"] = None
    return tuple(found)


@check(
    "rfc7644-3.5.2-status", "PATCH answers 200 with the resource, or 204 with nothing", needs=("patch", "User.nickName")
)
def status(probe: Probe) -> None:
    made = probe.new_user()
    answer = probe.patch(made.path, replace("nickName", "Mo")).expect(200, 204)
    if answer.status == 204:
        probe.require(not answer.body, "no body with 204", answer.body)
    else:
        probe.expect({"id": made.id, "nickName": "Mo"}, answer.document)


@check(
    "rfc7644-3.5.2-attributes",
    "PATCH with attributes answers 200 with those attributes",
    needs=("patch", "User.nickName"),
    hint="RFC 7644 §3.5.2: with the parameter attributes, the service must answer 200 with a body",
)
def attributes(probe: Probe) -> None:
    made = probe.new_user(title="Pilot")
    answer = probe.patch(made.path, replace("nickName", "Mo"), attributes="nickName").expect(200)
    probe.expect({"id": made.id, "nickName": "Mo", "title": None}, answer.document)


@check("rfc7644-3.5.2-not-found", "PATCH of a resource that does not exist answers 404", needs=("patch",))
def not_found(probe: Probe) -> None:
    probe.patch(f"{probe.user.endpoint}/{probe.service.nobody()}", replace("nickName", "x")).expect_error(404)


@check(
    "rfc7644-3.5.2-schemas",
    "PATCH whose body is no PatchOp message is refused",
    needs=("patch",),
    hint="the body must have schemas with the URN of PatchOp",
)
def schemas(probe: Probe) -> None:
    made = probe.new_user(nickName="a")
    body = {"schemas": [CORE], "Operations": [replace("nickName", "b")]}
    probe.send("PATCH", made.path, body).expect_error(400)
    probe.expect({"nickName": "a"}, probe.read(made.path))


@check(
    "rfc7644-3.5.2-schemas-missing",
    "PATCH without schemas is refused",
    needs=("patch",),
    level=SHOULD,
    hint="each request body must have schemas (RFC 7644 §3.5.2)",
)
def schemas_missing(probe: Probe) -> None:
    made = probe.new_user(nickName="a")
    probe.send("PATCH", made.path, {"Operations": [replace("nickName", "b")]}).expect_error(400)


@check("rfc7644-3.5.2-no-operations", "PATCH without Operations is refused", needs=("patch",))
def no_operations(probe: Probe) -> None:
    made = probe.new_user()
    probe.send("PATCH", made.path, {"schemas": [urns.PATCH_OP]}).expect_error(400)


@check(
    "rfc7644-3.5.2-operations-object",
    "PATCH whose Operations is no list is refused",
    needs=("patch", "User.nickName"),
    level=SHOULD,
)
def operations_object(probe: Probe) -> None:
    made = probe.new_user(nickName="a")
    body = {"schemas": [urns.PATCH_OP], "Operations": {"0": replace("nickName", "b")}}
    probe.send("PATCH", made.path, body).expect_error(400)


@check(
    "rfc7644-3.5.2-uniqueness",
    "PATCH to a userName that another user has answers 409 uniqueness",
    needs=("patch", "User"),
)
def uniqueness(probe: Probe) -> None:
    one, two = probe.new_user(), probe.new_user()
    answer = probe.patch(two.path, replace("userName", one.document["userName"])).expect_error(409)
    probe.expect({"userName": two.document["userName"]}, probe.read(two.path))
    answer.expect_error(409, scim_type=("uniqueness",))


@check(
    "rfc7644-3.5.2-last-modified",
    "PATCH moves meta.lastModified on and keeps meta.created",
    needs=("patch", "User.nickName"),
)
def last_modified(probe: Probe) -> None:
    made = probe.new_user()
    before = probe.read(made.path)["meta"]
    probe.tick(before.get("lastModified"))
    probe.patch(made.path, replace("nickName", "Mo")).expect(200, 204)
    after = probe.read(made.path)["meta"]
    probe.require(
        after.get("created") == before.get("created"), f"created {before.get('created')}", after.get("created")
    )
    probe.require(str(after.get("lastModified")) > str(before.get("lastModified")), "a later lastModified", after)


@check(
    "rfc7644-3.5.2.1-add-no-change",
    "PATCH that changes nothing leaves meta.lastModified as it was",
    needs=("patch", "User.nickName"),
    level=SHOULD,
    hint="RFC 7644 §3.5.2.1: when the value is there already, the time of modification is not changed",
)
def no_change(probe: Probe) -> None:
    made = probe.new_user(nickName="Mo")
    before = probe.read(made.path)["meta"]
    probe.tick(before.get("lastModified"))
    probe.patch(made.path, add("nickName", "Mo")).expect(200, 204)
    after = probe.read(made.path)["meta"]
    probe.require(
        after.get("lastModified") == before.get("lastModified"), f"lastModified {before.get('lastModified')}", after
    )


@check(
    "rfc7644-3.5.2-schemas-added",
    "PATCH that sets an extension's first attribute adds the extension to schemas",
    needs=("patch", f"User.{ENT}:department"),
    hint="schemas lists every schema that has data in the resource (RFC 7643 §3)",
)
def schemas_added(probe: Probe) -> None:
    made = probe.new_user()
    probe.patch(made.path, add(f"{ENT}:department", "Bridge")).expect(200, 204)
    document = probe.read(made.path)
    probe.require(ENT in document.get("schemas", ()), f"schemas with {ENT}", document.get("schemas"))


@check(
    "rfc7644-3.5.2-password",
    "PATCH sets a password and does not return it",
    needs=("patch", "User.password", "changePassword"),
)
def password(probe: Probe) -> None:
    made = probe.new_user()
    word = probe.password()
    answer = probe.patch(made.path, replace("password", word)).expect(200, 204)
    probe.require(word.encode() not in answer.body, "an answer without the password", "the password is in the answer")
    probe.expect({"password": None}, probe.read(made.path))


@check("rfc7644-3.5.2-other-resource", "PATCH changes the one resource and no other", needs=("patch", "User.nickName"))
def other_resource(probe: Probe) -> None:
    one, two = probe.new_user(nickName="a"), probe.new_user(nickName="b")
    probe.patch(one.path, replace("nickName", "c")).expect(200, 204)
    probe.expect({"nickName": "b"}, probe.read(two.path))
    if probe.read(one.path).get("nickName") != "c":
        raise Failed("nickName c", "the change is not there")


@check(
    "rfc7644-3.5.2-many-operations",
    "PATCH carries out fifty operations of one request",
    needs=("patch", "User.emails"),
    level=SHOULD,
)
def many_operations(probe: Probe) -> None:
    made = probe.new_user()
    values = [f"m{number}.{probe.tag}@example.com" for number in range(50)]
    probe.patch(made.path, *(add("emails", [{"value": value}]) for value in values)).expect(200, 204)
    found = {email.get("value") for email in probe.read(made.path).get("emails", [])}
    probe.require(found == set(values), "fifty addresses", f"{len(found)} addresses")


CHECKS = (*map(_user_check, ROWS), *map(_group_check, GROUP_ROWS), *collected(globals()))
