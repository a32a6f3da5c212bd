"""Create and read (RFC 7644 §3.3, §3.4.1)."""

from scimcore import urns
from scimcore.conformance.check import check, collected
from scimcore.conformance.outcomes import SHOULD, Failed, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.values import complete


@check("rfc7644-3.3-created", "POST answers 201", each_type=True)
def created(probe: Probe) -> None:
    probe.post(probe.kind.endpoint, probe.new(probe.kind)).expect(201)


@check("rfc7644-3.3-body", "POST answers the new resource with what was sent", each_type=True, level=SHOULD)
def created_body(probe: Probe) -> None:
    body = probe.new(probe.kind)
    document = probe.post(probe.kind.endpoint, body).expect(201).document
    probe.expect({name: value for name, value in body.items() if name != "schemas"}, document)
    probe.require(isinstance(document.get("id"), str), "an id", document.get("id"))


@check("rfc7644-3.3-location", "POST answers the Location of the new resource", each_type=True)
def created_location(probe: Probe) -> None:
    made = probe.create(probe.kind)
    location = made.answer.headers.get("location")
    path = probe.service.relative(location)
    if path is None:
        raise Failed("a Location that is a URL of the service", repr(location))
    probe.require(probe.read(path).get("id") == made.id, f"the new resource at {location}", "another one")


@check("rfc7644-3.3-location-meta", "POST's Location is the resource's meta.location", each_type=True)
def created_location_meta(probe: Probe) -> None:
    made = probe.create(probe.kind)
    meta = made.document.get("meta")
    if not isinstance(meta, dict):
        raise Skipped("the answer has no meta")
    probe.require(
        meta.get("location") == made.answer.headers.get("location"),
        f"Location {meta.get('location')}",
        made.answer.headers.get("location"),
    )


@check(
    "rfc7644-3.3-media-type",
    "POST is answered with application/scim+json",
    each_type=True,
    hint="or application/json to a client that asks for that alone",
)
def created_media_type(probe: Probe) -> None:
    value = probe.create(probe.kind).answer.headers.get("content-type")
    probe.require(value.startswith("application/scim+json"), "Content-Type application/scim+json", value)


@check("rfc7644-3.3-readable", "A created resource can be read and is in the list", each_type=True)
def created_readable(probe: Probe) -> None:
    made = probe.create(probe.kind)
    probe.require(probe.read(made.path).get("id") == made.id, f"the resource {made.id}", "another one")
    total = probe.get(probe.kind.endpoint, count=0).expect(200).document.get("totalResults")
    probe.require(isinstance(total, int) and total >= 1, "totalResults of 1 or more", total)


@check("rfc7644-3.3-duplicate", "POST of a userName that there is answers 409 uniqueness", needs=("User",))
def duplicate(probe: Probe) -> None:
    made = probe.new_user()
    body = {**probe.new(probe.user), "userName": made.document["userName"]}
    answer = probe.post(probe.user.endpoint, body).expect_error(409)
    probe.require(
        answer.document.get("scimType") == "uniqueness", "scimType uniqueness", answer.document.get("scimType")
    )


@check(
    "rfc7644-3.3-no-schemas",
    "POST without schemas is refused",
    each_type=True,
    hint="each resource must have schemas (RFC 7643 §3)",
)
def no_schemas(probe: Probe) -> None:
    body = {name: value for name, value in probe.new(probe.kind).items() if name != "schemas"}
    probe.post(probe.kind.endpoint, body).expect_error(400, scim_type=("invalidSyntax", "invalidValue"))


@check("rfc7644-3.3-wrong-schemas", "POST of a resource of another type is refused", needs=("User", "Group"))
def wrong_schemas(probe: Probe) -> None:
    body = {**probe.new(probe.user), "schemas": [urns.GROUP]}
    probe.post(probe.user.endpoint, body).expect_error(400, scim_type=("invalidSyntax", "invalidValue"))


@check("rfc7644-3.3-no-user-name", "POST of a user without userName is refused with invalidValue", needs=("User",))
def no_user_name(probe: Probe) -> None:
    body = {name: value for name, value in probe.new(probe.user).items() if name != "userName"}
    probe.post(probe.user.endpoint, body).expect_error(400, scim_type=("invalidValue",))


@check("rfc7644-3.3-no-json", "POST of what is no JSON is refused with invalidSyntax", each_type=True)
def no_json(probe: Probe) -> None:
    probe.post(probe.kind.endpoint, b'{"schemas": [').expect_error(400, scim_type=("invalidSyntax",))


@check("rfc7644-3.3-no-object", "POST of a list is refused", each_type=True)
def no_object(probe: Probe) -> None:
    probe.post(probe.kind.endpoint, b"[]").expect_error(400, scim_type=("invalidSyntax", "invalidValue"))


@check("rfc7644-3.3-no-body", "POST without a body is refused", each_type=True)
def no_body(probe: Probe) -> None:
    answer = probe.post(probe.kind.endpoint, b"")
    probe.require(answer.status in (400, 411, 415), "400", answer.summary())


