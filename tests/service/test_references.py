"""References: ``members``, ``groups`` and ``manager`` say what is known, and lead where this service is."""

from typing import Any

import pytest

from hosts import BASE, GROUPS, USERS, Client, FullStorage, PlainStorage
from scimcore import urns
from scimcore.documents import Document
from scimcore.errors import InvalidFilter
from scimcore.filter import Filter
from scimcore.handler import as_store
from scimcore.schema import Attribute, ResourceType, Schema
from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.service.presentation import References
from scimcore.service.provider import Provider
from scimcore.sql import SqlStorage
from scimcore.storage import Page, Query

MANAGER = f"{urns.ENTERPRISE_USER}:manager"

stores = pytest.mark.parametrize(
    "store", [FullStorage, PlainStorage, lambda: SqlStorage("sqlite://")], ids=["full", "plain", "sql"]
)


def enterprise(**attributes: object) -> Document:
    return {"schemas": [urns.USER, urns.ENTERPRISE_USER], urns.ENTERPRISE_USER: attributes}


@stores
def test_members_are_told_what_they_are(store: Any) -> None:
    client = Client(store())
    ada, grace = client.user("ada", displayName="Ada Lovelace"), client.user("grace")
    inner = client.group("inner", ada)
    group = client.group("outer", ada, {"value": grace, "display": "G.", "$ref": "https://evil.example/x"}, inner)
    assert client.get(f"/Groups/{group}").document["members"] == [
        {"value": ada, "type": "User", "display": "Ada Lovelace", "$ref": f"{BASE}/Users/{ada}"},
        {"value": grace, "display": "G.", "type": "User", "$ref": f"{BASE}/Users/{grace}"},
        {"value": inner, "type": "Group", "display": "inner", "$ref": f"{BASE}/Groups/{inner}"},
    ]


@stores
def test_a_url_is_never_stored(store: Any) -> None:
    storage = store()
    client = Client(storage)
    ada = client.user("ada")
    evil = {"value": ada, "$ref": "https://evil.example/Users/x", "type": "user"}
    group = client.group("g", evil)
    boss = client.user("boss", **enterprise(manager={"value": ada, "$ref": "javascript:alert(1)"}))
    for change in (
        {"op": "replace", "path": "members", "value": [evil]},
        {"op": "add", "path": "members", "value": evil},
    ):
        assert client.patch(f"/Groups/{group}", change).status == 200
    assert (
        client.put(f"/Groups/{group}", {"schemas": [urns.GROUP], "displayName": "g", "members": [evil]}).status == 200
    )
    documents = [storage.fetch(GROUPS, group).document, storage.fetch(USERS, boss).document]
    assert "$ref" not in str(documents)
    assert documents[0]["members"] == [{"value": ada, "type": "User", "display": "ada"}]
    assert client.get(f"/Users/{boss}").document[urns.ENTERPRISE_USER]["manager"] == {
        "value": ada,
        "$ref": f"{BASE}/Users/{ada}",
    }


@stores
def test_a_reference_may_be_a_url_alone(store: Any) -> None:
    client = Client(store())
    ada = client.user("ada")
    group = client.group("g", {"$ref": f"{BASE}/Users/{ada}"}, {"value": ada}, {"$ref": f"../Users/{ada}/"})
    assert client.members(group) == [ada]
    grace = client.user("grace")
    added = [{"$ref": f"{BASE}/Users/{grace}"}, {"$ref": f"{BASE}/Users/{ada}"}]
    assert client.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": added}).status == 200
    assert client.members(group) == [ada, grace]
    eve = {"$ref": f"{BASE}/Users/{client.user('eve')}"}
    rename = {"op": "replace", "path": "displayName", "value": "h"}
    assert client.patch(f"/Groups/{group}", rename, {"op": "add", "path": "members", "value": eve}).status == 200
    assert len(client.members(group)) == 3
    boss = client.user("boss", **enterprise(manager={"$ref": f"../Users/{ada}"}))
    assert client.get(f"/Users/{boss}").document[urns.ENTERPRISE_USER]["manager"]["value"] == ada
    refused = client.ask(
        "POST", "/Groups", {"schemas": [urns.GROUP], "displayName": "h", "members": [{"display": "x"}]}
    )
    assert (refused.status, refused.document["scimType"]) == (400, "invalidValue")
    assert "members[0]" in refused.document["detail"]
    refused = client.ask("POST", "/Users", {"userName": "x", **enterprise(manager={"$ref": "/"})})
    assert (refused.status, refused.document["scimType"]) == (400, "invalidValue")


