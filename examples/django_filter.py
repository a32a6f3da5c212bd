"""SCIM filters as Django Q objects: the bound tree, walked with ``match``; what the ORM cannot say is refused.

    fields = {"userName": "login", "emails": Rows(Mail, "account", {"value": "address", "type": "kind"})}
    Account.objects.filter(filter_to_q('emails[type eq "work" and value ew "@acme.com"]', fields))

Rows of another model are asked in a subquery, so that a value path is about one row, "not" is about all of them, and no
join repeats a resource. Without case, databases differ beyond ASCII: SQLite folds nothing there, PostgreSQL what its
locale says. Where that matters, keep a folded column, as ``docs/filters-sql.md`` tells.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, TypeAlias, assert_never

from django.db.models import Exists, OuterRef, Q

from scimcore import InvalidFilter, User
from scimcore.filter import (
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
    Filter,
    Operator,
)
from scimcore.schema import ResolvedPath, ResourceType


@dataclass(frozen=True)
class Rows:
    """Rows that are the values of an attribute: model, foreign key to the resource, and sub-attribute to field."""

    model: Any
    owner: str
    fields: Mapping[str, str]

    def having(self, condition: Q) -> Q:
        return Q(Exists(self.model.objects.filter(condition, **{self.owner: OuterRef("pk")})))


Fields: TypeAlias = Mapping[str, str | Rows]

_ORDER = {Operator.EQ: "exact", Operator.GT: "gt", Operator.GE: "gte", Operator.LT: "lt", Operator.LE: "lte"}
_EXACT_TEXT = {Operator.EQ: "exact", Operator.CO: "contains", Operator.SW: "startswith", Operator.EW: "endswith"}
_LOOKUPS: dict[Comparable, Mapping[Operator, str]] = {
    Comparable.TEXT: {operator: f"i{name}" for operator, name in _EXACT_TEXT.items()},
    Comparable.EXACT_TEXT: _EXACT_TEXT,
    Comparable.ABSENCE: {Operator.EQ: "isnull"},
}


def filter_to_q(text: str, fields: Fields, resource_type: ResourceType | None = None) -> Q:
    """Translate a filter; raises InvalidFilter if it is none, or if ``fields`` or the ORM cannot answer it."""
    kind = resource_type or User.resource_type()
    return _q(Filter(text, kind).bound[kind].node, fields)


def _q(node: BoundNode, fields: Fields) -> Q:
    match node:
        case BoundAnd(terms):
            return reduce(and_, [_q(term, fields) for term in terms])
        case BoundOr(terms):
            return reduce(or_, [_q(term, fields) for term in terms])
        case BoundNot(operand):
            return ~_q(operand, fields)
        case BoundValuePath(target, condition):
            rows = fields.get(str(target.path))
            if not isinstance(rows, Rows):
                raise _refusal(target)
            return rows.having(_q(condition, rows.fields))
        case BoundPresent(target):
            return _asked(target, fields, lambda field: ~Q(**{f"{field}__isnull": True}), without_value=False)
        case BoundComparison(target, operator, operand, comparable):
            differs = operator is Operator.NE
            lookup = _LOOKUPS.get(comparable, _ORDER).get(Operator.EQ if differs else operator)
            if lookup is None:
                raise _refusal(target)
            value = True if comparable is Comparable.ABSENCE else operand
            return _asked(
                target,
                fields,
                lambda field: ~Q(**{f"{field}__{lookup}": value}) if differs else Q(**{f"{field}__{lookup}": value}),
                without_value=differs is not (comparable is Comparable.ABSENCE),
            )
        case BoundUndefined() | BoundOpen():  # a filter that is bound to one resource type has none of these
            raise InvalidFilter("the attribute is not known")
        case _:
            assert_never(node)


def _asked(target: ResolvedPath, fields: Fields, condition: Callable[[str], Q], *, without_value: bool) -> Q:
    """Ask a field, or each row of a related model; ``without_value`` is the answer where there is no row."""
    first, last = target.keys[0], target.keys[-1]
    rows = fields.get(first)
    if isinstance(rows, Rows) and last in rows.fields:
        found = rows.having(condition(rows.fields[last]))
        return found | ~rows.having(Q()) if without_value else found
    # Inside a bracket, paths are those of sub-attributes.
    field = fields.get(str(target.path)) or fields.get(last)
    if not isinstance(field, str):
        raise _refusal(target)
    return condition(field)


def _refusal(target: ResolvedPath) -> InvalidFilter:
    return InvalidFilter(f"'{target.path}' cannot be searched in this way", path=str(target.path))
