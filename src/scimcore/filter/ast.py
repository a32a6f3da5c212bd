"""The tree that a filter text means, before any schema is asked (RFC 7644 §3.4.2.2).

Six frozen classes, closed under ``FilterNode``: a host walks them with ``match`` and ``assert_never``. ``str()`` of a
node is its canonical text, and parsing that gives an equal tree.

Parentheses that change nothing leave no node. A tree that the parser made is at most ``MAX_LEVELS`` deep, so that
walking it by recursion is safe; whoever builds trees by hand keeps to that.
"""

import importlib
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, TypeAlias

from scimcore.frozen import Frozen
from scimcore.paths import AttributePath

MAX_LEVELS = 160
"""No parsed tree has more nodes on a path from its root to a leaf, whatever the limits of the parser."""


class Operator(StrEnum):
    """The operators that compare with a value (RFC 7644 Table 3); ``pr`` is a node of its own."""

    EQ = "eq"
    NE = "ne"
    CO = "co"
    SW = "sw"
    EW = "ew"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


Literal: TypeAlias = str | int | float | bool | None
"""compValue = false / null / true / number / string (RFC 7644 Figure 1)."""


class Comparison(Frozen):
    """An attribute and a value: attrPath SP compareOp SP compValue.

    Attributes:
        path: In a value path, relative to the attribute in front of the bracket.
        operator: How to compare.
        value: The JSON value as sent; ``true`` and ``1`` are different values here.
    """

    __match_args__ = ("path", "operator", "value")
    __slots__ = __match_args__

    path: AttributePath
    operator: Operator
    value: Literal

    def __init__(self, path: AttributePath, operator: Operator, value: Literal) -> None:
        # To look each setter up by its name would be an eighth of parsing.
        _set_path(self, path)
        _set_operator(self, operator)
        _set_value(self, value)

    def __str__(self) -> str:
        return f"{self.path} {self.operator.value} {_literal(self.value)}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Comparison):
            return NotImplemented
        return (
            self.operator is other.operator
            and self.value == other.value
            # Python has True == 1.
            and isinstance(self.value, bool) is isinstance(other.value, bool)
            and self.path == other.path
        )

    def __hash__(self) -> int:
        return hash((self.path, self.operator, self.value))


def _literal(value: Literal) -> str:
    # A process that only parses does not wait for this module.
    json: Any = importlib.import_module("json")
    text: str = json.dumps(value, ensure_ascii=False)
    return text


_set_path, _set_operator, _set_value = (vars(Comparison)[name].__set__ for name in ("path", "operator", "value"))


class Present(Frozen):
    """An attribute has a value: attrPath SP "pr"."""

    __match_args__ = ("path",)
    __slots__ = __match_args__

    path: AttributePath

    def __init__(self, path: AttributePath) -> None:
        _set_present_path(self, path)

    def __str__(self) -> str:
        return f"{self.path} pr"


class And(Frozen):
    """All terms hold. A chain ``a and b and c`` is one node; a chain in parentheses stays a term of its own."""

    __match_args__ = ("terms",)
    __slots__ = __match_args__

    terms: tuple["FilterNode", ...]

    def __init__(self, terms: tuple["FilterNode", ...]) -> None:
        if len(terms) < 2:
            raise ValueError("a chain has two terms at least")
        _set_and_terms(self, terms)

    def __str__(self) -> str:
        return " and ".join(f"({term})" if isinstance(term, And | Or) else str(term) for term in self.terms)


class Or(Frozen):
    """One term at least holds."""

    __match_args__ = ("terms",)
    __slots__ = __match_args__

    terms: tuple["FilterNode", ...]

    def __init__(self, terms: tuple["FilterNode", ...]) -> None:
        if len(terms) < 2:
            raise ValueError("a chain has two terms at least")
        _set_or_terms(self, terms)

    def __str__(self) -> str:
        # "and" binds tighter: it needs no parentheses here.
        return " or ".join(f"({term})" if isinstance(term, Or) else str(term) for term in self.terms)


