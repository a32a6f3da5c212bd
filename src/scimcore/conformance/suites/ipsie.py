"""The IPSIE account lifecycle profile (draft 00 of September 2026), as far as a SCIM service shows it over HTTP.

The levels build on each other. The profile also asks for the interoperability profile, which has a suite of its own.
Level 3 (roles) has no requirements yet.
"""

from scimcore import urns
from scimcore.conformance.check import check, collected
from scimcore.conformance.outcomes import SHOULD, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.patching import add, remove, replace
from scimcore.conformance.target import definitions_in
from scimcore.documents import JSON

USERS, GROUPS = ("User",), ("User", "Group")
AL1_SECTIONS = ("4", "5", "8", "10")

# Shared prerequisites: §4 and §8 -------------------------------------------------------------------------------------


@check("ipsie-4.1-oauth", "The service asks for OAuth 2.0 and says so")
def oauth(probe: Probe) -> None:
    schemes = [scheme.get("type") for scheme in definitions_in(probe.target.config.get("authenticationSchemes"))]
    probe.require({"oauth2", "oauthbearertoken"} & set(map(str, schemes)), "oauth2 or oauthbearertoken", schemes)


@check("ipsie-4.1-no-token", "A request without a token answers 401 with WWW-Authenticate")
def no_token(probe: Probe) -> None:
    answer = probe.send("GET", probe.kind.endpoint, headers={"Authorization": None}).expect_error(401)
    probe.require(answer.headers.get("www-authenticate"), "a WWW-Authenticate field", "none")


@check("ipsie-4.2-interop", "The service conforms to the interoperability profile and says so")
def interop(probe: Probe) -> None:
    value = probe.target.config.get("interopProfileConformant")
    probe.require(value is True, "interopProfileConformant true", value)


@check("ipsie-4.3-rate", "Twenty-five requests in a row are answered without 429")
def rate(probe: Probe) -> None:
    requests = probe.service.requests
    for _ in range(25):
        probe.get(probe.kind.endpoint, count=0).expect(200)
    probe.require(
        probe.service.requests == requests + 25, "25 requests, none of them again", probe.service.requests - requests
    )


@check("ipsie-4.3-bulk", "bulk is announced and answered")
def bulk(probe: Probe) -> None:
    probe.require(probe.target.supports("bulk"), "bulk.supported true", probe.target.config.get("bulk"))
    operation = {"method": "POST", "path": probe.user.endpoint, "bulkId": "one", "data": probe.new(probe.user)}
    document = probe.post("/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": [operation]}).expect(200).document
    probe.require(str(document["Operations"][0].get("status")) == "201", "201", document)


@check("ipsie-4.3-bulk-size", "bulk takes a hundred operations", level=SHOULD, needs=("bulk",))
def bulk_size(probe: Probe) -> None:
    limit = probe.target.limit("bulk", "maxOperations")
    probe.require(limit is not None and limit >= 100, "maxOperations of 100 or more", limit)


@check(
    "ipsie-4.3-patch-several",
    "One PATCH changes several attributes, or none",
    needs=(*USERS, "patch", "User.title", "User.nickName"),
)
def patch_several(probe: Probe) -> None:
    made = probe.new_user(title="a", nickName="a")
    probe.patch(made.path, replace("title", "b"), replace("nickName", "b")).expect(200, 204)
    probe.expect({"title": "b", "nickName": "b"}, probe.read(made.path))
    probe.patch(made.path, replace("title", "c"), replace("id", "x")).expect_error(400)
    probe.expect({"title": "b"}, probe.read(made.path))


@check("ipsie-8-errors", "Errors are SCIM errors, 401 and 404 among them")
def errors(probe: Probe) -> None:
    probe.send("GET", probe.kind.endpoint, headers={"Authorization": None}).expect_error(401)
    probe.get(f"{probe.kind.endpoint}/{probe.service.nobody()}").expect_error(404)
    probe.post(probe.kind.endpoint, b"{").expect_error(400)


# Level 1: deprovisioning, §5 -----------------------------------------------------------------------------------------


@check("ipsie-5.1-deactivate", "PATCH deactivates and reactivates a user", needs=(*USERS, "patch", "User.active"))
def deactivate(probe: Probe) -> None:
    made = probe.new_user(active=True)
    for value in (False, True):
        probe.patch(made.path, replace("active", value)).expect(200, 204)
        probe.expect({"active": value}, probe.read(made.path))


