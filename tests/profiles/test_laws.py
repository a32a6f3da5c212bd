"""The law of the two directions, on any user: a record tells of what the normalised user says to the profile."""

import copy
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from profiles.examples import complete
from profiles.users import USERS
from scimcore import urns
from scimcore.profiles import BY_NAME, CONDECO, Profile
from scimcore.profiles.rows import Choice, locate
from scimcore.resources import User

STRICT = CONDECO.extend(mode="strict")


def projected(profile: Profile, user: dict[str, Any]) -> dict[str, Any]:
    """What a normalised user says to a profile, found by hand: each row's value where its row reads it first."""
    result: dict[str, Any] = {}
    made: dict[Any, dict[str, Any]] = {}
    values = profile.to_record(user)
    for row in profile.effective_rows:
        if not row.path or row.direction == "to_record" or row.field not in values:
            continue
        found = None
        for path in (row.path, *row.alternatives):
            found = look(profile, user, path)
            if found is not None:
                break
        if found is None:
            # Only what is active by default is read where there is nothing.
            assert row.default == values[row.field]
            found = row.default
        locator = locate(row.path, profile.resource_type)
        target = result
        if locator.choice is None:
            for key in locator.keys[:-1]:
                target = target.setdefault(key, {})
            target[locator.last] = found
            continue
        chosen: dict[str, Any] = {"type": locator.type} if locator.type else {}
        if locator.choice is Choice.PRIMARY:
            chosen["primary"] = True
        chosen |= dict(row.fills)
        key = (locator.keys, tuple(sorted(chosen.items())))
        if key not in made:
            made[key] = {}
            result.setdefault(locator.keys[0], []).append(made[key])
        # The type of the element may be a row of its own.
        made[key].update({**chosen, **made[key], locator.last: found})
    result["schemas"] = [urns.USER, *(urn for urn in profile.resource_type.extension_urns if urn in result)]
    return result


def look(profile: Profile, user: dict[str, Any], path: str) -> Any:
    locator = locate(path, profile.resource_type)
    value: Any = user
    for key in locator.keys if locator.choice is None else locator.keys[:1]:
        value = value.get(key) if isinstance(value, dict) else None
    if locator.choice is None or value is None:
        return value
    saying = [element for element in value if element.keys() - {"type", "primary", "display"}]
    if locator.keys[0] in ("emails", "phoneNumbers"):
        saying = [element for element in saying if "value" in element]
    primary = [element for element in saying if element.get("primary") is True]
    found = {
        Choice.PRIMARY: primary,
        Choice.UNTYPED: [element for element in primary if "type" not in element],
        Choice.TYPE: [element for element in saying if element.get("type", "").lower() == locator.type],
        Choice.ONLY: saying if len(saying) == 1 else [],
    }[locator.choice]
    return found[0].get(locator.last) if found else None


# A blank value gives way to one that says something, before it is taken out and after.
BLANK = {
    "schemas": [urns.USER],
    "addresses": [{"country": "GB", "locality": "", "type": "work"}, {"locality": "0", "primary": True}],
}


@pytest.mark.parametrize("profile", BY_NAME.values(), ids=BY_NAME)
@given(user=USERS)
@example(user=BLANK)
def test_from_record_undoes_to_record(profile: Profile, user: dict[str, Any]) -> None:
    original = copy.deepcopy(user)
    normal = profile.normalise(user)
    assert profile.from_record(profile.to_record(user)) == projected(profile, normal)
    assert user == original


def labels_alone(profile: Profile, record: dict[str, Any]) -> set[str]:
    """The fields that label an element whose value was refused: an element that has nothing else is none."""
    labels: dict[Any, set[str]] = {}
    told = set()
    for row in profile.effective_rows:
        if row.joins or not row.path or row.field not in record:
            continue
        locator = locate(row.path, profile.resource_type)
        place = (locator.keys, locator.choice, locator.type)
        if locator.choice is not None and locator.last in ("type", "primary", "display"):
            labels.setdefault(place, set()).add(row.field)
        else:
            told.add(place)
    return {field for place, fields in labels.items() if place not in told for field in fields}


@pytest.mark.parametrize("profile", BY_NAME.values(), ids=BY_NAME)
@given(user=USERS)
@example(user=BLANK)
@example(user={"schemas": [urns.USER], "emails": [{"value": "bad", "primary": True, "type": "work"}]})
def test_a_record_is_the_same_after_a_round(profile: Profile, user: dict[str, Any]) -> None:
    record = profile.to_record(user)
    # What is calculated from attributes that have no field of their own cannot come back.
    kept = {row.field for row in profile.effective_rows if not row.joins} - labels_alone(profile, record)
    again = profile.to_record(profile.from_record(record))
    assert {field: again.get(field) for field in kept} == {field: record.get(field) for field in kept}
    assert profile.to_record(profile.normalise(user)) == record
    assert profile.to_record(profile.prepare(user)) == record
    assert profile.changes(user, profile.normalise(user)) == ()
    assert profile.map(user) == (record, profile.check(user))


@pytest.mark.parametrize("profile", [*BY_NAME.values(), STRICT], ids=[*BY_NAME, "strict"])
@given(user=USERS)
def test_normalising_is_idempotent_and_keeps_every_finding(profile: Profile, user: dict[str, Any]) -> None:
    normal, prepared = profile.normalise(user), profile.prepare(user)
    assert profile.normalise(normal) == normal
    assert profile.prepare(prepared) == prepared
    assert {finding.field for finding in profile.check(normal)} == {finding.field for finding in profile.check(user)}
    assert profile.check(prepared, before=prepared) == profile.check(prepared)


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["value", "type", "primary", "Value", "country"]), inner, max_size=3),
    ),
    max_leaves=8,
)
TOPS = [*User.resource_type().names.by_lower, "name", "emails", "addresses", "phoneNumbers", urns.ENTERPRISE_USER]


@given(user=st.dictionaries(st.sampled_from(TOPS), JSON_VALUES, max_size=6))
def test_no_document_whatever_breaks_it(user: dict[str, Any]) -> None:
    for profile in (CONDECO, STRICT):
        original = copy.deepcopy(user)
        findings = profile.check(user)
        assert all(str(finding) for finding in findings)
        profile.from_record(profile.to_record(user))
        profile.check(profile.prepare(user), before=user)
        profile.normalise(user, before=complete(profile))
        assert user == original


@given(user=USERS)
def test_casing_of_names_does_not_matter(user: dict[str, Any]) -> None:
    odd = swap(user)
    assert CONDECO.to_record(odd) == CONDECO.to_record(user)
    assert CONDECO.check(odd) == CONDECO.check(user)


def swap(value: Any) -> Any:
    if isinstance(value, dict):
        return {name if name.startswith("urn:") else name.swapcase(): swap(inner) for name, inner in value.items()}
    return [swap(element) for element in value] if isinstance(value, list) else value


def test_a_model_is_as_good_as_a_document() -> None:
    user = complete(CONDECO)
    model = User.model_validate(user)
    assert CONDECO.check(model) == ()
    assert CONDECO.to_record(model).items() <= CONDECO.to_record(user).items()
