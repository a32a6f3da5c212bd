"""What a whole document changes in the place of another: for PUT and POST what ``patch.apply`` reports of a PATCH.

Top-level attributes are compared as wholes first, which tells nearly all of them at once.
"""

from collections.abc import Sequence

from scimcore.documents import JSON, Document
from scimcore.patch.changes import AnyChange, Change, MembershipDelta
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResourceType

# They are no attributes that a client changes.
_OWN = frozenset({"schemas", "id", "meta"})


def changes_between(before: Document, after: Document, resource_type: ResourceType) -> list[AnyChange]:
    """Compare two documents.

    Args:
        before: In canonical form; empty for a resource that is new.
        after: In canonical form.
        resource_type: What they are.

    Returns:
        A change for each attribute with one value or part of it that differs, and for each attribute with several
        values; a :class:`~scimcore.patch.changes.MembershipDelta` where the values refer to resources. Of what is
        ``returned: never``, the path alone.
    """
    changes: list[AnyChange] = []
    for attribute in resource_type.attributes:
        name = attribute.name
        old, new = before.get(name), after.get(name)
        if old == new or name in _OWN:
            continue
        if name in resource_type.extension_urns:
            old, new = old or {}, new or {}
            for inner in attribute.sub_attributes:
                changes += changes_of(inner, f"{name}:{inner.name}", old.get(inner.name), new.get(inner.name))
        else:
            changes += changes_of(attribute, name, old, new)
    return changes


def changes_of(attribute: Attribute, path: str, old: JSON, new: JSON) -> list[AnyChange]:
    """Compare two values of an attribute; None is no value."""
    if old == new:
        return []
    if attribute.is_secret:
        return [Change(path, None, None)]
    if attribute.type is not AttributeType.COMPLEX:
        return [Change(path, old, new)]
    if attribute.multi_valued:
        if is_reference(attribute):
            return [membership_delta(path, old or (), new or ())]
        return [shown(attribute, Change(path, old, new))]
    old, new = old or {}, new or {}
    return [
        change
        for sub in attribute.sub_attributes
        for change in changes_of(sub, f"{path}.{sub.name}", old.get(sub.name), new.get(sub.name))
    ]


def membership_delta(path: str, old: Sequence[Document], new: Sequence[Document]) -> MembershipDelta:
    """Compare the values of an attribute that refers to resources; the same reference twice is one."""
    left = {element.get("value"): element for element in old}
    added: list[Document] = []
    updated: list[tuple[Document, Document]] = []
    seen: set[JSON] = set()
    for element in new:
        value = element.get("value")
        if value in seen:
            continue
        seen.add(value)
        was = left.pop(value, None)
        if was is None:
            added.append(element)
        elif was != element:
            updated.append((was, element))
    return MembershipDelta(path, tuple(added), tuple(left.values()), tuple(updated))


def shown(attribute: Attribute, change: Change) -> Change:
    """Leave out the values of an attribute that has a secret among its parts."""
    if any(sub.is_secret for sub in attribute.sub_attributes):
        return Change(change.path, None, None)
    return change


def is_reference(attribute: Attribute) -> bool:
    """Tell whether the values of an attribute name resources by ``value``, and ``$ref`` where they are."""
    return attribute.sub("value") is not None and attribute.sub("$ref") is not None