@check("rfc7644-3.3-nothing-made", "A refused POST makes nothing", needs=("User", "filter"))
def nothing_made(probe: Probe) -> None:
    name = f"refused.{probe.tag}@example.com"
    probe.post(
        probe.user.endpoint, {**probe.new(probe.user), "userName": name, "active": {"no": "boolean"}}
    ).expect_error(400)
    probe.require(not probe.ids(probe.user, f'userName eq "{name}"'), "no such user", "the user was made")


@check(
    "rfc7644-3.3-attributes",
    "POST with attributes answers those attributes",
    needs=("User.displayName", "User.nickName"),
    hint="RFC 7644 §3.9: the parameters work wherever a resource is answered",
)
def created_attributes(probe: Probe) -> None:
    document = probe.create(probe.user, {"displayName": "Mira", "nickName": "Mim"}, attributes="displayName").document
    probe.expect({"displayName": "Mira", "nickName": None}, document)


@check("rfc7644-3.3-complete", "POST of a resource with all attributes answers 201", each_type=True)
def created_complete(probe: Probe) -> None:
    probe.post(probe.kind.endpoint, complete(probe.kind, probe.tag)).expect(201)


@check(
    "rfc7644-3.3-json-media-type",
    "POST takes application/json",
    each_type=True,
    level=SHOULD,
    hint="RFC 7644 §3.8 registers scim+json; clients send both",
)
def json_media_type(probe: Probe) -> None:
    body = probe.new(probe.kind)
    probe.send("POST", probe.kind.endpoint, body, headers={"Content-Type": "application/json"}).expect(201)


@check(
    "rfc7644-3.3-charset",
    "POST takes a media type with a parameter",
    each_type=True,
    hint="Entra and Okta send application/scim+json; charset=utf-8",
)
def charset(probe: Probe) -> None:
    headers = {"Content-Type": "application/scim+json; charset=utf-8"}
    probe.send("POST", probe.kind.endpoint, probe.new(probe.kind), headers=headers).expect(201)


@check("rfc7644-3.4.1-read", "GET answers 200 with the resource", each_type=True)
def read(probe: Probe) -> None:
    made = probe.create(probe.kind)
    document = probe.read(made.path)
    probe.expect({name: value for name, value in made.document.items() if name not in ("meta", "schemas")}, document)


@check("rfc7644-3.4.1-media-type", "GET answers application/scim+json", each_type=True)
def read_media_type(probe: Probe) -> None:
    value = probe.get(probe.create(probe.kind).path).headers.get("content-type")
    probe.require(value.startswith("application/scim+json"), "Content-Type application/scim+json", value)


@check("rfc7644-3.4.1-not-found", "GET of an id that there is not answers 404", each_type=True)
def read_not_found(probe: Probe) -> None:
    probe.get(f"{probe.kind.endpoint}/{probe.service.nobody()}").expect_error(404)


@check(
    "rfc7644-3.4.1-other-type",
    "A user's id is no group's",
    needs=("User", "Group"),
    hint="an id belongs to one endpoint",
)
def read_other_type(probe: Probe) -> None:
    probe.get(f"{probe.group.endpoint}/{probe.new_user().id}").expect_error(404)


@check(
    "rfc7644-3.4.1-by-name",
    "A userName is no id",
    needs=("User",),
    hint="{id} in the URL is the value of id (erratum 8367)",
)
def read_by_name(probe: Probe) -> None:
    made = probe.new_user(userName=f"by-name-{probe.tag}")
    probe.get(f"{probe.user.endpoint}/{made.document['userName']}").expect_error(404)


@check("rfc7644-3.4.1-no-such-endpoint", "An endpoint that there is not answers 404")
def no_such_endpoint(probe: Probe) -> None:
    probe.get(f"/NoSuchThings{probe.tag}").expect_error(404)


@check("rfc7644-3.4.1-twice", "Two reads answer the same", each_type=True)
def read_twice(probe: Probe) -> None:
    path = probe.create(probe.kind).path
    probe.require(probe.read(path) == probe.read(path), "the same document", "another one")


@check(
    "rfc7644-3.4.1-accept-json",
    "GET with Accept: application/json is answered",
    each_type=True,
    level=SHOULD,
    hint="RFC 7644 §3.8",
)
def accept_json(probe: Probe) -> None:
    path = probe.create(probe.kind).path
    answer = probe.send("GET", path, headers={"Accept": "application/json"}).expect(200)
    probe.require("json" in answer.headers.get("content-type"), "a JSON media type", answer.headers.get("content-type"))


@check(
    "rfc7644-3.4.1-unknown-parameter",
    "An unknown query parameter is ignored",
    each_type=True,
    level=SHOULD,
    hint="Entra adds aadOptscim062020 to every URL",
)
def unknown_parameter(probe: Probe) -> None:
    probe.send("GET", probe.create(probe.kind).path, query="aadOptscim062020").expect(200)


CHECKS = collected(globals())
