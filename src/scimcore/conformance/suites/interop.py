"""The SCIM interoperability profile (draft-zollner-scim-interop-profile-01): stricter than RFC 7644, here and there against it.

A service claims to conform by ``interopProfileConformant: true``. The suite can be run against others too, to see
what is missing.
"""

from scimcore.conformance.check import check, collected
from scimcore.conformance.outcomes import SHOULD, Skipped
from scimcore.conformance.probe import Probe, patch_op
from scimcore.conformance.suites.patching import add, replace
from scimcore.conformance.target import definitions_in

USERS = ("User",)
MEDIA = "application/scim+json"


@check("interop-4-claim", "interopProfileConformant, if it is there, is a boolean")
def claim(probe: Probe) -> None:
    value = probe.read("/ServiceProviderConfig").get("interopProfileConformant")
    probe.require(value is None or isinstance(value, bool), "a boolean", value)


@check("interop-4-claimed", "The service says that it conforms", level=SHOULD)
def claimed(probe: Probe) -> None:
    value = probe.read("/ServiceProviderConfig").get("interopProfileConformant")
    probe.require(value is True, "interopProfileConformant true", value)


@check("interop-5.1-endpoints", "ServiceProviderConfig, Schemas and ResourceTypes are there")
def endpoints(probe: Probe) -> None:
    for endpoint in ("/ServiceProviderConfig", "/Schemas", "/ResourceTypes"):
        probe.get(endpoint).expect(200)


@check("interop-5.1-schemas", "Each schema that resource types name can be read by its URN")
def schemas(probe: Probe) -> None:
    for kind in probe.target.kinds:
        for urn in (kind.schema, *kind.extensions):
            probe.read(f"/Schemas/{urn}")


@check("interop-5.1-type-id", "A resource type's id is its name")
def type_id(probe: Probe) -> None:
    for found in probe.get("/ResourceTypes").expect(200).resources:
        probe.require(found.get("id") == found.get("name"), f"id {found.get('name')}", found.get("id"))


@check("interop-5.2-user-name", "userName has no case, neither in filters nor in conflicts", needs=USERS)
def user_name(probe: Probe) -> None:
    made = probe.new_user()
    name = str(made.document["userName"])
    probe.require(probe.ids(probe.user, f'userName eq "{name.swapcase()}"') == {made.id}, "the user", "nobody")
    probe.post(probe.user.endpoint, {**probe.new(probe.user), "userName": name.swapcase()}).expect_error(409)


@check("interop-5.2-id", "id has case", needs=USERS)
def id_case(probe: Probe) -> None:
    made = probe.new_user()
    other = made.id.swapcase()
    if other == made.id:
        raise Skipped("the service's ids have no letters")
    probe.get(f"{probe.user.endpoint}/{other}").expect(404)
    probe.require(not probe.ids(probe.user, f'id eq "{other}"'), "nobody", "the user")


@check("interop-5.2-external-id", "externalId has case", needs=USERS)
def external_id(probe: Probe) -> None:
    made = probe.new_user(externalId="Ext-{tag}-A")
    probe.require(not probe.ids(probe.user, f'externalId eq "ext-{probe.tag}-a"'), "nobody", "the user")
    probe.require(probe.ids(probe.user, f'externalId eq "Ext-{probe.tag}-A"') == {made.id}, "the user", "nobody")
    probe.new_user(externalId="ext-{tag}-a")


UNKNOWN = "what no schema defines is refused with 400 invalidSyntax"


@check(
    "interop-5.3-post-attribute",
    "POST with an unknown attribute is refused with invalidSyntax",
    needs=USERS,
    hint=UNKNOWN,
)
def post_attribute(probe: Probe) -> None:
    probe.post(probe.user.endpoint, {**probe.new(probe.user), "noSuchAttribute": 1}).expect_error(
        400, scim_type=("invalidSyntax",)
    )


@check(
    "interop-5.3-post-urn",
    "POST with data under an unknown URN is refused with invalidSyntax",
    needs=USERS,
    hint=UNKNOWN,
)
def post_urn(probe: Probe) -> None:
    body = {**probe.new(probe.user), "urn:example:no:such:2.0:User": {"x": 1}}
    probe.post(probe.user.endpoint, body).expect_error(400, scim_type=("invalidSyntax",))


