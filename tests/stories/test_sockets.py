"""What is sent through the socket arrives, and what is answered comes back, with both kinds of server."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from stories.sockets import SERVERS, client


async def asgi_echo(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    if scope["type"] == "lifespan":
        return
    message = await receive()
    fields = dict(scope["headers"])
    text = f"{scope['method']} {scope['path']}?{scope['query_string'].decode()} {fields[b'x-test'].decode()} "
    headers = [(b"content-type", b"text/plain"), (b"x-test", b"back")]
    await send({"type": "http.response.start", "status": 418, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode() + message["body"]})


def wsgi_echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    text = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']} {environ['HTTP_X_TEST']} "
    start_response("418 Teapot", [("Content-Type", "text/plain"), ("X-Test", "back")])
    return [text.encode() + body]


@pytest.mark.parametrize(("kind", "app"), [("asgi", asgi_echo), ("wsgi", wsgi_echo)])
def test_a_round_trip(kind: str, app: Any) -> None:
    with SERVERS[kind](app) as url, client(f"{url}/scim") as send:
        for _ in range(2):
            status, headers, body = send("PATCH", "/Users?filter=a+eq+%22b%22", {"X-Test": "there"}, b'"\xc3\xa9"')
            assert (status, headers.get("x-test", headers.get("X-Test"))) == (418, "back")
            assert body.decode() == 'PATCH /scim/Users?filter=a+eq+%22b%22 there "é"'
        assert send("GET", "/", {"X-Test": "there"}, None)[2] == b"GET /scim/? there "
