"""Reading: one resource, and pages of them."""

from collections.abc import Sequence

from scimcore.documents import Document
from scimcore.schema.resource_type import ResourceType
from scimcore.service.call import Call
from scimcore.service.preconditions import NO_PRECONDITIONS
from scimcore.service.requests import ListResources, ReadResource
from scimcore.service.results import Listed, Result, Shown, Unchanged, Walked
from scimcore.service.search import Walk
from scimcore.storage import CursorPage, Query, Stored


async def read(operation: ReadResource, call: Call) -> Result:
    """Fetch one resource, unless the client has it already."""
    stored = await call.store.fetch(operation.resource_type, operation.id, operation.selection)
    if operation.preconditions != NO_PRECONDITIONS and operation.preconditions.unchanged(stored.version):
        return Unchanged(stored.version)
    [document] = await call.references.present(
        (stored,), operation.resource_type, operation.selection, call.store, call.base_url, read=True
    )
    return Shown(200, operation.resource_type, stored, document)


async def search(operation: ListResources, call: Call) -> Result:
    """Search one page."""
    query = operation.query
    if query.filter is not None:
        call.references.refuse_derived(query.filter, query.resource_types, call.store)
    if operation.walk is not None:
        page_of_walk = await _next_page(query, operation.walk, call)
        return Walked(query, page_of_walk, operation.walk, await present(page_of_walk.resources, query, call))
    page = await call.store.search(query)
    return Listed(query, page, await present(page.resources, query, call))


async def _next_page(query: Query, walk: Walk, call: Call) -> CursorPage:
    cursors = call.store.cursors
    if not query.count or cursors is None:
        # The total alone is wanted, and a page of nothing has no end to go on from (RFC 9865 Table 1).
        return CursorPage((), total_results=(await call.store.search(query)).total_results)
    return await cursors.search_from(query, walk.position)


async def present(resources: Sequence[Stored], query: Query, call: Call) -> list[Document]:
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
