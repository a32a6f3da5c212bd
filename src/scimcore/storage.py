"""What the service asks of a store: four values and two protocols.

The protocols are structural: a host writes a class with these methods and imports nothing to conform. A store keeps
documents and finds them again; ids, ``meta``, versions and all SCIM rules are the library's. A capability that only
some stores have will be a protocol of its own, found with ``isinstance``; these stay small.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol, Self, TypeAlias

from scimcore.documents import Document
from scimcore.filter import Filter
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType

# What a PATCH changed, as ``patch.apply`` reports it; None where a whole document takes the place of another.
Changes: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Stored:
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
        return cls(
            document["id"],
            meta["version"][3:-1],  # W/"..."
            datetime.fromisoformat(meta["created"]),
            datetime.fromisoformat(meta["lastModified"]),
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
                without a race.
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

        Returns:
            A context manager that gives the store to work with, which may be this one. Leaving it by an exception
            undoes all that was written inside.
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
