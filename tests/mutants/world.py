"""A fault is a function around the service: it sees a request, asks the service, and spoils one of the two.

Faults know the protocol alone, so that they stay what they are when the service is rewritten.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote

from scimcore import wsgi
from scimcore.conformance.transport import WsgiTransport
from scimcore.filter import Filter
from scimcore.filter.ast import And, FilterNode, Not, Or, ValuePath
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import bearer_tokens
from scimcore.service.provider import Provider

TOKEN = "a-token-for-mutants"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@dataclass
class Asked:
    """A request, taken apart."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""
    memory: dict[Any, Any] = field(default_factory=dict)
    raw_query: str | None = None

    @property
    def endpoint(self) -> str:
        return "/" + self.path.strip("/").partition("/")[0]

    @property
    def id(self) -> str:
        return self.path.strip("/").partition("/")[2]

    @property
    def one(self) -> bool:
        """Whether it is about one user or group."""
        return self.endpoint in ("/Users", "/Groups") and bool(self.id) and self.id != ".search"

    @property
    def many(self) -> bool:
        """Whether it is about the users or the groups."""
        return self.endpoint in ("/Users", "/Groups") and not self.id

    @property
    def body(self) -> Any:
        try:
            return json.loads(self.raw)
        except (ValueError, RecursionError):
            return None

    @body.setter
    def body(self, value: Any) -> None:
        self.raw = json.dumps(value).encode()

    @property
    def operations(self) -> list[dict[str, Any]]:
        """The operations of a PATCH; empty if it is none."""
        body = self.body if self.method == "PATCH" else None
        found = body.get("Operations") if isinstance(body, dict) else None
        return [op for op in found if isinstance(op, dict)] if isinstance(found, list) else []

    @operations.setter
    def operations(self, value: list[dict[str, Any]]) -> None:
        self.body = {**self.body, "Operations": value}

    @property
    def filter(self) -> FilterNode | None:
        try:
            return Filter(self.query["filter"]).node if self.many or self.id == ".search" else None
        except Exception:
            return None

    def but(self, **changes: Any) -> "Asked":
        """The same request with something else in it."""
        body = changes.pop("body", None)
        asked = replace(self, **changes)
        if body is not None:
            asked.body = body
        return asked

    def read(self, path: str = "") -> "Asked":
        """A GET of the same resource, or of another, by the same client."""
        kept = {name: value for name, value in self.headers.items() if name not in _CONDITIONS}
        return Asked("GET", path or self.path, {}, kept, memory=self.memory)


_CONDITIONS = {"if-match", "if-none-match", "content-type", "content-length"}


@dataclass
class Replied:
    """An answer, taken apart."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""

    @property
    def document(self) -> Any:
        try:
            return json.loads(self.raw) if self.raw else None
        except (ValueError, RecursionError):
            return None

    @document.setter
    def document(self, value: Any) -> None:
        self.raw = b"" if value is None else json.dumps(value).encode()

    @property
    def resources(self) -> list[dict[str, Any]]:
        """The resource or resources in it."""
        document = self.document
        if not isinstance(document, dict):
            return []
        if document.get("schemas") == [LIST]:
            return document.get("Resources", [])
        return [document] if "id" in document and "meta" in document else []

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


Ask = Callable[[Asked], Replied]
Around = Callable[[Asked, Ask], Replied]


class Mutant(NamedTuple):
    """A service with a fault.

    Attributes:
        id: A name.
        about: What the service does.
        source: Where that was seen.
        around: Does it.
    """

    id: str
    about: str
    source: str
    around: Around


def mutant(about: str, source: str = "") -> Callable[[Around], Mutant]:
    """Make a mutant of a function; its name is the function's."""
    return lambda around: Mutant(around.__name__.replace("_", "-"), about, source, around)


def collected(names: dict[str, object]) -> tuple[Mutant, ...]:
    return tuple(value for value in names.values() if isinstance(value, Mutant))


def error(status: int, detail: str = "No.", scim_type: str | None = None) -> Replied:
    document: dict[str, Any] = {"schemas": [ERROR], "status": str(status), "detail": detail}
    if scim_type:
        document["scimType"] = scim_type
    return Replied(status, {"content-type": "application/scim+json"}, json.dumps(document).encode())


def edit(reply: Replied, change: Callable[[dict[str, Any]], Any]) -> Replied:
    """Change every resource of an answer in place, the list's own document aside."""
    document = reply.document
    if isinstance(document, dict):
        if document.get("schemas") == [LIST]:
            for resource in document.get("Resources", []):
                change(resource)
        elif ("id" in document and "meta" in document) or "userName" in document or "displayName" in document:
            change(document)
        reply.document = document
    return reply


