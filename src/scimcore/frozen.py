"""Values that never change: equal by their parts, hashable, with slots.

Ground floor, for the classes that every process loads. What ``dataclass`` writes for such a class is compiled when the
module is imported, which takes a hundred times as long as making the class, and parsing a filter needs nothing else of
what it loads.
"""

from typing import Any, NoReturn, dataclass_transform


@dataclass_transform(frozen_default=True)
class Frozen:
    """A value. A class of its kind names its parts as ``__match_args__``, in order, and as ``__slots__``.

    It annotates them, for type checkers, and sets them in ``__init__``.

    Two values are equal if they are of one class and their parts are. As with a frozen dataclass, a part is read by
    its name, a pattern by its position, and nothing can be set.
    """

    __slots__ = ()

    def _set(self, *parts: object) -> None:
        """Set all parts in their order; for ``__init__`` only."""
        for name, part in zip(_names(self), parts, strict=True):
            object.__setattr__(self, name, part)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"cannot set '{name}': a {type(self).__name__} never changes")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"cannot delete '{name}': a {type(self).__name__} never changes")

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _parts(self) == _parts(other)

    def __hash__(self) -> int:
        return hash(_parts(self))

    def __repr__(self) -> str:
        parts = ", ".join(f"{name}={part!r}" for name, part in zip(_names(self), _parts(self), strict=True))
        return f"{type(self).__qualname__}({parts})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), _parts(self)


def _names(value: object) -> tuple[str, ...]:
    # Type checkers must see the names of each class themselves: they are not declared above.
    names: tuple[str, ...] = type(value).__match_args__  # type: ignore[attr-defined]
    return names


def _parts(value: object) -> tuple[Any, ...]:
    return tuple([getattr(value, name) for name in _names(value)])
