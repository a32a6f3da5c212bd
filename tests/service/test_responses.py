import pytest

from doors import BASE
from scimcore import urns
from scimcore.cli.servers import _Server, listen
from scimcore.handler import Handler
from scimcore.http import Request
from scimcore.memory import MemoryStorage
from scimcore.resources import Group, User
from scimcore.schema import ResourceType, Schema
from scimcore.service.authentication import anyone
from scimcore.service.provider import Provider

USERS, GROUPS = User.resource_type(), Group.resource_type()


def test_resources_of_several_types_are_each_at_its_own_endpoint() -> None:
    storage = MemoryStorage()
    meta = {"created": "2026-01-02T03:04:05.678Z", "lastModified": "2026-01-02T03:04:05.678Z", "version": 'W/"1"'}
    storage.insert(USERS, {"schemas": [urns.USER], "id": "a", "userName": "a", "password": "secret", "meta": meta})
    storage.insert(GROUPS, {"schemas": [urns.GROUP], "id": "b", "displayName": "b", "meta": meta})
    response = Handler(Provider(), storage, anyone).handle(Request("GET", "/", base_url=BASE))
    assert f'"location":"{BASE}/Users/a"'.encode() in response.body
    assert f'"location":"{BASE}/Groups/b"'.encode() in response.body
    assert b"secret" not in response.body


def test_a_number_of_any_size_is_answered() -> None:
    storage = MemoryStorage()
    meta = {"created": "2026-01-02T03:04:05.678Z", "lastModified": "2026-01-02T03:04:05.678Z", "version": 'W/"1"'}
    storage.insert(USERS, {"schemas": [urns.USER], "id": "a", "userName": "a", "urn:x": {"n": 10**30}, "meta": meta})
    response = Handler(Provider(), storage, anyone).handle(Request("GET", "/Users/a", base_url=BASE))
    assert response.status == 200
    assert b'"n":1000000000000000000000000000000' in response.body


def test_a_connection_that_breaks_is_not_worth_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    with listen("127.0.0.1", 0) as listener, _Server(listener) as server:
        server.handle_error(None, None)
    assert capsys.readouterr().err == ""


def test_only_me_says_where_the_resource_really_is() -> None:
    """RFC 7644 §3.11 is about ``/Me``: a deletion from an endpoint that begins alike has no Location."""
    meetings = ResourceType("Meeting", "/Meetings", Schema("urn:example:Meeting", "Meeting"))
    storage = MemoryStorage()
    for kind, urn in ((meetings, "urn:example:Meeting"), (USERS, urns.USER)):
        meta = {"created": "2026-01-02T03:04:05.678Z", "lastModified": "2026-01-02T03:04:05.678Z", "version": 'W/"1"'}
        storage.insert(kind, {"schemas": [urn], "id": "a", "userName": "a", "meta": meta})
    handler = Handler(Provider(resource_types=(USERS, meetings), me=lambda _: "a"), storage, anyone)
    for path, where in (("/Meetings/a", None), ("/mE/", f"{BASE}/Users/a")):
        answer = handler.handle(Request("DELETE", path, base_url=BASE))
        assert (answer.status, dict(answer.headers).get("Location")) == (204, where)
