"""RFC 9865: its requirements on a server, each in a test, against a store that can go on from a position."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doors import BASE
from scimcore import urns
from scimcore.errors import ExpiredCursor, InvalidCursor, TooMany
from scimcore.filter import Filter
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.resources import Group, User
from scimcore.service.authentication import Caller
from scimcore.service.cursors import CursorCodec, Mark, purpose_of
from scimcore.service.provider import Config, Provider
from scimcore.storage import CursorPage, Page, Position, Query
from walking import WalkingStorage

SECRET = b"a secret of several processes"


class Service:
    """A service with some users, a clock that can be moved, and callers who are whoever their token says."""

    store: type[MemoryStorage] = MemoryStorage

    def __init__(self, users: int = 7, storage: MemoryStorage | None = None, **parts: Any) -> None:
        self.moment = datetime(2026, 1, 2, tzinfo=UTC)
        self.storage = self.store() if storage is None else storage
        config = parts.pop("config", Config(default_results=3, max_results=5, cursor_lifetime_seconds=60))
        self.provider = Provider(config=config, cursor_secret=SECRET, now=lambda: self.moment, **parts)
        self.handler = Handler(self.provider, self.storage, self.authenticate)
        self.revoked: set[str] = set()
        for number in range(users):
            self.create(f"user-{number}", f"title {number % 2}")

    def authenticate(self, request: Request) -> Caller:
        name, _, tenant = request.headers.get("authorization").partition("@")
        return Caller(name, tenant=tenant or None)

    def create(self, name: str, title: str) -> str:
        body = {"schemas": [urns.USER], "userName": name, "title": title}
        status, document = self.ask("POST", "/Users", body)
        assert status == 201
        return str(document["id"])

    def ask(self, method: str, path: str, body: Any = None, caller: str = "okta") -> tuple[int, Any]:
        path, _, query = path.partition("?")
        headers = Headers([("Authorization", caller), ("Content-Type", "application/scim+json")])
        content = b"" if body is None else json.dumps(body).encode()
        response = self.handler.handle(Request(method, path, query, headers, content, BASE))
        return response.status, json.loads(response.body) if response.body else None

    def page(self, query: str = "", caller: str = "okta") -> Any:
        status, document = self.ask("GET", f"/Users?{query}", caller=caller)
        assert status == 200, document
        return document

    def refused(self, query: str, caller: str = "okta") -> Any:
        status, document = self.ask("GET", f"/Users?{query}", caller=caller)
        assert status == 400
        assert document["schemas"] == [urns.ERROR]
        return document

    def walk(self, query: str, step: str = "nextCursor", start: str = "") -> list[Any]:
        pages = [self.page(f"{query}&cursor={start}")]
        while step in pages[-1]:
            pages.append(self.page(f"{query}&cursor={pages[-1][step]}"))
        return pages


@pytest.fixture(params=[MemoryStorage, WalkingStorage], scope="module", autouse=True)
def store(request: pytest.FixtureRequest) -> None:
    """Let all tests go over two stores, whose positions have nothing in common."""
    Service.store = request.param


def names(pages: list[Any]) -> list[str]:
    return [user["userName"] for page in pages for user in page["Resources"]]


# §2: parameters and attributes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["cursor", "cursor=", "count=3&cursor", "CURSOR=", "cursor=&aadOptscim062020"])
def test_cp01_an_empty_cursor_asks_for_the_first_page(query: str) -> None:
    page = Service().page(query)
    assert len(page["Resources"]) == 3
    assert "nextCursor" in page


def test_cp02_cursors_are_unreserved_characters() -> None:
    service = Service()
    for sort_by in ("userName", "title", "active"):
        for page in service.walk(f"count=1&sortBy={sort_by}"):
            for name in ("nextCursor", "previousCursor"):
                assert re.fullmatch(r"[A-Za-z0-9\-._~]+", page.get(name, "-"))
                assert quote(page.get(name, ""), safe="") == page.get(name, "")


@pytest.mark.parametrize("count", ["-5", "0", "-1"])
def test_cp03_cp04_no_count_gives_the_total_alone(count: str) -> None:
    page = Service().page(f"cursor&count={count}")
    assert page == {"schemas": [urns.LIST_RESPONSE], "totalResults": 7, "itemsPerPage": 0, "Resources": []}


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_cp05_never_more_than_count(count: int) -> None:
    for page in Service().walk(f"count={count}"):
        assert len(page["Resources"]) <= count


def test_cp06_the_default_page_size_is_the_one_announced() -> None:
    service = Service()
    assert len(service.page("cursor")["Resources"]) == 3
    _, config = service.ask("GET", "/ServiceProviderConfig")
    assert config["pagination"]["defaultPageSize"] == 3


@pytest.mark.parametrize("users", [0, 1, 2, 3, 4, 6, 7])
def test_cp07_cp08_all_but_the_last_page_have_a_next_one(users: int) -> None:
    service = Service(users)
    pages = service.walk("count=3&sortBy=userName")
    assert names(pages) == [f"user-{number}" for number in range(users)]
    assert all("nextCursor" in page for page in pages[:-1])
    assert len(pages) == max(1, -(-users // 3))


class Sparse(WalkingStorage):
    """Looks at three resources at a time, and may find nothing on the way: an empty page is not the last one."""

    def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
        page = super().search_from(Query(query.resource_types, count=3), position)
        found = [stored for stored in page.resources if query.filter is None or query.filter.matches(stored.document)]
        return page._replace(resources=found, total_results=None)


def test_cp08_an_empty_page_in_the_middle_goes_on() -> None:
    service = Service(storage=Sparse())
    pages = service.walk("filter=userName+eq+%22user-6%22")
    assert names(pages) == ["user-6"]
    assert sum(not page["Resources"] for page in pages) == len(pages) - 1
    assert not any("totalResults" in page for page in pages)


def test_cp09_cp10_the_first_page_has_no_previous_one_also_when_one_comes_back_to_it() -> None:
    service = Service()
    forward = service.walk("count=3&sortBy=userName")
    assert "previousCursor" not in forward[0]
    assert all("previousCursor" in page for page in forward[1:])
    back = service.walk("count=3&sortBy=userName", "previousCursor", forward[-1]["previousCursor"])
    assert names(back[::-1]) == [f"user-{number}" for number in range(6)]
    assert "previousCursor" not in back[-1]
    assert names(service.walk("count=3&sortBy=userName", start=back[-1]["nextCursor"]))[0] == "user-3"


def test_cp10_whatever_the_store_says() -> None:
    class Careless(WalkingStorage):
        def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
            return super().search_from(query, position)._replace(previous=("before", "x"))

    service = Service(storage=Careless())
    assert "previousCursor" not in service.page("cursor")


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("", "filter=title+pr&"),
        ("filter=title+pr&", ""),
        ("filter=title+pr&", "filter=userName+pr&"),
        ("sortBy=userName&", "sortBy=title&"),
        ("sortBy=userName&", "sortBy=userName&sortOrder=descending&"),
    ],
)
def test_cp11_a_cursor_is_good_for_its_own_query_only(first: str, then: str) -> None:
    service = Service()
    cursor = service.page(f"{first}cursor")["nextCursor"]
    assert service.page(f"{first}cursor={cursor}")
    assert service.refused(f"{then}cursor={cursor}")["scimType"] == "invalidCursor"


def test_cp11_the_same_query_may_be_spelled_differently_and_show_something_else() -> None:
    service = Service()
    cursor = service.page("filter=title+pr+and+userName+pr&sortBy=userName&count=2&cursor")["nextCursor"]
    other = service.page(f"sortBy=USERNAME&attributes=id&filter=title%20PR%20%20and%20userName%20pr&cursor={cursor}")
    assert [set(user) for user in other["Resources"]] == [{"schemas", "id"}] * 2


def test_cp11_a_cursor_is_good_at_its_own_endpoint_only() -> None:
    service = Service()
    cursor = service.page("cursor")["nextCursor"]
    for path in (f"/Groups?cursor={cursor}", f"/?cursor={cursor}"):
        status, document = service.ask("GET", path)
        assert (status, document["scimType"]) == (400, "invalidCursor")


def test_cp14_the_total_is_that_of_all_pages_and_may_be_missing() -> None:
    service = Service(storage=WalkingStorage())
    assert {page["totalResults"] for page in service.walk("count=3")} == {7}
    service.storage.counts = False  # type: ignore[attr-defined]
    assert not any("totalResults" in page for page in service.walk("count=3"))


def test_cp15_a_page_of_a_walk_has_no_start_index() -> None:
    for page in Service().walk("count=3"):
        assert "startIndex" not in page
        assert page["itemsPerPage"] == len(page["Resources"])
        assert page["schemas"] == [urns.LIST_RESPONSE]


# §2.1: errors --------------------------------------------------------------------------------------------------------


def _flipped(cursor: str, place: int) -> str:
    return cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]


def test_cp21_cp63_what_was_not_made_here_is_invalid() -> None:
    service = Service()
    cursor = service.page("cursor")["nextCursor"]
    forged = ["not-a-cursor", "x", "AAAA", "%00", "1", cursor[:-1], cursor + "A", cursor * 2, cursor[1:], "A" * 5000]
    forged += [_flipped(cursor, place) for place in range(len(cursor))]
    forged += [f"{cursor}=", f"{cursor}%0A", cursor.lower(), "%C3%A9"]
    answers = [service.refused(f"cursor={text}") for text in forged]
    assert {answer["scimType"] for answer in answers} == {"invalidCursor"}


def test_cp22_cp56_a_cursor_expires_as_announced() -> None:
    service = Service()
    _, config = service.ask("GET", "/ServiceProviderConfig")
    cursor = service.page("cursor")["nextCursor"]
    service.moment += timedelta(seconds=config["pagination"]["cursorTimeout"])
    page = service.page(f"cursor={cursor}")
    service.moment += timedelta(seconds=1)
    assert service.refused(f"cursor={cursor}")["scimType"] == "expiredCursor"
    # The time is that between two requests: the next cursor began to count when it was made.
    assert service.page(f"cursor={page['nextCursor']}")


@pytest.mark.parametrize("count", ["1", "2", "0", "-1"])
def test_cp23_another_count_than_at_first_is_refused(count: str) -> None:
    service = Service()
    cursor = service.page("cursor&count=3")["nextCursor"]
    assert service.refused(f"cursor={cursor}&count={count}")["scimType"] == "invalidCount"


def test_cp23_the_count_of_the_first_page_goes_on_when_it_is_left_out() -> None:
    service = Service()
    cursor = service.page("cursor&count=2")["nextCursor"]
    assert len(service.page(f"cursor={cursor}")["Resources"]) == 2


@pytest.mark.parametrize("count", ["ten", "1.5", "1_0", "9" * 30])
def test_cp25_a_count_that_is_no_integer_is_an_invalid_count(count: str) -> None:
    assert Service().refused(f"cursor&count={count}")["scimType"] == "invalidCount"


def test_cp25_cp55_a_count_that_is_too_large_is_cut() -> None:
    service = Service()
    page = service.page("cursor&count=1000000")
    assert len(page["Resources"]) == 5
    assert service.page(f"count=1000000&cursor={page['nextCursor']}")
    _, config = service.ask("GET", "/ServiceProviderConfig")
    assert config["pagination"]["maxPageSize"] == 5


# §2.2 to §2.4 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_cp30_pages_are_sorted(order: str) -> None:
    service = Service()
    walked = names(service.walk(f"count=2&sortBy=title&sortOrder={order}"))
    titles = {f"user-{number}": f"title {number % 2}" for number in range(7)}
    shown = [titles[name] for name in walked]
    assert shown == sorted(shown, reverse=order == "descending")
    assert sorted(walked) == sorted(titles)


def test_cp32_cp33_cp34_the_index_is_the_default() -> None:
    service = Service()
    for query in ("", "count=2", "startIndex=1"):
        page = service.page(query)
        assert page["startIndex"] == 1
        assert "nextCursor" not in page
    _, config = service.ask("GET", "/ServiceProviderConfig")
    assert config["pagination"]["defaultPaginationMethod"] == "index"


def test_cp35_a_cursor_and_a_start_index_exclude_each_other() -> None:
    service = Service()
    cursor = service.page("cursor")["nextCursor"]
    for query in ("cursor&startIndex=1", f"cursor={cursor}&startIndex=4"):
        assert service.refused(query)["scimType"] == "invalidValue"


# §3 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/Users/.search", "/.search"])
def test_cp24_cp40_the_same_by_post(path: str) -> None:
    service = Service(resource_types=(User.resource_type(),))
    message: dict[str, Any] = {"schemas": [urns.SEARCH_REQUEST], "cursor": "", "count": 3, "sortBy": "userName"}
    found: list[str] = []
    while True:
        status, page = service.ask("POST", path, message)
        assert status == 200
        found += names([page])
        if "nextCursor" not in page:
            break
        message["cursor"] = page["nextCursor"]
    assert found == [f"user-{number}" for number in range(7)]
    # A cursor is good for both ways to ask the same.
    assert service.page(f"sortBy=userName&count=3&cursor={message['cursor']}")["Resources"]
    for wrong, kind in (({"cursor": "x"}, "invalidCursor"), ({"count": 2}, "invalidCount")):
        status, document = service.ask("POST", path, {**message, **wrong})
        assert (status, document["scimType"]) == (400, kind)


@pytest.mark.parametrize("query", ["", "&sortBy=displayName", "&filter=displayName+pr+or+userName+pr"])
def test_a_walk_from_the_root_goes_over_all_types(query: str) -> None:
    service = Service(3, storage=MemoryStorage())
    for number in range(3):
        service.ask("POST", "/Groups", {"schemas": [urns.GROUP], "displayName": f"group {number}"})
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        status, page = service.ask("GET", f"/?count=2{query}&cursor={cursor}")
        assert status == 200
        found += [resource["meta"]["location"] for resource in page["Resources"]]
        cursor = page.get("nextCursor")
    assert len(found) == len(set(found)) == 6
    assert sum("/Groups/" in location for location in found) == 3


# §4 ------------------------------------------------------------------------------------------------------------------


def test_cp50_to_cp59_the_configuration_announces_it_and_its_schema_declares_it() -> None:
    service = Service()
    _, config = service.ask("GET", "/ServiceProviderConfig")
    assert config["pagination"] == {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": 3,
        "maxPageSize": 5,
        "cursorTimeout": 60,
    }
    _, schema = service.ask("GET", f"/Schemas/{urns.SERVICE_PROVIDER_CONFIG}")
    [declared] = [each for each in schema["attributes"] if each["name"] == "pagination"]
    assert (declared["type"], declared["mutability"], declared["required"]) == ("complex", "readOnly", False)
    subs = {sub["name"]: (sub["type"], sub["required"], sub["mutability"]) for sub in declared["subAttributes"]}
    assert set(subs) == set(config["pagination"])
    assert subs["cursor"] == subs["index"] == ("boolean", True, "readOnly")
    assert {subs[name] for name in ("defaultPageSize", "maxPageSize", "cursorTimeout")} == {
        ("integer", False, "readOnly")
    }


class Plain:
    """A host's store that cannot go on from a position."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()

    def search(self, query: Query, /) -> Page:
        return self._storage.search(query)

    fetch = insert = update = delete = None

    def transaction(self) -> Any:
        return self._storage.transaction()


