"""Attribute-mapping profiles: what an application needs of a user, as data that is read both ways."""

from scimcore.profiles.checking import Finding
from scimcore.profiles.condeco import CONDECO
from scimcore.profiles.device_hub import DEVICE_HUB
from scimcore.profiles.engage import ENGAGE
from scimcore.profiles.entra import ENTRA_DEFAULT
from scimcore.profiles.eptura import EPTURA, EPTURA_ORG_UNIT
from scimcore.profiles.loading import from_toml, to_toml
from scimcore.profiles.mapping import Change
from scimcore.profiles.okta import OKTA_DEFAULT
from scimcore.profiles.profile import CUSTOM_EXTENSION, Mapped, Profile
from scimcore.profiles.rendering import Explained, explain, render, render_explained
from scimcore.profiles.rows import EXTENSION, Row
from scimcore.profiles.shipped import BY_NAME

__all__ = [
    "BY_NAME",
    "CONDECO",
    "CUSTOM_EXTENSION",
    "DEVICE_HUB",
    "ENGAGE",
    "ENTRA_DEFAULT",
    "EPTURA",
    "EPTURA_ORG_UNIT",
    "EXTENSION",
    "OKTA_DEFAULT",
    "Change",
    "Explained",
    "Finding",
    "Mapped",
    "Profile",
    "Row",
    "explain",
    "from_toml",
    "render",
    "render_explained",
    "to_toml",
]
