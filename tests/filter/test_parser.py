"""Text to tree, and what is said where there is none."""

import contextlib
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimcore.errors import InvalidFilter, InvalidPath
from scimcore.filter.ast import And, Comparison, FilterNode, Not, Operator, Or, PatchPath, Present, ValuePath, levels
from scimcore.filter.parser import FilterLimits, parse, parse_patch_path, parse_reporting
from scimcore.filter.tolerances import STRICT, FilterTolerance
from scimcore.paths import AttributePath

EVERYTHING = FilterLimits(max_characters=10_000_000, max_terms=1_000_000, max_depth=1_000_000)


def path(text: str) -> AttributePath:
    return AttributePath.parse(text)


def eq(name: str, value: object) -> Comparison:
    return Comparison(path(name), Operator.EQ, value)


A, B, C, D = (Present(path(name)) for name in "abcd")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('userName eq "bjensen"', eq("userName", "bjensen")),
        ('userName eq"bjensen"', eq("userName", "bjensen")),
        ('\t userName \r\n eq  "bjensen" ', eq("userName", "bjensen")),
        ("a pr", A),
        ("a PR", A),
        ("and pr", Present(path("and"))),
        ("not pr", Present(path("not"))),
        ("pr pr", Present(path("pr"))),
        ("trueName eq true", eq("trueName", True)),
        ("a pr and b pr or c pr and d pr", Or((And((A, B)), And((C, D))))),
        ("a pr or b pr and c pr or d pr", Or((A, And((B, C)), D))),
        ("a pr and (b pr or c pr) and d pr", And((A, Or((B, C)), D))),
        ("a pr AND b pr OR c pr", Or((And((A, B)), C))),
        ("a pr and b pr and c pr", And((A, B, C))),
        ("(a pr and b pr) and c pr", And((And((A, B)), C))),
        ("a pr or (b pr or c pr)", Or((A, Or((B, C))))),
        ("((a pr)) and ((b pr))", And((A, B))),
        ("not (a pr) and b pr", And((Not(A), B))),
        ("not(a pr)", Not(A)),
        ("NOT ( a pr or b pr )", Not(Or((A, B)))),
        ("not (not (a pr))", Not(Not(A))),
        ("a pr and(b pr)or(c pr)", Or((And((A, B)), C))),
        ('emails[type eq "work"]', ValuePath(path("emails"), eq("type", "work"))),
        ("emails [ (a pr or b pr) and c pr ]", ValuePath(path("emails"), And((Or((A, B)), C)))),
        ("x[not (a pr)] and b pr", And((ValuePath(path("x"), Not(A)), B))),
        ("x[a pr] or x[b pr]", Or((ValuePath(path("x"), A), ValuePath(path("x"), B)))),
        ("(x[(a pr)])", ValuePath(path("x"), A)),
        ('urn:x:y:2.0:User:a.b eq "c"', eq("urn:x:y:2.0:User:a.b", "c")),
        ('members.$ref sw "x"', Comparison(path("members.$ref"), Operator.SW, "x")),
        ("title pr and" + " " * 1000 + "b pr", And((Present(path("title")), B))),
    ],
)
def test_trees(text: str, tree: FilterNode) -> None:
    parsed = parse_reporting(text, tolerances=STRICT)
    assert parsed.node == tree
    assert parsed.tolerated == ()
    assert parse(str(tree)) == tree


@pytest.mark.parametrize("operator", Operator)
def test_operators_in_any_casing(operator: Operator) -> None:
    for spelling in (operator, operator.upper(), operator.capitalize(), operator[0] + operator[1].upper()):
        assert parse(f"a {spelling} 1") == Comparison(path("a"), operator, 1)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ('""', ""),
        ('"a b"', "a b"),
        (r'"\"\\\/\b\f\n\r\t"', '"\\/\b\f\n\r\t'),
        (r'"\u00fc\u00FC"', "üü"),
        (r'"\ud83d\ude00"', "😀"),
        ('"😀 ü"', "😀 ü"),
        ('") or (a pr"', ") or (a pr"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("0", 0),
        ("-0", 0),
        ("10", 10),
        ("-3", -3),
        ("4.5", 4.5),
        ("-0.25", -0.25),
        ("1e3", 1000.0),
        ("1E+3", 1000.0),
        ("25e-1", 2.5),
        ("9" * 308, int("9" * 308)),
        ("1e-999", 0.0),
    ],
)
def test_literals(literal: str, value: object) -> None:
    node = parse(f"a eq {literal}", tolerances=STRICT)
    assert isinstance(node, Comparison)
    assert node == eq("a", value)
    assert type(node.value) is type(value)
    assert parse(str(node)) == node


