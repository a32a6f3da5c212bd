"""The booking service's own tables, and the six methods by which SCIM reads and writes them.

``people`` has the columns that the application works with: what ``CONDECO.to_record`` gives. The SCIM document beside
them keeps what was provisioned and is not mapped. Who is deleted stays as a row, so that old bookings still have a
name; SCIM does not find it any more, and the user name is free again.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from scimcore.documents import Document
from scimcore.errors import NotFound, Uniqueness, VersionMismatch
from scimcore.filter.ast import Operator
from scimcore.filter.bound import BoundComparison
from scimcore.filter.values import fold
from scimcore.ordering import ordered, sort_keys
from scimcore.profiles import CONDECO
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.storage import Changes, Page, Query, Stored

COLUMNS = CONDECO.fields
_FLAGS = ("accountActive", "accountDeleted")

# "group" is a word of SQL: the application's names are always quoted.
_PEOPLE = ",\n".join(f'  "{name}" {"INTEGER" if name in _FLAGS else "TEXT"}' for name in COLUMNS)
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS people (
  serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version TEXT NOT NULL, document TEXT NOT NULL,
  name_folded TEXT NOT NULL, external_id TEXT,
{_PEOPLE}
);
CREATE UNIQUE INDEX IF NOT EXISTS people_by_name ON people (name_folded) WHERE NOT "accountDeleted";
CREATE INDEX IF NOT EXISTS people_by_external_id ON people (external_id);
CREATE TABLE IF NOT EXISTS teams (
  serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version TEXT NOT NULL, document TEXT NOT NULL,
  name_folded TEXT NOT NULL UNIQUE, external_id TEXT
);
CREATE TABLE IF NOT EXISTS bookings (
  serial INTEGER PRIMARY KEY, person TEXT NOT NULL, room TEXT NOT NULL, hour INTEGER NOT NULL, UNIQUE (room, hour)
);
"""
# What looks a resource up without reading all of them; Okta asks for nothing else.
_INDEXED = {"userName": "name_folded", "displayName": "name_folded", "externalId": "external_id"}