def test_new_members_are_looked_up_at_once_and_old_ones_not_at_all() -> None:
    storage = FullStorage()
    client = Client(storage)
    users = [client.user(f"u{number}") for number in range(5)]
    storage.asked.clear()
    group = client.group("g", *users[:3])
    assert "fetch_many 3" in storage.asked
    storage.asked.clear()
    body = client.get(f"/Groups/{group}").document
    body["members"].append({"value": users[3]})
    assert client.put(f"/Groups/{group}", body).status == 200
    assert [call for call in storage.asked if call.startswith("fetch_many")] == ["fetch_many 1"]
    storage.asked.clear()
    client.patch(
        f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": users[0]}, {"value": users[4]}]}
    )
    assert [call for call in storage.asked if call.startswith("fetch_many")] == ["fetch_many 1"]
    storage.asked.clear()
    client.patch(f"/Groups/{group}", {"op": "replace", "path": "displayName", "value": "h"})
    assert not [call for call in storage.asked if call.startswith("fetch_many")]


@stores
def test_a_body_that_was_read_can_be_put_back(store: Any) -> None:
    client = Client(store())
    ada = client.user("ada", displayName="Ada")
    boss = client.user("boss", **enterprise(manager={"value": ada}, department="x"))
    group = client.group("g", ada, {"value": boss, "display": "B."})
    for place in (f"/Users/{boss}", f"/Users/{ada}", f"/Groups/{group}"):
        before = client.get(place)
        after = client.put(place, before.document)
        assert (after.status, after.document) == (200, before.document)
        assert after.headers["ETag"] == before.headers["ETag"], "nothing has changed"


@stores
def test_what_a_client_leaves_out_of_a_member_is_still_known(store: Any) -> None:
    client = Client(store())
    ada = client.user("ada", displayName="Ada")
    group = client.group("g", {"value": ada, "display": "Countess"})
    before = client.get(f"/Groups/{group}").document
    bare = {"schemas": [urns.GROUP], "displayName": "g", "members": [{"value": ada}]}
    assert client.put(f"/Groups/{group}", bare).document == before
    client.told()
    after = client.patch(f"/Groups/{group}", {"op": "replace", "path": "members", "value": [{"value": ada}]})
    assert after.document == before
    assert client.told() == []
    renamed = client.put(f"/Groups/{group}", {**bare, "members": [{"value": ada, "display": "A."}]})
    assert renamed.document["members"][0] == {**before["members"][0], "display": "A."}
    assert client.events[-1].delta.updated[0][1]["display"] == "A."  # type: ignore[attr-defined]


# Members that there are not ----------------------------------------------------------------------------------------


@stores
@pytest.mark.parametrize("way", ["post", "put", "patch add", "patch replace"])
def test_an_unknown_member_is_refused_by_name(store: Any, way: str) -> None:
    client = Client(store())
    ada = client.user("ada")
    group = client.group("g", ada)
    before = client.get(f"/Groups/{group}")
    answer = _write_member(client, way, group, ada, "nobody")
    assert (answer.status, answer.document["scimType"]) == (400, "invalidValue")
    assert """members[value eq "nobody"]""" in answer.document["detail"]
    assert client.get(f"/Groups/{group}") == before


@stores
@pytest.mark.parametrize("way", ["post", "put", "patch add", "patch replace"])
def test_an_unknown_member_may_be_skipped(store: Any, way: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "scimcore.requests")
    client = Client(store(), Provider(unknown_members="skip"))
    ada = client.user("ada")
    group = client.group("g", ada)
    answer = _write_member(client, way, group, ada, "nobody")
    assert answer.status in (200, 201)
    assert [member["value"] for member in answer.document["members"]] == [ada]
    assert "understood: unknown-member" in caplog.text


