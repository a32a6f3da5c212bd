"""From a request to an operation: the table that chooses, and what of the URL, the headers and the body is looked at.

What an operation is, and what is made of a body, stands in ``requests``.
"""

from functools import partial

from scimcore.errors import MethodNotAllowed, NotFound
from scimcore.http import Request
from scimcore.messages.patch import read_patch
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import Caller
from scimcore.service.cursors import CursorCodec
from scimcore.service.discovery import descriptions
from scimcore.service.me import ME, Read, ReadOf, routes_of_me
from scimcore.service.meta import PLAIN_SEGMENT
from scimcore.service.negotiation import check_accept
from scimcore.service.parameters import parameters
from scimcore.service.preconditions import NO_PRECONDITIONS, Preconditions, preconditions
from scimcore.service.provider import Provider
from scimcore.service.reader import Reader
from scimcore.service.requests import (
    CreateResource,
    DeleteResource,
    ListDescriptions,
    ListResources,
    Operation,
    PatchResource,
    ReadDescription,
    ReadResource,
    ReplaceResource,
    RunBulk,
    ShowMethods,
)
from scimcore.service.url_paths import decoded

# What is to be read of a request --------------------------------------------------------------------------------------


def _create(resource_type: ResourceType, request: Request, id: str, reader: Reader) -> CreateResource:
    plain = reader.plain_payload(request, resource_type)
    if plain is not None:
        return CreateResource(resource_type, plain, _selection(request), (), True)
    return CreateResource.closely(resource_type, reader.payload(request), _selection(request), reader)


def _read(resource_type: ResourceType, request: Request, id: str, reader: Reader) -> ReadResource:
    return ReadResource(resource_type, id, _selection(request), _preconditions(request))


def _replace(resource_type: ResourceType, request: Request, id: str, reader: Reader) -> ReplaceResource:
    data, selection = reader.payload(request), _selection(request)
    return ReplaceResource.from_data(resource_type, id, data, selection, _preconditions(request), reader)


def _patch(resource_type: ResourceType, request: Request, id: str, reader: Reader) -> PatchResource:
    data, selection = reader.payload(request, read_patch), _selection(request)
    return PatchResource.from_data(resource_type, id, data, selection, _preconditions(request), reader)


def _delete(resource_type: ResourceType, request: Request, id: str, reader: Reader) -> DeleteResource:
    return DeleteResource(resource_type, id, _preconditions(request))


def _selection(request: Request) -> Selection:
    return parameters(request.query).selection if request.query else DEFAULT_SELECTION


def _preconditions(request: Request) -> Preconditions:
    fields = request.headers.fields
    given = "if-match" in fields or "if-none-match" in fields
    return preconditions(request.headers) if given else NO_PRECONDITIONS


# The table -----------------------------------------------------------------------------------------------------------

_OF_ME: dict[str, ReadOf] = {"GET": _read, "POST": _create, "PUT": _replace, "PATCH": _patch, "DELETE": _delete}
# Of each resource type: method, where below its endpoint, what to make of it.
RESOURCE_ROUTES: tuple[tuple[str, str, ReadOf], ...] = (
    ("GET", "", ListResources.of),
    ("POST", "", _create),
    ("GET", "/{id}", _read),
    ("PUT", "/{id}", _replace),
    ("PATCH", "/{id}", _patch),
    ("DELETE", "/{id}", _delete),
)


