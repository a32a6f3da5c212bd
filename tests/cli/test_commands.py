"""The commands: those that read files (``scimcore filter``, ``scimcore patch``), help, and what mistakes are told."""

import io
import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest

from scimcore import urns
from scimcore.cli import main
from scimcore.cli.commands import COMMANDS
from scimcore.memory import MemoryStorage
from scimcore.service.provider import Provider
from scimcore.wsgi import ScimApp, bearer_tokens

USERS = [
    {"schemas": [urns.USER], "id": "1", "USERNAME": "bjensen", "password": "t1meMa$heen", "active": True},
    {"schemas": [urns.USER], "id": "2", "userName": "ada", "active": False},
    {"schemas": [urns.GROUP], "id": "3", "displayName": "Tour Guides"},
]

app = ScimApp(Provider(), MemoryStorage(), authenticate=bearer_tokens({"s3cret": "check"}))


@pytest.fixture
def file(tmp_path: Path):
    def write(value) -> str:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
        return str(path)

    return write


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ('userName eq "BJENSEN"', ["1"]),
        ("active eq false", ["2"]),
        ('displayName co "tour"', ["3"]),
        ('id eq "none"', []),
    ],
)
@pytest.mark.parametrize("form", [list, lambda users: {"schemas": [urns.LIST_RESPONSE], "resources": users}])
def test_filter_selects(expression: str, ids: list[str], form, file, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["filter", expression, file(form(USERS))]) == 0
    printed = capsys.readouterr().out
    assert [resource["id"] for resource in json.loads(printed)] == ids
    assert "t1meMa$heen" not in printed


def test_filter_reads_one_resource_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(USERS[1]).encode())))
    assert main(["filter", "userName pr", "-"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["userName"] == "ada"


def test_filter_is_printed_or_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["filter", 'USERNAME EQ "x"']) == 0
    assert capsys.readouterr().out == 'USERNAME eq "x"\n'
    assert main(["filter", "not (title pr) and active eq true", "--explain"]) == 0
    assert "not" in capsys.readouterr().out


def test_an_option_may_stand_between_arguments(file, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["filter", 'userName eq "ada"', "--explain", file(USERS)]) == 0
    tree, _, found = capsys.readouterr().out.partition("\n")
    assert tree == 'userName eq "ada"'
    assert [resource["id"] for resource in json.loads(found)] == ["2"]


def test_nothing_is_answered_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 2
    assert "run a SCIM service provider on this machine" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"scimcore {version('scimcore')}\n"


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_says_no_more_than_there_is(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert not re.search(r"default: (None|False|\[\]|\))|\b(scim|patch)\b (service|request)", shown)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serve", "--indexed", "email.value"], "'email.value' is no attribute of User or Group"),
        (["storage", "init", "sqlite:", "--indexed", "email.value"], "'email.value' is no attribute of User or Group"),
        (["serve", "--storage", "mysql://"], "unknown storage 'mysql://'; known: memory|sqlite:PATH|postgresql://..."),
        (["storage", "stats", "memory"], "unknown storage 'memory'; known: sqlite:PATH|postgresql://..."),
        (["storage", "stats", "sqlite:nowhere/x.db"], "cannot open the database"),
        (["export", "sqlite:nowhere/x.db", "all.jsonl"], "cannot open the database"),
        (["storage", "stats", "postgresql://scim:s3cret@127.0.0.1:1/x"], "cannot open the database"),
        (["export", "sqlite:typo.db", "all.jsonl"], "there are no tables in this database"),
    ],
)
def test_mistakes_are_explained(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert said in told
    assert "s3cret" not in told
    assert not Path("all.jsonl").exists()


def test_a_wrong_token_is_no_pass(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["check", f"{__name__}:app", "--token", "wr0ng"]
    assert main([*arguments, "--only", "rfc7644-3.3-*"]) == 1
    assert "every check was skipped" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*arguments, "--only", "zzz*"])
    assert "has an id like zzz*" in capsys.readouterr().err


def test_a_wrong_filter_is_shown_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["filter", 'userName eqq "x"']) == 1
    assert capsys.readouterr().err.endswith('    userName eqq "x"\n             ^\n')


@pytest.mark.parametrize("content", [b"3", b"[1]", b'{"Resources": "x"}', b"{"])
def test_filter_says_which_file_holds_no_resources(content: bytes, file, capsys: pytest.CaptureFixture[str]) -> None:
    name = file(content)
    assert main(["filter", "id pr", name]) == 1
    assert f"400 invalidSyntax: {name}: " in capsys.readouterr().err


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["filter", "id pr", "nowhere.json"])
    assert left.value.code == 2
    assert "cannot read nowhere.json: No such file" in capsys.readouterr().err


PATCH = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
USER = {"schemas": [urns.USER], "id": "1", "userName": "bjensen", "active": True}


def test_patch_shows_the_difference(file, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["patch", file(USER), file(PATCH)]) == 0
    printed = capsys.readouterr().out
    assert "~ active: true -> false" in printed
    assert "risk" not in printed


def test_patch_explains_what_it_understood(file, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["patch", file(USER), file(PATCH), "--dialect", "entra", "--explain"]) == 0
    printed = capsys.readouterr().out
    assert "string-boolean: " in printed
    assert "  sent by  Entra" in printed


def test_patch_prints_the_resource(file, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["patch", file(USER), file(PATCH), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {**USER, "active": False}


def test_a_patch_that_fails_says_why(file, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["patch", file(USER), file(PATCH), "--dialect", "strict"]) == 1
    assert capsys.readouterr().err.startswith("400 invalidSyntax: ")
    assert main(["patch", file([USER]), file(PATCH)]) == 1
    assert "there must be a JSON object" in capsys.readouterr().err


def test_whoever_reads_may_have_seen_enough() -> None:
    command = [sys.executable, "-m", "scimcore", "profile", "show", "CONDECO"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141
