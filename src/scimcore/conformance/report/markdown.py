"""The report as Markdown: for a pull request or a page of documentation."""

from collections.abc import Iterator

from scimcore.conformance.check import Result
from scimcore.conformance.report.summary import lines, skips, verdict
from scimcore.conformance.run import Report


def to_markdown(report: Report) -> str:
    """Write a report as Markdown (CommonMark with tables)."""
    return "\n".join(_markdown(report)) + "\n"


def _markdown(report: Report) -> Iterator[str]:
    yield f"# SCIM conformance of {report.service}"
    yield ""
    yield f"{verdict(report)} {report.requests} requests in {report.seconds:.1f} s."
    yield ""
    yield "| suite | level | passed | failed | skipped |"
    yield "|---|---|---:|---:|---:|"
    for line in lines(report):
        yield f"| {line.suite or '**all**'} | {line.level} | {line.passed} | {line.failed} | {line.skipped} |"
    if report.failures:
        yield from ("", "## Failures")
        for result in report.failures:
            yield from _failure(result)
    reasons = skips(report)
    if reasons:
        yield from ("", "## Skipped", "", "| checks | reason |", "|---:|---|")
        yield from (f"| {count} | {_cell(reason)} |" for reason, count in reasons)
    if report.left_behind:
        yield from ("", "## Left behind", "")
        yield from (f"* `{path}`" for path in report.left_behind)


def _failure(result: Result) -> Iterator[str]:
    check = result.check
    yield from ("", f"### {check.level} `{result.id}`", "", f"{_cell(check.title)} ({check.source})", "")
    yield f"* expected: {_cell(result.expected)}"
    yield f"* received: {_cell(result.received)}"
    if check.hint:
        yield f"* hint: {_cell(check.hint)}"
    for exchange in result.exchanges[-2:]:
        yield from ("", "```http", exchange.request, "", exchange.response, "```")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
