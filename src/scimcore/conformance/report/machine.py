"""The report for machines: JSON, which can be read back for a comparison, and JUnit's XML."""

import json
import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from scimcore.conformance.check import Result
from scimcore.conformance.outcomes import Outcome
from scimcore.conformance.run import Report
from scimcore.documents import Document

FORMAT = 1


def to_json(report: Report) -> str:
    """Write a report as JSON."""
    return json.dumps(_document(report), indent=1, ensure_ascii=False) + "\n"


def _document(report: Report) -> Document:
    return {
        "format": FORMAT,
        "service": report.service,
        "seconds": round(report.seconds, 3),
        "requests": report.requests,
        "counts": {outcome.value: report.count(outcome) for outcome in Outcome},
        "leftBehind": list(report.left_behind),
        "results": [_result(result) for result in report.results],
    }


def _result(result: Result) -> Document:
    check = result.check
    document: Document = {
        "id": result.id,
        "suite": result.suite,
        "specification": check.spec,
        "section": check.section,
        "level": check.level.value,
        "title": check.title,
        "outcome": result.outcome.value,
        "seconds": round(result.seconds, 4),
    }
    if result.outcome is Outcome.SKIPPED:
        document["reason"] = result.received
    if result.outcome is Outcome.FAILED:
        document |= {"expected": result.expected, "received": result.received, "hint": check.hint}
        document["exchanges"] = [{"request": e.request, "response": e.response} for e in result.exchanges]
    return document


def from_json(text: str) -> dict[str, str]:
    """Read outcome by id out of a report that ``to_json`` wrote.

    Raises:
        ValueError: If the text is no such report.
    """
    try:
        document = json.loads(text)
        if document["format"] == FORMAT:
            return {result["id"]: result["outcome"] for result in document["results"]}
    except (ValueError, KeyError, TypeError):
        pass
    raise ValueError("not a JSON report of this suite")


def to_junit(report: Report) -> str:
    """Write a report as JUnit XML: one test case for each check, classes named after suites."""
    return "\n".join(_junit(report)) + "\n"


def _junit(report: Report) -> Iterator[str]:
    failed, skipped = (report.count(outcome) for outcome in (Outcome.FAILED, Outcome.SKIPPED))
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield (
        f'<testsuites><testsuite name="scim" tests="{len(report.results)}" failures="{failed}" errors="0" '
        f'skipped="{skipped}" time="{report.seconds:.3f}">'
    )
    for result in report.results:
        yield from _case(result)
    yield "</testsuite></testsuites>"


def _case(result: Result) -> Iterator[str]:
    name, suite = _attribute(result.id), _attribute(f"scim.{result.suite}")
    yield f'<testcase classname={suite} name={name} time="{result.seconds:.4f}">'
    if result.outcome is Outcome.SKIPPED:
        yield f"<skipped message={_attribute(result.received)}/>"
    elif result.outcome is Outcome.FAILED:
        check = result.check
        yield f"<failure message={_attribute(f'{check.level} {check.title} ({check.source})')}>"
        said = "\n\n".join(f"{exchange.request}\n\n{exchange.response}" for exchange in result.exchanges)
        yield escape(_printable(f"expected: {result.expected}\nreceived: {result.received}\n\n{said}"))
        yield "</failure>"
    yield "</testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_printable(text))


def _printable(text: str) -> str:
    """XML 1.0 has no control characters but three."""
    return re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text)
