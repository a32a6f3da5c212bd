"""From a result or an error to a response: the documents, headers and status codes of RFC 7644 §3."""

from typing import assert_never

from scimcore import urns
from scimcore.documents import Document, dumps, quick_dumps
from scimcore.errors import MethodNotAllowed, ScimError, ServiceUnavailable, TooManyRequests, Unauthorized
from scimcore.http import Request, Response
from scimcore.service.authentication import DEFAULT_CHALLENGE, Challenged
from scimcore.service.meta import location
from scimcore.service.negotiation import SCIM, media_type
from scimcore.service.preconditions import etag
from scimcore.service.provider import Provider
from scimcore.service.requests import DeleteResource, Operation, PatchResource, ReadResource, ReplaceResource
from scimcore.service.results import (
    BulkDone,
    Deleted,
    Described,
    DescribedAll,
    Listed,
    Methods,
    Result,
    Shown,
    Unchanged,
    Walked,
    Written,
)

Fields = tuple[tuple[str, str], ...]

# Values that clients chose are in the body: no browser shall take it for a page.
_NO_SNIFFING = ("X-Content-Type-Options", "nosniff")


def respond(result: Result, request: Request, provider: Provider, operation: Operation | None = None) -> Response:
    """Write the answer to an operation that was carried out.

    Args:
        result: What came of it.
        request: The request.
        provider: What the service offers.
        operation: What was asked; it says of a request to ``/Me`` whose resource it was about.
    """
    match result:
        case Shown():
            meta = result.document.get("meta") or _NO_META
            where = meta.get("location") or location(result.resource_type, result.stored.id, request.base_url)
            fields = (("ETag", meta.get("version") or etag(result.stored.version)), ("Location", where))
            return _answer(result.status, result.document, request, provider, fields)
        case Listed():
            document = _list_response(result.documents, result.page.total_results, result.query.start_index)
            return _answer(200, document, request, provider)
        case Walked():
            return _answer(200, _page_of_walk(result), request, provider)
        case Unchanged():
            return Response(304, (("ETag", etag(result.version)), *_own_location(operation, request)))
        case Written():
            return Response(204, (("ETag", etag(result.version)), *_own_location(operation, request)))
        case Deleted():
            return Response(204, _own_location(operation, request))
        case Described():
            return _answer(200, _located(result.document, request.base_url), request, provider)
        case DescribedAll():
            resources = [_located(document, request.base_url) for document in result.documents]
            return _answer(200, _list_response(resources, len(resources), 1), request, provider)
        case BulkDone():
            return _answer(200, {"schemas": [urns.BULK_RESPONSE], "Operations": result.operations}, request, provider)
        case Methods():
            return Response(204, (("Allow", ", ".join(result.allow)),))
        case _:
            assert_never(result)


_NO_META: Document = {}


def refuse(error: ScimError, request: Request, provider: Provider) -> Response:
    """Write an error as RFC 7644 §3.12 has it, with the header fields that its status code asks for."""
    fields: Fields = ()
    match error:
        case Challenged():
            fields = (("WWW-Authenticate", error.challenge),)
        case Unauthorized():
            fields = (("WWW-Authenticate", DEFAULT_CHALLENGE),)
        case MethodNotAllowed():
            fields = (("Allow", ", ".join(error.allow)),)
        case TooManyRequests() | ServiceUnavailable():
            # As a number: Okta does not read a date.
            fields = (("Retry-After", str(error.retry_after_seconds)),)
        case _:
            pass
    return _answer(error.status, error.to_document(), request, provider, fields)


def _own_location(operation: Operation | None, request: Request) -> Fields:
    """Any answer about ``/Me`` says where the resource really is, also one that has no body (RFC 7644 §3.11)."""
    match operation:
        case ReadResource() | DeleteResource() | PatchResource() | ReplaceResource():
            if request.path[:3].lower() == "/me" and request.path[3:] in ("", "/"):
                return (("Location", location(operation.resource_type, operation.id, request.base_url)),)
        case _:
            pass
    return ()


def _answer(status: int, document: Document, request: Request, provider: Provider, fields: Fields = ()) -> Response:
    try:
        body = quick_dumps(document)
    except TypeError:
        body = dumps(document)
    # Interoperability profile §6.2: one media type, whatever the client accepts.
    accept = request.headers.fields.get("accept")
    kind = SCIM if not accept or accept == SCIM or provider.interop_strict else media_type(accept)
    return Response(
        status,
        (("Content-Type", kind), ("Content-Length", str(len(body))), _NO_SNIFFING) + fields,  # noqa: RUF005 - faster
        # A HEAD says how long the body would be (RFC 9110 §9.3.2).
        b"" if request.method == "HEAD" else body,
    )


def _list_response(resources: list[Document], total_results: int, start_index: int) -> Document:
    # `Resources` also when it is empty: clients read it without asking whether it is there.
    return {
        "schemas": [urns.LIST_RESPONSE],
        "totalResults": total_results,
        "startIndex": start_index,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def _page_of_walk(walked: Walked) -> Document:
    """Write a page with cursors (RFC 9865 §2). It has no ``startIndex``: nobody has counted what came before."""
    page, walk = walked.page, walked.walk
    document: Document = {"schemas": [urns.LIST_RESPONSE]}
    if page.total_results is not None:
        document["totalResults"] = page.total_results
    document["itemsPerPage"] = len(page.resources)
    if page.next is not None:
        document["nextCursor"] = walk.cursor(page.next)
    # The first page never has one, whatever the store says (RFC 9865 Table 2).
    if page.previous is not None and walk.position is not None:
        document["previousCursor"] = walk.cursor(page.previous)
    document["Resources"] = walked.documents
    return document


def _located(document: Document, base_url: str) -> Document:
    meta = document["meta"]
    return {**document, "meta": {**meta, "location": base_url + meta["location"]}}
