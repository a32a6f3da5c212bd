"""The example of a host with tables of its own."""

import asyncio
import importlib.util
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from scimcore import urns
from scimcore.conformance import StorageContract
from scimcore.errors import NotFound, Uniqueness, VersionMismatch
from scimcore.filter import Filter
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.service.authentication import bearer_tokens
from scimcore.service.provider import Provider
from scimcore.storage import Query

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_tables.py"


@pytest.fixture(scope="module")
def example() -> Any:
    spec = importlib.util.spec_from_file_location("own_tables", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def storage(example: Any, tmp_path: Path) -> Iterator[Any]:
    storage = example.connected(f"sqlite:///{tmp_path}/host.db")
    yield storage
    storage.engine.dispose()


@pytest.fixture
def ask(storage: Any) -> Any:
    handler = Handler(Provider(), storage, bearer_tokens({"t": "okta"}))

    def ask(method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        path, _, query = path.partition("?")
        fields = Headers([("authorization", "Bearer t"), ("content-type", "application/scim+json"), *headers.items()])
        content = b"" if body is None else json.dumps(body).encode()
        response = handler.handle(Request(method, path, query, fields, content, "https://example.com"))
        return response.status, json.loads(response.body) if response.body else None

    return ask


def test_a_day_of_provisioning(ask: Any) -> None:
    person = {
        "schemas": [urns.USER],
        "userName": "Bob@Example.com",
        "externalId": "x",
        "name": {"givenName": "Bob", "familyName": "Straße"},
        "emails": [{"value": "bob@example.com", "type": "work"}],
        "active": True,
    }
    status, bob = ask("POST", "/Users", person)
    assert (status, bob["name"]["givenName"], bob["meta"]["version"]) == (201, "Bob", 'W/"1"')
    assert ask("POST", "/Users", {"schemas": [urns.USER], "userName": "BOB@example.com"})[0] == 409
    _, ann = ask("POST", "/Users", {"schemas": [urns.USER], "userName": "ann", "name": {"familyName": "Ng"}})
    for filter, found in (
        ('userName eq "bob@EXAMPLE.com"', ["Bob@Example.com"]),
        ('name.familyName eq "STRASSE"', ["Bob@Example.com"]),
        ('emails[type eq "work" and value co "BOB"]', ["Bob@Example.com"]),
        ("not (externalId pr)", ["ann"]),
        ("title pr", []),
        ('active eq true or userName sw "a"', ["ann", "Bob@Example.com"]),
    ):
        _, page = ask("GET", f"/Users?sortBy=userName&filter={filter}".replace(" ", "%20"))
        assert [each["userName"] for each in page["Resources"]] == found
        assert page["totalResults"] == len(found)
    _, team = ask("POST", "/Groups", {"schemas": [urns.GROUP], "displayName": "Ops", "members": [{"value": bob["id"]}]})
    operation = {"op": "add", "path": "members", "value": [{"value": ann["id"]}]}
    status, _ = ask("PATCH", f"/Groups/{team['id']}", {"schemas": [urns.PATCH_OP], "Operations": [operation]})
    assert status in (200, 204)
    _, page = ask("GET", f"/Groups?filter=members.value%20eq%20%22{ann['id']}%22")
    assert sorted(each["value"] for each in page["Resources"][0]["members"]) == sorted([ann["id"], bob["id"]])
    assert ask("GET", f"/Users/{ann['id']}")[1]["groups"][0]["display"] == "Ops"
    replacement = {"schemas": [urns.USER], "userName": "ann", "active": False}
    assert ask("PUT", f"/Users/{ann['id']}", replacement, **{"if-match": 'W/"1"'})[0] == 200
    assert ask("PUT", f"/Users/{ann['id']}", person, **{"if-match": 'W/"1"'})[0] == 412
    assert ask("DELETE", f"/Users/{ann['id']}")[0] == 204
    assert ask("GET", f"/Users/{ann['id']}")[0] == 404
    members = ask("GET", f"/Groups/{team['id']}")[1]["members"]
    assert [each["value"] for each in members] == [bob["id"]]


def test_filters_become_conditions_on_the_hosts_columns(example: Any, storage: Any) -> None:
    said: list[str] = []
    event.listen(storage.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    storage.search(Query((example.USERS,), Filter('userName eq "bob" and active eq true', example.USERS)))
    assert any("people.login_folded = ?" in each and "people.active" in each for each in said)


class TestOwnTables(StorageContract):
    keeps = {  # noqa: RUF012 - as a host would write it
        "User": ("userName", "externalId", "name.givenName", "name.familyName", "active"),
        "Group": ("displayName", "members.value"),
    }

    @pytest.fixture(autouse=True)
    def _database(self, example: Any, tmp_path: Path) -> None:
        self.connected, self.url = example.connected, f"sqlite:///{tmp_path}/host.db"

    def make_storage(self) -> Any:
        return self.connected(self.url)

    def close_storage(self, storage: Any) -> None:
        storage.engine.dispose()


def test_it_keeps_the_rules_of_storage(example: Any, storage: Any) -> None:
    def document(id: str, name: str, version: str = "1") -> Any:
        moment = "2026-01-02T03:04:05.678Z"
        meta = {"created": moment, "lastModified": moment, "version": f'W/"{version}"'}
        return {"schemas": [urns.USER], "id": id, "userName": name, "meta": meta}

    users = example.USERS
    first = storage.insert(users, document("a", "a"))
    second = storage.update(users, first, document("a", "A"), None)
    assert first.version != second.version
    for write in (lambda: storage.update(users, first, document("a", "x"), None), lambda: storage.delete(users, first)):
        with pytest.raises(VersionMismatch):
            write()
    with pytest.raises(NotFound):
        storage.fetch(example.GROUPS, "a")
    with storage.transaction() as outer:
        with pytest.raises(Uniqueness), outer.transaction() as inner:  # noqa: PT012
            inner.insert(users, document("b", "b"))
            inner.insert(users, document("c", "a"))
        with pytest.raises(Uniqueness):
            outer.insert(users, document("c", "a"))
        outer.insert(users, document("d", "d"))
    outcomes = []

    def create(number: int) -> None:
        try:
            outcomes.append(storage.insert(users, document(f"r{number}", "racer")))
        except Uniqueness as error:
            outcomes.append(error)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(each, Uniqueness) for each in outcomes) == 3
    assert storage.search(Query((users,), count=0)).total_results == 3


def test_the_app_answers(example: Any, tmp_path: Path) -> None:
    app = example.app_over(f"sqlite:///{tmp_path}/app.db")
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/scim/v2/Users", "query_string": b"", "headers": [
        (b"authorization", b"Bearer s3cret")
    ]}  # fmt: skip
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 200
