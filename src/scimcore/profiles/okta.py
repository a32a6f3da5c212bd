"""OKTA_DEFAULT: what a SCIM 2.0 app of Okta sends when nobody changes its mapping.

Floor 8. One table; the fields are Okta's variables. It asks for no more than SCIM does.
"""

from scimcore import urns
from scimcore.profiles.profile import Profile
from scimcore.profiles.rows import Row

_ENTERPRISE = urns.ENTERPRISE_USER


def _row(okta: str, path: str, label: str, kind: str = "text", *, required: bool = False, unique: bool = False) -> Row:
    return Row(okta, path, kind, okta=okta, label=label, required=required, unique=unique)


OKTA_DEFAULT = Profile(
    "OKTA_DEFAULT",
    (
        _row("userName", "userName", "Username", required=True, unique=True),
        _row("givenName", "name.givenName", "Given name"),
        _row("familyName", "name.familyName", "Family name"),
        _row("middleName", "name.middleName", "Middle name"),
        _row("honorificPrefix", "name.honorificPrefix", "Honorific prefix"),
        _row("honorificSuffix", "name.honorificSuffix", "Honorific suffix"),
        _row("email", "emails[primary eq true].value", "Primary email", "email"),
        _row("emailType", "emails[primary eq true].type", "Primary email type"),
        _row("title", "title", "Title"),
        _row("displayName", "displayName", "Display name"),
        _row("primaryPhone", "phoneNumbers[primary eq true].value", "Primary phone", "phone"),
        _row("primaryPhoneType", "phoneNumbers[primary eq true].type", "Primary phone type"),
        _row("addressType", "addresses[primary eq true].type", "Address type"),
        _row("streetAddress", "addresses[primary eq true].streetAddress", "Street address"),
        _row("locality", "addresses[primary eq true].locality", "Locality"),
        _row("region", "addresses[primary eq true].region", "Region"),
        _row("postalCode", "addresses[primary eq true].postalCode", "Postal code"),
        _row("country", "addresses[primary eq true].country", "Country Code"),
        _row("preferredLanguage", "preferredLanguage", "Preferred language"),
        _row("locale", "locale", "Locale"),
        _row("timezone", "timezone", "Time zone"),
        _row("userType", "userType", "User type"),
        _row("employeeNumber", f"{_ENTERPRISE}:employeeNumber", "Employee number", "code"),
        _row("costCenter", f"{_ENTERPRISE}:costCenter", "Cost Center", "code"),
        _row("organization", f"{_ENTERPRISE}:organization", "Organization"),
        _row("division", f"{_ENTERPRISE}:division", "Division"),
        _row("department", f"{_ENTERPRISE}:department", "Department"),
        _row("managerValue", f"{_ENTERPRISE}:manager.value", "Manager id"),
        # The service derives it from the manager: Okta's text is read, and never written.
        Row("managerDisplayName", f"{_ENTERPRISE}:manager.displayName", direction="to_record", label="Manager name"),
        Row("externalId", "externalId", keep=True, note="Okta's id of the user."),
        Row("active", "active", "boolean", default=True, keep=True),
    ),
    title="Okta default",
    summary="What a SCIM 2.0 app of Okta sends when its mapping is left as it is.",
)
"""What Okta sends when nothing is changed."""
