"""User: the core user of RFC 7643 §4.1, with the enterprise extension of §4.3.

Floor 3. Declarations only: what the attributes are. The wire names are the RFC's, the Python names the same in
snake_case. An attribute without a value is None.
"""

from scimcore import urns
from scimcore.resources.enterprise_user import EnterpriseUser
from scimcore.schema.annotations import Binary, LanguageRanges, LanguageTag, Reference, TimeZone
from scimcore.schema.models import ComplexAttribute, Resource, attribute, extension

_DISPLAY = "A name for display."
_TYPE = "What the value is for."
_PRIMARY = "Whether this is the preferred value; true for at most one."


class Name(ComplexAttribute):
    """The components of a user's name (RFC 7643 §4.1.1)."""

    formatted: str | None = attribute("The full name, formatted for display.")
    family_name: str | None = attribute("The family name.")
    given_name: str | None = attribute("The given name.")
    middle_name: str | None = attribute("The middle names.")
    honorific_prefix: str | None = attribute("The title before the name.")
    honorific_suffix: str | None = attribute("The suffix behind the name.")


class Email(ComplexAttribute):
    """An e-mail address, kept as sent: a strict form belongs to a mapping profile (RFC 7643 §4.1.2)."""

    value: str | None = attribute("The address.")
    display: str | None = attribute(_DISPLAY)
    type: str | None = attribute(_TYPE, canonical_values=("work", "home", "other"))
    primary: bool | None = attribute(_PRIMARY)


class PhoneNumber(ComplexAttribute):
    """A telephone number, kept as sent (RFC 7643 §4.1.2)."""

    value: str | None = attribute("The number.")
    display: str | None = attribute(_DISPLAY)
    type: str | None = attribute(_TYPE, canonical_values=("work", "home", "mobile", "fax", "pager", "other"))
    primary: bool | None = attribute(_PRIMARY)


class InstantMessage(ComplexAttribute):
    """An instant messaging address (RFC 7643 §4.1.2)."""

    value: str | None = attribute("The address.")
    display: str | None = attribute(_DISPLAY)
    type: str | None = attribute(_TYPE, canonical_values=("aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"))
    primary: bool | None = attribute(_PRIMARY)


class Photo(ComplexAttribute):
    """The URL of a photo (RFC 7643 §4.1.2)."""

    value: Reference | None = attribute("The URL of the image.", reference_types=("external",))
    display: str | None = attribute(_DISPLAY)
    type: str | None = attribute(_TYPE, canonical_values=("photo", "thumbnail"))
    primary: bool | None = attribute(_PRIMARY)


class Address(ComplexAttribute):
    """A physical address (RFC 7643 §4.1.2)."""

    formatted: str | None = attribute("The full address, formatted for display or a label; may hold line breaks.")
    street_address: str | None = attribute("The street, house number and what belongs to them.")
    locality: str | None = attribute("The city or locality.")
    region: str | None = attribute("The state or region.")
    postal_code: str | None = attribute("The postal code.")
    country: str | None = attribute("The country, as an ISO 3166-1 alpha-2 code.")
    type: str | None = attribute(_TYPE, canonical_values=("work", "home", "other"))
    primary: bool | None = attribute(_PRIMARY)


class UserGroup(ComplexAttribute):
    """A group that a user belongs to; derived from the groups' members (RFC 7643 §4.1.2)."""

    value: str | None = attribute("The group's id.", mutability="readOnly")
    ref: Reference | None = attribute("The group's URI.", mutability="readOnly", reference_types=("Group",))
    display: str | None = attribute("The group's name.", mutability="readOnly")
    type: str | None = attribute(
        "Whether the user is a member itself or through a group.",
        mutability="readOnly",
        canonical_values=("direct", "indirect"),
    )


class Entitlement(ComplexAttribute):
    """A thing that a user has (RFC 7643 §4.1.2)."""

    value: str | None = attribute("The entitlement.")
    display: str | None = attribute(_DISPLAY)
    type: str | None = attribute(_TYPE)
    primary: bool | None = attribute(_PRIMARY)


class Role(ComplexAttribute):
    """What a user is (RFC 7643 §4.1.2)."""

    value: str | None = attribute("The role.")
    display: str | None = attribute(_DISPLAY)
    type: str | None = attribute(_TYPE)
    primary: bool | None = attribute(_PRIMARY)


class X509Certificate(ComplexAttribute):
    """A certificate of a user, as base64 DER (RFC 7643 §4.1.2)."""

    value: Binary | None = attribute("The certificate.", case_exact=True)
    display: str | None = attribute(_DISPLAY)
    type: str | None = attribute(_TYPE)
    primary: bool | None = attribute(_PRIMARY)


class User(Resource, schema=urns.USER, name="User", endpoint="/Users"):
    """User Account"""  # noqa: D415 - the description that the RFC's schema has

    user_name: str | None = attribute(
        "The name by which the user signs in; unique among all users.", required=True, uniqueness="server"
    )
    name: Name | None = attribute("The components of the user's name.")
    display_name: str | None = attribute("The name to show for the user.")
    nick_name: str | None = attribute("What the user is called casually.")
    profile_url: Reference | None = attribute("The URL of the user's online profile.", reference_types=("external",))
    title: str | None = attribute("The user's title, such as 'Vice President'.")
    user_type: str | None = attribute("The relation between organization and user, such as 'Contractor'.")
    preferred_language: LanguageRanges | None = attribute(
        "The languages that the user prefers, in the form of an Accept-Language header."
    )
    locale: LanguageTag | None = attribute("The locale for currency, dates and numbers, as a language tag.")
    timezone: TimeZone | None = attribute("The user's time zone, as the IANA database names it.")
    active: bool | None = attribute("Whether the user may use the service.")
    password: str | None = attribute("The clear-text password.", mutability="writeOnly", returned="never")
    emails: list[Email] | None = attribute("The user's e-mail addresses.")
    phone_numbers: list[PhoneNumber] | None = attribute("The user's telephone numbers.")
    ims: list[InstantMessage] | None = attribute("The user's instant messaging addresses.")
    photos: list[Photo] | None = attribute("Images of the user.")
    addresses: list[Address] | None = attribute("The user's physical addresses.")
    groups: list[UserGroup] | None = attribute("The groups that the user belongs to.", mutability="readOnly")
    entitlements: list[Entitlement] | None = attribute("What the user has.")
    roles: list[Role] | None = attribute("What the user is.")
    x509_certificates: list[X509Certificate] | None = attribute("The user's certificates.")
    enterprise: EnterpriseUser | None = extension(EnterpriseUser)
