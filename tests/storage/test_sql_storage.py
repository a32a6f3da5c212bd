"""What ``SqlStorage`` does beyond the contract: few statements, uniqueness, indexes, migrations, lost connections."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from scimcore import urns
from scimcore.conformance.storage_trial import GROUPS, USERS, group, user
from scimcore.errors import (
    InvalidCursor,
    InvalidValue,
    NotFound,
    ServiceUnavailable,
    TooMany,
    Uniqueness,
    VersionMismatch,
)
from scimcore.filter import Filter
from scimcore.memory import MemoryStorage
from scimcore.patch.changes import Change, MembershipDelta
from scimcore.projection import Selection
from scimcore.schema import Attribute, AttributeType, ResourceType, Schema, SchemaExtension
from scimcore.schema import Uniqueness as Unique
from scimcore.service.membership import Overtaken
from scimcore.sql import AsyncSqlStorage, SqlStorage
from scimcore.sql.declaring import MIGRATIONS, Migration, SchemaError, migrate, version_of
from scimcore.sql.failures import CommitUncertain, ConnectionLost, TransactionAborted, failure
from scimcore.sql.sessions import SyncSession, run
from scimcore.storage import Cursors, Lookups, Memberships, Query
from storage.quick import fresh

BREAKS = fresh("breaks")
WITHOUT_MEMBERS = Selection((), ("members",))


@pytest.fixture
def storage() -> Iterator[SqlStorage]:
    storage = SqlStorage("sqlite://", indexed=["emails"])
    yield storage
    storage.close()


class Counted:
    """The statements that a store sends: those of SQLAlchemy and those that go past it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        for name in ("rows", "write", "write_all"):
            self._watch(monkeypatch, name)
        for name in ("select", "execute"):
            self._watch(monkeypatch, name)

    def _watch(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        before = getattr(SyncSession, name)

        async def watched(session: SyncSession, statement: Any, *arguments: Any) -> Any:
            if name != "write_all" or arguments[0]:
                sql = statement._on(session.dialect)[0] if hasattr(statement, "_on") else _text_of(statement, session)
                rows = len(arguments[0]) if name == "write_all" else 1
                self.texts.append(f"{' '.join(sql.split())[:60]} x{rows}")
            return await before(session, statement, *arguments)

        monkeypatch.setattr(SyncSession, name, watched)


def _text_of(statement: Any, session: SyncSession) -> str:
    return statement if isinstance(statement, str) else str(statement.compile(dialect=session.dialect))


def found(storage: SqlStorage, filter: str, kind: ResourceType = USERS, **query: Any) -> list[str]:
    return [each.id for each in storage.search(Query((kind,), Filter(filter, kind), **query)).resources]


def test_it_has_all_capabilities(storage: SqlStorage) -> None:
    for capability in (Lookups, Memberships, Cursors):
        assert isinstance(storage, capability)


@pytest.mark.parametrize("size", [3, 3000])
def test_one_member_more_or_less_costs_a_few_statements_however_many_there_are(
    size: int, storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.insert(GROUPS, group("g", [f"m{number}" for number in range(size)]))
    counted = Counted(monkeypatch)

    def change(version: str, delta: MembershipDelta) -> list[str]:
        counted.texts.clear()
        with storage.transaction() as inside:
            before = inside.fetch(GROUPS, "g", WITHOUT_MEMBERS)
            document = {name: each for name, each in group("g", (), version).items() if name != "members"}
            inside.update_members(GROUPS, before, document, delta)
        return [text for text in counted.texts if not text.startswith("SELECT")]

    new = {"value": "new", "type": "User"}
    assert change("2", MembershipDelta("members", added=(new,))) == [
        "BEGIN IMMEDIATE x1",
        "UPDATE scimcore_resources SET version=?, created=?, last_mod x1",
        "INSERT INTO scimcore_members (tenant, type, id, value, ordin x1",
        "COMMIT x1",
    ]
    assert change("3", MembershipDelta("members", removed=(new,))) == [
        "BEGIN IMMEDIATE x1",
        "UPDATE scimcore_resources SET version=?, created=?, last_mod x1",
        "DELETE FROM scimcore_members WHERE scimcore_members.tenant = x1",
        "COMMIT x1",
    ]
    counted.texts.clear()
    whole = storage.fetch(GROUPS, "g")
    document = group("g", [*whole.document["members"], new], "4")
    storage.update(GROUPS, whole, document, None)
    assert [each for each in counted.texts if "scimcore_members" in each and not each.startswith("SELECT")] == [
        "INSERT INTO scimcore_members (tenant, type, id, value, ordin x1"
    ]


def test_what_identity_providers_ask_is_one_statement(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    storage.insert(USERS, user("a", externalId="x", emails=[{"value": "A@example.com", "type": "work"}]))
    storage.insert(GROUPS, group("g", ["a"]))
    counted = Counted(monkeypatch)
    for filter in (
        'userName eq "A"',
        'externalId eq "x"',
        'id eq "a"',
        'emails.value eq "a@EXAMPLE.com"',
        'emails eq "a@EXAMPLE.com"',
        'emails[type eq "work" and value eq "a@example.com"]',
        'emails[value eq "a@example.com"]',
        'userName eq "A" and active ne true',
    ):
        counted.texts.clear()
        assert found(storage, filter) == ["a"]
        assert len(counted.texts) == 1, filter
        assert found(storage, filter.replace('"A"', '"b"').replace('"x"', '"b"').replace('"a', '"b')) == []
    counted.texts.clear()
    assert storage.fetch(GROUPS, "g", WITHOUT_MEMBERS).id == "g"
    assert len(counted.texts) == 1
    assert not any("scimcore_members" in text for text in counted.texts)


def test_a_look_up_that_finds_many_is_an_ordinary_search(storage: SqlStorage) -> None:
    for number in range(230):
        storage.insert(USERS, user(f"u{number:03}", externalId="same", active=number % 2 == 0))
    page = storage.search(Query((USERS,), Filter('externalId eq "same"', USERS), start_index=201, count=10))
    assert (page.total_results, [each.id for each in page.resources][:2]) == (230, ["u200", "u201"])
    assert len(found(storage, 'externalId eq "same" and active eq true', count=200)) == 115
    assert len(found(storage, 'externalId eq "same" or userName eq "u001"', count=300)) == 230


def test_members_and_groups_are_looked_for_where_they_are(storage: SqlStorage) -> None:
    storage.insert(USERS, user("a"))
    storage.insert(USERS, user("b"))
    odd = [{"value": "a", "$ref": "https://example.com/a", "display": "Ünal"}, {"display": "no value"}]
    storage.insert(GROUPS, group("g", odd))
    assert found(storage, 'id eq "g" and members.value eq "A"', GROUPS) == ["g"]
    assert found(storage, 'id eq "g" and members.value eq "b"', GROUPS) == []
    assert found(storage, 'members[value eq "a" and display co "ü"]', GROUPS) == ["g"]
    assert found(storage, 'members.$ref co "EXAMPLE"', GROUPS) == ["g"]
    assert found(storage, 'userName eq "a" and groups.display eq "G"') == ["a"]
    assert found(storage, 'userName eq "b" and groups pr') == []
    members = storage.fetch(GROUPS, "g").document["members"]
    assert sorted(map(str, members)) == sorted(map(str, odd))
    assert "members" not in storage.fetch(GROUPS, "g", WITHOUT_MEMBERS).document
    assert "members" in storage.fetch(GROUPS, "g", Selection(("members.display",))).document
    assert "members" not in storage.fetch(GROUPS, "g", Selection(("displayName",))).document
    for unknown in range(300):  # More than are remembered.
        assert "members" in storage.fetch(GROUPS, "g", Selection((), (f"x{unknown}",))).document


def test_the_same_member_twice_is_kept_twice(storage: SqlStorage) -> None:
    twice = [{"value": "a", "type": "User"}, {"value": "a", "display": "again"}]
    stored = storage.insert(GROUPS, group("g", twice))
    assert storage.fetch(GROUPS, "g").document["members"] == twice
    stored = storage.update(GROUPS, stored, group("g", [*twice, "b"], "2"), None)
    assert [each["value"] for each in storage.fetch(GROUPS, "g").document["members"]] == ["a", "a", "b"]
    assert storage.memberships(["a"]) == {"a": [{"value": "g", "display": "g"}]}
    changes = (Change("members", None, None),)
    storage.update(GROUPS, stored, group("g", ["b"], "3"), changes)
    assert [each["value"] for each in storage.fetch(GROUPS, "g").document["members"]] == ["b"]


def test_a_filter_that_sql_cannot_answer_is_asked_of_a_bounded_number_of_documents() -> None:
    badge = Attribute("since", AttributeType.DATE_TIME)
    number = Attribute("number", AttributeType.INTEGER)
    name = Attribute("tag", uniqueness=Unique.SERVER)
    things = ResourceType("Thing", "/Things", Schema("urn:example:Thing", "Thing", attributes=(name, badge, number)))
    storage = SqlStorage("sqlite://", max_scanned=1000)
    for each in range(1203):
        document = user(str(each), since=f"2026-01-{each % 28 + 1:02}T00:00:00Z", number=each, tag=str(each))
        storage.insert(things, {**document, "schemas": ["urn:example:Thing"]})

    def search(filter: str, **query: Any) -> Query:
        return Query((things,), Filter(filter, things), **query)

    late, few = 'since ge "2026-01-20T00:00:00Z"', 'number lt 500 and since ge "2026-01-28T00:00:00Z"'
    page = storage.search(search(few, start_index=2, count=3))
    assert ([each.id for each in page.resources], page.total_results) == (["55", "83", "111"], 17)
    with pytest.raises(TooMany, match="1000"):
        storage.search(search(late))
    position: Any = None
    walked: list[str] = []
    while True:
        found = storage.search_from(search(few, count=4), position)
        walked += [each.id for each in found.resources]
        position = found.next
        if position is None:
            break
    assert walked == [str(each) for each in range(27, 500, 28)]
    with pytest.raises(TooMany, match="1000"):
        storage.search_from(search('since lt "2000-01-01T00:00:00Z"'), None)
    by_time = Query((things,), Filter("number lt 60", things), sort_by="since", descending=True, count=3)
    assert [each.id for each in storage.search(by_time).resources] == ["27", "55", "26"]
    with pytest.raises(TooMany, match="one value"):
        storage.search_from(by_time, None)
    by_number = Query((things,), sort_by="number", descending=True, count=3)
    first = storage.search_from(by_number, None)
    assert [each.id for each in storage.search_from(by_number, first.next).resources] == ["1199", "1198", "1197"]
    for wrong in (("x", 0, 1, "y"), (True, 0, 1, "y")):
        with pytest.raises(InvalidCursor):
            storage.search_from(by_number, wrong)
    both = Query((things, USERS), sort_by="id", count=2)
    assert [each.id for each in storage.search(both).resources] == ["0", "1"]
    mixed = Query((things, GROUPS), sort_by="meta.created", count=2)
    assert len(storage.search(mixed).resources) == 2
    storage.close()


def test_unique_values_beside_the_name_are_unique() -> None:
    storage = SqlStorage("sqlite://", unique={"User": ("emails.value", "nickName")})
    a = storage.insert(USERS, user("a", emails=[{"value": "A@x"}, {"value": "B@x"}], nickName="n"))
    storage.insert(USERS, user("b"))
    with storage.transaction() as inside:
        with pytest.raises(Uniqueness, match=r"emails\.value"):
            inside.insert(USERS, user("c", emails=[{"value": "c@x"}, {"value": "b@X"}]))
        with pytest.raises(Uniqueness, match="nickName"):
            inside.update(USERS, inside.fetch(USERS, "b"), user("b", "2", title="t", nickName="N"), None)
    assert "title" not in storage.fetch(USERS, "b").document
    with pytest.raises(NotFound):
        storage.fetch(USERS, "c")
    assert found(storage, 'emails.value eq "c@x"') == []
    storage.update(USERS, a, user("a", "2", emails=[{"value": "C@x"}]), None)
    storage.insert(USERS, user("c", emails=[{"value": "b@x"}], nickName="n"))
    storage.delete(USERS, storage.fetch(USERS, "c"))
    assert found(storage, 'nickName eq "n"') == []
    storage.close()


@pytest.mark.parametrize("number", [2**63, -(10**20), 10**400, 1.5e300], ids=["64", "20", "400", "e"])
def test_no_number_breaks_the_searches_of_others(number: float) -> None:
    """Whatever one resource has among several numbers, all can be searched; and it is what it is in memory."""
    attributes = (Attribute("codes", AttributeType.DECIMAL, multi_valued=True),)
    things = ResourceType("Thing", "/Things", Schema("urn:example:Thing", "Thing", attributes=attributes))
    here, there = SqlStorage("sqlite://"), MemoryStorage()
    for storage in (here, there):
        for id, codes in (("a", [1, 2.5]), ("b", [number, 3]), ("c", [])):
            document = {**user(id, codes=codes), "schemas": ["urn:example:Thing"]}
            storage.insert(things, document if codes else {n: v for n, v in document.items() if n != "codes"})
    for filter in ("codes eq 2.5", "codes gt 3", "codes lt 0", "codes pr", "codes eq null", "not (codes[value ge 3])"):
        query = Query((things,), Filter(filter, things))
        assert [each.id for each in here.search(query).resources] == [each.id for each in there.search(query).resources]
    here.close()


@pytest.mark.parametrize("store", [MemoryStorage, lambda: SqlStorage("sqlite://")], ids=["memory", "sql"])
def test_what_an_extension_calls_unique_is_unique(store: Callable[[], Any]) -> None:
    """RFC 7643 §7, "uniqueness": an attribute is no less unique for standing in an extension."""
    badge = Schema("urn:example:Badge", "Badge", attributes=(Attribute("number", uniqueness=Unique.SERVER),))
    staff = ResourceType("User", "/Users", USERS.schema, [SchemaExtension(badge)])
    storage = store()
    storage.insert(staff, user("a", **{badge.id: {"number": "B7"}}))
    b = storage.insert(staff, user("b", **{badge.id: {"number": "B8"}}))
    with pytest.raises(Uniqueness, match="urn:example:Badge:number"):
        storage.insert(staff, user("c", **{badge.id: {"number": "b7"}}))
    with pytest.raises(Uniqueness, match="urn:example:Badge:number"):
        storage.update(staff, b, user("b", "2", **{badge.id: {"number": "b7"}}), None)
    same = Query((staff,), Filter('urn:example:Badge:number eq "b7"', staff))
    assert [each.id for each in storage.search(same).resources] == ["a"]


def test_indexes_are_made_of_what_is_there_and_kept_by_all(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/scim.db"
    first = SqlStorage(url)
    for number in range(1100):
        first.for_tenant(str(number % 3)).insert(
            USERS, user(str(number), emails=[{"value": f"{number}@x"}], nickName=str(number % 7))
        )
    second = SqlStorage(url, indexed={"User": ["emails.value"]})
    assert found(second.for_tenant("1"), 'emails.value eq "1000@X"') == ["1000"]
    with second.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM scimcore_values")) == 1100
    # One that has not declared the index fills it nevertheless.
    third = SqlStorage(url)
    third.insert(USERS, user("new", emails=[{"value": "new@x"}]))
    assert found(second, 'emails.value eq "new@x"') == ["new"]
    shared = SqlStorage(url, unique={"User": ("nickName",)})
    with pytest.raises(Uniqueness, match="nickName"):
        shared.initialise()
    assert not any(path == "nickName" for _, path, _ in third.statistics().indexes)
    without = SqlStorage(url, unique={})
    without.insert(GROUPS, group("g"))
    # Once a database keeps a name unique, it does.
    with pytest.raises(Uniqueness):
        without.insert(GROUPS, group("h", displayName="G"))
    for each in (first, second, third, shared, without):
        each.close()


def test_a_name_becomes_unique_where_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/scim.db"
    free = SqlStorage(url, unique={})
    free.insert(GROUPS, group("g", displayName="Ops"))
    free.insert(GROUPS, group("h", displayName="ops"))
    strict = SqlStorage(url)
    with pytest.raises(Uniqueness, match="displayName"):
        strict.initialise()
    free.delete(GROUPS, free.fetch(GROUPS, "h"))
    assert found(strict, 'displayName eq "OPS"', GROUPS) == ["g"]
    with pytest.raises(Uniqueness):
        strict.insert(GROUPS, group("i", displayName="OPS"))
    free.close()
    strict.close()


@pytest.mark.parametrize("path", ["active", "name", "nothing"])
def test_an_index_needs_an_attribute_of_text(path: str) -> None:
    storage = SqlStorage("sqlite://", indexed={"User": [path]})
    with pytest.raises(Exception, match=path):
        storage.initialise()
    storage.close()


def test_what_no_database_keeps_is_refused(storage: SqlStorage) -> None:
    with pytest.raises(InvalidValue, match=r"U\+0000"):
        storage.insert(USERS, user("a", name={"givenName": "a\0b"}))
    storage.insert(USERS, user("a", title="\\u0000"))
    assert storage.fetch(USERS, "a").document["title"] == "\\u0000"


def test_other_databases_are_refused() -> None:
    with pytest.raises(ValueError, match="mysql"):
        SqlStorage("mysql://localhost/x")


def test_a_database_of_another_version_is_not_touched(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/scim.db"
    careful = SqlStorage(url, migrates=False)
    with pytest.raises(SchemaError, match="storage migrate"):
        careful.fetch(USERS, "a")
    assert careful.statistics().version == 0
    ready = SqlStorage(url)
    assert [step.version for step in ready.initialise()] == [1]
    assert ready.initialise() == []
    with pytest.raises(NotFound):
        careful.fetch(USERS, "a")
    second = Migration(2, "a column", lambda dialect: ["ALTER TABLE scimcore_resources ADD COLUMN more TEXT"])
    third = Migration(3, "broken", lambda dialect: ["ALTER TABLE scimcore_resources ADD COLUMN even_more TEXT", "OOPS"])
    with ready._driver.session() as session:
        assert run(migrate(session, (*MIGRATIONS, second))) == [second]
        # All steps of a migration happen, or none.
        with pytest.raises(Exception, match="OOPS"):
            run(migrate(session, (*MIGRATIONS, second, third)))
        assert run(version_of(session)) == 2
        assert len(run(session.select(text("SELECT 1 FROM pragma_table_info('scimcore_resources')")))) == 12
    for outdated in (SqlStorage(url), SqlStorage(url, migrates=False)):
        with pytest.raises(SchemaError, match="update the library"):
            outdated.fetch(USERS, "a")
        outdated.close()
    careful.close()
    ready.close()


def test_several_begin_at_once(postgresql_url: str, tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/scim.db", postgresql_url):
        tenant = fresh("begin")
        stores = [SqlStorage(url, tenant=tenant, indexed=["nickName"]) for _ in range(4)]
        outcomes: list[object] = []

        def begin(storage: SqlStorage, outcomes: list[object] = outcomes) -> None:
            try:
                outcomes.append(storage.insert(USERS, user("a", nickName="n")))
            except Uniqueness:
                outcomes.append(None)

        threads = [threading.Thread(target=begin, args=(each,)) for each in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(outcomes) == 4
        assert sum(each is not None for each in outcomes) == 1
        assert found(stores[0], 'nickName eq "N"') == ["a"]
        for each in stores:
            each.close()


@pytest.fixture
def fragile(postgresql_url: str) -> Iterator[SqlStorage]:
    storage = SqlStorage(
        postgresql_url, tenant=fresh("fragile"), connect_args={"application_name": BREAKS}, pool_size=5
    )
    storage.initialise()
    yield storage
    storage.close()


def break_connections(storage: SqlStorage) -> None:
    breaker = SqlStorage(storage.engine.url.render_as_string(hide_password=False))
    with breaker.engine.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"),
            {"name": BREAKS},
        )
    breaker.close()


def test_a_connection_that_was_lost_in_the_pool_is_made_anew(fragile: SqlStorage) -> None:
    fragile.insert(USERS, user("a"))
    for use in (
        lambda: fragile.fetch(USERS, "a"),
        lambda: fragile.search(Query((USERS,), Filter('title ne "x"', USERS))),
        lambda: fragile.update(USERS, fragile.fetch(USERS, "a"), user("a", title="t"), None),
    ):
        break_connections(fragile)
        assert use()
    break_connections(fragile)
    with fragile.transaction() as inside:
        assert inside.fetch(USERS, "a").document["title"] == "t"


def test_a_connection_that_is_lost_in_a_transaction_undoes_it_and_says_that_it_can_be_tried_again(
    fragile: SqlStorage,
) -> None:
    def work() -> None:
        with fragile.transaction() as inside:
            inside.insert(USERS, user("a"))
            break_connections(fragile)
            inside.insert(USERS, user("b"))

    with pytest.raises(Overtaken, match="nothing was written"):
        work()
    assert fragile.search(Query((USERS,))).total_results == 0


def test_nobody_repeats_a_commit_of_which_nobody_knows_whether_it_was_done(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.initialise()
    execute = SyncSession.execute

    async def breaks(session: SyncSession, statement: Any, *arguments: Any) -> None:
        if statement == "COMMIT":
            raise ConnectionLost("gone")
        await execute(session, statement, *arguments)

    monkeypatch.setattr(SyncSession, "execute", breaks)
    with pytest.raises(CommitUncertain):
        storage.insert(USERS, user("a"))


def test_what_is_given_up_is_tried_again_a_bounded_number_of_times(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.initialise()
    tries: list[int] = []
    rows = SyncSession.rows

    def fails(times: int, error: type[TransactionAborted]) -> Callable[..., Any]:
        async def failing(session: SyncSession, *arguments: Any) -> Any:
            tries.append(1)
            if len(tries) <= times:
                raise error("again")
            return await rows(session, *arguments)

        return failing

    monkeypatch.setattr(SyncSession, "rows", fails(3, TransactionAborted))
    with pytest.raises(NotFound):
        storage.fetch(USERS, "a")
    assert len(tries) == 4
    tries.clear()
    monkeypatch.setattr(SyncSession, "rows", fails(99, TransactionAborted))
    with pytest.raises(TransactionAborted):
        storage.fetch(USERS, "a")
    assert len(tries) == 5

    async def cannot_begin(session: SyncSession, *arguments: Any) -> None:
        tries.append(1)
        raise ConnectionLost("gone")

    tries.clear()
    monkeypatch.setattr(SyncSession, "execute", cannot_begin)
    with pytest.raises(ConnectionLost):
        storage.transaction().__enter__()
    assert len(tries) == 5


def test_the_asynchronous_store_tries_again_too() -> None:
    async def scenario() -> None:
        storage = AsyncSqlStorage("sqlite://")
        await storage.initialise()
        tries: list[int] = []
        fetch = storage._core.fetch

        def failing(times: int, error: type[TransactionAborted]) -> Any:
            async def work(*arguments: Any) -> Any:
                tries.append(1)
                if len(tries) <= times:
                    raise error("again")
                return await fetch(*arguments)

            return work

        for error in (TransactionAborted, ConnectionLost):
            tries.clear()
            storage._core.fetch = failing(2, error)  # type: ignore[method-assign]
            # A database in memory is gone with its connection.
            with pytest.raises((NotFound, DBAPIError)):
                await storage.fetch(USERS, "a")
            assert len(tries) == 3
        tries.clear()
        storage._core.fetch = failing(99, TransactionAborted)  # type: ignore[method-assign]
        with pytest.raises(TransactionAborted):
            await storage.fetch(USERS, "a")
        assert len(tries) == 5
        await storage.close()

    asyncio.run(scenario())


def test_the_asynchronous_store_begins_again_where_connections_were_lost(postgresql_url: str) -> None:
    async def scenario() -> None:
        storage = AsyncSqlStorage(
            postgresql_url, tenant=fresh("async"), connect_args={"application_name": BREAKS}, pool_size=5
        )
        await storage.initialise()
        breaker = SqlStorage(postgresql_url)
        await asyncio.to_thread(break_connections, breaker)
        async with storage.transaction() as inside:
            with pytest.raises(NotFound):
                await inside.fetch(USERS, "a")
            async with inside.transaction() as inner:
                await inner.insert(USERS, user("a"))
        await asyncio.to_thread(break_connections, breaker)
        assert (await storage.fetch(USERS, "a")).id == "a"
        await storage.delete(USERS, await storage.fetch(USERS, "a"))
        breaker.close()
        await storage.close()

    asyncio.run(scenario())


def test_a_busy_database_says_to_come_back(tmp_path: Path) -> None:
    storage = SqlStorage(f"sqlite:///{tmp_path}/scim.db", pool_size=1, max_overflow=0, pool_timeout=0.01)
    storage.initialise()
    with storage.transaction():
        with pytest.raises(ServiceUnavailable) as caught:
            storage.fetch(USERS, "a")
        assert caught.value.retry_after_seconds > 0
    storage.close()


class Told(Exception):
    """A driver's error, as far as it is looked at."""

    def __init__(self, **facts: Any) -> None:
        super().__init__("told")
        self.__dict__.update(facts)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Told(sqlstate="40001"), TransactionAborted),
        (Told(sqlstate="40P01"), TransactionAborted),
        (Told(sqlstate="53300"), ServiceUnavailable),
        (Told(sqlstate="54000"), InvalidValue),
        (Told(sqlite_errorcode=sqlite3.SQLITE_BUSY), ServiceUnavailable),
        (Told(sqlite_errorcode=517), ServiceUnavailable),
        (NoConnection("none left"), ServiceUnavailable),
        (OperationalError("SELECT", {}, Told(sqlstate="40001")), TransactionAborted),
        (OperationalError("SELECT", {}, Told(), connection_invalidated=True), ConnectionLost),
        (Told(sqlstate="42601"), Told),
    ],
)
def test_errors_of_drivers_are_understood(error: Exception, kind: type, storage: SqlStorage) -> None:
    assert type(failure(error, storage.engine.dialect)) is kind


@pytest.mark.parametrize(
    "document",
    [
        user("a", userName="\N{CJK UNIFIED IDEOGRAPH-4E00}" * 700),
        user("a", externalId="x" * 2001),
        user("a", emails=[{"value": "x" * 2001}]),
        user("x" * 2001, userName="a"),
        group("a", ["x" * 2001]),
    ],
)
def test_what_is_too_long_for_an_index_is_refused_and_a_transaction_goes_on(
    document: Any, postgresql_url: str, storage: SqlStorage
) -> None:
    server = SqlStorage(postgresql_url, tenant=fresh("long"), indexed=["emails.value"])
    for each in (storage, server):
        with each.transaction() as inside:
            with pytest.raises(InvalidValue, match="2000 bytes"):
                inside.insert(GROUPS if "displayName" in document else USERS, document)
            inside.insert(USERS, user("b", userName="b" * 2000))
        assert each.fetch(USERS, "b").id == "b"
        assert each.search(Query((USERS, GROUPS))).total_results == 1
    server.close()


def test_nothing_is_called_a_success_that_postgresql_has_rolled_back(postgresql_url: str) -> None:
    storage = SqlStorage(postgresql_url, tenant=fresh("failed"))
    with pytest.raises(RuntimeError, match="nothing was written"), storage.transaction() as inside:  # noqa: PT012
        inside.insert(USERS, user("a"))
        assert inside._session is not None
        with pytest.raises(Exception, match="syntax"):
            run(inside._session.execute("OOPS"))
    with pytest.raises(NotFound):
        storage.fetch(USERS, "a")
    with storage.transaction() as outer:
        with pytest.raises(Exception, match="syntax"), outer.transaction() as inner:
            run(inner._session.execute("OOPS"))  # type: ignore[union-attr]
        outer.insert(USERS, user("b"))
    assert storage.fetch(USERS, "b").id == "b"
    storage.close()


def test_deadlocks_are_tried_again(postgresql_url: str) -> None:
    storage = SqlStorage(postgresql_url, tenant=fresh("deadlock"), pool_size=4)
    for id in ("a", "b"):
        storage.insert(USERS, user(id, title="0"))
    meet = threading.Barrier(2)
    aborted: list[Exception] = []

    def work(first: str, second: str) -> None:
        met = False
        while True:
            try:
                with storage.transaction() as inside:
                    for id in (first, second):
                        before = inside.fetch(USERS, id)
                        title = str(int(before.document["title"]) + 1)
                        inside.update(USERS, before, user(id, title, title=title), None)
                        if not met:
                            met = True
                            meet.wait()
                return
            except VersionMismatch as error:
                aborted.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert any(isinstance(each, TransactionAborted) for each in aborted)
    assert [storage.fetch(USERS, id).document["title"] for id in ("a", "b")] == ["2", "2"]
    for id in ("a", "b"):
        storage.delete(USERS, storage.fetch(USERS, id))
    storage.close()


def test_passwords_of_urls_are_not_shown() -> None:
    storage = SqlStorage("postgresql://user:s3cret@localhost:1/none")
    assert "s3cret" not in repr(storage)
    assert "s3cret" not in repr(storage.engine)
    with pytest.raises(Exception, match="connection") as caught:
        storage.initialise()
    assert "s3cret" not in str(caught.value)


def test_sqlalchemy_logs_no_values(storage: SqlStorage) -> None:
    said: list[str] = []
    event.listen(storage.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    found(storage, 'title eq "s3cret" or nickName co "x"')
    assert said
    assert not any("s3cret" in each for each in said)


def test_an_enterprise_attribute_can_be_an_index() -> None:
    path = f"{urns.ENTERPRISE_USER}:department"
    storage = SqlStorage("sqlite://", indexed=[path.upper()])
    document = user("a") | {urns.ENTERPRISE_USER: {"department": "R&D"}}
    storage.insert(USERS, document)
    assert found(storage, f'{path} eq "r&d"') == ["a"]
    assert ("User", path, "plain") in storage.statistics().indexes
    storage.close()


def test_a_task_that_is_cancelled_leaves_nothing_behind(postgresql_url: str, tmp_path: Path) -> None:
    async def scenario(url: str) -> None:
        storage = AsyncSqlStorage(url, tenant=fresh("cancel"), pool_size=1, max_overflow=0)
        await storage.initialise()
        for steps in (0, 1, 2, 5, 50):
            inside = asyncio.Event()

            async def work(inside: asyncio.Event = inside) -> None:
                async with storage.transaction() as transaction:
                    await transaction.insert(USERS, user("a"))
                    inside.set()
                    while True:
                        await transaction.fetch(USERS, "a")

            task = asyncio.create_task(work())
            await inside.wait()
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # There is one connection: it has been given back, and its transaction is over.
            with pytest.raises(NotFound):
                await storage.fetch(USERS, "a")
            async with storage.transaction() as transaction:
                await transaction.insert(USERS, user("b"))
            await storage.delete(USERS, await storage.fetch(USERS, "b"))
        await storage.close()

    for url in (f"sqlite:///{tmp_path}/scim.db", postgresql_url):
        asyncio.run(scenario(url))
