"""Tell in text what a PATCH did, for people: one line per difference, and what had to be tolerated."""

import json
from collections.abc import Iterator
from typing import assert_never

from scimcore.documents import JSON, Document, printable
from scimcore.patch.changes import AnyChange, Change, MembershipDelta
from scimcore.patch.operations import Patched

_SHOWN_VALUES = 20
_SHOWN_CHARACTERS = 100


def render(before: Document, patched: Patched) -> str:
    """Draw the difference that a PATCH made.

    A line begins with ``-`` for what is gone, ``+`` for what is new, ``~`` for a value that is another one now. A
    secret is named and not shown.

    Args:
        before: The document that the operations were applied to.
        patched: What ``apply`` returned.

    Returns:
        Lines without a line break at the end.
    """
    name = before.get("id") or before.get("externalId") or "resource"
    lines = [f"{printable(str(name))}: {_count(len(patched.changes), 'change')}"]
    for change in patched.changes:
        lines += _lines(change)
    old, new = before.get("schemas"), patched.document.get("schemas")
    if old != new:
        lines += [f"  - schemas: {_text(urn)}" for urn in old or () if urn not in (new or ())]
        lines += [f"  + schemas: {_text(urn)}" for urn in new or () if urn not in (old or ())]
    if patched.tolerated:
        lines.append("tolerated:")
        lines += [f"  {use.quirk}" + (f" at {use.path}" if use.path else "") for use in patched.tolerated]
    return "\n".join(lines)


def _lines(change: AnyChange) -> Iterator[str]:
    match change:
        case Change(path, None, None):
            yield f"  ~ {path}: (not shown)"
        case Change(path, list() | None as before, list() | None as after):
            yield from _several(path, "-", _without(before or [], after or []))
            yield from _several(path, "+", _without(after or [], before or []))
        case Change(path, None, after):
            yield f"  + {path}: {_text(after)}"
        case Change(path, before, None):
            yield f"  - {path}: {_text(before)}"
        case Change(path, before, after):
            yield f"  ~ {path}: {_text(before)} -> {_text(after)}"
        case MembershipDelta(path, added, removed, updated):
            yield from _several(path, "-", list(removed))
            yield from _several(path, "+", list(added))
            for old, new in updated[:_SHOWN_VALUES]:
                yield f"  ~ {path}: {_text(old)} -> {_text(new)}"
            yield from _more(path, "~", len(updated))
        case _:
            assert_never(change)


def _without(values: list[JSON], others: list[JSON]) -> list[JSON]:
    known = {json.dumps(value, sort_keys=True) for value in others}
    return [value for value in values if json.dumps(value, sort_keys=True) not in known]


def _several(path: str, sign: str, values: list[JSON]) -> Iterator[str]:
    for value in values[:_SHOWN_VALUES]:
        yield f"  {sign} {path}: {_text(value)}"
    yield from _more(path, sign, len(values))


def _more(path: str, sign: str, count: int) -> Iterator[str]:
    if count > _SHOWN_VALUES:
        yield f"  {sign} {path}: and {count - _SHOWN_VALUES} more"


def _text(value: JSON) -> str:
    return printable(json.dumps(value, ensure_ascii=False), _SHOWN_CHARACTERS)


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}" + ("" if number == 1 else "s")
