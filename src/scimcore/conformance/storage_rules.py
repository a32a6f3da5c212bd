"""What every store has to keep to: the rules of :class:`scimcore.storage.Storage`, one coroutine for each."""

import copy
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from scimcore.conformance import storage_cases as cases
from scimcore.conformance.storage_trial import (
    GROUPS,
    RIVALS,
    USERS,
    Broken,
    NotTried,
    Rule,
    Trial,
    group,
    raised,
    refused,
    require,
    shown,
    store_of,
    user,
)
from scimcore.documents import Document
from scimcore.errors import InvalidFilter, NotFound, TooMany, Uniqueness, Unsupported, VersionMismatch
from scimcore.filter import Filter
from scimcore.ordering import ordered, sort_key
from scimcore.projection import Selection, project
from scimcore.schema.resource_type import ResourceType
from scimcore.service.store import Store
from scimcore.storage import Query, Stored

T = TypeVar("T")

# A store may answer so what it cannot do.
_CANNOT = (InvalidFilter, TooMany, Unsupported)


async def what_is_inserted_is_found(trial: Trial) -> None:
    """What was inserted is fetched as it was, with all kinds of values; each in its own resource type."""
    store = trial.store
    for document in _odd_documents():
        kind = USERS if "userName" in document else GROUPS
        stored = await store.insert(kind, document)
        given = trial.kept(document)
        require(trial.kept(stored.document) == given, "insert must return the resource as it was given")
        found = await store.fetch(kind, document["id"])
        require(
            trial.kept(found.document) == given, f"fetch must return what was inserted, not {shown(found.document)}"
        )
        require(found.id == document["id"], "Stored.id must be the id of the document")
        meta = found.document.get("meta", {"version": f'W/"{found.version}"'})
        require(
            meta["version"] == f'W/"{found.version}"',
            "Stored.version must be that of the document's meta, if it has one",
        )
        require((found.version, found.created) == (stored.version, stored.created), "fetch must return what insert did")
        for moment in (found.created, found.last_modified):
            require(moment.tzinfo is not None, "Stored.created and last_modified must have a time zone")
            require(moment.astimezone(UTC) == _MOMENT, "a store keeps the times that it is given")


async def what_is_not_there_is_not_found(trial: Trial) -> None:
    """Fetching, updating and deleting what is not there raises NotFound; resource types are apart."""
    store = trial.store
    stored = await store.insert(USERS, user("a"))
    await refused(NotFound, store.fetch(USERS, "b"), "fetching an id that is not there")
    await refused(NotFound, store.fetch(USERS, "A"), "fetching an id in another case")
    await refused(NotFound, store.fetch(USERS, "a\0'; --"), "fetching an id that no resource can have")
    await refused(NotFound, store.fetch(GROUPS, "a"), "fetching a user among groups")
    await store.insert(GROUPS, group("a"))
    await store.delete(USERS, stored)
    await refused(NotFound, store.fetch(USERS, "a"), "fetching what was deleted")
    await refused(NotFound, store.delete(USERS, stored), "deleting what was deleted")
    await refused(NotFound, store.update(USERS, stored, user("a", "2"), None), "updating what was deleted")
    await store.fetch(GROUPS, "a")


async def what_is_handed_out_stays_as_it_was(trial: Trial) -> None:
    """A later write changes neither what was handed out before nor what was handed in."""
    store = trial.store
    given = group("g", ["a", "b"])
    as_given = copy.deepcopy(given)
    first = await store.insert(GROUPS, given)
    fetched = await store.fetch(GROUPS, "g")
    page = await store.search(Query((GROUPS,)))
    listed = page.resources[0]
    after = group("g", ["b", "c", "d"], "2")
    as_after = copy.deepcopy(after)
    await store.update(GROUPS, fetched, after, None)
    require(given == as_given and after == as_after, "a store must not change the documents that it is given")
    for what, before in (("insert", first), ("fetch", fetched), ("search", listed)):
        same = trial.kept(before.document) == trial.kept(as_given)
        require(same, f"an update must not change what {what} returned before")
    found = (await store.fetch(GROUPS, "g")).document
    require(trial.kept(found) == trial.kept(as_after), "an update must be there afterwards")


