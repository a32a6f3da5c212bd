"""Resources that are as the RFC has them: neither a dialect nor ``validation.accept`` would find anything to do.

That is what nearly every POST is, and pydantic's core tells it in one pass. Here is no rule of its own and no error:
what is not plain, for whatever reason, is looked at by those who know the rules.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from pydantic_core import CoreSchema, SchemaValidator, ValidationError, core_schema

from scimcore.documents import JSON, Document, dumps, repeats_names
from scimcore.patch.plans import LABELS
from scimcore.schema.characteristics import AttributeType, Format, Mutability
from scimcore.schema.datatypes import CANONICAL, canonical_binary
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResourceType


def plain(document: JSON, resource_type: ResourceType) -> Document | None:
    """Return what ``accept`` makes of the body of a POST, if the body is plain.

    Args:
        document: The body. It is not changed.
        resource_type: What it should be.

    Returns:
        A new document, or None if the body needs a closer look: it may still be right.
    """
    look = _look_of(resource_type)
    try:
        return look.completed(look.validator.validate_python(document))
    except ValidationError:
        return None


def plain_text(body: bytes, resource_type: ResourceType) -> Document | None:
    """Do the same with the text of a body, of a size that was looked at."""
    look = _look_of(resource_type)
    try:
        document = look.validator.validate_json(body)
    except ValidationError:
        return None
    # Our text of a document is as short as can be, and no canonical form is longer than what was sent: a text that is
    # no longer has lost nothing. Names are known by now: they cannot differ in casing alone.
    if len(dumps(document)) != len(body) and repeats_names(document, body):
        return None
    return look.completed(document)


@lru_cache(maxsize=256)
def _look_of(resource_type: ResourceType) -> "_Look":
    return _Look(resource_type)


class _Look:
    """How a plain document of one type looks."""

    __slots__ = ("_arrays", "_core", "_extensions", "_urns", "validator")

    def __init__(self, resource_type: ResourceType) -> None:
        self._core, self._extensions = resource_type.schema.id, tuple(resource_type.extension_urns)
        self._urns = frozenset({self._core, *self._extensions})
        self.validator = SchemaValidator(_object(resource_type.attributes, arrays_of_objects=True))
        self._arrays = tuple(_arrays(resource_type.attributes))

    def completed(self, found: Document) -> Document | None:
        """Look at what the validator cannot see, and name the schemas; None where that is not enough."""
        listed = found["schemas"]
        if self._core not in listed or not self._urns.issuperset(listed):
            return None
        for name, has_primary, by_labels in self._arrays:
            elements = found.get(name)
            if elements is None:
                continue
            primaries = 0
            for element in elements:
                if has_primary and element.get("primary"):
                    primaries += 1
                if by_labels and LABELS.issuperset(element):
                    return None
            if primaries > 1:
                return None
        found["schemas"] = [self._core, *[urn for urn in self._extensions if urn in found]]
        return found


def _arrays(attributes: Sequence[Attribute]) -> Iterator[tuple[str, bool, bool]]:
    """Yield the arrays of objects: whether one of them may be primary, and whether one without a value is empty."""
    for attribute in attributes:
        if attribute.multi_valued and attribute.sub_attributes and attribute.mutability is not Mutability.READ_ONLY:
            has_primary, by_labels = attribute.sub("primary") is not None, attribute.sub("value") is None
            if has_primary or by_labels:
                yield attribute.name, has_primary, by_labels


# Texts and arrays have something in them: what is empty means "no value", and to a dialect perhaps something else. What
# must be there has a letter or a digit, so that it is not blank.
_TEXT = core_schema.str_schema(strict=True, min_length=1)
_NOT_BLANK = core_schema.str_schema(strict=True, pattern=r"[\p{L}\p{N}]")
_NOTHING = core_schema.str_schema(min_length=1, max_length=0)
_SCALARS: dict[AttributeType, CoreSchema] = {
    AttributeType.STRING: _TEXT,
    AttributeType.REFERENCE: _TEXT,
    AttributeType.BOOLEAN: core_schema.bool_schema(strict=True),
    AttributeType.INTEGER: core_schema.int_schema(strict=True),
    AttributeType.BINARY: core_schema.no_info_after_validator_function(canonical_binary, _TEXT),
}


def _object(
    attributes: Sequence[Attribute], *, arrays_of_objects: bool = False, element: bool = False
) -> core_schema.TypedDictSchema:
    """Describe an object: with nothing that a client cannot write, and nothing of which there is more to know."""
    fields: dict[str, core_schema.TypedDictField] = {}
    for attribute in attributes:
        described = _value(attribute, arrays_of_objects=arrays_of_objects, alone=not element)
        if described is not None and attribute.mutability is not Mutability.READ_ONLY:
            # An element without a `value` may say nothing at all.
            required = attribute.required or (element and attribute.name == "value")
            fields[attribute.name] = core_schema.typed_dict_field(described, required=required)
        elif attribute.required and attribute.mutability is not Mutability.READ_ONLY:
            # What must be there and cannot be plain: then nothing is.
            fields[attribute.name] = core_schema.typed_dict_field(_NOTHING, required=True)
    return core_schema.typed_dict_schema(fields, extra_behavior="forbid")


def _value(attribute: Attribute, *, arrays_of_objects: bool, alone: bool) -> CoreSchema | None:
    """Describe a value; None for one that is always looked at closely."""
    value: CoreSchema | None
    if attribute.type is AttributeType.COMPLEX:
        if not attribute.sub_attributes or (attribute.multi_valued and not arrays_of_objects):
            return None
        value = _object(attribute.sub_attributes, element=attribute.multi_valued)
        if not attribute.multi_valued:
            # One without parts means "no value".
            value = core_schema.no_info_after_validator_function(_something, value)
    else:
        value = _SCALARS.get(attribute.type)
        if value is not None and attribute.required and value is _TEXT:
            value = _NOT_BLANK
        if value is not None and attribute.format is not Format.ANY:
            value = core_schema.no_info_after_validator_function(CANONICAL[attribute.format], value)
    if value is None or not attribute.multi_valued:
        return value
    return core_schema.list_schema(value, strict=True, min_length=1) if alone else None


def _something(value: Document) -> Document:
    if not value:
        raise ValueError("empty")
    return value
