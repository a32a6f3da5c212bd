"""Which media type is read and which one is answered."""

import json

import pytest

from doors import BASE
from scimcore import urns
from scimcore.errors import NotAcceptable, UnsupportedMediaType
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import anyone
from scimcore.service.negotiation import answered_type, check_accept, check_content_type, media_type
from scimcore.service.provider import Provider

SCIM, JSON = "application/scim+json", "application/json"

# What clients send, and what they get; None is neither.
ACCEPTED: dict[str, str | None] = {
    "": None,
    SCIM: SCIM,
    JSON: JSON,
    "Application/JSON": JSON,
    "*/*": SCIM,
    "application/*": SCIM,
    f"{SCIM}, {JSON}": SCIM,
    f"{JSON}, {SCIM}": SCIM,
    f"{JSON}, text/plain, */*": JSON,
    f"{JSON};q=0.5, {SCIM};q=0.4": JSON,
    f"{JSON};q=0.4 , {SCIM} ; q=0.5": SCIM,
    f"{SCIM};q=0, */*": JSON,
    f"{JSON};q=0, */*": SCIM,
    f"{JSON};q=0, {SCIM};q=0": None,
    f"{JSON};charset=utf-8": JSON,
    f"{JSON};q=high": None,
    "text/html": None,
    "text/html, application/xml;q=0.9, */*;q=0.8": SCIM,
    "application/xml, text/*": None,
    ",": None,
    ";q=1": None,
    "*/*;q=0": None,
}


@pytest.mark.parametrize("accept", ACCEPTED)
def test_what_is_answered(accept: str) -> None:
    assert answered_type(accept) == ACCEPTED[accept]
    # Longer than what is remembered.
    assert answered_type(f"{accept}{',x/y' * 100}") == ACCEPTED[accept]
    assert media_type(accept) == (ACCEPTED[accept] or SCIM)
    if ACCEPTED[accept] is None and accept:
        with pytest.raises(NotAcceptable):
            check_accept(accept)
    else:
        check_accept(accept)


@pytest.mark.parametrize("content_type", [SCIM, JSON, f"{JSON}; charset=utf-8", f" {SCIM.upper()} ;x=y"])
def test_what_is_read(content_type: str) -> None:
    check_content_type(content_type)


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "text/json", f"x{JSON}", f"{JSON}x", "application/xml", ";"]
)
def test_what_is_not_read(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        check_content_type(content_type)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("path", ["/Users", "/nowhere", "/Schemas"])
def test_only_a_strict_service_refuses_a_client_for_what_it_accepts(path: str, strict: bool) -> None:
    handler = Handler(Provider(strict_accept=strict), MemoryStorage(), anyone)
    usual = 404 if path == "/nowhere" else 200
    for accept, status in (("text/html", 406 if strict else usual), ("*/*", usual), (SCIM, usual), ("", usual)):
        answer = handler.handle(Request("GET", path, "", Headers([("Accept", accept)]), b"", BASE))
        assert answer.status == status
        assert dict(answer.headers)["Content-Type"] == SCIM
        if status >= 400:
            assert json.loads(answer.body)["schemas"] == [urns.ERROR]
