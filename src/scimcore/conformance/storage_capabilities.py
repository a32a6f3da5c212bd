"""What a store has to keep to that has ``Lookups``, ``Memberships`` or ``Cursors``."""

import json
from collections.abc import Awaitable, Callable, Iterable

from scimcore.conformance import storage_cases as cases
from scimcore.conformance.storage_asking import Undo
from scimcore.conformance.storage_trial import (
    GROUPS,
    RIVALS,
    USERS,
    Broken,
    Rule,
    Trial,
    group,
    refused,
    require,
    user,
)
from scimcore.documents import Document
from scimcore.errors import InvalidCursor, InvalidFilter, NotFound, TooMany, Unsupported, VersionMismatch
from scimcore.filter import Filter
from scimcore.ordering import ordered, sort_key
from scimcore.patch.changes import MembershipDelta
from scimcore.projection import Selection
from scimcore.storage import AsyncCursors, AsyncMemberships, Position, Query, Stored

WITHOUT_MEMBERS = Selection((), ("members",))


# Lookups -----------------------------------------------------------------------------------------------------------


async def many_are_fetched_at_once(trial: Trial) -> None:
    """fetch_many returns those that there are, each once, of the types that were asked for."""
    store = trial.store
    for number in range(30):
        await store.insert(USERS, user(f"u{number}"))
    await store.insert(GROUPS, group("g", ["u1"]))
    many = [f"u{number}" for number in range(2000)]
    found = await store.fetch_many((USERS,), [*many, "u1", "u1", "g", "no'such"])
    require(sorted(each.id for each in found) == sorted(many[:30]), "fetch_many must return each that there is, once")
    require(all(each.document["userName"] == each.id for each in found), "fetch_many must return whole documents")
    both = {each.id: each for each in await store.fetch_many((USERS, GROUPS), ("u1", "g", "absent"))}
    require(set(both) == {"u1", "g"}, "fetch_many must look among all types that it is given")
    require([each["value"] for each in both["g"].document["members"]] == ["u1"], "fetch_many must return members, too")
    require(list(await store.fetch_many((USERS,), ())) == [], "fetch_many of nothing is nothing")


# Memberships -------------------------------------------------------------------------------------------------------


async def members_are_rows(trial: Trial) -> None:
    """A delta adds, removes and rewrites members and leaves all others as they are."""
    store, rows = trial.store, _memberships(trial)
    await store.insert(GROUPS, group("g", ["a", "b", "c", "e"]))
    before = await store.fetch(GROUPS, "g", WITHOUT_MEMBERS)
    require("members" not in before.document, "members must be left out where the selection excludes them")
    delta = MembershipDelta(
        "members",
        added=(_member("d", "Dee"), _member("a", "Again")),
        removed=(_member("b"), _member("absent")),
        updated=((_member("c"), _member("c", "See")),),
    )
    after = await rows.update_members(GROUPS, before, _without(group("g", (), "2", displayName="renamed")), delta)
    require(after.version != before.version, "update_members must return another version")
    require("members" not in after.document, "update_members must return the group without members")
    found = (await store.fetch(GROUPS, "g")).document
    require(found["displayName"] == "renamed", "update_members must write the rest of the group, too")
    wanted = [_member("a", "Again"), _member("c", "See"), _member("d", "Dee"), _member("e")]
    require(_by_value(found["members"]) == wanted, f"a delta must leave {wanted}, not {found['members']}")
    asked = await rows.members(GROUPS, "g", ["a", "d", "b", "absent", "a"])
    require(_by_value(asked) == wanted[0:3:2], f"members must return those that are members, not {asked}")
    require(not await rows.members(GROUPS, "other", ["a"]), "a group that is not there has no members")
    empty = MembershipDelta("members", removed=tuple(map(_member, ("a", "c", "d", "e"))))
    await rows.update_members(GROUPS, after, _without(group("g", (), "3")), empty)
    require("members" not in (await store.fetch(GROUPS, "g")).document, "a group without members has no 'members'")


