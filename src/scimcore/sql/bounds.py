"""What SQL knows of a condition: rows that meet it surely, and rows that may.

A database cannot compare everything as a filter does. What it cannot tell is kept apart instead of guessed: every
condition is a pair, and "not" turns the pair round, so that no negation makes a guess narrower than the truth. No
expression in here is ever NULL.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import ColumnElement, and_, false, not_, or_, true
from sqlalchemy.sql.elements import BooleanClauseList, False_, True_

from scimcore.sql.functions import Parentheses

Condition = ColumnElement[bool]

# SQLite refuses expressions more than 1,000 operators deep, and reads a chain as one operator inside the other.
_CHUNK = 25


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why SQL alone cannot answer: a reason that reads well behind the attribute's name, and the name, if any."""

    reason: str
    path: str = ""

    def __str__(self) -> str:
        return f"'{self.path}' {self.reason}" if self.path else f"the filter {self.reason}"


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """A condition between two others.

    Attributes:
        must: True for no row that does not meet the condition.
        may: True for every row that meets it.
        doubts: Why the two differ; empty where both are the same condition.
    """

    must: Condition
    may: Condition
    doubts: tuple[Doubt, ...] = ()

    @classmethod
    def exactly(cls, condition: Condition) -> Self:
        """Make the bounds of what SQL knows."""
        return cls(condition, condition)

    @classmethod
    def always(cls, answer: bool) -> Self:
        """Make the bounds of what is the same for all rows."""
        return cls.exactly(true() if answer else false())

    @classmethod
    def unknown(cls, reason: str, *, may: Condition | None = None) -> Self:
        """Make the bounds of what SQL does not know, except that it holds for no row outside ``may``."""
        return cls(false(), true() if may is None else may, (Doubt(reason),))

    @property
    def exact(self) -> bool:
        """Whether SQL knows the answer for every row."""
        return not self.doubts

    def about(self, path: str) -> "Bounds":
        """Say which attribute the doubts are about that do not say so yet."""
        doubts = tuple(doubt if doubt.path else Doubt(doubt.reason, path) for doubt in self.doubts)
        return Bounds(self.must, self.may, doubts) if doubts else self

    def apply(self, change: Callable[[Condition], Condition]) -> "Bounds":
        """Put both conditions into a larger one that holds more often when they do, such as EXISTS."""
        if self.exact:
            return Bounds.exactly(change(self.must))
        return Bounds(change(self.must), change(self.may), self.doubts)

    def negated(self) -> "Bounds":
        """The opposite: what may hold is what not surely does not."""
        if self.exact:
            return Bounds.exactly(not_(self.must))
        return Bounds(not_(self.may), not_(self.must), self.doubts)


def all_of(terms: Sequence[Bounds]) -> Bounds:
    """All terms hold."""
    return _joined(terms, _and)


def any_of(terms: Sequence[Bounds]) -> Bounds:
    """One term at least holds."""
    return _joined(terms, _or)


def is_constant(condition: Condition, answer: bool) -> bool:
    """Tell whether a condition is TRUE, or FALSE, whatever the row."""
    return isinstance(condition, True_ if answer else False_)


def _joined(terms: Sequence[Bounds], join: Callable[[Iterable[Condition]], Condition]) -> Bounds:
    must = join([term.must for term in terms])
    if all(term.exact for term in terms):
        return Bounds.exactly(must)
    may = join([term.may for term in terms])
    # "x or true" is true whatever x is: the doubts are gone with it.
    if any(is_constant(must, answer) and is_constant(may, answer) for answer in (True, False)):
        return Bounds.exactly(must)
    return Bounds(must, may, tuple(dict.fromkeys(doubt for term in terms for doubt in term.doubts)))


def _and(conditions: Iterable[Condition]) -> Condition:
    return _without_constants(conditions, False, lambda some: and_(true(), *some))


def _or(conditions: Iterable[Condition]) -> Condition:
    return _without_constants(conditions, True, lambda some: or_(false(), *some))


def _without_constants(
    conditions: Iterable[Condition], decisive: bool, join: Callable[[list[Condition]], Condition]
) -> Condition:
    """Join conditions; one that is constant decides, or makes no difference (SQLAlchemy would hide it in another)."""
    left = [each for each in conditions if not is_constant(each, not decisive)]
    if any(is_constant(each, decisive) for each in left):
        return true() if decisive else false()
    if len(left) < 2:
        return left[0] if left else false() if decisive else true()
    return _in_chunks(left, join)


def _in_chunks(conditions: list[Condition], join: Callable[[list[Condition]], Condition]) -> Condition:
    while len(conditions) > _CHUNK:
        chunks = [conditions[start : start + _CHUNK] for start in range(0, len(conditions), _CHUNK)]
        conditions = [_in_parentheses(join([_in_parentheses(each) for each in chunk])) for chunk in chunks]
    return join(conditions)


def _in_parentheses(condition: Condition) -> Condition:
    """Keep SQLAlchemy from making one long chain of a chain in a chain."""
    return Parentheses(condition) if isinstance(condition, BooleanClauseList) else condition
