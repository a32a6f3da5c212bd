"""Media types: which of the two that SCIM has a body is in, and which one a client gets (RFC 7644 §3.8, §8.1).

``application/scim+json`` and ``application/json`` hold the same JSON.
"""

from functools import lru_cache

from scimcore.errors import NotAcceptable, UnsupportedMediaType

SCIM = "application/scim+json"
JSON = "application/json"
_READ = frozenset({SCIM, JSON})
USUAL = frozenset({SCIM, JSON, f"{SCIM}; charset=utf-8", f"{JSON}; charset=utf-8"})
"""What nearly all clients send as the Content-Type of a body; :func:`check_content_type` lets through more."""
_WILDCARDS = ("application/*", "*/*")


def check_content_type(content_type: str) -> None:
    """Refuse a body that does not say that it is JSON; what is said of its charset means nothing (RFC 8259 §11).

    Raises:
        UnsupportedMediaType: If it is of another media type, or of none that was named.
    """
    if content_type.partition(";")[0].strip().lower() not in _READ:
        raise UnsupportedMediaType("The body must be sent with Content-Type: application/scim+json.")


def check_accept(accept: str) -> None:
    """Refuse a client that would accept neither media type.

    Raises:
        NotAcceptable: If it would not.
    """
    if accept and answered_type(accept) is None:
        raise NotAcceptable(f"The service answers {SCIM} or {JSON}, and Accept names neither.", rule="RFC 9110 §12.5.1")


def media_type(accept: str) -> str:
    """Choose the media type of an answer; a client that wants a third one gets the first."""
    return SCIM if not accept or accept == SCIM else answered_type(accept) or SCIM


def answered_type(accept: str) -> str | None:
    """Choose by an Accept header; None if it allows neither. Of two liked equally, SCIM's own goes first."""
    return _remembered(accept) if len(accept) <= _LONGEST_REMEMBERED else _chosen(accept)


_LONGEST_REMEMBERED = 256


@lru_cache(maxsize=256)
def _remembered(accept: str) -> str | None:
    return _chosen(accept)


def _chosen(accept: str) -> str | None:
    weights = dict(map(_range, accept.lower().split(",")))
    scim, plain = _weight(SCIM, weights), _weight(JSON, weights)
    # Browsers' libraries send "application/json, text/plain, */*" and mean JSON: what is named goes before a wildcard.
    if plain and JSON in weights and SCIM not in weights:
        return JSON
    if plain > scim:
        return JSON
    return SCIM if scim else None


def _range(text: str) -> tuple[str, float]:
    name, *parameters = text.split(";")
    weight = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                weight = 0.0
    return name.strip(), weight


def _weight(media_type: str, weights: dict[str, float]) -> float:
    """The most precise range that fits decides (RFC 9110 §12.5.1)."""
    return next((weights[name] for name in (media_type, *_WILDCARDS) if name in weights), 0.0)