@check("ipsie-5.2-delete", "DELETE deletes a user", needs=USERS)
def delete(probe: Probe) -> None:
    made = probe.new_user()
    probe.delete(made.path).expect(204)
    probe.get(made.path).expect_error(404)


@check("ipsie-5.2-again", "A deleted user's userName can be used again", needs=USERS)
def again(probe: Probe) -> None:
    made = probe.new_user()
    probe.delete(made.path).expect(204)
    probe.new_user(userName=made.document["userName"])


@check("ipsie-5.3-read", "GET answers a user", needs=USERS)
def read(probe: Probe) -> None:
    made = probe.new_user()
    probe.require(probe.read(made.path).get("id") == made.id, made.id, "another")


def _user_filters(probe: Probe) -> tuple[str, dict[str, str]]:
    mail = f"m.{probe.tag}@example.com"
    made = probe.new_user(externalId="ext-{tag}", emails=[{"type": "work", "value": mail}])
    return made.id, {
        "user-name": f'userName eq "{made.document["userName"]}"',
        "external-id": f'externalId eq "ext-{probe.tag}"',
        "mail": f'emails[value eq "{mail}"]',
        "work-mail": f'emails[type eq "work" and value eq "{mail}"]',
    }


def _require_found(probe: Probe, name: str) -> None:
    id, filters = _user_filters(probe)
    found = probe.ids(probe.user, filters[name])
    probe.require(found == {id}, f"the user for {filters[name]}", found)


@check("ipsie-5.4-user-name", "A user is found by userName", needs=(*USERS, "User.emails"))
def by_user_name(probe: Probe) -> None:
    _require_found(probe, "user-name")


@check("ipsie-5.4-external-id", "A user is found by externalId", needs=(*USERS, "User.emails"))
def by_external_id(probe: Probe) -> None:
    _require_found(probe, "external-id")


@check("ipsie-5.4-mail", "A user is found by an e-mail address", needs=(*USERS, "User.emails"))
def by_mail(probe: Probe) -> None:
    _require_found(probe, "mail")


@check("ipsie-5.4-work-mail", "A user is found by its work address", needs=(*USERS, "User.emails"))
def by_work_mail(probe: Probe) -> None:
    _require_found(probe, "work-mail")


# Level 2: users and groups, §6 ---------------------------------------------------------------------------------------


@check(
    "ipsie-6.1.1-schema", "The user schema has userName, displayName and active, and externalId is kept", needs=USERS
)
def user_schema(probe: Probe) -> None:
    for name in ("userName", "displayName", "active"):
        probe.require(probe.user.find(name), f"an attribute {name}", "none")
    probe.expect({"externalId": f"e-{probe.tag}"}, probe.read(probe.new_user(externalId="e-{tag}").path))


@check(
    "ipsie-6.1.2-no-password",
    "The user schema has no password",
    needs=USERS,
    hint="credentials do not belong into SCIM, says the profile",
)
def no_password(probe: Probe) -> None:
    probe.require(probe.user.find("password") is None, "no attribute password", "one")


@check("ipsie-6.1.2-no-credentials", "No schema has an attribute for credentials")
def no_credentials(probe: Probe) -> None:
    for urn, schema in probe.target.schemas.items():
        names = [str(attribute.get("name")).lower() for attribute in definitions_in(schema.get("attributes"))]
        found = [
            name
            for name in names
            if any(word in name for word in ("password", "secret", "privatekey", "totp", "credential"))
        ]
        probe.require(
            not found or urn == urns.SERVICE_PROVIDER_CONFIG or found == ["changepassword"], f"none in {urn}", found
        )


@check("ipsie-6.1.3-create", "POST makes a user", needs=USERS)
def create(probe: Probe) -> None:
    probe.new_user()


@check("ipsie-6.1.4-update", "PATCH changes a user", needs=(*USERS, "patch", "User.displayName"))
def update(probe: Probe) -> None:
    made = probe.new_user()
    probe.patch(made.path, replace("displayName", "Mira")).expect(200, 204)
    probe.expect({"displayName": "Mira"}, probe.read(made.path))


@check("ipsie-6.1.5-all", "All users can be listed, page by page", needs=USERS)
def all_users(probe: Probe) -> None:
    made = {probe.new_user(userName=f"all{number}.{{tag}}@example.com").id for number in range(5)}
    found: set[JSON] = set()
    for start in (1, 3, 5):
        found |= {
            user.get("id")
            for user in probe.get(probe.user.endpoint, filter=f'userName co "{probe.tag}"', startIndex=start, count=2)
            .expect(200)
            .resources
        }
    probe.require(found == made, "all five", found)


