"""The operations that turn one resource into another: ``apply(before, diff(before, after)).document == after``."""

from collections.abc import Hashable, Iterator

from scimcore.documents import JSON, Document
from scimcore.patch.identity import identity, is_primary
from scimcore.patch.plans import Plan, plans_of
from scimcore.schema.resource_type import ResourceType

# Where one value of so many is to go, all of them said anew are shorter than one removal each.
_WORTH_REPLACING = 2


def diff(before: Document, after: Document, resource_type: ResourceType) -> list[Document]:
    """Return the operations that make ``after`` of ``before``; few, each as small as it can be, all of RFC 7644 §3.5.2.

    What a client cannot write is left out (``id``, ``meta``, other readOnly attributes), and so is what no schema
    declares. The order of an attribute's values means nothing and is no difference (RFC 7643 §2.4).

    Args:
        before: A document in canonical form.
        after: Another one of the same type.
        resource_type: What they are.

    Returns:
        Operations as documents; none if there is no difference.
    """
    operations: list[Document] = []
    merged: Document = {}
    for attribute in resource_type.attributes:
        if attribute.name == "schemas":
            continue
        urn = attribute.name if attribute.name in resource_type.extension_urns else None
        if urn is None:
            pairs = [(plans_of(resource_type).at(None, attribute.name), before, after)]
        elif urn in before and urn not in after:
            operations.append({"op": "remove", "path": urn})
            continue
        else:
            old, new = before.get(urn, {}), after.get(urn, {})
            pairs = [(plan, old, new) for plan in plans_of(resource_type).of_extension(urn)]
        for plan, source, goal in pairs:
            if plan.read_only or source.get(plan.name) == goal.get(plan.name):
                continue
            for operation in _attribute(plan, source.get(plan.name), goal.get(plan.name)):
                if operation["op"] == "replace" and operation["path"] == plan.path:
                    container = merged if urn is None else merged.setdefault(urn, {})
                    container[plan.name] = operation["value"]
                else:
                    operations.append(operation)
    if merged:
        operations.insert(0, _replacement(merged, resource_type))
    return operations


def _replacement(merged: Document, resource_type: ResourceType) -> Document:
    """Put several replaced attributes into one operation without a path; a single one is said by its path."""
    if len(merged) == 1:
        [(name, value)] = merged.items()
        if name not in resource_type.extension_urns:
            return {"op": "replace", "path": name, "value": value}
        if len(value) == 1:
            [(inner, part)] = value.items()
            return {"op": "replace", "path": f"{name}:{inner}", "value": part}
    return {"op": "replace", "value": merged}


def _attribute(plan: Plan, before: JSON, after: JSON) -> Iterator[Document]:
    before, after = _writable(plan, before), _writable(plan, after)
    if before == after:
        return
    if after is None:
        yield {"op": "remove", "path": plan.path}
    elif before is None:
        yield {"op": "replace", "path": plan.path, "value": after}
    elif plan.many:
        yield from _values(plan, before, after)
    elif plan.complex:
        yield from _parts(plan, before, after)
    else:
        yield {"op": "replace", "path": plan.path, "value": after}


def _writable(plan: Plan, value: JSON) -> JSON:
    """Leave out the readOnly parts of a complex value; None if that leaves nothing."""
    if not plan.read_only_subs or value is None:
        return value
    if plan.many:
        return [left for element in value if (left := _writable(plan.element, element))] or None
    return {name: part for name, part in value.items() if name not in plan.read_only_subs} or None


def _parts(plan: Plan, before: Document, after: Document) -> Iterator[Document]:
    """Compare a complex value: what is not named in a replacement stays, so that null says what goes."""
    changed = {
        name: after.get(name)
        for name, sub in plan.subs.items()
        if not sub.read_only and before.get(name) != after.get(name)
    }
    if plan.is_reference and changed.get("value") is not None:
        # Of another resource everything is said anew: a service may forget what it knew of the one before.
        yield {"op": "replace", "path": plan.path, "value": {**changed, **after}}
    elif len(changed) == 1:
        [(name, value)] = changed.items()
        if value is None:
            yield {"op": "remove", "path": plan.subs[name].path}
        else:
            yield {"op": "replace", "path": plan.subs[name].path, "value": value}
    elif changed:
        yield {"op": "replace", "path": plan.path, "value": changed}


def _values(plan: Plan, before: list[JSON], after: list[JSON]) -> Iterator[Document]:
    """Compare the values of an attribute: remove and add what differs, or replace them all if that is shorter."""
    whole = {"op": "replace", "path": plan.path, "value": after}
    old, new = _by_identity(plan, before), _by_identity(plan, after)
    if len(old) != len(before) or len(new) != len(after):
        # The same value twice can be told from once only as a whole.
        yield whole
        return
    gone = [key for key, value in old.items() if new.get(key) != value]
    come = [value for key, value in new.items() if old.get(key) != value]
    if not gone and not come:
        return
    keys = [_key(plan, old[key], before) for key in gone]
    # A primary value that comes takes "primary" from others, which may not be what is to be.
    moves_primary = any(map(is_primary, come)) and any(is_primary(old[key]) for key in old)
    if moves_primary or None in keys or len(gone) * _WORTH_REPLACING > len(before) or (plan.required and gone):
        yield whole
        return
    for key in keys:
        yield {"op": "remove", "path": f'{plan.path}[value eq "{key}"]'}
    if come:
        yield {"op": "add", "path": plan.path, "value": come}


def _by_identity(plan: Plan, values: list[JSON]) -> dict[Hashable, JSON]:
    return {identity(plan, value): value for value in values}


def _key(plan: Plan, value: JSON, among: list[JSON]) -> str | None:
    """Return a text that selects this value by ``value`` and no other, or None."""
    key = value.get("value") if isinstance(value, dict) else None
    if not isinstance(key, str) or not key.isascii() or not key.isprintable() or '"' in key or "\\" in key:
        return None
    if plan.is_reference:
        return key
    lower = key.lower()
    same = sum(isinstance(each, dict) and str(each.get("value", "")).lower() == lower for each in among)
    return key if same == 1 else None