@stores
def test_a_group_of_unknown_members_alone_is_empty(store: Any) -> None:
    client = Client(store(), Provider(unknown_members="skip"))
    group = client.group("g", "nobody", "neither")
    assert "members" not in client.get(f"/Groups/{group}").document


@stores
@pytest.mark.parametrize("way", ["post", "put", "patch add", "patch replace"])
def test_an_unknown_member_may_be_kept(store: Any, way: str) -> None:
    client = Client(store(), Provider(unknown_members="keep"))
    ada = client.user("ada")
    group = client.group("g", ada)
    answer = _write_member(client, way, group, ada, "nobody")
    assert answer.status in (200, 201)
    # Of what type it is, nobody knows: no URL can be given.
    assert {"value": "nobody"} in answer.document["members"]


def _write_member(client: Client, way: str, group: str, *ids: str) -> Any:
    members = [{"value": id} for id in ids]
    match way.split():
        case ["post"]:
            return client.ask("POST", "/Groups", {"schemas": [urns.GROUP], "displayName": "h", "members": members})
        case ["put"]:
            return client.put(f"/Groups/{group}", {"schemas": [urns.GROUP], "displayName": "g", "members": members})
        case [_, verb]:
            return client.patch(f"/Groups/{group}", {"op": verb, "path": "members", "value": members})


# Managers ----------------------------------------------------------------------------------------------------------


@stores
def test_a_manager_has_a_name_and_a_place(store: Any) -> None:
    client = Client(store())
    ada, grace = client.user("ada", displayName="Ada"), client.user("grace", displayName="Grace")
    user = client.user("user", **enterprise(manager={"value": ada, "displayName": "forged"}))

    def manager() -> Any:
        return client.get(f"/Users/{user}").document.get(urns.ENTERPRISE_USER, {}).get("manager")

    assert manager() == {"value": ada, "$ref": f"{BASE}/Users/{ada}", "displayName": "Ada"}
    client.patch(f"/Users/{user}", {"op": "replace", "path": f"{MANAGER}.value", "value": grace})
    assert manager() == {"value": grace, "$ref": f"{BASE}/Users/{grace}", "displayName": "Grace"}
    client.patch(f"/Users/{user}", {"op": "replace", "path": MANAGER, "value": {"value": "late"}})
    assert manager() == {"value": "late", "$ref": f"{BASE}/Users/late"}, "it may be sent before it exists"
    client.patch(f"/Users/{user}", {"op": "remove", "path": MANAGER})
    assert manager() is None
    changes = [change for event in client.events for change in getattr(event, "changes", ())]
    assert (f"{MANAGER}.displayName", "Ada", "Grace") in changes
    assert (f"{MANAGER}.value", "late", None) in changes


# Groups of a user --------------------------------------------------------------------------------------------------


@stores
def test_an_id_of_the_host_s_choice_may_be_in_a_group_already(store: Any) -> None:
    ids = iter(["g1", "u1", "u2"])
    client = Client(store(), Provider(unknown_members="keep", new_id=lambda: next(ids)))
    group = client.group("g", "u1")
    made = [client.ask("POST", "/Users", {"schemas": [urns.USER], "userName": name}) for name in ("ada", "eve")]
    assert [each.document.get("groups", []) for each in made] == [
        [{"value": group, "$ref": f"{BASE}/Groups/{group}", "display": "g", "type": "direct"}],
        [],
    ]


@stores
def test_groups_of_a_user_follow_from_members(store: Any) -> None:
    client = Client(store())
    ada, grace = client.user("ada", groups=[{"value": "forged"}]), client.user("grace")
    ops, dev = client.group("Ops", ada), client.group("Dev", ada, grace)

    def groups(user: str) -> Any:
        found = client.get(f"/Users/{user}").document.get("groups", [])
        return sorted((group["display"], group["value"], group["type"], group["$ref"]) for group in found)

    assert groups(ada) == [
        ("Dev", dev, "direct", f"{BASE}/Groups/{dev}"),
        ("Ops", ops, "direct", f"{BASE}/Groups/{ops}"),
    ]
    assert groups(grace) == [("Dev", dev, "direct", f"{BASE}/Groups/{dev}")]
    listed = client.get("/Users").document["Resources"]
    assert {user["userName"]: len(user.get("groups", [])) for user in listed} == {"ada": 2, "grace": 1}
    client.patch(f"/Groups/{dev}", {"op": "remove", "path": f'members[value eq "{grace}"]'})
    assert groups(grace) == []


