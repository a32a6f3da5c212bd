"""Resources: common attributes, characteristics, users, groups and extensions (RFC 7643 §2 to §4)."""

import re

from scimcore import urns
from scimcore.conformance.check import SPECS, Check, check, collected
from scimcore.conformance.outcomes import MUST, SHOULD, Failed, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.values import complete
from scimcore.documents import JSON, Document

ENT = urns.ENTERPRISE_USER
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


# Common attributes: §3 and §3.1 --------------------------------------------------------------------------------------


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


# Names, null and types: §2 -------------------------------------------------------------------------------------------


@check("rfc7643-2.1-names-case", "Attribute names in a body have no case", needs=("User.displayName", "User.nickName"))
def names_case(probe: Probe) -> None:
    made = probe.new_user(DISPLAYNAME="Mira", nickname="Mim")
    probe.expect({"displayName": "Mira", "nickName": "Mim"}, probe.read(made.path))


@check(
    "rfc7643-2.1-names-canonical",
    "Attribute names are answered as the schema spells them",
    needs=("User.displayName",),
    level=SHOULD,
)
def names_canonical(probe: Probe) -> None:
    document = probe.read(probe.new_user(DISPLAYNAME="Mira").path)
    probe.require("displayName" in document, "displayName", sorted(document))


@check(
    "rfc7643-2.1-urn-case", "An extension's URN in a body has no case", needs=(f"User.{ENT}:department",), level=SHOULD
)
def urn_case(probe: Probe) -> None:
    urn = ENT.replace("enterprise", "Enterprise")
    made = probe.new_user(**{urn: {"department": "Bridge"}})
    probe.expect({ENT: {"department": "Bridge"}}, probe.read(made.path))


@check("rfc7643-2.5-null", "null in a body is the absence of a value", needs=("User.nickName", "User.title"))
def null(probe: Probe) -> None:
    made = probe.new_user(nickName=None, title="Pilot")
    probe.expect({"nickName": None, "title": "Pilot"}, probe.read(made.path))


@check("rfc7643-2.5-empty-list", "An empty list in a body is the absence of values", needs=("User.emails",))
def empty_list(probe: Probe) -> None:
    probe.expect({"emails": None}, probe.read(probe.new_user(emails=[]).path))


@check("rfc7643-2.5-put-null", "PUT with null takes a value away", needs=("User.nickName",))
def put_null(probe: Probe) -> None:
    made = probe.new_user(nickName="Mim")
    body = {**{k: v for k, v in made.document.items() if k not in ("id", "meta")}, "nickName": None}
    probe.put(made.path, body).expect(200)
    probe.expect({"nickName": None}, probe.read(made.path))


# Attribute, a value that is not of its type, and the one thing that it can mean all the same to a lenient service.
WRONG: tuple[tuple[str, str, JSON, JSON], ...] = (
    ("active-number", "active", 1, None),
    ("active-text", "active", "perhaps", None),
    ("active-list", "active", [False], False),
    ("user-name-number", "userName", 7, None),
    ("user-name-object", "userName", {"value": "o.{tag}"}, "o.{tag}"),
    ("user-name-list", "userName", ["a.{tag}", "b.{tag}"], None),
    ("name-text", "name", "Mira Lund", None),
    ("display-name-boolean", "displayName", True, None),
    ("emails-text", "emails", "mira@example.com", [{"value": "mira@example.com"}]),
    ("emails-value-number", "emails", [{"value": 7}], None),
    ("emails-primary-text", "emails", [{"value": "a@example.com", "primary": "perhaps"}], None),
    ("external-id-number", "externalId", 7, None),
)  # fmt: skip


def _wrong_check(id: str, name: str, value: JSON, meant: JSON) -> Check:
    def function(probe: Probe) -> None:
        body = {**probe.new(probe.user), name: probe.filled(value)}
        answer = probe.post(probe.user.endpoint, body)
        if answer.status == 201 and meant is not None:
            probe.expect({name: probe.filled(meant)}, probe.read(f"{probe.user.endpoint}/{answer.document.get('id')}"))
        else:
            answer.expect_error(400, scim_type=("invalidValue", "invalidSyntax"))

    return Check(
        f"rfc7643-2.3-wrong-{id}", SPECS["rfc7643"], "2.3", MUST, f"POST with {name}: {value!r} is refused with invalidValue",
        function, "a value of another JSON type than the schema's is no value", needs=(f"User.{name}",),
    )  # fmt: skip


