"""What transactions of a store have to keep to: all or nothing, one inside the other, and unseen until they end."""

from scimcore.conformance.storage_asking import Undo, answer_of, ids_of, require_only
from scimcore.conformance.storage_trial import (
    GROUPS,
    USERS,
    Broken,
    Rule,
    Trial,
    group,
    raised,
    refused,
    require,
    user,
)
from scimcore.errors import NotFound, Uniqueness, VersionMismatch
from scimcore.service.store import Store


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
            raise Undo
    except Undo:
        pass
    require((await store.fetch(USERS, "a")).document["externalId"] == "first", "an update must be undone")
    require((await store.fetch(USERS, "b")).id == "b", "a delete must be undone")
    require(await raised(NotFound, store.fetch(USERS, "c")), "an insert must be undone")
    found_group = trial.kept((await store.fetch(GROUPS, "g")).document)
    require(found_group == trial.kept(group("g", ["a"])), "a change of members must be undone")
    for name, ids in (("renamed", []), ("a", ["a"]), ("b", ["b"]), ("c", [])):
        found = await answer_of(store, USERS, f'userName eq "{name}"')
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
                raise Undo
        except Undo:
            pass
        async with outer.transaction() as inner:
            await inner.insert(USERS, user("inner"))
        await outer.insert(USERS, user("after"))
    require(
        await ids_of(store) == {"outer", "inner", "after"}, "an inner transaction that fails must undo itself alone"
    )
    try:
        async with store.transaction() as outer:
            async with outer.transaction() as inner:
                await inner.insert(USERS, user("gone"))
            raise Undo
    except Undo:
        pass
    require(await ids_of(store) == {"outer", "inner", "after"}, "an outer transaction must undo the inner ones")


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
    require(await ids_of(store) == {"a", "b", "d"}, "a transaction must go on after a refusal")
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
                        raise Undo
                except Undo:
                    pass
        finally:
            written.append("all")

    async def read() -> None:
        while not written:
            if await raised(NotFound, store.fetch(USERS, "ghost")) is None:
                raise Broken("a resource was seen that was never committed")

    require_only(await trial.race([write, read, read]))


TRANSACTION_RULES: tuple[Rule, ...] = tuple(
    Rule(check.__name__, check)
    for check in (
        an_exception_undoes_a_transaction,
        transactions_nest,
        a_refusal_leaves_a_transaction_usable,
        what_is_undone_is_never_seen,
    )
)
