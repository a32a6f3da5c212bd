"""Where the values of an attribute come from, as conditions ask for them.

A source stands for a value of the document that a row is. It answers as the document would, in ``Bounds``: where a
document has no value, columns are NULL, tables have no row, JSON has no member.
"""

# ruff: noqa: D102 - what the methods of a source do is said once, in Source.

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, literal_column, select
from sqlalchemy.orm import QueryableAttribute

from scimcore.documents import JSON, is_unassigned
from scimcore.filter.ast import Operator
from scimcore.filter.bound import Comparable, Operand
from scimcore.filter.checks import check_of
from scimcore.filter.values import is_present
from scimcore.schema.definitions import Attribute
from scimcore.sql.bounds import Bounds, Condition, all_of, any_of, is_constant

SortKey: TypeAlias = tuple[Condition, ColumnElement[Any]]
"""Whether there is no value to sort by, and the value."""


class Source(ABC):
    """One value, or several; each method but ``each`` is about the one."""

    several: bool = False
    """Whether rows or elements have to be looked at one by one."""

    @abstractmethod
    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        """Compare as ``check_of`` does; never asked with ``ne`` nor about absence."""

    @abstractmethod
    def present(self) -> Bounds:
        """Whether there is something: ``values.is_present``."""

    @abstractmethod
    def unassigned(self) -> Bounds:
        """Whether there is nothing: ``documents.is_unassigned``."""

    def exists(self) -> Bounds:
        """Whether an element is one, and not null."""
        return self.unassigned().negated()

    def member(self, attribute: Attribute) -> "Source":
        """Return a sub-attribute."""
        raise NotImplementedError(attribute.name)  # pragma: no cover - binding resolves sub-attributes of complex ones

    def each(self, condition: Callable[["Source"], Bounds]) -> Bounds:
        """Whether one element at least meets a condition."""
        return condition(self)

    def sort_key(self, *, exact: bool) -> SortKey | None:
        """Return what sorts as ``ordering`` does, or None; ``exact`` says whether text is ordered with case."""
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Unmapped(Source):
    """An attribute that SQL cannot see."""

    name: str = ""

    def _unknown(self) -> Bounds:
        return Bounds.unknown(f"is not mapped ('{self.name}')")

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        return self._unknown()

    def present(self) -> Bounds:
        return self._unknown()

    def unassigned(self) -> Bounds:
        return self._unknown()

    def member(self, attribute: Attribute) -> Source:
        return Unmapped(attribute.name)

    def each(self, condition: Callable[[Source], Bounds]) -> Bounds:
        return self._unknown()


@dataclass(frozen=True, slots=True, eq=False)
class Fixed(Source):
    """A JSON value that is the same for all rows."""

    value: JSON

    @property
    def several(self) -> bool:  # type: ignore[override]
        return isinstance(self.value, list)

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        return Bounds.always(check_of(operator, operand, comparable)(self.value))

    def present(self) -> Bounds:
        return Bounds.always(is_present(self.value))

    def unassigned(self) -> Bounds:
        return Bounds.always(is_unassigned(self.value))

    def exists(self) -> Bounds:
        return Bounds.always(self.value is not None)

    def member(self, attribute: Attribute) -> Source:
        return Fixed(self.value.get(attribute.name) if isinstance(self.value, dict) else None)

    def each(self, condition: Callable[[Source], Bounds]) -> Bounds:
        if not isinstance(self.value, list):
            return condition(self)
        return any_of([condition(Fixed(element)) for element in self.value])


@dataclass(frozen=True, slots=True, eq=False)
class Record(Source):
    """A complex value whose parts are mapped one by one.

    Attributes:
        attributes: All parts that the schema has.
        parts: Those that are mapped, by their names.
        rest: Where the others are.
        is_row: Whether a row of its own says that the value is there; else one of its columns does.
    """

    attributes: tuple[Attribute, ...]
    parts: dict[str, Source]
    rest: Source
    is_row: bool = False

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        raise NotImplementedError(operator)  # pragma: no cover - binding compares a part of it

    def present(self) -> Bounds:
        return all_of([self.exists(), any_of([self.member(each).present() for each in self.attributes])])

    def unassigned(self) -> Bounds:
        return any_of([self.member(each).unassigned().negated() for each in self.attributes]).negated()

    def exists(self) -> Bounds:
        return Bounds.always(True) if self.is_row else self.unassigned().negated()

    def member(self, attribute: Attribute) -> Source:
        part = self.parts.get(attribute.name)
        return self.rest.member(attribute) if part is None else part


@dataclass(frozen=True, slots=True, eq=False)
class Element(Record):
    """An element made of columns of the resource's own row: there if one of them, or all of them, say so."""

    def unassigned(self) -> Bounds:
        columns = [part for part in self.parts.values() if not isinstance(part, Fixed)]
        return any_of([column.unassigned().negated() for column in columns]).negated()


class Several(Source):
    """Elements that are looked at one by one."""

    several = True

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        raise NotImplementedError(operator)  # pragma: no cover - the walk asks each element

    def present(self) -> Bounds:
        return self.each(lambda element: element.present())

    def unassigned(self) -> Bounds:
        return self.each(lambda element: element.exists()).negated()


@dataclass(frozen=True, slots=True, eq=False)
class Listed(Several):
    """A fixed number of elements in the resource's own row."""

    elements: tuple[Element, ...]

    def each(self, condition: Callable[[Source], Bounds]) -> Bounds:
        return any_of([all_of([element.exists(), condition(element)]) for element in self.elements])


@dataclass(frozen=True, slots=True, eq=False)
class Rows(Several):
    """Rows of another table."""

    exists_where: Callable[[Condition], Condition]
    element: Source

    def each(self, condition: Callable[[Source], Bounds]) -> Bounds:
        return condition(self.element).apply(
            lambda where: where if is_constant(where, False) else self.exists_where(where)
        )


def rows_of_table(table: FromClause, on: Condition) -> Callable[[Condition], Condition]:
    """Say how a condition holds for one row of a table that belongs to the resource."""
    return lambda where: select(_ONE).select_from(table).where(on, where).correlate_except(table).exists()


def rows_of_relationship(relationship: QueryableAttribute[Any]) -> Callable[[Condition], Condition]:
    """Say how a condition holds for one row at the other end of a relationship."""
    if relationship.property.uselist:
        return lambda where: relationship.any(where)
    return lambda where: relationship.has(where)


_ONE: ColumnElement[Any] = literal_column("1")
