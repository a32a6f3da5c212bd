"""Many clients at once over HTTP, on a handful of resources: what was acknowledged is what is there, and nothing else.

Each client keeps a record of what it was answered. Afterwards the acknowledged requests are made once more, one after
the other, of an empty service, and both must hold the same. An order in which they can have happened follows from
versions (each write of the register names the version that it found), or does not matter (everybody adds values of its
own).
"""

import json
import random
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from doors import AUTHENTICATE, TOKEN, BlockingStorage, SuspendingStorage
from scimcore import asgi, urns, wsgi
from scimcore.memory import MemoryStorage
from scimcore.service.provider import Provider
from scimcore.sql import SqlStorage
from stories.sockets import SERVERS, client

CLIENTS = 32
REQUESTS = 2_000

# A member may be anybody's name here, so that each is its client's own. Writes are overtaken often.
PROVIDER = Provider(unknown_members="keep", update_attempts=200)
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}


def in_a_file(directory: Path) -> SqlStorage:
    return SqlStorage(f"sqlite:///{tempfile.mkdtemp(dir=directory)}/test.sqlite")


SERVICES: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "threads": ("asgi", lambda _: asgi.ScimApp(PROVIDER, BlockingStorage(), authenticate=AUTHENTICATE)),
    # No transaction keeps anybody out: versions alone see to it that nothing is lost.
    "one loop": (
        "asgi",
        lambda _: asgi.ScimApp(PROVIDER, SuspendingStorage(MemoryStorage()), authenticate=AUTHENTICATE),
    ),
    "wsgi": ("wsgi", lambda _: wsgi.ScimApp(PROVIDER, BlockingStorage(), authenticate=AUTHENTICATE)),
    "sqlite": ("asgi", lambda path: asgi.ScimApp(PROVIDER, in_a_file(path), authenticate=AUTHENTICATE)),
}

Send = Callable[..., tuple[int, Any, bytes]]


@dataclass
class Done:
    """A request that was acknowledged.

    Attributes:
        order: A time after the requests that it follows from and before those that follow from it.
        what: The kind of the request.
        on: The resource: its userName or displayName.
        value: What it wrote.
        found: The version that it named.
        version: The version that it was answered.
    """

    order: float
    what: str
    on: str
    value: str = ""
    found: str = ""
    version: str = ""


@dataclass
class Client:
    """One client: it draws what to do, does it, and keeps a record."""

    number: int
    ids: dict[str, str]
    send: Send
    done: list[Done] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    mine: dict[tuple[str, str], None] = field(default_factory=dict)
    created: dict[str, str] = field(default_factory=dict)

    def work(self, requests: int) -> None:
        draw = random.Random(self.number)
        acts = [self.add, self.add, self.remove, self.swap, self.swap, self.pair, self.create, self.delete, self.look]
        for turn in range(requests):
            draw.choice(acts)(f"{self.number}-{turn}", draw)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        fields = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
        status, _, content = self.send(method, path, fields, json.dumps(body).encode() if body is not None else None)
        self.statuses[status] += 1
        return status, json.loads(content) if content else None

    def patch(self, path: str, *operations: Any, **headers: str) -> tuple[int, Any]:
        return self.ask("PATCH", path, {"schemas": [urns.PATCH_OP], "Operations": operations}, **headers)

    def add(self, value: str, draw: random.Random) -> None:
        """A member or an address that nobody else adds."""
        on, path, attribute = draw.choice(ADDED)
        status, document = self.patch(
            f"{path}/{self.ids[on]}", {"op": "add", "path": attribute, "value": [{"value": value}]}
        )
        if status == 200:
            assert value in {element["value"] for element in document[attribute]}
            self.done.append(Done(time.monotonic(), f"add {attribute}", on, value))
            self.mine[on, value] = None

    def remove(self, value: str, draw: random.Random) -> None:
        """What this client added, and nobody else removes."""
        if not self.mine:
            return
        on, value = draw.choice(list(self.mine))
        path, attribute = next((path, attribute) for name, path, attribute in ADDED if name == on)
        sent = time.monotonic()
        status, _ = self.patch(f"{path}/{self.ids[on]}", {"op": "remove", "path": f'{attribute}[value eq "{value}"]'})
        if status == 200:
            self.done.append(Done(sent, f"remove {attribute}", on, value))
            del self.mine[on, value]

    def swap(self, value: str, draw: random.Random) -> None:
        """A register: it is written by those who say what they found in it."""
        path = f"/Users/{self.ids['register']}"
        _, before = self.ask("GET", path)
        found = before["meta"]["version"]
        status, document = self.patch(path, {"op": "replace", "path": "title", "value": value}, If_Match=found)
        assert status in (200, 412)
        if status == 200:
            self.done.append(Done(time.monotonic(), "swap", "register", value, found, document["meta"]["version"]))

    def pair(self, value: str, draw: random.Random) -> None:
        """Two attributes of one resource, always the same: written by two operations, read by anybody."""
        path = f"/Users/{self.ids['pair']}"
        operations = [{"op": "replace", "path": name, "value": value} for name in ("title", "nickName")]
        status, document = self.patch(path, *operations)
        if status == 200:
            self.done.append(Done(time.monotonic(), "pair", "pair", value, version=document["meta"]["version"]))

    def create(self, value: str, draw: random.Random) -> None:
        """One of a few names, which one user at a time can have."""
        name = f"wanted-{draw.randrange(6)}"
        status, document = self.ask("POST", "/Users", {"schemas": [urns.USER], "userName": name, "title": value})
        assert status in (201, 409)
        if status == 201:
            self.done.append(Done(time.monotonic(), "create", name, value))
            self.created[name] = document["id"]

    def delete(self, value: str, draw: random.Random) -> None:
        """What this client created: a name is free again."""
        if not self.created:
            return
        name, id = self.created.popitem()
        sent = time.monotonic()
        status, _ = self.ask("DELETE", f"/Users/{id}")
        assert status == 204, "it is nobody else's to delete"
        self.done.append(Done(sent, "delete", name))

    def look(self, value: str, draw: random.Random) -> None:
        status, document = self.ask("GET", "/Users?count=1000&filter=userName+sw+%22wanted%22")
        assert status == 200
        names = Counter(user["userName"] for user in document["Resources"])
        assert not [name for name, count in names.items() if count > 1]
        status, document = self.ask("GET", f"/Users/{self.ids['pair']}")
        assert status == 200
        assert document.get("title") == document.get("nickName"), "half of a request"


