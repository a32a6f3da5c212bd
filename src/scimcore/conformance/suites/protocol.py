"""What holds for every request: authentication, errors, versions, bulk, /Me (RFC 7644 §2, §3.7, §3.11 to §3.14)."""

from scimcore import urns
from scimcore.conformance.check import check, collected
from scimcore.conformance.exchange import Answer
from scimcore.conformance.outcomes import SHOULD, Failed, Skipped
from scimcore.conformance.probe import Made, Probe
from scimcore.documents import JSON, Document


def replace(path: str, value: JSON) -> Document:
    """Write a replace operation."""
    return {"op": "replace", "path": path, "value": value}


# Authentication: §2 --------------------------------------------------------------------------------------------------


@check("rfc7644-2-no-credential", "A request without a credential answers 401")
def no_credential(probe: Probe) -> None:
    probe.require_protected()
    probe.send("GET", probe.kind.endpoint, headers={"Authorization": None}).expect_error(401)


@check("rfc7644-2-challenge", "401 comes with WWW-Authenticate", hint="RFC 7644 §2 and RFC 9110 §15.5.2")
def challenge(probe: Probe) -> None:
    probe.require_protected()
    answer = probe.send("GET", probe.kind.endpoint, headers={"Authorization": None}).expect(401)
    probe.require(answer.headers.get("www-authenticate"), "a WWW-Authenticate field", "none")


@check("rfc7644-2-wrong-credential", "A request with a wrong token answers 401")
def wrong_credential(probe: Probe) -> None:
    probe.require_protected()
    probe.send("GET", probe.kind.endpoint, headers={"Authorization": f"Bearer wrong-{probe.tag}"}).expect_error(401)


@check("rfc7644-2-write-without", "POST without a credential makes nothing", needs=("User", "filter"))
def write_without(probe: Probe) -> None:
    probe.require_protected()
    body = probe.new(probe.user)
    probe.send("POST", probe.user.endpoint, body, headers={"Authorization": None}).expect_error(401)
    probe.require(not probe.ids(probe.user, f'userName eq "{body["userName"]}"'), "no such user", "the user was made")


# Errors: §3.12 -------------------------------------------------------------------------------------------------------


def _an_error(probe: Probe) -> Answer:
    return probe.get(f"{probe.kind.endpoint}/{probe.service.nobody()}").expect(404)


@check("rfc7644-3.12-schemas", "An error's schemas is that of errors", each_type=True)
def error_schemas(probe: Probe) -> None:
    schemas = _an_error(probe).document.get("schemas")
    probe.require(schemas == [urns.ERROR], f"[{urns.ERROR}]", schemas)


@check("rfc7644-3.12-status", "An error's status is the status code, as a text", each_type=True, hint='"404", not 404')
def error_status(probe: Probe) -> None:
    status = _an_error(probe).document.get("status")
    probe.require(status == "404", 'status "404"', status)


@check("rfc7644-3.12-detail", "An error says in words what is wrong", each_type=True, level=SHOULD)
def error_detail(probe: Probe) -> None:
    detail = _an_error(probe).document.get("detail")
    probe.require(isinstance(detail, str) and detail, "a text detail", detail)


@check("rfc7644-3.12-media-type", "Errors come as application/scim+json", each_type=True)
def error_media_type(probe: Probe) -> None:
    value = _an_error(probe).headers.get("content-type")
    probe.require(value.startswith("application/scim+json"), "Content-Type application/scim+json", value)


@check("rfc7644-3.12-status-400", 'A 400\'s status is "400"', needs=("User",))
def error_status_400(probe: Probe) -> None:
    document = probe.post(probe.user.endpoint, b"{").expect(400).document
    probe.require(document.get("status") == "400", 'status "400"', document.get("status"))


@check("rfc7644-3.12-status-409", 'A 409\'s status is "409"', needs=("User",))
def error_status_409(probe: Probe) -> None:
    made = probe.new_user()
    document = (
        probe.post(probe.user.endpoint, {**probe.new(probe.user), "userName": made.document["userName"]})
        .expect(409)
        .document
    )
    probe.require(document.get("status") == "409", 'status "409"', document.get("status"))


