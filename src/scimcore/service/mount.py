"""Where the service stands among a server's paths, what its URLs begin with, and how much of a body is read.

Both apps and every adapter need the same answers; here they are functions of plain values.
"""

import re
from collections.abc import AsyncIterable
from typing import NamedTuple, Protocol
from urllib.parse import quote

from scimcore.http import Headers

DRAINED_BYTES = 32 * 1024 * 1024
"""A body that is too large is read on up to here, and dropped, so that its sender gets to see the answer."""


def below(mount: str, path: str) -> str:
    """Return the path as it is below a mount point.

    >>> below("/scim/v2", "/scim/v2/Users")
    '/Users'

    Outside of the mount point, the path that is returned leads nowhere: it begins with two slashes.
    """
    if not mount:
        return path
    if path.startswith(mount) and path[len(mount) : len(mount) + 1] in ("", "/"):
        return path[len(mount) :]
    return f"/{path}"


def host_of(sent: str, own: str) -> str:
    """Return the host that a client has asked for, or the server's own name for what is no host at all.

    What it returns stands in a header field of the answer and in ``meta.location``. That it is *our* host nobody but
    the one who runs the service can tell: see ``base_url``.

    Args:
        sent: The field ``Host``, which servers hand on as it came: with spaces, quotes, or folded over lines.
        own: As the server knows itself.
    """
    return sent if _HOST.fullmatch(sent) else own


def encoded_query(sent: str) -> str:
    """Return a query as it should have been sent: with what is not ASCII percent-encoded.

    curl and scripts send ``ü`` as it is, and servers hand on its bytes, one character for each: taken for what they
    look like, they would make another name of it, and nobody would be found.

    Args:
        sent: As WSGI (``QUERY_STRING``) and ASGI have it, bytes read as Latin-1.
    """
    return sent if sent.isascii() else quote(sent.encode("latin-1"), safe=_ASCII)


_ASCII = "".join(map(chr, range(128)))


def hopeless(headers: Headers, max_bytes: int) -> bool:
    """Tell whether a body is refused before any of it is read.

    One that says how long it is and is too long: where the client waits to be told to go on (RFC 9110 §10.1.1), and
    where there is more of it than anybody wants to read and drop.
    """
    length = headers.get("content-length")
    if not length.isdecimal() or len(length) > 18:
        return len(length) > 18
    return int(length) > (max_bytes if headers.get("expect").lower() == "100-continue" else DRAINED_BYTES)


class Readable(Protocol):
    """What bodies are read from: ``wsgi.input``, ``flask.request.stream``, a Django request, an open file."""

    def read(self, size: int, /) -> bytes:
        """Return some bytes, ``size`` at most; none at the end."""
        ...


def read_body(stream: Readable, max_bytes: int, *, at_most: int = DRAINED_BYTES) -> bytes:
    """Read a body, and keep of a large one no more than shows that it is too large.

    What is too much is read and dropped: a client that is still sending does not look for the answer.

    Args:
        stream: It ends where the body does.
        max_bytes: ``provider.max_body_bytes``.
        at_most: How many bytes to read, where the stream does not end by itself.

    Returns:
        The body, or ``max_bytes + 1`` bytes that the service answers 413 to.
    """
    kept = bytearray()
    read = 0
    while read < at_most and (chunk := stream.read(min(at_most - read, _CHUNK_BYTES))):
        read += len(chunk)
        if read <= max_bytes:
            kept += chunk
    return bytes(kept) if read <= max_bytes else bytes(max_bytes + 1)


async def read_chunks(chunks: AsyncIterable[bytes], max_bytes: int) -> bytes:
    """Do the same with a body that comes in pieces, as ``starlette.requests.Request.stream()`` gives them."""
    kept = bytearray()
    read = 0
    async for chunk in chunks:
        read += len(chunk)
        if read <= max_bytes:
            kept += chunk
        elif read >= DRAINED_BYTES:
            break
    return bytes(kept) if read <= max_bytes else bytes(max_bytes + 1)


_CHUNK_BYTES = 65_536


class Outside(NamedTuple):
    """What the outermost proxy was asked by, as far as it is known: the scheme, the host, and the path before ours."""

    scheme: str | None = None
    host: str | None = None
    prefix: str | None = None


