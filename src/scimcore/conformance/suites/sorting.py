"""The order of lists (RFC 7644 §3.4.2.3)."""

from typing import NamedTuple

from scimcore import urns
from scimcore.conformance.check import SPECS, Check, check, collected
from scimcore.conformance.outcomes import MAY, MUST
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.people import People, people

CORE = urns.USER


class SortRow(NamedTuple):
    """Parameters, the filter beside them, and the order of the users."""

    id: str
    query: dict[str, str]
    order: str
    title: str
    hint: str = ""


NO_CASE = "values of attributes with caseExact false are sorted without case"
SORTS = (
    SortRow("ascending", {"sortBy": "userName"}, "ABCD", "sortBy sorts in ascending order", NO_CASE),
    SortRow("ascending-named", {"sortBy": "userName", "sortOrder": "ascending"}, "ABCD", "ascending is what it says"),
    SortRow("descending", {"sortBy": "userName", "sortOrder": "descending"}, "DCBA", "descending is what it says"),
    SortRow("name-case", {"sortBy": "USERNAME"}, "ABCD", "sortBy has no case"),
    SortRow("sub-attribute", {"sortBy": "name.familyName"}, "ABCD", "sub-attributes can be sorted by"),
    SortRow("sub-attribute-descending", {"sortBy": "name.familyName", "sortOrder": "descending"}, "DCBA", "sub-attributes can be sorted by"),
    SortRow("urn", {"sortBy": f"{CORE}:userName", "sortOrder": "descending"}, "DCBA", "names may be qualified by a URN"),
    SortRow("created", {"sortBy": "meta.created"}, "ABCD", "times can be sorted by"),
    SortRow("boolean", {"sortBy": "active", "sortOrder": "ascending"}, "", "booleans can be sorted by"),
)  # fmt: skip


def _sort_check(row: SortRow) -> Check:
    def function(probe: Probe) -> None:
        found = people(probe)
        letters = _order(probe, found, row.query)
        expected = row.order or "".join(sorted(letters))
        probe.require(sorted(letters) == ["A", "B", "C", "D"], "all four users", letters)
        probe.require(not row.order or letters == expected, f"the order {expected}", letters)

    return Check(
        f"rfc7644-3.4.2.3-{row.id}", SPECS["rfc7644"], "3.4.2.3", MUST, f"{row.title}: {row.query}", function, row.hint,
        ("User", "filter", "sort", "User.name.familyName"),
    )  # fmt: skip


def _order(probe: Probe, found: People, query: dict[str, str], filter: str | None = None) -> str:
    answer = probe.get(probe.user.endpoint, filter=filter or f'userName co "{found.tag}"', **query).expect(200)
    letters = {made.id: letter for letter, made in found.users.items()}
    return "".join(letters.get(str(resource.get("id")), "?") for resource in answer.resources)


@check(
    "rfc7644-3.4.2.3-order-case",
    "sortOrder in other casing is understood or refused, not taken for ascending",
    needs=("User", "filter", "sort"),
    level=MAY,
)
def order_case(probe: Probe) -> None:
    found = people(probe)
    query = {"filter": f'userName co "{found.tag}"', "sortBy": "userName", "sortOrder": "Descending"}
    answer = probe.get(probe.user.endpoint, **query)
    if answer.status != 400:
        letters = _order(probe, found, {"sortBy": "userName", "sortOrder": "Descending"})
        probe.require(letters == "DCBA", "the order DCBA, or 400", letters)


@check(
    "rfc7644-3.4.2.3-absent-last",
    "Resources without the value come last in ascending order",
    needs=("User", "filter", "sort", "User.title"),
)
def absent_last(probe: Probe) -> None:
    found = people(probe)
    letters = _order(probe, found, {"sortBy": "title"})
    probe.require(letters == "ACDB", "the order ACDB", letters)


@check(
    "rfc7644-3.4.2.3-absent-first",
    "Resources without the value come first in descending order",
    needs=("User", "filter", "sort", "User.title"),
)
def absent_first(probe: Probe) -> None:
    found = people(probe)
    letters = _order(probe, found, {"sortBy": "title", "sortOrder": "descending"})
    probe.require(letters == "BDCA", "the order BDCA", letters)


@check(
    "rfc7644-3.4.2.3-primary",
    "A multi-valued attribute is sorted by its primary or else first value",
    needs=("User", "filter", "sort", "User.emails"),
)
def sort_primary(probe: Probe) -> None:
    found = people(probe)
    filter = f'userName co "{found.tag}" and emails pr'
    letters = _order(probe, found, {"sortBy": "emails.value"}, filter)
    probe.require(letters == "ABC", "the order ABC", letters)


@check("rfc7644-3.4.2.3-pages", "Sorting goes before paging", needs=("User", "filter", "sort"))
def sort_pages(probe: Probe) -> None:
    found = people(probe)
    letters = "".join(
        _order(probe, found, {"sortBy": "userName", "sortOrder": "descending", "startIndex": str(start), "count": "2"})
        for start in (1, 3)
    )
    probe.require(letters == "DCBA", "the order DCBA", letters)


CHECKS = (*collected(globals()), *map(_sort_check, SORTS))
