"""Apply the operations of a PATCH request to a document (RFC 7644 §3.5.2).

A pure function: the document given is never changed, and what no operation touches is shared with the new one. Only
what an operation sends is validated; what the resource has already is good. The engine reads RFC payloads; what clients
send instead is put right before by a dialect, and what that cannot know comes as tolerances.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Never

from scimcore.documents import JSON, Document, json_type_name, printable
from scimcore.errors import (
    InvalidPath,
    InvalidSyntax,
    InvalidValue,
    NoTarget,
    PayloadTooLarge,
    ScimError,
)
from scimcore.filter.tolerances import FilterTolerance
from scimcore.patch.changes import AnyChange, Change
from scimcore.patch.draft import Draft
from scimcore.patch.limits import DEFAULT_PATCH_LIMITS, PatchLimits
from scimcore.patch.parts import Verb
from scimcore.patch.plans import plans_of, read_only
from scimcore.patch.removal import remove
from scimcore.patch.setting import merge, set_value
from scimcore.patch.targets import target_of
from scimcore.patch.tolerances import Tolerance, Tolerated
from scimcore.schema.resource_type import ResourceType


class Patched(NamedTuple):
    """What a PATCH request comes to.

    Attributes:
        document: The resource after it; the very document given if nothing changed.
        changes: What is different, in the order of the operations that touched it first; empty if the resource had all
            that was asked for already. Then neither version nor ``lastModified`` may move (RFC 7644 §3.5.2.1).
        tolerated: What was off the specification and understood all the same.
    """

    document: Document
    changes: tuple[AnyChange, ...] = ()
    tolerated: tuple[Tolerated, ...] = ()


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
        InvalidFilter: If an operator in the filter of a path is none, or does not fit its attribute.
        NoTarget: If a ``remove`` has no path, or a value filter chooses nothing.
        MutabilityViolation: If a readOnly attribute, an immutable value or a required attribute would go or change.
        InvalidValue: If a value is missing or of a wrong type, or several values would be primary.
        PayloadTooLarge: If a limit is exceeded.

    RFC 7644 §3.5.2.
    """
    if not operations:
        if Tolerance.NO_OPERATIONS in tolerances:
            return Patched(document, (), (Tolerated(Tolerance.NO_OPERATIONS.value, ""),))
        raise InvalidSyntax("'Operations' must have one operation at least.", rule="RFC 7644 §3.5.2")
    if len(operations) > limits.max_operations:
        raise PayloadTooLarge(f"A PATCH request has at most {limits.max_operations} operations.")
    if len(operations) == 1:
        patched = _set_one(document, operations[0], resource_type)
        if patched is not None:
            return patched
    draft = Draft(document, resource_type, frozenset(tolerances), limits, len(operations))
    for number, operation in enumerate(operations):
        try:
            _carry_out(draft, operation)
        except ScimError as error:
            if len(operations) == 1:
                raise
            _raise_located(error, number)
    after, changes = draft.finish()
    return Patched(after, changes, tuple(draft.tolerated))


def _set_one(document: Document, operation: JSON, resource_type: ResourceType) -> Patched | None:
    """Carry out what most requests are: one simple attribute gets one value, by its path or without one.

    Returns:
        None if the operation is not that simple.
    """
    if operation.__class__ is not dict:
        return None
    verb = operation.get("op")
    if verb != "replace" and verb != "add":
        return None
    name, value = operation.get("path"), operation.get("value")
    if len(operation) == 2 and value.__class__ is dict and len(value) == 1:
        [(name, value)] = value.items()
    elif len(operation) != 3:
        return None
    plan = plans_of(resource_type).simple.get(name) if name.__class__ is str else None
    if plan is None or value.__class__ is not plan.plain:
        return None
    before = document.get(plan.name)
    if before == value:
        return Patched(document)
    change = Change(plan.path, None, None) if plan.secret else Change(plan.path, before, value)
    return Patched({**document, plan.name: value}, (change,))


def _raise_located(error: ScimError, number: int) -> Never:
    """Say which of several operations failed, counted from zero as elements are in the paths of errors."""
    detail = f"Operations[{number}]: {error.detail}"
    located = type(error)(detail, path=error.path, rule=error.rule)
    located.violations = error.violations
    raise located from None


_VERBS = {"add": Verb.ADD, "replace": Verb.REPLACE}
_MEMBERS = frozenset({"op", "path", "value"})


def _carry_out(draft: Draft, operation: JSON) -> None:
    if operation.__class__ is not dict:
        raise InvalidSyntax(f"An operation must be an object, not {json_type_name(operation)}.", rule="RFC 7644 §3.5.2")
    if ("op" in operation) + ("path" in operation) + ("value" in operation) != len(operation):
        operation = _canonical_members(operation)
    verb = operation.get("op")
    if "path" not in operation:
        if verb == "remove":
            raise NoTarget("'remove' needs a 'path'.", path="path", rule="RFC 7644 §3.5.2.2")
        merge(draft, _verb(verb), _value(operation))
        return
    path = operation["path"]
    if not isinstance(path, str):
        raise InvalidPath(f"'path' must be a string, not {json_type_name(path)}.", rule="RFC 7644 §3.5.2")
    target, selector = target_of(path, draft.resource_type, draft.tolerances, draft.limits.max_path_characters)
    plan = target.plan
    if plan is not None:
        value, sub = operation.get("value"), target.sub
        if value.__class__ is target.plain and selector is None and not plan.many and verb in ("replace", "add"):
            draft.put(plan, value if sub is None else {**(draft.get(plan) or {}), sub.name: value})
            return
        if plan.read_only:
            raise read_only(plan)
        if sub is not None and sub.read_only:
            raise read_only(sub)
        if target.tolerated:
            draft.tolerated += target.tolerated
    if verb == "remove":
        remove(draft, target, selector, operation.get("value"))
    else:
        set_value(draft, _verb(verb), target, selector, _value(operation))


def _verb(name: JSON) -> Verb:
    verb = _VERBS.get(name) if isinstance(name, str) else None
    if verb is None:
        raise InvalidSyntax("'op' must be one of add, remove, replace.", path="op", rule="RFC 7644 §3.5.2")
    return verb


def _value(operation: Document) -> JSON:
    if "value" not in operation:
        raise InvalidValue(f"'{operation['op']}' needs a 'value'.", path="value", rule="RFC 7644 §3.5.2.1")
    return operation["value"]


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
