"""What searches of a store have to keep to: the filters, orders, pages and selections of the reference in memory."""

from collections.abc import Sequence

from scimcore.conformance import storage_cases as cases
from scimcore.conformance.storage_asking import CANNOT, answer_of, fill
from scimcore.conformance.storage_trial import (
    GROUPS,
    USERS,
    NotTried,
    Rule,
    Trial,
    group,
    require,
    shown,
    user,
)
from scimcore.documents import Document
from scimcore.filter import Filter
from scimcore.ordering import ordered, sort_key
from scimcore.projection import Selection, project
from scimcore.schema.resource_type import ResourceType
from scimcore.service.store import Store
from scimcore.storage import Query, Stored


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
    await fill(trial.store, USERS, people)
    await _compare_filters(trial, USERS, people, cases.filters())
    for text in ('userName eq "ADA.0"', 'id eq "user-007"', 'externalId eq "x-3"'):
        require(await answer_of(trial.store, USERS, text) is not None, f"a store has to answer {text}")


async def group_filters_agree_with_the_reference(trial: Trial) -> None:
    """A filter on groups and their members finds what it finds in memory, or is refused."""
    people = cases.users()
    teams = cases.groups(people)
    await fill(trial.store, USERS, people)
    await fill(trial.store, GROUPS, teams)
    await _compare_filters(trial, GROUPS, teams, cases.group_filters())


async def sort_orders_agree_with_the_reference(trial: Trial) -> None:
    """A sort order puts resources as it does in memory, or is refused; pages of it are parts of it."""
    people = cases.users()
    by_id = {each["id"]: each for each in people}
    await fill(trial.store, USERS, people)
    for sort_by in cases.SORTS:
        if not trial.is_kept(USERS, sort_by):
            continue
        key = sort_key(sort_by, USERS)
        for descending in (False, True):
            wanted = [key(each) for each in ordered(people, key, descending=descending)]
            try:
                got = [key(by_id[id]) for id in await _sorted(trial.store, sort_by, descending=descending)]
            except CANNOT:
                continue
            order = "descending" if descending else "ascending"
            require(got == wanted, f"sortBy {sort_by} {order} is not in order: {shown(got)}")


async def a_selection_leaves_what_was_asked_for(trial: Trial) -> None:
    """What a selection shows is there, in fetch and search, whatever the store leaves out."""
    store = trial.store
    people = cases.users(12)
    await fill(store, USERS, people)
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
    await fill(store, USERS, [user(f"u{number}", displayName=f"D{number}") for number in range(4)])
    await fill(store, GROUPS, [group(f"g{number}", displayName=f"D{number}.5") for number in range(3)])
    types = (USERS, GROUPS)
    walked: list[Stored] = []
    for start in range(1, 8, 2):
        try:
            page = await store.search(Query(types, start_index=start, count=2))
        except CANNOT as error:
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
    except CANNOT:
        return
    mixed = [each.id for each in page.resources]
    require(mixed == ["u0", "g0", "u1", "g1", "u2", "g2", "u3"], f"sorted types must mix, not be {mixed}")
    by_name = [each.id for each in (await store.search(Query(types, sort_by="userName"))).resources]
    require(by_name[:4] == ["u0", "u1", "u2", "u3"] and len(by_name) == 7, "a type without the attribute comes last")


SEARCH_RULES: tuple[Rule, ...] = tuple(
    Rule(check.__name__, check)
    for check in (
        pages_are_parts_of_one_order,
        filters_agree_with_the_reference,
        group_filters_agree_with_the_reference,
        sort_orders_agree_with_the_reference,
        a_selection_leaves_what_was_asked_for,
        several_types_are_searched_together,
    )
)


async def _compare_filters(
    trial: Trial, resource_type: ResourceType, documents: Sequence[Document], texts: Sequence[str]
) -> None:
    store = trial.store
    for text in texts:
        filter = Filter(text, resource_type)
        if not trial.is_kept(resource_type, *map(str, filter.attributes())):
            continue
        found = await answer_of(store, resource_type, text)
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
