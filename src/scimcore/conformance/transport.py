"""Ways to a SCIM service: a URL, an ASGI app or a WSGI app, all as ``send(Request) -> Response``.

Apps are driven by their protocols alone, so that any framework's will do. Nothing here knows SCIM.
"""

import asyncio
import inspect
import ssl
from collections.abc import Awaitable, Callable, Iterable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from importlib import import_module
from io import BytesIO
from typing import Any, Protocol, TypeAlias, cast
from urllib.parse import unquote, urlsplit

from scimcore.http import Request, Response

AsgiApp: TypeAlias = Callable[..., Awaitable[None]]
WsgiApp: TypeAlias = Callable[..., Iterable[bytes]]


class Transport(Protocol):
    """Takes requests to a service.

    Attributes:
        base_url: The absolute URL of the service, without a slash at its end. Paths of requests are relative to it.
    """

    base_url: str

    def send(self, request: Request) -> Response:
        """Send a request and wait for the answer.

        Raises:
            OSError: If the service cannot be reached.
        """
        ...

    def close(self) -> None:
        """Give back what the transport holds."""
        ...


def connect(
    target: str | AsgiApp | WsgiApp, *, base_path: str = "", timeout_seconds: float = 30, verify: bool = True
) -> Transport:
    """Make the transport that fits a target.

    Args:
        target: An ``http`` or ``https`` URL, ``module:attribute`` that names an app, or an app.
        base_path: Where an app answers, when it is not at its root: ``/scim/v2``.
        timeout_seconds: How long a URL may stay silent.
        verify: Whether the certificate of an ``https`` URL must be good.

    Raises:
        ValueError: If the target is none of these.
    """
    if isinstance(target, str):
        if "://" in target:
            return UrlTransport(target, timeout_seconds=timeout_seconds, verify=verify)
        target = load_app(target)
    if not callable(target):
        raise ValueError("the target must be a URL, 'module:app' or an ASGI or WSGI app")
    if _is_asgi(target):
        return AsgiTransport(cast(AsgiApp, target), base_path)
    return WsgiTransport(cast(WsgiApp, target), base_path)


def load_app(name: str) -> AsgiApp | WsgiApp:
    """Import the app that ``module:attribute`` names; of a function without parameters, the app that it returns.

    Raises:
        ValueError: If there is no such module or attribute.
    """
    module, _, attribute = name.partition(":")
    try:
        found: Any = import_module(module)
        for part in (attribute or "app").split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"cannot load the app {name!r} (expected a URL or module:app): {error}") from None
    if inspect.isfunction(found) and not inspect.signature(found).parameters:
        found = found()
    app: AsgiApp | WsgiApp = found
    return app


def _is_asgi(app: AsgiApp | WsgiApp) -> bool:
    """ASGI apps are coroutine functions of three parameters, WSGI apps functions of two."""
    if inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(type(app).__call__):
        return True
    try:
        return len(inspect.signature(app).parameters) == 3
    except (TypeError, ValueError):
        return False


class UrlTransport:
    """A service behind a URL, over one connection that is kept open."""

    def __init__(self, url: str, *, timeout_seconds: float = 30, verify: bool = True) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http or https URL: {url!r}")
        if parts.query or parts.fragment or parts.username is not None:
            raise ValueError("the URL must be a base URL alone: no query, no fragment, no credentials")
        self.base_url = url.rstrip("/")
        self._path = parts.path.rstrip("/")
        context = ssl.create_default_context() if verify else ssl._create_unverified_context()
        self._connection: HTTPConnection = (
            HTTPSConnection(parts.hostname, parts.port, timeout=timeout_seconds, context=context)
            if parts.scheme == "https"
            else HTTPConnection(parts.hostname, parts.port, timeout=timeout_seconds)
        )

    def send(self, request: Request) -> Response:
        """Send a request; once more on a new connection if the server had closed the old one."""
        target = self._path + request.path + (f"?{request.query}" if request.query else "")
        fresh = self._connection.sock is None
        try:
            return self._exchange(request, target)
        except (HTTPException, OSError) as error:
            self._connection.close()
            if fresh:
                raise _unreachable(error) from error
        try:
            return self._exchange(request, target)
        except (HTTPException, OSError) as error:
            self._connection.close()
            raise _unreachable(error) from error

    def _exchange(self, request: Request, target: str) -> Response:
        connection = self._connection
        connection.putrequest(request.method, target, skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name, value.encode("latin-1", "replace"))
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            connection.putheader("content-length", str(len(request.body)))
        connection.endheaders(request.body or None)
        with connection.getresponse() as answer:
            return Response(answer.status, tuple(answer.getheaders()), answer.read())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _unreachable(error: Exception) -> OSError:
    return error if isinstance(error, OSError) else ConnectionError(f"{type(error).__name__}: {error}")


