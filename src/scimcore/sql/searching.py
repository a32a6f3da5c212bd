"""From a ``Query`` to SQL: conditions, order, and the page that begins at a position.

A resource's place in a listing is its *mark*: the value that is sorted by, the rank of its type among those searched,
and its position and id, which never change. A page begins behind the mark of the last one's end, which an index finds
at the far end as fast as at the start.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    Numeric,
    Select,
    String,
    Text,
    UnaryExpression,
    and_,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.types import NullType

from scimcore.errors import InvalidCursor, TooMany
from scimcore.filter import Bound, predicate
from scimcore.filter.bound import BoundAnd, BoundComparison, BoundNode, BoundOr, BoundValuePath
from scimcore.ordering import sort_keys
from scimcore.sql.groups import groups_of
from scimcore.sql.looking_up import lookup, lookups, rows_of
from scimcore.sql.plan import Plan
from scimcore.sql.tables import RESOURCES, JsonOut
from scimcore.sql.where import Residual
from scimcore.storage import Position, Query

_r = RESOURCES.c


class Leg(NamedTuple):
    """What is searched of one resource type.

    Attributes:
        plan: Of the type.
        rank: Its place among the types of the query.
        condition: What rows have to meet.
        residual: What is still to be asked of their documents; None if nothing is.
        key: What to sort by; None for the order of creation.
        narrow: Whether an index finds the few rows that can match: they are sorted, and not found in order.
    """

    plan: Plan
    rank: int
    condition: ColumnElement[bool]
    residual: Residual | None
    key: ColumnElement[Any] | None
    narrow: bool = False


class Mark(NamedTuple):
    """Where a resource stands in a listing."""

    key: str | int | float | bool | None
    rank: int
    position: int
    id: str

    @classmethod
    def read(cls, position: Position) -> "Mark":
        """Read what ``written`` made.

        Raises:
            InvalidCursor: If it is something else.
        """
        match position:
            case (key, int() as rank, int() as place, str() as id) if 0 <= place < 2**63:
                return cls(key, rank, place, id)
            case _:
                raise foreign_cursor()

    def written(self) -> Position:
        """Return what JSON can carry."""
        return tuple(self)


@dataclass(frozen=True, slots=True)
class Search:
    """A query as SQL: ``select`` gives a page, ``count`` the total.

    Attributes:
        legs: Of each type that can have something.
        descending: Whether the order by the key is turned round.
        sorted_by_sql: Whether SQL can sort so.
    """

    legs: tuple[Leg, ...]
    descending: bool
    sorted_by_sql: bool

    @property
    def exact(self) -> bool:
        """Whether SQL answers all of it."""
        return self.sorted_by_sql and all(leg.residual is None for leg in self.legs)

    @property
    def unordered(self) -> "Search":
        """The same search in the order of creation."""
        return Search(tuple(leg._replace(key=None) for leg in self.legs), self.descending, True)

    def phases(self, after: Mark | None) -> tuple[bool | None, ...]:
        """Return the parts of the order from a mark on: those with a value (True), those without, or all as one (None).

        Each part is one range of an index; together they are none.
        """
        if self.legs[0].key is None:
            return (None,)
        order = (False, True) if self.descending else (True, False)
        return order if after is None else order[order.index(after.key is not None) :]

    def select(
        self,
        *,
        limit: int,
        offset: int = 0,
        after: Mark | None = None,
        valued: bool | None = None,
        groups_in: str | None = None,
    ) -> Select[Any]:
        """Build the statement for some resources: key, rank, position, id, document of each, in order.

        Args:
            limit: How many.
            offset: How many to leave out first.
            after: Behind which mark, in the same phase.
            valued: Of which phase; None for all.
            groups_in: In which tenant to find the groups of each, as one more column; None to leave them out.
        """
        selects = [self._select_of(leg, after, valued) for leg in self.legs]
        if len(selects) == 1:
            statement, leg = selects[0], self.legs[0]
            order = [] if leg.key is None else [self.directed(leg.key)]
            # A sum has no index: it would tempt a database to walk all resources in their order until some are found.
            position = _r.position + 0 if leg.narrow else _r.position
            statement = statement.order_by(*order, position, _r.id)
        else:
            rows = union_all(*selects).subquery("scimcore_found")
            keyed = self.legs[0].key is not None
            order = [self.directed(rows.c.key)] if keyed else []
            statement = select(rows).order_by(*order, rows.c.rank, rows.c.position, rows.c.id)
        if offset:
            statement = statement.offset(bindparam(None, offset, BigInteger()))
        statement = statement.limit(bindparam(None, limit, BigInteger()))
        return statement if groups_in is None else self._with_groups(statement, groups_in)

    def _with_groups(self, statement: Select[Any], tenant: str) -> Select[Any]:
        # Of the page alone: a database that has to sort would find them for all that it sorts.
        page = statement.subquery("scimcore_page")
        order = [] if self.legs[0].key is None else [self.directed(page.c.key)]
        groups = groups_of(bindparam(None, tenant, _r.tenant.type), page.c.id)
        return select(page, groups).order_by(*order, page.c.rank, page.c.position, page.c.id)

    def count(self) -> Select[Any]:
        """Build the statement for the total."""
        counts = [
            select(func.count()).select_from(RESOURCES).where(leg.condition).scalar_subquery() for leg in self.legs
        ]
        total: ColumnElement[Any] = counts[0]
        for each in counts[1:]:
            total = total + each
        return select(total)

    def _select_of(self, leg: Leg, after: Mark | None, valued: bool | None) -> Select[Any]:
        statement = select(*mark_columns(leg), JsonOut(_r.document).label("document")).where(leg.condition)
        if valued is not None and leg.key is not None:
            statement = statement.where(leg.key.is_not(None) if valued else leg.key.is_(None))
        return statement if after is None else statement.where(self._behind(leg, after))

    def directed(self, key: ColumnElement[Any]) -> ColumnElement[Any]:
        """Say how to order by a key."""
        # Those without a value come last, or first if descending (``ordering``).
        return key.desc().nulls_first() if self.descending else key.asc().nulls_last()

    def _behind(self, leg: Leg, mark: Mark) -> ColumnElement[bool]:
        """What stands behind a mark, in the same phase."""
        if leg.rank < mark.rank:
            later: ColumnElement[bool] = false()
        elif leg.rank > mark.rank:
            later = literal(True)
        else:
            later = tuple_(_r.position, _r.id) > tuple_(
                bindparam(None, mark.position, BigInteger()), bindparam(None, mark.id, _r.id.type)
            )
        if leg.key is None or mark.key is None:
            return later
        value = bindparam(None, as_key(mark.key, leg.key), leg.key.type)
        # The first condition follows from the second: it is there for an index.
        if self.descending:
            return and_(leg.key <= value, or_(leg.key < value, later))
        return and_(leg.key >= value, or_(leg.key > value, later))


def mark_columns(leg: Leg) -> list[ColumnElement[Any]]:
    """Return the columns that a mark is read from."""
    key = null() if leg.key is None else leg.key
    return [key.label("key"), literal_column(str(leg.rank), Integer()).label("rank"), _r.position, _r.id]


def search_of(query: Query, plans: Sequence[Plan], tenant: str) -> Search:
    """Turn a query into SQL.

    Raises:
        InvalidPath: If the types have no such attribute to sort by, as ``ordering.sort_key`` says.
    """
    keys, sorted_by_sql = _keys(query, plans)
    legs = [_leg(query, plan, rank, tenant)._replace(key=keys[rank]) for rank, plan in enumerate(plans)]
    return Search(tuple(legs), query.descending, sorted_by_sql)


def mark_of(row: Sequence[Any]) -> Mark:
    """Return where the resource of a row stands."""
    key, rank, position, id, *_ = row
    if isinstance(key, Decimal):
        key = int(key) if key == key.to_integral_value() else float(key)
    elif isinstance(key, datetime):
        key = key.isoformat()
    return Mark(key, rank, position, id)


def _leg(query: Query, plan: Plan, rank: int, tenant: str) -> Leg:
    of_type = and_(_r.tenant == tenant, _r.type == plan.resource_type.name)
    condition, residual, narrow = of_type, None, False
    if query.filter is not None:
        node = query.filter.bound[plan.resource_type].node
        answer = _answer(node, plan, tenant)
        if answer.condition is not None:
            condition = and_(of_type, answer.condition)
        if not answer.exact:
            residual = predicate(node)
        narrow = answer.narrow
    return Leg(plan, rank, condition, residual, None, narrow)


def _keys(query: Query, plans: Sequence[Plan]) -> tuple[list[ColumnElement[Any] | None], bool]:
    """Return what the rows of each type are sorted by, and whether SQL can."""
    if query.sort_by is None:
        return [None] * len(plans), True
    # It knows which names mean something, for one type or for several.
    sort_keys(query.sort_by, [plan.resource_type for plan in plans])
    keys = [_key(query.sort_by, plan) if _sorts(query.sort_by, plan) else None for plan in plans]
    missing = any(key is None and _sorts(query.sort_by, plan) for plan, key in zip(plans, keys, strict=True))
    kinds = {type(key.type): key.type for key in keys if key is not None}
    if missing or len(kinds) != 1:
        return keys, False
    # A type that has no such attribute stands with those that have no value.
    without = cast_to(null(), next(iter(kinds.values())))
    return [without if key is None else key for key in keys], True


def _sorts(sort_by: str, plan: Plan) -> bool:
    return (plan.resource_type.find(sort_by) or plan.resource_type.bare(sort_by)) is not None


def _key(sort_by: str, plan: Plan) -> ColumnElement[Any] | None:
    order = plan.where.order_by(sort_by)
    if not order:
        return None
    # Whether there is no value, and the value; NULLS LAST says the first by the second, and an index can serve it.
    value: ColumnElement[Any] = cast(UnaryExpression[Any], order[-1]).element
    name, found = plan.name, plan.resource_type.find(sort_by)
    if name is not None and found is not None and found.keys == name.keys:
        # As it stands in its index.
        return _r.name
    return type_coerce(value, Text()) if isinstance(value.type, NullType) else value


class _Answer(NamedTuple):
    """What SQL says of a filter.

    Attributes:
        condition: What rows have to meet; None where SQL says nothing.
        exact: Whether what meets it matches.
        narrow: Whether an index leads to what meets it.
    """

    condition: ColumnElement[bool] | None
    exact: bool
    narrow: bool = False


def _answer(node: BoundNode, plan: Plan, tenant: str, level: int = 1) -> _Answer:
    """Translate a filter; what is indexed becomes a look-up, wherever it stands in ``and`` and ``or``.

    Only the outermost levels, and not of a great many terms: ``Where`` knows how much SQL takes.
    """
    match node:
        case BoundAnd(terms) if len(terms) <= _MOST_LOOKUPS and level <= _MOST_LEVELS:
            answers = [_answer(term, plan, tenant, level + 1) for term in terms]
            known = [answer.condition for answer in answers if answer.condition is not None]
            exact, narrow = all(answer.exact for answer in answers), any(answer.narrow for answer in answers)
            return _Answer(and_(*known) if known else None, exact, narrow)
        case BoundOr(terms) if len(terms) <= _MOST_LOOKUPS and level <= _MOST_LEVELS:
            answers = [_answer(term, plan, tenant, level + 1) for term in terms]
            known = [answer.condition for answer in answers if answer.condition is not None]
            if len(known) < len(answers):
                return _Answer(None, False)
            exact, narrow = all(answer.exact for answer in answers), all(answer.narrow for answer in answers)
            return _Answer(or_(*known), exact, narrow)
        case BoundComparison() if (found := lookup(node, plan)) is not None:
            return _Answer(rows_of(found, tenant, plan), True, True)
        case BoundValuePath(_, condition):
            # Of an element with several conditions, what is indexed finds the resources, and SQL looks at them.
            found_by = list(lookups(node, plan))
            if found_by and isinstance(condition, BoundComparison):
                return _Answer(rows_of(found_by[0], tenant, plan), True, True)
            split = plan.where.split(Bound(node))
            known = [rows_of(found, tenant, plan) for found in found_by]
            known += [] if split.condition is None else [split.condition]
            return _Answer(and_(*known) if known else None, split.residual is None, bool(found_by))
        case _:
            split = plan.where.split(Bound(node))
            return _Answer(split.condition, split.residual is None)


_MOST_LOOKUPS, _MOST_LEVELS = 20, 2


def as_key(value: str | int | float | bool, key: ColumnElement[Any]) -> object:
    """Read a key of a mark as what it is compared with.

    Raises:
        InvalidCursor: If it is nothing of that type.
    """
    match key.type, value:
        case DateTime(), str():
            try:
                return datetime.fromisoformat(value)
            except ValueError:
                raise foreign_cursor() from None
        case (Boolean(), bool()) | (String(), str()):
            return value
        case ((Numeric() | Integer()), (int() | float())) if not isinstance(value, bool):
            return Decimal(repr(value))
        case _:
            raise foreign_cursor()


def foreign_cursor() -> InvalidCursor:
    """Say that a position is none of ours."""
    return InvalidCursor("The cursor is not one that this server made for this query.", rule="RFC 9865 §2.2")


def too_many(most: int) -> TooMany:
    """Say that SQL cannot answer without reading more documents than it may."""
    return TooMany(
        f"The filter or the sort order asks more than the database can answer, and would read more than {most} "
        "resources: add a condition on userName, externalId or another indexed attribute.",
        rule="RFC 7644 §3.4.2.2",
    )