async def a_group_knows_its_members_and_a_user_the_groups(trial: Trial) -> None:
    """Memberships returns who lists whom, and follows every write."""
    store, rows = trial.store, _memberships(trial)
    for id in ("a", "b", "c"):
        await store.insert(USERS, user(id))
    g = await store.insert(GROUPS, group("g", ["a", "b"], displayName="Zoë's"))
    await store.insert(GROUPS, group("h", ["a", {"value": "g", "type": "Group"}]))
    found = await rows.memberships(["a", "b", "c", "g", "absent"])
    require(
        {id: _by_value(groups) for id, groups in found.items() if groups}
        == {
            "a": [{"value": "g", "display": "Zoë's"}, {"value": "h", "display": "h"}],
            "b": [{"value": "g", "display": "Zoë's"}],
            "g": [{"value": "h", "display": "h"}],
        },
        f"memberships must return value and display of each group, not {found}",
    )
    g = await store.update(GROUPS, g, group("g", ["b", "c"], "2", displayName="renamed"), None)
    await _require_groups(rows, {"a": ["h"], "b": ["g"], "c": ["g"]})
    require((await rows.memberships(["b"]))["b"][0]["display"] == "renamed", "a membership must follow a new name")
    changes = (MembershipDelta("members", added=(_member("a"),), removed=(_member("b"),)),)
    g = await store.update(GROUPS, g, group("g", ["c", "a"], "3"), changes)
    await _require_groups(rows, {"a": ["g", "h"], "b": [], "c": ["g"]})
    found_now = (await store.fetch(GROUPS, "g")).document["members"]
    require([each["value"] for each in _by_value(found_now)] == ["a", "c"], "changes must say what is written")
    await store.delete(GROUPS, g)
    await _require_groups(rows, {"a": ["h"], "c": []})
    await store.insert(GROUPS, group("g"))
    require("members" not in (await store.fetch(GROUPS, "g")).document, "a new group must not have old members")


async def an_old_group_is_not_written(trial: Trial) -> None:
    """update_members needs the present version, keeps names unique, and changes nothing where it is refused."""
    store, rows = trial.store, _memberships(trial)
    first = await store.insert(GROUPS, group("g", ["a"]))
    second = await store.update(GROUPS, first, group("g", ["a"], "2"), ())
    delta = MembershipDelta("members", added=(_member("b"),))
    new = _without(group("g", (), "3"))
    await refused(VersionMismatch, rows.update_members(GROUPS, first, new, delta), "an outdated change of members")
    require(not await rows.members(GROUPS, "g", ["b"]), "a refused change of members must change nothing")
    await store.delete(GROUPS, second)
    await refused(NotFound, rows.update_members(GROUPS, second, new, delta), "a change of a group that is gone")


async def members_of_several_add_up(trial: Trial) -> None:
    """What many add to one group at once is all there."""
    store, rows = trial.store, _memberships(trial)
    await store.insert(GROUPS, group("g", ["old"]))

    def add(number: int) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            done = 0
            while done < 4:
                try:
                    async with store.transaction() as inside:
                        memberships = inside.memberships
                        assert memberships is not None
                        before = await inside.fetch(GROUPS, "g", WITHOUT_MEMBERS)
                        delta = MembershipDelta("members", added=(_member(f"{number}-{done}"),))
                        document = _without(group("g", (), f"{number}-{done}"))
                        await memberships.update_members(GROUPS, before, document, delta)
                except VersionMismatch:
                    continue
                done += 1

        return work

    outcomes = await trial.race([add(number) for number in range(RIVALS)])
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise Broken(f"adding members at once must not raise {type(outcome).__name__}: {outcome}") from outcome
    found = {each["value"] for each in (await store.fetch(GROUPS, "g")).document["members"]}
    wanted = {"old", *(f"{number}-{done}" for number in range(RIVALS) for done in range(4))}
    require(found == wanted, f"members are missing or too many: {sorted(found ^ wanted)}")
    require(len(await rows.members(GROUPS, "g", sorted(wanted))) == len(wanted), "members must find all of them")


async def a_change_of_members_is_undone_with_its_transaction(trial: Trial) -> None:
    """A rollback takes members and memberships back."""
    store, rows = trial.store, _memberships(trial)
    await store.insert(GROUPS, group("g", ["a"]))
    try:
        async with store.transaction() as inside:
            memberships = inside.memberships
            assert memberships is not None
            before = await inside.fetch(GROUPS, "g", WITHOUT_MEMBERS)
            delta = MembershipDelta("members", added=(_member("b"),), removed=(_member("a"),))
            await memberships.update_members(GROUPS, before, _without(group("g", (), "2")), delta)
            require(
                [each["value"] for each in await memberships.members(GROUPS, "g", "ab")] == ["b"], "not seen inside"
            )
            raise Undo
    except Undo:
        pass
    stored = await store.fetch(GROUPS, "g")
    require(stored.document["members"] == [_member("a")], "members must come back")
    await _require_groups(rows, {"a": ["g"], "b": []})


