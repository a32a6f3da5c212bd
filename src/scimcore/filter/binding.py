"""From tree to bound tree: every attribute and value of a filter as one resource type has them.

It fails closed: an attribute that does not exist, an operator that does not fit, a value of another type and an
attribute that is never returned are refused with ``InvalidFilter``, so that no mistake widens a result and no filter
probes a secret.
"""

from typing import assert_never

from scimcore.documents import printable
from scimcore.errors import InvalidFilter
from scimcore.filter.ast import (
    MAX_LEVELS,
    And,
    Comparison,
    FilterNode,
    Literal,
    Not,
    Operator,
    Or,
    Present,
    ValuePath,
    comparisons,
)
from scimcore.filter.bound import (
    Bound,
    BoundAnd,
    BoundComparison,
    BoundNode,
    BoundNot,
    BoundOr,
    BoundPresent,
    BoundUndefined,
    BoundValuePath,
    Comparable,
)
from scimcore.filter.operands import operand_of, require_fit, require_literal_fit, require_null_fit
from scimcore.filter.scopes import (
    ElementScope,
    Leniency,
    ResourceScope,
    UnknownAttribute,
    below,
    refusal,
    refuse_secret,
)
from scimcore.filter.tolerances import TOLERANT, FilterTolerance
from scimcore.paths import AttributePath
from scimcore.schema.characteristics import AttributeType, Returned
from scimcore.schema.resource_type import ResolvedPath, ResourceType


def bind(
    node: FilterNode,
    resource_type: ResourceType,
    *,
    tolerances: frozenset[FilterTolerance] = TOLERANT,
    unknown: UnknownAttribute = UnknownAttribute.REFUSE,
) -> Bound:
    """Resolve a filter against a resource type.

    Args:
        node: From the parser, or built by hand.
        resource_type: Says what the attributes are.
        tolerances: Which off-specification forms are understood.
        unknown: What an attribute means that the type has not.

    Raises:
        InvalidFilter: If the filter cannot be asked. ``path`` is the attribute at fault, as sent.

    RFC 7644 §3.4.2.1, §3.4.2.2.
    """
    leniency = Leniency(tolerances)
    return Bound(_bind(node, ResourceScope(resource_type, unknown, leniency), leniency, 1), tuple(leniency.used))


def bind_each(
    node: FilterNode,
    resource_types: tuple[ResourceType, ...],
    *,
    tolerances: frozenset[FilterTolerance] = TOLERANT,
) -> tuple[Bound, ...]:
    """Resolve a filter against several resource types that are searched together.

    An attribute that one type has not is without a value there. An attribute that none of them has is refused.

    Raises:
        InvalidFilter: If no type has one of the attributes, or the filter cannot be asked of one of them.

    RFC 7644 §3.4.2.1.
    """
    bound = tuple(bind(node, each, tolerances=tolerances, unknown=UnknownAttribute.ABSENT) for each in resource_types)
    undefined = [_undefined(each.node) for each in bound]
    for path in undefined[0] if undefined else ():
        if all(path in others for others in undefined):
            names = " or ".join(each.name for each in resource_types)
            raise refusal(f"'{printable(str(path))}' is no attribute of {names}", path)
    return bound


def bind_value_filter(
    node: FilterNode, attribute: ResolvedPath, *, tolerances: frozenset[FilterTolerance] = TOLERANT
) -> Bound:
    """Resolve what stands in the brackets of a value path, for the elements of one attribute.

    Args:
        node: As ``PatchPath.value_filter`` has it.
        attribute: What stands before the bracket: complex, or with several values (plain ones are ``value`` then).
        tolerances: Which off-specification forms are understood.

    Returns:
        A tree whose targets begin at an element.

    Raises:
        InvalidFilter: If the filter cannot be asked of these elements.
    """
    refuse_secret(attribute, attribute.path)
    leniency = Leniency(tolerances)
    return Bound(_bind(node, ElementScope(attribute, attribute.path), leniency, 1), tuple(leniency.used))


