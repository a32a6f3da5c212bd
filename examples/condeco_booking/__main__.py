"""A meeting-room service that Okta provisions: ``python examples/condeco_booking --demo``.

Nothing but scimcore and the standard library: SQLite keeps the people, wsgiref serves SCIM below /scim/v2 and the
pages beside it.
"""

import argparse
import os
import secrets
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import demo
import page
from people import Booking
from recording import Recording

from scimcore import Provider
from scimcore.profiles import CONDECO
from scimcore.wsgi import ScimApp, bearer_tokens

PREFIX = "/scim/v2"
STYLE = (Path(__file__).parent / "style.css").read_bytes()
_MAX_FORM_BYTES = 10_000

Answer = tuple[str, str, bytes]


class Service:
    """SCIM below its prefix, and the pages."""

    def __init__(self, booking: Booking, token: str) -> None:
        self._booking = booking
        provider = Provider(profile=CONDECO)
        scim = ScimApp(provider, booking, authenticate=bearer_tokens({token: "okta"}), prefix=PREFIX)
        self._scim = Recording(scim, booking)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.lower().startswith(PREFIX):
            return self._scim(environ, start_response)
        status, kind, body = self._page(environ, path)
        start_response(
            status,
            [
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                ("Content-Security-Policy", page.POLICY),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"),
                ("Cache-Control", "no-store"),
            ],
        )
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _page(self, environ: dict[str, Any], path: str) -> Answer:
        if environ["REQUEST_METHOD"] == "POST" and path == "/bookings":
            return self._book(environ)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _html("405 Method Not Allowed", page.missing())
        if path == "/style.css":
            return "200 OK", "text/css; charset=utf-8", STYLE
        if path == "/":
            return _html("200 OK", page.home(self._booking, self._scim.last(), _base_url(environ)))
        if path.startswith("/people/"):
            found = page.person(self._booking, path.removeprefix("/people/"))
            if found is not None:
                return _html("200 OK", found)
        return _html("404 Not Found", page.missing())

    def _book(self, environ: dict[str, Any]) -> Answer:
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and urlsplit(origin).netloc != environ.get("HTTP_HOST"):
            # Another site's page has sent the form.
            return _html("403 Forbidden", page.missing())
        length = environ.get("CONTENT_LENGTH") or ""
        size = min(int(length), _MAX_FORM_BYTES) if length.isdecimal() else 0
        form = parse_qs(environ["wsgi.input"].read(size).decode(errors="replace"))
        who, room, hour = (form.get(name, [""])[0] for name in ("person", "room", "hour"))
        if room not in {name for name, _, _ in page.ROOMS} or hour not in map(str, page.HOURS):
            return _html("400 Bad Request", page.missing())
        refused = self._booking.book(who, room, int(hour))
        message = refused or f"{room} is booked for {hour}:00."
        shown = page.home(self._booking, self._scim.last(), _base_url(environ), message)
        return _html("409 Conflict" if refused else "200 OK", shown)


def _html(status: str, text: str) -> Answer:
    return status, "text/html; charset=utf-8", text.encode()


def _base_url(environ: dict[str, Any]) -> str:
    return f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', 'localhost')}{PREFIX}"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = 60  # seconds without a byte

    def log_message(self, format: str, *arguments: object) -> None:
        """The page shows the requests."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="condeco_booking", description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    parser.add_argument("--database", default=":memory:", metavar="PATH", help="an SQLite file; without it, memory")
    parser.add_argument("--token", default=os.environ.get("SCIM_TOKEN"), help="what Okta sends; made up if not given")
    parser.add_argument("--demo", action="store_true", help="play an administrator's day first")
    arguments = parser.parse_args()
    token = arguments.token or secrets.token_urlsafe(32)
    service = Service(Booking(arguments.database), token)
    try:
        server = make_server("127.0.0.1", arguments.port, service, _Server, _Quiet)
    except (OSError, OverflowError) as error:
        parser.error(f"cannot listen on port {arguments.port}: {error}")
    with server:
        url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        if arguments.demo:
            demo.play(url + PREFIX, token)
        print(f"The pages     {url}/\nSCIM base URL {url}{PREFIX}\nSCIM token    {token}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            server.shutdown()


if __name__ == "__main__":
    main()
