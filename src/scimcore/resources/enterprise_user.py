"""EnterpriseUser: what an organization knows about its users (RFC 7643 §4.3).

Floor 3. Declarations only.
"""

from scimcore import urns
from scimcore.schema.annotations import Reference
from scimcore.schema.models import ComplexAttribute, Extension, attribute


class Manager(ComplexAttribute):
    """The user's manager (RFC 7643 §4.3)."""

    # Errata 8472: an id, hence exact in case. The RFC's own text is of two minds whether it is required; clients send
    # it without $ref, and often $ref is all that is missing (errata 6403, 8359: held).
    value: str | None = attribute("The id of the manager's User resource.", case_exact=True)
    ref: Reference | None = attribute("The URI of the manager's User resource.", reference_types=("User",))
    display_name: str | None = attribute("The manager's displayName.", mutability="readOnly")


class EnterpriseUser(Extension, schema=urns.ENTERPRISE_USER, name="EnterpriseUser"):
    """Enterprise User"""  # noqa: D415 - the description that the RFC's schema has

    employee_number: str | None = attribute("The number by which the organization knows the user.")
    cost_center: str | None = attribute("The cost center.")
    organization: str | None = attribute("The organization.")
    division: str | None = attribute("The division.")
    department: str | None = attribute("The department.")
    manager: Manager | None = attribute("The user's manager.")