def test_a_store_that_cannot_go_on_offers_no_cursors() -> None:
    service = Service(0, storage=Plain())  # type: ignore[arg-type]
    _, config = service.ask("GET", "/ServiceProviderConfig")
    assert config["pagination"]["cursor"] is False
    assert "cursorTimeout" not in config["pagination"]
    for cursor in ("", "x"):
        document = service.refused(f"cursor={cursor}")
        assert document["scimType"] == "invalidCursor"
        assert "startIndex" in document["detail"]
    assert service.page("startIndex=1")["totalResults"] == 0


# §5 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["entra", "okta@acme", "", "okta@"])
def test_cp60_a_cursor_is_its_callers_own(other: str) -> None:
    service = Service()
    cursor = service.page("cursor")["nextCursor"]
    if other == "okta@":
        assert service.page(f"cursor={cursor}", other)
    else:
        assert service.refused(f"cursor={cursor}", other)["scimType"] == "invalidCursor"


def test_cp61_a_cursor_gives_no_right() -> None:
    service = Service()
    cursor = service.page("cursor")["nextCursor"]
    sequel = service.page(f"cursor={cursor}")
    for user in sequel["Resources"]:
        assert service.ask("DELETE", f"/Users/{user['id']}")[0] == 204
    # What the caller may not see any more is not on the page either, and the total says so too.
    again = service.page(f"cursor={cursor}")
    assert not {user["id"] for user in again["Resources"]} & {user["id"] for user in sequel["Resources"]}
    assert again["totalResults"] == 4


