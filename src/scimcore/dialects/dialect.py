"""Dialect: the set of quirks that are understood of one client, applied in one go.

The caller (its token) brings its dialect. What a client sends passes here before anyone else reads it, and comes out as
the RFC has it, with a report of what was put right; a payload that is right already passes for the price of a look.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from scimcore.dialects.quirk import BodyRewrite, Means, OperationRewrite, Quirk, ResourceRewrite, Seat, ValueRewrite
from scimcore.dialects.walking import (
    Shape,
    ValueRules,
    Walk,
    looks_canonical,
    members_look_canonical,
    shape_of,
    shapes_of,
)
from scimcore.documents import JSON, Document, is_object
from scimcore.filter.tolerances import FilterTolerance
from scimcore.patch.targets import plain_target
from scimcore.patch.tolerances import PatchTolerances, Tolerance, Tolerated
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResourceType


@dataclass(frozen=True)
class Dialect:
    """What a client may send off the specification.

    Two dialects with the same quirks understand the same. ``ENTRA.plus(quirk)`` makes one that understands more.

    Attributes:
        name: For configuration and logs.
        quirks: What is understood, in the order in which rewrites are tried.
    """

    name: str
    quirks: tuple[Quirk, ...] = ()

    def plus(self, *quirks: Quirk, name: str | None = None) -> "Dialect":
        """Return a dialect that understands these quirks as well."""
        return Dialect(name or self.name, tuple(dict.fromkeys((*self.quirks, *quirks))))

    @cached_property
    def filter_tolerances(self) -> frozenset[FilterTolerance]:
        """What the parser and the binding of filters may understand."""
        return frozenset(means for _, means in self._all if isinstance(means, FilterTolerance))

    @cached_property
    def patch_tolerances(self) -> PatchTolerances:
        """What ``scimcore.patch.operations.apply`` may do."""
        return frozenset(means for _, means in self._all if isinstance(means, Tolerance | FilterTolerance))

    def rewrite_patch(self, body: Document, resource_type: ResourceType) -> tuple[Document, tuple[Tolerated, ...]]:
        """Turn the body of a PATCH request into what was meant.

        Args:
            body: As sent; not changed. What is no PATCH body at all stays what it is, to be refused by its reader.
            resource_type: What is to be patched.

        Returns:
            The very same body if there was nothing to do, or a new one, and what was tolerated.

        Raises:
            InvalidValue: If ``active`` is null.
        """
        if not self.quirks:
            return body, ()
        tolerated: list[Tolerated] = []
        for quirk, rewrite in self._bodies:
            new = rewrite.apply(body, resource_type)
            if new is not body:
                tolerated.append(Tolerated(quirk, ""))
                body = new
        name = "Operations"
        if name not in body:
            name = next((each for each in body if each.lower() == "operations"), name)
        operations = body.get(name)
        if not isinstance(operations, list):
            return body, tuple(tolerated)
        rewritten: list[JSON] = []
        changed = False
        for operation in operations:
            if operation.__class__ is not dict or _looks_canonical(operation, resource_type):
                rewritten.append(operation)
                continue
            new_operations = self._rewrite_operation(operation, resource_type, tolerated)
            changed = changed or len(new_operations) != 1 or new_operations[0] is not operation
            rewritten += new_operations
        return ({**body, name: rewritten} if changed else body), tuple(tolerated)

    def rewrite_resource(
        self, document: Document, resource_type: ResourceType
    ) -> tuple[Document, tuple[Tolerated, ...]]:
        """Turn the body of a POST or PUT request into what was meant.

        Returns:
            The very same document if there was nothing to do, or a new one, and what was tolerated.

        Raises:
            InvalidValue: If ``active`` is null.
        """
        if not self.quirks:
            return document, ()
        tolerated: list[Tolerated] = []
        for quirk, rewrite in self._resources:
            new = rewrite.apply(document, resource_type)
            if new is not document:
                tolerated.append(Tolerated(quirk, "schemas"))
                document = new
        if members_look_canonical(document, _shapes_of_body(resource_type)):
            return document, tuple(tolerated)
        walk = Walk(self._values)
        document = walk.members(document, resource_type.attributes, "")
        return document, (*tolerated, *walk.tolerated)

    # One operation ------------------------------------------------------------------------------------------------

    def _rewrite_operation(
        self, operation: Document, resource_type: ResourceType, tolerated: list[Tolerated]
    ) -> Sequence[Document]:
        pending = [operation if operation.keys() <= _MEMBERS else _lower_members(operation)]
        for quirk, rewrite in self._operations:
            if len(pending) == 1:
                # With the name in lower case, most of what Entra sends is what the RFC has.
                [each] = pending
                new = rewrite.apply(each, resource_type)
                if new is each:
                    continue
                tolerated.append(_report(quirk, each))
                pending = new if isinstance(new, list) else [new]
                if len(pending) == 1 and _looks_canonical(pending[0], resource_type):
                    return pending
            else:
                rewritten: list[Document] = []
                for each in pending:
                    new = rewrite.apply(each, resource_type)
                    if new is not each:
                        tolerated.append(_report(quirk, each))
                    rewritten += new if isinstance(new, list) else [new]
                pending = rewritten
        return [self._rewrite_value(each, resource_type, tolerated) for each in pending]

    def _rewrite_value(self, operation: Document, resource_type: ResourceType, tolerated: list[Tolerated]) -> Document:
        if "value" not in operation or operation.get("op") not in ("add", "replace"):
            return operation
        value = operation["value"]
        path = operation.get("path")
        walk = Walk(self._values)
        if path is None:
            if not is_object(value):
                return operation
            new: JSON = walk.members(value, resource_type.attributes, "")
        elif isinstance(path, str):
            place = _place_of(path, resource_type)
            if place is None:
                return operation
            # An array may be added to by one value of it (RFC 7644 §3.5.2.1): that is no quirk.
            one = (
                place.attribute.multi_valued
                and place.seat is Seat.WHOLE
                and operation["op"] == "add"
                and not isinstance(value, list)
            )
            new = walk.value(value, place.attribute, place.path, Seat.ELEMENT if one else place.seat)
        else:
            return operation
        tolerated += walk.tolerated
        return operation if new is value else {**operation, "value": new}

    # Compiled ------------------------------------------------------------------------------------------------------

    @cached_property
    def _all(self) -> tuple[tuple[str, Means], ...]:
        return tuple((quirk.id, means) for quirk in self.quirks for means in quirk.means)

    @cached_property
    def _bodies(self) -> list[tuple[str, BodyRewrite]]:
        return [(quirk, means) for quirk, means in self._all if isinstance(means, BodyRewrite)]

    @cached_property
    def _resources(self) -> list[tuple[str, ResourceRewrite]]:
        return [(quirk, means) for quirk, means in self._all if isinstance(means, ResourceRewrite)]

    @cached_property
    def _operations(self) -> list[tuple[str, OperationRewrite]]:
        return [(quirk, means) for quirk, means in self._all if isinstance(means, OperationRewrite)]

    @cached_property
    def _values(self) -> ValueRules:
        rules = [(quirk, means) for quirk, means in self._all if isinstance(means, ValueRewrite)]
        return {kind: [(quirk, rule) for quirk, rule in rules if kind in rule.types] for kind in AttributeType}


_VERBS = frozenset({"add", "remove", "replace"})
_MEMBERS = frozenset({"op", "path", "value"})


class _Place(NamedTuple):
    """What the value of an operation is a value of."""

    attribute: Attribute
    path: str
    seat: Seat
    shape: Shape | None


def _looks_canonical(operation: Document, resource_type: ResourceType) -> bool:
    """Tell whether no rewrite could have anything to do with an operation."""
    verb = operation.get("op")
    if not isinstance(verb, str) or verb not in _VERBS or not operation.keys() <= _MEMBERS:
        return False
    if "path" not in operation:
        value = operation.get("value")
        return is_object(value) and members_look_canonical(value, shapes_of(resource_type))
    path = operation["path"]
    if not isinstance(path, str) or not path:
        return False
    if verb == "remove" and "[" in path:
        return True
    place = _place_of(path, resource_type)
    if place is None or place.shape is None:
        return False
    return verb == "remove" or looks_canonical(operation.get("value"), place.shape, place.seat)


def _place_of(path: str, resource_type: ResourceType) -> _Place | None:
    return _remembered_place(path, resource_type) if len(path) <= 256 else None


@lru_cache(maxsize=4096)
def _remembered_place(path: str, resource_type: ResourceType) -> _Place | None:
    """Say what stands at a path; of a value path only where its value goes, whatever the filter."""
    head, bracket, rest = path.partition("[")
    target = plain_target(head, resource_type)
    if target is None:
        return None
    if target.plan is None:
        attribute = next(each for each in resource_type.attributes if each.name == target.urn)
        return _Place(attribute, attribute.name, Seat.WHOLE, shape_of(attribute))
    plan = target.plan if target.sub is None else target.sub
    if not bracket:
        return _Place(plan.attribute, plan.path, Seat.WHOLE, shape_of(plan.attribute))
    name = rest.rpartition("]")[2]
    if not name:
        return _Place(plan.attribute, plan.path, Seat.SELECTED, shape_of(plan.attribute))
    sub = plan.attribute.sub(name[1:])
    return None if sub is None else _Place(sub, f"{plan.path}.{sub.name}", Seat.WHOLE, shape_of(sub))


@lru_cache(maxsize=256)
def _shapes_of_body(resource_type: ResourceType) -> dict[str, Shape]:
    """Add ``schemas`` to the shapes of a resource: in a body it is looked at by rewrites of its own."""
    schemas = next(each for each in resource_type.attributes if each.name == "schemas")
    return {**shapes_of(resource_type), "schemas": Shape(schemas, True, str, None, False)}


def _lower_members(operation: Document) -> Document:
    """Spell the members of an operation as the RFC does; names are case-insensitive (RFC 7643 §2.1)."""
    lower = {name: name.lower() for name in operation if name.lower() in _MEMBERS}
    if len(set(lower.values())) < len(lower):
        return operation
    return {lower.get(name, name): value for name, value in operation.items()}


def _report(quirk: str, operation: Document) -> Tolerated:
    path = operation.get("path")
    if not isinstance(path, str):
        return Tolerated(quirk, "")
    return _remembered_use(quirk, path) if len(path) <= 256 else Tolerated(quirk, _bare(path))


@lru_cache(maxsize=4096)
def _remembered_use(quirk: str, path: str) -> Tolerated:
    return Tolerated(quirk, _bare(path))


def _bare(path: str) -> str:
    """Leave out the filter of a path: it may hold personal data."""
    head, bracket, rest = path.partition("[")
    return head + rest.rpartition("]")[2] if bracket else head
