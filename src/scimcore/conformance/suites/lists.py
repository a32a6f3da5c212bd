"""Lists: ListResponse, pages, sorting, and what of a resource is shown (RFC 7644 §3.4.2, §3.9)."""

from typing import NamedTuple

from scimcore import urns
from scimcore.conformance.check import SPECS, Check, check, collected
from scimcore.conformance.exchange import Answer
from scimcore.conformance.matching import fill
from scimcore.conformance.outcomes import MUST, SHOULD, Level, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.people import People, crew, people
from scimcore.documents import Document

ENT = urns.ENTERPRISE_USER
CORE = urns.USER

# ListResponse: §3.4.2 ------------------------------------------------------------------------------------------------


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


# Pages: §3.4.2.4 -----------------------------------------------------------------------------------------------------


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


# Sorting: §3.4.2.3 ---------------------------------------------------------------------------------------------------


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
    level=SHOULD,
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


# What is shown: §3.4.2.5 and §3.9 ------------------------------------------------------------------------------------


class ShowRow(NamedTuple):
    """Parameters, what must be shown of the first user (``"*"`` is anything) and what must not."""

    id: str
    query: dict[str, str]
    shown: tuple[str, ...]
    hidden: tuple[str, ...]
    title: str
    needs: tuple[str, ...] = ()


ALWAYS = "id is always returned"
SHOWS = (
    ShowRow("attributes", {"attributes": "userName"}, ("id", "userName"), ("displayName", "name", "emails", "meta"), "attributes shows what is named, and id"),
    ShowRow("attributes-two", {"attributes": "userName,displayName"}, ("id", "userName", "displayName"), ("name", "emails"), "attributes takes a list"),
    ShowRow("attributes-space", {"attributes": "userName, displayName"}, ("userName", "displayName"), ("name",), "attributes takes a list with spaces"),
    ShowRow("attributes-case", {"attributes": "USERNAME"}, ("id", "userName"), ("displayName",), "names in attributes have no case"),
    ShowRow("attributes-sub", {"attributes": "name.familyName"}, ("id", "name.familyName"), ("name.givenName", "userName"), "attributes shows a sub-attribute alone"),
    ShowRow("attributes-complex", {"attributes": "name"}, ("name.familyName", "name.givenName"), ("userName",), "attributes shows a whole complex attribute"),
    ShowRow("attributes-multi", {"attributes": "emails"}, ("emails",), ("name", "userName"), "attributes shows a multi-valued attribute"),
    ShowRow("attributes-multi-sub", {"attributes": "emails.value"}, ("emails.value",), ("emails.type", "userName"), "attributes shows one sub-attribute of each element"),
    ShowRow("attributes-urn", {"attributes": f"{CORE}:displayName"}, ("displayName",), ("userName", "name"), "names may be qualified by a URN"),
    ShowRow("attributes-extension", {"attributes": f"{ENT}:department"}, (f"{ENT}:department",), (f"{ENT}:employeeNumber", "userName"), "attributes shows an extension's attribute", (f"User.{ENT}:department",)),
    ShowRow("attributes-extension-all", {"attributes": ENT}, (f"{ENT}:department", f"{ENT}:employeeNumber"), ("userName",), "attributes shows a whole extension", (f"User.{ENT}:department",)),
    ShowRow("attributes-meta", {"attributes": "meta.location"}, ("meta.location",), ("meta.created", "userName"), "attributes shows a part of meta"),
    ShowRow("attributes-unknown", {"attributes": "noSuchAttribute,userName"}, ("userName",), ("displayName",), "an unknown name in attributes is no error"),
    ShowRow("excluded", {"excludedAttributes": "displayName"}, ("id", "userName", "name", "emails"), ("displayName",), "excludedAttributes hides what is named"),
    ShowRow("excluded-two", {"excludedAttributes": "displayName,emails"}, ("userName", "name"), ("displayName", "emails"), "excludedAttributes takes a list"),
    ShowRow("excluded-case", {"excludedAttributes": "DISPLAYNAME"}, ("userName",), ("displayName",), "names in excludedAttributes have no case"),
    ShowRow("excluded-sub", {"excludedAttributes": "name.givenName"}, ("name.familyName", "userName"), ("name.givenName",), "excludedAttributes hides a sub-attribute alone"),
    ShowRow("excluded-always", {"excludedAttributes": "id,displayName"}, ("id", "userName"), ("displayName",), "what is always returned cannot be hidden"),
    ShowRow("excluded-extension", {"excludedAttributes": f"{ENT}:department"}, (f"{ENT}:employeeNumber", "userName"), (f"{ENT}:department",), "excludedAttributes hides an extension's attribute", (f"User.{ENT}:department",)),
    ShowRow("default", {}, ("id", "schemas", "userName", "displayName", "name", "emails", "meta"), ("password",), "without parameters everything that is returned by default is shown"),
)  # fmt: skip


