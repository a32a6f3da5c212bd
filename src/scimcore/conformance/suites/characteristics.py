"""Characteristics: required, readOnly, writeOnly, immutable, unique (RFC 7643 §2.2, §7)."""

from scimcore.conformance.check import check, collected
from scimcore.conformance.outcomes import Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.values import complete


@check(
    "rfc7643-2.2-all-attributes",
    "Every attribute that the schema says is writable can be written and read back",
    each_type=True,
    hint="an announced attribute that is not kept is lost without a word",
)
def all_attributes(probe: Probe) -> None:
    body = probe.filled(complete(probe.kind, probe.tag))
    answer = probe.post(probe.kind.endpoint, body).expect(201)
    sent = {name: value for name, value in body.items() if name != "schemas"}
    probe.expect(sent, probe.read(f"{probe.kind.endpoint}/{answer.document.get('id')}"))


@check(
    "rfc7643-2.2-required",
    "A resource without an attribute that is required is refused",
    each_type=True,
    hint="required: true in the announced schema",
)
def required(probe: Probe) -> None:
    names = [
        a["name"]
        for a in probe.kind.attributes
        if a.get("required") is True and a.get("mutability") != "readOnly" and a["name"] not in ("id", "schemas")
    ]
    if not names:
        raise Skipped("the schema requires nothing")
    for name in names:
        body = {key: value for key, value in probe.new(probe.kind).items() if key != name}
        probe.post(probe.kind.endpoint, body).expect_error(400, scim_type=("invalidValue", "invalidSyntax"))


@check(
    "rfc7643-7-read-only",
    "groups in a POST of a user means nothing",
    needs=("User.groups",),
    hint="groups is readOnly: membership is changed at the group",
)
def read_only(probe: Probe) -> None:
    made = probe.new_user(groups=[{"value": f"admins-{probe.tag}"}])
    values = [group.get("value") for group in probe.read(made.path).get("groups") or ()]
    probe.require(f"admins-{probe.tag}" not in values, "no such group", values)


@check("rfc7643-7-write-only", "A password is answered by no request", needs=("User.password",))
def write_only(probe: Probe) -> None:
    word = probe.password()
    made = probe.new_user(password=word)
    for answer in (
        made.answer,
        probe.get(made.path),
        probe.get(made.path, attributes="password"),
        probe.get(probe.user.endpoint, filter=f'userName eq "{made.document.get("userName")}"'),
    ):
        probe.require(
            b'password"' not in answer.body.lower() and word.encode() not in answer.body,
            "no password",
            "a password in the answer",
        )


@check("rfc7643-7-uniqueness", "Two users cannot have one userName", needs=("User",))
def uniqueness(probe: Probe) -> None:
    name = probe.new_user().document.get("userName")
    probe.post(probe.user.endpoint, {**probe.new(probe.user), "userName": name}).expect_error(
        409, scim_type=("uniqueness",)
    )


@check(
    "rfc7643-7-uniqueness-case",
    "Two users cannot have userNames that differ in casing alone",
    needs=("User",),
    hint="userName is caseExact false",
)
def uniqueness_case(probe: Probe) -> None:
    name = str(probe.new_user().document.get("userName"))
    probe.post(probe.user.endpoint, {**probe.new(probe.user), "userName": name.swapcase()}).expect_error(
        409, scim_type=("uniqueness",)
    )


@check("rfc7643-7-uniqueness-self", "A user can be replaced under its own userName", needs=("User",))
def uniqueness_self(probe: Probe) -> None:
    made = probe.new_user()
    body = {**probe.new(probe.user), "userName": str(made.document.get("userName")).swapcase()}
    probe.put(made.path, body).expect(200)


@check("rfc7643-7-uniqueness-freed", "The userName of a renamed user is free again", needs=("User", "patch"))
def uniqueness_freed(probe: Probe) -> None:
    made = probe.new_user()
    probe.patch(made.path, {"op": "replace", "path": "userName", "value": f"other.{probe.tag}@example.com"}).expect(
        200, 204
    )
    probe.new_user(userName=made.document["userName"])


@check("rfc7643-7-immutable", "PUT with another value of an immutable attribute is refused", each_type=True)
def immutable(probe: Probe) -> None:
    attribute = next(
        (a for a in probe.kind.attributes if a.get("mutability") == "immutable" and a.get("type") == "string"), None
    )
    if attribute is None:
        raise Skipped("the schema has no immutable text")
    made = probe.create(probe.kind, {attribute["name"]: f"one-{probe.tag}"})
    body = {k: v for k, v in made.document.items() if k not in ("id", "meta")}
    probe.put(made.path, {**body, attribute["name"]: f"two-{probe.tag}"}).expect_error(400, scim_type=("mutability",))


@check(
    "rfc7643-2.4-primary-once",
    "Two primary elements in one attribute are refused, or one of them stays primary",
    needs=("User.emails",),
    hint="RFC 7643 §2.4: primary true occurs no more than once",
)
def primary_once(probe: Probe) -> None:
    emails = [
        {"value": f"{letter}.{probe.tag}@example.com", "primary": True, "type": kind}
        for letter, kind in (("a", "work"), ("b", "home"))
    ]
    answer = probe.post(probe.user.endpoint, probe.new(probe.user, {"emails": emails}))
    if answer.status == 400:
        return
    found = answer.expect(201).document.get("emails", [])
    count = sum(email.get("primary") is True for email in found)
    probe.require(count <= 1, "at most one primary element", f"{count}")


CHECKS = collected(globals())
