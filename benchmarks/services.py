"""Services to be measured: scimcore's and a peer's, with a number of users in memory, asked in one form.

``Asked`` is what an adapter has read of a request; each service answers it with the bytes of a body.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

from benchmarks import users
from benchmarks.harness import optional
from scimcore.documents import Limits
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import bearer_tokens
from scimcore.service.provider import Provider

TOKEN = "s3cret"
BASE = "https://scim.example.com/v2"
HEADERS = {
    "Host": "scim.example.com",
    "User-Agent": "Okta SCIM Client 1.0.0",
    "Accept": "application/scim+json",
    "Content-Type": "application/scim+json; charset=utf-8",
    "Authorization": f"Bearer {TOKEN}",
}
# A bulk request of a thousand users has 1.4 MB.
PROVIDER = Provider(limits=Limits(max_payload_bytes=4_000_000))


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Service:
    """One service with users in it.

    Attributes:
        ids: Of some of its users.
        prepare: Makes of a request what can be run many times.
        run: Answers it; gives status and body.
    """

    ids: tuple[str, ...]
    prepare: Callable[[Asked], Any]
    run: Callable[[Any], tuple[int, bytes]]

    def asking(self, asked: Asked, status: int = 200) -> Callable[[], bytes]:
        """Make a candidate of a request that is always the same, and see that it works."""
        run, prepared = self.run, self.prepare(asked)
        answered, body = run(prepared)
        assert answered == status, f"{asked.method} {asked.path}: {answered} {body[:500]!r}"
        return lambda: run(prepared)[1]

    def answer(self, asked: Asked, status: int) -> bytes:
        """Answer a request that is another one each time."""
        answered, body = self.run(self.prepare(asked))
        assert answered == status, f"{asked.method} {asked.path}: {answered} {body[:500]!r}"
        return body


def own(number: int) -> Service:
    """scimcore over its store in memory, filled through the front door."""
    handler = Handler(PROVIDER, MemoryStorage(), bearer_tokens({TOKEN: "okta"}))
    headers = Headers(HEADERS.items())

    def prepare(asked: Asked) -> Request:
        return Request(asked.method, asked.path, encoded(asked.query), headers, asked.body, BASE)

    def run(request: Request) -> tuple[int, bytes]:
        response = handler.handle(request)
        return response.status, response.body

    service = Service((), prepare, run)
    ids = [json.loads(service.answer(creating(which), 201))["id"] for which in range(number)]
    return Service(tuple(ids[-100:]), prepare, run)


def peer(number: int) -> Service | None:
    """scim2-server as its own command serves it, over its store in memory, filled by the store's own method."""
    modules = peer_modules()
    if modules is None:
        return None
    requests, _, _ = modules
    app, ids = peer_app("wsgi", number)

    def prepare(asked: Asked) -> Any:
        return requests.ScimRequest(
            asked.method, BASE, asked.path, query=dict(asked.query), headers=HEADERS, body=asked.body
        )

    def run(request: Any) -> tuple[int, bytes]:
        response = app.serve(request)
        return int(response.status), b"" if response.body is None else json.dumps(response.body).encode()

    return Service(ids, prepare, run)


def peer_modules() -> tuple[ModuleType, ModuleType, ModuleType] | None:
    """Import what the peer's service is made of."""
    found = [optional(f"scim2_server.{name}") for name in ("requests", "memory", "testserver.application")]
    return None if None in found else tuple(found)  # type: ignore[return-value]


def peer_app(kind: str, number: int) -> tuple[Any, tuple[str, ...]]:
    """Make the peer's app, with users in its store; gives some of their ids."""
    models, memory = optional("scim2_models"), optional("scim2_server.memory")
    application, service = optional("scim2_server.testserver.application"), optional("scim2_server.service")
    command, at = optional("scim2_server.testserver.cli"), optional("scim2_server.applications.asgi")
    assert all((models, memory, application, service, command, at))
    config = command.load_default_service_provider_config()
    config.bulk.max_payload_size = 4_000_000
    provider = models.ScimProvider.from_discovery(
        command.load_default_schemas().values(), command.load_default_resource_types().values(), config=config
    )
    storage = memory.InMemoryStorage()
    resource_type = next(kept for kept in provider.resource_types if kept.name == "User")
    model = provider.model_for(resource_type)
    user = model.model_validate_json(users.OKTA, scim_ctx=models.Context.RESOURCE_CREATION_REQUEST)
    # Checked and created once, copied often: a hundred thousand creations would take minutes.
    first = storage.create(resource_type, user)
    ids = [f"{which:032x}" for which in range(number)]
    storage.resources = [
        first.model_copy(update={"id": id, "user_name": name_of(which)}) for which, id in enumerate(ids)
    ]
    made = service.ScimService(provider, secret="s3cret")
    if kind == "asgi":
        app = at.ASGIApplication(memory.AsyncInMemoryStorage(storage), provider, service=made)
    else:
        app = application.BearerTokenApplication(storage, provider, service=made, bearer_tokens=[TOKEN])
    return app, tuple(ids[-100:])


_TEMPLATE = users.OKTA.replace(b"grace.hopper@corp.example.com", b"@@", 1)


def name_of(number: int) -> str:
    """Name one of the users."""
    return f"user-{number:08}@corp.example.com"


def creating(number: int) -> Asked:
    """POST an Okta user of its own name."""
    return Asked("POST", "/Users", body=_TEMPLATE.replace(b"@@", name_of(number).encode(), 1))


def encoded(query: Mapping[str, str]) -> str:
    """Write a query string."""
    return urlencode(query) if query else ""
