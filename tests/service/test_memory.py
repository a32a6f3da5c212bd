import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from scimcore import urns
from scimcore.documents import Document
from scimcore.errors import InvalidCursor, NotFound, Uniqueness, VersionMismatch
from scimcore.filter import Filter
from scimcore.memory import MemoryStorage
from scimcore.patch.changes import MembershipDelta
from scimcore.projection import Selection
from scimcore.resources import Group, User
from scimcore.schema import Attribute, ResourceType, Schema
from scimcore.schema import Uniqueness as Unique
from scimcore.storage import Position, Query, Stored

USERS, GROUPS = User.resource_type(), Group.resource_type()


def document(id: str, version: str = "1", **attributes: Any) -> Document:
    return {
        "schemas": [urns.USER],
        "id": id,
        "userName": id,
        **attributes,
        "meta": {
            "resourceType": "User",
            "created": "2026-01-02T03:04:05.678Z",
            "lastModified": "2026-01-02T03:04:05.678Z",
            "version": f'W/"{version}"',
        },
    }


def filled(*ids: str, **options: Any) -> MemoryStorage:
    storage = MemoryStorage(**options)
    for id in ids:
        storage.insert(USERS, document(id))
    return storage


def found(
    storage: MemoryStorage, text: str | None = None, resource_type: ResourceType = USERS, **query: Any
) -> list[str]:
    filter = Filter(text, resource_type) if text is not None else None
    return [stored.id for stored in storage.search(Query((resource_type,), filter, **query)).resources]


def test_what_is_stored_is_shared_and_says_what_it_is() -> None:
    storage = MemoryStorage()
    given = document("a")
    stored = storage.insert(USERS, given)
    assert stored == storage.fetch(USERS, "a")
    assert stored.document is given
    assert (stored.id, stored.version, stored.created) == ("a", "1", stored.last_modified)
    assert stored.created.isoformat() == "2026-01-02T03:04:05.678000+00:00"


def test_types_are_apart() -> None:
    storage = filled("a")
    with pytest.raises(NotFound):
        storage.fetch(GROUPS, "a")
    storage.insert(GROUPS, {**document("a"), "displayName": "a"})
    assert found(storage, resource_type=GROUPS) == ["a"]


def test_an_update_needs_the_version_that_was_read() -> None:
    storage = filled("a")
    before = storage.fetch(USERS, "a")
    after = storage.update(USERS, before, document("a", "2", title="x"), None)
    assert storage.fetch(USERS, "a") == after
    with pytest.raises(VersionMismatch):
        storage.update(USERS, before, document("a", "3"), None)
    with pytest.raises(VersionMismatch):
        storage.delete(USERS, before)
    storage.delete(USERS, after)
    for write in (lambda: storage.delete(USERS, after), lambda: storage.update(USERS, after, document("a"), None)):
        with pytest.raises(NotFound):
            write()


def test_unique_values_have_no_case_and_are_free_again() -> None:
    storage = filled("a", "b")
    with pytest.raises(Uniqueness, match="userName"):
        storage.insert(USERS, document("c", userName="A"))
    with pytest.raises(Uniqueness, match="userName"):
        storage.update(USERS, storage.fetch(USERS, "b"), document("b", "2", userName="A"), None)
    with pytest.raises(Uniqueness, match="id"):
        storage.insert(USERS, document("a", userName="z"))
    storage.update(USERS, storage.fetch(USERS, "a"), document("a", "2", userName="A"), None)
    storage.update(USERS, storage.fetch(USERS, "a"), document("a", "3", userName="z"), None)
    storage.insert(USERS, document("c", userName="A"))
    storage.delete(USERS, storage.fetch(USERS, "c"))
    storage.insert(USERS, document("d", userName="a"))


def test_a_unique_value_may_be_missing() -> None:
    storage = filled("a", unique={"User": ("nickName",)})
    storage.insert(USERS, document("b"))
    storage.insert(USERS, document("c", nickName="x"))
    with pytest.raises(Uniqueness, match="nickName"):
        storage.insert(USERS, document("d", nickName="X"))


