from typing import Any

import pytest

from patch.vectors import GROUP, USER
from scimcore.patch import apply, diff
from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.resource_type import ResourceType

ENTERPRISE = USER.extension_urns[0]


def user(**attributes: Any) -> dict[str, Any]:
    enterprise = {ENTERPRISE: attributes.pop("enterprise")} if "enterprise" in attributes else {}
    schemas = [USER.schema.id, *enterprise]
    return {"schemas": schemas, "id": "u", "userName": "ada", **attributes, **enterprise}


PEOPLE = [{"value": f"u-{number}"} for number in range(10)]
MAILS = [{"value": f"{letter}@x", "type": "work"} for letter in "abcdef"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (user(), user(), []),
        (user(title="x"), user(title="y"), [{"op": "replace", "path": "title", "value": "y"}]),
        (user(title="x"), user(), [{"op": "remove", "path": "title"}]),
        (user(), user(title="y", active=True), [{"op": "replace", "value": {"title": "y", "active": True}}]),
        (
            user(name={"givenName": "A", "familyName": "K"}),
            user(name={"givenName": "B", "familyName": "K"}),
            [{"op": "replace", "path": "name.givenName", "value": "B"}],
        ),
        (
            user(name={"givenName": "A", "familyName": "K"}),
            user(name={"familyName": "K"}),
            [{"op": "remove", "path": "name.givenName"}],
        ),
        (
            user(name={"givenName": "A", "familyName": "K"}),
            user(name={"givenName": "B", "middleName": "M"}),
            [{"op": "replace", "path": "name", "value": {"givenName": "B", "middleName": "M", "familyName": None}}],
        ),
        (
            user(),
            user(enterprise={"department": "D"}),
            [{"op": "replace", "path": f"{ENTERPRISE}:department", "value": "D"}],
        ),
        (
            user(),
            user(enterprise={"department": "D", "division": "E"}),
            [{"op": "replace", "value": {ENTERPRISE: {"department": "D", "division": "E"}}}],
        ),
        (user(enterprise={"department": "D"}), user(), [{"op": "remove", "path": ENTERPRISE}]),
        (
            user(enterprise={"manager": {"value": "1", "$ref": "a"}}),
            user(enterprise={"manager": {"value": "2", "$ref": "a"}}),
            [{"op": "replace", "path": f"{ENTERPRISE}:manager", "value": {"value": "2", "$ref": "a"}}],
        ),
        (user(emails=MAILS), user(emails=MAILS[::-1]), []),
        (
            user(emails=MAILS),
            user(emails=[*MAILS[1:], {"value": "z"}]),
            [
                {"op": "remove", "path": 'emails[value eq "a@x"]'},
                {"op": "add", "path": "emails", "value": [{"value": "z"}]},
            ],
        ),
        (user(emails=MAILS), user(emails=MAILS[:2]), [{"op": "replace", "path": "emails", "value": MAILS[:2]}]),
        (
            user(emails=[*MAILS, {"value": "A@x"}]),
            user(emails=[*MAILS[1:], {"value": "A@x"}]),
            [{"op": "replace", "path": "emails", "value": [*MAILS[1:], {"value": "A@x"}]}],
        ),
        (
            user(emails=[*MAILS, {"value": "p", "primary": True}]),
            user(emails=[*MAILS[1:], {"value": "p"}, {**MAILS[0], "primary": True}]),
            [
                {
                    "op": "replace",
                    "path": "emails",
                    "value": [*MAILS[1:], {"value": "p"}, {**MAILS[0], "primary": True}],
                }
            ],
        ),
        (
            user(emails=[*MAILS, {"type": "odd"}]),
            user(emails=MAILS),
            [{"op": "replace", "path": "emails", "value": MAILS}],
        ),
        (
            user(emails=[*MAILS, {"value": 'q"'}]),
            user(emails=MAILS),
            [{"op": "replace", "path": "emails", "value": MAILS}],
        ),
        (
            user(emails=[MAILS[0], MAILS[0]]),
            user(emails=[MAILS[0], MAILS[1]]),
            [{"op": "replace", "path": "emails", "value": [MAILS[0], MAILS[1]]}],
        ),
        (
            user(enterprise={"manager": {"displayName": "x"}}),
            user(enterprise={"manager": {"displayName": "y"}, "department": "D"}),
            [{"op": "replace", "path": f"{ENTERPRISE}:department", "value": "D"}],
        ),
        (user(meta={"version": "1"}), user(meta={"version": "2"}), []),
    ],
)
def test_the_smallest_patch(before: Any, after: Any, expected: Any) -> None:
    assert diff(before, after, USER) == expected


def test_members_one_by_one() -> None:
    crew = {"schemas": [GROUP.schema.id], "id": "g", "displayName": "C", "members": PEOPLE}
    after = {**crew, "members": [*PEOPLE[2:], {"value": "new"}]}
    operations = diff(crew, after, GROUP)
    assert operations == [
        {"op": "remove", "path": 'members[value eq "u-0"]'},
        {"op": "remove", "path": 'members[value eq "u-1"]'},
        {"op": "add", "path": "members", "value": [{"value": "new"}]},
    ]
    assert apply(crew, operations, GROUP).document == after


def test_what_a_client_cannot_write_inside_a_value_is_left_out() -> None:
    parts = (Attribute("value"), Attribute("seen", mutability=Mutability.READ_ONLY))
    ports = Attribute("ports", AttributeType.COMPLEX, multi_valued=True, sub_attributes=parts)
    kind = ResourceType("Box", "/Boxes", Schema("urn:x:2.0:Box", "Box", "", (ports,)))
    before = {"schemas": ["urn:x:2.0:Box"], "ports": [{"value": "1", "seen": "today"}, {"seen": "never"}]}
    assert diff(before, {**before, "ports": [{"value": "1"}]}, kind) == []
    operations = diff(before, {**before, "ports": [{"value": "2", "seen": "now"}]}, kind)
    assert operations == [{"op": "replace", "path": "ports", "value": [{"value": "2"}]}]
