"""EPTURA: the Eptura platform, in the two versions of its table that were published.

Floor 8. Two tables. One has three fields for the place of work and takes the primary e-mail address; the other, older
one has an organisational unit, one calculated location and the work address. Neither has a row for ``externalId`` or
``active``. A deleted user becomes an inactive one.
"""

from scimcore import urns
from scimcore.profiles.profile import Profile
from scimcore.profiles.rows import EXTENSION, Row

_ENTERPRISE = urns.ENTERPRISE_USER
_WORK = (("type", "work"),)
_PRIMARY, _WORKING, _ONLY = "emails[primary eq true].value", 'emails[type eq "work"].value', "emails.value"

_NAMES = (
    Row("userName", "userName", required=True, unique=True, label="Username", okta="userName", title="User Name"),
    Row("firstName", "name.givenName", required=True, label="Given name", okta="givenName", title="First Name"),
    Row("middleName", "name.middleName", label="Middle name", okta="middleName", title="Middle Name"),
    Row("lastName", "name.familyName", required=True, label="Family name", okta="familyName", title="Last Name"),
    Row("fullName", joins=("name.givenName", "name.middleName", "name.familyName"), title="Full Name"),
)
_PERSON = (
    Row(
        "employeeNumber", f"{_ENTERPRISE}:employeeNumber", "code",
        label="Employee number", okta="employeeNumber", title="Employee Number",
    ),
    Row("jobTitle", "title", label="Title", okta="title", title="Job Title"),
    Row("photo", f"{EXTENSION}:image", title="Photo", note="A custom attribute."),
    Row(
        "phoneNumber", 'phoneNumbers[type eq "work"].value', "phone",
        label="Primary phone", okta="primaryPhone", title="Phone Number",
    ),
    Row("phoneExtension", f"{EXTENSION}:phoneExtension", "code", title="Extension", note="A custom attribute."),
    Row(
        "mobile", 'phoneNumbers[type eq "mobile"].value', "phone",
        label="Mobile phone", okta="mobilePhone", title="Mobile",
    ),
    Row("manager", f"{_ENTERPRISE}:manager.value", label="Manager", okta="managerValue", title="Manager"),
    Row("personType", "userType", label="User type", okta="userType", title="Person Type"),
    Row("workMode", f"{EXTENSION}:workMode", title="Work Mode", note="A custom attribute."),
    Row("costCenter", f"{_ENTERPRISE}:costCenter", "code", label="Cost Center", okta="costCenter", title="Cost Center"),
)  # fmt: skip
_FLOOR = f"{EXTENSION}:floor"

EPTURA = Profile(
    "EPTURA",
    (
        *_NAMES,
        Row("actualFirstName", "name.givenName", direction="to_record", title="Actual First Name"),
        Row(
            "email", _PRIMARY, "email", required=True, several="refuse", fills=_WORK, alternatives=(_WORKING, _ONLY),
            label="Primary email", okta="email", title="Email",
        ),
        *_PERSON,
        Row("department", f"{_ENTERPRISE}:department", label="Department", okta="department", title="Department"),
        Row(
            "hrCountry", 'addresses[type eq "work"].country', "country",
            alternatives=("addresses[primary eq true and not (type pr)].country",),
            label="Country Code", okta="country", title="HR Country",
        ),
        Row("hrLocation", f"{EXTENSION}:officeLocation", title="HR Location", note="A custom attribute."),
        Row("hrFloor", _FLOOR, title="HR Floor", note="A custom attribute."),
    ),
    title="Eptura",
    summary="The Eptura platform: departments, and a place of work of three fields.",
    extension_urn="urn:ietf:params:scim:schemas:extension:customextension:2.0:User",
    deletion="deactivate",
    nested_groups="reject",
)  # fmt: skip
"""The Eptura platform, with departments."""

EPTURA_ORG_UNIT = Profile(
    "EPTURA_ORG_UNIT",
    (
        *_NAMES,
        Row(
            "email", _WORKING, "email", required=True, several="refuse", alternatives=(_PRIMARY, _ONLY),
            label="Primary email", okta="email", title="Email",
        ),
        *_PERSON,
        Row("orgUnit", f"{_ENTERPRISE}:department", label="Department", okta="department", title="Org Unit"),
        Row(
            "hrLocation", separator=", ", title="HR Location",
            joins=(_FLOOR, 'addresses[type eq "work"].formatted', 'addresses[type eq "work"].country'),
        ),
        Row("custom", f"{EXTENSION}:custom", "texts", title="Custom", note="Custom attributes, as many as there are."),
    ),
    title="Eptura",
    summary="The Eptura platform in its older version: organisational units, and a place of work in one field.",
    extension_urn="urn:ietf:params:scim:schemas:extension:customextension:2.0:User",
    deletion="deactivate",
    nested_groups="reject",
)  # fmt: skip
"""The Eptura platform, with organisational units."""
