"""sortBy and sortOrder (RFC 7644 §3.4.2.3)."""

import pytest

from scimcore.errors import InvalidPath
from scimcore.ordering import ordered, sort_key
from scimcore.resources import User
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.resource_type import ResourceType
from scimcore.urns import ENTERPRISE_USER

USERS = User.resource_type()
THINGS = ResourceType(
    "Thing",
    "/Things",
    Schema(
        "urn:example:2.0:Thing",
        attributes=(
            Attribute("count", AttributeType.INTEGER),
            Attribute("blob", AttributeType.BINARY),
            Attribute("tags", multi_valued=True),
            Attribute("notes", AttributeType.COMPLEX, multi_valued=True, sub_attributes=(Attribute("text"),)),
        ),
    ),
)


def order(
    sort_by: str, documents: list[dict], resource_type: ResourceType = USERS, *, descending: bool = False
) -> list:
    key = sort_key(sort_by, resource_type)
    found = ordered(documents, key, descending=descending)
    return [documents.index(document) for document in found]


@pytest.mark.parametrize(
    ("sort_by", "documents", "ascending", "descending"),
    [
        ("userName", [{"userName": "b"}, {"userName": "C"}, {"userName": "A"}], [2, 0, 1], [1, 0, 2]),
        ("USERNAME", [{"userName": "é"}, {"userName": "z"}, {"userName": "E"}], [2, 1, 0], [0, 1, 2]),
        ("id", [{"id": "b"}, {"id": "C"}, {"id": "A"}], [2, 1, 0], [0, 1, 2]),
        ("name.givenName", [{"name": {"givenName": "b"}}, {"name": {"givenName": "a"}}], [1, 0], [0, 1]),
        ("active", [{"active": True}, {"active": False}], [1, 0], [0, 1]),
        (
            "meta.created",
            [{"meta": {"created": "2024-03-01T10:00:00+02:00"}}, {"meta": {"created": "2024-03-01T08:30:00Z"}}],
            [0, 1],
            [1, 0],
        ),
        # No data: last if ascending, first if descending. Null and empty are no data.
        (
            "title",
            [{}, {"title": "b"}, {"title": None}, {"title": "a"}, {"title": ""}, {"title": 5}],
            [3, 1, 0, 2, 4, 5],
            [0, 2, 4, 5, 1, 3],
        ),
        ("name.givenName", [{"name": "x"}, {"name": {"givenName": "a"}}], [1, 0], [0, 1]),
        # Several values: the primary one, or else the first.
        (
            "emails",
            [
                {"emails": [{"value": "c"}, {"value": "a"}]},
                {"emails": [{"value": "d"}, {"value": "b", "primary": True}]},
                {"emails": []},
                {"emails": [{}, {"value": "a"}]},
            ],
            [3, 1, 0, 2],
            [2, 0, 1, 3],
        ),
        (
            "emails.type",
            [{"emails": [{"type": "work"}]}, {"emails": [{"type": "x"}, {"type": "home", "primary": True}]}],
            [1, 0],
            [0, 1],
        ),
        (
            f"{ENTERPRISE_USER}:department",
            [{ENTERPRISE_USER: {"department": "b"}}, {ENTERPRISE_USER: {"department": "A"}}],
            [1, 0],
            [0, 1],
        ),
        (
            "department",
            [{ENTERPRISE_USER: {"department": "b"}}, {ENTERPRISE_USER: {"department": "A"}}],
            [1, 0],
            [0, 1],
        ),
    ],
)
def test_order(sort_by: str, documents: list[dict], ascending: list[int], descending: list[int]) -> None:
    assert order(sort_by, documents) == ascending
    assert order(sort_by, documents, descending=True) == descending


def test_types_of_a_schema_of_ones_own() -> None:
    assert order("count", [{"count": 10}, {"count": 9}, {"count": True}, {"count": "1"}], THINGS) == [1, 0, 2, 3]
    assert order("blob", [{"blob": "b"}, {"blob": "C"}, {"blob": ""}], THINGS) == [1, 0, 2]
    assert order("tags", [{"tags": ["b", "a"]}, {"tags": ["", "A"]}], THINGS) == [1, 0]
    assert order("notes.text", [{"notes": [{"text": "b"}]}, {"notes": [{"text": "a"}]}], THINGS) == [1, 0]


def test_equal_keys_keep_their_order_both_ways() -> None:
    documents = [{"title": "A", "n": 1}, {"title": "a", "n": 2}, {"title": "B"}]
    assert order("title", documents) == [0, 1, 2]
    assert order("title", documents, descending=True) == [2, 0, 1]


@pytest.mark.parametrize(
    "sort_by", ["nothing", "name", "password", "meta", "", "name.", "emails[type pr]", "address\n"]
)
def test_what_cannot_be_sorted_by(sort_by: str) -> None:
    with pytest.raises(InvalidPath) as caught:
        sort_key(sort_by, USERS)
    assert "\n" not in caught.value.detail


def test_a_complex_attribute_with_several_values_needs_a_value() -> None:
    with pytest.raises(InvalidPath, match="complex"):
        sort_key("notes", THINGS)
