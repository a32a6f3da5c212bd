"""What the service asks of a store: its values, a small protocol, and three more that only some stores have.

The protocols are structural: a host writes a class with these methods and imports nothing to conform. A store keeps
documents and finds them again; ids, ``meta``, versions and all SCIM rules are the library's.

:class:`Storage` is what every store has. :class:`Lookups`, :class:`Memberships` and :class:`Cursors` make large
collections cheap; a store that leaves one out is asked in another way, or the service does not offer what needs it.
The ``Async`` twins are the same in coroutines.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, Self, TypeAlias, runtime_checkable

from scimcore.documents import Document
from scimcore.filter import Filter
from scimcore.patch.changes import AnyChange, MembershipDelta
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType

# What a PATCH or a PUT changed, as ``patch.apply`` reports it; None where a whole document takes the place of another
# and nobody has compared them, or they differ in what has no name (the order of values).
Changes: TypeAlias = Sequence[AnyChange] | None

# Where a page of a cursor begins: the store's own affair (the sort key of a row, say). JSON can carry it.
Position: TypeAlias = tuple[str | int | float | bool | None, ...]


class Stored(NamedTuple):
    """A resource as the store holds it. Nobody changes its document: parts of it are shared.

    Attributes:
        id: The resource's id.
        version: An opaque text that is another one after each change; ``meta.version`` is this as a weak ETag.
        created: When the resource came to be, with a time zone.
        last_modified: When it was last changed, with a time zone.
        document: The resource, with canonical names. It has the ``meta`` that the library wrote, or none:
            then the library makes ``meta`` from the fields above, which suits a host that keeps columns.
    """

    id: str
    version: str
    created: datetime
    last_modified: datetime
    document: Document

    @classmethod
    def of(cls, document: Document) -> Self:
        """Read the fields out of a document that the library handed over to be stored.

        Args:
            document: With ``id`` and ``meta`` as ``insert`` and ``update`` receive it.
        """
        meta = document["meta"]
        created, last_modified = meta["created"], meta["lastModified"]
        since = datetime.fromisoformat(created)
        return cls(
            document["id"],
            meta["version"][3:-1],  # W/"..."
            since,
            since if last_modified is created else datetime.fromisoformat(last_modified),
            document,
        )


@dataclass(frozen=True, slots=True)
class Query:
    """Which resources, in which order, from where, how many, and how much of each.

    New fields have defaults, so that a host's code keeps working; a store that cannot honour one raises
    :class:`~scimcore.errors.Unsupported` or :class:`~scimcore.errors.InvalidFilter` rather than ignore it.

    Attributes:
        resource_types: The types to search, in order; usually one.
        filter: What a resource must match, bound to the resource type; None matches all.
        sort_by: The attribute to sort by, one that :func:`~scimcore.ordering.sort_key` knows; None leaves the order
            to the store, which must keep to one.
        descending: Whether the sort order is turned round.
        start_index: Position of the first resource to return, counted from 1.
        count: The greatest number of resources to return; 0 asks for the total alone.
        selection: What the client wants to see of each: a store may leave out the rest.
    """

    resource_types: tuple[ResourceType, ...]
    filter: Filter | None = None
    sort_by: str | None = None
    descending: bool = False
    start_index: int = 1
    count: int = 100
    selection: Selection = DEFAULT_SELECTION


class Page(NamedTuple):
    """One page of a search.

    Attributes:
        resources: The resources of this page, in order. The core URN in ``schemas`` tells a resource's type.
        total_results: How many there are on all pages.
    """

    resources: Sequence[Stored]
    total_results: int


class CursorPage(NamedTuple):
    """One page of a search that goes on from a position.

    Attributes:
        resources: The resources of this page, in order.
        next: Where the following page begins; None if this is the last.
        previous: Where the page before begins; None if this is the first, or the store cannot go back.
        total_results: How many there are on all pages; None where counting would cost too much.
    """

    resources: Sequence[Stored]
    next: Position | None = None
    previous: Position | None = None
    total_results: int | None = None


class Storage(Protocol):
    """A store whose calls return when they are done.

    Every method may be called from several threads at once.
    """

    def fetch(self, resource_type: ResourceType, id: str, selection: Selection = ..., /) -> Stored:
        """Return one resource.

        Args:
            resource_type: Whose resource.
            id: Its id, as the client wrote it.
            selection: What will be looked at; the store may leave out other attributes.

        Raises:
            NotFound: If there is none.
        """
        ...

    def search(self, query: Query, /) -> Page:
        """Return one page of what matches.

        Raises:
            InvalidFilter: If the store cannot answer the filter. Never ignore one: that would widen the result.
            TooMany: If answering would cost too much.
        """
        ...

    def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        """Keep a new resource.

        Args:
            resource_type: Of which type.
            document: Complete, with ``id`` and ``meta`` (without ``location``). A store that chooses ids itself
                returns them in the :class:`Stored`.

        Raises:
            Uniqueness: If another resource has a value that must be unique: only the store can judge that
                without a race. A transaction that this is raised in can go on.
        """
        ...

    def update(self, resource_type: ResourceType, before: Stored, document: Document, changes: Changes, /) -> Stored:
        """Put a new document in the place of one that was fetched.

        Args:
            resource_type: Of which type.
            before: What was fetched. If the store now has another version, nothing may be written.
            document: Complete, with the new ``meta``.
            changes: What differs, as far as it is known, for stores that write less than the whole; None if it is not.

        Raises:
            VersionMismatch: If the resource has changed since it was fetched.
            NotFound: If it is gone.
            Uniqueness: As for ``insert``.
        """
        ...

    def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        """Remove a resource that was fetched.

        Raises:
            VersionMismatch: If the resource has changed since it was fetched.
            NotFound: If it is gone already.
        """
        ...

    def transaction(self) -> AbstractContextManager[Self]:
        """Open a transaction: one for each operation that writes.

        What is fetched inside may be locked until the end. Transactions nest: leaving an inner one by an exception
        undoes what was written in it and nothing else, and what was written in all of them counts when the outermost
        ends well.

        Returns:
            A context manager that gives the store to work with, which may be this one. Leaving it by an exception
            undoes all that was written inside.
        """
        ...


@runtime_checkable
class Lookups(Protocol):
    """A store that returns many resources by their ids in one call. Others are asked for each."""

    def fetch_many(
        self, resource_types: Sequence[ResourceType], ids: Collection[str], selection: Selection = ..., /
    ) -> Sequence[Stored]:
        """Return those of the resources that there are, in any order, each once.

        Args:
            resource_types: Among which types to look. The core URN in ``schemas`` tells a resource's type.
            ids: At most some thousand.
            selection: What will be looked at; the store may leave out other attributes.
        """
        ...


@runtime_checkable
class Memberships(Protocol):
    """A store that keeps who is a member of what as rows, so that a change of one costs one.

    It is about the attribute ``members`` of those resource types that have one (RFC 7643 §4.2), and about ``groups``
    of users, which follows from it (§4.1.2): documents of users are stored without ``groups``. Such a store answers
    filters on ``groups`` and ``members``. It leaves ``members`` out of what it returns where the selection excludes
    it, and reads none then.

    A store that finds the groups of a user together with the user may say so by a class attribute
    ``joins_groups = True``, and is not asked for ``memberships`` of what it has read. Then ``fetch``, ``search``,
    ``fetch_many`` and ``search_from`` return each resource with ``groups`` as ``memberships`` does, if the selection
    shows any part of it and the resource is in any; and without ``groups`` inside of a transaction, where what is
    fetched is going to be written.
    """

    def members(self, resource_type: ResourceType, id: str, values: Collection[str], /) -> Sequence[Document]:
        """Return those of the given values that are members of a group, as they are kept: elements of ``members``."""
        ...

    def memberships(self, ids: Collection[str], /) -> Mapping[str, Sequence[Document]]:
        """Return the groups that list each of the given ids as a member: ``{"value": ..., "display": ...}`` of each.

        Ids that are nobody's member may be missing.
        """
        ...

    def update_members(
        self, resource_type: ResourceType, before: Stored, document: Document, delta: MembershipDelta, /
    ) -> Stored:
        """Change a group and some of its members, and leave the others as they are.

        Args:
            resource_type: Of which type.
            before: What was fetched, without ``members``.
            document: Complete but for ``members``, with the new ``meta``.
            delta: Which members to add, to remove, and to write anew. One to add that is there already is written
                anew; one to remove that is gone is no fault.

        Returns:
            The group, without ``members``.

        Raises:
            VersionMismatch: If the group has changed since it was fetched.
            NotFound: If it is gone.
            Uniqueness: As for ``insert``.
        """
        ...


@runtime_checkable
class Cursors(Protocol):
    """A store whose pages can be walked from where the last one ended (RFC 9865): the far end costs what the start did.

    A walk neither skips nor repeats a resource that is there all the time, whatever comes and goes meanwhile.
    """

    def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
        """Return the page that begins at a position.

        Args:
            query: As for ``search``, the same for each page; its ``start_index`` means nothing.
            position: From an earlier page of the same query; None for the first page. It was signed on its way
                through the client and is as the store made it.

        Raises:
            InvalidFilter: As for ``search``.
            InvalidCursor: If the position is none that the store can go on from.
        """
        ...


class AsyncStorage(Protocol):
    """The same as :class:`Storage`, in coroutines."""

    async def fetch(self, resource_type: ResourceType, id: str, selection: Selection = ..., /) -> Stored:
        """Return one resource. See :meth:`Storage.fetch`."""
        ...

    async def search(self, query: Query, /) -> Page:
        """Return one page of what matches. See :meth:`Storage.search`."""
        ...

    async def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        """Keep a new resource. See :meth:`Storage.insert`."""
        ...

    async def update(
        self, resource_type: ResourceType, before: Stored, document: Document, changes: Changes, /
    ) -> Stored:
        """Put a new document in the place of one that was fetched. See :meth:`Storage.update`."""
        ...

    async def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        """Remove a resource that was fetched. See :meth:`Storage.delete`."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Self]:
        """Open a transaction. See :meth:`Storage.transaction`."""
        ...


