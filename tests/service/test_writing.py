"""What a write may change and what it must leave, whichever way it comes; and how far a request walks."""

import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest

from hosts import GROUPS, USERS, Client, FullStorage, PlainStorage, content, request
from resource_types import described
from resource_types import read as vectors
from scimcore import urns
from scimcore.documents import Document
from scimcore.memory import MemoryStorage
from scimcore.schema import Attribute, ResourceType, Schema
from scimcore.schema.characteristics import Mutability
from scimcore.service.provider import Provider
from scimcore.storage import Stored

stores = pytest.mark.parametrize("store", [FullStorage, PlainStorage], ids=["full", "plain"])

BADGE = ResourceType(
    "Badge",
    "/Badges",
    Schema(
        "urn:example:Badge",
        "Badge",
        attributes=(
            Attribute("number", mutability=Mutability.IMMUTABLE),
            Attribute("serial", mutability=Mutability.READ_ONLY),
            Attribute("pin", mutability=Mutability.WRITE_ONLY),
            Attribute("colour"),
            Attribute("owner"),
        ),
    ),
)


def badge(**attributes: object) -> Document:
    return {"schemas": ["urn:example:Badge"], **attributes}


@stores
def test_a_put_by_the_characteristics(store: Any) -> None:
    storage = store()
    client = Client(storage, Provider(resource_types=(USERS, GROUPS, BADGE)))
    created = client.ask("POST", "/Badges", badge(number="7", pin="1234", colour="red", owner="ada", serial="forged"))
    assert created.document["number"] == "7"
    assert not created.document.keys() & {"serial", "pin"}
    place = f"/Badges/{created.id}"
    stored = storage.fetch(BADGE, created.id)
    storage.update(BADGE, stored, {**stored.document, "serial": "host's own"}, None)
    # readOnly ignored, immutable and writeOnly kept where they are left out, the rest cleared.
    put = client.put(place, badge(serial="forged", colour="blue", id="other", meta={"version": "x"}))
    assert put.status == 200
    assert {name: put.document.get(name) for name in ("id", "number", "serial", "colour", "owner", "pin")} == {
        "id": created.id,
        "number": "7",
        "serial": "host's own",
        "colour": "blue",
        "owner": None,
        "pin": None,
    }
    assert storage.fetch(BADGE, created.id).document["pin"] == "1234"
    refused = client.put(place, badge(number="8", colour="green"))
    assert (refused.status, refused.document["scimType"]) == (400, "mutability")
    assert client.get(place).document == put.document


PASSES = described(vectors("passes.json"))["Pass"]
PRINTED = PASSES.extension_urns[0]


@stores
@pytest.mark.parametrize("parts", [{}, {"door": {"number": "2"}, PRINTED: {"number": "8"}}], ids=["without", "with"])
def test_what_is_read_only_inside_something_outlives_a_put(store: Any, parts: Document) -> None:
    """RFC 7644 §3.5.1: readOnly values are ignored, wherever they stand; left out they are not cleared."""
    storage = store()
    client = Client(storage, Provider(resource_types=(USERS, GROUPS, PASSES)))
    body = {"schemas": [PASSES.schema.id, PRINTED], "label": "a", "door": {"number": "1"}, PRINTED: {"number": "7"}}
    created = client.ask("POST", "/Passes", body)
    stored = storage.fetch(PASSES, created.id)
    ours = {"door": {"number": "1", "opened": "ours"}, PRINTED: {"number": "7", "printed": "ours"}}
    storage.update(PASSES, stored, {**stored.document, **ours, "issued": "ours"}, None)
    forged = {"door": {"opened": "forged"}, PRINTED: {"printed": "forged"}, "issued": "forged"}
    for sent in ({}, forged):
        merged = {name: {**parts.get(name, {}), **sent.get(name, {})} for name in ("door", PRINTED)}
        put = client.put(f"/Passes/{created.id}", {"schemas": [PASSES.schema.id], "label": "b", **merged})
        assert put.status == 200
        assert put.document["issued"] == "ours"
        assert put.document["door"] == {**parts.get("door", {}), "opened": "ours"}
        assert put.document[PRINTED] == {**parts.get(PRINTED, {}), "printed": "ours"}
        assert put.document["schemas"] == [PASSES.schema.id, PRINTED]


def test_the_name_of_a_manager_goes_with_the_manager() -> None:
    client = Client()
    boss, ada = client.user("boss", displayName="Boss"), client.user("ada")
    enterprise = {"schemas": [urns.USER, urns.ENTERPRISE_USER], "userName": "ada"}
    put = client.put(f"/Users/{ada}", {**enterprise, urns.ENTERPRISE_USER: {"manager": {"value": boss}}})
    assert put.document[urns.ENTERPRISE_USER]["manager"]["displayName"] == "Boss"
    put = client.put(f"/Users/{ada}", {**enterprise, urns.ENTERPRISE_USER: {"manager": {"value": "somebody"}}})
    assert "displayName" not in put.document[urns.ENTERPRISE_USER]["manager"]
    assert urns.ENTERPRISE_USER not in client.put(f"/Users/{ada}", enterprise).document


