"""The statements that every request is made of: built once, compiled once for each database.

Going through SQLAlchemy's execution costs several times what these statements cost the database; a prepared one goes to
the driver as text and parameters. What depends on a filter is built in ``searching`` and executed by SQLAlchemy.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    Dialect,
    Executable,
    Select,
    String,
    bindparam,
    select,
)
from sqlalchemy import delete as delete_from
from sqlalchemy import update as update_of
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.schema import Table
from sqlalchemy.types import TypeEngine

from scimcore.sql.groups import groups_of
from scimcore.sql.json_functions import JsonText
from scimcore.sql.plan import json_place
from scimcore.sql.tables import INDEXES, MEMBERS, RESOURCES, VALUES, JsonIn, JsonOut

T = TypeVar("T")
Parameters: TypeAlias = Mapping[str, Any]
_INSERTS: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Prepared:
    """A statement whose text is always the same.

    Its parameters are texts, numbers and booleans as the driver takes them: no type of SQLAlchemy changes them.
    """

    def __init__(self, build: Callable[[str], Executable]) -> None:
        """Keep how to build the statement, given a database's name."""
        self._build = build
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None, dict[str, Any]]] = {}

    def on(self, dialect: Dialect, parameters: Parameters) -> tuple[str, Any]:
        """Return the text for a database, and the parameters as its driver takes them: in order, or by their names."""
        sql, order, constants = self._on(dialect)
        if order is None:
            return sql, {**constants, **parameters} if constants else parameters
        if constants:
            parameters = {**constants, **parameters}
        return sql, tuple([parameters[name] for name in order])

    def on_each(self, dialect: Dialect, parameters: Sequence[Parameters]) -> tuple[str, list[Any]]:
        """The same for many sets of parameters."""
        return self._on(dialect)[0], [self.on(dialect, each)[1] for each in parameters]

    def _on(self, dialect: Dialect) -> tuple[str, tuple[str, ...] | None, dict[str, Any]]:
        made = self._compiled.get(dialect.name)
        if made is None:
            statement: Any = self._build(dialect.name)
            compiled = statement.compile(dialect=dialect)
            order = compiled.positiontup
            # SQLite writes "OFFSET 0" behind a limit, as a parameter.
            constants = {name: value for name, value in compiled.params.items() if value is not None}
            made = compiled.string, None if order is None else tuple(order), constants
            self._compiled[dialect.name] = made
        return made


def _p(name: str, kind: TypeEngine[Any] | None = None) -> Any:  # noqa: ANN401 - as SQLAlchemy types it
    return bindparam(name, type_=kind or String())


def _always(statement: Executable) -> Prepared:
    return Prepared(lambda _: statement)


_r, _v, _m = RESOURCES.c, VALUES.c, MEMBERS.c
_OF_TYPE: tuple[ColumnElement[bool], ...] = (_r.tenant == _p("tenant"), _r.type == _p("type"))
_BY_ID = (*_OF_TYPE, _r.id == _p("id"))
_UNCHANGED = (*_BY_ID, _r.version == _p("before"))
_DOCUMENT = select(JsonOut(_r.document))
# A user's groups are part of the row: to ask once more would cost more than the user.
_GROUPS = groups_of(_p("tenant"), _r.id)

FETCH = _always(_DOCUMENT.where(*_BY_ID))
FETCH_WITH_GROUPS = _always(_DOCUMENT.add_columns(_GROUPS).where(*_BY_ID))
FETCH_LOCKED = _always(_DOCUMENT.where(*_BY_ID).with_for_update())
VERSION = _always(select(_r.version).where(*_BY_ID))
# Without ORDER BY: it would tempt a database to walk all resources in their order until some are found.
_PLACED = select(_r.position, _r.id, JsonOut(_r.document))
_PLACED_WITH_GROUPS = _PLACED.add_columns(_GROUPS)
_FEW = _p("most", BigInteger())
_OF_VALUE = VALUES.join(RESOURCES, (_r.tenant == _v.tenant) & (_r.type == _v.type) & (_r.id == _v.id))
_BY_VALUE = (_v.tenant == _p("tenant"), _v.type == _p("type"), _v.path == _p("path"), _v.value == _p("value"))


def _lookups(rows: Select[Any]) -> Mapping[str, Prepared]:
    by_column = {"id": _r.id, "name": _r.name, "external_id": _r.external_id}
    found = {
        name: _always(rows.where(*_OF_TYPE, column == _p("value")).limit(_FEW)) for name, column in by_column.items()
    }
    return {**found, "value": _always(rows.select_from(_OF_VALUE).where(*_BY_VALUE).limit(_FEW))}


# By the column of a look-up: position, id and document of each, and with groups those, too.
LOOKUPS = _lookups(_PLACED)
LOOKUPS_WITH_GROUPS = _lookups(_PLACED_WITH_GROUPS)


def _insert_resource(dialect: str) -> Executable:
    values = {
        "position": _p("position", BigInteger()),
        "created": _p("created", DateTime(timezone=True)),
        "last_modified": _p("last_modified", DateTime(timezone=True)),
        "document": JsonIn(_p("document")),
        "compared": JsonIn(_p("compared")),
        **{name: _p(name) for name in ("tenant", "type", "id", "version", "name", "external_id")},
    }
    statement: Executable = _INSERTS[dialect](RESOURCES).values(values).on_conflict_do_nothing()
    return statement


