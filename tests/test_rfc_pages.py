"""The pages of `docs/rfc/` have a row for each section of their RFC, and name tests and pages that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs" / "rfc").glob("*.md"))

# The sections that ask something of a service provider; what defines, registers or only gathers others has no row.
SECTIONS = {
    "rfc7643": (
        "2.1 2.2 2.3.1 2.3.2 2.3.3 2.3.4 2.3.5 2.3.6 2.3.7 2.3.8 2.4 2.5 3 3.1 3.2 3.3 4.1 4.1.2 4.2 4.3 5 6 7 8.1 8.6 "
        "8.7 9.2 9.3"
    ),
    "rfc7644": (
        "2 2.2 3.2 3.3 3.3.1 3.4.1 3.4.2 3.4.2.1 3.4.2.2 3.4.2.3 3.4.2.4 3.4.2.5 3.4.3 3.5.1 3.5.2 3.5.2.1 3.5.2.2 "
        "3.5.2.3 3.6 3.7 3.7.1 3.7.2 3.7.3 3.7.4 3.8 3.9 3.10 3.11 3.12 3.13 3.14 4 5 6 7.1 7.2 7.3 7.4 7.5.2 7.7 "
        "7.8 8.1"
    ),
    "rfc9865": "2 2.1 2.2 2.3 2.4 3 4 5",
}


def rows(page: Path) -> list[list[str]]:
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| §")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_there_is_a_page_for_each() -> None:
    assert [page.stem for page in PAGES] == sorted(SECTIONS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_section_has_a_row(page: Path) -> None:
    told = {section for row in rows(page) for section in re.findall(r"§([\d.]*\d)", row[0])}
    assert told >= set(SECTIONS[page.stem].split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_row_names_is_there(page: Path) -> None:
    for section, supported, _, shown_by in rows(page):
        tests = re.findall(r"`(tests/[^`]+)`", shown_by)
        assert tests or supported in ("no", "the host's"), f"{section}: nothing shows it"
        missing = [name for name in tests if not (ROOT / name).is_file()]
        assert not missing, f"{section} names {missing}"
