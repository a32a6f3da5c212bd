"""The apps under test are made here and nowhere else: a change of the public interface is one change of the tests."""

from collections.abc import Callable
from typing import Any

import pytest

from scimcore import Provider, asgi, wsgi
from scimcore.dialects import BY_NAME
from scimcore.memory import MemoryStorage
from stories import TOKEN

EDGES: dict[str, Any] = {"asgi": asgi, "wsgi": wsgi}


@pytest.fixture(scope="session")
def make_app() -> Callable[[str, str], Any]:
    """Make an app over an empty storage: ``make_app("asgi", "okta")``, for the client that holds ``TOKEN``."""

    def make(kind: str, client: str) -> Any:
        edge = EDGES[kind]
        return edge.ScimApp(
            Provider(dialect=BY_NAME[client]), MemoryStorage(), authenticate=edge.bearer_tokens({TOKEN: client})
        )

    return make
