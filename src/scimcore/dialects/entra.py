"""ENTRA: what the provisioning service of Microsoft Entra ID sends, and its validator."""

from scimcore.dialects import rewrites
from scimcore.dialects.quirk import BodyRewrite, OperationRewrite, Quirk, ResourceRewrite, ValueRewrite
from scimcore.dialects.tolerant import ARRAY, COMPLEX, TOLERANT
from scimcore.patch.tolerances import Tolerance

REPLACE_CREATES_VALUE = Quirk(
    Tolerance.REPLACE_CREATES_VALUE.value,
    "Replace at a value path that matches nothing",
    "Entra",
    '{"op": "Replace", "path": "emails[type eq \\"work\\"].value", "value": "i@example.com"}',
    "400 noTarget (RFC 7644 §3.5.2.3, SHALL).",
    'The value that the filter describes is made, as for `add`; null and `""` make none. Never a member.',
    "A client's mistake makes a second value and is not told.",
    (Tolerance.REPLACE_CREATES_VALUE,),
    ("Q26", "Q31", "Q37"),
)
FOREIGN_ID = Quirk(
    Tolerance.IGNORE_FOREIGN_ID.value,
    "Another id inside a value",
    "Entra",
    '{"op": "replace", "value": {"id": "u-1", "title": "Pilot"}}',
    "400 mutability.",
    "Ignored.",
    "A request that was meant for another resource is carried out on this one.",
    (Tolerance.IGNORE_FOREIGN_ID,),
    ("Q16",),
)
UNKNOWN_NAMES = Quirk(
    Tolerance.IGNORE_UNKNOWN_NAMES.value,
    "Undeclared attributes inside a value",
    "Entra with ?aadOptscim062020",
    '{"op": "replace", "value": {"displayName": "Ilse B.", "favouriteTea": "mint"}}',
    "400 invalidPath; the whole request is lost, and repeated for weeks.",
    "Ignored and reported. An undeclared attribute as a path stays an error.",
    "A misspelt name goes unnoticed by the client.",
    (Tolerance.IGNORE_UNKNOWN_NAMES,),
    ("Q18",),
)
NO_OPERATIONS = Quirk(
    Tolerance.NO_OPERATIONS.value,
    "No operations",
    "Microsoft's SCIM validator",
    '{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": []}',
    "400 invalidSyntax: one or more.",
    "Success without a change.",
    "None.",
    (Tolerance.NO_OPERATIONS,),
    ("Q03",),
)
MISSING_SCHEMAS = Quirk(
    "missing-schemas",
    "A body without schemas",
    "scripts around Entra",
    '{"Operations": [{"op": "Replace", "path": "title", "value": "Pilot"}]}',
    "400 invalidSyntax.",
    "Read as the message, or the resource, that the endpoint expects. The URN of another message stays an error.",
    "None.",
    (BodyRewrite(rewrites.patch_schemas), ResourceRewrite(rewrites.resource_schemas)),
    ("Q05", "Q65"),
)
SEVERAL_PRIMARIES = Quirk(
    "several-primaries",
    "Several values with primary true",
    "PingOne, Entra (roles)",
    '{"op": "replace", "path": "emails", "value": [{"value": "a@example.com", "primary": true}, '
    '{"value": "b@example.com", "primary": true}]}',
    "400 invalidValue (RFC 7643 §2.4: at most one).",
    "The last of them is.",
    "The client may have meant another one.",
    (ValueRewrite(rewrites.last_primary_wins, COMPLEX, ARRAY),),
    ("Q63",),
)
DOT_BEHIND_URN = Quirk(
    "dot-behind-urn",
    "A dot between an extension's URN and the attribute",
    "Entra (before December 2018)",
    '{"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.department", "value": "Fleet"}',
    "400 invalidPath.",
    "Read as a colon, behind a URN that the resource type has.",
    "None. On in no dialect: `ENTRA.plus(DOT_BEHIND_URN)`.",
    (OperationRewrite(rewrites.colon_path),),
    ("Q23",),
)

ENTRA = TOLERANT.plus(
    MISSING_SCHEMAS,
    NO_OPERATIONS,
    REPLACE_CREATES_VALUE,
    UNKNOWN_NAMES,
    FOREIGN_ID,
    SEVERAL_PRIMARIES,
    name="entra",
)
"""With and without ``?aadOptscim062020``. It contradicts the RFC where Entra cannot do without."""
