"""Create, read, replace, delete (RFC 7644 §3.3, §3.4.1, §3.5.1, §3.6)."""

from scimcore import urns
from scimcore.conformance.check import check, collected
from scimcore.conformance.outcomes import SHOULD, Failed, Skipped
from scimcore.conformance.probe import Made, Probe
from scimcore.conformance.values import complete, settable, value_of
from scimcore.documents import Document

ENT = urns.ENTERPRISE_USER

# Create: §3.3 --------------------------------------------------------------------------------------------------------


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


# Read: §3.4.1 --------------------------------------------------------------------------------------------------------


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


# Replace: §3.5.1 -----------------------------------------------------------------------------------------------------


def _body_of(made: Made) -> Document:
    return {name: value for name, value in made.document.items() if name not in ("id", "meta", "groups")}


@check("rfc7644-3.5.1-replaced", "PUT answers 200 with the replaced resource", each_type=True)
def replaced(probe: Probe) -> None:
    made = probe.create(probe.kind)
    body = {**probe.new(probe.kind), "externalId": f"e-{probe.tag}"}
    document = probe.put(made.path, body).expect(200).document
    expected = {name: value for name, value in body.items() if name != "schemas"}
    probe.expect({"id": made.id, **expected}, document)
    probe.expect({"id": made.id, **expected}, probe.read(made.path))


@check(
    "rfc7644-3.5.1-cleared",
    "PUT takes away what its body leaves away",
    each_type=True,
    hint="PUT replaces: a readWrite attribute that is not in the body may be cleared or set to a default, and is not to be kept",
)
def cleared(probe: Probe) -> None:
    full = complete(probe.kind, probe.tag)
    answer = probe.post(probe.kind.endpoint, full).expect(201)
    path = f"{probe.kind.endpoint}/{answer.document.get('id')}"
    kept = {name: value for name, value in probe.new(probe.kind).items()}
    probe.put(path, kept).expect(200)
    names = [name for name, attribute in settable(probe.kind) if ":" not in name and attribute.get("type") == "string"]
    probe.expect({name: None for name in names if name not in kept}, probe.read(path))


@check("rfc7644-3.5.1-cleared-list", "PUT takes away the elements that its body leaves away", needs=("User.emails",))
def cleared_list(probe: Probe) -> None:
    mails = [
        {"value": f"{letter}.{probe.tag}@example.com", "type": kind} for letter, kind in (("a", "work"), ("b", "home"))
    ]
    made = probe.new_user(emails=mails)
    probe.put(made.path, {**_body_of(made), "emails": mails[:1]}).expect(200)
    probe.expect({"emails": mails[:1]}, probe.read(made.path))


@check("rfc7644-3.5.1-members", "PUT of a group replaces its members", needs=("Group.members", "User"))
def replaced_members(probe: Probe) -> None:
    one, two = probe.new_user(), probe.new_user()
    made = probe.new_group(members=[{"value": one.id}])
    body = {**probe.new(probe.group), "displayName": made.document["displayName"], "members": [{"value": two.id}]}
    probe.put(made.path, body).expect(200)
    probe.expect({"members": [{"value": two.id}]}, probe.read(made.path))


@check(
    "rfc7644-3.5.1-own-answer",
    "PUT takes what GET has answered",
    each_type=True,
    hint="readOnly attributes in the body are ignored: Okta sends back what it has read",
)
def own_answer(probe: Probe) -> None:
    made = probe.create(probe.kind)
    probe.put(made.path, probe.read(made.path)).expect(200)


@check("rfc7644-3.5.1-read-only", "PUT ignores readOnly attributes", each_type=True)
def read_only(probe: Probe) -> None:
    made = probe.create(probe.kind)
    created = probe.read(made.path).get("meta", {}).get("created")
    body = {
        **_body_of(made),
        "id": f"mine-{probe.tag}",
        "meta": {"created": "2001-01-01T00:00:00Z", "resourceType": "X"},
    }
    document = probe.put(made.path, body).expect(200).document
    probe.require(document.get("id") == made.id, f"id {made.id}", document.get("id"))
    probe.require(document.get("meta", {}).get("created") == created, f"created {created}", document.get("meta"))


@check(
    "rfc7644-3.5.1-not-found",
    "PUT to an id that there is not answers 404",
    each_type=True,
    hint="RFC 7644 §3.5.1: PUT must not be used to create",
)
def put_not_found(probe: Probe) -> None:
    path = f"{probe.kind.endpoint}/{probe.service.nobody()}"
    probe.put(path, probe.new(probe.kind)).expect_error(404)
    probe.get(path).expect(404)


