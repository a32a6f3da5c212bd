"""The report as one HTML page that needs nothing else."""

from collections.abc import Iterator
from html import escape

from scimcore.conformance.check import Result
from scimcore.conformance.outcomes import Outcome
from scimcore.conformance.report.summary import lines, skips, verdict
from scimcore.conformance.run import Report

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse}td,th{padding:.2em .8em;border-bottom:1px solid #ddd;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums}
section{border-left:4px solid #c33;padding-left:1em;margin:1.5em 0}section.SHOULD,section.MAY{border-color:#d92}
pre{background:#f6f6f6;padding:.7em;overflow:auto;font-size:13px}code{font-size:14px}
dt{font-weight:600}dd{margin:0 0 .5em 1.5em}.passed{color:#171}.failed{color:#c33}.skipped{color:#777}
"""


def to_html(report: Report) -> str:
    """Write a report as a page."""
    return "\n".join(_html(report)) + "\n"


def _html(report: Report) -> Iterator[str]:
    service = escape(report.service)
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>SCIM conformance of {service}</title>'
    yield f"<style>{_STYLE}</style><h1>SCIM conformance of {service}</h1>"
    yield f"<p>{escape(verdict(report))} {report.requests} requests in {report.seconds:.1f} s.</p>"
    yield "<table><tr><th>suite<th>level<th>passed<th>failed<th>skipped</tr>"
    for line in lines(report):
        numbers = "".join(f'<td class="n">{number}' for number in line[2:])
        yield f"<tr><td>{escape(line.suite) or '<b>all</b>'}<td>{line.level}{numbers}</tr>"
    yield "</table>"
    if report.failures:
        yield "<h2>Failures</h2>"
        for result in report.failures:
            yield from _failure(result)
    yield "<h2>All checks</h2><details><summary>Show</summary><table><tr><th>check<th>what<th>source<th>outcome</tr>"
    for result in report.results:
        yield _row(result)
    yield "</table></details>"
    reasons = skips(report)
    if reasons:
        yield "<h2>Skipped</h2><table><tr><th>checks<th>reason</tr>"
        yield from (f'<tr><td class="n">{count}<td>{escape(reason)}</tr>' for reason, count in reasons)
        yield "</table>"
    if report.left_behind:
        yield "<h2>Left behind</h2><ul>"
        yield from (f"<li><code>{escape(path)}</code>" for path in report.left_behind)
        yield "</ul>"
    yield "</html>"


def _failure(result: Result) -> Iterator[str]:
    check = result.check
    yield f'<section class="{check.level}"><h3>{check.level} <code>{escape(result.id)}</code></h3>'
    yield f"<p>{escape(check.title)} ({escape(check.source)})</p>"
    facts = (("expected", result.expected), ("received", result.received), ("hint", check.hint))
    yield "<dl>" + "".join(f"<dt>{name}<dd>{escape(text)}" for name, text in facts if text) + "</dl>"
    if result.exchanges:
        yield "<details><summary>What was said</summary>"
        for exchange in result.exchanges:
            yield f"<pre>{escape(exchange.request)}</pre><pre>{escape(exchange.response)}</pre>"
        yield "</details>"
    yield "</section>"


def _row(result: Result) -> str:
    why = f" ({escape(result.received)})" if result.outcome is Outcome.SKIPPED else ""
    return (
        f"<tr><td><code>{escape(result.id)}</code><td>{escape(result.check.title)}<td>{escape(result.check.source)}"
        f'<td class="{result.outcome}">{result.outcome}{why}</tr>'
    )
