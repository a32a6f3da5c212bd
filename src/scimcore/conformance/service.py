"""The service under test, as all checks of one run share it: the way to it, what was made in it, what is secret.

Two promises are kept here, whatever a check does. Only what a run has made is changed or deleted. And what it has made
is removed at its end.
"""

import email.utils
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

from scimcore.conformance.exchange import Answer, Exchange
from scimcore.conformance.outcomes import Failed
from scimcore.conformance.target import Target, discover
from scimcore.conformance.transport import Transport
from scimcore.documents import JSON, Document
from scimcore.http import Headers, Request

MEDIA_TYPE = "application/scim+json"
USER_AGENT = "scimcore-conformance"
# Whoever limits rates says how long to wait. A day is no answer.
MAX_ATTEMPTS = 6
MAX_WAIT_SECONDS = 60.0
_UNSAFE = frozenset({"PUT", "PATCH", "DELETE"})


class Service:
    """The service, and what a run knows of it."""

    def __init__(
        self,
        transport: Transport,
        headers: Mapping[str, str],
        *,
        always: Mapping[str, Document] | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Take the way to a service.

        Args:
            transport: The way.
            headers: Header fields of every request: Authorization above all.
            always: By name of a resource type, what every new resource has beside what its schema requires.
            sleep: Waits some seconds.
        """
        self.transport = transport
        self.sleep = sleep
        self.always: Mapping[str, Document] = always or {}
        self.marker: Final = secrets.token_hex(4)
        self.secrets: list[str] = [word for value in headers.values() for word in value.split() if len(word) > 6]
        self.made: dict[str, None] = {}
        self.kept: dict[str, None] = {}
        self.shared: dict[str, object] = {}
        self.left_behind: list[str] = []
        self.requests = 0
        self._headers = {"Accept": MEDIA_TYPE, "User-Agent": USER_AGENT, **headers}
        self._count = 0
        self.target: Target = discover(lambda path: self.send("GET", path)[1])

    @property
    def has_credential(self) -> bool:
        """Whether requests carry an Authorization field."""
        return any(name.lower() == "authorization" for name in self._headers)

    def tag(self) -> str:
        """Return a text that no other resource has in it."""
        self._count += 1
        return f"{self.marker}{self._count:03d}"

    def nobody(self) -> str:
        """Return an id that no resource has."""
        return f"nobody-{self.tag()}"

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        query: str = "",
        headers: Mapping[str, str | None] | None = None,
        *,
        harmless: bool = False,
    ) -> tuple[Exchange, Answer]:
        """Send a request; again, when the service asks to wait.

        Args:
            method: The method.
            path: Below the base URL, encoded.
            body: The body.
            query: The query, encoded.
            headers: Header fields beside the usual ones, and in their place; None leaves one away.
            harmless: The request can change nothing that anybody owns, although it looks as if it could.

        Raises:
            Failed: If it could change what this run has not made: a service did not say what it made.
            OSError: If the service cannot be reached.
        """
        if method in _UNSAFE and not harmless and path not in self.made and self.marker not in path:
            raise Failed(
                "the id or the Location of a new resource", f"none: {method} {path} could touch somebody's own"
            )
        fields: dict[str, str | None] = {**self._headers, **({"Content-Type": MEDIA_TYPE} if body else {})}
        for name, value in (headers or {}).items():
            fields = {known: kept for known, kept in fields.items() if known.lower() != name.lower()}
            fields[name] = value
        request = Request(
            method=method,
            path=path,
            query=query,
            headers=Headers([(name, value) for name, value in fields.items() if value is not None]),
            body=body,
            base_url=self.transport.base_url,
        )
        return self._deliver(request)

    def _deliver(self, request: Request) -> tuple[Exchange, Answer]:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            self.requests += 1
            response = self.transport.send(request)
            answer = Answer(response)
            wait = _wait_seconds(answer, attempt)
            if wait is None or attempt == MAX_ATTEMPTS:
                break
            self.sleep(wait)
        self._note(request, answer)
        return Exchange(request, response), answer

    def _note(self, request: Request, answer: Answer) -> None:
        """Remember what was made, so that it can be removed."""
        if request.method == "DELETE" and answer.status in (200, 202, 204):
            self.made.pop(request.path, None)
        elif request.method == "POST" and 200 <= answer.status < 300:
            self._note_made(request.path, answer)

    def _note_made(self, path: str, answer: Answer) -> None:
        try:
            document = answer.json if answer.body else {}
        except Exception:
            document = {}
        if not isinstance(document, dict):
            return
        if path == "/Bulk":
            for operation in document.get("Operations") or ():
                if isinstance(operation, dict) and str(operation.get("method", "")).upper() == "POST":
                    self._note_path(operation.get("location"))
        elif not path.endswith("/.search"):
            id = document.get("id")
            if isinstance(id, str) and id:
                self.made[f"{path}/{id}"] = None
            else:
                self._note_path(answer.headers.get("location"))

    def _note_path(self, location: JSON) -> None:
        if isinstance(location, str) and location.count("/") >= 2:
            endpoint, _, id = location.rstrip("/").rpartition("/")
            self.made[f"/{endpoint.rpartition('/')[2]}/{id}"] = None

    def clean(self, keep: Mapping[str, None]) -> None:
        """Remove what was made and is not to be kept, the newest first."""
        for path in [path for path in reversed(self.made) if path not in keep]:
            try:
                _, answer = self.send("DELETE", path)
            except (Failed, OSError):
                answer = None
            self.made.pop(path, None)
            if answer is None or answer.status not in (200, 202, 204, 404, 410):
                self.left_behind.append(path)

    def relative(self, location: JSON) -> str | None:
        """Turn a URL of the service into a path below its base URL; None if it is no URL of this service.

        A proxy may have changed scheme and host, so that the path alone counts.
        """
        if not isinstance(location, str):
            return None
        base = self.transport.base_url
        if location.startswith(f"{base}/"):
            return location[len(base) :]
        base_path = base.partition("://")[2].partition("/")[2]
        path = "/" + location.partition("://")[2].partition("/")[2] if "://" in location else location
        prefix = f"/{base_path}" if base_path else ""
        return path[len(prefix) :] if path.startswith(f"{prefix}/") else None


def _wait_seconds(answer: Answer, attempt: int) -> float | None:
    """Say how long a service asks to wait (RFC 9110 §10.2.3), or None if it does not."""
    asked = answer.headers.get("retry-after")
    if answer.status not in (429, 503) or (answer.status == 503 and not asked):
        return None
    if asked.strip().isdigit():
        return min(float(asked), MAX_WAIT_SECONDS)
    try:
        return min(max(0.0, email.utils.parsedate_to_datetime(asked).timestamp() - time.time()), MAX_WAIT_SECONDS)
    except ValueError:
        return min(2.0**attempt / 4, MAX_WAIT_SECONDS)


def is_resource(value: JSON) -> bool:
    """Tell whether a value is an object with an id."""
    return isinstance(value, dict) and isinstance(value.get("id"), str)


def without(document: Document, *names: str) -> Document:
    """Return a document without some of its members."""
    return {name: value for name, value in document.items() if name not in names}
