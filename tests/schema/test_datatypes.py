"""Texts that carry a data type: cases as data, and the laws of canonical forms."""

import base64
import contextlib
import re
import zoneinfo
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_types import read
from scimcore.schema import datatypes
from scimcore.schema.characteristics import Format
from scimcore.schema.datatypes import (
    CANONICAL,
    canonical_binary,
    canonical_date_time,
    canonical_language_ranges,
    canonical_language_tag,
    canonical_time_zone,
    format_date_time,
    parse_date_time,
)

FUNCTIONS = {
    "dateTime": canonical_date_time,
    "binary": canonical_binary,
    **{kind.value: function for kind, function in CANONICAL.items()},
}


@pytest.mark.parametrize(
    "case", read("data_types.json")["cases"], ids=lambda case: f"{case['type']}-{case['text']!r:.40}"
)
def test_case(case: dict) -> None:
    function, text = FUNCTIONS[case["type"]], case["text"]
    if case["canonical"] is None:
        with pytest.raises(ValueError, match=r"^must ") as caught:
            function(text)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 200
    else:
        assert function(text) == case["canonical"]
        assert function(case["canonical"]) == case["canonical"]


def test_every_format_has_its_function() -> None:
    assert set(CANONICAL) == set(Format) - {Format.ANY}


RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
OFFSETS = st.integers(-86_399, 86_399).map(lambda seconds: timezone(timedelta(seconds=seconds)))
MOMENTS = st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1), timezones=OFFSETS | st.just(UTC))


@given(MOMENTS)
def test_a_moment_survives_its_text(moment: datetime) -> None:
    text = format_date_time(moment)
    assert RFC_3339.fullmatch(text)
    assert parse_date_time(text) == moment
    assert canonical_date_time(text) == text
    assert canonical_date_time(moment.isoformat()) == canonical_date_time(canonical_date_time(moment.isoformat()))
    assert parse_date_time(canonical_date_time(moment.isoformat(" "))) == moment


TEXTS = st.text(max_size=30) | st.text("0123456789-:TZ+. APMGTC", max_size=30)


@given(TEXTS | st.text("enUS-_xi*;q=0.,1 ", max_size=20) | st.text("AZaz09+/-_= \n", max_size=20))
def test_any_text_has_a_canonical_form_or_is_refused_with_a_reason(text: str) -> None:
    for function in FUNCTIONS.values():
        with contextlib.suppress(ValueError):
            canonical = function(text)
            assert function(canonical) == canonical


@given(st.binary(max_size=40), st.booleans(), st.booleans())
def test_base64_of_any_bytes(value: bytes, url: bool, padded: bool) -> None:
    text = (base64.urlsafe_b64encode if url else base64.b64encode)(value).decode()
    text = text if padded else text.rstrip("=")
    assert canonical_binary(text) == text


def test_what_is_precise_to_the_millisecond_says_no_more() -> None:
    assert format_date_time(datetime(2011, 5, 13, 4, 42, 34, 120_000, UTC)) == "2011-05-13T04:42:34.120Z"
    assert format_date_time(datetime(2011, 5, 13, 4, 42, 34, 1, UTC)) == "2011-05-13T04:42:34.000001Z"


def test_long_texts_are_refused_fast() -> None:
    for function in (canonical_date_time, canonical_language_tag, canonical_language_ranges, canonical_time_zone):
        with pytest.raises(ValueError, match="must be"):
            function("en-US," * 100_000)
    with pytest.raises(ValueError, match="base64"):
        canonical_binary("A=" * 500_000)


@given(st.text("AZaz09+/=-_ é", max_size=12))
def test_base64_is_what_decodes(text: str) -> None:
    digits = "".join(text.split()).replace("-", "+").replace("_", "/")
    mixed = set(text) & set("+/") and set(text) & set("-_")
    # It would take no padding for more than it must be, and no more than two.
    padding = len(digits) - len(digits.rstrip("="))
    whole = padding <= 2 and (len(digits) % 4 == 0 if padding else len(digits) % 4 != 1)
    try:
        base64.b64decode(digits.rstrip("=") + "=" * (-len(digits.rstrip("=")) % 4), validate=True)
        decodes = whole and not mixed
    except ValueError:
        decodes = False
    try:
        canonical_binary(text)
    except ValueError:
        assert not decodes
    else:
        assert decodes


def test_without_a_database_any_name_of_the_right_shape_is_a_time_zone(monkeypatch) -> None:
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    datatypes._time_zones.cache_clear()
    canonical_time_zone.cache_clear()
    try:
        assert canonical_time_zone("Mars/Olympus_Mons") == "Mars/Olympus_Mons"
        with pytest.raises(ValueError, match="IANA"):
            canonical_time_zone("Pacific Standard Time")
    finally:
        datatypes._time_zones.cache_clear()
        canonical_time_zone.cache_clear()