async def an_update_replaces_the_whole(trial: Trial) -> None:
    """An update leaves nothing of the old document, gives the new version, and leaves other resources alone."""
    store = trial.store
    await store.insert(USERS, user("other", externalId="kept"))
    before = await store.insert(USERS, user("a", externalId="old", emails=[{"value": "old@example.com"}]))
    after = user("a", "2", name={"givenName": "new"}, emails=[{"value": "new@example.com"}])
    updated = await store.update(USERS, before, after, None)
    require(updated.version != before.version, "update must return another version")
    for stored in (updated, await store.fetch(USERS, "a")):
        same = trial.kept(stored.document) == trial.kept(after)
        require(same, f"update must replace the whole document: {shown(stored.document)}")
        require(stored.version == updated.version, "fetch must return the version that update did")
    require(
        (await store.fetch(USERS, "other")).document["externalId"] == "kept", "update must change one resource only"
    )
    for text, ids in (('externalId eq "old"', []), ('name.givenName eq "NEW"', ["a"]), ('emails.value sw "old"', [])):
        if not trial.is_kept(USERS, text.partition(" ")[0]):
            continue
        found = await _answer(store, USERS, text)
        require(found is None or found == ids, f"after an update, {text} must find {ids}, not {found}")


async def an_old_version_is_not_written(trial: Trial) -> None:
    """Only who has the present version may write; who has not gets VersionMismatch and has changed nothing."""
    store = trial.store
    first = await store.insert(USERS, user("a"))
    second = await store.update(USERS, first, user("a", "2", externalId="second"), None)
    await refused(
        VersionMismatch, store.update(USERS, first, user("a", "3", externalId="x"), None), "an outdated update"
    )
    await refused(VersionMismatch, store.delete(USERS, first), "an outdated delete")
    require((await store.fetch(USERS, "a")).document["externalId"] == "second", "an outdated write must write nothing")
    await store.delete(USERS, second)


async def unique_values_are_unique(trial: Trial) -> None:
    """No two users have the same id or userName, whatever the case; a value is free again when its owner is gone."""
    store = trial.store
    a = await store.insert(USERS, user("a", userName="Bob@Example.com"))
    b = await store.insert(USERS, user("b", userName="alice"))
    clash = user("c", userName="bob@EXAMPLE.com")
    await refused(Uniqueness, store.insert(USERS, clash), "inserting a userName that differs in case only")
    await refused(Uniqueness, store.insert(USERS, user("a", userName="new")), "inserting an id that is there")
    renamed = user("b", "2", userName="BOB@example.com")
    await refused(Uniqueness, store.update(USERS, b, renamed, None), "updating to a userName that another one has")
    require((await store.fetch(USERS, "b")).document["userName"] == "alice", "a refused update must write nothing")
    require(await raised(NotFound, store.fetch(USERS, "c")), "a refused insert must write nothing")
    a = await store.update(USERS, a, user("a", "2", userName="BOB@example.com"), None)
    a = await store.update(USERS, a, user("a", "3", userName="Robert"), None)
    c = await store.insert(USERS, user("c", userName="bob@example.com"))
    await store.delete(USERS, c)
    await store.insert(USERS, user("d", userName="bob@example.com"))


async def letters_without_case_in_ascii_are_unique_too(trial: Trial) -> None:
    """Two userNames that a filter takes for equal are the same one, also beyond ASCII."""
    store = trial.store
    await store.insert(USERS, user("a", userName="STRASSE-Zoë"))
    clash = user("b", userName="straße-zoe\u0308")
    await refused(Uniqueness, store.insert(USERS, clash), "inserting a userName that a filter takes for the same")


async def one_of_several_creates(trial: Trial) -> None:
    """Of several who create the same userName at once, one succeeds and the others get Uniqueness."""
    store = trial.store
    for round in range(6):
        names = [f"bob{round}", f"BOB{round}"]

        def create(number: int, names: list[str] = names, round: int = round) -> Callable[[], Awaitable[Stored]]:
            document = user(f"{round}-{number}", userName=names[number % 2])

            async def work() -> Stored:
                async with store.transaction() as transaction:
                    return await transaction.insert(USERS, document)

            return work

        outcomes = await trial.race([create(number) for number in range(RIVALS)])
        _require_only(outcomes, Uniqueness)
        won = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
        require(len(won) == 1, f"{len(won)} of {RIVALS} created the same userName at once; one must")
        page = await store.search(Query((USERS,), Filter(f'userName eq "bob{round}"', USERS)))
        require([each.id for each in page.resources] == [won[0].id], "the one that was created must be found")


