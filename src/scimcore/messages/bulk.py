"""BulkRequest and BulkResponse: several requests in one (RFC 7644 §3.7).

Floor 7. The typed forms, for those who write or read the messages in Python. The service reads and writes documents.
"""

from typing import Any, Literal

from scimcore import urns
from scimcore.schema.annotations import Reference
from scimcore.schema.models import ComplexAttribute, ScimModel, attribute

_METHOD = "The HTTP method."
_BULK_ID = "What the client calls a new resource by until it knows its id."


class BulkOperation(ComplexAttribute):
    """One operation of a request. ``bulkId:`` and the bulkId of another one stand for the id of what that one makes."""

    method: Literal["POST", "PUT", "PATCH", "DELETE"] | None = attribute(_METHOD, required=True)
    bulk_id: str | None = attribute(_BULK_ID, case_exact=True)
    version: str | None = attribute("The version that the resource must have.", case_exact=True)
    path: str | None = attribute("The endpoint or the resource, relative to the base URL.", required=True)
    data: dict[str, Any] | None = attribute("The body of the request.")


class BulkRequest(ScimModel):
    """Operations that are carried out one by one, each for itself."""

    schemas: list[Reference] = [urns.BULK_REQUEST]  # noqa: RUF012 - pydantic copies it
    fail_on_errors: int | None = attribute("After how many errors the rest is not tried.")
    operations: list[BulkOperation] | None = attribute("What to do, in order.", required=True, name="Operations")


class BulkResult(ComplexAttribute):
    """What became of one operation; ``status`` is a string of digits."""

    method: str | None = attribute(_METHOD)
    bulk_id: str | None = attribute(_BULK_ID, case_exact=True)
    version: str | None = attribute("The version that the resource has now.", case_exact=True)
    location: Reference | None = attribute("The URL of the resource.")
    status: str | None = attribute("The HTTP status code.", required=True)
    response: dict[str, Any] | None = attribute("The body of the answer: of a failure the error.")


class BulkResponse(ScimModel):
    """What became of the operations that were tried, in the order of the request."""

    schemas: list[Reference] = [urns.BULK_RESPONSE]  # noqa: RUF012 - pydantic copies it
    operations: list[BulkResult] | None = attribute("The results.", name="Operations")
