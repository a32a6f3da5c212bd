"""Dialect: the set of quirks that are understood of one client, applied in one go.

The caller (its token) brings its dialect. What a client sends passes here before anyone else reads it, and comes out as
the RFC has it, with a report of what was put right; a payload that is right already passes for the price of a look.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import is_not

from scimcore.dialects.quirk import (
    BodyRewrite,
    Means,
    OperationRewrite,
    Quirk,
    ResourceRewrite,
    Seat,
    ValueRewrite,
    VerbRewrite,
)
from scimcore.dialects.rewrites import AT_EASE
from scimcore.dialects.shapes import (
    REMEMBERED_CHARACTERS,
    Place,
    looks_canonical,
    members_look_canonical,
    place_of,
    remembered_place,
    shapes_of,
    shapes_without_schemas,
)
from scimcore.dialects.walking import ValueRules, Walk, compiled
from scimcore.documents import JSON, Document, is_object
from scimcore.filter.tolerances import FilterTolerance
from scimcore.patch.tolerances import PatchTolerances, Tolerance, Tolerated
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
        rewritten = self._rewrite_operations(operations, resource_type, tolerated)
        return (body if rewritten is operations else {**body, name: rewritten}), tuple(tolerated)

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
        document, tolerated = self._rewrite_as_a_whole(document, resource_type)
        shapes = shapes_of(resource_type)
        if members_look_canonical(document, shapes):
            return document, tuple(tolerated)
        document = Walk(self._values, tolerated).members(document, shapes, "")
        return document, tuple(tolerated)

    def leaves(self, document: Document, resource_type: ResourceType) -> bool:
        """Tell whether there is nothing to rewrite in a body that :func:`~scimcore.dialects.plain.plain` has found."""
        watchful = self._watchful
        return not watchful or all(rewrite.apply(document, resource_type) is document for rewrite in watchful)

    def _rewrite_as_a_whole(self, document: Document, resource_type: ResourceType) -> tuple[Document, list[Tolerated]]:
        tolerated: list[Tolerated] = []
        for quirk, rewrite in self._resources:
            new = rewrite.apply(document, resource_type)
            if new is not document:
                tolerated.append(Tolerated(quirk, "schemas"))
                document = new
        return document, tolerated

    # Operations ----------------------------------------------------------------------------------------------------

    def _rewrite_operations(
        self, operations: list[JSON], resource_type: ResourceType, tolerated: list[Tolerated]
    ) -> list[JSON]:
        """Rewrite each operation; the very same list if there is nothing to do."""
        for operation in operations:
            if operation.__class__ is not dict or not _looks_canonical(operation, resource_type):
                break
        else:
            return operations
        rewritten: list[JSON] = []
        spellings = self._spellings
        for operation in operations:
            if operation.__class__ is dict:
                verb = operation.get("op")
                if verb.__class__ is str and verb not in _VERBS:
                    # With its name in lower case, most of what Entra sends is what the RFC has: no calls for that.
                    meant, quirks = spellings.get(verb) or self._read_verb(verb)
                    if quirks:
                        tolerated += [_report(quirk, operation) for quirk in quirks]
                        operation = {**operation, "op": meant}
                if not _looks_canonical(operation, resource_type):
                    rewritten += self._rewrite_operation(operation, resource_type, tolerated)
                    continue
            rewritten.append(operation)
        same = len(rewritten) == len(operations) and not any(map(is_not, rewritten, operations))
        return operations if same else rewritten

    def _rewrite_operation(
        self, operation: Document, resource_type: ResourceType, tolerated: list[Tolerated]
    ) -> Sequence[Document]:
        if not operation.keys() <= _MEMBERS:
            operation = _lower_members(operation)
            verb = operation.get("op")
            if verb.__class__ is str and verb not in _VERBS:
                operation = self._rewrite_verb(operation, verb, tolerated)
        place = _place(operation, resource_type)
        if place is not None:
            # Where it goes is plain, so that there is only the value to be looked at.
            return (self._rewrite_value(operation, place, resource_type, tolerated),)
        pending = [operation]
        for quirk, rewrite in self._operations:
            rewritten: list[Document] = []
            for each in pending:
                new = rewrite.apply(each, resource_type)
                if new is not each:
                    tolerated.append(_report(quirk, each))
                rewritten += new if isinstance(new, list) else [new]
            pending = rewritten
        return [self._rewrite_value(each, _place(each, resource_type), resource_type, tolerated) for each in pending]

    def _rewrite_verb(self, operation: Document, verb: str, tolerated: list[Tolerated]) -> Document:
        meant, quirks = self._spellings.get(verb) or self._read_verb(verb)
        if not quirks:
            return operation
        tolerated += [_report(quirk, operation) for quirk in quirks]
        return {**operation, "op": meant}

    def _read_verb(self, verb: str) -> tuple[str, tuple[str, ...]]:
        quirks: list[str] = []
        for quirk, rewrite in self._verbs:
            meant = rewrite.apply(verb)
            if meant is not verb:
                quirks.append(quirk)
                verb = meant
        return verb, tuple(quirks)

    def _rewrite_value(
        self, operation: Document, place: Place | None, resource_type: ResourceType, tolerated: list[Tolerated]
    ) -> Document:
        if operation.get("op") not in ("add", "replace") or "value" not in operation:
            return operation
        value = operation["value"]
        if place is None:
            if "path" in operation or not is_object(value):
                return operation
            new: JSON = Walk(self._values, tolerated).members(value, shapes_of(resource_type), "")
        else:
            shape, seat = place.shape, place.seat
            if shape is None:
                return operation
            if shape.many and seat is Seat.WHOLE and operation["op"] == "add" and not isinstance(value, list):
                # An array may be added to by one value of it (RFC 7644 §3.5.2.1): that is no quirk. A text is none of
                # an array of objects; where it is taken for one, that is.
                seat = Seat.WHOLE if shape.inside is not None and isinstance(value, str) else Seat.ELEMENT
            new = Walk(self._values, tolerated).value(value, shape, place.path, seat)
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
    def _watchful(self) -> list[ResourceRewrite]:
        """The rewrites of resources that may find something to do in a plain one, too."""
        return [rewrite for _, rewrite in self._resources if rewrite.apply not in AT_EASE]

    @cached_property
    def _verbs(self) -> list[tuple[str, VerbRewrite]]:
        return [(quirk, means) for quirk, means in self._all if isinstance(means, VerbRewrite)]

    @cached_property
    def _operations(self) -> list[tuple[str, OperationRewrite]]:
        return [(quirk, means) for quirk, means in self._all if isinstance(means, OperationRewrite)]

    @cached_property
    def _values(self) -> ValueRules:
        return compiled([(quirk, means) for quirk, means in self._all if isinstance(means, ValueRewrite)])

    @cached_property
    def _spellings(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Of the spellings that are met the name of the operation and the quirks by which it is understood."""
        spellings = (spelling for verb in _VERBS for spelling in (verb.capitalize(), verb.upper()))
        return {spelling: self._read_verb(spelling) for spelling in spellings}


