"""The mapping cases of `tests/vectors/condeco_cases.json`, through the profile alone: the service is played."""

import json
from pathlib import Path
from typing import Any

import pytest

from scimcore.errors import ScimError, of_violations
from scimcore.patch.operations import apply
from scimcore.profiles import CONDECO, ENGAGE, Profile

FILE = json.loads((Path(__file__).parents[1] / "vectors" / "condeco_cases.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in FILE["cases"]}

# What only a service can show (tests/service/test_profiles.py has all cases): it knows which members exist, and what a
# group's externalId was.
FOR_THE_SERVICE = {
    "group-unknown-member": "members are looked up in the storage",
    "group-externalid": "a group has no mapping; the service fixes its externalId",
}


def perform(profile: Profile, case: dict[str, Any]) -> dict[str, Any]:
    """Do what a service does with a user: prepare, check, keep; the record is what the application gets."""
    before = None
    for given in case.get("given", ()):
        assert profile.check(given) == ()
        before = profile.prepare(given)
    request = case["request"]
    if request["method"] == "PATCH":
        assert before is not None
        after = apply(before, request["body"]["Operations"], profile.resource_type).document
    else:
        after = request["body"]
    findings = profile.check(after, before=before)
    if findings:
        raise of_violations(findings)
    return profile.to_record(profile.prepare(after, before=before))


@pytest.mark.parametrize("profile", [CONDECO, ENGAGE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("name", [name for name in CASES if name not in FOR_THE_SERVICE])
def test_case(name: str, profile: Profile) -> None:
    case = CASES[name]
    profile = profile.extend(mode=case["mode"], **FILE["config"])
    expected = case["expect"]
    if expected["status"] >= 400:
        with pytest.raises(ScimError) as caught:
            perform(profile, case)
        assert caught.value.status == expected["status"]
        assert caught.value.scim_type == expected["scimType"]
        assert expected["detail_mentions"] in caught.value.detail
        return
    record = perform(profile, case)
    for field, value in expected["condeco"].items():
        assert record.get(field) == value, field
    for field in expected.get("absent", ()):
        assert field not in record


def test_what_is_left_to_the_service_is_there() -> None:
    assert FOR_THE_SERVICE.keys() <= CASES.keys()
    assert all(CASES[name]["request"]["path"].startswith("/Groups") for name in FOR_THE_SERVICE)
    assert len(CASES) == len(FILE["cases"])
