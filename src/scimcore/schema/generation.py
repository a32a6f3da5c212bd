"""From a schema to a model: a usable pydantic class for a schema that some service provider published.

Floor 2. The class is as good as a written one, but that type checkers cannot see its fields. The opposite direction is
``scimcore.schema.derivation``.
"""

import keyword
import re
from collections.abc import Sequence
from typing import Any

from pydantic import create_model

from scimcore.schema.annotations import Binary, DateTime, Reference
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.models import ComplexAttribute, Declaration, Extension, Resource, attribute, extension

_PYTHON_TYPES: dict[AttributeType, Any] = {
    AttributeType.STRING: str,
    AttributeType.BOOLEAN: bool,
    AttributeType.DECIMAL: float,
    AttributeType.INTEGER: int,
    AttributeType.DATE_TIME: DateTime,
    AttributeType.BINARY: Binary,
    AttributeType.REFERENCE: Reference,
}


# Under a name that type checkers do not take for a type expression: what is inside is known at run time only.
_LIST: Any = list
_DICT: Any = dict


def model_of(schema: Schema, *, endpoint: str = "", extensions: Sequence[type[Extension]] = ()) -> type[Resource]:
    """Make the model of a resource type from its core schema.

    Args:
        schema: For example ``Schema.from_document(received)``.
        endpoint: Where its resources are; the schema's name, without spaces, and an ``s`` unless given.
        extensions: Extension classes, written ones or made by ``extension_of``.

    Returns:
        A class whose ``scim_schema()`` equals the one given.
    """
    name = _class_name(schema.name or schema.id.rpartition(":")[2])
    fields = _fields(schema.attributes, name)
    for kind in extensions:
        fields[_unused(field_name(kind.__scim__.name), fields)] = (kind | None, extension(kind))
    model = create_model(name, __base__=Resource, __doc__=schema.description, **fields)
    model.__scim__ = Declaration(schema.id, schema.name, schema.description, name, endpoint or f"/{name}s")
    return model


def extension_of(schema: Schema) -> type[Extension]:
    """Make the model of an extension from its schema; see ``model_of``."""
    name = _class_name(schema.name or schema.id.rpartition(":")[2])
    model = create_model(name, __base__=Extension, __doc__=schema.description, **_fields(schema.attributes, name))
    model.__scim__ = Declaration(schema.id, schema.name, schema.description)
    return model


def field_name(name: str) -> str:
    """Return a Python name for an attribute name: ``externalId`` is ``external_id``, ``$ref`` is ``ref``.

    Names that Python or pydantic keep for themselves get an underscore at the end.
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    identifier = re.sub(r"[^0-9a-z]+", "_", words).strip("_")
    if not identifier.isidentifier():
        identifier = f"attribute_{identifier}".rstrip("_")
    taken = keyword.iskeyword(identifier) or (hasattr(Resource, identifier) and identifier not in Resource.model_fields)
    return f"{identifier}_" if taken else identifier


def _unused(name: str, fields: dict[str, Any]) -> str:
    # Two wire names may become one Python name: `locker-no` and `lockerNo`.
    while name in fields:
        name += "_"
    return name


def _class_name(name: str) -> str:
    return re.sub(r"\W", "", name.title() if " " in name else name) or "Model"


def _fields(attributes: Sequence[Attribute], owner: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for definition in attributes:
        fields[_unused(field_name(definition.name), fields)] = (
            _annotation(definition, owner),
            attribute(
                definition.description,
                name=definition.name,
                required=definition.required,
                canonical_values=definition.canonical_values,
                case_exact=definition.case_exact,
                mutability=definition.mutability,
                returned=definition.returned,
                uniqueness=definition.uniqueness,
                reference_types=definition.reference_types,
            ),
        )
    return fields


def _annotation(definition: Attribute, owner: str) -> Any:
    kind = _value_annotation(definition, owner)
    return (_LIST[kind] if definition.multi_valued else kind) | None


def _value_annotation(definition: Attribute, owner: str) -> Any:
    if definition.type is not AttributeType.COMPLEX:
        return _PYTHON_TYPES[definition.type]
    if not definition.sub_attributes:
        return _DICT[str, Any]
    name = f"{owner}{definition.name[:1].upper()}{definition.name[1:]}"
    return create_model(
        _class_name(name),
        __base__=ComplexAttribute,
        __doc__=definition.description,
        **_fields(definition.sub_attributes, name),
    )