@runtime_checkable
class AsyncLookups(Protocol):
    """The same as :class:`Lookups`, in coroutines."""

    async def fetch_many(
        self, resource_types: Sequence[ResourceType], ids: Collection[str], selection: Selection = ..., /
    ) -> Sequence[Stored]:
        """Return those of the resources that there are. See :meth:`Lookups.fetch_many`."""
        ...


@runtime_checkable
class AsyncMemberships(Protocol):
    """The same as :class:`Memberships`, in coroutines."""

    async def members(self, resource_type: ResourceType, id: str, values: Collection[str], /) -> Sequence[Document]:
        """Return those of the given values that are members. See :meth:`Memberships.members`."""
        ...

    async def memberships(self, ids: Collection[str], /) -> Mapping[str, Sequence[Document]]:
        """Return the groups of each id. See :meth:`Memberships.memberships`."""
        ...

    async def update_members(
        self, resource_type: ResourceType, before: Stored, document: Document, delta: MembershipDelta, /
    ) -> Stored:
        """Change a group and some of its members. See :meth:`Memberships.update_members`."""
        ...


@runtime_checkable
class AsyncCursors(Protocol):
    """The same as :class:`Cursors`, in coroutines."""

    async def search_from(self, query: Query, position: Position | None, /) -> CursorPage:
        """Return the page that begins at a position. See :meth:`Cursors.search_from`."""
        ...
