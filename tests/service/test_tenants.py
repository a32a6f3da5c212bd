"""Several tenants: the caller decides the store, and nothing crosses."""

import asyncio
import threading
from typing import Any

import pytest

from hosts import Client, FullStorage, PlainStorage, read, request
from scimcore import urns
from scimcore.asgi import ScimApp
from scimcore.errors import Forbidden
from scimcore.handler import AsyncHandler, Handler, as_store
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import Caller, anyone, bearer_tokens
from scimcore.service.hooks import Hooks
from scimcore.service.provider import Provider
from scimcore.service.store import Capabilities, capabilities
from scimcore.wsgi import ScimApp as WsgiApp


def test_nothing_crosses() -> None:
    stores = {"acme": FullStorage(), "globex": FullStorage()}
    client = Client(lambda caller: stores[caller.tenant])
    client.caller = Caller("okta", tenant="acme")
    ada = client.user("ada")
    ops = client.group("ops", ada)
    client.caller = Caller("okta", tenant="globex")
    assert client.get("/Users").document["totalResults"] == 0
    for method in ("GET", "DELETE"):
        missing, foreign = client.ask(method, "/Users/nobody"), client.ask(method, f"/Users/{ada}")
        assert (foreign.status, foreign.document) == (missing.status, missing.document) == (404, missing.document)
    refused = client.ask(
        "POST", "/Groups", {"schemas": [urns.GROUP], "displayName": "ops", "members": [{"value": ada}]}
    )
    assert refused.status == 400, "another tenant's user is nobody"
    assert client.user("ada") != ada, "names are taken within a tenant"
    group = client.group("ops")
    assert client.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": {"value": ada}}).status == 400
    manager = {"schemas": [urns.USER, urns.ENTERPRISE_USER], urns.ENTERPRISE_USER: {"manager": {"value": ada}}}
    user = client.user("eve", **manager)
    told = client.get(f"/Users/{user}").document[urns.ENTERPRISE_USER]["manager"]
    assert "displayName" not in told, "what another tenant's user is called stays there"
    client.caller = Caller("okta", tenant="acme")
    assert client.get(f"/Users/{ada}").document["groups"][0]["value"] == ops
    assert {event.tenant for event in client.events} == {"acme", "globex"}


def test_a_caller_without_a_store_gets_none() -> None:
    def refuse(caller: Caller) -> Any:
        raise Forbidden("There is nothing here for you.")

    assert Client(refuse).get("/Users").status == 403
    assert Client(lambda caller: None).get("/Users").status == 500, "a host that forgets is no open door"


def test_a_store_is_a_store_or_finds_one() -> None:
    for door in (Handler, AsyncHandler):
        with pytest.raises(TypeError, match="a function that returns the store"):
            door(Provider(), 7, anyone)  # type: ignore[arg-type]


async def _coroutine(caller: Caller) -> Any:
    await asyncio.sleep(0)
    return FullStorage()


@pytest.mark.parametrize("storage_of", [lambda caller: FullStorage(), _coroutine])
def test_an_event_loop_may_find_stores_too(storage_of: Any) -> None:
    handler = AsyncHandler(Provider(), storage_of, anyone)
    answer = read(asyncio.run(handler.handle(request("POST", "/Users", {"schemas": [urns.USER], "userName": "a"}))))
    assert answer.status == 201


def test_a_store_that_blocks_is_asked_in_a_thread() -> None:
    threads: set[str] = set()

    class Blocking(FullStorage):
        never_blocks = False

        def _note(self, call: str) -> None:
            threads.add(threading.current_thread().name)

    storage = Blocking()
    handler = AsyncHandler(Provider(), lambda caller: storage, anyone)
    for method, place, body in (
        ("POST", "/Users", {"schemas": [urns.USER], "userName": "a"}),
        ("GET", "/Users", None),
        ("GET", "/Users/none", None),
    ):
        assert read(asyncio.run(handler.handle(request(method, place, body)))).status in (200, 201, 404)
    assert threads
    assert threading.main_thread().name not in threads


def test_an_asynchronous_store_needs_the_asynchronous_door() -> None:
    class Asynchronous(MemoryStorage):
        async def fetch(self, *given: Any) -> Any:  # type: ignore[override]
            return super().fetch(*given)

    with pytest.raises(TypeError, match="AsyncHandler"):
        Handler(Provider(), Asynchronous(), anyone)
    assert Client(lambda caller: Asynchronous()).get("/Users").status == 500


def test_the_apps_take_a_function_too() -> None:
    stores = {"acme": MemoryStorage(), "globex": MemoryStorage()}
    authenticate = bearer_tokens({"a": Caller("okta", tenant="acme"), "g": Caller("okta", tenant="globex")})
    heard: list[Any] = []
    options: Any = {"authenticate": authenticate, "hooks": Hooks(events=heard.append)}
    app = ScimApp(Provider(), lambda caller: stores[caller.tenant or ""], **options)
    body = b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}'
    fields = [(b"host", b"x"), (b"authorization", b"Bearer a"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/Users", "query_string": b"", "headers": fields}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 201
    wsgi = WsgiApp(Provider(), lambda caller: stores[caller.tenant or ""], **options)
    for token, total in (("a", 1), ("g", 0)):
        request = Request("GET", "/Users", headers=Headers([("Authorization", f"Bearer {token}")]))
        assert read(wsgi._handler.handle(request)).document["totalResults"] == total
    assert [event.tenant for event in heard] == ["acme"]


def test_what_a_store_can_do_is_seen_by_its_class() -> None:
    assert capabilities(FullStorage()) == Capabilities(True, True, True)
    assert capabilities(PlainStorage()) == Capabilities(False, False, False)
    full, plain = as_store(FullStorage()), as_store(PlainStorage())
    assert full.cursors is full.memberships is full.complete
    assert (plain.cursors, plain.memberships) == (None, None)
