"""Attribute and Schema: their JSON form, both ways."""

import copy

import pytest

from scimcore import urns
from scimcore.errors import InvalidValue
from scimcore.schema import Attribute, AttributeType, Format, Mutability, Returned, Schema, Uniqueness

DEFAULTS = {"name": "x", "type": "string", "multiValued": False, "required": False, "caseExact": False,
            "mutability": "readWrite", "returned": "default", "uniqueness": "none"}  # fmt: skip


@pytest.mark.parametrize(
    ("attribute", "document"),
    [
        (Attribute("x"), DEFAULTS),
        (Attribute("x", description="An x."), DEFAULTS | {"description": "An x."}),
        (
            Attribute(
                "x",
                multi_valued=True,
                required=True,
                canonical_values=("a", "b"),
                case_exact=True,
                mutability=Mutability.WRITE_ONLY,
                returned=Returned.NEVER,
                uniqueness=Uniqueness.GLOBAL,
            ),
            DEFAULTS
            | {"multiValued": True, "required": True, "canonicalValues": ["a", "b"], "caseExact": True}
            | {"mutability": "writeOnly", "returned": "never", "uniqueness": "global"},
        ),
    ],
)
def test_an_attribute_and_its_document(attribute: Attribute, document: dict) -> None:
    assert attribute.to_document() == document
    assert Attribute.from_document(document) == attribute


@pytest.mark.parametrize(
    ("kind", "absent"),
    [
        ("string", set()),
        ("reference", set()),
        ("binary", set()),
        ("integer", {"caseExact"}),
        ("dateTime", {"caseExact"}),
        ("boolean", {"caseExact", "uniqueness"}),
        ("complex", {"caseExact", "uniqueness"}),
    ],
)
def test_what_says_nothing_of_a_type_is_published_only_where_it_was_set(kind: str, absent: set) -> None:
    plain = Attribute("x", AttributeType(kind))
    assert DEFAULTS.keys() - plain.to_document().keys() == absent
    odd = Attribute("x", AttributeType(kind), case_exact=True, uniqueness=Uniqueness.SERVER)
    assert not DEFAULTS.keys() - odd.to_document().keys()
    assert Attribute.from_document(odd.to_document()) == odd


def test_the_defaults_are_those_of_rfc_7643_2_2() -> None:
    assert Attribute.from_document({"name": "x"}) == Attribute("x")
    assert Attribute.from_document({"name": "x", "description": None, "subAttributes": None}) == Attribute("x")


def test_names_and_words_in_any_casing() -> None:
    read = Attribute.from_document({"NAME": "x", "Type": "DATETIME", "Mutability": "readonly", "MULTIVALUED": True})
    assert read == Attribute("x", AttributeType.DATE_TIME, multi_valued=True, mutability=Mutability.READ_ONLY)


def test_only_a_complex_attribute_has_parts() -> None:
    parts = [{"name": "a"}, {"name": "b", "type": "integer"}]
    read = Attribute.from_document({"name": "x", "type": "complex", "subAttributes": parts})
    assert read.sub_attributes == (Attribute("a"), Attribute("b", AttributeType.INTEGER))
    assert read.sub("A") is read.sub_attributes[0]
    assert read.sub("c") is None
    assert Attribute.from_document({"name": "x", "subAttributes": parts}) == Attribute("x")


def test_what_is_secret() -> None:
    assert Attribute("x", returned=Returned.NEVER).is_secret
    assert Attribute("x", mutability=Mutability.WRITE_ONLY).is_secret
    assert not Attribute("x", returned=Returned.REQUEST, mutability=Mutability.READ_ONLY).is_secret


def test_the_format_is_no_part_of_equality() -> None:
    assert Attribute("x", format=Format.TIME_ZONE) == Attribute("x")


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ([], "attribute"),
        ("x", "attribute"),
        ({}, "attribute.name"),
        ({"name": ""}, "attribute.name"),
        ({"name": 5}, "attribute.name"),
        ({"name": "x", "type": "text"}, "x.type"),
        ({"name": "x", "type": 5}, "x.type"),
        ({"name": "x", "required": "true"}, "x.required"),
        ({"name": "x", "multiValued": 1}, "x.multiValued"),
        ({"name": "x", "mutability": "always"}, "x.mutability"),
        ({"name": "x", "returned": "readOnly"}, "x.returned"),
        ({"name": "x", "uniqueness": []}, "x.uniqueness"),
        ({"name": "x", "description": 5}, "x.description"),
        ({"name": "x", "canonicalValues": "a"}, "x.canonicalValues"),
        ({"name": "x", "referenceTypes": [5]}, "x.referenceTypes"),
        ({"name": "x", "type": "complex", "subAttributes": {}}, "x.subAttributes"),
        ({"name": "x", "type": "complex", "subAttributes": [{"name": "a"}, {"name": "A"}]}, "x.subAttributes"),
        ({"name": "x", "type": "complex", "subAttributes": [{"name": "a", "type": "complex"}]}, "a"),
    ],
)
def test_refuses_an_attribute(document, path: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Attribute.from_document(document)
    assert caught.value.path == path
    assert caught.value.rule == "RFC 7643 §7"
    assert f"'{path}'" in caught.value.detail


def test_a_schema_and_its_document() -> None:
    schema = Schema("urn:example:x", "X", "An x.", (Attribute("a"), Attribute("b", AttributeType.INTEGER)))
    document = schema.to_document()
    assert document == {
        "schemas": [urns.SCHEMA],
        "id": "urn:example:x",
        "name": "X",
        "description": "An x.",
        "attributes": [attribute.to_document() for attribute in schema.attributes],
    }
    before = copy.deepcopy(document)
    assert Schema.from_document(document) == schema
    assert document == before
    assert Schema.from_document({"id": "urn:example:y"}) == Schema("urn:example:y")
    assert Schema("urn:example:y").to_document() == {"schemas": [urns.SCHEMA], "id": "urn:example:y", "attributes": []}


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ([], "schema"),
        ({}, "schema.id"),
        ({"id": None}, "schema.id"),
        ({"id": "urn:x", "name": 5}, "schema.name"),
        ({"id": "urn:x", "attributes": {}}, "attributes"),
        ({"id": "urn:x", "attributes": [None]}, "attribute"),
        ({"id": "urn:x", "attributes": [{"name": "a"}, {"name": "A"}]}, "attributes"),
    ],
)
def test_refuses_a_schema(document, path: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Schema.from_document(document)
    assert caught.value.path == path


def test_a_schema_that_nests_without_end_is_refused_at_its_second_level() -> None:
    attribute: dict = {"name": "x", "type": "complex"}
    for _ in range(5_000):
        attribute = {"name": "x", "type": "complex", "subAttributes": [attribute]}
    with pytest.raises(InvalidValue, match="must not be complex"):
        Schema.from_document({"id": "urn:x", "attributes": [attribute]})
