"""``vectors/filter_corners.json``: filters at the edges of the grammar and of each type, strict and tolerant."""

from typing import Any

import pytest

from filter_corners import CORNERS, RESOURCES, TYPES, text_of
from scimcore.errors import InvalidFilter
from scimcore.filter import STRICT, TOLERANT, Filter, FilterTolerance


def _answer(case: dict[str, Any], tolerances: frozenset[FilterTolerance]) -> bool | str | None:
    text, of = text_of(case), case.get("of", "gadget")
    try:
        found = Filter(text, TYPES[of], tolerances=tolerances)
    except InvalidFilter as error:
        assert error.status == 400
        assert error.text == text
        assert 0 <= error.column <= len(text)
        return error.scim_type
    assert Filter(str(found), TYPES[of], tolerances=tolerances).node == found.node
    assert found.select([RESOURCES[of]]) == [RESOURCES[of]] * found.matches(RESOURCES[of])
    return found.matches(RESOURCES[of])


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CORNERS["cases"]])
def test_case(case: dict[str, Any]) -> None:
    assert _answer(case, STRICT) == case["strict"]
    assert _answer(case, TOLERANT) == case.get("tolerant", case["strict"])


@pytest.mark.parametrize("text", ["({}title pr{})", 'emails[{}type eq "work"{}]', "not ({}title pr{})"])
@pytest.mark.parametrize(("depth", "accepted"), [(20, True), (5000, False)])
def test_depth(text: str, depth: int, accepted: bool) -> None:
    deep = text.format("(" * depth, ")" * depth)
    if accepted:
        assert Filter(deep, TYPES["gadget"]).matches(RESOURCES["gadget"]) is ("not" not in text)
    else:
        with pytest.raises(InvalidFilter):
            Filter(deep, TYPES["gadget"])
