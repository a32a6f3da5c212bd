"""The data types of attributes, checked by pydantic's core: one compiled validator for a set of attributes.

Floor 2. Here a definition becomes a typed dictionary, so that a document is checked as a document, in one pass outside
Python, whatever schema it follows. Which attributes are required or may be written is no matter of types: see
``scimcore.validation``.
"""

from collections.abc import Sequence

from pydantic_core import CoreSchema, ErrorDetails, SchemaValidator, ValidationError, core_schema

from scimcore.documents import json_type_name, printable
from scimcore.errors import Violation
from scimcore.schema.characteristics import AttributeType, Format, Mutability
from scimcore.schema.datatypes import CANONICAL, canonical_binary, canonical_date_time
from scimcore.schema.definitions import Attribute
from scimcore.urns import is_urn

_SCALARS: dict[AttributeType, CoreSchema] = {
    AttributeType.STRING: core_schema.str_schema(strict=True),
    AttributeType.REFERENCE: core_schema.str_schema(strict=True),
    AttributeType.BOOLEAN: core_schema.bool_schema(strict=True),
    AttributeType.INTEGER: core_schema.int_schema(strict=True),
    # An integer stays one: 5 is a decimal too, and comes back as it was sent.
    AttributeType.DECIMAL: core_schema.union_schema(
        [core_schema.int_schema(strict=True), core_schema.float_schema(strict=True, allow_inf_nan=False)],
        # One fault, not one for each arm.
        custom_error_type="number_type",
        custom_error_message="Input should be a number",
    ),
    AttributeType.DATE_TIME: core_schema.no_info_after_validator_function(
        canonical_date_time, core_schema.str_schema(strict=True)
    ),
    AttributeType.BINARY: core_schema.no_info_after_validator_function(
        canonical_binary, core_schema.str_schema(strict=True)
    ),
}

_NAMES: dict[AttributeType, tuple[str, str]] = {
    AttributeType.STRING: ("a string", "RFC 7643 §2.3.1"),
    AttributeType.BOOLEAN: ("a boolean", "RFC 7643 §2.3.2"),
    AttributeType.DECIMAL: ("a number", "RFC 7643 §2.3.3"),
    AttributeType.INTEGER: ("an integer", "RFC 7643 §2.3.4"),
    AttributeType.DATE_TIME: ("a dateTime string", "RFC 7643 §2.3.5"),
    AttributeType.BINARY: ("a base64 string", "RFC 7643 §2.3.6"),
    AttributeType.REFERENCE: ("a URI string", "RFC 7643 §2.3.7"),
    AttributeType.COMPLEX: ("an object", "RFC 7643 §2.3.8"),
}


def validator_of(
    attributes: Sequence[Attribute], *, written: bool, extra: core_schema.ExtraBehavior, fail_fast: bool = False
) -> SchemaValidator:
    """Compile the type check of a document that has these attributes at its top.

    Args:
        attributes: For example ``ResourceType.attributes``.
        written: Whether the document comes from a client. What a client cannot write is ignored by the service, so
            that its type is not looked at (RFC 7644 §3.3, §3.5.1).
        extra: What pydantic does with a name that is none of these.
        fail_fast: Whether an array's check ends at its first fault.

    Returns:
        A validator whose result is a new document with canonical values; objects and arrays are new as well.
    """
    return SchemaValidator(_object_schema(attributes, written, extra, fail_fast))


def _object_schema(
    attributes: Sequence[Attribute], written: bool, extra: core_schema.ExtraBehavior, fail_fast: bool
) -> core_schema.TypedDictSchema:
    return core_schema.typed_dict_schema(
        {
            attribute.name: core_schema.typed_dict_field(
                _attribute_schema(attribute, written, extra, fail_fast), required=False
            )
            for attribute in attributes
        },
        extra_behavior=extra,
    )


def _attribute_schema(
    attribute: Attribute, written: bool, extra: core_schema.ExtraBehavior, fail_fast: bool
) -> CoreSchema:
    if written and attribute.mutability is Mutability.READ_ONLY:
        return core_schema.any_schema()
    value: CoreSchema
    if attribute.type is not AttributeType.COMPLEX:
        value = _SCALARS[attribute.type]
        if attribute.format is not Format.ANY:
            value = core_schema.no_info_after_validator_function(CANONICAL[attribute.format], value)
    elif attribute.sub_attributes:
        value = _object_schema(attribute.sub_attributes, written, extra, fail_fast)
    else:
        # Some published schemas declare complex attributes whose parts they keep to themselves.
        value = core_schema.dict_schema(core_schema.str_schema(strict=True), core_schema.any_schema())
    return core_schema.list_schema(value, strict=True, fail_fast=fail_fast) if attribute.multi_valued else value


def violations_of(error: ValidationError, attributes: Sequence[Attribute]) -> list[Violation]:
    """Say in SCIM's words what pydantic found; only a language tag or time zone that is none is repeated.

    Args:
        error: From a validator of documents, or from a model.
        attributes: What the document or model has at its top.
    """
    return [
        _violation(details, attributes)
        for details in error.errors(include_url=False, include_context=True, include_input=True)
    ]


def _violation(details: ErrorDetails, attributes: Sequence[Attribute]) -> Violation:
    path, attribute, element = _locate(details["loc"], attributes)
    if details["type"] == "extra_forbidden":
        return Violation(path, "is declared by no schema of this resource type", "RFC 7643 §3", "invalidSyntax")
    if attribute is None and not path:
        return Violation(path, f"must be an object, not {json_type_name(details['input'])}", "RFC 7643 §3")
    if attribute is None:
        return Violation(path, "is not what the schema says", "RFC 7643 §2.3")
    wanted, rule = _NAMES[attribute.type]
    reason = details.get("ctx", {}).get("error")
    if isinstance(reason, ValueError):
        # The reason may repeat the value.
        return Violation(path, f"must be {wanted} of its format" if attribute.is_secret else str(reason), rule)
    if details["type"] == "literal_error":
        return Violation(path, f"must be one of {', '.join(attribute.canonical_values)}", rule)
    if attribute.multi_valued and not element:
        wanted, rule = "an array", "RFC 7643 §2.4"
    return Violation(path, f"must be {wanted}, not {json_type_name(details['input'])}", rule)


def _locate(location: tuple[int | str, ...], attributes: Sequence[Attribute]) -> tuple[str, Attribute | None, bool]:
    """Follow pydantic's location: the SCIM path, the definition, and whether an element of an array is meant."""
    path = ""
    found: Attribute | None = None
    element = False
    inside = attributes
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
            element = True
            continue
        attribute = next((candidate for candidate in inside if candidate.name == step), None)
        if attribute is None and found is not None and found.type is not AttributeType.COMPLEX:
            # Not a name: pydantic also says which arm of a union failed.
            break
        # Below an extension's URN a name is set off by a colon (RFC 7644 §3.10).
        mark = "" if not path else ":" if found is not None and is_urn(found.name) else "."
        if attribute is None:
            return f"{path}{mark}{printable(step)}", None, False
        path, found, element, inside = f"{path}{mark}{attribute.name}", attribute, False, attribute.sub_attributes
    return path, found, element
