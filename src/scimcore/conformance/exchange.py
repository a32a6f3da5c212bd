"""A request and its answer: what checks look at, and what a report may show of them.

A report is mailed around. No token, no password and no other secret is in what :func:`shown` returns.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from scimcore import urns
from scimcore.conformance.outcomes import Failed
from scimcore.documents import JSON, Document
from scimcore.http import Headers, Request, Response

SHOWN_CHARACTERS = 4_000
_SECRET_NAME = re.compile(r"passw|secret|token|credential|api.?key", re.IGNORECASE)
_SECRET_FIELDS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization", "x-api-key"})
REDACTED = "[redacted]"

# RFC 7644 §3.3, §3.4.2, §3.5.2 and RFC 9865 §2.1 name these with SHALL or MUST; the others are optional.
REQUIRED_KEYWORDS = frozenset({"invalidFilter", "noTarget", "mutability", "uniqueness", "tooMany", "invalidCursor"})


class Answer:
    """What a service answered, with the questions that every check asks of it."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.headers = Headers(response.headers)
        self.body = response.body

    @cached_property
    def json(self) -> JSON:
        """The body as JSON.

        Raises:
            Failed: If it is none.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Failed("a JSON body", f"{self.status} with {_start(self.body) or 'an empty body'}") from None

    @property
    def document(self) -> Document:
        """The body as a JSON object.

        Raises:
            Failed: If it is none.
        """
        if not isinstance(self.json, dict):
            raise Failed("a JSON object", f"{self.status} with {_start(self.body)}")
        return self.json

    @property
    def resources(self) -> list[Document]:
        """The resources of a ListResponse; none if the member is absent.

        Raises:
            Failed: If the body is no ListResponse.
        """
        document = self.document
        resources = document.get("Resources", [])
        if urns.LIST_RESPONSE not in document.get("schemas", ()) or not isinstance(resources, list):
            raise Failed("a ListResponse", f"{self.status} with {_start(self.body)}")
        return resources

    def expect(self, *statuses: int) -> "Answer":
        """Require one of these status codes.

        Raises:
            Failed: If it is another.
        """
        if self.status not in statuses:
            raise Failed(f"status {' or '.join(map(str, statuses))}", self.summary())
        return self

    def expect_error(self, *statuses: int, scim_type: Iterable[str] = ()) -> "Answer":
        """Require a SCIM error with one of these status codes and, if any is named, one of these keywords.

        ``scimType`` is optional (RFC 7644 §3.12), but for those keywords that the RFC itself asks for.

        Raises:
            Failed: If it is anything else.

        RFC 7644 §3.12.
        """
        self.expect(*statuses)
        document = self.document
        if urns.ERROR not in document.get("schemas", ()):
            raise Failed("an error document (schemas: [... Error])", _start(self.body))
        keywords = tuple(scim_type)
        keyword = document.get("scimType")
        if keyword is None and REQUIRED_KEYWORDS.isdisjoint(keywords):
            return self
        if keywords and keyword not in keywords:
            raise Failed(f"scimType {' or '.join(keywords)}", f"scimType {keyword!r}")
        return self

    def summary(self) -> str:
        """Say in one line what came: the status and, of an error, its keyword and detail."""
        text = f"status {self.status}"
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            return text
        if isinstance(document, dict):
            parts = [str(document[name]) for name in ("scimType", "detail") if document.get(name)]
            text += f" ({': '.join(parts)[:300]})" if parts else ""
        return text


def _start(body: bytes) -> str:
    return body[:200].decode(errors="replace")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what was answered.

    Attributes:
        request: As it was sent.
        response: As it came.
    """

    request: Request
    response: Response


@dataclass(frozen=True, slots=True)
class ShownExchange:
    """An exchange as a report shows it.

    Attributes:
        request: The request line, header fields and body.
        response: The status, header fields and body.
    """

    request: str
    response: str


def shown(exchange: Exchange, secrets: Iterable[str]) -> ShownExchange:
    """Write an exchange for people, without secrets.

    Args:
        exchange: What to write.
        secrets: Texts that must not appear anywhere: the token, the passwords that were made up.
    """
    request, response = exchange.request, exchange.response
    line = f"{request.method} {request.path}{'?' + request.query if request.query else ''}"
    hide = [secret for secret in secrets if secret]
    return ShownExchange(
        _without(hide, _message(line, request.headers, request.body)),
        _without(hide, _message(str(response.status), response.headers, response.body)),
    )


def _message(first: str, headers: Iterable[tuple[str, str]], body: bytes) -> str:
    fields = [f"{name}: {REDACTED if name.lower() in _SECRET_FIELDS else value}" for name, value in headers]
    return "\n".join((first, *fields, *(("", _body(body)) if body else ())))


def _body(body: bytes) -> str:
    try:
        text = json.dumps(_redacted(json.loads(body)), indent=1, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = body[: SHOWN_CHARACTERS * 4].decode(errors="replace")
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}\n... ({len(text)} characters)"


def _redacted(value: JSON) -> JSON:
    if isinstance(value, Mapping):
        return {
            # The definition of an attribute called password is no password: only texts are secrets.
            name: REDACTED if _SECRET_NAME.search(name) and isinstance(inner, str) else _redacted(inner)
            for name, inner in value.items()
        }
    return [_redacted(inner) for inner in value] if isinstance(value, list) else value


def _without(secrets: list[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return text
