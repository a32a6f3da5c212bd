"""What a store's answers cost as it grows: ``python -m benchmarks.storage [--users N ...] [--postgresql URL]``.

Each operation is measured at the smallest size and at larger ones, interleaved; the last column says by how much the
largest is dearer than the smallest. ``1000000`` among ``--users`` takes some minutes to fill. A second table puts a
look-up by ``userName`` beside the bare parametrised query, through the same driver and through SQLAlchemy.
"""

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select

from scimcore import urns
from scimcore.filter import Filter
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.patch.changes import MembershipDelta
from scimcore.projection import Selection
from scimcore.resources import Group, User
from scimcore.service.authentication import bearer_tokens
from scimcore.service.provider import Provider
from scimcore.sql import SqlStorage, statements
from scimcore.sql.tables import RESOURCES, JsonOut
from scimcore.storage import Query

USERS, GROUPS = User.resource_type(), Group.resource_type()
WITHOUT_MEMBERS = Selection((), ("members",))
TENANT = "benchmark"
Operation = Callable[[], object]


def user(number: int) -> dict[str, Any]:
    return {
        "schemas": [urns.USER, urns.ENTERPRISE_USER],
        "id": f"{number:08x}-0000-4000-8000-{number:012x}",
        "externalId": f"00u{number:017d}",
        "userName": f"user.{number}@example.com",
        "name": {"givenName": "Ada", "familyName": "Lovelace", "formatted": "Ada Lovelace"},
        "displayName": f"Ada Lovelace {number}",
        "active": True,
        "emails": [{"value": f"user.{number}@example.com", "type": "work", "primary": True}],
        "phoneNumbers": [{"value": "+44 20 7946 0000", "type": "work"}],
        urns.ENTERPRISE_USER: {"department": f"D{number % 50}", "employeeNumber": str(number)},
        "meta": meta("User", "1"),
    }


def group(number: int, members: int) -> dict[str, Any]:
    listed = [{"value": f"{each:08x}-0000-4000-8000-{each:012x}", "type": "User"} for each in range(members)]
    return {
        "schemas": [urns.GROUP],
        "id": f"group-{number}",
        "displayName": f"Group of {members}",
        "members": listed,
        "meta": meta("Group", "1"),
    }


def meta(kind: str, version: str) -> dict[str, Any]:
    moment = "2026-01-02T03:04:05.678Z"
    return {"resourceType": kind, "created": moment, "lastModified": moment, "version": f'W/"{version}"'}


class Sized:
    """A store of some size, and the operations on it."""

    def __init__(self, url: str, users: int, members: int, tenant: str) -> None:
        self.users, self.members = users, members
        self.storage = SqlStorage(url, tenant=tenant, indexed=["emails.value"])
        self.numbers = iter(range(10**9))
        self._fill()
        self.handler = Handler(Provider(), self.storage, bearer_tokens({"t": "bench"}))
        self.far = self._far_position()

    def _fill(self) -> None:
        started = time.perf_counter()
        for first in range(0, self.users, 5000):
            with self.storage.transaction() as inside:
                for number in range(first, min(first + 5000, self.users)):
                    inside.insert(USERS, user(number))
            if sys.stderr.isatty():
                print(f"\rfilling {first:,} of {self.users:,} ", end="", file=sys.stderr)
        self.group = self.storage.insert(GROUPS, group(1, self.members))
        if self.storage.engine.dialect.name == "postgresql":
            with self.storage.engine.connect() as connection:
                connection.exec_driver_sql("ANALYZE")
        took = time.perf_counter() - started
        print(f"... {self.users:,} users, {self.members:,} members: filled in {took:.1f} s", file=sys.stderr)

    def _far_position(self) -> Any:
        """The position some pages before the end."""
        marks = [
            each.id for each in self.storage.search(Query((USERS,), start_index=self.users - 250, count=1)).resources
        ]
        with self.storage.engine.connect() as connection:
            found = connection.exec_driver_sql(
                f"SELECT position FROM scimcore_resources WHERE tenant = '{self.storage._tenant}' AND id = '{marks[0]}'"
            ).scalar_one()
        return (None, 0, found, marks[0])

    def some(self) -> int:
        return (next(self.numbers) * 7919) % self.users

    def get(self) -> object:
        return self.storage.fetch(USERS, f"{(n := self.some()):08x}-0000-4000-8000-{n:012x}")

    def find(self, text: str) -> object:
        page = self.storage.search(Query((USERS,), Filter(text, USERS)))
        assert page.total_results == 1, text
        return page

    def by_name(self) -> object:
        return self.find(f'userName eq "USER.{self.some()}@example.com"')

    def by_external_id(self) -> object:
        return self.find(f'externalId eq "00u{self.some():017d}"')

    def by_email(self) -> object:
        return self.find(f'emails.value eq "USER.{self.some()}@example.com"')

    def by_email_of_type(self) -> object:
        return self.find(f'emails[type eq "work" and value eq "user.{self.some()}@example.com"]')

    def far_page(self) -> object:
        page = self.storage.search_from(Query((USERS,), count=100), self.far)
        assert len(page.resources) == 100
        return page

    def change(self, delta: MembershipDelta) -> None:
        with self.storage.transaction() as inside:
            before = inside.fetch(GROUPS, "group-1", WITHOUT_MEMBERS)
            document = {**before.document, "meta": meta("Group", str(next(self.numbers)))}
            inside.update_members(GROUPS, before, document, delta)

    def add_and_remove(self) -> object:
        member = {"value": f"new-{next(self.numbers)}", "type": "User"}
        self.change(MembershipDelta("members", added=(member,)))
        self.change(MembershipDelta("members", removed=(member,)))
        return member

    def without_members(self) -> object:
        stored = self.storage.fetch(GROUPS, "group-1", WITHOUT_MEMBERS)
        assert "members" not in stored.document
        return stored

    def groups_of_user(self) -> object:
        found = self.storage.memberships(["00000001-0000-4000-8000-000000000001"])
        assert len(found) == 1
        return found

    def end_to_end(self) -> object:
        return self._asked("")

    def end_to_end_without_groups(self) -> object:
        return self._asked("&attributes=userName,active")

    def _asked(self, selection: str) -> object:
        query = f"filter=userName%20eq%20%22user.{self.some()}%40example.com%22{selection}"
        request = Request("GET", "/Users", query, _HEADERS, b"", "https://example.com")
        response = self.handler.handle(request)
        assert b'"totalResults":1' in response.body
        return response

    def bare(self) -> Operation:
        """The bare query: the driver's connection, a prepared text, one row."""
        raw = self.storage.engine.raw_connection()
        tenant = self.storage._tenant
        dialect = self.storage.engine.dialect

        def work() -> object:
            value = f"user.{self.some()}@example.com"
            sql, arguments = statements.LOOKUPS["name"].on(
                dialect, {"tenant": tenant, "type": "User", "value": value, "most": 101}
            )
            cursor = raw.cursor()
            cursor.execute(sql, arguments)
            rows = cursor.fetchall()
            cursor.close()
            assert len(rows) == 1
            return rows

        return work

    def by_core(self) -> object:
        """The bare query as a host writes it: a connection of the engine, SQLAlchemy's statement, one row."""
        parameters = {"tenant": self.storage._tenant, "type": "User", "value": f"user.{self.some()}@example.com"}
        with self.storage.engine.connect() as connection:
            rows = connection.execute(_BY_NAME, parameters).all()
        assert len(rows) == 1
        return rows


