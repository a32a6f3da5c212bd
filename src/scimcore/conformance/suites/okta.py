"""Okta as a client: the twelve requests of its SPEC test, and a user's and a group's life as Okta leads it.

The SPEC test is what an app must pass to be listed by Okta. Its asides (the time that an answer takes) are left out.
"""

from scimcore import urns
from scimcore.conformance.check import check, collected
from scimcore.conformance.exchange import Answer
from scimcore.conformance.outcomes import SHOULD
from scimcore.conformance.probe import Made, Probe
from scimcore.documents import JSON, Document

USERS = ("User",)
GROUPS = ("User", "Group.members")


def _user(probe: Probe) -> Document:
    """Make the body that Okta sends, with a random name in mixed casing."""
    mail = f"Runscope{probe.tag}@Atko.com"
    return probe.new(
        probe.user,
        {
            "userName": mail,
            "name": {"givenName": f"Runscope{probe.tag}", "familyName": f"Family{probe.tag}"},
            "emails": [{"primary": True, "value": mail, "type": "work"}],
            "displayName": f"Runscope{probe.tag} Family{probe.tag}",
            "active": True,
        },
    )


def _created(probe: Probe, body: Document) -> Made:
    answer = probe.post(probe.user.endpoint, body).expect(201)
    id = str(answer.document.get("id"))
    return Made(id, f"{probe.user.endpoint}/{id}", answer.document, answer)


def _find(probe: Probe, name: str, endpoint: str = "", attribute: str = "userName") -> Answer:
    return probe.get(
        endpoint or probe.user.endpoint, filter=f'{attribute} eq "{name}"', startIndex=1, count=100
    ).expect(200)


def _not_empty(probe: Probe, document: Document, *paths: str) -> None:
    for path in paths:
        value: JSON = document
        for name in path.split("."):
            value = (
                value[int(name)]
                if isinstance(value, list) and value
                else value.get(name)
                if isinstance(value, dict)
                else None
            )
        probe.require(value not in (None, "", [], {}), f"{path} not empty", value)


# The SPEC test -------------------------------------------------------------------------------------------------------


@check("okta-spec-1-list-one", "SPEC 1: GET /Users?count=1&startIndex=1 answers a list with one user", needs=USERS)
def list_one(probe: Probe) -> None:
    _created(probe, _user(probe))
    answer = probe.get(probe.user.endpoint, count=1, startIndex=1).expect(200)
    document = answer.document
    probe.require(len(answer.resources) == 1, "one user", f"{len(answer.resources)}")
    for name in ("itemsPerPage", "startIndex", "totalResults"):
        probe.require(type(document.get(name)) is int, f"a number {name}", document.get(name))


@check(
    "okta-spec-2-read",
    "SPEC 2: GET of that user answers its id, names, userName, active and e-mail address",
    needs=USERS,
)
def read(probe: Probe) -> None:
    made = _created(probe, _user(probe))
    document = probe.read(made.path)
    _not_empty(probe, document, "id", "name.familyName", "name.givenName", "userName", "active", "emails.0.value")
    probe.require(document["id"] == made.id, made.id, document["id"])


@check("okta-spec-3-no-match", "SPEC 3: a filter that finds nobody answers 200 with totalResults 0", needs=USERS)
def no_match(probe: Probe) -> None:
    document = _find(probe, f"abcdefgh{probe.tag}@atko.com").document
    probe.require(document.get("totalResults") == 0, "totalResults 0", document.get("totalResults"))


@check("okta-spec-4-no-such-user", "SPEC 4: GET of a user that there is not answers 404 with a detail", needs=USERS)
def no_such_user(probe: Probe) -> None:
    answer = probe.get(f"{probe.user.endpoint}/010101001010101011001010101011").expect_error(404)
    _not_empty(probe, answer.document, "detail")


