"""The table of contents of scimcore.filter; `__init__.py` loads a name when it is first used."""

from scimcore.filter.ast import (
    And,
    Comparison,
    FilterNode,
    Literal,
    Not,
    Operator,
    Or,
    PatchPath,
    Present,
    ValuePath,
)
from scimcore.filter.binding import bind, bind_each, bind_value_filter
from scimcore.filter.bound import (
    Bound,
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
from scimcore.filter.evaluate import predicate
from scimcore.filter.expression import Filter
from scimcore.filter.parser import FilterLimits, parse, parse_patch_path
from scimcore.filter.scan import scanner
from scimcore.filter.scopes import UnknownAttribute
from scimcore.filter.tolerances import STRICT, TOLERANT, FilterTolerance, Tolerated

__all__ = [
    "STRICT",
    "TOLERANT",
    "And",
    "Bound",
    "BoundAnd",
    "BoundComparison",
    "BoundNode",
    "BoundNot",
    "BoundOpen",
    "BoundOr",
    "BoundPresent",
    "BoundUndefined",
    "BoundValuePath",
    "Comparable",
    "Comparison",
    "Filter",
    "FilterLimits",
    "FilterNode",
    "FilterTolerance",
    "Literal",
    "Not",
    "Operator",
    "Or",
    "PatchPath",
    "Present",
    "Tolerated",
    "UnknownAttribute",
    "ValuePath",
    "bind",
    "bind_each",
    "bind_value_filter",
    "parse",
    "parse_patch_path",
    "predicate",
    "scanner",
]
