"""Every way into the service, in this process: ``ask(Asked) -> Answered`` for each of them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.client import HTTPMessage
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.validate import validator

from scimcore import asgi, wsgi
from scimcore.documents import Document
from scimcore.handler import AsyncHandler, Handler
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import bearer_tokens
from scimcore.service.provider import Provider
from scimcore.storage import Changes, Page, Query, Stored

BASE = "https://scim.example.com/v2"
TOKEN = "good-token"
AUTHENTICATE = bearer_tokens({TOKEN: "okta", "next-token": "okta"})


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def parts(self) -> tuple[str, str]:
        path, _, query = self.path.partition("?")
        return path, query


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body) if self.body else None


Ask = Callable[[Asked], Answered]


class BlockingStorage(MemoryStorage):
    """One that an event loop may not call directly."""

    never_blocks = False


class SuspendingStorage:
    """An asynchronous store: each call lets others run first. Transactions do not keep anybody out."""

    def __init__(self, storage: MemoryStorage) -> None:
        self.storage = storage

    async def fetch(self, resource_type: ResourceType, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        await asyncio.sleep(0)
        return self.storage.fetch(resource_type, id, selection)

    async def search(self, query: Query, /) -> Page:
        await asyncio.sleep(0)
        return self.storage.search(query)

    async def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        await asyncio.sleep(0)
        return self.storage.insert(resource_type, document)

    async def update(
        self, resource_type: ResourceType, before: Stored, document: Document, changes: Changes, /
    ) -> Stored:
        await asyncio.sleep(0)
        return self.storage.update(resource_type, before, document, changes)

    async def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        await asyncio.sleep(0)
        self.storage.delete(resource_type, before)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["SuspendingStorage"]:
        yield self


def by_handler(provider: Provider) -> Ask:
    handler = Handler(provider, MemoryStorage(), AUTHENTICATE)

    def ask(asked: Asked) -> Answered:
        path, query = asked.parts
        request = Request(asked.method, path, query, Headers(asked.headers.items()), asked.body, BASE)
        response = handler.handle(request)
        return Answered(response.status, fields(response.headers), response.body)

    return ask


def by_async_handler(provider: Provider) -> Ask:
    handler = AsyncHandler(provider, SuspendingStorage(MemoryStorage()), AUTHENTICATE)

    def ask(asked: Asked) -> Answered:
        path, query = asked.parts
        request = Request(asked.method, path, query, Headers(asked.headers.items()), asked.body, BASE)
        response = asyncio.run(handler.handle(request))
        return Answered(response.status, fields(response.headers), response.body)

    return ask


def by_wsgi(provider: Provider) -> Ask:
    app = wsgi.ScimApp(provider, MemoryStorage(), authenticate=AUTHENTICATE)
    checked = validator(app)  # type: ignore[arg-type]

    def ask(asked: Asked) -> Answered:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], None]:
            started.extend((status, headers))
            return lambda _: None

        answer = checked(environ_of(asked), start_response)
        body = b"".join(answer)
        answer.close()  # type: ignore[attr-defined]
        status, headers = started
        return Answered(int(status[:3]), fields(headers), body)

    return ask


def environ_of(asked: Asked) -> dict[str, Any]:
    path, query = asked.parts
    environ: dict[str, Any] = {
        "REQUEST_METHOD": asked.method,
        "SCRIPT_NAME": "/v2",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(asked.body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "HTTP_HOST": "scim.example.com",
    }
    if asked.body:
        environ["CONTENT_LENGTH"] = str(len(asked.body))
    for name, value in asked.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    environ["wsgi.errors"] = _Errors()
    return environ


class _Errors:
    def write(self, text: str) -> None: ...
    def writelines(self, lines: list[str]) -> None: ...
    def flush(self) -> None: ...


def by_asgi(provider: Provider) -> Ask:
    return _asgi(asgi.ScimApp(provider, MemoryStorage(), authenticate=AUTHENTICATE))


def by_asgi_in_threads(provider: Provider) -> Ask:
    return _asgi(asgi.ScimApp(provider, BlockingStorage(), authenticate=AUTHENTICATE))


def _asgi(app: asgi.ScimApp) -> Ask:
    return lambda asked: asyncio.run(call_asgi(app, scope_of(asked), chunks_of(asked.body)))


def scope_of(asked: Asked) -> dict[str, Any]:
    path, query = asked.parts
    headers = {"host": "scim.example.com", **asked.headers}
    return {
        "type": "http",
        "method": asked.method,
        "scheme": "https",
        "root_path": "/v2",
        "path": "/v2" + unquote_to_bytes(path).decode(errors="replace"),
        "raw_path": b"/v2" + path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "server": ("127.0.0.1", 8000),
    }


def chunks_of(body: bytes, size: int = 65_536) -> list[dict[str, Any]]:
    pieces = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
    return [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, start=1)
    ]


async def call_asgi(app: asgi.ScimApp, scope: dict[str, Any], messages: list[dict[str, Any]]) -> Answered:
    received = iter(messages)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(received)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    start, body = sent
    headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
    return Answered(start["status"], fields(headers), body["body"])


def fields(pairs: Any) -> dict[str, str]:
    message = HTTPMessage()
    for name, value in pairs:
        assert name not in message, f"{name} is sent twice"
        message[name] = value
    return {name.lower(): value for name, value in message.items()}


DOORS: dict[str, Callable[[Provider], Ask]] = {
    "handler": by_handler,
    "async handler": by_async_handler,
    "wsgi": by_wsgi,
    "asgi": by_asgi,
    "asgi in threads": by_asgi_in_threads,
}
