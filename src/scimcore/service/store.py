"""A host's store with everything that the service asks of one: what a store has not is done by what it has.

What a store can do is found out once for its class. Without ``Lookups``, resources are fetched one by one; without
``Memberships``, groups are searched by their members and written as whole documents; without ``Cursors``, there are no
cursors. A synchronous store is wrapped in coroutines by its door (``scimcore.handler.ImmediateStore``).
"""

import inspect
import logging
from collections.abc import Awaitable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import islice
from types import TracebackType
from typing import NamedTuple, Protocol, TypeGuard, cast

from scimcore.documents import Document, dumps
from scimcore.errors import InvalidFilter, NotFound, Unsupported
from scimcore.filter import Filter
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.storage import (
    AsyncCursors,
    AsyncLookups,
    AsyncMemberships,
    AsyncStorage,
    Cursors,
    Lookups,
    Memberships,
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


class AsyncComplete(AsyncStorage, AsyncLookups, AsyncMemberships, AsyncCursors, Protocol):
    """A store as it is spoken to, in coroutines: whether it has a protocol, ``capabilities`` says."""


class Store:
    """A store, asynchronous or made so, and what it can do. One that is synchronous is an ``ImmediateStore``.

    Attributes:
        storage: The host's store.
        can: What it can do.
        complete: The store, in coroutines.
        fetch: The store's own.
        search: The store's own.
        insert: The store's own.
        update: The store's own.
        delete: The store's own.
    """

    __slots__ = ("can", "complete", "delete", "fetch", "insert", "search", "storage", "update")

    def __init__(self, storage: Storage | AsyncStorage, complete: AsyncComplete) -> None:
        """Look at what a store can do.

        Args:
            storage: The host's store.
            complete: The same in coroutines, which may lack what the store cannot do.
        """
        self.storage = storage
        self.complete = complete
        self.can = capabilities(storage)
        # As they are: a call of the store costs no call more.
        self.fetch = complete.fetch
        self.search = complete.search
        self.insert = complete.insert
        self.update = complete.update
        self.delete = complete.delete

    @classmethod
    def of(cls, storage: AsyncStorage) -> "Store":
        """Speak to an asynchronous store."""
        return Store(storage, cast(AsyncComplete, storage))

    @property
    def memberships(self) -> AsyncMemberships | None:
        """The store's way to change single members, if it has one."""
        return self.complete if self.can.memberships else None

    @property
    def cursors(self) -> AsyncCursors | None:
        """The store's way to go on from a position, if it has one."""
        return self.complete if self.can.cursors else None

    def transaction(self) -> "AbstractAsyncContextManager[Store]":
        """Open a transaction: see :meth:`~scimcore.storage.Storage.transaction`."""
        return _Transaction(self)

    def fetch_many(
        self, resource_types: Sequence[ResourceType], ids: Collection[str], selection: Selection = DEFAULT_SELECTION
    ) -> Awaitable[Sequence[Stored]]:
        """Return those of the resources that there are, in any order."""
        # What a store does itself costs no coroutine more.
        many = self.complete.fetch_many if self.can.lookups and ids else self._fetch_each
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

    async def search_groups(
        self, group_types: Sequence[ResourceType], ids: Collection[str]
    ) -> Mapping[str, Sequence[Document]]:
        """Return the groups that list each of the ids, as ``memberships`` does, of a store that has it not."""
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
                    _tell_once(self.storage)
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
        self._entered: AbstractAsyncContextManager[AsyncStorage] = store.complete.transaction()

    async def __aenter__(self) -> Store:
        storage = await self._entered.__aenter__()
        return self._store if storage is self._store.storage else Store.of(storage)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._entered.__aexit__(kind, error, trace)
