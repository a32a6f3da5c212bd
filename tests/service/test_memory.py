import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from scimcore import urns
from scimcore.documents import Document
from scimcore.errors import NotFound, Uniqueness, VersionMismatch
from scimcore.filter import Filter
from scimcore.memory import MemoryStorage
from scimcore.resources import Group, User
from scimcore.schema import Attribute, ResourceType, Schema
from scimcore.schema import Uniqueness as Unique
from scimcore.storage import Query, Stored

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
    return list(table.rows.items()), [{key: dict(ids) for key, ids in index._ids.items()} for index in table._all]


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
