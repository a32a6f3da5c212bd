"""Delete (RFC 7644 §3.6)."""

from scimcore import urns
from scimcore.conformance.check import check, collected
from scimcore.conformance.outcomes import SHOULD
from scimcore.conformance.probe import Probe


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
