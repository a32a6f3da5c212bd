"""From a result or an error to a response: the documents, headers and status codes of RFC 7644 §3."""

from typing import assert_never

from scimcore import urns
from scimcore.documents import Document, dumps
from scimcore.errors import MethodNotAllowed, ScimError, ServiceUnavailable, TooManyRequests, Unauthorized
from scimcore.http import Request, Response
from scimcore.projection import Selection, project
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import DEFAULT_CHALLENGE, Challenged
from scimcore.service.meta import location, meta_of
from scimcore.service.preconditions import etag
from scimcore.service.results import Deleted, Described, DescribedAll, Listed, Result, Shown, Unchanged, Written
from scimcore.storage import Stored

Fields = tuple[tuple[str, str], ...]


def respond(result: Result, request: Request) -> Response:
    """Write the answer to an operation that was carried out."""
    match result:
        case Shown():
            where = location(result.resource_type, result.stored.id, request.base_url)
            document = _present(result.stored, result.resource_type, result.selection, where)
            fields = (("ETag", etag(result.stored.version)), ("Location", where))
            return _answer(result.status, document, request, fields)
        case Listed():
            return _answer(200, _list_of_resources(result, request.base_url), request)
        case Unchanged():
            return Response(304, (("ETag", etag(result.version)),))
        case Written():
            return Response(204, (("ETag", etag(result.version)),))
        case Deleted():
            return Response(204)
        case Described():
            return _answer(200, _located(result.document, request.base_url), request)
        case DescribedAll():
            resources = [_located(document, request.base_url) for document in result.documents]
            return _answer(200, _list_response(resources, len(resources), 1), request)
        case _:
            assert_never(result)


def refuse(error: ScimError, request: Request) -> Response:
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
    return _answer(error.status, error.to_document(), request, fields)


def _answer(status: int, document: Document, request: Request, fields: Fields = ()) -> Response:
    body = dumps(document)
    return Response(
        status,
        (
            ("Content-Type", _media_type(request)),
            ("Content-Length", str(len(body))),
            # Values that clients chose are in the body: no browser shall take it for a page.
            ("X-Content-Type-Options", "nosniff"),
            *fields,
        ),
        # A HEAD says how long the body would be (RFC 9110 §9.3.2).
        b"" if request.method == "HEAD" else body,
    )


def _media_type(request: Request) -> str:
    """Choose between the two media types, which hold the same JSON; a client that wants a third gets the first."""
    accept = request.headers.get("accept")
    if "application/json" in accept and "application/scim+json" not in accept:
        return "application/json"
    return "application/scim+json"


def _present(stored: Stored, resource_type: ResourceType, selection: Selection, where: str) -> Document:
    meta = {**meta_of(stored, resource_type), "location": where}
    return project({**stored.document, "id": stored.id, "meta": meta}, selection, resource_type)


def _list_of_resources(listed: Listed, base_url: str) -> Document:
    query = listed.query
    # `schemas` names the type where a query is over several.
    types = {resource_type.schema.id: resource_type for resource_type in query.resource_types}
    resources = []
    for stored in listed.page.resources:
        resource_type = query.resource_types[0]
        if len(types) > 1:
            resource_type = next(types[urn] for urn in stored.document["schemas"] if urn in types)
        where = location(resource_type, stored.id, base_url)
        resources.append(_present(stored, resource_type, query.selection, where))
    return _list_response(resources, listed.page.total_results, query.start_index)


def _list_response(resources: list[Document], total_results: int, start_index: int) -> Document:
    # `Resources` also when it is empty: clients read it without asking whether it is there.
    return {
        "schemas": [urns.LIST_RESPONSE],
        "totalResults": total_results,
        "startIndex": start_index,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def _located(document: Document, base_url: str) -> Document:
    meta = document["meta"]
    return {**document, "meta": {**meta, "location": base_url + meta["location"]}}
