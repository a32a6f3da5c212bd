"""Accept a document: names, types, and what a request may or must say (RFC 7643 §2, §7; RFC 7644 §3.3, §3.5.1).

Floor 5. The one gate between what a client sent and what is stored. It works on documents, changes none that it is
given, and reports everything that is wrong in one exception. Values that clients get wrong in known ways are put right
before, by a dialect; what an application asks beyond the schema is asked after, by its profile.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

from pydantic_core import SchemaValidator, ValidationError

from scimcore.documents import (
    DEFAULT_LIMITS,
    JSON,
    Document,
    Limits,
    is_object,
    is_unassigned,
    json_type_name,
    loads_object,
    printable,
)
from scimcore.errors import InvalidSyntax, Violation, of_violations
from scimcore.schema.characteristics import AttributeType, Mutability, Returned
from scimcore.schema.definitions import Attribute
from scimcore.schema.names import Unknown, canonicalise
from scimcore.schema.plain import PlainForm
from scimcore.schema.resource_type import ResourceType
from scimcore.schema.types import validator_of, violations_of
from scimcore.urns import is_urn

# Each costs a kilobyte or so; what one body can hold of them would be half a gigabyte.
_MAX_TYPE_VIOLATIONS = 20_000


class Phase(StrEnum):
    """What a document is part of, which decides what it must and cannot say."""

    CREATE = "create"
    """The body of a POST: readOnly attributes are ignored, required ones must be there."""
    REPLACE = "replace"
    """The body of a PUT, or a resource after a PATCH: as CREATE, and immutable values stay what they were."""
    RESPONSE = "response"
    """A resource as a service provider returns it: readOnly attributes count, ``id`` must be there."""


def accept(
    document: Document,
    resource_type: ResourceType,
    phase: Phase,
    *,
    before: Document | None = None,
    unknown: Unknown = Unknown.IGNORE,
) -> Document:
    """Check a document and return it in canonical form.

    Args:
        document: Attribute names in any casing; values as JSON has them.
        resource_type: What the document should be.
        phase: Which rules apply.
        before: For ``REPLACE``: the resource as it is. Its immutable and writeOnly values outlive a body that leaves
            them out.
        unknown: What happens to attributes that no schema declares. A schema URN without data is treated alike.

    Returns:
        A new document: canonical names, no nulls, no empty arrays or objects, canonical times and language tags,
        ``schemas`` naming exactly the schemas that have data. In a request's phases without any readOnly attribute.

    Raises:
        InvalidSyntax: If ``schemas`` is missing or lacks the resource type's schema, an attribute is given twice, or,
            under ``REJECT``, is unknown.
        MutabilityViolation: If an immutable value would change.
        InvalidValue: If a value is missing, empty or of a wrong type, or two values are primary. What is wrong in
            several ways raises the first of these, and its ``violations`` has them all.
    """
    if not is_object(document):
        raise InvalidSyntax(f"The resource must be a JSON object, not {json_type_name(document)}.")
    rules = _rules(resource_type, phase is not Phase.RESPONSE)
    # Nearly every document is plain: one pass outside Python does it all.
    plain = rules.plain.of_document(document)
    if plain is not None:
        return plain if before is None else _carried_over(plain, rules, resource_type, before)
    return _accept_closely(document, rules, resource_type, before, unknown)


def accept_json(
    body: bytes,
    resource_type: ResourceType,
    phase: Phase,
    *,
    before: Document | None = None,
    unknown: Unknown = Unknown.IGNORE,
    limits: Limits = DEFAULT_LIMITS,
) -> Document:
    """Read a JSON text and check it: what ``accept(loads_object(body), ...)`` says, in one pass where that can be.

    Args:
        body: The text.
        resource_type: As for ``accept``.
        phase: As for ``accept``.
        before: As for ``accept``.
        unknown: As for ``accept``.
        limits: What the body may cost.

    Raises:
        ScimError: As ``loads_object`` and ``accept`` do.
    """
    rules = _rules(resource_type, phase is not Phase.RESPONSE)
    if len(body) <= limits.max_payload_bytes and rules.plain.depth <= limits.max_depth:
        plain = rules.plain.of_text(body)
        if plain is not None:
            return plain if before is None else _carried_over(plain, rules, resource_type, before)
    return _accept_closely(loads_object(body, limits=limits), rules, resource_type, before, unknown)


def _carried_over(plain: Document, rules: "_Rules", resource_type: ResourceType, before: Document) -> Document:
    violations = list(rules.carry_over(plain, before))
    if violations:
        raise of_violations(violations)
    plain["schemas"] = schemas_of(plain, resource_type)
    return plain


def _accept_closely(
    document: Document,
    rules: "_Rules",
    resource_type: ResourceType,
    before: Document | None,
    unknown: Unknown,
) -> Document:
    violations: list[Violation] = []
    accepted = rules.typed(document)
    if accepted is None:
        named = canonicalise(document, resource_type.names, unknown, violations)
        try:
            accepted = rules.lenient_validator.validate_python(named)
        except ValidationError as error:
            violations += rules.violations_of(error, named)
            accepted = named
    rules.settle(accepted, violations)
    _check_schemas(accepted, resource_type, unknown, violations)
    if before is not None:
        violations += rules.carry_over(accepted, before)
    if violations:
        raise of_violations(violations)
    # Data that was kept under a URN that no schema here has is still listed.
    kept = _unknown_urns(accepted, resource_type) if unknown is Unknown.KEEP else ()
    accepted["schemas"] = [*schemas_of(accepted, resource_type), *(urn for urn in kept if urn in accepted)]
    return accepted


def keep_read_only(document: Document, before: Document, resource_type: ResourceType) -> Document:
    """Return a replacement with all that the old resource has and no client can write (RFC 7644 §3.5.1).

    What is said of a reference goes with it: the name of a manager is not the name of the next one.

    Args:
        document: As ``accept`` has made it for ``REPLACE``, without any readOnly attribute. What is in it is changed.
        before: The resource as it is.
        resource_type: What both are.
    """
    whole, inner = _read_only_paths(resource_type)
    kept = {name: before[name] for name in whole if name in before}
    document = {"schemas": document["schemas"], **kept, **document}
    for keys in inner:
        value = _value_at(before, keys)
        if value is not None:
            _put(document, keys, value)
    if inner:
        document["schemas"] = schemas_of(document, resource_type)
    return document


@lru_cache(maxsize=256)
def _read_only_paths(resource_type: ResourceType) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Find what is readOnly: attributes, and what is inside extensions and complex attributes that are not."""
    attributes = resource_type.attributes
    return _read_only(attributes), tuple(keys for keys in _inner_read_only(attributes, ()) if len(keys) > 1)


