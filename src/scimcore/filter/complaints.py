"""Why a text is no filter: where neither scanner matched, this says what was expected and where.

Only failed parses come here, so nothing is hurried. A complaint repeats attribute names and operators, never what
stands where a value should: a text that lost its quotes may be personal data.
"""

import re
from typing import Final

from scimcore.errors import InvalidFilter, printable
from scimcore.filter.ast import Operator
from scimcore.filter.refusals import OperatorRefused
from scimcore.filter.tokens import OPERATORS, attribute_path

# Compiled when there is something to explain.
_SPACES = r"[ \t\r\n]*+"
_WORD = r'[^\s()\[\]"]++'
_STRING = r'"(?:[^"\\\x00-\x1f\ud800-\udfff]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*+'
_RULE = "RFC 7644 §3.4.2.2"
_OPERATOR_LIST: Final = ", ".join(Operator) + " or pr"
_SHOWN_CHARACTERS = 40


def no_operand(text: str, position: int, previous: str) -> InvalidFilter:
    """Explain why no operand begins at a position.

    Args:
        text: The whole filter.
        position: Where the scanner stood.
        previous: What is in front, as words for "after ...".
    """
    column = _skip_spaces(text, position)
    if column == len(text):
        what = "the filter is empty" if not text.strip() else f"the filter ends after {previous}"
        return _complaint(f"{what}: expected an attribute, 'not (' or '('", text, column)
    word = re.compile(_WORD).match(text, column)
    if word is None:
        return _complaint(f"expected an attribute, 'not (' or '(' and not '{_character(text, column)}'", text, column)
    name = printable(word.group(), _SHOWN_CHARACTERS)
    if name.lower() in ("and", "or") and previous:
        return _complaint(f"expected an attribute after {previous} and not '{name}'", text, column)
    try:
        attribute_path(word.group(), text, column)
    except InvalidFilter as error:
        return error
    return _no_operator(text, word.end(), name)


def no_connective(text: str, position: int, closing: str) -> InvalidFilter:
    """Explain why nothing that may stand behind an operand is at a position.

    Args:
        text: The whole filter.
        position: Where the scanner stood.
        closing: The bracket that is open, as it closes, or "".
    """
    column = _skip_spaces(text, position)
    wanted = f"'{closing}'" if closing else "the end"
    found = "it ends" if column == len(text) else f"there is '{_character(text, column)}'"
    return _complaint(f"expected 'and', 'or' or {wanted} where {found}", text, column)


def unbalanced(text: str, column: int, opening: str) -> InvalidFilter:
    """Explain a bracket that has no partner; ``opening`` is the bracket at ``column``."""
    return _complaint(f"'{opening}' has no partner", text, column)


def nested_value_path(text: str, column: int) -> InvalidFilter:
    """Explain ``a[b[...]]``: a sub-attribute is never complex, so it has no value path (errata 4690)."""
    return _complaint("a value path cannot stand inside another one", text, column)


def above(limit: str, text: str, column: int) -> InvalidFilter:
    """Explain that a limit of the server is reached."""
    return _complaint(f"the filter is too large: {limit}", text, column)


def not_tolerated(advice: str, text: str, column: int) -> InvalidFilter:
    """Explain a form that is understood but not in the set of tolerances."""
    return _complaint(advice, text, column)


def _no_operator(text: str, position: int, name: str) -> InvalidFilter:
    column = _skip_spaces(text, position)
    word = re.compile(_WORD).match(text, column)
    if word is None or column == position:
        return _complaint(f"expected an operator after '{name}': {_OPERATOR_LIST}", text, column)
    operator = word.group()
    if operator in OPERATORS:
        return _no_value(text, word.end(), operator)
    if operator.lower() == "pr":
        return _complaint(f"expected 'and', 'or' or the end after '{operator}'", text, word.end())
    shown = printable(operator, _SHOWN_CHARACTERS)
    detail = f"The operator '{shown}' is not supported; expected one of {_OPERATOR_LIST}"
    return OperatorRefused(detail, text=text, column=column, rule=_RULE)


def _no_value(text: str, position: int, operator: str) -> InvalidFilter:
    column = _skip_spaces(text, position)
    if column == len(text) or text[column] != '"':
        return _complaint(f"expected a value after '{operator}'", text, column)
    string = re.compile(_STRING).match(text, column)
    end = column + 1 if string is None else string.end()
    if end == len(text):
        return _complaint("the string has no closing quote", text, column)
    if text[end] == "\\":
        return _complaint("not an escape that JSON has", text, end)
    return _complaint("a control character stands in a string as an escape: \\n, \\u0001", text, end)


def _complaint(detail: str, text: str, column: int) -> InvalidFilter:
    return InvalidFilter(detail, text=text, column=column, rule=_RULE)


def _skip_spaces(text: str, position: int) -> int:
    found = re.compile(_SPACES).match(text, position)
    return position if found is None else found.end()


def _character(text: str, column: int) -> str:
    return printable(text[column])
