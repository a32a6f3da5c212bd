"""A connection whose calls are awaited. SQLAlchemy needs greenlet for it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import URL, Executable, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from scimcore.sql.failures import failure
from scimcore.sql.sessions import Rows, database_url, engine_options, note_failure, set_pragmas
from scimcore.sql.statements import Parameters, Prepared

T = TypeVar("T")


class AsyncSession:
    """A connection of a driver whose calls are awaited."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.depth = 0
        self.is_clean = True
        self.has_failed = False
        self.dialect = connection.dialect
        self._connection = connection

    async def rows(self, statement: Prepared, parameters: Parameters) -> Rows:
        """Execute a statement that returns rows."""
        sql, arguments = statement.on(self.dialect, parameters)
        try:
            result = await self._whole(self._connection.exec_driver_sql(sql, arguments))
        except Exception as error:
            raise self._failure(error) from error
        return result.all()

    async def write(self, statement: Prepared, parameters: Parameters) -> int:
        """Execute a statement that writes."""
        sql, arguments = statement.on(self.dialect, parameters)
        try:
            result = await self._whole(self._connection.exec_driver_sql(sql, arguments))
        except Exception as error:
            raise self._failure(error) from error
        return result.rowcount

    async def write_all(self, statement: Prepared, parameters: Sequence[Parameters]) -> int:
        """Execute a statement that writes, many times."""
        if not parameters:
            return 0
        sql, arguments = statement.on_each(self.dialect, parameters)
        try:
            result = await self._whole(self._connection.exec_driver_sql(sql, arguments))
        except Exception as error:
            raise self._failure(error) from error
        return result.rowcount

    async def select(self, statement: Executable, parameters: Parameters | None = None) -> Rows:
        """Execute a statement of SQLAlchemy that returns rows."""
        try:
            return (await self._whole(self._connection.execute(statement, parameters or {}))).all()
        except Exception as error:
            raise self._failure(error) from error

    async def execute(self, statement: Executable | str, parameters: Parameters | None = None) -> None:
        """Execute a statement that returns nothing."""
        try:
            if isinstance(statement, str):
                await _to_its_end(self._connection.exec_driver_sql(statement))
            else:
                await self._whole(self._connection.execute(statement, parameters or {}))
        except Exception as error:
            raise self._failure(error) from error

    async def _whole(self, work: Coroutine[Any, Any, T]) -> T:
        """Execute a statement; inside of a transaction to its end, also in a task that is cancelled."""
        return await (_to_its_end(work) if self.depth else work)

    def _failure(self, error: Exception) -> Exception:
        note_failure(self)
        return failure(error, self.dialect)


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Let no cancellation break a statement off: the connection would be lost, and its locks kept for a while."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        if not task.cancelled():
            # Seen, so that nobody is told of it at the end of the program.
            task.exception()
        raise


class AsyncDriver:
    """An asynchronous engine, and sessions of it."""

    def __init__(self, url: str | URL, options: Mapping[str, Any]) -> None:
        """Make an engine; nothing is connected yet."""
        url = database_url(url, "sqlite+aiosqlite", "postgresql+psycopg_async")
        self.engine: AsyncEngine = create_async_engine(url, **engine_options(url, AsyncAdaptedQueuePool, options))
        if url.get_backend_name() == "sqlite":
            event.listen(self.engine.sync_engine, "connect", set_pragmas)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Take a connection."""
        try:
            connection = await self.engine.connect()
        except Exception as error:
            raise failure(error, self.engine.dialect) from error
        session = AsyncSession(connection)
        try:
            yield session
        finally:
            if not session.is_clean and not connection.invalidated:
                await connection.invalidate()
            await connection.close()

    async def forget_connections(self) -> None:
        """Begin with new connections."""
        await self.engine.dispose()
