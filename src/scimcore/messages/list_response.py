"""ListResponse: what a query answers (RFC 7644 §3.4.2, RFC 9865 §2).

Floor 7. The typed form, for those who read or write the message in Python. The service writes its answers as documents.
"""

from typing import Any, TypeVar

from scimcore import urns
from scimcore.schema.annotations import Reference
from scimcore.schema.models import Resource, ScimModel, attribute

ResourceT = TypeVar("ResourceT", bound=Resource)


class ListResponse(ScimModel):
    """One page of the resources that a query found.

    ``total_results`` counts all that were found, ``items_per_page`` those of this page, ``start_index`` the first of
    them from 1. The resources are documents: a page may mix several types. ``resources_as`` gives models.
    """

    schemas: list[Reference] = [urns.LIST_RESPONSE]  # noqa: RUF012 - pydantic copies it
    total_results: int | None = attribute("How many resources the query found.", required=True)
    items_per_page: int | None = attribute("How many resources are on this page.")
    start_index: int | None = attribute("The place of the first one among all, from 1.")
    next_cursor: str | None = attribute("Asks for the page behind this one.", case_exact=True)
    previous_cursor: str | None = attribute("Asks for the page before this one.", case_exact=True)
    resources: list[dict[str, Any]] | None = attribute("The resources.", name="Resources")

    def resources_as(self, model: type[ResourceT]) -> list[ResourceT]:
        """Return the resources of this page as models.

        Raises:
            InvalidValue: If one of them is not such a resource.
        """
        return [model.model_validate(document) for document in self.resources or ()]
