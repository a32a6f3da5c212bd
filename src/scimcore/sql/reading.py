"""What ``SqlStorage`` and ``AsyncSqlStorage`` read, written once, as coroutines over a session.

Each runs in the transaction that its session has, or, if it only reads, in none.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from scimcore.documents import Document
from scimcore.errors import NotFound, TooMany
from scimcore.filter import predicate
from scimcore.filter.bound import BoundComparison
from scimcore.filter.values import fold
from scimcore.ordering import ordered, sort_keys
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.sql import statements as sql
from scimcore.sql.declaring import declare
from scimcore.sql.plan import Plan
from scimcore.sql.rows import (
    Clock,
    member_of,
    read_json,
    stored_of,
)
from scimcore.sql.searching import Mark, Search, lookups, mark_of, search_of
from scimcore.sql.sessions import Session
from scimcore.sql.statements import Prepared
from scimcore.storage import CursorPage, Page, Position, Query, Stored

T = TypeVar("T")

# Values in one IN list.
_CHUNK = 500
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
    """

    def __init__(
        self,
        unique: Mapping[str, Sequence[str]],
        indexed: Mapping[str, Sequence[str]] | Sequence[str],
        max_scanned: int,
    ) -> None:
        self.unique = unique
        self.indexed = indexed
        self.max_scanned = max_scanned
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
        rows = await session.rows(
            sql.FETCH_LOCKED if locked else sql.FETCH, {"tenant": tenant, "type": name, "id": _text(id)}
        )
        if not rows:
            # The id is not repeated: the client knows it, and the text is the client's.
            raise NotFound(f"There is no {name} with this id.")
        (body,) = rows[0]
        if not plan.has_members:
            return stored_of(body)
        if not plan.reads_members(selection):
            return _without_members(stored_of(body))
        members = await session.rows(sql.SELECT_MEMBERS, {"tenant": tenant, "type": name, "id": id})
        return stored_of(body, [member_of(*row) for row in members])

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
        rows: list[tuple[Plan, str]] = []
        for some in chunks(dict.fromkeys(map(_text, ids))):
            found = await session.select(sql.FETCH_MANY, {"tenant": tenant, "types": list(by_name), "ids": some})
            rows += [(by_name[type], body) for type, body in found]
        return await self._complete(session, tenant, rows, selection)

    async def search(self, session: Session, tenant: str, query: Query) -> Page:
        """Return one page by its number."""
        plans = await self.plans(session, query.resource_types)
        first = query.start_index - 1
        quick = await self._look_up(session, tenant, plans, query)
        if quick is not None:
            page = quick[first : first + query.count]
            found = await self._complete(session, tenant, [(plans[0], body) for body in page], query.selection)
            return Page(found, len(quick))
        search = search_of(query, plans, tenant)
        if not search.exact:
            every = await self._scan(session, tenant, search, query)
            return Page(await self._trimmed(every[first : first + query.count], search, query), len(every))
        rows: Sequence[Sequence[Any]] = ()
        if query.count > 0:
            rows = await session.select(search.select(limit=query.count + 1, offset=first))
        if rows and len(rows) <= query.count:
            total = first + len(rows)
        else:
            total = (await session.select(search.count()))[0][0]
        kept = [(search.legs[row[1]].plan, row[4]) for row in rows[: query.count]]
        return Page(await self._complete(session, tenant, kept, query.selection), total)

    async def search_from(self, session: Session, tenant: str, query: Query, position: Position | None) -> CursorPage:
        """Return the page behind a position.

        Raises:
            InvalidCursor: If the position is none.
            Unsupported: If SQL cannot sort so.
        """
        plans = await self.plans(session, query.resource_types)
        after = None if position is None else Mark.read(position)
        search = search_of(query, plans, tenant)
        if not search.sorted_by_sql:
            raise TooMany(
                "There are no cursors for this sort order: sort by an attribute with one value.", rule="RFC 9865 §2"
            )
        kept: list[tuple[Sequence[Any], Stored]] = []
        scanned = 0
        while len(kept) <= query.count:
            limit = query.count + 1 - len(kept) if search.exact else _BATCH
            rows = await self._behind(session, search, after, limit)
            found = await self._complete(
                session, tenant, [(search.legs[row[1]].plan, row[4]) for row in rows], _seen(search, query)
            )
            kept += [
                (row, stored) for row, stored in zip(rows, found, strict=True) if _meets(search.legs[row[1]], stored)
            ]
            scanned += len(rows)
            if not search.exact and scanned > self.max_scanned:
                raise _too_many(self.max_scanned)
            if len(rows) < limit:
                break
            after = mark_of(rows[-1])
        page = [stored for _, stored in kept[: query.count]]
        goes_on = len(kept) > query.count > 0
        following = mark_of(kept[query.count - 1][0]).written() if goes_on else None
        return CursorPage(await self._trimmed(page, search, query), following)

    async def members(
        self, session: Session, tenant: str, resource_type: ResourceType, id: str, values: Collection[str]
    ) -> Sequence[Document]:
        """Return those of the values that are members."""
        plan = await self.plan(session, resource_type)
        found: list[Document] = []
        for some in chunks(dict.fromkeys(map(_text, values))):
            parameters = {"tenant": tenant, "type": plan.resource_type.name, "id": _text(id), "values": some}
            found += [member_of(*row) for row in await session.select(sql.SOME_MEMBERS, parameters)]
        return found

    async def memberships(
        self, session: Session, tenant: str, ids: Collection[str]
    ) -> Mapping[str, Sequence[Document]]:
        """Return the groups of each id."""
        found: dict[str, list[Document]] = {id: [] for id in ids}
        for some in chunks(dict.fromkeys(fold(_text(id)) for id in ids)):
            if len(some) == 1:
                rows = await session.rows(sql.MEMBERSHIPS_OF_ONE, {"tenant": tenant, "value": some[0]})
            else:
                rows = await session.select(sql.MEMBERSHIPS, {"tenant": tenant, "values": some})
            for value, _, group, display in sorted(rows, key=lambda row: (row[1], row[2])):
                if value in found and all(each["value"] != group for each in found[value]):
                    found[value].append({"value": group} if display is None else {"value": group, "display": display})
        return {id: groups for id, groups in found.items() if groups}

    async def _look_up(
        self, session: Session, tenant: str, plans: Sequence[Plan], query: Query
    ) -> Sequence[str] | None:
        """Answer what identity providers ask most: an attribute that is indexed is equal to a text, and perhaps more.

        Returns:
            The documents in the order of creation; None if this is another query, or there are too many.
        """
        if query.filter is None or query.sort_by is not None or len(plans) != 1 or query.count < 1:
            return None
        node = query.filter.bound[plans[0].resource_type].node
        found = next((each for each in lookups(node, plans[0]) if each.column in _LOOKUPS), None)
        alone = isinstance(node, BoundComparison)
        # What stands in other rows is not in these documents.
        if found is None or not (alone or _is_about_documents(query, plans[0])):
            return None
        parameters = {"tenant": tenant, "type": plans[0].resource_type.name, "value": _text(found.value), "most": _FEW}
        if found.path:
            parameters["path"] = found.path
        rows = await session.rows(_LOOKUPS[found.column], parameters)
        if len(rows) == _FEW:
            return None
        bodies = [row[2] for row in sorted(rows, key=_placed)]
        if alone:
            return bodies
        matches = predicate(node)
        return [body for body in bodies if matches(read_json(body))]

    async def _behind(
        self, session: Session, search: Search, after: Mark | None, limit: int
    ) -> Sequence[Sequence[Any]]:
        """Return the next rows behind a mark, from as many phases as it takes."""
        rows: list[Sequence[Any]] = []
        for valued in search.phases(after):
            rows += await session.select(search.select(limit=limit - len(rows), after=after, valued=valued))
            if len(rows) == limit:
                break
            after = None
        return rows

    async def _scan(self, session: Session, tenant: str, search: Search, query: Query) -> list[Stored]:
        """Read what SQL lets through, ask the rest of each document, and sort if SQL cannot."""
        found: list[tuple[ResourceType, Stored]] = []
        after: Mark | None = None
        in_order = search if search.sorted_by_sql else search_without_order(search)
        scanned = 0
        while True:
            rows = await self._behind(session, in_order, after, _BATCH)
            scanned += len(rows)
            legs = [search.legs[row[1]] for row in rows]
            stored = await self._complete(
                session,
                tenant,
                [(leg.plan, row[4]) for leg, row in zip(legs, rows, strict=True)],
                _seen(search, query),
            )
            found += [
                (leg.plan.resource_type, each) for leg, each in zip(legs, stored, strict=True) if _meets(leg, each)
            ]
            if scanned > self.max_scanned:
                raise _too_many(self.max_scanned)
            if len(rows) < _BATCH:
                break
            after = mark_of(rows[-1])
        if query.sort_by is not None and not search.sorted_by_sql:
            types = [leg.plan.resource_type for leg in search.legs]
            keys = dict(zip(types, sort_keys(query.sort_by, types), strict=True))
            found = ordered(found, lambda each: keys[each[0]](each[1].document), descending=query.descending)
        return [stored for _, stored in found]

    async def _trimmed(self, page: list[Stored], search: Search, query: Query) -> Sequence[Stored]:
        """Leave members out again that were read for a filter only."""
        plans = {leg.plan.resource_type.schema.id: leg.plan for leg in search.legs}
        if _seen(search, query) == query.selection:
            return page
        trimmed = []
        for stored in page:
            plan = next(plans[urn] for urn in stored.document["schemas"] if urn in plans)
            wanted = not plan.has_members or plan.reads_members(query.selection)
            trimmed.append(stored if wanted else _without_members(stored))
        return trimmed

    async def _complete(
        self, session: Session, tenant: str, rows: Sequence[tuple[Plan, str]], selection: Selection
    ) -> list[Stored]:
        """Read resources out of their rows, with their members where the selection has them."""
        if not any(plan.has_members for plan, _ in rows):
            return [stored_of(body) for _, body in rows]
        stored = [
            _without_members(stored_of(body)) if not plan.reads_members(selection) else stored_of(body)
            for plan, body in rows
        ]
        wanted: dict[str, list[str]] = {}
        for (plan, _), each in zip(rows, stored, strict=True):
            if plan.reads_members(selection):
                wanted.setdefault(plan.resource_type.name, []).append(each.id)
        members: dict[tuple[str, str], list[Document]] = {}
        for type, ids in wanted.items():
            for some in chunks(ids):
                parameters = {"tenant": tenant, "type": type, "ids": some}
                for id, *columns in await session.select(sql.MEMBERS_OF_MANY, parameters):
                    members.setdefault((type, id), []).append(member_of(*columns))
        return [
            _with_members(each, members.get((plan.resource_type.name, each.id)))
            for (plan, _), each in zip(rows, stored, strict=True)
        ]


