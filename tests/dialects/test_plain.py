"""A body that is plain is one that neither a dialect nor ``accept`` would do anything with."""

import base64
import contextlib
import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimcore import urns
from scimcore.dialects import BY_NAME, TOLERANT, Dialect, Quirk, ResourceRewrite
from scimcore.dialects.plain import plain, plain_text
from scimcore.resources import Group, User
from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.schema.datatypes import CANONICAL, canonical_binary
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.resource_type import ResourceType
from scimcore.validation import Phase, accept

USER, GROUP = User.resource_type(), Group.resource_type()
ENTERPRISE = USER.extension_urns[0]
ADA: dict[str, Any] = {
    "schemas": [urns.USER, ENTERPRISE],
    "userName": "ada",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "locale": "en_GB",
    "active": False,
    "emails": [
        {"value": "ada@example.com", "type": "work", "primary": True},
        {"value": "ada@example.org", "type": "home", "primary": False},
    ],
    "addresses": [{"type": "work", "country": "GB"}],
    ENTERPRISE: {"department": "Engines", "manager": {"value": "26118915"}},
}


def ada(**attributes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(ADA), **attributes}


def text(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def test_a_plain_body_is_what_accept_makes_of_it() -> None:
    sent = ada()
    for found in (plain(sent, USER), plain_text(text(sent), USER)):
        assert found == accept(sent, USER, Phase.CREATE)
        assert found is not None
        assert found["locale"] == "en-GB"
    assert sent == ADA


def test_letters_may_be_escaped() -> None:
    escaped = json.dumps(ada(displayName="Jos\u00e9 \U0001f6eb")).encode()
    assert b"\\u00e9 \\ud83d\\udeeb" in escaped
    assert plain_text(escaped, USER) == plain(json.loads(escaped), USER) is not None


def test_schemas_are_those_that_have_data() -> None:
    sent = ada(schemas=[ENTERPRISE, urns.USER], **{ENTERPRISE: {"department": "Engines"}})
    assert plain(sent, USER) == accept(sent, USER, Phase.CREATE)
    sent = {"schemas": [urns.USER, ENTERPRISE], "userName": "ada"}
    assert plain(sent, USER) == {"schemas": [urns.USER], "userName": "ada"}


NOT_PLAIN: dict[str, Any] = {
    "no object": [],
    "no schemas": {"userName": "ada"},
    "other schemas": ada(schemas=[ENTERPRISE]),
    "unknown schemas": ada(schemas=[urns.USER, "urn:example:none"]),
    "odd casing": {"schemas": [urns.USER], "UserName": "ada"},
    "unknown name": ada(shoeSize="38"),
    "required, missing": {"schemas": [urns.USER], "displayName": "Ada"},
    "required, blank": ada(userName=" \t\u2003"),
    "null": ada(title=None),
    "empty text": ada(title=""),
    "empty array": ada(emails=[]),
    "empty object": ada(name={}),
    "empty object inside": ada(**{ENTERPRISE: {"manager": {}}}),
    "text for boolean": ada(active="True"),
    "number for text": ada(title=4130),
    "object for array": ada(emails={"value": "ada@example.com"}),
    "element without value": ada(emails=[{"type": "work"}]),
    "element with labels alone": ada(addresses=[{"type": "work", "primary": True}]),
    "two primaries": ada(emails=[{"value": each, "primary": True} for each in ("a@example.com", "b@example.com")]),
    "readOnly": ada(id="2819c223"),
    "readOnly inside": ada(**{ENTERPRISE: {"manager": {"value": "1", "displayName": "Charles"}}}),
    "wrong locale": ada(locale="no such language"),
    "wrong certificate": ada(x509Certificates=[{"value": "!"}]),
}


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_all_else_is_looked_at_closely(name: str) -> None:
    assert plain(NOT_PLAIN[name], USER) is None
    assert plain_text(text(NOT_PLAIN[name]), USER) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'\xef\xbb\xbf{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada"}',
        b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "\xff"}',
        b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "userName": "eve"}',
        # An escaped colon must not make up for the one that is lost with the name.
        b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "a", "userName": "\\u003a"}',
        b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "userNAME": "eve"}',
        b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": NaN}',
        b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "a", "\\u0075serName": "b"}',
        b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "\\ud800"}',
        b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "\\udc00"}',
        b"[" * 100_000,
    ],
)
def test_text_that_may_mean_something_else_is_looked_at_closely(body: bytes) -> None:
    assert plain_text(body, USER) is None


