"""The way to a database: a :class:`Session`, in coroutines, whether its driver's calls return or are awaited.

Those of :class:`SyncSession` never suspend, and :func:`run` takes them to their end. What is done with a session is
written once, in ``core``.
"""

from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import URL, Connection, Dialect, Executable, QueuePool, create_engine, event, make_url
from sqlalchemy.pool import PoolProxiedConnection

from scimcore.sql.failures import CommitUncertain, ConnectionLost, failure
from scimcore.sql.statements import Parameters, Prepared
from scimcore.sql.turns import Turns

T = TypeVar("T")
Rows = Sequence[Sequence[Any]]

BUSY_TIMEOUT_SECONDS = 30
# As SQLAlchemy has them.
_POOL_SIZE, _MAX_OVERFLOW = 5, 10
_PRAGMAS = (
    "journal_mode = WAL",  # readers and the writer do not wait for each other
    "synchronous = FULL",  # what was acknowledged survives a loss of power
    f"busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}",
)


class Session(Protocol):
    """A connection.

    Attributes:
        depth: How many transactions are open, one inside the other.
        is_clean: Whether no transaction is left open when it is given back; else the connection is not used again.
        has_failed: Whether a statement failed that took its transaction with it, which a savepoint has not undone.
    """

    depth: int
    is_clean: bool
    has_failed: bool

    @property
    def dialect(self) -> Dialect:
        """What the database is."""
        ...

    async def rows(self, statement: Prepared, parameters: Parameters) -> Rows:
        """Execute a statement that returns rows."""
        ...

    async def write(self, statement: Prepared, parameters: Parameters) -> int:
        """Execute a statement that writes, and return how many rows it wrote."""
        ...

    async def write_all(self, statement: Prepared, parameters: Sequence[Parameters]) -> int:
        """Execute a statement that writes, once for each set of parameters."""
        ...

    async def select(self, statement: Executable, parameters: Parameters | None = None) -> Rows:
        """Execute a statement of SQLAlchemy that returns rows."""
        ...

    async def execute(self, statement: Executable | str, parameters: Parameters | None = None) -> None:
        """Execute a statement that returns nothing."""
        ...


@asynccontextmanager
async def atomic(session: Session) -> AsyncIterator[None]:
    """Open a transaction, or a savepoint inside of one; leaving it by an exception undoes what was written inside."""
    depth = session.depth
    begin, commit, rollback = _TRANSACTION if depth == 0 else _savepoint(depth)
    # Until all is over, whatever comes in between: an interrupt, a cancelled task, a rollback that fails.
    session.is_clean = False
    await session.execute(_IMMEDIATE if depth == 0 and session.dialect.name == "sqlite" else begin)
    session.depth = depth + 1
    try:
        try:
            yield
        finally:
            session.depth = depth
    except BaseException as error:
        # A connection that is lost has rolled back already; one on which this fails is not used again.
        if not isinstance(error, ConnectionLost):
            with suppress(Exception):
                await _roll_back(session, rollback, depth)
        raise
    if session.has_failed:
        # PostgreSQL would answer COMMIT with ROLLBACK, and call that a success.
        await _roll_back(session, rollback, depth)
        raise RuntimeError("a statement of the transaction failed, and somebody went on: nothing was written")
    try:
        await session.execute(commit)
    except ConnectionLost as error:
        raise CommitUncertain("the connection was lost while a transaction was being committed") from error
    session.is_clean = depth == 0


async def _roll_back(session: Session, statements: tuple[str, ...], depth: int) -> None:
    for each in statements:
        await session.execute(each)
    session.has_failed = False
    session.is_clean = depth == 0


# A write lock from the start: SQLite cannot give one to two readers that both wait for it.
_IMMEDIATE = "BEGIN IMMEDIATE"
_TRANSACTION = ("BEGIN", "COMMIT", ("ROLLBACK",))