class Not(Frozen):
    """The operand does not hold: "not" "(" FILTER ")"."""

    __match_args__ = ("operand",)
    __slots__ = __match_args__

    operand: "FilterNode"

    def __init__(self, operand: "FilterNode") -> None:
        _set_operand(self, operand)

    def __str__(self) -> str:
        return f"not ({self.operand})"


class ValuePath(Frozen):
    """One value of the attribute meets the whole filter: attrPath "[" valFilter "]".

    Attributes:
        path: The attribute whose values are looked at.
        filter: Over sub-attributes; holds no ValuePath itself (errata 4690).
    """

    __match_args__ = ("path", "filter")
    __slots__ = __match_args__

    path: AttributePath
    filter: "FilterNode"

    def __init__(self, path: AttributePath, filter: "FilterNode") -> None:
        _set_outer_path(self, path)
        _set_filter(self, filter)

    def __str__(self) -> str:
        return f"{self.path}[{self.filter}]"


# As for Comparison.
_set_present_path = vars(Present)["path"].__set__
_set_and_terms, _set_or_terms = (vars(chain)["terms"].__set__ for chain in (And, Or))
_set_operand = vars(Not)["operand"].__set__
_set_outer_path, _set_filter = (vars(ValuePath)[name].__set__ for name in ("path", "filter"))

FilterNode: TypeAlias = Comparison | Present | And | Or | Not | ValuePath


class PatchPath(Frozen):
    """What a PATCH operation is about: PATH = attrPath / valuePath [subAttr] (RFC 7644 §3.5.2).

    Attributes:
        path: The attribute, or an extension as a whole.
        value_filter: Which of its values; None means the attribute itself.
        sub_attribute: What follows the bracket. Without a bracket, a sub-attribute is part of ``path``.
    """

    __match_args__ = ("path", "value_filter", "sub_attribute")
    __slots__ = __match_args__

    path: AttributePath
    value_filter: FilterNode | None
    sub_attribute: str | None

    def __init__(
        self, path: AttributePath, value_filter: FilterNode | None = None, sub_attribute: str | None = None
    ) -> None:
        self._set(path, value_filter, sub_attribute)

    def __str__(self) -> str:
        text = str(self.path) if self.value_filter is None else f"{self.path}[{self.value_filter}]"
        return text if self.sub_attribute is None else f"{text}.{self.sub_attribute}"


def children(node: FilterNode) -> tuple[FilterNode, ...]:
    """Return the nodes right below a node, in the order of the text."""
    match node:
        case And(terms) | Or(terms):
            return terms
        case Not(operand):
            return (operand,)
        case ValuePath(_, inner):
            return (inner,)
        case _:
            return ()


def paths(node: FilterNode) -> Iterator[AttributePath]:
    """Yield the attribute of each comparison in the order of the text; ``emails[type pr]`` gives ``emails.type``."""
    pending: list[tuple[FilterNode, AttributePath | None]] = [(node, None)]
    while pending:
        current, outer = pending.pop()
        if isinstance(current, Comparison | Present):
            yield current.path if outer is None else _join(outer, current.path)
        elif isinstance(current, ValuePath):
            pending.append((current.filter, current.path))
        else:
            pending.extend((child, outer) for child in reversed(children(current)))


def comparisons(node: FilterNode) -> Iterator[Comparison]:
    """Yield the comparisons with a value, in the order of the text."""
    pending: list[FilterNode] = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, Comparison):
            yield current
        pending.extend(reversed(children(current)))


def levels(node: FilterNode) -> int:
    """Count the nodes on the longest way from this one to a leaf, without recursion."""
    deepest = 0
    pending = [(node, 1)]
    while pending:
        current, level = pending.pop()
        deepest = max(deepest, level)
        pending.extend((child, level + 1) for child in children(current))
    return deepest


def _join(outer: AttributePath, inner: AttributePath) -> AttributePath:
    if outer.sub_attribute is None and inner.sub_attribute is None:
        return AttributePath(outer.uri, outer.attribute, inner.attribute)
    # An extension as a whole: "urn:...:User[manager.value pr]" reads "urn:...:User:manager.value".
    return AttributePath(str(outer), inner.attribute, inner.sub_attribute)
