"""All suites by name."""

from scimcore.conformance.check import Check
from scimcore.conformance.suites import filters, patching

SUITES: dict[str, tuple[Check, ...]] = {
    "rfc7644": (*filters.CHECKS, *patching.CHECKS),
}

# What every SCIM service has to do. The others are the wishes of some clients, and are asked for by name.
DEFAULT = ("rfc7644",)
