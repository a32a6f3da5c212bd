"""From the values of an attribute to the resources that have them, and the order in which resources came."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from scimcore.documents import Document
from scimcore.filter.ast import Operator
from scimcore.filter.bound import BoundAnd, BoundComparison, BoundNode
from scimcore.filter.values import compose, fold
from scimcore.schema.resource_type import ResolvedPath
from scimcore.storage import Stored


class Index:
    """From the values of one attribute to the ids of the resources that have them.

    Attributes:
        path: The attribute.
        fold: Makes the form in which its values compare.
        name: The top-level attribute that has it, or is it.
        unique: Whether no two resources may have the same value.
    """

    __slots__ = ("_ids", "_rest", "fold", "name", "path", "unique")

    def __init__(self, path: ResolvedPath, *, unique: bool) -> None:
        self.path = path
        self.unique = unique
        self.name, *self._rest = path.keys
        # As filters compare it: what is equal to them must be equal here.
        self.fold: Callable[[str], str] = compose if path.leaf.case_exact else fold
        # An id alone where there is one, as nearly always: a dictionary is ten times as large.
        self._ids: dict[str, str | dict[str, None]] = {}

    def ids(self, value: str) -> Iterable[str]:
        """Return the ids of the resources that have a value."""
        ids = self._ids.get(self.fold(value), ())
        return (ids,) if isinstance(ids, str) else ids

    def has_other(self, values: Iterable[str], id: str) -> bool:
        """Tell whether another resource than this one has one of the values."""
        for value in values:
            ids = self._ids.get(value)
            if ids is None:
                continue
            if ids != id if isinstance(ids, str) else len(ids) > 1 or id not in ids:
                return True
        return False

    def add(self, values: Iterable[str], id: str) -> None:
        """Enter a resource by its values."""
        for value in values:
            ids = self._ids.get(value)
            if ids is None:
                self._ids[value] = id
            elif isinstance(ids, str):
                self._ids[value] = {ids: None, id: None}
            else:
                ids[id] = None

    def remove(self, stored: Stored) -> None:
        """Take a resource out."""
        for value in self.values(stored.document):
            ids = self._ids[value]
            if isinstance(ids, str):
                del self._ids[value]
                continue
            del ids[stored.id]
            if not ids:
                del self._ids[value]

    def move(self, before: Stored, after: Stored) -> None:
        """Enter a resource as it is now."""
        self.remove(before)
        self.add(self.values(after.document), after.id)

    def values(self, document: Document) -> Iterable[str]:
        """Return the values of a resource as they are compared, each once."""
        value = document.get(self.name)
        if value.__class__ is str:
            return (self.fold(value),)
        if value is None:
            return ()
        found: list[Any] = list(value) if isinstance(value, list) else [value]
        for key in self._rest:
            values = [container[key] for container in found if isinstance(container, dict) and key in container]
            found = [element for value in values for element in (value if isinstance(value, list) else (value,))]
        return {self.fold(value) for value in found if isinstance(value, str)}


class Listings:
    """From a member to the groups that list it, each by the name of its type and its id.

    An id is exact in case (RFC 7643 §3.1), and a filter on ``members.value`` is not.

    Attributes:
        groups: By member, in the order in which they came to list it.
    """

    __slots__ = ("_spellings", "groups")

    def __init__(self) -> None:
        self.groups: dict[str, dict[tuple[str, str], None]] = {}
        # Of values that are not in folded form already, which nearly all ids are.
        self._spellings: dict[str, set[str]] = {}

    def add(self, value: str, group: tuple[str, str]) -> None:
        """Note that a group lists a value."""
        groups = self.groups.get(value)
        if groups is None:
            groups = self.groups[value] = {}
            if fold(value) != value:
                self._spellings.setdefault(fold(value), set()).add(value)
        groups[group] = None

    def remove(self, value: str, group: tuple[str, str]) -> None:
        """Note that a group does not list it any more."""
        groups = self.groups[value]
        del groups[group]
        if not groups:
            del self.groups[value]
            if fold(value) != value:
                self._spellings[fold(value)].discard(value)

    def like(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield the groups that list this in any case."""
        folded = fold(text)
        for value in {folded, *self._spellings.get(folded, ())}:
            yield from self.groups.get(value, ())


class Order:
    """The order in which resources came, by number: where one stands is found without counting.

    A number that is gone leaves a gap, until there are more gaps than numbers.
    """

    __slots__ = ("_gaps", "_ids", "_serials", "serial_of")

    def __init__(self) -> None:
        self.serial_of: dict[str, int] = {}
        # Side by side: the numbers, ascending, and what stands there; None is a gap.
        self._serials: list[int] = []
        self._ids: list[str | None] = []
        self._gaps = 0

    def add(self, id: str, serial: int) -> None:
        """Let a resource stand at its number."""
        self.serial_of[id] = serial
        if not self._serials or self._serials[-1] < serial:
            self._serials.append(serial)
            self._ids.append(id)
            return
        # It comes back: what was undone never happened.
        at = bisect_left(self._serials, serial)
        if self._serials[at] == serial:
            self._ids[at] = id
            self._gaps -= 1
        else:
            self._serials.insert(at, serial)
            self._ids.insert(at, id)

    def remove(self, id: str) -> int:
        """Take a resource out; returns its number."""
        serial = self.serial_of.pop(id)
        self._ids[bisect_left(self._serials, serial)] = None
        self._gaps += 1
        if self._gaps > len(self.serial_of):
            kept = [(serial, id) for serial, id in zip(self._serials, self._ids, strict=True) if id is not None]
            self._serials = [serial for serial, _ in kept]
            self._ids = [id for _, id in kept]
            self._gaps = 0
        return serial

    def sorted(self, ids: Iterable[str]) -> list[str]:
        """Return those of the ids that there are in this order, each once."""
        return sorted({id for id in ids if id in self.serial_of}, key=self.serial_of.__getitem__)

    def page(self, first: int, count: int) -> list[str]:
        """Return the ids from a position on, counted from zero."""
        if self._gaps:
            return list(islice(self._walk(0), first, first + count))
        return [id for id in self._ids[first : first + count] if id is not None]

    def after(self, serial: int, count: int) -> list[str]:
        """Return the ids that stand behind a number."""
        return list(islice(self._walk(bisect_right(self._serials, serial)), count))

    def until(self, serial: int, count: int) -> list[str]:
        """Return the last ids that stand at a number or before it."""
        found: list[str] = []
        for at in range(bisect_right(self._serials, serial) - 1, -1, -1):
            if len(found) == count:
                break
            id = self._ids[at]
            if id is not None:
                found.append(id)
        return found[::-1]

    def _walk(self, start: int) -> Iterator[str]:
        ids = self._ids
        return (id for at in range(start, len(ids)) if (id := ids[at]) is not None)


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
