"""A store that can go on from a position: the one in memory, in order of a key and the id behind it."""

from typing import Any

from scimcore.errors import InvalidCursor
from scimcore.memory import MemoryStorage
from scimcore.ordering import sort_keys
from scimcore.storage import CursorPage, Position, Query, Stored


class WalkingStorage(MemoryStorage):
    """A position is a direction, and the key and id of the resource at which a page stops, which may be gone by now."""

    counts = True

    def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
        rows = [(self._key(query, stored), stored) for stored in self._all(query)]
        rows.sort(key=lambda row: row[0], reverse=query.descending)
        total = len(rows) if self.counts else None
        if position is None:
            chosen, before = rows[: query.count], 0
        else:
            direction, *flat = position
            if direction not in ("after", "before"):
                raise InvalidCursor("The cursor is none.")
            key = _unflat(flat)
            ahead = [row for row in rows if (row[0] < key if query.descending else row[0] > key)]
            behind = rows[: len(rows) - len(ahead)]
            if direction == "after":
                chosen, before = ahead[: query.count], len(behind)
            else:
                behind = [row for row in behind if row[0] != key]
                chosen = behind[-query.count :]
                before = len(behind) - len(chosen)
        more = before + len(chosen) < len(rows)
        return CursorPage(
            [stored for _, stored in chosen],
            ("after", *_flat(chosen[-1][0])) if chosen and more else None,
            ("before", *_flat(chosen[0][0])) if chosen and before else None,
            total,
        )

    def _all(self, query: Query) -> list[Stored]:
        everything = Query(query.resource_types, query.filter, count=1_000_000)
        return list(super().search(everything).resources)

    def _key(self, query: Query, stored: Stored) -> tuple[Any, str]:
        if query.sort_by is None:
            return (), stored.id
        [key] = sort_keys(query.sort_by, query.resource_types)
        return key(stored.document), stored.id


def _flat(key: tuple[Any, str]) -> tuple[Any, ...]:
    return *key[0], key[1]


def _unflat(flat: list[Any]) -> tuple[Any, str]:
    return tuple(flat[:-1]), flat[-1]
