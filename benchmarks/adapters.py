"""Rows g adapter: what SCIM adds to a GET inside a web framework, beside a route of that framework that returns bytes.

The adapters are those of ``examples/``. No socket: the frameworks are called as their servers call them.
"""

import importlib.util
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from time import thread_time
from types import ModuleType
from typing import Any

from benchmarks.harness import Row, optional, times_limit
from benchmarks.services import HEADERS, PROVIDER, TOKEN, creating
from scimcore import asgi, wsgi
from scimcore.documents import loads
from scimcore.handler import AsyncHandler, Handler
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import bearer_tokens

_EXAMPLES = Path(__file__).parent.parent / "examples"
_AUTHENTICATE = bearer_tokens({TOKEN: "okta"})
_STORED = 1_000


def rows() -> Iterator[Row]:
    """Yield the rows of the frameworks that are installed."""
    storage = MemoryStorage()
    handler = Handler(PROVIDER, storage, _AUTHENTICATE)
    for number in range(_STORED):
        body = handler.handle(
            Request("POST", "/Users", headers=Headers(HEADERS.items()), body=creating(number).body)
        ).body
    path = f"/scim/v2/Users/{loads(body)['id']}"
    if optional("starlette"):
        app = asgi.ScimApp(PROVIDER, storage, authenticate=_AUTHENTICATE, prefix="/scim/v2")
        mounted = asgi.ScimApp(PROVIDER, storage, authenticate=_AUTHENTICATE)
        yield Row(
            "g adapter, GET in Starlette",
            _asgi(_example("starlette_app").create_app(mounted), path),
            limit=_asgi(_bare_starlette(path, body), path),
            peers={"ScimApp alone": _asgi(app, path), "AsyncHandler alone": _handler(storage, path)},
            targets=(times_limit(4, 2.5),),
            clock=thread_time,
            limit_name="Starlette and bytes",
        )
    if optional("flask"):
        app = wsgi.ScimApp(PROVIDER, storage, authenticate=_AUTHENTICATE, prefix="/scim/v2")
        yield Row(
            "g adapter, GET in Flask",
            _wsgi(_example("flask_app").create_app(app), path),
            limit=_wsgi(_bare_flask(path, body), path),
            peers={"ScimApp alone": _wsgi(app, path)},
            targets=(times_limit(2.2, 1.5),),
            clock=thread_time,
            limit_name="Flask and bytes",
        )


def _example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, _EXAMPLES / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _handler(storage: MemoryStorage, path: str) -> Callable[[], object]:
    handler = AsyncHandler(PROVIDER, storage, _AUTHENTICATE)
    request = Request("GET", path.removeprefix("/scim/v2"), headers=Headers(HEADERS.items()))
    return lambda: _finished(handler.handle(request))


def _asgi(app: Any, path: str) -> Callable[[], object]:
    fields = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    def run() -> object:
        sent.clear()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": fields,
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 50_000),
        }
        _finished(app(scope, receive, send))
        return sent[-1]

    run()
    assert sent[0]["status"] == 200, sent
    return run


def _finished(coroutine: Any) -> object:
    """Run what never waits for anything."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits")


def _wsgi(app: Any, path: str) -> Callable[[], object]:
    fields = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in HEADERS.items()}
    fields["CONTENT_TYPE"] = fields.pop("HTTP_CONTENT_TYPE")
    statuses: list[str] = []

    def run() -> object:
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **fields,
        }
        return b"".join(app(environ, lambda status, *_: statuses.append(status)))

    run()
    assert statuses == ["200 OK"]
    statuses.clear()
    return run


def _bare_starlette(path: str, body: bytes) -> Any:
    applications, responses = optional("starlette.applications"), optional("starlette.responses")
    routing = optional("starlette.routing")
    assert applications
    assert responses
    assert routing

    async def get(request: object) -> Any:
        return responses.Response(body, media_type="application/scim+json")

    return applications.Starlette(routes=[routing.Route("/scim/v2/{path:path}", get)])


def _bare_flask(path: str, body: bytes) -> Any:
    flask = optional("flask")
    assert flask
    app = flask.Flask("bare")

    @app.get("/scim/v2/<path:path>")
    def get(path: str) -> Any:
        return flask.Response(body, mimetype="application/scim+json")

    return app
