"""A host's store with everything that the service asks of one: what a store has not is done by what it has.

What a store can do is found out once for its class. Without ``Lookups``, resources are fetched one by one; without
``Memberships``, groups are searched by their members and written as whole documents; without ``Cursors``, there are no
cursors. A synchronous store is wrapped in coroutines that never suspend.
"""

import inspect
import logging
from collections.abc import Awaitable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from itertools import islice
from types import TracebackType
from typing import NamedTuple, Protocol, TypeGuard, cast

from scimcore.documents import Document, dumps
from scimcore.errors import InvalidFilter, NotFound, Unsupported
from scimcore.filter import Filter
from scimcore.patch.changes import MembershipDelta
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.storage import (
    AsyncCursors,
    AsyncLookups,
    AsyncMemberships,
    AsyncStorage,
    Changes,
    CursorPage,
    Cursors,
    Lookups,
    Memberships,
    Page,
    Position,
    Query,
    Storage,
    Stored,
)

_log = logging.getLogger("scimcore")


class Capabilities(NamedTuple):
    """Which of the further protocols a store has.

    Attributes:
        lookups: Whether it has ``Lookups``.
        memberships: Whether it has ``Memberships``.
        cursors: Whether it has ``Cursors``.
        joins_groups: Whether what it has read outside of a transaction has ``groups`` already.
    """

    lookups: bool
    memberships: bool
    cursors: bool
    joins_groups: bool = False


def capabilities(storage: object) -> Capabilities:
    """Say what a store can do. Its class is looked at once."""
    kind = type(storage)
    known = _known.get(kind)
    if known is None:
        rows = issubclass(kind, Memberships)
        joins = rows and getattr(kind, "joins_groups", False) is True
        known = _known[kind] = Capabilities(issubclass(kind, Lookups), rows, issubclass(kind, Cursors), joins)
    return known


# A program has few classes of stores, and they stay.
_known: dict[type, Capabilities] = {}


def is_store(storage: object) -> TypeGuard[Storage | AsyncStorage]:
    """Tell a store from a function that finds one."""
    return hasattr(storage, "fetch")


def is_async(storage: Storage | AsyncStorage) -> bool:
    """Tell whether a store's calls are coroutines."""
    return inspect.iscoroutinefunction(storage.fetch)


class _Complete(Storage, Lookups, Memberships, Cursors, Protocol):
    """A store as it is spoken to: whether it has a protocol, ``capabilities`` says."""


class _AsyncComplete(AsyncStorage, AsyncLookups, AsyncMemberships, AsyncCursors, Protocol):
    """The same in coroutines."""


class Store:
    """A store, asynchronous or made so, and what it can do.

    Attributes:
        storage: The store.
        can: What it can do.
        fetch: The store's own.
        search: The store's own.
        insert: The store's own.
        update: The store's own.
        delete: The store's own.
    """

    __slots__ = ("_complete", "can", "delete", "fetch", "insert", "search", "storage", "update")

    def __init__(self, storage: "AsyncStorage | Immediate") -> None:
        self.storage = storage
        self._complete = cast(_AsyncComplete, storage)
        self.can = capabilities(storage.synchronous if isinstance(storage, Immediate) else storage)
        # As they are: a call of the store costs no call more.
        self.fetch = storage.fetch
        self.search = storage.search
        self.insert = storage.insert
        self.update = storage.update
        self.delete = storage.delete

    @property
    def memberships(self) -> AsyncMemberships | None:
        """The store's way to change single members, if it has one."""
        return self._complete if self.can.memberships else None

    @property
    def cursors(self) -> AsyncCursors | None:
        """The store's way to go on from a position, if it has one."""
        return self._complete if self.can.cursors else None

    def transaction(self) -> "AbstractAsyncContextManager[Store]":
        """Open a transaction: see :meth:`~scimcore.storage.Storage.transaction`."""
        if isinstance(self.storage, Immediate):
            return _ImmediateTransaction(self, self.storage.synchronous)
        return _Transaction(self)

    def fetch_many(
        self, resource_types: Sequence[ResourceType], ids: Collection[str], selection: Selection = DEFAULT_SELECTION
    ) -> Awaitable[Sequence[Stored]]:
        """Return those of the resources that there are, in any order."""
        # What a store does itself costs no coroutine more.
        many = self._complete.fetch_many if self.can.lookups and ids else self._fetch_each
        return many(resource_types, ids, selection)

    async def _fetch_each(
        self, resource_types: Sequence[ResourceType], ids: Collection[str], selection: Selection
    ) -> Sequence[Stored]:
        found = []
        for id in ids:
            for resource_type in resource_types:
                try:
                    found.append(await self.fetch(resource_type, id, selection))
                except NotFound:
                    continue
                break
        return found

    def groups_of(
        self, group_types: Sequence[ResourceType], ids: Collection[str]
    ) -> Awaitable[Mapping[str, Sequence[Document]]]:
        """Return the groups that list each of the ids: ``{"value": ..., "display": ...}`` of each group."""
        return self._complete.memberships(ids) if self.can.memberships else self._search_groups(group_types, ids)

    async def _search_groups(
        self, group_types: Sequence[ResourceType], ids: Collection[str]
    ) -> Mapping[str, Sequence[Document]]:
        found: dict[str, list[Document]] = {}
        pending = iter(ids)
        while some := frozenset(islice(pending, _AT_ONCE)):
            for group in await self.groups_with(group_types, some, _NAME_AND_MEMBERS):
                reference = {"value": group.id}
                if "displayName" in group.document:
                    reference["display"] = group.document["displayName"]
                for id in some.intersection(member_ids(group.document)):
                    found.setdefault(id, []).append(reference)
        return found

    async def groups_with(
        self, group_types: Sequence[ResourceType], ids: Collection[str], selection: Selection = DEFAULT_SELECTION
    ) -> list[Stored]:
        """Search the groups that list one of a few ids at least; none if the store cannot search by members."""
        found: list[Stored] = []
        # Quoted as JSON is; a host's ids may hold anything.
        text = " or ".join(f"members.value eq {dumps(id).decode()}" for id in ids)
        for group_type in group_types:
            filter, start = Filter(text, group_type), 1
            while True:
                query = Query((group_type,), filter, start_index=start, count=_PAGE, selection=selection)
                try:
                    page = await self.search(query)
                except (InvalidFilter, Unsupported):
                    _tell_once(self.storage.synchronous if isinstance(self.storage, Immediate) else self.storage)
                    return []
                # A filter does not mind case, an id does.
                found += [group for group in page.resources if not set(ids).isdisjoint(member_ids(group.document))]
                start += len(page.resources)
                if start > page.total_results or not page.resources:
                    break
        return found


