"""Filter: a filter text, parsed, bound and compiled once, ready to be asked about any number of resources."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Self, TypeAlias, TypeVar, cast, final

from scimcore import urns
from scimcore.documents import Document
from scimcore.errors import InvalidFilter
from scimcore.filter.ast import FilterNode, paths
from scimcore.filter.binding import bind, bind_each
from scimcore.filter.bound import Bound
from scimcore.filter.evaluate import predicate
from scimcore.filter.explain import draw
from scimcore.filter.parser import DEFAULT_FILTER_LIMITS, FilterLimits, parse_reporting
from scimcore.filter.scan import scanner
from scimcore.filter.scopes import UnknownAttribute
from scimcore.filter.tolerances import TOLERANT, FilterTolerance, Tolerated
from scimcore.paths import AttributePath
from scimcore.resources import Group, User
from scimcore.schema.models import Resource, ScimModel
from scimcore.schema.resource_type import ResourceType

# What is remembered is bounded in number and in size: longer filters are rare, and compiled anew each time.
_MAX_REMEMBERED = 512
_MAX_REMEMBERED_CHARACTERS = 1_024

_Test: TypeAlias = Callable[[Document], bool]
_ResourceT = TypeVar("_ResourceT", bound=Document | ScimModel)


@final
class Filter:
    """A filter (RFC 7644 §3.4.2.2): ``Filter('userName eq "bjensen"').matches(user)``.

    Immutable; equal if text, resource type and tolerances are. The same text is compiled once: a repeated
    ``Filter(text, resource_type)`` is a dictionary look-up.

    Attributes:
        text: As given; ``str()`` is the canonical form.
        node: The tree.
        resource_type: What it is bound to, or None.
        tolerances: Which off-specification forms are understood.
        bound: For each resource type it was bound to, the bound tree.
    """

    __slots__ = (
        "_kinds",
        "_predicates",
        "_test",
        "_tolerated_in_text",
        "bound",
        "node",
        "resource_type",
        "text",
        "tolerances",
    )

    text: str
    node: FilterNode
    resource_type: ResourceType | None
    tolerances: frozenset[FilterTolerance]
    bound: dict[ResourceType, Bound]
    _kinds: tuple[ResourceType, ...]
    _predicates: dict[ResourceType, _Test]
    _test: _Test
    _tolerated_in_text: tuple[Tolerated, ...]

    def __new__(
        cls,
        text: str,
        resource_type: ResourceType | None = None,
        *,
        tolerances: frozenset[FilterTolerance] = TOLERANT,
        limits: FilterLimits | None = None,
    ) -> Self:
        """Parse, bind and compile a filter, or find it where it is remembered.

        Args:
            text: The filter, percent-decoding done.
            resource_type: What the resources are. Without it, each is taken for what it says it is: a model for its
                class's type, a document for a Group if its ``schemas`` say so and else for a User; an extension that
                is unknown is looked for in the document, and its values are compared by their JSON type.
            tolerances: Which off-specification forms are understood.
            limits: What the filter may cost, if not what ``FilterLimits()`` says.

        Raises:
            InvalidFilter: If the text is no filter, or cannot be asked of the resource type; without one, if it can be
                asked of neither User nor Group. It carries the text and the column.
        """
        if limits is None:
            # A filter that is known costs a look-up and no question first; errors are not remembered.
            try:
                return _remembered(text, resource_type, tolerances)
            except _TooLongToRemember:
                limits = DEFAULT_FILTER_LIMITS
        return _made(text, resource_type, tolerances, limits)

    @classmethod
    def over(
        cls,
        text: str,
        resource_types: Sequence[ResourceType],
        *,
        tolerances: frozenset[FilterTolerance] = TOLERANT,
    ) -> Self:
        """Parse, bind and compile a filter for several resource types that are searched together.

        An attribute that one type has not is without a value there; one that none of them has is an error. A document
        is of the type that its ``schemas`` name.

        Args:
            text: The filter, percent-decoding done.
            resource_types: One at least.
            tolerances: Which off-specification forms are understood.

        Raises:
            InvalidFilter: If the text is no filter, or cannot be asked of these types.

        RFC 7644 §3.4.2.1.
        """
        kinds = tuple(resource_types)
        if len(kinds) == 1:
            return cls(text, kinds[0], tolerances=tolerances)
        if len(text) <= _MAX_REMEMBERED_CHARACTERS:
            return _remembered_over(text, kinds, tolerances)
        return _made_over(text, kinds, tolerances)

    def matches(self, resource: Document | ScimModel) -> bool:
        """Tell whether a resource meets the filter.

        Args:
            resource: A document with canonical attribute names, or a model.

        A filter without a resource type that cannot be asked of this resource's type does not match it.
        """
        if isinstance(resource, dict):
            return self._test(resource)
        kind = self.resource_type or (type(resource).resource_type() if isinstance(resource, Resource) else _USER)
        if kind not in self._predicates:
            self._compile(kind)
        return self._predicates[kind](resource.to_document())

    def select(self, resources: Iterable[_ResourceT]) -> list[_ResourceT]:
        """Return the resources that meet the filter, in their order."""
        candidates = list(resources)
        if self.resource_type is not None and set(map(type, candidates)) == {dict}:
            documents = cast("list[Document]", candidates)
            return cast("list[_ResourceT]", scanner(self.bound[self.resource_type].node)(documents))
        return [resource for resource in candidates if self.matches(resource)]

    def attributes(self) -> tuple[AttributePath, ...]:
        """Return the attributes that the filter reads, each once, as they are spelled in the text."""
        return tuple(dict.fromkeys(paths(self.node)))

    @property
    def tolerated(self) -> tuple[Tolerated, ...]:
        """The off-specification forms that had to be understood."""
        used = [tolerated for bound in self.bound.values() for tolerated in bound.tolerated]
        return (*self._tolerated_in_text, *dict.fromkeys(used))

    def explain(self) -> str:
        """Draw the tree as text, with what was tolerated below it."""
        notes = [f"tolerated: {used.tolerance} at {used.path}" for used in self.tolerated]
        return "\n".join([draw(self.node), *notes])

    def __str__(self) -> str:
        return str(self.node)

    def __repr__(self) -> str:
        return f"Filter({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filter) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Filter is immutable: '{name}' cannot be set")

    def _identity(self) -> tuple[FilterNode, tuple[ResourceType, ...], frozenset[FilterTolerance]]:
        return self.node, self._kinds, self.tolerances

    def _compile(self, kind: ResourceType) -> InvalidFilter | None:
        """Make the predicate for one resource type; one that matches nothing if the filter cannot be asked of it."""
        unknown = UnknownAttribute.LOOK if self.resource_type is None else UnknownAttribute.REFUSE
        try:
            bound = bind(self.node, kind, tolerances=self.tolerances, unknown=unknown)
        except InvalidFilter as error:
            self._predicates[kind] = _nothing
            return _located(error, self.text)
        self.bound[kind] = bound
        self._predicates[kind] = predicate(bound.node)
        return None


_USER = User.resource_type()
_GROUP = Group.resource_type()
_set = object.__setattr__


def _made(
    text: str, resource_type: ResourceType | None, tolerances: frozenset[FilterTolerance], limits: FilterLimits
) -> Filter:
    made = _parsed(text, () if resource_type is None else (resource_type,), tolerances, limits)
    if resource_type is not None:
        fault = made._compile(resource_type)
        _set(made, "_test", made._predicates[resource_type])
    else:
        fault, other = made._compile(_USER), made._compile(_GROUP)
        fault = fault if other is not None else None
        _set(made, "_test", _by_schemas(made._predicates[_USER], made._predicates[_GROUP]))
    if fault is not None:
        raise fault
    return made


class _TooLongToRemember(Exception):
    pass


@lru_cache(_MAX_REMEMBERED)
def _remembered(text: str, resource_type: ResourceType | None, tolerances: frozenset[FilterTolerance]) -> Filter:
    if len(text) > _MAX_REMEMBERED_CHARACTERS:
        raise _TooLongToRemember
    return _made(text, resource_type, tolerances, DEFAULT_FILTER_LIMITS)


@lru_cache(_MAX_REMEMBERED)
def _remembered_over(text: str, kinds: tuple[ResourceType, ...], tolerances: frozenset[FilterTolerance]) -> Filter:
    return _made_over(text, kinds, tolerances)


def _made_over(text: str, kinds: tuple[ResourceType, ...], tolerances: frozenset[FilterTolerance]) -> Filter:
    made = _parsed(text, kinds, tolerances, DEFAULT_FILTER_LIMITS)
    try:
        trees = bind_each(made.node, kinds, tolerances=tolerances)
    except InvalidFilter as error:
        raise _located(error, text) from None
    for kind, bound in zip(kinds, trees, strict=True):
        made.bound[kind] = bound
        made._predicates[kind] = predicate(bound.node)
    _set(made, "_test", _by_core_schema({kind.schema.id: made._predicates[kind] for kind in kinds}))
    return made


def _parsed(
    text: str, kinds: tuple[ResourceType, ...], tolerances: frozenset[FilterTolerance], limits: FilterLimits
) -> Filter:
    """Make a filter that is bound to nothing yet."""
    parsed = parse_reporting(text, limits=limits, tolerances=tolerances)
    made = object.__new__(Filter)
    _set(made, "text", text)
    _set(made, "node", parsed.node)
    _set(made, "resource_type", kinds[0] if len(kinds) == 1 else None)
    _set(made, "bound", {})
    _set(made, "_kinds", kinds)
    _set(made, "_predicates", {})
    _set(made, "tolerances", tolerances)
    _set(made, "_tolerated_in_text", parsed.tolerated)
    return made


def _by_core_schema(tests: dict[str, _Test]) -> _Test:
    def test(document: Document) -> bool:
        # A document of another type does not match: no filter may widen a result.
        return any(tests[urn](document) for urn in document.get("schemas", ()) if urn in tests)

    return test


def _by_schemas(
    of_user: Callable[[Document], bool], of_group: Callable[[Document], bool]
) -> Callable[[Document], bool]:
    def test(document: Document) -> bool:
        schemas = document.get("schemas")
        is_group = isinstance(schemas, list) and urns.GROUP in schemas
        return of_group(document) if is_group else of_user(document)

    return test


def _nothing(_: Document) -> bool:
    return False


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')


def _located(error: InvalidFilter, text: str) -> InvalidFilter:
    """Say where in the text the attribute stands that an error is about; the tree knows no columns."""
    without_values = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
    column = max(0, without_values.find(error.path)) if error.path else 0
    return InvalidFilter(error.detail, text=text, column=column, path=error.path, rule=error.rule)
