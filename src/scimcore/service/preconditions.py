"""ETags and the two headers that refer to them (RFC 7644 §3.14, RFC 9110 §13).

Versions are compared weakly throughout: RFC 7644 pairs If-Match with weak ETags, which a strong comparison (RFC 9110
§13.1.1) would never find equal.
"""

import re
from typing import NamedTuple

from scimcore.errors import VersionMismatch
from scimcore.http import Headers

# entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE   (RFC 9110 §8.8.3). Clients also send a version without its quotes.
_ENTITY_TAG = re.compile(r'(?:W/)?"([^"]*)"|([^\s,"]+)')


def etag(version: str) -> str:
    """Write a version as a weak ETag."""
    return f'W/"{version}"'


class Preconditions(NamedTuple):
    """What must be true of the stored version. Each is None when its header was not sent.

    Attributes:
        if_match: Only if the version is one of these; ``*`` is any.
        if_none_match: Only if the version is none of these; ``*`` is any.
    """

    if_match: frozenset[str] | None = None
    if_none_match: frozenset[str] | None = None

    def unchanged(self, version: str) -> bool:
        """Tell whether a client that reads has this version already: 304.

        Raises:
            VersionMismatch: If If-Match names other versions.
        """
        self._require_match(version)
        return self.if_none_match is not None and _names(self.if_none_match, version)

    def permit(self, version: str) -> None:
        """Let a client that writes go on.

        Raises:
            VersionMismatch: If the version is not one that the client wants to change.
        """
        self._require_match(version)
        if self.if_none_match is not None and _names(self.if_none_match, version):
            raise VersionMismatch("The resource has a version that If-None-Match excludes.")

    def _require_match(self, version: str) -> None:
        if self.if_match is not None and not _names(self.if_match, version):
            raise VersionMismatch("The resource has changed: its version is none of those that If-Match names.")


NO_PRECONDITIONS = Preconditions()
"""A client that names any is told of a conflict, and nothing is retried behind its back; who names none is not."""


def preconditions(headers: Headers) -> Preconditions:
    """Read If-Match and If-None-Match. One that holds nothing readable names no version, and so matches none."""
    return Preconditions(_versions(headers, "if-match"), _versions(headers, "if-none-match"))


def _versions(headers: Headers, name: str) -> frozenset[str] | None:
    if name not in headers:
        return None
    return frozenset(quoted or bare for quoted, bare in _ENTITY_TAG.findall(headers.get(name)))


def _names(versions: frozenset[str], version: str) -> bool:
    return version in versions or "*" in versions
