"""From a model to its schema: what the fields of a pydantic class declare, as Attributes.

Floor 2. The class says types by its annotations and all other characteristics by ``attribute(...)``; here both are read
once per class. The opposite direction is ``scimcore.schema.generation``.
"""

import types
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scimcore.schema.characteristics import AttributeType, Format, Mutability, Returned, Uniqueness
from scimcore.schema.definitions import Attribute

_PYTHON_TYPES: dict[Any, AttributeType] = {
    str: AttributeType.STRING,
    bool: AttributeType.BOOLEAN,
    int: AttributeType.INTEGER,
    float: AttributeType.DECIMAL,
    dict: AttributeType.COMPLEX,
    # "Anything" is what a message carries whose contents follow another schema.
    Any: AttributeType.COMPLEX,
}


def wire_name(field_name: str) -> str:
    """Return the attribute name that a Python field name stands for: ``external_id`` is ``externalId``."""
    if field_name == "ref":
        return "$ref"
    first, *rest = field_name.rstrip("_").split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


@cache
def attributes_of(model: type[BaseModel]) -> tuple[Attribute, ...]:
    """Return the definition of every field of a model, in order, named as on the wire.

    Raises:
        TypeError: If a field's annotation is no SCIM data type.
    """
    return tuple(_attribute(model, name, field) for name, field in model.model_fields.items())


def model_inside(model: type[BaseModel], field_name: str) -> type[BaseModel] | None:
    """Return the model of a complex field's value, or of its elements; None for any other field."""
    return _data_type(model.model_fields[field_name].annotation, f"{model.__name__}.{field_name}")[3]


def declares_characteristics(field: FieldInfo) -> bool:
    """Tell whether a field was made by ``attribute(...)`` and so belongs to the class's own schema."""
    return bool(_characteristics(field))


def _characteristics(field: FieldInfo) -> Mapping[str, Any]:
    extra = field.json_schema_extra
    found = extra.get("scim") if isinstance(extra, dict) else None
    return found if isinstance(found, dict) else {}


def _attribute(model: type[BaseModel], name: str, field: FieldInfo) -> Attribute:
    annotation: Any = field.annotation
    for mark in field.metadata:
        annotation = Annotated[annotation, mark]
    kind, text_format, multi_valued, inside, choices = _data_type(annotation, f"{model.__name__}.{name}")
    said = _characteristics(field)
    return Attribute(
        name=field.alias or wire_name(name),
        type=kind,
        multi_valued=multi_valued,
        description=field.description or "",
        required=said.get("required", False),
        canonical_values=tuple(said.get("canonicalValues", ())) or choices,
        case_exact=said.get("caseExact", False),
        mutability=Mutability(said.get("mutability", Mutability.READ_WRITE)),
        returned=Returned(said.get("returned", Returned.DEFAULT)),
        uniqueness=Uniqueness(said.get("uniqueness", Uniqueness.NONE)),
        reference_types=tuple(said.get("referenceTypes", ())),
        sub_attributes=attributes_of(inside) if inside is not None else (),
        format=text_format,
    )


def _data_type(
    annotation: Any, where: str
) -> tuple[AttributeType, Format, bool, type[BaseModel] | None, tuple[str, ...]]:
    """Read an annotation: data type, text format, whether a list, the model inside, the values of a Literal."""
    origin = get_origin(annotation)
    if origin is Annotated:
        base, *marks = get_args(annotation)
        kind = next((mark for mark in marks if isinstance(mark, AttributeType)), None)
        text_format = next((mark for mark in marks if isinstance(mark, Format)), Format.ANY)
        if kind is not None:
            return kind, text_format, False, None, ()
        found, inner_format, multi_valued, inside, choices = _data_type(base, where)
        return found, inner_format if text_format is Format.ANY else text_format, multi_valued, inside, choices
    if origin in (Union, types.UnionType):
        arms = [arm for arm in get_args(annotation) if arm is not type(None)]
        readings = {_data_type(arm, where) for arm in arms}
        if len(readings) == 1:
            return readings.pop()
    if origin is list:
        kind, text_format, nested, inside, choices = _data_type(get_args(annotation)[0], where)
        if not nested:
            return kind, text_format, True, inside, choices
    if origin is Literal and all(isinstance(choice, str) for choice in get_args(annotation)):
        return AttributeType.STRING, Format.ANY, False, None, get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return AttributeType.COMPLEX, Format.ANY, False, annotation, ()
    kind = _PYTHON_TYPES.get(origin or annotation)
    if kind is None:
        hint = "; use scimcore.schema.DateTime" if annotation is datetime else ""
        hint = "; use float" if annotation is Decimal else hint
        raise TypeError(f"{where}: {annotation!r} is no SCIM data type (RFC 7643 §2.3){hint}")
    return kind, Format.ANY, False, None, ()