def test_a_page_asks_once_for_memberships_and_only_if_they_are_shown() -> None:
    storage = FullStorage()
    client = Client(storage)
    for number in range(5):
        client.user(f"u{number}")
    for place, times in (
        ("/Users", 1),
        ("/Users?attributes=groups", 1),
        ("/Users?attributes=groups.value,userName", 1),
        ("/Users?attributes=userName", 0),
        ("/Users?excludedAttributes=groups", 0),
        ("/Users?excludedAttributes=groups.type", 1),
        ("/Groups", 0),
    ):
        storage.asked.clear()
        assert client.get(place).status == 200
        assert len([call for call in storage.asked if call.startswith("memberships")]) == times, place


@stores
def test_many_users_with_many_groups(store: Any) -> None:
    client = Client(store())
    users = [client.user(f"u{number}") for number in range(230)]
    client.group("all", *users)
    client.group("half", *users[::2])
    listed = client.get("/Users?count=1000&attributes=groups.display").document["Resources"]
    assert [len(user["groups"]) for user in listed] == [2, 1] * 115


def test_filters_on_groups_are_the_store_s_or_refused() -> None:
    for storage, status in ((FullStorage(), 200), (PlainStorage(), 400)):
        client = Client(storage)
        ada = client.user("ada")
        client.user("grace")
        group = client.group("Ops", ada)
        for text in (f'groups.value eq "{group}"', f'groups eq "{group}"', 'groups[display eq "ops"]', "groups pr"):
            answer = client.get(f"/Users?filter={text.replace(' ', '+')}")
            assert answer.status == status, text
            if status == 200:
                assert [user["id"] for user in answer.document["Resources"]] == [ada], text
            else:
                assert answer.document["scimType"] == "invalidFilter"
        assert client.get(f'/Groups?filter=members.value+eq+"{ada}"').document["totalResults"] == 1


def test_a_store_that_cannot_search_by_members_shows_no_groups(caplog: pytest.LogCaptureFixture) -> None:
    class Simple(PlainStorage):
        def search(self, query: Query, /) -> Page:
            if query.filter is not None and "userName" not in query.filter.text:
                raise InvalidFilter("Only userName can be searched.")
            return super().search(query)

    storage = Simple()
    client = Client(storage)
    ada = client.user("ada")
    group = client.group("g", ada)
    for place in (f"/Users/{ada}", "/Users", '/Users?filter=userName+eq+"ada"'):
        assert client.get(place).status == 200
    assert client.get(f'/Groups?filter=members.value+eq+"{ada}"').status == 400, "a client that asks is told"
    assert client.delete(f"/Users/{ada}").status == 204
    assert client.members(group) == [ada]
    told = [record.message for record in caplog.records if "refuses to search by members.value" in record.message]
    assert len(told) == 1, "once"
    assert "Simple" in told[0]


# Other resource types ----------------------------------------------------------------------------------------------


