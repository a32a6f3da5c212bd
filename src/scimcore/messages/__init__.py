"""The messages of RFC 7644, as typed models."""

from scimcore.messages.bulk import BulkOperation, BulkRequest, BulkResponse, BulkResult
from scimcore.messages.error import Error
from scimcore.messages.list_response import ListResponse
from scimcore.messages.patch import Patch
from scimcore.messages.search_request import SearchRequest

__all__ = [
    "BulkOperation",
    "BulkRequest",
    "BulkResponse",
    "BulkResult",
    "Error",
    "ListResponse",
    "Patch",
    "SearchRequest",
]