@check("okta-spec-5-not-there-yet", "SPEC 5: the new user's name finds nobody before it is made", needs=USERS)
def not_there_yet(probe: Probe) -> None:
    answer = _find(probe, _user(probe)["userName"])
    probe.require(answer.document.get("totalResults") == 0 and not answer.resources, "totalResults 0", answer.document)


@check(
    "okta-spec-6-create",
    "SPEC 6: POST answers 201 with names and userName as they were sent, casing kept",
    needs=USERS,
    hint="a userName that comes back in lower case fails",
)
def create(probe: Probe) -> None:
    body = _user(probe)
    document = _created(probe, body).document
    probe.expect({name: body[name] for name in ("userName", "name", "active", "emails")}, document)
    _not_empty(probe, document, "id", "emails.0.value")
    probe.require(urns.USER in document.get("schemas", ()), f"schemas with {urns.USER}", document.get("schemas"))


@check("okta-spec-7-read-back", "SPEC 7: GET of the new user answers the same names", needs=USERS)
def read_back(probe: Probe) -> None:
    body = _user(probe)
    made = _created(probe, body)
    probe.expect({"userName": body["userName"], "name": body["name"]}, probe.read(made.path))


@check("okta-spec-8-again", "SPEC 8: POST of the same userName answers 409", needs=USERS)
def again(probe: Probe) -> None:
    body = _user(probe)
    _created(probe, body)
    probe.post(probe.user.endpoint, body).expect(409)


@check("okta-spec-9-upper-case", "SPEC 9: the userName in upper case is a filter like others", needs=USERS)
def upper_case(probe: Probe) -> None:
    body = _user(probe)
    made = _created(probe, body)
    found = _find(probe, body["userName"].upper()).resources
    probe.require([user.get("id") for user in found] == [made.id], "the user: userName has no casing", found)


@check("okta-spec-10-groups", "SPEC 10: GET /Groups answers a list", needs=("Group",))
def groups(probe: Probe) -> None:
    answer = probe.get(probe.group.endpoint).expect(200)
    probe.require(
        answer.document.get("totalResults") == 0 or isinstance(answer.document.get("Resources"), list),
        "a list of groups",
        answer.document,
    )


@check("okta-spec-11-no-token", "SPEC 11: Authorization: non-token answers 401 with a SCIM error", needs=USERS)
def no_token(probe: Probe) -> None:
    answer = probe.send(
        "GET", probe.user.endpoint, query="filter=userName%20eq%20%22x%22", headers={"Authorization": "non-token"}
    ).expect_error(401)
    _not_empty(probe, answer.document, "detail")
    probe.require(str(answer.document.get("status")) == "401", "status 401", answer.document.get("status"))


@check(
    "okta-spec-12-no-such-number", "SPEC 12: GET of a number that is no user answers 404 with a SCIM error", needs=USERS
)
def no_such_number(probe: Probe) -> None:
    answer = probe.get(f"{probe.user.endpoint}/00919288221112222").expect_error(404)
    _not_empty(probe, answer.document, "detail")
    probe.require(str(answer.document.get("status")) == "404", "status 404", answer.document.get("status"))


# A user's life -------------------------------------------------------------------------------------------------------


@check("okta-user-test-connection", "The connection test answers: GET /Users?startIndex=1&count=2", needs=USERS)
def test_connection(probe: Probe) -> None:
    document = probe.get(probe.user.endpoint, startIndex=1, count=2).expect(200).document
    probe.require(type(document.get("startIndex")) is int, "a number startIndex", document.get("startIndex"))


@check(
    "okta-user-plus",
    "A + in a filter is a space",
    needs=USERS,
    hint="queries come with + and with %20; a plus sign comes as %2B",
)
def plus(probe: Probe) -> None:
    made = _created(probe, {**_user(probe), "userName": f"a+b.{probe.tag}@example.com"})
    query = f"filter=userName+eq+%22a%2Bb.{probe.tag}%40example.com%22&startIndex=1&count=100"
    found = probe.send("GET", probe.user.endpoint, query=query).expect(200).resources
    probe.require([user.get("id") for user in found] == [made.id], "the user", found)


