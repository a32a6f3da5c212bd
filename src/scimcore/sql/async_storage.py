"""``AsyncSqlStorage``: as :mod:`scimcore.sql.storage`, for an event loop."""

# ruff: noqa: D102 - what the methods do is said once, in scimcore.storage.

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from scimcore.documents import Document
from scimcore.patch.changes import MembershipDelta
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.sql.async_sessions import AsyncDriver, AsyncSession
from scimcore.sql.declaring import Migration
from scimcore.sql.failures import ConnectionLost, TransactionAborted
from scimcore.sql.sessions import Session, atomic
from scimcore.sql.storage import ATTEMPTS, BaseStorage, whole
from scimcore.storage import Changes, CursorPage, Page, Position, Query, Stored

T = TypeVar("T")
P = ParamSpec("P")


class AsyncSqlStorage(BaseStorage):
    """The same as :class:`SqlStorage`, in coroutines: over aiosqlite or psycopg's asynchronous connections.

    Example:
        >>> storage = AsyncSqlStorage("sqlite://", indexed=["emails.value"])
    """

    _session: AsyncSession | None = None

    def _connect(self, url: str | URL, options: Mapping[str, Any]) -> None:
        self._driver = AsyncDriver(url, options)
        self._preparing = asyncio.Lock()

    @property
    def engine(self) -> AsyncEngine:
        """The engine that connections come from."""
        return self._driver.engine

    async def initialise(self) -> Sequence[Migration]:
        """Make the tables or bring them to the newest version, and fill indexes that are new; return the steps."""
        async with self._driver.session() as session:
            return await self._prepared(session)

    async def close(self) -> None:
        """Close all connections. The store may be used again, in another event loop, too."""
        await self._driver.engine.dispose()

    async def fetch(self, resource_type: ResourceType, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        return await self._do(self._core.fetch, resource_type, id, selection)

    async def fetch_many(
        self,
        resource_types: Sequence[ResourceType],
        ids: Collection[str],
        selection: Selection = DEFAULT_SELECTION,
        /,
    ) -> Sequence[Stored]:
        return await self._do(self._core.fetch_many, resource_types, ids, selection)

    async def search(self, query: Query, /) -> Page:
        return await self._do(self._core.search, query)

    async def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
        return await self._do(self._core.search_from, query, position)

    async def members(self, resource_type: ResourceType, id: str, values: Collection[str], /) -> Sequence[Document]:
        return await self._do(self._core.members, resource_type, id, values)

    async def memberships(self, ids: Collection[str], /) -> Mapping[str, Sequence[Document]]:
        return await self._do(self._core.memberships, ids)

    async def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        return await self._do(whole(self._core.insert), resource_type, document)

    async def update(
        self, resource_type: ResourceType, before: Stored, document: Document, changes: Changes, /
    ) -> Stored:
        return await self._do(whole(self._core.update), resource_type, before, document, changes)

    async def update_members(
        self, resource_type: ResourceType, before: Stored, document: Document, delta: MembershipDelta, /
    ) -> Stored:
        return await self._do(whole(self._core.update_members), resource_type, before, document, delta)

    async def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        await self._do(whole(self._core.delete), resource_type, before)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Self]:
        """Open a transaction, or a savepoint inside of one. What is fetched inside is locked until the end.

        The store that it gives is for the task that opened it.
        """
        if self._session is not None:
            async with atomic(self._session):
                yield self
            return
        await self._prepare()
        stack, session = await self._begin()
        async with stack:
            yield self._copy(_session=session)

    async def _begin(self) -> tuple[AsyncExitStack, AsyncSession]:
        for attempt in range(1, ATTEMPTS + 1):
            async with AsyncExitStack() as stack:
                try:
                    session = await stack.enter_async_context(self._driver.session())
                    await stack.enter_async_context(atomic(session))
                    return stack.pop_all(), session
                except ConnectionLost:
                    if attempt == ATTEMPTS:
                        raise
            await self._driver.forget_connections()
        raise AssertionError  # pragma: no cover

    async def _do(
        self,
        work: Callable[Concatenate[Session, str, P], Coroutine[Any, Any, T]],
        *arguments: P.args,
        **named: P.kwargs,
    ) -> T:
        if self._session is not None:
            return await work(self._session, self._tenant, *arguments, **named)
        await self._prepare()
        for _ in range(ATTEMPTS - 1):
            try:
                async with self._driver.session() as session:
                    return await work(session, self._tenant, *arguments, **named)
            except ConnectionLost:
                await self._driver.forget_connections()
            except TransactionAborted:
                pass
        async with self._driver.session() as session:
            return await work(session, self._tenant, *arguments, **named)

    async def _prepare(self) -> None:
        if not self._ready:
            async with self._preparing:
                if not self._ready:
                    await self.initialise()
