"""Services that the suite is asked about in these tests."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from scimcore import asgi, wsgi
from scimcore.http import Request, Response
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import bearer_tokens
from scimcore.service.provider import Provider

TOKEN = "a-token-of-the-tests"

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def wsgi_app(provider: Provider | None = None, **options: Any) -> wsgi.ScimApp:
    return wsgi.ScimApp(
        provider or Provider(), MemoryStorage(), authenticate=bearer_tokens({TOKEN: "tests"}), **options
    )


def asgi_app(provider: Provider | None = None, **options: Any) -> asgi.ScimApp:
    return asgi.ScimApp(
        provider or Provider(), MemoryStorage(), authenticate=bearer_tokens({TOKEN: "tests"}), **options
    )


class Scripted:
    """A transport that answers from a function of the request, and remembers what it was asked."""

    base_url = "https://scim.example.com/v2"

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        self._answer = answer
        self.asked: list[Request] = []
        self.closed = False

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        return self._answer(request)

    def close(self) -> None:
        self.closed = True


def answer(status: int, document: Any = None, **headers: str) -> Response:
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(status, fields, b"" if document is None else json.dumps(document).encode())


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving(app: Wsgi) -> Iterator[str]:
    """Serve an app at a port of its own, and give the URL."""
    with make_server("127.0.0.1", 0, app, handler_class=_Quiet) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
