"""The reference store: resources in memory, found by id and by unique attributes without a search.

For tests, examples, small services, and for comparing other stores with. It loses everything when the process ends.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from types import TracebackType
from typing import Any

from scimcore.documents import Document
from scimcore.errors import NotFound, Uniqueness, VersionMismatch
from scimcore.filter import Filter
from scimcore.filter.ast import Operator
from scimcore.filter.bound import BoundAnd, BoundComparison, BoundNode
from scimcore.filter.values import compose, fold
from scimcore.ordering import SortKey, ordered, sort_keys
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.characteristics import Uniqueness as Unique
from scimcore.schema.resource_type import ResolvedPath, ResourceType
from scimcore.storage import Changes, Page, Query, Stored

# Attributes that identity providers look up before they create, and that they would create twice otherwise.
UNIQUE_BY_HABIT: Mapping[str, Sequence[str]] = {"Group": ("displayName",)}
INDEXED_BY_HABIT: Mapping[str, Sequence[str]] = {"User": ("externalId",), "Group": ("externalId",)}


class MemoryStorage:
    """Keeps resources in this process. It may be used from several threads at once.

    Documents are kept as they are given and handed out as they are kept: nobody changes a document (see
    :data:`scimcore.documents.Document`), so that no copies are needed.
    """

    never_blocks = True
    """Every call returns at once: an event loop may make it without a thread."""

    def __init__(
        self,
        *,
        unique: Mapping[str, Sequence[str]] = UNIQUE_BY_HABIT,
        indexed: Mapping[str, Sequence[str]] = INDEXED_BY_HABIT,
    ) -> None:
        """Start empty.

        Args:
            unique: By resource type name, attributes whose values no two resources may share, in addition to those
                whose schema says so (``userName``). Case counts only where the attribute's ``caseExact`` says so.
            indexed: By resource type name, further attributes to find resources by without a search.
        """
        self._unique = unique
        self._indexed = indexed
        self._lock = threading.RLock()
        self._tables: dict[str, _Table] = {}
        self._journal: list[Callable[[], object]] = []
        self._depth = 0

    def fetch(self, resource_type: ResourceType, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        """Return one resource.

        Raises:
            NotFound: If there is none.
        """
        with self._lock:
            return self._table(resource_type).get(id)

    def search(self, query: Query, /) -> Page:
        """Return one page of what matches, in the order in which resources were created unless ``sort_by`` is given."""
        first = query.start_index - 1
        if query.filter is None and query.sort_by is None and len(query.resource_types) == 1:
            with self._lock:
                rows = self._table(query.resource_types[0]).rows
                return Page(list(islice(rows.values(), first, first + query.count)), len(rows))
        found: list[Stored] = []
        keys: list[SortKey] = []
        key_of = None if query.sort_by is None else sort_keys(query.sort_by, query.resource_types)
        for number, resource_type in enumerate(query.resource_types):
            with self._lock:
                candidates = self._table(resource_type).candidates(resource_type, query.filter)
            # Outside of the lock: what was found cannot change, and looking at all of it may take a while.
            matching = candidates if query.filter is None else _matching(candidates, query.filter)
            found += matching
            if key_of is not None:
                keys += [key_of[number](stored.document) for stored in matching]
        if query.sort_by is not None:
            by_key = ordered(zip(keys, found, strict=True), itemgetter(0), descending=query.descending)
            found = [stored for _, stored in by_key]
        return Page(found[first : first + query.count], len(found))

    def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        """Keep a new resource.

        Raises:
            Uniqueness: If another one has the id, or the value of a unique attribute.
        """
        stored = Stored.of(document)
        with self._lock:
            table = self._table(resource_type)
            table.add(stored)
            self._note(lambda: table.remove(stored))
        return stored

    def update(self, resource_type: ResourceType, before: Stored, document: Document, changes: Changes, /) -> Stored:
        """Put a new document in the place of one that was fetched.

        Raises:
            VersionMismatch: If the resource has changed since.
            NotFound: If it is gone.
            Uniqueness: If another one has the value of a unique attribute.
        """
        after = Stored.of(document)
        with self._lock:
            table = self._table(resource_type)
            current = table.current(before)
            table.replace(current, after)
            self._note(lambda: table.replace(after, current))
        return after

    def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        """Remove a resource that was fetched.

        Raises:
            VersionMismatch: If the resource has changed since.
            NotFound: If it is gone already.
        """
        with self._lock:
            table = self._table(resource_type)
            current = table.current(before)
            serial = table.remove(current)
            self._note(lambda: table.restore(current, serial))

    def transaction(self) -> "_Transaction":
        """Open a transaction. It keeps other threads out until it ends; an exception undoes what was done in it."""
        return _Transaction(self)

    def _table(self, resource_type: ResourceType) -> "_Table":
        table = self._tables.get(resource_type.name)
        if table is None:
            unique = [a.name for a in resource_type.attributes if a.uniqueness is not Unique.NONE and a.name != "id"]
            unique += self._unique.get(resource_type.name, ())
            table = self._tables[resource_type.name] = _Table(
                resource_type, unique, self._indexed.get(resource_type.name, ())
            )
        return table

    def _note(self, undo: Callable[[], object]) -> None:
        if self._depth:
            self._journal.append(undo)


class _Transaction:
    """Holds the lock, and a mark in the journal to go back to. They nest."""

    __slots__ = ("_mark", "_storage")

    def __init__(self, storage: MemoryStorage) -> None:
        self._storage = storage

    def __enter__(self) -> MemoryStorage:
        storage = self._storage
        storage._lock.acquire()
        storage._depth += 1
        self._mark = len(storage._journal)
        return storage

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        storage = self._storage
        try:
            if kind is not None:
                while len(storage._journal) > self._mark:
                    storage._journal.pop()()
            storage._depth -= 1
            if not storage._depth:
                storage._journal.clear()
        finally:
            storage._lock.release()


class _Table:
    """The resources of one type and their indexes. Its caller holds the lock."""

    def __init__(self, resource_type: ResourceType, unique: Sequence[str], indexed: Sequence[str]) -> None:
        self.rows: dict[str, Stored] = {}
        # The place of each in the order of creation, should its removal have to be undone.
        self._serials: dict[str, int] = {}
        self._next_serial = 0
        self._name = resource_type.name
        paths = {str(path): path for path in map(resource_type.resolve, unique)}
        self._unique = tuple(_Index(path) for path in paths.values())
        others = {str(path): path for path in map(resource_type.resolve, indexed) if str(path) not in paths}
        self._all = (*self._unique, *(_Index(path) for path in others.values()))
        self._by_keys = {index.path.keys: index for index in self._all}

    def get(self, id: str) -> Stored:
        stored = self.rows.get(id)
        if stored is None:
            # The id is not repeated: the client knows it, and the text is the client's.
            raise NotFound(f"There is no {self._name} with this id.")
        return stored

    def current(self, before: Stored) -> Stored:
        current = self.get(before.id)
        if current.version != before.version:
            raise VersionMismatch("The resource has changed since it was read.")
        return current

    def candidates(self, resource_type: ResourceType, filter: Filter | None) -> list[Stored]:
        """Return all rows that can match: those of one index entry, if the filter asks for no others."""
        if filter is not None:
            for comparison in _conditions(filter.bound[resource_type].node):
                ids = self._ids(comparison)
                if ids is not None:
                    return [self.rows[id] for id in ids if id in self.rows]
        return list(self.rows.values())

    def add(self, stored: Stored) -> None:
        if stored.id in self.rows:
            raise Uniqueness(f"There is a {self._name} with this id already.", path="id")
        self._require_unique(stored)
        self._insert(stored, self._next_serial)
        self._next_serial += 1

    def replace(self, before: Stored, after: Stored) -> None:
        self._require_unique(after)
        self.rows[after.id] = after
        for index in self._all:
            index.move(before, after)

    def remove(self, stored: Stored) -> int:
        del self.rows[stored.id]
        for index in self._all:
            index.remove(stored)
        return self._serials.pop(stored.id)

    def restore(self, stored: Stored, serial: int) -> None:
        self._insert(stored, serial)
        self.rows = {id: self.rows[id] for id in sorted(self.rows, key=self._serials.__getitem__)}

    def _insert(self, stored: Stored, serial: int) -> None:
        self.rows[stored.id] = stored
        self._serials[stored.id] = serial
        for index in self._all:
            index.add(stored)

    def _require_unique(self, stored: Stored) -> None:
        for index in self._unique:
            if index.has_other(stored):
                raise Uniqueness(
                    f"Another {self._name} has this value of '{index.path}' already.",
                    path=str(index.path),
                    rule="RFC 7643 §2.2",
                )

    def _ids(self, comparison: BoundComparison) -> Iterable[str] | None:
        """Find an equality's ids, or None if no index knows."""
        if not isinstance(comparison.operand, str):
            return None
        if comparison.target.keys == ("id",):
            return (comparison.operand,)
        index = self._by_keys.get(comparison.target.keys)
        return None if index is None else index.ids(comparison.operand)


