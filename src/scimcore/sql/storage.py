"""``SqlStorage``: resources in SQLite or PostgreSQL.

Thin: each call takes a connection, lets ``core`` do the work, and tries again where a transaction was given up.
"""

# ruff: noqa: D102 - what the methods do is said once, in scimcore.storage.

import threading
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import URL, Engine

from scimcore.documents import Document
from scimcore.patch.changes import MembershipDelta
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.resources import Group, User
from scimcore.schema.resource_type import ResourceType
from scimcore.sql.core import Core
from scimcore.sql.declaring import Migration, migrate, refill, require_version
from scimcore.sql.failures import ConnectionLost, TransactionAborted
from scimcore.sql.maintenance import Statistics, faults, statistics
from scimcore.sql.plan import UNIQUE_BY_HABIT
from scimcore.sql.sessions import Session, SyncDriver, SyncSession, atomic, run
from scimcore.storage import Changes, CursorPage, Page, Position, Query, Stored

T = TypeVar("T")
P = ParamSpec("P")

ATTEMPTS = 5
"""How often a transaction is tried that the database gives up, or whose connection is lost before its end."""


class BaseStorage:
    """What the synchronous store and the asynchronous one know.

    Args:
        url: Of SQLAlchemy: ``sqlite:///scim.db``, ``sqlite://`` (in memory), ``postgresql://user@host/database``.
        tenant: Whose resources; see :meth:`for_tenant`.
        unique: By resource type name, attributes whose values no two resources may share, in addition to those whose
            schema says so. Case counts only where the attribute's ``caseExact`` says so.
        indexed: Attributes to find resources by without a search, in addition to ``id``, ``externalId`` and those that
            are unique; by resource type name, or for all types that have them.
        resource_types: What will be kept; users and groups by default. Others are made room for at their first use.
        migrates: Whether the first call makes the tables or brings them to the newest version.
        max_scanned: How many documents may be read for one page where SQL cannot answer a filter or sort order.
        cursor_totals: Whether pages that are walked by cursors have ``totalResults``: a ``count(*)`` for each of them.
        **engine_options: For ``sqlalchemy.create_engine``: ``pool_size=20``, ``echo=True``.

    Raises:
        ValueError: If the URL is of another database.
    """

    joins_groups = True

    _tenant: str

    def __init__(
        self,
        url: str | URL,
        *,
        tenant: str = "",
        unique: Mapping[str, Sequence[str]] = UNIQUE_BY_HABIT,
        indexed: Mapping[str, Sequence[str]] | Sequence[str] = (),
        resource_types: Sequence[ResourceType] | None = None,
        migrates: bool = True,
        max_scanned: int = 100_000,
        cursor_totals: bool = False,
        **engine_options: Any,  # noqa: ANN401 - SQLAlchemy's
    ) -> None:
        self._connect(url, engine_options)
        self._core = Core(unique, indexed, max_scanned, cursor_totals)
        self._types = tuple(resource_types or (User.resource_type(), Group.resource_type()))
        self._migrates = migrates
        self._tenant = tenant
        # One for all tenants: whether the tables are known to be there.
        self._ready: list[bool] = []

    def _connect(self, url: str | URL, options: Mapping[str, Any]) -> None:
        raise NotImplementedError  # pragma: no cover

    def for_tenant(self, tenant: str) -> Self:
        """Return the same store for another tenant: it finds, and clashes with, nothing of the others."""
        return self._copy(_tenant=tenant)

    def _copy(self, **changed: object) -> Self:
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__ | changed)
        return copy

    async def _prepared(self, session: Session) -> Sequence[Migration]:
        made: Sequence[Migration] = ()
        if self._migrates:
            made = await migrate(session)
        else:
            await require_version(session)
        await self._core.plans(session, self._types)
        self._ready.append(True)
        return made


