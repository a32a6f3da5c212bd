"""Whether an operator fits an attribute, and what a literal is as a value of the attribute's type."""

import re
from collections.abc import Callable
from typing import TypeAlias

from scimcore.errors import InvalidFilter
from scimcore.filter.ast import Literal, Operator
from scimcore.filter.bound import Comparable, Operand
from scimcore.filter.refusals import OperatorRefused
from scimcore.filter.scopes import Leniency, refusal
from scimcore.filter.tolerances import FilterTolerance
from scimcore.filter.values import compose, read_instant
from scimcore.paths import AttributePath
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute

_EQUALITY = frozenset({Operator.EQ, Operator.NE})
_ORDER = _EQUALITY | {Operator.GT, Operator.GE, Operator.LT, Operator.LE}
_TEXT = frozenset(Operator)

# RFC 7644 Table 3 forbids to order booleans and binaries; a substring of a number, of a point in time or of base64
# text is nothing that a client could want to know.
_FITTING: dict[AttributeType, frozenset[Operator]] = {
    AttributeType.STRING: _TEXT,
    AttributeType.REFERENCE: _TEXT,
    AttributeType.BOOLEAN: _EQUALITY,
    AttributeType.BINARY: _EQUALITY,
    AttributeType.INTEGER: _ORDER,
    AttributeType.DECIMAL: _ORDER,
    AttributeType.DATE_TIME: _ORDER,
    AttributeType.COMPLEX: frozenset(),
}

_ANY_BOOLEAN = Attribute("boolean", AttributeType.BOOLEAN)
_ANY_NUMBER = Attribute("number", AttributeType.DECIMAL)

_BOOLEANS = {"true": True, "false": False}
_NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?")
_TIME_EXAMPLE = '"2011-05-13T04:42:34Z"'


def require_fit(operator: Operator, attribute: Attribute, path: AttributePath) -> None:
    """Raise InvalidFilter if an attribute of this type cannot be compared in this way (RFC 7644 Table 3)."""
    fitting = _FITTING[attribute.type]
    if operator not in fitting:
        usable = ", ".join(each for each in Operator if each in fitting)
        raise OperatorRefused(
            f"'{operator}' does not fit '{path}', which is of type {attribute.type}: "
            f"what can be asked is {usable}{' or ' if usable else ''}pr",
            path=str(path),
            rule="RFC 7644 §3.4.2.2",
        )


def require_null_fit(operator: Operator, path: AttributePath) -> None:
    """Raise InvalidFilter if an operator cannot be used with null."""
    if operator not in _EQUALITY:
        raise OperatorRefused(
            f"'{operator}' does not compare with null: eq and ne do", path=str(path), rule="RFC 7644 §3.4.2.2"
        )


def require_literal_fit(operator: Operator, value: Literal, path: AttributePath) -> None:
    """Raise InvalidFilter if no attribute could be compared with this value in this way: ``gt true``, ``co 5``."""
    if value is None:
        require_null_fit(operator, path)
    elif isinstance(value, bool):
        require_fit(operator, _ANY_BOOLEAN, path)
    elif not isinstance(value, str):
        require_fit(operator, _ANY_NUMBER, path)


def operand_of(
    attribute: Attribute, value: Literal, path: AttributePath, leniency: Leniency
) -> tuple[Operand, Comparable]:
    """Read a literal that is not null as a value of an attribute's type.

    Raises:
        InvalidFilter: If it is none.
    """
    read, comparable = _READERS.get(attribute.type, _AS_TEXT)
    if comparable is Comparable.TEXT and attribute.case_exact:
        comparable = Comparable.EXACT_TEXT
    return read(value, path, leniency), comparable


def _text(value: Literal, path: AttributePath, leniency: Leniency) -> str:
    if not isinstance(value, str):
        raise _mismatch(path, "a text", "a text in double quotes")
    return compose(value)


def _boolean(value: Literal, path: AttributePath, leniency: Leniency) -> bool:
    if isinstance(value, str) and value.lower() in _BOOLEANS and leniency.allows(FilterTolerance.QUOTED_LITERAL, path):
        return _BOOLEANS[value.lower()]
    if not isinstance(value, bool):
        raise _mismatch(path, "a boolean", "true or false, without quotes")
    return value


def _number(value: Literal, path: AttributePath, leniency: Leniency) -> int | float:
    if isinstance(value, str):
        number = _NUMBER.fullmatch(value)
        if number is not None and leniency.allows(FilterTolerance.QUOTED_LITERAL, path):
            return float(value) if number[1] else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _mismatch(path, "a number", "a number without quotes")
    return value


def _instant(value: Literal, path: AttributePath, leniency: Leniency) -> Operand:
    if not isinstance(value, str):
        raise _mismatch(path, "a dateTime", f"a text such as {_TIME_EXAMPLE}")
    try:
        moment, zoned = read_instant(value)
    except ValueError:
        raise _mismatch(path, "a dateTime", f"a text such as {_TIME_EXAMPLE}") from None
    if not zoned and not leniency.allows(FilterTolerance.TIME_WITHOUT_ZONE, path):
        raise _mismatch(path, "a dateTime", f"a time and its zone: {_TIME_EXAMPLE}")
    return moment


_Reader: TypeAlias = Callable[[Literal, AttributePath, Leniency], Operand]

_AS_TEXT: tuple[_Reader, Comparable] = (_text, Comparable.TEXT)
_READERS: dict[AttributeType, tuple[_Reader, Comparable]] = {
    AttributeType.BOOLEAN: (_boolean, Comparable.BOOLEAN),
    AttributeType.INTEGER: (_number, Comparable.NUMBER),
    AttributeType.DECIMAL: (_number, Comparable.NUMBER),
    AttributeType.DATE_TIME: (_instant, Comparable.INSTANT),
    AttributeType.BINARY: (_text, Comparable.EXACT_TEXT),
}


def _mismatch(path: AttributePath, kind: str, wanted: str) -> InvalidFilter:
    return refusal(f"'{path}' is {kind}: compare it with {wanted}", path)
