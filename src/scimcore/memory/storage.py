"""The reference store: resources in memory, found by id and by unique attributes without a search.

For tests, examples, small services, and for comparing other stores with. It loses everything when the process ends.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from operator import attrgetter, itemgetter
from types import TracebackType

from scimcore.documents import Document
from scimcore.filter.values import fold
from scimcore.memory.indexes import Listings
from scimcore.memory.searching import UNSORTED, Match, matching, page_of, position_of, serial_of
from scimcore.memory.tables import Table
from scimcore.ordering import SortKey, ordered, sort_keys
from scimcore.patch.changes import MembershipDelta
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.storage import Changes, CursorPage, Page, Position, Query, Stored

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
        self._tables: dict[str, Table] = {}
        # What undoes the writes of the open transactions, and how much of it there was when each began.
        self._journal: list[Callable[[], object]] = []
        self._marks: list[int] = []
        self._transaction = _Transaction(self)
        self._listings = Listings()

    # Storage -------------------------------------------------------------------------------------------------------

    def fetch(self, resource_type: ResourceType, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        """Return one resource.

        Raises:
            NotFound: If there is none.
        """
        with self._lock:
            table = self._tables.get(resource_type.name) or self._table(resource_type)
            stored = table.rows.get(id)
            if stored is None:
                raise table.missing()
            if not table.has_members:
                return stored
            whole = table.put_together.get(id) if selection is DEFAULT_SELECTION else None
            return whole or table.shown((stored,), selection)[0]

    def search(self, query: Query, /) -> Page:
        """Return one page of what matches, in the order in which resources were created unless ``sort_by`` is given."""
        first = query.start_index - 1
        if query.filter is None and query.sort_by is None and len(query.resource_types) == 1:
            with self._lock:
                table = self._table(query.resource_types[0])
                rows = [table.rows[id] for id in table.order.page(first, query.count)]
                return Page(table.shown(rows, query.selection), len(table.rows))
        # Outside of the lock what was found cannot change, and looking at all of it may take a while. But a group and
        # its members stand apart.
        with self._lock if self._has_members(query) else nullcontext():
            found: list[Stored] = []
            keys: list[SortKey] = []
            key_of = None if query.sort_by is None else sort_keys(query.sort_by, query.resource_types)
            for number, (_, resources) in enumerate(self._found(query)):
                found += resources
                if key_of is not None:
                    keys += [key_of[number](stored.document) for stored in resources]
            if query.sort_by is not None:
                by_key = ordered(zip(keys, found, strict=True), itemgetter(0), descending=query.descending)
                found = [stored for _, stored in by_key]
            return Page(self._shown(found[first : first + query.count], query), len(found))

    def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        """Keep a new resource.

        Raises:
            Uniqueness: If another one has the id, or the value of a unique attribute.
        """
        stored = Stored.of(document)
        with self._lock:
            table = self._tables.get(resource_type.name) or self._table(resource_type)
            undo = table.add(stored)
            if self._marks:
                self._journal.append(undo)
        return stored

    def update(self, resource_type: ResourceType, before: Stored, document: Document, changes: Changes, /) -> Stored:
        """Put a new document in the place of one that was fetched.

        Raises:
            VersionMismatch: If the resource has changed since.
            NotFound: If it is gone.
            Uniqueness: If another one has the value of a unique attribute.
        """
        with self._lock:
            table = self._table(resource_type)
            current = table.current(before)
            after = table.changed(current, document)
            self._note(table.replace(current, after))
        return after

    def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        """Remove a resource that was fetched.

        Raises:
            VersionMismatch: If the resource has changed since.
            NotFound: If it is gone already.
        """
        with self._lock:
            table = self._table(resource_type)
            self._note(table.remove(table.current(before)))

    def transaction(self) -> "_Transaction":
        """Open a transaction. It keeps other threads out until it ends; an exception undoes what was done in it."""
        return self._transaction

    # Lookups -------------------------------------------------------------------------------------------------------

    def fetch_many(
        self, resource_types: Sequence[ResourceType], ids: Collection[str], selection: Selection = DEFAULT_SELECTION, /
    ) -> Sequence[Stored]:
        """Return those of the resources that there are."""
        found: list[Stored] = []
        distinct = ids if len(ids) == 1 else dict.fromkeys(ids)
        with self._lock:
            for resource_type in resource_types:
                table = self._tables.get(resource_type.name) or self._table(resource_type)
                rows = [table.rows[id] for id in distinct if id in table.rows]
                if not rows:
                    continue
                found += table.shown(rows, selection) if table.has_members else rows
        return found

    # Memberships ---------------------------------------------------------------------------------------------------

    def members(self, resource_type: ResourceType, id: str, values: Collection[str], /) -> Sequence[Document]:
        """Return those of the given values that are members of a group."""
        with self._lock:
            members = self._table(resource_type).members.get(id, {})
            return [members[value] for value in dict.fromkeys(values) if value in members]

    def memberships(self, ids: Collection[str], /) -> Mapping[str, Sequence[Document]]:
        """Return the groups that list each of the given ids as a member."""
        with self._lock:
            groups = self._listings.groups
            return {id: self._groups_of(id) for id in ids if id in groups}

    def update_members(
        self, resource_type: ResourceType, before: Stored, document: Document, delta: MembershipDelta, /
    ) -> Stored:
        """Change a group and some of its members. One more or less costs one, however many there are.

        Raises:
            VersionMismatch: If the group has changed since.
            NotFound: If it is gone.
            Uniqueness: If another one has the value of a unique attribute.
        """
        with self._lock:
            table = self._table(resource_type)
            current = table.current(before)
            after = table.changed(current, document)
            self._note(table.change_members(current, after, delta))
        return after

    # Cursors -------------------------------------------------------------------------------------------------------

    def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
        """Return the page that begins at a position.

        Raises:
            InvalidCursor: If the position is none of this store's.
        """
        with self._lock:
            if query.filter is None and query.sort_by is None and len(query.resource_types) == 1:
                return self._page_from(self._table(query.resource_types[0]), query, position)
            found: list[Match] = []
            key_of = None if query.sort_by is None else sort_keys(query.sort_by, query.resource_types)
            for number, (table, resources) in enumerate(self._found(query)):
                key = None if key_of is None else key_of[number]
                serials = table.order.serial_of
                found += [
                    Match(UNSORTED if key is None else key(each.document), (number, serials[each.id]), each)
                    for each in resources
                ]
            if query.sort_by is not None:
                found = ordered(found, attrgetter("key"), descending=query.descending)
            page = page_of(found, position, query.count, descending=query.descending)
            return page._replace(resources=self._shown(page.resources, query))

    def _page_from(self, table: Table, query: Query, position: Position | None) -> CursorPage:
        """Return a page of all there is: the way to it is as long wherever it begins."""
        serial = serial_of(position)
        ids = table.order.after(serial, query.count + 1)
        before = table.order.until(serial, query.count + 1)
        page = ids[: query.count]
        following = position_of(table.order.serial_of[page[-1]]) if page and len(ids) > query.count else None
        previous = (
            position_of(table.order.serial_of[before[0]] if len(before) > query.count else -1) if before else None
        )
        shown = table.shown([table.rows[id] for id in page], query.selection)
        return CursorPage(shown, following, previous, len(table.rows))

    # Inside --------------------------------------------------------------------------------------------------------

    def _table(self, resource_type: ResourceType) -> Table:
        table = self._tables.get(resource_type.name)
        if table is None:
            unique = [str(path) for path in resource_type.unique]
            unique += self._unique.get(resource_type.name, ())
            table = self._tables[resource_type.name] = Table(
                resource_type, unique, self._indexed.get(resource_type.name, ()), self._listings
            )
        return table

    def _groups_of(self, id: str) -> list[Document]:
        groups = []
        with self._lock:
            for kind, group in self._listings.groups.get(id, ()):
                reference = {"value": group}
                display = self._tables[kind].rows[group].document.get("displayName")
                if display is not None:
                    reference["display"] = display
                groups.append(reference)
        return groups

    def _members_of(self, group: str) -> list[str]:
        """Return the members of all groups whose id is this, without case."""
        folded = fold(group)
        return [
            member
            for table in self._tables.values()
            for id, members in table.members.items()
            if fold(id) == folded
            for member in members
        ]

    def _has_members(self, query: Query) -> bool:
        with self._lock:
            return any(self._table(resource_type).has_members for resource_type in query.resource_types)

    def _found(self, query: Query) -> Iterator[tuple[Table, list[Stored]]]:
        """Yield what matches of each type, groups without their members."""
        for resource_type in query.resource_types:
            with self._lock:
                table = self._table(resource_type)
                candidates = table.candidates(resource_type, query.filter, self._members_of)
            if query.filter is not None and not table.decides(query.filter):
                candidates = matching(table, candidates, query.filter, self._groups_of)
            yield table, candidates

    def _shown(self, page: Sequence[Stored], query: Query) -> Sequence[Stored]:
        """Put groups together, if the query shows their members."""
        for resource_type in query.resource_types:
            table = self._table(resource_type)
            if table.has_members:
                groups = [stored for stored in page if table.rows.get(stored.id) is stored]
                whole = dict(zip(map(id, groups), table.shown(groups, query.selection), strict=True))
                page = [whole.get(id(stored), stored) for stored in page]
        return page

    def _note(self, undo: Callable[[], object]) -> None:
        if self._marks:
            self._journal.append(undo)


class _Transaction:
    """Holds the lock, and a mark in the journal to go back to. They nest, and are all the same."""

    __slots__ = ("_storage",)

    def __init__(self, storage: MemoryStorage) -> None:
        self._storage = storage

    def __enter__(self) -> MemoryStorage:
        storage = self._storage
        storage._lock.acquire()
        storage._marks.append(len(storage._journal))
        return storage

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        storage = self._storage
        try:
            mark = storage._marks.pop()
            if kind is not None:
                while len(storage._journal) > mark:
                    storage._journal.pop()()
            if not storage._marks:
                storage._journal.clear()
        finally:
            storage._lock.release()
