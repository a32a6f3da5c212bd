"""The types of a plain document, for pydantic's core; what plain means is said in ``scimcore.schema.plain``.

Floor 2. As ``scimcore.schema.types`` describes what may be right, this describes what is right without a doubt.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from pydantic_core import CoreSchema, SchemaValidator, core_schema

from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.schema.datatypes import CANONICAL, canonical_binary, canonical_date_time
from scimcore.schema.definitions import Attribute


def plain_validator(
    attributes: Sequence[Attribute], *, written: bool, meant: bool, extra: core_schema.ExtraBehavior
) -> SchemaValidator:
    """Compile the check whether a document is plain.

    Args:
        attributes: What it has at its top.
        written: As for ``PlainForm``.
        meant: As for ``PlainForm``.
        extra: What pydantic does with a name that is none of these.
    """
    return SchemaValidator(_Description(written, meant, extra).object(attributes))


_TEXT = core_schema.str_schema(strict=True)
# What is empty means "no value", and perhaps something else.
_SOME_TEXT = core_schema.str_schema(strict=True, min_length=1)
# What must be there has a letter or a digit, so that it is not blank.
_NOT_BLANK = core_schema.str_schema(strict=True, pattern=r"[\p{L}\p{N}]")
_NOTHING = core_schema.str_schema(min_length=1, max_length=0)
_INTEGER = core_schema.int_schema(strict=True)
_OTHERS: dict[AttributeType, CoreSchema] = {
    AttributeType.BOOLEAN: core_schema.bool_schema(strict=True),
    AttributeType.INTEGER: _INTEGER,
    AttributeType.DECIMAL: core_schema.union_schema(
        [_INTEGER, core_schema.float_schema(strict=True, allow_inf_nan=False)]
    ),
}


class _Seat(StrEnum):
    """Where an object stands."""

    TOP = "top"
    INSIDE = "inside"
    ELEMENT = "element"


class _Description(NamedTuple):
    """How to describe attributes to pydantic's core; see ``PlainForm``."""

    written: bool
    meant: bool
    extra: core_schema.ExtraBehavior

    def object(self, attributes: Sequence[Attribute], seat: _Seat = _Seat.TOP) -> CoreSchema:
        """Describe an object: one with nothing in it of which there is more to know."""
        fields: dict[str, core_schema.TypedDictField] = {}
        needed = self._needed(seat)
        for attribute in attributes:
            required = False
            if self.written and attribute.mutability is Mutability.READ_ONLY:
                described = None if self.meant else self._taken_out(attribute)
            else:
                required = attribute.required or attribute.name == needed
                described = self._value(attribute, seat, required=required)
                if described is None and required:
                    # What must be there and cannot be plain: then nothing is.
                    described = _NOTHING
            if described is not None:
                fields[attribute.name] = core_schema.typed_dict_field(described, required=required)
        return core_schema.typed_dict_schema(fields, extra_behavior=self.extra)

    def _needed(self, seat: _Seat) -> str | None:
        """Name what must be there though the schema does not say so."""
        if seat is _Seat.TOP and not self.written:
            return "id"
        # To someone, an element without a value may say nothing at all.
        return "value" if seat is _Seat.ELEMENT and self.meant else None

    def _value(self, attribute: Attribute, seat: _Seat, *, required: bool) -> CoreSchema | None:
        """Describe a value; None for one that is always looked at closely."""
        value: CoreSchema | None
        if attribute.type is not AttributeType.COMPLEX:
            value = self._scalar(attribute, required=required)
        elif attribute.sub_attributes:
            inner = _Seat.ELEMENT if attribute.multi_valued else _Seat.INSIDE
            value = self.object(attribute.sub_attributes, inner)
        else:
            value = None
        if value is None or not attribute.multi_valued:
            return value
        if self.meant and (seat is _Seat.ELEMENT or (seat is _Seat.INSIDE and attribute.sub_attributes)):
            return None
        return core_schema.list_schema(value, strict=True, min_length=1, fail_fast=True)

    def _scalar(self, attribute: Attribute, *, required: bool) -> CoreSchema | None:
        # Another form of these may be longer than what was sent.
        if self.meant and attribute.type in (AttributeType.DECIMAL, AttributeType.DATE_TIME):
            return None
        if attribute.type in _OTHERS:
            return _OTHERS[attribute.type]
        text = _NOT_BLANK if required else _SOME_TEXT if self.meant else _TEXT
        canonical = _canonical(attribute)
        return text if canonical is None else core_schema.no_info_after_validator_function(canonical, text)

    def _taken_out(self, attribute: Attribute) -> CoreSchema | None:
        """Describe what is taken out again: anything of its type, so that it nests no deeper than that."""
        value: CoreSchema
        if attribute.type is not AttributeType.COMPLEX:
            value = _OTHERS.get(attribute.type, _TEXT)
        elif attribute.sub_attributes:
            parts = {sub.name: self._taken_out(sub) for sub in attribute.sub_attributes}
            value = core_schema.typed_dict_schema(
                {name: core_schema.typed_dict_field(part, required=False) for name, part in parts.items() if part},
                extra_behavior=self.extra,
            )
        else:
            return None
        return core_schema.list_schema(value, strict=True, fail_fast=True) if attribute.multi_valued else value


def _canonical(attribute: Attribute) -> Callable[[str], str] | None:
    if attribute.type is AttributeType.BINARY:
        return canonical_binary
    if attribute.type is AttributeType.DATE_TIME:
        return _unchanged_date_time
    return CANONICAL.get(attribute.format)


def _unchanged_date_time(text: str) -> str:
    """Refuse a time that is not canonical already: its other form may be a longer one."""
    if canonical_date_time(text) != text:
        raise ValueError("not canonical")
    return text
