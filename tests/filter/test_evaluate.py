"""What matches: one document, one filter, yes or no."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimcore.filter import Filter, UnknownAttribute, bind, bind_value_filter, parse, predicate, scanner
from scimcore.resources import User
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.resource_type import ResourceType
from scimcore.urns import ENTERPRISE_USER

USERS = User.resource_type()
THINGS = ResourceType(
    "Thing",
    "/Things",
    Schema(
        "urn:example:2.0:Thing",
        attributes=(
            Attribute("count", AttributeType.INTEGER),
            Attribute("ratio", AttributeType.DECIMAL),
            Attribute("flag", AttributeType.BOOLEAN),
            Attribute("blob", AttributeType.BINARY),
            Attribute("made", AttributeType.DATE_TIME),
            Attribute("name"),
            Attribute("exact", case_exact=True),
            Attribute("tags", multi_valued=True),
            Attribute("counts", AttributeType.INTEGER, multi_valued=True),
            Attribute(
                "part",
                AttributeType.COMPLEX,
                sub_attributes=(Attribute("name"), Attribute("codes", multi_valued=True)),
            ),
            Attribute(
                "items",
                AttributeType.COMPLEX,
                multi_valued=True,
                sub_attributes=(Attribute("value"), Attribute("type"), Attribute("rank", AttributeType.INTEGER)),
            ),
        ),
    ),
)


def matches(text: str, document: dict) -> bool:
    found = Filter(text, THINGS)
    answer = found.matches(document)
    assert (found.select([document]) == [document]) is answer
    return answer


TEXT = {"name": "Captain Jürgen", "exact": "Ab", "blob": "TUlJQw=="}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('name eq "CAPTAIN JÜRGEN"', True),
        ('name eq "captain ju\u0308rgen"', True),
        ('name eq "Captain Jurgen"', False),
        ('name ne "captain jürgen"', False),
        ('name ne "x"', True),
        ('name co "IN J"', True),
        ('name co ""', True),
        ('name sw "cap"', True),
        ('name sw "jür"', False),
        ('name ew "GEN"', True),
        ('name ew "cap"', False),
        ('name co "%"', False),
        ('name gt "captain"', True),
        ('name lt "captain"', False),
        ('name ge "Captain Jürgen"', True),
        ('name le "captain jürgen"', True),
        ('exact eq "Ab"', True),
        ('exact eq "ab"', False),
        ('exact co "B"', False),
        ('exact sw "A"', True),
        ('exact gt "AB"', True),
        ('blob eq "TUlJQw=="', True),
        ('blob eq "tuljqw=="', False),
        ("name pr", True),
        ("name eq null", False),
        ("name ne null", True),
    ],
)
def test_text(text: str, expected: bool) -> None:
    assert matches(text, TEXT) is expected


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("Straße", "STRASSE"),
        ("ÉCOLE", "e\u0301cole"),
        ("\u212a", "k"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("\u0345", "\u03b9"),
        ("ＡＤＡ＠x", "ada@X"),
        ("ｶﾞ", "ガ"),
    ],
)
def test_text_of_all_scripts_compares_without_case(stored: str, asked: str) -> None:
    assert matches(f'name eq "{asked}"', {"name": stored})
    assert matches(f'name eq "{stored}"', {"name": asked})


@pytest.mark.parametrize(
    ("text", "document", "expected"),
    [
        ("count eq 10", {"count": 10}, True),
        ("count eq 10.0", {"count": 10}, True),
        ("count gt 9", {"count": 10}, True),
        ("count ge 10", {"count": 10}, True),
        ("count lt 10", {"count": 10}, False),
        ("count le -3", {"count": -3}, True),
        ("ratio gt 4", {"ratio": 4.5}, True),
        ("count eq 1", {"count": True}, False),
        ("count ge 0", {"count": True}, False),
        ("count ge 0", {"count": "7"}, False),
        ("count ne 1", {"count": "1"}, True),
        ("flag eq true", {"flag": True}, True),
        ("flag eq true", {"flag": 1}, False),
        ("flag eq false", {"flag": False}, True),
        ("flag eq false", {}, False),
        ("flag ne true", {"flag": False}, True),
        ("flag pr", {"flag": False}, True),
        ("count pr", {"count": 0}, True),
        ('made eq "2024-03-01T08:00:00Z"', {"made": "2024-03-01T10:00:00+02:00"}, True),
        ('made ne "2024-03-01T08:00:00Z"', {"made": "2024-03-01T10:00:00+02:00"}, False),
        ('made lt "2024-03-01T09:00:00Z"', {"made": "2024-03-01T10:00:00+02:00"}, True),
        ('made gt "2024-03-01T07:59:59.999Z"', {"made": "2024-03-01T08:00:00"}, True),
        ('made le "2024-03-01T08:00:00Z"', {"made": "2024-03-01T08:00:00.000001Z"}, False),
        ('made gt "2011-05-13T00:00:00"', {"made": "2024-03-01T08:00:00Z"}, True),
        ('made gt "2011-05-13"', {"made": "2024-03-01T08:00:00Z"}, True),
        ('made gt "2011-05-13"', {"made": "garbage"}, False),
        ('made eq "2011-05-13"', {"made": 5}, False),
        ('made ne "2011-05-13"', {"made": "garbage"}, True),
        ('made ge "0001-01-01T00:00:00+14:00"', {"made": "9999-12-31T23:59:59-12:00"}, True),
    ],
)
def test_numbers_booleans_and_time(text: str, document: dict, expected: bool) -> None:
    assert matches(text, document) is expected


@pytest.mark.parametrize(
    ("text", "absent", "null", "empty"),
    [
        ("name pr", False, False, False),
        ("name eq null", True, True, False),
        ("name ne null", False, False, True),
        ('name eq ""', False, False, True),
        ('name ne "x"', True, True, True),
        ('name co ""', False, False, True),
        ('name ge ""', False, False, True),
        ('not (name eq "x")', True, True, True),
    ],
)
def test_absence(text: str, absent: bool, null: bool, empty: bool) -> None:
    assert matches(text, {}) is absent
    assert matches(text, {"name": None}) is null
    assert matches(text, {"name": ""}) is empty


ITEMS = {
    "tags": ["red", "Blue"],
    "counts": [1, 20],
    "items": [{"value": "a", "type": "work", "rank": 1}, {"value": "b", "type": "home"}],
    "part": {"name": "x", "codes": ["p", "q"]},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('tags eq "blue"', True),
        ('tags eq "green"', False),
        ('tags ne "red"', True),
        ('not (tags eq "red")', False),
        ('tags[value eq "BLUE"]', True),
        ('tags[value sw "b" and value sw "r"]', False),
        ('tags sw "b" and tags sw "r"', True),
        ("counts gt 10", True),
        ("counts gt 20", False),
        ("tags pr", True),
        ("tags eq null", False),
        ("tags ne null", True),
        ('items eq "A"', True),
        ('items.value eq "b"', True),
        ('items.type ne "work"', True),
        ("items.rank pr", True),
        ("items.rank eq null", True),
        ("items.rank ge 1", True),
        ("items pr", True),
        ('items[type eq "work" and value eq "a"]', True),
        ('items[type eq "work" and value eq "b"]', False),
        ('items.type eq "work" and items.value eq "b"', True),
        ('items[type eq "home" and rank pr]', False),
        ('items[type eq "home" and rank eq null]', True),
        ('items[type eq "home" and not (rank pr)]', True),
        ('items[type eq "home" or type eq "work" or type eq "x"]', True),
        ('items[type eq "x" or type eq "y" or type eq "z"]', False),
        ('items[type eq "work" and value eq "a" and rank eq 1]', True),
        ('items[type eq "work" and value eq "a" and rank eq 2]', False),
        ('items[type eq "x"] or tags eq "red"', True),
        ('part.codes eq "q"', True),
        ('part.codes eq "z"', False),
        ('part[name eq "X" and codes eq "p"]', True),
        ('part[name eq "y"]', False),
        ("part pr", True),
        ("part eq null", False),
        ('items[type eq "work"].value eq "a"', True),
        ('items[type eq "work"].value eq "b"', False),
        ('items[type eq "work"] eq "a"', True),
    ],
)
def test_several_values(text: str, expected: bool) -> None:
    assert matches(text, ITEMS) is expected


@pytest.mark.parametrize("document", [{}, {"items": None}, {"items": []}, {"tags": [], "items": []}])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("items pr", False),
        ("items eq null", True),
        ("items.type eq null", True),
        ('items.type ne "work"', True),
        ('items.type eq "work"', False),
        ('items[type ne "work"]', False),
        ("items[type eq null]", False),
        ("not (items[type pr])", True),
        ('tags ne "x"', True),
        ("tags pr", False),
        ("part.name eq null", True),
        ("part pr", False),
    ],
)
def test_no_values(text: str, document: dict, expected: bool) -> None:
    assert matches(text, document) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": ""}, False),
        ({"name": None, "codes": []}, False),
        ({"codes": [""]}, False),
        ({"codes": ["", "x"]}, True),
        ({"name": False}, True),
        ({}, False),
        ("", False),
        ([], False),
    ],
)
def test_a_complex_value_is_present_with_its_parts(value: object, expected: bool) -> None:
    assert matches("part pr", {"part": value}) is expected
    assert matches("items pr", {"items": [value]}) is expected


@pytest.mark.parametrize(
    "document",
    [
        {"name": ["x"], "items": {"value": "x"}, "tags": "x", "part": "x"},
        {"name": {"x": 1}, "items": ["x", None, 5, [[]]], "tags": [None, {"x": []}], "part": ["x"]},
        {"name": 5, "items": "x", "tags": {"x": None}, "part": 5, "made": {}, "count": [], "flag": "x"},
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        'name eq "x" or name gt "a" or name co "a" or name sw "x" or name ew "x"',
        'items.value eq "x" or items[value eq "x"] or items[value ne "x"] or items pr',
        'tags eq "x" or tags[value eq "x"] or tags ne "x"',
        'part.name eq "x" or part.codes eq "x" or part[codes ne "x"]',
        'made gt "2011-05-13T00:00:00Z" or count gt 1 or flag eq true or count le 1 or count lt 1',
    ],
)
def test_documents_of_another_shape_do_no_harm(text: str, document: dict) -> None:
    assert isinstance(matches(text, document), bool)


def test_an_object_where_a_list_is_due_counts_as_its_only_element() -> None:
    assert matches('items.value eq "x"', {"items": {"value": "x"}})
    assert matches('tags eq "x"', {"tags": "x"})


def test_elements_of_a_value_filter() -> None:
    emails = predicate(bind_value_filter(parse('type eq "work"'), USERS.resolve("emails")).node)
    assert emails({"type": "Work"})
    assert not emails({"type": "home"})
    assert not emails({})
    schemas = bind_value_filter(parse(f'value eq "{ENTERPRISE_USER}"'), USERS.resolve("schemas"))
    assert predicate(schemas.node)(ENTERPRISE_USER)


def test_extensions() -> None:
    document = {ENTERPRISE_USER: {"department": "Deck", "manager": {"value": "k7"}}}
    assert Filter(f'{ENTERPRISE_USER}:department eq "deck"', USERS).matches(document)
    assert Filter('manager eq "k7"', USERS).matches(document)
    assert Filter(f"{ENTERPRISE_USER} pr", USERS).matches(document)
    assert Filter(f'{ENTERPRISE_USER}[department eq "deck" and manager.value eq "k7"]', USERS).matches(document)
    assert not Filter(f"{ENTERPRISE_USER} pr", USERS).matches({})


def test_a_constant_for_an_undefined_attribute() -> None:
    node = bind(parse("shoe pr or not (shoe pr)"), USERS, unknown=UnknownAttribute.ABSENT).node
    assert predicate(node)({})


texts = st.sampled_from(["x", "X", "é", "E\u0301", "ß", "ss", "", "\u212a", "k"])
documents = st.fixed_dictionaries(
    {},
    optional={
        "name": texts | st.none() | st.integers(0, 2),
        "exact": texts,
        "count": st.integers(0, 3) | st.booleans(),
        "tags": st.lists(texts, max_size=2),
        "items": st.lists(st.fixed_dictionaries({}, optional={"value": texts, "rank": st.integers(0, 2)}), max_size=2),
    },
)
terms = st.one_of(
    st.builds(
        '{} {} "{}"'.format,
        st.sampled_from(["name", "exact", "tags", "items"]),
        st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]),
        texts,
    ),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["count", "items.rank"]),
        st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]),
        st.integers(0, 3),
    ),
    st.builds(
        "{} {}".format,
        st.sampled_from(["name", "tags", "items", "count"]),
        st.sampled_from(["pr", "eq null", "ne null"]),
    ),
    st.builds('items[value eq "{}" and rank le {}]'.format, texts, st.integers(0, 2)),
)
filters = st.recursive(
    terms,
    lambda inner: (
        st.builds("({} and {})".format, inner, inner)
        | st.builds("({} or {})".format, inner, inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=5,
)


@given(filters, filters, documents)
def test_logic_is_that_of_python(one: str, other: str, document: dict) -> None:
    def ask(text: str) -> bool:
        return predicate(bind(parse(text), THINGS).node)(document)

    assert ask(f"{one} and {other}") is (ask(one) and ask(other))
    assert ask(f"{one} or {other}") is (ask(one) or ask(other))
    assert ask(f"not ({one})") is not ask(one)


@given(filters, st.lists(documents, max_size=4))
def test_a_scan_finds_what_the_predicate_finds(text: str, several: list[dict]) -> None:
    node = bind(parse(text), THINGS).node
    test = predicate(node)
    assert scanner(node)(several) == [document for document in several if test(document)]


@given(texts, texts)
def test_order_and_equality_agree(stored: str, asked: str) -> None:
    document = {"name": stored}
    equal, less, greater = (matches(f'name {operator} "{asked}"', document) for operator in ("eq", "lt", "gt"))
    assert [equal, less, greater].count(True) == 1
    assert matches(f'name ge "{asked}"', document) is (equal or greater)
    assert matches(f'name le "{asked}"', document) is (equal or less)
    assert matches(f'name ne "{asked}"', document) is not equal
