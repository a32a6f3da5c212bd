"""A request and a response as values: all that the service needs to know of HTTP.

Whoever speaks HTTP (``asgi``, ``wsgi``, a host's own adapter, a test) makes a :class:`Request` of what it received
and sends what a :class:`Response` says. No socket, no framework and no SCIM here.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Headers:
    """Header fields, found in any casing. Fields given twice are joined with a comma (RFC 9110 §5.3).

    >>> Headers([("Content-Type", "application/scim+json")]).get("content-type")
    'application/scim+json'

    Attributes:
        fields: The same by their names in lower case. Nobody changes them.
    """

    __slots__ = ("fields",)

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        found: dict[str, str] = {}
        # Anybody can send one field ten thousand times: each of its values is copied once.
        repeated: dict[str, list[str]] = {}
        for name, value in fields:
            key = name.lower()
            if key in found:
                repeated.setdefault(key, [found[key]]).append(value)
            else:
                found[key] = value
        for key, values in repeated.items():
            found[key] = ", ".join(values)
        self.fields = found

    def get(self, name: str, default: str = "") -> str:
        """Return a field's value, or the default when the field is absent."""
        return self.fields.get(name.lower(), default)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.fields

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields.items())

    def __len__(self) -> int:
        return len(self.fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self.fields == other.fields

    __hash__ = None  # type: ignore[assignment]  # equal by content, and the content is a dict

    def __repr__(self) -> str:
        # Names alone: a value may be a credential.
        return f"Headers({', '.join(self.fields)})"


class Request(NamedTuple):
    """What a client asks.

    Attributes:
        method: The method, in capitals.
        path: Where, below the mount point, percent-encoded as it was sent: ``/Users/2819c223``.
        query: The query as it was sent, without its question mark.
        headers: The header fields.
        body: All of it, or its first ``max_payload_bytes + 1`` bytes: an adapter need not keep more to have it refused.
        base_url: The absolute URL of the mount point, without a slash at its end. ``meta.location`` starts with it.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = Headers()
    body: bytes = b""
    base_url: str = ""

    def __repr__(self) -> str:
        # What was sent may be a credential or a password.
        return f"Request({self.method!r}, {self.path!r}, base_url={self.base_url!r})"


class Response(NamedTuple):
    """What is answered.

    Attributes:
        status: The HTTP status code.
        headers: Header fields in the order to send them; ``Content-Length`` is among them.
        body: The bytes to send.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __repr__(self) -> str:
        return f"Response({self.status!r}, {self.headers!r})"
