"""ENGAGE: Eptura Engage, the successor of Condeco. Its table has the employee id and the business category as well.

Floor 8. One table. The published one has no row for ``accountDeleted``, which no SCIM attribute carries: applications
that know it keep getting it, and ``ENGAGE.extend(deleted_field=False)`` is the table to the letter.
"""

from scimcore.profiles import condeco
from scimcore.profiles.profile import Profile

ENGAGE = Profile(
    "ENGAGE",
    (
        condeco.USER_NAME,
        condeco.FIRST_NAME,
        condeco.LAST_NAME,
        condeco.EMAIL,
        condeco.TELEPHONE,
        condeco.MOBILE,
        condeco.AD_USER_GUID,
        condeco.ACCOUNT_ACTIVE,
        condeco.ACCOUNT_DELETED,
        condeco.COUNTRY,
        condeco.LOCALITY,
        condeco.LANGUAGE,
        condeco.DEPARTMENT,
        condeco.COST_CODE,
        condeco.EMPLOYEE_ID,
        condeco.GROUP,
        condeco.FLOOR,
        condeco.BUSINESS_CATEGORY,
    ),
    title="Engage",
    summary="Eptura Engage.",
    require_external_id=True,
    fixed_external_id=True,
    nested_groups="reject",
)
"""Eptura Engage."""