@check(
    "rfc7644-3.12-scim-type-syntax",
    "What is no JSON is answered with scimType invalidSyntax",
    needs=("User",),
    level=SHOULD,
    hint="RFC 7644 Table 9; the keyword is optional and helps",
)
def scim_type_syntax(probe: Probe) -> None:
    _require_keyword(probe, probe.post(probe.user.endpoint, b"{"), "invalidSyntax")


@check(
    "rfc7644-3.12-scim-type-value",
    "A value of the wrong type is answered with scimType invalidValue",
    needs=("User.active",),
    level=SHOULD,
    hint="RFC 7644 Table 9; the keyword is optional and helps",
)
def scim_type_value(probe: Probe) -> None:
    _require_keyword(
        probe, probe.post(probe.user.endpoint, {**probe.new(probe.user), "active": {"x": 1}}), "invalidValue"
    )


@check(
    "rfc7644-3.12-scim-type-path",
    "A path that is none is answered with scimType invalidPath",
    needs=("User", "patch"),
    level=SHOULD,
    hint="RFC 7644 Table 9; the keyword is optional and helps",
)
def scim_type_path(probe: Probe) -> None:
    _require_keyword(probe, probe.patch(probe.new_user().path, replace("noSuchAttribute", "x")), "invalidPath")


def _require_keyword(probe: Probe, answer: Answer, keyword: str) -> None:
    found = answer.expect_error(400).document.get("scimType")
    probe.require(found == keyword, f"scimType {keyword}", found)


@check(
    "rfc7644-3.12-method",
    "A method that an endpoint does not have is refused",
    each_type=True,
    hint="405 with Allow, or 501",
)
def error_method(probe: Probe) -> None:
    answer = probe.send("POST", f"{probe.kind.endpoint}/{probe.service.nobody()}", {})
    probe.require(answer.status in (404, 405, 501), "405", answer.summary())


@check("rfc7644-3.12-allow", "405 comes with Allow", level=SHOULD, hint="RFC 9110 §15.5.6")
def allow(probe: Probe) -> None:
    answer = probe.send("POST", "/ServiceProviderConfig", {})
    if answer.status != 405:
        raise Skipped(f"POST /ServiceProviderConfig answers {answer.status}")
    probe.require(answer.headers.get("allow"), "an Allow field", "none")


