"""``scimcore check``: find out what is wrong with a SCIM service, at a URL or in a Python module."""

import argparse
import os
import sys
from pathlib import Path

from scimcore.conformance.catalogue import DEFAULT, SUITES
from scimcore.conformance.check import Result
from scimcore.conformance.outcomes import Level, Outcome
from scimcore.conformance.report import compare, from_json, to_html, to_json, to_junit, to_markdown, to_text
from scimcore.conformance.report.compare import worse
from scimcore.conformance.run import PATIENCE_SECONDS, Report, run_conformance
from scimcore.conformance.suites.profile import named
from scimcore.conformance.transport import connect

TOKEN_VARIABLE = "SCIMCORE_TOKEN"

REPORTS = {"text": to_text, "html": to_html, "json": to_json, "junit": to_junit, "markdown": to_markdown}
_MARKS = {Outcome.PASSED: ".", Outcome.FAILED: "F", Outcome.SKIPPED: "s"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("service", nargs="?", help="the base URL, or module:app of an ASGI or WSGI app")
    parser.add_argument("--token", help=f"the bearer token (or set {TOKEN_VARIABLE}, which no list of processes shows)")
    parser.add_argument("--header", action="append", default=[], help="'Name: value', for every request")
    parser.add_argument("--prefix", default="", help="the path below which an app answers: /scim/v2")
    parser.add_argument(
        "--suite",
        action="append",
        help=f"what to check, instead of {', '.join(DEFAULT)}: {', '.join(SUITES)} or all; may be repeated",
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="PATTERN", help="ids of checks: 'rfc7644-3.5.2*'"
    )
    parser.add_argument("--profile", help="an attribute mapping to check beside: a name, or a TOML file")
    parser.add_argument("--report", choices=REPORTS, default="text", help="the form of the report")
    parser.add_argument("--output", metavar="FILE", help="where the report goes, instead of standard output")
    parser.add_argument("--compare", metavar="FILE", help="an earlier JSON report: show what is different")
    parser.add_argument(
        "--level", choices=[level.value for level in Level], default="MUST", help="the status is 1 if this much fails"
    )
    parser.add_argument(
        "--patience", type=float, default=PATIENCE_SECONDS, metavar="SECONDS", help="for changes to show"
    )
    parser.add_argument("--insecure", action="store_true", help="take any certificate")
    parser.add_argument("--list", action="store_true", help="list the checks and ask nothing")


def run(arguments: argparse.Namespace) -> int:
    """Check a service and write the report.

    Returns:
        1 if the service fails what the level asks for, or what it did not fail in the report compared with, or if
        nothing could be checked; else 0.

    Raises:
        ValueError: If the arguments make no sense, or the service cannot be reached.
    """
    suites = arguments.suite or DEFAULT
    if arguments.list:
        return _list(SUITES if "all" in suites else suites)
    if arguments.service is None:
        raise ValueError("which service? Give its base URL, or module:app")
    earlier = from_json(_read(arguments.compare)) if arguments.compare else None
    transport = connect(arguments.service, base_path=arguments.prefix, verify=not arguments.insecure)
    show = sys.stderr.isatty()
    try:
        report = run_conformance(
            transport,
            token=arguments.token or os.environ.get(TOKEN_VARIABLE),
            headers=dict(map(_header, arguments.header)),
            suites=suites,
            only=arguments.only,
            profile=named(arguments.profile) if arguments.profile else None,
            patience_seconds=arguments.patience,
            on_result=_show if show else lambda result: None,
        )
    except OSError as error:
        raise ValueError(f"cannot reach {arguments.service}: {error}") from None
    if show:
        print(file=sys.stderr)
    if not report.results:
        raise ValueError(f"no check of these suites has an id like {', '.join(arguments.only)}; --list shows them")
    _write(REPORTS[arguments.report](report), arguments.output)
    if all(result.outcome is Outcome.SKIPPED for result in report.results):
        # Nothing that is good was shown: a wrong token in a CI job must not look like a pass.
        print("scimcore check: every check was skipped. Are the URL and the token right?", file=sys.stderr)
        return 1
    return _judge(report, Level(arguments.level), earlier)


def _judge(report: Report, level: Level, earlier: dict[str, str] | None) -> int:
    order = list(Level)
    if earlier is None:
        return int(any(order.index(result.check.level) <= order.index(level) for result in report.failures))
    now = from_json(to_json(report))
    print(compare(earlier, now), end="")
    return int(bool(worse(earlier, now)))


def _show(result: Result) -> None:
    print(_MARKS[result.outcome], end="", file=sys.stderr, flush=True)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise ValueError(f"a header is 'Name: value', not {name!r}")
    return name.strip(), value.strip()


def _list(suites: object) -> int:
    for name in suites if isinstance(suites, (list, tuple, dict)) else ():
        if name not in SUITES:
            raise ValueError(f"unknown suite {name!r}; known: all, {', '.join(SUITES)}")
        for check in SUITES[name]:
            print(f"{name:10}{check.level:8}{check.id:50}{check.title}")
    return 0


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from None


def _write(text: str, path: str | None) -> None:
    if path is None:
        print(text, end="")
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror}") from None
