"""What a host is asked and what it hears."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from hosts import GROUPS, USERS, Client, FullStorage, PlainStorage, content, read, request
from scimcore import urns
from scimcore.documents import Document
from scimcore.errors import Forbidden, TooManyRequests
from scimcore.handler import AsyncHandler, Handler
from scimcore.http import Request
from scimcore.memory import MemoryStorage
from scimcore.patch.changes import Change, MembershipDelta
from scimcore.schema import Attribute, ResourceType, Schema
from scimcore.schema.characteristics import AttributeType, Mutability, Returned
from scimcore.service.authentication import Caller, anyone
from scimcore.service.events import Changed, Created, Event, MembershipChanged
from scimcore.service.hooks import Hooks, Write
from scimcore.service.provider import Provider
from scimcore.service.requests import DeleteResource, ListResources, Operation, PatchResource, ReadResource
from scimcore.service.throttle import RateLimit

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

# Events ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", [FullStorage, PlainStorage])
def test_what_a_host_hears(store: Any) -> None:
    client = Client(store(), Provider(now=lambda: MOMENT), caller=Caller("okta", tenant="acme"))
    ada = client.user("ada", active=True, password="pa55word")
    assert client.told() == ["Created"]
    group = client.group("g", ada)
    created, joined = client.events
    assert created == Created(
        resource_type="Group",
        id=group,
        caller="okta",
        tenant="acme",
        time=MOMENT,
        correlation_id=created.correlation_id,
        document={
            "schemas": [urns.GROUP],
            "id": group,
            "displayName": "g",
            "members": [{"value": ada, "type": "User", "display": "ada"}],
            "meta": created.document["meta"],  # type: ignore[attr-defined]
        },
    )
    assert isinstance(joined, MembershipChanged)
    assert joined.delta == MembershipDelta("members", added=({"value": ada, "type": "User", "display": "ada"},))
    assert joined.correlation_id == created.correlation_id
    client.told()
    client.patch(f"/Groups/{group}", {"op": "replace", "path": "displayName", "value": "h"})
    [renamed] = client.events
    assert isinstance(renamed, Changed)
    assert renamed.changes == (Change("displayName", "g", "h"),)
    assert renamed.correlation_id not in ("", created.correlation_id)
    client.told()
    client.get(f"/Users/{ada}")
    client.put(f"/Users/{ada}", {"schemas": [urns.USER], "userName": "ada", "active": True})
    assert client.told() == [], "nothing has changed"


@pytest.mark.parametrize("way", ["put", "patch"])
@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (True, False, ["Changed", "Deactivated"]),
        (None, False, ["Changed", "Deactivated"]),
        (False, True, ["Changed", "Reactivated"]),
        (False, None, ["Changed", "Reactivated"]),
        (True, None, ["Changed"]),
        (None, True, ["Changed"]),
        (False, False, []),
    ],
)
def test_leaving_and_coming_back(way: str, before: bool | None, after: bool | None, told: list[str]) -> None:
    client = Client()
    ada = client.user("ada", **({} if before is None else {"active": before}))
    client.told()
    if way == "put":
        body: Document = {"schemas": [urns.USER], "userName": "ada"}
        answer = client.put(f"/Users/{ada}", body if after is None else {**body, "active": after})
    elif after is None:
        answer = client.patch(f"/Users/{ada}", {"op": "remove", "path": "active"})
    else:
        answer = client.patch(f"/Users/{ada}", {"op": "replace", "value": {"active": after}})
    assert answer.status == 200
    assert client.told() == told


def test_a_put_tells_what_it_changes() -> None:
    client = Client()
    ada, eve = client.user("ada"), client.user("eve")
    body: Document = {
        "schemas": [urns.USER, urns.ENTERPRISE_USER],
        "userName": "ada",
        "password": "new-secret",
        "name": {"givenName": "A", "familyName": "L"},
        "emails": [{"value": "a@example.com"}],
        urns.ENTERPRISE_USER: {"department": "x", "manager": {"value": eve}},
    }
    client.told()
    client.put(f"/Users/{ada}", body)
    assert _changes(client.events) == [
        Change("name.familyName", None, "L"),
        Change("name.givenName", None, "A"),
        Change("password", None, None),
        Change("emails", None, [{"value": "a@example.com"}]),
        Change(f"{urns.ENTERPRISE_USER}:department", None, "x"),
        Change(f"{urns.ENTERPRISE_USER}:manager.value", None, eve),
    ]
    client.told()
    client.put(f"/Users/{ada}", {**body, "name": {"givenName": "A"}, "emails": [{"value": "b@example.com"}]})
    assert _changes(client.events) == [
        Change("name.familyName", "L", None),
        Change("emails", [{"value": "a@example.com"}], [{"value": "b@example.com"}]),
    ]


def _changes(events: list[Event]) -> list[Change]:
    return [change for event in events if isinstance(event, Changed) for change in event.changes]


def test_no_event_knows_a_secret() -> None:
    pins = Attribute(
        "keys",
        AttributeType.COMPLEX,
        multi_valued=True,
        sub_attributes=(Attribute("value"), Attribute("pin", returned=Returned.NEVER)),
    )
    code = Attribute("code", mutability=Mutability.WRITE_ONLY)
    doors = ResourceType("Door", "/Doors", Schema("urn:example:Door", "Door", attributes=(pins, code)))
    client = Client(provider=Provider(resource_types=(USERS, GROUPS, doors)))
    ada = client.user("ada", password="s3cret-1")
    client.patch(f"/Users/{ada}", {"op": "replace", "path": "password", "value": "s3cret-2"})
    client.put(f"/Users/{ada}", {"schemas": [urns.USER], "userName": "ada", "password": "s3cret-3"})
    body = {"schemas": ["urn:example:Door"], "keys": [{"value": "k", "pin": "s3cret-4"}]}
    door = client.ask("POST", "/Doors", body).id
    client.put(f"/Doors/{door}", {**body, "keys": [{"value": "k", "pin": "s3cret-5"}]})
    client.patch(f"/Doors/{door}", {"op": "add", "path": "keys", "value": [{"value": "l", "pin": "s3cret-6"}]})
    client.patch(f"/Doors/{door}", {"op": "add", "path": "code", "value": "s3cret-7"})
    client.patch(f"/Doors/{door}", {"op": "replace", "path": "code", "value": "s3cret-8"})
    for event in client.events:
        told = [repr(event), *(str(getattr(event, name, "")) for name in ("changes", "document", "delta"))]
        assert "s3cret" not in str(told), type(event)
    assert [type(event).__name__ for event in client.events] == [
        "Created", "Changed", "Changed", "Created", "Changed", "Changed", "Changed", "Changed",
    ]  # fmt: skip
    paths = [change.path for change in _changes(client.events)]
    assert paths == ["password", "password", "keys", "keys", "code", "code"]


def test_a_consumer_that_fails_undoes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Event] = []

    def consume(event: Event) -> None:
        heard.append(event)
        raise LookupError("the queue is gone: pa55word")

    client = Client(events=consume)
    with caplog.at_level(logging.INFO, "scimcore"):
        ada = client.user("ada")
        group = client.group("g", ada)
    assert client.get(f"/Groups/{group}").status == 200
    assert [type(event).__name__ for event in heard] == ["Created", "Created", "MembershipChanged"]
    assert f"at MembershipChanged of Group {group} (correlation {heard[-1].correlation_id}): LookupError" in caplog.text
    assert "pa55word" not in caplog.text
    with caplog.at_level(logging.DEBUG, "scimcore"):
        client.user("eve")
    assert "pa55word" in caplog.text, "the whole of it is there for who asks"


def test_an_overtaken_write_is_told_once() -> None:
    class Slow(MemoryStorage):
        times = 0

        def fetch(self, *given: Any) -> Any:
            stored = super().fetch(*given)
            if self.times:
                self.times -= 1
                meta = {**stored.document["meta"], "version": f'W/"other-{self.times}"'}
                self.update(given[0], stored, {**stored.document, "meta": meta}, None)
            return stored

    asked: list[Write] = []
    client = Client(Slow(), before=asked.append)
    ada = client.user("ada")
    client.told()
    asked.clear()
    client.storage.times = 3
    assert client.patch(f"/Users/{ada}", {"op": "add", "path": "title", "value": "x"}).status == 200
    assert client.told() == ["Changed"]
    assert len(asked) == 4, "a hook inside the transaction is asked at each attempt"


# Hooks that may refuse ---------------------------------------------------------------------------------------------


def test_authorize_sees_every_operation_before_the_store_does() -> None:
    seen: list[Operation] = []
    storage = FullStorage()

    def authorize(caller: Caller, operation: Operation) -> None:
        seen.append(operation)
        if isinstance(operation, ReadResource | DeleteResource):
            raise Forbidden("Only lists for you.")

    client = Client(storage, authorize=authorize)
    ada = client.user("ada")
    storage.asked.clear()
    for method in ("GET", "DELETE"):
        for id in (ada, "nobody"):
            answer = client.ask(method, f"/Users/{id}")
            assert (answer.status, answer.document["detail"]) == (403, "Only lists for you.")
    assert storage.asked == [], "so that nobody learns whether there is such a user"
    assert client.get("/Users").status == 200
    assert client.get("/Schemas").status == 200
    assert isinstance(seen[-2], ListResources)


def test_no_operation_shows_a_secret() -> None:
    seen: list[str] = []
    client = Client(authorize=lambda caller, operation: seen.append(repr(operation)))
    ada = client.user("ada", password="s3cret")
    body = {"schemas": [urns.USER], "userName": "ada", "password": "s3cret"}
    client.put(f"/Users/{ada}", body)
    client.patch(f"/Users/{ada}", {"op": "replace", "path": "password", "value": "s3cret"})
    create = {"method": "POST", "path": "/Users", "bulkId": "one", "data": {**body, "userName": "eve"}}
    client.ask("POST", "/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": [create]})
    assert seen[:3] == [
        "CreateResource('User')",
        f"ReplaceResource('User', '{ada}')",
        f"PatchResource('User', '{ada}')",
    ]
    assert "BulkOperation('POST', '/Users', bulk_id='one')" in seen[3]
    assert seen[4:] == ["CreateResource('User')"], "each operation of a bulk request is authorized for itself"
    assert "s3cret" not in str(seen)


def test_attributes_can_be_authorized_one_by_one() -> None:
    """Roles are a privilege; a client may not give them to anybody, in whichever way it says it."""

    def authorize_write(write: Write) -> None:
        forbidden = [path for path in write.attributes if path.split(".")[0] == "roles"]
        if forbidden:
            raise Forbidden(f"'{forbidden[0]}' is not yours to write.")

    client = Client(authorize_write=authorize_write)
    ada = client.user("ada")
    roles = [{"value": "admin"}]
    body = {"schemas": [urns.USER], "userName": "eve", "ROLES": roles}
    before = content(client.storage)
    for answer in (
        client.ask("POST", "/Users", body),
        client.put(f"/Users/{ada}", {**body, "userName": "ada"}),
        client.patch(f"/Users/{ada}", {"op": "add", "path": "roles", "value": roles}),
        client.patch(f"/Users/{ada}", {"op": "add", "path": f"{urns.USER}:roles", "value": roles}),
        client.patch(f"/Users/{ada}", {"op": "add", "value": {"Roles": roles}}),
        client.patch(
            f"/Users/{ada}",
            {"op": "replace", "path": "title", "value": "x"},
            {"op": "add", "path": "roles", "value": roles},
        ),
    ):
        assert (answer.status, answer.document["detail"]) == (403, "'roles' is not yours to write.")
    assert content(client.storage) == before
    assert client.put(f"/Users/{ada}", {"schemas": [urns.USER], "userName": "ada", "title": "x"}).status == 200


def test_a_write_is_seen_whole_and_shows_no_secret() -> None:
    seen: list[tuple[str, Write]] = []
    client = Client(
        FullStorage(),
        authorize_write=lambda write: seen.append(("authorize", write)),
        before=lambda write: seen.append(("before", write)),
        after=lambda write: seen.append(("after", write)),
    )
    ada = client.user("ada", password="pa55word")
    assert [name for name, _ in seen] == ["authorize", "before", "after"]
    write = seen[0][1]
    assert (write.caller.name, write.resource_type, write.id, write.before) == ("idp", USERS, ada, None)
    assert write.after is not None
    assert write.after["password"] == "pa55word", "a host may judge it"
    assert "pa55word" not in repr(write)
    assert write.attributes == {"userName", "password"}
    group = client.group("g", ada)
    seen.clear()
    client.patch(f"/Groups/{group}", {"op": "remove", "path": f'members[value eq "{ada}"]'})
    write = seen[0][1]
    assert isinstance(write.operation, PatchResource)
    assert write.before is not None
    assert write.after is not None
    assert "members" not in write.before, "members that nobody needed were not read"
    assert write.after["meta"]["version"] != write.before["meta"]["version"]
    assert write.attributes == {"members"}
    seen.clear()
    client.delete(f"/Users/{ada}")
    write = seen[-1][1]
    assert write.before is not None
    assert (write.before["userName"], write.after, write.attributes) == ("ada", None, frozenset())
    seen.clear()
    client.delete(f"/Groups/{group}")
    assert seen[0][1].before is not None


def test_nothing_to_write_asks_nobody() -> None:
    seen: list[Write] = []
    client = Client(before=seen.append)
    ada = client.user("ada", title="x")
    seen.clear()
    assert client.patch(f"/Users/{ada}", {"op": "replace", "path": "title", "value": "x"}).status == 200
    assert seen == []


@pytest.mark.parametrize("hook", ["throttle", "authorize", "authorize_write", "before", "after"])
def test_a_hook_that_answers_by_a_value_lets_nobody_in(hook: str) -> None:
    client = Client(**{hook: lambda *_: False})
    assert client.ask("POST", "/Users", {"schemas": [urns.USER], "userName": "ada"}).status == 500
    assert content(client.storage)["User"] == []


# Coroutine functions -----------------------------------------------------------------------------------------------


class Async:
    """An asynchronous store on top of a synchronous one."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def fetch(self, *given: Any) -> Any:
        await asyncio.sleep(0)
        return self.inner.fetch(*given)

    async def search(self, *given: Any) -> Any:
        return self.inner.search(*given)

    async def insert(self, *given: Any) -> Any:
        return self.inner.insert(*given)

    async def update(self, *given: Any) -> Any:
        return self.inner.update(*given)

    async def delete(self, *given: Any) -> Any:
        return self.inner.delete(*given)

    async def fetch_many(self, *given: Any) -> Any:
        return self.inner.fetch_many(*given)

    async def members(self, *given: Any) -> Any:
        return self.inner.members(*given)

    async def memberships(self, *given: Any) -> Any:
        return self.inner.memberships(*given)

    async def update_members(self, *given: Any) -> Any:
        return self.inner.update_members(*given)

    def transaction(self) -> Any:
        return _AsyncTransaction(self)


