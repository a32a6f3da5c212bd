"""What can go wrong, as SCIM says it (RFC 7644 §3.12): one exception class for each kind of answer.

Ground floor: every other floor raises these and only the handler catches them. An error carries facts (which
attribute, which rule, how to mend it) and never a value that a client or a store could not show to everyone.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from scimcore import urns
from scimcore.frozen import Frozen


class Violation(Frozen):
    """One rule that one attribute breaks.

    Attributes:
        path: The attribute, as a SCIM path; elements are counted from zero: ``emails[1].value``.
        message: What was wrong and what would be right, without the attribute's name in front.
        rule: The text that says so, for example ``RFC 7643 §2.3.5``.
        scim_type: The detail error keyword of RFC 7644 Table 9.
    """

    __match_args__ = ("path", "message", "rule", "scim_type")
    __slots__ = __match_args__

    path: str
    message: str
    rule: str
    scim_type: str

    def __init__(self, path: str, message: str, rule: str, scim_type: str = "invalidValue") -> None:
        self._set(path, message, rule, scim_type)

    def __str__(self) -> str:
        subject = f"Attribute '{self.path}'" if self.path else "The resource"
        return f"{subject} {self.message} ({self.rule})"


class ScimError(Exception):
    """Any failure that a client may be told about.

    Attributes:
        status: The HTTP status code.
        scim_type: The detail error keyword (RFC 7644 Table 9), or None where the RFC defines none.
        detail: A sentence that an administrator can act on.
        path: The attribute path at fault, when there is exactly one.
        rule: The section that was broken, when known.
        violations: All broken rules, when the error came from checking a whole resource.
    """

    status: ClassVar[int] = 500
    scim_type: ClassVar[str | None] = None

    def __init__(
        self, detail: str, *, path: str | None = None, rule: str | None = None, violations: Sequence[Violation] = ()
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.path = path
        self.rule = rule
        self.violations = tuple(violations)

    def __str__(self) -> str:
        kind = f" {self.scim_type}" if self.scim_type else ""
        return f"{self.status}{kind}: {self.detail}"

    def to_document(self) -> dict[str, Any]:
        """Return the error as the message of RFC 7644 §3.12; ``status`` is a string there."""
        document: dict[str, Any] = {"schemas": [urns.ERROR], "status": str(self.status)}
        if self.scim_type is not None:
            document["scimType"] = self.scim_type
        document["detail"] = self.detail
        return document


# 400 and a keyword: RFC 7644 Table 9 -------------------------------------------------------------------------------


class BadRequest(ScimError):
    """The request cannot be carried out as it stands. Its kinds say why."""

    status = 400


class InvalidFilter(BadRequest):
    """The filter is not one, or asks what the attribute or the server cannot answer.

    Attributes:
        text: The filter as given; shown by ``str()`` with a caret, never sent to a client.
        column: Where in the text, counted from zero.
    """

    scim_type = "invalidFilter"

    def __init__(
        self, detail: str, *, text: str = "", column: int = 0, path: str | None = None, rule: str | None = None
    ) -> None:
        super().__init__(detail, path=path, rule=rule)
        self.text = text
        self.column = column

    def __str__(self) -> str:
        headline = super().__str__()
        if not self.text:
            return headline
        # A window keeps a long filter readable; control characters would move the caret or forge a log line.
        start = max(0, self.column - 60)
        shown = "".join(c if c.isprintable() else "?" for c in self.text[start : self.column + 40])
        return f"{headline}\n    {shown}\n    {' ' * (self.column - start)}^"


class TooMany(BadRequest):
    """The query would return more than the server is willing to calculate or process."""

    scim_type = "tooMany"


class InvalidSyntax(BadRequest):
    """The body is not the message that the request needs."""

    scim_type = "invalidSyntax"


class InvalidPath(BadRequest):
    """A path is malformed or names no attribute of the resource type."""

    scim_type = "invalidPath"


class NoTarget(BadRequest):
    """A path names nothing that the operation could act on."""

    scim_type = "noTarget"


class InvalidValue(BadRequest):
    """A value is missing, of the wrong type, or not allowed for its attribute."""

    scim_type = "invalidValue"


class InvalidVersion(BadRequest):
    """The protocol version asked for is not supported."""

    scim_type = "invalidVers"


class MutabilityViolation(BadRequest):
    """The change is one that the attribute's mutability forbids (RFC 7643 §7)."""

    scim_type = "mutability"


