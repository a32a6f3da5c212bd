"""Tables as text: for a terminal of some width, or as Markdown.

Floor 8. In a terminal a character can be two columns wide or none; a cell that is too wide goes on in the next line.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest

_GAP = "  "


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(map(_escaped, row))} |" for row in rows]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*").replace("<", "\\<").replace("[", "\\[")


def plain(heads: Sequence[str], rows: Sequence[Sequence[str]], max_columns: int = 0) -> str:
    """Write a table for a terminal.

    Args:
        heads: Above the columns.
        rows: Texts without line breaks.
        max_columns: The terminal's width; 0 for any. Each column keeps one character at least.
    """
    columns = list(zip(heads, *rows, strict=True))
    widths = [max(map(width, column)) for column in columns]
    if max_columns:
        available = max_columns - len(_GAP) * (len(widths) - 1)
        # No word is cut as long as there is another way.
        _shrink(widths, available, [max(map(_widest_word, column)) for column in columns])
        _shrink(widths, available, [1] * len(widths))
    ruled = [heads, ["-" * wide for wide in widths], *rows]
    return "\n".join(line for row in ruled for line in _lines(row, widths))


def _shrink(widths: list[int], available: int, least: Sequence[int]) -> None:
    """Take from the widest columns first, and from none more than it can give."""
    while sum(widths) > available:
        wide, index = max((wide if wide > least[index] else 0, index) for index, wide in enumerate(widths))
        if not wide:
            return
        widths[index] -= 1


def _widest_word(text: str) -> int:
    return max(map(width, _WORD.findall(text)), default=0)


# A line may end behind a space and behind a mark in a path.
_MARKS = " :.;,]"
_WORD = re.compile(rf"[^{re.escape(_MARKS)}]*[{re.escape(_MARKS)}]?")


def _lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    cells = [_wrapped(text, wide) for text, wide in zip(row, widths, strict=True)]
    for parts in zip_longest(*cells, fillvalue=""):
        padded = (part + " " * (wide - width(part)) for part, wide in zip(parts, widths, strict=True))
        yield _GAP.join(padded).rstrip()


def _wrapped(text: str, wide: int) -> list[str]:
    """Cut a text into lines, behind a space or a mark of a path where there is one."""
    lines = []
    while width(text) > wide:
        end = _fitting(text, wide)
        last = max(text.rfind(mark, 0, end) for mark in _MARKS)
        if last > 0:
            end = last + 1
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*lines, text]


def _fitting(text: str, wide: int) -> int:
    """Return how many characters fit, one at least."""
    used = 0
    for index, character in enumerate(text):
        used += width(character)
        if used > wide:
            return max(index, 1)
    return len(text)


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
