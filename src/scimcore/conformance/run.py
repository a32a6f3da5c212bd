"""A run: what a service announces is read, checks are made one after the other, and what was made is removed."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from scimcore.conformance.catalogue import DEFAULT, SUITES
from scimcore.conformance.check import Check, Result
from scimcore.conformance.exchange import Exchange, ShownExchange, shown
from scimcore.conformance.outcomes import Failed, Level, Outcome, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.service import Service
from scimcore.conformance.suites.profile import checks_of, mandatory
from scimcore.conformance.target import Kind, Target
from scimcore.conformance.transport import Transport
from scimcore.documents import Document
from scimcore.profiles import Profile

# How long a service may take to show what was written, before that is a fault.
PATIENCE_SECONDS = 5.0
_SHOWN_EXCHANGES = 6


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run.

    Attributes:
        service: The base URL.
        results: In the order in which the checks were made.
        requests: How many requests were sent.
        seconds: How long it took.
        left_behind: Resources that the service would not delete.
    """

    service: str
    results: tuple[Result, ...]
    requests: int
    seconds: float
    left_behind: tuple[str, ...] = ()

    @property
    def failures(self) -> tuple[Result, ...]:
        """What failed, the gravest first."""
        failed = [result for result in self.results if result.outcome is Outcome.FAILED]
        return tuple(sorted(failed, key=lambda result: list(Level).index(result.check.level)))

    def count(self, outcome: Outcome, level: Level | None = None, suite: str | None = None) -> int:
        """Count results."""
        return sum(
            result.outcome is outcome
            and (level is None or result.check.level is level)
            and (suite is None or result.suite == suite)
            for result in self.results
        )

    @property
    def suites(self) -> tuple[str, ...]:
        """The suites that results are of."""
        return tuple(dict.fromkeys(result.suite for result in self.results))

    def raise_for_failures(self, level: Level = Level.SHOULD) -> None:
        """Raise if something failed that a specification wants this much or more.

        Raises:
            AssertionError: With one line for each failure.
        """
        order = list(Level)
        grave = [result for result in self.failures if order.index(result.check.level) <= order.index(level)]
        if grave:
            lines = [
                f"{result.id} ({result.check.source}): expected {result.expected}; received {result.received}"
                for result in grave
            ]
            raise AssertionError("\n".join((f"{len(grave)} checks failed", *lines)))


@dataclass
class Session:
    """A service under test, and the checks that are made of it one by one.

    Attributes:
        transport: The way to the service.
        headers: Header fields of every request.
        patience_seconds: How long the service may take to show what was written.
        sleep: Waits some seconds.
        always: By name of a resource type, what every new resource has beside what its schema requires; ``{tag}``
            in its texts becomes a text that no other resource has.
    """

    transport: Transport
    headers: Mapping[str, str] = field(default_factory=dict)
    patience_seconds: float = PATIENCE_SECONDS
    sleep: Callable[[float], object] = time.sleep
    always: Mapping[str, Document] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            self.service = Service(self.transport, self.headers, always=self.always, sleep=self.sleep)
        except BaseException:
            self.transport.close()
            raise
        self._lag_seconds: float | None = None

    @property
    def target(self) -> Target:
        """What the service announces."""
        return self.service.target

    def run(self, suite: str, check: Check) -> list[Result]:
        """Make one check: once, or once for each resource type."""
        kinds = self.target.kinds if check.each_type else (self.target.user or _first(self.target),)
        if not kinds:
            return [Result(check, suite, Outcome.SKIPPED, received="the service announces no resource types")]
        return [self._run_one(suite, check, kind) for kind in kinds]

    def _run_one(self, suite: str, check: Check, kind: Kind | None) -> Result:
        name = kind.name if kind is not None and check.each_type else ""
        missing = next(filter(None, map(self.target.missing, check.needs)), None)
        if missing is not None:
            return Result(check, suite, Outcome.SKIPPED, name, received=missing)
        result = self._attempt(suite, check, kind, name, 0)
        if result.outcome is Outcome.FAILED and self._lag():
            # A service that takes a while to show what was written is asked again, with a pause after each write.
            result = self._attempt(suite, check, kind, name, 2 * self._lag())
        return result

    def _attempt(self, suite: str, check: Check, kind: Kind | None, name: str, pause_seconds: float) -> Result:
        started = time.perf_counter()
        probe = Probe(self.service, kind, pause_seconds=pause_seconds)
        before = dict(self.service.made)
        outcome, expected, received = Outcome.PASSED, "", ""
        try:
            check.function(probe)
        except Failed as failed:
            outcome, expected, received = Outcome.FAILED, failed.expected, failed.received
        except Skipped as skipped:
            outcome, received = Outcome.SKIPPED, str(skipped)
        except OSError as error:
            outcome, expected, received = Outcome.FAILED, "an answer", f"{type(error).__name__}: {error}"
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            # What a service answers may be of any form; a check reads it as the specification says it is.
            wrong = f"an answer of another form ({type(error).__name__}: {error})"
            outcome, expected, received = Outcome.FAILED, "an answer of the form that the specification gives it", wrong
        self.service.clean(keep={**before, **self.service.kept})
        exchanges = self._shown(probe.exchanges) if outcome is Outcome.FAILED else ()
        return Result(check, suite, outcome, name, expected, received, exchanges, time.perf_counter() - started)

    def _shown(self, exchanges: list[Exchange]) -> tuple[ShownExchange, ...]:
        return tuple(shown(exchange, self.service.secrets) for exchange in exchanges[-_SHOWN_EXCHANGES:])

    def _lag(self) -> float:
        """Measure, once and only when something has failed, how long the service takes to show what was written."""
        if self._lag_seconds is None:
            self._lag_seconds = self._measured_lag() if self.patience_seconds else 0
        return self._lag_seconds

    def _measured_lag(self) -> float:
        kind = self.target.user or _first(self.target)
        if kind is None:
            return 0
        probe = Probe(self.service, kind)
        waited, step = 0.0, 0.1
        try:
            made = probe.create(kind)
            while waited < self.patience_seconds:
                listed = {resource.get("id") for resource in probe.get(kind.endpoint, count=1000).resources}
                total = probe.get(kind.endpoint, count=0).document.get("totalResults", 0)
                if probe.get(made.path).status == 200 and (made.id in listed or total > len(listed)):
                    return waited
                self.sleep(step)
                waited, step = waited + step, step * 2
        except (Failed, Skipped, OSError):
            pass
        finally:
            self.service.clean(keep=self.service.kept)
        return 0

    def close(self) -> None:
        """Remove all that was made, and give back the transport."""
        try:
            self.service.clean(keep={})
        finally:
            self.transport.close()


