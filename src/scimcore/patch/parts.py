"""The parts of a complex value: what they become when one of them, or several at once, are added or replaced."""

from collections.abc import Collection
from enum import StrEnum

from scimcore.documents import JSON, Document, is_object
from scimcore.patch.draft import Draft
from scimcore.patch.identity import identity
from scimcore.patch.plans import Plan, immutable, require_kept, still_required, wrong_type
from scimcore.patch.tolerances import Tolerance


class Verb(StrEnum):
    """The operations that set something (RFC 7644 §3.5.2)."""

    ADD = "add"
    REPLACE = "replace"


def read_part(draft: Draft, sub: Plan, value: JSON) -> JSON:
    """Read the value of a sub-attribute; None stands for "no value"."""
    if type(value) is sub.plain:
        return value
    if value is None or (sub.many and value == []):
        if sub.required:
            raise still_required(sub)
        return None
    return sub.read(value, draft.tolerances, draft.tolerated)


def with_part(draft: Draft, verb: Verb, plan: Plan, old: Document, sub: Plan, value: JSON) -> Document:
    """Return a complex value with one sub-attribute changed."""
    if sub.many and verb is Verb.ADD:
        value = _joined(draft, sub, old, value)
    was = old.get(sub.name)
    if sub.immutable and was is not None and was != value:
        raise immutable(sub)
    new = {**old, sub.name: value}
    if plan.is_reference and sub.name == "value" and was is not None and was != value:
        _drop_stale(draft, plan, new, {sub.name})
    return new


def merged(draft: Draft, verb: Verb, plan: Plan, old: Document | None, value: JSON) -> Document:
    """Merge into a complex value: what is not named stays (RFC 7644 §3.5.2.3)."""
    if not is_object(value):
        raise wrong_type(plan.path, "an object", value, "RFC 7643 §2.3.8")
    read = plan.read(value, draft.tolerances, draft.tolerated, old)
    if not old:
        return {name: part for name, part in read.items() if part is not None}
    require_kept(plan, old, read)
    if verb is Verb.ADD:
        read.update({name: _joined(draft, plan.subs[name], old, read[name]) for name in plan.many_subs if name in read})
    new = {**old, **read}
    if plan.is_reference and "value" in read and old.get("value") not in (None, read["value"]):
        _drop_stale(draft, plan, new, read.keys())
    return {name: part for name, part in new.items() if part is not None} if None in read.values() else new


def replaced(plan: Plan, old: Document, read: Document) -> Document:
    """Return the value that takes the place of another one of several (RFC 7644 §3.5.2.3)."""
    for name in ("value", *plan.immutable_subs) if plan.is_reference else plan.immutable_subs:
        if old.get(name) is not None and name in read and old[name] != read[name]:
            # Another thing altogether: nothing that was said of the old one is true of it.
            return read
    return {**old, **read}


def _joined(draft: Draft, sub: Plan, old: Document, values: JSON) -> JSON:
    """Return the values of a sub-attribute that has several, with those that are added behind them."""
    before = old.get(sub.name)
    if not isinstance(before, list) or values is None:
        return values
    draft.spend(len(before))
    there = {identity(sub, value) for value in before}
    return before + [value for value in values if identity(sub, value) not in there]


def _drop_stale(draft: Draft, plan: Plan, new: Document, sent: Collection[str]) -> None:
    stale = [name for name in new if name not in sent]
    if stale and draft.allows(Tolerance.DROP_STALE_REFERENCE, plan.path):
        for name in stale:
            del new[name]
