"""Apply the operations of a PATCH request to a document (RFC 7644 §3.5.2).

A pure function: the document given is never changed, and what no operation touches is shared with the new one. Only
what an operation sends is validated; what the resource has already is good. The engine reads RFC payloads; what clients
send instead is put right before by a dialect, and what that cannot know comes as tolerances.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Never

from scimcore.documents import JSON, Document, is_object, is_unassigned, json_type_name, printable
from scimcore.errors import (
    InvalidPath,
    InvalidSyntax,
    InvalidValue,
    MutabilityViolation,
    NoTarget,
    PayloadTooLarge,
    ScimError,
)
from scimcore.filter.tolerances import FilterTolerance
from scimcore.patch.changes import AnyChange, Change
from scimcore.patch.elements import Budget, Elements
from scimcore.patch.plans import (
    LABELS,
    Plan,
    immutable,
    is_blank,
    plans_of,
    read_only,
    still_required,
    wrong_type,
)
from scimcore.patch.targets import Selector, Target, target_of
from scimcore.patch.tolerances import PatchTolerances, Tolerance, Tolerated
from scimcore.schema.resource_type import ResourceType


@dataclass(frozen=True, slots=True)
class PatchLimits:
    """What one request may cost; more is answered 413, a longer path 400.

    Attributes:
        max_operations: How many operations a request has.
        max_path_characters: The length of a path.
        max_values: How many values a multi-valued attribute has afterwards.
        max_comparisons: How many comparisons the value filters of all operations need together. A look-up by
            ``[value eq "..."]`` needs next to none.
    """

    max_operations: int = 10_000
    max_path_characters: int = 4_096
    max_values: int = 1_000_000
    max_comparisons: int = 5_000_000


DEFAULT_PATCH_LIMITS = PatchLimits()


@dataclass(frozen=True, slots=True)
class Patched:
    """What a PATCH request comes to.

    Attributes:
        document: The resource after it; the very document given if nothing changed.
        changes: What is different; empty if the resource had all that was asked for already. Then neither version nor
            ``lastModified`` may move (RFC 7644 §3.5.2.1).
        tolerated: What was off the specification and understood all the same.
    """

    document: Document
    changes: tuple[AnyChange, ...] = ()
    tolerated: tuple[Tolerated, ...] = field(default=())


def apply(
    document: Document,
    operations: Sequence[JSON],
    resource_type: ResourceType,
    tolerances: Collection[Tolerance | FilterTolerance] = frozenset(),
    *,
    limits: PatchLimits = DEFAULT_PATCH_LIMITS,
) -> Patched:
    """Apply operations in their order, all or none.

    Args:
        document: The resource as it is, in canonical form. It is not changed.
        operations: The ``Operations`` of the request: objects with ``op``, ``path`` and ``value``.
        resource_type: What the document is.
        tolerances: Which departures from the RFC are carried out.
        limits: What the request may cost.

    Raises:
        InvalidSyntax: If an operation is not one, or there is none.
        InvalidPath: If a path is malformed or names nothing that the resource type has.
        NoTarget: If a ``remove`` has no path, or a value filter chooses nothing.
        MutabilityViolation: If a readOnly attribute, an immutable value or a required attribute would go or change.
        InvalidValue: If a value is missing or of a wrong type, or several values would be primary.
        PayloadTooLarge: If a limit is exceeded.

    RFC 7644 §3.5.2.
    """
    if not operations:
        raise InvalidSyntax("'Operations' must have one operation at least.", rule="RFC 7644 §3.5.2")
    if len(operations) > limits.max_operations:
        raise PayloadTooLarge(f"A PATCH request has at most {limits.max_operations} operations.")
    run = _Run(document, resource_type, frozenset(tolerances), limits)
    for number, operation in enumerate(operations):
        try:
            run.carry_out(operation)
        except ScimError as error:
            if len(operations) == 1:
                raise
            _raise_located(error, number)
    return run.finish()


def _raise_located(error: ScimError, number: int) -> Never:
    """Say which of several operations failed, counted from zero as elements are in the paths of errors."""
    detail = f"Operations[{number}]: {error.detail}"
    raise type(error)(detail, path=error.path, rule=error.rule, violations=error.violations) from None


class Verb(StrEnum):
    """The operations that RFC 7644 §3.5.2 has; their names are lower case."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


_VERBS = {verb.value: verb for verb in Verb}
_MEMBERS = frozenset({"op", "path", "value"})
_MISSING: Any = object()