def _first(target: Target) -> Kind | None:
    return next(iter(target.kinds), None)


def chosen(
    suites: Iterable[str], only: Iterable[str] = (), profile: Profile | None = None
) -> Iterator[tuple[str, Check]]:
    """Yield suite and check of all that is asked for.

    Args:
        suites: Names of suites; ``all`` is every one.
        only: Patterns of ids (``rfc7644-3.5.2*``); without any, every check.
        profile: An attribute mapping, whose checks are made as well.

    Raises:
        ValueError: If there is no such suite.
    """
    names = list(suites)
    known = SUITES if profile is None else {**SUITES, "profile": checks_of(profile)}
    if "all" in names:
        names = list(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"unknown suite {unknown[0]!r}; known: all, {', '.join(known)}")
    if profile is not None:
        names.append("profile")
    patterns = tuple(only)
    for name in dict.fromkeys(names):
        for check in known[name]:
            if not patterns or any(fnmatchcase(check.id, pattern) for pattern in patterns):
                yield name, check


def run_conformance(
    transport: Transport,
    *,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    suites: Iterable[str] = DEFAULT,
    only: Iterable[str] = (),
    profile: Profile | None = None,
    stop_at_first_failure: bool = False,
    patience_seconds: float = PATIENCE_SECONDS,
    on_result: Callable[[Result], object] = lambda result: None,
    sleep: Callable[[float], object] = time.sleep,
    always: Mapping[str, Document] | None = None,
) -> Report:
    """Check a service.

    Resources are created, changed and deleted; nothing is touched that the run has not made itself, and what it has
    made is removed.

    Args:
        transport: The way to the service; see :func:`scimcore.conformance.connect`.
        token: A bearer token.
        headers: Header fields of every request, instead of a token or beside it.
        suites: Which suites to run.
        only: Patterns of ids of checks, to run some of them.
        profile: An application's attribute mapping, to be checked beside the suites.
        stop_at_first_failure: Whether one failure is enough.
        patience_seconds: How long the service may take to show what was written.
        on_result: Is told each result as it comes.
        sleep: Waits some seconds.
        always: See :class:`Session`. With a profile, users have what it makes mandatory.

    Returns:
        What came of it.

    Raises:
        ValueError: If there is no such suite.
        OSError: If the service cannot be reached.
    """
    started = time.perf_counter()
    wanted = list(chosen(suites, only, profile))
    fields = {**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
    if always is None:
        always = {} if profile is None else {"User": mandatory(profile)}
    session = Session(transport, fields, patience_seconds, sleep, always)
    results: list[Result] = []
    try:
        for suite, check in wanted:
            new = session.run(suite, check)
            results += new
            for result in new:
                on_result(result)
            if stop_at_first_failure and any(result.outcome is Outcome.FAILED for result in new):
                break
    finally:
        session.close()
    return Report(
        transport.base_url,
        tuple(results),
        session.service.requests,
        time.perf_counter() - started,
        tuple(session.service.left_behind),
    )