class _AsyncTransaction:
    """Gives another object, as a host with sessions does."""

    def __init__(self, storage: Async) -> None:
        self.storage, self.inner = storage, storage.inner.transaction()

    async def __aenter__(self) -> Async:
        self.inner.__enter__()
        return Async(self.storage.inner)

    async def __aexit__(self, *given: Any) -> Any:
        return self.inner.__exit__(*given)


def test_every_hook_may_be_a_coroutine_function_beside_an_asynchronous_store() -> None:
    seen: list[str] = []

    def hook(name: str) -> Any:
        async def seeing(*_: object) -> None:
            await asyncio.sleep(0)
            seen.append(name)

        return seeing

    names = ("throttle", "authorize", "authorize_write", "before", "after", "events")
    hooks = Hooks(**{name: hook(name) for name in names})
    handler = AsyncHandler(Provider(), Async(MemoryStorage()), anyone, hooks=hooks)
    created = read(asyncio.run(handler.handle(request("POST", "/Users", {"schemas": [urns.USER], "userName": "ada"}))))
    assert created.status == 201
    assert seen == list(names)
    with pytest.raises(TypeError, match="authorize_write, before, after"):
        Handler(Provider(), MemoryStorage(), anyone, hooks=hooks)


def test_a_coroutine_function_cannot_hold_a_synchronous_transaction() -> None:
    async def hook(*_: object) -> None: ...

    class Callable:
        async def __call__(self, *_: object) -> None: ...

    for inside in ("authorize", "authorize_write", "before", "after"):
        for each in (hook, Callable()):
            with pytest.raises(TypeError, match=inside):
                AsyncHandler(Provider(), MemoryStorage(), anyone, hooks=Hooks(**{inside: each}))

    class Blocking(MemoryStorage):
        never_blocks = False

    AsyncHandler(Provider(), MemoryStorage(), anyone, hooks=Hooks(events=hook, throttle=hook))
    with pytest.raises(TypeError, match="hooks events are"):
        AsyncHandler(Provider(), Blocking(), anyone, hooks=Hooks(events=hook, throttle=hook))
    AsyncHandler(Provider(), Blocking(), anyone, hooks=Hooks(throttle=hook))