@check("rfc7644-3.12-media-type-unknown", "A body of another media type is refused", needs=("User",), level=SHOULD)
def unknown_media_type(probe: Probe) -> None:
    answer = probe.send(
        "POST", probe.user.endpoint, b"userName=x", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    probe.require(answer.status in (400, 415), "415", answer.summary())


# Versions: §3.14 -----------------------------------------------------------------------------------------------------


def _etag(probe: Probe, path: str) -> str:
    etag = probe.get(path).expect(200).headers.get("etag")
    if not etag:
        raise Failed("an ETag", "none")
    return etag


@check("rfc7644-3.14-etag", "GET answers an ETag", needs=("etag",), each_type=True)
def etag(probe: Probe) -> None:
    value = _etag(probe, probe.create(probe.kind).path)
    probe.require(value.endswith('"') and value.removeprefix("W/").startswith('"'), "an entity tag in quotes", value)


@check("rfc7644-3.14-etag-created", "POST answers the ETag that GET answers", needs=("etag",), each_type=True)
def etag_created(probe: Probe) -> None:
    made = probe.create(probe.kind)
    value = _etag(probe, made.path)
    probe.require(made.answer.headers.get("etag") == value, value, made.answer.headers.get("etag"))


@check("rfc7644-3.14-stable", "The ETag stays while nothing changes", needs=("etag",), each_type=True)
def etag_stable(probe: Probe) -> None:
    path = probe.create(probe.kind).path
    probe.require(_etag(probe, path) == _etag(probe, path), "the same ETag", "another one")


@check("rfc7644-3.14-changes-put", "The ETag changes with PUT", needs=("etag",), each_type=True)
def etag_put(probe: Probe) -> None:
    made = probe.create(probe.kind)
    before = _etag(probe, made.path)
    answer = probe.put(made.path, {**_body_of(made), "externalId": f"e-{probe.tag}"}).expect(200)
    after = _etag(probe, made.path)
    probe.require(after != before, "another ETag", after)
    probe.require(answer.headers.get("etag") in ("", after), after, answer.headers.get("etag"))


@check("rfc7644-3.14-changes-patch", "The ETag changes with PATCH", needs=("etag", "patch"), each_type=True)
def etag_patch(probe: Probe) -> None:
    made = probe.create(probe.kind)
    before = _etag(probe, made.path)
    answer = probe.patch(made.path, replace("externalId", f"e-{probe.tag}")).expect(200, 204)
    after = _etag(probe, made.path)
    probe.require(after != before, "another ETag", after)
    probe.require(answer.headers.get("etag") in ("", after), after, answer.headers.get("etag"))


@check(
    "rfc7644-3.14-distinct",
    "Two resources with the same content are two to If-None-Match's user",
    needs=("etag",),
    each_type=True,
)
def etag_list(probe: Probe) -> None:
    made = probe.create(probe.kind)
    version = probe.read(made.path).get("meta", {}).get("version")
    probe.require(version == _etag(probe, made.path), "meta.version as ETag", version)


@check("rfc7644-3.14-not-modified", "GET with If-None-Match of the ETag answers 304", needs=("etag",), each_type=True)
def not_modified(probe: Probe) -> None:
    path = probe.create(probe.kind).path
    answer = probe.send("GET", path, headers={"If-None-Match": _etag(probe, path)}).expect(304)
    probe.require(not answer.body, "no body", answer.body)


@check(
    "rfc7644-3.14-modified", "GET with If-None-Match of another version answers 200", needs=("etag",), each_type=True
)
def modified(probe: Probe) -> None:
    path = probe.create(probe.kind).path
    probe.send("GET", path, headers={"If-None-Match": 'W/"another"'}).expect(200)


@check(
    "rfc7644-3.14-if-none-match-list",
    "If-None-Match takes a list",
    needs=("etag",),
    level=SHOULD,
    hint="RFC 9110 §13.1.2",
)
def if_none_match_list(probe: Probe) -> None:
    path = probe.create(probe.kind).path
    probe.send("GET", path, headers={"If-None-Match": f'W/"another", {_etag(probe, path)}'}).expect(304)


def _conditional(probe: Probe, made: Made, method: str, version: str) -> Answer:
    body = {
        "PUT": {**_body_of(made), "externalId": f"e-{probe.tag}"},
        "PATCH": {"schemas": [urns.PATCH_OP], "Operations": [replace("externalId", f"e-{probe.tag}")]},
    }
    return probe.send(method, made.path, body.get(method), headers={"If-Match": version})


@check("rfc7644-3.14-put-match", "PUT with If-Match of the ETag succeeds", needs=("etag",), each_type=True)
def put_match(probe: Probe) -> None:
    made = probe.create(probe.kind)
    _conditional(probe, made, "PUT", _etag(probe, made.path)).expect(200)


@check(
    "rfc7644-3.14-put-mismatch",
    "PUT with If-Match of another version answers 412 and changes nothing",
    needs=("etag",),
    each_type=True,
)
def put_mismatch(probe: Probe) -> None:
    _refused(probe, "PUT", 'W/"another"')


@check(
    "rfc7644-3.14-put-outdated", "PUT with If-Match of an outdated version answers 412", needs=("etag",), each_type=True
)
def put_outdated(probe: Probe) -> None:
    made = probe.create(probe.kind)
    before = _etag(probe, made.path)
    probe.put(made.path, {**_body_of(made), "externalId": f"first-{probe.tag}"}).expect(200)
    _conditional(probe, made, "PUT", before).expect_error(412)
    probe.expect({"externalId": f"first-{probe.tag}"}, probe.read(made.path))


@check("rfc7644-3.14-patch-match", "PATCH with If-Match of the ETag succeeds", needs=("etag", "patch"), each_type=True)
def patch_match(probe: Probe) -> None:
    made = probe.create(probe.kind)
    _conditional(probe, made, "PATCH", _etag(probe, made.path)).expect(200, 204)


@check(
    "rfc7644-3.14-patch-mismatch",
    "PATCH with If-Match of another version answers 412 and changes nothing",
    needs=("etag", "patch"),
    each_type=True,
)
def patch_mismatch(probe: Probe) -> None:
    _refused(probe, "PATCH", 'W/"another"')


@check(
    "rfc7644-3.14-delete-mismatch",
    "DELETE with If-Match of another version answers 412 and deletes nothing",
    needs=("etag",),
    each_type=True,
)
def delete_mismatch(probe: Probe) -> None:
    made = probe.create(probe.kind)
    probe.send("DELETE", made.path, headers={"If-Match": 'W/"another"'}).expect_error(412)
    probe.read(made.path)


@check("rfc7644-3.14-delete-match", "DELETE with If-Match of the ETag succeeds", needs=("etag",), each_type=True)
def delete_match(probe: Probe) -> None:
    made = probe.create(probe.kind)
    probe.send("DELETE", made.path, headers={"If-Match": _etag(probe, made.path)}).expect(204)


@check("rfc7644-3.14-any", "PUT with If-Match: * succeeds", needs=("etag",), level=SHOULD, hint="RFC 9110 §13.1.1")
def match_any(probe: Probe) -> None:
    made = probe.create(probe.kind)
    _conditional(probe, made, "PUT", "*").expect(200)


@check("rfc7644-3.14-put-list", "If-Match takes a list", needs=("etag",), level=SHOULD, hint="RFC 9110 §13.1.1")
def match_list(probe: Probe) -> None:
    made = probe.create(probe.kind)
    _conditional(probe, made, "PUT", f'W/"another", {_etag(probe, made.path)}').expect(200)


def _refused(probe: Probe, method: str, version: str) -> None:
    made = probe.create(probe.kind)
    _conditional(probe, made, method, version).expect_error(412)
    probe.expect({"externalId": made.document.get("externalId")}, probe.read(made.path))


def _body_of(made: Made) -> Document:
    return {name: value for name, value in made.document.items() if name not in ("id", "meta", "groups")}


# Bulk: §3.7 ----------------------------------------------------------------------------------------------------------


def _bulk(probe: Probe, *operations: Document, **members: JSON) -> list[Document]:
    body = {"schemas": [urns.BULK_REQUEST], "Operations": list(operations), **members}
    document = probe.post("/Bulk", body).expect(200).document
    probe.require(
        document.get("schemas") == [urns.BULK_RESPONSE], f"schemas [{urns.BULK_RESPONSE}]", document.get("schemas")
    )
    found = document.get("Operations")
    if not isinstance(found, list):
        raise Failed("a list Operations", repr(found))
    return found


def _post_user(probe: Probe, bulk_id: str, **attributes: JSON) -> Document:
    return {
        "method": "POST",
        "path": probe.user.endpoint,
        "bulkId": bulk_id,
        "data": {**probe.new(probe.user), **attributes},
    }


def _status(operation: Document) -> str:
    # RFC 7644 prints a text; an object with a code is of an earlier draft.
    status = operation.get("status")
    return str(status.get("code")) if isinstance(status, dict) else str(status)


def _path_of(probe: Probe, operation: Document) -> str:
    path = probe.service.relative(operation.get("location"))
    if path is None:
        raise Failed("a location that is a URL of the service", repr(operation.get("location")))
    return path


@check("rfc7644-3.7-create", "A bulk request creates a resource", needs=("bulk", "User"))
def bulk_create(probe: Probe) -> None:
    [operation] = _bulk(probe, _post_user(probe, "one"))
    probe.require(_status(operation) == "201", "status 201", operation)
    probe.require(operation.get("bulkId") == "one", "bulkId one", operation)
    probe.read(_path_of(probe, operation))


@check("rfc7644-3.7-order", "A bulk response answers operations in their order", needs=("bulk", "User"))
def bulk_order(probe: Probe) -> None:
    operations = _bulk(probe, *(_post_user(probe, f"b{number}") for number in range(3)))
    probe.require([operation.get("bulkId") for operation in operations] == ["b0", "b1", "b2"], "b0, b1, b2", operations)


@check("rfc7644-3.7-status-text", "A bulk response's statuses are texts", needs=("bulk", "User"))
def bulk_status_text(probe: Probe) -> None:
    [operation] = _bulk(probe, _post_user(probe, "one"))
    probe.require(operation.get("status") == "201", 'status "201"', operation.get("status"))


@check("rfc7644-3.7-method", "A bulk response says each operation's method", needs=("bulk", "User"))
def bulk_method(probe: Probe) -> None:
    [operation] = _bulk(probe, _post_user(probe, "one"))
    probe.require(operation.get("method") == "POST", "method POST", operation)


@check("rfc7644-3.7-put", "A bulk request replaces a resource", needs=("bulk", "User.displayName"))
def bulk_put(probe: Probe) -> None:
    made = probe.new_user()
    data = {**_body_of(made), "displayName": "Mira"}
    [operation] = _bulk(probe, {"method": "PUT", "path": made.path, "data": data})
    probe.require(_status(operation) == "200", "status 200", operation)
    probe.expect({"displayName": "Mira"}, probe.read(made.path))


@check("rfc7644-3.7-patch", "A bulk request patches a resource", needs=("bulk", "patch", "User.displayName"))
def bulk_patch(probe: Probe) -> None:
    made = probe.new_user()
    data = {"schemas": [urns.PATCH_OP], "Operations": [replace("displayName", "Mira")]}
    [operation] = _bulk(probe, {"method": "PATCH", "path": made.path, "data": data})
    probe.require(_status(operation) in ("200", "204"), "status 200", operation)
    probe.expect({"displayName": "Mira"}, probe.read(made.path))


@check("rfc7644-3.7-delete", "A bulk request deletes a resource", needs=("bulk", "User"))
def bulk_delete(probe: Probe) -> None:
    made = probe.new_user()
    [operation] = _bulk(probe, {"method": "DELETE", "path": made.path})
    probe.require(_status(operation) == "204", "status 204", operation)
    probe.get(made.path).expect(404)


@check("rfc7644-3.7-location", "A bulk response has locations of what is there", needs=("bulk", "User"))
def bulk_location(probe: Probe) -> None:
    made = probe.new_user()
    [operation] = _bulk(probe, {"method": "PUT", "path": made.path, "data": _body_of(made)})
    probe.require(_path_of(probe, operation) == made.path, made.path, operation.get("location"))


@check(
    "rfc7644-3.7-failure-alone",
    "An operation that fails does not keep the others from being done",
    needs=("bulk", "User"),
)
def bulk_failure_alone(probe: Probe) -> None:
    taken = probe.new_user().document["userName"]
    operations = _bulk(probe, _post_user(probe, "bad", userName=taken), _post_user(probe, "good"))
    statuses = [_status(operation) for operation in operations]
    probe.require(statuses == ["409", "201"], "409 and 201", statuses)
    probe.read(_path_of(probe, operations[1]))


@check("rfc7644-3.7.3-response", "A failed operation has the error in its response", needs=("bulk", "User"))
def bulk_response(probe: Probe) -> None:
    taken = probe.new_user().document["userName"]
    [operation] = _bulk(probe, _post_user(probe, "bad", userName=taken))
    response = operation.get("response")
    probe.require(
        isinstance(response, dict) and urns.ERROR in response.get("schemas", ()), "an error document", operation
    )
    assert isinstance(response, dict)
    probe.require(
        response.get("scimType") == "uniqueness" and response.get("status") == "409", "409 uniqueness", response
    )


@check("rfc7644-3.7-fail-on-errors", "failOnErrors 1 stops after the first failure", needs=("bulk", "User", "filter"))
def bulk_fail_on_errors(probe: Probe) -> None:
    taken = probe.new_user().document["userName"]
    later = _post_user(probe, "later")
    operations = _bulk(probe, _post_user(probe, "bad", userName=taken), later, failOnErrors=1)
    probe.require(len(operations) == 1 and _status(operations[0]) == "409", "one operation, 409", operations)
    name = later["data"]["userName"]
    probe.require(not probe.ids(probe.user, f'userName eq "{name}"'), "no later user", "the later user was made")


@check("rfc7644-3.7-fail-on-errors-two", "failOnErrors 2 goes on after one failure", needs=("bulk", "User"))
def bulk_fail_on_two(probe: Probe) -> None:
    taken = probe.new_user().document["userName"]
    operations = _bulk(probe, _post_user(probe, "bad", userName=taken), _post_user(probe, "good"), failOnErrors=2)
    statuses = [_status(operation) for operation in operations]
    probe.require(statuses == ["409", "201"], "409 and 201", statuses)


@check(
    "rfc7644-3.7.2-reference",
    "A bulkId refers to a resource that the request has made before",
    needs=("bulk", "User", "Group.members"),
)
def bulk_reference(probe: Probe) -> None:
    group = {
        "method": "POST",
        "path": probe.group.endpoint,
        "bulkId": "team",
        "data": probe.new(probe.group, {"members": [{"value": "bulkId:mira"}]}),
    }
    operations = _bulk(probe, _post_user(probe, "mira"), group)
    user, team = (_path_of(probe, operation) for operation in operations)
    values = [member.get("value") for member in probe.read(team).get("members") or ()]
    probe.require(values == [user.rpartition("/")[2]], "the new user as member", values)


@check(
    "rfc7644-3.7.2-forward",
    "A bulkId refers to a resource that the request makes later",
    needs=("bulk", "User", "Group.members"),
    hint="RFC 7644 §3.7.2: the service must resolve references in any order",
)
def bulk_forward(probe: Probe) -> None:
    group = {
        "method": "POST",
        "path": probe.group.endpoint,
        "bulkId": "team",
        "data": probe.new(probe.group, {"members": [{"value": "bulkId:mira"}]}),
    }
    operations = {
        str(operation.get("bulkId")): operation for operation in _bulk(probe, group, _post_user(probe, "mira"))
    }
    user, team = _path_of(probe, operations["mira"]), _path_of(probe, operations["team"])
    values = [member.get("value") for member in probe.read(team).get("members") or ()]
    probe.require(values == [user.rpartition("/")[2]], "the new user as member", values)


@check(
    "rfc7644-3.7.1-circular",
    "Two groups that are members of each other are made",
    needs=("bulk", "Group.members"),
    hint="RFC 7644 §3.7.1: the service must try to resolve circular references",
)
def bulk_circular(probe: Probe) -> None:
    operations = _bulk(
        probe,
        *(
            {
                "method": "POST",
                "path": probe.group.endpoint,
                "bulkId": one,
                "data": probe.new(probe.group, {"members": [{"value": f"bulkId:{other}", "type": "Group"}]}),
            }
            for one, other in (("a", "b"), ("b", "a"))
        ),
    )
    statuses = [_status(operation) for operation in operations]
    if statuses == ["409", "409"]:
        raise Skipped("the service tried and could not: 409 (RFC 7644 §3.7.1 allows that)")
    probe.require(statuses == ["201", "201"], "201 twice", statuses)
    paths = [_path_of(probe, operation) for operation in operations]
    for mine, other in (paths, reversed(paths)):
        values = [member.get("value") for member in probe.read(mine).get("members") or ()]
        probe.require(values == [other.rpartition("/")[2]], "the other group", values)


@check("rfc7644-3.7.2-unknown", "A bulkId that nothing has fails that operation", needs=("bulk", "Group.members"))
def bulk_unknown_reference(probe: Probe) -> None:
    group = {
        "method": "POST",
        "path": probe.group.endpoint,
        "bulkId": "team",
        "data": probe.new(probe.group, {"members": [{"value": "bulkId:nobody"}]}),
    }
    [operation] = _bulk(probe, group)
    probe.require(_status(operation) in ("400", "409", "412"), "400 or 409", operation)


@check(
    "rfc7644-3.7-bulk-id-required",
    "A POST without bulkId is refused",
    needs=("bulk", "User"),
    hint="RFC 7644 §3.7: bulkId is required for POST",
)
def bulk_id_required(probe: Probe) -> None:
    operation = {name: value for name, value in _post_user(probe, "x").items() if name != "bulkId"}
    answer = probe.post("/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": [operation]})
    if answer.status == 400:
        return
    [answered] = answer.expect(200).document.get("Operations", [{}])
    probe.require(_status(answered) == "400", "400", answered)


