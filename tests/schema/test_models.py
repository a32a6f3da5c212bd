"""The typed view: documents in and out, extensions and resource types of one's own, unknown attributes, secrets."""

import copy
import json
from datetime import UTC, datetime

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimcore import urns
from scimcore.errors import InvalidSyntax, InvalidValue, ScimError
from scimcore.resources import Email, EnterpriseUser, Group, Manager, Member, Name, ServiceProviderConfig, User
from scimcore.schema import ComplexAttribute, DateTime, Extension, Meta, Resource, attribute, extension
from scimcore.validation import Phase, accept

BADGE = "urn:example:params:scim:schemas:extension:badge:2.0:User"
ROOM = "urn:example:params:scim:schemas:2.0:Room"


class Lock(ComplexAttribute):
    secret_word: str | None = attribute("The word.", mutability="writeOnly", returned="never")
    hint_text: str | None = attribute("A hint.")


class Badge(Extension, schema=BADGE):
    """What opens the doors."""

    badge_number: str | None = attribute("Its number.", required=True, uniqueness="server")
    pin_code: str | None = attribute("Its code.", returned="never")
    doors: list[Lock] | None = attribute("The doors.")
    gate: Lock | None = attribute("The gate.")


class Employee(User):
    badge: Badge | None = extension(Badge)


class Room(Resource, schema=ROOM):
    """A meeting room."""

    label: str | None = attribute("Its name.", required=True)
    seats: int | None = attribute("How many sit there.")
    lock: Lock | None = attribute("Its lock.")
    locks: list[Lock] | None = attribute("Its other locks.")
    opened: DateTime | None = attribute("Since when.")


def test_a_resource_type_of_one_s_own() -> None:
    kind = Room.resource_type()
    assert kind is Room.resource_type()
    assert (kind.name, kind.endpoint, kind.description) == ("Room", "/Rooms", "A meeting room.")
    assert kind.schema == Room.scim_schema()
    assert [each.name for each in kind.schema.attributes] == ["label", "seats", "lock", "locks", "opened"]
    room = Room.model_validate({"SCHEMAS": [ROOM], "LABEL": "Oslo", "Seats": 4})
    assert (room.label, room.seats) == ("Oslo", 4)
    assert accept(room.to_document(), kind, Phase.CREATE) == {"schemas": [ROOM], "label": "Oslo", "seats": 4}


def test_an_extension_of_one_s_own() -> None:
    kind = Employee.resource_type()
    assert (kind.name, kind.endpoint, kind.schema) == ("User", "/Users", User.scim_schema())
    assert kind.extension_urns == (urns.ENTERPRISE_USER, BADGE)
    assert kind.resolve(f"{BADGE}:BADGENUMBER").keys == (BADGE, "badgeNumber")
    employee = Employee.model_validate({"userName": "bj", BADGE.upper(): {"BadgeNumber": "7"}})
    assert employee[Badge] is employee.badge
    assert employee[EnterpriseUser] is None
    assert employee.to_document() == {"schemas": [urns.USER, BADGE], "userName": "bj", BADGE: {"badgeNumber": "7"}}
    with pytest.raises(KeyError, match="User declares no extension Badge"):
        User(user_name="bj")[Badge]


def test_what_the_class_statement_says() -> None:
    class Hall(Room, schema="urn:example:Hall", name="Great hall", endpoint="/GreatHalls"):
        stage: bool | None = attribute("Whether it has one.")

    class Own(Extension, schema="urn:example:Own", name="My own"):
        x: str | None = attribute()

    class Small(Room):
        pass

    kind = Hall.resource_type()
    assert (kind.name, kind.endpoint, kind.schema.name, kind.schema.id) == (
        "Hall", "/GreatHalls", "Great hall", "urn:example:Hall",
    )  # fmt: skip
    assert [each.name for each in kind.schema.attributes][-1] == "stage"
    assert Own.scim_schema().name == "My own"
    assert Small.resource_type().schema == Room.resource_type().schema
    # As meta.resourceType has it, RFC 7643 §8.5.
    assert ServiceProviderConfig.resource_type().name == "ServiceProviderConfig"


def test_a_required_extension() -> None:
    class Guest(User):
        badge: Badge | None = extension(Badge, required=True)

    with pytest.raises(InvalidValue) as caught:
        accept({"schemas": [urns.USER], "userName": "g"}, Guest.resource_type(), Phase.CREATE)
    assert caught.value.path == BADGE


