"""The pass over names: spelling, unknown names, what means "unassigned"."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimcore.resources import User
from scimcore.schema import Attribute, AttributeType, Unknown
from scimcore.schema.names import canonicalise, names_of
from scimcore.urns import ENTERPRISE_USER

NAMES = User.resource_type().names


def run(payload, unknown=Unknown.IGNORE):
    violations = []
    return canonicalise(payload, NAMES, unknown, violations), [violation.path for violation in violations]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({}, {}),
        ({"USERNAME": "a"}, {"userName": "a"}),
        ({"name": {"FAMILYNAME": "b"}}, {"name": {"familyName": "b"}}),
        ({"Emails": [{"VALUE": "c"}, "d", None, 5]}, {"emails": [{"value": "c"}, "d", None, 5]}),
        ({"members": 1, "__class__": 2}, {}),
        ({"title": None, "name": {}, "emails": []}, {}),
        ({"name": {"formatted": None}, "emails": [{"value": None}, {}]}, {}),
        ({"name": "of a wrong type", "active": [], "title": {"x": 1}}, {"name": "of a wrong type", "title": {"x": 1}}),
        ({ENTERPRISE_USER.upper(): {"MANAGER": {"$REF": "x"}}}, {ENTERPRISE_USER: {"manager": {"$ref": "x"}}}),
        ({"active": False, "title": ""}, {"active": False, "title": ""}),
    ],
)
def test_canonical(payload, expected) -> None:
    before = copy.deepcopy(payload)
    assert run(payload) == (expected, [])
    assert payload == before


def test_unknown_names() -> None:
    payload = {"x": 1, "y": None, "name": {"z": 2}, "emails": [{}, {"w": 3}], ENTERPRISE_USER: {"manager": {"v": 4}}}
    assert run(payload) == ({}, [])
    kept = {"x": 1, "name": {"z": 2}, "emails": [{"w": 3}], ENTERPRISE_USER: {"manager": {"v": 4}}}
    assert run(payload, Unknown.KEEP) == (kept, [])
    rejected = ["x", "y", "name.z", "emails[1].w", f"{ENTERPRISE_USER}:manager.v"]
    assert run(payload, Unknown.REJECT) == ({}, rejected)


@pytest.mark.parametrize("unknown", Unknown)
def test_two_spellings_of_one_name(unknown) -> None:
    document, paths = run({"userName": "a", "username": "b", "name": {"givenName": None, "GIVENNAME": "c"}}, unknown)
    assert document == {"userName": "a"}
    assert paths == ["username", "name.GIVENNAME"]
    assert run({"x": 1, "X": None}, unknown)[1][-1] == "X"


def test_a_client_s_name_forges_no_line_of_a_log() -> None:
    assert run({"a\nb" + "c" * 100: 1}, Unknown.REJECT)[1] == ["a?b" + "c" * 77 + "..."]


def test_what_is_inside_an_attribute_without_declared_parts_is_left_alone() -> None:
    names = names_of([Attribute("anything", AttributeType.COMPLEX)])
    payload = {"ANYTHING": {"A": {"b": None}, "a": []}}
    assert canonicalise(payload, names, Unknown.REJECT, []) == {"anything": {"A": {"b": None}, "a": []}}


VALUES = st.recursive(
    st.none() | st.booleans() | st.just("x"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "NAME", "emails", "value", "type", "manager", "x", "X"]), inner)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["name", "Name", "emails", "title", "x", ENTERPRISE_USER]), VALUES))
def test_twice_is_once(payload) -> None:
    for unknown in Unknown:
        once, _ = run(payload, unknown)
        assert run(once, unknown) == (once, [])
