"""Lists: the ListResponse and its pages (RFC 7644 §3.4.2, §3.4.2.4)."""

from typing import NamedTuple

from scimcore.conformance.check import SPECS, Check, check, collected
from scimcore.conformance.outcomes import MUST, Level
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.people import people


@check("rfc7644-3.4.2-list", "GET of an endpoint answers 200 with a ListResponse", each_type=True)
def listed(probe: Probe) -> None:
    _ = probe.get(probe.kind.endpoint).expect(200).resources


@check(
    "rfc7644-3.4.2-total", "A list has totalResults, an integer", each_type=True, hint="not a text: Okta stops at one"
)
def total(probe: Probe) -> None:
    value = probe.get(probe.kind.endpoint).expect(200).document.get("totalResults")
    probe.require(type(value) is int and value >= 0, "an integer totalResults", value)


@check("rfc7644-3.4.2-total-counts", "totalResults counts what there is", each_type=True)
def total_counts(probe: Probe) -> None:
    before = probe.get(probe.kind.endpoint, count=0).expect(200).document.get("totalResults")
    probe.create(probe.kind)
    probe.create(probe.kind)
    after = probe.get(probe.kind.endpoint, count=0).expect(200).document.get("totalResults")
    # Others may be at work in the same service.
    probe.require(
        isinstance(before, int) and isinstance(after, int) and after >= before + 2, f"{before} and two more", after
    )


@check("rfc7644-3.4.2-total-filtered", "totalResults counts what matches the filter", needs=("User", "filter"))
def total_filtered(probe: Probe) -> None:
    found = people(probe)
    answer = probe.get(probe.user.endpoint, filter=f'userName co "{found.tag}"', count=2).expect(200)
    probe.require(answer.document.get("totalResults") == 4, "totalResults 4", answer.document.get("totalResults"))


@check(
    "rfc7644-3.4.2-none",
    "No match is an empty list with status 200",
    needs=("User", "filter"),
    hint="not 404: Entra takes that for a service that does not work",
)
def none(probe: Probe) -> None:
    answer = probe.get(probe.user.endpoint, filter=f'userName eq "nobody.{probe.tag}@example.com"').expect(200)
    probe.require(answer.resources == [] and answer.document.get("totalResults") == 0, "an empty list", answer.document)


@check("rfc7644-3.4.2-whole", "Resources in a list are what GET answers for each", needs=("User", "filter"))
def whole(probe: Probe) -> None:
    made = people(probe).users["A"]
    found = probe.get(probe.user.endpoint, filter=f'id eq "{made.id}"').expect(200).resources
    probe.require(len(found) == 1 and found[0] == probe.read(made.path), "the resource as it is read", found)


@check("rfc7644-3.4.2-media-type", "Lists come as application/scim+json", each_type=True)
def list_media_type(probe: Probe) -> None:
    value = probe.get(probe.kind.endpoint).headers.get("content-type")
    probe.require(value.startswith("application/scim+json"), "Content-Type application/scim+json", value)


@check("rfc7644-3.4.2-own-type", "An endpoint lists resources of its own type alone", each_type=True)
def own_type(probe: Probe) -> None:
    probe.create(probe.kind)
    for resource in probe.get(probe.kind.endpoint).expect(200).resources:
        schemas = [str(urn).lower() for urn in resource.get("schemas", ())]
        probe.require(probe.kind.schema.lower() in schemas, f"{probe.kind.name} alone", schemas)


@check("rfc7644-3.4.2-schemas", "Resources in a list have schemas, id and meta", each_type=True, hint="erratum 8084")
def list_schemas(probe: Probe) -> None:
    probe.create(probe.kind)
    for resource in probe.get(probe.kind.endpoint).expect(200).resources:
        for name in ("schemas", "id"):
            probe.require(resource.get(name), f"{name} in each resource", resource)


class PageRow(NamedTuple):
    """A page of four users: what is asked, how many come, and what startIndex is said."""

    id: str
    query: dict[str, object]
    length: int
    start: int | None
    title: str
    hint: str = ""
    level: Level = MUST


