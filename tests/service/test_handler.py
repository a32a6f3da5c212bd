"""What the doors do when something under them goes wrong."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from doors import AUTHENTICATE, BASE, TOKEN, SuspendingStorage
from scimcore import urns
from scimcore.documents import Document
from scimcore.errors import TooManyRequests, Unauthorized, VersionMismatch
from scimcore.handler import AsyncHandler, Handler
from scimcore.http import Headers, Request, Response
from scimcore.memory import MemoryStorage
from scimcore.resources import User
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import Caller, anyone
from scimcore.service.provider import Provider
from scimcore.storage import Changes, Page, Query, Stored

USER = {"schemas": [urns.USER], "userName": "ada", "password": "pa55word"}


def request(method: str, path: str, body: Any = None, **headers: str) -> Request:
    path, _, query = path.partition("?")
    fields = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    return Request(
        method, path, query, Headers(fields.items()), b"" if body is None else json.dumps(body).encode(), BASE
    )


def document(response: Response) -> Any:
    return json.loads(response.body)


class Broken(MemoryStorage):
    """Fails at one kind of call, naming what it was given, as database drivers do."""

    def __init__(self, call: str) -> None:
        super().__init__()
        self.call = call

    def _fail(self, call: str, *given: object) -> None:
        if call == self.call:
            raise LookupError(f"column missing: {given}")

    def fetch(self, *given: Any) -> Stored:
        self._fail("fetch", *given)
        return super().fetch(*given)

    def search(self, query: Query, /) -> Page:
        self._fail("search", query)
        return super().search(query)

    def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        stored = super().insert(resource_type, document)
        self._fail("insert", document)
        return stored

    def update(self, *given: Any) -> Stored:
        stored = super().update(*given)
        self._fail("update", *given)
        return stored

    def delete(self, *given: Any) -> None:
        super().delete(*given)
        self._fail("delete", *given)


@pytest.mark.parametrize(
    ("call", "method"),
    [("fetch", "GET"), ("search", "LIST"), ("insert", "POST"), ("update", "PUT"), ("delete", "DELETE")],
)
def test_a_fault_of_the_store_is_500_and_changes_nothing(
    call: str, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    storage = Broken("")
    handler = Handler(Provider(), storage, AUTHENTICATE)
    created = document(handler.handle(request("POST", "/Users", USER)))
    before = handler.handle(request("GET", "/Users"))
    storage.call = call
    place = "/Users" if method in ("POST", "LIST") else f"/Users/{created['id']}"
    body = {**USER, "userName": "eve"} if method in ("POST", "PUT") else None
    with caplog.at_level(logging.INFO, "scimcore"):
        answer = handler.handle(request("GET" if method == "LIST" else method, place, body))
    assert answer.status == 500
    told = document(answer)
    assert told["schemas"] == [urns.ERROR]
    assert "LookupError" not in answer.body.decode()
    assert "column" not in answer.body.decode()
    reference = told["detail"].split()[-1].rstrip(".")
    assert f"Internal error {reference}: LookupError" in caplog.text
    assert "test_handler.py" in caplog.text, "the log says where"
    assert "pa55word" not in caplog.text
    storage.call = ""
    assert handler.handle(request("GET", "/Users")) == before


def test_the_whole_fault_is_in_the_debug_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "scimcore"):
        Handler(Provider(), Broken("search"), AUTHENTICATE).handle(request("GET", "/Users"))
    assert "column missing" in caplog.text


def test_a_fault_of_the_host_s_authenticate_is_500() -> None:
    def authenticate(request: Request) -> Caller:
        raise ZeroDivisionError

    assert Handler(Provider(), MemoryStorage(), authenticate).handle(request("GET", "/Users")).status == 500


def test_a_host_s_own_refusals() -> None:
    def refuse(request: Request) -> Caller:
        raise Unauthorized("Sign in first.")

    def hold(request: Request) -> Caller:
        raise TooManyRequests("Wait.", retry_after_seconds=7)

    refused = Handler(Provider(), MemoryStorage(), refuse).handle(request("GET", "/Users"))
    assert (refused.status, dict(refused.headers)["WWW-Authenticate"]) == (401, 'Bearer realm="SCIM"')
    held = Handler(Provider(), MemoryStorage(), hold).handle(request("GET", "/Users"))
    assert (held.status, dict(held.headers)["Retry-After"]) == (429, "7")


def test_an_asynchronous_store_needs_the_asynchronous_door() -> None:
    with pytest.raises(TypeError, match="AsyncHandler"):
        Handler(Provider(), SuspendingStorage(MemoryStorage()), AUTHENTICATE)  # type: ignore[arg-type]


def test_authentication_that_waits_behind_the_synchronous_door_is_500(caplog: pytest.LogCaptureFixture) -> None:
    async def authenticate(request: Request) -> Caller:
        await asyncio.sleep(0)
        return Caller("okta")

    answer = Handler(Provider(), MemoryStorage(), authenticate).handle(request("GET", "/Users"))  # type: ignore[arg-type]
    assert answer.status == 500
    assert "RuntimeError" in caplog.text


def test_a_coroutine_that_cannot_be_stopped_is_an_error() -> None:
    class Stubborn:
        def __await__(self) -> Any:
            try:
                yield
            finally:
                yield

    def authenticate(request: Request) -> Awaitable[Caller]:
        return Stubborn()

    with pytest.raises(RuntimeError):
        Handler(Provider(), MemoryStorage(), authenticate).handle(request("GET", "/Users"))  # type: ignore[arg-type]


def test_authentication_may_be_awaited() -> None:
    async def authenticate(request: Request) -> Caller:
        await asyncio.sleep(0)
        return Caller("okta")

    handler = AsyncHandler(Provider(), MemoryStorage(), authenticate)
    assert asyncio.run(handler.handle(request("POST", "/Users", USER))).status == 201
    assert document(asyncio.run(handler.handle(request("GET", "/Users"))))["totalResults"] == 1


def test_each_request_is_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    handler = Handler(Provider(), MemoryStorage(), AUTHENTICATE)
    with caplog.at_level(logging.INFO, "scimcore.requests"):
        handler.handle(request("POST", "/Users", USER))
        handler.handle(request("GET", "/Users?filter=userName+eq+%22ada%22&count=1"))
        handler.handle(request("GET", "/Users", Authorization="Bearer wrong"))
    created, found, refused = [record.getMessage() for record in caplog.records]
    assert created.startswith("POST /Users 201 ")
    assert created.endswith(" okta")
    assert found.startswith("GET /Users?filter=userName eq&count=1 200 ")
    assert refused.startswith("GET /Users 401 ")
    assert refused.endswith(" -")
    assert not any(secret in caplog.text for secret in ("pa55word", TOKEN, "wrong", '"ada"'))


class Overtaken(MemoryStorage):
    """Somebody else writes between each of the next fetches and what follows."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def fetch(self, *given: Any) -> Stored:
        stored = super().fetch(*given)
        if self.times:
            self.times -= 1
            meta = {**stored.document["meta"], "version": f'W/"other-{self.times}"'}
            self.update(given[0], stored, {**stored.document, "nickName": f"n{self.times}", "meta": meta}, None)
        return stored


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_write_that_is_overtaken_is_made_again(method: str) -> None:
    storage = Overtaken(0)
    handler = Handler(Provider(), storage, AUTHENTICATE)
    place = f"/Users/{document(handler.handle(request('POST', '/Users', USER)))['id']}"
    body = {**USER, "title": "Countess"} if method == "PUT" else None
    storage.times = 4
    assert handler.handle(request(method, place, body)).status == (200 if method == "PUT" else 204)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_write_that_is_always_overtaken_gives_up(method: str) -> None:
    storage = Overtaken(0)
    handler = Handler(Provider(update_attempts=3), storage, AUTHENTICATE)
    place = f"/Users/{document(handler.handle(request('POST', '/Users', USER)))['id']}"
    storage.times = 1_000
    answer = handler.handle(request(method, place, {**USER, "title": "x"} if method == "PUT" else None))
    assert answer.status == 503, "no condition of the client's has failed: it can send the same again"
    assert dict(answer.headers)["Retry-After"] == "1"
    assert storage.times == 1_000 - 3


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_client_that_named_a_version_is_told(method: str) -> None:
    storage = Overtaken(0)
    handler = Handler(Provider(), storage, AUTHENTICATE)
    created = document(handler.handle(request("POST", "/Users", USER)))
    storage.times = 1
    version = created["meta"]["version"]
    body = {**USER, "title": "x"} if method == "PUT" else None
    assert handler.handle(request(method, f"/Users/{created['id']}", body, If_Match=version)).status == 412