def through_json(document, **how):
    return User.model_validate_json(json.dumps(document), **how)


@pytest.mark.parametrize("read", [User.model_validate, through_json], ids=["python", "json"])
class TestReading:
    def test_names_in_any_casing(self, read) -> None:
        user = read({"USERNAME": "bj", "eMails": [{"Value": "a@b", "PRIMARY": True}], "NAME": {"familyname": "J"}})
        assert user == User(user_name="bj", emails=[Email(value="a@b", primary=True)], name=Name(family_name="J"))

    def test_unknown_attributes(self, read) -> None:
        document = {
            "userName": "bj",
            "own": {"a": [None]},
            "emails": [{"value": "a", "own": 1}, {"value": "b"}],
            "name": {"givenName": "B", "own": 2},
            urns.ENTERPRISE_USER: {"own": 3, "manager": {"value": "1", "own": 4}},
            "urn:example:ext": {"x": 1},
            "schemas": [urns.USER, urns.ENTERPRISE_USER, "urn:example:ext", "urn:example:empty", "urn:example:ext"],
        }
        assert "own" not in json.dumps(read(document).to_document())
        kept = read(document, extra="allow")
        assert kept.to_document() == {
            **document,
            "schemas": [urns.USER, urns.ENTERPRISE_USER, "urn:example:ext"],
        }
        assert json.loads(kept.to_json()) == kept.to_document()
        with pytest.raises(InvalidSyntax) as caught:
            read(document, extra="forbid")
        paths = {violation.path for violation in caught.value.violations}
        enterprise = urns.ENTERPRISE_USER
        assert paths == {"own", "emails[0].own", "name.own", f"{enterprise}:own", f"{enterprise}:manager.own"} | {
            "urn:example:ext"
        }

    def test_python_names_are_no_wire_names(self, read) -> None:
        assert read({"user_name": "bj"}).user_name is None

    def test_all_faults_at_once(self, read) -> None:
        with pytest.raises(InvalidValue) as caught:
            read(
                {"userName": 5, "active": "True", "emails": [{"primary": "x"}, 7], "locale": "english", "title": ["a"]}
            )
        assert [violation.path for violation in caught.value.violations] == [
            "userName", "title", "locale", "active", "emails[0].primary", "emails[1]",
        ]  # fmt: skip

    def test_a_fault_inside_an_extension(self, read) -> None:
        with pytest.raises(InvalidValue, match=r"enterprise:2.0:User:manager.value' must be a string, not a number"):
            read({urns.ENTERPRISE_USER.lower(): {"manager": {"value": 5}}})

    def test_names_twice(self, read) -> None:
        with pytest.raises(InvalidSyntax, match=r"name differs in casing only|casing does not distinguish"):
            read({"userName": "a", "USERNAME": "b"})

    def test_null_and_empty(self, read) -> None:
        user = read({"userName": "bj", "title": None, "emails": [], "name": {}, "active": False})
        assert user.to_document() == {"schemas": [urns.USER], "userName": "bj", "active": False}


def test_reading_changes_nothing() -> None:
    document = {"USERNAME": "bj", "emails": [{"VALUE": "a", "x": 1}], "locale": "en_us"}
    before = copy.deepcopy(document)
    for how in ("ignore", "allow"):
        User.model_validate(document, extra=how)
    assert document == before


