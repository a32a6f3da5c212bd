"""What the expectation words of the story files mean. Each function yields a line for each thing not as told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

JSON = Any

# What a server may add to a resource although no client set it (entra_lifecycle.json, "about").
COMPUTED = {
    ("meta", "created"),
    ("meta", "lastModified"),
    ("meta", "version"),
    ("groups",),
    ("members", "$ref"),
    ("members", "type"),
    ("members", "display"),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "manager", "$ref"),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "manager", "displayName"),
}

Path = tuple[str, ...]


def subset(expected: JSON, actual: JSON, path: Path = ()) -> Iterator[str]:
    """Every expected member is there; a list's elements each match a distinct actual element, in any order."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            if name in actual:
                yield from subset(value, actual[name], (*path, name))
            else:
                yield f"{_spell((*path, name))} is missing"
    elif isinstance(expected, list) and isinstance(actual, list):
        for value in _unmatched(expected, actual, subset, path):
            yield f"{_spell(path)} has no element of its own for {value!r}"
    elif not _equal(expected, actual):
        yield f"{_spell(path)} is {actual!r}, not {expected!r}"


def resource(expected: JSON, actual: JSON, path: Path = (), *, selected: bool = False) -> Iterator[str]:
    """Every expected member is there and no other, but for what the server computes.

    ``selected`` says that the request named ``attributes``: then an extension's URN may be left out of ``schemas``.
    """
    if path[-1:] == ("schemas",):
        yield from _schemas(expected, actual, path, selected)
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for name in [*expected, *(name for name in actual if name not in expected)]:
            inner = (*path, name)
            if name not in actual:
                yield f"{_spell(inner)} is missing"
            elif name in expected:
                yield from resource(expected[name], actual[name], inner, selected=selected)
            elif _in_resource(inner) not in COMPUTED:
                yield f"{_spell(inner)} is {actual[name]!r}: nobody set it"
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            yield f"{_spell(path)} has {len(actual)} elements, not {len(expected)}"

        def element(one: JSON, other: JSON, at: Path) -> Iterator[str]:
            return resource(one, other, at, selected=selected)

        for value in _unmatched(expected, actual, element, path):
            yield f"{_spell(path)} has no element of its own for {value!r} in {actual!r}"
    elif not _equal(expected, actual):
        yield f"{_spell(path)} is {actual!r}, not {expected!r}"


def error(expected: JSON, actual: JSON) -> Iterator[str]:
    """The same schemas, ``status`` and ``scimType`` (none where none is told); ``detail`` is free text, but text."""
    if not isinstance(actual, dict):
        yield f"the body is {actual!r}, not an error"
        return
    yield from _schemas(expected["schemas"], actual.get("schemas"), ("schemas",), False)
    for name in ("status", "scimType"):
        if actual.get(name) != expected.get(name):
            yield f"{name} is {actual.get(name)!r}, not {expected.get(name)!r}"
    if "detail" in expected and not (isinstance(actual.get("detail"), str) and actual["detail"]):
        yield "detail is missing"


def present(names: Sequence[str], actual: Mapping[str, JSON]) -> Iterator[str]:
    """Top-level members that must be there."""
    return (f"{name} is missing" for name in names if name not in actual)


def absent(names: Sequence[str], actual: Mapping[str, JSON]) -> Iterator[str]:
    """Top-level members that must not be there."""
    return (f"{name} is there: {actual[name]!r}" for name in names if name in actual)


def length(sizes: Mapping[str, int], actual: Mapping[str, JSON]) -> Iterator[str]:
    """Exact lengths of top-level lists; a missing list has length 0."""
    for name, size in sizes.items():
        value = actual.get(name, [])
        if not isinstance(value, list) or len(value) != size:
            yield f"{name} is {value!r}, not a list of {size}"


def integers(names: Sequence[str], actual: Mapping[str, JSON]) -> Iterator[str]:
    """Top-level members that must be JSON integers: not "1", not 1.0, not true."""
    return (f"{name} is {actual.get(name)!r}, not an integer" for name in names if type(actual.get(name)) is not int)


def not_empty(paths: Sequence[str], actual: JSON) -> Iterator[str]:
    """Dotted paths, counted elements included (``Resources.0.id``), that must lead to a value with something in it."""
    return (f"{path} is empty or missing" for path in paths if at(path, actual) in (None, "", [], {}))


def lists(names: Sequence[str], actual: Mapping[str, JSON]) -> Iterator[str]:
    """Top-level members that must be lists where they are there."""
    return (f"{name} is not a list" for name in names if not isinstance(actual.get(name, []), list))


def headers(expected: Mapping[str, str], actual: Mapping[str, str]) -> Iterator[str]:
    """Each header has the expected value; parameters after it (a charset, a realm) are free."""
    lower = {name.lower(): value for name, value in actual.items()}
    for name, value in expected.items():
        given = lower.get(name.lower())
        if given is None or not (given == value or given.startswith((value + ";", value + " "))):
            yield f"header {name} is {given!r}, not {value!r}"


def at(path: str, value: JSON) -> JSON:
    """The value at a dotted path, None where it leads nowhere."""
    for step in path.removeprefix("$.").split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _schemas(expected: list[str], actual: JSON, path: Path, selected: bool) -> Iterator[str]:
    optional = {urn for urn in expected if ":extension:" in urn} if selected else set()
    if not isinstance(actual, list) or not set(expected) - optional <= set(actual) <= set(expected):
        yield f"{_spell(path)} is {actual!r}, not {expected!r}"


def _equal(expected: JSON, actual: JSON) -> bool:
    # True == 1 in Python; in JSON a boolean is no number.
    return isinstance(expected, bool) == isinstance(actual, bool) and expected == actual


def _in_resource(path: Path) -> Path:
    return path[1:] if path[0] == "Resources" else path


def _unmatched(expected: list[JSON], actual: list[JSON], differences: Any, path: Path) -> list[JSON]:
    """The expected elements that are left over in the largest one-to-one match (augmenting paths)."""
    candidates = [[j for j, a in enumerate(actual) if not any(differences(e, a, path))] for e in expected]
    taken: dict[int, int] = {}

    def place(i: int, seen: set[int]) -> bool:
        for j in candidates[i]:
            if j not in seen:
                seen.add(j)
                if j not in taken or place(taken[j], seen):
                    taken[j] = i
                    return True
        return False

    return [value for i, value in enumerate(expected) if not place(i, set())]


def _spell(path: Path) -> str:
    return ".".join(path) or "the body"
