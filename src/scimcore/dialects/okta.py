"""OKTA: what Okta's provisioning sends."""

from scimcore.dialects import rewrites
from scimcore.dialects.quirk import Quirk, ValueRewrite
from scimcore.dialects.tolerant import TOLERANT
from scimcore.schema.characteristics import AttributeType

NUMBER_FOR_TEXT = Quirk(
    "number-for-text",
    "A number where a text is due",
    "Okta (costCenter), HR systems",
    '{"op": "replace", "value": {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"costCenter": 4130}}}',
    "400 invalidValue (RFC 7643 §2.3.1).",
    "Its digits, for a whole number. Never where the text identifies: `id`, `externalId`, `userName`, `value`, `$ref`, "
    "and what must be unique.",
    '`4130` and `"4130"` are no longer told apart.',
    (ValueRewrite(rewrites.write_number, frozenset({AttributeType.STRING}), frozenset({int})),),
    ("Q11",),
)

OKTA = TOLERANT.plus(NUMBER_FOR_TEXT, name="okta")
"""Beside numbers for texts Okta needs nothing that contradicts the RFC: its PATCH without a path and with ``id``, its
empty texts and its entries without a value are all in ``TOLERANT``."""
