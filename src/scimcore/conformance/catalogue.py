"""All suites by name."""

from scimcore.conformance.check import Check
from scimcore.conformance.suites import (
    crud,
    cursors,
    definitions,
    discovery,
    entra,
    filters,
    interop,
    ipsie,
    lists,
    okta,
    patching,
    protocol,
    resources,
    security,
)

SUITES: dict[str, tuple[Check, ...]] = {
    "rfc7643": (*discovery.CHECKS_7643, *definitions.CHECKS, *resources.CHECKS),
    "rfc7644": (
        *discovery.CHECKS_7644,
        *crud.CHECKS,
        *lists.CHECKS,
        *filters.CHECKS,
        *patching.CHECKS,
        *protocol.CHECKS,
    ),
    "rfc9865": cursors.CHECKS,
    "security": security.CHECKS,
    "okta": okta.CHECKS,
    "entra": entra.CHECKS,
    "interop": interop.CHECKS,
    "ipsie-al1": ipsie.AL1,
    "ipsie-al2": ipsie.AL2,
    "ipsie-al3": ipsie.AL3,
}

# What every SCIM service has to do. The others are the wishes of some clients, and are asked for by name.
DEFAULT = ("rfc7643", "rfc7644", "rfc9865", "security")
