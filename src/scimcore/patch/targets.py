"""What the path of an operation names: an attribute, a part of one, some of its values, or an extension.

A path is resolved once for a resource type and remembered. ``members[value eq "..."]`` is recognised by its look: it
is a key look-up, and a request may have thousands that differ in the key only.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias, TypeGuard

from scimcore.documents import JSON, Document, printable
from scimcore.errors import InvalidFilter, InvalidPath
from scimcore.filter.ast import Operator
from scimcore.filter.binding import bind_value_filter
from scimcore.filter.bound import BoundAnd, BoundComparison, BoundNode, Comparable
from scimcore.filter.evaluate import predicate
from scimcore.filter.parser import FilterLimits, parse_patch_path
from scimcore.filter.refusals import OperatorRefused
from scimcore.filter.tolerances import FilterTolerance
from scimcore.filter.values import fold
from scimcore.patch.plans import Plan, plans_of
from scimcore.patch.tolerances import PatchTolerances, Tolerated
from scimcore.paths import AttributePath
from scimcore.schema.resource_type import ResolvedPath, ResourceType

_REMEMBERED = 4096
_MAX_REMEMBERED_CHARACTERS = 256
_MAX_TERMS = 100


class Selector(NamedTuple):
    """Which values of a multi-valued attribute are meant.

    Attributes:
        matches: Tells it of one value.
        key: If only those can match whose ``value`` is this (without case), this; it leads to them without a search.
        exact_key: Whether ``matches`` has nothing to add to ``key``.
        description: The value that the filter describes, when it is nothing but equalities; None if it is more.
        weight: How many comparisons one call of ``matches`` costs.
    """

    matches: Callable[[JSON], bool]
    key: str | None = None
    exact_key: bool = False
    description: Document | None = None
    weight: int = 1


class KeySelector:
    """The selector that ``[value eq "..."]`` is: cheap to make, since each operation has its own."""

    __slots__ = ("_lower", "key")

    exact_key = True
    weight = 1

    def __init__(self, key: str) -> None:
        self.key = key
        self._lower = ""

    def matches(self, element: JSON) -> bool:
        """Tell whether a value is meant."""
        value = element.get("value") if isinstance(element, dict) else None
        if not isinstance(value, str):
            return False
        self._lower = self._lower or self.key.lower()  # it is ASCII
        return fold(value) == self._lower

    @property
    def description(self) -> Document:
        """The value that the filter describes."""
        return {"value": self.key}


AnySelector: TypeAlias = Selector | KeySelector


class Target(NamedTuple):
    """What a path names.

    Attributes:
        plan: The attribute; None for an extension as a whole.
        urn: The extension as a whole, or None.
        selector: The values meant, or None for the attribute itself, and where each operation has its own.
        sub: The sub-attribute meant, or None.
        path: In canonical spelling, without the value filter.
        tolerated: What had to be tolerated to understand the filter.
        plain: If any value of one Python type can be set there and nothing else be touched by that, this type.
    """

    plan: Plan | None
    urn: str | None = None
    selector: Selector | None = None
    sub: Plan | None = None
    path: str = ""
    tolerated: tuple[Tolerated, ...] = ()
    plain: type | None = None


# A head without brackets, one key of printable ASCII between quotes, and maybe a sub-attribute.
_KEYED = re.compile(r'([^\s\[\]()"]++)\[value eq "([ !#-\[\]-~]*+)"\](\.[A-Za-z$][A-Za-z0-9_$-]*+)?')


def target_of(
    path: str, resource_type: ResourceType, tolerances: PatchTolerances, max_characters: int
) -> tuple[Target, AnySelector | None]:
    """Resolve the path of an operation.

    Returns:
        What it names, and which of its values, if it has a filter.

    Raises:
        InvalidPath: If it is malformed, too long, names no attribute, or has a filter where there is nothing to choose.
        InvalidFilter: If an operator in its filter is none, or does not fit its attribute.
    """
    if '[value eq "' in path:
        keyed = _KEYED.fullmatch(path)
        if keyed is not None and len(path) <= max_characters:
            head, key, rest = keyed.groups()
            target = _keyed(head, rest, resource_type) if len(head) <= _MAX_REMEMBERED_CHARACTERS else None
            if target is not None:
                return target, KeySelector(key)
    if len(path) <= _MAX_REMEMBERED_CHARACTERS:
        target = _remembered(path, resource_type, tolerances)
        return target, target.selector
    if len(path) > max_characters:
        raise InvalidPath(f"A path has at most {max_characters} characters; this one has {len(path)}.")
    target = _resolve(path, resource_type, tolerances)
    return target, target.selector


def plain_target(path: str, resource_type: ResourceType) -> Target | None:
    """Return what a path without a filter names, or None if it has one or names nothing."""
    if len(path) > _MAX_REMEMBERED_CHARACTERS:
        return None
    return _plain(path, resource_type)


@lru_cache(_REMEMBERED)
def _plain(path: str, resource_type: ResourceType) -> Target | None:
    found = resource_type.find(path)
    return None if found is None else _target(found, resource_type)


@lru_cache(_REMEMBERED)
def _keyed(head: str, rest: str | None, resource_type: ResourceType) -> Target | None:
    """Resolve what stands around a key, if it is an attribute whose values have a textual ``value`` without case."""
    target = _plain(head, resource_type)
    if target is None or target.plan is None or target.sub is not None or not target.plan.many:
        return None
    value = target.plan.subs.get("value")
    if value is None or value.plain is not str or value.secret or value.attribute.case_exact:
        return None
    if rest is None:
        return target
    sub = target.plan.attribute.sub(rest[1:])
    if sub is None:
        return None
    return _part(target.plan, target.plan.subs[sub.name])


@lru_cache(_REMEMBERED)
def _remembered(path: str, resource_type: ResourceType, tolerances: PatchTolerances) -> Target:
    return _resolve(path, resource_type, tolerances)


def _resolve(path: str, resource_type: ResourceType, tolerances: PatchTolerances) -> Target:
    found = resource_type.find(path)
    if found is not None:
        return _target(found, resource_type)
    understood = frozenset(each for each in tolerances if isinstance(each, FilterTolerance))
    parsed = parse_patch_path(
        path, limits=FilterLimits(max_characters=len(path), max_terms=_MAX_TERMS), tolerances=understood
    )
    resolved = resource_type.resolve(str(parsed.path))
    target = _target(resolved, resource_type)
    if parsed.value_filter is None:
        return target
    plan = target.plan
    if plan is None or target.sub is not None or not plan.many:
        raise InvalidPath(
            f"'{resolved}' has one value: a filter in brackets chooses among several.",
            path=str(resolved),
            rule="RFC 7644 §3.5.2",
        )
    try:
        bound = bind_value_filter(parsed.value_filter, resolved, tolerances=understood)
    except OperatorRefused:
        raise
    except InvalidFilter as error:
        raise InvalidPath(error.detail, path=error.path, rule=error.rule) from None
    sub = None
    if parsed.sub_attribute is not None:
        sub = plan.attribute.sub(parsed.sub_attribute)
        if sub is None:
            raise InvalidPath(
                f"'{printable(parsed.sub_attribute)}' is no sub-attribute of '{resolved}'.",
                path=str(resolved),
                rule="RFC 7644 §3.10",
            )
    if sub is not None:
        target = _part(plan, plan.subs[sub.name])
    return target._replace(
        selector=_selector(bound.node, plan),
        tolerated=tuple(Tolerated(each.tolerance.value, each.path) for each in bound.tolerated),
    )


def _target(resolved: ResolvedPath, resource_type: ResourceType) -> Target:
    """Translate a resolved reference; an extension's URN is a step of its own there."""
    path: AttributePath = resolved.path
    keys = resolved.keys
    urn = None
    if keys[0] in resource_type.extension_urns:
        urn, *rest = keys
        if not rest:
            return Target(None, urn, path=urn)
        keys = tuple(rest)
    plan = plans_of(resource_type).at(urn, keys[0])
    if len(keys) > 1:
        return _part(plan, plan.subs[keys[1]])
    return Target(plan, path=str(path), plain=plan.plain if plan.free else None)