def test_true_is_not_one() -> None:
    assert parse("a eq true") != parse("a eq 1")
    assert parse("a eq 1") == parse("a eq 1.0")
    assert parse("A eq 1") == parse("a eq 1")
    assert hash(parse("A eq 1")) == hash(parse("a eq 1"))
    assert parse("a eq 1") != 1


@pytest.mark.parametrize(
    ("text", "column", "detail"),
    [
        ("", 0, "the filter is empty"),
        ("  ", 2, "the filter is empty"),
        ('userName eqq "x"', 9, "The operator 'eqq' is not supported; expected one of eq, ne, co, sw, ew, gt"),
        ('userName = "x"', 9, "The operator '=' is not supported"),
        ('userName regex "x"', 9, "The operator 'regex' is not supported"),
        ('userName="x"', 0, "'userName=' is not an attribute path"),
        ("title", 5, "expected an operator after 'title'"),
        ("title ", 6, "expected an operator after 'title'"),
        ("title (", 6, "expected an operator after 'title'"),
        ('title"x"', 5, "expected an operator after 'title'"),
        ("title eq", 8, "expected a value after 'eq'"),
        ("title eq ", 9, "expected a value after 'eq'"),
        ("title eq (a pr)", 9, "expected a value after 'eq'"),
        ("title eq and a pr", 9, "expected a value"),
        ("title eq 'x'", 9, "double quotes"),
        ("title eq jyoung", 9, "expected a value"),
        ("title eq True", 9, "lower case"),
        ("title eq NULL", 9, "lower case"),
        ("title eq 010", 9, "not a JSON number"),
        ("title eq +1", 9, "not a JSON number"),
        ("title eq 1.", 9, "not a JSON number"),
        ("title eq .5", 9, "not a JSON number"),
        ("title eq -", 9, "not a JSON number"),
        ("title eq 1e999", 9, "too large"),
        ("title eq " + "1" * 309, 9, "too long"),
        ("title eq NaN", 9, "expected a value"),
        ("title eq ٣", 9, "not a JSON number"),
        ('title eq "x', 9, "no closing quote"),
        ('title eq "x\\"', 9, "no closing quote"),
        ('title eq "a\\x"', 11, "not an escape"),
        ('title eq "a\\u12"', 11, "not an escape"),
        ('title eq "a\nb"', 11, "control character"),
        ('title eq "a\ud800b"', 11, "control character"),
        (r'title eq "\ud800"', 9, "surrogate"),
        (r'title eq "\ude00\ud83d"', 9, "surrogate"),
        ('title eq "x"y', 12, "expected 'and', 'or' or the end where there is 'y'"),
        ('title eq "x" title pr', 13, "expected 'and', 'or' or the end"),
        ("title pr and", 12, "ends after 'and'"),
        ("title pr or ", 12, "ends after 'or'"),
        ("title pr and or b pr", 13, "expected an attribute after 'and' and not 'or'"),
        ("title pr AND AND b pr", 13, "expected an attribute after 'and' and not 'AND'"),
        ("or title pr", 3, "The operator 'title' is not supported"),
        ("(title pr and)", 13, "and not ')'"),
        ("title pr andb pr", 9, "expected 'and', 'or' or the end"),
        ("title pr(b pr)", 8, "expected 'and', 'or' or the end after 'pr'"),
        ("title prx", 6, "The operator 'prx' is not supported"),
        ("(title pr", 9, "expected 'and', 'or' or ')' where it ends"),
        ("title pr)", 8, "')' has no partner"),
        ("title pr]", 8, "']' has no partner"),
        ("(title pr]", 9, "']' has no partner"),
        ("x[a pr)", 6, "')' has no partner"),
        ("x[a pr", 6, "expected 'and', 'or' or ']' where it ends"),
        ("()", 1, "and not ')'"),
        ("x[]", 2, "and not ']'"),
        ("x[", 2, "ends after '['"),
        ("(", 1, "ends after '('"),
        ("not title pr", 4, "The operator 'title' is not supported"),
        ('"title" eq 1', 0, "and not '\"'"),
        ("x[y[a pr]]", 2, "a value path cannot stand inside another one"),
        ("x[(a pr and y[b pr])]", 12, "a value path cannot stand inside another one"),
        ("9lives pr", 0, "not an attribute path"),
        (".a pr", 0, "not an attribute path"),
        ("a. pr", 0, "not an attribute path"),
        ("a.b.c pr", 0, "not an attribute path"),
        ("a[b pr].c eq 1", 7, "no comparison behind a value path"),
        ("a[b pr] eq 1", 7, "no comparison behind a value path"),
        ("a[b pr].c.d eq 1", 7, "no comparison behind a value path"),
        ("a[b pr].c", 7, "expected 'and', 'or' or the end where there is '.'"),
        ("a[b pr].c eqq 1", 7, "expected 'and', 'or' or the end where there is '.'"),
        ("\u017fw pr", 0, "not an attribute path"),
        ('a \u017fw "x"', 2, "The operator '\u017fw' is not supported"),
        ("x" * 300 + "! pr", 0, "not an attribute path"),
    ],
)
def test_complaints(text: str, column: int, detail: str) -> None:
    with pytest.raises(InvalidFilter) as caught:
        parse(text, tolerances=STRICT)
    assert detail in caught.value.detail
    assert caught.value.column == column
    assert caught.value.text == text


