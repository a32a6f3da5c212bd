import copy
import json
from pathlib import Path
from typing import Any

import pytest

from scimcore.dialects import BY_NAME, ENTRA, OKTA, STRICT, TOLERANT, Dialect, Quirk, ValueRewrite
from scimcore.dialects.entra import DOT_BEHIND_URN, MISSING_SCHEMAS
from scimcore.dialects.shapes import shape_of
from scimcore.dialects.table import page
from scimcore.dialects.walking import Walk, compiled
from scimcore.errors import InvalidFilter, InvalidSyntax, InvalidValue, ScimError
from scimcore.filter import Filter
from scimcore.messages import Patch
from scimcore.resources import Group, User
from scimcore.schema.definitions import Attribute

USER, GROUP = User.resource_type(), Group.resource_type()
ENTERPRISE = USER.extension_urns[0]
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def user(**attributes: Any) -> dict[str, Any]:
    enterprise = {ENTERPRISE: attributes.pop("enterprise")} if "enterprise" in attributes else {}
    return {"schemas": [USER.schema.id, *enterprise], "id": "u", "userName": "ilse", **attributes, **enterprise}


def group(*members: str) -> dict[str, Any]:
    crew = {"schemas": [GROUP.schema.id], "id": "abf4dd94-a4c0-4f67-89c9-76b03340cb9b", "displayName": "C"}
    return {**crew, "members": [{"value": each} for each in members]} if members else crew


BY_ID = {quirk.id: quirk for dialect in BY_NAME.values() for quirk in dialect.quirks} | {
    "dot-behind-urn": DOT_BEHIND_URN
}
ENTRA_AND_DOT = ENTRA.plus(DOT_BEHIND_URN)

# What each example does to a resource: under STRICT, and under a dialect that has the quirk. Operations of Entra are
# sent with their names in lower case as well, so that each case is about its own quirk.
CASES: dict[str, tuple[dict[str, Any], Any, dict[str, Any]]] = {
    "capitalised-op": (user(), "invalidSyntax", user(title="Pilot")),
    "extra-operation-members": (group(), "invalidSyntax", group("2819c223")),
    "empty-path": (user(), "invalidPath", user(title="Pilot")),
    "bare-extension-path": (
        user(),
        "invalidPath",
        user(enterprise={"manager": {"$ref": "http://example.com/Users/26118915", "value": "26118915"}}),
    ),
    "composite-keys": (
        user(emails=[{"type": "work", "value": "old"}]),
        "invalidPath",
        user(
            emails=[{"type": "work", "value": "i@example.com"}],
            name={"givenName": "Ilse"},
            enterprise={"department": "Fleet"},
        ),
    ),
    "wrapped-value": (user(), "invalidValue", user(displayName="Ilse Brandt")),
    "single-for-array": (user(), None, user(emails=[{"type": "work", "value": "i@example.com"}])),
    "value-for-complex": (user(), "invalidValue", user(enterprise={"manager": {"value": "26118915"}})),
    "display-name": (user(), "invalidSyntax", user(roles=[{"value": "admin", "display": "Admin"}])),
    "schemas-in-extension": (user(), "invalidPath", user(enterprise={"department": "Fleet"})),
    "string-boolean": (user(active=True), "invalidValue", user(active=False)),
    "number-for-text": (user(), "invalidValue", user(enterprise={"costCenter": "4130"})),
    "empty-text": (user(title="x"), user(title=""), user()),
    "null-active": (user(active=True), user(), "invalidValue"),  # type: ignore[dict-item]
    "ignore-read-only": (group(), "mutability", {**group(), "displayName": "Crew"}),
    "remove-listed-values": (group("1", "2819c223"), group(), group("1")),
    "remove-nothing": (user(), "noTarget", user()),
    "add-creates-value": (user(), "noTarget", user(phoneNumbers=[{"type": "mobile", "value": "tel:+47-5555"}])),
    "drop-bare-labels": (
        user(phoneNumbers=[{"type": "fax", "value": "1"}]),
        user(phoneNumbers=[{"type": "fax"}]),
        user(),
    ),
    "drop-stale-reference": (
        user(enterprise={"manager": {"value": "1", "$ref": "x"}}),
        user(enterprise={"manager": {"value": "26118916", "$ref": "x"}}),
        user(enterprise={"manager": {"value": "26118916"}}),
    ),
    "quotedLiteral": (
        user(roles=[{"value": "x", "primary": True}]),
        "invalidPath",
        user(roles=[{"value": "admin", "primary": True}]),
    ),
    "replace-creates-value": (user(), "noTarget", user(emails=[{"type": "work", "value": "i@example.com"}])),
    "ignore-unknown-names": (user(), "invalidPath", user(displayName="Ilse B.")),
    "no-operations": (user(), "invalidSyntax", user()),
    "missing-schemas": (user(), "invalidSyntax", user(title="Pilot")),
    "ignore-foreign-id": (user(), "mutability", user(title="Pilot")),
    "several-primaries": (
        user(),
        "invalidValue",
        user(emails=[{"value": "a@example.com", "primary": False}, {"value": "b@example.com", "primary": True}]),
    ),
    "dot-behind-urn": (user(), "invalidPath", user(enterprise={"department": "Fleet"})),
}
# These are seen in the bodies of POST and PUT, or in filters; see below.
ELSEWHERE = {
    "empty-reference",
    "valueless-entries",
    "unregistered-schemas",
    "valuePathSubAttribute",
    "literalCase",
    "complexValue",
    "bareExtensionName",
    "timeWithoutZone",
}


