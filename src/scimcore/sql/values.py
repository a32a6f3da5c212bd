"""Columns of numbers, booleans, points in time and keys, compared as the documents made of them are."""

# ruff: noqa: D102 - what the methods of a source do is said once, in Source.

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Double, Numeric, and_, bindparam
from sqlalchemy.types import TypeEngine

from scimcore.filter.ast import Operator
from scimcore.filter.bound import Comparable, Operand
from scimcore.filter.values import fold
from scimcore.sql.bounds import Bounds, Condition
from scimcore.sql.sources import SortKey, Source

# Beyond, a database's numbers and Python's are no longer the same ones.
_EXACT_IN_JSON = 2**53
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True, eq=False)
class _Column(Source):
    """A column that is NULL or has a value that is never empty."""

    column: ColumnElement[Any]

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        raise NotImplementedError  # pragma: no cover - the classes below do it

    def present(self) -> Bounds:
        return Bounds.exactly(self.column.is_not(None))

    def unassigned(self) -> Bounds:
        return Bounds.exactly(self.column.is_(None))

    def sort_key(self, *, exact: bool) -> SortKey | None:
        return self.column.is_(None), self.column


class BooleanValue(_Column):
    """A boolean."""

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        return Bounds.exactly(self.column.is_(operand is True))


class IntegerValue(_Column):
    """A whole number of up to 64 bits."""

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        assert isinstance(operand, int | float)
        if isinstance(operand, float) and not operand.is_integer():
            # More than 4.5 is more than 4, less than 4.5 is less than 5.
            if operator is Operator.EQ:
                return Bounds.always(False)
            greater = operator in (Operator.GT, Operator.GE)
            operator = Operator.GT if greater else Operator.LT
            whole = math.floor(operand) if greater else math.ceil(operand)
        else:
            whole = int(operand)
        if whole not in _INT64:
            return _beyond(self.column, operator, below=whole < 0)
        return Bounds.exactly(_ordered(self.column, operator, whole, BigInteger()))


class DecimalValue(_Column):
    """A number as floating point, which it is in JSON."""

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        assert isinstance(operand, int | float)
        try:
            number = float(operand)
        except OverflowError:
            return _beyond(self.column, operator, below=operand < 0)
        if number != operand:
            # An integer between two floats: it is equal to none, and the next one is on its other side.
            if operator is Operator.EQ:
                return Bounds.always(False)
            greater = operator in (Operator.GT, Operator.GE)
            if greater:
                operator = Operator.GE if number > operand else Operator.GT
            else:
                operator = Operator.LE if number < operand else Operator.LT
        return Bounds.exactly(_ordered(self.column, operator, number, Double()))


class JsonNumberValue(_Column):
    """A number in a JSON document."""

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        assert isinstance(operand, int | float)
        if abs(operand) >= _EXACT_IN_JSON:
            return Bounds.unknown("is compared with a number too large for SQL's JSON", may=self.column.is_not(None))
        return Bounds.exactly(_ordered(self.column, operator, Decimal(repr(operand)), Numeric()))


class InstantValue(_Column):
    """A point in time; a column without a zone holds UTC."""

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        assert isinstance(operand, datetime)
        try:
            moment = operand.astimezone(UTC)
        except OverflowError:
            # Its year is 0 or 10000 in UTC: no column has that.
            return _beyond(self.column, operator, below=operand.year == 1)
        # SQLite has no zones: SQLAlchemy leaves them out, so that an operand in UTC is right there, too.
        wanted = moment if getattr(self.column.type, "timezone", False) else moment.replace(tzinfo=None)
        return Bounds.exactly(_ordered(self.column, operator, wanted, self.column.type))


class KeyValue(_Column):
    """A whole number or UUID that is text in the document, as keys are: ``"42"``."""

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        asked = str(operand) if comparable is Comparable.EXACT_TEXT else fold(str(operand))
        if operator is not Operator.EQ:
            return Bounds.unknown(f"is no text in its column: {operator} cannot be asked", may=self.column.is_not(None))
        key = _as_uuid(asked) if issubclass(self.column.type.python_type, UUID | str) else _as_integer(asked)
        if key is None:
            return Bounds.always(False)
        if isinstance(key, int):
            return Bounds.exactly(_ordered(self.column, operator, key, BigInteger()))
        wanted = key if self.column.type.python_type is UUID else str(key)
        return Bounds.exactly(_ordered(self.column, operator, wanted, self.column.type))

    def sort_key(self, *, exact: bool) -> SortKey | None:
        return None  # As text, "10" comes before "9".


def _as_uuid(text: str) -> UUID | None:
    try:
        key = UUID(text)
    except ValueError:
        return None
    return key if str(key) == text else None


def _as_integer(text: str) -> int | None:
    if not text.isascii() or not text.lstrip("-").isdigit() or len(text) > len(str(_INT64.start)):
        return None
    key = int(text)
    return key if str(key) == text and key in _INT64 else None


def _beyond(column: ColumnElement[Any], operator: Operator, *, below: bool) -> Bounds:
    """Compare with what is less, or greater, than any value of the column."""
    holds = (Operator.GT, Operator.GE) if below else (Operator.LT, Operator.LE)
    return Bounds.exactly(column.is_not(None)) if operator in holds else Bounds.always(False)


def _ordered(column: ColumnElement[Any], operator: Operator, operand: object, kind: TypeEngine[Any]) -> Condition:
    exists, wanted = column.is_not(None), bindparam(None, operand, kind)
    match operator:
        case Operator.GT:
            return and_(exists, column > wanted)
        case Operator.GE:
            return and_(exists, column >= wanted)
        case Operator.LT:
            return and_(exists, column < wanted)
        case Operator.LE:
            return and_(exists, column <= wanted)
        case _:
            return and_(exists, column == wanted)


class DateTimeText(_Column):
    """A point in time that is text in a JSON document: text does not sort as instants do."""

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        return Bounds.unknown("is a time written as text, which SQL cannot compare", may=self.column.is_not(None))

    def sort_key(self, *, exact: bool) -> SortKey | None:
        return None