ADDED = [("crew", "/Groups", "members"), ("staff", "/Groups", "members"), ("ada", "/Users", "emails")]


def begin(send: Send) -> dict[str, str]:
    """Create what all of them work on; gives the ids by name."""
    one = Client(-1, {}, send)
    ids = {}
    for name in ("ada", "register", "pair"):
        ids[name] = one.ask("POST", "/Users", {"schemas": [urns.USER], "userName": name})[1]["id"]
    for name in ("crew", "staff"):
        ids[name] = one.ask("POST", "/Groups", {"schemas": [urns.GROUP], "displayName": name})[1]["id"]
    return ids


def state(send: Send) -> dict[str, Any]:
    """Return everything that there is, by name, without what the service makes up."""
    one = Client(-1, {}, send)
    found: dict[str, Any] = {}
    for path in ("/Users", "/Groups"):
        document = one.ask("GET", f"{path}?count=1000")[1]
        assert document["totalResults"] == len(document["Resources"])
        for resource in document["Resources"]:
            name = resource.get("userName") or resource["displayName"]
            assert name not in found, "one name, two resources"
            kept = {key: value for key, value in resource.items() if key not in ("id", "meta", "groups")}
            for attribute in ("members", "emails"):
                if attribute in kept:
                    kept[attribute] = sorted(element["value"] for element in kept[attribute])
            found[name] = kept
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_what_was_acknowledged_is_what_is_there(service: str, tmp_path: Path) -> None:
    kind, make = SERVICES[service]
    with SERVERS[kind](make(tmp_path)) as url:
        with client(url) as send:
            ids = begin(send)
        clients = together(url, ids)
        assert {number for each in clients for number in each.statuses} <= {200, 201, 204, 409, 412, 503}
        done = [record for each in clients for record in each.done]
        refused = sum(each.statuses[503] for each in clients)
        assert len(done) > REQUESTS / 3 > 10 * refused, "most of it was done"
        with client(url) as send:
            one = Client(-1, ids, send)
            last = {name: one.ask("GET", f"/Users/{ids[name]}")[1]["meta"]["version"] for name in ("register", "pair")}
            there = state(send)
    order = sequence(done, last)
    with SERVERS[kind](make(tmp_path)) as url, client(url) as send:
        repeat(order, Client(-1, begin(send), send))
        assert state(send) == there


