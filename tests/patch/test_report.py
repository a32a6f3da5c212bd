from patch.vectors import GROUP, USER
from scimcore.patch import Tolerance, apply, render

ENTERPRISE = USER.extension_urns[0]


def test_nothing() -> None:
    user = {"schemas": [USER.schema.id], "id": "u", "userName": "ada"}
    assert render(user, apply(user, [{"op": "remove", "path": "title"}], USER)) == "u: no changes"


def test_a_user() -> None:
    user = {
        "schemas": [USER.schema.id],
        "userName": "ada",
        "title": "x",
        "emails": [{"value": "a", "primary": True}, {"value": "c"}],
    }
    operations = [
        {"op": "replace", "path": "title", "value": "y"},
        {"op": "add", "path": "nickName", "value": "z"},
        {"op": "add", "path": f"{ENTERPRISE}:department", "value": "D"},
        {"op": "replace", "path": 'emails[value eq "a"].value', "value": "b"},
        {"op": "add", "path": "password", "value": "s3cret"},
        {"op": "add", "path": "phoneNumbers", "value": [{"value": "1"}]},
        {"op": "add", "path": 'ims[type eq "x"].value', "value": "y"},
        {"op": "replace", "value": {"tea": "mint"}},
    ]
    patched = apply(user, operations, USER, {Tolerance.ADD_CREATES_VALUE, Tolerance.IGNORE_UNKNOWN_NAMES})
    assert render(user, patched).splitlines() == [
        "resource: 7 changes",
        '  ~ title: "x" -> "y"',
        '  + nickName: "z"',
        f'  + {ENTERPRISE}:department: "D"',
        '  - emails: {"value": "a", "primary": true}',
        '  + emails: {"value": "b", "primary": true}',
        "  ~ password: (not shown)",
        '  + phoneNumbers: {"value": "1"}',
        '  + ims: {"value": "y", "type": "x"}',
        f'  + schemas: "{ENTERPRISE}"',
        "tolerated:",
        "  add-creates-value at ims.value",
        "  ignore-unknown-names at tea",
    ]
    back = apply(patched.document, [{"op": "remove", "path": ENTERPRISE}, {"op": "remove", "path": "title"}], USER)
    assert render(patched.document, back).splitlines() == [
        "resource: 2 changes",
        f'  - {ENTERPRISE}:department: "D"',
        '  - title: "y"',
        f'  - schemas: "{ENTERPRISE}"',
    ]


def test_a_group() -> None:
    group = {"schemas": [GROUP.schema.id], "id": "g", "displayName": "C", "members": [{"value": "a"}, {"value": "b"}]}
    operations = [
        {"op": "add", "path": "members", "value": [{"value": f"n{number}"} for number in range(25)]},
        {"op": "remove", "path": 'members[value eq "a"]'},
        {"op": "add", "path": 'members[value eq "b"].display', "value": "B"},
    ]
    lines = render(group, apply(group, operations, GROUP)).splitlines()
    assert lines[:2] == ["g: 1 change", '  - members: {"value": "a"}']
    assert lines[-2:] == ["  + members: and 5 more", '  ~ members: {"value": "b"} -> {"value": "b", "display": "B"}']