def test_cp62_permissions_that_change_take_hold_at_once() -> None:
    service = Service()
    cursor = service.page("cursor")["nextCursor"]
    # A host that takes rights away renames the caller, or refuses it: a cursor keeps nothing alive.
    assert service.refused(f"cursor={cursor}", "okta-readonly")["scimType"] == "invalidCursor"


def test_cp63_a_cursor_shows_nothing() -> None:
    service = Service(3)
    service.create("zoe.private@example.com", "t")
    cursor = service.page("cursor&count=1&sortBy=userName&sortOrder=descending")["nextCursor"]
    raw = cursor.encode()
    assert b"zoe" not in raw
    codec = CursorCodec(SECRET, 60, lambda: service.moment)
    assert codec.write(Mark(("same",), 1), b"p") != codec.write(Mark(("same",), 1), b"p")
    assert len(codec.write(Mark(("x" * 100,), 1), b"p")) < 250


def test_cp64_nothing_tells_a_foreign_page_from_one_that_never_was() -> None:
    service = Service()
    cursor = service.page("cursor")["nextCursor"]
    answers = [
        service.refused(f"cursor={cursor}", "entra"),
        service.refused("cursor=never-was-one", "entra"),
        service.refused(f"cursor={_flipped(cursor, 30)}"),
        service.refused(f"filter=title+pr&cursor={cursor}"),
    ]
    assert all(answer == answers[0] for answer in answers)


