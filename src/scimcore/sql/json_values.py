"""Values inside of JSON documents: every attribute has a place there, and a type that the document may not keep to."""

# ruff: noqa: D102 - what the methods of a source do is said once, in Source.

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, Text, bindparam, cast, literal_column, not_, select

from scimcore.filter.ast import Operator
from scimcore.filter.bound import Comparable, Operand
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute
from scimcore.sql.bounds import Bounds, is_constant
from scimcore.sql.json_functions import (
    JsonBoolean,
    JsonElements,
    JsonHasContent,
    JsonIsNull,
    JsonIsUnassigned,
    JsonNumber,
    JsonText,
)
from scimcore.sql.sources import SortKey, Source
from scimcore.sql.text import TextValue
from scimcore.sql.values import BooleanValue, DateTimeText, JsonNumberValue


@dataclass(frozen=True, slots=True, eq=False)
class JsonValue(Source):
    """What stands in a JSON document behind some keys.

    Attributes:
        document: The column, or the element of an array.
        keys: From there.
        attribute: What is due there; None for the whole document.
        composed: Whether all texts are surely in NFC.
        ascii: Whether they are surely ASCII.
    """

    document: ColumnElement[Any]
    keys: tuple[str, ...]
    attribute: Attribute | None
    composed: bool
    ascii: bool

    @property
    def several(self) -> bool:  # type: ignore[override]
        return self.attribute is not None and self.attribute.multi_valued

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        return self._typed(comparable).compare(operator, operand, comparable)

    def present(self) -> Bounds:
        return Bounds.exactly(JsonHasContent(*self._place()))

    def unassigned(self) -> Bounds:
        return Bounds.exactly(JsonIsUnassigned(*self._place()))

    def exists(self) -> Bounds:
        return Bounds.exactly(not_(JsonIsNull(*self._place())))

    def member(self, attribute: Attribute) -> Source:
        return JsonValue(self.document, (*self.keys, attribute.name), attribute, self.composed, self.ascii)

    def each(self, condition: Callable[[Source], Bounds]) -> Bounds:
        if not self.several:
            return condition(self)
        table = JsonElements(*self._place()).table_valued("value")
        element = JsonValue(table.c.value, (), None, self.composed, self.ascii)
        return condition(element).apply(
            lambda where: (
                where
                if is_constant(where, False)
                else select(literal_column("1")).select_from(table).where(where).correlate_except(table).exists()
            )
        )

    def sort_key(self, *, exact: bool) -> SortKey | None:
        kind = AttributeType.COMPLEX if self.attribute is None else self.attribute.type
        comparable = _SORTED_AS.get(kind, Comparable.EXACT_TEXT if exact else Comparable.TEXT)
        return None if kind is AttributeType.COMPLEX else self._typed(comparable).sort_key(exact=exact)

    def _typed(self, comparable: Comparable) -> Source:
        place = self._place()
        match comparable:
            case Comparable.NUMBER:
                return JsonNumberValue(JsonNumber(*place))
            case Comparable.BOOLEAN:
                return BooleanValue(JsonBoolean(*place))
            case Comparable.INSTANT:
                return DateTimeText(JsonText(*place))
            case _:
                return TextValue(JsonText(*place), None, self.composed, self.ascii)

    def _place(self) -> list[ColumnElement[Any]]:
        # "->" takes a number for an index unless it is told that it is text.
        keys = [cast(bindparam(None, key, String()), Text()) for key in self.keys]
        return [self.document, bindparam(None, _sqlite_path(self.keys), String()), *keys]


_SORTED_AS = {
    AttributeType.BOOLEAN: Comparable.BOOLEAN,
    AttributeType.INTEGER: Comparable.NUMBER,
    AttributeType.DECIMAL: Comparable.NUMBER,
    AttributeType.DATE_TIME: Comparable.INSTANT,
}


def _sqlite_path(keys: tuple[str, ...]) -> str:
    return "$" + "".join(f'."{key}"' for key in keys)