async def filters_know_memberships(trial: Trial) -> None:
    """Such a store answers filters on members and on groups."""
    store = trial.store
    people = cases.users(20)
    for each in people:
        await store.insert(USERS, each)
    teams = cases.groups(people)
    for each in teams:
        await store.insert(GROUPS, each)
    for text in cases.group_filters():
        filter = Filter(text, GROUPS)
        page = await store.search(Query((GROUPS,), filter))
        wanted = [each["id"] for each in teams if filter.matches(each)]
        require(sorted(each.id for each in page.resources) == wanted, f"{text} must find {wanted}")
    listed: dict[str, list[Document]] = {}
    for team in teams:
        for member in team.get("members", ()):
            listed.setdefault(member["value"], []).append({"value": team["id"], "display": team["displayName"]})
    with_groups = [each | {"groups": listed[each["id"]]} if each["id"] in listed else each for each in people]
    for text in (
        'groups.value eq "group-03"',
        'groups eq "GROUP-05"',
        "groups pr",
        "not (groups pr)",
        'groups.display co "ada"',
        'groups[value eq "group-01" and display pr] or userName sw "ada"',
    ):
        filter = Filter(text, USERS)
        page = await store.search(Query((USERS,), filter))
        wanted = [each["id"] for each in with_groups if filter.matches(each)]
        require(sorted(each.id for each in page.resources) == wanted, f"{text} must find {wanted}")
        bare = store.can.joins_groups or all("groups" not in each.document for each in page.resources)
        require(bare, "documents of users have no 'groups', if the store does not say joins_groups")


async def large_groups_are_whole(trial: Trial) -> None:
    """A group of some thousand members keeps them all, in fetch, in lists and in deltas."""
    store, rows = trial.store, _memberships(trial)
    ids = [f"m{number:04}" for number in range(3000)]
    await store.insert(GROUPS, group("g", ids))
    await store.insert(GROUPS, group("h", ids[:3]))
    page = {each.id: each.document["members"] for each in (await store.search(Query((GROUPS,)))).resources}
    require((len(page["g"]), len(page["h"])) == (3000, 3), "a list must have all members of each group")
    light = await store.search(Query((GROUPS,), selection=WITHOUT_MEMBERS))
    require(all("members" not in each.document for each in light.resources), "members must be left out of lists")
    before = await store.fetch(GROUPS, "g", WITHOUT_MEMBERS)
    delta = MembershipDelta(
        "members", tuple(_member(f"n{each}") for each in range(1500)), tuple(map(_member, ids[::2]))
    )
    await rows.update_members(GROUPS, before, _without(group("g", (), "2")), delta)
    found = {each["value"] for each in (await store.fetch(GROUPS, "g")).document["members"]}
    require(found == {*ids[1::2], *(f"n{each}" for each in range(1500))}, "a large delta must be written whole")
    require(len(await rows.members(GROUPS, "g", ids)) == 1500, "members must find all of many")


# Cursors -----------------------------------------------------------------------------------------------------------


async def a_walk_has_everything_once(trial: Trial) -> None:
    """Pages from cursor to cursor have each resource once, in the order of the query, whatever their size."""
    people = cases.users()
    for each in people:
        await trial.store.insert(USERS, each)
    texts = (None, 'userName sw "ada"', "active eq true or title pr", 'userName eq "nobody"')
    for size, text in ((1, None), (7, None), (60, None), *((9, text) for text in texts)):
        query = Query((USERS,), None if text is None else Filter(text, USERS), count=size)
        wanted = {each["id"] for each in people if query.filter is None or query.filter.matches(each)}
        walked = [stored.id for stored in await _walk(_cursors(trial), query)]
        require(len(walked) == len(set(walked)) and set(walked) == wanted, f"a walk by {size} of {text} has {walked}")


async def a_walk_keeps_its_sort_order(trial: Trial) -> None:
    """A walk of a sorted query is in order from page to page, also where values are missing or the same."""
    people = cases.users()
    for each in people:
        await trial.store.insert(USERS, each)
    for sort_by in cases.SORTS:
        key = sort_key(sort_by, USERS)
        for descending in (False, True):
            query = Query((USERS,), sort_by=sort_by, descending=descending, count=7)
            try:
                walked = await _walk(_cursors(trial), query)
            except (InvalidFilter, TooMany, Unsupported):
                continue
            wanted = [key(each) for each in ordered(people, key, descending=descending)]
            require([key(each.document) for each in walked] == wanted, f"a walk by {sort_by} is not in order")
            require(len({each.id for each in walked}) == len(people), f"a walk by {sort_by} skips or repeats")


