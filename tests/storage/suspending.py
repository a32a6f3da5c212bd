"""The store in memory behind calls that suspend, for the asynchronous side of the contract."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, Self

from scimcore.memory import MemoryStorage


class SuspendingMemory:
    """Each call lets others run first; a transaction keeps them out until it ends."""

    def __init__(self, storage: MemoryStorage | None = None) -> None:
        self._storage = MemoryStorage() if storage is None else storage
        self._lock = asyncio.Lock()
        self._inside = False

    async def fetch(self, *arguments: Any) -> Any:
        return await self._call(self._storage.fetch, *arguments)

    async def search(self, *arguments: Any) -> Any:
        return await self._call(self._storage.search, *arguments)

    async def insert(self, *arguments: Any) -> Any:
        return await self._call(self._storage.insert, *arguments)

    async def update(self, *arguments: Any) -> Any:
        return await self._call(self._storage.update, *arguments)

    async def delete(self, *arguments: Any) -> Any:
        return await self._call(self._storage.delete, *arguments)

    async def fetch_many(self, *arguments: Any) -> Any:
        return await self._call(self._storage.fetch_many, *arguments)

    async def members(self, *arguments: Any) -> Any:
        return await self._call(self._storage.members, *arguments)

    async def memberships(self, *arguments: Any) -> Any:
        return await self._call(self._storage.memberships, *arguments)

    async def update_members(self, *arguments: Any) -> Any:
        return await self._call(self._storage.update_members, *arguments)

    async def search_from(self, *arguments: Any) -> Any:
        return await self._call(self._storage.search_from, *arguments)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Self]:
        async with self._alone():
            with self._storage.transaction():
                inside = type(self)(self._storage)
                inside._inside = True
                yield inside

    async def _call(self, call: Callable[..., Any], *arguments: Any) -> Any:
        await asyncio.sleep(0)
        async with self._alone():
            return call(*arguments)

    def _alone(self) -> AbstractAsyncContextManager[Any]:
        return nullcontext() if self._inside else self._lock
