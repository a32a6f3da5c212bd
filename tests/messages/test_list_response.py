"""The ListResponse message as a model."""

import json

import pytest

from scimcore.errors import InvalidValue
from scimcore.messages import ListResponse
from scimcore.resources import User
from scimcore.urns import LIST_RESPONSE, USER

PAGE = {
    "schemas": [LIST_RESPONSE],
    "totalResults": 2,
    "startIndex": 1,
    "itemsPerPage": 1,
    "nextCursor": "abc",
    "Resources": [{"schemas": [USER], "id": "1", "userName": "bj", "own": {"x": None}}],
}


def test_reads_and_writes() -> None:
    page = ListResponse.model_validate(PAGE)
    assert (page.total_results, page.items_per_page, page.start_index, page.next_cursor) == (2, 1, 1, "abc")
    assert page.resources == PAGE["Resources"]
    assert json.loads(page.to_json()) == PAGE


def test_names_in_any_casing() -> None:
    page = ListResponse.model_validate_json(json.dumps({"totalresults": 0, "resources": []}))
    assert (page.total_results, page.resources, page.schemas) == (0, None, [LIST_RESPONSE])
    assert page.resources_as(User) == []


def test_resources_as_models() -> None:
    (user,) = ListResponse.model_validate(PAGE).resources_as(User)
    assert user.user_name == "bj"
    with pytest.raises(InvalidValue, match="userName"):
        ListResponse(resources=[{"userName": 5}]).resources_as(User)


def test_numbers_are_numbers() -> None:
    with pytest.raises(InvalidValue, match="Attribute 'totalResults' must be an integer, not a string"):
        ListResponse.model_validate({"totalResults": "2"})
