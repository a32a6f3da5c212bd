"""From a request to an operation: the table that chooses.

What an operation is, and how it is read from a request, stands in ``requests``.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias
from urllib.parse import unquote

from scimcore.errors import BadRequest, MethodNotAllowed, NotFound, Unsupported
from scimcore.http import Request
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import Caller
from scimcore.service.discovery import descriptions
from scimcore.service.provider import Provider
from scimcore.service.requests import (
    CreateResource,
    DeleteResource,
    ListDescriptions,
    ListResources,
    Operation,
    PatchResource,
    ReadDescription,
    Reader,
    ReadResource,
    ReplaceResource,
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
