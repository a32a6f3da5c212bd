"""The resources of RFC 7643, as typed models."""

from scimcore.resources.discovery import ResourceType, Schema, ServiceProviderConfig
from scimcore.resources.enterprise_user import EnterpriseUser, Manager
from scimcore.resources.group import Group, Member
from scimcore.resources.user import (
    Address,
    Email,
    Entitlement,
    InstantMessage,
    Name,
    PhoneNumber,
    Photo,
    Role,
    User,
    UserGroup,
    X509Certificate,
)

__all__ = [
    "Address",
    "Email",
    "EnterpriseUser",
    "Entitlement",
    "Group",
    "InstantMessage",
    "Manager",
    "Member",
    "Name",
    "PhoneNumber",
    "Photo",
    "ResourceType",
    "Role",
    "Schema",
    "ServiceProviderConfig",
    "User",
    "UserGroup",
    "X509Certificate",
]
