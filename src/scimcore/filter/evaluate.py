"""From bound tree to predicate: closures over documents, made once per filter.

Everything that does not depend on the document is done here and now: names, types, folded operands. What remains per
document is dictionary look-ups and comparisons. A predicate never raises: where a document has another shape than its
schema says, there is no value.
"""

from collections.abc import Callable
from typing import assert_never

from scimcore.documents import Document
from scimcore.filter.ast import Operator
from scimcore.filter.bound import (
    BoundAnd,
    BoundComparison,
    BoundNode,
    BoundNot,
    BoundOpen,
    BoundOr,
    BoundPresent,
    BoundUndefined,
    BoundValuePath,
    Comparable,
)
from scimcore.filter.checks import Check, check_of, conjunction, disjunction, negation, of_element
from scimcore.filter.untyped import open_predicate
from scimcore.filter.values import fold, is_present
from scimcore.schema.resource_type import ResolvedPath


def predicate(node: BoundNode) -> Callable[[Document], bool]:
    """Compile a bound tree.

    Args:
        node: As ``bind`` or ``bind_value_filter`` returns it in ``Bound.node``.

    Returns:
        A function of a document (or of an element, for a value filter) with canonical attribute names. It keeps
        nothing and changes nothing, so that threads may share it.

    RFC 7644 §3.4.2.2.
    """
    return _compile(node)


def _compile(node: BoundNode) -> Check:
    match node:
        case BoundComparison():
            if node.operator is Operator.EQ and node.comparable is Comparable.TEXT and isinstance(node.operand, str):
                return _text_equals(node.target, fold(node.operand))
            return _walk(node.target, check_of(node.operator, node.operand, node.comparable))
        case BoundPresent():
            return _walk(node.target, is_present)
        case BoundAnd():
            return conjunction([_compile(term) for term in node.terms])
        case BoundOr():
            return disjunction([_compile(term) for term in node.terms])
        case BoundNot():
            return negation(_compile(node.operand))
        case BoundValuePath():
            return _walk(node.target, of_element(_compile(node.condition)), absent=False)
        case BoundUndefined():
            matches = node.matches
            return lambda _: matches
        case BoundOpen():
            return open_predicate(node.node)
        case _:
            assert_never(node)


def _walk(target: ResolvedPath, check: Check, *, absent: bool | None = None) -> Check:
    """Compile the way from a document to each value of an attribute; any of them has to pass the check.

    Args:
        target: The way.
        check: For a value, or None where there is none.
        absent: The answer where there is no value, if the check is not to be asked.
    """
    without_value = check(None) if absent is None else absent
    for attribute in reversed(target.attributes):
        if attribute.multi_valued and target.keys:
            check = _any_element(check, without_value)
        check = _member(attribute.name, check, without_value) if target.keys else check
    return check


def _member(name: str, check: Check, without_value: bool) -> Check:
    def test(container: object) -> bool:
        if isinstance(container, dict):
            value = container.get(name)
            if value is not None:
                return check(value)
        return without_value

    return test


def _any_element(check: Check, without_value: bool) -> Check:
    def test(values: object) -> bool:
        if not isinstance(values, list):
            return check(values)
        if not values:
            return without_value
        for value in values:  # noqa: SIM110 - a generator would cost more than the checks
            if check(value):
                return True
        return False

    return test


def _text_equals(target: ResolvedPath, operand: str) -> Check:
    """Compile the comparison that most filters are, with as few calls as can be."""
    size = len(operand)

    def check(value: object) -> bool:
        if not isinstance(value, str):
            return False
        # Folding keeps the length of ASCII text: most values are told apart by that.
        return (len(value) == size and value.lower() == operand) if value.isascii() else fold(value) == operand

    if len(target.keys) != 1 or target.leaf.multi_valued:
        return _walk(target, check)
    name = target.keys[0]

    def test(container: object) -> bool:
        value = container.get(name) if isinstance(container, dict) else None
        if not isinstance(value, str):
            return False
        return (len(value) == size and value.lower() == operand) if value.isascii() else fold(value) == operand

    return test