@check("rfc7644-3.7-schemas", "A bulk request without its schemas is refused", needs=("bulk", "User"))
def bulk_schemas(probe: Probe) -> None:
    probe.post("/Bulk", {"schemas": [urns.PATCH_OP], "Operations": [_post_user(probe, "x")]}).expect_error(400)


@check(
    "rfc7644-3.7-unknown-endpoint", "An operation at an endpoint that there is not fails alone", needs=("bulk", "User")
)
def bulk_unknown_endpoint(probe: Probe) -> None:
    bad = {"method": "POST", "path": "/Nothings", "bulkId": "n", "data": {"schemas": ["urn:x"]}}
    operations = _bulk(probe, bad, _post_user(probe, "good"))
    probe.require(_status(operations[0]) in ("404", "400"), "404", operations[0])
    probe.require(_status(operations[1]) == "201", "201", operations[1])


@check("rfc7644-3.7-not-found", "An operation on a resource that there is not answers 404", needs=("bulk", "User"))
def bulk_not_found(probe: Probe) -> None:
    [operation] = _bulk(probe, {"method": "DELETE", "path": f"{probe.user.endpoint}/{probe.service.nobody()}"})
    probe.require(_status(operation) == "404", "404", operation)


@check("rfc7644-3.7-version", "An operation with another version is refused", needs=("bulk", "etag", "User"))
def bulk_version(probe: Probe) -> None:
    made = probe.new_user()
    [operation] = _bulk(probe, {"method": "DELETE", "path": made.path, "version": 'W/"another"'})
    probe.require(_status(operation) == "412", "412", operation)
    probe.read(made.path)