def test_an_instance_is_itself() -> None:
    user = User(user_name="bj")
    assert User.model_validate(user) is user


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "not an array"),
        ('{"userName":"\ud800"}', "not UTF-8"),
        ('{"userName":"\\ud800"}', "half a surrogate pair"),
        ("[" * 100_000, "nests deeper"),
        ('{"x":' * 100_000, "nests deeper"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_texts_that_are_no_resource(text, says: str) -> None:
    with pytest.raises(InvalidSyntax, match=says):
        User.model_validate_json(text)


def test_a_text_larger_than_a_request_may_be() -> None:
    members = [{"value": str(number), "UNKNOWN": "x" * 100} for number in range(10_000)]
    group = Group.model_validate_json(bytearray(json.dumps({"displayName": "g", "members": members}).encode()))
    assert group.members is not None
    assert len(group.members) == 10_000


def test_writing() -> None:
    user = User(
        user_name="bj",
        password="t1meMa$heen",
        emails=[],
        name=Name(),
        meta=Meta(created=datetime(2011, 5, 13, 4, 42, 34, tzinfo=UTC)),
        enterprise=EnterpriseUser(manager=Manager(ref="../Users/1")),
        schemas=["urn:odd"],
    )
    document = user.to_document()
    assert document == {
        "schemas": [urns.USER, urns.ENTERPRISE_USER],
        "meta": {"created": "2011-05-13T04:42:34Z"},
        "userName": "bj",
        "password": "t1meMa$heen",
        urns.ENTERPRISE_USER: {"manager": {"$ref": "../Users/1"}},
    }
    assert next(iter(document)) == "schemas"
    text = json.loads(user.to_json())
    assert text["schemas"] == [urns.USER, urns.ENTERPRISE_USER]
    assert "password" not in text
    assert user.schemas == ["urn:odd"]
    assert json.loads(User.model_validate(document).to_json()) == {
        name: value for name, value in document.items() if name != "password"
    }
    assert User(enterprise=EnterpriseUser()).to_document() == {"schemas": [urns.USER]}


def test_secrets_leave_no_model() -> None:
    lock = {"secretWord": "SECRET", "hintText": "h"}
    badge = {"badgeNumber": "7", "pinCode": "SECRET", "doors": [lock, lock], "gate": lock}
    employee = Employee.model_validate({"userName": "bj", "password": "SECRET", BADGE: badge})
    room = Room.model_validate({"label": "x", "lock": lock, "locks": [lock], "own": 1}, extra="allow")
    for model in (employee, room):
        assert "SECRET" in json.dumps(model.to_document())
        assert "SECRET" not in model.to_json().decode()
        assert "SECRET" not in repr(model)
        assert "SECRET" not in str(model)
    assert json.loads(employee.to_json())[BADGE] == {
        "badgeNumber": "7", "doors": [{"hintText": "h"}, {"hintText": "h"}], "gate": {"hintText": "h"},
    }  # fmt: skip
    assert json.loads(room.to_json())["own"] == 1
    for document in ({"password": ["SECRET"]}, {"password": {"x": "SECRET"}, "active": "SECRET"}):
        with pytest.raises(ScimError) as caught:
            User.model_validate(document)
        assert "SECRET" not in str(caught.value)


def test_a_moment_without_a_zone_is_refused_in_python_too() -> None:
    with pytest.raises(pydantic.ValidationError, match="must name its time zone"):
        Meta(created=datetime(2011, 5, 13))
    with pytest.raises(InvalidValue, match="must name its time zone"):
        User.model_validate({"meta": {"created": "2011-05-13T04:42:34"}})
    with pytest.raises(InvalidValue, match=r"Attribute 'meta.created' must be a dateTime string, not a number"):
        User.model_validate({"meta": {"created": 5}})


def test_a_wrong_name_in_python_is_refused() -> None:
    with pytest.raises(pydantic.ValidationError, match="userNmae"):
        User(userNmae="bj")


def test_an_inherited_docstring_is_the_schema_s() -> None:
    assert Employee.resource_type().description == "User Account"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
USERS = st.fixed_dictionaries(
    {"schemas": st.just([urns.USER]), "userName": TEXTS.filter(str.strip)},
    optional={
        "active": st.booleans(),
        "name": st.dictionaries(st.sampled_from(["givenName", "familyName"]), TEXTS),
        "emails": st.lists(st.dictionaries(st.sampled_from(["value", "type", "display"]), TEXTS), max_size=3),
        "locale": st.sampled_from(["en-US", "de"]),
        "password": TEXTS,
        urns.ENTERPRISE_USER: st.fixed_dictionaries({}, optional={"department": TEXTS}),
    },
)


@given(USERS)
def test_document_model_document(document) -> None:
    accepted = accept(document, User.resource_type(), Phase.CREATE)
    model = User.model_validate(accepted)
    assert model.to_document() == accepted
    assert User.model_validate(model.to_document()) == model
    assert User.model_validate_json(json.dumps(accepted)) == model
    assert next(iter(model.to_document())) == "schemas"


@given(
    st.builds(
        Group,
        display_name=TEXTS | st.none(),
        members=st.none()
        | st.lists(st.builds(Member, value=TEXTS, type=st.sampled_from(["User", "Group"])), max_size=3),
    )
)
def test_model_document_model(group: Group) -> None:
    again = Group.model_validate(group.to_document())
    assert (again.display_name, again.members or None) == (group.display_name, group.members or None)
    assert again.to_document() == group.to_document()
    assert Group.model_validate_json(group.to_json()).to_document() == group.to_document()