def test_group_names_are_unique_by_habit_only() -> None:
    for storage, clashes in ((MemoryStorage(), True), (MemoryStorage(unique={}), False)):
        storage.insert(GROUPS, {**document("a"), "displayName": "Ops"})
        try:
            storage.insert(GROUPS, {**document("b"), "displayName": "OPS"})
        except Uniqueness:
            assert clashes
        else:
            assert not clashes


def test_case_counts_where_the_schema_says_so() -> None:
    badge = Attribute("badge", case_exact=True, uniqueness=Unique.SERVER)
    things = ResourceType("Thing", "/Things", Schema("urn:example:Thing", "Thing", attributes=(badge,)))
    storage = MemoryStorage()
    storage.insert(things, document("a", badge="x"))
    storage.insert(things, document("b", badge="X"))
    with pytest.raises(Uniqueness):
        storage.insert(things, document("c", badge="x"))
    assert found(storage, 'badge eq "X"', things) == ["b"]


def test_values_of_many_are_indexed_each() -> None:
    storage = MemoryStorage(indexed={"User": ("emails.value", "userName", "emails")})
    storage.insert(
        USERS, document("a", emails=[{"value": "x@corp.example"}, {"value": "y@corp.example"}, {"type": "work"}])
    )
    storage.insert(USERS, document("b", emails=[{"value": "X@corp.example"}]))
    assert found(storage, 'emails.value eq "x@corp.example"') == ["a", "b"]
    assert found(storage, 'emails.value eq "y@corp.example"') == ["a"]
    storage.update(USERS, storage.fetch(USERS, "a"), document("a", "2"), None)
    assert found(storage, 'emails.value eq "x@corp.example"') == ["b"]
    assert found(storage, 'emails.value eq "y@corp.example"') == []


@pytest.mark.parametrize(
    ("text", "looked_at"),
    [
        ('userName eq "B"', 1),
        ('id eq "b"', 1),
        ('id eq "nobody"', 0),
        ('title eq "x" and externalId eq "e-b"', 1),
        ('externalId eq "E-B"', 0),
        ('userName eq "nobody" and title eq "x"', 0),
        ("userName eq null", 3),
        ('userName eq "b" or title eq "x"', 3),
        ('userName co "b"', 3),
        ('not (userName eq "b")', 3),
    ],
)
def test_equalities_are_looked_up(text: str, looked_at: int) -> None:
    storage = MemoryStorage()
    for id in "abc":
        storage.insert(USERS, document(id, title="x", externalId=f"e-{id}"))
    filter = Filter(text, USERS)
    candidates = storage._table(USERS).candidates(USERS, filter)
    assert len(candidates) == looked_at
    assert found(storage, text) == [id for id in "abc" if filter.matches(document(id, title="x", externalId=f"e-{id}"))]


def test_pages() -> None:
    storage = filled("c", "a", "b")
    assert found(storage) == ["c", "a", "b"]
    assert found(storage, start_index=2, count=1) == ["a"]
    assert found(storage, start_index=9) == []
    assert found(storage, sort_by="userName") == ["a", "b", "c"]
    assert found(storage, "userName pr", sort_by="userName", descending=True, count=2) == ["c", "b"]
    page = storage.search(Query((USERS,), count=0))
    assert (list(page.resources), page.total_results) == ([], 3)


def test_several_types_at_once() -> None:
    storage = filled("b")
    storage.insert(GROUPS, {**document("a"), "displayName": "a"})
    both = storage.search(Query((USERS, GROUPS)))
    assert ([stored.id for stored in both.resources], both.total_results) == (["b", "a"], 2)
    ordered = storage.search(Query((USERS, GROUPS), sort_by="id"))
    assert [stored.id for stored in ordered.resources] == ["a", "b"]


def state(storage: MemoryStorage) -> Any:
    table = storage._table(USERS)
    return list(table.rows.items()), [{key: set(index.ids(key)) for key in index._ids} for index in table._indexes]


def fail_after(storage: MemoryStorage, *steps: Callable[[], object]) -> None:
    """Make a transaction of some steps that ends badly."""
    with storage.transaction():
        for step in steps:
            step()
        raise ZeroDivisionError


