"""TOLERANT, the default: what the RFC leaves open, and what its letter would turn into destroyed data."""

from scimcore.dialects import rewrites
from scimcore.dialects.dialect import Dialect
from scimcore.dialects.filtering import (
    BARE_EXTENSION_NAME,
    COMPLEX_VALUE,
    LITERAL_CASE,
    QUOTED_LITERAL,
    TIME_WITHOUT_ZONE,
    VALUE_PATH_COMPARISON,
)
from scimcore.dialects.quirk import OperationRewrite, Quirk, ResourceRewrite, ValueRewrite, VerbRewrite
from scimcore.patch.tolerances import Tolerance
from scimcore.schema.characteristics import AttributeType

COMPLEX = frozenset({AttributeType.COMPLEX})
BOOLEAN = frozenset({AttributeType.BOOLEAN})
# What a value is in Python that a rewrite is asked about.
TEXT, OBJECT, ARRAY, NULL = (frozenset({kind}) for kind in (str, dict, list, type(None)))
ONE = frozenset({str, dict, int, float, bool})

CAPITALISED_OP = Quirk(
    "capitalised-op",
    "Operation names with a capital",
    "Entra",
    '{"op": "Replace", "path": "title", "value": "Pilot"}',
    "400 invalidSyntax: the names are add, remove and replace.",
    "Read without case. A word that is none of the three stays an error.",
    "None.",
    (VerbRewrite(rewrites.lower_verb),),
    ("Q01",),
)
EXTRA_OPERATION_MEMBERS = Quirk(
    "extra-operation-members",
    "More members in an operation than it has",
    "Postman collections for Entra",
    '{"name": "addMember", "op": "add", "path": "members", "value": [{"value": "2819c223"}]}',
    "400 invalidSyntax.",
    "They are left out.",
    "A misspelt `path` is left out as well; what remains of such an operation is refused in nearly all cases.",
    (OperationRewrite(rewrites.known_members),),
    ("Q04",),
)
EMPTY_PATH = Quirk(
    "empty-path",
    "An empty path, or null",
    "scripts",
    '{"op": "replace", "path": "", "value": {"title": "Pilot"}}',
    "400 invalidPath.",
    "Read as an operation without a path; a `remove` stays an error.",
    "None.",
    (OperationRewrite(rewrites.no_path),),
    ("Q06",),
)
COMPOSITE_KEYS = Quirk(
    "composite-keys",
    "Paths as keys of a value without a path",
    "Entra with ?aadOptscim062020",
    '{"op": "replace", "value": {"name.givenName": "Ilse", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:'
    'User:department": "Fleet", "emails[type eq \\"work\\"].value": "i@example.com"}}',
    "400 invalidPath: no attribute has such a name.",
    "An operation for each such key. No attribute name has a dot or a colon, so nothing else can be meant. A key "
    "of a readOnly attribute is taken for that attribute.",
    "None.",
    (OperationRewrite(rewrites.one_path_each),),
    ("Q12", "Q13", "Q15"),
)
BARE_EXTENSION_PATH = Quirk(
    "bare-extension-path",
    "An extension's attribute without its URN",
    "Entra (older jobs)",
    '{"op": "Add", "path": "manager", "value": [{"$ref": "http://example.com/Users/26118915", "value": "26118915"}]}',
    "400 invalidPath.",
    "The attribute of that name, if one extension alone has it and the core schema has not.",
    "Another extension that comes to have the name makes it an error again.",
    (OperationRewrite(rewrites.qualified_path),),
    ("Q43",),
)
WRAPPED_VALUE = Quirk(
    "wrapped-value",
    "One value as an array of one object",
    "Entra (older jobs)",
    '{"op": "Replace", "path": "displayName", "value": [{"$ref": null, "value": "Ilse Brandt"}]}',
    "400 invalidValue.",
    "The value inside. Two values, and `[null]`, stay an error.",
    "None.",
    (ValueRewrite(rewrites.unwrap, sent=OBJECT | ARRAY),),
    ("Q10",),
)
VALUE_FOR_COMPLEX = Quirk(
    "value-for-complex",
    "A bare value for a complex one",
    "Entra (manager), scripts (members)",
    '{"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": "26118915"}',
    "400 invalidValue.",
    'Its `value`: `{"value": "26118915"}`. In arrays too: `"members": ["26118915"]`.',
    "None.",
    (ValueRewrite(rewrites.name_value, COMPLEX, TEXT),),
    ("Q42", "Q45", "Q54"),
)
SINGLE_FOR_ARRAY = Quirk(
    "single-for-array",
    "One value where an array is due",
    "scripts",
    '{"op": "replace", "value": {"emails": {"type": "work", "value": "i@example.com"}}}',
    "400 invalidValue. (To `add` one value to an array by its path is what the RFC has itself.)",
    'An array of one. A text is one value only where it refers to something (`members`), since `"a@x, b@x"` is a text '
    "as well; and an empty one is none.",
    "None.",
    (ValueRewrite(rewrites.wrap, sent=ONE),),
    ("Q34",),
)
STRING_BOOLEAN = Quirk(
    "string-boolean",
    "Booleans as text",
    "Entra",
    '{"op": "Replace", "path": "active", "value": "False"}',
    "400 invalidValue.",
    '`true` and `false` in any casing, where the schema says boolean, at any depth. `"yes"` and `1` stay errors.',
    "None; but the truth of a text in Python would have kept the leaver active.",
    (ValueRewrite(rewrites.read_boolean, BOOLEAN, TEXT),),
    ("Q07", "Q08"),
)
DISPLAY_NAME = Quirk(
    "display-name",
    "displayName for display",
    "Entra (roles, members)",
    '{"op": "add", "path": "roles", "value": [{"value": "admin", "displayName": "Admin"}]}',
    "400 invalidSyntax: the values have no such sub-attribute.",
    "Read as `display`, where there is one.",
    "None.",
    (ValueRewrite(rewrites.display_name, COMPLEX, OBJECT),),
    ("Q04", "Q62"),
)
SCHEMAS_IN_EXTENSION = Quirk(
    "schemas-in-extension",
    "schemas inside an extension",
    "scim2-client",
    '{"op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "value": '
    '{"schemas": ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"], "department": "Fleet"}}',
    "400 invalidPath: the extension has no such attribute.",
    "They are left out: the path has said the same.",
    "None.",
    (ValueRewrite(rewrites.without_schemas, COMPLEX, OBJECT),),
)
EMPTY_TEXT = Quirk(
    "empty-text",
    "An empty text for no value",
    "Okta, Entra",
    '{"op": "replace", "path": "title", "value": ""}',
    'The value is a text without characters, and stays `""`.',
    'Unassigned, as null is. `"userName": ""` stays an error, as for all that is required.',
    "A client that wants an empty text to be kept does not get it.",
    (ValueRewrite(rewrites.empty_is_unassigned, sent=TEXT),),
    ("Q36", "Q44"),
)
EMPTY_REFERENCE = Quirk(
    "empty-reference",
    "A reference to nothing",
    "Okta, Entra",
    '{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": ""}}}',
    "The manager has an empty `value`.",
    "Unassigned. Only where there is one value: a member without `value` is an error in every dialect.",
    "None.",
    (ValueRewrite(rewrites.drop_empty_reference, COMPLEX, OBJECT),),
    ("Q44",),
)
VALUELESS_ENTRIES = Quirk(
    "valueless-entries",
    "Entries of an array that have no value",
    "Okta",
    '{"phoneNumbers": [{"type": "mobile", "value": ""}, {"type": "work", "value": "tel:+47-5555"}]}',
    "The entry is kept.",
    "The entry is left out: with an empty or null `value`, or with nothing but `type` and `primary`. Never of members.",
    "An application that wants to know of empty entries does not.",
    (ValueRewrite(rewrites.drop_valueless, COMPLEX, OBJECT),),
    ("Q38",),
)
NULL_ACTIVE = Quirk(
    "null-active",
    "active: null",
    "any",
    '{"op": "replace", "path": "active", "value": null}',
    "Unassigned; what that means is for the application.",
    "400 invalidValue, on every write, for `[]` and `{}` too: a default of true somewhere would bring a leaver back.",
    "None.",
    (ValueRewrite(rewrites.refuse_null_active, BOOLEAN, NULL | ARRAY | OBJECT),),
    ("Q40",),
)
UNREGISTERED_SCHEMAS = Quirk(
    Tolerance.IGNORE_UNKNOWN_SCHEMAS.value,
    "URNs in schemas that the service does not have",
    "Entra",
    '{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group", '
    '"http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"], "displayName": "Crew"}',
    "In a PATCH 400 invalidValue; in a resource they are passed over without a word.",
    "They are left out. The schema of the resource itself must be there.",
    "Data of a schema that was to be registered and is not is lost; the report says so.",
    (ResourceRewrite(rewrites.registered_schemas), Tolerance.IGNORE_UNKNOWN_SCHEMAS),
    ("Q57", "Q64"),
)
ADD_CREATES_VALUE = Quirk(
    Tolerance.ADD_CREATES_VALUE.value,
    "Add at a value path that matches nothing",
    "Entra",
    '{"op": "Add", "path": "phoneNumbers[type eq \\"mobile\\"].value", "value": "tel:+47-5555"}',
    "400 noTarget: the RFC does not say what to make of it (errata 8097).",
    "The value that the filter describes is made, if the filter is equalities joined by `and`. Never a member.",
    "Where the client meant a value that has another `type` by now, it makes a second one.",
    (Tolerance.ADD_CREATES_VALUE,),
    ("Q25", "Q27", "Q28", "Q31", "Q34"),
)
REMOVE_LISTED_VALUES = Quirk(
    Tolerance.REMOVE_LISTED_VALUES.value,
    "Remove with a list of values",
    "Entra, JumpCloud",
    '{"op": "Remove", "path": "members", "value": [{"$ref": null, "value": "2819c223"}]}',
    "The value means nothing: every member is removed.",
    'The values listed are removed, in `{"members": [...]}` too; those that are not there are passed over; an empty '
    'list removes none. What names no value, such as `{"id": "2819c223"}`, is an error.',
    "None: the danger is in the letter.",
    (Tolerance.REMOVE_LISTED_VALUES,),
    ("Q49", "Q52", "Q55"),
)
REMOVE_NOTHING = Quirk(
    Tolerance.REMOVE_NOTHING.value,
    "Remove at a value path that matches nothing",
    "Entra (retries)",
    '{"op": "remove", "path": "emails[type eq \\"other\\"]"}',
    "400 noTarget (members: success).",
    "Success without a change: what was to be gone is gone.",
    "A filter that is wrong goes unnoticed.",
    (Tolerance.REMOVE_NOTHING,),
    ("Q33",),
)
DROP_BARE_LABELS = Quirk(
    Tolerance.DROP_BARE_LABELS.value,
    "A label without a value remains",
    "Entra",
    '{"op": "Remove", "path": "phoneNumbers[type eq \\"fax\\"].value"}',
    'The sub-attribute is removed, and `{"type": "fax"}` stays.',
    "A value that is left with `type` and `primary` only is removed.",
    "None.",
    (Tolerance.DROP_BARE_LABELS,),
    ("Q33", "Q36"),
)
DROP_STALE_REFERENCE = Quirk(
    Tolerance.DROP_STALE_REFERENCE.value,
    "Another manager by value alone",
    "Entra",
    '{"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", '
    '"value": {"value": "26118916"}}',
    "What is not named stays: the `displayName` and `$ref` of the manager before.",
    "What was said of the one before goes, where another one is named, or none.",
    "None.",
    (Tolerance.DROP_STALE_REFERENCE,),
    ("Q42", "Q46"),
)
READ_ONLY_IN_VALUE = Quirk(
    Tolerance.IGNORE_READ_ONLY.value,
    "readOnly attributes inside a value",
    "Okta (id), OneLogin, JumpCloud",
    '{"op": "replace", "value": {"id": "abf4dd94-a4c0-4f67-89c9-76b03340cb9b", "displayName": "Crew"}}',
    "400 mutability.",
    "Ignored, as in a PUT; an `id` must be that of the resource. A readOnly attribute as a path stays an error.",
    "None: they are never applied.",
    (Tolerance.IGNORE_READ_ONLY,),
    ("Q16",),
)
TOLERANT = Dialect(
    "tolerant",
    (
        CAPITALISED_OP,
        EXTRA_OPERATION_MEMBERS,
        EMPTY_PATH,
        BARE_EXTENSION_PATH,
        COMPOSITE_KEYS,
        WRAPPED_VALUE,
        SINGLE_FOR_ARRAY,
        VALUE_FOR_COMPLEX,
        DISPLAY_NAME,
        SCHEMAS_IN_EXTENSION,
        STRING_BOOLEAN,
        EMPTY_TEXT,
        EMPTY_REFERENCE,
        VALUELESS_ENTRIES,
        NULL_ACTIVE,
        UNREGISTERED_SCHEMAS,
        READ_ONLY_IN_VALUE,
        REMOVE_LISTED_VALUES,
        REMOVE_NOTHING,
        ADD_CREATES_VALUE,
        DROP_BARE_LABELS,
        DROP_STALE_REFERENCE,
        VALUE_PATH_COMPARISON,
        LITERAL_CASE,
        QUOTED_LITERAL,
        COMPLEX_VALUE,
        BARE_EXTENSION_NAME,
        TIME_WITHOUT_ZONE,
    ),
)
"""For clients that nothing is known of: everything that has one meaning, and no typo."""
