"""ENTRA_DEFAULT: what Microsoft Entra ID sends when nobody changes its mapping.

Floor 8. One table; the fields are Entra's source attributes. ``externalId`` is the mail nickname there: it may change,
and is no GUID.
"""

from scimcore import urns
from scimcore.profiles.profile import Profile
from scimcore.profiles.rows import Row

_ENTERPRISE = urns.ENTERPRISE_USER


def _row(entra: str, path: str, kind: str = "text", *, required: bool = False, unique: bool = False) -> Row:
    return Row(entra, path, kind, entra=entra, required=required, unique=unique)


ENTRA_DEFAULT = Profile(
    "ENTRA_DEFAULT",
    (
        _row("userPrincipalName", "userName", required=True, unique=True),
        Row("accountEnabled", "active", "boolean", default=True, keep=True, entra="Switch([IsSoftDeleted])"),
        _row("displayName", "displayName"),
        _row("jobTitle", "title"),
        _row("mail", 'emails[type eq "work"].value', "email"),
        _row("proxyAddresses", 'emails[type eq "other"].value'),
        _row("preferredLanguage", "preferredLanguage"),
        _row("givenName", "name.givenName"),
        _row("surname", "name.familyName"),
        Row(
            "joinedName", "name.formatted",
            entra='Join(" ", [givenName], [surname])', note="Calculated by Entra ID.",
        ),
        _row("physicalDeliveryOfficeName", 'addresses[type eq "other"].formatted'),
        _row("streetAddress", 'addresses[type eq "work"].streetAddress'),
        _row("city", 'addresses[type eq "work"].locality'),
        _row("state", 'addresses[type eq "work"].region'),
        _row("postalCode", 'addresses[type eq "work"].postalCode'),
        # Entra ID has the country's name there.
        _row("country", 'addresses[type eq "work"].country'),
        _row("telephoneNumber", 'phoneNumbers[type eq "work"].value', "phone"),
        _row("mobile", 'phoneNumbers[type eq "mobile"].value', "phone"),
        _row("facsimileTelephoneNumber", 'phoneNumbers[type eq "fax"].value', "phone"),
        _row("mailNickname", "externalId"),
        _row("employeeId", f"{_ENTERPRISE}:employeeNumber", "code"),
        _row("department", f"{_ENTERPRISE}:department"),
        _row("manager", f"{_ENTERPRISE}:manager.value"),
    ),
    title="Entra ID default",
    summary="What Microsoft Entra ID sends when its mapping is left as it is.",
)  # fmt: skip
"""What Entra ID sends when nothing is changed."""