class Booking:
    """The tables in one SQLite file. It may be used from several threads: they wait for each other."""

    def __init__(self, path: str = ":memory:") -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.row_factory = sqlite3.Row
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    # What SCIM needs --------------------------------------------------------------------------------------------------

    def fetch(self, resource_type: ResourceType, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        rows = self._select(
            f"SELECT document FROM {_table(resource_type)} WHERE id = ? AND {_there(resource_type)}", id
        )
        if not rows:
            raise NotFound(f"There is no {resource_type.name} with this id.")
        return Stored.of(json.loads(rows[0]["document"]))

    def search(self, query: Query, /) -> Page:
        matching = [
            [
                stored
                for stored in self._candidates(resource_type, query)
                if query.filter is None or query.filter.matches(stored.document)
            ]
            for resource_type in query.resource_types
        ]
        found = [stored for each in matching for stored in each]
        if query.sort_by is not None:
            by_type = zip(sort_keys(query.sort_by, query.resource_types), matching, strict=True)
            keys = [key(stored.document) for key, each in by_type for stored in each]
            pairs = ordered(zip(keys, found, strict=True), itemgetter(0), descending=query.descending)
            found = [stored for _, stored in pairs]
        first = query.start_index - 1
        return Page(found[first : first + query.count], len(found))

    def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        stored = Stored.of(document)
        columns = _columns(resource_type, document, deleted=False)
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        self._write(resource_type, f"INSERT INTO {_table(resource_type)} ({names}) VALUES ({marks})", *columns.values())
        return stored

    def update(self, resource_type: ResourceType, before: Stored, document: Document, changes: Changes, /) -> Stored:
        self._put(resource_type, before, _columns(resource_type, document, deleted=False))
        return Stored.of(document)

    def delete(self, resource_type: ResourceType, before: Stored, /) -> None:
        if resource_type.name == "User":
            document = self.fetch(resource_type, before.id).document
            self._put(resource_type, before, _columns(resource_type, document, deleted=True))
            return
        done = self._write(resource_type, "DELETE FROM teams WHERE id = ? AND version = ?", before.id, before.version)
        if not done:
            self._overtaken(resource_type, before)

    @contextmanager
    def transaction(self) -> Iterator["Booking"]:
        with self._lock:
            name = f"level{self._depth}"
            self._database.execute(f"SAVEPOINT {name}")
            self._depth += 1
            try:
                yield self
            except BaseException:
                self._database.execute(f"ROLLBACK TO {name}")
                raise
            finally:
                self._depth -= 1
                self._database.execute(f"RELEASE {name}")

    # What the application needs ---------------------------------------------------------------------------------------

    def people(self) -> list[dict[str, Any]]:
        """All people, also those who have left, as the application knows them."""
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        return [_record(row) for row in self._select(f"SELECT id, {names} FROM people ORDER BY serial")]

    def document(self, id: str) -> Document | None:
        """What was provisioned for a person, mapped or not."""
        rows = self._select("SELECT document FROM people WHERE id = ?", id)
        return json.loads(rows[0]["document"]) if rows else None

    def teams(self) -> list[tuple[str, list[str]]]:
        """The groups that were pushed, with the ids of their members."""
        documents = [json.loads(row["document"]) for row in self._select("SELECT document FROM teams ORDER BY serial")]
        return [(each["displayName"], [member["value"] for member in each.get("members", ())]) for each in documents]

    def book(self, person: str, room: str, hour: int) -> str | None:
        """Book a room for an hour; returns why not, if not."""
        with self.transaction():
            active = self._select('SELECT 1 FROM people WHERE id = ? AND "accountActive" = 1', person)
            if not active:
                return "Only people whose account is active can book."
            try:
                self._database.execute("INSERT INTO bookings VALUES (NULL, ?, ?, ?)", (person, room, hour))
            except sqlite3.IntegrityError:
                return "The room is taken at that hour."
        return None

    def bookings(self) -> dict[tuple[str, int], str]:
        """Who has which room at which hour; bookings of people who are not active any more do not count."""
        rows = self._select(
            'SELECT room, hour, person FROM bookings JOIN people ON people.id = person WHERE "accountActive" = 1'
        )
        return {(row["room"], row["hour"]): row["person"] for row in rows}

    # ------------------------------------------------------------------------------------------------------------------

    def _candidates(self, resource_type: ResourceType, query: Query) -> Iterator[Stored]:
        where, values = _there(resource_type), ()
        node = None if query.filter is None else query.filter.bound[resource_type].node
        if isinstance(node, BoundComparison) and node.operator is Operator.EQ and len(node.target.keys) == 1:
            column = _INDEXED.get(node.target.keys[0])
            if column is not None and isinstance(node.operand, str) and _has(resource_type, node.target.keys[0]):
                where += f" AND {column} = ?"
                values = (fold(node.operand) if column == "name_folded" else node.operand,)
        rows = self._select(f"SELECT document FROM {_table(resource_type)} WHERE {where} ORDER BY serial", *values)
        return (Stored.of(json.loads(row["document"])) for row in rows)

    def _put(self, resource_type: ResourceType, before: Stored, columns: dict[str, Any]) -> None:
        settings = ", ".join(f'"{name}" = ?' for name in columns)
        done = self._write(
            resource_type,
            f"UPDATE {_table(resource_type)} SET {settings} WHERE id = ? AND version = ? AND {_there(resource_type)}",
            *columns.values(),
            before.id,
            before.version,
        )
        if not done:
            self._overtaken(resource_type, before)

    def _overtaken(self, resource_type: ResourceType, before: Stored) -> None:
        self.fetch(resource_type, before.id)  # NotFound, if it is gone
        raise VersionMismatch("The resource has changed since it was read.")

    def _select(self, statement: str, *values: object) -> Sequence[sqlite3.Row]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def _write(self, resource_type: ResourceType, statement: str, *values: object) -> int:
        with self._lock:
            try:
                return self._database.execute(statement, values).rowcount
            except sqlite3.IntegrityError:
                name = "userName" if resource_type.name == "User" else "displayName"
                raise Uniqueness(
                    f"Another {resource_type.name} has this value of '{name}' already.", path=name
                ) from None


def _table(resource_type: ResourceType) -> str:
    return {"User": "people", "Group": "teams"}[resource_type.name]


def _there(resource_type: ResourceType) -> str:
    return 'NOT "accountDeleted"' if resource_type.name == "User" else "1"


def _has(resource_type: ResourceType, name: str) -> bool:
    return name == "externalId" or name == ("userName" if resource_type.name == "User" else "displayName")


def _columns(resource_type: ResourceType, document: Document, *, deleted: bool) -> dict[str, Any]:
    """What stands in a row: SCIM's own, and the record."""
    stored = Stored.of(document)
    user = resource_type.name == "User"
    columns: dict[str, Any] = {
        "id": stored.id,
        "version": stored.version,
        "document": json.dumps(document, ensure_ascii=False),
        "name_folded": fold(document["userName" if user else "displayName"]),
        "external_id": document.get("externalId"),
    }
    if user:
        record = CONDECO.to_record(document, deleted=deleted)
        columns |= {name: record.get(name) for name in COLUMNS}
    return columns


def _record(row: sqlite3.Row) -> dict[str, Any]:
    record = {name: row[name] for name in row.keys() if row[name] is not None}  # noqa: SIM118 - a Row iterates values
    return record | {flag: bool(row[flag]) for flag in _FLAGS}