_r = RESOURCES.c
_BY_NAME = select(_r.position, _r.id, JsonOut(_r.document)).where(
    _r.tenant == bindparam("tenant"), _r.type == bindparam("type"), _r.name == bindparam("value")
)
_HEADERS = Headers([("authorization", "Bearer t")])

OPERATIONS: tuple[tuple[str, str], ...] = (
    ("GET by id", "get"),
    ("filter userName eq", "by_name"),
    ("filter externalId eq", "by_external_id"),
    ("filter emails.value eq (indexed)", "by_email"),
    ('filter emails[type eq "work" and value eq ...]', "by_email_of_type"),
    ("page of 100 at the far end, by cursor", "far_page"),
    ("add one member, then remove it", "add_and_remove"),
    ("group with excludedAttributes=members", "without_members"),
    ("groups of a user", "groups_of_user"),
)


def measure(operations: list[Operation], seconds: float) -> list[float]:
    """Return the median of each, in microseconds; they take turns."""
    taken: list[list[float]] = [[] for _ in operations]
    for operation in operations:
        for _ in range(20):
            operation()
    gc.collect()
    gc.disable()
    end = time.perf_counter() + seconds * len(operations)
    while time.perf_counter() < end or len(taken[0]) < 20:
        for times, operation in zip(taken, operations, strict=True):
            started = time.perf_counter()
            operation()
            times.append(time.perf_counter() - started)
    gc.enable()
    return [statistics.median(times) * 1e6 for times in taken]


def report(database: str, sized: list[Sized], seconds: float) -> None:
    sizes = [f"{each.users:,} / {each.members:,}" for each in sized]
    print(f"\n{database}, µs (users / members of the group)\n")
    print("| operation | " + " | ".join(sizes) + " | largest to smallest |")
    print("|---|" + "---:|" * (len(sized) + 1))
    for name, method in OPERATIONS:
        figures = measure([getattr(each, method) for each in sized], seconds)
        cells = [f"{each:,.0f}" for each in figures]
        print(f"| {name} | " + " | ".join(cells) + f" | {figures[-1] / figures[0]:.2f} |", flush=True)
    last = sized[-1]
    looked_up = {
        "bare query through the driver": last.bare(),
        "bare query through SQLAlchemy Core": last.by_core,
        "the store, with groups": last.by_name,
        "the service, attributes=userName,active": last.end_to_end_without_groups,
        "the service, with groups": last.end_to_end,
    }
    bare, core, *_ = figures = measure([*looked_up.values()], seconds)
    print(f"\n| look-up by userName, {last.users:,} users | µs | to the bare query | to SQLAlchemy's |")
    print("|---|---:|---:|---:|")
    for name, figure in zip(looked_up, figures, strict=True):
        print(f"| {name} | {figure:,.0f} | {figure / bare:.2f} | {figure / core:.2f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--users", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--members", type=int, nargs="+", default=[10, 10_000, 100_000])
    parser.add_argument("--seconds", type=float, default=1.0, help="for each operation and size")
    parser.add_argument("--postgresql", metavar="URL", help="measure there; its scimcore tables should be empty")
    options = parser.parse_args()
    sizes = list(zip(options.users, options.members[-len(options.users) :], strict=False))
    sizes[0] = (options.users[0], options.members[0])
    with tempfile.TemporaryDirectory() as directory:
        if options.postgresql:
            made = [Sized(options.postgresql, users, members, f"{TENANT}-{time.time_ns()}") for users, members in sizes]
            report("PostgreSQL", made, options.seconds)
        else:
            made = [
                Sized(f"sqlite:///{Path(directory)}/{users}.db", users, members, TENANT) for users, members in sizes
            ]
            report("SQLite", made, options.seconds)
        for each in made:
            each.storage.close()


if __name__ == "__main__":
    main()