class Routes:
    """All that a provider can be asked, by path and method: one look-up for each request."""

    __slots__ = ("_below", "_cursors", "_exact", "_last", "_provider")

    def __init__(self, provider: Provider, *, cursors: bool = False) -> None:
        """Make the tables.

        Args:
            provider: What the service offers.
            cursors: Whether the store can go on from a position: then the service offers cursors (RFC 9865).
        """
        self._provider = provider
        self._cursors = (
            CursorCodec(provider.cursor_secret, provider.config.cursor_lifetime_seconds, provider.now)
            if cursors
            else None
        )
        # The same client asks again, nearly always.
        self._last = Reader(provider, provider.dialect, Caller(""), self._cursors)
        self._exact: dict[str, dict[str, Read]] = {}
        self._below: dict[str, dict[str, Read]] = {}
        for resource_type in provider.resource_types:
            for method, below, read in RESOURCE_ROUTES:
                self._add(method, resource_type.endpoint + below, partial(read, resource_type))
            self._add("POST", resource_type.endpoint + "/.search", partial(ListResources.searched, (resource_type,)))
        self._add("GET", "", partial(ListResources.of_all, provider.resource_types))
        self._add("POST", "/.search", partial(ListResources.searched, provider.resource_types))
        self._add("POST", "/Bulk", RunBulk.of)
        for method, read_own in routes_of_me(provider, _OF_ME).items():
            self._add(method, ME, read_own)
        for described in descriptions(provider, cursors=cursors):
            read_one = partial(ReadDescription.of, described.find)
            if described.listed:
                self._add("GET", described.endpoint, partial(ListDescriptions.of, described.documents))
                self._add("GET", described.endpoint + "/{id}", read_one)
            else:
                self._add("GET", described.endpoint, read_one)

    def operation(self, request: Request, caller: Caller) -> Operation:
        """Say what a request asks to be done.

        Args:
            request: What was sent.
            caller: From whom; brings a dialect.

        Raises:
            BadRequest: If the path is one that two servers could read differently.
            NotFound: If there is no such endpoint.
            MethodNotAllowed: If it has no such method.
            Unsupported: If it is one of RFC 7644 §3.2 that this service does not offer.
            ScimError: Whatever is wrong with headers, parameters or the form of the body.
        """
        provider = self._provider
        if provider.strict_accept:
            check_accept(request.headers.get("accept"))
        # Nearly every path is as declared, with an id that needs no decoding.
        methods, id = self._exact.get(request.path), ""
        if methods is None:
            parent, _, id = request.path.rpartition("/")
            methods = self._below.get(parent) if PLAIN_SEGMENT(id) else None
        if methods is None:
            methods, id = self._found(decoded(request.path))
        # HEAD is GET without the body (RFC 9110 §9.3.2), which the answer leaves away.
        read = methods.get("GET" if request.method == "HEAD" else request.method)
        if read is None:
            allow = ("HEAD", *methods) if "GET" in methods else tuple(methods)
            if request.method == "OPTIONS":
                return ShowMethods((*allow, "OPTIONS"))
            raise MethodNotAllowed(f"The endpoint has the methods {', '.join(allow)}.", allow=allow)
        reader = self._last
        if reader.caller is not caller:
            reader = self._last = Reader(provider, caller.dialect or provider.dialect, caller, self._cursors)
        return read(request, id, reader)

    def _found(self, path: str) -> tuple[dict[str, Read], str]:
        """Return the methods of a path, and the id of the resource that it names."""
        methods = self._exact.get(path)
        if methods is not None:
            return methods, ""
        parent, _, id = path.rpartition("/")
        methods = self._below.get(parent)
        if methods is not None and id and id[0] != ".":
            return methods, id
        folded = self._exact.get(path.lower())
        if folded is not None:
            return folded, ""
        methods = self._below.get(parent.lower())
        # No resource is called ".search" where something else is.
        if methods is None or not id or id.lower() == _SEARCH:
            raise NotFound("There is no such endpoint.")
        return methods, id

    def _add(self, method: str, path: str, read: Read) -> None:
        table = self._below if path.endswith("/{id}") else self._exact
        path = path.removesuffix("/{id}")
        # As declared, so that usual requests need no folding, and folded.
        methods = table.setdefault(path, table.get(path.lower(), {}))
        table[path.lower()] = methods
        methods[method] = read


_SEARCH = ".search"
