"""The package loads its names when they are first used, and type checkers are told of the same ones."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import scimcore.filter

STUB = ast.parse(Path(scimcore.filter.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
TOLD = {alias.name: node.module for node in STUB.body if isinstance(node, ast.ImportFrom) for alias in node.names}


def test_the_stub_has_the_same_table() -> None:
    assert scimcore.filter._HOMES == TOLD
    exported = next(ast.literal_eval(node.value) for node in STUB.body if isinstance(node, ast.Assign))
    assert sorted(exported) == scimcore.filter.__all__ == dir(scimcore.filter)


@pytest.mark.parametrize("name", scimcore.filter.__all__)
def test_a_name_is_what_its_home_says(name: str) -> None:
    assert getattr(scimcore.filter, name) is getattr(import_module(TOLD[name]), name)


def test_other_names_are_none() -> None:
    with pytest.raises(AttributeError, match=r"module 'scimcore\.filter' has no attribute 'Filters'"):
        scimcore.filter.Filters  # noqa: B018


def test_parsing_needs_no_models() -> None:
    code = "import sys\nfrom scimcore.filter import And, parse\nprint(*(n for n in sys.modules if 'pydantic' in n))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.split() == []
