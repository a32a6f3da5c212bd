"""``python -m scimcore check`` and ``pytest --pyargs scimcore.conformance``."""

from pathlib import Path

import pytest

from conformance.services import TOKEN, serving, wsgi_app
from scimcore.cli import main

pytest_plugins = "pytester"
APP = "conformance.apps:asgi"


def check(*arguments: str) -> int:
    return main(["check", *arguments])


def test_a_url_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(wsgi_app()) as url:
        assert check(url, "--token", TOKEN, "--only", "rfc7643-5-*") == 0
    assert "checks that apply passed" in capsys.readouterr().out


def test_the_token_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCIMCORE_TOKEN", TOKEN)
    assert check(APP, "--only", "rfc7644-3.3-created") == 0


def test_a_header_takes_the_place_of_a_token() -> None:
    assert check(APP, "--header", f"Authorization: Bearer {TOKEN}", "--only", "rfc7644-3.3-created") == 0


def test_failures_are_told_by_the_status(capsys: pytest.CaptureFixture[str]) -> None:
    # Nothing could be checked: that is no pass.
    assert check(APP, "--token", "wrong-token", "--only", "rfc7644-3.3-created", "--patience", "0") == 1
    assert check(APP, "--token", TOKEN, "--suite", "interop", "--only", "interop-5.3-*") == 1
    # What only SHOULD be does not count, unless it is said to.
    only = ("--token", TOKEN, "--suite", "interop", "--only", "interop-4-claimed")
    assert check(APP, *only) == 0
    assert check(APP, *only, "--level", "SHOULD") == 1


@pytest.mark.parametrize("form", ["text", "html", "json", "junit", "markdown"])
def test_a_report_is_written(form: str, tmp_path: Path) -> None:
    file = tmp_path / "report"
    arguments = ("--token", TOKEN, "--only", "rfc7643-5-patch", "--report", form, "--output", str(file))
    assert check(APP, *arguments) == 0
    assert "conformance" in file.read_text().lower() or "rfc7643-5-patch" in file.read_text()


def test_two_runs_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "before.json")
    only = ("--token", TOKEN, "--only", "rfc7643-5-patch")
    check(APP, *only, "--report", "json", "--output", file)
    assert check(APP, *only, "--compare", file) == 0
    assert capsys.readouterr().out.endswith("No difference in 1 checks.\n")
    Path(file).write_text(Path(file).read_text().replace("rfc7643-5-patch", "rfc7643-5-other"))
    assert check(APP, "--token", "", "--only", "rfc7643-5-patch", "--compare", file, "--patience", "0") in (0, 1)


def test_checks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--list") == 0
    usual = capsys.readouterr().out
    assert check("--list", "--suite", "all") == 0
    assert len(capsys.readouterr().out) > len(usual)
    assert "rfc7643   MUST    rfc7643-5-patch" in usual


def test_a_profile_is_checked_beside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('name = "MINE"\nextends = "OKTA_DEFAULT"\n')
    for name in ("okta-default", str(file)):
        assert check(APP, "--token", TOKEN, "--profile", name, "--only", "profile-*-kept") == 0
        assert "profile" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "which service?"),
        (("http://127.0.0.1:1",), "cannot reach"),
        (("no.such:app",), "cannot load"),
        ((APP, "--suite", "rfc1149"), "unknown suite"),
        (("--list", "--suite", "rfc1149"), "unknown suite"),
        ((APP, "--profile", "NONE"), "unknown profile"),
        ((APP, "--header", "no colon"), "a header is"),
        ((APP, "--compare", "/no/such/file"), "cannot read"),
        ((APP, "--only", "rfc7643-5-patch", "--output", "/no/such/directory/file"), "cannot write"),
    ],
)
def test_mistakes_are_explained(arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        check(*arguments)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


# The plugin ----------------------------------------------------------------------------------------------------------

PLUGIN = ("-p", "scimcore.conformance.plugin", "--pyargs", "scimcore.conformance")


def _loaded(pytester: pytest.Pytester) -> tuple[str, ...]:
    """Where the library is installed, pytest has the plugin already."""
    return PLUGIN[2:] if pytester._request.config.pluginmanager.hasplugin("scimcore") else PLUGIN


def test_each_check_is_a_test(pytester: pytest.Pytester) -> None:
    found = pytester.runpytest(
        *_loaded(pytester), "--scim-app", APP, "--scim-token", TOKEN, "-k", "rfc7643-5 or immutable"
    )
    outcomes = found.parseoutcomes()
    assert outcomes["passed"] == 10
    assert outcomes["skipped"] == 1
    assert found.ret == 0


def test_a_failure_shows_what_was_expected_and_said(pytester: pytest.Pytester) -> None:
    found = pytester.runpytest(
        *_loaded(pytester),
        "--scim-app",
        APP,
        "--scim-token",
        TOKEN,
        "--scim-suite",
        "interop",
        "-k",
        "interop-5.3-post-urn",
    )
    found.stdout.fnmatch_lines(
        ["*interop-5.3-post-urn*", "expected: status 400", "received: status 201*", "hint: *", "POST /Users"]
    )
    assert TOKEN not in found.stdout.str()
    assert found.ret == 1


def test_what_only_should_be_may_be_let_pass(pytester: pytest.Pytester) -> None:
    options = ("--scim-app", APP, "--scim-token", TOKEN, "--scim-suite", "interop", "-k", "interop-4-claimed")
    assert pytester.runpytest(*_loaded(pytester), *options).parseoutcomes() == {"failed": 1, "deselected": 37}
    found = pytester.runpytest(*_loaded(pytester), *options, "--scim-level", "MUST")
    assert found.parseoutcomes() == {"xfailed": 1, "deselected": 37}


def test_nothing_is_collected_without_a_service(pytester: pytest.Pytester) -> None:
    assert pytester.runpytest(*_loaded(pytester)).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_profile_brings_tests(pytester: pytest.Pytester) -> None:
    found = pytester.runpytest(
        *_loaded(pytester),
        "--scim-app",
        APP,
        "--scim-token",
        TOKEN,
        "--scim-profile",
        "okta-default",
        "-k",
        "profile-oktadefault",
    )
    assert found.parseoutcomes()["passed"] > 30


@pytest.mark.parametrize("wrong", [("--scim-suite", "rfc1149"), ("--scim-profile", "none")])
def test_what_there_is_not_is_refused(pytester: pytest.Pytester, wrong: tuple[str, str]) -> None:
    found = pytester.runpytest(*_loaded(pytester), "--scim-app", APP, *wrong)
    assert "unknown" in found.stdout.str() + found.stderr.str()
    assert found.ret != 0


def test_a_host_checks_its_app_in_a_test_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
        from conformance.apps import asgi

        def test_scim(scim_conformance):
            report = scim_conformance(asgi, token="{TOKEN}", only=["rfc7644-3.3-*"])
            report.raise_for_failures()
        """
    )
    options = _loaded(pytester)[:-2]
    pytester.runpytest(*options).assert_outcomes(passed=1)