@check("rfc7644-3.5.1-required", "PUT without a required attribute is refused", needs=("User",))
def put_required(probe: Probe) -> None:
    made = probe.new_user()
    body = {name: value for name, value in probe.new(probe.user).items() if name != "userName"}
    probe.put(made.path, body).expect_error(400, scim_type=("invalidValue",))
    probe.expect({"userName": made.document["userName"]}, probe.read(made.path))


@check("rfc7644-3.5.1-uniqueness", "PUT to a userName that another user has answers 409", needs=("User",))
def put_uniqueness(probe: Probe) -> None:
    one, two = probe.new_user(), probe.new_user()
    body = {**probe.new(probe.user), "userName": one.document["userName"]}
    answer = probe.put(two.path, body).expect_error(409)
    probe.expect({"userName": two.document["userName"]}, probe.read(two.path))
    answer.expect_error(409, scim_type=("uniqueness",))


@check("rfc7644-3.5.1-no-schemas", "PUT without schemas is refused", each_type=True)
def put_no_schemas(probe: Probe) -> None:
    made = probe.create(probe.kind)
    body = {name: value for name, value in _body_of(made).items() if name != "schemas"}
    probe.put(made.path, body).expect_error(400)


@check("rfc7644-3.5.1-times", "PUT keeps meta.created and moves meta.lastModified on", each_type=True)
def put_times(probe: Probe) -> None:
    made = probe.create(probe.kind)
    before = probe.read(made.path)["meta"]
    probe.tick(before.get("lastModified"))
    probe.put(made.path, {**_body_of(made), "externalId": f"e-{probe.tag}"}).expect(200)
    after = probe.read(made.path)["meta"]
    probe.require(
        after.get("created") == before.get("created"), f"created {before.get('created')}", after.get("created")
    )
    probe.require(str(after.get("lastModified")) > str(before.get("lastModified")), "a later lastModified", after)


@check(
    "rfc7644-3.5.1-attributes",
    "PUT with attributes answers those attributes",
    needs=("User.displayName", "User.nickName"),
)
def put_attributes(probe: Probe) -> None:
    made = probe.new_user(displayName="Mira", nickName="Mim")
    document = probe.put(made.path, _body_of(made), attributes="nickName").expect(200).document
    probe.expect({"id": made.id, "nickName": "Mim", "displayName": None}, document)


@check("rfc7644-3.5.1-password-kept", "PUT without a password succeeds and answers none", needs=("User.password",))
def put_password(probe: Probe) -> None:
    made = probe.new_user(password=probe.password())
    probe.expect({"password": None}, probe.put(made.path, _body_of(made)).expect(200).document)


@check(
    "rfc7644-3.5.1-wrong-type",
    "PUT with a value of the wrong type is refused and changes nothing",
    needs=("User.displayName",),
)
def put_wrong_type(probe: Probe) -> None:
    made = probe.new_user(displayName="Mira")
    probe.put(made.path, {**_body_of(made), "displayName": {"x": 1}}).expect_error(400)
    probe.expect({"displayName": "Mira"}, probe.read(made.path))


@check("rfc7644-3.5.1-other-resource", "PUT changes the one resource and no other", each_type=True)
def put_other(probe: Probe) -> None:
    one, two = probe.create(probe.kind), probe.create(probe.kind)
    before = probe.read(two.path)
    probe.put(one.path, {**_body_of(one), "externalId": f"e-{probe.tag}"}).expect(200)
    probe.require(probe.read(two.path) == before, "the other resource as it was", probe.read(two.path))


# PATCH of every attribute: §3.5.2 ------------------------------------------------------------------------------------


def _each_settable(probe: Probe) -> list[tuple[str, Document]]:
    found = list(settable(probe.kind))
    if not found:
        raise Skipped("the schema has no attribute that is free to be written")
    return found


def _value_at(document: Document, path: str) -> object:
    urn, _, name = path.rpartition(":")
    inside = document.get(urn, {}) if urn else document
    return inside.get(name) if isinstance(inside, dict) else None


def _patched(probe: Probe, made: Made, operation: Document, path: str, expected: object) -> None:
    probe.patch(made.path, operation).expect(200, 204)
    actual = _value_at(probe.read(made.path), path)
    probe.expect({path: expected}, {path: actual})


@check(
    "rfc7644-3.5.2.1-every-attribute",
    "PATCH adds every attribute that the schema says is writable",
    needs=("patch",),
    each_type=True,
)
def add_every(probe: Probe) -> None:
    made = probe.create(probe.kind)
    for path, attribute in _each_settable(probe):
        value = value_of(attribute, probe.tag)
        _patched(probe, made, {"op": "add", "path": path, "value": value}, path, value)


