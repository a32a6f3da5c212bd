"""The expectation words mean what the story files say."""

import pytest

from stories import matching

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.mark.parametrize(
    ("expected", "actual", "problems"),
    [
        ({}, {"a": 1}, []),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}, "d": 3}, []),
        ({"a": {"b": 1}}, {"a": {}}, ["a.b is missing"]),
        ({"a": 1}, {"a": "1"}, ["a is '1', not 1"]),
        ({"a": 1}, {"a": True}, ["a is True, not 1"]),
        ({"a": {"b": 1}}, {"a": None}, ["a is None, not {'b': 1}"]),
        ([1, 1], [1, 2], ["the body has no element of its own for 1"]),
        ([{"t": 1}, {"t": 1, "v": 2}], [{"t": 1, "v": 2}, {"t": 1, "v": 3}], []),  # greed would take the only match
        ([{"t": 1}], [], ["the body has no element of its own for {'t': 1}"]),
    ],
)
def test_subset(expected: object, actual: object, problems: list[str]) -> None:
    assert list(matching.subset(expected, actual)) == problems


@pytest.mark.parametrize(
    ("actual", "problems"),
    [
        ({"schemas": [ENTERPRISE, USER], "id": "1", "meta": {"location": "l"}}, []),
        ({"meta": {"location": "l", "version": "v"}, "id": "1", "schemas": [USER, ENTERPRISE], "groups": []}, []),
        ({"schemas": [USER, ENTERPRISE], "id": "1", "meta": {}}, ["meta.location is missing"]),
        (
            {"schemas": [USER, ENTERPRISE], "id": "1", "meta": {"location": "l"}, "title": "x"},
            ["title is 'x': nobody set it"],
        ),
        (
            {"schemas": [USER], "id": "1", "meta": {"location": "l"}},
            [f"schemas is {[USER]!r}, not {[USER, ENTERPRISE]!r}"],
        ),
    ],
)
def test_resource(actual: object, problems: list[str]) -> None:
    expected = {"schemas": [USER, ENTERPRISE], "id": "1", "meta": {"location": "l"}}
    assert list(matching.resource(expected, actual)) == problems


def test_a_list_of_resources_may_carry_computed_members_too() -> None:
    expected = {"Resources": [{"members": [{"value": "1"}], "meta": {}}]}
    actual = {"Resources": [{"members": [{"value": "1", "display": "One"}], "meta": {"created": "now"}}]}
    assert list(matching.resource(expected, actual)) == []
    assert (
        len(list(matching.resource(expected, {"Resources": [{"members": [{"value": "1", "x": 1}], "meta": {}}]}))) == 1
    )
    assert len(list(matching.resource(expected, {"Resources": []}))) == 2


def test_an_extension_urn_may_be_left_out_where_attributes_were_selected() -> None:
    expected = {"schemas": [USER, ENTERPRISE]}
    assert list(matching.resource(expected, {"schemas": [USER]}, selected=True)) == []
    assert list(matching.resource(expected, {"schemas": [ENTERPRISE]}, selected=True))


def test_error() -> None:
    expected = {"schemas": ["e"], "status": "409", "detail": "Taken.", "scimType": "uniqueness"}
    assert list(matching.error(expected, {**expected, "detail": "Somebody has it."})) == []
    assert list(matching.error(expected, {**expected, "detail": ""})) == ["detail is missing"]
    assert list(matching.error(expected, {**expected, "status": 409})) == ["status is 409, not '409'"]
    assert list(
        matching.error({"schemas": ["e"], "status": "401"}, {"schemas": ["e"], "status": "401", "scimType": "x"})
    )
    assert list(matching.error(expected, None))


def test_words_about_the_top_level() -> None:
    actual = {"id": "", "n": 1, "f": 1.0, "b": True, "Resources": [{"id": "7"}], "none": []}
    assert list(matching.present(["id", "x"], actual)) == ["x is missing"]
    assert list(matching.absent(["x", "n"], actual)) == ["n is there: 1"]
    assert list(matching.length({"Resources": 1, "x": 0}, actual)) == []
    assert len(list(matching.length({"Resources": 0, "n": 0}, actual))) == 2
    assert list(matching.integers(["n"], actual)) == []
    assert len(list(matching.integers(["f", "b", "x"], actual))) == 3
    assert list(matching.not_empty(["Resources.0.id", "n", "b"], actual)) == []
    assert len(list(matching.not_empty(["Resources.1.id", "id", "none", "n.x"], actual))) == 4
    assert list(matching.lists(["Resources", "x"], actual)) == []
    assert list(matching.lists(["n"], actual)) == ["n is not a list"]


def test_headers_may_have_parameters() -> None:
    expected = {"Content-Type": "application/scim+json", "WWW-Authenticate": "Bearer"}
    answered = {"content-type": "application/scim+json;charset=utf-8", "WWW-AUTHENTICATE": 'Bearer realm="x"'}
    assert list(matching.headers(expected, answered)) == []
    assert len(list(matching.headers(expected, {"content-type": "application/scim+jsonx"}))) == 2