def test_concurrent_writers_lose_nothing() -> None:
    """Fifty tasks add one word each to one attribute; the store lets each of them run between any two calls."""
    storage = SuspendingStorage(MemoryStorage())
    handler = AsyncHandler(Provider(update_attempts=200), storage, AUTHENTICATE)

    async def add(place: str, word: str) -> None:
        while True:
            now = await handler.handle(request("GET", place))
            body = {**document(now), "title": f"{document(now).get('title', '')} {word}"}
            version = dict(now.headers)["ETag"]
            if (await handler.handle(request("PUT", place, body, If_Match=version))).status == 200:
                return

    async def main() -> set[str]:
        created = await handler.handle(request("POST", "/Users", USER))
        place = f"/Users/{document(created)['id']}"
        await asyncio.gather(*(add(place, f"w{n}") for n in range(50)))
        return set(document(await handler.handle(request("GET", place)))["title"].split())

    assert asyncio.run(main()) == {f"w{n}" for n in range(50)}


def test_concurrent_creation_of_one_user_succeeds_once() -> None:
    handler = AsyncHandler(Provider(), SuspendingStorage(MemoryStorage()), AUTHENTICATE)

    async def main() -> list[int]:
        answers = await asyncio.gather(*(handler.handle(request("POST", "/Users", USER)) for _ in range(20)))
        return [answer.status for answer in answers]

    assert sorted(asyncio.run(main())) == [201] + [409] * 19


