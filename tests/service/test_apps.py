"""What is particular to ASGI and to WSGI; that both answer alike is shown by the exchanges."""

import asyncio
import json
from io import BytesIO
from typing import Any

import pytest

from doors import (
    AUTHENTICATE,
    TOKEN,
    Answered,
    Asked,
    BlockingStorage,
    SuspendingStorage,
    call_asgi,
    chunks_of,
    environ_of,
    scope_of,
)
from scimcore import asgi, urns, wsgi
from scimcore.documents import Limits
from scimcore.http import Request
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import Caller
from scimcore.service.mount import DRAINED_BYTES
from scimcore.service.provider import BulkLimits, Config, Provider

HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
BODY = json.dumps({"schemas": [urns.USER], "userName": "ada"}).encode()
POST = Asked("POST", "/Users", HEADERS, BODY)
SMALL = Provider(limits=Limits(max_payload_bytes=1_000), config=Config(bulk=BulkLimits(10, 1_000)))


def asgi_app(provider: Provider | None = None, **options: Any) -> asgi.ScimApp:
    return asgi.ScimApp(provider or Provider(), MemoryStorage(), authenticate=AUTHENTICATE, **options)


def wsgi_app(provider: Provider | None = None, **options: Any) -> wsgi.ScimApp:
    return wsgi.ScimApp(provider or Provider(), MemoryStorage(), authenticate=AUTHENTICATE, **options)


def by_asgi(app: asgi.ScimApp, scope: dict[str, Any], messages: list[dict[str, Any]] | None = None) -> Answered:
    return asyncio.run(call_asgi(app, scope, messages if messages is not None else chunks_of(BODY)))


def by_wsgi(app: wsgi.ScimApp, environ: dict[str, Any]) -> Answered:
    started: list[Any] = []
    body = b"".join(app(environ, lambda *given: started.extend(given)))
    return Answered(int(started[0][:3]), {name.lower(): value for name, value in started[1]}, body)


def location(answered: Answered) -> str:
    assert answered.status == 201, answered.body
    url: str = answered.document["meta"]["location"]
    assert url == answered.headers["location"]
    return url.rsplit("/", 2)[0]


# Where the app is mounted --------------------------------------------------------------------------------------------


HOSTS = ["a.example:8443", "[2001:db8::1]:80", "under_score"]
# As servers hand them on.
NO_HOSTS = ["a b", "a\r\n X-Evil: 1", 'a"><b>', "a/b?c#d", "a,b", "user@a", "é", ":80", "a:port"]


@pytest.mark.parametrize(
    ("changes", "base"),
    [
        ({}, "https://scim.example.com/v2"),
        ({"root_path": "", "path": "/Users", "raw_path": b"/Users"}, "https://scim.example.com"),
        ({"root_path": "/v2/"}, "https://scim.example.com/v2"),
        # A server that leaves the mount point out of the paths, as ASGI had it first.
        ({"path": "/Users", "raw_path": b"/Users"}, "https://scim.example.com/v2"),
        ({"raw_path": None}, "https://scim.example.com/v2"),
        ({"raw_path": b"/v2/Users?x=1"}, "https://scim.example.com/v2"),
        ({"root_path": "/é", "path": "/é/Users", "raw_path": None}, "https://scim.example.com/%C3%A9"),
        ({"root_path": "/é", "path": "/é/Users", "raw_path": b"/%C3%A9/Users"}, "https://scim.example.com/%C3%A9"),
        ({"headers": [], "server": ("10.0.0.1", 8443)}, "https://10.0.0.1:8443/v2"),
        ({"headers": [], "server": ("10.0.0.1", 443)}, "https://10.0.0.1/v2"),
        ({"headers": [], "server": ("10.0.0.1", 80), "scheme": "http"}, "http://10.0.0.1/v2"),
        ({"headers": [], "server": ("/run/socket", None)}, "https:///run/socket/v2"),
        ({"headers": [], "server": None}, "https://localhost/v2"),
        *(({"host": host, "server": ("10.0.0.1", 443)}, "https://10.0.0.1/v2") for host in NO_HOSTS),
        *(({"host": host}, f"https://{host}/v2") for host in HOSTS),
    ],
)
def test_asgi_locations_begin_where_the_app_is_mounted(changes: dict[str, Any], base: str) -> None:
    scope = {**scope_of(POST), **changes}
    if "host" in changes:
        scope["headers"] = [
            (name, changes["host"].encode() if name == b"host" else value) for name, value in scope["headers"]
        ]
    scope["headers"] = (
        [*scope["headers"], *((name.lower().encode(), value.encode()) for name, value in HEADERS.items())]
        if not changes.get("headers", True)
        else scope["headers"]
    )
    assert location(by_asgi(asgi_app(), scope)) == base


