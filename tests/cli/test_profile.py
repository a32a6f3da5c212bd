"""``scimcore profile``: what people see of a mapping, and of what it makes of a user."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from profiles.examples import complete, minimal
from scimcore import urns
from scimcore.cli import main
from scimcore.profiles import BY_NAME, CONDECO, from_toml, tables, to_toml

PASSWORD = "t1meMa$heen"


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)  # set by those who run tests in several processes


@pytest.fixture
def file(tmp_path: Path):
    def write(value: Any, name: str = "user.json") -> str:
        path = tmp_path / name
        path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
        return str(path)

    return write


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:]] == list(BY_NAME)


@pytest.mark.parametrize("name", ["CONDECO", "condeco", "Eptura_Org_Unit"])
def test_show(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    profile = BY_NAME[name.upper()]
    assert main(["profile", "show", name]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(profile.fields) + 2
    assert main(["profile", "show", name, "--format", "markdown"]) == 0
    assert capsys.readouterr().out.startswith("| Okta label | Okta variable |")
    assert main(["profile", "show", name, "--format", "json", "--profile-mode", "strict"]) == 0
    assert json.loads(capsys.readouterr().out)["mode"] == "strict"
    assert main(["profile", "show", name, "--format", "toml"]) == 0
    assert from_toml(capsys.readouterr().out) == profile


@pytest.mark.parametrize("columns", [40, 80, 100, 150])
def test_no_line_is_wider_than_the_terminal(
    columns: int, file, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    user = complete(CONDECO) | {"userName": "小野" * 40, "title": PASSWORD}
    for arguments in (["show", "CONDECO"], ["explain", file(user)], ["list"]):
        assert main(["profile", *arguments]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert max(map(tables.width, lines)) <= columns
    # In a pipe no line is cut.
    monkeypatch.delenv("COLUMNS")
    assert main(["profile", "explain", file(user)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(CONDECO.fields) + 2


def test_check(file, capsys: pytest.CaptureFixture[str]) -> None:
    user = minimal(CONDECO) | {"password": PASSWORD}
    assert main(["profile", "check", file(user)]) == 0
    assert capsys.readouterr().out == "Condeco can accept this user.\n"
    bad = user | {"preferredLanguage": "English", "name": {}}
    assert main(["profile", "check", file(bad), "--profile", "engage"]) == 1
    out = capsys.readouterr().out
    assert out.splitlines() == [
        "400 invalidValue: Attribute 'name.givenName' is required (Engage profile: firstName, Okta's 'Given name')",
        "400 invalidValue: Attribute 'name.familyName' is required (Engage profile: lastName, Okta's 'Family name')",
        "400 invalidValue: Attribute 'preferredLanguage' value 'English' is not an ISO 639-1 language code "
        "(Engage profile: Language, Okta's 'Preferred language')",
    ]
    assert PASSWORD not in out


def test_check_many(file, capsys: pytest.CaptureFixture[str]) -> None:
    users = [minimal(CONDECO), {"UserName": "bob"}, {"id": "3"}, {}]
    for form in (users, {"schemas": [urns.LIST_RESPONSE], "Resources": users}):
        assert main(["profile", "check", file(form)]) == 1
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].endswith("Some text: Condeco can accept this user.")
        assert {line.partition(":")[0] for line in lines[1:]} == {"bob", "3", "user"}


def test_the_mode_and_what_was_before_count(file, capsys: pytest.CaptureFixture[str]) -> None:
    user = minimal(CONDECO) | {"preferredLanguage": "en-GB"}
    assert main(["profile", "check", file(user)]) == 0
    assert main(["profile", "check", file(user), "--profile-mode", "strict"]) == 1
    before = file(minimal(CONDECO) | {"externalId": "other"}, "before.json")
    assert main(["profile", "check", file(user), "--before", before]) == 1
    assert "400 mutability: Attribute 'externalId' is immutable" in capsys.readouterr().out


def test_explain(file, capsys: pytest.CaptureFixture[str]) -> None:
    user = minimal(CONDECO) | {"preferredLanguage": "en-GB", "password": PASSWORD}
    assert main(["profile", "explain", file(user), "--format", "json"]) == 0
    rows = {row["field"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["language"]["received"], rows["language"]["stored"], rows["language"]["verdict"]) == (
        '"en-GB"',
        '"en"',
        "normalised",
    )
    for form in ("table", "markdown"):
        assert main(["profile", "explain", file([user, {}]), "--format", form]) == 1
        out = capsys.readouterr().out
        assert "Preferred language" in out
        assert "is required" in out
        assert out.count("user:") == 1
        assert PASSWORD not in out


def test_a_profile_from_a_file(file, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "acme.TOML"
    path.write_text(to_toml(CONDECO.extend(name="ACME", title="Acme", require_external_id=False)), encoding="utf-8")
    user = {name: value for name, value in minimal(CONDECO).items() if name != "externalId"}
    assert main(["profile", "check", file(user), "--profile", str(path)]) == 0
    assert capsys.readouterr().out == "Acme can accept this user.\n"
    path.write_text('name = "X"\nnonsense = 1', encoding="utf-8")
    assert main(["profile", "show", str(path)]) == 1
    assert "unknown word 'nonsense'" in capsys.readouterr().err


def test_from_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    user = json.dumps(minimal(CONDECO)).encode()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(user)))
    assert main(["profile", "check", "-"]) == 0


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        ([], 2, "list|show|check|explain"),
        (["dance"], 2, "invalid choice"),
        (["show", "klingon"], 2, "unknown profile 'klingon'; known: CONDECO, ENGAGE"),
        (["show", "nowhere.toml"], 2, "cannot read nowhere.toml: No such file"),
        (["check", "nowhere.json"], 2, "cannot read nowhere.json"),
        (["explain", "nowhere.json", "--format", "toml"], 2, "invalid choice: 'toml'"),
    ],
)
def test_mistakes(arguments: list[str], status: int, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["profile", *arguments])
    assert caught.value.code == status
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"5", b"[5]", b"{", b'{"Resources": 5}'])
def test_files_without_users(content: bytes, file, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "check", file(content)]) == 1
    assert "user.json:" in capsys.readouterr().err


def test_a_profile_file_that_is_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(SystemExit):
        main(["profile", "show", str(path)])
    assert "it is not UTF-8" in capsys.readouterr().err