def _inner_read_only(attributes: Sequence[Attribute], outer: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for attribute in attributes:
        keys = (*outer, attribute.name)
        if attribute.mutability is Mutability.READ_ONLY:
            yield keys
        elif not attribute.multi_valued and not (attribute.sub("value") and attribute.sub("$ref")):
            yield from _inner_read_only(attribute.sub_attributes, keys)


def schemas_of(document: Document, resource_type: ResourceType) -> list[str]:
    """Return what ``schemas`` must be: the core schema, and each extension that has data (RFC 7643 §3)."""
    return [resource_type.schema.id, *[urn for urn in resource_type.extension_urns if urn in document]]


def _check_schemas(
    accepted: Document, resource_type: ResourceType, unknown: Unknown, violations: list[Violation]
) -> None:
    listed = accepted.get("schemas")
    core = resource_type.schema.id
    if listed is None:
        violations.append(Violation("schemas", f"must be given, with '{core}'", "RFC 7643 §3", "invalidSyntax"))
    if not isinstance(listed, list):
        return
    if core not in listed and core.lower() not in {urn.lower() for urn in listed if isinstance(urn, str)}:
        violations.append(Violation("schemas", f"must name '{core}'", "RFC 7643 §3", "invalidSyntax"))
    if unknown is Unknown.REJECT:
        for urn in _unknown_urns(accepted, resource_type):
            message = f"must not name '{printable(urn)}', which is no schema of {resource_type.name}"
            violations.append(Violation("schemas", message, "RFC 7643 §3"))


def _unknown_urns(document: Document, resource_type: ResourceType) -> Iterator[str]:
    known = {resource_type.schema.id.lower(), *(urn.lower() for urn in resource_type.extension_urns)}
    for urn in dict.fromkeys(urn for urn in document["schemas"] if isinstance(urn, str)):
        if urn.lower() not in known:
            yield urn


@lru_cache(maxsize=256)
def _rules(resource_type: ResourceType, written: bool) -> "_Rules":
    return _Rules(resource_type, written)


class _Inside(NamedTuple):
    """What must be looked at inside one complex attribute."""

    name: str
    mark: str
    multi_valued: bool
    has_primary: bool
    may_hold_nothing: bool
    read_only: tuple[str, ...]
    required: tuple[str, ...]
    inner: tuple["_Inside", ...]
    looks_into_elements: bool

    def settle(self, value: JSON, path: str, violations: list[Violation]) -> None:
        """Drop what a client cannot write and collect what is wrong; wrong types are left to the type check."""
        if self.multi_valued:
            if isinstance(value, list):
                self._settle_elements(value, path, violations)
        elif isinstance(value, dict):
            self._settle_object(value, path, violations)

    def _settle_elements(self, elements: list[JSON], path: str, violations: list[Violation]) -> None:
        if self.looks_into_elements:
            for index, element in enumerate(elements):
                if isinstance(element, dict):
                    self._settle_object(element, f"{path}[{index}]", violations)
        # `all` runs outside Python: a group has as many elements as members.
        if not all(elements):
            elements[:] = [element for element in elements if element != {}]
        if self.has_primary and len(elements) > 1:
            primaries = [True for element in elements if isinstance(element, dict) and element.get("primary") is True]
            if len(primaries) > 1:
                message = f"has {len(primaries)} values with 'primary' true; at most one may be"
                violations.append(Violation(path, message, "RFC 7643 §2.4"))

    def _settle_object(self, value: Document, path: str, violations: list[Violation]) -> None:
        for name in self.read_only:
            value.pop(name, None)
        for plan in self.inner:
            if plan.name in value:
                plan.settle(value[plan.name], f"{path}{self.mark}{plan.name}", violations)
        if self.may_hold_nothing:
            _drop_unassigned(value)
        if value:
            violations += [_missing(f"{path}{self.mark}{name}") for name in self.required if _is_blank(value.get(name))]


class _Rules:
    """The characteristics of a resource type, compiled for one direction."""

    def __init__(self, resource_type: ResourceType, written: bool) -> None:
        self.plain = PlainForm(resource_type, written=written)
        self._attributes = resource_type.attributes
        self._written = written
        self._read_only = _read_only(self._attributes) if written else ()
        self._required = tuple(
            attribute.name
            for attribute in self._attributes
            if attribute.required
            and _is_visible(attribute, written)
            # Of `schemas` more is asked than that it is there.
            and attribute.name != "schemas"
        )
        if not written and "id" not in self._required:
            self._required += ("id",)
        self._inside = tuple((plan.name, plan) for plan in _plans(self._attributes, written))
        self._kept = tuple(_kept(self._attributes, ()))

    def typed(self, document: Document) -> Document | None:
        """Check names and types of a document at once; None if its names have to be looked at one by one."""
        # Who writes names in another casing does so everywhere: that is seen without a list of them.
        if not document.keys() <= self.plain.names:
            return None
        try:
            accepted: Document = self._strict_validator.validate_python(document)
        except ValidationError:
            return None
        return accepted

    @cached_property
    def _strict_validator(self) -> SchemaValidator:
        return validator_of(self._attributes, written=self._written, extra="forbid")

    @cached_property
    def lenient_validator(self) -> SchemaValidator:
        """For documents whose names were looked at: what is still unknown is wanted."""
        return validator_of(self._attributes, written=self._written, extra="allow")

    @cached_property
    def _hasty_validator(self) -> SchemaValidator:
        return validator_of(self._attributes, written=self._written, extra="allow", fail_fast=True)

    def violations_of(self, error: ValidationError, document: Document) -> list[Violation]:
        """Say what is wrong with a document. Of countless faults, only the first one of each array."""
        if error.error_count() > _MAX_TYPE_VIOLATIONS:
            try:
                self._hasty_validator.validate_python(document)
            except ValidationError as first:
                error = first
        return violations_of(error, self._attributes)

    def settle(self, document: Document, violations: list[Violation]) -> None:
        """Drop what a client cannot write and what is empty; collect what is missing or contradicts itself."""
        for name in self._read_only:
            document.pop(name, None)
        for name, plan in self._inside:
            if name in document:
                plan.settle(document[name], name, violations)
        _drop_unassigned(document)
        violations += [_missing(name) for name in self._required if _is_blank(document.get(name))]

    def carry_over(self, document: Document, before: Document) -> Iterator[Violation]:
        """Keep immutable and writeOnly values that a new version leaves out; yield the immutable ones it changes."""
        for keys, attribute in self._kept:
            old = _value_at(before, keys)
            if old is None:
                continue
            new = _value_at(document, keys)
            if new is None:
                _put(document, keys, old)
            elif attribute.mutability is Mutability.IMMUTABLE and new != _writable(old, attribute):
                yield Violation(_path(keys), "is immutable and has a value already", "RFC 7644 §3.5.1", "mutability")


def _is_visible(attribute: Attribute, written: bool) -> bool:
    """Tell whether the one who sends the document can send this attribute."""
    if written:
        return attribute.mutability is not Mutability.READ_ONLY
    return not attribute.is_secret and attribute.returned is not Returned.REQUEST


def _drop_unassigned(document: Document) -> None:
    # `all` runs outside Python; most objects have nothing falsy but an `active` or `primary` that is false.
    if not all(document.values()):
        for name in [name for name, value in document.items() if is_unassigned(value)]:
            del document[name]


def _read_only(attributes: Sequence[Attribute]) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in attributes if attribute.mutability is Mutability.READ_ONLY)


