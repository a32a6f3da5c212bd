"""What a store is asked: the query of each request, as a store sees it."""

import json
from typing import Any

import pytest

from doors import BASE
from scimcore import urns
from scimcore.errors import TooMany, Unsupported
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import anyone
from scimcore.service.provider import Config, Provider
from scimcore.storage import CursorPage, Page, Position, Query, Stored


class Watched(MemoryStorage):
    def __init__(self) -> None:
        super().__init__()
        self.queries: list[Query] = []
        self.selections: list[Selection] = []

    def fetch(self, resource_type: ResourceType, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        self.selections.append(selection)
        return super().fetch(resource_type, id, selection)

    def search(self, query: Query, /) -> Page:
        self.queries.append(query)
        return super().search(query)

    def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
        self.queries.append(query)
        return super().search_from(query, position)


class Service:
    def __init__(self) -> None:
        self.storage = Watched()
        config = Config(default_results=10, max_results=20)
        self.handler = Handler(Provider(config=config), self.storage, anyone)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        path, _, query = path.partition("?")
        headers = Headers([("Content-Type", "application/scim+json")])
        content = b"" if body is None else json.dumps(body).encode()
        response = self.handler.handle(Request(method, path, query, headers, content, BASE))
        return response.status, json.loads(response.body) if response.body else None

    def query(self, asked: str) -> Query:
        status, _ = self.ask("GET", f"/Groups?{asked}")
        assert status == 200
        return self.storage.queries[-1]


@pytest.mark.parametrize(
    ("asked", "count", "start_index"),
    [
        ("", 10, 1),
        ("count=5&startIndex=3", 5, 3),
        ("count=20", 20, 1),
        ("count=21", 20, 1),
        ("count=999999999999999999", 20, 1),
        ("count=0", 0, 1),
        ("count=-1", 0, 1),
        ("startIndex=0", 10, 1),
        ("startIndex=-5", 10, 1),
        ("startIndex=999999999999999999", 10, 999_999_999_999_999_999),
        ("cursor", 10, 1),
        ("cursor&count=100", 20, 1),
    ],
)
def test_how_many_from_where(asked: str, count: int, start_index: int) -> None:
    query = Service().query(asked)
    assert (query.count, query.start_index) == (count, start_index)


@pytest.mark.parametrize(
    ("asked", "selection"),
    [
        ("", DEFAULT_SELECTION),
        ("excludedAttributes=members", Selection((), ("members",))),
        ("attributes=id,displayName", Selection(("id", "displayName"))),
        ("attributes=id&attributes=displayName", Selection(("id", "displayName"))),
        ("cursor&excludedAttributes=members", Selection((), ("members",))),
    ],
)
def test_a_store_is_told_what_will_be_seen(asked: str, selection: Selection) -> None:
    service = Service()
    assert service.query(asked).selection == selection
    message: dict[str, Any] = {"schemas": [urns.SEARCH_REQUEST], "attributes": list(selection.attributes)}
    message["excludedAttributes"] = list(selection.excluded_attributes)
    assert service.ask("POST", "/Groups/.search", message)[0] == 200
    assert service.storage.queries[-1].selection == selection
    assert service.ask("POST", "/.search", message)[0] == 200
    assert service.storage.queries[-1].selection == selection
    assert len(service.storage.queries[-1].resource_types) == 2


def test_members_that_nobody_sees_are_not_read() -> None:
    service = Service()
    _, group = service.ask("POST", "/Groups", {"schemas": [urns.GROUP], "displayName": "g"})
    service.ask("GET", f"/Groups/{group['id']}?excludedAttributes=members")
    assert service.storage.selections[-1] == Selection((), ("members",))


@pytest.mark.parametrize("path", ["/Users?count=1", "/Users?startIndex=7", "/?filter=id+pr", "/Groups?cursor"])
def test_a_store_may_find_that_it_is_too_much(path: str) -> None:
    class Small(MemoryStorage):
        def search(self, query: Query, /) -> Page:
            raise TooMany("Name a filter that finds fewer.")

        def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
            raise TooMany("Name a filter that finds fewer.")

    answer = Handler(Provider(), Small(), anyone).handle(Request("GET", *path.partition("?")[::2]))
    assert answer.status == 400
    assert json.loads(answer.body)["scimType"] == "tooMany"


def test_a_store_of_one_type_at_a_time_says_so() -> None:
    class Single(MemoryStorage):
        def search(self, query: Query, /) -> Page:
            if len(query.resource_types) > 1:
                raise Unsupported("Ask for users and groups one after the other.")
            return super().search(query)

    handler = Handler(Provider(), Single(), anyone)
    assert handler.handle(Request("GET", "/")).status == 501
    assert handler.handle(Request("GET", "/Users")).status == 200