def test_every_quirk_has_a_case() -> None:
    assert set(CASES) | ELSEWHERE == set(BY_ID)


def _outcome(body: dict[str, Any], before: dict[str, Any], dialect: Dialect) -> Any:
    try:
        kind = GROUP if "displayName" in before and "userName" not in before else USER
        return Patch.model_validate(body).applied_to(before, dialect=dialect, resource_type=kind)
    except ScimError as error:
        return error.scim_type


@pytest.mark.parametrize("name", CASES)
def test_strict_refuses_and_the_dialect_accepts(name: str) -> None:
    before, strict, tolerant = CASES[name]
    sent = json.loads(BY_ID[name].example)
    body = sent if "Operations" in sent else {"schemas": [PATCH_OP], "Operations": [sent]}
    if name != "capitalised-op":
        for operation in body["Operations"]:
            operation["op"] = operation["op"].lower()
    kept = copy.deepcopy(body)
    having = [each for each in (*BY_NAME.values(), ENTRA_AND_DOT) if BY_ID[name] in each.quirks]
    for dialect in (STRICT, *having):
        outcome = _outcome(body, before, dialect)
        expected = strict if dialect is STRICT else tolerant
        if isinstance(expected, str):
            assert outcome == expected
        elif expected is not None:
            assert outcome.document == expected
            if dialect is not STRICT:
                assert name in [use.quirk for use in outcome.tolerated]
    assert body == kept
    # Without this one quirk the dialect does as STRICT does.
    without = Dialect("without", tuple(quirk for quirk in having[0].quirks if quirk is not BY_ID[name]))
    if strict is not None:
        outcome = _outcome(body, before, without)
        assert (outcome if isinstance(strict, str) else outcome.document) == strict


@pytest.mark.parametrize(
    ("name", "text", "matches"),
    [
        ("valuePathSubAttribute", 'emails[type eq "work"].value eq "i"', user(emails=[{"type": "work", "value": "i"}])),
        ("literalCase", "active eq True", user(active=True)),
        ("quotedLiteral", 'active eq "True"', user(active=True)),
        ("complexValue", f'{ENTERPRISE}:manager eq "1"', user(enterprise={"manager": {"value": "1"}})),
        ("bareExtensionName", 'department eq "D"', user(enterprise={"department": "D"})),
        (
            "timeWithoutZone",
            'meta.created lt "2024-05-13T04:42:34"',
            user(meta={"created": "2024-01-01T00:00:00Z"}),
        ),
    ],
)
def test_filters(name: str, text: str, matches: dict[str, Any]) -> None:
    with pytest.raises(InvalidFilter):
        Filter(text, USER, tolerances=STRICT.filter_tolerances)
    lenient = Filter(text, USER, tolerances=TOLERANT.filter_tolerances)
    assert lenient.matches(matches)
    assert name in [use.tolerance.value for use in lenient.tolerated]


