"""Memberships as changes: what one member more or less costs in a group of a hundred thousand.

A PATCH that names the members it is about is applied to the group with those members alone: what it means is decided by
the ordinary patch engine, on a small document. All others, a ``replace`` of all members for example, take the whole
group. A deleted resource leaves the groups that list it.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from scimcore.documents import JSON, Document
from scimcore.errors import NotFound, ScimError, VersionMismatch
from scimcore.patch.changes import MembershipDelta
from scimcore.patch.limits import DEFAULT_PATCH_LIMITS
from scimcore.patch.targets import target_of
from scimcore.patch.tolerances import Tolerance
from scimcore.projection import Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.meta import next_meta
from scimcore.service.referring import MEMBERS, TypeReferences
from scimcore.service.requests import PatchResource
from scimcore.service.store import Store
from scimcore.storage import AsyncMemberships, Stored

WITHOUT_MEMBERS = Selection(excluded_attributes=(MEMBERS,))


class Overtaken(VersionMismatch):
    """Another write has come between, to a resource that the client has named no version of."""


class Small(NamedTuple):
    """A group with the members that a request is about, and no others.

    Attributes:
        group: As the store returns it, without ``members``.
        document: With the members that were asked for and are there.
    """

    group: Stored
    document: Document


async def small_group(operation: PatchResource, references: TypeReferences, store: Store) -> Small | None:
    """Fetch as much of a group as a PATCH needs to see; None if that is all of it, or the store knows no less.

    Raises:
        NotFound: If there is no such group.
    """
    memberships = store.memberships
    if memberships is None or references.members is None or references.members.attribute.sub("primary") is not None:
        return None
    named = _members_named(operation)
    if named is None:
        return None
    group = await store.fetch(operation.resource_type, operation.id, WITHOUT_MEMBERS)
    document = {name: value for name, value in group.document.items() if name != MEMBERS}
    ids = dict.fromkeys((*named.added, *named.removed))
    if ids:
        present = await memberships.members(operation.resource_type, operation.id, tuple(ids))
        # A filter does not mind case. Who is not found as he was written may be there as another one.
        if not {member["value"] for member in present}.issuperset(named.removed):
            return None
        if present:
            document[MEMBERS] = list(present)
    return Small(group, document)


class _Named(NamedTuple):
    """The ids of the members that a request is about."""

    added: list[str]
    removed: list[str]


def _members_named(operation: PatchResource) -> _Named | None:
    """Read which members a PATCH is about; None if it may be about all of them, or is malformed."""
    named = _Named([], [])
    for each in operation.operations:
        if not isinstance(each, dict) or not _add(named, each, operation):
            return None
    return named


def _add(named: _Named, each: Document, operation: PatchResource) -> bool:
    """Take note of the members that one operation names; False if it names none and yet is about them."""
    verb, path, value = each.get("op"), each.get("path"), each.get("value")
    if path is None:
        return _add_merged(named, verb, value, operation.resource_type)
    if not isinstance(path, str):
        return False
    try:
        target, selector = target_of(
            path, operation.resource_type, operation.tolerances, DEFAULT_PATCH_LIMITS.max_path_characters
        )
    except ScimError:
        return False
    if target.plan is None or target.plan.path != MEMBERS:
        return True
    if target.sub is not None:
        return False
    if verb == "add" and selector is None:
        return _note(named.added, value)
    if verb == "remove" and selector is not None and selector.exact_key and selector.key is not None:
        named.removed.append(selector.key)
        return True
    if verb == "remove" and selector is None and Tolerance.REMOVE_LISTED_VALUES in operation.tolerances and value:
        return _note(named.removed, value)
    return False


def _add_merged(named: _Named, verb: JSON, value: JSON, resource_type: ResourceType) -> bool:
    """Take note of the members inside the value of an operation without a path."""
    if not isinstance(value, dict):
        return False
    for name, part in value.items():
        found = resource_type.find(name) if isinstance(name, str) else None
        if found is None:
            return False
        if found.keys[0] == MEMBERS and not (verb == "add" and _note(named.added, part)):
            return False
    return True


def _note(ids: list[str], value: JSON) -> bool:
    elements = value if isinstance(value, list) else [value]
    for element in elements:
        id = element.get("value") if isinstance(element, dict) else None
        if not isinstance(id, str):
            return False
        ids.append(id)
    return True


# Leaving -----------------------------------------------------------------------------------------------------------


class Left(NamedTuple):
    """A group that a deleted resource was a member of."""

    resource_type: ResourceType
    id: str
    delta: MembershipDelta


async def leave_groups(references: TypeReferences, id: str, store: Store, now: datetime) -> list[Left]:
    """Take a resource out of all groups that list it; each gets a new version.

    Raises:
        Overtaken: If one of the groups was changed meanwhile.
    """
    if not references.group_types:
        return []
    try:
        if store.memberships is None:
            return [left async for left in _leave_documents(references, id, store, now)]
        return [left async for left in _leave_rows(references, id, store, store.memberships, now)]
    except (VersionMismatch, NotFound):
        raise Overtaken("A group of the resource was changed by others again and again.") from None


async def _leave_rows(
    references: TypeReferences, id: str, store: Store, memberships: AsyncMemberships, now: datetime
) -> AsyncIterator[Left]:
    listed = (await memberships.memberships((id,))).get(id, ())
    ids = [group["value"] for group in listed]
    for resource_type, group in _typed(
        await store.fetch_many(references.group_types, ids, WITHOUT_MEMBERS), references.group_types
    ):
        if group.id == id and resource_type is references.resource_type:
            # A group that lists itself goes as a whole: to write it before would leave an older one to be deleted.
            continue
        removed = tuple(await memberships.members(resource_type, group.id, (id,)))
        delta = MembershipDelta(MEMBERS, removed=removed)
        await memberships.update_members(resource_type, group, _successor(group, resource_type, now), delta)
        yield Left(resource_type, group.id, delta)


async def _leave_documents(references: TypeReferences, id: str, store: Store, now: datetime) -> AsyncIterator[Left]:
    for resource_type, group in _typed(await store.groups_with(references.group_types, (id,)), references.group_types):
        if group.id == id and resource_type is references.resource_type:
            continue
        members = group.document[MEMBERS]
        removed = tuple(member for member in members if member.get("value") == id)
        left = [member for member in members if member.get("value") != id]
        document = _successor(group, resource_type, now)
        if left:
            document[MEMBERS] = left
        delta = MembershipDelta(MEMBERS, removed=removed)
        await store.update(resource_type, group, document, (delta,))
        yield Left(resource_type, group.id, delta)


def _typed(groups: Iterable[Stored], group_types: tuple[ResourceType, ...]) -> Iterator[tuple[ResourceType, Stored]]:
    by_schema = {each.schema.id: each for each in group_types}
    for group in groups:
        yield next(by_schema[urn] for urn in group.document["schemas"] if urn in by_schema), group


def _successor(group: Stored, resource_type: ResourceType, now: datetime) -> Document:
    document = {name: value for name, value in group.document.items() if name != MEMBERS}
    return {**document, "id": group.id, "meta": next_meta(group, resource_type, now)}
