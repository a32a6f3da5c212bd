"""The tables' making, and what resources are found by: both are the database's, and all processes follow it."""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Executable, bindparam, insert, select, update
from sqlalchemy import text as _text
from sqlalchemy.schema import CreateIndex, CreateTable

from scimcore.documents import Document
from scimcore.errors import Uniqueness
from scimcore.sql import statements as sql
from scimcore.sql.failures import UniqueViolation
from scimcore.sql.plan import Key, Plan, Role
from scimcore.sql.rows import read_json
from scimcore.sql.sessions import Session, atomic
from scimcore.sql.tables import INDEXES, RESOURCES, SCHEMA, JsonOut, metadata

_BATCH = 500
# Any number that others do not use: who holds it may change the schema.
_ADVISORY_LOCK = 0x5C1_3C0_4E


class SchemaError(Exception):
    """The database's tables are not those that this version of the library works with."""


class Migration(NamedTuple):
    """One step of the schema.

    Attributes:
        version: That the schema has afterwards; each step's is one more than the step's before.
        title: What it does, for people.
        statements: What to execute; they all happen or none.
    """

    version: int
    title: str
    statements: Callable[[Dialect], Sequence[Executable | str]]


def _first_tables(dialect: Dialect) -> Sequence[Executable | str]:
    tables = metadata.sorted_tables
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda each: str(each.name))]
    return [*map(CreateTable, tables), *map(CreateIndex, indexes)]


MIGRATIONS: tuple[Migration, ...] = (Migration(1, "resources, values, members", _first_tables),)


async def version_of(session: Session) -> int:
    """Return the version of the schema; 0 where there are no tables of ours."""
    if session.dialect.name == "sqlite":
        there = await session.select(_text("SELECT 1 FROM sqlite_master WHERE name = 'scimcore_schema'"))
    else:
        there = await session.select(_text("SELECT 1 WHERE to_regclass('scimcore_schema') IS NOT NULL"))
    if not there:
        return 0
    found = await session.select(select(SCHEMA.c.version).order_by(SCHEMA.c.version.desc()).limit(1))
    return int(found[0][0]) if found else 0


async def migrate(session: Session, migrations: Sequence[Migration] = MIGRATIONS) -> list[Migration]:
    """Bring the schema to the newest version. Several processes may try at once.

    Returns:
        The steps that were made.

    Raises:
        SchemaError: If the database is of a newer version of the library.
    """
    newest = migrations[-1].version
    made: list[Migration] = []
    async with atomic(session):
        if session.dialect.name != "sqlite":
            await session.select(_text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        version = await version_of(session)
        if version > newest:
            raise _newer(version, newest)
        for migration in migrations:
            if migration.version > version:
                for statement in migration.statements(session.dialect):
                    await session.execute(statement)
                await session.execute(insert(SCHEMA).values(version=migration.version))
                made.append(migration)
    return made


async def require_version(session: Session, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Check that the schema is the newest.

    Raises:
        SchemaError: If it is not.
    """
    version, newest = await version_of(session), migrations[-1].version
    if version > newest:
        raise _newer(version, newest)
    if version < newest:
        raise SchemaError(
            f"the database has version {version} of the schema, this library works with {newest}: "
            "run python -m scimcore storage migrate URL"
        )


async def declare(session: Session, plan: Plan) -> None:
    """Agree with the database on what resources of a type are found by.

    What the database keeps beside what the plan has is taken up by the plan: what is written has to be found by those
    who look there. What the plan has beside is made for the resources that are there.

    Raises:
        Uniqueness: If some of them share what has to be unique.
    """
    type = plan.resource_type.name
    if not _missing(plan, await _adopted(session, plan)):
        return
    async with atomic(session):
        if session.dialect.name != "sqlite":
            await session.select(_text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        for key in _missing(plan, await _adopted(session, plan)):
            await session.write(sql.DELETE_INDEX, {"type": type, "path": key.path})
            await session.write(sql.DELETE_INDEXED, {"type": type, "path": key.path})
            await session.execute(
                insert(INDEXES).values(
                    type=type, path=key.path, keys=json.dumps(key.keys), exact=key.exact, role=str(key.role)
                )
            )
            try:
                await _fill(session, type, key)
            except UniqueViolation:
                raise _shared(type, key) from None


async def keys_of(session: Session) -> dict[str, list[Key]]:
    """Return what the database keeps of each type to find resources by."""
    kept: dict[str, list[Key]] = {}
    for type, path, keys, exact, role in await session.select(select(INDEXES)):
        kept.setdefault(type, []).append(Key(path, tuple(json.loads(keys)), exact, Role(role)))
    return kept


async def refill(session: Session) -> None:
    """Make all indexes anew from the documents."""
    async with atomic(session):
        for type, keys in (await keys_of(session)).items():
            for key in keys:
                await session.write(sql.DELETE_INDEXED, {"type": type, "path": key.path})
                await _fill(session, type, key)


async def _adopted(session: Session, plan: Plan) -> dict[str, Key]:
    known = {key.path for key in plan.keys}
    kept = {key.path: key for key in (await keys_of(session)).get(plan.resource_type.name, ())}
    others = [key for path, key in kept.items() if path not in known]
    plan.adopt([key for key in others if key.role is not Role.NAME])
    if plan.name is None:
        plan.name = next((key for key in others if key.role is Role.NAME), None)
    return kept


def _missing(plan: Plan, kept: dict[str, Key]) -> list[Key]:
    return [key for key in plan.keys if kept.get(key.path) != key]


async def _fill(session: Session, type: str, key: Key) -> None:
    """Make an index of the resources that are there."""
    after: tuple[str, str] | None = None
    while True:
        rows = await session.select(_documents(type, after))
        for tenant, id, body in rows:
            await _enter(session, tenant, type, id, key, read_json(body))
        if len(rows) < _BATCH:
            return
        after = rows[-1][0], rows[-1][1]


async def _enter(session: Session, tenant: str, type: str, id: str, key: Key, document: Document) -> None:
    values = list(key.values(document))
    if key.role is Role.NAME:
        await session.execute(
            _SET_NAME, {"a_tenant": tenant, "a_type": type, "an_id": id, "a_name": values[0] if values else None}
        )
        return
    unique = key.role is Role.UNIQUE
    for value in values:
        row = {"tenant": tenant, "type": type, "path": key.path, "value": value, "id": id, "is_unique": unique}
        if not await session.write(sql.INSERT_VALUE, row) and unique:
            raise _shared(type, key)


_r = RESOURCES.c
_SET_NAME = (
    update(RESOURCES)
    .where(_r.tenant == bindparam("a_tenant"), _r.type == bindparam("a_type"), _r.id == bindparam("an_id"))
    .values(name=bindparam("a_name"))
)


def _documents(type: str, after: tuple[str, str] | None) -> Any:  # noqa: ANN401
    from_here = select(_r.tenant, _r.id, JsonOut(_r.document)).where(_r.type == type)
    if after is not None:
        tenant, id = after
        from_here = from_here.where((_r.tenant > tenant) | ((_r.tenant == tenant) & (_r.id > id)))
    return from_here.order_by(_r.tenant, _r.id).limit(_BATCH)


def _shared(type: str, key: Key) -> Uniqueness:
    return Uniqueness(
        f"'{key.path}' shall be unique, but several resources of type {type} share a value of it.", path=key.path
    )


def _newer(version: int, newest: int) -> SchemaError:
    return SchemaError(
        f"the database has version {version} of the schema, this library knows {newest} at most: update the library"
    )
