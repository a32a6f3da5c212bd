"""Users, groups and enterprise users (RFC 7643 §4)."""

from scimcore import urns
from scimcore.conformance.check import check, collected
from scimcore.conformance.outcomes import SHOULD
from scimcore.conformance.probe import Probe

ENT = urns.ENTERPRISE_USER


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
    level=SHOULD,
    needs=(f"User.{ENT}:department",),
)
def removed(probe: Probe) -> None:
    made = probe.new_user(**{ENT: {"department": "Bridge"}})
    body = {"schemas": [probe.user.schema], "userName": made.document["userName"]}
    probe.put(made.path, {**probe.new(probe.user), **body}).expect(200)
    document = probe.read(made.path)
    probe.expect({ENT: None}, document)
    probe.require(ENT not in document.get("schemas", ()), "schemas without the extension", document.get("schemas"))


CHECKS = collected(globals())