def test_the_caret_stands_below_the_mistake() -> None:
    with pytest.raises(InvalidFilter) as caught:
        parse('userName eqq "x"')
    lines = str(caught.value).splitlines()
    assert lines[1:] == ['    userName eqq "x"', "             ^"]


def test_a_value_without_quotes_is_not_repeated() -> None:
    with pytest.raises(InvalidFilter) as caught:
        parse("password eq hunter2")
    assert "hunter2" not in caught.value.detail


@pytest.mark.parametrize(
    ("text", "meant", "tolerance", "about"),
    [
        ('x[a pr].b eq "c"', 'x[a pr and b eq "c"]', "valuePathSubAttribute", "x.b"),
        ('x[a pr] eq "c"', 'x[a pr and value eq "c"]', "valuePathSubAttribute", "x"),
        ("x[a pr].b pr", "x[a pr and b pr]", "valuePathSubAttribute", "x.b"),
        (r'x[a pr or b pr].c eq "\n"', r'x[(a pr or b pr) and c eq "\n"]', "valuePathSubAttribute", "x.c"),
        ("a eq True", "a eq true", "literalCase", "a"),
        ("a eq FALSE", "a eq false", "literalCase", "a"),
        ("a eq Null", "a eq null", "literalCase", "a"),
    ],
)
def test_tolerated_forms(text: str, meant: str, tolerance: str, about: str) -> None:
    parsed = parse_reporting(text)
    assert str(parsed.node) == meant
    assert [(used.tolerance, used.path) for used in parsed.tolerated] == [(tolerance, about)]
    assert parse(meant, tolerances=STRICT) == parsed.node
    with pytest.raises(InvalidFilter):
        parse(text, tolerances=frozenset(FilterTolerance) - {FilterTolerance(tolerance)})


def test_several_tolerated_forms_go_on_with_the_filter() -> None:
    node = parse("(x[a pr].b eq True or c pr) and d pr")
    assert str(node) == "(x[a pr and b eq true] or c pr) and d pr"


