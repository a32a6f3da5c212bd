"""From a request to an operation: one frozen class for each, and the table that chooses.

What stands in the URL, the headers and the outer form of the body is read here, so that an operation is complete and
of the right types. What needs the stored resource (mutability, uniqueness, preconditions) is for ``operations``.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Self, TypeAlias
from urllib.parse import unquote

from scimcore import urns
from scimcore.dialects import Dialect
from scimcore.documents import JSON, Document, loads_object
from scimcore.errors import (
    BadRequest,
    Forbidden,
    InvalidSyntax,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Unsupported,
    UnsupportedMediaType,
)
from scimcore.filter import Filter
from scimcore.http import Request
from scimcore.ordering import sort_key
from scimcore.patch.tolerances import PatchTolerances, Tolerated
from scimcore.projection import Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import Caller
from scimcore.service.discovery import descriptions
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
        payload, tolerated = dialect.rewrite_patch(_payload(request, reader.provider), resource_type)
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

_Read: TypeAlias = Callable[[Request, str, Reader], Operation]

# Of each resource type: method, where below its endpoint, what to make of it.
RESOURCE_ROUTES: tuple[tuple[str, str, Callable[[ResourceType, Request, str, Reader], Operation]], ...] = (
    ("GET", "", ListResources.of),
    ("POST", "", CreateResource.of),
    ("GET", "/{id}", ReadResource.of),
    ("PUT", "/{id}", ReplaceResource.of),
    ("PATCH", "/{id}", PatchResource.of),
    ("DELETE", "/{id}", DeleteResource.of),
)

# Endpoints of RFC 7644 §3.2 that this service does not offer.
UNSUPPORTED = frozenset({"", "/me", "/bulk", "/.search"})


class Routes:
    """All that a provider can be asked, by path and method: one look-up for each request."""

    __slots__ = ("_below", "_exact", "_provider")

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._exact: dict[str, dict[str, _Read]] = {}
        self._below: dict[str, dict[str, _Read]] = {}
        for resource_type in provider.resource_types:
            for method, below, read in RESOURCE_ROUTES:
                self._add(method, resource_type.endpoint + below, partial(read, resource_type))
        for described in descriptions(provider):
            read = partial(ReadDescription.of, described.find)
            if described.listed:
                self._add("GET", described.endpoint, partial(ListDescriptions.of, described.documents))
                self._add("GET", described.endpoint + "/{id}", read)
            else:
                self._add("GET", described.endpoint, read)

    def operation(self, request: Request, caller: Caller) -> Operation:
        """Say what a request asks to be done.

        Args:
            request: From whom, is known already.
            caller: Brings its dialect.

        Raises:
            BadRequest: If the path is one that two servers could read differently.
            NotFound: If there is no such endpoint.
            MethodNotAllowed: If it has no such method.
            ScimError: Whatever is wrong with headers, parameters or the form of the body.
        """
        path = _decoded(request.path)
        id = ""
        methods = self._exact.get(path) or self._exact.get(path.lower())
        if methods is None:
            parent, _, id = path.rpartition("/")
            methods = self._below.get(parent) or self._below.get(parent.lower())
            if path.lower() in UNSUPPORTED or (methods and id == ".search"):
                raise Unsupported("This service does not offer the endpoint.")
            if methods is None or not id:
                raise NotFound("There is no such endpoint.")
        # HEAD is GET without the body (RFC 9110 §9.3.2), which the handler leaves away.
        read = methods.get("GET" if request.method == "HEAD" else request.method)
        if read is None:
            allow = ("HEAD", *methods) if "GET" in methods else tuple(methods)
            raise MethodNotAllowed(f"The endpoint has the methods {', '.join(allow)}.", allow=allow)
        return read(request, id, Reader(self._provider, caller.dialect or self._provider.dialect))

    def _add(self, method: str, path: str, read: _Read) -> None:
        table = self._below if path.endswith("/{id}") else self._exact
        path = path.removesuffix("/{id}")
        # As declared, so that usual requests need no folding, and folded.
        methods = table.setdefault(path, table.get(path.lower(), {}))
        table[path.lower()] = methods
        methods[method] = read


def _decoded(path: str) -> str:
    """Decode a path, once, without the slash that some clients put at its end."""
    if "%" in path:
        if "%2f" in path.lower():
            raise BadRequest("The path has an encoded slash.")
        try:
            path = unquote(path, errors="strict")
        except UnicodeDecodeError:
            raise BadRequest("The path is not UTF-8.") from None
    if not path.isprintable():
        raise BadRequest("The path has a character that is not printable.")
    if "/." in path and not {".", ".."}.isdisjoint(path.split("/")):
        raise BadRequest("The path has a dot segment.")
    return path[:-1] if path.endswith("/") else path


def _payload(request: Request, provider: Provider) -> Document:
    """Read the body, which must be a JSON object."""
    if len(request.body) > provider.limits.max_payload_bytes:
        # How long it is, nobody has counted: the rest was not read.
        raise PayloadTooLarge(f"The body has more than {provider.limits.max_payload_bytes} bytes.")
    if request.body:
        media_type = request.headers.get("content-type").partition(";")[0].strip().lower()
        if media_type not in MEDIA_TYPES:
            raise UnsupportedMediaType("The body must be sent with Content-Type: application/scim+json.")
    return loads_object(request.body, limits=provider.limits)


def _patch_operations(payload: Document) -> list[JSON]:
    """Take the operations out of a PatchOp message (RFC 7644 §3.5.2)."""
    members = {name.lower(): value for name, value in payload.items()}
    schemas = members.get("schemas")
    if not isinstance(schemas, list) or not any(isinstance(urn, str) and urn.lower() == _PATCH_OP for urn in schemas):
        raise InvalidSyntax(f"'schemas' must list {urns.PATCH_OP}.", path="schemas", rule="RFC 7644 §3.5.2")
    operations = members.get("operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidSyntax(
            "'Operations' must be an array of one or more operations.", path="Operations", rule="RFC 7644 §3.5.2"
        )
    return operations


_PATCH_OP = urns.PATCH_OP.lower()


def _filter(text: str, resource_type: ResourceType, dialect: Dialect) -> Filter:
    return Filter(text, resource_type, tolerances=dialect.filter_tolerances)


def _names(tolerated: tuple[Tolerated, ...]) -> tuple[str, ...]:
    return tuple(use.quirk for use in tolerated)


def _refuse_filter(request: Request) -> None:
    if request.query and "filter" in known_parameters(request.query):
        raise Forbidden("Schemas, resource types and the configuration cannot be filtered (RFC 7644 §4).")