class _Run:
    """One request: the document as it comes to be, and what was touched."""

    __slots__ = (
        "_after",
        "_before",
        "_budget",
        "_elements",
        "_limits",
        "_own_containers",
        "_resource_type",
        "_tolerances",
        "_tolerated",
        "_touched",
    )

    def __init__(
        self, document: Document, resource_type: ResourceType, tolerances: PatchTolerances, limits: PatchLimits
    ) -> None:
        self._before = document
        self._after = document.copy()
        self._resource_type = resource_type
        self._tolerances = tolerances
        self._limits = limits
        self._budget = Budget(limits.max_comparisons)
        self._touched: dict[Plan, JSON] = {}
        self._elements: dict[Plan, Elements] = {}
        self._own_containers: set[str] = set()
        self._tolerated: list[Tolerated] = []

    # One operation -------------------------------------------------------------------------------------------------

    def carry_out(self, operation: JSON) -> None:
        if not is_object(operation):
            raise InvalidSyntax(
                f"An operation must be an object, not {json_type_name(operation)}.", rule="RFC 7644 §3.5.2"
            )
        if not operation.keys() <= _MEMBERS:
            operation = _canonical_members(operation)
        name = operation.get("op")
        verb = _VERBS.get(name) if isinstance(name, str) else None
        if verb is None:
            raise InvalidSyntax("'op' must be one of add, remove, replace.", path="op", rule="RFC 7644 §3.5.2")
        path = operation.get("path", _MISSING)
        value = operation.get("value", _MISSING)
        if verb is Verb.REMOVE:
            if path is _MISSING:
                raise NoTarget("'remove' needs a 'path'.", path="path", rule="RFC 7644 §3.5.2.2")
            self._remove(self._target(path), None if value is _MISSING else value)
            return
        if value is _MISSING:
            raise InvalidValue(f"'{verb}' needs a 'value'.", path="value", rule="RFC 7644 §3.5.2.1")
        if path is _MISSING:
            self._merge(verb, value)
        else:
            self._set(verb, self._target(path), value)

    def _target(self, path: JSON) -> Target:
        if not isinstance(path, str):
            raise InvalidPath(f"'path' must be a string, not {json_type_name(path)}.", rule="RFC 7644 §3.5.2")
        target = target_of(path, self._resource_type, self._tolerances, self._limits.max_path_characters)
        if target.plan is not None:
            if target.plan.read_only:
                raise read_only(target.plan)
            if target.sub is not None and target.sub.read_only:
                raise read_only(target.sub)
        if target.tolerated:
            self._tolerated += target.tolerated
        return target

    def _report(self, tolerance: Tolerance, path: str) -> None:
        self._tolerated.append(Tolerated(tolerance.value, path))

    # add and replace -----------------------------------------------------------------------------------------------

    def _set(self, verb: Verb, target: Target, value: JSON) -> None:
        plan = target.plan
        if plan is None:
            self._set_extension(verb, target.path, value)
        elif target.selector is not None:
            self._set_selected(verb, plan, target.selector, target.sub, value)
        elif target.sub is not None:
            self._set_part(plan, target.sub, value)
        else:
            self._set_attribute(verb, plan, value)

    def _set_attribute(self, verb: Verb, plan: Plan, value: JSON) -> None:
        if plan.plain is not None and type(value) is plan.plain:
            if plan.required and is_blank(value):
                raise _blank(plan)
            self._put(plan, value)
        elif plan.name == "schemas" and plan.urn is None:
            self._check_schemas(verb, value)
        elif value is None or (plan.many and value == []):
            if verb is Verb.REPLACE or not plan.many:
                self._unassign(plan)
        elif plan.many:
            if verb is Verb.REPLACE and not isinstance(value, list):
                raise wrong_type(plan.path, "an array", value)
            values = plan.read(value, self._tolerances, self._tolerated)
            if verb is Verb.ADD:
                self._many(plan).add(values)
            elif values:
                if plan.immutable:
                    self._require_unset(plan)
                self._many(plan).replace_all(values)
            else:
                self._unassign(plan)
        elif plan.complex:
            self._put(plan, self._merged(plan, self._get(plan), value))
        else:
            self._put(plan, plan.read(value, self._tolerances, self._tolerated))

    def _set_part(self, plan: Plan, sub: Plan, value: JSON) -> None:
        if plan.many:
            # Without a filter, the sub-attribute of every value is meant.
            elements = self._many(plan)
            if elements.is_empty() and value is not None:
                elements.add([{sub.name: self._read(sub, value)}])
            else:
                self._set_parts(elements, elements.everywhere(), plan, sub, value)
            return
        old = self._get(plan) or {}
        read = self._read(sub, value)
        self._put(plan, self._with_part(plan, old, sub, read))

    def _read(self, sub: Plan, value: JSON) -> JSON:
        """Read the value of a sub-attribute; None stands for "no value"."""
        if is_unassigned(value):
            if sub.required:
                raise still_required(sub)
            return None
        return sub.read(value, self._tolerances, self._tolerated)

    def _with_part(self, plan: Plan, old: Document, sub: Plan, value: JSON) -> Document:
        """Return a complex value with one sub-attribute changed."""
        was = old.get(sub.name)
        if sub.immutable and was is not None and was != value:
            raise immutable(sub)
        if value is None:
            return {name: part for name, part in old.items() if name != sub.name}
        new = {**old, sub.name: value}
        if plan.is_reference and sub.name == "value" and was is not None and was != value:
            self._drop_stale(plan, new, {sub.name})
        return new

    def _merged(self, plan: Plan, old: Document | None, value: JSON) -> Document:
        """Merge into a complex value: what is not named stays (RFC 7644 §3.5.2.3)."""
        if not is_object(value):
            raise wrong_type(plan.path, "an object", value, "RFC 7643 §2.3.8")
        read = plan.read(value, self._tolerances, self._tolerated, old)
        if not old:
            return {name: part for name, part in read.items() if part is not None}
        for name in plan.immutable_subs:
            if name in read and old.get(name) is not None and old[name] != read[name]:
                raise immutable(plan.subs[name])
        new = {**old, **read}
        if plan.is_reference and "value" in read and old.get("value") not in (None, read["value"]):
            self._drop_stale(plan, new, read.keys())
        return {name: part for name, part in new.items() if part is not None} if None in read.values() else new

    def _drop_stale(self, plan: Plan, new: Document, sent: Collection[str]) -> None:
        stale = [name for name in new if name not in sent]
        if stale and Tolerance.DROP_STALE_REFERENCE in self._tolerances:
            for name in stale:
                del new[name]
            self._report(Tolerance.DROP_STALE_REFERENCE, plan.path)

    def _set_selected(self, verb: Verb, plan: Plan, selector: Selector, sub: Plan | None, value: JSON) -> None:
        elements = self._many(plan)
        positions = elements.find(selector)
        if not positions:
            self._set_missing(verb, plan, selector, sub, value)
        elif sub is not None:
            self._set_parts(elements, positions, plan, sub, value)
        elif value is None:
            elements.discard(positions)
        elif plan.complex:
            if not is_object(value):
                raise wrong_type(plan.path, "an object", value, "RFC 7644 §3.5.2.3")
            [read] = plan.read([value], self._tolerances, self._tolerated) or [{}]
            for position in positions:
                old = elements.value_at(position)
                elements.put(position, _replaced(plan, old, read))
            elements.demote_others(positions)
        else:
            [read] = plan.read([value], self._tolerances, self._tolerated)
            for position in positions:
                elements.put(position, read)

    def _set_parts(self, elements: Elements, positions: list[int], plan: Plan, sub: Plan, value: JSON) -> None:
        read = self._read(sub, value)
        if read is None:
            self._remove_parts(elements, positions, plan, sub)
            return
        for position in positions:
            elements.put(position, self._with_part(plan, elements.value_at(position), sub, read))
        elements.demote_others(positions)

    def _set_missing(self, verb: Verb, plan: Plan, selector: Selector, sub: Plan | None, value: JSON) -> None:
        """Set something of a value that is not there."""
        tolerance = Tolerance.ADD_CREATES_VALUE if verb is Verb.ADD else Tolerance.REPLACE_CREATES_VALUE
        # Who is a member is never guessed from a filter.
        describes = selector.description is not None and plan.complex and not plan.is_reference
        if tolerance not in self._tolerances or not (describes or is_unassigned(value)):
            raise NoTarget(
                f"No value of '{plan.path}' matches the filter of the path.",
                path=plan.path,
                rule="RFC 7644 §3.5.2.3" if verb is Verb.REPLACE else "RFC 7644 §3.12",
            )
        self._report(tolerance, plan.path if sub is None else sub.path)
        if is_unassigned(value):
            return
        if sub is not None:
            made = {**(selector.description or {}), sub.name: value}
        elif is_object(value):
            made = {**(selector.description or {}), **value}
        else:
            raise wrong_type(plan.path, "an object", value, "RFC 7644 §3.5.2.1")
        for element in plan.read([made], self._tolerances, self._tolerated):
            self._many(plan).append(element)

    # without a path ------------------------------------------------------------------------------------------------

    def _merge(self, verb: Verb, value: JSON) -> None:
        """Carry out an operation without a path: its value is a set of attributes."""
        if not is_object(value):
            raise wrong_type("value", "an object with attributes, since there is no path", value)
        for name, inner in _once(value):
            target = None
            if "." not in name or ":" in name:
                found = self._resource_type.find(name)
                # `urn:...:User:department` is a path (RFC 7644 §3.10), and no name in a resource (RFC 7643 §3.3).
                if found is not None and (len(found.keys) == 1) and (":" not in name or found.path.attribute is None):
                    target = target_of(name, self._resource_type, self._tolerances, len(name))
            if target is None:
                self._refuse_unknown(name)
            elif target.plan is None:
                self._set_extension(verb, target.path, inner)
            elif target.plan.read_only:
                self._ignore_read_only(target.plan, inner)
            else:
                self._set_attribute(verb, target.plan, inner)

    def _set_extension(self, verb: Verb, urn: str, value: JSON) -> None:
        if value is None:
            self._remove_extension(urn)
            return
        if not is_object(value):
            raise wrong_type(urn, "an object", value, "RFC 7643 §3.3")
        for name, inner in _once(value):
            reference = f"{urn}:{name}"
            found = self._resource_type.find(reference)
            if found is None or len(found.keys) != 2:
                self._refuse_unknown(reference)
                continue
            plan = plans_of(self._resource_type).at(urn, found.keys[1])
            if plan.read_only:
                self._ignore_read_only(plan, inner)
            else:
                self._set_attribute(verb, plan, inner)

    def _refuse_unknown(self, name: str) -> None:
        if Tolerance.IGNORE_UNKNOWN_NAMES not in self._tolerances:
            raise InvalidPath(
                f"'{printable(name)}' is no attribute of {self._resource_type.name}.",
                path=printable(name),
                rule="RFC 7644 §3.10",
            )
        self._report(Tolerance.IGNORE_UNKNOWN_NAMES, printable(name))

    def _ignore_read_only(self, plan: Plan, value: JSON) -> None:
        if Tolerance.IGNORE_READ_ONLY not in self._tolerances:
            raise read_only(plan)
        self._report(Tolerance.IGNORE_READ_ONLY, plan.path)
        if plan.name == "id" and plan.urn is None and value is not None and value != self._before.get("id"):
            if Tolerance.IGNORE_FOREIGN_ID not in self._tolerances:
                raise MutabilityViolation(
                    "The 'id' in the value is not that of the resource.", path="id", rule="RFC 7644 §3.5.2"
                )
            self._report(Tolerance.IGNORE_FOREIGN_ID, "id")

    def _check_schemas(self, verb: Verb, value: JSON) -> None:
        """Check an operation on ``schemas``: it follows the data that the resource has, and is never set."""
        sent = value if isinstance(value, list) else [value]
        core = self._resource_type.schema.id.lower()
        known = {core, *(urn.lower() for urn in self._resource_type.extension_urns)}
        listed = {urn.lower() if isinstance(urn, str) else None for urn in sent}
        if listed <= known and (verb is Verb.ADD or core in listed):
            return
        if Tolerance.IGNORE_UNKNOWN_SCHEMAS not in self._tolerances:
            raise InvalidValue(
                f"'schemas' must name '{self._resource_type.schema.id}' and no other than its extensions.",
                path="schemas",
                rule="RFC 7643 §3",
            )
        self._report(Tolerance.IGNORE_UNKNOWN_SCHEMAS, "schemas")

    # remove --------------------------------------------------------------------------------------------------------

    def _remove(self, target: Target, value: JSON) -> None:
        plan = target.plan
        if plan is None:
            self._remove_extension(target.path)
        elif target.selector is not None:
            self._remove_selected(plan, target.selector, target.sub)
        elif target.sub is not None:
            self._remove_part(plan, target.sub)
        elif value is not None and plan.many and Tolerance.REMOVE_LISTED_VALUES in self._tolerances:
            self._remove_listed(plan, value)
        else:
            self._unassign(plan)

    def _remove_part(self, plan: Plan, sub: Plan) -> None:
        if sub.required:
            raise still_required(sub)
        if plan.many:
            elements = self._many(plan)
            self._remove_parts(elements, elements.everywhere(), plan, sub)
            return
        old = self._get(plan)
        if old and sub.name in old:
            self._put(plan, self._with_part(plan, old, sub, None))

    def _remove_selected(self, plan: Plan, selector: Selector, sub: Plan | None) -> None:
        elements = self._many(plan)
        positions = elements.find(selector)
        if not positions:
            # "If the user was not a member of this group, no changes should be made" (RFC 7644 §3.5.2.2).
            if plan.is_reference:
                return
            if Tolerance.REMOVE_NOTHING not in self._tolerances:
                raise NoTarget(
                    f"No value of '{plan.path}' matches the filter of the path.", path=plan.path, rule="RFC 7644 §3.12"
                )
            self._report(Tolerance.REMOVE_NOTHING, plan.path)
        elif sub is None:
            elements.discard(positions)
            self._require_values(plan, elements)
        else:
            if sub.required:
                raise still_required(sub)
            self._remove_parts(elements, positions, plan, sub)

    def _remove_parts(self, elements: Elements, positions: list[int], plan: Plan, sub: Plan) -> None:
        for position in positions:
            old = elements.value_at(position)
            if sub.name not in old:
                continue
            left = self._with_part(plan, old, sub, None)
            bare = left.keys() <= LABELS
            if left and bare and sub.name not in LABELS and Tolerance.DROP_BARE_LABELS in self._tolerances:
                self._report(Tolerance.DROP_BARE_LABELS, plan.path)
                left = {}
            if left:
                elements.put(position, left)
            else:
                elements.discard([position])
        self._require_values(plan, elements)

    def _remove_listed(self, plan: Plan, value: JSON) -> None:
        """Remove the values that an operation lists: by what they refer to, or by all that is said of them."""
        elements = self._many(plan)
        self._report(Tolerance.REMOVE_LISTED_VALUES, plan.path)
        for listed in value if isinstance(value, list) else [value]:
            described = {"value": listed} if plan.complex and isinstance(listed, str) else listed
            if plan.complex and not is_object(described):
                raise wrong_type(plan.path, "an object", listed)
            elements.discard(elements.find(_listed(plan, described)))
        self._require_values(plan, elements)

    def _require_values(self, plan: Plan, elements: Elements) -> None:
        if plan.required and elements.is_empty():
            raise still_required(plan)

    def _remove_extension(self, urn: str) -> None:
        plans = plans_of(self._resource_type).of_extension(urn)
        for plan in plans:
            if not plan.read_only and self._get(plan) is not None:
                self._unassign(plan)

    # The document --------------------------------------------------------------------------------------------------

    def _get(self, plan: Plan) -> JSON:
        container = self._after if plan.urn is None else self._after.get(plan.urn)
        if container is None:
            return None
        if plan in self._elements:
            return None if self._elements[plan].is_empty() else self._elements[plan]
        return container.get(plan.name)

    def _put(self, plan: Plan, value: JSON) -> None:
        container = self._after
        if plan.urn is not None:
            container = container.get(plan.urn, {})
            if plan.urn not in self._own_containers:
                container = container.copy()
                self._own_containers.add(plan.urn)
                self._after[plan.urn] = container
        old = container.get(plan.name)
        if plan.immutable and old is not None and old != value:
            raise immutable(plan)
        if plan not in self._touched:
            self._touched[plan] = old
        if value is None or value == {}:
            if plan.required:
                raise still_required(plan)
            container.pop(plan.name, None)
        else:
            container[plan.name] = value

    def _unassign(self, plan: Plan) -> None:
        if plan.required:
            raise still_required(plan)
        if not plan.many:
            self._put(plan, None)
            return
        if plan.immutable:
            self._require_unset(plan)
        self._many(plan).replace_all([])

    def _require_unset(self, plan: Plan) -> None:
        if self._get(plan) is not None:
            raise immutable(plan)

    def _many(self, plan: Plan) -> Elements:
        elements = self._elements.get(plan)
        if elements is None:
            before = self._get(plan)
            if plan.immutable and before is not None:
                raise immutable(plan)
            elements = Elements(plan, before, self._budget, self._limits.max_values)
            self._elements[plan] = elements
        return elements

    # The outcome ---------------------------------------------------------------------------------------------------

    def finish(self) -> Patched:
        """Put the parts together and tell what is different."""
        changes: list[AnyChange] = []
        for plan, before in self._touched.items():
            changes += self._settle(plan, before)
        for plan, elements in self._elements.items():
            values, delta = elements.finish()
            if delta:
                changes += delta
                self._put(plan, values or None)
        tolerated = tuple(self._tolerated)
        if not changes:
            return Patched(self._before, (), tolerated)
        if self._own_containers:
            self._settle_containers()
        return Patched(self._after, tuple(changes), tolerated)

    def _settle(self, plan: Plan, before: JSON) -> list[AnyChange]:
        container = self._after if plan.urn is None else self._after[plan.urn]
        after = container.get(plan.name)
        if after == before:
            if before is not None:
                container[plan.name] = before
            return []
        if plan.secret:
            return [Change(plan.path, None, None)]
        if not plan.complex:
            return [Change(plan.path, before, after)]
        if plan.required_subs and after is not None:
            plan.require_parts(after)
        old, new = before or {}, after or {}
        return [
            Change(sub.path, None, None) if sub.secret else Change(sub.path, old.get(name), new.get(name))
            for name, sub in plan.subs.items()
            if old.get(name) != new.get(name)
        ]

    def _settle_containers(self) -> None:
        """See to it that an extension is there when it has data, and that ``schemas`` says so (RFC 7643 §3)."""
        for extension in self._resource_type.extensions:
            urn = extension.schema.id
            if urn not in self._own_containers:
                continue
            container = self._after[urn]
            if not container:
                if extension.required:
                    raise MutabilityViolation(
                        f"The extension '{urn}' is required and cannot be removed.", path=urn, rule="RFC 7643 §6"
                    )
                del self._after[urn]
            elif urn in self._before and container == self._before[urn]:
                self._after[urn] = self._before[urn]
            else:
                for plan in plans_of(self._resource_type).of_extension(urn):
                    if plan.required and is_blank(container.get(plan.name)):
                        raise _blank(plan)
        urns = [urn for urn in self._resource_type.extension_urns if urn in self._after]
        schemas = [self._resource_type.schema.id, *urns]
        if schemas != self._before.get("schemas"):
            self._after["schemas"] = schemas