@check(
    "rfc7644-3.5.2.3-every-attribute",
    "PATCH replaces every attribute that the schema says is writable",
    needs=("patch",),
    each_type=True,
)
def replace_every(probe: Probe) -> None:
    body = complete(probe.kind, probe.tag)
    document = probe.post(probe.kind.endpoint, body).expect(201).document
    made = Made(
        str(document.get("id")),
        f"{probe.kind.endpoint}/{document.get('id')}",
        document,
        probe.get(probe.kind.endpoint, count=0),
    )
    for path, attribute in _each_settable(probe):
        value = value_of(attribute, probe.tag, 1)
        _patched(probe, made, {"op": "replace", "path": path, "value": value}, path, value)


@check(
    "rfc7644-3.5.2.2-every-attribute",
    "PATCH removes every attribute that the schema says is writable",
    needs=("patch",),
    each_type=True,
)
def remove_every(probe: Probe) -> None:
    document = probe.post(probe.kind.endpoint, complete(probe.kind, probe.tag)).expect(201).document
    made = Made(
        str(document.get("id")),
        f"{probe.kind.endpoint}/{document.get('id')}",
        document,
        probe.get(probe.kind.endpoint, count=0),
    )
    for path, _ in _each_settable(probe):
        _patched(probe, made, {"op": "remove", "path": path}, path, None)


# Delete: §3.6 --------------------------------------------------------------------------------------------------------


@check("rfc7644-3.6-deleted", "DELETE answers 204 without a body", each_type=True)
def deleted(probe: Probe) -> None:
    answer = probe.delete(probe.create(probe.kind).path).expect(204)
    probe.require(not answer.body, "no body", answer.body)


@check("rfc7644-3.6-gone", "A deleted resource answers 404 to GET, PUT, PATCH and DELETE", each_type=True)
def gone(probe: Probe) -> None:
    made = probe.create(probe.kind)
    probe.delete(made.path).expect(204)
    probe.get(made.path).expect_error(404)
    nothing = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", "value": {"externalId": "x"}}]}
    for method, body in (("PUT", probe.new(probe.kind)), ("PATCH", nothing), ("DELETE", None)):
        if method != "PATCH" or probe.target.supports("patch"):
            probe.send(method, made.path, body, harmless=True).expect_error(404)


@check("rfc7644-3.6-not-listed", "A deleted resource is in no list", needs=("User", "filter"))
def not_listed(probe: Probe) -> None:
    made = probe.new_user()
    probe.delete(made.path).expect(204)
    found = probe.ids(probe.user, f'userName eq "{made.document["userName"]}"')
    probe.require(not found, "nobody", found)


@check(
    "rfc7644-3.6-name-free",
    "A deleted user's userName is free again",
    needs=("User",),
    level=SHOULD,
    hint="RFC 7644 §3.6: a deleted resource is not a conflict",
)
def name_free(probe: Probe) -> None:
    made = probe.new_user()
    probe.delete(made.path).expect(204)
    again = probe.new_user(userName=made.document["userName"])
    probe.require(again.id != made.id, "another id", made.id)


@check("rfc7644-3.6-not-found", "DELETE of an id that there is not answers 404", each_type=True)
def delete_not_found(probe: Probe) -> None:
    probe.delete(f"{probe.kind.endpoint}/{probe.service.nobody()}").expect_error(404)


@check("rfc7644-3.6-others", "DELETE deletes the one resource and no other", each_type=True)
def others_stay(probe: Probe) -> None:
    one, two = probe.create(probe.kind), probe.create(probe.kind)
    probe.delete(one.path).expect(204)
    probe.read(two.path)


@check("rfc7644-3.6-group-keeps-users", "DELETE of a group keeps its members", needs=("Group.members", "User"))
def group_keeps_users(probe: Probe) -> None:
    user = probe.new_user()
    group = probe.new_group(members=[{"value": user.id}])
    probe.delete(group.path).expect(204)
    probe.read(user.path)


@check(
    "rfc7644-3.6-user-leaves-groups",
    "A deleted user is a member of no group",
    needs=("Group.members", "User"),
    level=SHOULD,
    hint="a member that there is no more keeps its access when its id or name comes back",
)
def user_leaves_groups(probe: Probe) -> None:
    user = probe.new_user()
    group = probe.new_group(members=[{"value": user.id}])
    probe.delete(user.path).expect(204)
    values = [member.get("value") for member in probe.read(group.path).get("members") or ()]
    probe.require(user.id not in values, "no such member", values)


CHECKS = collected(globals())
