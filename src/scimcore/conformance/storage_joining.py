"""What a store has to keep to that says ``joins_groups``."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from scimcore.conformance.storage_trial import GROUPS, USERS, NotTried, Rule, Trial, group, require, user
from scimcore.documents import Document
from scimcore.errors import InvalidFilter, TooMany, Unsupported
from scimcore.filter import Filter
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.service.store import Store
from scimcore.storage import Query, Stored

_WITHOUT_NAME = Selection((), ("name",))


async def groups_come_with_their_users(trial: Trial) -> None:
    """A store that says ``joins_groups`` returns users with their groups, and without them in a transaction."""
    store, rows = trial.store, trial.store.memberships
    if rows is None or not store.can.joins_groups:
        raise NotTried("the store does not say joins_groups: see scimcore.storage.Memberships")
    ids = ("a", "b", "c")
    for id in ids:
        await store.insert(USERS, user(id, displayName=f"D{id}"))
    g = await store.insert(GROUPS, group("g", ["a", "b"], displayName="Zoë's"))
    await store.insert(GROUPS, group("h", ["a", {"value": "g", "type": "Group"}]))
    for selection in (DEFAULT_SELECTION, Selection(("groups",)), Selection(("groups.display",)), _WITHOUT_NAME):
        listed = await rows.memberships(ids)
        await _require_joined(trial, selection, {id: listed.get(id, ()) for id in ids})
    async with store.transaction() as inside:
        for way, found in (await _in_all_ways(inside, ids, DEFAULT_SELECTION)).items():
            without = not any("groups" in each.document for each in found)
            require(without, f"{way} in a transaction must leave groups out: what is fetched is written again")
        before = await inside.fetch(USERS, "b")
        document = {**before.document, **user("b", "2")}
        await inside.update(USERS, before, document, None)
    await store.update(GROUPS, g, group("g", ["c"], "2"), None)
    await _require_joined(trial, DEFAULT_SELECTION, {"a": [_group("h")], "b": [], "c": [_group("g")]})


async def _in_all_ways(store: Store, ids: Sequence[str], selection: Selection) -> dict[str, Sequence[Stored]]:
    """Read users in each way that the store has."""
    query = Query((USERS,), selection=selection)
    by_name = Query((USERS,), Filter('userName eq "A"', USERS), selection=selection)
    ways = {
        "fetch": [await store.fetch(USERS, id, selection) for id in ids],
        "fetch_many": await store.fetch_many((USERS,), ids, selection),
        "search": (await store.search(query)).resources,
        "a search by userName": (await store.search(by_name)).resources,
    }
    for text in ('displayName sw "D"', 'not (displayName co "x")'):
        asked = replace(query, filter=Filter(text, USERS), count=2)
        with suppress(InvalidFilter, TooMany, Unsupported):
            ways[f"a search for {text}"] = (await store.search(asked)).resources
    for sorted_by in (replace(query, sort_by="userName", count=2), replace(query, sort_by="name.formatted")):
        with suppress(InvalidFilter, TooMany, Unsupported):
            ways[f"a search sorted by {sorted_by.sort_by}"] = (await store.search(sorted_by)).resources
    with suppress(InvalidFilter, TooMany, Unsupported):
        ways["a search of two types"] = (await store.search(replace(query, resource_types=(USERS, GROUPS)))).resources
    if store.cursors is not None:
        ways["search_from"] = (await store.cursors.search_from(query, None)).resources
    return ways


async def _require_joined(trial: Trial, selection: Selection, wanted: Mapping[str, Sequence[Document]]) -> None:
    for way, found in (await _in_all_ways(trial.store, tuple(wanted), selection)).items():
        for each in found:
            groups = _by_value(each.document.get("groups", ()))
            listed = _by_value(wanted.get(each.id, groups))
            require(groups == listed, f"{way} with {selection} must return {each.id} in {listed}, not in {groups}")
            require(groups or "groups" not in each.document, f"{way} must leave groups out where there are none")


def _by_value(elements: Iterable[Document]) -> list[Document]:
    return sorted(elements, key=lambda each: str(each["value"]))


def _group(id: str) -> Document:
    return {"value": id, "display": id}


JOINING_RULES: tuple[Rule, ...] = (
    Rule(groups_come_with_their_users.__name__, groups_come_with_their_users, ("memberships",)),
)
