"""How each operation is carried out: the order of storage calls, written once for all stores and both doors.

``perform`` is a coroutine over an :class:`~scimcore.storage.AsyncStorage`; a synchronous store is wrapped in coroutines
that never suspend (:mod:`scimcore.handler`). What goes in was read by ``requests``; what comes out is written by
``responses``.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias, assert_never

from scimcore.documents import Document
from scimcore.errors import VersionMismatch
from scimcore.patch.operations import apply
from scimcore.projection import Selection
from scimcore.schema.characteristics import Mutability
from scimcore.schema.resource_type import ResourceType
from scimcore.service import profiling
from scimcore.service.meta import first_meta, next_meta
from scimcore.service.preconditions import Preconditions
from scimcore.service.provider import Provider
from scimcore.service.requests import (
    CreateResource,
    DeleteResource,
    ListDescriptions,
    ListResources,
    Operation,
    PatchResource,
    ReadDescription,
    ReadResource,
    ReplaceResource,
)
from scimcore.storage import AsyncStorage, Changes, Page, Query, Stored


class Shown(NamedTuple):
    """One resource is answered: 200, or 201 for a new one.

    Attributes:
        tolerated: The names of the quirks of the caller's dialect that were needed to understand the request.
    """

    status: int
    resource_type: ResourceType
    stored: Stored
    selection: Selection
    tolerated: tuple[str, ...] = ()


class Listed(NamedTuple):
    """A page of resources is answered."""

    query: Query
    page: Page

    @property
    def tolerated(self) -> tuple[str, ...]:
        """The names of the quirks that were needed to understand the filter."""
        filter = self.query.filter
        return () if filter is None else tuple(use.tolerance.value for use in filter.tolerated)


class Unchanged(NamedTuple):
    """The client has this version already: 304."""

    version: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """There is nothing to show any more: 204."""


class Described(NamedTuple):
    """One discovery document is answered."""

    document: Document


class DescribedAll(NamedTuple):
    """All documents of a discovery endpoint are answered."""

    documents: tuple[Document, ...]


Result: TypeAlias = Shown | Listed | Unchanged | Deleted | Described | DescribedAll


# A new document, what is different in it, and the names of the quirks that were understood to make it.
_Change: TypeAlias = tuple[Document, Changes, tuple[str, ...]]


async def perform(operation: Operation, provider: Provider, storage: AsyncStorage) -> Result:
    """Carry out one operation.

    A failure changes nothing: whatever is written is written in one transaction, by its last call.

    Raises:
        ScimError: Whatever the operation, the rules or the store have against it.
    """
    match operation:
        case ReadResource():
            return await _read(operation, storage)
        case ListResources():
            return Listed(operation.query, await storage.search(operation.query))
        case CreateResource():
            return await _create(operation, provider, storage)
        case ReplaceResource():
            return await _replace(operation, provider, storage)
        case PatchResource():
            return await _patch(operation, provider, storage)
        case DeleteResource():
            return await _delete(operation, provider, storage)
        case ReadDescription():
            return Described(operation.document)
        case ListDescriptions():
            return DescribedAll(operation.documents)
        case _:
            assert_never(operation)


async def _read(operation: ReadResource, storage: AsyncStorage) -> Result:
    stored = await storage.fetch(operation.resource_type, operation.id, operation.selection)
    if operation.preconditions.given and operation.preconditions.unchanged(stored.version):
        return Unchanged(stored.version)
    return Shown(200, operation.resource_type, stored, operation.selection)


async def _create(operation: CreateResource, provider: Provider, storage: AsyncStorage) -> Result:
    accepted, _ = profiling.accepted(operation.payload, operation.resource_type, provider.profile)
    document = {
        "schemas": accepted["schemas"],
        "id": provider.new_id(),
        **accepted,
        "meta": first_meta(operation.resource_type, provider.now()),
    }
    async with storage.transaction() as transaction:
        # References (members' $ref, type and display, a user's groups) will be completed here, before they are stored.
        stored = await transaction.insert(operation.resource_type, document)
    return Shown(201, operation.resource_type, stored, operation.selection, operation.tolerated)


async def _replace(operation: ReplaceResource, provider: Provider, storage: AsyncStorage) -> Result:
    resource_type = operation.resource_type

    def replacement(before: Stored) -> _Change:
        accepted, _ = profiling.accepted(operation.payload, resource_type, provider.profile, before.document)
        # `id` in the body is readOnly and means nothing, even if it is another one: the URL says which resource.
        kept = {name: before.document[name] for name in _read_only(resource_type) if name in before.document}
        return {**kept, **accepted}, None, ()

    return await _change(operation, replacement, provider, storage)


async def _patch(operation: PatchResource, provider: Provider, storage: AsyncStorage) -> Result:
    def patched(before: Stored) -> _Change:
        resource_type, profile = operation.resource_type, provider.profile
        operations = profiling.readable(operation.operations, resource_type, profile)
        result = apply(before.document, operations, resource_type, operation.tolerances)
        document, _ = profiling.patched(result.document, resource_type, profile, before.document)
        # What the profile has put right is among no changes.
        changes = result.changes if document is result.document else None
        return document, changes, tuple(use.quirk for use in result.tolerated)

    return await _change(operation, patched, provider, storage)


async def _change(
    operation: ReplaceResource | PatchResource,
    change: Callable[[Stored], _Change],
    provider: Provider,
    storage: AsyncStorage,
) -> Result:
    """Fetch, change, write; again from the start when another write came in between."""

    async def attempt() -> Result:
        async with storage.transaction() as transaction:
            stored = await transaction.fetch(operation.resource_type, operation.id)
            operation.preconditions.permit(stored.version)
            document, changes, tolerated = change(stored)
            after = _successor(stored, document, operation.resource_type, provider)
            if after is not None:
                stored = await transaction.update(operation.resource_type, stored, after, changes)
        tolerated = (*operation.tolerated, *tolerated)
        return Shown(200, operation.resource_type, stored, operation.selection, tolerated)

    return await _persist(attempt, operation.preconditions, provider)


async def _delete(operation: DeleteResource, provider: Provider, storage: AsyncStorage) -> Result:
    async def attempt() -> Result:
        async with storage.transaction() as transaction:
            stored = await transaction.fetch(operation.resource_type, operation.id, _ID_ONLY)
            operation.preconditions.permit(stored.version)
            await transaction.delete(operation.resource_type, stored)
        return Deleted()

    return await _persist(attempt, operation.preconditions, provider)


_ID_ONLY = Selection(("id",))


async def _persist(
    attempt: Callable[[], Awaitable[Result]], preconditions: Preconditions, provider: Provider
) -> Result:
    """Try a write that others may overtake.

    A client that named a version is told when it is another one. All others want their change made to whatever is
    there, so it is made again, a bounded number of times.
    """
    retries = 0 if preconditions.given else provider.update_attempts - 1
    for _ in range(retries):
        try:
            return await attempt()
        except VersionMismatch:
            continue
    return await attempt()


def _successor(stored: Stored, document: Document, resource_type: ResourceType, provider: Provider) -> Document | None:
    """Make a changed document complete; None if nothing has changed, so that version and time stay.

    RFC 7644 §3.5.2.
    """
    # `id` and `meta` are the library's: whatever the change did to them, they are compared as they were.
    rest = {name: value for name, value in document.items() if name not in _OWN}
    if rest == {name: value for name, value in stored.document.items() if name not in _OWN}:
        return None
    # References (members' $ref, type and display) will be completed here, as in `_create`.
    meta = next_meta(stored, resource_type, provider.now())
    return {"schemas": document["schemas"], "id": stored.id, **rest, "meta": meta}


_OWN = frozenset({"id", "meta"})


@lru_cache(maxsize=256)
def _read_only(resource_type: ResourceType) -> tuple[str, ...]:
    """The attributes that no client can write, and that therefore outlive a PUT."""
    return tuple(a.name for a in resource_type.attributes if a.mutability is Mutability.READ_ONLY)
