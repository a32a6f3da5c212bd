"""A store that fails at every possible call, and hooks that do: nothing is left half done, and nothing is told."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from hosts import Answer, Client, FailingFullStorage, FailingPlainStorage, Failure, content, read, request
from scimcore import urns
from scimcore.errors import Forbidden
from scimcore.handler import AsyncHandler
from scimcore.service.authentication import anyone
from scimcore.service.hooks import Hooks
from scimcore.service.provider import Provider

NAMES = ("ada", "eve", "zoe", "inner", "outer")

WRITES: dict[str, tuple[str, str, Any]] = {
    "create a user": ("POST", "/Users", {"schemas": [urns.USER], "userName": "new"}),
    "create a group": ("POST", "/Groups", {"schemas": [urns.GROUP], "displayName": "n", "members": [{"value": "eve"}]}),
    "replace a user": (
        "PUT",
        "/Users/ada",
        {
            "schemas": [urns.USER, urns.ENTERPRISE_USER],
            "userName": "countess",
            urns.ENTERPRISE_USER: {"manager": {"value": "eve"}},
        },
    ),
    "replace a group": (
        "PUT",
        "/Groups/outer",
        {"schemas": [urns.GROUP], "displayName": "o", "members": [{"value": "eve"}, {"value": "zoe"}]},
    ),
    "patch a user": (
        "PATCH",
        "/Users/ada",
        {"schemas": [urns.PATCH_OP], "Operations": [{"op": "replace", "value": {"active": False, "userName": "x"}}]},
    ),
    "patch some members": (
        "PATCH",
        "/Groups/outer",
        {
            "schemas": [urns.PATCH_OP],
            "Operations": [
                {"op": "add", "path": "members", "value": [{"value": "eve"}]},
                {"op": "remove", "path": 'members[value eq "ada"]'},
                {"op": "replace", "path": "displayName", "value": "other"},
            ],
        },
    ),
    "patch all members": (
        "PATCH",
        "/Groups/outer",
        {"schemas": [urns.PATCH_OP], "Operations": [{"op": "replace", "path": "members", "value": [{"value": "eve"}]}]},
    ),
    "delete a user": ("DELETE", "/Users/ada", None),
    "delete a nested group": ("DELETE", "/Groups/inner", None),
}


def made(store: Any, **hooks: Any) -> Client:
    ids = iter([*NAMES, "new", *map(str, range(100))])
    client = Client(store, Provider(new_id=lambda: next(ids)), **hooks)
    for name in NAMES[:3]:
        client.user(name, password="pa55word")
    client.group("inner", "ada", "zoe")
    client.group("outer", "ada", "inner")
    client.events.clear()
    return client


def by_handler(client: Client, method: str, place: str, body: Any) -> Answer:
    return client.ask(method, place, body)


def by_async_handler(client: Client, method: str, place: str, body: Any) -> Answer:
    handler = AsyncHandler(client.handler._provider, client.storage, anyone, hooks=Hooks(events=client.events.append))
    return read(asyncio.run(handler.handle(request(method, place, body))))


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("store", [FailingFullStorage, FailingPlainStorage], ids=["full", "plain"])
@pytest.mark.parametrize("door", [by_handler, by_async_handler])
def test_a_store_that_fails_at_any_call_leaves_nothing_half_done(
    store: Any, write: str, door: Callable[..., Answer]
) -> None:
    client = made(store())
    storage = client.storage
    before = content(storage.inner)
    method, place, body = WRITES[write]
    for at in range(1, 100):
        storage.count, storage.at = 0, at
        answer = door(client, method, place, body)
        if answer.status < 500:
            break
        assert answer.status == 500
        assert content(storage.inner) == before, f"the {at}th call failed"
        assert client.events == []
    assert answer.status in (200, 201, 204)
    assert at > 3, "there were calls to fail at"
    assert content(storage.inner) != before
    assert client.events


@pytest.mark.parametrize("store", [FailingFullStorage, FailingPlainStorage], ids=["full", "plain"])
def test_a_circle_in_a_bulk_request_is_made_whole_or_not_at_all(store: Any) -> None:
    client = made(store())
    storage = client.storage

    def creation(name: str, other: str) -> dict[str, Any]:
        members = [{"value": f"bulkId:{other}"}, {"value": "ada"}]
        data = {"schemas": [urns.GROUP], "displayName": name, "members": members}
        return {"method": "POST", "path": "/Groups", "bulkId": name, "data": data}

    body = {"schemas": [urns.BULK_REQUEST], "Operations": [creation("one", "two"), creation("two", "one")]}
    before = content(storage.inner)
    for at in range(1, 200):
        storage.count, storage.at = 0, at
        answer = client.ask("POST", "/Bulk", body)
        statuses = {each["status"] for each in answer.document["Operations"]}
        if statuses == {"201"}:
            break
        assert "500" in statuses
        assert content(storage.inner) == before, f"the {at}th call failed"
        assert client.events == []
    assert at > 6
    assert [type(event).__name__ for event in client.events].count("Created") == 2


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("hook", ["authorize", "authorize_write", "before", "after"])
@pytest.mark.parametrize(("error", "status"), [(Forbidden("Not this."), 403), (Failure("boom"), 500)])
def test_a_hook_that_refuses_leaves_nothing_half_done(write: str, hook: str, error: Exception, status: int) -> None:
    refusing = False

    def refuse(*_: object) -> None:
        if refusing:
            raise error

    client = made(FailingFullStorage(), **{hook: refuse})
    before = content(client.storage.inner)
    refusing = True
    answer = client.ask(*WRITES[write])
    assert answer.status == status
    assert content(client.storage.inner) == before
    assert client.events == []


def test_a_read_that_fails_says_where_to_look(caplog: pytest.LogCaptureFixture) -> None:
    client = made(FailingFullStorage())
    for place in ("/Users/ada", "/Users", "/Groups/outer", "/Groups"):
        for at in (1, 2):
            client.storage.count, client.storage.at = 0, at
            answer = client.get(place)
            if answer.status == 200:
                continue
            assert answer.status == 500
            reference = answer.document["detail"].split()[-1].rstrip(".")
            assert f"Internal error {reference}: Failure" in caplog.text