def test_cp65_too_many_results_are_an_error() -> None:
    class Guarded(WalkingStorage):
        def search(self, query: Query, /) -> Page:
            raise TooMany("Name a filter: there are too many users to list.")

        def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
            raise TooMany("Name a filter: there are too many users to list.")

    service = Service(0, storage=Guarded())
    for query in ("cursor", "startIndex=1", "cursor&count=0"):
        assert service.refused(query)["scimType"] == "tooMany"


def test_cp66_nothing_is_kept_for_a_cursor_so_that_any_process_can_go_on() -> None:
    one = Service()
    other = Service(0, storage=one.storage)
    cursor = one.page("cursor&count=4&sortBy=userName")["nextCursor"]
    assert names([other.page(f"sortBy=userName&cursor={cursor}")]) == ["user-4", "user-5", "user-6"]
    stranger = Handler(Provider(), one.storage, one.authenticate)
    headers = Headers([("Authorization", "okta")])
    answer = stranger.handle(Request("GET", "/Users", f"sortBy=userName&cursor={cursor}", headers))
    assert answer.status == 400


# Laws ----------------------------------------------------------------------------------------------------------------

POSITIONS = st.lists(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    max_size=4,
)  # fmt: skip


@given(POSITIONS, st.integers(0, 10_000))
def test_a_cursor_says_what_was_put_into_it(position: list[Any], count: int) -> None:
    codec = CursorCodec(SECRET, 60, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    mark = Mark(tuple(position), count)
    assert codec.read(codec.write(mark, b"purpose"), b"purpose") == mark
    with pytest.raises(InvalidCursor):
        codec.read(codec.write(mark, b"purpose"), b"another")


@given(st.text(max_size=60))
def test_any_other_text_is_an_invalid_cursor(text: str) -> None:
    codec = CursorCodec(SECRET, 60, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises((InvalidCursor, ExpiredCursor)):
        codec.read(text, b"purpose")


@settings(max_examples=25)
@given(st.integers(1, 5), st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=12), st.booleans())
def test_a_walk_shows_each_user_once_that_is_there_all_the_time(
    count: int, changes: list[tuple[bool, int]], descending: bool
) -> None:
    service = Service(8)
    query = f"count={count}&sortBy=userName&sortOrder={'descending' if descending else 'ascending'}"
    staying = {f"user-{number}" for number in range(8)}
    seen: list[str] = []
    cursor: str | None = ""
    pending = iter(changes)
    while cursor is not None:
        page = service.page(f"{query}&cursor={cursor}")
        seen += names([page])
        cursor = page.get("nextCursor")
        for adds, number in [each for each, _ in zip(pending, range(2), strict=False)]:
            name = f"user-{number}" if number < 8 else f"other-{number}"
            _, found = service.ask("GET", f"/Users?filter=userName+eq+%22{name}%22")
            if adds and not found["totalResults"]:
                service.create(name, "t")
            elif found["totalResults"] and not adds:
                service.ask("DELETE", f"/Users/{found['Resources'][0]['id']}")
                staying.discard(name)
    assert [name for name in seen if name in staying] == sorted(staying, reverse=descending)


def test_what_a_cursor_is_good_for_depends_on_all_that_the_store_is_asked() -> None:
    users, groups = (User.resource_type(),), (Group.resource_type(),)
    queries = [
        Query(users),
        Query(groups),
        Query(users + groups),
        Query(users, Filter("title pr", users[0])),
        Query(users, sort_by="title"),
        Query(users, sort_by="title", descending=True),
    ]
    callers = [Caller("a"), Caller("b"), Caller("a", tenant="t")]
    purposes = {purpose_of(query, caller) for query in queries for caller in callers}
    assert len(purposes) == len(queries) * len(callers)
    assert purpose_of(Query(users, count=1), callers[0]) == purpose_of(Query(users, count=2), callers[0])


@pytest.mark.parametrize("size", range(8))
def test_a_cursor_is_spelled_in_one_way_only(size: int) -> None:
    codec = CursorCodec(SECRET, 60, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    cursor = codec.write(Mark(("x" * size,), 1), b"p")
    # Base64 has bits to spare at the end of some lengths.
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        other = cursor[:-1] + letter
        if other != cursor:
            with pytest.raises(InvalidCursor):
                codec.read(other, b"p")
