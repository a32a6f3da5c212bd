"""The URNs of RFC 7643 and RFC 7644, and how to recognise one.

Ground floor: constants and one pure function. Nothing here may know what a schema or a message looks like.
"""

import re

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SERVICE_PROVIDER_CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"

LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

# The namespace identifier is 2 to 32 characters (RFC 8141 §2); the rest is anything printable but a space.
_URN = r"(?i)urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:[!-~]+"


def is_urn(text: str) -> bool:
    """Tell whether a text is a URN, in any casing (RFC 8141 §2).

    >>> is_urn("urn:ietf:params:scim:schemas:core:2.0:User")
    True
    """
    return re.fullmatch(_URN, text) is not None
