"""The service as an ASGI app: ``ScimApp`` runs by itself or mounted below any path of a larger app."""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Any, TypeAlias, cast
from urllib.parse import quote

from scimcore.handler import AsyncHandler, AsyncStorageOf, Handler
from scimcore.http import Headers, Request, Response
from scimcore.service.authentication import AsyncAuthenticate, Authenticate, Caller, bearer_tokens
from scimcore.service.hooks import NO_HOOKS, Hooks
from scimcore.service.mount import DRAINED_BYTES, Mount, encoded_query, hopeless, host_of
from scimcore.service.provider import Provider
from scimcore.service.store import is_async, is_store
from scimcore.storage import AsyncStorage, Storage

__all__ = ["AsyncAuthenticate", "Caller", "ScimApp", "bearer_tokens"]

Scope: TypeAlias = dict[str, Any]
Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

_log = logging.getLogger("scimcore")


class ScimApp:
    """An ASGI application that answers SCIM requests.

    An asynchronous store is awaited. A synchronous one is called in a thread, one for each request, so that the event
    loop never waits for it; only one that says ``never_blocks`` (as the store in memory does) is called directly.

    Example:
        >>> from scimcore.memory import MemoryStorage
        >>> app = ScimApp(Provider(), MemoryStorage(), authenticate=bearer_tokens({"s3cret": "okta"}))
    """

    def __init__(
        self,
        provider: Provider,
        storage: AsyncStorage | Storage | AsyncStorageOf,
        *,
        authenticate: AsyncAuthenticate,
        hooks: Hooks = NO_HOOKS,
        prefix: str = "",
        base_url: str | None = None,
        trust_forwarded: bool | int = False,
    ) -> None:
        """Join the parts.

        Args:
            provider: What the service offers.
            storage: Where resources are kept; or a function that returns the store of a caller's tenant. A store with
                the methods ``start``, ``stop`` or ``close`` (coroutines or not) has them called when the server starts
                and stops.
            authenticate: Who is calling: ``bearer_tokens({...})`` or a function of the host's, which may return an
                awaitable.
            hooks: Where the host has its say; see :class:`~scimcore.service.hooks.Hooks`.
            prefix: The path below which the app answers, within the path that it is mounted at: ``/scim/v2``.
            base_url: What ``meta.location`` starts with, prefix included. None takes it from each request, which is
                right unless a proxy in front changes scheme, host or path.
            trust_forwarded: Whether a proxy in front is believed when it says by which scheme, host and path it was
                asked (``X-Forwarded-Proto``, ``-Host``, ``-Prefix`` or ``Forwarded``); a number for several proxies in
                a row. Only for proxies that set these fields in every request: what they let through, anybody can send.

        Raises:
            TypeError: If ``authenticate`` is a coroutine and the store's calls are not.
            ValueError: If a path, a URL or a number makes no sense.
        """
        self._handle: Callable[[Request], Awaitable[Response]]
        if not is_store(storage) or is_async(storage) or getattr(storage, "never_blocks", False):
            self._handle = AsyncHandler(provider, storage, authenticate, hooks=hooks).handle
        else:
            if inspect.iscoroutinefunction(authenticate):
                raise TypeError("an asynchronous authenticate needs an asynchronous store")
            # A whole request in one thread: a synchronous transaction belongs to the thread that opened it.
            handler = Handler(provider, cast(Storage, storage), cast(Authenticate, authenticate), hooks=hooks)
            self._handle = lambda request: asyncio.to_thread(handler.handle, request)
        self._storage = storage
        self._mount = Mount(prefix, base_url, trust_forwarded)
        self._max_bytes = provider.max_body_bytes
        # Stands for every body that is too large: its content is of no interest.
        self._too_large = bytes(self._max_bytes + 1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or take part in a server's start and stop."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            raise ValueError(f"this app speaks http, not {scope['type']}")
        method = scope["method"]
        headers = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]])
        # Nothing is read where nothing is expected; a server sees to what was sent all the same.
        body = b"" if method in ("GET", "HEAD") else await self._body(receive, headers)
        if body is None:
            return  # The client is gone, and what it had sent by then may be half of what it meant.
        root, path = _root_and_path(scope)
        host = host_of(headers.get("host"), _server(scope))
        response = await self._handle(
            Request(
                method=method,
                path=self._mount.path(path),
                query=encoded_query(scope["query_string"].decode("latin-1")),
                headers=headers,
                body=body,
                base_url=self._mount.base_url(scope.get("scheme", "http"), host, root, headers),
            )
        )
        fields = [(_field_name(name), value.encode("latin-1")) for name, value in response.headers]
        try:
            await send({"type": "http.response.start", "status": response.status, "headers": fields})
            await send({"type": "http.response.body", "body": response.body})
        except OSError:
            # What was asked is done. Whoever asked went away before hearing of it (ASGI 2.4 says so by this error).
            _log.debug("The client went away before it was answered")

    async def start(self) -> None:
        """Start the store, if it has a ``start``. A host whose server does not tell mounted apps calls this itself."""
        await _called(self._storage, "start")

    async def stop(self) -> None:
        """Stop the store, if it has a ``stop`` or else a ``close``."""
        await _called(self._storage, "stop" if hasattr(self._storage, "stop") else "close")

    async def _body(self, receive: Receive, headers: Headers) -> bytes | None:
        """Read the body, of a large one no more than shows that it is too large; None if the client went away."""
        if hopeless(headers, self._max_bytes):
            return self._too_large
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            body: bytes = message.get("body", b"")
            return body
        kept = bytearray()
        read = 0
        while message["type"] == "http.request":
            chunk = message.get("body", b"")
            read += len(chunk)
            if read <= self._max_bytes:
                kept += chunk
            # The rest is read and dropped: a client that is still sending does not look for the answer.
            if not message.get("more_body") or read >= DRAINED_BYTES:
                return bytes(kept) if read <= self._max_bytes else self._too_large
            message = await receive()
        return None

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """Start and stop the store as the server says. What goes wrong then is told to the server, and logged."""
        steps = {"lifespan.startup": self.start, "lifespan.shutdown": self.stop}
        while True:
            kind = (await receive())["type"]
            try:
                await steps[kind]()
            except Exception as error:
                _log.exception("The store failed at %s", kind)
                await send({"type": f"{kind}.failed", "message": f"{type(error).__name__} in the store"})
                return
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return


