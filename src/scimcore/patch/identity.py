"""By what a value of several is recognised, and the index that finds it by that."""

from collections.abc import Hashable, Iterable, Sequence
from operator import itemgetter

from scimcore.documents import JSON
from scimcore.filter.values import fold
from scimcore.patch.plans import Plan


class Gap:
    """Where a value was removed. Not None, since that is a JSON value."""


GAP = Gap()


class Index:
    """Positions by key. Nearly always a key has one."""

    def __init__(self, keys: Sequence[Hashable]) -> None:
        self._one = dict(zip(keys, range(len(keys)), strict=True))
        self._many: dict[Hashable, list[int]] = {}
        if len(self._one) != len(keys):
            self._one = {}
            for position, key in enumerate(keys):
                self.add(key, position)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._one

    def at(self, key: Hashable) -> Sequence[int]:
        """Return the positions of a key."""
        many = self._many.get(key)
        if many is not None:
            return tuple(many)
        one = self._one.get(key)
        return () if one is None else (one,)

    def add(self, key: Hashable, position: int) -> None:
        """Enter a position."""
        if key in self._one:
            self._many.setdefault(key, [self._one[key]]).append(position)
        else:
            self._one[key] = position

    def pop(self, key: Hashable) -> int | None:
        """Take out a key that has one position, and return that; None if it has none or several."""
        return None if key in self._many else self._one.pop(key, None)

    def drop(self, key: Hashable, position: int) -> None:
        """Take a position out."""
        many = self._many.get(key)
        if many is None:
            self._one.pop(key, None)
            return
        many.remove(position)
        if not many:
            del self._many[key], self._one[key]


def by_identity(plan: Plan, values: Iterable[JSON]) -> dict[Hashable, list[JSON]]:
    """Group values by what they are recognised by."""
    found: dict[Hashable, list[JSON]] = {}
    for value in values:
        found.setdefault(identity(plan, value), []).append(value)
    return found


def is_primary(value: JSON) -> bool:
    """Tell whether a value is the primary one of several."""
    return value.__class__ is dict and value.get("primary") is True


_value_of = itemgetter("value")


def keys_of(values: list[JSON]) -> list[Hashable]:
    """Return what each value refers to; most lists are read at one go."""
    try:
        return list(map(_value_of, values))
    except (KeyError, TypeError):
        return [reference_identity(value) for value in values]


def first_of_each(values: list[JSON]) -> dict[Hashable, JSON]:
    """Return what each value refers to with the first value that does."""
    keys = keys_of(values)
    found = dict(zip(keys, values, strict=True))
    if len(found) != len(values):
        found = {}
        for key, value in zip(keys, values, strict=True):
            found.setdefault(key, value)
    return found


def among(keys: Iterable[Hashable], values: list[JSON]) -> set[Hashable]:
    """Return those of some keys that values refer to already, in one pass outside Python."""
    wanted = set(keys)
    try:
        return wanted.intersection(map(_value_of, values))
    except (KeyError, TypeError):
        return wanted.intersection(map(reference_identity, values))


def reference_identity(value: JSON) -> Hashable:
    """Say by what a reference is recognised."""
    if value.__class__ is dict:
        key: Hashable = value.get("value")
        if key is not None:
            return key
    return frozen(value)


def identity(plan: Plan, value: JSON) -> Hashable:
    """Say by what a value is recognised: the resource it refers to, its value and type, or all of it."""
    if value.__class__ is dict:
        key = value.get("value")
        if key.__class__ is str:
            if plan.is_reference:
                return key
            kind = value.get("type")
            without_case = plan.folded_subs
            return (
                _without_case(key) if "value" in without_case else key,
                _without_case(kind) if kind.__class__ is str and "type" in without_case else kind,
            )
    elif value.__class__ is str and not plan.attribute.case_exact:
        return _without_case(value)
    return frozen(value)


# A text of more characters than any name or address has is the same as its like only: every operation of a request
# may compare it.
_LONG = 256


def _without_case(text: str) -> str:
    return fold(text) if len(text) < _LONG else text


def frozen(value: JSON) -> Hashable:
    """Return all that a value says as one that can be a key."""
    if isinstance(value, dict):
        # RFC 7643 §2.4 gives "primary" the default false.
        return frozenset(
            (name, frozen(part)) for name, part in value.items() if not (name == "primary" and part is False)
        )
    if isinstance(value, list):
        return tuple(frozen(part) for part in value)
    return GAP if value is GAP else (type(value).__name__, value)


def wholly_frozen(value: JSON) -> Hashable:
    """Return what a value says to the letter, as one that can be a key."""
    if isinstance(value, dict) and "primary" in value:
        return frozen({**value, "primary": str(value["primary"])})
    return frozen(value)


def folded(value: JSON) -> Hashable:
    """Return the ``value`` of a value as filters compare it without case."""
    key = value.get("value") if value.__class__ is dict else None
    return fold(key) if isinstance(key, str) else id(value)