class WsgiTransport:
    """A WSGI app in this process (PEP 3333)."""

    def __init__(self, app: WsgiApp, base_path: str = "") -> None:
        self.base_url = f"http://testserver{base_path.rstrip('/')}"
        self._app = app
        self._path = base_path.rstrip("/")

    def send(self, request: Request) -> Response:
        """Call the app."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> object:
            started.append((status, headers))
            return written.append

        body = self._app(self._environ(request), start_response)
        try:
            written.extend(body)
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()
        status, headers = started[-1]
        return Response(int(status.split(" ", 1)[0]), tuple(headers), b"".join(written))

    def _environ(self, request: Request) -> dict[str, Any]:
        path = self._path + request.path
        environ = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "RAW_URI": path + (f"?{request.query}" if request.query else ""),
            "QUERY_STRING": request.query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "testserver",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(request.body),
            "wsgi.errors": _Errors(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            environ["CONTENT_LENGTH"] = str(len(request.body))
        for name, value in request.headers:
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        return environ

    def close(self) -> None:
        """Nothing is held."""


class _Errors:
    """Where an app's complaints go: what the client sees is judged, not what the server logs."""

    def write(self, text: str) -> int:
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        pass

    def flush(self) -> None:
        pass


class AsgiTransport:
    """An ASGI app in this process, started and stopped by its lifespan events where it has any."""

    def __init__(self, app: AsgiApp, base_path: str = "") -> None:
        self.base_url = f"http://testserver{base_path.rstrip('/')}"
        self._app = app
        self._path = base_path.rstrip("/")
        self._runner: asyncio.Runner | None = None
        self._lifespan: _Lifespan | None = None

    def send(self, request: Request) -> Response:
        """Call the app on an event loop of the transport's own."""
        if self._runner is None:
            self._runner = asyncio.Runner()
            try:
                self._lifespan = self._runner.run(_started(self._app))
            except BaseException:
                self.close()
                raise
        return self._runner.run(self._call(request))

    async def _call(self, request: Request) -> Response:
        sent: list[dict[str, Any]] = []
        asked = [{"type": "http.request", "body": request.body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if asked:
                return asked.pop()
            return await asyncio.Future()  # the client neither sends more nor goes away

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._app(self._scope(request), receive, send)
        start = next(message for message in sent if message["type"] == "http.response.start")
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in start.get("headers", ()))
        body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
        return Response(start["status"], headers, body)

    def _scope(self, request: Request) -> dict[str, Any]:
        path = self._path + request.path
        headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in request.headers]
        headers += [(b"host", b"testserver")]
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            headers += [(b"content-length", str(len(request.body)).encode())]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode("latin-1"),
            "query_string": request.query.encode("latin-1"),
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 50_000),
            "server": ("testserver", 80),
        }

    def close(self) -> None:
        """Stop the app and its event loop."""
        if self._runner is not None:
            if self._lifespan is not None:
                self._runner.run(self._lifespan.stop())
            self._runner.close()
            self._runner = self._lifespan = None


async def _started(app: AsgiApp) -> "_Lifespan | None":
    lifespan = _Lifespan()
    return lifespan if await lifespan.start(app) else None


class _Lifespan:
    """The start and stop of an app. Apps that have none raise or return, and are served all the same."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def start(self, app: AsgiApp) -> bool:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
        self._task = asyncio.ensure_future(app(scope, self._events.get, self._answers.put))
        return await self._tell("lifespan.startup")

    async def stop(self) -> None:
        await self._tell("lifespan.shutdown")

    async def _tell(self, event: str) -> bool:
        await self._events.put({"type": event})
        answer = asyncio.ensure_future(self._answers.get())
        await asyncio.wait((answer, self._task), return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            if answer.result()["type"].endswith(".failed"):
                raise RuntimeError(f"the app answered {event} with a failure")
            return True
        answer.cancel()
        self._task.exception()  # taken notice of
        return False
