"""The small functions that a compiled filter is made of: one value, or one document, in; yes or no out."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from scimcore.documents import is_unassigned
from scimcore.filter.ast import Operator
from scimcore.filter.bound import Comparable, Operand
from scimcore.filter.values import compose, fold, instant

Check: TypeAlias = Callable[[object], bool]
"""A value of any JSON type, None where there is none; never raises."""


def check_of(operator: Operator, operand: Operand, comparable: Comparable) -> Check:
    """Compile the comparison of one value with an operand.

    The value may be anything: one of another type is not equal, and neither less nor greater.
    """
    if operator is Operator.NE:
        # "Not identical" (RFC 7644 Table 3): an attribute without a value is that, too.
        return negation(check_of(Operator.EQ, operand, comparable))
    if comparable is Comparable.ABSENCE:
        return is_unassigned
    read = _READERS[comparable]
    return _CHECKS[operator](read, operand if comparable is Comparable.INSTANT else read(operand))


def conjunction(checks: Sequence[Check]) -> Check:
    """All of some checks; most filters have two."""
    if len(checks) == 2:
        first, second = checks
        return lambda value: first(value) and second(value)

    def test(value: object) -> bool:
        for check in checks:  # noqa: SIM110 - a generator would cost more than the checks
            if not check(value):
                return False
        return True

    return test


def disjunction(checks: Sequence[Check]) -> Check:
    """Any of some checks."""
    if len(checks) == 2:
        first, second = checks
        return lambda value: first(value) or second(value)

    def test(value: object) -> bool:
        for check in checks:  # noqa: SIM110 - as above
            if check(value):
                return True
        return False

    return test


def negation(check: Check) -> Check:
    """The opposite of a check."""
    return lambda value: not check(value)


def of_element(condition: Check) -> Check:
    """The condition of a value path: where there is no element, none meets it."""
    return lambda element: element is not None and condition(element)


# A reader brings a stored value into the form in which it compares, or gives None if it has another type.
_Comparand: TypeAlias = Any
_Reader: TypeAlias = Callable[[object], _Comparand]


def _folded(value: object) -> str | None:
    return fold(value) if isinstance(value, str) else None


def _composed(value: object) -> str | None:
    return compose(value) if isinstance(value, str) else None


def _number(value: object) -> int | float | None:
    # Python has True == 1.
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


_READERS: dict[Comparable, _Reader] = {
    Comparable.TEXT: _folded,
    Comparable.EXACT_TEXT: _composed,
    Comparable.NUMBER: _number,
    Comparable.BOOLEAN: _boolean,
    Comparable.INSTANT: instant,
}


def _equal(read: _Reader, operand: _Comparand) -> Check:
    return lambda value: read(value) == operand


def _contains(read: _Reader, operand: _Comparand) -> Check:
    def test(value: object) -> bool:
        text = read(value)
        return text is not None and operand in text

    return test


def _starts(read: _Reader, operand: _Comparand) -> Check:
    def test(value: object) -> bool:
        text = read(value)
        return text is not None and text.startswith(operand)

    return test


def _ends(read: _Reader, operand: _Comparand) -> Check:
    def test(value: object) -> bool:
        text = read(value)
        return text is not None and text.endswith(operand)

    return test


def _greater(read: _Reader, operand: _Comparand) -> Check:
    def test(value: object) -> bool:
        found = read(value)
        return found is not None and found > operand

    return test


def _greater_or_equal(read: _Reader, operand: _Comparand) -> Check:
    def test(value: object) -> bool:
        found = read(value)
        return found is not None and found >= operand

    return test


def _less(read: _Reader, operand: _Comparand) -> Check:
    def test(value: object) -> bool:
        found = read(value)
        return found is not None and found < operand

    return test


def _less_or_equal(read: _Reader, operand: _Comparand) -> Check:
    def test(value: object) -> bool:
        found = read(value)
        return found is not None and found <= operand

    return test


_CHECKS: dict[Operator, Callable[[_Reader, Any], Check]] = {
    Operator.EQ: _equal,
    Operator.CO: _contains,
    Operator.SW: _starts,
    Operator.EW: _ends,
    Operator.GT: _greater,
    Operator.GE: _greater_or_equal,
    Operator.LT: _less,
    Operator.LE: _less_or_equal,
}