def _savepoint(depth: int) -> tuple[str, str, tuple[str, ...]]:
    name = f"scimcore_{depth}"
    return (
        f"SAVEPOINT {name}",
        f"RELEASE SAVEPOINT {name}",
        (f"ROLLBACK TO SAVEPOINT {name}", f"RELEASE SAVEPOINT {name}"),
    )


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Take a coroutine that never suspends to its end."""
    try:
        coroutine.send(None)
    except StopIteration as finished:
        return cast(T, finished.value)
    coroutine.close()
    raise RuntimeError("a synchronous session was suspended")  # pragma: no cover


def note_failure(session: Session) -> None:
    """Take note that a statement has failed: where that aborts a transaction, nothing more of it can be committed."""
    session.has_failed = session.depth > 0 and session.dialect.name != "sqlite"


class SyncSession:
    """A connection of a driver whose calls return."""

    def __init__(self, driver: "SyncDriver", pooled: PoolProxiedConnection) -> None:
        engine = driver.engine
        self._driver = driver
        self.depth = 0
        self.is_clean = True
        self.has_failed = False
        self.dialect = engine.dialect
        self._engine = engine
        self._pooled = pooled
        self._connection: Connection | None = None

    async def rows(self, statement: Prepared, parameters: Parameters) -> Rows:
        """Execute a statement that returns rows."""
        # Written out: of what identity providers ask most, a context manager would be a tenth.
        sql, arguments = statement.on(self.dialect, parameters)
        try:
            cursor = self._pooled.cursor()
            try:
                cursor.execute(sql, arguments)
                return cast(Rows, cursor.fetchall())
            finally:
                cursor.close()
        except Exception as error:
            raise self._failure(error) from error

    async def write(self, statement: Prepared, parameters: Parameters) -> int:
        """Execute a statement that writes."""
        with self._executed(*statement.on(self.dialect, parameters)) as cursor:
            return int(cursor.rowcount)

    async def write_all(self, statement: Prepared, parameters: Sequence[Parameters]) -> int:
        """Execute a statement that writes, many times."""
        if not parameters:
            return 0
        with self._executed(*statement.on_each(self.dialect, parameters), many=True) as cursor:
            return int(cursor.rowcount)

    async def select(self, statement: Executable, parameters: Parameters | None = None) -> Rows:
        """Execute a statement of SQLAlchemy that returns rows."""
        try:
            return self._alchemy().execute(statement, parameters or {}).all()
        except Exception as error:
            raise self._failure(error) from error

    async def execute(self, statement: Executable | str, parameters: Parameters | None = None) -> None:
        """Execute a statement that returns nothing."""
        if isinstance(statement, str):
            with self._executed(statement):
                return
        try:
            self._alchemy().execute(statement, parameters or {})
        except Exception as error:
            raise self._failure(error) from error

    def __enter__(self) -> "SyncSession":
        return self

    def __exit__(self, *_: object) -> None:
        """Give the connection back."""
        try:
            if not self.is_clean and self._pooled.is_valid:
                self._pooled.invalidate()
            if self._connection is not None:
                self._connection.close()
            else:
                self._driver.give_back(self._pooled)
        finally:
            self._driver.next_one()

    @contextmanager
    def _executed(self, sql: str, arguments: Any = (), *, many: bool = False) -> Iterator[Any]:  # noqa: ANN401
        """Hand a text over to the driver, and its cursor to whoever looks at what came of it."""
        try:
            cursor = self._pooled.cursor()
            try:
                (cursor.executemany if many else cursor.execute)(sql, arguments)
                yield cursor
            finally:
                cursor.close()
        except Exception as error:
            raise self._failure(error) from error

    def _alchemy(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(self._engine, self._pooled)
        return self._connection

    def _failure(self, error: Exception) -> Exception:
        note_failure(self)
        meant = failure(error, self.dialect, self._pooled.dbapi_connection)
        if isinstance(meant, ConnectionLost) and self._pooled.is_valid:
            self._pooled.invalidate(error)
        return meant


class SyncDriver:
    """An engine, and sessions of it."""

    def __init__(self, url: str | URL, options: Mapping[str, Any]) -> None:
        """Make an engine; nothing is connected yet."""
        url = database_url(url, "sqlite", "postgresql+psycopg")
        self.engine = create_engine(url, **engine_options(url, QueuePool, options))
        if url.get_backend_name() == "sqlite":
            event.listen(self.engine, "connect", set_pragmas)
        # To take a connection out of SQLAlchemy's pool and give it back costs more than a look-up in SQLite.
        self._spares: deque[PoolProxiedConnection] = deque()
        size, more = int(options.get("pool_size", _POOL_SIZE)), int(options.get("max_overflow", _MAX_OVERFLOW))
        # Whoever wants connections to be looked at, or not to grow old, has it done by the pool.
        self._most_spares = 0 if {"pool_pre_ping", "pool_recycle", "poolclass"} & set(options) or more < 0 else size
        self._capacity = 1 if in_memory(url) else size + more
        # The pool gives its only connection to whoever runs, not to whoever waits.
        patience_seconds = float(options.get("pool_timeout", BUSY_TIMEOUT_SECONDS))
        self._turns = Turns(patience_seconds) if in_memory(url) else None

    def session(self) -> SyncSession:
        """Take a connection: ``with driver.session() as session``."""
        if self._turns is not None:
            self._turns.take()
        try:
            return SyncSession(self, self._taken())
        except BaseException as error:
            self.next_one()
            if not isinstance(error, Exception):
                raise
            raise failure(error, self.engine.dialect) from error

    def _taken(self) -> PoolProxiedConnection:
        try:
            return self._spares.pop()
        except IndexError:
            return self.engine.raw_connection()

    def next_one(self) -> None:
        """Let whoever has waited longest have the only connection."""
        if self._turns is not None:
            self._turns.give()

    def give_back(self, pooled: PoolProxiedConnection) -> None:
        """Keep a connection at hand, or give it back to the pool if somebody could be waiting there."""
        pool = self.engine.pool
        if (
            isinstance(pool, QueuePool)
            and pooled.is_valid
            and len(self._spares) < self._most_spares
            and pool.checkedout() < self._capacity
        ):
            self._spares.append(pooled)
        else:
            pooled.close()

    def forget_connections(self) -> None:
        """Begin with new connections: the old ones are as lost as the one that failed."""
        while self._spares:
            with suppress(IndexError):
                self._spares.pop().close()
        self.engine.dispose()


def database_url(url: str | URL, sqlite: str, postgresql: str) -> URL:
    """Name the driver of a URL that names none.

    Raises:
        ValueError: If the URL is of another database.
    """
    made = make_url(url)
    driver = {"sqlite": sqlite, "postgresql": postgresql}.get(made.get_backend_name())
    if driver is None:
        raise ValueError(f"SqlStorage is for sqlite and postgresql, not for {made.get_backend_name()}")
    # A driver that is named stays: postgresql+asyncpg, say.
    return made if "+" in made.drivername else made.set(drivername=driver)


def engine_options(url: URL, pool: type[QueuePool], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options for an engine: those that are given go first."""
    # Sessions end their transactions themselves: to roll back once more would cost each look-up a tenth.
    options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "poolclass": pool, "pool_reset_on_return": None}
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"check_same_thread": False}
        if in_memory(url):
            # A database in memory is its connection: there is one, and whoever needs it waits.
            options |= {"pool_size": 1, "max_overflow": 0}
    return options | dict(given)


def in_memory(url: URL) -> bool:
    """Tell whether a URL is that of a database that is gone with its connection."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def set_pragmas(connection: Any, record: object) -> None:  # noqa: ANN401 - any driver's
    """Tell a new connection of SQLite how to behave."""
    cursor = connection.cursor()
    try:
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
    finally:
        cursor.close()
