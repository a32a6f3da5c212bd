"""What a provider with a profile makes of any user: it stores what maps as what was sent, or refuses it."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.examples import minimal
from profiles.users import USERS
from scimcore.errors import ScimError
from scimcore.profiles import CONDECO, DEVICE_HUB, EPTURA, Profile
from scimcore.schema.resource_type import ResourceType
from scimcore.service import profiling
from scimcore.service.changes import changes_between
from scimcore.validation import Phase, accept

PROFILES = (CONDECO, CONDECO.extend(mode="strict"), EPTURA, DEVICE_HUB)


def accepted(user: dict[str, Any], profile: Profile, before: dict[str, Any] | None = None) -> profiling.Prepared | None:
    try:
        return profiling.accepted(user, profile.resource_type, profile, before)
    except ScimError as error:
        assert error.status == 400
        assert error.detail
        return None


def fits(user: dict[str, Any], resource_type: ResourceType) -> bool:
    try:
        accept(user, resource_type, Phase.CREATE)
    except ScimError:
        return False
    return True


@pytest.mark.parametrize("profile", PROFILES, ids=range(len(PROFILES)))
@given(user=USERS)
def test_what_is_stored_maps_as_what_was_sent(profile: Profile, user: dict[str, Any]) -> None:
    user = {**minimal(profile), **user}
    original = copy.deepcopy(user)
    prepared = accepted(user, profile)
    assert user == original
    if prepared is None:
        # There was a reason: the profile's, or the schema's against what the profile would have stored.
        assert profile.check(user) or not fits(profile.prepare(user), profile.resource_type)
        return
    document = prepared.document
    assert profile.check(user) == ()
    assert profile.to_record(document) == profile.to_record(user)
    # What is stored is stored again as it is, by PUT and by PATCH.
    assert accepted(document, profile, document) == profiling.Prepared(document)
    again = profiling.patched(document, profile.resource_type, profile, document)
    assert again.document is document


@given(before=USERS, after=USERS)
def test_a_replacement_keeps_what_is_fixed(before: dict[str, Any], after: dict[str, Any]) -> None:
    old = accepted({**minimal(CONDECO), **before}, CONDECO)
    if old is None:
        return
    new = accepted({**minimal(CONDECO), **after}, CONDECO, old.document)
    if new is not None:
        assert new.document["externalId"] == old.document["externalId"]
        assert new.document["active"] in (
            old.document["active"],
            after.get("active"),
            str(after.get("active")) == "True",
        )
        assert new.normalised == () or new.document != after


@given(user=USERS, sent=st.sampled_from(["gb", "GB", " gb ", "de", "ZZ"]))
def test_a_patched_user_is_judged_whole(user: dict[str, Any], sent: str) -> None:
    old = accepted({**minimal(CONDECO), **user}, CONDECO)
    if old is None:
        return
    document = {**old.document, "addresses": [{"type": "work", "country": sent}]}
    try:
        prepared = profiling.patched(document, CONDECO.resource_type, CONDECO, old.document)
    except ScimError as error:
        assert sent == "ZZ"
        assert "addresses.country" in error.detail
        return
    assert sent != "ZZ"
    assert prepared.document["addresses"] == [{"type": "work", "country": sent.strip().upper()}]
    changed = changes_between(old.document, prepared.document, CONDECO.resource_type)
    assert {change.path for change in changed} <= {"addresses"}