class _Index:
    """From the values of one attribute to the ids of the resources that have them."""

    __slots__ = ("_fold", "_ids", "path")

    def __init__(self, path: ResolvedPath) -> None:
        self.path = path
        # As filters compare it: what is equal to them must be equal here.
        self._fold = compose if path.leaf.case_exact else fold
        self._ids: dict[str, dict[str, None]] = {}

    def ids(self, value: str) -> Iterable[str]:
        return self._ids.get(self._fold(value), ())

    def has_other(self, stored: Stored) -> bool:
        return any(id != stored.id for value in self._values(stored) for id in self._ids.get(value, ()))

    def add(self, stored: Stored) -> None:
        for value in self._values(stored):
            self._ids.setdefault(value, {})[stored.id] = None

    def remove(self, stored: Stored) -> None:
        for value in self._values(stored):
            ids = self._ids[value]
            del ids[stored.id]
            if not ids:
                del self._ids[value]

    def move(self, before: Stored, after: Stored) -> None:
        if self._values(before) != self._values(after):
            self.remove(before)
            self.add(after)

    def _values(self, stored: Stored) -> set[str]:
        found: list[Any] = [stored.document]
        for key in self.path.keys:
            values = [container[key] for container in found if isinstance(container, dict) and key in container]
            found = [element for value in values for element in (value if isinstance(value, list) else (value,))]
        return {self._fold(value) for value in found if isinstance(value, str)}


def _matching(candidates: list[Stored], filter: Filter) -> list[Stored]:
    if len(candidates) < _FEW:
        return [stored for stored in candidates if filter.matches(stored.document)]
    by_document = {id(stored.document): stored for stored in candidates}
    return [by_document[id(document)] for document in filter.select([stored.document for stored in candidates])]


# A scan is prepared first, which pays from about this many on.
_FEW = 16


def _conditions(node: BoundNode) -> Iterator[BoundComparison]:
    """Yield the equalities that everything which matches must meet."""
    match node:
        case BoundComparison(operator=Operator.EQ):
            yield node
        case BoundAnd(terms):
            for term in terms:
                yield from _conditions(term)
        case _:
            pass
