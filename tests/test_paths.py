"""The notation of RFC 7644 §3.10, without any schema."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimcore import urns
from scimcore.errors import InvalidPath
from scimcore.paths import AttributePath


@pytest.mark.parametrize(
    ("text", "uri", "attribute", "sub_attribute"),
    [
        ("userName", None, "userName", None),
        ("name.familyName", None, "name", "familyName"),
        ("$ref", None, "$ref", None),
        ("members.$ref", None, "members", "$ref"),
        ("locker-no", None, "locker-no", None),
        ("desk_2", None, "desk_2", None),
        (f"{urns.USER}:userName", urns.USER, "userName", None),
        (f"{urns.USER}:name.givenName", urns.USER, "name", "givenName"),
        (f"{urns.ENTERPRISE_USER}:manager.displayName", urns.ENTERPRISE_USER, "manager", "displayName"),
        (f"{urns.ENTERPRISE_USER}:manager.$ref", urns.ENTERPRISE_USER, "manager", "$ref"),
        # Without the schema a bare URN reads as an attribute of the shorter URN.
        (urns.ENTERPRISE_USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0", "User", None),
        ("urn:example:ext:2.0", "urn:example:ext:2.0", None, None),
        ("http://example.com:8080/schema:attr", "http://example.com:8080/schema", "attr", None),
    ],
)
def test_parses(text: str, uri: str | None, attribute: str | None, sub_attribute: str | None) -> None:
    path = AttributePath.parse(text)
    assert (path.uri, path.attribute, path.sub_attribute) == (uri, attribute, sub_attribute)
    assert str(path) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "name.",
        ".familyName",
        "name..familyName",
        "a.b.c",
        "urn:example:a.b.c",
        "urn:example:name.",
        "urn:",
        "urn:x",
        "urn:x:",
        "urn::x",
        "foo:bar",
        "foo:2.0",
        "user name",
        " userName",
        "userName ",
        "userName\n",
        "9lives",
        "-a",
        "$",
        "námé",
        "emails[type]",
        'a"b',
        "a" * 10_000 + "!",
        "urn:" + "a:" * 10_000 + "!",
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(InvalidPath) as caught:
        AttributePath.parse(text)
    assert len(caught.value.detail) < 300
    assert "\n" not in caught.value.detail


def test_case_does_not_distinguish() -> None:
    assert AttributePath.parse("USERNAME") == AttributePath.parse("userName")
    assert hash(AttributePath.parse("USERNAME")) == hash(AttributePath.parse("userName"))
    assert AttributePath.parse("userName") != AttributePath.parse("userNam")
    assert AttributePath.parse("userName") != "userName"


def test_an_extension_as_a_whole_equals_its_lexical_reading() -> None:
    assert AttributePath(urns.ENTERPRISE_USER, None) == AttributePath.parse(urns.ENTERPRISE_USER.upper())
    assert str(AttributePath(None, None)) == ""


@given(st.text(alphabet='abZ$:._-29/ "[é', max_size=30))
def test_any_text_is_a_path_or_invalid_path(text: str) -> None:
    try:
        path = AttributePath.parse(text)
    except InvalidPath:
        return
    assert str(path) == text
    assert AttributePath.parse(str(path)) == path
