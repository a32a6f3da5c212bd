"""What a check holds in its hands: the service under test, and the record of what was said."""

import json
import secrets
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar, cast
from urllib.parse import quote

from scimcore import urns
from scimcore.conformance.exchange import Answer, Exchange
from scimcore.conformance.matching import differences, fill
from scimcore.conformance.outcomes import Failed, Skipped
from scimcore.conformance.service import Service, is_resource
from scimcore.conformance.target import Kind, Target
from scimcore.conformance.values import minimal
from scimcore.documents import JSON, Document

T = TypeVar("T")

# How many resources are looked through, in a service with data of its own, for those that a run has made.
MAX_LISTED = 2_000


class Made(NamedTuple):
    """A resource that a check has made.

    Attributes:
        id: Its id.
        path: Where it is, below the base URL.
        document: As it was answered.
        answer: The answer to the POST.
    """

    id: str
    path: str
    document: Document
    answer: Answer

    @property
    def body(self) -> Document:
        """The resource as a client sends it back: without what is the service's own."""
        return {name: value for name, value in self.document.items() if name not in ("id", "meta", "groups")}


class Probe:
    """Asks a service on behalf of one check."""

    def __init__(self, service: Service, kind: Kind | None, *, pause_seconds: float = 0) -> None:
        """Begin a check.

        Args:
            service: The service under test.
            kind: The resource type under test; None if there is none that the check could use.
            pause_seconds: How long to wait after a write before anything is read.
        """
        self.service = service
        self.exchanges: list[Exchange] = []
        self.tag = service.tag()
        self._kind = kind
        self._pause_seconds = pause_seconds
        self._written = False

    @property
    def target(self) -> Target:
        """What the service announces."""
        return self.service.target

    @property
    def kind(self) -> Kind:
        """The resource type under test.

        Raises:
            Skipped: If there is none.
        """
        if self._kind is None:
            raise Skipped("the service announces no resource type that the check could use")
        return self._kind

    @property
    def user(self) -> Kind:
        """The type of users.

        Raises:
            Skipped: If there is none.
        """
        return _required(self.target.user, "User")

    @property
    def group(self) -> Kind:
        """The type of groups.

        Raises:
            Skipped: If there is none.
        """
        return _required(self.target.group, "Group")

    def password(self) -> str:
        """Make up a password. It is shown in no report."""
        word = f"Pw-{secrets.token_hex(8)}-Aa1!"
        self.service.secrets.append(word)
        return word

    # Requests ------------------------------------------------------------------------------------------------------

    def send(
        self,
        method: str,
        path: str,
        body: JSON = None,
        *,
        query: str | Mapping[str, JSON] = "",
        headers: Mapping[str, str | None] | None = None,
        harmless: bool = False,
    ) -> Answer:
        """Send one request.

        Args:
            method: The method.
            path: Below the base URL.
            body: JSON, or bytes to send as they are.
            query: Encoded, or parameters to encode.
            headers: Beside and in the place of the usual ones; None leaves one away.
            harmless: See :meth:`scimcore.conformance.service.Service.send`.
        """
        reads = method in ("GET", "HEAD") or path.endswith("/.search")
        if reads and self._written and self._pause_seconds:
            self.service.sleep(self._pause_seconds)
        self._written = not reads and (self._written or method != "GET")
        content = b"" if body is None else body if isinstance(body, bytes) else encode(body)
        text = query if isinstance(query, str) else encoded_query(query)
        exchange, answer = self.service.send(method, path, content, text, headers, harmless=harmless)
        self.exchanges.append(exchange)
        return answer

    def get(self, path: str, /, **query: JSON) -> Answer:
        """Send a GET; the keywords are query parameters."""
        return self.send("GET", path, query=query)

    def read(self, path: str, /, **query: JSON) -> Document:
        """Get a resource that must be there."""
        return self.get(path, **query).expect(200).document

    def post(self, path: str, body: JSON, /, **query: JSON) -> Answer:
        """Send a POST."""
        return self.send("POST", path, body, query=query)

    def put(self, path: str, body: JSON, /, **query: JSON) -> Answer:
        """Send a PUT."""
        return self.send("PUT", path, body, query=query)

    def delete(self, path: str) -> Answer:
        """Send a DELETE."""
        return self.send("DELETE", path)

    def patch(self, path: str, /, *operations: Document, **query: JSON) -> Answer:
        """Send a PATCH with these operations."""
        return self.send("PATCH", path, patch_op(*operations), query=query)

    # Resources -----------------------------------------------------------------------------------------------------

    def new(self, kind: Kind, attributes: Document | None = None) -> Document:
        """Make the body of a POST: what the type requires, and these attributes."""
        tag = self.tag_more()
        always = fill(self.service.always.get(kind.name, {}), {"tag": tag})
        document = {**minimal(kind, tag), **always, **self.filled(attributes or {})}
        urns_used = [name for name in document if name.lower().startswith("urn:")]
        document["schemas"] = list(dict.fromkeys([kind.schema, *kind.required_extensions, *urns_used]))
        return document

    def create(self, kind: Kind, given: Document | None = None, /, **query: JSON) -> Made:
        """Create a resource, which the service must do.

        Raises:
            Failed: If it does not.
        """
        body = self.new(kind, given)
        answer = self.post(kind.endpoint, body, **query).expect(201)
        if answer.body:
            document = answer.document
        else:
            # The body is a SHOULD (RFC 7644 §3.3); where the resource is, is a SHALL.
            path = self.service.relative(answer.headers.get("location"))
            document = self.read(path) if path else {}
        if not is_resource(document):
            raise Failed("the new resource with its id", answer.body[:200].decode(errors="replace"))
        id = document["id"]
        return Made(id, f"{kind.endpoint}/{id}", document, answer)

    def new_user(self, **attributes: JSON) -> Made:
        """Create a user."""
        return self.create(self.user, attributes)

    def new_group(self, **attributes: JSON) -> Made:
        """Create a group."""
        return self.create(self.group, attributes)

    def ids(self, kind: Kind, filter: str, among: Mapping[str, str] | None = None) -> set[str]:
        """Return the ids of the resources that match a filter, however many pages there are.

        Args:
            kind: The type to ask for.
            filter: The filter.
            among: The ids that matter, should the service have too many others to look through: then a user's name is
                made part of the filter.
        """
        found: set[str] = set()
        page: dict[str, JSON] = {"startIndex": 1} if self._pages_by_index() else {"cursor": ""}
        seen = 0
        while True:
            answer = self.get(kind.endpoint, filter=filter, count=200, **page).expect(200)
            resources = answer.resources
            found |= {str(resource.get("id")) for resource in resources}
            seen += len(resources)
            more = _next_page(answer.document, page, seen)
            if not resources or more is None or (among and set(among) <= found):
                return found
            if seen > MAX_LISTED:
                raise Skipped(f"more than {MAX_LISTED} resources of the service match: the run's own are not found")
            page = more

    def _pages_by_index(self) -> bool:
        """Every service has pages by index, but for those that announce pages by cursor alone (RFC 9865 §2.3)."""
        return self.target.missing("index") is None or self.target.missing("cursor") is not None

    def tick(self, timestamp: JSON) -> None:
        """Wait until the service's clock shows another time: clocks that show no fractions tick once a second."""
        self.service.sleep(0.005 if "." in str(timestamp) else 1.05)

    def filled(self, value: JSON) -> JSON:
        """Put the check's tag in the place of ``{tag}``."""
        return fill(value, {"tag": self.tag})

    def tag_more(self) -> str:
        """Return a tag for one more resource of this check."""
        return self.service.tag()

    def shared(self, name: str, make: Callable[["Probe"], T]) -> T:
        """Return what several checks of a run use, made by the first of them and removed at the end of the run.

        Raises:
            Failed: If it cannot be made; only the first check says so.
            Skipped: If an earlier check could not make it.
        """
        known = self.service.shared
        if name not in known:
            known[name] = None
            before = dict(self.service.made)
            known[name] = make(self)
            self.service.kept.update({path: None for path in self.service.made if path not in before})
        found = known[name]
        if found is None:
            raise Skipped(f"blocked: {name} could not be made, as an earlier check says")
        return cast(T, found)

    # Judgements ----------------------------------------------------------------------------------------------------

    def expect(self, expected: Document, actual: Document) -> None:
        """Require the expected members of a resource; see :func:`scimcore.conformance.matching.differences`.

        Raises:
            Failed: If one of them is different.
        """
        found = list(differences(expected, actual))
        if found:
            raise Failed(json.dumps(expected, ensure_ascii=False)[:600], "; ".join(found)[:600])

    def require_protected(self) -> None:
        """Require that the run has a credential, without which nothing can be said of who is let in.

        Raises:
            Skipped: If it has none.
        """
        if not self.service.has_credential:
            raise Skipped("the run has no credential")

    def require(self, condition: object, expected: str, received: object) -> None:
        """Require a condition.

        Raises:
            Failed: If it does not hold.
        """
        if not condition:
            raise Failed(expected, received if isinstance(received, str) else repr(received)[:600])


def _next_page(document: Document, page: Mapping[str, JSON], seen: int) -> dict[str, JSON] | None:
    """Return the parameters of the next page, or None if there is none."""
    if "cursor" in page:
        cursor = document.get("nextCursor")
        return {"cursor": cursor} if cursor else None
    total = document.get("totalResults")
    return {"startIndex": seen + 1} if isinstance(total, int) and seen < total else None


def _required(kind: Kind | None, name: str) -> Kind:
    if kind is None:
        raise Skipped(f"there is no resource type {name}")
    return kind


def encode(body: JSON) -> bytes:
    """Write a JSON body."""
    return json.dumps(body, ensure_ascii=False).encode()


def encoded_query(parameters: Mapping[str, JSON]) -> str:
    """Write a query string."""
    return "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parameters.items())


def patch_op(*operations: Document) -> Document:
    """Write a PATCH message (RFC 7644 §3.5.2)."""
    return {"schemas": [urns.PATCH_OP], "Operations": list(operations)}