def edit_list(reply: Replied, change: Callable[[dict[str, Any]], Any]) -> Replied:
    """Change a ListResponse in place."""
    document = reply.document
    if isinstance(document, dict) and document.get("schemas") == [LIST]:
        change(document)
        reply.document = document
    return reply


def rewritten(node: FilterNode, change: Callable[[FilterNode], FilterNode | None]) -> FilterNode:
    """Rebuild a filter from its leaves, each node put through a change; None keeps it."""
    match node:
        case And(terms):
            node = And(tuple(rewritten(term, change) for term in terms))
        case Or(terms):
            node = Or(tuple(rewritten(term, change) for term in terms))
        case Not(operand):
            node = Not(rewritten(operand, change))
        case ValuePath(path, inner):
            node = ValuePath(path, rewritten(inner, change))
        case _:
            pass
    return change(node) or node


def with_filter(asked: Asked, change: Callable[[FilterNode], FilterNode | None]) -> Asked:
    """Put a request's filter through a change."""
    node = asked.filter
    if node is not None:
        asked.query["filter"] = str(rewritten(node, change))
    return asked


def kept(reply: Replied, keep: Callable[[dict[str, Any]], bool]) -> Replied:
    """Leave resources away from a list."""

    def change(document: dict[str, Any]) -> None:
        before = document.get("Resources", [])
        after = [resource for resource in before if keep(resource)]
        document["Resources"] = after
        document["totalResults"] = document.get("totalResults", 0) - len(before) + len(after)
        document["itemsPerPage"] = len(after)

    return edit_list(reply, change)


class App:
    """The service with a fault around it, as a WSGI app."""

    def __init__(self, around: Around | None, base_url: str | None = None, *, lean: bool = False) -> None:
        """Put a fault around a service.

        Args:
            around: The fault.
            base_url: Where the service is.
            lean: It announces no attributes whose texts have a form of their own, and takes members that nobody
                knows: other programs make up texts and members at random.
        """
        self._lean = lean
        provider = Provider(unknown_members="keep") if lean else Provider()
        app = wsgi.ScimApp(provider, MemoryStorage(), authenticate=bearer_tokens({TOKEN: "mutants"}), base_url=base_url)
        self._transport = WsgiTransport(app)
        self._around = around
        self._memory: dict[Any, Any] = {}

    def ask(self, asked: Asked) -> Replied:
        text = asked.raw_query
        if text is None:
            text = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.query.items())
        headers = Headers([(name, value) for name, value in asked.headers.items() if name != "content-length"])
        response = self._transport.send(Request(asked.method, asked.path, text, headers, asked.raw))
        fields = {name.lower(): value for name, value in response.headers}
        replied = Replied(response.status, fields, response.body)
        return _leaned(replied) if self._lean and replied.ok and asked.path.startswith("/Schemas") else replied

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        asked = self._asked(environ)
        try:
            replied = self.ask(asked) if self._around is None else self._around(asked, self.ask)
        except Exception as fault:
            # A fault that stumbles over a request is a service that answers 500.
            replied = error(500, f"{type(fault).__name__}")
        replied.headers.pop("content-length", None)
        body = b"" if asked.method == "HEAD" else replied.raw
        headers = [(name.title(), value) for name, value in replied.headers.items()]
        start_response(f"{replied.status} Answer", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _asked(self, environ: dict[str, Any]) -> Asked:
        headers = {
            name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["content-type"] = environ["CONTENT_TYPE"]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        query = environ.get("QUERY_STRING", "")
        path = environ.get("RAW_URI", "").partition("?")[0] or quote(environ.get("PATH_INFO", "").encode("latin-1"))
        pairs = parse_qsl(query, keep_blank_values=True)
        # What cannot be taken apart and put together again is passed on as it came.
        odd = len(dict(pairs)) != len(pairs) or "%ff" in query.lower() or len(query) > 20_000
        return Asked(
            environ["REQUEST_METHOD"],
            path,
            dict(pairs),
            headers,
            environ["wsgi.input"].read(length) if length else b"",
            self._memory,
            query if odd else None,
        )


def decoded(path: str) -> str:
    return unquote(path)


def _leaned(replied: Replied) -> Replied:
    document = replied.document
    for schema in document.get("Resources", [document]):
        schema["attributes"] = [a for a in schema.get("attributes", ()) if a["name"] not in _FORMED]
    replied.document = document
    return replied


_FORMED = ("preferredLanguage", "locale", "timezone")
