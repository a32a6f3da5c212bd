"""From a mark of a listing back: where the page before begins."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    false,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from scimcore.sql.searching import Leg, Mark, Search, as_key, mark_columns, mark_of
from scimcore.sql.sessions import Session
from scimcore.sql.tables import RESOURCES
from scimcore.storage import Position

BEGINNING: Position = (0,)
"""The position of the first page, for those who come back to it: nothing is in front of it."""

_r = RESOURCES.c


async def previous_page(session: Session, search: Search, first: Mark | None, count: int) -> Position | None:
    """Return where the page in front of another one begins.

    Args:
        session: Where to ask.
        search: What is listed.
        first: Behind which mark the other page begins; None for the first page.
        count: How many resources a page has.

    Returns:
        A position; None if there is no such page, or if it takes more than SQL to know what is on it.
    """
    if first is None or count < 1 or not search.exact:
        return None
    rows: list[Sequence[Any]] = []
    for statement in _statements(search, first):
        rows += await session.select(statement.limit(bindparam(None, count + 1 - len(rows), BigInteger())))
        if len(rows) > count:
            return mark_of(rows[count]).written()
    return BEGINNING if rows else None


def _statements(search: Search, mark: Mark) -> Iterator[Select[Any]]:
    """Yield statements for the marks up to a mark and with it, the nearest first.

    Each is one range of an index, as in ``Search.phases``; together they lead back to the beginning.
    """
    if search.legs[0].key is None:
        yield _back(search, mark, None)
        return
    order = (False, True) if search.descending else (True, False)
    last = order.index(mark.key is not None)
    yield _back(search, mark, order[last])
    if last:
        yield _back(search, None, order[0])


def _back(search: Search, mark: Mark | None, valued: bool | None) -> Select[Any]:
    selects = []
    for leg in search.legs:
        statement = select(*mark_columns(leg)).where(leg.condition)
        if valued is not None and leg.key is not None:
            statement = statement.where(leg.key.is_not(None) if valued else leg.key.is_(None))
        selects.append(statement if mark is None else statement.where(_up_to(search, leg, mark)))
    turned = Search(search.legs, not search.descending, sorted_by_sql=True)
    leg = search.legs[0]
    if len(selects) == 1:
        position = _r.position + 0 if leg.narrow else _r.position
        order = [] if leg.key is None else [turned.directed(leg.key)]
        return selects[0].order_by(*order, position.desc(), _r.id.desc())
    rows = union_all(*selects).subquery("scimcore_found")
    order = [] if leg.key is None else [turned.directed(rows.c.key)]
    return select(rows).order_by(*order, rows.c.rank.desc(), rows.c.position.desc(), rows.c.id.desc())


def _up_to(search: Search, leg: Leg, mark: Mark) -> ColumnElement[bool]:
    """What stands in front of a mark or at it, in the same phase."""
    if leg.rank > mark.rank:
        earlier: ColumnElement[bool] = false()
    elif leg.rank < mark.rank:
        earlier = literal(True)
    else:
        earlier = tuple_(_r.position, _r.id) <= tuple_(
            bindparam(None, mark.position, BigInteger()), bindparam(None, mark.id, _r.id.type)
        )
    if leg.key is None or mark.key is None:
        return earlier
    value = bindparam(None, as_key(mark.key, leg.key), leg.key.type)
    # The first condition follows from the second: it is there for an index.
    if search.descending:
        return and_(leg.key >= value, or_(leg.key > value, earlier))
    return and_(leg.key <= value, or_(leg.key < value, earlier))