@given(
    st.lists(
        st.sampled_from(["en", "EN", "us", "hant", "cmn", "zh", "419", "x", "i", "klingon", "1996", "u", "ca"]),
        max_size=5,
    ),
    st.sampled_from("-_"),
    st.binary(max_size=9),
)
def test_no_canonical_form_is_longer_than_what_was_sent(parts: list[str], mark: str, octets: bytes) -> None:
    tag, encoded = mark.join(parts), base64.urlsafe_b64encode(octets).decode()
    texts = (tag, f"{tag}, *;q=0.5", encoded, encoded.rstrip("="), "europe/OSLO")
    for text_of in (*CANONICAL.values(), canonical_binary):
        for sent in texts:
            with contextlib.suppress(ValueError):
                assert len(text_of(sent)) <= len(sent)


def test_a_text_without_a_blank_is_read_as_any_other() -> None:
    compact = json.dumps(ADA, separators=(",", ":")).encode()
    assert plain_text(compact, USER) == plain_text(json.dumps(ADA).encode(), USER) is not None
    assert plain_text(compact.replace(b'"active":', b'"active":true,"active":'), USER) is None


def _resource_type(*attributes: Attribute) -> ResourceType:
    return ResourceType(name="Thing", endpoint="/Things", schema=Schema("urn:example:Thing", "Thing", "", attributes))


def test_what_there_is_more_to_know_of_is_looked_at_closely() -> None:
    parts = (Attribute("value"), Attribute("notes", multi_valued=True))
    thing = _resource_type(
        Attribute("name"),
        Attribute("count", AttributeType.INTEGER),
        Attribute("weight", AttributeType.DECIMAL),
        Attribute("bought", AttributeType.DATE_TIME),
        Attribute("anything", AttributeType.COMPLEX),
        Attribute("parts", AttributeType.COMPLEX, multi_valued=True, sub_attributes=parts),
        Attribute("box", AttributeType.COMPLEX, sub_attributes=(Attribute("marks", multi_valued=True),)),
        Attribute("made", mutability=Mutability.READ_ONLY),
    )
    base = {"schemas": [thing.schema.id]}
    for value in ({"count": 2**70}, {"box": {"marks": ["a"]}}, {"parts": [{"value": "a"}]}, {"name": "x"}):
        sent = {**base, **value}
        assert plain_text(text(sent), thing) == plain(sent, thing) == accept(sent, thing, Phase.CREATE)
    for other in (
        {"weight": 1.5},
        {"bought": "2026-01-02T03:04:05Z"},
        {"anything": {"a": 1}},
        {"parts": [{"value": "a", "notes": ["b"]}]},
        {"made": "x"},
    ):
        assert plain({**base, **other}, thing) is None


def test_nothing_is_plain_where_something_is_required_that_never_is() -> None:
    thing = _resource_type(Attribute("bought", AttributeType.DATE_TIME, required=True))
    for sent in ({"bought": "2026-01-02T03:04:05Z"}, {"bought": None}, {}):
        assert plain({"schemas": [thing.schema.id], **sent}, thing) is None


def test_a_rewrite_of_a_hosts_own_is_asked_about_plain_bodies_too() -> None:
    def shout(document: dict[str, Any], resource_type: ResourceType) -> dict[str, Any]:
        name = document["userName"]
        return document if name.isupper() else {**document, "userName": name.upper()}

    loud = TOLERANT.plus(Quirk("loud", "", "", "", "", "", "", (ResourceRewrite(shout),)))
    document = plain(ADA, USER)
    assert document is not None
    assert TOLERANT.leaves(document, USER)
    assert not loud.leaves(document, USER)
    assert loud.leaves({**document, "userName": "ADA"}, USER)


# The law ------------------------------------------------------------------------------------------------------------

scalars = st.sampled_from(["", " ", "ada", "True", "en", None, True, False, 0, 1, 4130, 1.5])
elements = st.dictionaries(
    st.sampled_from(["value", "type", "primary", "display", "country", "$ref"]), scalars, max_size=3
)
values = scalars | elements | st.lists(scalars | elements, max_size=3)
names = st.sampled_from(
    ["title", "active", "name", "emails", "addresses", "roles", "locale", "members", "id", "displayName", "Title"]
)


@given(
    st.dictionaries(names, values, max_size=4),
    st.sampled_from([USER, GROUP]),
    st.sampled_from(sorted(BY_NAME.values(), key=lambda each: each.name)),
)
def test_whatever_is_plain_is_so_to_all_who_know_the_rules(
    attributes: dict[str, Any], resource_type: ResourceType, dialect: Dialect
) -> None:
    key = "userName" if resource_type is USER else "displayName"
    sent = {"schemas": [resource_type.schema.id], key: "x", **attributes}
    found = plain(sent, resource_type)
    assert plain_text(text(sent), resource_type) == found
    if found is not None:
        assert dialect.leaves(found, resource_type)
        assert dialect.rewrite_resource(sent, resource_type) == (sent, ())
        assert accept(sent, resource_type, Phase.CREATE) == found