@stores
def test_a_body_that_was_read_and_merged_with_a_profile_comes_back_unharmed(store: Any) -> None:
    """Okta's way: GET, change what the profile knows of, PUT all of it."""
    client = Client(store())
    boss = client.user("boss", displayName="Boss")
    ada = client.user(
        "ada",
        password="pa55word",
        externalId="x-1",
        emails=[{"value": "a@example.com", "type": "work", "primary": True}],
        **{urns.ENTERPRISE_USER: {"manager": {"value": boss}}},
        schemas=[urns.USER, urns.ENTERPRISE_USER],
    )
    group = client.group("g", ada)
    read = client.get(f"/Users/{ada}").document
    client.told()
    put = client.put(f"/Users/{ada}", {**read, "name": {"givenName": "Ada"}})
    differs = {name for name in put.document if put.document[name] != read.get(name)}
    assert differs == {"name", "meta"}
    assert put.document["groups"][0]["value"] == group
    assert [change.path for change in client.events[0].changes] == ["name.givenName"]  # type: ignore[attr-defined]


@stores
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_write_under_a_condition(store: Any, method: str) -> None:
    client = Client(store())
    ada = client.user("ada")
    place = f"/Users/{ada}"
    bodies: dict[str, Any] = {
        "PUT": {"schemas": [urns.USER], "userName": "ada", "title": "x"},
        "PATCH": {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": "x"}]},
    }
    version = client.get(place).headers["ETag"]
    before = content(client.storage.inner)
    for refused in ({"If_Match": 'W/"other"'}, {"If_None_Match": version}, {"If_None_Match": "*"}, {"If_Match": ""}):
        assert client.ask(method, place, bodies.get(method), **refused).status == 412, refused
    assert content(client.storage.inner) == before
    assert client.told() == ["Created"]
    condition = f'W/"other", {version}'
    assert client.ask(method, place, bodies.get(method), If_Match=condition).status in (200, 204)
    assert content(client.storage.inner) != before


# Soft deletion -----------------------------------------------------------------------------------------------------


class Tombstones(MemoryStorage):
    """Keeps what was deleted: for SCIM it is gone, for the host it is not."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: list[tuple[str, Stored]] = []

    def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        stored = self.fetch(resource_type, before.id)
        super().delete(resource_type, before)
        self.gone.append((resource_type.name, stored))


def test_what_is_deleted_softly_is_gone_for_every_client() -> None:
    client = Client(Tombstones())
    ada, eve = client.user("ada", externalId="x"), client.user("eve")
    group = client.group("g", ada, eve)
    assert client.delete(f"/Users/{ada}").status == 204
    assert [(kind, stored.document["userName"]) for kind, stored in client.storage.gone] == [("User", "ada")]
    place = f"/Users/{ada}"
    operation = {"op": "add", "path": "title", "value": "x"}
    for answer in (
        client.get(place),
        client.delete(place),
        client.patch(place, operation),
        client.put(place, {"schemas": [urns.USER], "userName": "ada"}),
    ):
        assert answer.status == 404
    assert client.get('/Users?filter=userName+eq+"ada"').document["totalResults"] == 0
    assert client.members(group) == [eve]
    assert client.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": ada}]}).status == 400
    assert client.user("ada", externalId="x") != ada, "its name is free again"


# How far a request walks -------------------------------------------------------------------------------------------

# Files of which any function is called: a request walks through no more than eight to be read and sixteen to change one
# attribute. A change of a group looks up what its members are, too.
WALKS = [
    ("GET", "alone", 8, 30),
    ("GET", "member", 8, 30),
    ("GET", "group", 8, 30),
    ("PATCH", "alone", 16, 80),
    ("PATCH", "member", 16, 80),
    ("PATCH", "group", 26, 130),
]


@contextmanager
def walked(calls: list[str]) -> Any:
    """Note the module of each Python function that is called."""

    def note(frame: Any, event: str, _: object) -> None:
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith("scimcore."):
            calls.append(name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize(("method", "whom", "files", "most_calls"), WALKS)
def test_how_far_a_request_walks(method: str, whom: str, files: int, most_calls: int) -> None:
    client = Client(MemoryStorage(), events=None)
    ids = {"alone": client.user("eve", title="a", password="t1meMa$heen"), "member": client.user("ada", title="a")}
    place = f"/Groups/{client.group('g', ids['member'])}" if whom == "group" else f"/Users/{ids[whom]}"

    def asked(text: str) -> Callable[[], Any]:
        operation = {"op": "replace", "path": "displayName" if whom == "group" else "title", "value": text}
        body = None if method == "GET" else {"schemas": [urns.PATCH_OP], "Operations": [operation]}
        made = request(method, place, body)
        return lambda: client.handler.handle(made)

    for text in "bcb":  # what is compiled once is no request's
        asked(text)()
    calls: list[str] = []
    ask = asked("c")
    with walked(calls):
        answer = ask()
    assert answer.status == 200
    assert len(set(calls)) <= files, sorted(set(calls))
    assert len(calls) <= most_calls
