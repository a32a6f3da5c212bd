"""kill -9 in the middle of writes: what was acknowledged is there, and nothing is half written."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from scimcore.conformance.storage_trial import GROUPS, USERS
from scimcore.filter import Filter
from scimcore.sql import SqlStorage
from scimcore.storage import Query
from storage.quick import fresh

ROUNDS = {"sqlite": 25, "postgresql": 15}


@contextmanager
def writer(url: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("writer.py")), url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def one_round(process: subprocess.Popen[bytes], number: int, enough: int) -> list[dict[str, Any]]:
    """Let it write until there are enough lines, kill it, and return what was acknowledged."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"%d\n" % number)
    process.stdin.flush()
    child = json.loads(process.stdout.readline())
    acknowledged = [json.loads(process.stdout.readline()) for _ in range(enough)]
    os.kill(child, signal.SIGKILL)
    while (line := json.loads(process.stdout.readline())) != "gone":
        acknowledged.append(line)
    return acknowledged


def require_all(storage: SqlStorage, acknowledged: list[dict[str, Any]]) -> None:
    users: dict[str, str] = {}
    members: dict[str, set[str]] = {}
    numbers: dict[str, int] = {}
    deleted: set[str] = set()
    for each in acknowledged:
        if "team" in each:
            members[each["team"]] = set()
            numbers[each["team"]] = 0
        if "name" in each:
            users[each.get("user") or each["renamed"]] = each["name"]
        if "member" in each:
            members[each["of"]].add(each["member"])
            numbers[each["of"]] = each["number"]
        if "deleted" in each:
            deleted.add(each["deleted"])
    kept = {id: name for id, name in users.items() if id not in deleted}
    found = {each.id: each.document for each in storage.fetch_many((USERS,), list(users))}
    # The last write was perhaps done and not yet acknowledged: a rename or a deletion.
    missing = kept.keys() - found.keys()
    assert len(missing) <= 1
    assert not found.keys() & deleted
    changed = [id for id, document in found.items() if not document["userName"].startswith(users[id])]
    assert not changed
    assert sum(found[id]["userName"] != users[id] for id in found) <= 1
    for team, listed in members.items():
        group = storage.fetch(GROUPS, team).document
        there = {member["value"] for member in group.get("members", ())}
        assert len(listed - deleted - there) <= len(missing)
        assert len(there - listed) <= 1
        assert not there & deleted
        # Both operations of the PATCH, or none.
        said = int(group["displayName"].rpartition("of ")[2]) if " of " in group["displayName"] else 0
        assert said - numbers[team] in (0, 1)
        assert (said > numbers[team]) == bool(there - listed)
    name = next(iter(kept.values()), None)
    if name is not None:
        page = storage.search(Query((USERS,), Filter(f'emails.value eq "{name}@example.com"', USERS)))
        assert page.total_results <= 1


def dropped(url: str, schema: str) -> None:
    storage = SqlStorage(url)
    with storage.engine.connect() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    storage.close()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_was_acknowledged_survives_kill_9(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if database == "sqlite":
        url = f"sqlite:///{tmp_path}/scim.db"
    else:
        # A schema of its own: whatever other tests leave behind is not looked at.
        url = database_url = request.getfixturevalue("postgresql_url")
        admin = SqlStorage(url)
        with admin.engine.connect() as connection:
            schema = fresh("scimcore_kill")
            connection.execute(text(f"CREATE SCHEMA {schema}"))
            request.addfinalizer(lambda: dropped(database_url, schema))
        admin.close()
        url += ("&" if "?" in url else "?") + "options=-csearch_path%3D" + schema
    chosen = random.Random(9)
    storage = SqlStorage(url, indexed=["emails.value"])
    storage.initialise()
    everything: list[dict[str, Any]] = []
    with writer(url) as process:
        for number in range(ROUNDS[database]):
            acknowledged = one_round(process, number, chosen.randrange(1, 25))
            require_all(storage, acknowledged)
            everything += acknowledged
    assert storage.check() == []
    assert len(everything) > 5 * ROUNDS[database]
    storage.close()