@check(
    "interop-5.3-post-schemas",
    "POST that lists an unknown schema is refused with invalidSyntax",
    needs=USERS,
    hint=UNKNOWN,
)
def post_schemas(probe: Probe) -> None:
    body = {**probe.new(probe.user), "schemas": [probe.user.schema, "urn:example:no:such:2.0:User"]}
    probe.post(probe.user.endpoint, body).expect_error(400, scim_type=("invalidSyntax",))


@check(
    "interop-5.3-patch",
    "PATCH of an unknown attribute is refused with invalidSyntax",
    needs=(*USERS, "patch"),
    hint=UNKNOWN,
)
def patch_attribute(probe: Probe) -> None:
    probe.patch(probe.new_user().path, replace("noSuchAttribute", "x")).expect_error(400, scim_type=("invalidSyntax",))


@check("interop-5.3-read-only", "Read-only attributes in a POST are ignored, not refused", needs=USERS)
def read_only(probe: Probe) -> None:
    probe.new_user(id="mine-{tag}", meta={"resourceType": "User"})


@check("interop-5.4-types", "The type of multi-valued attributes has canonicalValues")
def types(probe: Probe) -> None:
    for kind in probe.target.kinds:
        for attribute in (*kind.attributes, *(a for found in kind.extensions.values() for a in found)):
            if attribute.get("multiValued") is True and attribute.get("type") == "complex":
                for inner in definitions_in(attribute.get("subAttributes")):
                    if inner.get("name") == "type" and attribute.get("mutability") != "readOnly":
                        probe.require(
                            inner.get("canonicalValues"), f"canonicalValues of {attribute['name']}.type", inner
                        )


@check("interop-6.1-distinct", "No two resource types share an endpoint")
def distinct(probe: Probe) -> None:
    found = [kind.endpoint.lower() for kind in probe.target.kinds]
    probe.require(len(found) == len(set(found)), "distinct endpoints", found)


@check("interop-6.1-by-id", "A resource is at its id and at nothing else", needs=USERS)
def by_id(probe: Probe) -> None:
    made = probe.new_user(userName="by-name-{tag}")
    probe.get(f"{probe.user.endpoint}/by-name-{probe.tag}").expect(404)
    location = probe.service.relative(probe.read(made.path).get("meta", {}).get("location"))
    probe.require(location == made.path, made.path, location)


@check("interop-6.2-media-type", "Every answer with SCIM data is application/scim+json", needs=USERS)
def media_type(probe: Probe) -> None:
    made = probe.new_user()
    for answer in (
        made.answer,
        probe.get(made.path),
        probe.get(probe.user.endpoint, count=1),
        probe.get("/Schemas"),
        probe.get("/ServiceProviderConfig"),
        probe.get(f"{probe.user.endpoint}/{probe.service.nobody()}"),
    ):
        value = answer.headers.get("content-type")
        probe.require(value.startswith(MEDIA), MEDIA, value)


@check("interop-6.3-announced", "filter is announced")
def filter_announced(probe: Probe) -> None:
    probe.require(probe.target.supports("filter"), "filter.supported true", probe.target.config.get("filter"))


@check("interop-6.3-eq-and", "Filters with eq and and are answered", needs=(*USERS, "User.active"))
def eq_and(probe: Probe) -> None:
    made = probe.new_user(active=True)
    name = made.document["userName"]
    probe.require(probe.ids(probe.user, f'userName eq "{name}"') == {made.id}, "the user", "nobody")
    probe.require(probe.ids(probe.user, f'userName eq "{name}" and active eq true') == {made.id}, "the user", "nobody")
    probe.require(not probe.ids(probe.user, f'userName eq "{name}" and active eq false'), "nobody", "the user")


@check("interop-6.3-unknown", "A filter on an attribute that no schema has is refused with invalidFilter", needs=USERS)
def filter_unknown(probe: Probe) -> None:
    probe.get(probe.user.endpoint, filter='noSuchAttribute eq "x"').expect_error(400, scim_type=("invalidFilter",))


