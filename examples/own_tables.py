"""A host with tables of its own becomes a SCIM provider; its own columns answer filters and sort orders.

    python examples/own_tables.py    # http://127.0.0.1:8000/scim/v2/Users, kept in own_tables.sqlite

``people`` and ``teams`` are what the host has anyway. Only ``login_folded`` and ``name_folded`` are there for SCIM:
they hold ``fold(...)`` of the column beside them, so that the database compares as SCIM does.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any

import sqlalchemy as sa
import uvicorn
from sqlalchemy.exc import IntegrityError

from scimcore import Group, Provider, Query, Stored, User
from scimcore.asgi import ScimApp, bearer_tokens
from scimcore.errors import NotFound, Uniqueness, Unsupported, VersionMismatch
from scimcore.ordering import ordered, sort_key
from scimcore.sql import ABSENT, Constant, Elements, Related, Text, Where, fold
from scimcore.storage import Page

# What the host has -------------------------------------------------------------------------------------------------

tables = sa.MetaData()


def table(name: str, *columns: sa.Column[Any]) -> sa.Table:
    common = [sa.Column("version", sa.Integer), sa.Column("made", sa.DateTime), sa.Column("changed", sa.DateTime)]
    return sa.Table(name, tables, sa.Column("id", sa.String, primary_key=True), *columns, *common)


people = table(
    "people",
    sa.Column("login", sa.String, nullable=False),
    sa.Column("login_folded", sa.String, nullable=False, unique=True),
    *(sa.Column(name, sa.String) for name in ("first", "last", "mail", "external")),
    sa.Column("active", sa.Boolean),
)
teams = table("teams", sa.Column("name", sa.String), sa.Column("name_folded", sa.String, unique=True))
in_team = sa.Table(
    "in_team",
    tables,
    sa.Column("team", sa.ForeignKey(teams.c.id), primary_key=True),
    sa.Column("person", sa.ForeignKey(people.c.id), primary_key=True),
)

# Where SCIM finds it -----------------------------------------------------------------------------------------------

USERS, GROUPS = User.resource_type(), Group.resource_type()
TABLES = {USERS: people, GROUPS: teams}
WHERE = {
    USERS: Where(
        USERS,
        {
            "id": Text(people.c.id, ascii=True),
            "userName": Text(people.c.login, folded=people.c.login_folded),
            "externalId": people.c.external,
            "name.givenName": people.c.first,
            "name.familyName": people.c.last,
            "active": people.c.active,
            "emails": Elements([{"value": people.c.mail, "type": Constant("work")}]),
            "meta.created": people.c.made,
            "meta.lastModified": people.c.changed,
        },
        rest=ABSENT,
    ),
    GROUPS: Where(
        GROUPS,
        {
            "id": Text(teams.c.id, ascii=True),
            "displayName": Text(teams.c.name, folded=teams.c.name_folded),
            "members": Related(in_team, {"value": Text(in_team.c.person, ascii=True)}, on=in_team.c.team == teams.c.id),
        },
        rest=ABSENT,
    ),
}


def row_of(kind: Any, document: Any) -> dict[str, Any]:
    if kind is GROUPS:
        return {"name": document["displayName"], "name_folded": fold(document["displayName"])}
    return {
        "login": document["userName"],
        "login_folded": fold(document["userName"]),
        "first": document.get("name", {}).get("givenName"),
        "last": document.get("name", {}).get("familyName"),
        "mail": next((email.get("value") for email in document.get("emails", ())), None),
        "active": document.get("active"),
        "external": document.get("externalId"),
    }


def values_of(kind: Any, document: Any) -> dict[str, Any]:
    stored = Stored.of(document)
    times = {"made": stored.created.replace(tzinfo=None), "changed": stored.last_modified.replace(tzinfo=None)}
    return row_of(kind, document) | times | {"id": stored.id}


def document_of(kind: Any, row: Any, members: list[str]) -> dict[str, Any]:
    if kind is GROUPS:
        document = {"displayName": row.name, "members": [{"value": each} for each in members]}
    else:
        name = {"givenName": row.first, "familyName": row.last}
        document = {
            "userName": row.login,
            "externalId": row.external,
            "name": {part: text for part, text in name.items() if text is not None},
            "active": row.active,
            "emails": [{"value": row.mail, "type": "work"}] if row.mail is not None else [],
        }
    left = {name: value for name, value in document.items() if value not in (None, [], {})}
    return {"schemas": [kind.schema.id], "id": row.id, **left}


class OwnTables:
    """The required core of ``scimcore.storage.Storage``, and nothing more."""

    def __init__(self, engine: sa.Engine, connection: sa.Connection | None = None) -> None:
        self.engine, self.connection = engine, connection

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        if self.connection is not None:
            with self.connection.begin_nested():
                yield self
        else:
            with self.engine.begin() as connection:
                yield OwnTables(self.engine, connection)

    def fetch(self, kind: Any, id: str, selection: Any = None, /) -> Stored:
        with self.transaction() as inside:
            for row in inside.connection.execute(sa.select(TABLES[kind]).where(TABLES[kind].c.id == id)):
                return inside._stored(kind, row)
        raise NotFound(f"There is no {kind.name} with this id.")

    def search(self, query: Query, /) -> Page:
        if len(query.resource_types) > 1:
            raise Unsupported("People and teams are searched one after the other.")
        [kind] = query.resource_types
        where, found, residual = WHERE[kind], sa.select(TABLES[kind]), None
        if query.filter is not None:
            # What these columns cannot say for sure, of text that is not ASCII, is asked of the documents. The same
            # holds for sorting. Give a column a folded one beside it, and the database does it.
            condition, residual = where.split(query.filter)
            found = found if condition is None else found.where(condition)
        order = where.order_by(query.sort_by, descending=query.descending) if query.sort_by else ()
        found = found.order_by(*order, TABLES[kind].c.id)
        first, last = query.start_index - 1, query.start_index - 1 + query.count
        with self.transaction() as inside:
            if residual is not None or (query.sort_by and not order):
                every = [inside._stored(kind, row) for row in inside.connection.execute(found).all()]
                matching = [each for each in every if residual is None or residual(each.document)]
                if query.sort_by and not order:
                    key = sort_key(query.sort_by, kind)
                    matching = ordered(matching, lambda each: key(each.document), descending=query.descending)
                return Page(matching[first:last], len(matching))
            total = inside.connection.scalar(sa.select(sa.func.count()).select_from(found.subquery()))
            rows = inside.connection.execute(found.offset(first).limit(query.count)).all()
            return Page([inside._stored(kind, row) for row in rows], total)

    def insert(self, kind: Any, document: Any, /) -> Stored:
        with self.transaction() as inside:
            inside._write(sa.insert(TABLES[kind]).values(version=1, **values_of(kind, document)))
            return inside._join(kind, document)

    def update(self, kind: Any, before: Stored, document: Any, changes: Any, /) -> Stored:
        with self.transaction() as inside:
            values = values_of(kind, document) | {"version": int(before.version) + 1}
            inside._write(sa.update(TABLES[kind]).values(values), kind, before)
            return inside._join(kind, document)

    def delete(self, kind: Any, before: Stored, /) -> None:
        with self.transaction() as inside:
            side = in_team.c.person if kind is USERS else in_team.c.team
            inside.connection.execute(sa.delete(in_team).where(side == before.id))
            inside._write(sa.delete(TABLES[kind]), kind, before)

    def _write(self, statement: Any, kind: Any = None, before: Stored | None = None) -> Any:
        if before is not None:
            columns = TABLES[kind].c
            statement = statement.where(columns.id == before.id, columns.version == int(before.version))
        try:
            with self.connection.begin_nested():
                result = self.connection.execute(statement)
        except IntegrityError:
            raise Uniqueness("Another one has this name already.", rule="RFC 7643 §2.2") from None
        if before is not None and not result.rowcount:
            self.fetch(kind, before.id)
            raise VersionMismatch("The resource has changed since it was read.")
        return result

    def _join(self, kind: Any, document: Any) -> Stored:
        if kind is GROUPS:
            self.connection.execute(sa.delete(in_team).where(in_team.c.team == document["id"]))
            for person in {member["value"] for member in document.get("members", ())}:
                self.connection.execute(sa.insert(in_team).values(team=document["id"], person=person))
        return self.fetch(kind, document["id"])

    def _stored(self, kind: Any, row: Any) -> Stored:
        members: list[str] = []
        if kind is GROUPS:
            listed = sa.select(in_team.c.person).where(in_team.c.team == row.id).order_by(in_team.c.person)
            members = list(self.connection.scalars(listed))
        made, changed = row.made.replace(tzinfo=UTC), row.changed.replace(tzinfo=UTC)
        return Stored(str(row.id), str(row.version), made, changed, document_of(kind, row, members))


def connected(url: str) -> OwnTables:
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        # Python's sqlite3 begins transactions late, and SQLite has one writer: the lock is taken at the start.
        sa.event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    tables.create_all(engine)
    return OwnTables(engine)


def app_over(url: str, token: str = "s3cret") -> ScimApp:
    return ScimApp(Provider(), connected(url), authenticate=bearer_tokens({token: "okta"}), prefix="/scim/v2")


if __name__ == "__main__":
    app = app_over("sqlite:///own_tables.sqlite", os.environ.get("SCIM_TOKEN", "s3cret"))
    uvicorn.run(app, port=int(os.environ.get("PORT", "8000")))
