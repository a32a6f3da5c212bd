"""The words of a filter: two scanners, and what a literal means (RFC 7644 Figure 1, RFC 7159).

What may come next depends on what came before, so there are two compiled expressions: one where an operand is due,
which takes a whole ``attribute operator value`` at once, and one behind an operand. All repetitions are possessive:
neither expression ever looks twice at a character, so that scanning is linear in the text.
"""

import importlib
import re
from functools import lru_cache
from typing import Any, Final

from scimcore.errors import InvalidFilter, InvalidPath
from scimcore.filter.ast import Literal, Operator
from scimcore.paths import AttributePath

# SP is one space in the ABNF. Figure 2 of the RFC folds its lines, and clients are free with spaces.
_SPACE = r"[ \t\r\n]"
_WORD = r'[^\s()\[\]"]++'
# A word ends here: nothing, a space or a closing bracket follows.
_END = r"(?![^ \t\r\n)\]])"
# RFC 3629: half a surrogate pair is no character, written out or not.
_CHARACTER = r'[^"\\\x00-\x1f\ud800-\udfff]'
_ESCAPE = r'\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})'
_OPERATOR = "eq|ne|co|sw|ew|gt|ge|lt|le"

# Section 3.5.2.2 of the RFC itself writes  members[value eq"..."]  without the space.
_COMPARISON = (
    rf"{_SPACE}++(?:((?ai:{_OPERATOR}))(?:{_SPACE}++|(?=\"))"
    rf'(?:"({_CHARACTER}*+)"|("(?:{_CHARACTER}++|{_ESCAPE})*+")|({_WORD}))'
    rf"|((?ai:pr)){_END})"
)

OPERAND: Final = re.compile(rf"{_SPACE}*+(?:({_WORD})(?:{_COMPARISON}|{_SPACE}*+(\[))|((?ai:not)?){_SPACE}*+\()")
"""attrExp, or attrPath "[", or ["not"] "(": ``lastindex`` of a match says which, see the constants."""

# The numbers of the groups: 1 is the attribute path, 2 the operator.
PLAIN_STRING, ESCAPED_STRING, BARE_WORD, PRESENT, VALUE_PATH, GROUP = 3, 4, 5, 6, 7, 8

BRACKETS: Final = frozenset({VALUE_PATH, GROUP})

CONNECTIVE: Final = re.compile(rf"{_SPACE}*+(?:((?ai:and))(?![^\s()])|((?ai:or))(?![^\s()])|(\))|(\])|\Z)")
"""What may stand behind an operand; no group means the end of the text."""

AND, OR, CLOSE_GROUP, CLOSE_VALUE_PATH = 1, 2, 3, 4

OPERATORS: Final[dict[str, Operator]] = {
    spelling: operator
    for operator in Operator
    for a in (operator.value[0], operator.value[0].upper())
    for b in (operator.value[1], operator.value[1].upper())
    for spelling in (a + b,)
}
"""All spellings: operators are case insensitive (RFC 7644 §3.4.2.2)."""

# These two are compiled when the first text needs them: few do, and importing would take a tenth longer.
_AFTER_VALUE_PATH = rf"(\.[^\s()\[\]\"]++)?+{_COMPARISON}"
_SURROGATE = "[\ud800-\udfff]"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)((?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)")
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
# CPython reads integers of any length in quadratic time; no double is longer than this.
_MAX_NUMBER_CHARACTERS = 308
# A path longer than this is not worth remembering: the memory that paths take stays bounded.
_MAX_CACHED_PATH_CHARACTERS = 256


def after_value_path(text: str, position: int) -> re.Match[str] | None:
    """Find the off-specification comparison behind a value path; its groups are numbered as those of ``OPERAND``."""
    return re.compile(_AFTER_VALUE_PATH).match(text, position)


@lru_cache(maxsize=1024)
def remembered_path(word: str) -> AttributePath:
    """Read an attribute path as ``attribute_path`` does, if it is one and worth remembering.

    Raises:
        InvalidPath: If it is not; ``attribute_path`` knows which of the two.
    """
    if len(word) > _MAX_CACHED_PATH_CHARACTERS:
        raise InvalidPath("the path is long")
    return AttributePath.parse(word)


def attribute_path(word: str, text: str, column: int) -> AttributePath:
    """Read an attribute path.

    Raises:
        InvalidFilter: At ``column``, if the word is none.
    """
    try:
        return AttributePath.parse(word)
    except InvalidPath as error:
        raise InvalidFilter(error.detail, text=text, column=column, rule=error.rule) from None


def escaped_string(token: str, text: str, column: int) -> str:
    """Read a JSON string that has escapes, quotes included.

    Raises:
        InvalidFilter: If an escape is half of a surrogate pair; all others were scanned well-formed.
    """
    json: Any = importlib.import_module("json")
    value: str = json.loads(token)
    if re.search(_SURROGATE, value):
        raise InvalidFilter(
            "the string has an escape of half a surrogate pair", text=text, column=column, rule="RFC 7159 §8.2"
        )
    return value


def bare_word(word: str, text: str, column: int) -> Literal:
    """Read true, false, null or a number; the words in any casing, which the caller looks after.

    Raises:
        InvalidFilter: If the word is none of these. It is not repeated, since it may be a secret without its quotes.
    """
    known = _WORDS.get(word.lower(), word)
    if known is not word:
        return known
    number = _NUMBER.fullmatch(word)
    if number is None:
        raise InvalidFilter(_complaint_about(word), text=text, column=column, rule="RFC 7644 §3.4.2.2, RFC 7159")
    if len(word) > _MAX_NUMBER_CHARACTERS:
        raise InvalidFilter("the number is too long", text=text, column=column)
    if not number.group(1):
        return int(word)
    value = float(word)
    if value in (float("inf"), float("-inf")):
        raise InvalidFilter("the number is too large", text=text, column=column)
    return value


def _complaint_about(word: str) -> str:
    if word[0] == "'":
        return "a text value stands in double quotes, not in single ones"
    if word[0].isdigit() or word[0] in "+-.":
        return "not a JSON number: it has no plus sign, no leading zero and digits around the decimal point"
    return 'expected a value: a text in double quotes ("..."), a number, true, false or null'