def together(url: str, ids: dict[str, str]) -> list[Client]:
    """Let all clients work at once; what one of them found wrong is raised."""
    clients: list[Client] = []
    wrong: list[BaseException] = []

    def run(number: int) -> None:
        try:
            with client(url) as send:
                each = Client(number, ids, send)
                clients.append(each)
                each.work(-(-REQUESTS // CLIENTS))
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    assert sum(sum(each.statuses.values()) for each in clients) >= REQUESTS
    return clients


def sequence(done: list[Done], last: dict[str, str]) -> list[Done]:
    """Put what was acknowledged into an order in which it can have happened."""
    swaps = {record.version: record for record in done if record.what == "swap"}
    assert len({record.found for record in swaps.values()}) == len(swaps), "two writes found the same: one is lost"
    # From the last one back to the first, by what each had found.
    chain: list[Done] = []
    version = last["register"]
    while version in swaps:
        chain.append(swaps[version])
        version = chain[-1].found
    assert len(chain) == len(swaps), "a write that was acknowledged is in nobody's past"
    pairs = [record for record in done if record.what == "pair"]
    (final,) = (record for record in pairs if record.version == last["pair"])
    pairs.sort(key=lambda record: record is final)
    others = sorted((record for record in done if record.what not in ("swap", "pair")), key=lambda record: record.order)
    return [*others, *reversed(chain), *pairs]


def repeat(order: list[Done], one: Client) -> None:
    """Make the requests again, one after the other: each must succeed as it did."""
    for record in order:
        match record.what.split():
            case ["add", attribute]:
                path = next(path for name, path, _ in ADDED if name == record.on)
                operation = {"op": "add", "path": attribute, "value": [{"value": record.value}]}
                status, _ = one.patch(f"{path}/{one.ids[record.on]}", operation)
            case ["remove", attribute]:
                path = next(path for name, path, _ in ADDED if name == record.on)
                target = f'{attribute}[value eq "{record.value}"]'
                status, _ = one.patch(f"{path}/{one.ids[record.on]}", {"op": "remove", "path": target})
            case ["swap"]:
                operation = {"op": "replace", "path": "title", "value": record.value}
                status, _ = one.patch(f"/Users/{one.ids['register']}", operation)
            case ["pair"]:
                operations = [{"op": "replace", "path": name, "value": record.value} for name in ("title", "nickName")]
                status, _ = one.patch(f"/Users/{one.ids['pair']}", *operations)
            case ["create"]:
                body = {"schemas": [urns.USER], "userName": record.on, "title": record.value}
                status, document = one.ask("POST", "/Users", body)
                one.ids[record.on] = document.get("id")
            case _:
                status, _ = one.ask("DELETE", f"/Users/{one.ids[record.on]}")
        assert status < 300, record


# Clients that die ----------------------------------------------------------------------------------------------------


@contextmanager
def raw(url: str) -> Iterator[socket.socket]:
    with socket.create_connection((urlsplit(url).hostname or "", urlsplit(url).port or 80)) as connection:
        yield connection


def request(method: str, path: str, body: Any) -> bytes:
    content = json.dumps(body).encode()
    fields = {**HEADERS, "Host": "localhost", "Content-Length": str(len(content))}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + content


@pytest.mark.parametrize("service", SERVICES)
def test_a_client_that_is_killed_leaves_nothing_half_done(service: str, tmp_path: Path) -> None:
    kind, make = SERVICES[service]
    with SERVERS[kind](make(tmp_path)) as url, client(url) as send:
        ids = begin(send)
        one = Client(-1, ids, send)
        draw = random.Random(7)
        for number in range(60):
            operations = [{"op": "replace", "path": name, "value": f"v{number}"} for name in ("title", "nickName")]
            members = {"op": "add", "path": "members", "value": [{"value": f"{number}-{n}"} for n in range(5)]}
            for sent in (
                request("PATCH", f"/Users/{ids['pair']}", {"schemas": [urns.PATCH_OP], "Operations": operations}),
                request("PATCH", f"/Groups/{ids['crew']}", {"schemas": [urns.PATCH_OP], "Operations": [members]}),
                request("POST", "/Users", {"schemas": [urns.USER], "userName": f"killed-{number}", "title": "whole"}),
            ):
                with raw(url) as connection:
                    # A part of it, or all of it and no ear for the answer.
                    connection.sendall(sent[: draw.choice([len(sent), draw.randrange(1, len(sent))])])
            assert not problems(one)
        # It still works, for those who live.
        assert one.patch(f"/Users/{ids['pair']}", {"op": "remove", "path": "title"})[0] == 200


def problems(one: Client) -> list[Any]:
    pair = one.ask("GET", f"/Users/{one.ids['pair']}")[1]
    found = [pair] if pair.get("title") != pair.get("nickName") else []
    members = one.ask("GET", f"/Groups/{one.ids['crew']}")[1].get("members", [])
    counts = Counter(member["value"].partition("-")[0] for member in members)
    found += [number for number, count in counts.items() if count != 5]
    killed = one.ask("GET", "/Users?count=1000&filter=userName+sw+%22killed%22")[1]["Resources"]
    return found + [user for user in killed if user["title"] != "whole"]
