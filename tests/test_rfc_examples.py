"""The files under tests/rfc are what their names say. Modules that follow these examples test against them."""

import json
from pathlib import Path

import pytest

RFC = Path(__file__).parent / "rfc"


@pytest.mark.parametrize("path", sorted(RFC.glob("*/*.json")), ids=lambda path: path.stem)
def test_an_example_is_one_json_document_that_names_its_schemas(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    for resource in document if isinstance(document, list) else [document]:
        # RFC 7643 §8.7 prints schemas without `schemas` (erratum 8417).
        assert "schemas" in resource or "attributes" in resource
