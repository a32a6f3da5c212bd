"""A bound filter over many documents at once: what a storage without an index does.

A call per document costs more than comparing two short texts. So the comparison that most searches are runs inside
one comprehension, and "and" hands what is left from term to term.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from scimcore.documents import Document
from scimcore.filter.ast import Operator
from scimcore.filter.bound import BoundAnd, BoundComparison, BoundNode, Comparable
from scimcore.filter.evaluate import predicate
from scimcore.filter.values import fold

Scan: TypeAlias = Callable[[Iterable[Document]], list[Document]]


def scanner(node: BoundNode) -> Scan:
    """Compile a bound tree for many documents.

    Args:
        node: As ``bind`` returns it in ``Bound.node``.

    Returns:
        A function that keeps the documents that meet the filter, in their order. Its answers are those of
        ``predicate``.
    """
    match node:
        case BoundAnd(terms):
            return _one_after_the_other([scanner(term) for term in terms])
        case BoundComparison(target, Operator.EQ, str() as operand, Comparable.TEXT) if (
            len(target.keys) == 1 and not target.leaf.multi_valued
        ):
            return _equal_texts(target.keys[0], fold(operand))
        case _:
            return _one_by_one(predicate(node))


def _one_by_one(test: Callable[[Document], bool]) -> Scan:
    return lambda documents: [document for document in documents if test(document)]


def _one_after_the_other(scans: list[Scan]) -> Scan:
    def scan(documents: Iterable[Document]) -> list[Document]:
        left = scans[0](documents)
        for following in scans[1:]:
            left = following(left)
        return left

    return scan


def _equal_texts(name: str, operand: str) -> Scan:
    size = len(operand)
    return lambda documents: [
        document
        for document in documents
        if isinstance(value := document.get(name), str)
        # Folding keeps the length of ASCII text: most values are told apart by that.
        and ((len(value) == size and value.lower() == operand) if value.isascii() else fold(value) == operand)
    ]
