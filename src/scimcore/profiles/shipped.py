"""All profiles that come with scimcore, by name.

Floor 8. A list, so that tools need not know the modules.
"""

from scimcore.profiles.condeco import CONDECO
from scimcore.profiles.device_hub import DEVICE_HUB
from scimcore.profiles.engage import ENGAGE
from scimcore.profiles.entra import ENTRA_DEFAULT
from scimcore.profiles.eptura import EPTURA, EPTURA_ORG_UNIT
from scimcore.profiles.okta import OKTA_DEFAULT
from scimcore.profiles.profile import Profile

BY_NAME: dict[str, Profile] = {
    profile.name: profile
    for profile in (CONDECO, ENGAGE, EPTURA, EPTURA_ORG_UNIT, DEVICE_HUB, OKTA_DEFAULT, ENTRA_DEFAULT)
}
"""Every shipped profile under its name, in capitals."""
