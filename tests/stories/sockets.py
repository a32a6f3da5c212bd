"""A server on a free port of this machine, and the standard library's HTTP client in front of it."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.validate import validator

import uvicorn

from stories.player import Answer

HOST = "127.0.0.1"


@contextmanager
def asgi_server(app: Any) -> Iterator[str]:
    """Serve an ASGI app with uvicorn in a thread; gives its URL."""
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it, each answer takes 40 ms longer.
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind((HOST, 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=5))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://{HOST}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 256  # of five at once it would hang up on some


class _SilentHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def wsgi_server(app: Any) -> Iterator[str]:
    """Serve a WSGI app with wsgiref in a thread, under its checker of PEP 3333; gives its URL."""
    with _ThreadingServer((HOST, 0), _SilentHandler) as server:
        server.set_app(validator(app))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


SERVERS: dict[str, Callable[[Any], Any]] = {"asgi": asgi_server, "wsgi": wsgi_server}


@contextmanager
def client(base: str) -> Iterator[Callable[..., Answer]]:
    """A ``send`` for `play`, on one connection, kept open where the server allows. Paths are relative to ``base``."""
    url = urlsplit(base)
    connection = http.client.HTTPConnection(url.hostname or HOST, url.port, timeout=10)

    def send(method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        try:
            connection.request(method, url.path + path, body, dict(headers))
            response = connection.getresponse()
            return response.status, dict(response.headers), response.read()
        except OSError:
            connection.close()  # the next request opens it anew
            raise
        except http.client.HTTPException as problem:
            connection.close()
            raise OSError(f"{type(problem).__name__}: {problem}") from problem

    try:
        yield send
    finally:
        connection.close()
