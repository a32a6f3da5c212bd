"""Carry out ``add`` and ``replace`` (RFC 7644 §3.5.2.1, §3.5.2.3)."""

from scimcore.documents import JSON, Document, is_object, is_unassigned, printable
from scimcore.errors import InvalidPath, InvalidSyntax, InvalidValue, MutabilityViolation
from scimcore.patch.draft import Draft
from scimcore.patch.elements import Elements
from scimcore.patch.identity import frozen
from scimcore.patch.parts import Verb, merged, read_part, replaced, with_part
from scimcore.patch.plans import (
    Plan,
    blank,
    is_blank,
    no_match,
    plans_of,
    read_only,
    wrong_type,
)
from scimcore.patch.removal import remove_extension, remove_part, remove_parts, require_values
from scimcore.patch.targets import AnySelector, Target, plain_target
from scimcore.patch.tolerances import Tolerance


def set_value(draft: Draft, verb: Verb, target: Target, selector: AnySelector | None, value: JSON) -> None:
    """Add or replace what a path names.

    Args:
        draft: The document in the making.
        verb: ADD or REPLACE.
        target: What the path names.
        selector: Which of its values are meant, or None.
        value: The operation's value.
    """
    plan = target.plan
    if plan is None:
        _set_extension(draft, verb, target.path, value)
    elif selector is not None:
        _set_selected(draft, verb, target, plan, selector, value)
    elif target.sub is not None:
        _set_part(draft, verb, plan, target.sub, value)
    else:
        _set_attribute(draft, verb, plan, value)


def _set_attribute(draft: Draft, verb: Verb, plan: Plan, value: JSON) -> None:
    if plan.plain is not None and type(value) is plan.plain:
        if plan.required and is_blank(value):
            raise blank(plan)
        draft.put(plan, value)
    elif plan.name == "schemas" and plan.urn is None:
        _check_schemas(draft, verb, value)
    elif value is None or (plan.many and value == []):
        if verb is Verb.REPLACE or not plan.many:
            draft.unassign(plan)
    elif plan.many:
        if verb is Verb.REPLACE and not isinstance(value, list):
            raise wrong_type(plan.path, "an array", value)
        values = plan.read(value, draft.tolerances, draft.tolerated)
        if plan.immutable and values and _has_already(draft, verb, plan, values):
            return
        if verb is Verb.ADD:
            draft.many(plan).add(values)
        elif values:
            if plan.immutable:
                draft.require_unset(plan)
            draft.many(plan).replace_all(values)
        else:
            draft.unassign(plan)
    elif plan.complex:
        draft.put(plan, merged(draft, verb, plan, draft.get(plan), value))
    else:
        draft.put(plan, plan.read(value, draft.tolerances, draft.tolerated))


def _has_already(draft: Draft, verb: Verb, plan: Plan, values: list[JSON]) -> bool:
    """Tell whether an immutable attribute has these values already, so that nothing would change."""
    now = draft.get(plan)
    there = now.sayings() if isinstance(now, Elements) else set(map(frozen, now or ()))
    draft.spend(len(there))
    sent = set(map(frozen, values))
    return sent <= there if verb is Verb.ADD else sent == there


def _set_part(draft: Draft, verb: Verb, plan: Plan, sub: Plan, value: JSON) -> None:
    if plan.many:
        # Without a filter, the sub-attribute of every value is meant.
        elements = draft.many(plan)
        read = read_part(draft, sub, value)
        if read is not None and elements.is_empty():
            elements.add([{sub.name: read}])
        else:
            _set_parts(draft, verb, elements, elements.everywhere(), plan, sub, read)
        return
    read = read_part(draft, sub, value)
    if read is None:
        if verb is Verb.REPLACE or not sub.many:
            remove_part(draft, plan, sub)
    else:
        draft.put(plan, with_part(draft, verb, plan, draft.get(plan) or {}, sub, read))


def _set_selected(draft: Draft, verb: Verb, target: Target, plan: Plan, selector: AnySelector, value: JSON) -> None:
    sub = target.sub
    plain = sub is not None and value.__class__ is target.plain
    if sub is not None and plain and not plan.required_subs and draft.put_part(plan, selector, sub.name, value):
        return
    elements = draft.many(plan)
    positions = draft.chosen(plan, elements.find(selector))
    if not positions:
        _set_missing(draft, verb, plan, selector, sub, value)
    elif sub is not None and plain:
        elements.put_part(positions, sub.name, value)
    elif sub is not None:
        _set_parts(draft, verb, elements, positions, plan, sub, read_part(draft, sub, value))
    elif value is None:
        elements.discard(positions)
        require_values(plan, elements)
    elif plan.complex:
        if not is_object(value):
            raise wrong_type(plan.path, "an object", value, "RFC 7644 §3.5.2.3")
        read = plan.element.read(value, draft.tolerances, draft.tolerated)
        for position in positions:
            new = replaced(plan, elements.value_at(position), read)
            new = {name: part for name, part in new.items() if part is not None}
            if new:
                elements.put(position, new)
            else:
                elements.discard([position])
        elements.demote_others(positions)
        require_values(plan, elements)
    else:
        [read] = plan.read([value], draft.tolerances, draft.tolerated)
        for position in positions:
            elements.put(position, read)


