"""What all forms of a report say: counts by suite and level, failures first, skips by their reasons."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from scimcore.conformance.outcomes import Level, Outcome
from scimcore.conformance.run import Report


class Line(NamedTuple):
    """The counts of one suite at one level; ``suite`` is empty for the line of all."""

    suite: str
    level: str
    passed: int
    failed: int
    skipped: int


def lines(report: Report) -> Iterator[Line]:
    """Yield a line for each suite and level that has checks, and one for all."""
    for suite in report.suites:
        for level in Level:
            counts = [report.count(outcome, level, suite) for outcome in Outcome]
            if any(counts):
                yield Line(suite, level.value, *counts)
    yield Line("", "", *(report.count(outcome) for outcome in Outcome))


def skips(report: Report) -> list[tuple[str, int]]:
    """Return the reasons for skips, the most frequent first."""
    reasons = Counter(result.received for result in report.results if result.outcome is Outcome.SKIPPED)
    return reasons.most_common()


def verdict(report: Report) -> str:
    """Say in one sentence what came of it."""
    must = report.count(Outcome.FAILED, Level.MUST)
    others = len(report.failures) - must
    asked = report.count(Outcome.PASSED) + len(report.failures)
    if not asked:
        return "Nothing was checked."
    if not report.failures:
        return f"All {asked} checks that apply passed."
    return f"{must} of what MUST be is not, and {others} of what SHOULD or MAY be ({asked} checks apply)."
