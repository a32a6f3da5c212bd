"""Whose resource it is, and who stays active."""

from scimcore.conformance.check import check, collected
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.attacking import require_control
from scimcore.conformance.suites.patching import replace


@check("security-S18-id-of-another", "POST with another user's id leaves that user alone", needs=("User.title",))
def id_of_another(probe: Probe) -> None:
    victim = probe.new_user(title="Victim")
    answer = probe.post(probe.user.endpoint, {**probe.new(probe.user), "id": victim.id, "title": "Thief"})
    require_control(probe, answer)
    if answer.status == 201:
        probe.require(answer.document.get("id") != victim.id, "another id", victim.id)
    probe.expect({"title": "Victim"}, probe.read(victim.path))


@check(
    "security-S18-put-other-id", "PUT with another user's id in the body leaves that user alone", needs=("User.title",)
)
def put_other_id(probe: Probe) -> None:
    victim, thief = probe.new_user(title="Victim"), probe.new_user()
    require_control(probe, probe.put(thief.path, {**probe.new(probe.user), "id": victim.id, "title": "Thief"}))
    probe.expect({"title": "Victim", "userName": victim.document["userName"]}, probe.read(victim.path))


@check(
    "security-S1-external-id-path",
    "A user is not found at its externalId",
    needs=("User",),
    hint="externalId is no key: a number in it may be somebody's internal id",
)
def external_id_path(probe: Probe) -> None:
    probe.new_user(externalId=f"1{probe.tag}")
    probe.get(f"{probe.user.endpoint}/1{probe.tag}").expect(404)


@check(
    "security-S1-external-id-clash",
    "A user whose externalId is another's id is a user of its own",
    needs=("User.title",),
)
def external_id_clash(probe: Probe) -> None:
    victim = probe.new_user(title="Victim")
    thief = probe.new_user(externalId=victim.id, title="Thief")
    probe.expect({"title": "Victim"}, probe.read(victim.path))
    probe.delete(thief.path).expect(204)
    probe.read(victim.path)


@check(
    "security-S13-active-text",
    'active: "False" is refused, or is false',
    needs=("User.active",),
    hint='in many languages the text "False" is true: the leaver stays',
)
def active_text(probe: Probe) -> None:
    for text in ("False", "false"):
        answer = probe.post(probe.user.endpoint, {**probe.new(probe.user), "active": text})
        if answer.status == 201:
            probe.expect({"active": False}, probe.read(f"{probe.user.endpoint}/{answer.document.get('id')}"))
        else:
            answer.expect_error(400)


@check(
    "security-S13-active-text-patch",
    'PATCH of active with "False" is refused, or makes it false',
    needs=("User.active", "patch"),
)
def active_text_patch(probe: Probe) -> None:
    made = probe.new_user(active=True)
    answer = probe.patch(made.path, replace("active", "False"))
    probe.expect({"active": answer.status == 400}, probe.read(made.path))


@check(
    "security-S13-active-null", "PATCH of active with null does not activate anybody", needs=("User.active", "patch")
)
def active_null(probe: Probe) -> None:
    made = probe.new_user(active=False)
    require_control(probe, probe.patch(made.path, replace("active", None)))
    value = probe.read(made.path).get("active")
    probe.require(value is not True, "false or nothing", value)


@check(
    "security-S13-stays-inactive",
    "A change of something else does not activate anybody",
    needs=("User.active", "User.title", "patch"),
)
def stays_inactive(probe: Probe) -> None:
    made = probe.new_user(active=False)
    probe.patch(made.path, replace("title", "Pilot")).expect(200, 204)
    probe.expect({"active": False}, probe.read(made.path))


@check("security-S6-write-twice", "Two users that are made one after the other share nothing", needs=("User.emails",))
def share_nothing(probe: Probe) -> None:
    one = probe.new_user(emails=[{"value": f"one.{probe.tag}@example.com"}])
    two = probe.new_user(emails=[{"value": f"two.{probe.tag}@example.com"}])
    probe.expect({"emails": [{"value": f"one.{probe.tag}@example.com"}]}, probe.read(one.path))
    probe.expect({"emails": [{"value": f"two.{probe.tag}@example.com"}]}, probe.read(two.path))


CHECKS = collected(globals())
