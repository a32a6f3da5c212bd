"""What is plain by itself: a form that is not met says nothing, it sends to those who know the rules."""

import json
from typing import Any

import pytest

from scimcore import urns
from scimcore.resources import User
from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.plain import PlainForm
from scimcore.schema.resource_type import ResourceType, SchemaExtension

URN, MORE = "urn:example:Thing", "urn:example:More"
PARTS = (
    Attribute("value", required=True),
    Attribute("primary", AttributeType.BOOLEAN),
    Attribute("by", mutability=Mutability.READ_ONLY),
    Attribute("marks", multi_valued=True),
    Attribute("maker", AttributeType.COMPLEX, sub_attributes=(Attribute("who"),)),
)
BOX = (
    Attribute("size", AttributeType.DECIMAL),
    Attribute("seal", mutability=Mutability.READ_ONLY),
    Attribute("parts", AttributeType.COMPLEX, multi_valued=True, sub_attributes=PARTS),
)
THING = ResourceType(
    "Thing",
    "/Things",
    Schema(
        URN,
        "Thing",
        "",
        (
            Attribute("name", required=True),
            Attribute("picture", AttributeType.BINARY),
            Attribute("bought", AttributeType.DATE_TIME),
            Attribute("anything", AttributeType.COMPLEX),
            Attribute("nothing", AttributeType.COMPLEX, mutability=Mutability.READ_ONLY),
            Attribute("tags", multi_valued=True, mutability=Mutability.READ_ONLY),
            Attribute("weighed", AttributeType.DECIMAL, mutability=Mutability.READ_ONLY),
            Attribute("parts", AttributeType.COMPLEX, multi_valued=True, sub_attributes=PARTS),
            Attribute("primary", AttributeType.COMPLEX, sub_attributes=(Attribute("primary"),)),
        ),
    ),
    (SchemaExtension(Schema(MORE, "More", "", (Attribute("box", AttributeType.COMPLEX, sub_attributes=BOX),))),),
)
WRITTEN, SHOWN = PlainForm(THING, written=True), PlainForm(THING, written=False)


def thing(**more: Any) -> dict[str, Any]:
    return {"schemas": [URN], "name": "x", **more}


def both(form: PlainForm, document: dict[str, Any]) -> dict[str, Any] | None:
    found = form.of_document(document)
    for separators in ((",", ":"), (", ", ": ")):
        text = json.dumps(document, ensure_ascii=False, separators=separators)
        assert form.of_text(text.encode()) == found
    return found


PLAIN: dict[str, dict[str, Any]] = {
    "empty text": thing(picture=""),
    "a time": thing(bought="2026-01-02T03:04:05Z"),
    "one primary": thing(parts=[{"value": "a", "primary": True}, {"value": "b", "primary": False}, {"value": "c"}]),
    "parts in parts": thing(**{MORE: {"box": {"parts": [{"value": "a", "marks": ["b"]}]}}}, schemas=[URN, MORE]),
    "a number that is written longer": thing(**{MORE: {"box": {"size": 1e22}}}, schemas=[URN, MORE]),
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain(name: str) -> None:
    assert both(WRITTEN, PLAIN[name]) == PLAIN[name]
    assert both(SHOWN, {"id": "1", **PLAIN[name]}) == {"id": "1", **PLAIN[name]}


def test_what_a_client_cannot_write_is_taken_out() -> None:
    sent = thing(
        id="1",
        meta={"created": "anything", "version": ""},
        tags=[],
        weighed=5,
        parts=[{"value": "a", "by": "me"}],
        **{MORE: {"box": {"seal": "s", "size": 1}}},
    )
    assert both(WRITTEN, sent) == thing(schemas=[URN, MORE], parts=[{"value": "a"}], **{MORE: {"box": {"size": 1}}})
    shown = {**sent, "tags": ["a"], "meta": {"version": "1"}}
    assert both(SHOWN, shown) == {**shown, "schemas": [URN, MORE]}


NOT_PLAIN: dict[str, dict[str, Any]] = {
    "no schemas": {"name": "x"},
    "schemas without the core": thing(schemas=[MORE]),
    "schemas with another": thing(schemas=[URN, "urn:example:none"]),
    "missing": {"schemas": [URN]},
    "blank": thing(name="\u2003"),
    "null": thing(picture=None),
    "empty array": thing(parts=[]),
    "nothing in an object": thing(primary={}),
    "nothing in an object of an extension": thing(**{MORE: {"box": {}}}),
    "nothing in an extension": thing(**{MORE: {}}),
    "nothing in an element": thing(parts=[{"value": "a"}, {}]),
    "nothing in an object of an element": thing(parts=[{"value": "a", "maker": {}}]),
    "nothing in what is inside": thing(**{MORE: {"box": {"parts": [{"by": "me"}]}}}),
    "two primaries": thing(parts=[{"value": each, "primary": True} for each in "ab"]),
    "two primaries inside": thing(**{MORE: {"box": {"parts": [{"value": each, "primary": True} for each in "ab"]}}}),
    "a time in another form": thing(bought="20260102T030405Z"),
    "what has no parts that we know": thing(anything={"a": 1}),
    "what has no parts that we know, and is readOnly": thing(nothing={"a": 1}),
    "unknown": thing(colour="red"),
    "unknown inside": thing(primary={"primary": "a", "colour": "red"}),
    "another casing": {"Schemas": [URN], "Name": "x"},
}


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_not_plain(name: str) -> None:
    assert both(WRITTEN, NOT_PLAIN[name]) is None
    assert both(SHOWN, {"id": "1", **NOT_PLAIN[name]}) is None


def test_what_is_readonly_only_is_nothing() -> None:
    assert both(WRITTEN, thing(**{MORE: {"box": {"seal": "s"}}})) is None


@pytest.mark.parametrize("more", [{}, {"id": ""}, {"id": " "}])
def test_what_is_shown_has_an_id(more: dict[str, Any]) -> None:
    assert both(SHOWN, thing(**more)) is None


def test_a_schema_may_say_itself_what_schemas_is() -> None:
    for own in (Attribute("schemas"), Attribute("schemas", multi_valued=True)):
        odd = PlainForm(ResourceType("Odd", "/Odd", Schema(URN, "Odd", "", (own,))), written=True)
        assert odd.of_document({}) is None
        assert odd.of_document({"schemas": URN}) is None


def test_depth_is_that_of_the_deepest() -> None:
    assert PlainForm(User.resource_type(), written=True).depth == 3
    # The object, the extension, the box, its parts and one of them, and its marks.
    assert WRITTEN.depth == 6
    assert PlainForm(ResourceType("Least", "/Least", Schema(urns.GROUP, "Least", "")), written=True).depth == 2
