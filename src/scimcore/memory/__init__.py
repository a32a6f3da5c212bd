"""The reference store: resources in memory, found by id and by unique attributes without a search."""

from scimcore.memory.storage import INDEXED_BY_HABIT, UNIQUE_BY_HABIT, MemoryStorage

__all__ = ["INDEXED_BY_HABIT", "UNIQUE_BY_HABIT", "MemoryStorage"]
