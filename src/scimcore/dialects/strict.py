"""STRICT: RFC 7643 and RFC 7644 to the letter, errata applied."""

from scimcore.dialects.dialect import Dialect

STRICT = Dialect("strict")
"""Nothing is put right and nothing is guessed."""
