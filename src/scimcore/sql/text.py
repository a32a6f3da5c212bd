"""Text that SQL compares: with and without case, by code points, and what it cannot be sure of."""

# ruff: noqa: D102 - what the methods of a source do is said once, in Source.

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, false, func, not_, or_

from scimcore.filter.ast import Operator
from scimcore.filter.bound import Comparable, Operand
from scimcore.filter.values import compose, fold
from scimcore.sql.bounds import Bounds, Condition, Doubt
from scimcore.sql.functions import AsciiLower, CodePoints, Contains, EndsWith, IsAscii, StartsWith, WithNul
from scimcore.sql.sources import SortKey, Source

_SUBSTRING = {Operator.CO: Contains, Operator.SW: StartsWith, Operator.EW: EndsWith}
_PATTERN = {Operator.CO: ("%", "%"), Operator.SW: ("", "%"), Operator.EW: ("%", "")}
_WILDCARDS = str.maketrans({"/": "//", "%": "/%", "_": "/_"})
_LAST, _SURROGATES = 0x10FFFF, range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True, eq=False)
class TextValue(Source):
    """A text.

    Attributes:
        text: As the document has it.
        folded: The same as ``fold`` makes it, if there is such a column.
        composed: Whether the text is surely in NFC.
        ascii: Whether it is surely ASCII without NUL.
    """

    text: ColumnElement[Any]
    folded: ColumnElement[Any] | None = None
    composed: bool = False
    ascii: bool = False

    def compare(self, operator: Operator, operand: Operand, comparable: Comparable) -> Bounds:
        asked = str(operand)
        if comparable is Comparable.EXACT_TEXT:
            return self._compare(
                text_condition(self.text, operator, compose(asked)),
                self.composed or self.ascii,
                "is compared with case, and its column may hold text that is not composed (Text(..., composed=True))",
            )
        if self.folded is not None:
            return Bounds.exactly(text_condition(self.folded, operator, fold(asked)))
        return self._compare(
            text_condition(AsciiLower(self.text), operator, fold(asked)),
            self.ascii,
            "is compared without case, which SQL can do for ASCII alone (Text(..., folded=...))",
        )

    def _compare(self, condition: Condition, sure: bool, reason: str) -> Bounds:
        if sure:
            return Bounds.exactly(condition)
        is_ascii = and_(self.text.is_not(None), IsAscii(self.text))
        # A text that is not ASCII may become ASCII when it is folded or composed: the sign for Kelvin is a "K".
        may_be = and_(self.text.is_not(None), not_(IsAscii(self.text)))
        return Bounds(and_(is_ascii, condition), or_(condition, may_be), (Doubt(reason),))

    def present(self) -> Bounds:
        return Bounds.exactly(and_(self.text.is_not(None), self.text != bindparam(None, "", String())))

    def unassigned(self) -> Bounds:
        return Bounds.exactly(self.text.is_(None))

    def sort_key(self, *, exact: bool) -> SortKey | None:
        if exact:
            key = self.text if self.composed or self.ascii else None
        else:
            key = self.folded if self.folded is not None else AsciiLower(self.text) if self.ascii else None
        return None if key is None else (not_(self.present().must), func.nullif(CodePoints(key), ""))


def text_condition(text: ColumnElement[Any], operator: Operator, operand: str) -> Condition:
    """Compare a text as it stands with an operand, by code points; never NULL."""
    if "\0" in operand:
        return WithNul(_condition(text, operator, operand), _without_nul(text, operator, operand))
    return _condition(text, operator, operand)


def _condition(text: ColumnElement[Any], operator: Operator, operand: str) -> Condition:
    exists = text.is_not(None)
    wanted = bindparam(None, operand, String())
    if operator in _SUBSTRING:
        if not operand:
            return exists
        before, after = _PATTERN[operator]
        pattern = bindparam(None, before + operand.translate(_WILDCARDS) + after, String())
        end = [bindparam(None, each, String()) for each in _behind(operand)] if operator is Operator.SW else []
        return and_(exists, _SUBSTRING[operator](_plain(text), wanted, pattern, *end))
    match operator:
        case Operator.GT:
            return and_(exists, CodePoints(text) > wanted)
        case Operator.GE:
            return and_(exists, CodePoints(text) >= wanted)
        case Operator.LT:
            return and_(exists, CodePoints(text) < wanted)
        case Operator.LE:
            return and_(exists, CodePoints(text) <= wanted)
        case _:
            return and_(exists, _plain(text) == wanted)


def _without_nul(text: ColumnElement[Any], operator: Operator, operand: str) -> Condition:
    """The same where no text can have a NUL: greater than "a", NUL, "b" is what is greater than "a"."""
    prefix = operand[: operand.index("\0")]
    if operator in (Operator.GT, Operator.GE):
        return _condition(text, Operator.GT, prefix)
    if operator in (Operator.LT, Operator.LE):
        return _condition(text, Operator.LE, prefix)
    return false()


def _plain(text: ColumnElement[Any]) -> ColumnElement[Any]:
    """Leave a text to its column's index, unless the column says that it compares in a way of its own."""
    return text if getattr(text.type, "collation", None) is None else CodePoints(text)


def _behind(prefix: str) -> list[str]:
    """Return the first text that is greater than all that begin with a prefix; none if nothing is."""
    stem = prefix.rstrip(chr(_LAST))
    if not stem:
        return []
    following = ord(stem[-1]) + 1
    return [stem[:-1] + chr(following if following not in _SURROGATES else _SURROGATES.stop)]
