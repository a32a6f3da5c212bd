"""Who is calling: from a request to a :class:`Caller`, before anything else of the request is looked at.

The service asks one function, ``authenticate(request) -> Caller``. :func:`bearer_tokens` makes the usual one; a host
with sessions, mutual TLS or a token service of its own writes another. :func:`first_of` joins several.
"""

import base64
import binascii
import hashlib
import hmac
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, TypeAlias, overload

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
        scheme, _, credential = request.headers.fields.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not (credential := credential.strip()):
            raise Challenged("Authentication is required: send 'Authorization: Bearer <token>'.")
        presented = hashlib.sha256(credential.encode("utf-8", "surrogateescape")).digest()
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


BASIC_CHALLENGE = 'Basic realm="SCIM", charset="UTF-8"'


def basic(passwords: Mapping[tuple[str, str], str | Caller]) -> Authenticate:
    """Make an ``authenticate`` that knows a few names and passwords (RFC 7617), for clients that can do no better.

    Args:
        passwords: Name and password to caller: ``{("okta", "s3cret"): "okta"}``. Several passwords of one name are all
            good: while one is being replaced, both are.

    Raises:
        ValueError: If there is none, a password is empty, or a name has a colon, which could never be sent.
    """
    if not passwords:
        raise ValueError("basic needs at least one name and password: without any, nobody could ever call the service")
    callers = {pair: Caller(caller) if isinstance(caller, str) else caller for pair, caller in passwords.items()}
    for (name, password), caller in callers.items():
        if not name or not password or ":" in name:
            raise ValueError(f"the name or the password of {caller.name!r} is empty, or the name has a colon")
    known = tuple(
        (hashlib.sha256(f"{name}:{password}".encode()).digest(), caller) for (name, password), caller in callers.items()
    )

    def authenticate(request: Request) -> Caller:
        scheme, _, credential = request.headers.fields.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            raise Challenged("Authentication is required: send 'Authorization: Basic ...'.", challenge=BASIC_CHALLENGE)
        try:
            presented = base64.b64decode(credential.strip(), validate=True)
        except (binascii.Error, ValueError):
            presented = b""
        digest = hashlib.sha256(presented).digest()
        found = None
        for known_digest, caller in known:  # all of them, as for tokens
            if hmac.compare_digest(known_digest, digest):
                found = caller
        if found is None:
            raise Challenged("The name and the password do not belong together.", challenge=BASIC_CHALLENGE)
        return found

    return authenticate


@overload
def first_of(*ways: Authenticate) -> Authenticate: ...
@overload
def first_of(*ways: AsyncAuthenticate) -> AsyncAuthenticate: ...
def first_of(*ways: AsyncAuthenticate) -> AsyncAuthenticate:
    """Join several ways to authenticate: the first that knows the caller says who it is.

    Only ``Unauthorized`` passes a request on to the next; anything else a way raises is raised. If none of them knows
    the caller, the answer lists what each of them asks for (RFC 9110 §11.6.1).

    Args:
        ways: At least one. If one of them is a coroutine function, so is what is returned.

    Raises:
        ValueError: If there is none.
    """
    if not ways:
        raise ValueError("first_of needs at least one way to authenticate")

    def authenticate(request: Request) -> Caller:
        refusals: list[Unauthorized] = []
        for way in ways:
            try:
                caller = way(request)
            except Unauthorized as error:
                refusals.append(error)
                continue
            if not isinstance(caller, Caller):
                raise TypeError("a way to authenticate that returns an awaitable must be a coroutine function")
            return caller
        raise _refused(refusals)

    async def authenticate_async(request: Request) -> Caller:
        refusals: list[Unauthorized] = []
        for way in ways:
            try:
                caller = way(request)
                return caller if isinstance(caller, Caller) else await caller
            except Unauthorized as error:
                refusals.append(error)
        raise _refused(refusals)

    return authenticate_async if any(map(inspect.iscoroutinefunction, ways)) else authenticate


def _refused(refusals: list[Unauthorized]) -> Challenged:
    challenges = [each.challenge if isinstance(each, Challenged) else DEFAULT_CHALLENGE for each in refusals]
    # What was sent is told of by the one that knows the scheme: its challenge says what was wrong.
    telling = next((each for each in refusals if "error=" in getattr(each, "challenge", "")), refusals[0])
    return Challenged(telling.detail, challenge=", ".join(dict.fromkeys(challenges)))


@overload
def open_discovery(authenticate: Authenticate) -> Authenticate: ...
@overload
def open_discovery(authenticate: AsyncAuthenticate) -> AsyncAuthenticate: ...
def open_discovery(authenticate: AsyncAuthenticate) -> AsyncAuthenticate:
    """Let anybody read what the service offers (RFC 7644 §4), and ask all others, and for all else, who they are.

    Without it, the three discovery endpoints need a credential as everything does. Only the plain spelling of a path
    is open: one that is encoded or ends in something unusual needs a credential.

    Args:
        authenticate: Asked for everything else, and where a credential was sent.
    """

    def authenticate_unless_open(request: Request) -> Caller | Awaitable[Caller]:
        if (
            request.method in ("GET", "HEAD")
            and "authorization" not in request.headers.fields
            and _is_open(request.path)
        ):
            return _ANYONE
        return authenticate(request)

    return authenticate_unless_open


def _is_open(path: str) -> bool:
    return _DISCOVERY.fullmatch(path) is not None


# An id is a URN or a name.
_DISCOVERY = re.compile(r"/(?:serviceproviderconfig|(?:schemas|resourcetypes)(?:/[a-z0-9:._-]+)?)", re.IGNORECASE)


def anyone(request: Request) -> Caller:
    """Ask nobody: an ``authenticate`` for hosts that have authenticated the request before it gets here."""
    return _ANYONE


_ANYONE = Caller("anyone")