# The bodies of POST and PUT -----------------------------------------------------------------------------------------


def rewritten(dialect: Dialect, document: dict[str, Any], kind: Any = USER) -> tuple[Any, list[tuple[str, str]]]:
    kept = copy.deepcopy(document)
    result, tolerated = dialect.rewrite_resource(document, kind)
    assert document == kept
    assert (result is document) is not bool(tolerated)
    assert STRICT.rewrite_resource(document, kind) == (document, ())
    return result, [(use.quirk, use.path) for use in tolerated]


@pytest.mark.parametrize(
    ("sent", "meant", "quirks"),
    [
        ({"active": "TRUE"}, {"active": True}, [("string-boolean", "active")]),
        ({"active": "yes"}, {"active": "yes"}, []),
        (
            {"Emails": [{"value": "a", "Primary": "False"}]},
            {"Emails": [{"value": "a", "Primary": False}]},
            [("string-boolean", "emails.primary")],
        ),
        ({"title": ""}, {"title": None}, [("empty-text", "title")]),
        ({"userName": ""}, {"userName": ""}, []),
        ({"emails": [{"value": "a", "primary": None}]}, None, []),
        ({"emails": ""}, {"emails": ""}, []),
        ({"title": None, "groups": "x", "id": 5, "tea": ""}, None, []),
        (
            {"phoneNumbers": [{"type": "mobile", "value": ""}, {"type": "work", "value": "1"}]},
            {"phoneNumbers": [{"type": "work", "value": "1"}]},
            None,
        ),
        ({"phoneNumbers": [{"type": "mobile", "Value": None}]}, {"phoneNumbers": []}, None),
        ({"addresses": [{"type": "work", "primary": True}]}, {"addresses": []}, None),
        ({"addresses": [{"type": "work", "country": "NO"}]}, None, []),
        ({"addresses": [{}]}, None, []),
        ({"emails": {"value": "a"}}, {"emails": [{"value": "a"}]}, [("single-for-array", "emails")]),
        ({"emails": ["a"]}, {"emails": [{"value": "a"}]}, None),
        # A text where an array is due could be one value, or several with something between them.
        ({"emails": "a"}, None, []),
        ({"emails": "a,b"}, None, []),
        ({"emails": 5}, None, []),
        ({"addresses": "a"}, None, []),
        ({"emails": [{"value": ["a"]}]}, {"emails": [{"value": "a"}]}, None),
        ({"title": ["a", "b"]}, None, []),
        ({"title": {"value": "a", "type": None}}, {"title": "a"}, None),
        ({"title": {"value": "a", "type": "x"}}, None, []),
        ({"title": [{"value": ["a"]}]}, None, []),
        ({"name": [{"givenName": "A"}]}, {"name": {"givenName": "A"}}, [("wrapped-value", "name")]),
        ({"name": "A"}, None, []),
        ({"roles": [{"value": "a", "DisplayName": "A"}]}, {"roles": [{"value": "a", "display": "A"}]}, None),
        ({"roles": [{"value": "a", "displayName": "A", "display": "B"}]}, None, []),
        ({ENTERPRISE: {"manager": "1"}}, {ENTERPRISE: {"manager": {"value": "1"}}}, None),
        ({ENTERPRISE: {"manager": {"value": ""}}}, {ENTERPRISE: {"manager": None}}, None),
        ({ENTERPRISE: {"manager": {"Value": None}}}, {ENTERPRISE: {"manager": None}}, None),
        (
            {ENTERPRISE: {"manager": {"value": "1", "displayName": ""}, "department": ""}},
            {ENTERPRISE: {"manager": {"value": "1", "displayName": ""}, "department": None}},
            [("empty-text", f"{ENTERPRISE}:department")],
        ),
    ],
)
def test_resources(sent: Any, meant: Any, quirks: Any) -> None:
    result, tolerated = rewritten(TOLERANT, user(**sent))
    assert result == user(**(sent if meant is None else meant))
    if quirks is not None:
        assert tolerated == quirks


