"""Carry out ``remove`` (RFC 7644 §3.5.2.2), and whatever else takes values away."""

from scimcore.documents import JSON, Document, is_object
from scimcore.errors import InvalidValue
from scimcore.patch.draft import Draft
from scimcore.patch.elements import Elements
from scimcore.patch.plans import LABELS, Plan, immutable, no_match, plans_of, still_required, wrong_type
from scimcore.patch.targets import AnySelector, KeySelector, Selector, Target
from scimcore.patch.tolerances import Tolerance


def remove(draft: Draft, target: Target, selector: AnySelector | None, value: JSON) -> None:
    """Remove what a path names.

    Args:
        draft: The document in the making.
        target: What the path names.
        selector: Which of its values are meant, or None.
        value: What came with it, or None; the RFC gives it no meaning.
    """
    plan = target.plan
    if plan is None:
        remove_extension(draft, target.path)
    elif selector is not None:
        _remove_selected(draft, plan, selector, target.sub)
    elif target.sub is not None:
        remove_part(draft, plan, target.sub)
    elif value is not None and plan.many and draft.allows(Tolerance.REMOVE_LISTED_VALUES, plan.path):
        _remove_listed(draft, plan, value)
    else:
        draft.unassign(plan)


def remove_part(draft: Draft, plan: Plan, sub: Plan) -> None:
    """Remove a sub-attribute, of all values if there are several."""
    if sub.required:
        raise still_required(sub)
    if plan.many:
        elements = draft.many(plan)
        remove_parts(draft, elements, elements.everywhere(), plan, sub)
        return
    old = draft.get(plan)
    if old and sub.name in old:
        left = _without(old, sub)
        stale = bool(left) and plan.is_reference and sub.name == "value"
        draft.put(plan, {} if stale and draft.allows(Tolerance.DROP_STALE_REFERENCE, plan.path) else left)


def _remove_selected(draft: Draft, plan: Plan, selector: AnySelector, sub: Plan | None) -> None:
    elements = draft.many(plan)
    if sub is None and isinstance(selector, KeySelector) and elements.discard_key(selector.key):
        require_values(plan, elements)
        return
    positions = draft.chosen(plan, elements.find(selector))
    if not positions:
        # "If the user was not a member of this group, no changes should be made" (RFC 7644 §3.5.2.2).
        if plan.is_reference:
            return
        if not draft.allows(Tolerance.REMOVE_NOTHING, plan.path):
            raise no_match(plan)
    elif sub is None:
        elements.discard(positions)
        require_values(plan, elements)
    else:
        if sub.required:
            raise still_required(sub)
        remove_parts(draft, elements, positions, plan, sub)


def remove_parts(draft: Draft, elements: Elements, positions: list[int], plan: Plan, sub: Plan) -> None:
    """Remove a sub-attribute of some values; a value without parts goes."""
    for position in positions:
        old = elements.value_at(position)
        if sub.name not in old:
            continue
        left = _without(old, sub)
        bare = left.keys() <= LABELS and sub.name not in LABELS
        if left and bare and draft.allows(Tolerance.DROP_BARE_LABELS, plan.path):
            left = {}
        if left:
            elements.put(position, left)
        else:
            elements.discard([position])
    require_values(plan, elements)


def _remove_listed(draft: Draft, plan: Plan, value: JSON) -> None:
    """Remove the values that an operation lists: by what they refer to, or by all that is said of them."""
    elements = draft.many(plan)
    if is_object(value) and [name.lower() for name in value] == [plan.name.lower()]:
        # {"members": [...]}: as in a value without a path.
        [value] = value.values()
    for listed in value if isinstance(value, list) else [value]:
        described = {"value": listed} if plan.complex and isinstance(listed, str) else listed
        if plan.complex and not is_object(described):
            raise wrong_type(plan.path, "an object", listed)
        elements.discard(elements.find(_listed(plan, described)))
    require_values(plan, elements)


def require_values(plan: Plan, elements: Elements) -> None:
    """Raise MutabilityViolation if a required attribute has no value left."""
    if plan.required and elements.is_empty():
        raise still_required(plan)


def remove_extension(draft: Draft, urn: str) -> None:
    """Remove all attributes of an extension that a client can write."""
    plans = plans_of(draft.resource_type).of_extension(urn)
    for plan in plans:
        if not plan.read_only and draft.get(plan) is not None:
            draft.unassign(plan)


def _listed(plan: Plan, listed: JSON) -> AnySelector:
    """Describe the values that are meant by one that was listed; nulls say nothing."""
    if not is_object(listed):
        return Selector(lambda element: bool(element == listed))
    by_lower = {name.lower(): part for name, part in listed.items() if part is not None}
    key = by_lower.get("value")
    if plan.is_reference and isinstance(key, str):
        return KeySelector(key)
    wanted = {name: by_lower[name.lower()] for name in plan.subs if name.lower() in by_lower}
    if by_lower and not wanted:
        raise InvalidValue(
            f"A value of '{plan.path}' to be removed is named by its sub-attributes, for example 'value'.",
            path=plan.path,
            rule="RFC 7644 §3.5.2.2",
        )

    def matches(element: JSON) -> bool:
        return bool(wanted) and all(_says(element, name, part) for name, part in wanted.items())

    return Selector(matches, key if isinstance(key, str) else None)


def _says(element: Document, name: str, part: JSON) -> bool:
    """Tell whether a value has a part; one that is not primary need not say so (RFC 7643 §2.4)."""
    return bool(element.get(name, False if name == "primary" else None) == part)


def _without(old: Document, sub: Plan) -> Document:
    if sub.immutable and sub.name in old:
        raise immutable(sub)
    return {name: part for name, part in old.items() if name != sub.name}