# Values that must come back as they were sent: name in ids, attributes.
KEPT: tuple[tuple[str, str, Document], ...] = (
    ("case", "casing", {"userName": "MiXed.{tag}@Example.COM", "displayName": "MiXeD"}),
    ("unicode", "letters of other scripts", {"displayName": "Zoë 你好 Ωmega \U0001f600", "title": "naïve"}),
    ("quotes", "quotes, backslashes and markup", {"displayName": '"quoted" \\ back </script> &amp; \'x\' %s {0} $1'}),
    ("space", "inner spaces and line ends", {"displayName": "a  b\nc\td"}),
    ("long", "a long text", {"displayName": "x" * 200}),
    ("number-like", "texts that look like numbers and booleans", {"title": "007", "nickName": "true", "displayName": "1e5"}),
    ("local-mail", "an address without a public domain", {"emails": [{"value": "mira.{tag}@corp.local", "type": "work"}]}),
    ("custom-type", "a type that is not among the canonical ones", {"emails": [{"value": "m.{tag}@example.com", "type": "yacht"}]}),
    ("name", "all parts of a name", {"name": {"givenName": "Mira", "familyName": "Lund", "middleName": "K", "honorificPrefix": "Dr.", "honorificSuffix": "III"}}),
    ("phone", "a telephone number as it is written", {"phoneNumbers": [{"value": "+1 (201) 555-0123", "type": "mobile"}]}),
    ("address", "all parts of an address", {"addresses": [{"type": "work", "streetAddress": "Kai 7", "locality": "Bergen", "region": "Vestland", "postalCode": "5003", "country": "NO"}]}),
    ("active", "active false", {"active": False}),
    ("language", "preferredLanguage, locale and timezone", {"preferredLanguage": "en-US", "locale": "de-CH", "timezone": "Europe/Zurich"}),
    ("photo", "a photo's URL", {"photos": [{"value": "https://photos.example.com/p/1", "type": "photo"}]}),
    ("order", "two elements that differ in type alone", {"emails": [{"value": "m.{tag}@example.com", "type": "work"}, {"value": "m.{tag}@example.com", "type": "home"}]}),
)  # fmt: skip


def _kept_check(id: str, title: str, attributes: Document) -> Check:
    def function(probe: Probe) -> None:
        if id == "custom-type" and probe.post(probe.user.endpoint, probe.new(probe.user, attributes)).status == 400:
            raise Skipped("the service takes no types but those that it announces (RFC 7643 §7 lets it)")
        made = probe.new_user(**attributes)
        expected = probe.filled(attributes)
        probe.expect(expected, made.document)
        probe.expect(expected, probe.read(made.path))

    return Check(
        f"rfc7643-4.1-kept-{id}", SPECS["rfc7643"], "4.1", SHOULD if id == "case" else MUST, f"A user comes back with {title} as sent", function,
        "values are stored as they are received, or refused; never rewritten", tuple(f"User.{name}" for name in attributes),
    )  # fmt: skip


# Characteristics: §2.2 and §7 ----------------------------------------------------------------------------------------


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


# Users, groups, enterprise users: §4 ---------------------------------------------------------------------------------


@check("rfc7643-4.1.1-user-name-empty", "An empty userName is refused", needs=("User",))
def user_name_empty(probe: Probe) -> None:
    probe.post(probe.user.endpoint, {**probe.new(probe.user), "userName": ""}).expect_error(
        400, scim_type=("invalidValue",)
    )


@check("rfc7643-4.1.1-user-name-null", "A userName of null is refused", needs=("User",))
def user_name_null(probe: Probe) -> None:
    probe.post(probe.user.endpoint, {**probe.new(probe.user), "userName": None}).expect_error(
        400, scim_type=("invalidValue", "invalidSyntax")
    )


@check(
    "rfc7643-4.1.1-inactive-found",
    "An inactive user is still there and is found",
    needs=("User.active", "filter"),
    hint="active false is no deletion; clients look inactive users up before they create them again",
)
def inactive_found(probe: Probe) -> None:
    made = probe.new_user(active=False)
    probe.expect({"active": False}, probe.read(made.path))
    found = probe.ids(probe.user, f'userName eq "{made.document["userName"]}"')
    probe.require(found == {made.id}, "the inactive user", found)


@check(
    "rfc7643-4.1.2-groups",
    "A user's groups has the groups that it is a member of",
    needs=("User.groups", "Group.members"),
    level=SHOULD,
)
def groups(probe: Probe) -> None:
    user = probe.new_user()
    group = probe.new_group(members=[{"value": user.id}])
    values = [found.get("value") for found in probe.read(user.path).get("groups") or ()]
    probe.require(group.id in values, f"groups with {group.id}", values)


@check(
    "rfc7643-4.1.2-groups-left",
    "A user's groups has no group that the user has left",
    needs=("User.groups", "Group.members", "patch"),
)
def groups_left(probe: Probe) -> None:
    user = probe.new_user()
    group = probe.new_group(members=[{"value": user.id}])
    probe.patch(group.path, {"op": "remove", "path": "members"}).expect(200, 204)
    values = [found.get("value") for found in probe.read(user.path).get("groups") or ()]
    probe.require(group.id not in values, f"groups without {group.id}", values)


