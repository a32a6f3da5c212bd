"""Which equalities of a filter an index answers, and the conditions that lead to their rows."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, select

from scimcore.filter.ast import Operator
from scimcore.filter.bound import BoundAnd, BoundComparison, BoundNode, BoundValuePath, Comparable
from scimcore.sql.plan import Lookup, Plan
from scimcore.sql.tables import MEMBERS, RESOURCES, VALUES
from scimcore.storage import Query


def lookup(node: BoundNode, plan: Plan, outer: tuple[str, ...] = ()) -> Lookup | None:
    """Return how an index answers a comparison, or None if there is no such index.

    Args:
        node: The comparison.
        plan: Of the type that is searched.
        outer: The names that lead to the element that the comparison is about, inside a value path.
    """
    if not isinstance(node, BoundComparison) or node.operator is not Operator.EQ:
        return None
    if not isinstance(node.operand, str) or node.comparable not in _TEXTS:
        return None
    return plan.lookup((*outer, *node.target.keys), node.operand)


def lookups(node: BoundNode, plan: Plan) -> Iterator[Lookup]:
    """Yield the look-ups each of which finds everything that meets a filter, and perhaps more."""
    terms: tuple[BoundNode, ...] = (node,)
    outer: tuple[str, ...] = ()
    match node:
        case BoundAnd(terms):
            pass
        case BoundValuePath(target, BoundAnd(terms)):
            outer = target.keys
        case BoundValuePath(target, condition):
            terms, outer = (condition,), target.keys
        case _:
            pass
    for term in terms:
        if (found := lookup(term, plan, outer)) is not None:
            yield found


_TEXTS = (Comparable.TEXT, Comparable.EXACT_TEXT)


def rows_of(found: Lookup, tenant: str, plan: Plan) -> ColumnElement[bool]:
    """Make the condition of a look-up, as part of a search."""
    if found.column == "member":
        rows = select(MEMBERS.c.id).where(
            MEMBERS.c.tenant == tenant, MEMBERS.c.type == plan.resource_type.name, MEMBERS.c.folded == found.value
        )
        return RESOURCES.c.id.in_(rows)
    if found.column == "value":
        rows = select(VALUES.c.id).where(
            VALUES.c.tenant == tenant,
            VALUES.c.type == plan.resource_type.name,
            VALUES.c.path == found.path,
            VALUES.c.value == found.value,
        )
        return RESOURCES.c.id.in_(rows)
    column: ColumnElement[Any] = RESOURCES.c[found.column]
    return column == found.value


def is_about_documents(query: Query, plan: Plan) -> bool:
    """Tell whether a filter asks for nothing that is kept in other rows."""
    find = plan.resource_type.find
    names = [find(str(path)) for path in query.filter.attributes()] if query.filter else []
    return not any(found is not None and found.keys[0] in ("members", "groups") for found in names)
