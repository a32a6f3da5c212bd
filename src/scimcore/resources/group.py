"""Group: a named set of users and groups (RFC 7643 §4.2).

Floor 3. Declarations only.
"""

from scimcore import urns
from scimcore.schema.annotations import Reference
from scimcore.schema.models import ComplexAttribute, Resource, attribute


class Member(ComplexAttribute):
    """A member of a group: a user, or a group."""

    value: str | None = attribute("The member's id.", mutability="immutable")
    ref: Reference | None = attribute("The member's URI.", mutability="immutable", reference_types=("User", "Group"))
    type: str | None = attribute("The kind of the member.", mutability="immutable", canonical_values=("User", "Group"))
    # Errata 6011: left out of the RFC's schema by mistake. Clients send it and expect it back.
    display: str | None = attribute("A name for display.", mutability="immutable")


class Group(Resource, schema=urns.GROUP, name="Group", endpoint="/Groups"):
    """Group"""  # noqa: D415 - the description that the RFC's schema has

    # Errata 5368: required, as §4.2 says.
    display_name: str | None = attribute("The name of the group.", required=True)
    members: list[Member] | None = attribute("The members of the group.")