class SqlStorage(BaseStorage):
    """Keeps resources in SQLite or PostgreSQL. Several threads and several processes may use it at once.

    Has all capabilities: :class:`~scimcore.storage.Lookups`, :class:`~scimcore.storage.Memberships` and
    :class:`~scimcore.storage.Cursors`. Nothing is connected before the first call.

    Example:
        >>> storage = SqlStorage("sqlite://", indexed=["emails.value"])
        >>> acme = storage.for_tenant("acme")
    """

    _session: SyncSession | None = None

    def _connect(self, url: str | URL, options: Mapping[str, Any]) -> None:
        self._driver = SyncDriver(url, options)
        self._preparing = threading.Lock()

    @property
    def engine(self) -> Engine:
        """The engine that connections come from."""
        return self._driver.engine

    def initialise(self) -> Sequence[Migration]:
        """Make the tables or bring them to the newest version, and fill indexes that are new; return the steps."""
        with self._driver.session() as session:
            return run(self._prepared(session))

    def statistics(self) -> Statistics:
        """Count what is in the database, of all tenants. It may be one without tables."""
        with self._driver.session() as session:
            return run(statistics(session))

    def check(self, *, repair: bool = False) -> list[str]:
        """Compare columns and rows with documents, of all tenants.

        Args:
            repair: Make the indexes anew first.

        Returns:
            A sentence for each fault.

        Raises:
            SchemaError: If the database has no tables, or those of another version.
        """
        with self._driver.session() as session:
            run(require_version(session))
            if repair:
                run(refill(session))
            return run(faults(session))

    def close(self) -> None:
        """Close all connections. The store may be used again."""
        self._driver.forget_connections()

    def fetch(self, resource_type: ResourceType, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        return self._do(self._core.fetch, resource_type, id, selection)

    def fetch_many(
        self,
        resource_types: Sequence[ResourceType],
        ids: Collection[str],
        selection: Selection = DEFAULT_SELECTION,
        /,
    ) -> Sequence[Stored]:
        return self._do(self._core.fetch_many, resource_types, ids, selection)

    def search(self, query: Query, /) -> Page:
        return self._do(self._core.search, query)

    def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
        return self._do(self._core.search_from, query, position)

    def members(self, resource_type: ResourceType, id: str, values: Collection[str], /) -> Sequence[Document]:
        return self._do(self._core.members, resource_type, id, values)

    def memberships(self, ids: Collection[str], /) -> Mapping[str, Sequence[Document]]:
        return self._do(self._core.memberships, ids)

    def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        return self._do(whole(self._core.insert), resource_type, document)

    def update(self, resource_type: ResourceType, before: Stored, document: Document, changes: Changes, /) -> Stored:
        return self._do(whole(self._core.update), resource_type, before, document, changes)

    def update_members(
        self, resource_type: ResourceType, before: Stored, document: Document, delta: MembershipDelta, /
    ) -> Stored:
        return self._do(whole(self._core.update_members), resource_type, before, document, delta)

    def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        self._do(whole(self._core.delete), resource_type, before)

    @contextmanager
    def transaction(self) -> Iterator[Self]:
        """Open a transaction, or a savepoint inside of one. What is fetched inside is locked until the end.

        The store that it gives is for the thread that opened it.
        """
        if self._session is not None:
            with _Atomic(self._session):
                yield self
            return
        self._prepare()
        stack, session = self._begin()
        with stack:
            yield self._copy(_session=session)

    def _begin(self) -> tuple[ExitStack, SyncSession]:
        """Begin a transaction; a connection that was lost while it lay in the pool is made anew."""
        for attempt in range(1, ATTEMPTS + 1):
            with ExitStack() as stack:
                try:
                    session = stack.enter_context(self._driver.session())
                    stack.enter_context(_Atomic(session))
                    return stack.pop_all(), session
                except ConnectionLost:
                    if attempt == ATTEMPTS:
                        raise
            self._driver.forget_connections()
        raise AssertionError  # pragma: no cover

    def _do(
        self,
        work: Callable[Concatenate[Session, str, P], Coroutine[Any, Any, T]],
        *arguments: P.args,
        **named: P.kwargs,
    ) -> T:
        if self._session is not None:
            return run(work(self._session, self._tenant, *arguments, **named))
        self._prepare()
        for _ in range(ATTEMPTS - 1):
            try:
                with self._driver.session() as session:
                    return run(work(session, self._tenant, *arguments, **named))
            except ConnectionLost:
                self._driver.forget_connections()
            except TransactionAborted:
                pass
        with self._driver.session() as session:
            return run(work(session, self._tenant, *arguments, **named))

    def _prepare(self) -> None:
        if not self._ready:
            with self._preparing:
                if not self._ready:
                    self.initialise()


def whole(
    work: Callable[Concatenate[Session, str, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Session, str, P], Coroutine[Any, Any, T]]:
    """Make a work that writes all or nothing: a transaction of its own, or a part of the one that is open."""

    async def all_or_nothing(session: Session, tenant: str, /, *arguments: P.args, **named: P.kwargs) -> T:
        if session.depth:
            return await work(session, tenant, *arguments, **named)
        async with atomic(session):
            return await work(session, tenant, *arguments, **named)

    return all_or_nothing


class _Atomic:
    """:func:`atomic` for a session that never suspends."""

    def __init__(self, session: SyncSession) -> None:
        self._atomic = atomic(session)

    def __enter__(self) -> None:
        run(self._atomic.__aenter__())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        run(self._atomic.__aexit__(kind, error, trace))
