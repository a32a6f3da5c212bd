"""CONDECO: desk and room booking, provisioned from Okta's catalogue app or from Entra ID.

Floor 8. One table. The first eleven rows with a label are the ones of Okta's mapping page: four mandatory, seven
optional. Okta puts its own id of the user into ``externalId`` and ``active`` needs no row of the administrator.
"""

from scimcore import urns
from scimcore.profiles.profile import Profile
from scimcore.profiles.rows import EXTENSION, Row

_ENTERPRISE = urns.ENTERPRISE_USER
_WORK = (("type", "work"),)

USER_NAME = Row(
    "userName", "userName", required=True, unique=True,
    label="Username", okta="userName", entra="userPrincipalName",
)  # fmt: skip
FIRST_NAME = Row(
    "firstName", "name.givenName", required=True,
    label="Given name", okta="givenName", entra="givenName",
)  # fmt: skip
LAST_NAME = Row(
    "lastName", "name.familyName", required=True,
    label="Family name", okta="familyName", entra="surname",
)  # fmt: skip
EMAIL = Row(
    "email", "emails[primary eq true].value", "email", required=True, several="refuse", fills=_WORK,
    alternatives=('emails[type eq "work"].value', "emails.value"),
    label="Primary email", okta="email", entra="mail",
    note="The primary address, else the only work address, else the only address.",
)  # fmt: skip
TELEPHONE = Row(
    "telephone", "phoneNumbers[primary eq true].value", "phone", fills=_WORK,
    alternatives=('phoneNumbers[type eq "work"].value',),
    label="Primary phone", okta="primaryPhone", entra="telephoneNumber",
)  # fmt: skip
MOBILE = Row(
    "mobile", 'phoneNumbers[type eq "mobile"].value', "phone",
    alternatives=('phoneNumbers[type eq "cellular"].value', 'phoneNumbers[type eq "cell"].value'),
    label="Mobile phone", okta="mobilePhone", entra="mobile",
)  # fmt: skip
AD_USER_GUID = Row(
    "adUserGuid", "externalId", required=True, immutable=True, keep=True, entra="objectId",
    note="Okta sends its id of the user by itself.",
)  # fmt: skip
ACCOUNT_ACTIVE = Row(
    "accountActive", "active", "boolean", default=True, keep=True, entra="Switch([IsSoftDeleted])",
    note="Okta sends it by itself when a user is assigned, unassigned, activated or deactivated.",
)  # fmt: skip
ACCOUNT_DELETED = Row(
    "accountDeleted", kind="boolean", default=False, note="True once the user was deleted."
)  # fmt: skip
COUNTRY = Row(
    "country", 'addresses[type eq "work"].country', "country",
    alternatives=("addresses[primary eq true and not (type pr)].country",),
    label="Country Code", okta="country", entra="country",
)  # fmt: skip
LOCALITY = Row(
    "buildingLocation", 'addresses[type eq "work"].locality',
    alternatives=("addresses[primary eq true and not (type pr)].locality",),
    label="Locality", okta="locality", entra="city", title="Building/Location",
)  # fmt: skip
LANGUAGE = Row(
    "language", "preferredLanguage", "language",
    label="Preferred language", okta="preferredLanguage", entra="preferredLanguage", title="Language",
)  # fmt: skip
DEPARTMENT = Row(
    "department", f"{_ENTERPRISE}:department",
    label="Department", okta="department", entra="department",
)  # fmt: skip
COST_CODE = Row(
    "costCode", f"{_ENTERPRISE}:costCenter", "code",
    label="Cost Center", okta="costCenter", entra="extensionAttribute", title="Cost code",
)  # fmt: skip
EMPLOYEE_ID = Row(
    "employeeId", f"{_ENTERPRISE}:employeeNumber", "code",
    label="Employee number", okta="employeeNumber", entra="employeeId", title="Employee ID",
)  # fmt: skip
GROUP = Row("group", f"{EXTENSION}:group", title="Group", note="A custom attribute.")
FLOOR = Row("floor", f"{EXTENSION}:floor", title="Floor", note="A custom attribute.")
BUSINESS_CATEGORY = Row(
    "businessCategory", f"{EXTENSION}:businessCategory", title="Business category", note="A custom attribute."
)  # fmt: skip

CONDECO = Profile(
    "CONDECO",
    (
        USER_NAME,
        FIRST_NAME,
        LAST_NAME,
        EMAIL,
        TELEPHONE,
        MOBILE,
        AD_USER_GUID,
        ACCOUNT_ACTIVE,
        ACCOUNT_DELETED,
        COUNTRY,
        LOCALITY,
        LANGUAGE,
        DEPARTMENT,
        COST_CODE,
        GROUP,
        FLOOR,
        # Published for Engage only; a tenant that sends them gets them.
        EMPLOYEE_ID,
        BUSINESS_CATEGORY,
    ),
    title="Condeco",
    summary="Condeco desk and room booking.",
    require_external_id=True,
    fixed_external_id=True,
    nested_groups="reject",
)
"""Condeco desk and room booking."""