@pytest.mark.parametrize(
    ("changes", "base"),
    [
        ({}, "https://scim.example.com/v2"),
        ({"SCRIPT_NAME": ""}, "https://scim.example.com"),
        ({"SCRIPT_NAME": "/v2/"}, "https://scim.example.com/v2"),
        ({"SCRIPT_NAME": "/é".encode().decode("latin-1")}, "https://scim.example.com/%C3%A9"),
        ({"HTTP_HOST": "", "SERVER_NAME": "10.0.0.1", "SERVER_PORT": "8443"}, "https://10.0.0.1:8443/v2"),
        ({"HTTP_HOST": "", "SERVER_NAME": "10.0.0.1", "SERVER_PORT": "443"}, "https://10.0.0.1/v2"),
        ({"HTTP_HOST": "", "SERVER_PORT": "80", "wsgi.url_scheme": "http"}, "http://localhost/v2"),
        *(({"HTTP_HOST": host, "SERVER_NAME": "10.0.0.1"}, "https://10.0.0.1/v2") for host in NO_HOSTS),
        *(({"HTTP_HOST": host}, f"https://{host}/v2") for host in HOSTS),
    ],
)
def test_wsgi_locations_begin_where_the_app_is_mounted(changes: dict[str, Any], base: str) -> None:
    assert location(by_wsgi(wsgi_app(), {**environ_of(POST), **changes})) == base


@pytest.mark.parametrize(
    ("query", "status", "found"),
    [
        ('filter=userName+eq+"jürgen"'.encode(), 200, 1),
        ("filter=userName%20eq%20%22J%C3%9CRGEN%22&x=ü".encode(), 200, 1),
        (b'filter=userName+eq+"j\xfcrgen"', 400, None),
        (b"filter=userName%20pr&x=\xff", 200, 1),
    ],
)
def test_a_query_that_is_not_encoded_is_read_as_its_sender_meant(query: bytes, status: int, found: int | None) -> None:
    """curl sends what one types. Read byte by byte it would be another name, and who is there would be made twice."""
    body = json.dumps({"schemas": [urns.USER], "userName": "Jürgen"}).encode()
    asked = Asked("GET", "/Users", HEADERS)
    for app, answer in (
        (asgi_app(), lambda app: by_asgi(app, {**scope_of(asked), "query_string": query}, chunks_of(b""))),
        (wsgi_app(), lambda app: by_wsgi(app, {**environ_of(asked), "QUERY_STRING": query.decode("latin-1")})),
    ):
        post = Asked("POST", "/Users", HEADERS, body)
        made = (
            by_asgi(app, scope_of(post), chunks_of(body))
            if isinstance(app, asgi.ScimApp)
            else by_wsgi(app, environ_of(post))
        )
        assert made.status == 201
        answered = answer(app)
        assert (answered.status, answered.document.get("totalResults")) == (status, found)


def test_a_prefix_is_part_of_the_base_url_and_outside_of_it_is_nothing() -> None:
    below = Asked("POST", "/scim/Users", HEADERS, BODY)
    assert location(by_asgi(asgi_app(prefix="/scim/"), scope_of(below))) == "https://scim.example.com/v2/scim"
    assert location(by_wsgi(wsgi_app(prefix="/scim"), environ_of(below))) == "https://scim.example.com/v2/scim"
    for path in ("/Users", "/", "/scimitar/Users"):
        outside = Asked("POST", path, HEADERS, BODY)
        assert by_asgi(asgi_app(prefix="/scim"), scope_of(outside)).status == 404
        assert by_wsgi(wsgi_app(prefix="/scim"), environ_of(outside)).status == 404


def test_a_base_url_can_be_fixed() -> None:
    assert (
        location(by_asgi(asgi_app(base_url="https://public.example/x/"), scope_of(POST))) == "https://public.example/x"
    )
    assert (
        location(by_wsgi(wsgi_app(base_url="https://public.example/x"), environ_of(POST))) == "https://public.example/x"
    )


