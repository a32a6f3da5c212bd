"""Cursor-based pagination (RFC 9865)."""

import re

from scimcore import urns
from scimcore.conformance.check import check, collected
from scimcore.conformance.exchange import Answer
from scimcore.conformance.outcomes import SHOULD, Failed, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.people import people
from scimcore.documents import JSON, Document

CURSOR = ("cursor", "User", "filter")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]+")


def _page(probe: Probe, cursor: str = "", **query: JSON) -> Answer:
    return probe.get(probe.user.endpoint, filter=_filter(probe), cursor=cursor, **query)


def _filter(probe: Probe) -> str:
    return f'userName co "{people(probe).tag}"'


def _next(probe: Probe, answer: Answer) -> str:
    cursor = answer.expect(200).document.get("nextCursor")
    if not isinstance(cursor, str) or not cursor:
        raise Failed("a nextCursor: there are more pages", repr(cursor))
    return cursor


@check("rfc9865-2-first", "An empty cursor asks for the first page", needs=CURSOR)
def first(probe: Probe) -> None:
    answer = _page(probe, count=2).expect(200)
    probe.require(len(answer.resources) == 2, "two users", f"{len(answer.resources)}")


@check("rfc9865-2-first-bare", "A cursor parameter without = asks for the first page", needs=CURSOR)
def first_bare(probe: Probe) -> None:
    people(probe)
    answer = probe.send("GET", probe.user.endpoint, query="cursor&count=2").expect(200)
    probe.require(len(answer.resources) == 2, "two users", f"{len(answer.resources)}")


@check("rfc9865-2-next", "A page that is not the last has nextCursor", needs=CURSOR)
def next_cursor(probe: Probe) -> None:
    _next(probe, _page(probe, count=2))


@check("rfc9865-2-last", "The last page has no nextCursor", needs=CURSOR)
def last(probe: Probe) -> None:
    answer = _page(probe, _next(probe, _page(probe, count=3)), count=3).expect(200)
    probe.require(len(answer.resources) == 1, "the fourth user", f"{len(answer.resources)}")
    probe.require("nextCursor" not in answer.document, "no nextCursor", answer.document.get("nextCursor"))


@check("rfc9865-2-whole", "A page with everything has no nextCursor", needs=CURSOR)
def whole(probe: Probe) -> None:
    answer = _page(probe, count=50).expect(200)
    probe.require("nextCursor" not in answer.document, "no nextCursor", answer.document.get("nextCursor"))


@check("rfc9865-2-walk", "All pages together have every match once", needs=CURSOR)
def walk(probe: Probe) -> None:
    ids: list[str] = []
    cursor = ""
    for _ in range(6):
        answer = _page(probe, cursor, count=1).expect(200)
        ids += [str(resource.get("id")) for resource in answer.resources]
        cursor = answer.document.get("nextCursor", "")
        if not cursor:
            break
    expected = sorted(made.id for made in people(probe).users.values())
    probe.require(sorted(ids) == expected, "each of the four once", ids)


@check(
    "rfc9865-2-characters",
    "Cursors are made of unreserved characters",
    needs=CURSOR,
    hint="RFC 3986 §2.3: letters, digits, - . _ ~",
)
def characters(probe: Probe) -> None:
    cursor = _next(probe, _page(probe, count=2))
    probe.require(_UNRESERVED.fullmatch(cursor), "letters, digits, - . _ ~", cursor)


@check("rfc9865-2-count", "A page has no more than count resources", needs=CURSOR)
def count(probe: Probe) -> None:
    answer = _page(probe, count=1).expect(200)
    probe.require(len(answer.resources) == 1, "one user", f"{len(answer.resources)}")


@check("rfc9865-2-count-zero", "count 0 answers the total and no resources", needs=CURSOR)
def count_zero(probe: Probe) -> None:
    answer = _page(probe, count=0).expect(200)
    probe.require(not answer.resources, "no resources", answer.resources)
    probe.require(answer.document.get("totalResults") == 4, "totalResults 4", answer.document.get("totalResults"))


@check("rfc9865-2-count-negative", "A negative count is read as 0", needs=CURSOR)
def count_negative(probe: Probe) -> None:
    answer = _page(probe, count=-5).expect(200)
    probe.require(not answer.resources, "no resources", answer.resources)


