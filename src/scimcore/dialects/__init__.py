"""Dialects: what clients send off the specification, one value each.

``ENTRA.plus(quirk)`` understands more; ``Dialect("mine", (quirk, ...))`` is one of your own.
"""

from scimcore.dialects.dialect import Dialect
from scimcore.dialects.entra import ENTRA
from scimcore.dialects.okta import OKTA
from scimcore.dialects.quirk import (
    BodyRewrite,
    OperationRewrite,
    Quirk,
    ResourceRewrite,
    Seat,
    ValueRewrite,
    VerbRewrite,
)
from scimcore.dialects.strict import STRICT
from scimcore.dialects.tolerant import TOLERANT

BY_NAME = {dialect.name: dialect for dialect in (STRICT, TOLERANT, OKTA, ENTRA)}
"""For configuration: the dialects by their names."""

__all__ = [
    "BY_NAME",
    "ENTRA",
    "OKTA",
    "STRICT",
    "TOLERANT",
    "BodyRewrite",
    "Dialect",
    "OperationRewrite",
    "Quirk",
    "ResourceRewrite",
    "Seat",
    "ValueRewrite",
    "VerbRewrite",
]