@pytest.mark.parametrize("fails", [False, True])
def test_a_client_that_goes_away_keeps_the_host_from_hearing_nothing(fails: bool) -> None:
    heard: list[str] = []
    inside = asyncio.Event()

    async def consume(event: Event) -> None:
        inside.set()
        await asyncio.sleep(0.01)
        heard.append(type(event).__name__)
        if fails:
            raise LookupError

    storage = Async(MemoryStorage())
    handler = AsyncHandler(Provider(), storage, anyone, hooks=Hooks(events=consume))
    ada = Client(storage.inner).user("ada")
    body = {"schemas": [urns.GROUP], "displayName": "g", "members": [{"value": ada}]}

    async def main() -> None:
        task = asyncio.create_task(handler.handle(request("POST", "/Groups", body)))
        await inside.wait()
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert heard == ["Created", "MembershipChanged"]


def test_a_client_that_goes_away_before_the_commit_leaves_nothing() -> None:
    inside = asyncio.Event()

    async def wait(write: Write) -> None:
        inside.set()
        await asyncio.sleep(60)

    storage = Async(MemoryStorage())
    heard: list[Event] = []
    handler = AsyncHandler(Provider(), storage, anyone, hooks=Hooks(after=wait, events=heard.append))

    async def main() -> None:
        user = {"schemas": [urns.USER], "userName": "ada"}
        task = asyncio.create_task(handler.handle(request("POST", "/Users", user)))
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert content(storage.inner)["User"] == []
    assert heard == []


