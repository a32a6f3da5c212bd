"""The ``groups`` of users in the statement that reads the users: where they are shown, and nowhere else."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from hosts import BASE, Answer, Client
from scimcore.cli.transfer import export
from scimcore.conformance.storage_trial import GROUPS, USERS, group, user
from scimcore.filter import Filter
from scimcore.projection import Selection
from scimcore.schema import Attribute, AttributeType, Mutability, ResourceType, Schema
from scimcore.service.hooks import Write
from scimcore.sql import AsyncSqlStorage, SqlStorage
from scimcore.storage import Query
from storage.quick import fresh, without_waiting

G = [{"value": "g", "display": "Zoë's"}]
ODD = "Ünal/É"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite://"
    return without_waiting(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def storage(url: str) -> Iterator[SqlStorage]:
    storage = SqlStorage(url, tenant=fresh("groups"), indexed=["emails"])
    yield storage
    storage.close()


def groups_by_id(found: Any) -> dict[str, Any]:
    return {each.id: each.document.get("groups") for each in found}


def filled(storage: SqlStorage) -> None:
    for id in ("a", "b", ODD):
        storage.insert(USERS, user(id, displayName="D", emails=[{"value": f"{len(id)}@example.com"}]))
    storage.insert(GROUPS, group("g", ["a", ODD], displayName="Zoë's"))


# The last cannot be answered by SQL, or not alone.
QUERIES: tuple[dict[str, Any], ...] = (
    {},
    {"sort_by": "userName"},
    {"sort_by": "userName", "descending": True},
    {"sort_by": "title"},
    {"sort_by": "emails"},
    {"filter": Filter('displayName eq "d"', USERS)},
    {"filter": Filter('displayName eq "d" and groups.value eq "G" or userName ne "a"', USERS)},
    {"filter": Filter('id eq "a" or id eq "b" or userName sw "ü"', USERS)},
    {"filter": Filter(" or ".join(['displayName sw "d"'] * 300), USERS)},
)


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_every_search_has_them(query: dict[str, Any], storage: SqlStorage) -> None:
    filled(storage)
    wanted = {"a": G, "b": None, ODD: G}
    for count in (10, 2):
        asked = Query((USERS,), count=count, **query)
        page = storage.search(asked)
        assert page.total_results == 3
        assert groups_by_id(page.resources).items() <= wanted.items()
        assert len(page.resources) == min(count, 3)
    if query.get("sort_by") != "emails":
        first = storage.search_from(asked, None)
        second = storage.search_from(asked, first.next)
        assert groups_by_id([*first.resources, *second.resources]) == wanted
    hidden = Query((USERS,), selection=Selection(("userName", "displayName")), **query)
    assert set(groups_by_id(storage.search(hidden).resources).values()) == {None}
    with storage.transaction() as inside:
        assert set(groups_by_id(inside.search(asked).resources).values()) == {None}


def test_every_other_way_has_them(storage: SqlStorage) -> None:
    filled(storage)
    wanted = {"a": G, "b": None, ODD: G}
    assert groups_by_id(storage.fetch(USERS, id) for id in wanted) == wanted
    assert groups_by_id(storage.fetch_many((USERS,), list(wanted))) == wanted
    both = storage.fetch_many((USERS, GROUPS), [*wanted, "g"])
    assert groups_by_id(both) == wanted | {"g": None}
    page = storage.search(Query((USERS, GROUPS)))
    assert groups_by_id(page.resources) == wanted | {"g": None}
    assert {each.id: each.document.get("members") for each in page.resources}["g"]
    for id in ("a", ODD):
        text = f'userName eq "{id.upper()}"'
        (found,) = storage.search(Query((USERS,), Filter(text, USERS))).resources
        assert found.document["groups"] == G
    with storage.transaction() as inside:
        assert groups_by_id(inside.fetch_many((USERS,), list(wanted))) == dict.fromkeys(wanted)
        assert groups_by_id(inside.fetch(USERS, id) for id in wanted) == dict.fromkeys(wanted)


def test_each_group_is_there_once_in_the_order_of_creation(storage: SqlStorage) -> None:
    storage.insert(USERS, user("a"))
    storage.insert(USERS, user("A", userName="other"))
    for id in ("z", "m", "b"):
        storage.insert(GROUPS, group(id, ["a", {"value": "a", "display": "again"}]))
    unnamed = {name: value for name, value in group("n", ["a", "A"]).items() if name != "displayName"}
    storage.insert(GROUPS, unnamed)
    groups = storage.fetch(USERS, "a").document["groups"]
    assert groups == [*({"value": id, "display": id} for id in "zmb"), {"value": "n"}]
    assert groups == storage.memberships(["a"])["a"]
    assert storage.fetch(USERS, "A").document["groups"] == [{"value": "n"}]


@pytest.mark.parametrize("case_exact", [False, True])
def test_filters_find_the_groups_of_any_id(case_exact: bool, url: str, request: pytest.FixtureRequest) -> None:
    parts = (Attribute("value", case_exact=case_exact), Attribute("display"))
    groups = Attribute(
        "groups", AttributeType.COMPLEX, multi_valued=True, mutability=Mutability.READ_ONLY, sub_attributes=parts
    )
    people = ResourceType("User", "/Users", Schema(USERS.schema.id, "User", "", (Attribute("userName"), groups)))
    storage = SqlStorage(url, tenant=fresh("ids"), resource_types=(people, GROUPS))
    request.addfinalizer(storage.close)
    everyone = ("a", "A", ODD, "Z\u0308", "\u212a", "stra\u00dfe")
    for number, id in enumerate(everyone):
        storage.insert(people, user(id, userName=f"user{number}"))
    for id, members in {"g": everyone[:1], "\u00c9quipe": everyone[1:4], "E\u0301": everyone[4:]}.items():
        storage.insert(GROUPS, group(id, list(members)))

    def found(text: str) -> set[str]:
        page = storage.search(Query((people,), Filter(text, people)))
        assert page.total_results == len(page.resources)
        return {each.id for each in page.resources}

    assert found("groups pr") == set(everyone)
    assert found('groups.value eq "g"') == found('groups[value eq "g"]') == {"a"}
    assert found('groups.value eq "\u00c9quipe"') == set(everyone[1:4])
    assert found('groups.value eq "\u00c9"') == found('groups.value eq "E\u0301"') == set(everyone[4:])
    insensitive = {'groups.value eq "G"': {"a"}, 'groups.value sw "\u00e9Q"': set(everyone[1:4])}
    assert [found(text) for text in insensitive] == [set() if case_exact else each for each in insensitive.values()]
    assert found('not (groups.value sw "\u00c9")') == {"a"}


def test_other_tenants_have_others(storage: SqlStorage) -> None:
    filled(storage)
    other = storage.for_tenant(fresh("groups"))
    other.insert(USERS, user("a"))
    assert "groups" not in other.fetch(USERS, "a").document
    assert groups_by_id(other.search(Query((USERS,))).resources) == {"a": None}


READS: dict[str, Any] = {
    "fetch": lambda storage, selection: storage.fetch(USERS, "a", selection),
    "look-up": lambda storage, selection: storage.search(
        Query((USERS,), Filter('userName eq "a"', USERS), selection=selection)
    ),
    "page": lambda storage, selection: storage.search(Query((USERS,), selection=selection)),
    "sorted": lambda storage, selection: storage.search(Query((USERS,), sort_by="userName", selection=selection)),
    "walk": lambda storage, selection: storage.search_from(Query((USERS,), selection=selection), None),
    "many": lambda storage, selection: storage.fetch_many((USERS,), ["a", "b"], selection),
}


@pytest.mark.parametrize("way", READS)
@pytest.mark.parametrize(
    ("selection", "joined"),
    [
        (Selection(), True),
        (Selection(("groups.display",)), True),
        (Selection((), ("name",)), True),
        (Selection(("userName",)), False),
        (Selection((), ("groups",)), False),
    ],
)
def test_they_cost_no_statement_more_and_nothing_where_nobody_sees_them(
    way: str, selection: Selection, joined: bool
) -> None:
    storage = SqlStorage("sqlite://")
    sent: list[str] = []
    event.listen(storage.engine, "connect", lambda connection, _: connection.set_trace_callback(sent.append))
    for id in ("a", "b"):
        storage.insert(USERS, user(id))
    storage.insert(GROUPS, group("g", ["a"]))
    READS[way](storage, selection)
    sent.clear()
    READS[way](storage, selection)
    (statement,) = sent
    assert ("scimcore_members" in statement) is joined
    storage.close()


def test_a_page_finds_them_by_indexes(storage: SqlStorage) -> None:
    if storage.engine.dialect.name != "sqlite":
        pytest.skip("what PostgreSQL does depends on how much there is")
    filled(storage)
    sent: list[str] = []
    with storage.engine.connect() as connection:
        connection.connection.driver_connection.set_trace_callback(sent.append)  # type: ignore[union-attr]
    storage.search(Query((USERS,), sort_by="title"))
    with storage.engine.connect() as connection:
        (page,) = [statement for statement in sent if "scimcore_page" in statement]
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {page}")]
    looked_at = [step for step in steps if "scimcore_memberships" in step or "scimcore_groups" in step]
    assert [step.split()[0] for step in looked_at] == ["SEARCH", "SEARCH"]
    assert "scimcore_members_value (tenant=? AND folded=?)" in looked_at[0]


# What is written ---------------------------------------------------------------------------------------------------


def stored_texts(storage: SqlStorage) -> str:
    with storage.engine.connect() as connection:
        statement = text("SELECT CAST(document AS TEXT) FROM scimcore_resources WHERE tenant = :tenant")
        return "\n".join(connection.execute(statement, {"tenant": storage._tenant}).scalars())


def test_no_request_stores_them_and_nobody_is_told_of_them(storage: SqlStorage) -> None:
    writes: list[Write] = []
    client = Client(storage, before=writes.append)
    ada = client.user("ada", title="Countess")
    staff = client.group("staff", ada)
    place = f"/Users/{ada}"
    seen = [{"value": staff, "display": "staff", "type": "direct", "$ref": f"{BASE}/Groups/{staff}"}]

    def shown(answer: Answer) -> None:
        assert (answer.status, answer.document.get("groups")) == (200, seen)

    first = client.get(place)
    shown(first)
    writes.clear()
    client.told()
    shown(client.patch(place, {"op": "replace", "path": "title", "value": "Lady"}))
    shown(client.put(place, first.document | {"title": "Dame"}))
    shown(client.patch(place, {"op": "add", "value": {"nickName": "Ada", "groups": [{"value": "forged"}]}}))
    again = client.get(place)
    shown(again)
    # What changes nothing leaves the version, whatever groups the body has.
    same = client.put(place, again.document)
    assert same.headers["ETag"] == again.headers["ETag"]
    shown(same)
    heard = [*writes, *client.events]
    assert len(writes) == 3
    assert len(heard) > 3
    for each in writes:
        assert "groups" not in (each.before or {})
        assert "groups" not in (each.after or {})
    assert "staff" not in str(client.events)
    assert "groups" not in stored_texts(storage)
    assert client.delete(f"/Groups/{staff}").status == 204
    assert "groups" not in client.get(place).document


def test_a_document_that_was_read_with_them_is_stored_without(storage: SqlStorage) -> None:
    filled(storage)
    before = storage.fetch(USERS, "a")
    assert before.document["groups"] == G
    after = storage.update(USERS, before, {**before.document, **user("a", "2", title="T")}, None)
    assert "groups" not in after.document
    new = storage.insert(USERS, {**before.document, **user("new")})
    assert "groups" not in new.document
    assert "groups" not in stored_texts(storage)
    assert storage.fetch(USERS, "a").document["groups"] == G


def test_an_export_has_what_is_stored(storage: SqlStorage, tmp_path: Path) -> None:
    filled(storage)
    file = tmp_path / "export.jsonl"
    assert export(storage, (USERS, GROUPS), file) == 4
    written = file.read_text(encoding="utf-8")
    assert '"members"' in written
    assert '"groups"' not in written


def test_the_service_asks_no_more(monkeypatch: pytest.MonkeyPatch, storage: SqlStorage) -> None:
    client = Client(storage)
    ada = client.user("ada")
    group = client.group("staff", ada)

    def refuse(*_: object) -> None:
        raise AssertionError("memberships were asked for")

    monkeypatch.setattr(SqlStorage, "memberships", refuse)
    for place in (f"/Users/{ada}", "/Users", '/Users?filter=userName%20eq%20"ada"', "/?attributes=groups.value"):
        answer = client.get(place)
        assert answer.status == 200, answer
        users = answer.document.get("Resources", [answer.document])
        assert [each["value"] for user in users for each in user.get("groups", ())] == [group], place


# Types of hosts ----------------------------------------------------------------------------------------------------


def schema_with_groups(mutability: str) -> ResourceType:
    value = Attribute("value", mutability=mutability)
    groups = Attribute(
        "groups", AttributeType.COMPLEX, multi_valued=True, mutability=mutability, sub_attributes=(value,)
    )
    schema = Schema("urn:example:Device", "Device", attributes=(Attribute("label"), groups))
    return ResourceType("Device", "/Devices", schema)


def test_groups_that_clients_write_are_the_hosts_own(storage: SqlStorage) -> None:
    devices = schema_with_groups("readWrite")
    document = user("d") | {"schemas": ["urn:example:Device"], "groups": [{"value": "mine"}]}
    storage.insert(devices, document)
    storage.insert(GROUPS, group("g", ["d"]))
    assert storage.fetch(devices, "d").document["groups"] == [{"value": "mine"}]


def test_the_asynchronous_store_has_them_too(url: str) -> None:
    async def play() -> None:
        storage = AsyncSqlStorage(url, tenant=fresh("groups"))
        for id in ("a", ODD):
            await storage.insert(USERS, user(id))
        await storage.insert(GROUPS, group("g", ["a", ODD], displayName="Zoë's"))
        wanted = {"a": G, ODD: G}
        assert groups_by_id([await storage.fetch(USERS, id) for id in wanted]) == wanted
        assert groups_by_id((await storage.search(Query((USERS,)))).resources) == wanted
        assert groups_by_id(await storage.fetch_many((USERS,), list(wanted))) == wanted
        async with storage.transaction() as inside:
            assert "groups" not in (await inside.fetch(USERS, "a")).document
        await storage.close()

    asyncio.run(play())