def test_a_transaction_that_fails_leaves_no_trace() -> None:
    storage = filled("a", "b", "c", "d")
    before = state(storage)
    with pytest.raises(ZeroDivisionError):
        fail_after(
            storage,
            lambda: storage.insert(USERS, document("e")),
            lambda: storage.update(USERS, storage.fetch(USERS, "b"), document("b", "2", userName="z"), None),
            lambda: storage.delete(USERS, storage.fetch(USERS, "a")),
            lambda: storage.delete(USERS, storage.fetch(USERS, "c")),
            lambda: storage.insert(USERS, document("c", "7", userName="b")),
            lambda: storage.update(USERS, storage.fetch(USERS, "c"), document("c", "8", userName="a"), None),
        )
    assert state(storage) == before
    assert storage._journal == []


def test_transactions_nest() -> None:
    storage = filled("a")
    with storage.transaction():
        storage.insert(USERS, document("b"))
        with pytest.raises(ZeroDivisionError):
            fail_after(storage, lambda: storage.insert(USERS, document("c")))
        storage.insert(USERS, document("d"))
    assert found(storage) == ["a", "b", "d"]
    before = state(storage)

    def inner() -> None:
        with storage.transaction():
            storage.insert(USERS, document("e"))

    with pytest.raises(ZeroDivisionError):
        fail_after(storage, inner)
    assert state(storage) == before


def test_nobody_sees_a_transaction_that_has_not_ended() -> None:
    storage = filled("a")
    inside = threading.Event()
    seen: list[str] = []

    def look() -> None:
        inside.wait()
        seen.extend(found(storage))

    reader = threading.Thread(target=look)
    reader.start()
    with pytest.raises(ZeroDivisionError):
        fail_after(storage, lambda: storage.insert(USERS, document("b")), inside.set, lambda: reader.join(0.05))
    reader.join()
    assert seen == ["a"]


def test_threads_do_not_create_a_name_twice_or_lose_an_update() -> None:
    storage = filled("counter")
    created: list[Stored] = []

    def work(worker: int) -> None:
        for number in range(50):
            with suppress(Uniqueness):
                created.append(storage.insert(USERS, document(f"{worker}-{number}", userName=f"u{number}")))
            while True:
                before = storage.fetch(USERS, "counter")
                total = int(before.document.get("title", "0")) + 1
                try:
                    storage.update(USERS, before, document("counter", f"v{total}", title=str(total)), None)
                except VersionMismatch:
                    continue
                break

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(created) == 50
    assert storage.fetch(USERS, "counter").document["title"] == "400"


def test_many_candidates_are_scanned_in_order() -> None:
    storage = filled(*(f"user-{number}" for number in range(60)))
    assert found(storage, 'userName ew "7"') == [f"user-{number}" for number in range(60) if number % 10 == 7]
    assert found(storage, 'userName co "user"', start_index=59) == ["user-58", "user-59"]


# Memberships -------------------------------------------------------------------------------------------------------


def group(id: str, *members: str, version: str = "1", name: str | None = None) -> Document:
    listed = {"members": [{"value": member, "type": "User"} for member in members]} if members else {}
    return {
        **document(id, version),
        "schemas": [urns.GROUP],
        "displayName": name or f"Group {id}",
        **listed,
    }


def with_groups() -> MemoryStorage:
    storage = filled("a", "b")
    for id in ("C", "c"):  # ids are exact in case, names are not
        storage.insert(USERS, document(id, userName=f"user-{id}-{id.islower()}"))
    for each in (group("g1", "a", "b"), group("g2", "a", "C"), group("g3")):
        storage.insert(GROUPS, each)
    return storage


WITHOUT = Selection(excluded_attributes=("members",))