async def one_of_several_updates(trial: Trial) -> None:
    """Of several who update the same version at once, one succeeds and the others get VersionMismatch."""
    store = trial.store
    current = await store.insert(USERS, user("a"))
    for round in range(6):

        def update(number: int, before: Stored = current, round: int = round) -> Callable[[], Awaitable[Stored]]:
            document = user("a", f"{round}.{number}", externalId=str(number))
            return lambda: store.update(USERS, before, document, None)

        outcomes = await trial.race([update(number) for number in range(RIVALS)])
        _require_only(outcomes, VersionMismatch)
        won = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
        require(len(won) == 1, f"{len(won)} of {RIVALS} updated the same version at once; one must")
        current = await store.fetch(USERS, "a")
        require(
            current.document["externalId"] == won[0].document["externalId"], "the update that succeeded must be there"
        )


async def no_update_is_lost(trial: Trial) -> None:
    """What many read, change and write in transactions adds up."""
    store = trial.store
    await store.insert(USERS, user("a", externalId="0"))

    async def work() -> int:
        done = 0
        while done < 5:
            try:
                async with store.transaction() as transaction:
                    before = await transaction.fetch(USERS, "a")
                    number = int(before.document["externalId"]) + 1
                    await transaction.update(USERS, before, user("a", f"v{number}", externalId=str(number)), None)
            except VersionMismatch:
                continue
            done += 1
        return done

    outcomes = await trial.race([work] * RIVALS)
    _require_only(outcomes)
    title = (await store.fetch(USERS, "a")).document["externalId"]
    require(title == str(5 * RIVALS), f"{5 * RIVALS} updates must add up, not come to {title}")


async def an_exception_undoes_a_transaction(trial: Trial) -> None:
    """Leaving a transaction by an exception undoes all that was written; leaving it well keeps all."""
    store = trial.store
    a = await store.insert(USERS, user("a", externalId="first"))
    b = await store.insert(USERS, user("b"))
    await store.insert(GROUPS, group("g", ["a"]))

    async def write(transaction: Store, title: str) -> None:
        await transaction.insert(USERS, user("c"))
        await transaction.update(USERS, a, user("a", "2", externalId=title, userName="renamed"), None)
        await transaction.delete(USERS, b)
        old = await transaction.fetch(GROUPS, "g")
        await transaction.update(GROUPS, old, group("g", ["a", "c"], "2", displayName="renamed"), None)

    try:
        async with store.transaction() as transaction:
            await write(transaction, "undone")
            require(await raised(NotFound, transaction.fetch(USERS, "b")), "a transaction must see what it has written")
            seen = (await transaction.fetch(USERS, "a")).document["externalId"]
            require(seen == "undone", "a transaction must see what it has written")
            raise _Undo
    except _Undo:
        pass
    require((await store.fetch(USERS, "a")).document["externalId"] == "first", "an update must be undone")
    require((await store.fetch(USERS, "b")).id == "b", "a delete must be undone")
    require(await raised(NotFound, store.fetch(USERS, "c")), "an insert must be undone")
    found_group = trial.kept((await store.fetch(GROUPS, "g")).document)
    require(found_group == trial.kept(group("g", ["a"])), "a change of members must be undone")
    for name, ids in (("renamed", []), ("a", ["a"]), ("b", ["b"]), ("c", [])):
        found = await _answer(store, USERS, f'userName eq "{name}"')
        require(found == ids, f"after a rollback, userName eq {name!r} must find {ids}, not {found}")
    async with store.transaction() as transaction:
        await write(transaction, "kept")
    require((await store.fetch(USERS, "a")).document["externalId"] == "kept", "what a transaction wrote must stay")
    require(await raised(NotFound, store.fetch(USERS, "b")), "what a transaction deleted must be gone")


async def transactions_nest(trial: Trial) -> None:
    """An inner transaction that fails undoes itself alone; an outer one undoes those that ended well inside."""
    store = trial.store
    async with store.transaction() as outer:
        await outer.insert(USERS, user("outer"))
        try:
            async with outer.transaction() as inner:
                await inner.insert(USERS, user("undone"))
                await inner.delete(USERS, await inner.fetch(USERS, "outer"))
                raise _Undo
        except _Undo:
            pass
        async with outer.transaction() as inner:
            await inner.insert(USERS, user("inner"))
        await outer.insert(USERS, user("after"))
    require(await _ids(store) == {"outer", "inner", "after"}, "an inner transaction that fails must undo itself alone")
    try:
        async with store.transaction() as outer:
            async with outer.transaction() as inner:
                await inner.insert(USERS, user("gone"))
            raise _Undo
    except _Undo:
        pass
    require(await _ids(store) == {"outer", "inner", "after"}, "an outer transaction must undo the inner ones")


