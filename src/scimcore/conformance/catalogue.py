"""All suites by name."""

from scimcore.conformance.check import Check
from scimcore.conformance.suites import crud, cursors, definitions, discovery, filters, lists, patching, protocol, resources

SUITES: dict[str, tuple[Check, ...]] = {
    "rfc7643": (*discovery.CHECKS_7643, *definitions.CHECKS, *resources.CHECKS),
    "rfc7644": (*discovery.CHECKS_7644, *crud.CHECKS, *lists.CHECKS, *filters.CHECKS, *patching.CHECKS, *protocol.CHECKS),
    "rfc9865": cursors.CHECKS,
}

# What every SCIM service has to do. The others are the wishes of some clients, and are asked for by name.
DEFAULT = ("rfc7643", "rfc7644")
