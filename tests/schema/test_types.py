"""The type check, compiled: what passes, and how a fault is told."""

from typing import Literal

import pytest
from pydantic_core import ValidationError

from scimcore.errors import InvalidSyntax, InvalidValue
from scimcore.resources import User
from scimcore.schema import Attribute, AttributeType, Format, Mutability, Resource, Returned, attribute
from scimcore.schema.types import validator_of, violations_of

WRONG = {
    "string": [5, True, None, [], {}],
    "reference": [5, True, None, [], {}],
    "boolean": [0, 1, "true", None, []],
    "integer": [1.0, "1", True, None],
    "decimal": ["1.5", True, None, float("nan"), float("inf")],
    "dateTime": [5, None, "soon", True],
    "binary": [5, b"TWFu", "!", None],
    "complex": ["x", 5, [], None],
}
RIGHT = {
    "string": ["", "x"],
    "reference": ["", "../Users/1", "urn:x"],
    "boolean": [True, False],
    "integer": [0, -5, 10**30],
    "decimal": [5, 5.5, -0.0],
    "dateTime": ["2011-05-13T04:42:34Z"],
    "binary": ["TWFu", ""],
    "complex": [{}, {"a": {"b": [None]}}],
}
TYPES = [kind.value for kind in AttributeType]


def check(value, *attributes: Attribute, written: bool = True):
    try:
        return validator_of(attributes, written=written, extra="forbid").validate_python({"x": value})["x"]
    except ValidationError as error:
        return violations_of(error, attributes)


@pytest.mark.parametrize("kind", TYPES)
def test_values(kind: str) -> None:
    one, many = Attribute("x", AttributeType(kind)), Attribute("x", AttributeType(kind), multi_valued=True)
    for value in RIGHT[kind]:
        assert check(value, one) == value
        assert type(check(value, one)) is type(value)
        assert check([value], many) == [value]
    for value in WRONG[kind]:
        (violation,) = check(value, one)
        assert (violation.path, violation.scim_type) == ("x", "invalidValue")
        assert violation.rule.startswith("RFC 7643 §2.3.")
        assert violation.message.startswith("must be ")
        (violation,) = check([*RIGHT[kind][:1], value], many)
        assert violation.path == "x[1]"
    for value in ("x", {"value": 1}, None, 5):
        (violation,) = check(value, many)
        assert (violation.path, violation.rule) == ("x", "RFC 7643 §2.4")
        assert violation.message.startswith("must be an array, not ")


def test_what_a_client_cannot_write_is_not_looked_at() -> None:
    meta = Attribute("x", AttributeType.DATE_TIME, mutability=Mutability.READ_ONLY)
    assert check({"any": "thing"}, meta) == {"any": "thing"}
    (violation,) = check("soon", meta, written=False)
    assert violation.path == "x"


def test_an_undeclared_name() -> None:
    (violation,) = check({"y": 1}, Attribute("x", AttributeType.COMPLEX, sub_attributes=(Attribute("a"),)))
    assert (violation.path, violation.rule, violation.scim_type) == ("x.y", "RFC 7643 §3", "invalidSyntax")


def test_a_secret_is_in_no_message() -> None:
    pin = Attribute("x", format=Format.LANGUAGE_TAG, returned=Returned.NEVER)
    (violation,) = check("hunter2", pin)
    assert violation.message == "must be a string of its format"


def test_values_are_in_no_message() -> None:
    with pytest.raises(InvalidValue) as caught:
        User.model_validate({"userName": ["jane"], "active": "jane", "emails": [{"value": 5, "primary": "jane"}]})
    assert "jane" not in str(caught.value)
    assert len(caught.value.violations) == 4


class Sheet(Resource, schema="urn:example:Sheet"):
    size: Literal["A4", "A3"] | None = attribute("The size.")


def test_a_choice() -> None:
    assert Sheet.model_validate({"size": "A4"}).size == "A4"
    with pytest.raises(InvalidValue, match=r"Attribute 'size' must be one of A4, A3 \(RFC 7643 §2.3.1\)"):
        Sheet.model_validate({"size": "A5"})


def test_fail_fast_ends_each_array_at_its_first_fault() -> None:
    attributes = (Attribute("x", multi_valued=True), Attribute("y", multi_valued=True))
    validator = validator_of(attributes, written=True, extra="forbid", fail_fast=True)
    with pytest.raises(ValidationError) as caught:
        validator.validate_python({"x": ["a", 1, 2], "y": [3, 4]})
    assert [violation.path for violation in violations_of(caught.value, attributes)] == ["x[1]", "y[0]"]


@pytest.mark.parametrize("value", [[], "x", 5, None])
def test_a_resource_that_is_no_object(value) -> None:
    with pytest.raises(InvalidValue, match="The resource must be an object, not"):
        User.model_validate(value)


def test_a_text_that_is_no_object() -> None:
    with pytest.raises(InvalidSyntax, match="must be a JSON object, not an array"):
        User.model_validate_json("[]")
