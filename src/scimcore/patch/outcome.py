"""What is different about the values of an attribute when a request is through.

Values are compared as sets: their order means nothing (RFC 7643 §2.4). Only those that were touched are looked at, so
that a change to a long list costs what it changes.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from scimcore.documents import JSON
from scimcore.patch.changes import AnyChange, Change, MembershipDelta
from scimcore.patch.identity import GAP, by_identity, identity, wholly_frozen
from scimcore.patch.plans import Plan

# Of so many values that are recognised by the same, each is compared with each.
_FEW = 8


def replaced(plan: Plan, before: list[JSON], values: list[JSON]) -> tuple[list[JSON], list[AnyChange]]:
    """Compare where all values were replaced.

    Args:
        plan: The attribute.
        before: Its values before.
        values: Those that it has now; gaps are where others were removed again.

    Returns:
        The values without gaps, or the very list given, and what is different.

    Raises:
        InvalidValue: If a value that was added or changed lacks a required sub-attribute.
    """
    kept = [value for value in values if value is not GAP]
    return _told(plan, before, kept, _difference(plan, before, kept))


def changed(
    plan: Plan, before: list[JSON], values: list[JSON], touched: Iterable[int]
) -> tuple[list[JSON], list[AnyChange]]:
    """Compare where some values were changed at their position, and others were added behind; see ``replaced``."""
    count = len(before)
    positions = sorted(position for position in touched if position < count)
    old = [before[position] for position in positions]
    new = [value for position in positions if (value := values[position]) is not GAP]
    new += [value for value in values[count:] if value is not GAP]
    difference = _difference(plan, old, new)
    kept = values if len(new) - len(old) == len(values) - count else [value for value in values if value is not GAP]
    return _told(plan, before, kept, difference)


def changed_once(
    plan: Plan, before: list[JSON], values: list[JSON], position: int
) -> tuple[list[JSON], list[AnyChange]]:
    """Do as ``changed`` where one value was touched, which is what most requests do."""
    after = values[position]
    if position < len(before) and before[position] == after:
        return before, []
    if after is GAP:
        values = [value for value in values if value is not GAP]
    elif plan.required_subs and isinstance(after, dict):
        plan.require_parts(after)
    return values, [Change(plan.path, before or None, values or None)]


class _Difference(NamedTuple):
    removed: list[JSON]
    added: list[JSON]
    updated: list[tuple[JSON, JSON]]


def _told(
    plan: Plan, before: list[JSON], values: list[JSON], difference: _Difference
) -> tuple[list[JSON], list[AnyChange]]:
    removed, added, updated = difference
    if not (removed or added or updated):
        return before, []
    if plan.required_subs:
        for value in (*added, *(after for _, after in updated)):
            if isinstance(value, dict):
                plan.require_parts(value)
    if plan.is_reference:
        return values, [MembershipDelta(plan.path, tuple(added), tuple(removed), tuple(updated))]
    return values, [Change(plan.path, before or None, values or None)]


def _difference(plan: Plan, before: list[JSON], after: list[JSON]) -> _Difference:
    if not before or not after:
        return _Difference(before, after, [])
    old = by_identity(plan, before)
    if max(map(len, old.values())) > _FEW:
        before, after = _without_same(before, after)
        old = by_identity(plan, before)
    added: list[JSON] = []
    updated: list[tuple[JSON, JSON]] = []
    for value in after:
        candidates = old.get(identity(plan, value))
        if not candidates:
            added.append(value)
            continue
        same = next((one for one in candidates if one == value), None) if len(candidates) <= _FEW else None
        was = candidates[0] if same is None else same
        candidates.remove(was)
        if same is None:
            updated.append((was, value))
    return _Difference([value for left in old.values() for value in left], added, updated)


def _without_same(before: list[JSON], after: list[JSON]) -> tuple[list[JSON], list[JSON]]:
    """Leave out what stands in both lists, without comparing each value with each."""
    counts = Counter(map(wholly_frozen, before))
    others = []
    for value in after:
        key = wholly_frozen(value)
        if counts[key]:
            counts[key] -= 1
        else:
            others.append(value)
    left = []
    for value in before:
        key = wholly_frozen(value)
        if counts[key]:
            counts[key] -= 1
            left.append(value)
    return left, others
