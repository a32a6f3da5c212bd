"""Every door of the service, those of ``doors`` and those that have a socket in front: servers, frameworks, examples.

``with EVERY_DOOR[name]() as door:`` builds one; ``ask, base = door.open(provider)`` puts an empty service behind it.
"""

import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from doors import AUTHENTICATE, BASE, DOORS, Answered, Ask, Asked, BlockingStorage, fields
from scimcore import asgi, wsgi
from scimcore.handler import AsyncHandler, Handler
from scimcore.memory import MemoryStorage
from scimcore.service.provider import Provider
from stories import Send
from stories.sockets import SERVERS, client


class Door(NamedTuple):
    """One way into the service.

    Attributes:
        open: Puts an empty service of a provider behind it; how to ask it, and its base URL.
        hosted: Whether a framework's router stands before it, with a mind of its own about what gets through.
    """

    open: Callable[[Provider], tuple[Ask, str]]
    hosted: bool


PREFIX = "/scim/v2"
EXAMPLES = Path(__file__).parents[1] / "examples"


def example(name: str) -> ModuleType:
    """Import a file of ``examples/`` as it is run, but under its own name."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


def _asgi(provider: Provider) -> Any:
    return asgi.ScimApp(provider, MemoryStorage(), authenticate=AUTHENTICATE, prefix=PREFIX)


def _wsgi(provider: Provider) -> Any:
    return wsgi.ScimApp(provider, MemoryStorage(), authenticate=AUTHENTICATE, prefix=PREFIX)


def _starlette(provider: Provider) -> Any:
    app = asgi.ScimApp(provider, BlockingStorage(), authenticate=AUTHENTICATE)
    return example("starlette_app").create_app(app)


def _fastapi(provider: Provider) -> Any:
    return example("fastapi_app").create_app(provider, AsyncHandler(provider, MemoryStorage(), AUTHENTICATE))


def _flask(provider: Provider) -> Any:
    return example("flask_app").create_app(_wsgi(provider))


def _django(provider: Provider) -> Any:
    return example("django_app").create_app(provider, Handler(provider, MemoryStorage(), AUTHENTICATE))


# Which server stands in front, and what it serves.
APPS: dict[str, tuple[str, Callable[[Provider], Any]]] = {
    "asgi over a socket": ("asgi", _asgi),
    "wsgi over a socket": ("wsgi", _wsgi),
    "starlette": ("asgi", _starlette),
    "fastapi": ("asgi", _fastapi),
    "flask": ("wsgi", _flask),
    "django": ("wsgi", _django),
}


FRAMEWORKS = frozenset({"starlette", "fastapi", "flask", "django"})


class _Switch:
    """An app that is another app, and tomorrow another one: one server for many services."""

    app: Any = None


class _AsgiSwitch(_Switch):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self.app(scope, receive, send)


class _WsgiSwitch(_Switch):
    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self.app(environ, start_response)
        return answer


@contextmanager
def _outside(name: str) -> Iterator[Door]:
    kind, make = APPS[name]
    switch = _AsgiSwitch() if kind == "asgi" else _WsgiSwitch()
    with SERVERS[kind](switch) as url, client(url + PREFIX) as send:

        def open(provider: Provider) -> tuple[Ask, str]:
            switch.app = make(provider)
            return partial(_ask, send), url + PREFIX

        yield Door(open, hosted=name in FRAMEWORKS)


def _ask(send: Send, asked: Asked) -> Answered:
    status, headers, body = send(asked.method, asked.path, asked.headers, asked.body or None)
    answered = fields(headers.items())
    if status == 204:
        answered.pop("content-length", None)  # wsgiref adds that there is nothing
    return Answered(status, answered, body)


@contextmanager
def _inside(name: str) -> Iterator[Door]:
    yield Door(lambda provider: (DOORS[name](provider), BASE), hosted=False)


EVERY_DOOR: dict[str, Callable[[], AbstractContextManager[Door]]] = {
    **{name: partial(_inside, name) for name in DOORS},
    **{name: partial(_outside, name) for name in APPS},
}
