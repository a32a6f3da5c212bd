"""Looking after a database: what is in it, and whether its columns and rows say what its documents say."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select, text

from scimcore.documents import Document
from scimcore.filter.values import compose
from scimcore.sql.declaring import keys_of, version_of
from scimcore.sql.plan import Key, Role
from scimcore.sql.rows import read_json
from scimcore.sql.sessions import Session
from scimcore.sql.tables import INDEXES, MEMBERS, RESOURCES, VALUES, JsonOut

_BATCH = 500
_r, _v, _m = RESOURCES.c, VALUES.c, MEMBERS.c


class Count(NamedTuple):
    """How much there is of one type of one tenant."""

    tenant: str
    type: str
    resources: int
    members: int


class Statistics(NamedTuple):
    """What is in a database.

    Attributes:
        version: Of the schema; 0 if there are no tables.
        counts: By tenant and type.
        indexes: By type: what resources are found by, and in which way.
        size_bytes: Of the database with its indexes.
    """

    version: int
    counts: tuple[Count, ...] = ()
    indexes: tuple[tuple[str, str, str], ...] = ()
    size_bytes: int = 0


async def statistics(session: Session) -> Statistics:
    """Count what is in a database."""
    version = await version_of(session)
    if version == 0:
        return Statistics(0)
    members = {
        (tenant, type): count
        for tenant, type, count in await session.select(
            select(_m.tenant, _m.type, func.count()).group_by(_m.tenant, _m.type)
        )
    }
    resources = await session.select(
        select(_r.tenant, _r.type, func.count()).group_by(_r.tenant, _r.type).order_by(_r.tenant, _r.type)
    )
    counts = tuple(Count(tenant, type, count, members.get((tenant, type), 0)) for tenant, type, count in resources)
    indexes = await session.select(
        select(INDEXES.c.type, INDEXES.c.path, INDEXES.c.role).order_by(INDEXES.c.type, INDEXES.c.path)
    )
    size = _SQLITE_SIZE if session.dialect.name == "sqlite" else _POSTGRESQL_SIZE
    return Statistics(
        version,
        counts,
        tuple((type, path, role) for type, path, role in indexes),
        int((await session.select(text(size)))[0][0]),
    )


_SQLITE_SIZE = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
_POSTGRESQL_SIZE = (
    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'scimcore\\_%' "
    "AND pg_table_is_visible(oid)"
)


async def faults(session: Session) -> list[str]:
    """Look at every row. Each fault is a sentence that names a resource by type and id, and nothing of its content."""
    found: list[str] = []
    if session.dialect.name == "sqlite":
        problems = await session.select(text("PRAGMA integrity_check"))
        found += [f"SQLite: {problem}" for (problem,) in problems if problem != "ok"]
    keys = await keys_of(session)
    after: tuple[str, str, str] | None = None
    while True:
        rows = await session.select(_resources(after))
        for row in rows:
            found += _faults_of(row, keys.get(row[1], ()))
            found += await _faults_of_values(session, row, keys.get(row[1], ()))
        if len(rows) < _BATCH:
            break
        after = tuple(rows[-1][:3])
    for table, what in ((MEMBERS, "a member"), (VALUES, "an indexed value")):
        lost = await session.select(
            select(table.c.tenant, table.c.type, table.c.id)
            .where(
                ~select(literal(1))
                .where(_r.tenant == table.c.tenant, _r.type == table.c.type, _r.id == table.c.id)
                .exists()
            )
            .distinct()
        )
        found += [
            f"{_name(tenant, type, id)}: there is {what} of it, but not the resource" for tenant, type, id in lost
        ]
    return found


def _resources(after: tuple[str, str, str] | None) -> Any:  # noqa: ANN401
    statement = select(_r.tenant, _r.type, _r.id, _r.version, _r.name, _r.external_id, JsonOut(_r.document))
    if after is not None:
        tenant, type, id = after
        behind = (_r.tenant == tenant) & ((_r.type > type) | ((_r.type == type) & (_r.id > id)))
        statement = statement.where((_r.tenant > tenant) | behind)
    return statement.order_by(_r.tenant, _r.type, _r.id).limit(_BATCH)


def _faults_of(row: Sequence[Any], keys: Sequence[Key]) -> Iterator[str]:
    tenant, type, id, version, name, external_id, body = row
    document = read_json(body)
    where = _name(tenant, type, id)
    meta = document.get("meta", {})
    if document.get("id") != id:
        yield f"{where}: the document has another id"
    if meta.get("version") != f'W/"{version}"':
        yield f"{where}: the document has another version than its row"
    external = document.get("externalId")
    if external_id != (compose(external) if isinstance(external, str) else None):
        yield f"{where}: externalId is another one than in the document"
    for key in keys:
        if key.role is Role.NAME and name != next(iter(key.values(document)), None):
            yield f"{where}: {key.path} is another one than in the document"


async def _faults_of_values(session: Session, row: Sequence[Any], keys: Sequence[Key]) -> list[str]:
    tenant, type, id, *_, body = row
    others = [key for key in keys if key.role is not Role.NAME]
    if not others:
        return []
    document: Document = read_json(body)
    wanted = {(key.path, value) for key in others for value in key.values(document)}
    rows = await session.select(select(_v.path, _v.value).where(_v.tenant == tenant, _v.type == type, _v.id == id))
    paths = sorted({path for path, _ in wanted ^ {(path, value) for path, value in rows}})
    return [f"{_name(tenant, type, id)}: the index on {path} is not what the document says" for path in paths]


def _name(tenant: str, type: str, id: str) -> str:
    return f"{type} {id}" if not tenant else f"{type} {id} of tenant {tenant}"