_LOOKUPS: dict[str, Prepared] = {
    "id": sql.BY_ID_ALONE,
    "name": sql.BY_NAME,
    "external_id": sql.BY_EXTERNAL_ID,
    "value": sql.BY_VALUE,
}


def _is_about_documents(query: Query, plan: Plan) -> bool:
    """Tell whether a filter asks for nothing that is kept in other rows."""
    find = plan.resource_type.find
    names = [find(str(path)) for path in query.filter.attributes()] if query.filter else []
    return not any(found is not None and found.keys[0] in ("members", "groups") for found in names)


def _placed(row: Sequence[Any]) -> tuple[Any, Any]:
    return row[0], row[1]


def search_without_order(search: Search) -> Search:
    """The same search in the order of creation."""
    return Search(tuple(leg._replace(key=None) for leg in search.legs), search.descending, True)


def _seen(search: Search, query: Query) -> Selection:
    """What has to be read of each: all, where documents are asked."""
    return query.selection if all(leg.residual is None for leg in search.legs) else DEFAULT_SELECTION


def _meets(leg: Any, stored: Stored) -> bool:  # noqa: ANN401
    return leg.residual is None or leg.residual(stored.document)


def _too_many(most: int) -> TooMany:
    return TooMany(
        f"The filter or the sort order asks more than the database can answer, and would read more than {most} "
        "resources: add a condition on userName, externalId or another indexed attribute.",
        rule="RFC 7644 §3.4.2.2",
    )


def _with_members(stored: Stored, members: list[Document] | None) -> Stored:
    if members is None:
        return stored
    document = {**stored.document, "members": [*members, *stored.document.get("members", ())]}
    return Stored(stored.id, stored.version, stored.created, stored.last_modified, document)


def _without_members(stored: Stored) -> Stored:
    if "members" not in stored.document:
        return stored
    document = {name: value for name, value in stored.document.items() if name != "members"}
    return Stored(stored.id, stored.version, stored.created, stored.last_modified, document)


def _text(id: str) -> str:
    """Return a text that every database takes; what is none is found nowhere."""
    return id.replace("\0", "�").encode("utf-8", "replace").decode()


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Cut values into lists that one statement can take."""
    iterator = iter(values)
    while some := list(islice(iterator, _CHUNK)):
        yield some
