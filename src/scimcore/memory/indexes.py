"""From the values of an attribute to the resources that have them, and the order in which resources came."""

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from scimcore.filter.ast import Operator
from scimcore.filter.bound import BoundAnd, BoundComparison, BoundNode
from scimcore.filter.values import compose, fold
from scimcore.schema.resource_type import ResolvedPath
from scimcore.storage import Stored


class Index:
    """From the values of one attribute to the ids of the resources that have them."""

    __slots__ = ("_first", "_fold", "_ids", "_rest", "path")

    def __init__(self, path: ResolvedPath) -> None:
        self.path = path
        self._first, *self._rest = path.keys
        # As filters compare it: what is equal to them must be equal here.
        self._fold: Callable[[str], str] = compose if path.leaf.case_exact else fold
        self._ids: dict[str, dict[str, None]] = {}

    def ids(self, value: str) -> Iterable[str]:
        """Return the ids of the resources that have a value."""
        return self._ids.get(self._fold(value), ())

    def differs(self, before: Stored, after: Stored) -> bool:
        """Tell whether a resource has other values than before, or may have."""
        first = self._first
        return bool(before.document.get(first) != after.document.get(first))

    def has_other(self, stored: Stored) -> bool:
        """Tell whether another resource has one of the values of this one."""
        for value in self._values(stored):
            ids = self._ids.get(value)
            if ids and (len(ids) > 1 or stored.id not in ids):
                return True
        return False

    def add(self, stored: Stored) -> None:
        """Enter a resource."""
        for value in self._values(stored):
            self._ids.setdefault(value, {})[stored.id] = None

    def remove(self, stored: Stored) -> None:
        """Take a resource out."""
        for value in self._values(stored):
            ids = self._ids[value]
            del ids[stored.id]
            if not ids:
                del self._ids[value]

    def move(self, before: Stored, after: Stored) -> None:
        """Enter a resource as it is now."""
        if self.differs(before, after):
            self.remove(before)
            self.add(after)

    def _values(self, stored: Stored) -> Iterable[str]:
        value = stored.document.get(self._first)
        if isinstance(value, str):
            return (self._fold(value),)
        if value is None:
            return ()
        found: list[Any] = list(value) if isinstance(value, list) else [value]
        for key in self._rest:
            values = [container[key] for container in found if isinstance(container, dict) and key in container]
            found = [element for value in values for element in (value if isinstance(value, list) else (value,))]
        return {self._fold(value) for value in found if isinstance(value, str)}


class Listings:
    """From a member to the groups that list it, each by the name of its type and its id.

    An id is exact in case (RFC 7643 §3.1), and a filter on ``members.value`` is not.
    """

    __slots__ = ("_groups", "_spellings")

    def __init__(self) -> None:
        self._groups: dict[str, dict[tuple[str, str], None]] = {}
        # Of values that are not in folded form already, which nearly all ids are.
        self._spellings: dict[str, set[str]] = {}

    def add(self, value: str, group: tuple[str, str]) -> None:
        """Note that a group lists a value."""
        groups = self._groups.get(value)
        if groups is None:
            groups = self._groups[value] = {}
            if fold(value) != value:
                self._spellings.setdefault(fold(value), set()).add(value)
        groups[group] = None

    def remove(self, value: str, group: tuple[str, str]) -> None:
        """Note that a group does not list it any more."""
        groups = self._groups[value]
        del groups[group]
        if not groups:
            del self._groups[value]
            if fold(value) != value:
                self._spellings[fold(value)].discard(value)

    def of(self, value: str) -> Iterable[tuple[str, str]]:
        """Return the groups that list exactly this."""
        return self._groups.get(value, ())

    def listed(self, values: Iterable[str]) -> list[str]:
        """Return those that any group lists."""
        groups = self._groups
        return [value for value in values if value in groups]

    def like(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield the groups that list this in any case."""
        folded = fold(text)
        for value in {folded, *self._spellings.get(folded, ())}:
            yield from self._groups.get(value, ())


class Order:
    """The order in which resources came, by number: where one stands is found without counting.

    A number that is gone leaves a gap, until there are more gaps than numbers.
    """

    __slots__ = ("_gaps", "_ids", "_serials", "serial_of")

    def __init__(self) -> None:
        self.serial_of: dict[str, int] = {}
        self._serials: list[int] = []
        self._ids: dict[int, str] = {}
        self._gaps = 0

    def add(self, id: str, serial: int) -> None:
        """Let a resource stand at its number."""
        self.serial_of[id] = serial
        self._ids[serial] = id
        if not self._serials or self._serials[-1] < serial:
            self._serials.append(serial)
        else:
            # It comes back: what was undone never happened.
            at = bisect_right(self._serials, serial) - 1
            if at >= 0 and self._serials[at] == serial:
                self._gaps -= 1
            else:
                insort(self._serials, serial)

    def remove(self, id: str) -> int:
        """Take a resource out; returns its number."""
        serial = self.serial_of.pop(id)
        del self._ids[serial]
        self._gaps += 1
        if self._gaps > len(self._ids):
            self._serials = sorted(self._ids)
            self._gaps = 0
        return serial

    def sorted(self, ids: Iterable[str]) -> list[str]:
        """Return those of the ids that there are in this order, each once."""
        return sorted({id for id in ids if id in self.serial_of}, key=self.serial_of.__getitem__)

    def page(self, first: int, count: int) -> list[str]:
        """Return the ids from a position on, counted from zero."""
        if not self._gaps:
            return [self._ids[serial] for serial in self._serials[first : first + count]]
        return list(islice(self._walk(0), first, first + count))

    def after(self, serial: int, count: int) -> list[str]:
        """Return the ids that stand behind a number."""
        return list(islice(self._walk(bisect_right(self._serials, serial)), count))

    def until(self, serial: int, count: int) -> list[str]:
        """Return the last ids that stand at a number or before it."""
        found: list[str] = []
        for at in range(bisect_right(self._serials, serial) - 1, -1, -1):
            if len(found) == count:
                break
            id = self._ids.get(self._serials[at])
            if id is not None:
                found.append(id)
        return found[::-1]

    def _walk(self, start: int) -> Iterator[str]:
        serials = self._serials
        return (self._ids[serials[at]] for at in range(start, len(serials)) if serials[at] in self._ids)


def conditions(node: BoundNode) -> Iterator[BoundComparison]:
    """Yield the equalities that everything which matches must meet."""
    match node:
        case BoundComparison(operator=Operator.EQ):
            yield node
        case BoundAnd(terms):
            for term in terms:
                yield from conditions(term)
        case _:
            pass