async def a_walk_is_steady_while_rows_come_and_go(trial: Trial) -> None:
    """What is there all the time is on one page, once, whatever is created and deleted between the pages."""
    store = trial.store
    kept, gone = [f"k{number:02}" for number in range(30)], [f"x{number:02}" for number in range(10)]
    for number in range(10):
        for id in (*kept[3 * number : 3 * number + 3], gone[number]):
            await store.insert(USERS, user(id))
    for sort_by in (None, "userName", "title"):
        query = Query((USERS,), sort_by=sort_by, count=4)
        walked: list[str] = []
        position: Position | None = None
        round = 0
        while True:
            page = await _cursors(trial).search_from(query, position)
            walked += [each.id for each in page.resources]
            if page.next is None:
                break
            position = _over_the_wire(page.next)
            await store.insert(USERS, user(f"a{sort_by}{round}"))
            if page.resources[-1].id in gone:
                # The very one that the cursor points at.
                await store.delete(USERS, page.resources[-1])
                gone.remove(page.resources[-1].id)
            round += 1
            require(round < 100, "a walk must come to an end")
        there = [id for id in walked if id in kept]
        require(sorted(there) == kept, f"a walk by {sort_by} has {there} of what is there all the time")


async def a_position_of_others_is_refused(trial: Trial) -> None:
    """A position that the store has not made raises InvalidCursor; the last page has no next one."""
    for number in range(5):
        await trial.store.insert(USERS, user(f"u{number}"))
    cursors = _cursors(trial)
    query = Query((USERS,), count=2)
    for position in ((), ("x",), (None, None, None, None, None, None), (1, "2", 3.5)):
        await refused(InvalidCursor, cursors.search_from(query, position), f"a position like {position}")
    page = await cursors.search_from(Query((USERS,), count=5), None)
    require((len(page.resources), page.next) == (5, None), "a page that has the rest has no next one")


STORAGE_CAPABILITY_RULES: tuple[Rule, ...] = (
    Rule(many_are_fetched_at_once.__name__, many_are_fetched_at_once, ("lookups",)),
    *(
        Rule(check.__name__, check, ("memberships",))
        for check in (
            members_are_rows,
            a_group_knows_its_members_and_a_user_the_groups,
            an_old_group_is_not_written,
            members_of_several_add_up,
            a_change_of_members_is_undone_with_its_transaction,
            filters_know_memberships,
            large_groups_are_whole,
        )
    ),
    *(
        Rule(check.__name__, check, ("cursors",))
        for check in (
            a_walk_has_everything_once,
            a_walk_keeps_its_sort_order,
            a_walk_is_steady_while_rows_come_and_go,
            a_position_of_others_is_refused,
        )
    ),
)


def _memberships(trial: Trial) -> AsyncMemberships:
    memberships = trial.store.memberships
    assert memberships is not None  # The rule needs it.
    return memberships


def _cursors(trial: Trial) -> AsyncCursors:
    cursors = trial.store.cursors
    assert cursors is not None  # The rule needs it.
    return cursors


def _member(value: str, display: str | None = None) -> Document:
    member: Document = {"value": value, "type": "User"}
    return member if display is None else member | {"display": display}


def _without(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "members"}


def _by_value(elements: Iterable[Document]) -> list[Document]:
    return sorted(elements, key=lambda each: str(each["value"]))


async def _require_groups(rows: AsyncMemberships, wanted: dict[str, list[str]]) -> None:
    found = await rows.memberships(list(wanted))
    got = {id: sorted(each["value"] for each in found.get(id, ())) for id in wanted}
    require(got == wanted, f"memberships must be {wanted}, not {got}")


async def _walk(cursors: AsyncCursors, query: Query) -> list[Stored]:
    walked: list[Stored] = []
    position: Position | None = None
    while True:
        page = await cursors.search_from(query, position)
        require(len(page.resources) <= query.count, "a page must not have more than count")
        require(page.next is None or page.resources, "an empty page must be the last one")
        walked += page.resources
        if page.next is None:
            return walked
        position = _over_the_wire(page.next)


def _over_the_wire(position: Position) -> Position:
    """Positions travel through the client as JSON."""
    return tuple(json.loads(json.dumps(position)))