def _set_parts(
    draft: Draft, verb: Verb, elements: Elements, positions: list[int], plan: Plan, sub: Plan, read: JSON
) -> None:
    if read is None:
        if verb is Verb.REPLACE or not sub.many:
            remove_parts(draft, elements, positions, plan, sub)
        return
    for position in positions:
        elements.put(position, with_part(draft, verb, plan, elements.value_at(position), sub, read))
    elements.demote_others(positions)


def _set_missing(draft: Draft, verb: Verb, plan: Plan, selector: AnySelector, sub: Plan | None, value: JSON) -> None:
    """Set something of a value that is not there."""
    tolerance = Tolerance.ADD_CREATES_VALUE if verb is Verb.ADD else Tolerance.REPLACE_CREATES_VALUE
    # Who is a member is never guessed from a filter.
    describes = selector.description is not None and plan.complex and not plan.is_reference
    path = plan.path if sub is None else sub.path
    if not (describes or is_unassigned(value)) or not draft.allows(tolerance, path):
        raise no_match(plan, "RFC 7644 §3.5.2.3" if verb is Verb.REPLACE else "RFC 7644 §3.12")
    if is_unassigned(value):
        return
    if sub is not None:
        made = {**(selector.description or {}), sub.name: value}
    elif is_object(value):
        made = {**(selector.description or {}), **value}
    else:
        raise wrong_type(plan.path, "an object", value, "RFC 7644 §3.5.2.1")
    for element in plan.read([made], draft.tolerances, draft.tolerated):
        draft.many(plan).append(element)


def merge(draft: Draft, verb: Verb, value: JSON) -> None:
    """Carry out an operation without a path: its value is a set of attributes."""
    if not is_object(value):
        raise wrong_type("value", "an object with attributes, since there is no path", value)
    for name, inner in _once(value):
        target = plain_target(name, draft.resource_type)
        # `urn:...:User:department` and `name.givenName` are paths (RFC 7644 §3.10), and no names in a resource.
        if target is None or target.sub is not None or (":" in name and target.plan is not None):
            _refuse_unknown(draft, name)
        elif target.plan is None:
            _set_extension(draft, verb, target.path, inner)
        elif type(inner) is target.plain:
            draft.put(target.plan, inner)
        elif target.plan.read_only:
            _ignore_read_only(draft, target.plan, inner)
        else:
            _set_attribute(draft, verb, target.plan, inner)


def _set_extension(draft: Draft, verb: Verb, urn: str, value: JSON) -> None:
    if value is None:
        remove_extension(draft, urn)
        return
    if not is_object(value):
        raise wrong_type(urn, "an object", value, "RFC 7643 §3.3")
    for name, inner in _once(value):
        reference = f"{urn}:{name}"
        found = draft.resource_type.find(reference)
        if found is None or len(found.keys) != 2:
            _refuse_unknown(draft, reference)
            continue
        plan = plans_of(draft.resource_type).at(urn, found.keys[1])
        if plan.read_only:
            _ignore_read_only(draft, plan, inner)
        else:
            _set_attribute(draft, verb, plan, inner)


def _refuse_unknown(draft: Draft, name: str) -> None:
    if not draft.allows(Tolerance.IGNORE_UNKNOWN_NAMES, printable(name)):
        raise InvalidPath(
            f"'{printable(name)}' is no attribute of {draft.resource_type.name}.",
            path=printable(name),
            rule="RFC 7644 §3.10",
        )


def _ignore_read_only(draft: Draft, plan: Plan, value: JSON) -> None:
    if not draft.allows(Tolerance.IGNORE_READ_ONLY, plan.path):
        raise read_only(plan)
    foreign = plan.name == "id" and plan.urn is None and value is not None and value != draft.before.get("id")
    if foreign and not draft.allows(Tolerance.IGNORE_FOREIGN_ID, "id"):
        raise MutabilityViolation(
            "The 'id' in the value is not that of the resource.", path="id", rule="RFC 7644 §3.5.2"
        )


def _check_schemas(draft: Draft, verb: Verb, value: JSON) -> None:
    """Check an operation on ``schemas``: it follows the data that the resource has, and is never set."""
    sent = value if isinstance(value, list) else [value]
    core = draft.resource_type.schema.id.lower()
    known = {core, *(urn.lower() for urn in draft.resource_type.extension_urns)}
    listed = {urn.lower() if isinstance(urn, str) else None for urn in sent}
    if listed <= known and (verb is Verb.ADD or core in listed):
        return
    if not draft.allows(Tolerance.IGNORE_UNKNOWN_SCHEMAS, "schemas"):
        raise InvalidValue(
            f"'schemas' must name '{draft.resource_type.schema.id}' and no other than its extensions.",
            path="schemas",
            rule="RFC 7643 §3",
        )


def _once(value: Document) -> list[tuple[str, JSON]]:
    """Return the members of an object, which must not differ in casing only."""
    if len(value) > 1 and len({name.lower() for name in value}) != len(value):
        raise InvalidSyntax("A value has a name twice; the two differ in casing only.", rule="RFC 7643 §2.1")
    return list(value.items())
