"""Common attributes: schemas, id, externalId, meta (RFC 7643 §3)."""

import re

from scimcore import urns
from scimcore.conformance.check import check, collected
from scimcore.conformance.outcomes import SHOULD, Failed, Skipped
from scimcore.conformance.probe import Probe
from scimcore.documents import Document

ENT = urns.ENTERPRISE_USER
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@check("rfc7643-3-schemas", "Each resource has schemas", each_type=True)
def schemas(probe: Probe) -> None:
    value = probe.read(probe.create(probe.kind).path).get("schemas")
    probe.require(isinstance(value, list) and value, "a list schemas", value)


@check(
    "rfc7643-3-schemas-extension",
    "schemas names an extension that has data in the resource",
    needs=(f"User.{ENT}:department",),
)
def schemas_extension(probe: Probe) -> None:
    document = probe.read(probe.new_user(**{ENT: {"department": "Bridge"}}).path)
    probe.require(ENT in document.get("schemas", ()), f"schemas with {ENT}", document.get("schemas"))
    probe.expect({ENT: {"department": "Bridge"}}, document)


@check(
    "rfc7643-3-schemas-no-extension",
    "schemas names nothing that the resource has no data of",
    needs=(f"User.{ENT}:department",),
    level=SHOULD,
)
def schemas_no_extension(probe: Probe) -> None:
    document = probe.read(probe.new_user().path)
    if ENT in document:
        raise Skipped("the service gives new users extension data of its own")
    probe.require(ENT not in document.get("schemas", ()), "schemas without the extension", document.get("schemas"))


@check("rfc7643-3.1-id", "Each resource has an id that is a text and not empty", each_type=True)
def id_text(probe: Probe) -> None:
    id = probe.create(probe.kind).document.get("id")
    probe.require(isinstance(id, str) and id, "a text id", id)


@check("rfc7643-3.1-id-unique", "Two resources have two ids", each_type=True)
def id_unique(probe: Probe) -> None:
    one, two = probe.create(probe.kind), probe.create(probe.kind)
    probe.require(one.id != two.id, "two ids", f"{one.id} twice")


@check("rfc7643-3.1-id-stable", "A resource keeps its id when it is replaced", each_type=True)
def id_stable(probe: Probe) -> None:
    made = probe.create(probe.kind)
    body = {name: value for name, value in made.document.items() if name not in ("id", "meta")}
    answer = probe.put(made.path, body).expect(200)
    probe.require(answer.document.get("id") == made.id, f"id {made.id}", answer.document.get("id"))


@check(
    "rfc7643-3.1-id-issued",
    "The service issues the id, whatever a client sends",
    each_type=True,
    hint="id is readOnly: a client that chooses ids can overwrite or impersonate",
)
def id_issued(probe: Probe) -> None:
    wanted = f"mine-{probe.tag}"
    made = probe.create(probe.kind, {"id": wanted})
    probe.require(made.id != wanted, "an id of the service's own", made.id)
    probe.get(f"{probe.kind.endpoint}/{wanted}").expect(404)


@check(
    "rfc7643-3.1-id-not-bulk", "No resource has the id bulkId", hint="RFC 7643 §3.1 reserves the text", each_type=True
)
def id_not_bulk(probe: Probe) -> None:
    probe.require("bulkid" not in probe.create(probe.kind).id.lower(), "another id", "bulkId")


@check("rfc7643-3.1-id-case", "Ids are case-sensitive", needs=("User",))
def id_case(probe: Probe) -> None:
    made = probe.new_user()
    other = made.id.swapcase()
    if other == made.id:
        raise Skipped("the service's ids have no letters")
    probe.get(f"{probe.user.endpoint}/{other}").expect(404)


@check("rfc7643-3.1-external-id", "externalId is kept as the client sent it", needs=("User",))
def external_id(probe: Probe) -> None:
    made = probe.new_user(externalId="Ext-{tag} É")
    probe.expect({"externalId": f"Ext-{probe.tag} É"}, probe.read(made.path))


