"""Who is calling: from a request to a :class:`Caller`, before anything else of the request is looked at.

The service asks one function, ``authenticate(request) -> Caller``. :func:`bearer_tokens` makes the usual one; a host
with sessions, mutual TLS or a token service of its own writes another.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, TypeAlias

from scimcore.dialects import Dialect
from scimcore.errors import Unauthorized
from scimcore.http import Request

DEFAULT_CHALLENGE = 'Bearer realm="SCIM"'


class Caller(NamedTuple):
    """Whoever the credential belongs to.

    Attributes:
        name: How logs and events call it. Never the credential.
        dialect: What this client may send off the specification; None leaves it to the provider.
        tenant: Whose resources it works on, where a service has several tenants. It comes from the credential and
            from nowhere else.
    """

    name: str
    dialect: Dialect | None = None
    tenant: str | None = None


Authenticate: TypeAlias = Callable[[Request], Caller]
AsyncAuthenticate: TypeAlias = Callable[[Request], Caller | Awaitable[Caller]]


class Challenged(Unauthorized):
    """No acceptable credential, and the scheme that would have one.

    Attributes:
        challenge: For the ``WWW-Authenticate`` header (RFC 9110 §11.6.1).
    """

    def __init__(self, detail: str, *, challenge: str = DEFAULT_CHALLENGE) -> None:
        super().__init__(detail)
        self.challenge = challenge


def bearer_tokens(tokens: Mapping[str, str | Caller]) -> Authenticate:
    """Make an ``authenticate`` that knows a few bearer tokens (RFC 6750).

    Several tokens may name the same caller: while one is being replaced, both are good.

    Args:
        tokens: Token to caller: ``{"s3cret": "okta"}``, or ``{"s3cret": Caller("entra", ENTRA)}`` for a client that has
            a dialect of its own.

    Raises:
        ValueError: If there is no token, or one could never be sent: empty, or with a space or a control character.
    """
    if not tokens:
        raise ValueError("bearer_tokens needs at least one token: without any, nobody could ever call the service")
    callers = {token: Caller(caller) if isinstance(caller, str) else caller for token, caller in tokens.items()}
    for token, caller in callers.items():
        # An empty one would let in every client that sends "Bearer" and nothing more.
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError(f"the bearer token of {caller.name!r} is empty or has characters that no header can carry")
    # Digests have one length, so that comparing them tells nothing about a token, not even how long it is.
    known = tuple((hashlib.sha256(token.encode()).digest(), caller) for token, caller in callers.items())

    def authenticate(request: Request) -> Caller:
        scheme, _, credential = request.headers.get("authorization").partition(" ")
        if scheme.lower() != "bearer" or not (credential := credential.strip()):
            raise Challenged("Authentication is required: send 'Authorization: Bearer <token>'.")
        presented = hashlib.sha256(credential.encode(errors="surrogateescape")).digest()
        found = None
        for digest, caller in known:  # all of them, whichever fits: the time taken is the same
            if hmac.compare_digest(digest, presented):
                found = caller
        if found is None:
            # RFC 6750 §3.1. An unknown token and one that is no longer good look alike.
            raise Challenged(
                "The bearer token is not one that this service accepts.",
                challenge=f'{DEFAULT_CHALLENGE}, error="invalid_token"',
            )
        return found

    return authenticate


def anyone(request: Request) -> Caller:
    """Ask nobody: an ``authenticate`` for hosts that have authenticated the request before it gets here."""
    return Caller("anyone")