async def a_refusal_leaves_a_transaction_usable(trial: Trial) -> None:
    """Who catches a refusal inside a transaction can go on in it, and the refused write has left nothing."""
    store = trial.store
    first = await store.insert(USERS, user("a"))
    await store.update(USERS, first, user("a", "2"), None)
    b = await store.insert(USERS, user("b"))
    async with store.transaction() as transaction:
        await refused(
            Uniqueness, transaction.insert(USERS, user("c", userName="A")), "inserting a userName that is taken"
        )
        await refused(VersionMismatch, transaction.update(USERS, first, user("a", "3"), None), "an outdated update")
        taken = user("b", "2", userName="A")
        await refused(Uniqueness, transaction.update(USERS, b, taken, None), "updating to a userName that is taken")
        await refused(NotFound, transaction.fetch(USERS, "c"), "fetching what was refused")
        await transaction.insert(USERS, user("d"))
    require(await _ids(store) == {"a", "b", "d"}, "a transaction must go on after a refusal")
    require((await store.fetch(USERS, "b")).document["userName"] == "b", "a refused update must leave nothing")


async def what_is_undone_is_never_seen(trial: Trial) -> None:
    """Nobody sees what a transaction writes before it has ended well."""
    store = trial.store

    written: list[str] = []

    async def write() -> None:
        try:
            for number in range(10):
                try:
                    async with store.transaction() as transaction:
                        await transaction.insert(USERS, user("ghost"))
                        await transaction.insert(USERS, user(f"other{number}"))
                        raise _Undo
                except _Undo:
                    pass
        finally:
            written.append("all")

    async def read() -> None:
        while not written:
            if await raised(NotFound, store.fetch(USERS, "ghost")) is None:
                raise Broken("a resource was seen that was never committed")

    _require_only(await trial.race([write, read, read]))


async def pages_are_parts_of_one_order(trial: Trial) -> None:
    """Pages of any size, one behind the other, have each resource once; the total is that of all."""
    store = trial.store
    ids = [f"u{number:02}" for number in range(23)]
    for id in ids:
        await store.insert(USERS, user(id))
    everything = [each.id for each in (await store.search(Query((USERS,), count=100))).resources]
    require(sorted(everything) == ids, "a search without a filter must find everything once")
    for size in (1, 5, 23):
        walked: list[str] = []
        for start in range(1, 24, size):
            page = await store.search(Query((USERS,), start_index=start, count=size))
            require(page.total_results == 23, f"totalResults must be 23 on each page, not {page.total_results}")
            walked += [each.id for each in page.resources]
        require(walked == everything, f"pages of {size} must be parts of one order")
    beyond = await store.search(Query((USERS,), start_index=24))
    require((list(beyond.resources), beyond.total_results) == ([], 23), "a page behind the end is empty, with a total")
    none = await store.search(Query((USERS,), count=0))
    require((list(none.resources), none.total_results) == ([], 23), "count 0 asks for the total alone")
    some = await store.search(Query((USERS,), Filter('userName ge "u20"', USERS), count=2))
    require((len(some.resources), some.total_results) == (2, 3), "a total counts what matches on all pages")


async def filters_agree_with_the_reference(trial: Trial) -> None:
    """A filter finds what it finds in memory, or is refused; what identity providers look up is answered."""
    people = cases.users()
    await _fill(trial.store, USERS, people)
    await _compare_filters(trial, USERS, people, cases.filters())
    for text in ('userName eq "ADA.0"', 'id eq "user-007"', 'externalId eq "x-3"'):
        require(await _answer(trial.store, USERS, text) is not None, f"a store has to answer {text}")


async def group_filters_agree_with_the_reference(trial: Trial) -> None:
    """A filter on groups and their members finds what it finds in memory, or is refused."""
    people = cases.users()
    teams = cases.groups(people)
    await _fill(trial.store, USERS, people)
    await _fill(trial.store, GROUPS, teams)
    await _compare_filters(trial, GROUPS, teams, cases.group_filters())


async def sort_orders_agree_with_the_reference(trial: Trial) -> None:
    """A sort order puts resources as it does in memory, or is refused; pages of it are parts of it."""
    people = cases.users()
    by_id = {each["id"]: each for each in people}
    await _fill(trial.store, USERS, people)
    for sort_by in cases.SORTS:
        if not trial.is_kept(USERS, sort_by):
            continue
        key = sort_key(sort_by, USERS)
        for descending in (False, True):
            wanted = [key(each) for each in ordered(people, key, descending=descending)]
            try:
                got = [key(by_id[id]) for id in await _sorted(trial.store, sort_by, descending=descending)]
            except _CANNOT:
                continue
            order = "descending" if descending else "ascending"
            require(got == wanted, f"sortBy {sort_by} {order} is not in order: {shown(got)}")