def _insert_value(dialect: str) -> Executable:
    values = {name: _p(name) for name in ("tenant", "type", "path", "value", "id")}
    statement: Executable = (
        _INSERTS[dialect](VALUES).values({**values, "is_unique": _p("is_unique", Boolean())}).on_conflict_do_nothing()
    )
    return statement


def _insert_member(dialect: str) -> Executable:
    values = {name: _p(name) for name in ("tenant", "type", "id", "value", "folded", "kind", "display")}
    statement: Executable = _INSERTS[dialect](MEMBERS).values(
        {**values, "ordinal": _p("ordinal", BigInteger()), "element": JsonIn(_p("element"))}
    )
    return statement


# A conflict writes nothing instead of failing: on PostgreSQL, a statement that fails takes its transaction with it.
INSERT_RESOURCE = Prepared(_insert_resource)
INSERT_VALUE = Prepared(_insert_value)
INSERT_MEMBER = Prepared(_insert_member)
UPDATE_RESOURCE = _always(
    update_of(RESOURCES)
    .where(*_UNCHANGED)
    .values(
        version=_p("new_version"),
        created=_p("new_created", DateTime(timezone=True)),
        last_modified=_p("new_last_modified", DateTime(timezone=True)),
        name=_p("new_name"),
        external_id=_p("new_external_id"),
        document=JsonIn(_p("new_document")),
        compared=JsonIn(_p("new_compared")),
    )
)
UPDATED = ("version", "created", "last_modified", "name", "external_id", "document", "compared")
DELETE_RESOURCE = _always(delete_from(RESOURCES).where(*_UNCHANGED))

_VALUES_OF = (_v.tenant == _p("tenant"), _v.type == _p("type"), _v.id == _p("id"))
SELECT_VALUES = _always(select(_v.path, _v.value).where(*_VALUES_OF))
DELETE_VALUES = _always(delete_from(VALUES).where(*_VALUES_OF))
DELETE_VALUE = _always(delete_from(VALUES).where(*_VALUES_OF, _v.path == _p("path"), _v.value == _p("value")))
TAKEN_NAME = _always(select(_r.id).where(*_OF_TYPE, _r.name == _p("value"), _r.id != _p("id")))

_MEMBERS_OF = (_m.tenant == _p("tenant"), _m.type == _p("type"), _m.id == _p("id"))
_ELEMENT = (_m.value, _m.kind, _m.display, JsonOut(_m.element))
SELECT_MEMBERS = _always(select(*_ELEMENT).where(*_MEMBERS_OF).order_by(_m.ordinal))
DELETE_MEMBERS = _always(delete_from(MEMBERS).where(*_MEMBERS_OF))
DELETE_MEMBER = _always(delete_from(MEMBERS).where(*_MEMBERS_OF, _m.value == _p("value")))
UPDATE_MEMBER = _always(
    update_of(MEMBERS)
    .where(*_MEMBERS_OF, _m.value == _p("value"))
    .values(kind=_p("new_kind"), display=_p("new_display"), element=JsonIn(_p("new_element")))
)

# Lists of values are of different lengths: these go through SQLAlchemy.
SOME_MEMBERS = select(*_ELEMENT).where(*_MEMBERS_OF, _m.value.in_(bindparam("values", expanding=True)))
SOME_MEMBERS = SOME_MEMBERS.order_by(_m.ordinal)
MEMBERS_OF_MANY = (
    select(_m.id, *_ELEMENT)
    .where(_m.tenant == _p("tenant"), _m.type == _p("type"), _m.id.in_(bindparam("ids", expanding=True)))
    .order_by(_m.id, _m.ordinal)
)
DELETE_SOME_MEMBERS = delete_from(MEMBERS).where(*_MEMBERS_OF, _m.value.in_(bindparam("values", expanding=True)))
_MEMBERSHIPS = (
    select(_m.value, _r.position, _r.id, JsonText(_r.document, *json_place("displayName")))
    .select_from(MEMBERS.join(RESOURCES, (_r.tenant == _m.tenant) & (_r.type == _m.type) & (_r.id == _m.id)))
    .where(_m.tenant == _p("tenant"))
)
MEMBERSHIPS = _MEMBERSHIPS.where(_m.folded.in_(bindparam("values", expanding=True)))
MEMBERSHIPS_OF_ONE = _always(_MEMBERSHIPS.where(_m.folded == _p("value")))
FETCH_MANY = select(_r.type, JsonOut(_r.document)).where(
    _r.tenant == _p("tenant"),
    _r.type.in_(bindparam("types", expanding=True)),
    _r.id.in_(bindparam("ids", expanding=True)),
)
FETCH_MANY_WITH_GROUPS = FETCH_MANY.add_columns(_GROUPS)
SELECT_INDEXES = _always(select(INDEXES.c.path, INDEXES.c.role).where(INDEXES.c.type == _p("type")))
DELETE_INDEX = _always(delete_from(INDEXES).where(INDEXES.c.type == _p("type"), INDEXES.c.path == _p("path")))
DELETE_INDEXED = _always(delete_from(VALUES).where(_v.type == _p("type"), _v.path == _p("path")))

# Values in one IN list.
_CHUNK = 500


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Cut values into lists that one statement can take."""
    iterator = iter(values)
    while some := list(islice(iterator, _CHUNK)):
        yield some