@check("okta-user-create-extras", "POST takes externalId, groups [], a password and a locale", needs=USERS)
def create_extras(probe: Probe) -> None:
    body = {**_user(probe), "externalId": f"00u{probe.tag}", "groups": [], "password": probe.password()}
    document = probe.read(_created(probe, body).path)
    probe.expect({"externalId": f"00u{probe.tag}", "active": True}, document)


@check("okta-user-json", "POST takes application/json and answers a body with the id", needs=USERS)
def json_body(probe: Probe) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/scim+json; charset=utf-8"}
    document = probe.send("POST", probe.user.endpoint, _user(probe), headers=headers).expect(201).document
    _not_empty(probe, document, "id")


@check(
    "okta-user-put-own-answer",
    "PUT takes the service's own answer with Okta's changes over it",
    needs=USERS,
    hint="id, meta and groups come back in the body",
)
def put_own_answer(probe: Probe) -> None:
    made = _created(probe, _user(probe))
    body = {**probe.read(made.path), "name": {"givenName": "New", "familyName": "Name"}, "groups": []}
    headers = {"Content-Type": "application/scim+json; charset=utf-8"}
    probe.send("PUT", made.path, body, headers=headers).expect(200)
    probe.expect({"name": {"givenName": "New", "familyName": "Name"}}, probe.read(made.path))


@check(
    "okta-user-deactivate-patch",
    'PATCH replace without a path deactivates: {"active": false}',
    needs=("User.active", "patch"),
)
def deactivate_patch(probe: Probe) -> None:
    made = _created(probe, _user(probe))
    probe.patch(made.path, {"op": "replace", "value": {"active": False}}).expect(200, 204)
    probe.expect({"active": False}, probe.read(made.path))


@check("okta-user-deactivate-put", "PUT with active false deactivates", needs=("User.active",))
def deactivate_put(probe: Probe) -> None:
    made = _created(probe, _user(probe))
    probe.put(made.path, {**probe.read(made.path), "active": False}).expect(200)
    probe.expect({"active": False}, probe.read(made.path))


@check(
    "okta-user-inactive-found",
    "A deactivated user is still found by userName",
    needs=("User.active",),
    hint="else Okta creates the user again and gets 409",
)
def inactive_found(probe: Probe) -> None:
    body = _user(probe)
    made = _created(probe, {**body, "active": False})
    probe.require([u.get("id") for u in _find(probe, body["userName"]).resources] == [made.id], "the user", "nobody")


@check("okta-user-reactivate", "A reactivated user is the same user", needs=("User.active", "patch"))
def reactivate(probe: Probe) -> None:
    made = _created(probe, {**_user(probe), "active": False})
    probe.patch(made.path, {"op": "replace", "value": {"active": True}}).expect(200, 204)
    probe.expect({"active": True, "id": made.id}, probe.read(made.path))


@check(
    "okta-user-password",
    "PATCH replace with a password succeeds and answers none",
    needs=("User.password", "patch", "changePassword"),
)
def password(probe: Probe) -> None:
    word = probe.password()
    answer = probe.patch(_created(probe, _user(probe)).path, {"op": "replace", "value": {"password": word}}).expect(
        200, 204
    )
    probe.require(word.encode() not in answer.body, "no password", "the password")


@check("okta-user-import", "Import walks pages of startIndex and count in a stable order", needs=USERS)
def import_pages(probe: Probe) -> None:
    made = [_created(probe, {**_user(probe), "userName": f"import{n}.{probe.tag}@atko.com"}) for n in range(3)]
    ids: list[JSON] = []
    for start in (1, 3):
        ids += [
            u.get("id")
            for u in probe.get(probe.user.endpoint, filter=f'userName co "{probe.tag}"', startIndex=start, count=2)
            .expect(200)
            .resources
        ]
    probe.require(sorted(map(str, ids)) == sorted(user.id for user in made), "each of the three once", ids)


