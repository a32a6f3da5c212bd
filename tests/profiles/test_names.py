"""The package's names are loaded when they are used, and are the ones that type checkers are told of."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from scimcore import profiles

STUB = ast.parse(Path(profiles.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
TOLD = {alias.name: node.module for node in STUB.body if isinstance(node, ast.ImportFrom) for alias in node.names}


def test_the_stub_has_the_same_table() -> None:
    assert profiles._HOMES == TOLD
    exported = next(ast.literal_eval(node.value) for node in STUB.body if isinstance(node, ast.Assign))
    assert sorted(exported) == profiles.__all__ == dir(profiles)
    assert {name: getattr(profiles, name) for name in TOLD} == {
        name: getattr(import_module(home), name) for name, home in TOLD.items()
    }


def test_other_names_are_none() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'KONDECO'"):
        profiles.KONDECO  # noqa: B018


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("from scimcore import Provider; Provider()", "scimcore.profiles.condeco scimcore.profiles.okta langcodes"),
        (
            "from scimcore.profiles import OKTA_DEFAULT",
            "scimcore.profiles.condeco scimcore.service pycountry",
        ),
    ],
)
def test_nobody_pays_for_what_is_not_used(statement: str, unwanted: str) -> None:
    code = f"import sys\n{statement}\nprint(*(name for name in {unwanted.split()!r} if name in sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.split() == []
