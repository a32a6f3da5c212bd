"""Replace (RFC 7644 §3.5.1)."""

from scimcore.conformance.check import check, collected
from scimcore.conformance.outcomes import SHOULD
from scimcore.conformance.probe import Probe
from scimcore.conformance.values import complete, settable


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
    level=SHOULD,
    each_type=True,
    hint="RFC 7644 §3.5.1: what is left away is cleared or gets a default; a client cannot clear what is kept",
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
    probe.put(made.path, {**made.body, "emails": mails[:1]}).expect(200)
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
        **made.body,
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
    body = {name: value for name, value in made.body.items() if name != "schemas"}
    probe.put(made.path, body).expect_error(400)


@check("rfc7644-3.5.1-times", "PUT keeps meta.created and moves meta.lastModified on", each_type=True)
def put_times(probe: Probe) -> None:
    made = probe.create(probe.kind)
    before = probe.read(made.path)["meta"]
    probe.tick(before.get("lastModified"))
    probe.put(made.path, {**made.body, "externalId": f"e-{probe.tag}"}).expect(200)
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
    document = probe.put(made.path, made.body, attributes="nickName").expect(200).document
    probe.expect({"id": made.id, "nickName": "Mim", "displayName": None}, document)


@check("rfc7644-3.5.1-password-kept", "PUT without a password succeeds and answers none", needs=("User.password",))
def put_password(probe: Probe) -> None:
    made = probe.new_user(password=probe.password())
    probe.expect({"password": None}, probe.put(made.path, made.body).expect(200).document)


@check(
    "rfc7644-3.5.1-wrong-type",
    "PUT with a value of the wrong type is refused and changes nothing",
    needs=("User.displayName",),
)
def put_wrong_type(probe: Probe) -> None:
    made = probe.new_user(displayName="Mira")
    probe.put(made.path, {**made.body, "displayName": {"x": 1}}).expect_error(400)
    probe.expect({"displayName": "Mira"}, probe.read(made.path))


@check("rfc7644-3.5.1-other-resource", "PUT changes the one resource and no other", each_type=True)
def put_other(probe: Probe) -> None:
    one, two = probe.create(probe.kind), probe.create(probe.kind)
    before = probe.read(two.path)
    probe.put(one.path, {**one.body, "externalId": f"e-{probe.tag}"}).expect(200)
    probe.require(probe.read(two.path) == before, "the other resource as it was", probe.read(two.path))


CHECKS = collected(globals())
