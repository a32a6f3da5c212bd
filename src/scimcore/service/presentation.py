"""Resources as they are answered: with their location, and with what the client wants to see of them."""

from collections.abc import Sequence

from scimcore.documents import Document
from scimcore.projection import DEFAULT_SELECTION, Projector, Selection, projector
from scimcore.schema.resource_type import ResourceType
from scimcore.service.meta import meta_of, segment
from scimcore.storage import Query, Stored


def present(stored: Stored, resource_type: ResourceType, selection: Selection, where: str) -> Document:
    """Show one resource.

    Args:
        stored: The resource.
        resource_type: What it is.
        selection: What to show of it.
        where: Its URL.
    """
    meta = {**meta_of(stored, resource_type), "location": where}
    return _shown(stored, meta, selection, projector(resource_type, selection))


def present_all(found: Sequence[Stored], query: Query, base_url: str) -> list[Document]:
    """Show the resources of a page, each as its type has it."""
    if len(query.resource_types) == 1:
        return _of_type(found, query.resource_types[0], query.selection, base_url)
    # `schemas` names the type where a query is over several.
    types = {resource_type.schema.id: resource_type for resource_type in query.resource_types}
    return [
        document
        for stored in found
        for document in _of_type((stored,), _type_of(stored, types), query.selection, base_url)
    ]


def _type_of(stored: Stored, types: dict[str, ResourceType]) -> ResourceType:
    return next(types[urn] for urn in stored.document["schemas"] if urn in types)


def _of_type(
    found: Sequence[Stored], resource_type: ResourceType, selection: Selection, base_url: str
) -> list[Document]:
    """Show resources of one type. What is the same for all of them is looked up once."""
    show = projector(resource_type, selection)
    prefix = f"{base_url}{resource_type.endpoint}/"
    shown = []
    for stored in found:
        meta = stored.document.get("meta") or meta_of(stored, resource_type)
        meta = {**meta, "location": prefix + segment(stored.id)}
        shown.append(_shown(stored, meta, selection, show))
    return shown


def _shown(stored: Stored, meta: Document, selection: Selection, show: Projector) -> Document:
    if selection is not DEFAULT_SELECTION:
        return show({**stored.document, "id": stored.id, "meta": meta})
    # Nothing of these two is left out by default; and what was projected is a copy already.
    document = show(stored.document)
    document["id"] = stored.id
    document["meta"] = meta
    return document
