"""``/Me``: the caller's own user, under a name that is the same for all (RFC 7644 §3.11).

A request to ``/Me`` is the request to the user that the host says the caller is; from then on nothing is special, so
that ``Location`` and ``meta.location`` are the user's own.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from scimcore.errors import NotFound, Uniqueness, Unsupported
from scimcore.http import Request
from scimcore.schema.resource_type import ResourceType
from scimcore.service.provider import USER_NAME, Provider
from scimcore.service.reader import Reader
from scimcore.service.requests import Operation

Read: TypeAlias = Callable[[Request, str, Reader], Operation]
ReadOf: TypeAlias = Callable[[ResourceType, Request, str, Reader], Operation]

ME = "/Me"


def routes_of_me(provider: Provider, routes: Mapping[str, ReadOf]) -> dict[str, Read]:
    """Return what to make of each method of ``/Me``.

    Args:
        provider: What the service offers.
        routes: What to make of the methods of a resource, and of POST.
    """
    if provider.me is None:
        return dict.fromkeys(routes, _not_offered)
    user = next(each for each in provider.resource_types if each.name == USER_NAME)
    return {
        method: partial(_create if method == "POST" else _as_oneself, read, user) for method, read in routes.items()
    }


def _as_oneself(
    read: ReadOf,
    user: ResourceType,
    request: Request,
    _: str,
    reader: Reader,
) -> Operation:
    id = _own_id(reader)
    if id is None:
        raise NotFound("The caller is no user of this service.")
    return read(user, request, id, reader)


def _create(
    create: ReadOf,
    user: ResourceType,
    request: Request,
    _: str,
    reader: Reader,
) -> Operation:
    if _own_id(reader) is not None:
        raise Uniqueness("The caller is a user of this service already.")
    return create(user, request, "", reader)


def _own_id(reader: Reader) -> str | None:
    me = reader.provider.me
    return None if me is None else me(reader.caller)


def _not_offered(request: Request, _: str, reader: Reader) -> Operation:
    raise Unsupported("This service does not know who of its users a caller is: there is no /Me.")
