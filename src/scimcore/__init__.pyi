"""The table of contents of scimcore; `__init__.py` loads a name when it is first used."""

from scimcore.errors import (
    Forbidden,
    InvalidFilter,
    InvalidPath,
    InvalidSyntax,
    InvalidValue,
    MutabilityViolation,
    NoTarget,
    NotFound,
    ScimError,
    TooMany,
    Unauthorized,
    Uniqueness,
    VersionMismatch,
    Violation,
)
from scimcore.filter import Filter
from scimcore.handler import AsyncHandler, Handler
from scimcore.http import Headers, Request, Response
from scimcore.messages import Patch
from scimcore.paths import AttributePath
from scimcore.resources import EnterpriseUser, Group, User
from scimcore.service.authentication import Caller
from scimcore.service.hooks import Hooks
from scimcore.service.provider import Config, Provider
from scimcore.storage import AsyncStorage, Page, Query, Storage, Stored

__all__ = [
    "AsyncHandler",
    "AsyncStorage",
    "AttributePath",
    "Caller",
    "Config",
    "EnterpriseUser",
    "Filter",
    "Forbidden",
    "Group",
    "Handler",
    "Headers",
    "Hooks",
    "InvalidFilter",
    "InvalidPath",
    "InvalidSyntax",
    "InvalidValue",
    "MutabilityViolation",
    "NoTarget",
    "NotFound",
    "Page",
    "Patch",
    "Provider",
    "Query",
    "Request",
    "Response",
    "ScimError",
    "Storage",
    "Stored",
    "TooMany",
    "Unauthorized",
    "Uniqueness",
    "User",
    "VersionMismatch",
    "Violation",
]
