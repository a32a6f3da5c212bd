"""Whether a resource is what it should be, with the liberties that RFC 7643 leaves to a service."""

from collections.abc import Iterator

from scimcore.documents import JSON, Document

# What a service may add to an element of its own accord (RFC 7643 §2.4, §4.1.2, §4.2).
_ADDED = frozenset({"$ref", "display", "primary", "type", "displayName", "formatted"})


def differences(expected: Document, actual: Document) -> Iterator[str]:
    """Yield what is not as expected, one line each.

    Every expected member must be there and equal; other members may be there. None means that the member must be
    absent. Of a list, the number of elements must be right and their order is free. Null, an empty list and absent are
    the same (RFC 7643 §2.5), and so are ``primary: false`` and absent.
    """
    for name, value in expected.items():
        yield from _compare(value, actual.get(name), name)


def _compare(expected: JSON, actual: JSON, path: str) -> Iterator[str]:
    if is_unassigned(expected):
        if not is_unassigned(actual):
            yield f"{path} is there: {actual!r}"
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            if name == "primary" and value is False and actual.get(name) in (None, False):
                continue
            yield from _compare(value, actual.get(name), f"{path}.{name}")
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _compare_lists(expected, actual, path)
    elif not _equal(expected, actual):
        yield f"{path} is {actual!r}, not {expected!r}" if actual is not None else f"{path} is missing"


def _compare_lists(expected: list[JSON], actual: list[JSON], path: str) -> Iterator[str]:
    if len(expected) != len(actual):
        yield f"{path} has {len(actual)} elements, not {len(expected)}: {actual!r}"
        return
    rest = list(actual)
    for value in expected:
        found = next((other for other in rest if _is_element(value, other, alone=len(actual) == 1)), None)
        if found is None:
            yield f"{path} has no element {value!r}: {actual!r}"
        else:
            rest.remove(found)


def _is_element(expected: JSON, actual: JSON, *, alone: bool) -> bool:
    """An element is the expected one, and nothing is in it that neither client nor service could have put there.

    The only element may be called the primary one by the service.
    """
    if isinstance(expected, dict) and isinstance(actual, dict):
        if any(name not in expected and name not in _ADDED and not is_unassigned(actual[name]) for name in actual):
            return False
        if not alone and actual.get("primary") is True and expected.get("primary") is not True:
            return False
    return not list(_compare(expected, actual, ""))


def is_unassigned(value: JSON) -> bool:
    """Tell whether a value is none: null, an empty list, or an object without values (RFC 7643 §2.5)."""
    return value is None or value in ([], {}) or (isinstance(value, dict) and all(map(is_unassigned, value.values())))


def _equal(expected: JSON, actual: JSON) -> bool:
    # True is 1 in Python, and not in JSON.
    return type(expected) is type(actual) and bool(expected == actual)


def fill(value: JSON, words: dict[str, str]) -> JSON:
    """Put words in the place of ``{name}`` in all texts of a value, keys included. Other braces stay."""
    if isinstance(value, str):
        for name, word in words.items():
            value = value.replace(f"{{{name}}}", word)
        return value
    if isinstance(value, dict):
        return {fill(name, words): fill(inner, words) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [fill(inner, words) for inner in value]
    return value
