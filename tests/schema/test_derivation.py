"""From a class to its attributes: names, types, characteristics."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional

import pytest
from pydantic import Field

from scimcore.resources import Email, EnterpriseUser, User
from scimcore.schema import (
    Attribute,
    AttributeType,
    Binary,
    ComplexAttribute,
    DateTime,
    Format,
    LanguageRanges,
    LanguageTag,
    Mutability,
    Reference,
    Returned,
    TimeZone,
    Uniqueness,
    attribute,
)
from scimcore.schema.derivation import attributes_of, declares_characteristics, model_inside, wire_name


@pytest.mark.parametrize(
    ("field", "wire"),
    [
        ("user_name", "userName"),
        ("id", "id"),
        ("external_id", "externalId"),
        ("x509_certificates", "x509Certificates"),
        ("ref", "$ref"),
        ("schema_", "schema"),
        ("a_b_c", "aBC"),
        ("alreadyCamel", "alreadyCamel"),
    ],
)
def test_wire_names(field: str, wire: str) -> None:
    assert wire_name(field) == wire


class Part(ComplexAttribute):
    value: str | None = attribute("The value.")


class Everything(ComplexAttribute):
    text: str | None = None
    flag: bool | None = None
    count: int | None = None
    weight: float | None = None
    created: DateTime | None = None
    certificate: Binary | None = None
    ref: Reference | None = None
    language: LanguageTag | None = None
    languages: LanguageRanges | None = None
    zone: TimeZone | None = None
    part: Part | None = None
    anything: Any = None
    table: dict[str, Any] | None = None
    texts: list[str] | None = None
    moments: list[DateTime] | None = None
    parts: list[Part] | None = None
    older: Optional[str] = None  # noqa: UP045 - people write it
    mandatory: str
    limited: Annotated[str, Field(max_length=5)] | None = None
    size: Literal["S", "M"] | None = None
    sizes: list[Literal["S", "M"]] | None = None
    own_name: str | None = attribute("Named.", name="OWN-name")


EXPECTED = {
    "text": ("string", "any", False),
    "flag": ("boolean", "any", False),
    "count": ("integer", "any", False),
    "weight": ("decimal", "any", False),
    "created": ("dateTime", "any", False),
    "certificate": ("binary", "any", False),
    "$ref": ("reference", "any", False),
    "language": ("string", "language tag", False),
    "languages": ("string", "language ranges", False),
    "zone": ("string", "time zone", False),
    "part": ("complex", "any", False),
    "anything": ("complex", "any", False),
    "table": ("complex", "any", False),
    "texts": ("string", "any", True),
    "moments": ("dateTime", "any", True),
    "parts": ("complex", "any", True),
    "older": ("string", "any", False),
    "mandatory": ("string", "any", False),
    "limited": ("string", "any", False),
    "size": ("string", "any", False),
    "sizes": ("string", "any", True),
    "OWN-name": ("string", "any", False),
}


def test_types() -> None:
    found = {each.name: (each.type.value, each.format.value, each.multi_valued) for each in attributes_of(Everything)}
    assert found == EXPECTED
    by_name = {each.name: each for each in attributes_of(Everything)}
    assert by_name["size"].canonical_values == ("S", "M") == by_name["sizes"].canonical_values
    assert by_name["parts"].sub_attributes == (Attribute("value", description="The value."),)
    assert by_name["OWN-name"].description == "Named."


def test_characteristics() -> None:
    class Declared(ComplexAttribute):
        x: str | None = attribute(
            "An x.",
            required=True,
            canonical_values=("a",),
            case_exact=True,
            mutability="immutable",
            returned=Returned.REQUEST,
            uniqueness="global",
            reference_types=("User",),
        )
        plain: str | None = None

    declared, plain = attributes_of(Declared)
    assert declared == Attribute(
        "x",
        description="An x.",
        required=True,
        canonical_values=("a",),
        case_exact=True,
        mutability=Mutability.IMMUTABLE,
        returned=Returned.REQUEST,
        uniqueness=Uniqueness.GLOBAL,
        reference_types=("User",),
    )
    assert plain == Attribute("plain")
    assert declares_characteristics(Declared.model_fields["x"])
    assert not declares_characteristics(Declared.model_fields["plain"])


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (datetime, "use scimcore.schema.DateTime"),
        (Decimal, "use float"),
        (bytes, "no SCIM data type"),
        (set[str], "no SCIM data type"),
        (str | int, "no SCIM data type"),
        (list[list[str]], "no SCIM data type"),
        (Literal[1, 2], "no SCIM data type"),
    ],
)
def test_what_is_no_scim_data_type_is_said_with_the_field_s_name(kind, says: str) -> None:
    model = type("Bad", (ComplexAttribute,), {"__annotations__": {"wrong": kind}, "wrong": None})
    with pytest.raises(TypeError, match=rf"Bad\.wrong: .*{says}"):
        attributes_of(model)


@pytest.mark.parametrize("word", ["mutability", "returned", "uniqueness"])
def test_a_word_that_rfc_7643_has_not_is_refused_where_it_stands(word: str) -> None:
    with pytest.raises(ValueError, match="sometimes"):
        attribute("x", **{word: "sometimes"})


def test_the_model_inside_a_field() -> None:
    assert model_inside(User, "emails") is Email
    assert model_inside(User, "enterprise") is EnterpriseUser
    assert model_inside(User, "user_name") is None
    assert Format.ANY is attributes_of(User)[0].format
    assert AttributeType.REFERENCE is attributes_of(User)[0].type