# Limits and time ---------------------------------------------------------------------------------------------------


def nested(opening: str, closing: str, times: int) -> str:
    return opening * times + "a pr" + closing * times


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("a pr", FilterLimits(max_characters=3)),
        ("a pr and a pr", FilterLimits(max_terms=1)),
        ("x[a pr].b pr", FilterLimits(max_terms=1)),
        (nested("(", ")", 3), FilterLimits(max_depth=2)),
        (nested("x[(", ")]", 1), FilterLimits(max_depth=1)),
        (nested("not (", ")", 51), FilterLimits()),
        (nested("(", ")", 10_000), FilterLimits()),
        (" or ".join(["a pr"] * 10_000), FilterLimits()),
        ("(" * 1_000_000, FilterLimits()),
        (nested("not (", ")", 10_000), EVERYTHING),
        (nested("a pr and (b pr or ", ")", 5_000), EVERYTHING),
        ("(" * 10_000, EVERYTHING),
        ("not " * 10_000, EVERYTHING),
        ("x[" * 10_000, EVERYTHING),
        ("urn:" + "a:" * 100_000 + "! pr", EVERYTHING),
        ('a eq "' + "\\" * 100_001, EVERYTHING),
        ("a eq " + "1" * 100_000, EVERYTHING),
        ("a" * 100_000 + "." * 100_000, EVERYTHING),
        ('a eq "x" ' * 10_000, EVERYTHING),
        (" " * 1_000_000, EVERYTHING),
        ("a." * 50_000 + "b pr", EVERYTHING),
    ],
)
def test_what_is_too_much_is_refused(text: str, limits: FilterLimits) -> None:
    with pytest.raises(InvalidFilter) as caught:
        parse(text, limits=limits)
    assert 0 <= caught.value.column <= len(text)
    assert len(caught.value.detail) < 300


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        (nested("(", ")", 10_000), 1),
        (" or ".join(["a pr"] * 10_000), 2),
        (" and ".join(["(a pr)"] * 10_000), 2),
        (nested("not (", ")", 150), 151),
        ('a eq "' + "\\u0041" * 100_000 + '"', 1),
        ("a pr" + " " * 1_000_000, 1),
        ("urn:" + "a:" * 100_000 + "b pr", 1),
    ],
)
def test_what_is_much_is_read(text: str, depth: int) -> None:
    node = parse(text, limits=EVERYTHING)
    assert levels(node) == depth
    assert parse(str(node), limits=EVERYTHING) == node
    assert hash(node) == hash(parse(text, limits=EVERYTHING))


GROWING = {
    "parentheses": lambda n: nested("(", ")", n),
    "nots": lambda n: nested("not (", ")", n),
    "ors": lambda n: " or ".join(["a eq 1"] * n),
    "tolerated": lambda n: " and ".join(['x[a eq "b"].c eq "d"'] * n),
    "brackets": lambda n: "x[" * n,
    "escapes": lambda n: 'a eq "' + "\\n" * n + '"',
    "colons": lambda n: "urn:" + "a:" * n + "b",
    "digits": lambda n: "a eq " + "9" * n,
    "no connectives": lambda n: "a pr " * n,
}


