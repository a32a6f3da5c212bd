"""What a service provider offers, as one value: resource types, capabilities, limits.

A :class:`Provider` is frozen and checked when it is built, so that a mistake shows at start-up and not in a request.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from scimcore.dialects import TOLERANT, Dialect
from scimcore.documents import Document, Limits
from scimcore.resources import Group, User
from scimcore.schema.resource_type import ResourceType

# Endpoints that RFC 7644 §3.2 gives a meaning of their own.
RESERVED_ENDPOINTS = frozenset({"/serviceproviderconfig", "/schemas", "/resourcetypes", "/bulk", "/me", "/.search"})

OAUTH_BEARER_TOKEN: Document = {
    "type": "oauthbearertoken",
    "name": "OAuth Bearer Token",
    "description": "Authentication with a bearer token in the Authorization header",
    "specUri": "https://www.rfc-editor.org/info/rfc6750",
    "primary": True,
}


class Config(NamedTuple):
    """What the service provider says of itself at ``/ServiceProviderConfig`` (RFC 7643 §5), where there is a choice.

    Attributes:
        documentation_uri: Where people read about the service.
        default_results: How many resources a page has when the client names no ``count``.
        max_results: How many it has at most.
        change_password: Whether a client may change a password.
        authentication_schemes: As published; they describe what ``authenticate`` does.
        patch_answer: What a PATCH is answered: the resource (200), nothing (204), or nothing if only memberships
            changed. A client that asks for attributes is always shown them (RFC 7644 §3.5.2).
    """

    documentation_uri: str | None = None
    default_results: int = 100
    max_results: int = 1000
    change_password: bool = True
    authentication_schemes: tuple[Document, ...] = (OAUTH_BEARER_TOKEN,)
    patch_answer: Literal["resource", "nothing", "nothing for members"] = "resource"


def _users_and_groups() -> tuple[ResourceType, ...]:
    return User.resource_type(), Group.resource_type()


def _random_id() -> str:
    return str(uuid.uuid4())


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Provider:
    """A service provider, without its store and its callers.

    Attributes:
        resource_types: What it keeps; users and groups by default.
        config: What it says of itself, and its page sizes.
        limits: What it is willing to read.
        dialect: What a caller may send off the specification, if the caller has no dialect of its own.
        profile: The application's attribute mapping; None maps nothing.
        update_attempts: How often a write is tried when others write at the same time and the client sent no If-Match.
        unknown_members: What happens to a new member that there is no resource for: the request is refused, the member
            is left out and that is told in the log, or it is kept as it was sent.
        new_id: Makes the id of a new resource.
        now: The clock for ``meta.created`` and ``meta.lastModified``.

    Raises:
        ValueError: If the parts do not fit together.
    """

    resource_types: tuple[ResourceType, ...] = field(default_factory=_users_and_groups)
    config: Config = field(default_factory=Config)
    limits: Limits = field(default_factory=Limits)
    dialect: Dialect = TOLERANT
    profile: Any = None
    update_attempts: int = 5
    unknown_members: Literal["reject", "skip", "keep"] = "reject"
    new_id: Callable[[], str] = _random_id
    now: Callable[[], datetime] = _utc_now

    def __post_init__(self) -> None:
        if not self.resource_types:
            raise ValueError("a Provider needs at least one resource type")
        names: set[str] = set()
        endpoints = set(RESERVED_ENDPOINTS)
        for resource_type in self.resource_types:
            name, endpoint = resource_type.name, resource_type.endpoint.lower()
            if endpoint in endpoints:
                raise ValueError(f"the endpoint {resource_type.endpoint} of {name} is taken or reserved by RFC 7644")
            if name in names:
                raise ValueError(f"two resource types are called {name!r}")
            names.add(name)
            endpoints.add(endpoint)
        if not 0 <= self.config.default_results <= self.config.max_results:
            raise ValueError("default_results must lie between 0 and max_results")
        if self.update_attempts < 1:
            raise ValueError("update_attempts must be at least 1")
