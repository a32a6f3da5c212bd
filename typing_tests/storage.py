"""The stores of the package are stores, by the type checker's word."""

from scimcore.memory import MemoryStorage
from scimcore.sql import AsyncSqlStorage, SqlStorage
from scimcore.storage import (
    AsyncCursors,
    AsyncLookups,
    AsyncMemberships,
    AsyncStorage,
    Cursors,
    Lookups,
    Memberships,
    Storage,
)

memory: Storage = MemoryStorage()
sql = SqlStorage("sqlite://")
storage: Storage = sql
lookups: Lookups = sql
memberships: Memberships = sql
cursors: Cursors = sql.for_tenant("acme")

asynchronous = AsyncSqlStorage("sqlite://")
async_storage: AsyncStorage = asynchronous
async_lookups: AsyncLookups = asynchronous
async_memberships: AsyncMemberships = asynchronous
async_cursors: AsyncCursors = asynchronous.for_tenant("acme")
