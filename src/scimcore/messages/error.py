"""Error: how a failure is told (RFC 7644 §3.12).

Floor 7. The typed form, for clients and tests; what raises is ``scimcore.errors``.
"""

from typing import Self

from scimcore import urns
from scimcore.errors import ScimError
from scimcore.schema.annotations import Reference
from scimcore.schema.models import ScimModel, attribute


class Error(ScimModel):
    """A failure as a service provider answers it; ``status`` is a string of digits."""

    schemas: list[Reference] = [urns.ERROR]  # noqa: RUF012 - pydantic copies it
    status: str | None = attribute("The HTTP status code.", required=True)
    scim_type: str | None = attribute("The detail error keyword of RFC 7644 Table 9.", case_exact=True)
    detail: str | None = attribute("What went wrong, for people.")

    @classmethod
    def of(cls, error: ScimError) -> Self:
        """Return the message that tells of an exception."""
        return cls.model_validate(error.to_document())
