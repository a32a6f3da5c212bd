"""``/Me``: the caller's own user, under a name that is the same for all (RFC 7644 §3.11).

A request to ``/Me`` is the request to the user that the host says the caller is; from then on nothing is special, so
that ``Location`` and ``meta.location`` are the user's own.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from scimcore.errors import NotFound, Uniqueness, Unsupported
from scimcore.http import Request
from scimcore.schema.resource_type import ResourceType
from scimcore.service.provider import USER_NAME, Provider
from scimcore.service.reader import Reader
from scimcore.service.requests import (
    CreateResource,
    DeleteResource,
    Operation,
    PatchResource,
    ReadResource,
    ReplaceResource,
)

Read: TypeAlias = Callable[[Request, str, Reader], Operation]

ME = "/Me"

_ROUTES: tuple[tuple[str, Callable[[ResourceType, Request, str, Reader], Operation]], ...] = (
    ("GET", ReadResource.of),
    ("PUT", ReplaceResource.of),
    ("PATCH", PatchResource.of),
    ("DELETE", DeleteResource.of),
)


def routes_of_me(provider: Provider) -> dict[str, Read]:
    """Return what to make of each method of ``/Me``."""
    if provider.me is None:
        return dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), _not_offered)
    user = next(each for each in provider.resource_types if each.name == USER_NAME)
    routes: dict[str, Read] = {method: partial(_as_oneself, read, user) for method, read in _ROUTES}
    routes["POST"] = partial(_create, user)
    return routes


def _as_oneself(
    read: Callable[[ResourceType, Request, str, Reader], Operation],
    user: ResourceType,
    request: Request,
    _: str,
    reader: Reader,
) -> Operation:
    id = _own_id(reader)
    if id is None:
        raise NotFound("The caller is no user of this service.")
    return read(user, request, id, reader)


def _create(user: ResourceType, request: Request, _: str, reader: Reader) -> Operation:
    if _own_id(reader) is not None:
        raise Uniqueness("The caller is a user of this service already.")
    return CreateResource.of(user, request, "", reader)


def _own_id(reader: Reader) -> str | None:
    me = reader.provider.me
    return None if me is None else me(reader.caller)


def _not_offered(request: Request, _: str, reader: Reader) -> Operation:
    raise Unsupported("This service does not know who of its users a caller is: there is no /Me.")
