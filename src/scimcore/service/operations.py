"""How each operation is carried out: whether the caller may, which one it is, and how often a write is tried.

``perform`` is a coroutine over an :class:`~scimcore.storage.AsyncStorage`; a synchronous store is wrapped in coroutines
that never suspend (:mod:`scimcore.handler`). What goes in was read by ``requests``; what comes out is written by
``responses``. The order of storage calls stands here for what reads and in ``writing`` for what writes, once for all
stores and both doors.
"""

from collections.abc import Sequence
from typing import assert_never

from scimcore.documents import Document
from scimcore.errors import ServiceUnavailable, VersionMismatch
from scimcore.schema.resource_type import ResourceType
from scimcore.service.attempts import Attempt
from scimcore.service.bulk import run_bulk
from scimcore.service.call import Call
from scimcore.service.hooks import ask, publish
from scimcore.service.membership import Overtaken
from scimcore.service.preconditions import NO_PRECONDITIONS, Preconditions
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
from scimcore.service.results import Described, DescribedAll, Listed, Methods, Result, Shown, Unchanged, Walked
from scimcore.service.search import Walk
from scimcore.service.writing import create, delete, patch, replace
from scimcore.storage import CursorPage, Query, Stored


async def perform(operation: Operation, call: Call) -> Result:
    """Carry out one operation.

    A failure changes nothing: whatever is written is written in one transaction.

    Raises:
        ScimError: Whatever the host, the operation, the rules or the store have against it.
    """
    if call.hooks.authorize is not None:
        await ask(call.hooks.authorize, call.caller, operation)
    match operation:
        case ReadResource():
            return await _read(operation, call)
        case ListResources():
            return await _search(operation, call)
        case CreateResource():
            return await _persist(create(operation, call), call)
        case ReplaceResource():
            return await _persist(replace(operation, call), call, operation.preconditions)
        case PatchResource():
            return await _persist(patch(operation, call), call, operation.preconditions)
        case DeleteResource():
            return await _persist(delete(operation, call), call, operation.preconditions)
        case ReadDescription():
            return Described(operation.document)
        case ListDescriptions():
            return DescribedAll(operation.documents)
        case ShowMethods():
            return Methods(operation.allow)
        case RunBulk():
            return await run_bulk(operation, call, perform)
        case _:
            assert_never(operation)


# Reading -------------------------------------------------------------------------------------------------------------


async def _read(operation: ReadResource, call: Call) -> Result:
    """Fetch one resource, unless the client has it already."""
    stored = await call.store.fetch(operation.resource_type, operation.id, operation.selection)
    if operation.preconditions != NO_PRECONDITIONS and operation.preconditions.unchanged(stored.version):
        return Unchanged(stored.version)
    [document] = await call.references.present(
        (stored,), operation.resource_type, operation.selection, call.store, call.base_url, read=True
    )
    return Shown(200, operation.resource_type, stored, document)


async def _search(operation: ListResources, call: Call) -> Result:
    """Search one page."""
    query = operation.query
    if query.filter is not None:
        call.references.refuse_derived(query.filter, query.resource_types, call.store)
    if operation.walk is not None:
        page_of_walk = await _next_page(query, operation.walk, call)
        return Walked(query, page_of_walk, operation.walk, await _present(page_of_walk.resources, query, call))
    page = await call.store.search(query)
    return Listed(query, page, await _present(page.resources, query, call))


async def _next_page(query: Query, walk: Walk, call: Call) -> CursorPage:
    cursors = call.store.cursors
    if not query.count or cursors is None:
        # The total alone is wanted, and a page of nothing has no end to go on from (RFC 9865 Table 1).
        return CursorPage((), total_results=(await call.store.search(query)).total_results)
    return await cursors.search_from(query, walk.position)


async def _present(resources: Sequence[Stored], query: Query, call: Call) -> list[Document]:
    """Show the resources of a page, each as its type has it."""
    if len(query.resource_types) == 1:
        return await call.references.present(
            resources, query.resource_types[0], query.selection, call.store, call.base_url, read=True
        )
    by_type: dict[ResourceType, list[Stored]] = {}
    by_schema = {each.schema.id: each for each in query.resource_types}
    types = [next(by_schema[urn] for urn in each.document["schemas"] if urn in by_schema) for each in resources]
    for resource_type, stored in zip(types, resources, strict=True):
        by_type.setdefault(resource_type, []).append(stored)
    done = {
        resource_type: iter(
            await call.references.present(some, resource_type, query.selection, call.store, call.base_url, read=True)
        )
        for resource_type, some in by_type.items()
    }
    return [next(done[resource_type]) for resource_type in types]


# Writing -------------------------------------------------------------------------------------------------------------


async def _persist(attempt: Attempt, call: Call, preconditions: Preconditions = NO_PRECONDITIONS) -> Result:
    """Try a write that others may overtake, and tell what has happened when it is committed.

    A client that named a version is told when it is another one. All others want their change made to whatever is
    there, so it is made again, a bounded number of times.

    Raises:
        VersionMismatch: If the resource is not in the version that the client named.
        ServiceUnavailable: If others have always been faster. RFC 7644 has no status of its own for that: 412 says that
            a condition of the client's does not hold, and 409 that its version is old; this client has set none, and
            has to do nothing but send the request again (RFC 7644 §3.12 leaves that to RFC 7231).
    """
    for _ in range(call.provider.update_attempts):
        try:
            outcome = await attempt()
        except Overtaken:
            continue
        except VersionMismatch:
            if preconditions != NO_PRECONDITIONS:
                raise
            continue
        if call.hooks.events is not None:
            await publish(call.hooks.events, tuple(outcome.events))
        return outcome.result
    raise ServiceUnavailable("Others are changing the resource at the same time. Nothing was changed; send this again.")
