"""What every store has to keep to: values that come back, versions, uniqueness, races, tenants."""

import copy
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from scimcore.conformance.storage_asking import answer_of, require_only
from scimcore.conformance.storage_trial import (
    GROUPS,
    RIVALS,
    USERS,
    NotTried,
    Rule,
    Trial,
    group,
    raised,
    refused,
    require,
    shown,
    user,
)
from scimcore.documents import Document
from scimcore.errors import NotFound, Uniqueness, VersionMismatch
from scimcore.filter import Filter
from scimcore.handler import as_store
from scimcore.storage import Query, Stored


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
        found = await answer_of(store, USERS, text)
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
        require_only(outcomes, Uniqueness)
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
        require_only(outcomes, VersionMismatch)
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
    require_only(outcomes)
    title = (await store.fetch(USERS, "a")).document["externalId"]
    require(title == str(5 * RIVALS), f"{5 * RIVALS} updates must add up, not come to {title}")


async def tenants_are_apart(trial: Trial) -> None:
    """Nothing of one tenant is found by, or clashes with, another's."""
    if not trial.tenants:
        raise NotTried("the store is for one tenant: make_tenants() returns none")
    acme, other = map(as_store, trial.tenants)
    stored = await acme.insert(USERS, user("a", externalId="x"))
    await acme.insert(GROUPS, group("g", ["a"]))
    await refused(NotFound, other.fetch(USERS, "a"), "fetching another tenant's user")
    require((await other.search(Query((USERS,)))).total_results == 0, "a search must not find another tenant's user")
    for text in ('userName eq "a"', 'externalId eq "x"', 'id eq "a"'):
        require(await answer_of(other, USERS, text) in (None, []), f"{text} must not find another tenant's user")
    require(await answer_of(other, GROUPS, 'members.value eq "a"') in (None, []), "another tenant's group was found")
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
        tenants_are_apart,
    )
)


_MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)


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
