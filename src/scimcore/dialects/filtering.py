"""What clients write in filters, and in the filters of PATCH paths, off RFC 7644 §3.4.2.2."""

from scimcore.dialects.quirk import Quirk
from scimcore.filter.tolerances import FilterTolerance

VALUE_PATH_COMPARISON = Quirk(
    FilterTolerance.VALUE_PATH_SUB_ATTRIBUTE.value,
    "A comparison behind a value path",
    "Entra",
    'GET /Users?filter=emails[type eq "work"].value eq "i@example.com"',
    "400 invalidFilter.",
    'One value has both: `emails[type eq "work" and value eq "i@example.com"]`.',
    "None.",
    (FilterTolerance.VALUE_PATH_SUB_ATTRIBUTE,),
    ("Q69",),
)
LITERAL_CASE = Quirk(
    FilterTolerance.LITERAL_CASE.value,
    "Capitalised literals in a filter",
    "scripts",
    "GET /Users?filter=active eq True",
    "400 invalidFilter.",
    "Read without case.",
    "None.",
    (FilterTolerance.LITERAL_CASE,),
)
QUOTED_LITERAL = Quirk(
    FilterTolerance.QUOTED_LITERAL.value,
    "Booleans and numbers in quotes, in a filter",
    "Entra (roles)",
    '{"op": "Replace", "path": "roles[primary eq \\"True\\"].value", "value": "admin"}',
    "400 invalidFilter, in a path invalidPath: a text is no boolean.",
    "Read as the attribute's type says.",
    "None.",
    (FilterTolerance.QUOTED_LITERAL,),
    ("Q29",),
)
COMPLEX_VALUE = Quirk(
    FilterTolerance.COMPLEX_VALUE.value,
    "A complex attribute compared with a text",
    "Entra",
    'GET /Users?filter=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "26118915"',
    "400 invalidFilter for an attribute with one value.",
    "Its `value` is compared.",
    "None.",
    (FilterTolerance.COMPLEX_VALUE,),
    ("Q70",),
)
BARE_EXTENSION_NAME = Quirk(
    FilterTolerance.BARE_EXTENSION_NAME.value,
    "An extension's attribute without its URN, in a filter",
    "Entra",
    'GET /Users?filter=id eq "2819c223" and manager eq "26118915"',
    "400 invalidFilter.",
    "The attribute of that name, if one extension alone has it and the core schema has not.",
    "None.",
    (FilterTolerance.BARE_EXTENSION_NAME,),
    ("Q70",),
)
TIME_WITHOUT_ZONE = Quirk(
    FilterTolerance.TIME_WITHOUT_ZONE.value,
    "A time without its zone, in a filter",
    "scripts",
    'GET /Users?filter=meta.lastModified gt "2024-05-13T04:42:34"',
    "400 invalidFilter.",
    "Read as UTC.",
    "A client in another zone asks for other hours than it thinks.",
    (FilterTolerance.TIME_WITHOUT_ZONE,),
)
