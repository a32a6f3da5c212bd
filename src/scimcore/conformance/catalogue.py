"""All suites by name."""

from scimcore.conformance.check import Check
from scimcore.conformance.hints import hinted
from scimcore.conformance.suites import (
    attacks,
    bulk,
    characteristics,
    common,
    creating,
    credentials,
    cursors,
    definitions,
    deleting,
    discovery,
    entra,
    every_attribute,
    filters,
    identity,
    interop,
    ipsie,
    kinds,
    lists,
    okta,
    patching,
    protocol,
    replacing,
    searches,
    secrecy,
    showing,
    sorting,
    values_kept,
    versions,
)

_SUITES: dict[str, tuple[Check, ...]] = {
    "rfc7643": (
        *discovery.CHECKS_7643,
        *definitions.CHECKS,
        *common.CHECKS,
        *values_kept.CHECKS,
        *characteristics.CHECKS,
        *kinds.CHECKS,
    ),
    "rfc7644": (
        *discovery.CHECKS_7644,
        *creating.CHECKS,
        *replacing.CHECKS,
        *deleting.CHECKS,
        *lists.CHECKS,
        *sorting.CHECKS,
        *showing.CHECKS,
        *filters.CHECKS,
        *searches.CHECKS,
        *patching.CHECKS,
        *every_attribute.CHECKS,
        *protocol.CHECKS,
        *versions.CHECKS,
        *bulk.CHECKS,
    ),
    "rfc9865": cursors.CHECKS,
    "security": (*credentials.CHECKS, *secrecy.CHECKS, *identity.CHECKS, *attacks.CHECKS),
    "okta": okta.CHECKS,
    "entra": entra.CHECKS,
    "interop": interop.CHECKS,
    "ipsie-al1": ipsie.AL1,
    "ipsie-al2": ipsie.AL2,
    "ipsie-al3": ipsie.AL3,
}

SUITES = {name: hinted(checks) for name, checks in _SUITES.items()}

# What every SCIM service has to do. The others are the wishes of some clients, and are asked for by name.
DEFAULT = ("rfc7643", "rfc7644", "rfc9865", "security")
