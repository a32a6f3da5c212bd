"""Where: SCIM filters as SQLAlchemy conditions over a host's own tables (RFC 7644 §3.4.2.2).

What a filter means was decided when it was bound; here each term becomes SQL that answers as the predicate over the
document would. What SQL cannot answer for sure is never guessed: ``compile`` refuses it, ``split`` returns the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, assert_never

from sqlalchemy import ColumnElement

from scimcore.documents import Document
from scimcore.errors import InvalidFilter
from scimcore.filter import Bound, Filter, predicate
from scimcore.filter.ast import Operator
from scimcore.filter.binding import bind
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
from scimcore.filter.checks import check_of
from scimcore.ordering import sort_key
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResolvedPath, ResourceType
from scimcore.sql.bounds import Bounds, Condition, all_of, any_of, is_constant
from scimcore.sql.building import build
from scimcore.sql.mapping import Constant, Form, Json
from scimcore.sql.sources import Source

Residual: TypeAlias = Callable[[Document], bool]
"""Asked of the document of each row that the condition lets through."""

# SQLAlchemy walks an expression by recursion, and SQLite reads it with a stack of a hundred words: a level takes up to
# eight of them. No client nests like this; parentheses that change nothing are no level.
_MAX_SQL_LEVELS = 8
# Building, compiling and planning one comparison over rows takes milliseconds. (In JSON, one may have two dozen
# parameters; SQLite takes 32,766, PostgreSQL 65,535.)
_MAX_SQL_COMPARISONS = 200


class Split(NamedTuple):
    """A filter in two parts: a document matches if its row meets the condition and it meets the residual.

    Attributes:
        condition: Holds for every row that matches, and perhaps for more; None if it would hold for all.
        residual: What is still to be asked; None if the condition says it all.
    """

    condition: Condition | None
    residual: Residual | None


class Where:
    """How filters over one resource type become conditions over a host's tables.

    Built once, checked when built, and shared by threads::

        where = Where(User.resource_type(), {"userName": Text(users.c.name, folded=users.c.name_folded)})
        select(users).where(where.compile('userName eq "bjensen"'))

    Attributes:
        resource_type: What the rows are.
    """

    def __init__(
        self, resource_type: ResourceType, mapping: Mapping[str, Form], *, rest: Json | Constant | None = None
    ) -> None:
        """Check a mapping.

        Args:
            resource_type: What the rows are.
            mapping: Attribute paths, in any casing, URN-qualified where the attribute is an extension's, and where
                their values are.
            rest: Where all other attributes are: in a ``Json`` document, nowhere (``ABSENT``), or, if None, where SQL
                cannot look.

        Raises:
            MappingError: If a name is no attribute, or a form or its column does not fit the attribute.
        """
        self.resource_type = resource_type
        self._document = build(resource_type, mapping, rest)

    def compile(self, filter: Filter | Bound | str) -> Condition:
        """Translate a filter that SQL can answer alone.

        Args:
            filter: A filter, its text, or what ``bind`` or ``bind_each`` made of it for this resource type.

        Returns:
            A condition that is true or false, never NULL. Values are bound parameters.

        Raises:
            InvalidFilter: If the text is no filter, or SQL cannot tell for each row whether it matches.
        """
        bounds = self._all_bounds([self._bound(filter)])[0]
        if not bounds.exact:
            doubt = bounds.doubts[0]
            raise InvalidFilter(str(doubt), path=doubt.path, rule="RFC 7644 §3.4.2.2")
        return bounds.must

    def split(self, filter: Filter | Bound | str) -> Split:
        """Translate what SQL can answer, and leave the rest to a predicate over documents.

        Of ``a and b``, the terms that SQL cannot answer are left; anything else is left as a whole.

        Args:
            filter: As for ``compile``.

        Raises:
            InvalidFilter: If the text is no filter.
        """
        terms = _conjuncts(self._bound(filter))
        bounds = self._all_bounds(terms)
        together = all_of(bounds)
        condition = None if is_constant(together.may, True) else together.may
        if together.exact:
            return Split(condition, None)
        left = [term for term, known in zip(terms, bounds, strict=True) if not known.exact]
        return Split(condition, predicate(left[0] if len(left) == 1 else BoundAnd(tuple(left))))

    def order_by(self, sort_by: str | ResolvedPath, *, descending: bool = False) -> tuple[ColumnElement[Any], ...]:
        """Translate a sort order: as ``ordering`` has it, with rows that have no value last, or first if descending.

        Args:
            sort_by: The attribute.
            descending: As ``sortOrder`` says.

        Returns:
            Arguments for ``Select.order_by``; the host adds its key behind, so that the order is total. None at all
            if SQL cannot sort so: by several values, or by text whose order it does not know.

        Raises:
            InvalidPath: As for ``ordering.sort_key``.
        """
        text = str(sort_by)
        sort_key(text, self.resource_type)
        resolved = self.resource_type.find(text) or self.resource_type.bare(text)
        source: Source = self._document
        for attribute in resolved.attributes if resolved else ():
            if attribute.multi_valued or source.several:
                return ()
            source = source.member(attribute)
        leaf = resolved.leaf if resolved else None
        key = None if leaf is None else source.sort_key(exact=leaf.case_exact or leaf.type is AttributeType.BINARY)
        if key is None or source.several:
            return ()
        # TRUE and FALSE sort alike in both databases, NULLs do not.
        return tuple(each.desc() if descending else each.asc() for each in key)

    def _bound(self, filter: Filter | Bound | str) -> BoundNode:
        if isinstance(filter, Bound):
            return filter.node
        if isinstance(filter, str):
            filter = Filter(filter, self.resource_type)
        if filter.resource_type is self.resource_type:
            return filter.bound[self.resource_type].node
        return bind(filter.node, self.resource_type, tolerances=filter.tolerances).node

    def _all_bounds(self, terms: Sequence[BoundNode]) -> list[Bounds]:
        if sum(map(_comparisons, terms)) > _MAX_SQL_COMPARISONS:
            return [Bounds.unknown("has too many comparisons for SQL")] * len(terms)
        return [self._bounds(term, self._document, 1) for term in terms]

    def _bounds(self, node: BoundNode, source: Source, level: int) -> Bounds:
        if level > _MAX_SQL_LEVELS:
            return Bounds.unknown("has too many levels for SQL")
        match node:
            case BoundComparison():
                return _comparison(node, source)
            case BoundPresent(target):
                return _walk(source, _steps(target), lambda value: value.present(), False).about(str(target))
            case BoundAnd(terms):
                return all_of([self._bounds(term, source, level + 1) for term in terms])
            case BoundOr(terms):
                return any_of([self._bounds(term, source, level + 1) for term in terms])
            case BoundNot(operand):
                return self._bounds(operand, source, level + 1).negated()
            case BoundValuePath(target, condition):
                found = _walk(
                    source,
                    _steps(target),
                    lambda element: all_of([element.exists(), self._bounds(condition, element, level + 1)]),
                    False,
                )
                return found.about(str(target))
            case BoundUndefined(_, matches):
                return Bounds.always(matches)
            case BoundOpen(inner):
                return Bounds.unknown("is of an extension that no schema is known of").about(str(inner.path))
            case _:
                assert_never(node)


def _conjuncts(node: BoundNode) -> list[BoundNode]:
    if not isinstance(node, BoundAnd):
        return [node]
    return [conjunct for term in node.terms for conjunct in _conjuncts(term)]


def _comparisons(node: BoundNode) -> int:
    match node:
        case BoundAnd(terms) | BoundOr(terms):
            return sum(map(_comparisons, terms))
        case BoundNot(inner) | BoundValuePath(_, inner):
            return _comparisons(inner)
        case _:
            return 1


def _comparison(node: BoundComparison, source: Source) -> Bounds:
    operator, operand, comparable = node.operator, node.operand, node.comparable
    differs = operator is Operator.NE

    def check(value: Source) -> Bounds:
        if comparable is Comparable.ABSENCE:
            equal = value.unassigned()
        else:
            equal = value.compare(Operator.EQ if differs else operator, operand, comparable)
        return equal.negated() if differs else equal

    without_value = check_of(operator, operand, comparable)(None)
    return _walk(source, _steps(node.target), check, without_value).about(str(node.target))


def _steps(target: ResolvedPath) -> tuple[Attribute, ...]:
    # Inside a value path, no keys mean the element itself.
    return target.attributes if target.keys else ()


def _walk(
    source: Source, steps: tuple[Attribute, ...], check: Callable[[Source], Bounds], without_value: bool
) -> Bounds:
    """Go from a source to each value of an attribute; any of them has to pass the check, as in ``evaluate``."""
    if not steps:
        return check(source)
    following = source.member(steps[0])
    found = following.each(lambda element: _walk(element, steps[1:], check, without_value))
    if without_value and following.several:
        return any_of([found, following.each(lambda _: Bounds.always(True)).negated()])
    return found
