"""Versions: ETag, If-Match, If-None-Match (RFC 7644 §3.14)."""

from scimcore import urns
from scimcore.conformance.check import check, collected
from scimcore.conformance.exchange import Answer
from scimcore.conformance.outcomes import SHOULD, Failed
from scimcore.conformance.probe import Made, Probe
from scimcore.conformance.suites.patching import replace


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
    answer = probe.put(made.path, {**made.body, "externalId": f"e-{probe.tag}"}).expect(200)
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
        "PUT": {**made.body, "externalId": f"e-{probe.tag}"},
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
    probe.put(made.path, {**made.body, "externalId": f"first-{probe.tag}"}).expect(200)
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


CHECKS = collected(globals())
