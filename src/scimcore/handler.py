"""The two doors of the service: a request goes in, a response comes out, whatever happens.

:class:`Handler` is for stores whose calls return, :class:`AsyncHandler` for those whose calls are awaited; the service
behind them is the same text, in coroutines. A store of the first kind is wrapped here in coroutines that never suspend,
and one step takes them to their end.

Only here are exceptions turned into answers: a ``ScimError`` tells the client what it is about, anything else is a
fault of ours and tells nothing but a number to look for in the log.
"""

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Protocol, TypeAlias, TypeVar, cast

from scimcore.documents import Document
from scimcore.errors import ScimError
from scimcore.http import Request, Response
from scimcore.patch.changes import MembershipDelta
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import AsyncAuthenticate, Authenticate, Caller
from scimcore.service.call import Call
from scimcore.service.faults import internal_error, new_reference
from scimcore.service.hooks import NO_HOOKS, Hooks, ask
from scimcore.service.operations import perform
from scimcore.service.presentation import References
from scimcore.service.provider import Provider
from scimcore.service.redaction import readable
from scimcore.service.requests import Operation
from scimcore.service.responses import refuse, respond
from scimcore.service.results import BulkDone, Listed, Result, Shown, Walked, Written
from scimcore.service.routing import Routes
from scimcore.service.store import AsyncComplete, Store, is_async, is_store
from scimcore.storage import (
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

_requests = logging.getLogger("scimcore.requests")

T = TypeVar("T")

# A service of several tenants: from whoever calls to the store of the caller's tenant.
StorageOf: TypeAlias = Callable[[Caller], Storage]
AsyncStorageOf: TypeAlias = Callable[[Caller], Storage | AsyncStorage | Awaitable[Storage | AsyncStorage]]

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class _Service:
    """What both doors lead to."""

    def __init__(
        self,
        provider: Provider,
        store: Store | None,
        store_of: AsyncStorageOf | None,
        authenticate: AsyncAuthenticate,
        hooks: Hooks,
    ) -> None:
        self._provider = provider
        self._store = store
        self._store_of = store_of
        self._authenticate = authenticate
        self._hooks = hooks
        # With cursors and without: what a store can do is known when it is known whose it is.
        self._routes: dict[bool, Routes] = {}
        if store is not None:
            self._routes_for(store)
        self._references = References(provider.resource_types)
        self._carry_out: Callable[[Operation, Call], Awaitable[Result]] = perform

    async def _answer(self, request: Request) -> Response:
        logged = _requests.isEnabledFor(logging.INFO)
        started = time.perf_counter() if logged else 0.0
        caller = result = None
        # Only events have a number from the start; a request that fails gets its own then.
        correlation_id = "" if self._hooks.events is None or request.method in _READS else new_reference()
        try:
            # Before anything else of the request is looked at: nobody unknown reaches a parser.
            authenticated = self._authenticate(request)
            caller = authenticated if isinstance(authenticated, Caller) else await authenticated
            if self._hooks.throttle is not None:
                await ask(self._hooks.throttle, caller, request)
            store = self._store or await self._store_for(caller)
            routes = self._routes.get(store.can.cursors) or self._routes_for(store)
            operation = routes.operation(request, caller)
            call = Call(self._provider, caller, store, self._hooks, self._references, request.base_url, correlation_id)
            result = await self._carry_out(operation, call)
            response = respond(result, request, self._provider, operation)
        except ScimError as error:
            response = refuse(error, request, self._provider)
        except Exception as error:
            response = refuse(internal_error(error, correlation_id), request, self._provider)
        if logged:
            _requests.info(
                "%s %s %d %.1f ms %d bytes %s%s",
                request.method,
                readable(request),
                response.status,
                (time.perf_counter() - started) * 1000,
                len(response.body),
                caller.name if caller else "-",
                _understood(result),
            )
        return response

    def _routes_for(self, store: Store) -> Routes:
        routes = self._routes.get(store.can.cursors)
        if routes is None:
            routes = self._routes[store.can.cursors] = Routes(self._provider, cursors=store.can.cursors)
        return routes

    async def _store_for(self, caller: Caller) -> Store:
        """Ask the host for the store of the caller's tenant."""
        storage = self._store_of(caller) if self._store_of is not None else None
        if inspect.isawaitable(storage):
            storage = await storage
        if storage is None:
            raise TypeError("the host has no store for this caller: it must raise Forbidden, or return a store")
        return self._made(storage)

    def _made(self, storage: Storage | AsyncStorage) -> Store:
        return as_store(storage)

    def _store_or_function(
        self, storage: Storage | AsyncStorage | AsyncStorageOf
    ) -> tuple[Store | None, AsyncStorageOf | None]:
        if is_store(storage):
            return self._made(storage), None
        if callable(storage):
            return None, storage
        raise TypeError("storage must be a store, or a function that returns the store of a caller")


class Handler(_Service):
    """Answers requests from a store whose calls return when they are done."""

    def __init__(
        self,
        provider: Provider,
        storage: Storage | StorageOf,
        authenticate: Authenticate,
        *,
        hooks: Hooks = NO_HOOKS,
    ) -> None:
        """Join a provider, a store and a way to know callers.

        Args:
            provider: What the service offers.
            storage: Where resources are kept; or, for a service of several tenants, a function that returns the store
                of a caller.
            authenticate: Who is calling; see :mod:`scimcore.service.authentication`.
            hooks: Where the host has its say.

        Raises:
            TypeError: If the store's calls or one of the hooks are coroutines.
        """
        if hooks.suspending:
            raise TypeError(f"the hooks {', '.join(hooks.suspending)} are coroutine functions: they need AsyncHandler")
        store, store_of = self._store_or_function(storage)
        super().__init__(provider, store, store_of, authenticate, hooks)

    def handle(self, request: Request) -> Response:
        """Answer a request. Nothing but a response comes out, also if the store fails."""
        return _run(self._answer(request))

    def _made(self, storage: Storage | AsyncStorage) -> Store:
        if is_async(storage):
            raise TypeError(f"{type(storage).__name__} is an asynchronous store: give it to AsyncHandler")
        return super()._made(storage)


class AsyncHandler(_Service):
    """Answers requests from a store whose calls are awaited."""

    def __init__(
        self,
        provider: Provider,
        storage: AsyncStorage | Storage | AsyncStorageOf,
        authenticate: AsyncAuthenticate,
        *,
        hooks: Hooks = NO_HOOKS,
    ) -> None:
        """Join a provider, a store and a way to know callers.

        Args:
            provider: What the service offers.
            storage: Where resources are kept; or a function that returns the store of a caller, which may be a
                coroutine function. What a synchronous store has to do is done in a thread, unless it says
                ``never_blocks``.
            authenticate: Who is calling; it may return an awaitable.
            hooks: Where the host has its say. Beside a synchronous store only ``throttle`` and ``events`` can be
                coroutine functions, beside one that blocks only ``throttle``.

        Raises:
            TypeError: If a hook is a coroutine function where it cannot be one.
        """
        self._suspending = frozenset(hooks.suspending)
        store, store_of = self._store_or_function(storage)
        super().__init__(provider, store, store_of, authenticate, hooks)
        self._carry_out = _carry_out_beside_a_loop

    async def handle(self, request: Request) -> Response:
        """Answer a request. Nothing but a response comes out, also if the store fails."""
        return await self._answer(request)

    def _made(self, storage: Storage | AsyncStorage) -> Store:
        store = super()._made(storage)
        if self._suspending and isinstance(store, ImmediateStore):
            wrong = self._suspending & (_IN_THE_THREAD if store.blocks else _IN_THE_TRANSACTION)
            if wrong:
                raise TypeError(
                    f"the hooks {', '.join(sorted(wrong))} are coroutine functions, and {type(storage).__name__} is a "
                    "synchronous store: others could write while they wait"
                )
        return store


def _carry_out_beside_a_loop(operation: Operation, call: Call) -> Awaitable[Result]:
    if isinstance(call.store, ImmediateStore) and call.store.blocks:
        # All of it in one thread: a synchronous transaction belongs to the thread that opened it.
        return asyncio.to_thread(_run, perform(operation, call))
    return perform(operation, call)


# `authorize` too: operations of a bulk request that refer to each other are asked for inside one transaction.
_IN_THE_TRANSACTION = frozenset({"authorize", "authorize_write", "before", "after"})
_IN_THE_THREAD = _IN_THE_TRANSACTION | {"events"}


def _run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends: one step takes it to its end."""
    try:
        coroutine.send(None)
    except StopIteration as finished:
        result: T = finished.value
        return result
    # Thrown where it waits, so that an open transaction is undone and the client gets an answer.
    try:
        coroutine.throw(RuntimeError("the store or a hook waits for an event loop: it needs AsyncHandler, not Handler"))
    except StopIteration as finished:
        return cast(T, finished.value)
    finally:
        coroutine.close()
    raise RuntimeError("the store waits for an event loop, also when it is told to stop")


# Stores -------------------------------------------------------------------------------------------------------------


def as_store(storage: Storage | AsyncStorage) -> Store:
    """Return a host's store as the service speaks to it."""
    return Store.of(cast(AsyncStorage, storage)) if is_async(storage) else ImmediateStore(cast(Storage, storage))


class _Complete(Storage, Lookups, Memberships, Cursors, Protocol):
    """A synchronous store as it is spoken to: whether it has a protocol, ``store.can`` says."""


class _Immediate:
    """A synchronous store behind coroutines that never suspend. Transactions are entered otherwise."""

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


class ImmediateStore(Store):
    """A synchronous store as the service speaks to it. What it is asked is done when the call returns."""

    __slots__ = ("_synchronous",)

    def __init__(self, storage: Storage) -> None:
        """Wrap a store."""
        self._synchronous = storage
        super().__init__(storage, cast(AsyncComplete, _Immediate(storage)))

    @property
    def blocks(self) -> bool:
        """Whether an event loop would have to wait for its calls."""
        return not getattr(self.storage, "never_blocks", False)

    def transaction(self) -> "_ImmediateTransaction":
        """Open a transaction: see :meth:`~scimcore.storage.Storage.transaction`."""
        return _ImmediateTransaction(self, self._synchronous.transaction())


class _ImmediateTransaction:
    """A synchronous store's transaction, entered and left by ``async with``."""

    __slots__ = ("_entered", "_store")

    def __init__(self, store: ImmediateStore, entered: AbstractContextManager[Storage]) -> None:
        self._store = store
        self._entered = entered

    async def __aenter__(self) -> Store:
        storage = self._entered.__enter__()
        return self._store if storage is self._store.storage else ImmediateStore(storage)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._entered.__exit__(kind, error, trace)


# What is logged -----------------------------------------------------------------------------------------------------


def _understood(result: Result | None) -> str:
    """Say which quirks of the caller's dialect a request had, so that one sees why it worked."""
    tolerated = result.tolerated if isinstance(result, Shown | Listed | Walked | Written | BulkDone) else ()
    return f" understood: {', '.join(dict.fromkeys(tolerated))}" if tolerated else ""