@check("rfc7643-4.2-members", "A group comes back with its members", needs=("Group.members", "User"))
def members(probe: Probe) -> None:
    users = [probe.new_user() for _ in range(2)]
    made = probe.new_group(members=[{"value": user.id} for user in users])
    values = {member.get("value") for member in probe.read(made.path).get("members") or ()}
    probe.require(values == {user.id for user in users}, "the two members", values)


@check("rfc7643-4.2-member-display", "Members may be sent with display and type", needs=("Group.members", "User"))
def member_display(probe: Probe) -> None:
    user = probe.new_user()
    made = probe.new_group(members=[{"value": user.id, "display": "Mira", "type": "User"}])
    values = [member.get("value") for member in probe.read(made.path).get("members") or ()]
    probe.require(values == [user.id], "the member", values)


@check(
    "rfc7643-4.2-member-once",
    "A member that is sent twice is there once",
    needs=("Group.members", "User"),
    level=SHOULD,
)
def member_once(probe: Probe) -> None:
    user = probe.new_user()
    answer = probe.post(
        probe.group.endpoint, probe.new(probe.group, {"members": [{"value": user.id}, {"value": user.id}]})
    )
    if answer.status == 400:
        return
    values = [member.get("value") for member in answer.expect(201).document.get("members") or ()]
    probe.require(values == [user.id], "the member once", values)


@check("rfc7643-4.2-empty", "A group may have no members", needs=("Group",))
def empty_group(probe: Probe) -> None:
    probe.expect({"members": None}, probe.read(probe.new_group(members=[]).path))


@check("rfc7643-4.2-nested", "A group may be a member of a group", needs=("Group.members",), level=SHOULD)
def nested(probe: Probe) -> None:
    inner = probe.new_group()
    made = probe.new_group(members=[{"value": inner.id}])
    values = [member.get("value") for member in probe.read(made.path).get("members") or ()]
    probe.require(values == [inner.id], "the inner group", values)


@check(
    "rfc7643-4.2-display-name",
    "A group without displayName is refused",
    needs=("Group",),
    hint="erratum 5368: displayName is required",
)
def display_name(probe: Probe) -> None:
    body = {k: v for k, v in probe.new(probe.group).items() if k != "displayName"}
    probe.post(probe.group.endpoint, body).expect_error(400, scim_type=("invalidValue", "invalidSyntax"))


@check("rfc7643-4.3-enterprise", "An enterprise user comes back with its extension", needs=(f"User.{ENT}:department",))
def enterprise(probe: Probe) -> None:
    values = {
        "employeeNumber": "701984",
        "costCenter": "4130",
        "organization": "Sea",
        "division": "North",
        "department": "Bridge",
    }
    probe.expect({ENT: values}, probe.read(probe.new_user(**{ENT: values}).path))


@check(
    "rfc7643-4.3-manager",
    "A manager needs no more than its value",
    needs=(f"User.{ENT}:manager",),
    hint="$ref and displayName are not required of a client (RFC 7643 §8.7.1)",
)
def manager(probe: Probe) -> None:
    boss = probe.new_user()
    made = probe.new_user(**{ENT: {"manager": {"value": boss.id}}})
    probe.expect({ENT: {"manager": {"value": boss.id}}}, probe.read(made.path))


@check(
    "rfc7643-4.3-manager-display",
    "A manager's displayName is not the client's to write",
    needs=(f"User.{ENT}:manager.displayName",),
)
def manager_display(probe: Probe) -> None:
    boss = probe.new_user()
    made = probe.new_user(**{ENT: {"manager": {"value": boss.id, "displayName": f"Forged {probe.tag}"}}})
    found = probe.read(made.path).get(ENT, {}).get("manager", {})
    probe.require(found.get("displayName") != f"Forged {probe.tag}", "no such displayName", found)


@check(
    "rfc7643-4.3-removed",
    "PUT without the extension takes its data and its URN away",
    needs=(f"User.{ENT}:department",),
)
def removed(probe: Probe) -> None:
    made = probe.new_user(**{ENT: {"department": "Bridge"}})
    body = {"schemas": [probe.user.schema], "userName": made.document["userName"]}
    probe.put(made.path, {**probe.new(probe.user), **body}).expect(200)
    document = probe.read(made.path)
    probe.expect({ENT: None}, document)
    probe.require(ENT not in document.get("schemas", ()), "schemas without the extension", document.get("schemas"))


CHECKS = (
    *collected(globals()),
    *(_wrong_check(*row) for row in WRONG),
    *(_kept_check(*row) for row in KEPT),
)
