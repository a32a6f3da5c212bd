"""Bulk requests (RFC 7644 §3.7)."""

from scimcore import urns
from scimcore.conformance.check import check, collected
from scimcore.conformance.outcomes import Failed, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.patching import replace
from scimcore.documents import JSON, Document


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
    data = {**made.body, "displayName": "Mira"}
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
    [operation] = _bulk(probe, {"method": "PUT", "path": made.path, "data": made.body})
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


CHECKS = collected(globals())