# A group's life ------------------------------------------------------------------------------------------------------


def _group(probe: Probe, members: list[Document]) -> Made:
    body = probe.new(probe.group, {"displayName": f"Okta {probe.tag}", "members": members})
    answer = probe.post(probe.group.endpoint, body).expect(201)
    id = str(answer.document.get("id"))
    return Made(id, f"{probe.group.endpoint}/{id}", answer.document, answer)


def _members(probe: Probe, made: Made) -> set[JSON]:
    return {member.get("value") for member in probe.read(made.path).get("members") or ()}


@check("okta-group-create", "A group is made without members and found by its name", needs=GROUPS)
def group_create(probe: Probe) -> None:
    made = _group(probe, [])
    found = _find(probe, made.document["displayName"], probe.group.endpoint, "displayName").resources
    probe.require([group.get("id") for group in found] == [made.id], "the group", found)


@check(
    "okta-group-rename",
    "PATCH replace without a path takes {id, displayName} and keeps the members",
    needs=(*GROUPS, "patch"),
    hint="Okta repeats the group's own id: it changes nothing, and a 400 ends the push",
)
def group_rename(probe: Probe) -> None:
    user = probe.new_user()
    made = _group(probe, [{"value": user.id}])
    probe.patch(made.path, {"op": "replace", "value": {"id": made.id, "displayName": f"Renamed {probe.tag}"}}).expect(
        200, 204
    )
    probe.expect({"displayName": f"Renamed {probe.tag}"}, probe.read(made.path))
    probe.require(_members(probe, made) == {user.id}, "the member", _members(probe, made))


@check(
    "okta-group-members",
    "One PATCH removes a member by value path and adds another with its display",
    needs=(*GROUPS, "patch"),
)
def group_members(probe: Probe) -> None:
    one, two = probe.new_user(), probe.new_user()
    made = _group(probe, [{"value": one.id, "display": "one"}])
    probe.patch(
        made.path,
        {"op": "remove", "path": f'members[value eq "{one.id}"]'},
        {"op": "add", "path": "members", "value": [{"value": two.id, "display": "two"}]},
    ).expect(200, 204)
    probe.require(_members(probe, made) == {two.id}, "the second user", _members(probe, made))


@check("okta-group-push", "PATCH replace of members takes the whole list, and an empty one", needs=(*GROUPS, "patch"))
def group_push(probe: Probe) -> None:
    one, two = probe.new_user(), probe.new_user()
    made = _group(probe, [{"value": one.id}])
    probe.patch(made.path, {"op": "replace", "path": "members", "value": [{"value": two.id}]}).expect(200, 204)
    probe.require(_members(probe, made) == {two.id}, "the second user", _members(probe, made))
    probe.patch(made.path, {"op": "replace", "path": "members", "value": []}).expect(200, 204)
    probe.require(not _members(probe, made), "no member", _members(probe, made))


@check("okta-group-put", "PUT takes the whole group with its members", needs=GROUPS)
def group_put(probe: Probe) -> None:
    one, two = probe.new_user(), probe.new_user()
    made = _group(probe, [{"value": one.id, "display": "one"}])
    body = {**probe.read(made.path), "members": [{"value": two.id, "display": "two"}]}
    probe.put(made.path, body).expect(200)
    probe.require(_members(probe, made) == {two.id}, "the second user", _members(probe, made))


@check("okta-group-display-null", "A member may come with display null", needs=GROUPS, level=SHOULD)
def group_display_null(probe: Probe) -> None:
    user = probe.new_user()
    probe.require(
        _members(probe, _group(probe, [{"value": user.id, "display": None}])) == {user.id}, "the member", "none"
    )


@check("okta-group-delete", "DELETE of a group answers 204 and keeps its users", needs=GROUPS)
def group_delete(probe: Probe) -> None:
    user = probe.new_user()
    made = _group(probe, [{"value": user.id}])
    probe.delete(made.path).expect(204)
    probe.read(user.path)


CHECKS = collected(globals())