@check("interop-6.4-method", "There is one of the two ways to page, at least", needs=USERS)
def paged(probe: Probe) -> None:
    for number in range(3):
        probe.new_user(userName=f"page{number}.{{tag}}@example.com")
    answer = probe.get(probe.user.endpoint, filter=f'userName co "{probe.tag}"', count=2).expect(200)
    probe.require(len(answer.resources) == 2, "two users", f"{len(answer.resources)}")
    cursor = answer.document.get("nextCursor")
    rest = probe.get(
        probe.user.endpoint,
        filter=f'userName co "{probe.tag}"',
        count=2,
        **({"cursor": cursor} if cursor else {"startIndex": 3}),
    ).expect(200)
    probe.require(len(rest.resources) == 1, "the third user", f"{len(rest.resources)}")


def _hundred(probe: Probe) -> str:
    def make(probe: Probe) -> str:
        for number in range(100):
            probe.new_user(userName=f"hundred{number}.{{tag}}@example.com")
        return probe.tag

    return probe.shared("a hundred users", make)


@check("interop-6.4-hundred", "A count of 100 is answered in one page", needs=USERS)
def hundred(probe: Probe) -> None:
    found = probe.get(probe.user.endpoint, filter=f'userName co "{_hundred(probe)}"', count=100).expect(200).resources
    probe.require(len(found) == 100, "100 users", f"{len(found)}")


@check("interop-6.4-default", "A page without count has 100 users, if there are as many", needs=USERS, level=SHOULD)
def default_size(probe: Probe) -> None:
    found = probe.get(probe.user.endpoint, filter=f'userName co "{_hundred(probe)}"').expect(200).resources
    probe.require(len(found) == 100, "100 users", f"{len(found)}")


@check("interop-6.4-more", "A count that is too large is answered with fewer", needs=USERS)
def too_large(probe: Probe) -> None:
    probe.get(probe.user.endpoint, count=100_000).expect(200)


@check("interop-6.5-patch", "patch is announced")
def patch_announced(probe: Probe) -> None:
    probe.require(probe.target.supports("patch"), "patch.supported true", probe.target.config.get("patch"))


@check(
    "interop-6.5.1.1-no-path",
    "PATCH without a path is refused with invalidSyntax",
    needs=(*USERS, "patch", "User.title"),
    hint="against RFC 7644 §3.5.2, which allows it; Okta and Entra send it",
)
def no_path(probe: Probe) -> None:
    made = probe.new_user(title="a")
    answer = probe.patch(made.path, {"op": "replace", "value": {"title": "b"}})
    answer.expect_error(400, scim_type=("invalidSyntax",))
    probe.expect({"title": "a"}, probe.read(made.path))


@check(
    "interop-6.5.2.1-same", "add and replace of a single value come to the same", needs=(*USERS, "patch", "User.title")
)
def same(probe: Probe) -> None:
    for operation in (add, replace):
        made = probe.new_user(title="a")
        probe.patch(made.path, operation("title", "b")).expect(200, 204)
        probe.expect({"title": "b"}, probe.read(made.path))


@check(
    "interop-6.5.2.1-replace-complex",
    "replace of a complex attribute replaces all of it",
    needs=(*USERS, "patch", "User.name.familyName"),
    hint="against RFC 7644 §3.5.2.3, by which sub-attributes that are not named stay",
)
def replace_complex(probe: Probe) -> None:
    made = probe.new_user(name={"givenName": "Mira", "familyName": "Lund"})
    probe.patch(made.path, replace("name", {"givenName": "Mo"})).expect(200, 204)
    probe.expect({"name": {"givenName": "Mo", "familyName": None}}, probe.read(made.path))


@check(
    "interop-6.5.2.1-add-complex",
    "add to a complex attribute keeps what is not named",
    needs=(*USERS, "patch", "User.name.familyName"),
)
def add_complex(probe: Probe) -> None:
    made = probe.new_user(name={"givenName": "Mira", "familyName": "Lund"})
    probe.patch(made.path, add("name", {"givenName": "Mo"})).expect(200, 204)
    probe.expect({"name": {"givenName": "Mo", "familyName": "Lund"}}, probe.read(made.path))


