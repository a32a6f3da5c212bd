"""The SearchRequest message as a model."""

import pytest

from scimcore.errors import InvalidValue
from scimcore.messages import SearchRequest
from scimcore.urns import SEARCH_REQUEST


def test_reads_and_writes() -> None:
    document = {
        "schemas": [SEARCH_REQUEST],
        "attributes": ["displayName", "userName"],
        "filter": 'displayName sw "smith"',
        "sortBy": "userName",
        "sortOrder": "descending",
        "startIndex": 1,
        "count": 10,
        "cursor": "",
    }
    request = SearchRequest.model_validate(document)
    assert (request.filter, request.count, request.cursor) == ('displayName sw "smith"', 10, "")
    assert request.to_document() == document
    assert SearchRequest().to_document() == {"schemas": [SEARCH_REQUEST]}


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"count": "10"}, "count"),
        ({"startIndex": 1.5}, "startIndex"),
        ({"attributes": "userName"}, "attributes"),
        ({"sortOrder": "up"}, "sortOrder"),
        ({"filter": {"x": 1}}, "filter"),
    ],
)
def test_refuses(document: dict, path: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        SearchRequest.model_validate(document)
    assert caught.value.path == path
