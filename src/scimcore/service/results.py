"""What comes of an operation: one class for each kind of answer, to be written by ``responses``."""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from scimcore.documents import Document
from scimcore.projection import Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.search import Walk
from scimcore.storage import CursorPage, Page, Query, Stored

UNSEEN = Selection(("id",))
"""What is asked of a write whose result nobody looks at: this very object. Then nothing is made ready to be shown."""


class Shown(NamedTuple):
    """One resource is answered: 200, or 201 for a new one.

    Attributes:
        document: The resource as it is answered; empty where ``UNSEEN`` was asked.
        tolerated: The names of the quirks of the caller's dialect that were needed to understand the request.
    """

    status: int
    resource_type: ResourceType
    stored: Stored
    document: Document
    tolerated: tuple[str, ...] = ()


class Listed(NamedTuple):
    """A page of resources is answered.

    Attributes:
        documents: Its resources as they are answered.
    """

    query: Query
    page: Page
    documents: list[Document]

    @property
    def tolerated(self) -> tuple[str, ...]:
        """The names of the quirks that were needed to understand the filter."""
        filter = self.query.filter
        return () if filter is None else tuple(use.tolerance.value for use in filter.tolerated)


class Walked(NamedTuple):
    """A page of resources is answered, with cursors to those beside it (RFC 9865).

    Attributes:
        documents: Its resources as they are answered.
    """

    query: Query
    page: CursorPage
    walk: Walk
    documents: list[Document]

    @property
    def tolerated(self) -> tuple[str, ...]:
        """The names of the quirks that were needed to understand the filter."""
        return Listed(self.query, Page((), 0), []).tolerated


class Unchanged(NamedTuple):
    """The client has this version already: 304."""

    version: str


class Written(NamedTuple):
    """A resource was changed, and the client need not see it: 204 with its new version."""

    version: str
    tolerated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deleted:
    """There is nothing to show any more: 204."""


class Described(NamedTuple):
    """One discovery document is answered."""

    document: Document


class DescribedAll(NamedTuple):
    """All documents of a discovery endpoint are answered."""

    documents: tuple[Document, ...]


class Methods(NamedTuple):
    """The methods of an endpoint are answered, and nothing else: 204."""

    allow: tuple[str, ...]


class BulkDone(NamedTuple):
    """What became of each operation of a bulk request is answered: 200.

    Attributes:
        operations: The results as they are sent.
        tolerated: As of a request of its own, of all operations.
    """

    operations: list[Document]
    tolerated: tuple[str, ...] = ()


Result: TypeAlias = (
    Shown | Listed | Walked | Unchanged | Written | Deleted | BulkDone | Described | DescribedAll | Methods
)
