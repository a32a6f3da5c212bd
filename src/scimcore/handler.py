"""The two doors of the service: a request goes in, a response comes out, whatever happens.

:class:`Handler` is for stores whose calls return, :class:`AsyncHandler` for those whose calls are awaited; the service
behind them is the same text. Only here are exceptions turned into answers: a ``ScimError`` tells the client what it is
about, anything else is a fault of ours and tells nothing but a number to look for in the log.
"""

import inspect
import logging
import secrets
import time
import traceback
from collections.abc import Coroutine
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, TypeVar, cast

from scimcore.documents import Document
from scimcore.errors import InternalError, ScimError
from scimcore.http import Request, Response
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import AsyncAuthenticate, Authenticate, Caller
from scimcore.service.operations import Listed, Result, Shown, perform
from scimcore.service.provider import Provider
from scimcore.service.redaction import readable
from scimcore.service.responses import refuse, respond
from scimcore.service.routing import Routes
from scimcore.storage import AsyncStorage, Changes, CursorPage, Cursors, Page, Position, Query, Storage, Stored

_log = logging.getLogger("scimcore")
_requests = logging.getLogger("scimcore.requests")

T = TypeVar("T")


class _Service:
    """What both doors lead to."""

    def __init__(self, provider: Provider, storage: AsyncStorage, authenticate: AsyncAuthenticate) -> None:
        self._provider = provider
        self._storage = storage
        self._authenticate = authenticate
        self._routes = Routes(provider, cursors=_has_cursors(storage))

    async def _answer(self, request: Request) -> Response:
        started = time.perf_counter()
        caller = result = None
        try:
            # Before anything else of the request is looked at: nobody unknown reaches a parser.
            authenticated = self._authenticate(request)
            caller = authenticated if isinstance(authenticated, Caller) else await authenticated
            operation = self._routes.operation(request, caller)
            result = await perform(operation, self._provider, self._storage)
            response = respond(result, request, self._provider, operation)
        except ScimError as error:
            response = refuse(error, request, self._provider)
        except Exception as error:
            response = refuse(_internal_error(error), request, self._provider)
        if _requests.isEnabledFor(logging.INFO):
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


class Handler(_Service):
    """Answers requests from a store whose calls return when they are done."""

    def __init__(self, provider: Provider, storage: Storage, authenticate: Authenticate) -> None:
        """Join a provider, a store and a way to know callers.

        Args:
            provider: What the service offers.
            storage: Where resources are kept.
            authenticate: Who is calling; see :mod:`scimcore.service.authentication`.

        Raises:
            TypeError: If the store's calls are coroutines.
        """
        if is_async(storage):
            raise TypeError(f"{type(storage).__name__} is an asynchronous store: give it to AsyncHandler")
        super().__init__(provider, _Immediate(storage), authenticate)

    def handle(self, request: Request) -> Response:
        """Answer a request. Nothing but a response comes out, also if the store fails."""
        return _run(self._answer(request))


class AsyncHandler(_Service):
    """Answers requests from a store whose calls are awaited."""

    def __init__(self, provider: Provider, storage: AsyncStorage | Storage, authenticate: AsyncAuthenticate) -> None:
        """Join a provider, a store and a way to know callers.

        Args:
            provider: What the service offers.
            storage: Where resources are kept. The calls of a synchronous one are made on the event loop, which waits
                for them: right for a store in memory only.
            authenticate: Who is calling; it may return an awaitable.
        """
        asynchronous = cast(AsyncStorage, storage) if is_async(storage) else _Immediate(cast(Storage, storage))
        super().__init__(provider, asynchronous, authenticate)

    async def handle(self, request: Request) -> Response:
        """Answer a request. Nothing but a response comes out, also if the store fails."""
        return await self._answer(request)


def is_async(storage: Storage | AsyncStorage) -> bool:
    """Tell whether a store's calls are coroutines."""
    return inspect.iscoroutinefunction(storage.fetch)


def _has_cursors(storage: AsyncStorage) -> bool:
    return isinstance(storage._storage if isinstance(storage, _Immediate) else storage, Cursors)


class _Immediate:
    """A synchronous store behind coroutines that never suspend."""

    __slots__ = ("_storage",)

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def fetch(self, resource_type: ResourceType, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        return self._storage.fetch(resource_type, id, selection)

    async def search(self, query: Query, /) -> Page:
        return self._storage.search(query)

    async def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
        return cast(Cursors, self._storage).search_from(query, position)

    async def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        return self._storage.insert(resource_type, document)

    async def update(
        self, resource_type: ResourceType, before: Stored, document: Document, changes: Changes, /
    ) -> Stored:
        return self._storage.update(resource_type, before, document, changes)

    async def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        self._storage.delete(resource_type, before)

    def transaction(self) -> "_ImmediateTransaction":
        return _ImmediateTransaction(self._storage.transaction())


class _ImmediateTransaction:
    """A synchronous store's transaction, entered and left by ``async with``."""

    __slots__ = ("_transaction",)

    def __init__(self, transaction: AbstractContextManager[Storage]) -> None:
        self._transaction = transaction

    async def __aenter__(self) -> _Immediate:
        return _Immediate(self._transaction.__enter__())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._transaction.__exit__(kind, error, trace)


def _run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends: one step takes it to its end."""
    try:
        coroutine.send(None)
    except StopIteration as finished:
        return cast(T, finished.value)
    # Thrown where it waits, so that an open transaction is undone and the client gets an answer.
    try:
        coroutine.throw(RuntimeError("the store waits for an event loop: it needs AsyncHandler, not Handler"))
    except StopIteration as finished:
        return cast(T, finished.value)
    finally:
        coroutine.close()
    raise RuntimeError("the store waits for an event loop, also when it is told to stop")


def _understood(result: Result | None) -> str:
    """Say which quirks of the caller's dialect a request had, so that one sees why it worked."""
    if not isinstance(result, Shown | Listed) or not result.tolerated:
        return ""
    return f" understood: {', '.join(dict.fromkeys(result.tolerated))}"


def _internal_error(error: Exception) -> InternalError:
    """Log a fault and make an answer that refers to the log and to nothing inside."""
    reference = secrets.token_hex(6)
    # Which exception and where. Its message may quote what was being stored, a password among it: only at DEBUG.
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("Internal error %s: %s\n%s", reference, type(error).__qualname__, where)
    _log.debug("Internal error %s in full", reference, exc_info=error)
    return InternalError(f"The service failed to answer. Its log has the cause under reference {reference}.")
