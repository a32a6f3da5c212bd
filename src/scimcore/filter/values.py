"""When two values are the same, and which comes first: text, instants, presence (RFC 7644 §3.4.2.2, RFC 7643 §2.3).

Used by the evaluation of filters and by sorting, so that both agree.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from unicodedata import combining, decomposition, is_normalized, normalize

# From here on, text is looked at before it is normalised, and a few of the last results are kept: a filter of many
# terms folds the same value once for each of them.
_LONG = 256


def fold(text: str) -> str:
    """Return the form in which text compares without case: canonical caseless matching, composed (Unicode D145).

    Letters of another width are the letters that they stand for, as PRECIS compares user names (RFC 7644 §5, RFC 7613
    §3.2.2). No text is refused: what PRECIS does not allow in a name is compared like any other.

    >>> fold("STRASSE") == fold("straße")
    True
    """
    # Nearly all text of a directory is ASCII, where all of this is lower().
    if text.isascii():
        return text.lower()
    return _fold(text.translate(_WIDTHS)) if len(text) < _LONG else _fold_long(text)


def _fold(text: str) -> str:
    return normalize("NFC", normalize("NFD", text).casefold())


@lru_cache(8)
def _fold_long(text: str) -> str:
    return _fold(with_marks_in_order(text.translate(_WIDTHS)))


# Fullwidth and halfwidth forms stand in one block, but for the space (UAX #11).
_WIDTHS = {
    code: parts.partition("> ")[2]
    for code in (0x3000, *range(0xFF01, 0xFFEF))
    if (parts := decomposition(chr(code))).startswith(("<wide>", "<narrow>"))
}
_WIDTHS = {code: "".join(chr(int(each, 16)) for each in parts.split()) for code, parts in _WIDTHS.items()}


def compose(text: str) -> str:
    """Return the form in which text compares with case: NFC, so that two spellings of one character are equal."""
    if text.isascii():
        return text
    return normalize("NFC", text if len(text) < _LONG else with_marks_in_order(text))


def with_marks_in_order(text: str) -> str:
    """Return an equivalent text that is normalised in a time proportional to its length.

    Python brings combining marks into their canonical order by insertion. A row of a hundred thousand of them, which
    no language has and any client can send, would keep it busy for minutes.
    """
    # What is composed has its marks in order, and is told at once.
    if is_normalized("NFC", text):
        return text
    # A few characters have a class of their own and parts that have others: these are looked at.
    spelled = text.translate({ord(each): normalize("NFD", each) for each in set(text) if not each.isascii()})
    ordered: list[str] = []
    marks: list[str] = []
    for character in spelled:
        if combining(character):
            marks.append(character)
            continue
        if marks:
            ordered += sorted(marks, key=combining)  # stable, as the canonical order is
            marks.clear()
        ordered.append(character)
    return "".join([*ordered, *sorted(marks, key=combining)])


def instant(value: object) -> datetime | None:
    """Return the point in time that a stored dateTime stands for, or None if it stands for none.

    One without a zone is read as UTC.
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)


def read_instant(text: str) -> tuple[datetime, bool]:
    """Read the dateTime of a filter: xsd:dateTime, or a date alone.

    Returns:
        The instant, and whether the text named its zone; without one it is UTC.

    Raises:
        ValueError: If it is none.

    RFC 7643 §2.3.5.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise ValueError("not a dateTime")
    moment = datetime.fromisoformat(text.upper())
    return (moment, True) if match[1] else (moment.replace(tzinfo=UTC), False)


def is_present(value: object) -> bool:
    """Tell whether a value is what ``pr`` looks for: not null, not empty, and with a part that is neither.

    ``false`` and ``0`` are values. An empty string is none, although it is equal to ``""``.

    RFC 7644 Table 3.
    """
    if not isinstance(value, dict | list):
        return value is not None and value != ""
    pending: list[dict[str, object] | list[object]] = [value]
    while pending:
        container = pending.pop()
        for part in container.values() if isinstance(container, dict) else container:
            if isinstance(part, dict | list):
                pending.append(part)
            elif part is not None and part != "":
                return True
    return False