class InvalidCursor(BadRequest):
    """The cursor is not one that this server made for this query (RFC 9865 §2.2)."""

    scim_type = "invalidCursor"


class ExpiredCursor(BadRequest):
    """The cursor was good once; the query must be started again (RFC 9865 §2.2)."""

    scim_type = "expiredCursor"


class InvalidCount(BadRequest):
    """The page size cannot be served, or was changed between pages (RFC 9865 §2.2)."""

    scim_type = "invalidCount"


class Uniqueness(ScimError):
    """Another resource already has this value (RFC 7644 §3.3)."""

    status = 409
    scim_type = "uniqueness"


class Sensitive(ScimError):
    """The query would put personal data into a URI (RFC 7644 §7.5.2); ``POST .search`` is the way."""

    status = 403
    scim_type = "sensitive"


# A status that says it all: RFC 7644 Table 8 ------------------------------------------------------------------------


class Unauthorized(ScimError):
    """The request carries no credential that the service accepts."""

    status = 401


class Forbidden(ScimError):
    """The caller is known and may not do this."""

    status = 403


class NotFound(ScimError):
    """There is no such resource or endpoint for this caller."""

    status = 404


class MethodNotAllowed(ScimError):
    """The endpoint exists and has no such method.

    Attributes:
        allow: The methods that it has, for the ``Allow`` header.
    """

    status = 405

    def __init__(self, detail: str, *, allow: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.allow = tuple(allow)


class NotAcceptable(ScimError):
    """None of the media types that the client accepts can be produced."""

    status = 406


class Conflict(ScimError):
    """The request contradicts what there is, or itself, and not by a value that must be unique (RFC 7644 §3.7.1)."""

    status = 409


class VersionMismatch(ScimError):
    """The resource has changed since the version that the client named (RFC 7644 §3.14)."""

    status = 412


class PayloadTooLarge(ScimError):
    """The body is larger than the service reads."""

    status = 413


class UnsupportedMediaType(ScimError):
    """The body is of a media type other than ``application/scim+json`` or ``application/json``."""

    status = 415


class TooManyRequests(ScimError):
    """The caller must wait.

    Attributes:
        retry_after_seconds: For the ``Retry-After`` header.
    """

    status = 429

    def __init__(self, detail: str, *, retry_after_seconds: int) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class ServiceUnavailable(ScimError):
    """Nothing is wrong with the request, and it can be sent again as it is (RFC 9110 §15.6.4).

    Attributes:
        retry_after_seconds: For the ``Retry-After`` header.
    """

    status = 503

    def __init__(self, detail: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class InternalError(ScimError):
    """A fault of the service, told without its internals."""

    status = 500


class Unsupported(ScimError):
    """The service does not implement what was asked for."""

    status = 501


# An administrator reads the detail in a table cell; who needs every fault has `violations`.
_SHOWN_VIOLATIONS = 10

# A whole resource can break several rules at once. What makes the rest unreadable is named first.
_GRAVEST_FIRST: tuple[type[ScimError], ...] = (InvalidSyntax, InvalidPath, MutabilityViolation, InvalidValue)


def of_violations(violations: Sequence[Violation]) -> ScimError:
    """Make the one exception that lists all violations; its kind is that of the gravest.

    The detail tells the first ten and how many more there are; ``violations`` has them all.

    Args:
        violations: At least one.
    """
    keywords = {violation.scim_type for violation in violations}
    kind = next((kind for kind in _GRAVEST_FIRST if kind.scim_type in keywords), InvalidValue)
    paths = {violation.path for violation in violations}
    shown = [str(violation) for violation in violations[:_SHOWN_VIOLATIONS]]
    if len(violations) > len(shown):
        shown.append(f"and {len(violations) - len(shown)} more")
    return kind(
        "; ".join(shown),
        path=violations[0].path if len(paths) == 1 else None,
        rule=violations[0].rule if len(violations) == 1 else None,
        violations=violations,
    )


def printable(text: str, limit: int = 80) -> str:
    """Shorten a client's text for a message and replace what could forge a line of a log."""
    shown = "".join(c if c.isprintable() else "?" for c in text[:limit])
    return shown if len(text) <= limit else shown + "..."