async def a_selection_leaves_what_was_asked_for(trial: Trial) -> None:
    """What a selection shows is there, in fetch and search, whatever the store leaves out."""
    store = trial.store
    people = cases.users(12)
    await _fill(store, USERS, people)
    await store.insert(GROUPS, group("g", ["user-001"]))
    selections = (
        Selection(("userName",)),
        Selection(("emails.value", "name.givenName")),
        Selection((), ("emails", "title")),
        Selection(("nothing",)),
    )
    for selection in selections:
        for document in people[:3]:
            stored = await store.fetch(USERS, document["id"], selection)
            require(
                project(trial.kept(stored.document), selection, USERS)
                == project(trial.kept(document), selection, USERS),
                f"fetch has left out something that {selection} shows",
            )
        page = await store.search(Query((USERS,), selection=selection))
        by_id = {each["id"]: each for each in people}
        for each in page.resources:
            require(
                project(trial.kept(each.document), selection, USERS)
                == project(trial.kept(by_id[each.id]), selection, USERS),
                f"search has left out something that {selection} shows",
            )
    for selection in (Selection(("members",)), Selection(("members.value",)), Selection()):
        stored = await store.fetch(GROUPS, "g", selection)
        require([each["value"] for each in stored.document.get("members", ())] == ["user-001"], "members are missing")


async def several_types_are_searched_together(trial: Trial) -> None:
    """A query over several types finds those of all, with one total, and each resource says what it is."""
    store = trial.store
    await _fill(store, USERS, [user(f"u{number}", displayName=f"D{number}") for number in range(4)])
    await _fill(store, GROUPS, [group(f"g{number}", displayName=f"D{number}.5") for number in range(3)])
    types = (USERS, GROUPS)
    walked: list[Stored] = []
    for start in range(1, 8, 2):
        try:
            page = await store.search(Query(types, start_index=start, count=2))
        except _CANNOT as error:
            raise NotTried("the store searches one resource type at a time") from error
        require(page.total_results == 7, "a total counts all types")
        walked += page.resources
    require({each.id for each in walked} == {"u0", "u1", "u2", "u3", "g0", "g1", "g2"}, "a resource is missing")
    require(len(walked) == 7, "a resource is on two pages")
    urns = {each.id[0]: each.document["schemas"] for each in walked}
    require(urns == {"u": [USERS.schema.id], "g": [GROUPS.schema.id]}, "schemas must say what a resource is")
    if not trial.is_kept(USERS, "displayName"):
        return
    try:
        page = await store.search(Query(types, sort_by="displayName"))
    except _CANNOT:
        return
    mixed = [each.id for each in page.resources]
    require(mixed == ["u0", "g0", "u1", "g1", "u2", "g2", "u3"], f"sorted types must mix, not be {mixed}")
    by_name = [each.id for each in (await store.search(Query(types, sort_by="userName"))).resources]
    require(by_name[:4] == ["u0", "u1", "u2", "u3"] and len(by_name) == 7, "a type without the attribute comes last")


async def tenants_are_apart(trial: Trial) -> None:
    """Nothing of one tenant is found by, or clashes with, another's."""
    if not trial.tenants:
        raise NotTried("the store is for one tenant: make_tenants() returns none")
    acme, other = map(store_of, trial.tenants)
    stored = await acme.insert(USERS, user("a", externalId="x"))
    await acme.insert(GROUPS, group("g", ["a"]))
    await refused(NotFound, other.fetch(USERS, "a"), "fetching another tenant's user")
    require((await other.search(Query((USERS,)))).total_results == 0, "a search must not find another tenant's user")
    for text in ('userName eq "a"', 'externalId eq "x"', 'id eq "a"'):
        require(await _answer(other, USERS, text) in (None, []), f"{text} must not find another tenant's user")
    require(await _answer(other, GROUPS, 'members.value eq "a"') in (None, []), "another tenant's group was found")
    await refused(NotFound, other.delete(USERS, stored), "deleting another tenant's user")
    await refused(NotFound, other.update(USERS, stored, user("a", "2"), None), "updating another tenant's user")
    await other.insert(USERS, user("a", externalId="other"))
    seen = (await acme.fetch(USERS, "a")).document["externalId"]
    require(seen == "x", "a tenant has seen another tenant's user")
    if other.memberships is not None:
        require(not (await other.memberships.memberships(("a",))).get("a"), "a membership of another tenant was found")
        require(not await other.memberships.members(GROUPS, "g", ("a",)), "a member of another tenant was found")
    if other.can.lookups:
        found = await other.fetch_many((USERS,), ("a",))
        require([each.document.get("externalId") for each in found] == ["other"], "another tenant's user was found")


