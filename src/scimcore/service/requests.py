"""What a request asks to be done: one frozen class for each operation, read from a request.

What stands in the URL, the headers and the outer form of the body is read here, so that an operation is complete and
of the right types. What needs the stored resource (mutability, uniqueness, preconditions) is for ``operations``.
"""

from collections.abc import Callable
from typing import NamedTuple, Self, TypeAlias

from scimcore import urns
from scimcore.dialects import Dialect
from scimcore.documents import JSON, Document, loads_object
from scimcore.errors import (
    Forbidden,
    InvalidSyntax,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from scimcore.filter import Filter
from scimcore.http import Request
from scimcore.messages.patch import read_patch
from scimcore.ordering import sort_key
from scimcore.patch.tolerances import PatchTolerances, Tolerated
from scimcore.projection import Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.parameters import known_parameters, parameters
from scimcore.service.preconditions import Preconditions, preconditions
from scimcore.service.provider import Provider
from scimcore.storage import Query

MEDIA_TYPES = frozenset({"application/scim+json", "application/json"})


class Reader(NamedTuple):
    """By what a request is read: the provider's limits and the caller's dialect."""

    provider: Provider
    dialect: Dialect


class CreateResource(NamedTuple):
    """POST /Users (RFC 7644 §3.3)."""

    resource_type: ResourceType
    payload: Document
    selection: Selection
    tolerated: tuple[str, ...] = ()

    @classmethod
    def of(cls, resource_type: ResourceType, request: Request, id: str, reader: Reader) -> Self:
        """Read the request."""
        payload, tolerated = reader.dialect.rewrite_resource(_payload(request, reader.provider), resource_type)
        return cls(resource_type, payload, parameters(request.query).selection, _names(tolerated))


class ReadResource(NamedTuple):
    """GET /Users/{id} (RFC 7644 §3.4.1)."""

    resource_type: ResourceType
    id: str
    selection: Selection
    preconditions: Preconditions

    @classmethod
    def of(cls, resource_type: ResourceType, request: Request, id: str, reader: Reader) -> Self:
        """Read the request."""
        return cls(resource_type, id, parameters(request.query).selection, preconditions(request.headers))


class ListResources(NamedTuple):
    """GET /Users (RFC 7644 §3.4.2)."""

    query: Query

    @classmethod
    def of(cls, resource_type: ResourceType, request: Request, id: str, reader: Reader) -> Self:
        """Read the request."""
        asked = parameters(request.query)
        config = reader.provider.config
        if asked.sort_by is not None:
            # Refused here, whatever the store does with it: an order by a password would tell about passwords.
            sort_key(asked.sort_by, resource_type)
        return cls(
            Query(
                resource_types=(resource_type,),
                filter=_filter(asked.filter, resource_type, reader.dialect) if asked.filter is not None else None,
                sort_by=asked.sort_by,
                descending=asked.descending,
                start_index=asked.start_index,
                count=config.default_results if asked.count is None else min(asked.count, config.max_results),
                selection=asked.selection,
            )
        )


class ReplaceResource(NamedTuple):
    """PUT /Users/{id} (RFC 7644 §3.5.1)."""

    resource_type: ResourceType
    id: str
    payload: Document
    selection: Selection
    preconditions: Preconditions
    tolerated: tuple[str, ...] = ()

    @classmethod
    def of(cls, resource_type: ResourceType, request: Request, id: str, reader: Reader) -> Self:
        """Read the request."""
        payload, tolerated = reader.dialect.rewrite_resource(_payload(request, reader.provider), resource_type)
        selection = parameters(request.query).selection
        return cls(resource_type, id, payload, selection, preconditions(request.headers), _names(tolerated))


class PatchResource(NamedTuple):
    """PATCH /Users/{id} (RFC 7644 §3.5.2)."""

    resource_type: ResourceType
    id: str
    operations: list[JSON]
    selection: Selection
    preconditions: Preconditions
    tolerances: PatchTolerances = frozenset()
    tolerated: tuple[str, ...] = ()

    @classmethod
    def of(cls, resource_type: ResourceType, request: Request, id: str, reader: Reader) -> Self:
        """Read the request."""
        dialect = reader.dialect
        payload, tolerated = dialect.rewrite_patch(_payload(request, reader.provider, read_patch), resource_type)
        return cls(
            resource_type,
            id,
            _patch_operations(payload),
            parameters(request.query).selection,
            preconditions(request.headers),
            dialect.patch_tolerances,
            _names(tolerated),
        )


class DeleteResource(NamedTuple):
    """DELETE /Users/{id} (RFC 7644 §3.6)."""

    resource_type: ResourceType
    id: str
    preconditions: Preconditions

    @classmethod
    def of(cls, resource_type: ResourceType, request: Request, id: str, reader: Reader) -> Self:
        """Read the request."""
        return cls(resource_type, id, preconditions(request.headers))


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


Operation: TypeAlias = (
    CreateResource
    | ReadResource
    | ListResources
    | ReplaceResource
    | PatchResource
    | DeleteResource
    | ReadDescription
    | ListDescriptions
)


def _payload(request: Request, provider: Provider, read: Callable[..., Document] = loads_object) -> Document:
    """Read the body, which must be a JSON object."""
    if len(request.body) > provider.limits.max_payload_bytes:
        # How long it is, nobody has counted: the rest was not read.
        raise PayloadTooLarge(f"The body has more than {provider.limits.max_payload_bytes} bytes.")
    if request.body:
        media_type = request.headers.get("content-type").partition(";")[0].strip().lower()
        if media_type not in MEDIA_TYPES:
            raise UnsupportedMediaType("The body must be sent with Content-Type: application/scim+json.")
    return read(request.body, limits=provider.limits)


def _patch_operations(payload: Document) -> list[JSON]:
    """Take the operations out of a PatchOp message (RFC 7644 §3.5.2)."""
    members = {name.lower(): value for name, value in payload.items()}
    schemas = members.get("schemas")
    if not isinstance(schemas, list) or not any(isinstance(urn, str) and urn.lower() == _PATCH_OP for urn in schemas):
        raise InvalidSyntax(f"'schemas' must list {urns.PATCH_OP}.", path="schemas", rule="RFC 7644 §3.5.2")
    operations = members.get("operations")
    if not isinstance(operations, list):
        raise InvalidSyntax("'Operations' must be an array of operations.", path="Operations", rule="RFC 7644 §3.5.2")
    return operations


_PATCH_OP = urns.PATCH_OP.lower()


def _filter(text: str, resource_type: ResourceType, dialect: Dialect) -> Filter:
    return Filter(text, resource_type, tolerances=dialect.filter_tolerances)


def _names(tolerated: tuple[Tolerated, ...]) -> tuple[str, ...]:
    return tuple(use.quirk for use in tolerated)


def _refuse_filter(request: Request) -> None:
    if request.query and "filter" in known_parameters(request.query):
        raise Forbidden("Schemas, resource types and the configuration cannot be filtered (RFC 7644 §4).")