_VERBS = frozenset({"add", "remove", "replace"})
_MEMBERS = frozenset({"op", "path", "value"})


def _looks_canonical(operation: Document, resource_type: ResourceType) -> bool:
    """Tell whether no rewrite could have anything to do with an operation."""
    verb, path, value = operation.get("op"), operation.get("path"), operation.get("value")
    if verb.__class__ is not str or verb not in _VERBS:
        return False
    if path.__class__ is str:
        if verb == "remove" and "[" in path:
            return operation.keys() <= _MEMBERS
        place = remembered_place(path, resource_type) if len(path) <= REMEMBERED_CHARACTERS else None
        if place is None:
            return False
        if value.__class__ is place.plain and len(operation) == 3:
            return value != ""
        if place.shape is None or not operation.keys() <= _MEMBERS:
            return False
        return verb == "remove" or looks_canonical(value, place.shape, place.seat)
    return (
        value.__class__ is dict
        and len(operation) == 2
        and members_look_canonical(value, shapes_without_schemas(resource_type))
    )


def _place(operation: Document, resource_type: ResourceType) -> Place | None:
    """Say where an operation goes whose members and path are as they should be."""
    path = operation.get("path")
    if path.__class__ is not str or not operation.keys() <= _MEMBERS:
        return None
    return place_of(path, resource_type)


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