@check(
    "rfc7644-3.7.4-max-operations",
    "More operations than maxOperations answer 413",
    needs=("bulk",),
    hint="RFC 7644 §3.7.4",
)
def bulk_max_operations(probe: Probe) -> None:
    limit = probe.target.limit("bulk", "maxOperations")
    if limit is None or limit > 2_000:
        raise Skipped("maxOperations is not announced, or too large to be tried")
    operation = {"method": "DELETE", "path": f"{probe.user.endpoint}/{probe.service.nobody()}"}
    probe.post("/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": [operation] * (limit + 1)}).expect_error(413)


@check(
    "rfc7644-3.7.4-max-payload",
    "A body larger than maxPayloadSize answers 413",
    needs=("bulk",),
    hint="RFC 7644 §3.7.4",
)
def bulk_max_payload(probe: Probe) -> None:
    limit = probe.target.limit("bulk", "maxPayloadSize")
    if limit is None or limit > 8_000_000:
        raise Skipped("maxPayloadSize is not announced, or too large to be tried")
    body = {"schemas": [urns.BULK_REQUEST], "Operations": [], "x": "x" * limit}
    probe.post("/Bulk", body).expect_error(413)


@check("rfc7644-3.7-not-offered", "A service that does not announce bulk refuses it")
def bulk_not_offered(probe: Probe) -> None:
    if probe.target.supports("bulk"):
        raise Skipped("the service announces bulk")
    answer = probe.post("/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": []})
    probe.require(answer.status in (403, 404, 405, 501), "501", answer.summary())


# /Me: §3.11 ----------------------------------------------------------------------------------------------------------


@check("rfc7644-3.11-me", "/Me answers the resource of who is calling, or 501, or 404")
def me(probe: Probe) -> None:
    answer = probe.get("/Me")
    probe.require(answer.status in (200, 308, 307, 404, 501), "200, 308, 404 or 501", answer.summary())
    if answer.status == 200:
        location = answer.document.get("meta", {}).get("location")
        probe.require(
            probe.service.relative(location) not in (None, "/Me"), "meta.location of the resource itself", location
        )
    elif answer.status in (404, 501):
        answer.expect_error(404, 501)


CHECKS = collected(globals())