def _plans(attributes: Sequence[Attribute], written: bool) -> Iterator[_Inside]:
    for attribute in attributes:
        subs = attribute.sub_attributes
        if not subs or (written and attribute.mutability is Mutability.READ_ONLY):
            continue
        read_only = _read_only(subs) if written else ()
        required = tuple(sub.name for sub in subs if sub.required and _is_visible(sub, written))
        inner = tuple(_plans(subs, written))
        may_hold_nothing = any(sub.multi_valued or sub.type is AttributeType.COMPLEX for sub in subs)
        has_something_to_do = bool(read_only or required or inner or may_hold_nothing)
        if has_something_to_do or attribute.multi_valued:
            yield _Inside(
                name=attribute.name,
                # Below an extension's URN a name is set off by a colon (RFC 7644 §3.10).
                mark=":" if is_urn(attribute.name) else ".",
                multi_valued=attribute.multi_valued,
                has_primary=attribute.multi_valued
                and any(sub.name == "primary" and sub.type is AttributeType.BOOLEAN for sub in subs),
                may_hold_nothing=may_hold_nothing,
                read_only=read_only,
                required=required,
                inner=inner,
                looks_into_elements=has_something_to_do,
            )


def _kept(attributes: Sequence[Attribute], outer: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Attribute]]:
    """Find what outlives a replacement. Elements of arrays have no identity, so what is inside them is replaced."""
    for attribute in attributes:
        keys = (*outer, attribute.name)
        if attribute.mutability in (Mutability.IMMUTABLE, Mutability.WRITE_ONLY):
            yield keys, attribute
        elif not attribute.multi_valued:
            yield from _kept(attribute.sub_attributes, keys)


def _value_at(document: Document, keys: tuple[str, ...]) -> JSON:
    value: JSON = document
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _put(document: Document, keys: tuple[str, ...], value: JSON) -> None:
    *outer, last = keys
    for key in outer:
        document = document.setdefault(key, {})
        if not is_object(document):
            # A value of a wrong type, which is a violation already.
            return
    document[last] = value


def _writable(value: JSON, attribute: Attribute) -> JSON:
    """Leave out of a stored value what no client can send."""
    read_only = _read_only(attribute.sub_attributes)
    if not read_only:
        return value
    if isinstance(value, list):
        return [_writable(element, attribute) for element in value]
    if not is_object(value):
        return value  # A host's store holds what it holds.
    return {name: part for name, part in value.items() if name not in read_only}


def _path(keys: tuple[str, ...]) -> str:
    first, *rest = keys
    return first + (":" if is_urn(first) else ".") + ".".join(rest) if rest else first


def _is_blank(value: JSON) -> bool:
    return is_unassigned(value) or (isinstance(value, str) and not value.strip())


def _missing(path: str) -> Violation:
    return Violation(path, "is required and must not be empty", "RFC 7643 §2.2")
