"""DEVICE_HUB: the Condeco Device Hub, as far as its table was published.

Floor 8. One table. It takes the primary telephone number for the mobile one, counts a user without ``active`` as not
active, and is the only one that publishes limits of texts.
"""

from scimcore.profiles.profile import Profile
from scimcore.profiles.rows import Row

_MAX_NAME_CHARACTERS = 64
_NOT_IN_EMAIL = '#%*()=[]|\\";:<>,?/'

DEVICE_HUB = Profile(
    "DEVICE_HUB",
    (
        Row(
            "FirstName", "name.givenName", required=True, max_characters=_MAX_NAME_CHARACTERS, forbidden="_",
            label="Given name", okta="givenName", entra="givenName",
        ),
        Row(
            "LastName", "name.familyName", required=True, max_characters=_MAX_NAME_CHARACTERS, forbidden="_",
            label="Family name", okta="familyName", entra="surname",
        ),
        Row(
            "EmailAddress", "emails[primary eq true].value", "email", required=True, immutable=True, several="refuse",
            fills=(("type", "work"),), alternatives=('emails[type eq "work"].value', "emails.value"),
            forbidden=_NOT_IN_EMAIL, label="Primary email", okta="email", entra="mail",
            note="Fixed: the Device Hub does not change the address of a user.",
        ),
        Row(
            "MobilePhoneNumber", "phoneNumbers[primary eq true].value", "phone", fills=(("type", "work"),),
            label="Primary phone", okta="primaryPhone", entra="telephoneNumber",
        ),
        Row(
            "mobile", 'phoneNumbers[type eq "mobile"].value', "phone",
            alternatives=('phoneNumbers[type eq "cellular"].value', 'phoneNumbers[type eq "cell"].value'),
            label="Mobile phone", okta="mobilePhone", entra="mobile",
        ),
        Row(
            "Status", "active", "boolean", default=False, keep=True, entra="Switch([IsSoftDeleted])",
            note="Without a value a user is not active here.",
        ),
        Row("accountDeleted", kind="boolean", default=False, note="True once the user was deleted."),
        Row(
            "Country", 'addresses[type eq "work"].country', "country",
            alternatives=("addresses[primary eq true and not (type pr)].country",),
            label="Country Code", okta="country", entra="country",
        ),
        Row(
            "SelectedLanguage", "preferredLanguage", "language",
            label="Preferred language", okta="preferredLanguage", entra="preferredLanguage",
        ),
        Row("PreferredLanguage", "preferredLanguage", "language", direction="to_record"),
    ),
    title="Device Hub",
    summary="The Condeco Device Hub, as far as it was published.",
    active_default=False,
)  # fmt: skip
"""The Condeco Device Hub."""
