"""Documents: the plain JSON objects that resources and messages are, and how they are read and written.

Ground floor: JSON only. A document's attribute names mean nothing here; what they mean is the schema's business.
"""

import json
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, NamedTuple, Never, TypeAlias, TypeGuard

from pydantic_core import PydanticSerializationError, from_json, to_json

from scimcore.errors import InvalidSyntax, PayloadTooLarge
from scimcore.errors import printable as printable

JSON: TypeAlias = Any
"""A JSON value. Every reader knows from the schema what it is, and asks with ``isinstance`` where a client may lie."""

Document: TypeAlias = dict[str, JSON]
"""A JSON object of RFC 7643 §2.5: canonical attribute names, no nulls, no empty arrays, RFC 3339 times.

A document that was handed over is never changed by the one who got it; parts of it may be shared by several documents.
"""


class Limits(NamedTuple):
    """What one body may cost.

    Attributes:
        max_payload_bytes: The size of a body; more is answered 413.
        max_depth: How deep objects and arrays may nest. The deepest message of RFC 7644 (a bulk request that carries a
            PATCH of a complex attribute) nests ten deep.
    """

    max_payload_bytes: int = 1_048_576
    max_depth: int = 32


DEFAULT_LIMITS = Limits()


def loads(body: bytes, *, limits: Limits = DEFAULT_LIMITS) -> JSON:
    """Read a JSON text, strictly.

    Everything that two readers could understand differently is refused: duplicate names (also those that differ in
    casing only, since SCIM names are case-insensitive), NaN and Infinity, numbers that overflow, lone surrogates,
    anything but UTF-8.

    Returns:
        The JSON value; usually an object, but that is for the caller to ask.

    Raises:
        PayloadTooLarge: If the body is larger than ``limits.max_payload_bytes``.
        InvalidSyntax: If it is not JSON in the sense above, or nests deeper than ``limits.max_depth``.

    RFC 7159, RFC 7643 §2.1.
    """
    if len(body) > limits.max_payload_bytes:
        raise PayloadTooLarge(f"The body has {len(body)} bytes; at most {limits.max_payload_bytes} are read.")
    # Few bodies could nest at all that deep: only those are looked at more closely.
    may_be_deep = body.count(b"{") + body.count(b"[") > limits.max_depth
    value, written = _read_quickly(body, indented=may_be_deep)
    if value is _UNREAD:
        value = _read_carefully(body, limits)
    # Two spaces for each level: a line that begins with so many stands inside as many containers as there may be.
    if may_be_deep and (not written or b"\n" + b"  " * limits.max_depth in written):
        _refuse_depth(value, limits)
    return value


# No JSON value is this one.
_UNREAD: Final = object()
_BACKSLASH, _CAPITAL_I = b"\\I"


def _read_quickly(body: bytes, *, indented: bool) -> tuple[JSON, bytes]:
    """Read what is beyond doubt, outside Python; ``_UNREAD`` says that it must be read carefully.

    Returned with it is the text written again, in lower case; indented, so that it shows how deep it nests, if asked.

    The quick reader keeps the last of two values of one name and reads a number that overflows as infinity. Both show
    when the value is written again: a lost name leaves the text with fewer colons, and colons are never escaped unless
    the sender did it. In lower case, names that differ in casing are lost as well. Reading and writing so takes less
    time than asking for each object whether its names repeat.
    """
    # One byte is found several times faster than two.
    if _BACKSLASH in body and b"\\u" in body:
        return _UNREAD, b""
    try:
        value = from_json(body, allow_inf_nan=False)
        written = _rewritten(body.lower(), indented)
    except (ValueError, TypeError):
        return _UNREAD, b""
    # In lower case, only an infinity is written with this letter.
    if written.count(b":") != body.count(b":") or _CAPITAL_I in written:
        return _UNREAD, b""
    return value, written


def _read_carefully(body: bytes, limits: Limits) -> JSON:
    try:
        text = body.decode("utf-8")
        if text.startswith("\ufeff"):
            raise InvalidSyntax("The body must not begin with a byte order mark.", rule="RFC 7159 §8.1")
        value = _DECODER.decode(text)
    except UnicodeDecodeError:
        raise InvalidSyntax("The body is not UTF-8 text.", rule="RFC 7644 §3.8") from None
    except json.JSONDecodeError as error:
        if not text.strip():
            # Also what is left of a chunked body by a server that cannot read one.
            raise InvalidSyntax("The body is not JSON: it is empty.", rule="RFC 7644 §3.8") from None
        raise InvalidSyntax(f"The body is not JSON: {error.msg} at character {error.pos}.") from None
    except RecursionError:
        raise _too_deep(limits) from None
    except ValueError:
        # CPython refuses integers of more than some thousand digits.
        raise InvalidSyntax("The body is not JSON that can be read: a number is too long.") from None
    if b"\\u" in body:
        _refuse_lone_surrogates(value)
    return value


