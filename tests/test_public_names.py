"""``import scimcore`` is light, and its names are the ones that type checkers are told of."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import scimcore

STUB = ast.parse(Path(scimcore.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
TOLD = {alias.name: node.module for node in STUB.body if isinstance(node, ast.ImportFrom) for alias in node.names}


def test_the_stub_has_the_same_table() -> None:
    assert scimcore._HOMES == TOLD
    exported = next(ast.literal_eval(node.value) for node in STUB.body if isinstance(node, ast.Assign))
    assert exported == scimcore.__all__ == dir(scimcore)


@pytest.mark.parametrize("name", scimcore.__all__)
def test_a_name_is_what_its_home_says(name: str) -> None:
    home = import_module(TOLD[name])
    assert getattr(scimcore, name) is getattr(home, name)


def test_other_names_are_none() -> None:
    with pytest.raises(AttributeError, match="module 'scimcore' has no attribute 'Userr'"):
        scimcore.Userr  # noqa: B018


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import scimcore", "pydantic"),
        (
            "from scimcore import *",
            "sqlalchemy uvicorn starlette flask langcodes dateutil scimcore.cli",
        ),
        ("from scimcore import User", "scimcore.filter scimcore.patch scimcore.service"),
        ("from scimcore import Filter", "scimcore.patch scimcore.service"),
    ],
)
def test_nobody_pays_for_what_is_not_used(statement: str, unwanted: str) -> None:
    code = f"import sys\n{statement}\nprint(*(name for name in {unwanted.split()!r} if name in sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.split() == []
