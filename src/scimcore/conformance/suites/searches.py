"""Queries by POST, and over all types (RFC 7644 §3.4.3, §3.4.2.1)."""

from typing import NamedTuple

from scimcore import urns
from scimcore.conformance.check import SPECS, Check, check, collected
from scimcore.conformance.exchange import Answer
from scimcore.conformance.matching import fill
from scimcore.conformance.outcomes import MUST, SHOULD, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.people import crew, people
from scimcore.documents import Document


def _search(probe: Probe, path: str, **members: object) -> list[Document]:
    body = {"schemas": [urns.SEARCH_REQUEST], **members}
    answer = probe.post(path, body)
    _require_offered(answer, f"POST {path}")
    return answer.expect(200).resources


def _require_offered(answer: Answer, what: str) -> None:
    """Nothing announces whether there is a search: a service that has none says so by its status code."""
    if answer.status in (404, 405, 501):
        raise Skipped(f"the service does not offer {what}: {answer.status}")


class SearchRow(NamedTuple):
    """Members of a SearchRequest, and the users in their order."""

    id: str
    members: dict[str, object]
    finds: str
    title: str
    needs: tuple[str, ...] = ()


SEARCHES = (
    SearchRow("filter", {"filter": 'userName sw "bo.{tag}"'}, "B", "finds what its filter finds"),
    SearchRow("none", {"filter": 'userName eq "x.{tag}"'}, "", "finds nothing with status 200"),
    SearchRow("page", {"filter": 'userName co "{tag}"', "sortBy": "userName", "startIndex": 2, "count": 2}, "BC", "takes paging and sorting", ("sort",)),
    SearchRow("sorted", {"filter": 'userName co "{tag}"', "sortBy": "userName", "sortOrder": "descending"}, "DCBA", "takes sortOrder", ("sort",)),
    SearchRow("names-case", {"FILTER": 'userName sw "bo.{tag}"'}, "B", "has members without case"),
)  # fmt: skip


def _search_check(row: SearchRow) -> Check:
    def function(probe: Probe) -> None:
        found = people(probe)
        resources = _search(probe, f"{probe.user.endpoint}/.search", **fill(row.members, found.words))
        letters = {made.id: letter for letter, made in found.users.items()}
        got = "".join(letters.get(str(resource.get("id")), "?") for resource in resources)
        probe.require(got == row.finds, f"{row.finds or 'nobody'}", got or "nobody")

    return Check(
        f"rfc7644-3.4.3-{row.id}", SPECS["rfc7644"], "3.4.3", MUST, f"POST /Users/.search {row.title}", function,
        "a SearchRequest has the members filter, sortBy, sortOrder, startIndex, count, attributes, excludedAttributes",
        ("User", "filter", *row.needs),
    )  # fmt: skip


@check(
    "rfc7644-3.4.3-attributes",
    "POST /Users/.search shows the attributes that it names, as a list",
    needs=("User.displayName", "filter"),
)
def search_attributes(probe: Probe) -> None:
    made = people(probe).users["A"]
    found = _search(probe, f"{probe.user.endpoint}/.search", filter=f'id eq "{made.id}"', attributes=["displayName"])
    probe.require(len(found) == 1, "one user", f"{len(found)}")
    probe.require(found[0].get("displayName") and "userName" not in found[0], "displayName alone", sorted(found[0]))


@check(
    "rfc7644-3.4.3-excluded",
    "POST /Users/.search hides the attributes that it excludes",
    needs=("User.displayName", "filter"),
)
def search_excluded(probe: Probe) -> None:
    made = people(probe).users["A"]
    found = _search(
        probe, f"{probe.user.endpoint}/.search", filter=f'id eq "{made.id}"', excludedAttributes=["displayName"]
    )
    probe.require(
        len(found) == 1 and "displayName" not in found[0] and found[0].get("userName"), "all but displayName", found
    )


@check("rfc7644-3.4.3-bad-filter", "POST /Users/.search refuses what is no filter", needs=("User", "filter"))
def search_bad_filter(probe: Probe) -> None:
    body = {"schemas": [urns.SEARCH_REQUEST], "filter": "userName is x"}
    answer = probe.post(f"{probe.user.endpoint}/.search", body)
    _require_offered(answer, "POST /Users/.search")
    answer.expect_error(400, scim_type=("invalidFilter",))


@check(
    "rfc7644-3.4.3-schemas",
    "POST /Users/.search with another message is refused",
    needs=("User", "filter"),
    level=SHOULD,
)
def search_schemas(probe: Probe) -> None:
    answer = probe.post(f"{probe.user.endpoint}/.search", {"schemas": [urns.PATCH_OP], "filter": "userName pr"})
    _require_offered(answer, "POST /Users/.search")
    answer.expect_error(400)


@check("rfc7644-3.4.3-makes-nothing", "POST /Users/.search makes no resource", needs=("User", "filter"))
def search_makes_nothing(probe: Probe) -> None:
    before = probe.get(probe.user.endpoint, count=0).document.get("totalResults")
    _search(probe, f"{probe.user.endpoint}/.search", count=0)
    after = probe.get(probe.user.endpoint, count=0).document.get("totalResults")
    probe.require(isinstance(after, int) and isinstance(before, int) and after <= before, f"{before} users", after)


@check("rfc7644-3.4.3-root", "POST /.search finds resources of all types", needs=("User", "Group", "filter"))
def search_root(probe: Probe) -> None:
    user, group = people(probe).users["A"], crew(probe).groups["X"]
    found = _search(probe, "/.search", filter=f'id eq "{user.id}" or id eq "{group.id}"')
    ids = {resource.get("id") for resource in found}
    probe.require(ids == {user.id, group.id}, "the user and the group", ids)


@check("rfc7644-3.4.2.1-root", "GET / with a filter finds resources of all types", needs=("User", "Group", "filter"))
def root_query(probe: Probe) -> None:
    user, group = people(probe).users["A"], crew(probe).groups["X"]
    answer = probe.get("/", filter=f'id eq "{user.id}" or id eq "{group.id}"')
    _require_offered(answer, "GET /")
    ids = {resource.get("id") for resource in answer.expect(200).resources}
    probe.require(ids == {user.id, group.id}, "the user and the group", ids)


@check(
    "rfc7644-3.4.2.1-root-type", "A query at the root may ask for meta.resourceType", needs=("User", "Group", "filter")
)
def root_type(probe: Probe) -> None:
    user, group = people(probe).users["A"], crew(probe).groups["X"]
    answer = probe.get("/", filter=f'meta.resourceType eq "Group" and (id eq "{user.id}" or id eq "{group.id}")')
    _require_offered(answer, "GET /")
    ids = {resource.get("id") for resource in answer.expect(200).resources}
    probe.require(ids == {group.id}, "the group", ids)


CHECKS = (*collected(globals()), *map(_search_check, SEARCHES))
