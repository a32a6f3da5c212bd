"""The window: cases as data, and what holds for any selection."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_types import described, read
from scimcore.errors import InvalidValue
from scimcore.projection import DEFAULT_SELECTION, Selection, project, projector, projector_of_own
from scimcore.resources import User

VECTORS = read("projection.json")
NOTE = described(VECTORS)["Note"]
FULL = VECTORS["document"]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"])
def test_case(case: dict) -> None:
    before = copy.deepcopy(FULL)
    selection = Selection(tuple(case.get("attributes", ())), tuple(case.get("excludedAttributes", ())))
    assert project(FULL, selection, NOTE) == case["shown"]
    assert before == FULL


def test_parse() -> None:
    assert Selection.parse() == DEFAULT_SELECTION
    assert Selection.parse("") == DEFAULT_SELECTION
    assert Selection.parse(" userName, name.givenName ,,") == Selection(("userName", "name.givenName"))
    assert Selection.parse(None, "members") == Selection((), ("members",))
    with pytest.raises(InvalidValue, match="exclude each other"):
        Selection.parse("a", "b")


def test_a_selection_is_compiled_once_however_it_is_spelt() -> None:
    assert projector(NOTE, Selection(("text",))) is projector(NOTE, Selection(("TEXT", "text", "nope" * 1000)))
    assert projector(NOTE, Selection((), ("text",))) is projector(NOTE, Selection((), ("Text",)))


REFERENCES = [
    reference
    for case in VECTORS["cases"]
    for key in ("attributes", "excludedAttributes")
    for reference in case.get(key, ())
]
SELECTIONS = st.builds(
    Selection,
    st.lists(st.sampled_from(REFERENCES), max_size=4).map(tuple),
    st.lists(st.sampled_from(REFERENCES), max_size=4).map(tuple),
)


def paths(value, at=()):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*at, name)
            yield from paths(inner, (*at, name))
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, at)


MARK = "urn:example:params:scim:schemas:extension:mark:2.0:Note"
NEVER = {
    *[(name,) for name in ("secret", "hash", "vault")],
    *[("vault", "value"), ("author", "key"), ("links", "key"), (MARK, "seal"), (MARK, "box", "key")],
}
ALWAYS = {("schemas",), ("id",), ("title",), ("author", "value"), ("audit", "by"), (MARK, "stamp")}


@pytest.mark.parametrize("selection", [Selection(("name.givenName",)), Selection((), ("name.familyName",))])
def test_a_value_of_which_nothing_is_left_goes(selection) -> None:
    document = {"id": "1", "name": {"familyName": "Lovelace"}}
    assert project(document, selection, User.resource_type()) == {"id": "1"}
    assert document["name"]


@given(SELECTIONS)
def test_of_ones_own_document_only_the_outermost_object_is_changed(selection) -> None:
    own, before = FULL.copy(), copy.deepcopy(FULL)
    assert projector_of_own(NOTE, selection)(own) == project(FULL, selection, NOTE)
    assert before == FULL


@given(SELECTIONS)
def test_never_is_never_shown_always_always_and_twice_is_once(selection) -> None:
    shown = project(FULL, selection, NOTE)
    found = set(paths(shown))
    assert not found & NEVER
    assert found >= ALWAYS
    assert found <= set(paths(FULL))
    assert project(shown, selection, NOTE) == shown
