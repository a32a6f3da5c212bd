"""What a service provider offers, as one value: resource types, capabilities, limits.

A :class:`Provider` is frozen and checked when it is built, so that a mistake shows at start-up and not in a request.
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Literal, NamedTuple

from scimcore.dialects import TOLERANT, Dialect
from scimcore.documents import Document, Limits
from scimcore.profiles.profile import Profile
from scimcore.resources import Group, User
from scimcore.schema.resource_type import ResourceType
from scimcore.service import profiling
from scimcore.service.authentication import Caller

# Endpoints that RFC 7644 §3.2 gives a meaning of their own.
RESERVED_ENDPOINTS = frozenset({"/serviceproviderconfig", "/schemas", "/resourcetypes", "/bulk", "/me", "/.search"})

OAUTH_BEARER_TOKEN: Document = {
    "type": "oauthbearertoken",
    "name": "OAuth Bearer Token",
    "description": "Authentication with a bearer token in the Authorization header",
    "specUri": "https://www.rfc-editor.org/info/rfc6750",
    "primary": True,
}

# Shorter ones could be guessed by who has a few cursors.
SHORTEST_CURSOR_SECRET_BYTES = 16
# Interoperability profile §6.4: a client may ask for so many.
SMALLEST_INTEROPERABLE_PAGE = 100


class BulkLimits(NamedTuple):
    """What one bulk request may hold (RFC 7644 §3.7.4).

    Attributes:
        max_operations: The most operations; more are answered 413.
        max_payload_bytes: The size of the body; more is answered 413.
    """

    max_operations: int = 1000
    max_payload_bytes: int = 4_194_304


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
        bulk: What a bulk request may hold; None offers no bulk requests.
        cursor_lifetime_seconds: How long a cursor is good for, at the least and at the most: ``cursorTimeout``. It
            means something only where the store can go on from a position.
    """

    documentation_uri: str | None = None
    default_results: int = 100
    max_results: int = 1000
    change_password: bool = True
    authentication_schemes: tuple[Document, ...] = (OAUTH_BEARER_TOKEN,)
    patch_answer: Literal["resource", "nothing", "nothing for members"] = "resource"
    bulk: BulkLimits | None = BulkLimits()
    cursor_lifetime_seconds: int = 3600


def _users_and_groups() -> tuple[ResourceType, ...]:
    return User.resource_type(), Group.resource_type()


_UTC_NOW: Callable[[], datetime] = partial(datetime.now, UTC)


def random_id() -> str:
    """Make a UUID of version 4 (RFC 9562 §5.4): what ``str(uuid.uuid4())`` is, in a fifth of the time.

    Nobody can have named it before.
    """
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:]}"


# The two bits of the variant stand before two random ones: four digits become each of these.
_VARIANT = {f"{digit:x}": "89ab"[digit % 4] for digit in range(16)}


def _random_secret() -> bytes:
    return secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Provider:
    """A service provider, without its store and its callers.

    Attributes:
        resource_types: What it keeps; users and groups by default.
        config: What it says of itself, and its page sizes.
        limits: What it is willing to read.
        dialect: What a caller may send off the specification, if the caller has no dialect of its own.
        profile: The application's attribute mapping, which every user must satisfy; it adds its extension to the
            users, and a strict one takes booleans in quotes out of ``dialect``. None maps nothing.
        update_attempts: How often a write is tried when others write at the same time and the client sent no If-Match.
        unknown_members: What happens to a new member that there is no resource for: the request is refused, the member
            is left out and that is told in the log, or it is kept as it was sent. With a profile, ``reject`` is what
            the profile's own switch of this name says.
        new_id: Makes the id of a new resource.
        now: The clock for ``meta.created`` and ``meta.lastModified``, and for when a cursor has expired.
        me: Says which user a caller is, by the user's id, or None if it is none: then there is ``/Me`` (RFC 7644
            §3.11). None offers no ``/Me``.
        cursor_secret: Signs cursors (RFC 9865 §5.2). Random for each process unless given: several processes that
            serve the same clients need the same one, at least 16 bytes of it.
        strict_accept: Whether a client that accepts neither of the two media types of SCIM is refused (406). Otherwise
            it gets ``application/scim+json``, as clients expect that name something else and read JSON all the same.
        interop_strict: Whether the SCIM interoperability profile is followed where it contradicts RFC 7644: a request
            with an attribute or schema that is not declared, and a PATCH operation without a path, are refused, and
            a replaced complex attribute keeps nothing of what it was. Then the service says that it conforms.

    Raises:
        ValueError: If the parts do not fit together.
    """

    resource_types: tuple[ResourceType, ...] = field(default_factory=_users_and_groups)
    config: Config = field(default_factory=Config)
    limits: Limits = field(default_factory=Limits)
    dialect: Dialect = TOLERANT
    profile: Profile | None = None
    update_attempts: int = 5
    unknown_members: Literal["reject", "skip", "keep"] = "reject"
    new_id: Callable[[], str] = random_id
    now: Callable[[], datetime] = _UTC_NOW
    me: Callable[[Caller], str | None] | None = None
    cursor_secret: bytes = field(default_factory=_random_secret, repr=False)
    strict_accept: bool = False
    interop_strict: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "resource_types", profiling.governed(self.resource_types, self.profile))
        object.__setattr__(self, "dialect", profiling.as_strict_as(self.profile, self.dialect))
        if self.profile is not None and self.unknown_members == "reject":
            object.__setattr__(self, "unknown_members", self.profile.unknown_members)
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
        if self.me is not None and USER_NAME not in names:
            raise ValueError("/Me is a user: a Provider with `me` needs the resource type User")
        self._check_limits()

    def _check_limits(self) -> None:
        config = self.config
        if config.bulk is not None and min(config.bulk) < 1:
            raise ValueError("a bulk request must be allowed one operation and one byte at least")
        if config.cursor_lifetime_seconds < 1:
            raise ValueError("cursor_lifetime_seconds must be at least 1")
        if len(self.cursor_secret) < SHORTEST_CURSOR_SECRET_BYTES:
            raise ValueError(f"cursor_secret needs at least {SHORTEST_CURSOR_SECRET_BYTES} bytes")
        if self.interop_strict and config.max_results < SMALLEST_INTEROPERABLE_PAGE:
            raise ValueError(f"the interoperability profile asks for pages of {SMALLEST_INTEROPERABLE_PAGE}")

    @property
    def max_body_bytes(self) -> int:
        """The size of the largest body that any endpoint reads: an adapter may drop what comes behind."""
        bulk = self.config.bulk
        return self.limits.max_payload_bytes if bulk is None else max(self.limits.max_payload_bytes, bulk[1])


# The resource type that /Me is.
USER_NAME = "User"