@pytest.mark.parametrize("make", GROWING.values(), ids=GROWING)
def test_work_is_linear(make) -> None:
    def steps(text: str) -> int:
        count = 0

        def step(*_: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(step)
        try:
            with contextlib.suppress(InvalidFilter):
                parse(text, limits=EVERYTHING)
        finally:
            sys.setprofile(None)
        return count

    # Sixteen times the text; a step of each term over all terms would make it 256 times the calls.
    assert steps(make(16_000)) < 17 * steps(make(1_000)) + 100


# PATCH paths ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("members", PatchPath(path("members"))),
        ("name.familyName", PatchPath(path("name.familyName"))),
        ("urn:x:y:2.0:User", PatchPath(path("urn:x:y:2.0:User"))),
        ("urn:x:y:2.0:User:manager.value", PatchPath(path("urn:x:y:2.0:User:manager.value"))),
        ('addresses[type eq "work"]', PatchPath(path("addresses"), eq("type", "work"))),
        ('members[value eq "a"].displayName', PatchPath(path("members"), eq("value", "a"), "displayName")),
        ("x[a pr].$ref", PatchPath(path("x"), A, "$ref")),
        ("urn:x:y:2.0:User:x[(a pr)].b", PatchPath(path("urn:x:y:2.0:User:x"), A, "b")),
        ('emails[TYPE EQ "]"].VALUE', PatchPath(path("emails"), eq("type", "]"), "VALUE")),
    ],
)
def test_patch_paths(text: str, expected: PatchPath) -> None:
    found = parse_patch_path(text)
    assert (found.path, found.value_filter) == (expected.path, expected.value_filter)
    assert found.sub_attribute == expected.sub_attribute
    assert parse_patch_path(str(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "[a pr]",
        "emails[]",
        "emails[0].value",
        "emails[a pr",
        "emails[a pr])",
        "emails[a pr] ",
        "emails[a pr].",
        "emails[a pr].b.c",
        "emails[a pr].__class__",
        "emails[a pr].b eq 1",
        "emails[a pr] pr",
        "emails[a pr][b pr]",
        "emails[x[a pr]]",
        "emails[(a pr])",
        "emails[a pr or]",
        "emails(a pr)",
        'emails"',
        "emails [a pr]",
        "userName eq 1",
        "name.__class__",
        "__proto__.polluted",
        "emails[type eq 'work'].value",
        "emails[" + "(" * 64 + 'type eq "work"' + ")" * 64 + "].value",
        "emails[" * 10_000,
        "C:\\tmp",
    ],
)
def test_what_is_no_patch_path(text: str) -> None:
    with pytest.raises(InvalidPath) as caught:
        parse_patch_path(text)
    assert len(caught.value.detail) < 300


# Laws ----------------------------------------------------------------------------------------------------------------

names = st.from_regex(r"[A-Za-z][A-Za-z0-9_$-]{0,5}", fullmatch=True)
attribute_paths = st.builds(
    AttributePath,
    st.none() | st.sampled_from(["urn:x:y:2.0:User", "urn:ietf:params:scim:schemas:core:2.0:User"]),
    names,
    st.none() | names,
)
literals = (
    st.text(st.characters(codec="utf-8"), max_size=8)
    | st.integers(-(10**300), 10**300)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.none()
)
leaves = st.builds(Comparison, attribute_paths, st.sampled_from(Operator), literals) | st.builds(
    Present, attribute_paths
)


def logic(inner: st.SearchStrategy) -> st.SearchStrategy:
    chains = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return chains.map(And) | chains.map(Or) | inner.map(Not)


value_paths = st.builds(ValuePath, attribute_paths, st.recursive(leaves, logic, max_leaves=5))
trees = st.recursive(leaves | value_paths, logic, max_leaves=12)
words = st.sampled_from(
    [*'()[]" ."\\', " ", "a", "emails", "not ", "and ", " or ", " eq ", " pr", '"x"', "true", "1", "-", "urn:a:b:"]
)


@given(trees)
def test_what_is_printed_parses_to_the_same_tree(tree: FilterNode) -> None:
    assert parse(str(tree), tolerances=STRICT) == tree


@given(st.text(max_size=40) | st.lists(words, max_size=25).map("".join))
def test_any_text_is_a_filter_or_invalid_at_a_column(text: str) -> None:
    fault = None
    try:
        node = parse(text)
    except InvalidFilter as error:
        fault = error
    if fault is None:
        assert parse(str(node), tolerances=STRICT) == node
    else:
        assert 0 <= fault.column <= len(text)
        assert fault.text == text
        assert str(fault)


@given(st.text(max_size=40) | st.lists(words, max_size=25).map("".join))
def test_any_text_is_a_patch_path_or_invalid(text: str) -> None:
    try:
        found = parse_patch_path(text)
    except InvalidPath:
        return
    assert parse_patch_path(str(found)) == found