async def _called(storage: object, name: str) -> None:
    """Call a method that a store may have, in a thread if it blocks."""
    method = getattr(storage, name, None)
    if method is None:
        return
    result = method() if inspect.iscoroutinefunction(method) else await asyncio.to_thread(method)
    if inspect.isawaitable(result):
        await result


def _root_and_path(scope: Scope) -> tuple[str, str]:
    """Return the path that the app is mounted at, and the path below it, both encoded.

    ``path`` and ``raw_path`` contain ``root_path`` (ASGI since its version 2.1), but some servers and frameworks leave
    it out.
    """
    root = scope.get("root_path", "").rstrip("/")
    raw: bytes | None = scope.get("raw_path")
    # Some servers leave the query in, some give no raw path.
    path = raw.decode("latin-1").partition("?")[0] if raw else quote(scope["path"], safe=_PATH_CHARACTERS)
    if root:
        root = _encoded(root)
        if path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/"):
            path = path[len(root) :]
    return root, path


@lru_cache(maxsize=64)
def _encoded(root: str) -> str:
    return quote(root)


@lru_cache(maxsize=64)
def _field_name(name: str) -> bytes:
    return name.lower().encode("latin-1")


_PATH_CHARACTERS = "/:@!$&'()*+,;=~-._"


def _server(scope: Scope) -> str:
    """Name the server as it knows itself, for a client that named none (HTTP/1.0), or no host."""
    server: Iterable[Any] = scope.get("server") or ("localhost", None)
    host, port = server
    return host if port is None or port == (443 if scope.get("scheme") == "https" else 80) else f"{host}:{port}"
