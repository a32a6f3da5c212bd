"""The contract suite, for the stores of the package."""

from pathlib import Path
from typing import Any

import pytest

from scimcore.conformance import AsyncStorageContract, StorageContract
from scimcore.memory import MemoryStorage
from scimcore.sql import AsyncSqlStorage, SqlStorage
from storage.quick import fresh, not_waiting, without_waiting
from storage.suspending import SuspendingMemory

INDEXED = ("emails.value", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department")


class TestMemory(StorageContract):
    def make_storage(self) -> MemoryStorage:
        return MemoryStorage()


class TestAsyncMemory(AsyncStorageContract):
    async def make_storage(self) -> Any:
        return SuspendingMemory()


class TestSqliteInMemory(StorageContract):
    def make_storage(self) -> SqlStorage:
        return SqlStorage("sqlite://", indexed=INDEXED)

    def close_storage(self, storage: Any) -> None:
        storage.close()


class TestSqliteFile(TestSqliteInMemory):
    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> None:
        self.url = f"sqlite:///{tmp_path}/scim.db"

    def make_storage(self) -> SqlStorage:
        return not_waiting(SqlStorage(self.url))


class TestPostgresql(TestSqliteInMemory):
    @pytest.fixture(autouse=True)
    def _database(self, postgresql_url: str) -> None:
        self.url = without_waiting(postgresql_url)

    def make_storage(self) -> SqlStorage:
        # Each test has a tenant of its own.
        return SqlStorage(self.url, indexed=INDEXED, tenant=fresh("contract"), pool_size=10)

    def make_tenants(self, storage: Any) -> Any:
        return [storage.for_tenant(fresh("contract")) for _ in range(2)]


class TestAsyncSqliteInMemory(AsyncStorageContract):
    async def make_storage(self) -> AsyncSqlStorage:
        return AsyncSqlStorage("sqlite://", indexed=INDEXED)

    async def close_storage(self, storage: Any) -> None:
        await storage.close()


class TestAsyncSqliteFile(TestAsyncSqliteInMemory):
    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> None:
        self.url = f"sqlite:///{tmp_path}/scim.db"

    async def make_storage(self) -> AsyncSqlStorage:
        return not_waiting(AsyncSqlStorage(self.url))


class TestAsyncPostgresql(TestAsyncSqliteInMemory):
    @pytest.fixture(autouse=True)
    def _database(self, postgresql_url: str) -> None:
        self.url = without_waiting(postgresql_url)

    async def make_storage(self) -> AsyncSqlStorage:
        return AsyncSqlStorage(self.url, indexed=INDEXED, tenant=fresh("contract"), pool_size=10)

    async def make_tenants(self, storage: Any) -> Any:
        return [storage.for_tenant(fresh("contract")) for _ in range(2)]