@check(
    "interop-6.5.2.2-lists",
    "replace of a multi-valued attribute replaces it, add appends",
    needs=(*USERS, "patch", "User.emails"),
)
def lists(probe: Probe) -> None:
    mails = [
        {"value": f"{letter}.{probe.tag}@example.com", "type": kind} for letter, kind in (("a", "work"), ("b", "home"))
    ]
    made = probe.new_user(emails=mails[:1])
    probe.patch(made.path, add("emails", mails[1:])).expect(200, 204)
    probe.expect({"emails": mails}, probe.read(made.path))
    probe.patch(made.path, replace("emails", mails[1:])).expect(200, 204)
    probe.expect({"emails": mails[1:]}, probe.read(made.path))


@check(
    "interop-6.5.2.2-value-path",
    "A value path that ends in a sub-attribute is taken",
    needs=(*USERS, "patch", "User.emails"),
)
def value_path(probe: Probe) -> None:
    made = probe.new_user(emails=[{"value": "a.{tag}@example.com", "type": "work"}])
    probe.patch(made.path, replace('emails[type eq "work"].value', f"n.{probe.tag}@example.com")).expect(200, 204)
    probe.expect({"emails": [{"value": f"n.{probe.tag}@example.com", "type": "work"}]}, probe.read(made.path))


@check("interop-6.6-inactive", "active false is no deletion", needs=(*USERS, "patch", "User.active"))
def inactive(probe: Probe) -> None:
    made = probe.new_user(active=True)
    probe.patch(made.path, replace("active", False)).expect(200, 204)
    probe.expect({"active": False}, probe.read(made.path))


@check("interop-6.6-deleted", "A deleted resource answers 404 and is in no list", needs=(*USERS, "patch"))
def deleted(probe: Probe) -> None:
    made = probe.new_user()
    probe.delete(made.path).expect(204)
    for method, body in (
        ("GET", None),
        ("PUT", probe.new(probe.user)),
        ("PATCH", patch_op(replace("title", "x"))),
        ("DELETE", None),
    ):
        probe.send(method, made.path, body, harmless=True).expect_error(404)
    probe.require(not probe.ids(probe.user, f'userName eq "{made.document["userName"]}"'), "nobody", "the user")


@check("interop-6.6-again", "A deleted user's userName and externalId can be used again", needs=USERS)
def again(probe: Probe) -> None:
    made = probe.new_user(externalId="ext-{tag}")
    probe.delete(made.path).expect(204)
    probe.new_user(externalId="ext-{tag}", userName=made.document["userName"])


@check("interop-6.7-conditions", "A request with If-Match is carried out or refused, and breaks nothing", needs=USERS)
def conditions(probe: Probe) -> None:
    made = probe.new_user()
    answer = probe.send("GET", made.path, headers={"If-Match": 'W/"x"'})
    probe.require(answer.status in (200, 400, 412), "200, or a refusal", answer.summary())


@check(
    "interop-6.9.1-uniqueness",
    "POST and PATCH to a userName that is taken answer 409 uniqueness",
    needs=(*USERS, "patch"),
)
def uniqueness(probe: Probe) -> None:
    one, two = probe.new_user(), probe.new_user()
    name = one.document["userName"]
    probe.post(probe.user.endpoint, {**probe.new(probe.user), "userName": name}).expect_error(
        409, scim_type=("uniqueness",)
    )
    probe.patch(two.path, replace("userName", name)).expect_error(409, scim_type=("uniqueness",))


@check("interop-7.2-basic", "HTTP Basic is not among the authentication schemes", level=SHOULD)
def no_basic(probe: Probe) -> None:
    schemes = [scheme.get("type") for scheme in definitions_in(probe.target.config.get("authenticationSchemes"))]
    probe.require("httpbasic" not in schemes, "no httpbasic", schemes)


@check("interop-7.1-https", "The service is behind TLS")
def https(probe: Probe) -> None:
    base = probe.service.transport.base_url
    if any(host in base for host in ("//127.0.0.1", "//localhost", "//testserver", "//[::1]")):
        raise Skipped("the service is on this machine")
    probe.require(base.startswith("https://"), "https", base)


CHECKS = collected(globals())
