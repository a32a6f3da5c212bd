"""A test for each row of every shipped table: present, absent, malformed, cleared by "", null and remove."""

import copy
from typing import Any

import pytest

from profiles.examples import BAD, GOOD, complete, minimal, put
from scimcore.errors import InvalidValue, MutabilityViolation
from scimcore.patch.operations import apply
from scimcore.profiles import BY_NAME, Profile, Row
from scimcore.profiles.rows import Choice, locate

EACH_ROW = [
    pytest.param(profile, row, id=f"{profile.name}-{row.field}")
    for profile in BY_NAME.values()
    for row in profile.effective_rows
    if row.path
]
EACH_REFUSED = [
    pytest.param(profile, row, value, id=f"{profile.name}-{row.field}-{value!r}")
    for profile in BY_NAME.values()
    for row in profile.effective_rows
    if row.path
    for value in BAD[row.kind]
    # A type of e-mail address or address decides what is chosen, not only what is read.
    if not row.path.endswith("].type")
]


def without(profile: Profile, row: Row) -> dict[str, Any]:
    """All that a profile reads but one row, and what is read in its place."""
    user = complete(profile)
    for path in (row.path, *row.alternatives):
        locator = locate(path, profile.resource_type)
        if locator.choice is None:
            target = user
            for key in locator.keys[:-1]:
                target = target[key]
            target.pop(locator.last, None)
        else:
            for element in user.get(locator.keys[0], []):
                chosen = {
                    Choice.PRIMARY: element.get("primary") is True,
                    Choice.UNTYPED: False,
                    Choice.TYPE: element.get("type") == locator.type,
                    Choice.ONLY: True,
                }[locator.choice]
                if chosen:
                    element.pop(locator.last, None)
    return user


@pytest.mark.parametrize(("profile", "row"), EACH_ROW)
def test_present(profile: Profile, row: Row) -> None:
    user = minimal(profile)
    sent, expected = GOOD[row.kind]
    if row.path.endswith("].type"):
        # A type alone says nothing: it needs its value.
        name = locate(row.path, profile.resource_type).keys[0]
        user[name] = complete(profile)[name]
    put(user, profile, row, sent)
    original = copy.deepcopy(user)
    assert profile.check(user) == ()
    assert profile.to_record(user)[row.field] == expected
    assert profile.to_record(profile.normalise(user))[row.field] == expected
    assert profile.to_record(profile.prepare(user))[row.field] == expected
    assert user == original


@pytest.mark.parametrize(("profile", "row"), EACH_ROW)
def test_absent(profile: Profile, row: Row) -> None:
    user = without(profile, row)
    expect_missing(profile, row, user)


@pytest.mark.parametrize(("profile", "row", "value"), EACH_REFUSED)
def test_malformed(profile: Profile, row: Row, value: Any) -> None:
    user = complete(profile)
    put(user, profile, row, value)
    findings = profile.check(user)
    assert row.field in {finding.field for finding in findings}
    assert {(finding.status, finding.scim_type) for finding in findings} == {(400, "invalidValue")}
    assert all(finding.path and finding.path in finding.detail for finding in findings)
    assert row.field not in profile.to_record(user)
    # What is refused stays for the check to find.
    assert {finding.field for finding in profile.check(profile.prepare(user))} >= {row.field}


@pytest.mark.parametrize("blank", ["", "  ", None, [], {}], ids=repr)
@pytest.mark.parametrize(("profile", "row"), EACH_ROW)
def test_cleared(profile: Profile, row: Row, blank: Any) -> None:
    user = without(profile, row)
    put(user, profile, row, blank)
    if row.kind == "boolean":
        # A blank is no request to activate anyone.
        assert [finding.field for finding in profile.check(user)] == [row.field]
        assert row.field not in profile.to_record(user)
        return
    expect_missing(profile, row, user)
    expect_missing(profile, row, profile.prepare(user))


@pytest.mark.parametrize(("profile", "row"), EACH_ROW)
def test_removed(profile: Profile, row: Row) -> None:
    stored = profile.prepare(complete(profile))
    if row.path == "userName" or row.path.endswith("manager.displayName"):
        # The schema itself does not let the one be removed, and the other is readOnly.
        with pytest.raises((InvalidValue, MutabilityViolation)):
            apply(stored, [{"op": "remove", "path": row.path}], profile.resource_type)
        return
    operations = [{"op": "remove", "path": path} for path in (row.path, *row.alternatives) if not_only(profile, path)]
    if row.kind == "email" and row.alternatives:
        operations = [{"op": "remove", "path": "emails"}]
    if "addresses" in row.path and len(operations) > 1:
        del operations[1:]
    if "phoneNumbers" in row.path:
        operations = [{"op": "remove", "path": "phoneNumbers"}]
    after = apply(stored, operations, profile.resource_type).document
    if row.keep:
        assert profile.check(after, before=stored) == ()
        prepared = profile.prepare(after, before=stored)
        assert profile.to_record(prepared)[row.field] == profile.to_record(stored)[row.field]
        return
    findings = {finding.field for finding in profile.check(after, before=stored)}
    assert (row.field in findings) is row.required
    assert row.field not in profile.to_record(after)


def not_only(profile: Profile, path: str) -> bool:
    return locate(path, profile.resource_type).choice is not Choice.ONLY


def expect_missing(profile: Profile, row: Row, user: dict[str, Any]) -> None:
    findings = [finding for finding in profile.check(user) if finding.field == row.field]
    record = profile.to_record(user)
    if row.required:
        assert [finding.message for finding in findings] == ["is required"]
    else:
        assert findings == []
    if row.default is None:
        assert row.field not in record
    else:
        assert record[row.field] == row.default