# Throttling --------------------------------------------------------------------------------------------------------


def test_too_many_requests_have_to_wait() -> None:
    now = 0.0
    limit = RateLimit(2, 3, clock_seconds=lambda: now)
    client = Client(throttle=limit)
    assert [client.get("/Users").status for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/Users")
    assert refused.headers["Retry-After"] == "1"
    assert "1 s" in refused.document["detail"]
    client.caller = Caller("idp", tenant="other")
    assert client.get("/Users").status == 200, "what one uses up costs no other anything"
    client.caller = Caller("idp")
    now = 0.5
    assert [client.get("/Users").status for _ in range(2)] == [200, 429]
    now = 1_000.0
    assert [client.get("/Users").status for _ in range(4)] == [200, 200, 200, 429]


def test_the_wait_is_a_whole_number_of_seconds() -> None:
    limit = RateLimit(0.3, 1, clock_seconds=lambda: 0.0)
    limit(Caller("a"), Request("GET", "/"))
    with pytest.raises(TooManyRequests) as caught:
        limit(Caller("a"), Request("GET", "/"))
    assert caught.value.retry_after_seconds == 4


def test_callers_without_end_cost_no_memory_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scimcore.service.throttle._MOST_CALLERS", 3)
    limit = RateLimit(1, 1, clock_seconds=lambda: 0.0)
    for name in "abcde":
        limit(Caller(name), Request("GET", "/"))
    assert len(limit._left) == 3
    limit(Caller("a"), Request("GET", "/"))


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_a_limit_that_lets_nobody_in_is_refused(rate: float, burst: int) -> None:
    with pytest.raises(ValueError, match="RateLimit needs"):
        RateLimit(rate, burst)