@pytest.mark.parametrize("value", [None, "", [{"value": None}]])
def test_a_null_active_is_refused_on_every_write(value: Any) -> None:
    with pytest.raises(InvalidValue):
        TOLERANT.rewrite_resource(user(active=value), USER)
    for operation in (
        {"op": "replace", "path": "active", "value": value},
        {"op": "Replace", "path": f"{USER.schema.id}:ACTIVE", "value": value},
        {"op": "add", "value": {"Active": value}},
        {"op": "add", "value": {f"{USER.schema.id}:active": value}},
    ):
        with pytest.raises(InvalidValue):
            Patch([operation]).apply(user(active=False), dialect=OKTA)


def test_members_are_never_dropped() -> None:
    for nobody in ({"value": ""}, {"value": None}, {}, {"type": "User"}):
        result, _ = TOLERANT.rewrite_resource({**group(), "members": [nobody]}, GROUP)
        assert len(result["members"]) == 1


def test_schemas_of_a_resource() -> None:
    foreign = {**group(), "schemas": [GROUP.schema.id.upper(), "http://example.com/Group"]}
    assert rewritten(TOLERANT, foreign, GROUP)[0]["schemas"] == [GROUP.schema.id.upper()]
    odd = {**group(), "schemas": [GROUP.schema.id, 5]}
    assert rewritten(TOLERANT, odd, GROUP)[0] is odd
    bare = {"displayName": "C", "Schemas": None}
    assert rewritten(ENTRA, bare, GROUP)[0] == {"schemas": [GROUP.schema.id], "displayName": "C"}
    assert "schemas" not in rewritten(TOLERANT, {"displayName": "C"}, GROUP)[0]
    texts = {**group(), "schemas": GROUP.schema.id}
    assert TOLERANT.rewrite_resource(texts, GROUP)[0]["schemas"] in (GROUP.schema.id, [GROUP.schema.id])


def test_what_is_right_passes_untouched() -> None:
    document = user(
        active=True,
        name={"givenName": "I"},
        emails=[{"value": "a", "type": "work", "primary": True}, {"value": "b"}],
        enterprise={"department": "D", "manager": {"value": "1"}},
    )
    assert rewritten(ENTRA, document) == (document, [])
    body = {
        "schemas": [PATCH_OP],
        "Operations": [
            {"op": "replace", "value": {"active": False}},
            {"op": "replace", "path": "emails", "value": document["emails"]},
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "c"},
            {"op": "replace", "path": 'emails[type eq "work"]', "value": {"display": "c"}},
            {"op": "remove", "path": 'members[value eq "1"]'},
            {"op": "remove", "path": "title"},
        ],
    }
    assert ENTRA.rewrite_patch(body, USER) == (body, ())
    assert ENTRA.rewrite_patch(body, USER)[0] is body


# Operations ---------------------------------------------------------------------------------------------------------


def operations(dialect: Dialect, *sent: Any, kind: Any = USER) -> Any:
    return dialect.rewrite_patch({"schemas": [PATCH_OP], "Operations": list(sent)}, kind)[0]["Operations"]


@pytest.mark.parametrize(
    "operation",
    [
        "x",
        {"op": 5},
        {"op": "Update", "path": "title", "value": "x"},
        {"op": "replace", "path": 5, "value": "True"},
        {"op": "replace", "path": "tea", "value": ""},
        {"op": "replace", "path": "t" * 300, "value": ""},
        {"op": "replace", "path": 'emails[type eq "work"].tea', "value": ""},
        {"op": "replace", "path": "emails[", "value": [""]},
        {"op": "replace", "value": "x"},
        {"op": "replace", "value": {"x" * 300 + ".y": "z"}},
        {"op": "replace", "value": {"tea.x": "z", "urn:x:y": "z"}},
        {"op": "remove", "value": {"name.givenName": "x"}},
        {"op": "replace", "path": "title", "Path": "x", "value": ""},
        {"op": "replace", "path": f"{ENTERPRISE}X", "value": "y"},
        {"op": "add", "path": "emails", "value": {"type": "home", "value": "h"}},
        {"op": "replace", "path": "groups", "value": ""},
        {"op": "replace", "path": "meta.version", "value": ""},
    ],
)
def test_what_is_not_understood_stays(operation: Any) -> None:
    # Names of members are spelt out, values that mean one thing only are put right, and that is all.
    [left] = operations(ENTRA_AND_DOT, operation)
    if isinstance(operation, dict) and operation.get("path") == "title":
        return
    assert left == operation


