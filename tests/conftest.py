"""The apps under test are made here and nowhere else: a change of the public interface is one change of the tests."""

from collections.abc import Callable
from typing import Any

import pytest

from stories import TOKEN


@pytest.fixture(scope="session")
def make_app() -> Callable[[str, str], Any]:
    """Make an app over an empty storage: ``make_app("asgi", "okta")``, for the client that holds ``TOKEN``."""
    scimcore, memory = pytest.importorskip("scimcore"), pytest.importorskip("scimcore.memory")
    edges = {kind: pytest.importorskip(f"scimcore.{kind}") for kind in ("asgi", "wsgi")}

    def make(kind: str, client: str) -> Any:
        authenticate = edges[kind].bearer_tokens({TOKEN: client})
        return edges[kind].ScimApp(scimcore.Provider(), memory.MemoryStorage(), authenticate=authenticate)

    return make
