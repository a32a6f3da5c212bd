"""Faults in bulk requests, searches, pages by cursor, and in who is a member of what."""

from typing import Any

from mutants.world import LIST, Ask, Asked, Replied, collected, edit, edit_list, error, kept, mutant

CONFIG = "/ServiceProviderConfig"


def _bulk(asked: Asked) -> dict[str, Any] | None:
    body = asked.body if asked.path == "/Bulk" else None
    return body if isinstance(body, dict) and isinstance(body.get("Operations"), list) else None


def _answers(reply: Replied, change: Any) -> Replied:
    """Change the operations of a bulk response in place."""
    document = reply.document
    if isinstance(document, dict) and reply.status == 200 and "Operations" in document:
        document["Operations"] = change(document["Operations"]) or document["Operations"]
        reply.document = document
    return reply


def _each(change: Any) -> Any:
    def every(operations: list[dict[str, Any]]) -> None:
        for operation in operations:
            change(operation)

    return every


# Bulk ----------------------------------------------------------------------------------------------------------------


@mutant("operations are answered in another order")
def order(asked: Asked, ask: Ask) -> Replied:
    return _answers(ask(asked), lambda operations: operations[::-1])


@mutant("failOnErrors is not looked at")
def fail_on_errors(asked: Asked, ask: Ask) -> Replied:
    body = _bulk(asked)
    if body is not None:
        asked.body = {name: value for name, value in body.items() if name != "failOnErrors"}
    return ask(asked)


@mutant("the first failure ends a bulk request always")
def first_failure(asked: Asked, ask: Ask) -> Replied:
    body = _bulk(asked)
    if body is not None:
        asked.body = {**body, "failOnErrors": 1}
    return ask(asked)


@mutant("bulkIds stay as they are")
def bulk_ids(asked: Asked, ask: Ask) -> Replied:
    if asked.path == "/Bulk":
        asked.raw = asked.raw.replace(b'"bulkId:', b'"bulkid-')
    return ask(asked)


@mutant("a bulkId must have been made before", "pranems/SCIMServer")
def no_forward(asked: Asked, ask: Ask) -> Replied:
    body = _bulk(asked)
    seen: set[str] = set()
    forward: list[int] = []
    for number, operation in enumerate(body["Operations"] if body else ()):
        text = str(operation.get("data"))
        if "bulkId:" in text and not any(f"bulkId:{id}" in text for id in seen):
            forward.append(number)
        seen.add(str(operation.get("bulkId")))
    reply = ask(asked)
    failed = error(409, "bulkId").document

    def change(operations: list[dict[str, Any]]) -> None:
        for number in forward:
            if number < len(operations):
                operations[number].pop("location", None)
                operations[number].update(status="409", response=failed)

    return _answers(reply, change)


@mutant("statuses of a bulk response are numbers")
def number_status(asked: Asked, ask: Ask) -> Replied:
    return _answers(ask(asked), _each(lambda o: o.update(status=int(o["status"]))))


@mutant("statuses of a bulk response are objects", "drafts before RFC 7644")
def object_status(asked: Asked, ask: Ask) -> Replied:
    return _answers(ask(asked), _each(lambda o: o.update(status={"code": o["status"]})))


@mutant("a bulk response has no locations")
def no_location(asked: Asked, ask: Ask) -> Replied:
    return _answers(ask(asked), _each(lambda o: o.pop("location", None)))


@mutant("a bulk response has no bulkIds")
def no_bulk_id(asked: Asked, ask: Ask) -> Replied:
    return _answers(ask(asked), _each(lambda o: o.pop("bulkId", None)))


@mutant("a bulk response does not say the method")
def no_method(asked: Asked, ask: Ask) -> Replied:
    return _answers(ask(asked), _each(lambda o: o.pop("method", None)))


@mutant("errors in a bulk response stand flat", "RFC 7644's example after erratum 7916")
def flat_errors(asked: Asked, ask: Ask) -> Replied:
    return _answers(ask(asked), _each(lambda o: o.update(o.pop("response", None) or {})))


@mutant("a bulk response has another schema")
def response_schema(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if _bulk(asked) is not None and reply.status == 200:
        reply.document = {**reply.document, "schemas": [LIST]}
    return reply


@mutant("a failure fails the bulk request")
def all_or_nothing(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if (
        _bulk(asked) is not None
        and reply.status == 200
        and any(o["status"] >= "400" for o in reply.document["Operations"])
    ):
        return error(400, "an operation failed")
    return reply


@mutant("DELETE in a bulk request is not carried out")
def delete_ignored(asked: Asked, ask: Ask) -> Replied:
    body = _bulk(asked)
    if body and body["Operations"] and all(o.get("method") == "DELETE" for o in body["Operations"]):
        known = ask(asked.read(body["Operations"][0]["path"])).status == 200
        if known and "version" not in body["Operations"][0]:
            done = [{"method": "DELETE", "status": "204", "location": "x"}]
            reply = Replied(200, {"content-type": "application/scim+json"})
            reply.document = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], "Operations": done}
            return reply
    return ask(asked)


