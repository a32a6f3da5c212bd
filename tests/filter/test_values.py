"""How text compares: the form does not depend on the way to it, and the way is short for any text."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimcore.filter.values import compose, fold, with_marks_in_order

# Marks of several classes; composed letters; characters whose parts have another class than they have; what casefolding
# makes a letter of, and several of.
CHARACTERS = "e\u0301\u0323\u0345\u0316\u0328\u0f71\u0f73\u0f74\u0f81\u0344\u1ed9\u03b1\u1fb3\u1e9e\ufb03\uac01 E"
TEXTS = st.text(st.sampled_from(CHARACTERS), max_size=40) | st.text(max_size=40)


@given(TEXTS)
def test_marks_in_order_make_an_equivalent_text(text: str) -> None:
    ordered = with_marks_in_order(text)
    for form in ("NFC", "NFD"):
        assert unicodedata.normalize(form, ordered) == unicodedata.normalize(form, text)  # type: ignore[arg-type]


@given(TEXTS)
def test_no_mark_has_to_be_moved_far(text: str) -> None:
    """What is out of order is part of a composed letter: no row of marks has to be sorted by insertion."""
    spelled = "".join(unicodedata.normalize("NFD", each) for each in with_marks_in_order(text + "\u0323\u0301" * 3))
    classes = [unicodedata.combining(each) for each in spelled]
    assert sum(0 < after < before for before, after in pairwise(classes)) <= sum(each == 0 for each in classes)


@given(TEXTS)
def test_long_text_compares_as_short_text_does(text: str) -> None:
    behind = "é" * 300
    assert fold(text + "x" + behind) == fold(text + "x") + behind
    assert compose(text + "x" + behind) == compose(text + "x") + behind


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0f73", "\u0344\u0323", "\u0345\u0301\u0323"])
def test_a_hundred_thousand_marks_are_no_work(marks: str) -> None:
    """By insertion, each of these takes minutes: a suite that hangs here has found it."""
    text = marks * (200_000 // len(marks))
    assert fold("e" + text) == fold("E" + text)
    assert compose("e" + text) == compose(unicodedata.normalize("NFD", "e") + with_marks_in_order(text))
