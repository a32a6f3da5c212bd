"""The pages say what the code does: tables are generated, and each error text of the guide is one that is raised."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from profiles.examples import minimal
from scimcore.profiles import BY_NAME, CONDECO, Profile
from scimcore.profiles.profile import SWITCHES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables", DOCS / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["profiles.md", "guides/okta-condeco.md"])
def test_tables_are_what_the_code_has(page: str, tables: ModuleType) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert tables.filled(page) == text, "run: python docs/tables.py"
    assert page in tables.PAGES


def test_each_profile_and_each_switch_is_on_the_page() -> None:
    text = (DOCS / "profiles.md").read_text(encoding="utf-8")
    for name in BY_NAME:
        assert f"<!-- table: {name} -->" in text
    for switch in SWITCHES:
        assert f"\n| `{switch}` |" in text


BY_MISTAKE: list[tuple[dict[str, Any], Profile]] = [
    ({"name": {}, "emails": [], "userName": "", "externalId": None}, CONDECO),
    ({"externalId": "other"}, CONDECO),
    ({"preferredLanguage": "English", "addresses": [{"type": "work", "country": "UK"}], "active": "yes"}, CONDECO),
    ({"phoneNumbers": [{"type": "mobile", "value": "ask"}], "emails": [{"value": "Ada <a@b>"}]}, CONDECO),
    ({"emails": [{"value": "a@b"}, {"value": "c@d"}]}, CONDECO),
    ({"emails": [{"value": "a@b", "primary": True}] * 2}, CONDECO),
    ({"phoneNumbers": [{"value": "11", "primary": True}] * 2}, CONDECO),
]


def test_the_guides_error_texts_are_the_ones_that_are_raised() -> None:
    text = (DOCS / "guides" / "okta-condeco.md").read_text(encoding="utf-8")
    section = text.partition("## Troubleshooting")[2]
    promised = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    before = minimal(CONDECO)
    raised = [
        finding.detail for mistake, profile in BY_MISTAKE for finding in profile.check(before | mistake, before=None)
    ]
    raised += [finding.detail for finding in CONDECO.check(before | {"externalId": "other"}, before=before)]
    assert len(promised) >= 14
    for words in promised:
        assert any(words in detail for detail in raised), words
