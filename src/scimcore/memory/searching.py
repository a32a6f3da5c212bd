"""Which resources match, and where a page of them begins.

A position says behind which resource a page begins: by what that one was sorted, of which type it was, and its number
in the order in which resources were created. So a page begins at the same place whatever comes and goes before it.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from scimcore.documents import Document
from scimcore.errors import InvalidCursor
from scimcore.filter import Filter
from scimcore.filter.evaluate import predicate
from scimcore.filter.scan import scanner
from scimcore.filter.values import instant
from scimcore.memory.tables import GROUPS, MEMBERS, Table
from scimcore.ordering import SortKey
from scimcore.storage import CursorPage, Position, Stored

GroupsOf: TypeAlias = Callable[[str], list[Document]]

# A scan is prepared first, which pays from about this many on.
_FEW = 16


def matching(table: Table, candidates: Sequence[Stored], filter: Filter, groups_of: GroupsOf) -> list[Stored]:
    """Return those of the candidates that meet a filter.

    Args:
        table: Where they stand.
        candidates: Groups without their members.
        filter: Bound to the table's type.
        groups_of: Returns the groups of an id: a user's document has none.
    """
    node = filter.bound[table.resource_type].node
    found = list(candidates)
    if table.has_members and _mentions(filter, table, MEMBERS):
        found = [table.whole(stored) for stored in candidates]
    documents = [stored.document for stored in found]
    if table.has_groups and _mentions(filter, table, GROUPS):
        documents = [_with_groups(stored, groups_of(stored.id)) for stored in found]
    if len(found) < _FEW:
        test = filter.matches if filter.resource_type is table.resource_type else predicate(node)
        return [stored for stored, document in zip(candidates, documents, strict=True) if test(document)]
    by_document = {id(document): stored for stored, document in zip(candidates, documents, strict=True)}
    return [by_document[id(document)] for document in scanner(node)(documents)]


def _mentions(filter: Filter, table: Table, name: str) -> bool:
    found = (table.resource_type.find(str(path)) for path in filter.attributes())
    return any(target is not None and target.keys[0] == name for target in found)


def _with_groups(stored: Stored, groups: list[Document]) -> Document:
    if not groups:
        return stored.document
    return {**stored.document, GROUPS: [{"type": "direct", **group} for group in groups]}


# Positions ---------------------------------------------------------------------------------------------------------


class Match(NamedTuple):
    """A resource that was found.

    Attributes:
        key: By what it is sorted; the same for all where there is no ``sort_by``.
        place: Which of the types it is of, and its number in the order in which they were created.
        stored: The resource, a group without its members.
    """

    key: SortKey
    place: tuple[int, int]
    stored: Stored


UNSORTED: SortKey = (0,)


def page_of(found: Sequence[Match], position: Position | None, count: int, *, descending: bool) -> CursorPage:
    """Cut a page out of everything that was found, in order.

    Raises:
        InvalidCursor: If the position is none.
    """
    first = 0 if position is None else _behind(found, _read(position), descending=descending)
    last = first + count
    return CursorPage(
        [match.stored for match in found[first:last]],
        _written(found[last - 1]) if 0 < last < len(found) else None,
        None if first == 0 else _START if first <= count else _written(found[first - count - 1]),
        len(found),
    )


# Before everything: no place has such a number.
_START: Position = (-1, -1, 0, None)


def serial_of(position: Position | None) -> int:
    """Return behind which number a page of all resources of one type begins.

    Raises:
        InvalidCursor: If the position is none.
    """
    return -1 if position is None else _read(position)[1][1]


def position_of(serial: int) -> Position:
    """Return the position behind a number, among all resources of one type."""
    return _START if serial < 0 else (0, serial, 0, None)


def _behind(found: Sequence[Match], position: tuple[SortKey, tuple[int, int]], *, descending: bool) -> int:
    """Return how many of those that were found do not stand behind a position."""
    key, place = position
    if place == (-1, -1):
        return 0
    try:
        if not descending:
            return bisect_right(found, (key, place), key=lambda match: (match.key, match.place))
        # The greatest key comes first, and of equal keys the lowest place.
        return sum(match.key > key or (match.key == key and match.place <= place) for match in found)
    except TypeError:
        raise InvalidCursor("The cursor belongs to another order.") from None


def _written(match: Match) -> Position:
    rank, *value = match.key
    kind, number = match.place
    if not value:
        return (kind, number, rank, None)
    [part] = value
    if isinstance(part, datetime):
        return (kind, number, rank, part.isoformat(), "instant")
    assert isinstance(part, str | int | float)
    return (kind, number, rank, part)


def _read(position: Position) -> tuple[SortKey, tuple[int, int]]:
    match position:
        case (int(kind), int(number), int(rank), None):
            return (rank,), (kind, number)
        case (int(kind), int(number), int(rank), str(text), "instant") if (moment := instant(text)) is not None:
            return (rank, moment), (kind, number)
        case (int(kind), int(number), int(rank), str() | int() | float() as value):
            return (rank, value), (kind, number)
        case _:
            raise InvalidCursor("The cursor is none of this store's.")
