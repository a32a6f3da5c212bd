"""The service as an ASGI app: ``ScimApp`` runs by itself or mounted below any path of a larger app."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias, cast
from urllib.parse import quote

from scimcore.handler import AsyncHandler, AsyncStorageOf, Handler
from scimcore.http import Headers, Request, Response
from scimcore.service.authentication import AsyncAuthenticate, Authenticate, Caller, bearer_tokens
from scimcore.service.hooks import NO_HOOKS, Hooks
from scimcore.service.mount import DRAINED_BYTES, below
from scimcore.service.provider import Provider
from scimcore.service.store import is_async, is_store
from scimcore.storage import AsyncStorage, Storage

__all__ = ["AsyncAuthenticate", "Caller", "ScimApp", "bearer_tokens"]

Scope: TypeAlias = dict[str, Any]
Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


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
    ) -> None:
        """Join the parts.

        Args:
            provider: What the service offers.
            storage: Where resources are kept; or a function that returns the store of a caller's tenant.
            authenticate: Who is calling: ``bearer_tokens({...})`` or a function of the host's, which may return an
                awaitable.
            hooks: Where the host has its say; see :class:`~scimcore.service.hooks.Hooks`.
            prefix: The path below which the app answers, within the path that it is mounted at: ``/scim/v2``.
            base_url: What ``meta.location`` starts with, prefix included. None takes it from each request, which is
                right unless a proxy in front changes scheme, host or path.
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
        self._max_bytes = provider.max_body_bytes
        self._prefix = prefix.rstrip("/")
        self._base_url = base_url.rstrip("/") if base_url is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or take part in a server's start and stop."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            raise ValueError(f"this app speaks http, not {scope['type']}")
        method = scope["method"]
        # Nothing is read where nothing is expected; a server sees to what was sent all the same.
        body = b"" if method in ("GET", "HEAD") else await self._body(receive)
        if body is None:
            return  # The client is gone, and what it had sent by then may be half of what it meant.
        origin, path = _place(scope)
        response = await self._handle(
            Request(
                method=method,
                path=below(self._prefix, path),
                query=scope["query_string"].decode("latin-1"),
                headers=Headers(
                    [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
                ),
                body=body,
                base_url=self._base_url if self._base_url is not None else origin + self._prefix,
            )
        )
        fields = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
        await send({"type": "http.response.start", "status": response.status, "headers": fields})
        await send({"type": "http.response.body", "body": response.body})

    async def _body(self, receive: Receive) -> bytes | None:
        """Read the body, of a large one no more than shows that it is too large; None if the client went away."""
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            body: bytes = message.get("body", b"")
            return body
        kept = bytearray()
        read = 0
        while message["type"] == "http.request":
            chunk = message.get("body", b"")
            read += len(chunk)
            # The rest is read and dropped: a client that is still sending does not look for the answer.
            kept += chunk[: max(0, self._max_bytes + 1 - len(kept))]
            if not message.get("more_body") or read >= DRAINED_BYTES:
                return bytes(kept)
            message = await receive()
        return None


def _place(scope: Scope) -> tuple[str, str]:
    """Return the URL that the app is mounted at, and the path below it, still encoded.

    ``path`` and ``raw_path`` contain ``root_path`` (ASGI since its version 2.1), but some servers and frameworks leave
    it out.
    """
    root = quote(scope.get("root_path", "").rstrip("/"))
    raw: bytes | None = scope.get("raw_path")
    # Some servers leave the query in, some give no raw path.
    path = raw.decode("latin-1").partition("?")[0] if raw else quote(scope["path"], safe=_PATH_CHARACTERS)
    if root and path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/"):
        path = path[len(root) :]
    return f"{scope.get('scheme', 'http')}://{_host(scope)}{root}", path


_PATH_CHARACTERS = "/:@!$&'()*+,;=~-._"


def _host(scope: Scope) -> str:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    for name, value in headers:
        if name == b"host":
            return value.decode("latin-1")
    server = scope.get("server") or ("localhost", None)
    host, port = server
    return host if port is None or port == (443 if scope.get("scheme") == "https" else 80) else f"{host}:{port}"


async def _lifespan(receive: Receive, send: Send) -> None:
    """Nothing needs to be started or stopped: the store is the host's."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
