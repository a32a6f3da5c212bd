"""What rules about stores have in common: filling one, asking it, and judging what came of a race."""

from collections.abc import Sequence

from scimcore.conformance.storage_trial import (
    USERS,
    Broken,
    require,
)
from scimcore.documents import Document
from scimcore.errors import InvalidFilter, TooMany, Unsupported
from scimcore.filter import Filter
from scimcore.schema.resource_type import ResourceType
from scimcore.service.store import Store
from scimcore.storage import Query

# A store may answer so what it cannot do.
CANNOT = (InvalidFilter, TooMany, Unsupported)


class Undo(Exception):
    """Leaves a transaction."""


def require_only(outcomes: Sequence[object], *allowed: type[Exception]) -> None:
    """Require that nothing but some kinds of errors came of a race."""
    for outcome in outcomes:
        if isinstance(outcome, Broken):
            raise outcome
        if isinstance(outcome, Exception) and not isinstance(outcome, allowed):
            raise Broken(f"a race must not raise {type(outcome).__name__}: {outcome}") from outcome


async def fill(store: Store, resource_type: ResourceType, documents: Sequence[Document]) -> None:
    """Insert documents."""
    for document in documents:
        await store.insert(resource_type, document)


async def ids_of(store: Store) -> set[str]:
    """Return the ids of all users."""
    page = await store.search(Query((USERS,)))
    require(page.total_results == len(page.resources), "the total must be the number of resources")
    return {each.id for each in page.resources}


async def answer_of(store: Store, resource_type: ResourceType, text: str) -> list[str] | None:
    """Return the ids that a filter finds, sorted; None if the store cannot answer it."""
    try:
        page = await store.search(Query((resource_type,), Filter(text, resource_type), count=1000))
    except CANNOT:
        return None
    require(page.total_results == len(page.resources), f"{text}: the total must be the number of resources")
    return sorted(each.id for each in page.resources)