@check("rfc9865-2-total", "totalResults, where it is there, counts all pages", needs=CURSOR, level=SHOULD)
def total(probe: Probe) -> None:
    value = _page(probe, count=2).expect(200).document.get("totalResults")
    probe.require(value in (None, 4), "totalResults 4", value)


@check("rfc9865-2-first-previous", "The first page has no previousCursor", needs=CURSOR)
def first_previous(probe: Probe) -> None:
    document = _page(probe, count=2).expect(200).document
    probe.require("previousCursor" not in document, "no previousCursor", document.get("previousCursor"))


@check("rfc9865-2-previous", "previousCursor, where it is there, leads back", needs=CURSOR)
def previous(probe: Probe) -> None:
    one = _page(probe, count=2).expect(200)
    two = _page(probe, _next(probe, one), count=2).expect(200)
    cursor = two.document.get("previousCursor")
    if cursor is None:
        raise Skipped("the service has no previousCursor")
    back = _page(probe, cursor, count=2).expect(200)
    probe.require(_ids(back) == _ids(one), "the first page", _ids(back))
    probe.require(
        "previousCursor" not in back.document,
        "no previousCursor on the first page",
        back.document.get("previousCursor"),
    )


def _ids(answer: Answer) -> list[JSON]:
    return [resource.get("id") for resource in answer.resources]


@check(
    "rfc9865-2-again",
    "A cursor can be used twice",
    needs=CURSOR,
    level=SHOULD,
    hint="a client repeats a request whose answer was lost",
)
def again(probe: Probe) -> None:
    cursor = _next(probe, _page(probe, count=2))
    probe.require(
        _ids(_page(probe, cursor, count=2).expect(200)) == _ids(_page(probe, cursor, count=2).expect(200)),
        "the same page",
        "another one",
    )


@check("rfc9865-2.1-invalid", "A cursor that is none answers 400 invalidCursor", needs=CURSOR)
def invalid(probe: Probe) -> None:
    _page(probe, "not-a-cursor", count=2).expect_error(400, scim_type=("invalidCursor",))


@check(
    "rfc9865-2.1-forged",
    "A cursor that was changed answers 400 invalidCursor",
    needs=CURSOR,
    level=SHOULD,
    hint="RFC 9865 §5.2: cursors that a client makes up should be recognised",
)
def forged(probe: Probe) -> None:
    cursor = _next(probe, _page(probe, count=2))
    middle = len(cursor) // 2
    other = "A" if cursor[middle] != "A" else "B"
    _page(probe, cursor[:middle] + other + cursor[middle + 1 :], count=2).expect_error(
        400, scim_type=("invalidCursor", "expiredCursor")
    )


@check(
    "rfc9865-2.1-other-query",
    "A cursor with another filter is refused, or answers the other filter's users alone",
    needs=CURSOR,
)
def other_query(probe: Probe) -> None:
    cursor = _next(probe, _page(probe, count=2))
    answer = probe.get(probe.user.endpoint, filter=f'userName eq "nobody.{probe.tag}"', cursor=cursor, count=2)
    if answer.status == 400:
        answer.expect_error(400, scim_type=("invalidCursor", "invalidFilter", "invalidValue"))
    else:
        probe.require(not answer.expect(200).resources, "nobody", answer.resources)


@check("rfc9865-2.1-other-type", "A cursor of another endpoint is refused", needs=(*CURSOR, "Group"))
def other_type(probe: Probe) -> None:
    cursor = _next(probe, _page(probe, count=2))
    probe.get(probe.group.endpoint, cursor=cursor, count=2).expect_error(400, scim_type=("invalidCursor",))


@check("rfc9865-2.1-count-text", "A count that is no number answers 400", needs=CURSOR)
def count_text(probe: Probe) -> None:
    _page(probe, count="many").expect_error(400, scim_type=("invalidCount", "invalidValue"))


@check("rfc9865-2.2-sorted", "Pages by cursor are sorted", needs=(*CURSOR, "sort"))
def sorted_pages(probe: Probe) -> None:
    letters = ""
    cursor = ""
    names = {made.id: letter for letter, made in people(probe).users.items()}
    for _ in range(3):
        answer = _page(probe, cursor, count=2, sortBy="userName", sortOrder="descending").expect(200)
        letters += "".join(names.get(str(resource.get("id")), "?") for resource in answer.resources)
        cursor = answer.document.get("nextCursor", "")
        if not cursor:
            break
    probe.require(letters == "DCBA", "DCBA", letters)