_PAGE = 500
_AT_ONCE = 100
_NAME_AND_MEMBERS = Selection(("displayName", "members"))


_told: set[type] = set()


def _tell_once(storage: object) -> None:
    """Tell the host what its store cannot do. The client has not asked for it, and gets its answer."""
    kind = type(storage)
    if kind not in _told:
        _told.add(kind)
        _log.warning(
            "%s refuses to search by members.value: groups of users are not shown, and whoever is deleted stays in "
            "groups. See scimcore.storage.Memberships.",
            kind.__qualname__,
        )


def member_ids(group: Document) -> Iterator[str]:
    """Yield whom a group lists."""
    return (member["value"] for member in group.get("members", ()) if "value" in member)


class _Transaction:
    """A store's transaction, which gives a store that can do the same."""

    __slots__ = ("_entered", "_store")

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entered: AbstractAsyncContextManager[AsyncStorage] = store._complete.transaction()

    async def __aenter__(self) -> Store:
        storage = await self._entered.__aenter__()
        return self._store if storage is self._store.storage else Store(storage)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._entered.__aexit__(kind, error, trace)


class Immediate:
    """A synchronous store behind coroutines that never suspend.

    It has the methods of all protocols but transactions, which are entered otherwise; which of them the store has,
    ``capabilities`` says.
    """

    __slots__ = ("synchronous",)

    def __init__(self, storage: Storage) -> None:
        self.synchronous = cast(_Complete, storage)

    async def fetch(self, resource_type: ResourceType, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        """Call the store."""
        return self.synchronous.fetch(resource_type, id, selection)

    async def search(self, query: Query, /) -> Page:
        """Call the store."""
        return self.synchronous.search(query)

    async def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        """Call the store."""
        return self.synchronous.insert(resource_type, document)

    async def update(
        self, resource_type: ResourceType, before: Stored, document: Document, changes: Changes, /
    ) -> Stored:
        """Call the store."""
        return self.synchronous.update(resource_type, before, document, changes)

    async def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        """Call the store."""
        self.synchronous.delete(resource_type, before)

    async def fetch_many(
        self, resource_types: Sequence[ResourceType], ids: Collection[str], selection: Selection = DEFAULT_SELECTION, /
    ) -> Sequence[Stored]:
        """Call the store."""
        return self.synchronous.fetch_many(resource_types, ids, selection)

    async def members(self, resource_type: ResourceType, id: str, values: Collection[str], /) -> Sequence[Document]:
        """Call the store."""
        return self.synchronous.members(resource_type, id, values)

    async def memberships(self, ids: Collection[str], /) -> Mapping[str, Sequence[Document]]:
        """Call the store."""
        return self.synchronous.memberships(ids)

    async def update_members(
        self, resource_type: ResourceType, before: Stored, document: Document, delta: MembershipDelta, /
    ) -> Stored:
        """Call the store."""
        return self.synchronous.update_members(resource_type, before, document, delta)

    async def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
        """Call the store."""
        return self.synchronous.search_from(query, position)


class _ImmediateTransaction:
    """A synchronous store's transaction, entered and left by ``async with``."""

    __slots__ = ("_store", "_synchronous", "_transaction")

    def __init__(self, store: Store, synchronous: Storage) -> None:
        self._store = store
        self._synchronous = synchronous
        self._transaction: AbstractContextManager[Storage] = synchronous.transaction()

    async def __aenter__(self) -> Store:
        storage = self._transaction.__enter__()
        return self._store if storage is self._synchronous else Store(Immediate(storage))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._transaction.__exit__(kind, error, trace)
