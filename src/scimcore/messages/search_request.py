"""SearchRequest: a query in the body of ``POST /.search`` (RFC 7644 §3.4.3, RFC 9865 §3).

Floor 7. What the members mean is decided by the service, which reads the same words from a URL.
"""

from typing import Literal

from scimcore import urns
from scimcore.schema.annotations import Reference
from scimcore.schema.models import ScimModel, attribute


class SearchRequest(ScimModel):
    """A query, and which part of its result is wanted."""

    schemas: list[Reference] = [urns.SEARCH_REQUEST]  # noqa: RUF012 - pydantic copies it
    attributes: list[str] | None = attribute("Only these attributes, and what is always returned.")
    excluded_attributes: list[str] | None = attribute("All attributes that are returned by default but these.")
    filter: str | None = attribute("Which resources.", case_exact=True)
    sort_by: str | None = attribute("The attribute that gives the order.")
    sort_order: Literal["ascending", "descending"] | None = attribute("Ascending unless given.")
    start_index: int | None = attribute("The place of the first resource wanted, from 1.")
    count: int | None = attribute("How many resources are wanted at most.")
    cursor: str | None = attribute("A page, as an earlier answer named it; empty for the first.", case_exact=True)
