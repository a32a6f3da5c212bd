"""Cursors: where a page begins, as a text that only this service can make or read (RFC 9865 §2, §5.2).

A position may hold the value that resources are sorted by, a name for instance, and a cursor travels in URLs: so it is
not signed only, but unreadable too. It is good for one query of one caller, for a while, and on any process that has
the same secret; nothing is kept for it.
"""

import hashlib
import hmac
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from scimcore.errors import ExpiredCursor, InvalidCursor
from scimcore.service.authentication import Caller
from scimcore.storage import Position, Query

# RFC 3986 "unreserved": what a cursor may be made of (RFC 9865 Table 1). Base64url without its padding is.
_UNRESERVED = re.compile(r"[A-Za-z0-9_-]+")
_MAX_CHARACTERS = 4096
_NONCE_BYTES = 12
_SIGNATURE_BYTES = 16


class Mark(NamedTuple):
    """What a cursor says.

    Attributes:
        position: Where the page begins; the store's own affair.
        page_size: The page size of the walk.
    """

    position: Position
    page_size: int


class CursorCodec:
    """Makes cursors and reads them."""

    __slots__ = ("_lifetime_seconds", "_now", "_signing_key", "_stream_key")

    def __init__(self, secret: bytes, lifetime_seconds: int, now: Callable[[], datetime]) -> None:
        """Derive the keys.

        Args:
            secret: What nobody else knows.
            lifetime_seconds: How long a cursor is good for.
            now: The clock.
        """
        self._signing_key = hmac.digest(secret, b"scimcore cursor signature", "sha256")
        self._stream_key = hmac.digest(secret, b"scimcore cursor stream", "sha256")
        self._lifetime_seconds = lifetime_seconds
        self._now = now

    def write(self, mark: Mark, purpose: bytes) -> str:
        """Make a cursor.

        Args:
            mark: What it says.
            purpose: What it is good for; see ``purpose_of``.
        """
        expires = int(self._now().timestamp()) + self._lifetime_seconds
        text = json.dumps([expires, mark.page_size, *mark.position], separators=(",", ":")).encode()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        hidden = nonce + self._hide(text, nonce)
        return urlsafe_b64encode(self._sign(hidden, purpose) + hidden).rstrip(b"=").decode()

    def read(self, cursor: str, purpose: bytes) -> Mark:
        """Read a cursor.

        Raises:
            InvalidCursor: If it was made by others, or for another query or caller. The message is always the same.
            ExpiredCursor: If it was good once.
        """
        if len(cursor) > _MAX_CHARACTERS or not _UNRESERVED.fullmatch(cursor) or len(cursor) % 4 == 1:
            raise _invalid()
        sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        signature, hidden = sealed[:_SIGNATURE_BYTES], sealed[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(hidden, purpose)):
            raise _invalid()
        # Of two texts that base64 reads alike, one was not made here.
        if urlsafe_b64encode(sealed).rstrip(b"=") != cursor.encode():
            raise _invalid()
        nonce = hidden[:_NONCE_BYTES]
        expires, page_size, *position = json.loads(self._hide(hidden[_NONCE_BYTES:], nonce))
        if self._now().timestamp() > expires:
            raise ExpiredCursor(
                f"The cursor has expired: one is good for {self._lifetime_seconds} seconds. Start the query again.",
                rule="RFC 9865 §2.1",
            )
        return Mark(tuple(position), page_size)

    def _sign(self, hidden: bytes, purpose: bytes) -> bytes:
        return hmac.digest(self._signing_key, purpose + hidden, "sha256")[:_SIGNATURE_BYTES]

    def _hide(self, text: bytes, nonce: bytes) -> bytes:
        """Cover a text with a stream that key and nonce give, or uncover it."""
        stream = hashlib.shake_256(self._stream_key + nonce).digest(len(text))
        return (int.from_bytes(text) ^ int.from_bytes(stream)).to_bytes(len(text))


def purpose_of(query: Query, caller: Caller) -> bytes:
    """Condense what a cursor is good for: 32 bytes.

    The resource types, filter, order and who asks; not what is shown of each resource, and not the page size, of
    which RFC 9865 §2.1 has an error of its own.
    """
    described = [
        [resource_type.name for resource_type in query.resource_types],
        None if query.filter is None else str(query.filter),
        None if query.sort_by is None else query.sort_by.lower(),
        query.descending,
        caller.name,
        caller.tenant,
    ]
    return hashlib.sha256(json.dumps(described).encode()).digest()


def _invalid() -> InvalidCursor:
    # Forged, somebody else's, of another query: who tries learns nothing (RFC 9865 §5.2).
    return InvalidCursor(
        "The cursor is none that this service made for this query. Start again with an empty 'cursor'.",
        path="cursor",
        rule="RFC 9865 §2.1",
    )
