"""The pytest plugin: each check is a test, and a fixture is there for a host's own tests.

``pytest --pyargs scimcore.conformance --scim-url URL --scim-token TOKEN`` asks any service. pytest loads this module
wherever the library is installed; the suites are loaded when something asks for them.
"""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import pytest

from scimcore.errors import ScimError

# The file of this package that stands for its checks when pytest collects the package.
_COLLECTED = Path(__file__).with_name("catalogue.py")
TOKEN_VARIABLE = "SCIMCORE_TOKEN"
_LEVELS = ("MUST", "SHOULD", "MAY")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("scim", "conformance of a SCIM service: pytest --pyargs scimcore.conformance")
    group.addoption("--scim-url", metavar="URL", help="the base URL of the service")
    group.addoption("--scim-app", metavar="MODULE:APP", help="an ASGI or WSGI app instead of a URL")
    group.addoption("--scim-prefix", metavar="PATH", default="", help="the path below which the app answers")
    group.addoption("--scim-token", metavar="TOKEN", help=f"the bearer token (or set {TOKEN_VARIABLE})")
    group.addoption("--scim-suite", metavar="NAME", action="append", help="a suite to run instead of the usual ones")
    group.addoption("--scim-profile", metavar="NAME", help="an attribute mapping beside: a name, or a TOML file")
    group.addoption(
        "--scim-level",
        choices=_LEVELS,
        default="SHOULD",
        help="what fails: MUST alone, SHOULD too, or MAY too; the rest are expected failures",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "CheckFile | None":
    """Collect this package's checks, where a service is named to make them of."""
    if file_path != _COLLECTED or _target(parent.config) is None:
        return None
    return CheckFile.from_parent(parent, path=file_path)


def _target(config: pytest.Config) -> str | None:
    target: str | None = config.getoption("--scim-url") or config.getoption("--scim-app")
    return target


class CheckFile(pytest.File):
    """The checks of the chosen suites, and the session that makes them."""

    session_under_test: Any = None

    def collect(self) -> Iterator["CheckItem"]:
        """Yield an item for each check.

        Raises:
            pytest.UsageError: If there is no such suite or profile.
        """
        run, catalogue = import_module("scimcore.conformance.run"), import_module("scimcore.conformance.catalogue")
        try:
            suites = self.config.getoption("--scim-suite") or catalogue.DEFAULT
            chosen = list(run.chosen(suites, (), _profile(self.config.getoption("--scim-profile"))))
        except (ValueError, ScimError) as error:
            raise pytest.UsageError(str(error)) from None
        for suite, check in chosen:
            yield CheckItem.from_parent(self, name=check.id, suite=suite, check=check)

    def open(self) -> Any:  # noqa: ANN401 - the suites are loaded late
        """Return the session, which reads what the service announces when it is first asked for."""
        if self.session_under_test is None:
            config = self.config
            run, transport = import_module("scimcore.conformance.run"), import_module("scimcore.conformance.transport")
            target = _target(config)
            connected = transport.connect(target, base_path=config.getoption("--scim-prefix"))
            token = config.getoption("--scim-token") or os.environ.get(TOKEN_VARIABLE)
            self.session_under_test = run.Session(connected, {"Authorization": f"Bearer {token}"} if token else {})
        return self.session_under_test

    def teardown(self) -> None:
        """Remove what was made."""
        if self.session_under_test is not None:
            self.session_under_test.close()
            self.session_under_test = None


def _profile(name: str | None) -> Any:  # noqa: ANN401 - as above
    return None if name is None else import_module("scimcore.conformance.suites.profile").named(name)


class CheckFailed(Exception):
    """A check failed; its text is what pytest shows."""


class CheckItem(pytest.Item):
    """One check as a test."""

    def __init__(self, *, suite: str, check: Any, **rest: Any) -> None:  # noqa: ANN401 - as above
        """Take a check of a suite."""
        super().__init__(**rest)
        self.suite = suite
        self.check = check
        self.user_properties += [("specification", check.source), ("level", check.level.value)]

    def runtest(self) -> None:
        """Make the check, of each resource type if it is for each.

        Raises:
            CheckFailed: If the service answers something else than it must.
        """
        parent = self.parent
        assert isinstance(parent, CheckFile)
        results = parent.open().run(self.suite, self.check)
        failed = [result for result in results if result.outcome.value == "failed"]
        if failed:
            level = self.config.getoption("--scim-level")
            if _LEVELS.index(self.check.level.value) > _LEVELS.index(level):
                pytest.xfail(f"{self.check.level.value}: received {failed[0].received}")
            raise CheckFailed("\n\n".join(map(_describe, failed)))
        skipped = [result for result in results if result.outcome.value == "skipped"]
        if len(skipped) == len(results):
            pytest.skip("; ".join(dict.fromkeys(result.received for result in skipped)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """Show what was expected and what was said, and no trace of our own code."""
        if isinstance(excinfo.value, CheckFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the check by what it wants."""
        return self.path, None, f"{self.check.level} {self.check.id}: {self.check.title}"


def _describe(result: Any) -> str:  # noqa: ANN401 - as above
    check = result.check
    said = [f"{exchange.request}\n\n{exchange.response}" for exchange in result.exchanges[-3:]]
    return "\n\n".join(
        (
            f"{check.level} {result.id} ({check.source})\n{check.title}",
            f"expected: {result.expected}\nreceived: {result.received}"
            + (f"\nhint: {check.hint}" if check.hint else ""),
            *said,
        )
    )


class CheckService(Protocol):
    """What the fixture gives: checks a service and returns the report."""

    def __call__(self, target: Any, **options: Any) -> Any:  # noqa: ANN401 - as `connect` and `run_conformance`
        """Check a service; ``target`` and ``base_path`` as for ``connect``, the rest as for ``run_conformance``."""
        ...


@pytest.fixture
def scim_conformance() -> CheckService:
    """Check a service from a test: ``scim_conformance(app, token="...").raise_for_failures()``."""
    transport, run = import_module("scimcore.conformance.transport"), import_module("scimcore.conformance.run")

    def check(target: Any, *, base_path: str = "", **options: Any) -> Any:  # noqa: ANN401 - as above
        return run.run_conformance(transport.connect(target, base_path=base_path), **options)

    return check
