"""One member more or less: what a PATCH reads and writes, and that it means the same as on the whole group."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doors import SuspendingStorage
from hosts import GROUPS, Client, FullStorage, PlainStorage, content, request
from scimcore import urns
from scimcore.dialects import ENTRA, STRICT, TOLERANT
from scimcore.documents import Document
from scimcore.handler import AsyncHandler
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import Caller, anyone
from scimcore.service.events import Event, MembershipChanged
from scimcore.service.hooks import Hooks
from scimcore.service.provider import Config, Provider
from scimcore.sql import SqlStorage

stores = pytest.mark.parametrize(
    "store", [FullStorage, PlainStorage, lambda: SqlStorage("sqlite://")], ids=["full", "plain", "sql"]
)
CASES = json.loads((Path(__file__).parent / "membership_patches.json").read_text(encoding="utf-8"))
DIALECTS = {"tolerant": TOLERANT, "strict": STRICT, "entra": ENTRA}
KNOWN = ("ada", "eve", "zoe", "new")


def made(store: Any, **options: Any) -> tuple[Client, str]:
    """A service with a group of three, whose ids are their names."""
    ids = iter([*KNOWN, "group"])
    client = Client(store, Provider(new_id=lambda: next(ids), **options))
    for name in KNOWN:
        client.user(name)
    group = client.group("g", "ada", "eve", "zoe")
    client.told()
    return client, group


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_what_is_read_and_written(case: Any) -> None:
    storage = FullStorage()
    client, group = made(storage)
    storage.asked.clear()
    answer = client.patch(f"/Groups/{group}?excludedAttributes=members", *case["operations"])
    assert answer.status == case.get("status", 200), answer
    assert storage.asked == case["asked"]
    assert sorted(client.members(group)) == sorted(case["members"])
    # The same, to a store that knows whole documents only.
    client, group = made(PlainStorage())
    assert client.patch(f"/Groups/{group}?excludedAttributes=members", *case["operations"]).status == answer.status
    assert sorted(client.members(group)) == sorted(case["members"])


names = st.sampled_from([*KNOWN, "ADA", "nobody"])
members = st.lists(names.map(lambda name: {"value": name}), min_size=1, max_size=3)
operations = st.lists(
    st.one_of(
        st.builds(lambda value: {"op": "add", "path": "members", "value": value}, members),
        st.builds(lambda value: {"op": "add", "value": {"members": value}}, members),
        st.builds(lambda value: {"op": "remove", "path": "members", "value": value}, members),
        st.builds(lambda name: {"op": "remove", "path": f'members[value eq "{name}"]'}, names),
        st.builds(lambda value: {"op": "replace", "path": "Members", "value": value}, members),
        st.builds(lambda name: {"op": "replace", "path": "displayName", "value": name}, names),
        st.builds(lambda name: {"op": "remove", "path": f'members[display eq "{name}"]'}, names),
        st.just({"op": "remove", "path": "members"}),
        st.just({"op": "add", "path": "memberz", "value": "x"}),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(operations, st.sampled_from(list(DIALECTS)), st.sampled_from(["reject", "skip", "keep"]))
def test_the_short_way_and_the_long_one_come_to_the_same(changes: list[Document], dialect: str, policy: Any) -> None:
    outcomes = []
    for store in (FullStorage(), PlainStorage(), SqlStorage("sqlite://")):
        client, group = made(store, unknown_members=policy)
        client.caller = Caller("idp", DIALECTS[dialect])
        answer = client.patch(f"/Groups/{group}", *changes)
        document = answer.document
        if answer.status == 200:
            document = {name: value for name, value in document.items() if name != "meta"}
            document["members"] = sorted(document.get("members", []), key=lambda member: str(member["value"]))
        outcomes.append((answer.status, document, client.told(), sorted(client.members(group))))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0] == outcomes[2]


def test_the_answer_has_the_members_unless_they_are_excluded() -> None:
    storage = FullStorage()
    client, group = made(storage)
    add = {"op": "add", "path": "members", "value": [{"value": "new"}]}
    answer = client.patch(f"/Groups/{group}", add)
    assert [member["value"] for member in answer.document["members"]] == ["ada", "eve", "zoe", "new"]
    assert answer.document == client.get(f"/Groups/{group}").document
    assert "members" not in client.patch(f"/Groups/{group}?attributes=displayName", add).document
    few = client.patch(f"/Groups/{group}?attributes=members.value", add).document
    assert few["members"][0] == {"value": "ada"}


@pytest.mark.parametrize(
    ("patch_answer", "place", "operation", "status"),
    [
        ("resource", "/Groups/group", {"op": "add", "path": "members", "value": {"value": "new"}}, 200),
        ("nothing", "/Groups/group", {"op": "add", "path": "members", "value": {"value": "new"}}, 204),
        ("nothing", "/Groups/group?attributes=id", {"op": "add", "path": "members", "value": {"value": "new"}}, 200),
        ("nothing", "/Users/ada", {"op": "replace", "path": "title", "value": "x"}, 204),
        ("nothing for members", "/Groups/group", {"op": "add", "path": "members", "value": {"value": "new"}}, 204),
        ("nothing for members", "/Groups/group", {"op": "add", "path": "members", "value": {"value": "ada"}}, 204),
        ("nothing for members", "/Groups/group", {"op": "replace", "path": "displayName", "value": "x"}, 200),
        ("nothing for members", "/Users/ada", {"op": "replace", "path": "title", "value": "x"}, 200),
    ],
)
def test_what_a_patch_is_answered(patch_answer: Any, place: str, operation: Document, status: int) -> None:
    client, _ = made(FullStorage(), config=Config(patch_answer=patch_answer))
    answer = client.patch(place, operation)
    assert answer.status == status
    assert (answer.document is None) is (status == 204)
    assert answer.headers["ETag"] == client.get(place).headers["ETag"]


@stores
def test_preconditions_of_a_group(store: Any) -> None:
    client, group = made(store())
    version = client.get(f"/Groups/{group}").headers["ETag"]
    add = {"op": "add", "path": "members", "value": [{"value": "new"}]}
    assert client.patch(f"/Groups/{group}", add, If_Match='W/"other"').status == 412
    assert client.patch(f"/Groups/{group}", add, If_Match=version).status == 200
    assert client.patch(f"/Groups/{group}", add, If_Match=version).status == 412
    assert client.patch("/Groups/none", add).status == 404


# Leaving -----------------------------------------------------------------------------------------------------------


@stores
def test_who_is_deleted_leaves_all_groups(store: Any) -> None:
    storage = store()
    client, group = made(storage)
    client = Client(storage)  # its ids are used up: more come from elsewhere
    other, outer = client.group("other", "eve"), client.group("outer", {"value": group}, "zoe")
    client.group("apart", "zoe")
    before = {each: client.get(f"/Groups/{each}").headers["ETag"] for each in (group, other, outer)}
    client.told()
    assert client.delete("/Users/eve").status == 204
    told = [(type(event).__name__, event.id) for event in client.events]
    assert sorted(told[:-1]) == sorted([("MembershipChanged", group), ("MembershipChanged", other)])
    assert told[-1] == ("Deleted", "eve")
    assert client.events[0].delta.removed == ({"value": "eve", "type": "User", "display": "eve"},)  # type: ignore[attr-defined]
    assert client.members(group) == ["ada", "zoe"]
    assert client.members(other) == []
    after = {each: client.get(f"/Groups/{each}").headers["ETag"] for each in before}
    assert [after[each] != before[each] for each in (group, other, outer)] == [True, True, False]
    assert client.delete(f"/Groups/{group}").status == 204
    assert client.members(outer) == ["zoe"]
    assert client.get("/Users/ada").document.get("groups") is None


def test_leaving_costs_the_groups_left_and_not_their_members() -> None:
    storage = FullStorage()
    client, _ = made(storage)
    storage.asked.clear()
    client.delete("/Users/eve")
    assert storage.asked == [
        "begin", "fetch", "memberships 1", "fetch_many 1", "members 1", "update_members", "delete", "commit",
    ]  # fmt: skip
    storage.asked.clear()
    client.delete("/Users/new")
    assert storage.asked == ["begin", "fetch", "memberships 1", "delete", "commit"]


class Overtaking(FullStorage):
    """Somebody else is always faster at groups."""

    times = 0

    def update_members(self, resource_type: Any, before: Any, document: Any, delta: Any, /) -> Any:
        if self.times:
            self.times -= 1
            current = self.inner.fetch(GROUPS, before.id)
            meta = {**current.document["meta"], "version": f'W/"other-{self.times}"'}
            self.inner.update(GROUPS, current, {**current.document, "meta": meta}, None)
        return super().update_members(resource_type, before, document, delta)


def test_a_group_that_changes_while_a_member_is_deleted_is_tried_again() -> None:
    """A precondition on the user says nothing of the group."""
    storage = Overtaking()
    client, group = made(storage)
    version = client.get("/Users/eve").headers["ETag"]
    storage.times = 2
    assert client.delete("/Users/eve", If_Match=version).status == 204
    assert client.members(group) == ["ada", "zoe"]
    storage.times = 1_000
    assert client.delete("/Users/ada", If_Match=client.get("/Users/ada").headers["ETag"]).status == 503
    storage.times = 0
    assert client.get("/Users/ada").status == 200
    assert client.members(group) == ["ada", "zoe"]


# Large groups ------------------------------------------------------------------------------------------------------


def test_one_more_of_many_copies_none(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = MemoryStorage()
    client = Client(storage, Provider(unknown_members="keep"))
    group = client.group("g", *(f"user-{number}" for number in range(5_000)))
    table = storage._table(GROUPS)
    members = table.members[group]
    monkeypatch.setattr(table, "whole", lambda stored: pytest.fail("the whole group was put together"))
    add = {"op": "add", "path": "members", "value": [{"value": "one-more"}]}
    remove = {"op": "remove", "path": 'members[value eq "user-7"]'}
    for operation in (add, remove):
        assert client.patch(f"/Groups/{group}?excludedAttributes=members", operation).status == 200
    assert client.get("/Groups?excludedAttributes=members").status == 200
    assert table.members[group] is members
    assert "one-more" in members
    assert "user-7" not in members
    monkeypatch.undo()
    assert len(client.members(group)) == 5_000


def test_what_is_held_both_ways_agrees() -> None:
    client, group = made(MemoryStorage())
    for operation in (
        {"op": "remove", "path": 'members[value eq "eve"]'},
        {"op": "add", "path": "members", "value": [{"value": "new"}]},
        {"op": "replace", "path": "members", "value": [{"value": "ada"}, {"value": "new"}]},
    ):
        client.patch(f"/Groups/{group}", operation)
        listed = {id for id in KNOWN if client.storage.memberships([id])}
        assert listed == set(client.members(group))
    client.put(f"/Groups/{group}", {"schemas": [urns.GROUP], "displayName": "g"})
    assert client.storage.memberships(KNOWN) == {}
    client.delete(f"/Groups/{group}")
    assert content(client.storage)["Group"] == []


# Many at once ------------------------------------------------------------------------------------------------------


def test_members_that_come_at_the_same_time_are_all_there() -> None:
    """Each task adds itself, while the store lets the others run between any two calls."""
    inner = MemoryStorage()
    client = Client(inner)
    users = [client.user(f"u{number}") for number in range(40)]
    group = client.group("g")
    heard: list[Event] = []
    handler = AsyncHandler(
        Provider(update_attempts=200), SuspendingStorage(inner), anyone, hooks=Hooks(events=heard.append)
    )

    async def add(user: str) -> int:
        operation = {"op": "add", "path": "members", "value": [{"value": user}]}
        body = {"schemas": [urns.PATCH_OP], "Operations": [operation]}
        return (await handler.handle(request("PATCH", f"/Groups/{group}", body))).status

    async def main() -> list[int]:
        return await asyncio.gather(*map(add, users))

    assert asyncio.run(main()) == [200] * 40
    assert set(client.members(group)) == set(users)
    joined = [event.delta.added[0]["value"] for event in heard if isinstance(event, MembershipChanged)]
    assert sorted(joined) == sorted(users), "each was told once"


def test_threads_lose_no_member() -> None:
    client = Client(MemoryStorage())
    users = [client.user(f"u{number}") for number in range(60)]
    group = client.group("g", *users[:30])

    def work(index: int) -> None:
        for number in range(index, 30, 3):
            operations = (
                {"op": "remove", "path": f'members[value eq "{users[number]}"]'},
                {"op": "add", "path": "members", "value": [{"value": users[number + 30]}]},
            )
            assert client.patch(f"/Groups/{group}?excludedAttributes=members", *operations).status == 200

    threads = [threading.Thread(target=work, args=(index,)) for index in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(client.members(group)) == sorted(users[30:])


@stores
def test_a_group_that_lists_itself_can_be_deleted(store: Any) -> None:
    """RFC 7643 §4.2 lets a group be a member, and forbids none to be its own; others that list it are left as ever."""
    client = Client(store())
    group = client.group("g")
    client.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": group}]})
    other = client.group("h", group)
    client.told()
    assert client.delete(f"/Groups/{group}").status == 204
    assert client.get(f"/Groups/{group}").status == 404
    assert client.members(other) == []
    assert sorted(client.told()) == ["Deleted", "MembershipChanged"]
