"""The service as a WSGI app (PEP 3333): ``ScimApp`` runs by itself or mounted below any path of a larger app."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, BinaryIO, TypeAlias
from urllib.parse import quote

from scimcore.handler import Handler, StorageOf
from scimcore.http import Headers, Request
from scimcore.service.authentication import Authenticate, Caller, bearer_tokens
from scimcore.service.hooks import NO_HOOKS, Hooks
from scimcore.service.mount import DRAINED_BYTES, below
from scimcore.service.provider import Provider
from scimcore.storage import Storage

__all__ = ["Authenticate", "Caller", "ScimApp", "bearer_tokens"]

_Environ: TypeAlias = dict[str, Any]
_StartResponse: TypeAlias = Callable[[str, list[tuple[str, str]]], object]

_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_CHUNK_BYTES = 65_536


class ScimApp:
    """A WSGI application that answers SCIM requests.

    Example:
        >>> from scimcore.memory import MemoryStorage
        >>> app = ScimApp(Provider(), MemoryStorage(), authenticate=bearer_tokens({"s3cret": "okta"}))
    """

    def __init__(
        self,
        provider: Provider,
        storage: Storage | StorageOf,
        *,
        authenticate: Authenticate,
        hooks: Hooks = NO_HOOKS,
        prefix: str = "",
        base_url: str | None = None,
    ) -> None:
        """Join the parts.

        Args:
            provider: What the service offers.
            storage: Where resources are kept; or a function that returns the store of a caller's tenant.
            authenticate: Who is calling: ``bearer_tokens({...})`` or a function of the host's.
            hooks: Where the host has its say; see :class:`~scimcore.service.hooks.Hooks`.
            prefix: The path below which the app answers, within the path that it is mounted at: ``/scim/v2``.
            base_url: What ``meta.location`` starts with, prefix included. None takes it from each request, which is
                right unless a proxy in front changes scheme, host or path.
        """
        self._handler = Handler(provider, storage, authenticate, hooks=hooks)
        self._max_bytes = provider.max_body_bytes
        self._prefix = prefix.rstrip("/")
        self._base_url = base_url.rstrip("/") if base_url is not None else None

    def __call__(self, environ: _Environ, start_response: _StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        response = self._handler.handle(self._request(environ))
        start_response(_STATUS_LINES.get(response.status, str(response.status)), list(response.headers))
        return [response.body] if response.body else []

    def _request(self, environ: _Environ) -> Request:
        path = environ.get("PATH_INFO", "")
        if "%" in path or not path.isascii():
            # The server has decoded it; the service decodes once, by itself.
            path = quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=~-._")
        method = environ["REQUEST_METHOD"]
        return Request(
            method=method,
            path=below(self._prefix, path),
            query=environ.get("QUERY_STRING", ""),
            headers=_headers(environ),
            body=b"" if method in ("GET", "HEAD") else self._body(environ),
            base_url=self._base_url if self._base_url is not None else _origin(environ) + self._prefix,
        )

    def _body(self, environ: _Environ) -> bytes:
        """Read the body, of a large one no more than shows that it is too large."""
        stream: BinaryIO = environ["wsgi.input"]
        length = environ.get("CONTENT_LENGTH") or ""
        # Without a length there is none, or it comes in chunks, and the server says where those end.
        left = int(length) if length.isdecimal() else DRAINED_BYTES if environ.get("wsgi.input_terminated") else 0
        kept = bytearray()
        left = min(left, DRAINED_BYTES)
        while left > 0 and (chunk := stream.read(min(left, _CHUNK_BYTES))):
            left -= len(chunk)
            # The rest is read and dropped: a client that is still sending does not look for the answer.
            kept += chunk[: max(0, self._max_bytes + 1 - len(kept))]
        return bytes(kept)


def _headers(environ: _Environ) -> Headers:
    fields = [(key[5:].replace("_", "-"), value) for key, value in environ.items() if key.startswith("HTTP_")]
    if content_type := environ.get("CONTENT_TYPE"):
        fields.append(("content-type", content_type))
    return Headers(fields)


def _origin(environ: _Environ) -> str:
    """Rebuild the URL that the app is mounted at (PEP 3333, "URL Reconstruction")."""
    scheme = environ["wsgi.url_scheme"]
    host = environ.get("HTTP_HOST")
    if not host:
        host, port = environ["SERVER_NAME"], environ["SERVER_PORT"]
        if port != ("443" if scheme == "https" else "80"):
            host = f"{host}:{port}"
    script = quote(environ.get("SCRIPT_NAME", "").encode("latin-1").rstrip(b"/"))
    return f"{scheme}://{host}{script}"