@check("ipsie-6.1.5-page", "A page has no more than 1,000 users", needs=USERS, level=SHOULD)
def page(probe: Probe) -> None:
    found = probe.get(probe.user.endpoint, count=5_000).expect(200).resources
    probe.require(len(found) <= 1_000, "at most 1,000", f"{len(found)}")


@check("ipsie-6.1.5-cursor", "Pages by cursor are announced", level=SHOULD)
def cursor(probe: Probe) -> None:
    missing = probe.target.missing("cursor")
    probe.require(missing is None, "pagination.cursor true", missing)


@check("ipsie-6.2.1-schema", "The group schema has displayName and members, and externalId is kept", needs=GROUPS)
def group_schema(probe: Probe) -> None:
    for name in ("displayName", "members"):
        probe.require(probe.group.find(name), f"an attribute {name}", "none")
    probe.expect({"externalId": f"e-{probe.tag}"}, probe.read(probe.new_group(externalId="e-{tag}").path))


@check("ipsie-6.2.1-unique", "Two groups cannot have one displayName", needs=GROUPS, level=SHOULD)
def group_unique(probe: Probe) -> None:
    made = probe.new_group()
    probe.post(
        probe.group.endpoint, {**probe.new(probe.group), "displayName": made.document["displayName"]}
    ).expect_error(409)


@check("ipsie-6.2.2-empty", "POST makes a group without members", needs=GROUPS)
def group_empty(probe: Probe) -> None:
    probe.new_group()


@check("ipsie-6.2.3-list", "Groups can be listed, and without members", needs=(*GROUPS, "Group.members"))
def group_list(probe: Probe) -> None:
    probe.new_group(members=[{"value": probe.new_user().id}])
    for group in probe.get(probe.group.endpoint, excludedAttributes="members").expect(200).resources:
        probe.require(not group.get("members"), "no members", group)


@check("ipsie-6.2.4-read", "GET answers a group", needs=GROUPS)
def group_read(probe: Probe) -> None:
    made = probe.new_group()
    probe.require(probe.read(made.path).get("id") == made.id, made.id, "another")


@check(
    "ipsie-6.2.5-filters", "A group is found by displayName, externalId and a member", needs=(*GROUPS, "Group.members")
)
def group_filters(probe: Probe) -> None:
    user = probe.new_user()
    made = probe.new_group(externalId="g-{tag}", members=[{"value": user.id}])
    for filter in (
        f'displayName eq "{made.document["displayName"]}"',
        f'externalId eq "g-{probe.tag}"',
        f'members[value eq "{user.id}"]',
    ):
        found = probe.ids(probe.group, filter)
        probe.require(found == {made.id}, f"the group for {filter}", found)


@check("ipsie-6.2.6-fifty", "One PATCH adds and removes fifty members", needs=(*GROUPS, "Group.members", "patch"))
def fifty(probe: Probe) -> None:
    users = [probe.new_user().id for _ in range(50)]
    made = probe.new_group()
    probe.patch(made.path, *(add("members", [{"value": id}]) for id in users)).expect(200, 204)
    values = {member.get("value") for member in probe.read(made.path).get("members") or ()}
    probe.require(values == set(users), "fifty members", f"{len(values)}")
    probe.patch(made.path, *(remove(f'members[value eq "{id}"]') for id in users)).expect(200, 204)
    probe.require(not probe.read(made.path).get("members"), "no members", "some")


# Level 3: roles, §7 --------------------------------------------------------------------------------------------------


@check(
    "ipsie-7-roles",
    "The service exposes its roles",
    level=SHOULD,
    hint="draft 00 says no more than that; no form is defined yet",
)
def roles(probe: Probe) -> None:
    if probe.target.kind("Role") is None and (probe.target.user is None or probe.target.user.find("roles") is None):
        raise Skipped("the service announces no roles; the profile does not define how")


ALL = collected(globals())
AL1 = tuple(check for check in ALL if check.section.split(".")[0] in AL1_SECTIONS)
AL2 = tuple(check for check in ALL if check.section.startswith("6"))
AL3 = tuple(check for check in ALL if check.section.startswith("7"))
