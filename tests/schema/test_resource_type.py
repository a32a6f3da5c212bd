"""A resource type: what a reference means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimcore.errors import InvalidPath, InvalidValue
from scimcore.resources import User
from scimcore.schema import COMMON_ATTRIBUTES, Attribute, AttributeType, ResourceType, Schema, SchemaExtension
from scimcore.urns import ENTERPRISE_USER
from scimcore.urns import USER as CORE

USER = User.resource_type()


@pytest.mark.parametrize(
    ("reference", "keys", "path"),
    [
        ("userName", ("userName",), "userName"),
        ("USERNAME", ("userName",), "userName"),
        ("name.familyName", ("name", "familyName"), "name.familyName"),
        ("Name.FamilyNAME", ("name", "familyName"), "name.familyName"),
        (f"{CORE}:userName", ("userName",), "userName"),
        (f"{CORE.upper()}:NAME.givenname", ("name", "givenName"), "name.givenName"),
        (ENTERPRISE_USER, (ENTERPRISE_USER,), ENTERPRISE_USER),
        (f"{ENTERPRISE_USER}:manager", (ENTERPRISE_USER, "manager"), f"{ENTERPRISE_USER}:manager"),
        (
            f"{ENTERPRISE_USER.lower()}:MANAGER.displayname",
            (ENTERPRISE_USER, "manager", "displayName"),
            f"{ENTERPRISE_USER}:manager.displayName",
        ),
        ("id", ("id",), "id"),
        ("externalId", ("externalId",), "externalId"),
        ("schemas", ("schemas",), "schemas"),
        ("meta.lastModified", ("meta", "lastModified"), "meta.lastModified"),
        ("groups.$ref", ("groups", "$ref"), "groups.$ref"),
        (f"{CORE}:meta.version", ("meta", "version"), "meta.version"),
    ],
)
def test_finds(reference: str, keys: tuple, path: str) -> None:
    found = USER.resolve(reference)
    assert found is USER.find(reference)
    assert found.keys == keys
    assert str(found) == path == str(found.path)
    assert [attribute.name for attribute in found.attributes] == list(keys)
    assert found.leaf is found.attributes[-1]


@pytest.mark.parametrize(
    "reference",
    [
        *("", "nope", "name.nope", "userName.x", "manager", "department", CORE, f"{CORE}:department", "emails[type]"),
        *(
            f"{ENTERPRISE_USER}:userName",
            "name.familyName.x",
            "__class__",
            "urn:x:y",
            "userName\n",
            "a" * 10_000,
            " id",
        ),
    ],
)
def test_does_not_find(reference: str) -> None:
    assert USER.find(reference) is None
    with pytest.raises(InvalidPath) as caught:
        USER.resolve(reference)
    assert caught.value.rule == "RFC 7644 §3.10"
    assert len(caught.value.detail) < 150
    assert "\n" not in caught.value.detail


def test_bare_names_of_extension_attributes() -> None:
    found = USER.bare("MANAGER.displayName")
    assert found is not None
    assert found == USER.find(f"{ENTERPRISE_USER}:manager.displayName")
    assert USER.bare("userName") is None
    assert USER.bare("nope") is None


def _extension(urn: str, *names: str) -> SchemaExtension:
    return SchemaExtension(Schema(urn, urn, attributes=tuple(map(Attribute, names))))


def test_a_bare_name_must_be_unambiguous() -> None:
    room = ResourceType(
        "Room",
        "/Rooms",
        Schema("urn:ex:Room", attributes=(Attribute("label"),)),
        [_extension("urn:ex:a", "label", "size", "color"), _extension("urn:ex:b", "size")],
    )
    assert room.bare("label") is None
    assert room.bare("size") is None
    color = room.bare("color")
    assert color is not None
    assert color.keys == ("urn:ex:a", "color")
    assert room.extension_urns == ("urn:ex:a", "urn:ex:b")


def test_attributes_stand_as_in_a_document() -> None:
    names = [attribute.name for attribute in USER.attributes]
    assert names[:4] == ["schemas", "id", "externalId", "meta"]
    assert names[-1] == ENTERPRISE_USER
    assert USER.attributes[-1].type is AttributeType.COMPLEX
    assert repr(USER) == f"ResourceType('User', '/Users', {CORE}, {ENTERPRISE_USER})"


def test_a_schema_s_own_word_on_a_common_attribute_goes_first() -> None:
    own = Attribute("ID", description="Mine.")
    kind = ResourceType("X", "/X", Schema("urn:ex:X", attributes=(own,)))
    assert [attribute.name for attribute in kind.attributes] == ["schemas", "externalId", "meta", "ID"]
    assert kind.resolve("id").leaf is own
    assert COMMON_ATTRIBUTES[1] not in kind.attributes


@pytest.mark.parametrize("endpoint", ["", "/", "Users", "/a/b", "/Users/", "//"])
def test_refuses_an_endpoint(endpoint: str) -> None:
    with pytest.raises(InvalidValue, match="endpoint"):
        ResourceType("X", endpoint, Schema("urn:ex:X"))


def test_refuses_two_things_of_one_name() -> None:
    with pytest.raises(InvalidValue, match="twice"):
        ResourceType("X", "/X", Schema("urn:ex:X", attributes=(Attribute("a"), Attribute("A"))))
    with pytest.raises(InvalidValue, match="twice"):
        ResourceType("X", "/X", Schema("urn:ex:X"), [_extension("urn:ex:a"), _extension("URN:EX:A")])


def test_two_are_equal_only_if_they_are_one() -> None:
    assert User.resource_type() is USER
    twin = ResourceType(USER.name, USER.endpoint, USER.schema, USER.extensions)
    assert twin != USER
    assert len({USER, twin}) == 2


@given(st.text(max_size=40) | st.sampled_from(["userName", "name.familyName", CORE, ENTERPRISE_USER]))
def test_any_text_is_an_attribute_or_is_not(text: str) -> None:
    found = USER.find(text)
    if found is not None:
        assert USER.find(str(found)) is found
