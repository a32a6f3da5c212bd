"""A report in several forms: for people (text, HTML, Markdown), for machines (JSON, JUnit), and two runs compared."""

from scimcore.conformance.report.compare import compare
from scimcore.conformance.report.html import to_html
from scimcore.conformance.report.machine import from_json, to_json, to_junit
from scimcore.conformance.report.markdown import to_markdown
from scimcore.conformance.report.text import to_text

__all__ = ["compare", "from_json", "to_html", "to_json", "to_junit", "to_markdown", "to_text"]