def loads_object(body: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Read a JSON text that must be an object.

    Raises:
        PayloadTooLarge: As for ``loads``.
        InvalidSyntax: As for ``loads``, or if the value is not an object.
    """
    value = loads(body, limits=limits)
    if not isinstance(value, dict):
        raise InvalidSyntax(f"The body must be a JSON object, not {json_type_name(value)}.")
    return value


_write_completely: Callable[[JSON], bytes] = partial(to_json, inf_nan_mode="null")

# The extra `fast`: the same bytes in a quarter of the time.
_orjson = import_module("orjson") if find_spec("orjson") else None
quick_dumps: Callable[[JSON], bytes] = _write_completely if _orjson is None else _orjson.dumps
"""What :func:`dumps` tries first: where every call counts. It raises TypeError where ``dumps`` goes another way."""


def _rewritten_completely(body: bytes, indented: bool) -> bytes:
    return to_json(from_json(body), indent=2 if indented else None)


def _rewritten_fast(body: bytes, indented: bool) -> bytes:
    written: bytes = _orjson.dumps(_orjson.loads(body), option=_orjson.OPT_INDENT_2 if indented else None)  # type: ignore[union-attr]
    return written


def repeats_names(value: JSON, body: bytes) -> bool:
    """Tell whether a text may give a name twice in one object, in the same casing.

    Args:
        value: What a reader has made of it that keeps the last of two values of one name.
        body: The text.
    """
    # A lost name leaves the text with fewer colons, unless the sender has escaped one, as `\\u003a`.
    return (_BACKSLASH in body and b"\\u003" in body) or dumps(value).count(b":") != body.count(b":")


# A number that overflows is refused by one and written as Infinity by the other: both is noticed.
_rewritten: Callable[[bytes, bool], bytes] = _rewritten_completely if _orjson is None else _rewritten_fast


def dumps(value: JSON) -> bytes:
    """Write a JSON value as UTF-8 bytes.

    A number that JSON has not (NaN, Infinity) is written as null: only Python code can have put it there, and a
    client that cannot read one value should still read the others.

    Raises:
        ValueError: If the value is of a type that JSON has not, or a text is no Unicode.
    """
    try:
        return quick_dumps(value)
    except TypeError:
        # orjson stops at 64 bits; pydantic's writer says in its own words what is no JSON.
        return _write_completely(value)


def is_unassigned(value: JSON) -> bool:
    """Tell whether a value means "no value": null, an empty array, or a complex value without parts (RFC 7643 §2.5)."""
    # Nearly every value says something, and this is asked of all of them.
    return not value and (value is None or isinstance(value, (list, dict)))


def is_object(value: JSON) -> TypeGuard[Document]:
    """Tell whether a JSON value is an object."""
    return isinstance(value, dict)


_TYPE_NAMES: dict[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def json_type_name(value: JSON) -> str:
    """Name the JSON type of a value with its article, for messages: ``a string``."""
    return _TYPE_NAMES.get(type(value), "something that is not JSON")


def _unique_names(pairs: list[tuple[str, JSON]]) -> Document:
    document = dict(pairs)
    if len(set(map(str.lower, document))) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name.lower() in seen:
                break
            seen.add(name.lower())
        raise InvalidSyntax(
            f"The name '{printable(name)}' appears twice in one object; casing does not distinguish names.",
            rule="RFC 7643 §2.1",
        )
    return document


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise InvalidSyntax("The body has a number that is too large.")
    return number


def _refuse_constant(text: str) -> Never:
    raise InvalidSyntax(f"The body is not JSON: {text} is not a JSON value.", rule="RFC 7159 §6")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique_names, parse_float=_finite, parse_constant=_refuse_constant)


def _refuse_depth(value: JSON, limits: Limits) -> None:
    level = [value]
    for _ in range(limits.max_depth):
        level = [
            inner
            for container in level
            for inner in (container.values() if isinstance(container, dict) else container)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise _too_deep(limits)


def _too_deep(limits: Limits) -> InvalidSyntax:
    return InvalidSyntax(f"The body nests deeper than {limits.max_depth} levels.")


def _refuse_lone_surrogates(value: JSON) -> None:
    try:
        to_json(value)
    except (PydanticSerializationError, UnicodeEncodeError):
        raise InvalidSyntax("The body has an escape of half a surrogate pair.", rule="RFC 7159 §8.2") from None
