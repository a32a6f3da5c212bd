"""The requests that the service's tests play, with databases below."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doors import AUTHENTICATE, BASE, Answered, Ask, Asked, fields
from scimcore.handler import AsyncHandler, Handler
from scimcore.http import Headers, Request
from scimcore.service.provider import Provider
from scimcore.sql import AsyncSqlStorage, SqlStorage
from service.test_exchanges import FILES, test_exchange
from storage.quick import fresh, without_waiting

# It is borrowed, and not to be collected here.
play, test_exchange.__test__ = test_exchange, False  # type: ignore[attr-defined]
del test_exchange


def request_of(asked: Asked) -> Request:
    path, query = asked.parts
    return Request(asked.method, path, query, Headers(asked.headers.items()), asked.body, BASE)


class SyncDoor:
    """A handler over a database; each file of requests is a tenant of its own."""

    hosted = False

    def __init__(self, url: str) -> None:
        self.storage = SqlStorage(url)

    def open(self, provider: Provider) -> tuple[Ask, str]:
        handler = Handler(provider, self.storage.for_tenant(fresh("service")), AUTHENTICATE)

        def ask(asked: Asked) -> Answered:
            response = handler.handle(request_of(asked))
            return Answered(response.status, fields(response.headers), response.body)

        return ask, BASE

    def close(self) -> None:
        self.storage.close()


class AsyncDoor:
    hosted = False

    def __init__(self, url: str) -> None:
        self.runner = asyncio.Runner()
        self.storage = self.runner.run(self._made(url))

    async def _made(self, url: str) -> AsyncSqlStorage:
        return AsyncSqlStorage(url)

    def open(self, provider: Provider) -> tuple[Ask, str]:
        handler = AsyncHandler(provider, self.storage.for_tenant(fresh("service")), AUTHENTICATE)

        def ask(asked: Asked) -> Answered:
            response = self.runner.run(handler.handle(request_of(asked)))
            return Answered(response.status, fields(response.headers), response.body)

        return ask, BASE

    def close(self) -> None:
        self.runner.run(self.storage.close())
        self.runner.close()


DOORS = {
    "sqlite": (SyncDoor, "sqlite://"),
    "sqlite, asynchronous": (AsyncDoor, "sqlite://"),
    "postgresql": (SyncDoor, ""),
    "postgresql, asynchronous": (AsyncDoor, ""),
}


@pytest.fixture(scope="module", params=DOORS)
def door(request: pytest.FixtureRequest) -> Iterator[Any]:
    kind, url = DOORS[request.param]
    door = kind(url or without_waiting(request.getfixturevalue("postgresql_url")))
    yield door
    door.close()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_exchanges_over_a_database(door: Any, file: Path) -> None:
    play(door, file)
