"""The report on one page of text."""

import textwrap
from collections.abc import Iterator

from scimcore.conformance.check import Result
from scimcore.conformance.report.summary import lines, skips, verdict
from scimcore.conformance.run import Report

_WIDTH = 118


def to_text(report: Report, *, exchanges: bool = True) -> str:
    """Write a report for a terminal.

    Args:
        report: What came of a run.
        exchanges: Whether failures show what was said.
    """
    return "\n".join(_text(report, exchanges)) + "\n"


def _text(report: Report, exchanges: bool) -> Iterator[str]:
    yield f"SCIM conformance of {report.service}"
    yield f"{verdict(report)} {report.requests} requests in {report.seconds:.1f} s."
    yield ""
    for result in report.failures:
        yield from _failure(result, exchanges)
    yield f"{'suite':12}{'level':8}{'passed':>8}{'failed':>8}{'skipped':>9}"
    for line in lines(report):
        yield f"{line.suite or 'all':12}{line.level:8}{line.passed:8}{line.failed:8}{line.skipped:9}"
    reasons = skips(report)
    if reasons:
        yield ""
        yield "skipped"
        yield from (f"{count:6}  {reason}" for reason, count in reasons)
    if report.left_behind:
        yield ""
        yield f"The service would not delete what this run has made: {', '.join(report.left_behind)}"


def _failure(result: Result, exchanges: bool) -> Iterator[str]:
    check = result.check
    yield f"{check.level} {result.id}"
    yield f"  {check.title} ({check.source})"
    yield from _paragraph("expected", result.expected)
    yield from _paragraph("received", result.received)
    if check.hint:
        yield from _paragraph("hint", check.hint)
    if exchanges:
        for exchange in result.exchanges[-2:]:
            yield textwrap.indent(exchange.request, "    > ", lambda line: True)
            yield textwrap.indent(exchange.response, "    < ", lambda line: True)
    yield ""


def _paragraph(label: str, text: str) -> Iterator[str]:
    indent = " " * 12
    yield textwrap.fill(text, _WIDTH, initial_indent=f"  {label:10}", subsequent_indent=indent, break_long_words=False)