def test_members_are_read_only_when_they_are_wanted() -> None:
    storage = with_groups()
    for selection, shown in (
        (Selection(), True),
        (WITHOUT, False),
        (Selection(("displayName",)), False),
        (Selection(("members",)), True),
        (Selection(("members.value",)), True),
        (Selection(excluded_attributes=("members.type",)), True),
        (Selection((f"{urns.GROUP}:Members",)), True),
    ):
        stored = storage.fetch(GROUPS, "g1", selection)
        assert ("members" in stored.document) is shown, selection
        for query in (Query((GROUPS,)), Query((GROUPS,), Filter("members pr", GROUPS), sort_by="displayName")):
            page = storage.search(replace(query, selection=selection)).resources
            assert ["members" in each.document for each in page[:2]] == [shown, shown]
            page = storage.search_from(replace(query, selection=selection), None).resources
            assert ["members" in each.document for each in page[:2]] == [shown, shown]
        assert ("members" in storage.fetch_many((USERS, GROUPS), ["g1"], selection)[0].document) is shown


def test_members_and_memberships_agree() -> None:
    storage = with_groups()
    assert storage.members(GROUPS, "g1", ["b", "a", "b", "x"]) == [
        {"value": "b", "type": "User"},
        {"value": "a", "type": "User"},
    ]
    assert storage.members(GROUPS, "none", ["a"]) == []
    assert storage.memberships(["a", "C", "c", "x"]) == {
        "a": [{"value": "g1", "display": "Group g1"}, {"value": "g2", "display": "Group g2"}],
        "C": [{"value": "g2", "display": "Group g2"}],
    }
    before = storage.fetch(GROUPS, "g1", WITHOUT)
    delta = MembershipDelta(
        "members",
        added=({"value": "c"},),
        removed=({"value": "a"}, {"value": "gone"}),
        updated=(({"value": "b"}, {"value": "b", "display": "B"}),),
    )
    after = storage.update_members(GROUPS, before, group("g1", version="2", name="New"), delta)
    assert "members" not in after.document
    assert storage.fetch(GROUPS, "g1").document["members"] == [{"value": "b", "display": "B"}, {"value": "c"}]
    assert storage.memberships(["a", "c"]) == {
        "a": [{"value": "g2", "display": "Group g2"}],
        "c": [{"value": "g1", "display": "New"}],
    }
    with pytest.raises(VersionMismatch):
        storage.update_members(GROUPS, before, group("g1", version="3"), delta)
    with pytest.raises(Uniqueness):
        storage.update_members(GROUPS, after, group("g1", version="3", name="Group g2"), delta)
    storage.delete(GROUPS, after)
    with pytest.raises(NotFound):
        storage.update_members(GROUPS, after, group("g1", version="3"), delta)
    assert storage.memberships(["c"]) == {}


def test_spellings_of_an_id_come_and_go() -> None:
    storage = with_groups()
    storage.delete(GROUPS, storage.fetch(GROUPS, "g2"))
    assert found(storage, 'members.value eq "c"', GROUPS) == []
    storage.insert(GROUPS, group("g4", "c", "C"))
    assert found(storage, 'members.value eq "c"', GROUPS) == ["g4"]
    storage.update(GROUPS, storage.fetch(GROUPS, "g4"), group("g4", "C", version="2"), None)
    assert found(storage, 'members.value eq "c"', GROUPS) == ["g4"]
    assert storage.memberships(["c"]) == {}


def test_a_user_that_was_deleted_and_comes_back_stands_where_it_stood() -> None:
    storage = filled("a", "b", "c", "d", "e")
    with pytest.raises(ZeroDivisionError):
        fail_after(
            storage,
            # As many gaps as there are left: numbers that are gone are forgotten.
            *(lambda id=id: storage.delete(USERS, storage.fetch(USERS, id)) for id in "abcd"),  # type: ignore[misc]
        )
    assert found(storage) == ["a", "b", "c", "d", "e"]
    assert found(storage, start_index=2, count=2) == ["b", "c"]


