"""The contract of a store, as pytest runs it: a host subclasses one class and gives a factory.

    class TestOurStorage(StorageContract):
        def make_storage(self):
            return OurStorage(connect_to_an_empty_database())

Each test begins with a store of its own, which must be empty. What a store has not is skipped, and pytest says why.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import pytest

from scimcore.conformance.storage_capabilities import STORAGE_CAPABILITY_RULES
from scimcore.conformance.storage_joining import JOINING_RULES
from scimcore.conformance.storage_rules import STORAGE_RULES
from scimcore.conformance.storage_searches import SEARCH_RULES
from scimcore.conformance.storage_transactions import TRANSACTION_RULES
from scimcore.conformance.storage_trial import NotTried, Rule, Trial, run
from scimcore.storage import AsyncStorage, Storage

RULES: tuple[Rule, ...] = (
    *STORAGE_RULES,
    *TRANSACTION_RULES,
    *SEARCH_RULES,
    *STORAGE_CAPABILITY_RULES,
    *JOINING_RULES,
)
"""All rules, for a host that runs them without pytest: ``await rule.try_on(Trial(storage))``."""


class StorageContract:
    """Checks a store whose calls return: one test for each rule of :mod:`scimcore.storage`."""

    rules: ClassVar[Sequence[Rule]] = RULES
    keeps: ClassVar[Mapping[str, Sequence[str]] | None] = None
    """What a host with columns of its own keeps: ``{"User": ("userName", "active"), "Group": ("displayName",)}``."""

    def make_storage(self) -> Storage:
        """Return a store that is empty. To be overridden; called once in each test."""
        raise NotImplementedError

    def make_tenants(self, storage: Storage) -> Sequence[Storage]:
        """Return two stores for different tenants over the database of this one, or nothing.

        Uses ``storage.for_tenant("...")`` where there is such a method.
        """
        return _two_tenants(storage)

    def close_storage(self, storage: Storage) -> None:
        """Clean up after a test."""

    def check(self, rule: Rule) -> None:
        """Try one rule."""
        storage = self.make_storage()
        try:
            run(_try(rule, Trial(storage, self.make_tenants(storage), self.keeps)))
        finally:
            self.close_storage(storage)


class AsyncStorageContract:
    """Checks a store whose calls are awaited. Each test has an event loop of its own."""

    rules: ClassVar[Sequence[Rule]] = RULES
    keeps: ClassVar[Mapping[str, Sequence[str]] | None] = None

    async def make_storage(self) -> AsyncStorage:
        """Return a store that is empty. To be overridden; called once in each test."""
        raise NotImplementedError

    async def make_tenants(self, storage: AsyncStorage) -> Sequence[AsyncStorage]:
        """Return two stores for different tenants, or nothing. See :meth:`StorageContract.make_tenants`."""
        return _two_tenants(storage)

    async def close_storage(self, storage: AsyncStorage) -> None:
        """Clean up after a test."""

    def check(self, rule: Rule) -> None:
        """Try one rule."""
        asyncio.run(self._check(rule))

    async def _check(self, rule: Rule) -> None:
        storage = await self.make_storage()
        try:
            await _try(rule, Trial(storage, await self.make_tenants(storage), self.keeps))
        finally:
            await self.close_storage(storage)


def _two_tenants(storage: Any) -> Sequence[Any]:  # noqa: ANN401 - any store
    for_tenant = getattr(storage, "for_tenant", None)
    return () if for_tenant is None else (for_tenant("one"), for_tenant("two"))


async def _try(rule: Rule, trial: Trial) -> None:
    try:
        await rule.try_on(trial)
    except NotTried as reason:
        pytest.skip(str(reason))


def _test_of(rule: Rule) -> Callable[[Any], None]:
    def test(self: StorageContract | AsyncStorageContract) -> None:
        self.check(rule)

    test.__name__ = f"test_{rule.name}"
    test.__doc__ = rule.check.__doc__
    return test


for _rule in RULES:
    for _contract in (StorageContract, AsyncStorageContract):
        setattr(_contract, f"test_{_rule.name}", _test_of(_rule))