@check("rfc9865-2-inserted", "Walking by cursor loses nobody when others come and go", needs=CURSOR, level=SHOULD)
def inserted(probe: Probe) -> None:
    users = [probe.new_user(userName=f"walk{number}.{probe.tag}@example.com") for number in range(4)]
    filter = f'userName co "{probe.tag}"'
    one = probe.get(probe.user.endpoint, filter=filter, cursor="", count=2).expect(200)
    seen = _ids(one)
    probe.delete(next(user.path for user in users if user.id == seen[0])).expect(204)
    two = probe.get(probe.user.endpoint, filter=filter, cursor=_next(probe, one), count=2).expect(200)
    found = {*seen, *_ids(two)}
    probe.require({user.id for user in users} <= found, "all four", found)


@check("rfc9865-2.4-index", "A request with startIndex is paged by index", needs=(*CURSOR, "index"))
def by_index(probe: Probe) -> None:
    answer = probe.get(probe.user.endpoint, filter=_filter(probe), startIndex=2, count=2).expect(200)
    probe.require(
        answer.document.get("startIndex") == 2 and len(answer.resources) == 2,
        "startIndex 2",
        answer.document.get("startIndex"),
    )


@check("rfc9865-2.4-default", "A request without either is paged by the announced default", needs=CURSOR)
def default_method(probe: Probe) -> None:
    method = _pagination(probe).get("defaultPaginationMethod")
    if method is None:
        raise Skipped("defaultPaginationMethod is not announced")
    document = probe.get(probe.user.endpoint, filter=_filter(probe), count=2).expect(200).document
    probe.require(("nextCursor" in document) == (method == "cursor"), f"the method {method}", sorted(document))


@check("rfc9865-3-search", "POST /Users/.search takes a cursor", needs=CURSOR)
def search(probe: Probe) -> None:
    body = {"schemas": [urns.SEARCH_REQUEST], "filter": _filter(probe), "count": 3, "cursor": ""}
    answer = probe.post(f"{probe.user.endpoint}/.search", body)
    if answer.status in (404, 405, 501):
        raise Skipped(f"the service does not offer POST /Users/.search: {answer.status}")
    one = answer.expect(200)
    two = probe.post(f"{probe.user.endpoint}/.search", {**body, "cursor": _next(probe, one)}).expect(200)
    probe.require(len({*_ids(one), *_ids(two)}) == 4, "all four users", f"{_ids(one)} and {_ids(two)}")


# ServiceProviderConfig: §4 -------------------------------------------------------------------------------------------


def _pagination(probe: Probe) -> Document:
    value = probe.read("/ServiceProviderConfig").get("pagination")
    if not isinstance(value, dict):
        raise Skipped("ServiceProviderConfig has no pagination")
    return value


@check("rfc9865-4-flags", "pagination says whether there are cursors and indexes")
def flags(probe: Probe) -> None:
    value = _pagination(probe)
    for name in ("cursor", "index"):
        probe.require(isinstance(value.get(name), bool), f"a boolean {name}", value)


@check("rfc9865-4-method", "defaultPaginationMethod is cursor or index")
def method(probe: Probe) -> None:
    value = _pagination(probe).get("defaultPaginationMethod")
    probe.require(value in (None, "cursor", "index"), "cursor or index", value)


@check("rfc9865-4-numbers", "defaultPageSize, maxPageSize and cursorTimeout are integers above zero")
def numbers(probe: Probe) -> None:
    value = _pagination(probe)
    for name in ("defaultPageSize", "maxPageSize", "cursorTimeout"):
        number = value.get(name)
        probe.require(number is None or (type(number) is int and number > 0), f"an integer {name} above zero", number)


@check("rfc9865-4-max-page", "A page has no more than maxPageSize resources", needs=CURSOR)
def max_page(probe: Probe) -> None:
    limit = _pagination(probe).get("maxPageSize")
    if limit is None:
        raise Skipped("maxPageSize is not announced")
    answer = probe.get(probe.user.endpoint, cursor="", count=limit + 1_000)
    if answer.status == 400:
        answer.expect_error(400, scim_type=("invalidCount",))
    else:
        probe.require(len(answer.expect(200).resources) <= limit, f"at most {limit}", f"{len(answer.resources)}")


CHECKS = collected(globals())