STORAGE_RULES: tuple[Rule, ...] = tuple(
    Rule(check.__name__, check)
    for check in (
        what_is_inserted_is_found,
        what_is_not_there_is_not_found,
        what_is_handed_out_stays_as_it_was,
        an_update_replaces_the_whole,
        an_old_version_is_not_written,
        unique_values_are_unique,
        letters_without_case_in_ascii_are_unique_too,
        one_of_several_creates,
        one_of_several_updates,
        no_update_is_lost,
        an_exception_undoes_a_transaction,
        transactions_nest,
        a_refusal_leaves_a_transaction_usable,
        what_is_undone_is_never_seen,
        pages_are_parts_of_one_order,
        filters_agree_with_the_reference,
        group_filters_agree_with_the_reference,
        sort_orders_agree_with_the_reference,
        a_selection_leaves_what_was_asked_for,
        several_types_are_searched_together,
        tenants_are_apart,
    )
)


_MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)


class _Undo(Exception):
    """Leaves a transaction."""


def _odd_documents() -> list[Document]:
    text = "quote \" ' back\\slash % _ \n\t \U0001f600 Zoe\u0308 \u2028"
    return [
        user("plain"),
        user("odd", title=text, displayName="", nickName=" ", active=False, userType="x" * 5000),
        user("nested", name={"givenName": text}, emails=[{"value": text, "primary": True}, {"value": "b"}]),
        user("numbers") | {"urn:example:ext": {"int": 2**53, "float": 1.5, "no": -0.25, "deep": [{"a": [1, [2, []]]}]}},
        user("Zoë-ID", userName="Zoë-ID"),
        group("empty"),
        group("team", [{"value": "plain", "type": "User", "display": text}, {"value": "empty", "type": "Group"}]),
    ]


def _require_only(outcomes: Sequence[object], *allowed: type[Exception]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, Broken):
            raise outcome
        if isinstance(outcome, Exception) and not isinstance(outcome, allowed):
            raise Broken(f"a race must not raise {type(outcome).__name__}: {outcome}") from outcome


async def _fill(store: Store, resource_type: ResourceType, documents: Sequence[Document]) -> None:
    for document in documents:
        await store.insert(resource_type, document)


async def _ids(store: Store) -> set[str]:
    page = await store.search(Query((USERS,)))
    require(page.total_results == len(page.resources), "the total must be the number of resources")
    return {each.id for each in page.resources}


async def _answer(store: Store, resource_type: ResourceType, text: str) -> list[str] | None:
    """Return the ids that a filter finds, sorted; None if the store cannot answer it."""
    try:
        page = await store.search(Query((resource_type,), Filter(text, resource_type), count=1000))
    except _CANNOT:
        return None
    require(page.total_results == len(page.resources), f"{text}: the total must be the number of resources")
    return sorted(each.id for each in page.resources)


async def _compare_filters(
    trial: Trial, resource_type: ResourceType, documents: Sequence[Document], texts: Sequence[str]
) -> None:
    store = trial.store
    for text in texts:
        filter = Filter(text, resource_type)
        if not trial.is_kept(resource_type, *map(str, filter.attributes())):
            continue
        found = await _answer(store, resource_type, text)
        if found is None:
            continue
        wanted = sorted(each["id"] for each in documents if filter.matches(each))
        require(found == wanted, f"{text} must find {shown(wanted)}, not {shown(found)}")
        page = await store.search(Query((resource_type,), filter, start_index=2, count=2))
        require(page.total_results == len(wanted), f"{text}: the total of a page must be that of all pages")
        require(len(page.resources) == max(0, min(2, len(wanted) - 1)), f"{text}: the second page has the wrong size")


async def _sorted(store: Store, sort_by: str, *, descending: bool) -> list[str]:
    got: list[str] = []
    for start in range(1, 61, 25):
        query = Query((USERS,), sort_by=sort_by, descending=descending, start_index=start, count=25)
        got += [each.id for each in (await store.search(query)).resources]
    return got
