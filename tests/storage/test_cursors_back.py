"""Walking back over pages: each is the one that the walk forward had, up to the first."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scimcore.conformance.storage_trial import GROUPS, USERS, group, user
from scimcore.filter import Filter
from scimcore.sql import SqlStorage
from scimcore.storage import CursorPage, Position, Query
from storage.quick import fresh, without_waiting

QUERIES: dict[str, dict[str, Any]] = {
    "creation": {},
    "a name": {"sort_by": "userName"},
    "a name, turned round": {"sort_by": "userName", "descending": True},
    "what not all have": {"sort_by": "title"},
    "what not all have, turned round": {"sort_by": "title", "descending": True},
    "what nobody has": {"sort_by": "nickName"},
    "a boolean": {"sort_by": "active"},
    "a time": {"sort_by": "meta.lastModified", "descending": True},
    "two types": {"resource_types": (USERS, GROUPS)},
    "two types, sorted": {"resource_types": (GROUPS, USERS), "sort_by": "displayName"},
    "two types, by what one has": {"resource_types": (USERS, GROUPS), "sort_by": "title", "descending": True},
    "an index": {"filter": Filter("externalId eq \"even\"", USERS)},
    "a filter": {"filter": Filter("active eq true", USERS), "sort_by": "title"},
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite://"
    return without_waiting(request.getfixturevalue("postgresql_url"))


@pytest.fixture(scope="module")
def storage(url: str) -> Iterator[SqlStorage]:
    storage = SqlStorage(url, tenant=fresh("back"), cursor_totals=True)
    for number in range(11):
        more = {"title": f"T{number % 3}"} if number % 4 else {}
        more |= {"externalId": "odd" if number % 2 else "even", "displayName": f"D{number % 5}"}
        storage.insert(USERS, user(f"u{number:02}", userName=f"Name{number * 7 % 11}", active=number % 3 > 0, **more))
        if number % 3 == 0:
            storage.insert(GROUPS, group(f"g{number:02}", displayName=f"D{number}"))
    yield storage
    storage.close()


def walk(storage: SqlStorage, query: Query) -> list[CursorPage]:
    """Walk forward, with positions as clients bring them back."""
    pages, position = [], None
    while True:
        page = storage.search_from(query, position)
        pages.append(page)
        if page.next is None:
            return pages
        position = over_the_wire(page.next)


def over_the_wire(position: Position) -> Position:
    return tuple(json.loads(json.dumps(position)))


def ids(page: CursorPage) -> list[str]:
    return [each.id for each in page.resources]


@pytest.mark.parametrize("count", [1, 2, 4, 50])
@pytest.mark.parametrize("name", QUERIES)
def test_a_walk_back_has_the_pages_of_the_walk_forward(name: str, count: int, storage: SqlStorage) -> None:
    query = Query(**{"resource_types": (USERS,), "count": count, **QUERIES[name]})
    pages = walk(storage, query)
    assert pages[0].previous is None
    assert {page.total_results for page in pages} == {sum(len(page.resources) for page in pages)}
    page, back = pages[-1], [ids(pages[-1])]
    while page.previous is not None:
        page = storage.search_from(query, over_the_wire(page.previous))
        back.append(ids(page))
    assert back[::-1] == [ids(page) for page in pages]


def test_who_comes_back_finds_what_is_left(url: str) -> None:
    storage = SqlStorage(url, tenant=fresh("back"))
    stored = [storage.insert(USERS, user(f"u{number}")) for number in range(6)]
    query = Query((USERS,), count=2)
    pages = walk(storage, query)
    assert [page.total_results for page in pages] == [None, None, None]
    for each in stored[:3]:
        storage.delete(USERS, each)
    page = storage.search_from(query, pages[1].next)
    assert (ids(page), page.total_results) == (["u4", "u5"], None)
    assert page.previous is not None
    page = storage.search_from(query, page.previous)
    assert (ids(page), page.previous) == (["u3", "u4"], None)
    storage.delete(USERS, stored[3])
    page = storage.search_from(query, pages[1].next)
    assert (ids(page), page.previous) == (["u4", "u5"], None)
    storage.close()


def test_a_first_page_that_is_all_knows_how_many_there_are(url: str) -> None:
    storage = SqlStorage(url, tenant=fresh("back"))
    assert storage.search_from(Query((USERS,), count=2), None).total_results == 0
    storage.insert(USERS, user("u"))
    assert storage.search_from(Query((USERS,), count=2), None).total_results == 1
    nothing = storage.search_from(Query((USERS,), count=0), None)
    assert (nothing.next, nothing.previous, nothing.total_results) == (None, None, None)
    storage.close()


def test_what_sql_does_not_know_alone_has_no_way_back(url: str) -> None:
    storage = SqlStorage(url, tenant=fresh("back"), cursor_totals=True)
    for number in range(3):
        storage.insert(USERS, user(f"u{number}", displayName="D"))
    long = Filter(" or ".join(['displayName sw "d"'] * 300), USERS)
    pages = walk(storage, Query((USERS,), long, count=2))
    assert [(ids(page), page.previous, page.total_results) for page in pages] == [
        (["u0", "u1"], None, None),
        (["u2"], None, None),
    ]
    storage.close()