def _canonical_members(operation: Document) -> Document:
    """Read the members of an operation in any casing (RFC 7643 §2.1)."""
    members: Document = {}
    for name, value in operation.items():
        lower = name.lower()
        if lower not in _MEMBERS:
            raise InvalidSyntax(
                f"An operation has 'op', 'path' and 'value', but no '{printable(name)}'.", rule="RFC 7644 §3.5.2"
            )
        if lower in members:
            raise InvalidSyntax(f"An operation has '{lower}' twice.", rule="RFC 7643 §2.1")
        members[lower] = value
    return members


def _once(value: Document) -> list[tuple[str, JSON]]:
    """Return the members of an object, which must not differ in casing only."""
    if len({name.lower() for name in value}) != len(value):
        raise InvalidSyntax("A value has a name twice; the two differ in casing only.", rule="RFC 7643 §2.1")
    return list(value.items())


def _replaced(plan: Plan, old: Document, read: Document) -> Document:
    """Return the value that takes the place of another one of several (RFC 7644 §3.5.2.3)."""
    for name in ("value", *plan.immutable_subs) if plan.is_reference else plan.immutable_subs:
        if old.get(name) is not None and name in read and old[name] != read[name]:
            # Another thing altogether: nothing that was said of the old one is true of it.
            return read
    return {**old, **read}


def _listed(plan: Plan, listed: JSON) -> Selector:
    """Describe the values that are meant by one that was listed; nulls say nothing."""
    if not is_object(listed):
        return Selector(lambda element: bool(element == listed))
    by_lower = {name.lower(): part for name, part in listed.items() if part is not None}
    names = [name for name in plan.subs if name.lower() in by_lower]
    key = by_lower.get("value")
    if plan.is_reference and isinstance(key, str):
        names = ["value"]
    wanted = {name: by_lower[name.lower()] for name in names}

    def matches(element: JSON) -> bool:
        return bool(wanted) and all(element.get(name) == part for name, part in wanted.items())

    return Selector(matches, key if isinstance(key, str) else None, plan.is_reference and isinstance(key, str))


def _blank(plan: Plan) -> InvalidValue:
    return InvalidValue(
        f"Attribute '{plan.path}' is required and must not be empty.", path=plan.path, rule="RFC 7643 §2.2"
    )
