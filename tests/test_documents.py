"""Reading and writing JSON: bad input as cases, the laws, the limits."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimcore import documents
from scimcore.documents import (
    DEFAULT_LIMITS,
    Limits,
    dumps,
    is_object,
    is_unassigned,
    json_type_name,
    loads,
    loads_object,
    printable,
)
from scimcore.errors import InvalidSyntax, PayloadTooLarge, ScimError


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"{}{}", "not JSON"),
        (b"{'a':1}", "not JSON"),
        (b'{"a":1,}', "not JSON"),
        (b'"a\nb"', "not JSON"),
        (b"<html>", "not JSON"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "not UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"NaN", "NaN is not a JSON value"),
        (b"[Infinity]", "Infinity is not a JSON value"),
        (b'{"a":-Infinity}', "-Infinity is not a JSON value"),
        (b"1e999", "too large"),
        (b"[-1e999]", "too large"),
        (b"1" * 5_000, "too long"),
        (b'["\\ud800"]', "half a surrogate pair"),
        (b'{"\\udc00":1}', "half a surrogate pair"),
        (b'{"a":1,"a":1}', "'a' appears twice"),
        (b'{"a":1,"A":1}', "'A' appears twice"),
        (b'[{"x":{"userName":1,"b":2,"USERNAME":null}}]', "'USERNAME' appears twice"),
        (b'{"a\\nb":1,"A\\nB":1}', "'A?B' appears twice"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_refuses(body: bytes, says: str) -> None:
    with pytest.raises(InvalidSyntax) as caught:
        loads(body)
    assert says in caught.value.detail
    assert "\n" not in caught.value.detail


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b' {"a": [1, 2.5, true, null, "\xc3\xa9"]} ', {"a": [1, 2.5, True, None, "é"]}),
        (b'"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        (b'[{"a":1},{"A":1}]', [{"a": 1}, {"A": 1}]),
        (b'{"a":{"A":1}}', {"a": {"A": 1}}),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b"1e-999", 0.0),
    ],
)
def test_reads(body: bytes, value) -> None:
    assert loads(body) == value


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_depth(opening: bytes, closing: bytes) -> None:
    def nested(depth: int) -> bytes:
        return opening * depth + b"1" + closing * depth

    loads(nested(32))
    for depth in (33, 34, 1_000, 100_000):
        with pytest.raises(InvalidSyntax, match="nests deeper than 32 levels"):
            loads(nested(depth))
    with pytest.raises(InvalidSyntax, match="nests deeper than 32 levels"):
        loads(opening * 100_000)
    assert loads(nested(3), limits=Limits(max_depth=3)) == loads(nested(3))
    with pytest.raises(InvalidSyntax, match="nests deeper than 2 levels"):
        loads(nested(3), limits=Limits(max_depth=2))
    # Many brackets side by side are not deep.
    assert len(loads(b"[" + b",".join([b"[]"] * 1_000) + b"]")) == 1_000


def test_size() -> None:
    with pytest.raises(PayloadTooLarge, match="10000000 bytes; at most 1048576"):
        loads(b" " * 10_000_000)
    assert DEFAULT_LIMITS.max_payload_bytes == 1_048_576
    assert loads(b" " * 1_048_575 + b"1") == 1
    assert loads(b" " * 2_000_000 + b"1", limits=Limits(max_payload_bytes=3_000_000)) == 1


def test_one_repeated_name_among_many_is_named() -> None:
    names = [b'"name%d":1' % number for number in range(60_000)]
    with pytest.raises(InvalidSyntax, match="'NAME59999' appears twice"):
        loads(b"{" + b",".join([*names, b'"NAME59999":1']) + b"}")


def test_loads_object() -> None:
    assert loads_object(b'{"a":1}') == {"a": 1}
    for body, name in (
        (b"[]", "an array"),
        (b"1", "a number"),
        (b'"x"', "a string"),
        (b"null", "null"),
        (b"true", "a boolean"),
    ):
        with pytest.raises(InvalidSyntax, match=f"must be a JSON object, not {name}"):
            loads_object(body)


@pytest.mark.parametrize("write", [documents._write_completely, orjson.dumps], ids=["pydantic", "orjson"])
def test_dumps(write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "quick_dumps", write)
    # More than the 64 bits at which orjson stops.
    assert dumps({"a": 2**70}) == b'{"a":1180591620717411303424}'
    assert dumps({"a": ["é", 1, 2.5, None, True]}) == '{"a":["é",1,2.5,null,true]}'.encode()
    assert dumps([float("nan"), float("inf")]) == b"[null,null]"
    with pytest.raises(ValueError, match=r"surrogate|serialize"):
        dumps("\ud800")
    with pytest.raises(ValueError, match="serialize"):
        dumps(object())


@pytest.mark.parametrize("value", [None, [], {}])
def test_unassigned(value) -> None:
    assert is_unassigned(value)


@pytest.mark.parametrize("value", [False, 0, "", 0.0, [None], {"a": None}])
def test_assigned(value) -> None:
    assert not is_unassigned(value)


def test_names_of_types() -> None:
    values = [{}, [], "", True, 1, 1.5, None, object()]
    assert [json_type_name(value) for value in values] == [
        "an object", "an array", "a string", "a boolean", "a number", "a number", "null", "something that is not JSON",
    ]  # fmt: skip
    assert is_object({})
    assert not is_object([])


def test_printable() -> None:
    assert printable("user\r\nname\x1b[0m\ud800") == "user??name?[0m?"
    assert printable("a" * 81) == "a" * 80 + "..."
    assert printable("a" * 80) == "a" * 80


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(st.tuples(TEXTS, inner), max_size=4, unique_by=lambda pair: pair[0].lower()).map(dict)
    ),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_what_is_written_is_read(value) -> None:
    assert loads(dumps(value)) == value
    assert json.loads(dumps(value)) == value


JSON_LIKE = st.text(alphabet='{}[]",:\\ud8019aAeE+-. \n\x00é', max_size=40).map(str.encode)


@given(st.binary(max_size=60) | JSON_LIKE)
def test_any_bytes_are_a_value_or_a_scim_error(body: bytes) -> None:
    try:
        value = loads(body)
    except ScimError:
        return
    assert json.loads(body) == value
    assert loads(dumps(value)) == value


@pytest.mark.parametrize("innermost", [{}, [], {"x": 1}, ["\n" + " " * 200], 1, "x"], ids=repr)
@pytest.mark.parametrize("limit", [1, 2, 31, 32])
@pytest.mark.parametrize("padding", [0, 40])
def test_the_depth_is_counted_in_containers(innermost: object, limit: int, padding: int) -> None:
    limits = Limits(max_depth=limit)
    for depth in range(limit - 1, limit + 2):
        value = innermost
        while _depth(value) < depth:
            value = {"a": value}
        # Whatever else there is, the deepest place decides.
        body = dumps([value, *([{}] * padding)] if padding else value)
        whole = max(_depth(value) + 1, 2) if padding else _depth(value)
        if whole <= limit:
            assert dumps(loads(body, limits=limits)) == body
        else:
            with pytest.raises(InvalidSyntax, match="nests deeper"):
                loads(body, limits=limits)


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


NAMES = st.text(alphabet="ab:{", max_size=3)
JSON_TEXTS = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(alphabet='ab:{}[]" \n', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
).map(dumps)


@pytest.mark.parametrize("indented", [False, True])
@given(body=JSON_TEXTS)
def test_both_writers_show_the_same(body: bytes, indented: bool) -> None:
    one, other = documents._rewritten_completely(body, indented), documents._rewritten_fast(body, indented)
    assert one.count(b":") == other.count(b":")
    for levels in range(6):
        mark = b"\n" + b"  " * levels
        assert (mark in one) == (mark in other)