class Mount:
    """What a host says of the place of its service, read once."""

    __slots__ = ("_base_url", "_prefix", "_proxies")

    def __init__(self, prefix: str, base_url: str | None, trust_forwarded: int) -> None:
        """Check it.

        Args:
            prefix: The path below which the app answers, within the path that it is mounted at.
            base_url: What URLs begin with, prefix included; None takes it from each request.
            trust_forwarded: How many proxies in front are trusted to say how they were asked; True is one.

        Raises:
            ValueError: If a path or URL is none, or both ``base_url`` and ``trust_forwarded`` are given.
        """
        if prefix and not prefix.startswith("/"):
            raise ValueError(f"a prefix begins with a slash: '/{prefix}'")
        if base_url is not None and not base_url.startswith(("https://", "http://")):
            raise ValueError(f"base_url is an absolute URL, https://host/path; '{base_url}' is not")
        if trust_forwarded < 0:
            raise ValueError("trust_forwarded is a number of proxies, or True for one")
        if base_url is not None and trust_forwarded:
            raise ValueError("base_url is fixed: with it, trust_forwarded would change nothing")
        self._prefix = prefix.rstrip("/")
        self._base_url = base_url.rstrip("/") if base_url is not None else None
        self._proxies = int(trust_forwarded)

    def path(self, path: str) -> str:
        """Return a path as it is below the prefix."""
        return below(self._prefix, path)

    def base_url(self, scheme: str, host: str, root: str, headers: Headers) -> str:
        """Return what the URLs of a request's answer begin with.

        Args:
            scheme: As the request arrived here.
            host: The same, with a port that is not the scheme's usual one.
            root: The path that the app is mounted at, encoded, without a slash at its end.
            headers: Looked at only where proxies are trusted.
        """
        if self._base_url is not None:
            return self._base_url
        if self._proxies:
            outside = forwarded(headers, self._proxies)
            scheme, host = outside.scheme or scheme, outside.host or host
            root = (outside.prefix or "") + root
        return f"{scheme}://{host}{root}{self._prefix}"


def forwarded(headers: Headers, proxies: int = 1) -> Outside:
    """Read how the outermost of some trusted proxies was asked.

    ``X-Forwarded-Proto``, ``X-Forwarded-Host`` and ``X-Forwarded-Prefix`` are read, and ``Forwarded`` (RFC 7239)
    where none of them is there. A proxy adds at the end of a list, and what came before may be the client's own
    invention: of ``n`` proxies the outermost one's value is the n-th from the end. What is no scheme, host or path
    is left out.

    Args:
        headers: Of the request as it arrived here.
        proxies: How many proxies there are, each of which sets the fields or adds to them.

    >>> forwarded(Headers([("X-Forwarded-Host", "made.up, scim.example.com"), ("X-Forwarded-Proto", "https")]))
    Outside(scheme='https', host='scim.example.com', prefix=None)
    """
    found = {name: _nth_last(headers.get(f"x-forwarded-{name}").split(","), proxies) for name in _PLAIN}
    if not any(found.values()):
        found = _rfc_7239(headers.get("forwarded"), proxies)
    scheme, host = found.get("proto", "").lower(), found.get("host", "")
    prefix = found.get("prefix", "").rstrip("/")
    return Outside(
        scheme if scheme in ("http", "https") else None,
        host if _HOST.fullmatch(host) else None,
        prefix if _PREFIX.fullmatch(prefix) else None,
    )


_PLAIN = ("proto", "host", "prefix")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
# No empty and no dot segment: such a path could mean another host, or another path.
_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+")
# forwarded-pair = token "=" ( token / quoted-string )   (RFC 7239 §4)
_PAIR = re.compile(
    r'\s*(?P<name>[\w!#$%&\'*+.^`|~-]+)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s;,"]*))\s*(?P<end>[;,]|$)'
)


def _nth_last(values: list[str], count: int) -> str:
    """Return the n-th value from the end; the first, where there are fewer: proxies may also replace what they get."""
    return values[max(0, len(values) - count)].strip()


def _rfc_7239(text: str, proxies: int) -> dict[str, str]:
    """Read a ``Forwarded`` field. One that breaks the grammar says nothing: where it ends would be a guess."""
    elements: list[dict[str, str]] = [{}]
    position = 0
    while position < len(text):
        pair = _PAIR.match(text, position)
        if pair is None:
            return {}
        value = pair["plain"] if pair["quoted"] is None else re.sub(r"\\(.)", r"\1", pair["quoted"])
        elements[-1][pair["name"].lower()] = value
        if pair["end"] == ",":
            elements.append({})
        position = pair.end()
    return elements[max(0, len(elements) - proxies)]