def _bind(node: FilterNode, scope: ResourceScope | ElementScope, leniency: Leniency, level: int) -> BoundNode:
    if level > MAX_LEVELS:
        # The parser makes none that deep; a tree built by hand may be.
        raise InvalidFilter(f"the filter is too large: the tree has more than {MAX_LEVELS} levels")
    match node:
        case And():
            return BoundAnd(tuple([_bind(term, scope, leniency, level + 1) for term in node.terms]))
        case Or():
            return BoundOr(tuple([_bind(term, scope, leniency, level + 1) for term in node.terms]))
        case Not():
            return BoundNot(_bind(node.operand, scope, leniency, level + 1))
        case _:
            target = scope.resolve(node)
    if not isinstance(target, ResolvedPath):
        for comparison in comparisons(node):
            require_literal_fit(comparison.operator, comparison.value, comparison.path)
        return target
    refuse_secret(target, node.path)
    match node:
        case Comparison():
            bound = _comparison(target, node.operator, node.value, node.path, leniency)
            return _flag(bound, scope) if bound.operand is False else bound
        case Present():
            return BoundPresent(target)
        case ValuePath():
            return BoundValuePath(target, _bind(node.filter, ElementScope(target, node.path), leniency, level + 1))
        case _:
            assert_never(node)


def _comparison(
    target: ResolvedPath, operator: Operator, value: Literal, path: AttributePath, leniency: Leniency
) -> BoundComparison:
    if value is None:
        require_null_fit(operator, path)
        return BoundComparison(target, operator, None, Comparable.ABSENCE)
    if target.leaf.type is AttributeType.COMPLEX:
        target = _value_of(target, path, leniency)
        refuse_secret(target, path)
    require_fit(operator, target.leaf, path)
    operand, comparable = operand_of(target.leaf, value, path, leniency)
    return BoundComparison(target, operator, operand, comparable)


def _flag(bound: BoundComparison, scope: ResourceScope | ElementScope) -> BoundNode:
    """Take a value that does not say whether it is primary for one that is not (RFC 7643 §2.4)."""
    target = bound.target
    if target.leaf.name != "primary":
        return bound
    is_primary = bound._replace(operator=Operator.EQ, operand=True)
    is_other = bound._replace(operator=Operator.NE, operand=True)
    if len(target.keys) == 1:
        of_several = isinstance(scope, ElementScope) and scope.of_several
        return bound if not of_several else is_other if bound.operator is Operator.EQ else is_primary
    if not target.attributes[-2].multi_valued:
        return bound
    path = target.path
    several = ResolvedPath(target.keys[:-1], target.attributes[:-1], AttributePath(path.uri, path.attribute))
    if bound.operator is Operator.EQ:
        # Where there is no value at all, none is the other one.
        flag = ResolvedPath(target.keys[-1:], target.attributes[-1:], path)
        return BoundValuePath(several, is_other._replace(target=flag))
    return BoundOr((is_primary, BoundComparison(several, Operator.EQ, None, Comparable.ABSENCE)))


def _value_of(target: ResolvedPath, path: AttributePath, leniency: Leniency) -> ResolvedPath:
    """Take a complex attribute for its ``value``, as RFC 7644 Figure 2 does (``emails co "example.com"``).

    For an attribute that has one value, such as the manager, no RFC says so, but clients do.
    """
    attribute = target.leaf
    value = attribute.sub("value")
    if value is not None and (attribute.multi_valued or leniency.allows(FilterTolerance.COMPLEX_VALUE, path)):
        return ResolvedPath((*target.keys, value.name), (*target.attributes, value), below(target.path, value.name))
    known = [sub.name for sub in attribute.sub_attributes if sub.returned is not Returned.NEVER]
    example = f", for example '{below(target.path, known[0])}'" if known else ""
    raise refusal(f"'{target.path}' is complex: compare one of its sub-attributes{example}", path)


def _undefined(node: BoundNode) -> list[AttributePath]:
    found: list[AttributePath] = []
    pending = [node]
    while pending:
        match pending.pop():
            case BoundUndefined(path):
                found.append(path)
            case BoundAnd(terms) | BoundOr(terms):
                pending.extend(reversed(terms))
            case BoundNot(operand):
                pending.append(operand)
            case _:
                # Inside brackets nothing is undefined.
                pass
    return found
