"""What comes of an operation: one class for each kind of answer, to be written by ``responses``."""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from scimcore.documents import Document
from scimcore.projection import Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.storage import Page, Query, Stored


class Shown(NamedTuple):
    """One resource is answered: 200, or 201 for a new one.

    Attributes:
        tolerated: The names of the quirks of the caller's dialect that were needed to understand the request.
    """

    status: int
    resource_type: ResourceType
    stored: Stored
    selection: Selection
    tolerated: tuple[str, ...] = ()


class Listed(NamedTuple):
    """A page of resources is answered."""

    query: Query
    page: Page

    @property
    def tolerated(self) -> tuple[str, ...]:
        """The names of the quirks that were needed to understand the filter."""
        filter = self.query.filter
        return () if filter is None else tuple(use.tolerance.value for use in filter.tolerated)


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


Result: TypeAlias = Shown | Listed | Unchanged | Written | Deleted | Described | DescribedAll