def _part(plan: Plan, sub: Plan) -> Target:
    # Another "value" makes another reference of one, and "primary" is taken from other values.
    alone = sub.name != "primary" and not (plan.is_reference and sub.name == "value")
    free = alone and sub.free and not (plan.read_only or plan.immutable)
    return Target(plan, sub=sub, path=sub.path, plain=sub.plain if free else None)


def _selector(node: BoundNode, plan: Plan) -> Selector:
    terms = node.terms if isinstance(node, BoundAnd) else (node,)
    equalities = [term for term in map(_unflagged, terms) if _is_equality(term)]
    description: Document | None = None
    if len(equalities) == len(terms):
        description = {}
        for term in equalities:
            name = term.target.keys[0]
            if description.setdefault(name, term.operand) != term.operand:
                # Two values for one sub-attribute describe nothing.
                description = None
                break
    key = next(
        (
            term.operand
            for term in equalities
            if term.target.keys == ("value",) and isinstance(term.operand, str) and plan.subs["value"].plain is str
        ),
        None,
    )
    return Selector(predicate(node), key, key is not None and len(terms) == 1, description, _weight(node))


def _unflagged(node: BoundNode) -> BoundNode:
    """Undo what makes ``primary eq false`` match values that do not say so: it describes one that does."""
    if not isinstance(node, BoundComparison) or node.target.keys != ("primary",):
        return node
    is_other = node.operator is Operator.NE and node.operand is True
    return node._replace(operator=Operator.EQ, operand=False) if is_other else node


def _is_equality(node: BoundNode) -> TypeGuard[BoundComparison]:
    return (
        isinstance(node, BoundComparison)
        and node.operator is Operator.EQ
        and node.comparable not in (Comparable.ABSENCE, Comparable.INSTANT)
        and len(node.target.keys) == 1
    )


def _weight(node: BoundNode) -> int:
    weight = 0
    pending = [node]
    while pending:
        current = pending.pop()
        weight += 1
        pending += getattr(current, "terms", ())
        operand = getattr(current, "operand", None)
        if operand is not None and not isinstance(current, BoundComparison):
            pending.append(operand)
    return weight