def test_rewrites_of_operations() -> None:
    assert operations(TOLERANT, {"OP": "Replace", "PATH": "active", "VALUE": "true", "name": "x"}) == [
        {"op": "replace", "path": "active", "value": True}
    ]
    assert operations(TOLERANT, {"op": "replace", "value": {"name.givenName": "A", "title": "", "name": "x"}}) == [
        {"op": "replace", "value": {"title": None, "name": "x"}},
        {"op": "replace", "path": "name.givenName", "value": "A"},
    ]
    assert operations(TOLERANT, {"op": "Replace", "path": 'emails[type eq "work"]', "value": {"value": ""}}) == [
        {"op": "replace", "path": 'emails[type eq "work"]', "value": {"value": None}}
    ]
    assert operations(TOLERANT, {"op": "replace", "path": ENTERPRISE, "value": {"manager": "1"}}) == [
        {"op": "replace", "path": ENTERPRISE, "value": {"manager": {"value": "1"}}}
    ]
    assert operations(TOLERANT, {"op": "replace", "path": "members", "value": ["1"]}, kind=GROUP) == [
        {"op": "replace", "path": "members", "value": [{"value": "1"}]}
    ]


def test_bodies() -> None:
    assert ENTRA.rewrite_patch({"operations": "x"}, USER)[0] == {"schemas": [PATCH_OP], "operations": "x"}
    assert ENTRA.rewrite_patch({"x": 1}, USER)[1][0].quirk == MISSING_SCHEMAS.id
    other = {"schemas": ["urn:x"], "operations": [{"op": "Add", "path": "title", "value": "x"}]}
    assert ENTRA.rewrite_patch(other, USER)[0]["operations"][0]["op"] == "add"


def test_reports_tell_no_values() -> None:
    operation = {"op": "Add", "path": 'emails[value eq "secret@x"].primary', "value": "True"}
    _, tolerated = ENTRA.rewrite_patch({"schemas": [PATCH_OP], "Operations": [operation]}, USER)
    assert [(use.quirk, use.path) for use in tolerated] == [
        ("capitalised-op", "emails.primary"),
        ("string-boolean", "emails.primary"),
    ]


# Dialects -----------------------------------------------------------------------------------------------------------


def test_supersets() -> None:
    assert not STRICT.quirks
    assert set(TOLERANT.quirks) <= set(OKTA.quirks)
    assert set(TOLERANT.quirks) < set(ENTRA.quirks)
    assert STRICT.patch_tolerances == STRICT.filter_tolerances == frozenset()
    assert set(BY_NAME) == {"strict", "tolerant", "okta", "entra"}


def test_plus() -> None:
    own = Quirk("x", "x", "x", "x", "x", "x", "x", (ValueRewrite(lambda value, attribute, seat: value),))
    mine = ENTRA.plus(own, own, name="mine")
    assert mine.name == "mine"
    assert mine.quirks == (*ENTRA.quirks, own)
    assert ENTRA.plus().name == "entra"
    shape = shape_of(Attribute("a"))
    assert shape is not None
    assert Walk(compiled([]), []).value({"a": 1}, shape, "a") == {"a": 1}


def test_without_schemas() -> None:
    for dialect in (STRICT, TOLERANT, OKTA):
        with pytest.raises(InvalidSyntax):
            Patch.model_validate({"Operations": [{"op": "remove", "path": "title"}]}).apply(user(), dialect=dialect)


def test_the_page_is_written_from_the_quirks() -> None:
    committed = Path(__file__).parent.parent.parent / "docs" / "dialects.md"
    assert committed.read_text() == page()
