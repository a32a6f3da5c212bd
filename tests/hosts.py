"""What a host brings, for tests: a client that speaks JSON, a store with the six methods alone, and one that fails."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from scimcore import urns
from scimcore.documents import Document
from scimcore.handler import Handler
from scimcore.http import Headers, Request, Response
from scimcore.memory import MemoryStorage
from scimcore.patch.changes import MembershipDelta
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.resources import Group, User
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import Caller
from scimcore.service.events import Event
from scimcore.service.hooks import Hooks
from scimcore.service.provider import Provider
from scimcore.storage import Changes, CursorPage, Page, Position, Query, Stored

USERS, GROUPS = User.resource_type(), Group.resource_type()
BASE = "https://scim.example.com/v2"


class Answer(NamedTuple):
    status: int
    document: Any
    headers: dict[str, str]

    @property
    def id(self) -> str:
        return str(self.document["id"])


def request(method: str, place: str, body: object = None, **headers: str) -> Request:
    path, _, query = place.partition("?")
    fields = [("Content-Type", "application/scim+json"), *((n.replace("_", "-"), v) for n, v in headers.items())]
    return Request(
        method, path, query, Headers(fields), b"" if body is None else json.dumps(body).encode(), base_url=BASE
    )


def read(response: Response) -> Answer:
    return Answer(response.status, json.loads(response.body) if response.body else None, dict(response.headers))


class Client:
    """Talks to a handler in documents, and keeps the events."""

    def __init__(
        self, storage: Any = None, provider: Provider | None = None, *, caller: Caller | None = None, **hooks: Any
    ) -> None:
        self.storage = MemoryStorage() if storage is None else storage
        self.events: list[Event] = []
        self.caller = caller or Caller("idp")
        hooks.setdefault("events", self.events.append)
        self.handler = Handler(provider or Provider(), self.storage, lambda _: self.caller, hooks=Hooks(**hooks))

    def ask(self, method: str, place: str, body: object = None, **headers: str) -> Answer:
        return read(self.handler.handle(request(method, place, body, **headers)))

    def get(self, place: str, **headers: str) -> Answer:
        return self.ask("GET", place, **headers)

    def user(self, name: str, **attributes: object) -> str:
        answer = self.ask("POST", "/Users", {"schemas": [urns.USER], "userName": name, **attributes})
        assert answer.status == 201, answer
        return answer.id

    def group(self, name: str, *members: str | Document, **attributes: object) -> str:
        listed = [{"value": member} if isinstance(member, str) else member for member in members]
        answer = self.ask(
            "POST", "/Groups", {"schemas": [urns.GROUP], "displayName": name, "members": listed, **attributes}
        )
        assert answer.status == 201, answer
        return answer.id

    def patch(self, place: str, *operations: Document, **headers: str) -> Answer:
        return self.ask("PATCH", place, {"schemas": [urns.PATCH_OP], "Operations": list(operations)}, **headers)

    def put(self, place: str, body: Document, **headers: str) -> Answer:
        return self.ask("PUT", place, body, **headers)

    def delete(self, place: str, **headers: str) -> Answer:
        return self.ask("DELETE", place, **headers)

    def members(self, group: str) -> list[str]:
        return [member["value"] for member in self.get(f"/Groups/{group}").document.get("members", [])]

    def told(self) -> list[str]:
        """The names of the events so far, which are forgotten."""
        names = [type(event).__name__ for event in self.events]
        self.events.clear()
        return names


class PlainStorage:
    """A store with the six methods and nothing more, on top of the one in memory. It notes what it is asked."""

    never_blocks = True

    def __init__(self, inner: MemoryStorage | None = None) -> None:
        self.inner = inner or MemoryStorage()
        self.asked: list[str] = []

    def _note(self, call: str) -> None:
        self.asked.append(call)

    def fetch(self, resource_type: ResourceType, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        self._note("fetch")
        return self.inner.fetch(resource_type, id, selection)

    def search(self, query: Query, /) -> Page:
        self._note("search")
        return self.inner.search(query)

    def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        self._note("insert")
        return self.inner.insert(resource_type, document)

    def update(self, resource_type: ResourceType, before: Stored, document: Document, changes: Changes, /) -> Stored:
        self._note("update")
        return self.inner.update(resource_type, before, document, changes)

    def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        self._note("delete")
        self.inner.delete(resource_type, before)

    @contextmanager
    def transaction(self) -> Iterator["PlainStorage"]:
        self._note("begin")
        with self.inner.transaction():
            yield self
            self._note("commit")


class FullStorage(PlainStorage):
    """The same with all that a store can have."""

    def fetch_many(
        self, resource_types: Sequence[ResourceType], ids: Collection[str], selection: Selection = DEFAULT_SELECTION, /
    ) -> Sequence[Stored]:
        self._note(f"fetch_many {len(ids)}")
        return self.inner.fetch_many(resource_types, ids, selection)

    def members(self, resource_type: ResourceType, id: str, values: Collection[str], /) -> Sequence[Document]:
        self._note(f"members {len(values)}")
        return self.inner.members(resource_type, id, values)

    def memberships(self, ids: Collection[str], /) -> Mapping[str, Sequence[Document]]:
        self._note(f"memberships {len(ids)}")
        return self.inner.memberships(ids)

    def update_members(
        self, resource_type: ResourceType, before: Stored, document: Document, delta: MembershipDelta, /
    ) -> Stored:
        self._note("update_members")
        return self.inner.update_members(resource_type, before, document, delta)

    def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
        self._note("search_from")
        return self.inner.search_from(query, position)


class Failure(Exception):
    """A store's connection is gone."""


class _Failing:
    """Fails at the n-th call, or at the commit if that is it."""

    at: int | None = None
    count = 0

    def _note(self, call: str) -> None:
        self.count += 1
        if self.count == self.at:
            raise Failure(call)


class FailingPlainStorage(_Failing, PlainStorage):
    pass


class FailingFullStorage(_Failing, FullStorage):
    pass


def content(storage: MemoryStorage) -> dict[str, list[tuple[str, str, Any]]]:
    """All that a store holds, to be compared; the order of members means nothing."""
    held = {}
    for resource_type in (USERS, GROUPS):
        page = storage.search(Query((resource_type,), count=100_000))
        held[resource_type.name] = [
            (
                stored.id,
                stored.version,
                {
                    name: sorted(value, key=lambda member: str(member["value"])) if name == "members" else value
                    for name, value in stored.document.items()
                },
            )
            for stored in page.resources
        ]
    held["memberships"] = [
        (id, "", sorted(map(str, groups)))
        for id, groups in sorted(storage.memberships([row[0] for kind in held.values() for row in kind]).items())
    ]
    return held