def _show_checks(row: ShowRow) -> list[Check]:
    section = "3.4.2.5"
    needs = ("User", "User.displayName", "User.name", "User.emails", *row.needs)

    def one(probe: Probe) -> None:
        _require_shown(probe, row, probe.read(people(probe).users["A"].path, **row.query))

    def many(probe: Probe) -> None:
        made = people(probe).users["A"]
        found = probe.get(probe.user.endpoint, filter=f'id eq "{made.id}"', **row.query).expect(200).resources
        probe.require(len(found) == 1, "one resource", f"{len(found)}")
        _require_shown(probe, row, found[0])

    asked = "&".join(f"{name}={value}" for name, value in row.query.items()) or "no parameters"
    title = f"{row.title} ({asked})"
    return [
        Check(f"rfc7644-{section}-{row.id}", SPECS["rfc7644"], section, MUST, f"GET: {title}", one, ALWAYS, needs),
        Check(f"rfc7644-{section}-{row.id}-list", SPECS["rfc7644"], section, MUST, f"In a list: {title}", many, ALWAYS, (*needs, "filter")),
    ]  # fmt: skip


def _require_shown(probe: Probe, row: ShowRow, document: Document) -> None:
    for path in row.shown:
        probe.require(_at(document, path), f"{path} is shown", sorted(document))
    for path in row.hidden:
        probe.require(not _at(document, path), f"{path} is not shown", _at(document, path))


def _at(document: Document, path: str) -> object:
    inside: object = document
    if path.lower().startswith("urn:"):
        urn, _, path = path.rpartition(":")
        inside = document.get(urn)
    for name in path.split("."):
        if isinstance(inside, list):
            inside = next(
                (value for element in inside if isinstance(element, dict) and (value := element.get(name))), None
            )
        else:
            inside = inside.get(name) if isinstance(inside, dict) else None
    return inside


@check(
    "rfc7644-3.4.2.5-members",
    "excludedAttributes=members hides a group's members",
    needs=("Group.members", "User"),
    hint="Entra reads groups like that",
)
def hidden_members(probe: Probe) -> None:
    made = crew(probe).groups["X"]
    probe.expect({"members": None}, probe.read(made.path, excludedAttributes="members"))
    probe.require(probe.read(made.path).get("members"), "members without the parameter", "none")


@check(
    "rfc7644-3.4.2.5-members-list",
    "excludedAttributes=members hides members in a list of groups",
    needs=("Group.members", "User", "filter"),
)
def hidden_members_list(probe: Probe) -> None:
    found = crew(probe)
    answer = probe.get(
        probe.group.endpoint, filter=f'displayName eq "Deck {found.tag}"', excludedAttributes="members"
    ).expect(200)
    probe.require(len(answer.resources) == 1, "the group", answer.resources)
    probe.expect({"members": None}, answer.resources[0])


@check("rfc7644-3.4.2.5-never", "attributes does not show what is never returned", needs=("User.password",))
def never(probe: Probe) -> None:
    made = probe.new_user(password=probe.password())
    probe.expect({"password": None}, probe.read(made.path, attributes="password,userName"))


@check(
    "rfc7644-3.4.2.5-patch",
    "PATCH with excludedAttributes hides what is named",
    needs=("patch", "User.nickName", "User.displayName"),
    level=SHOULD,
)
def patch_excluded(probe: Probe) -> None:
    made = probe.new_user(displayName="Mira")
    answer = probe.patch(
        made.path, {"op": "add", "path": "nickName", "value": "Mim"}, excludedAttributes="displayName"
    ).expect(200, 204)
    if answer.status == 200:
        probe.expect({"displayName": None, "nickName": "Mim"}, answer.document)


@check("rfc7644-3.4.2.5-keeps", "What is not shown is not lost", needs=("User.displayName", "User.name"))
def keeps(probe: Probe) -> None:
    made = people(probe).users["A"]
    before = probe.read(made.path)
    probe.read(made.path, attributes="userName")
    probe.require(probe.read(made.path) == before, "the resource as before", "another one")


# POST /.search: §3.4.3 -----------------------------------------------------------------------------------------------


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


CHECKS = (
    *collected(globals()),
    *map(_page_check, PAGES),
    *map(_sort_check, SORTS),
    *(c for row in SHOWS for c in _show_checks(row)),
    *map(_search_check, SEARCHES),
)
