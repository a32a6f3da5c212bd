"""The service as a WSGI app (PEP 3333): ``ScimApp`` runs by itself or mounted below any path of a larger app."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import quote

from scimcore.handler import Handler, StorageOf
from scimcore.http import Headers, Request, Response
from scimcore.service.authentication import Authenticate, Caller, bearer_tokens
from scimcore.service.hooks import NO_HOOKS, Hooks
from scimcore.service.mount import DRAINED_BYTES, Mount, encoded_query, hopeless, host_of, read_body
from scimcore.service.provider import Provider
from scimcore.storage import Storage

__all__ = ["Authenticate", "Caller", "ScimApp", "bearer_tokens"]

_Environ: TypeAlias = dict[str, Any]
_StartResponse: TypeAlias = Callable[[str, list[tuple[str, str]]], object]

_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


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
        trust_forwarded: bool | int = False,
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
            trust_forwarded: Whether a proxy in front is believed when it says by which scheme, host and path it was
                asked (``X-Forwarded-Proto``, ``-Host``, ``-Prefix`` or ``Forwarded``); a number for several proxies in
                a row. Only for proxies that set these fields in every request: what they let through, anybody can send.

        Raises:
            TypeError: If the store's calls are coroutines.
            ValueError: If a path, a URL or a number makes no sense.
        """
        self._handler = Handler(provider, storage, authenticate, hooks=hooks)
        self._mount = Mount(prefix, base_url, trust_forwarded)
        self._max_bytes = provider.max_body_bytes
        # Stands for every body that is too large: its content is of no interest.
        self._too_large = bytes(self._max_bytes + 1)

    def __call__(self, environ: _Environ, start_response: _StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        response = self.answer(environ)
        start_response(_STATUS_LINES.get(response.status, str(response.status)), list(response.headers))
        return [response.body] if response.body else []

    def answer(self, environ: _Environ) -> Response:
        """Answer one request, for a framework that sends the response in its own way.

        Args:
            environ: Of the request, with its ``wsgi.input`` still unread.
        """
        return self._handler.handle(self._request(environ))

    def _request(self, environ: _Environ) -> Request:
        path = environ.get("PATH_INFO", "")
        if "%" in path or not path.isascii():
            # The server has decoded it; the service decodes once, by itself.
            path = quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=~-._")
        method = environ["REQUEST_METHOD"]
        headers = _headers(environ)
        scheme, host, root = _origin(environ)
        return Request(
            method=method,
            path=self._mount.path(path),
            query=encoded_query(environ.get("QUERY_STRING", "")),
            headers=headers,
            body=b"" if method in ("GET", "HEAD") else self._body(environ, headers),
            base_url=self._mount.base_url(scheme, host, root, headers),
        )

    def _body(self, environ: _Environ, headers: Headers) -> bytes:
        """Read the body, of a large one no more than shows that it is too large."""
        if hopeless(headers, self._max_bytes):
            return self._too_large
        length = headers.get("content-length")
        # Without a length there is none, or it comes in chunks, and the server says where those end.
        left = int(length) if length.isdecimal() else DRAINED_BYTES if environ.get("wsgi.input_terminated") else 0
        return read_body(environ["wsgi.input"], self._max_bytes, at_most=left)


def _headers(environ: _Environ) -> Headers:
    fields = {key[5:].replace("_", "-"): value for key, value in environ.items() if key.startswith("HTTP_")}
    # The server's own word on these two, whatever a field `Content_Length` of the client's may have put beside it.
    for key, name in (("CONTENT_TYPE", "CONTENT-TYPE"), ("CONTENT_LENGTH", "CONTENT-LENGTH")):
        fields.pop(name, None)
        if value := environ.get(key):
            fields[name] = value
    return Headers(fields.items())


def _origin(environ: _Environ) -> tuple[str, str, str]:
    """Return scheme, host and the path that the app is mounted at (PEP 3333, "URL Reconstruction")."""
    scheme = environ["wsgi.url_scheme"]
    own, port = environ["SERVER_NAME"], environ["SERVER_PORT"]
    if port != ("443" if scheme == "https" else "80"):
        own = f"{own}:{port}"
    host = host_of(environ.get("HTTP_HOST", ""), own)
    script = environ.get("SCRIPT_NAME", "").rstrip("/")
    return scheme, host, quote(script.encode("latin-1")) if script else ""