def test_types_of_a_host_s_own_can_refer_to_each_other() -> None:
    def reference(*types: str) -> tuple[Attribute, ...]:
        return (
            Attribute("value"),
            Attribute("$ref", AttributeType.REFERENCE, reference_types=types),
            Attribute("display", mutability=Mutability.READ_ONLY),
        )

    rooms = ResourceType(
        "Room",
        "/Rooms",
        Schema(
            "urn:example:Room",
            "Room",
            attributes=(
                Attribute("displayName"),
                Attribute("owner", AttributeType.COMPLEX, sub_attributes=reference("User")),
                Attribute("doors", AttributeType.COMPLEX, multi_valued=True, sub_attributes=reference("User", "Room")),
                Attribute("plan", AttributeType.COMPLEX, sub_attributes=(Attribute("value"),)),
            ),
        ),
    )
    client = Client(provider=Provider(resource_types=(USERS, rooms)))
    ada = client.user("ada", displayName="Ada")
    hall = client.ask("POST", "/Rooms", {"schemas": ["urn:example:Room"], "displayName": "Hall"}).id
    answer = client.ask(
        "POST",
        "/Rooms",
        {
            "schemas": ["urn:example:Room"],
            "owner": {"value": ada, "display": "forged"},
            "doors": [{"value": hall}, {"value": "bricked up"}],
        },
    )
    assert answer.document["owner"] == {"value": ada, "display": "Ada", "$ref": f"{BASE}/Users/{ada}"}
    # Without a place in the schema for the type, nobody can say later to which of two a value belongs.
    assert answer.document["doors"] == [{"value": hall, "display": "Hall"}, {"value": "bricked up"}]
    assert "groups" not in client.get(f"/Users/{ada}").document
    assert client.delete(f"/Users/{ada}").status == 204


def test_a_reference_may_say_little_or_what_the_client_says() -> None:
    def reference(*more: Attribute) -> tuple[Attribute, ...]:
        return (Attribute("value"), Attribute("$ref", AttributeType.REFERENCE, reference_types=("User",)), *more)

    desks = ResourceType(
        "Desk",
        "/Desks",
        Schema(
            "urn:example:Desk",
            "Desk",
            attributes=(
                Attribute("owner", AttributeType.COMPLEX, sub_attributes=reference()),
                Attribute("guest", AttributeType.COMPLEX, sub_attributes=reference(Attribute("display"))),
                Attribute("seats", AttributeType.COMPLEX, multi_valued=True, sub_attributes=reference()),
            ),
        ),
    )
    client = Client(provider=Provider(resource_types=(USERS, desks)))
    ada = client.user("ada", displayName="Ada")
    body: Document = {"schemas": ["urn:example:Desk"]}
    for attribute in ("owner", "guest"):
        body[attribute] = {"value": ada}
    desk = client.ask("POST", "/Desks", {**body, "seats": [{"value": ada}, {"value": "later"}]})
    url = f"{BASE}/Users/{ada}"
    assert desk.document["owner"] == {"value": ada, "$ref": url}
    assert desk.document["guest"] == {"value": ada, "$ref": url, "display": "Ada"}
    assert desk.document["seats"][0] == {"value": ada, "$ref": url}
    place = f"/Desks/{desk.id}"
    # New values may stand before those that are there already.
    seats = [{"value": "new"}, *desk.document["seats"], {"value": "last"}]
    put = client.put(place, {**body, "guest": {"value": ada, "display": "A."}, "seats": seats})
    assert put.document["guest"]["display"] == "A.", "the client says what it is called"
    assert [seat["value"] for seat in put.document["seats"]] == ["new", ada, "later", "last"]


def test_a_selection_of_a_thousand_names_is_not_remembered() -> None:
    client = Client()
    ada = client.user("ada")
    client.group("g", ada)
    names = ",".join(f"name{number}" for number in range(500))
    assert "groups" in client.get(f"/Users/{ada}?attributes={names},groups").document
    assert "groups" not in client.get(f"/Users/{ada}?attributes={names}").document


def test_without_groups_there_is_nothing_to_refer_to() -> None:
    client = Client(provider=Provider(resource_types=(USERS,)))
    ada = client.user("ada", **enterprise(manager={"value": "x"}))
    assert client.get(f"/Users/{ada}").status == 200
    assert client.get("/Users?filter=groups+pr").status == 200
    assert References((USERS,)).of(USERS).groups is None


def test_a_filter_on_groups_of_another_type_is_no_business_of_this_one() -> None:
    references = References((USERS, GROUPS))
    store = as_store(PlainStorage())
    references.refuse_derived(Filter("displayName pr", GROUPS), (GROUPS,), store)
    references.refuse_derived(Filter("userName pr", USERS), (USERS,), store)
    with pytest.raises(InvalidFilter, match="groups"):
        references.refuse_derived(Filter("userName pr and groups pr", USERS), (USERS,), store)