@mutant("versions in a bulk request are not looked at")
def version(asked: Asked, ask: Ask) -> Replied:
    body = _bulk(asked)
    if body is not None:
        asked.body = {
            **body,
            "Operations": [
                {n: v for n, v in o.items() if n != "version"} if isinstance(o, dict) else o for o in body["Operations"]
            ],
        }
    return ask(asked)


@mutant("any number of operations is carried out")
def max_operations(asked: Asked, ask: Ask) -> Replied:
    body = _bulk(asked)
    return (
        ask(asked.but(body={**body, "Operations": body["Operations"][:500]}))
        if body and len(body["Operations"]) > 500
        else ask(asked)
    )


@mutant("too large a bulk request answers 400")
def max_payload(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(400, "too large") if reply.status == 413 else reply


@mutant("a POST needs no bulkId")
def no_bulk_id_needed(asked: Asked, ask: Ask) -> Replied:
    body = _bulk(asked)
    if body is not None:
        asked.body = {
            **body,
            "Operations": [{"bulkId": "made-up", **o} if isinstance(o, dict) else o for o in body["Operations"]],
        }
    return ask(asked)


@mutant("any message is a bulk request")
def bulk_schemas(asked: Asked, ask: Ask) -> Replied:
    body = _bulk(asked)
    if body is not None:
        asked.body = {**body, "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]}
    return ask(asked)


@mutant("bulk is announced and not there")
def bulk_501(asked: Asked, ask: Ask) -> Replied:
    return error(501) if asked.path == "/Bulk" else ask(asked)


# Searches ------------------------------------------------------------------------------------------------------------


def _search(asked: Asked) -> dict[str, Any] | None:
    body = asked.body if asked.path.endswith("/.search") else None
    return body if isinstance(body, dict) else None


def _without(name: str) -> Any:
    def around(asked: Asked, ask: Ask) -> Replied:
        body = _search(asked)
        if body is not None:
            asked.body = {n: v for n, v in body.items() if n.lower() != name}
        return ask(asked)

    return around


search_filter = mutant("a search does not look at its filter")(_without("filter"))._replace(id="search-filter")
search_sort = mutant("a search does not look at sortBy")(_without("sortby"))._replace(id="search-sort")
search_order = mutant("a search does not look at sortOrder")(_without("sortorder"))._replace(id="search-order")
search_start = mutant("a search does not look at startIndex")(_without("startindex"))._replace(id="search-start")
search_count = mutant("a search does not look at count")(_without("count"))._replace(id="search-count")
search_attributes = mutant("a search does not look at attributes")(_without("attributes"))._replace(
    id="search-attributes"
)
search_excluded = mutant("a search does not look at excludedAttributes")(_without("excludedattributes"))._replace(
    id="search-excluded"
)


@mutant("a search answers 201")
def search_201(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if _search(asked) is not None and reply.status == 200:
        reply.status = 201
    return reply


@mutant("members of a search have casing", "scimmy-routers")
def search_case(asked: Asked, ask: Ask) -> Replied:
    body = _search(asked)
    if body is not None:
        asked.body = {n: v for n, v in body.items() if not n.isupper()}
    return ask(asked)


@mutant("any message is a search")
def search_schemas(asked: Asked, ask: Ask) -> Replied:
    body = _search(asked)
    if body is not None:
        asked.body = {**body, "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
    return ask(asked)


@mutant("a search with a filter that is none finds nobody")
def search_bad_filter(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if _search(asked) is not None and reply.status == 400 and "filter" in asked.body:
        return ask(asked.but(body={**asked.body, "filter": 'userName eq "nobody"'}))
    return reply


@mutant("a search of all types finds users alone")
def root_users(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return kept(reply, lambda r: "userName" in r) if asked.path in ("/", "/.search") else reply


# Pages by cursor -----------------------------------------------------------------------------------------------------


def _is_cursor(asked: Asked) -> bool:
    return "cursor" in asked.query


@mutant("nextCursor is on the last page too")
def cursor_on_last(asked: Asked, ask: Ask) -> Replied:
    return edit_list(ask(asked), lambda d: _is_cursor(asked) and d.setdefault("nextCursor", "the-end"))


@mutant("there is no nextCursor")
def no_next(asked: Asked, ask: Ask) -> Replied:
    return edit_list(ask(asked), lambda d: d.pop("nextCursor", None))


@mutant("a cursor is not looked at")
def cursor_ignored(asked: Asked, ask: Ask) -> Replied:
    if _is_cursor(asked):
        asked.query["cursor"] = ""
    return ask(asked)


@mutant("cursors are base64 with its signs")
def cursor_signs(asked: Asked, ask: Ask) -> Replied:
    if asked.query.get("cursor", "").endswith("=="):
        asked.query["cursor"] = asked.query["cursor"][:-2]
    return edit_list(ask(asked), lambda d: "nextCursor" in d and d.update(nextCursor=d["nextCursor"] + "=="))


@mutant("a cursor that is none begins again")
def bad_cursor(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return (
        ask(asked.but(query={**asked.query, "cursor": ""}))
        if (reply.document or {}).get("scimType") == "invalidCursor"
        else reply
    )


@mutant("a cursor that is none answers without scimType")
def bad_cursor_type(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return (
        error(400) if isinstance(reply.document, dict) and reply.document.get("scimType") == "invalidCursor" else reply
    )


@mutant("the first page has a previousCursor")
def previous_on_first(asked: Asked, ask: Ask) -> Replied:
    return edit_list(ask(asked), lambda d: asked.query.get("cursor") == "" and d.update(previousCursor="before"))


@mutant("an empty cursor is an error")
def empty_cursor(asked: Asked, ask: Ask) -> Replied:
    return error(400, "cursor", "invalidCursor") if asked.query.get("cursor") == "" else ask(asked)


@mutant("count is not looked at by cursors")
def cursor_count(asked: Asked, ask: Ask) -> Replied:
    if _is_cursor(asked):
        asked.query.pop("count", None)
    return ask(asked)


@mutant("a negative count is an error by cursor")
def cursor_negative(asked: Asked, ask: Ask) -> Replied:
    return (
        error(400, "count", "invalidCount")
        if _is_cursor(asked) and asked.query.get("count", "").startswith("-")
        else ask(asked)
    )


@mutant("pages by cursor are not sorted")
def cursor_unsorted(asked: Asked, ask: Ask) -> Replied:
    if _is_cursor(asked):
        asked.query.pop("sortBy", None)
    return ask(asked)


@mutant("each page by cursor misses one resource")
def cursor_gap(asked: Asked, ask: Ask) -> Replied:
    return edit_list(ask(asked), lambda d: asked.query.get("cursor") and d.update(Resources=d["Resources"][1:]))


@mutant("a cursor can be used once")
def cursor_once(asked: Asked, ask: Ask) -> Replied:
    cursor = asked.query.get("cursor")
    if cursor and cursor in asked.memory:
        return error(400, "used", "expiredCursor")
    asked.memory[cursor] = True
    return ask(asked)


@mutant("pagination.cursor is a text")
def cursor_announced_text(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.path == CONFIG:
        reply.raw = reply.raw.replace(b'"index":true', b'"index":"true"')
    return reply


@mutant("defaultPaginationMethod is offset")
def method(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.path == CONFIG:
        reply.raw = reply.raw.replace(b'"defaultPaginationMethod":"index"', b'"defaultPaginationMethod":"offset"')
    return reply


# Members -------------------------------------------------------------------------------------------------------------


@mutant("users do not know their groups", "scim2-server 0.8.3")
def no_groups(asked: Asked, ask: Ask) -> Replied:
    return edit(ask(asked), lambda r: "userName" in r and r.pop("groups", None))


@mutant("users stay in groups that they have left")
def groups_stay(asked: Asked, ask: Ask) -> Replied:
    def change(r: dict[str, Any]) -> None:
        if "userName" in r:
            seen = asked.memory.setdefault(r["id"], {})
            seen.update({g["value"]: g for g in r.get("groups", ())})
            if seen:
                r["groups"] = list(seen.values())

    if asked.method == "POST" and asked.endpoint == "/Groups":
        reply = ask(asked)
        for member in (reply.document or {}).get("members", ()):
            edit(ask(asked.read(f"/Users/{member['value']}")), change)
        return reply
    return edit(ask(asked), change)


@mutant("deleted users stay members", "scim2-server 0.8.3: dangling members")
def dangling(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.endpoint == "/Groups" and asked.method == "POST" and reply.ok:
        asked.memory[reply.document["id"]] = reply.document.get("members", [])
    if asked.method in ("PUT", "PATCH"):
        asked.memory.pop(asked.id, None)
    return edit(
        reply,
        lambda r: (
            "members" in asked.memory
            or (r.get("id") in asked.memory and asked.memory[r["id"]] and r.update(members=asked.memory[r["id"]]))
        ),
    )


@mutant("a member that is sent twice is there twice")
def member_twice(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    body = asked.body
    if (
        asked.method == "POST"
        and asked.endpoint == "/Groups"
        and isinstance(body, dict)
        and len(body.get("members") or ()) == 2
    ):
        one, two = body["members"]
        if one == two:
            return edit(reply, lambda r: r.update(members=[*r["members"], *r["members"]]))
    return reply


MUTANTS = tuple(m._replace(id=f"offer-{m.id}") for m in collected(globals()))
