"""The last requests, explained: a piece of WSGI around the SCIM app that looks on and changes nothing.

Of a request it keeps method, path, status, the answer's ``detail`` and, row by row, what the profile made of the user.
The rows know no secret, so that a password is in none of it; headers, with the token in them, are not looked at.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import unquote

from people import Booking

from scimcore.dialects import OKTA
from scimcore.documents import Document
from scimcore.errors import ScimError
from scimcore.messages import Patch
from scimcore.profiles import CONDECO, Explained, explain

_KEPT = 30
_MAX_BODY_BYTES = 1_048_576


class Seen(NamedTuple):
    """One request, as the page shows it."""

    time: datetime
    method: str
    path: str
    status: int
    detail: str
    operations: tuple[str, ...]
    explained: tuple[Explained, ...]


class Recording:
    """Wraps the SCIM app and remembers the last requests, newest first."""

    def __init__(self, app: Callable[..., Iterable[bytes]], booking: Booking) -> None:
        self._app = app
        self._booking = booking
        self._seen: deque[Seen] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def last(self) -> list[Seen]:
        with self._lock:
            return list(self._seen)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = _body(environ)
        before = self._before(environ["PATH_INFO"])
        answered: list[str] = []

        def started(status: str, headers: list[tuple[str, str]]) -> Any:
            answered.append(status)
            return start_response(status, headers)

        answer = list(self._app(environ, started))
        seen = _seen(environ, body, int(answered[0][:3]), b"".join(answer), before)
        with self._lock:
            self._seen.appendleft(seen)
        return answer

    def _before(self, path: str) -> Document | None:
        collection, _, id = path.rpartition("/")
        return self._booking.document(id) if collection.lower().endswith("/users") else None


def _body(environ: dict[str, Any]) -> bytes:
    """Read the body, and put it back for the app; one that is too large is left to the app."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > _MAX_BODY_BYTES:
        return b""
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(body)
    return body


def _seen(environ: dict[str, Any], body: bytes, status: int, answer: bytes, before: Document | None) -> Seen:
    path = environ["PATH_INFO"] + (f"?{unquote(environ['QUERY_STRING'])}" if environ.get("QUERY_STRING") else "")
    sent = _object(body)
    user, operations = None, ()
    if status != 401 and "/users" in environ["PATH_INFO"].lower() and sent is not None:
        if environ["REQUEST_METHOD"] == "PATCH":
            operations = tuple(_told(sent))
            user = _patched(before, sent)
        else:
            user = sent
    rows = () if user is None else explain(CONDECO, user, before=before)
    detail = (_object(answer) or {}).get("detail", "") if status >= 400 else ""
    return Seen(datetime.now(UTC), environ["REQUEST_METHOD"], path, status, detail, operations, rows)


def _object(body: bytes) -> Document | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _patched(before: Document | None, body: Document) -> Document | None:
    """Do once more what the app has done, to see what the user was to become."""
    if before is None:
        return None
    try:
        return Patch.model_validate(body).applied_to(before, dialect=OKTA).document
    except (ScimError, ValueError):
        return None


def _told(body: Document) -> Iterable[str]:
    """Say of each operation what it does and where, without the value."""
    operations = body.get("Operations")
    for operation in operations if isinstance(operations, list) else ():
        if isinstance(operation, dict):
            value = operation.get("value")
            where = operation.get("path") or (", ".join(value) if isinstance(value, dict) else "")
            yield f"{operation.get('op')} {where}"