@pytest.mark.parametrize(
    ("resource_type", "text", "ids"),
    [
        (GROUPS, 'members.value eq "a"', ["g1", "g2"]),
        (GROUPS, 'members eq "A"', ["g1", "g2"]),
        (GROUPS, 'members.value eq "c"', ["g2"]),
        (GROUPS, 'members[value eq "c"]', ["g2"]),
        (GROUPS, 'members.value eq "x"', []),
        (GROUPS, 'members.value eq "a" and displayName eq "group G2"', ["g2"]),
        (GROUPS, 'members.value sw "b"', ["g1"]),
        (GROUPS, "not (members pr)", ["g3"]),
        (USERS, 'groups.value eq "g1"', ["a", "b"]),
        (USERS, 'groups eq "G1"', ["a", "b"]),
        (USERS, 'groups[value eq "g2" and type eq "direct"]', ["a", "C"]),
        (USERS, 'groups.display eq "GROUP G1"', ["a", "b"]),
        (USERS, 'groups.value eq "g1" and userName eq "B"', ["b"]),
        (USERS, 'groups.value eq "none"', []),
        (USERS, "not (groups pr)", ["c"]),
    ],
)
def test_who_is_where_can_be_searched(resource_type: ResourceType, text: str, ids: list[str]) -> None:
    assert found(with_groups(), text, resource_type) == ids


def test_members_are_restored_when_a_transaction_fails() -> None:
    storage = with_groups()

    def held() -> Any:
        page = storage.search(Query((GROUPS,))).resources
        return (
            [(each.id, each.version, sorted(map(str, each.document.get("members", ())))) for each in page],
            {id: sorted(map(str, groups)) for id, groups in storage.memberships(["a", "b", "c", "C", "new"]).items()},
        )

    before = held()
    delta = MembershipDelta(
        "members",
        added=({"value": "new"},),
        removed=({"value": "a"},),
        updated=(({"value": "b"}, {"value": "b", "display": "B"}),),
    )

    def current() -> Stored:
        return storage.fetch(GROUPS, "g1", WITHOUT)

    with pytest.raises(ZeroDivisionError):
        fail_after(
            storage,
            lambda: storage.update_members(GROUPS, current(), group("g1", version="2"), delta),
            lambda: storage.update(GROUPS, current(), group("g1", "c", version="3"), None),
            lambda: storage.update_members(GROUPS, current(), group("g1", version="4"), delta),
            lambda: storage.delete(GROUPS, current()),
            lambda: storage.insert(GROUPS, group("g1", "new", version="5")),
            lambda: storage.update(GROUPS, current(), group("g1", version="6"), None),
            lambda: storage.delete(GROUPS, storage.fetch(GROUPS, "g3")),
        )
    assert held() == before


def test_many_are_fetched_at_once() -> None:
    storage = with_groups()
    found = storage.fetch_many((USERS, GROUPS), ["g1", "a", "x"])
    assert sorted(stored.id for stored in found) == ["a", "g1"]


# Cursors -----------------------------------------------------------------------------------------------------------


def walk(storage: MemoryStorage, query: Query, between: Callable[[], object] = lambda: None) -> list[list[str]]:
    pages, position = [], None
    while True:
        page = storage.search_from(query, position)
        pages.append([stored.id for stored in page.resources])
        if page.next is None:
            return pages
        assert json.loads(json.dumps(page.next)) == list(page.next), "JSON can carry it"
        position = page.next
        between()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"filter": Filter("title pr", USERS)},
        {"sort_by": "userName"},
        {"sort_by": "userName", "descending": True},
        {"sort_by": "title"},
        {"sort_by": "title", "descending": True},
        {"sort_by": "meta.created"},
        {"sort_by": "active"},
        {"sort_by": "nickName", "filter": Filter("title pr", USERS)},
    ],
)
def test_a_walk_is_the_whole_search(options: Any) -> None:
    storage = MemoryStorage()
    for number in range(23):
        extra: Any = {"active": number % 2 == 0} if number % 3 else {"nickName": f"n{number % 4}"}
        title = {} if number == 7 else {"title": f"t{number % 5}"}
        storage.insert(USERS, document(f"u{number * 7 % 23:02}", **title, **extra))
    query = Query((USERS,), count=5, **options)
    pages = walk(storage, query)
    everything = [stored.id for stored in storage.search(replace(query, count=100)).resources]
    assert [id for page in pages for id in page] == everything
    assert [len(page) for page in pages[:-1]] == [5] * (len(pages) - 1)
    # Backwards, too.
    position: Position | None = None
    for _ in range(2):
        position = storage.search_from(query, position).next
    page = storage.search_from(query, position)
    assert page.total_results == len(everything)
    assert page.previous is not None
    page = storage.search_from(query, page.previous)
    assert [stored.id for stored in page.resources] == pages[1]
    assert page.previous is not None
    page = storage.search_from(query, page.previous)
    assert ([stored.id for stored in page.resources], page.previous) == (pages[0], None)


