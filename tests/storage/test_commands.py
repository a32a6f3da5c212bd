"""``python -m scimcore storage``, ``export`` and ``import``."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from scimcore.cli import main, stores, transfer
from scimcore.cli.transfer import Bar, Refused, export, read_in
from scimcore.conformance.storage_trial import GROUPS, USERS, group, user
from scimcore.memory import MemoryStorage
from scimcore.service.provider import Provider
from scimcore.sql import SqlStorage
from scimcore.storage import Query


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:{tmp_path}/scim.db"


@pytest.fixture
def storage(url: str) -> Iterator[SqlStorage]:
    storage = stores.sql_storage(url)
    yield storage
    storage.close()


def said(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert main(arguments) == status
    return capsys.readouterr().out


def test_a_database_is_made_and_looked_into(url: str, storage: SqlStorage, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no tables" in said(capsys, "storage", "stats", url, status=1)
    made = said(capsys, "storage", "init", url, "--indexed", "emails.value")
    assert made == "version 1: resources, values, members\nThe schema has version 1.\n"
    assert (Path(url.partition(":")[2]).stat().st_mode & 0o077) == 0
    assert "already" in said(capsys, "storage", "init", url, status=1)
    assert said(capsys, "storage", "migrate", url) == "The schema has version 1.\n"
    storage.insert(USERS, user("a", emails=[{"value": "A@example.com"}]))
    storage.for_tenant("acme").insert(GROUPS, group("g", ["a", "b"]))
    found = said(capsys, "storage", "stats", url)
    assert "1 User\n" in found
    assert "1 Group of tenant acme, 2 members\n" in found
    assert "index on Group displayName, unique\n" in found
    assert "index on User emails.value\n" in found
    assert said(capsys, "storage", "check", url) == "All columns and rows say what the documents say.\n"


def test_faults_are_found_and_mended(url: str, storage: SqlStorage, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "storage", "init", url, "--indexed", "emails.value")
    storage.insert(USERS, user("a", emails=[{"value": "a@example.com"}]))
    storage.for_tenant("acme").insert(GROUPS, group("g", ["a"]))
    with storage.engine.connect() as connection:
        for statement in (
            "UPDATE scimcore_resources SET name = 'other' WHERE id = 'a'",
            "DELETE FROM scimcore_values",
        ):
            connection.execute(text(statement))
    assert said(capsys, "storage", "check", url, status=1) == (
        "User a: userName is another one than in the document\n"
        "User a: the index on emails.value is not what the document says\n"
        "2 faults.\n"
    )
    assert "All columns" in said(capsys, "storage", "check", "--repair", url)
    with storage.engine.connect() as connection:
        for statement in (
            "UPDATE scimcore_resources SET version = 'x', external_id = 'y', "
            "document = replace(document, '\"a\"', '\"b\"') WHERE id = 'a'",
            "DELETE FROM scimcore_resources WHERE id = 'g'",
        ):
            connection.execute(text(statement))
    found = said(capsys, "storage", "check", url, status=1)
    for fault in (
        "User a: the document has another id\n",
        "User a: the document has another version than its row\n",
        "User a: externalId is another one than in the document\n",
        "Group g of tenant acme: there is a member of it, but not the resource\n",
    ):
        assert fault in found


def test_postgresql_is_looked_into_too(postgresql_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "storage", "migrate", postgresql_url)
    assert "schema version 1" in said(capsys, "storage", "stats", postgresql_url)
    assert "All columns" in said(capsys, "storage", "check", postgresql_url)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["storage", "check", "sqlite:{}/new.db"], "version 0 of the schema"),
        (["storage", "check", "cloud:7"], "unknown storage"),
        (["storage", "stats", "sqlite:{}/no/such/new.db"], "No such file"),
        (["storage", "dance", "sqlite:x"], "invalid choice"),
        (["export", "sqlite:{}/new.db", "{}/no/such/file"], "cannot write"),
        (["import", "sqlite:{}/new.db", "{}/no/such/file"], "cannot read"),
        (["import", "sqlite:{}/no/such/new.db", "x"], "cannot open the database"),
    ],
)
def test_mistakes_are_explained(
    arguments: list[str], complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([each.format(tmp_path) for each in arguments])
    assert complaint in capsys.readouterr().err


def test_without_sqlalchemy_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stores, "SqlStorage", None)
    with pytest.raises(SystemExit):
        main(["export", "sqlite:x", "y"])
    assert "pip install scimcore[sql]" in capsys.readouterr().err


def everything(storage: Any) -> list[Any]:
    return [each.document for kind in (USERS, GROUPS) for each in storage.search(Query((kind,), count=9999)).resources]


def lines_of(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_everything_moves_from_one_store_to_another(
    url: str, storage: SqlStorage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "all.jsonl"
    for number in range(1203):
        storage.insert(USERS, user(f"u{number}", password="s3cret", title="Zoë"))
    storage.insert(GROUPS, group("g", [f"u{number}" for number in range(700)]))
    assert "1,204 resources exported" in said(capsys, "export", url, str(file))
    assert file.stat().st_mode & 0o077 == 0
    assert len(file.read_bytes().splitlines()) == 1204
    other = f"sqlite:{tmp_path}/other.db"
    assert said(capsys, "import", other, str(file)) == ("1,204 resources imported, 0 were there, 0 were refused.\n")
    assert said(capsys, "import", other, str(file)) == ("0 resources imported, 1,204 were there, 0 were refused.\n")
    target = stores.sql_storage(other)
    assert everything(target) == everything(storage)
    target.close()
    memory = MemoryStorage()
    assert read_in(memory, Provider(), file).new == 1204
    again = tmp_path / "again.jsonl"
    assert export(memory, (USERS, GROUPS), again) == 1204
    assert lines_of(again) == lines_of(file)
    assert not list(tmp_path.glob("*.progress*"))


def test_what_is_refused_is_reported(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "some.jsonl"
    lines: list[Any] = [
        {"schemas": [USERS.schema.id], "userName": "seed", "groups": [{"value": "x"}]},
        {"schemas": [USERS.schema.id], "userName": "SEED"},
        "no json",
        "",
        {"schemas": ["urn:example:unknown"]},
        {"schemas": [USERS.schema.id], "userName": 7, "password": "s3cret"},
        {"schemas": 7},
        user("kept"),
        user("kept", "2", userName="other"),
    ]
    file.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines))
    said_of_it = said(capsys, "import", url, str(file), status=1)
    assert "s3cret" not in said_of_it
    assert [line.partition(": ")[0] for line in said_of_it.splitlines()[:-1]] == [
        "line 2", "line 3", "line 5", "line 6", "line 7", "line 9"
    ]  # fmt: skip
    assert "409 uniqueness" in said_of_it
    assert said_of_it.endswith("2 resources imported, 0 were there, 6 were refused.\n")


class Stops(Exception):
    pass


class Fragile(Bar):
    """Breaks the transfer off when it has been shown a few times."""

    def __init__(self, times: int) -> None:
        super().__init__(0)
        self.left = times

    def show(self, done: int, rows: int) -> None:
        self.left -= 1
        if self.left == 0:
            raise Stops


def test_a_transfer_goes_on_where_it_was_broken_off(
    storage: SqlStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "BATCH", 10)
    for number in range(45):
        storage.insert(USERS, user(f"u{number}"))
        storage.insert(GROUPS, group(f"g{number}", [f"u{number}"]))
    file = tmp_path / "all.jsonl"
    rows = 0
    for times in (2, 3, 4, 100):
        try:
            rows = export(storage, (USERS, GROUPS), file, Fragile(times))
        except Stops:
            with file.open("ab") as broken:
                broken.write(b'{"half a line')
    assert rows == 90
    assert [each["id"] for each in lines_of(file)] == [each["id"] for each in everything(storage)]
    with file.open("ab") as more:
        more.write(b"no json\n")
    target = SqlStorage("sqlite://")
    for times in (2, 3, 100):
        try:
            imported = read_in(target, Provider(), file, Fragile(times))
        except Stops:
            continue
    assert (imported.new, imported.known) == (90, 0)
    assert [refused.line for refused in imported.refused] == [91]
    assert isinstance(imported.refused[0], Refused)
    target.close()


def _read_until(terminal: int, awaited: bytes) -> bytes:
    """Read what a terminal shows; it comes in pieces."""
    shown = b""
    while awaited not in shown:
        shown += os.read(terminal, 1000)
    return shown


def test_there_is_a_bar_on_a_terminal() -> None:
    main_end, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as stream:
        bar = Bar(200, stream)
        bar.show(100, 50)
        bar.close()
        assert b"[###############               ]  50%  50 resources" in _read_until(main_end, b"resources")
        unknown = Bar(0, stream)
        unknown.show(100, 50)
        assert b"   0%  50 resources" in _read_until(main_end, b"resources")
    os.close(main_end)


def test_serve_keeps_what_it_is_given(tmp_path: Path) -> None:
    """By default in a file of the directory that it is started in."""
    process = subprocess.run(
        [sys.executable, "-m", "scimcore", "serve", "--port", "99999"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "a port is a number" in process.stderr
    # What others may not know is in there.
    assert (tmp_path / "scimcore.sqlite").stat().st_mode & 0o077 == 0