def test_an_encoded_slash_does_not_make_a_path() -> None:
    asked = Asked("GET", "/Users/..%2FGroups", HEADERS)
    assert by_asgi(asgi_app(), scope_of(asked), chunks_of(b"")).status == 400
    # WSGI servers decode before the app sees anything: it is a slash, and the path with it leads nowhere.
    assert by_wsgi(wsgi_app(), environ_of(asked)).status in (400, 404)
    twice = Asked("GET", "/Users/a%252Fb", HEADERS)
    assert by_asgi(asgi_app(), scope_of(twice), chunks_of(b"")).status == 404
    assert by_wsgi(wsgi_app(), environ_of(twice)).status == 404


def test_a_proxy_is_believed_only_when_told_to() -> None:
    proxied = {**HEADERS, "X-Forwarded-Proto": "http", "X-Forwarded-Host": "public.example", "X-Forwarded-Prefix": "/x"}
    asked = Asked("POST", "/Users", proxied, BODY)
    for trusted, base in ((False, "https://scim.example.com/v2"), (True, "http://public.example/x/v2")):
        assert location(by_asgi(asgi_app(trust_forwarded=trusted), scope_of(asked))) == base
        assert location(by_wsgi(wsgi_app(trust_forwarded=trusted), environ_of(asked))) == base


# Bodies --------------------------------------------------------------------------------------------------------------


def test_asgi_puts_chunks_together_and_stops_at_the_limit() -> None:
    assert by_asgi(asgi_app(SMALL), scope_of(POST), chunks_of(BODY, 7)).status == 201
    many = chunks_of(b" " * 1_001, 100)
    assert by_asgi(asgi_app(SMALL), scope_of(POST), many).status == 413
    assert by_asgi(asgi_app(SMALL), scope_of(POST), [{"type": "http.request", "body": b" " * 1_001}]).status == 413


def test_asgi_does_not_read_without_end() -> None:
    endless = [{"type": "http.request", "body": b" " * 1_048_576, "more_body": True}] * (DRAINED_BYTES // 1_048_576)
    assert by_asgi(asgi_app(SMALL), scope_of(POST), endless).status == 413


@pytest.mark.parametrize(
    "fields", [{"Content-Length": "1001", "Expect": "100-continue"}, {"Content-Length": str(DRAINED_BYTES + 1)}]
)
def test_a_body_that_says_how_large_it_is_is_refused_unread(fields: dict[str, str]) -> None:
    asked = Asked("POST", "/Users", {**HEADERS, **fields})
    assert by_asgi(asgi_app(SMALL), scope_of(asked), []).status == 413
    environ = {**environ_of(asked), "CONTENT_LENGTH": fields["Content-Length"], "wsgi.input": None}
    assert by_wsgi(wsgi_app(SMALL), environ).status == 413


def test_who_calls_is_asked_before_the_size_of_a_body() -> None:
    asked = Asked("POST", "/Users", {"Content-Length": str(DRAINED_BYTES + 1)})
    assert by_asgi(asgi_app(SMALL), scope_of(asked), []).status == 401


def test_asgi_finishes_what_was_asked_though_nobody_waits_for_the_answer() -> None:
    app = asgi_app()

    async def main() -> None:
        received = iter(chunks_of(BODY))

        async def receive() -> dict[str, Any]:
            return next(received)

        async def send(message: dict[str, Any]) -> None:
            raise OSError("disconnected")

        await app(scope_of(POST), receive, send)

    asyncio.run(main())
    assert by_asgi(app, scope_of(Asked("GET", "/Users", HEADERS)), []).document["totalResults"] == 1


def test_asgi_does_nothing_for_a_client_that_went_away() -> None:
    app = asgi_app()
    half = [{"type": "http.request", "body": BODY, "more_body": True}, {"type": "http.disconnect"}]
    for messages in (half, half[1:]):
        sent: list[Any] = []

        async def main(messages: list[dict[str, Any]] = messages, sent: list[Any] = sent) -> None:
            received = iter(messages)

            async def receive() -> dict[str, Any]:
                return next(received)

            async def send(message: dict[str, Any]) -> None:
                sent.append(message)

            await app(scope_of(POST), receive, send)

        asyncio.run(main())
        assert sent == []
    listed = by_asgi(app, scope_of(Asked("GET", "/Users", HEADERS)), [])
    assert listed.document["totalResults"] == 0, "and a GET reads no body at all"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 201),
        ({"CONTENT_LENGTH": ""}, 400),
        ({"CONTENT_LENGTH": "many"}, 400),
        ({"CONTENT_LENGTH": "-5"}, 400),
        ({"CONTENT_LENGTH": "10"}, 400),
        # Chunked: a server that says where the body ends lets an app read to its end.
        ({"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, 201),
        # The client promised more than it sent.
        ({"CONTENT_LENGTH": "900"}, 201),
        ({"CONTENT_LENGTH": "2000", "wsgi.input": BytesIO(b" " * 2_000)}, 413),
        ({"CONTENT_LENGTH": str(DRAINED_BYTES * 1000), "wsgi.input": BytesIO(b" " * 200_000)}, 413),
    ],
)
def test_wsgi_reads_what_the_length_says(changes: dict[str, Any], status: int) -> None:
    assert by_wsgi(wsgi_app(SMALL), {**environ_of(POST), **changes}).status == status