def test_what_comes_and_goes_disturbs_no_walk() -> None:
    for sort_by in (None, "userName"):
        storage = filled(*(f"u{number:02}" for number in range(20)))
        numbers = iter(range(100))

        def churn(storage: MemoryStorage = storage, numbers: Any = numbers) -> None:
            number = next(numbers)
            storage.delete(USERS, storage.fetch(USERS, f"u{number * 2:02}"))
            storage.insert(USERS, document(f"new-{number}"))

        ids = [id for page in walk(storage, Query((USERS,), count=3, sort_by=sort_by), churn) for id in page]
        assert len(ids) == len(set(ids)), "nothing twice"
        assert set(ids) >= {f"u{number:02}" for number in range(1, 20, 2)}, (
            "nothing left out that was there all the time"
        )


def test_a_walk_over_several_types() -> None:
    storage = with_groups()
    both = Query((USERS, GROUPS), count=2)
    assert [id for page in walk(storage, both) for id in page] == ["a", "b", "C", "c", "g1", "g2", "g3"]
    by_name = replace(both, sort_by="id", descending=True)
    assert [id for page in walk(storage, by_name) for id in page] == ["g3", "g2", "g1", "c", "b", "a", "C"]


def test_a_page_of_nothing() -> None:
    page = MemoryStorage().search_from(Query((USERS,), count=3), None)
    assert (list(page.resources), page.next, page.previous, page.total_results) == ([], None, None, 0)


@pytest.mark.parametrize(
    "position", [(), ("x",), (0, 1), (0, 1, 0, {}), (0, "1", 0, None), (0, 1, 0, 7), (0, 1, 0, "no time", "instant")]
)
def test_a_position_of_another_order_is_refused(position: Any) -> None:
    storage = filled("a", "b")
    with pytest.raises(InvalidCursor):
        storage.search_from(Query((USERS,), count=1, sort_by="userName"), position)
    with pytest.raises(InvalidCursor):
        storage.search_from(Query((USERS,), count=1, sort_by="userName", descending=True), position)


def test_pages_stay_right_after_deletions() -> None:
    storage = filled(*(f"u{number}" for number in range(10)))
    for number in (0, 3, 4, 9):
        storage.delete(USERS, storage.fetch(USERS, f"u{number}"))
    left = ["u1", "u2", "u5", "u6", "u7", "u8"]
    assert [id for start in (1, 3, 5) for id in found(storage, start_index=start, count=2)] == left
    for number in (1, 2, 5):
        storage.delete(USERS, storage.fetch(USERS, f"u{number}"))
    assert found(storage) == ["u6", "u7", "u8"]
    storage.insert(USERS, document("u0"))
    assert found(storage, start_index=4) == ["u0"]


def test_the_order_of_an_index_is_that_of_creation() -> None:
    storage = filled("a", "b", "c", indexed={"User": ("title",)})
    for id in "cba":
        storage.update(USERS, storage.fetch(USERS, id), document(id, "2", title="x"), None)
    assert found(storage, 'title eq "x"') == ["a", "b", "c"]


def test_extensions_are_indexed_by_their_urn() -> None:
    path = f"{urns.ENTERPRISE_USER}:employeeNumber"
    storage = MemoryStorage(indexed={"User": (path,)})
    for id in "abc":
        storage.insert(USERS, document(id, **{urns.ENTERPRISE_USER: {"employeeNumber": f"n-{id}"}}))
    filter = Filter(f'{path} eq "N-B"', USERS)
    assert [stored.id for stored in storage._table(USERS).candidates(USERS, filter)] == ["b"]
    assert found(storage, f'{path} eq "N-B"') == ["b"]
