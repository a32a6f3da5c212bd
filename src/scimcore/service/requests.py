"""What a request asks to be done: one frozen class for each operation, complete and of the right types.

What needs the stored resource (mutability, uniqueness, preconditions) is for ``operations``. ``from_data`` makes an
operation of the parts of a request, or of what a bulk request has in their stead; ``of`` reads one of a request to
which no other has the like.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Self, TypeAlias

from scimcore import urns
from scimcore.documents import JSON, Document
from scimcore.errors import Forbidden, InvalidSyntax, NotFound
from scimcore.http import Request
from scimcore.patch.tolerances import PatchTolerances, Tolerated
from scimcore.projection import Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.bulk_request import BulkOperation, bulk_request
from scimcore.service.interop import conforming_patch, refuse_undeclared
from scimcore.service.parameters import known_parameters, parameters
from scimcore.service.preconditions import Preconditions
from scimcore.service.reader import Reader
from scimcore.service.referring import removed_by_value
from scimcore.service.search import Walk, query_of, search_request
from scimcore.storage import Query


class CreateResource(NamedTuple):
    """POST /Users (RFC 7644 §3.3).

    Attributes:
        accepted: Whether the payload has been looked at already, and is as it will be stored.
    """

    resource_type: ResourceType
    payload: Document
    selection: Selection
    tolerated: tuple[str, ...] = ()
    accepted: bool = False

    def __repr__(self) -> str:
        # What was sent may be a password.
        return f"CreateResource({self.resource_type.name!r})"

    @classmethod
    def from_data(
        cls,
        resource_type: ResourceType,
        id: str,
        data: Document,
        selection: Selection,
        preconditions: Preconditions,
        reader: Reader,
    ) -> Self:
        """Make the operation of its parts."""
        accepted = reader.plain(data, resource_type)
        if accepted is not None:
            return cls(resource_type, accepted, selection, (), True)
        return cls.closely(resource_type, data, selection, reader)

    @classmethod
    def closely(cls, resource_type: ResourceType, data: Document, selection: Selection, reader: Reader) -> Self:
        """Make the operation of a body that has something to be put right, or to be refused."""
        payload, tolerated = _resource(data, resource_type, reader)
        return cls(resource_type, payload, selection, tolerated)


class ReadResource(NamedTuple):
    """GET /Users/{id} (RFC 7644 §3.4.1)."""

    resource_type: ResourceType
    id: str
    selection: Selection
    preconditions: Preconditions


class ListResources(NamedTuple):
    """GET /Users, GET / or POST .search below either (RFC 7644 §3.4.2, §3.4.3).

    Attributes:
        query: What the store is asked.
        walk: If the client goes by cursors, which page this is (RFC 9865).
    """

    query: Query
    walk: Walk | None = None

    @classmethod
    def of(cls, resource_type: ResourceType, request: Request, id: str, reader: Reader) -> Self:
        """Read the request."""
        return cls(*query_of(parameters(request.query), (resource_type,), reader))

    @classmethod
    def of_all(cls, resource_types: Sequence[ResourceType], request: Request, id: str, reader: Reader) -> Self:
        """Read a request to the root, which is about resources of all types (RFC 7644 §3.4.2.1)."""
        return cls(*query_of(parameters(request.query), tuple(resource_types), reader))

    @classmethod
    def searched(cls, resource_types: Sequence[ResourceType], request: Request, id: str, reader: Reader) -> Self:
        """Read a request to ``.search``. What its URL asks beside is ignored: the query is in the body."""
        return cls(*query_of(search_request(reader.payload(request)), tuple(resource_types), reader))


class ReplaceResource(NamedTuple):
    """PUT /Users/{id} (RFC 7644 §3.5.1)."""

    resource_type: ResourceType
    id: str
    payload: Document
    selection: Selection
    preconditions: Preconditions
    tolerated: tuple[str, ...] = ()

    def __repr__(self) -> str:
        # What was sent may be a password.
        return f"ReplaceResource({self.resource_type.name!r}, {self.id!r})"

    @classmethod
    def from_data(
        cls,
        resource_type: ResourceType,
        id: str,
        data: Document,
        selection: Selection,
        preconditions: Preconditions,
        reader: Reader,
    ) -> Self:
        """Make the operation of its parts."""
        payload, tolerated = _resource(data, resource_type, reader)
        return cls(resource_type, id, payload, selection, preconditions, tolerated)


class PatchResource(NamedTuple):
    """PATCH /Users/{id} (RFC 7644 §3.5.2)."""

    resource_type: ResourceType
    id: str
    operations: list[JSON]
    selection: Selection
    preconditions: Preconditions
    tolerances: PatchTolerances = frozenset()
    tolerated: tuple[str, ...] = ()

    def __repr__(self) -> str:
        # What was sent may be a password.
        return f"PatchResource({self.resource_type.name!r}, {self.id!r})"

    @classmethod
    def from_data(
        cls,
        resource_type: ResourceType,
        id: str,
        data: Document,
        selection: Selection,
        preconditions: Preconditions,
        reader: Reader,
    ) -> Self:
        """Make the operation of its parts."""
        dialect = reader.dialect
        payload, tolerated = dialect.rewrite_patch(data, resource_type)
        operations = _patch_operations(payload)
        if any(map(_may_name_urls, operations)):
            operations = removed_by_value(operations, resource_type)
        if reader.provider.interop_strict:
            operations = conforming_patch(operations, resource_type)
        return cls(resource_type, id, operations, selection, preconditions, dialect.patch_tolerances, _names(tolerated))


class DeleteResource(NamedTuple):
    """DELETE /Users/{id} (RFC 7644 §3.6)."""

    resource_type: ResourceType
    id: str
    preconditions: Preconditions

    @classmethod
    def from_data(
        cls,
        resource_type: ResourceType,
        id: str,
        data: Document,
        selection: Selection,
        preconditions: Preconditions,
        reader: Reader,
    ) -> Self:
        """Make the operation of its parts."""
        return cls(resource_type, id, preconditions)


class RunBulk(NamedTuple):
    """POST /Bulk (RFC 7644 §3.7).

    Attributes:
        operations: In the order in which they were sent.
        fail_on_errors: After how many errors to stop; None to go on whatever happens.
        refers: Whether any of them refers to another one by its ``bulkId``.
        selection: Of each resource that is answered, what to show; None shows none.
        reader: By what the operations are read.
    """

    operations: tuple[BulkOperation, ...]
    fail_on_errors: int | None
    refers: bool
    selection: Selection | None
    reader: Reader

    @classmethod
    def of(cls, request: Request, id: str, reader: Reader) -> Self:
        """Read the request."""
        asked = parameters(request.query).selection
        operations, fail_on_errors, refers = bulk_request(request, reader)
        return cls(operations, fail_on_errors, refers, asked if any(asked) else None, reader)


class ReadDescription(NamedTuple):
    """GET /ServiceProviderConfig, /Schemas/{id} or /ResourceTypes/{id} (RFC 7644 §4)."""

    document: Document

    @classmethod
    def of(cls, find: Callable[[str], Document | None], request: Request, id: str, reader: Reader) -> Self:
        """Find the document."""
        _refuse_filter(request)
        document = find(id)
        if document is None:
            raise NotFound("There is no such description.")
        return cls(document)


class ListDescriptions(NamedTuple):
    """GET /Schemas or /ResourceTypes (RFC 7644 §4)."""

    documents: tuple[Document, ...]

    @classmethod
    def of(cls, documents: tuple[Document, ...], request: Request, id: str, reader: Reader) -> Self:
        """Take all the documents. Sorting, paging and selecting are ignored, as RFC 7644 §4 has it."""
        _refuse_filter(request)
        return cls(documents)


class ShowMethods(NamedTuple):
    """OPTIONS of any endpoint (RFC 9110 §9.3.7)."""

    allow: tuple[str, ...]


Operation: TypeAlias = (
    CreateResource
    | ReadResource
    | ListResources
    | ReplaceResource
    | PatchResource
    | DeleteResource
    | RunBulk
    | ReadDescription
    | ListDescriptions
    | ShowMethods
)


def _resource(data: Document, resource_type: ResourceType, reader: Reader) -> tuple[Document, tuple[str, ...]]:
    """Read the representation of a resource as its sender meant it."""
    if reader.provider.interop_strict:
        # As it was sent: a dialect would leave out what is unknown.
        refuse_undeclared(data, resource_type)
    payload, tolerated = reader.dialect.rewrite_resource(data, resource_type)
    return payload, _names(tolerated)


def _patch_operations(payload: Document) -> list[JSON]:
    """Take the operations out of a PatchOp message (RFC 7644 §3.5.2)."""
    if payload.get("schemas") == _USUAL_SCHEMAS and payload.get("Operations").__class__ is list and len(payload) == 2:
        usual: list[JSON] = payload["Operations"]
        return usual
    members = {name.lower(): value for name, value in payload.items()}
    schemas = members.get("schemas")
    if not isinstance(schemas, list) or not any(isinstance(urn, str) and urn.lower() == _PATCH_OP for urn in schemas):
        raise InvalidSyntax(f"'schemas' must list {urns.PATCH_OP}.", path="schemas", rule="RFC 7644 §3.5.2")
    operations = members.get("operations")
    if not isinstance(operations, list):
        raise InvalidSyntax("'Operations' must be an array of operations.", path="Operations", rule="RFC 7644 §3.5.2")
    return operations


def _may_name_urls(operation: JSON) -> bool:
    if not isinstance(operation, dict):
        return False
    path = operation.get("path")
    return isinstance(path, str) and ("$" in path or operation.get("op") == "remove")


_PATCH_OP = urns.PATCH_OP.lower()
_USUAL_SCHEMAS = [urns.PATCH_OP]


def _names(tolerated: tuple[Tolerated, ...]) -> tuple[str, ...]:
    return tuple(use.quirk for use in tolerated) if tolerated else ()


def _refuse_filter(request: Request) -> None:
    if request.query and "filter" in known_parameters(request.query):
        raise Forbidden("Schemas, resource types and the configuration cannot be filtered (RFC 7644 §4).")