@check(
    "rfc7643-3.1-external-id-opaque",
    "externalId of another resource's id means nothing",
    needs=("User",),
    hint="externalId is the client's and no key of the service's",
)
def external_id_opaque(probe: Probe) -> None:
    one = probe.new_user()
    two = probe.new_user(externalId=one.id)
    probe.require(two.id != one.id, "a user of its own", two.id)
    probe.expect({"userName": one.document.get("userName")}, probe.read(one.path))


@check(
    "rfc7643-3.1-external-id-absent",
    "A resource that has no externalId is answered without",
    needs=("User",),
    level=SHOULD,
    hint="only clients set externalId",
)
def external_id_absent(probe: Probe) -> None:
    probe.expect({"externalId": None}, probe.read(probe.new_user().path))


@check("rfc7643-3.1-meta", "Each resource has meta", each_type=True)
def meta(probe: Probe) -> None:
    _ = _meta(probe)


def _meta(probe: Probe) -> Document:
    value = probe.read(probe.create(probe.kind).path).get("meta")
    if not isinstance(value, dict):
        raise Failed("an object meta", repr(value))
    return value


@check("rfc7643-3.1-meta-resource-type", "meta.resourceType is the name of the type", each_type=True)
def meta_resource_type(probe: Probe) -> None:
    value = _meta(probe).get("resourceType")
    probe.require(value == probe.kind.name, f"resourceType {probe.kind.name}", value)


@check(
    "rfc7643-3.1-meta-created",
    "meta.created is a time",
    each_type=True,
    hint="dateTime: 2026-01-02T03:04:05Z (RFC 7643 §2.3.5)",
)
def meta_created(probe: Probe) -> None:
    value = _meta(probe).get("created")
    probe.require(isinstance(value, str) and _DATE_TIME.fullmatch(value), "a dateTime created", value)


@check(
    "rfc7643-3.1-meta-last-modified",
    "meta.lastModified is a time, and of a new resource that of its creation",
    each_type=True,
)
def meta_last_modified(probe: Probe) -> None:
    value = _meta(probe)
    modified = value.get("lastModified")
    probe.require(isinstance(modified, str) and _DATE_TIME.fullmatch(modified), "a dateTime lastModified", modified)
    probe.require(modified == value.get("created"), f"lastModified {value.get('created')}", modified)


@check("rfc7643-3.1-meta-location", "meta.location leads to the resource", each_type=True)
def meta_location(probe: Probe) -> None:
    made = probe.create(probe.kind)
    location = probe.read(made.path).get("meta", {}).get("location")
    path = probe.service.relative(location)
    if path is None:
        raise Failed("a URL of the service", repr(location))
    probe.require(probe.read(path).get("id") == made.id, f"the resource {made.id} at {location}", "another one")


@check("rfc7643-3.1-meta-location-absolute", "meta.location is an absolute URL", each_type=True, level=SHOULD)
def meta_location_absolute(probe: Probe) -> None:
    location = _meta(probe).get("location")
    probe.require(isinstance(location, str) and "://" in location, "an absolute URL", location)


@check("rfc7643-3.1-meta-version", "meta.version is the ETag", needs=("etag",), each_type=True)
def meta_version(probe: Probe) -> None:
    made = probe.create(probe.kind)
    answer = probe.get(made.path).expect(200)
    version, etag = answer.document.get("meta", {}).get("version"), answer.headers.get("etag")
    probe.require(version == etag and version, f"version {etag!r}", version)


@check("rfc7643-3.1-meta-read-only", "meta in a request means nothing", each_type=True)
def meta_read_only(probe: Probe) -> None:
    sent = {
        "created": "2001-01-01T00:00:00Z",
        "resourceType": "Nonsense",
        "location": "https://example.com/x",
        "version": 'W/"mine"',
    }
    found = probe.read(probe.create(probe.kind, {"meta": sent}).path).get("meta", {})
    for name, value in sent.items():
        probe.require(found.get(name) != value, f"{name} of the service's own", value)


@check(
    "rfc7643-3.1-meta-malformed",
    "A malformed meta in a request is ignored like a well-formed one",
    level=SHOULD,
    each_type=True,
    hint="readOnly attributes in a request are ignored, whatever they hold (RFC 7644 §3.3)",
)
def meta_malformed(probe: Probe) -> None:
    probe.create(probe.kind, {"meta": {"created": "yesterday"}})


CHECKS = collected(globals())
