"""What ``SqlStorage`` and ``AsyncSqlStorage`` read, written once, as coroutines over a session.

Each runs in the transaction that its session has, or, if it only reads, in none.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from scimcore.documents import Document
from scimcore.errors import NotFound, TooMany
from scimcore.filter import predicate
from scimcore.filter.bound import BoundComparison
from scimcore.filter.values import fold
from scimcore.ordering import ordered, sort_keys
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.sql import statements as sql
from scimcore.sql.backwards import BEGINNING, previous_page
from scimcore.sql.declaring import declare
from scimcore.sql.groups import elements_of
from scimcore.sql.looking_up import is_about_documents, lookups
from scimcore.sql.plan import Plan
from scimcore.sql.rows import (
    Clock,
    member_of,
    read_json,
    stored_of,
    with_groups,
    with_members,
    without,
)
from scimcore.sql.searching import Mark, Search, mark_of, search_of, too_many
from scimcore.sql.sessions import Session
from scimcore.storage import CursorPage, Page, Position, Query, Stored

# An index that leads to so many resources is not asked for all of them.
_FEW = 200
# Documents that are read at once where SQL cannot answer alone.
_BATCH = 500


class Reading:
    """The operations, for all tenants.

    Attributes:
        unique: By resource type name, what must be unique beside what the schema says.
        indexed: What to find resources by: by resource type name, or for all types that have it.
        max_scanned: How many documents may be read for one page where SQL cannot answer alone.
        cursor_totals: Whether pages that are walked by cursors tell how many resources there are on all of them.
    """

    def __init__(
        self,
        unique: Mapping[str, Sequence[str]],
        indexed: Mapping[str, Sequence[str]] | Sequence[str],
        max_scanned: int,
        cursor_totals: bool = False,
    ) -> None:
        self.unique = unique
        self.indexed = indexed
        self.max_scanned = max_scanned
        self.cursor_totals = cursor_totals
        self._plans: dict[ResourceType, Plan] = {}
        self._clock = Clock()

    async def plans(self, session: Session, resource_types: Sequence[ResourceType]) -> list[Plan]:
        """Return how each of some types is kept."""
        return [await self.plan(session, resource_type) for resource_type in resource_types]

    async def plan(self, session: Session, resource_type: ResourceType) -> Plan:
        """Return how a type is kept; at its first use, what it is found by is declared to the database.

        Raises:
            InvalidPath: If an attribute that shall be unique or indexed is none of the type.
            ValueError: If it is not of text.
            Uniqueness: If resources that are there already share what has to be unique.
        """
        plan = self._plans.get(resource_type)
        if plan is None:
            name = resource_type.name
            if isinstance(self.indexed, Mapping):
                indexed = [*self.indexed.get(name, ())]
            else:
                indexed = [path for path in self.indexed if resource_type.find(path) is not None]
            plan = Plan(resource_type, self.unique.get(name, ()), indexed)
            await declare(session, plan)
            self._plans[resource_type] = plan
        return plan

    async def fetch(
        self, session: Session, tenant: str, resource_type: ResourceType, id: str, selection: Selection
    ) -> Stored:
        """Return one resource; inside a transaction it is locked until the end.

        Raises:
            NotFound: If there is none.
        """
        plan = await self.plan(session, resource_type)
        name = plan.resource_type.name
        # SQLite's transactions have locked everything.
        locked = session.depth > 0 and session.dialect.name != "sqlite"
        derives = session.depth == 0 and plan.reads_groups(selection)
        joined = derives and id.isascii()
        statement = sql.FETCH_LOCKED if locked else sql.FETCH_WITH_GROUPS if joined else sql.FETCH
        rows = await session.rows(statement, {"tenant": tenant, "type": name, "id": _text(id)})
        if not rows:
            # The id is not repeated: the client knows it, and the text is the client's.
            raise NotFound(f"There is no {name} with this id.")
        body, *groups = rows[0]
        if plan.has_members and plan.reads_members(selection):
            members = await session.rows(sql.SELECT_MEMBERS, {"tenant": tenant, "type": name, "id": id})
            stored = stored_of(body, [member_of(*row) for row in members], *groups)
        else:
            stored = stored_of(body, (), *groups)
            stored = without("members", stored) if plan.has_members else stored
        if derives and not joined:
            return (await self._with_groups(session, tenant, [stored], {stored.id}))[0]
        return stored

    async def fetch_many(
        self,
        session: Session,
        tenant: str,
        resource_types: Sequence[ResourceType],
        ids: Collection[str],
        selection: Selection,
    ) -> Sequence[Stored]:
        """Return those of the resources that there are."""
        plans = await self.plans(session, resource_types)
        by_name = {plan.resource_type.name: plan for plan in plans}
        joined = session.depth == 0 and all(plan.reads_groups(selection) for plan in plans)
        statement = sql.FETCH_MANY_WITH_GROUPS if joined else sql.FETCH_MANY
        rows: list[_Found] = []
        for some in sql.chunks(dict.fromkeys(map(_text, ids))):
            found = await session.select(statement, {"tenant": tenant, "types": list(by_name), "ids": some})
            rows += [_Found(by_name[type], *columns) for type, *columns in found]
        return await self._complete(session, tenant, rows, selection)

    async def search(self, session: Session, tenant: str, query: Query) -> Page:
        """Return one page by its number."""
        plans = await self.plans(session, query.resource_types)
        first = query.start_index - 1
        quick = await self._look_up(session, tenant, plans, query)
        if quick is not None:
            some = quick[first : first + query.count]
            return Page(await self._complete(session, tenant, some, query.selection), len(quick))
        search = search_of(query, plans, tenant)
        if not search.exact:
            every = await self._scan(session, tenant, search, query)
            page = every[first : first + query.count]
            return Page(await self._shown(session, tenant, page, search, query), len(every))
        rows: Sequence[Sequence[Any]] = ()
        groups_in = _groups_in(session, tenant, search, query)
        if query.count > 0:
            rows = await session.select(search.select(limit=query.count + 1, offset=first, groups_in=groups_in))
        if rows and len(rows) <= query.count:
            total = first + len(rows)
        else:
            total = (await session.select(search.count()))[0][0]
        kept = [_found(search, row) for row in rows[: query.count]]
        return Page(await self._complete(session, tenant, kept, query.selection), total)

    async def search_from(self, session: Session, tenant: str, query: Query, position: Position | None) -> CursorPage:
        """Return the page behind a position.

        Raises:
            InvalidCursor: If the position is none.
            Unsupported: If SQL cannot sort so.
        """
        plans = await self.plans(session, query.resource_types)
        after = first = None if position in (None, BEGINNING) else Mark.read(position)
        search = search_of(query, plans, tenant)
        if not search.sorted_by_sql:
            raise TooMany(
                "There are no cursors for this sort order: sort by an attribute with one value.", rule="RFC 9865 §2"
            )
        kept: list[tuple[Sequence[Any], Stored]] = []
        groups_in = _groups_in(session, tenant, search, query)
        scanned = 0
        while len(kept) <= query.count:
            limit = query.count + 1 - len(kept) if search.exact else _BATCH
            rows = await self._behind(session, search, after, limit, groups_in)
            found = await self._read(session, tenant, [_found(search, row) for row in rows], _seen(search, query))
            kept += [
                (row, stored) for row, stored in zip(rows, found, strict=True) if _meets(search.legs[row[1]], stored)
            ]
            scanned += len(rows)
            if not search.exact and scanned > self.max_scanned:
                raise too_many(self.max_scanned)
            if len(rows) < limit:
                break
            after = mark_of(rows[-1])
        page = [stored for _, stored in kept[: query.count]]
        goes_on = len(kept) > query.count > 0
        following = mark_of(kept[query.count - 1][0]).written() if goes_on else None
        previous = await previous_page(session, search, first, query.count)
        has_all = first is None and len(kept) == len(page)
        total = len(page) if has_all else await self._total(session, search)
        return CursorPage(await self._shown(session, tenant, page, search, query), following, previous, total)

    async def _total(self, session: Session, search: Search) -> int | None:
        if not self.cursor_totals or not search.exact:
            return None
        total: int = (await session.select(search.count()))[0][0]
        return total

    async def members(
        self, session: Session, tenant: str, resource_type: ResourceType, id: str, values: Collection[str]
    ) -> Sequence[Document]:
        """Return those of the values that are members."""
        plan = await self.plan(session, resource_type)
        found: list[Document] = []
        for some in sql.chunks(dict.fromkeys(map(_text, values))):
            parameters = {"tenant": tenant, "type": plan.resource_type.name, "id": _text(id), "values": some}
            found += [member_of(*row) for row in await session.select(sql.SOME_MEMBERS, parameters)]
        return found

    async def memberships(
        self, session: Session, tenant: str, ids: Collection[str]
    ) -> Mapping[str, Sequence[Document]]:
        """Return the groups of each id."""
        found: dict[str, list[tuple[int, str, str | None]]] = {id: [] for id in ids}
        for some in sql.chunks(dict.fromkeys(fold(_text(id)) for id in ids)):
            if len(some) == 1:
                rows = await session.rows(sql.MEMBERSHIPS_OF_ONE, {"tenant": tenant, "value": some[0]})
            else:
                rows = await session.select(sql.MEMBERSHIPS, {"tenant": tenant, "values": some})
            for value, position, group, display in rows:
                if value in found:
                    found[value].append((position, group, display))
        return {id: elements_of(groups) for id, groups in found.items() if groups}

    async def _look_up(
        self, session: Session, tenant: str, plans: Sequence[Plan], query: Query
    ) -> Sequence["_Found"] | None:
        """Answer what identity providers ask most: an attribute that is indexed is equal to a text, and perhaps more.

        Returns:
            The rows in the order of creation; None if this is another query, or there are too many.
        """
        if query.filter is None or query.sort_by is not None or len(plans) != 1 or query.count < 1:
            return None
        (plan,) = plans
        node = query.filter.bound[plan.resource_type].node
        found = next((each for each in lookups(node, plan) if each.column in sql.LOOKUPS), None)
        alone = isinstance(node, BoundComparison)
        # What stands in other rows is not in these documents.
        if found is None or not (alone or is_about_documents(query, plan)):
            return None
        parameters = {"tenant": tenant, "type": plan.resource_type.name, "value": _text(found.value), "most": _FEW}
        if found.path:
            parameters["path"] = found.path
        joined = session.depth == 0 and plan.reads_groups(query.selection)
        rows = await session.rows((sql.LOOKUPS_WITH_GROUPS if joined else sql.LOOKUPS)[found.column], parameters)
        if len(rows) == _FEW:
            return None
        in_order = [_Found(plan, *row[2:]) for row in (sorted(rows, key=_placed) if len(rows) > 1 else rows)]
        if alone:
            return in_order
        matches = predicate(node)
        return [each for each in in_order if matches(read_json(each.body))]

    async def _behind(
        self, session: Session, search: Search, after: Mark | None, limit: int, groups_in: str | None = None
    ) -> Sequence[Sequence[Any]]:
        """Return the next rows behind a mark, from as many phases as it takes."""
        rows: list[Sequence[Any]] = []
        for valued in search.phases(after):
            left = limit - len(rows)
            rows += await session.select(search.select(limit=left, after=after, valued=valued, groups_in=groups_in))
            if len(rows) == limit:
                break
            after = None
        return rows

    async def _scan(self, session: Session, tenant: str, search: Search, query: Query) -> list[Stored]:
        """Read what SQL lets through, ask the rest of each document, and sort if SQL cannot."""
        found: list[tuple[ResourceType, Stored]] = []
        after: Mark | None = None
        in_order = search if search.sorted_by_sql else search.unordered
        scanned = 0
        while True:
            rows = await self._behind(session, in_order, after, _BATCH)
            scanned += len(rows)
            legs = [search.legs[row[1]] for row in rows]
            stored = await self._read(session, tenant, [_found(search, row) for row in rows], _seen(search, query))
            found += [
                (leg.plan.resource_type, each) for leg, each in zip(legs, stored, strict=True) if _meets(leg, each)
            ]
            if scanned > self.max_scanned:
                raise too_many(self.max_scanned)
            if len(rows) < _BATCH:
                break
            after = mark_of(rows[-1])
        if query.sort_by is not None and not search.sorted_by_sql:
            types = [leg.plan.resource_type for leg in search.legs]
            keys = dict(zip(types, sort_keys(query.sort_by, types), strict=True))
            found = ordered(found, lambda each: keys[each[0]](each[1].document), descending=query.descending)
        return [stored for _, stored in found]

    async def _shown(
        self, session: Session, tenant: str, page: list[Stored], search: Search, query: Query
    ) -> Sequence[Stored]:
        """Leave out what was read for a filter only, and put in the groups that no statement had."""
        joined = _groups_in(session, tenant, search, query) is not None
        plans = {leg.plan.resource_type.schema.id: leg.plan for leg in search.legs}
        shown, lacking = [], set()
        for stored in page:
            plan = next(plans[urn] for urn in stored.document["schemas"] if urn in plans)
            wanted = not plan.has_members or plan.reads_members(query.selection)
            shown.append(stored if wanted else without("members", stored))
            has_groups = joined and stored.id.isascii()
            if session.depth == 0 and not has_groups and plan.reads_groups(query.selection):
                lacking.add(stored.id)
        return await self._with_groups(session, tenant, shown, lacking) if lacking else shown

    async def _complete(
        self, session: Session, tenant: str, rows: Sequence["_Found"], selection: Selection
    ) -> list[Stored]:
        """Read resources out of their rows, with members and groups where the selection has them.

        What is fetched in a transaction is going to be written, and has no groups.
        """
        stored = await self._read(session, tenant, rows, selection)
        if session.depth:
            return stored
        lacking = {
            each.id
            for found, each in zip(rows, stored, strict=True)
            if (found.groups is None or not each.id.isascii()) and found.plan.reads_groups(selection)
        }
        return await self._with_groups(session, tenant, stored, lacking) if lacking else stored

    async def _read(
        self, session: Session, tenant: str, rows: Sequence["_Found"], selection: Selection
    ) -> list[Stored]:
        """Read resources out of their rows, with their members where the selection has them."""
        if not any(found.plan.has_members for found in rows):
            return [stored_of(found.body, (), found.groups) for found in rows]
        reads = [found.plan.reads_members(selection) for found in rows]
        stored = [stored_of(found.body, (), found.groups) for found in rows]
        wanted: dict[str, list[str]] = {}
        for found, each, has_members in zip(rows, stored, reads, strict=True):
            if has_members:
                wanted.setdefault(found.plan.resource_type.name, []).append(each.id)
        members: dict[tuple[str, str], list[Document]] = {}
        for type, ids in wanted.items():
            for some in sql.chunks(ids):
                parameters = {"tenant": tenant, "type": type, "ids": some}
                for id, *columns in await session.select(sql.MEMBERS_OF_MANY, parameters):
                    members.setdefault((type, id), []).append(member_of(*columns))
        return [
            with_members(each, members.get((found.plan.resource_type.name, each.id), ()))
            if has_members
            else without("members", each)
            for found, each, has_members in zip(rows, stored, reads, strict=True)
        ]

    async def _with_groups(
        self, session: Session, tenant: str, stored: list[Stored], ids: Collection[str]
    ) -> list[Stored]:
        """Ask for the groups of some of these resources."""
        groups = await self.memberships(session, tenant, ids)
        return [with_groups(each, groups.get(each.id, ())) if each.id in ids else each for each in stored]


class _Found(NamedTuple):
    """A row of a resource: how its type is kept, the document, and the groups if the statement has found them."""

    plan: Plan
    body: str
    groups: str | None = None


def _found(search: Search, row: Sequence[Any]) -> _Found:
    return _Found(search.legs[row[1]].plan, *row[4:])


def _groups_in(session: Session, tenant: str, search: Search, query: Query) -> str | None:
    """Return the tenant where a search that SQL answers alone shall find the groups of what it finds."""
    joined = search.exact and session.depth == 0 and all(leg.plan.reads_groups(query.selection) for leg in search.legs)
    return tenant if joined else None


def _placed(row: Sequence[Any]) -> tuple[Any, Any]:
    return row[0], row[1]


def _seen(search: Search, query: Query) -> Selection:
    """What has to be read of each: all, where documents are asked."""
    return query.selection if all(leg.residual is None for leg in search.legs) else DEFAULT_SELECTION


def _meets(leg: Any, stored: Stored) -> bool:  # noqa: ANN401
    return leg.residual is None or leg.residual(stored.document)


def _text(id: str) -> str:
    """Return a text that every database takes; what is none is found nowhere."""
    return id.replace("\0", "�").encode("utf-8", "replace").decode()