PAGES = (
    PageRow("count", {"count": 2}, 2, 1, "count limits the page"),
    PageRow("count-one", {"startIndex": 1, "count": 1}, 1, 1, "count 1 is one resource"),
    PageRow("count-zero", {"count": 0}, 0, None, "count 0 answers no resources", "totalResults alone is asked for"),
    PageRow("count-negative", {"count": -3}, 0, None, "a negative count is read as 0", "RFC 7644 §3.4.2.4: a negative value SHALL be interpreted as 0"),
    PageRow("count-more", {"count": 50}, 4, 1, "count above the number of matches answers them all"),
    PageRow("start", {"startIndex": 3, "count": 10}, 2, 3, "startIndex is 1-based", "the first resource is number 1"),
    PageRow("start-first", {"startIndex": 1, "count": 10}, 4, 1, "startIndex 1 begins with the first", "the first resource is number 1"),
    PageRow("start-zero", {"startIndex": 0, "count": 10}, 4, 1, "startIndex 0 is read as 1", "RFC 7644 §3.4.2.4: a value below 1 SHALL be interpreted as 1"),
    PageRow("start-negative", {"startIndex": -5, "count": 10}, 4, 1, "a negative startIndex is read as 1", "RFC 7644 §3.4.2.4: a value below 1 SHALL be interpreted as 1"),
    PageRow("start-last", {"startIndex": 4, "count": 10}, 1, 4, "the last page has what is left"),
    PageRow("start-beyond", {"startIndex": 5, "count": 10}, 0, None, "a page beyond the last is empty", "200 and no resources"),
    PageRow("start-far", {"startIndex": 1000000, "count": 10}, 0, None, "a page far beyond the last is empty", "200 and no resources"),
)  # fmt: skip


def _page_check(row: PageRow) -> Check:
    def function(probe: Probe) -> None:
        found = people(probe)
        answer = probe.get(probe.user.endpoint, filter=f'userName co "{found.tag}"', **row.query).expect(200)
        document = answer.document
        probe.require(len(answer.resources) == row.length, f"{row.length} resources", f"{len(answer.resources)}")
        probe.require(document.get("totalResults") == 4, "totalResults 4", document.get("totalResults"))
        if row.length:
            probe.require(
                document.get("itemsPerPage") == row.length, f"itemsPerPage {row.length}", document.get("itemsPerPage")
            )
        if row.start is not None:
            probe.require(
                document.get("startIndex") == row.start, f"startIndex {row.start}", document.get("startIndex")
            )

    asked = "&".join(f"{name}={value}" for name, value in row.query.items())
    return Check(
        f"rfc7644-3.4.2.4-{row.id}", SPECS["rfc7644"], "3.4.2.4", row.level, f"{asked}: {row.title}", function, row.hint,
        ("User", "filter"),
    )  # fmt: skip


@check(
    "rfc7644-3.4.2.4-walk",
    "Pages together have every match once",
    needs=("User", "filter"),
    hint="the order must be stable from page to page",
)
def walk(probe: Probe) -> None:
    found = people(probe)
    ids: list[str] = []
    for start in range(1, 5):
        answer = probe.get(probe.user.endpoint, filter=f'userName co "{found.tag}"', startIndex=start, count=1).expect(
            200
        )
        ids += [str(resource.get("id")) for resource in answer.resources]
    expected = sorted(made.id for made in found.users.values())
    probe.require(sorted(ids) == expected, "each of the four once", ids)


@check("rfc7644-3.4.2.4-stable", "The same page twice has the same resources", needs=("User", "filter"))
def stable(probe: Probe) -> None:
    found = people(probe)
    pages = [
        probe.get(probe.user.endpoint, filter=f'userName co "{found.tag}"', startIndex=2, count=2).expect(200).resources
        for _ in range(2)
    ]
    probe.require(pages[0] == pages[1], "the same page", pages[1])


@check(
    "rfc7644-3.4.2.4-count-text", "A count that is no number is refused or ignored, and breaks nothing", each_type=True
)
def count_text(probe: Probe) -> None:
    answer = probe.get(probe.kind.endpoint, count="many")
    probe.require(answer.status in (200, 400), "400, or 200", answer.summary())


@check("rfc7644-3.4.2.4-max-results", "A page has no more than filter.maxResults resources", needs=("User", "filter"))
def max_results(probe: Probe) -> None:
    limit = probe.target.limit("filter", "maxResults")
    answer = probe.get(probe.user.endpoint, filter="userName pr", count=1_000_000)
    if answer.status == 400:
        answer.expect_error(400, scim_type=("tooMany",))
        return
    length = len(answer.expect(200).resources)
    probe.require(limit is None or length <= limit, f"at most {limit}", f"{length}")


CHECKS = (*collected(globals()), *map(_page_check, PAGES))