class Columns:
    """A host's store, the simplest that works: its own ids and numbers as versions, documents without ``meta``."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[int, datetime, datetime, Document]] = {}

    def _stored(self, id: str) -> Stored:
        version, created, modified, kept = self.rows[id]
        return Stored(id, str(version), created, modified, kept)

    async def fetch(self, resource_type: ResourceType, id: str, *_: Any) -> Stored:
        return self._stored(id)

    async def search(self, query: Query, /) -> Page:
        return Page([self._stored(id) for id in self.rows], len(self.rows))

    async def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        kept = {name: value for name, value in document.items() if name not in ("id", "meta")}
        moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        self.rows["staff/7"] = (1, moment, moment, kept)
        return self._stored("staff/7")

    async def update(
        self, resource_type: ResourceType, before: Stored, document: Document, changes: Changes, /
    ) -> Stored:
        version, created, _, _ = self.rows[before.id]
        if before.version != str(version):
            raise VersionMismatch("changed")
        assert document["meta"]["created"] == "2026-01-02T03:04:05.000Z"
        kept = {name: value for name, value in document.items() if name not in ("id", "meta")}
        self.rows[before.id] = (version + 1, created, datetime(2026, 2, 2, tzinfo=UTC), kept)
        return self._stored(before.id)

    async def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        del self.rows[before.id]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Columns"]:
        yield self


def test_a_host_may_keep_columns_and_choose_ids() -> None:
    handler = AsyncHandler(Provider(), Columns(), anyone)

    def ask(*asked: Any) -> Response:
        return asyncio.run(handler.handle(request(*asked)))

    created = ask("POST", "/Users", USER)
    assert dict(created.headers)["ETag"] == 'W/"1"'
    assert document(created)["id"] == "staff/7"
    assert document(created)["meta"] == {
        "resourceType": "User",
        "created": "2026-01-02T03:04:05.000Z",
        "lastModified": "2026-01-02T03:04:05.000Z",
        "version": 'W/"1"',
        "location": f"{BASE}/Users/staff%2F7",
    }
    assert document(ask("GET", "/Users"))["Resources"] == [document(created)]
    unchanged = ask("PUT", "/Users/staff", {"schemas": [urns.USER], "userName": "ada"})
    assert unchanged.status == 500, "this store knows no NotFound"


def test_versions_of_a_host_s_own_stay_when_nothing_changes() -> None:
    storage = Columns()
    handler = AsyncHandler(Provider(), storage, anyone)

    def ask(*asked: Any) -> Response:
        return asyncio.run(handler.handle(request(*asked)))

    ask("POST", "/Users", USER)
    storage.rows["7"] = storage.rows.pop("staff/7")
    assert dict(ask("PUT", "/Users/7", {"schemas": [urns.USER], "userName": "ada"}).headers)["ETag"] == 'W/"1"'
    assert dict(ask("PUT", "/Users/7", {"schemas": [urns.USER], "userName": "eve"}).headers)["ETag"] == 'W/"2"'
    assert ask("DELETE", "/Users/7").status == 204


def test_a_password_outlives_a_put_without_one() -> None:
    storage = MemoryStorage()
    handler = Handler(Provider(), storage, AUTHENTICATE)
    created = document(handler.handle(request("POST", "/Users", USER)))
    handler.handle(request("PUT", f"/Users/{created['id']}", {"schemas": [urns.USER], "userName": "eve"}))
    assert storage.fetch(User.resource_type(), created["id"]).document["password"] == "pa55word"


def test_the_clock_and_the_ids_can_be_set() -> None:
    moments: Callable[[], datetime] = iter(
        [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)]
    ).__next__
    handler = Handler(Provider(new_id=lambda: "seven", now=moments), MemoryStorage(), anyone)
    assert document(handler.handle(request("POST", "/Users", USER)))["id"] == "seven"
    changed = document(handler.handle(request("PUT", "/Users/seven", {**USER, "title": "x"})))
    assert changed["meta"]["created"] == "2026-01-01T00:00:00.000Z"
    assert changed["meta"]["lastModified"] == "2026-01-02T00:00:00.000Z"
    again = handler.handle(request("POST", "/Users", {**USER, "userName": "eve"}))
    assert again.status == 500, "the clock has stopped"
