"""The messages under tests/rfc/7644 are what their names say. Those under tests/rfc/7643 have tests in depth."""

import json
from pathlib import Path

import pytest

MESSAGES = {
    "bulk-request": "BulkRequest",
    "bulk-response": "BulkResponse",
    "error": "Error",
    "list-response": "ListResponse",
    "search-request": "SearchRequest",
    "add": "PatchOp",
    "remove": "PatchOp",
    "replace": "PatchOp",
}


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parent / "rfc/7644").glob("*.json")), ids=lambda path: path.stem
)
def test_a_message_has_the_schema_that_its_name_says(path: Path) -> None:
    schemas = json.loads(path.read_text(encoding="utf-8"))["schemas"]
    what = path.stem.partition("-")[2]
    expected = [urn for prefix, urn in MESSAGES.items() if what.startswith(prefix)]
    assert len(schemas) == 1
    assert not expected or schemas[0].endswith(f":2.0:{expected[0]}")
