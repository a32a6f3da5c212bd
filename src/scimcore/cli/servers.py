"""The servers that ``serve`` stands on: a listening socket, and two ways to answer from it until a signal comes."""

import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from types import FrameType
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from scimcore.asgi import ScimApp as AsgiApp
from scimcore.wsgi import ScimApp as WsgiApp

try:
    import uvicorn
except ImportError:  # the extra `server`
    RUN_ASGI: Callable[[AsgiApp, socket.socket], None] | None = None
else:

    def _run_asgi(app: AsgiApp, listener: socket.socket) -> None:
        """Serve an ASGI app by uvicorn until SIGINT or SIGTERM."""
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                # The service logs requests itself, without the values of filters.
                access_log=False,
                server_header=False,
                # Whoever can send X-Forwarded-Host could choose what meta.location says.
                proxy_headers=False,
                timeout_graceful_shutdown=5,
            )
        )
        # uvicorn stops by itself and then raises the signal again: this keeps it from ending the process.
        with _signals(lambda: None):
            server.run(sockets=[listener])

    RUN_ASGI = _run_asgi

_log = logging.getLogger("scimcore.server")


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket.

    Raises:
        OSError: If the address is not one, or is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named: an event loop turns Nagle's algorithm off only where it sees that this is TCP, and a
    # kept connection would wait for some 40 ms in each answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the URL that a listening socket can be reached by."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run_wsgi(app: WsgiApp, listener: socket.socket) -> None:
    """Serve a WSGI app by the standard library, a thread for each connection, until SIGINT or SIGTERM."""
    stop = threading.Event()
    with _Server(listener) as server, _signals(stop.set):
        server.set_app(app)
        # The main thread is the one that signals reach.
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        serving.start()
        stop.wait()
        server.shutdown()
        serving.join()


@contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    def receive(number: int, frame: FrameType | None) -> None:
        stop()

    before = {number: signal.signal(number, receive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(listener.getsockname(), _RequestHandler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        # What server_bind() would do, without asking the DNS for the machine's name.
        self.server_name, self.server_port = listener.getsockname()[:2]
        self.setup_environ()

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that breaks is the client's business."""
        _log.debug("A connection failed", exc_info=True)


class _RequestHandler(WSGIRequestHandler):
    timeout = 60  # seconds without a byte

    def log_message(self, format: str, *arguments: object) -> None:
        """The service logs requests itself, without the values of filters."""