def test_wsgi_header_fields_without_a_body() -> None:
    environ = environ_of(Asked("GET", "/Users", {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}))
    assert by_wsgi(wsgi_app(), environ).headers["content-type"] == "application/json"


# The rest of ASGI ----------------------------------------------------------------------------------------------------


class Started(SuspendingStorage):
    """Is told when the server starts and stops, by coroutines."""

    def __init__(self) -> None:
        super().__init__(MemoryStorage())
        self.told: list[str] = []

    async def start(self) -> None:
        await asyncio.sleep(0)
        self.told.append("start")

    async def stop(self) -> None:
        self.told.append("stop")


class Closed(BlockingStorage):
    """Can be closed, as stores with connections can."""

    closed = False

    def close(self) -> None:
        self.closed = True


class StartedInThread(BlockingStorage):
    """The same by plain methods; one of them fails."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def start(self) -> None:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        self.told.append("start")

    def stop(self) -> None:
        raise LookupError("s3cret connection string")


def lifespan(app: asgi.ScimApp) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    received = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> dict[str, Any]:
        return next(received)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app({"type": "lifespan"}, receive, send))
    return sent


def test_asgi_lifespan() -> None:
    complete = [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]
    assert lifespan(asgi_app()) == complete
    storage = Started()
    assert lifespan(asgi.ScimApp(Provider(), storage, authenticate=AUTHENTICATE)) == complete
    assert storage.told == ["start", "stop"]
    closed = Closed()
    assert lifespan(asgi.ScimApp(Provider(), closed, authenticate=AUTHENTICATE)) == complete
    assert closed.closed
    assert lifespan(asgi.ScimApp(Provider(), lambda caller: closed, authenticate=AUTHENTICATE)) == complete


def test_asgi_tells_the_server_that_a_store_did_not_start_or_stop(caplog: pytest.LogCaptureFixture) -> None:
    storage = StartedInThread()
    started, stopped = lifespan(asgi.ScimApp(Provider(), storage, authenticate=AUTHENTICATE))
    assert started == {"type": "lifespan.startup.complete"}
    assert storage.told == ["start"]
    assert stopped == {"type": "lifespan.shutdown.failed", "message": "LookupError in the store"}
    assert "The store failed at lifespan.shutdown" in caplog.text


def test_asgi_is_http_only() -> None:
    with pytest.raises(ValueError, match="websocket"):
        by_asgi(asgi_app(), {"type": "websocket"})


async def awaited(request: Request) -> Caller:
    await asyncio.sleep(0)
    return Caller("okta")


def test_asgi_with_an_asynchronous_store_and_authenticate() -> None:
    app = asgi.ScimApp(Provider(), SuspendingStorage(MemoryStorage()), authenticate=awaited)
    assert by_asgi(app, scope_of(POST)).status == 201


def test_a_store_that_blocks_cannot_wait_for_an_authenticate() -> None:
    with pytest.raises(TypeError, match="authenticate"):
        asgi.ScimApp(Provider(), BlockingStorage(), authenticate=awaited)


def test_both_edges_bring_what_a_host_needs() -> None:
    assert asgi.bearer_tokens is wsgi.bearer_tokens
