"""What a PATCH needs to know about each attribute, compiled once per resource type, and how a sent value is read.

Here a value becomes canonical: names in their spelling, types checked, nulls kept apart as "unassign this". Only what
an operation sends passes here, never what the resource has already.
"""

from dataclasses import replace
from functools import cached_property, lru_cache

from pydantic_core import SchemaValidator, ValidationError

from scimcore.documents import JSON, Document, is_object, is_unassigned, json_type_name
from scimcore.errors import InvalidValue, MutabilityViolation, NoTarget, Violation, of_violations
from scimcore.patch.tolerances import PatchTolerances, Tolerance, Tolerated
from scimcore.schema.characteristics import AttributeType, Format, Mutability
from scimcore.schema.definitions import Attribute
from scimcore.schema.names import Names, Unknown, canonicalise, names_of
from scimcore.schema.resource_type import ResourceType
from scimcore.schema.types import validator_of, violations_of

# Of these types every JSON value of one Python type is good as it is.
_PLAIN: dict[AttributeType, type] = {
    AttributeType.STRING: str,
    AttributeType.REFERENCE: str,
    AttributeType.BOOLEAN: bool,
    AttributeType.INTEGER: int,
}
# What says what a value is for, and nothing of what it is.
LABELS = frozenset({"type", "primary"})


class Plan:
    """One attribute or sub-attribute.

    Attributes:
        attribute: Its definition.
        urn: The extension that has it, or None.
        name: Its key in a document, a container or an element.
        path: Its canonical path.
        plain: The Python type whose every value is good, if there is one.
        free: Whether nothing but the type of a value must be looked at before it is set.
        many: Whether it is multi-valued.
        complex: Whether it has sub-attributes.
        is_reference: Whether its values name a resource by ``value``, and ``$ref`` where it is.
        subs: The sub-attributes by canonical name.
    """

    def __init__(self, attribute: Attribute, urn: str | None = None, outer: str = "") -> None:
        self.attribute = attribute
        self.urn = urn
        self.name = attribute.name
        # Below an extension's URN a name is set off by a colon (RFC 7644 §3.10).
        self.path = f"{outer}{':' if outer == urn else '.'}{self.name}" if outer else self.name
        self.many = attribute.multi_valued
        self.complex = attribute.type is AttributeType.COMPLEX
        self.plain: type | None = None
        if not self.many and attribute.format is Format.ANY:
            self.plain = _PLAIN.get(attribute.type)
        self.read_only = attribute.mutability is Mutability.READ_ONLY
        self.immutable = attribute.mutability is Mutability.IMMUTABLE
        self.required = attribute.required and not self.read_only
        self.secret = attribute.is_secret
        self.free = self.plain is not None and not (self.read_only or self.immutable or self.required)
        self.subs: dict[str, Plan] = {sub.name: Plan(sub, urn, self.path) for sub in attribute.sub_attributes}
        self.is_reference = "$ref" in self.subs and "value" in self.subs
        self.has_primary = self.many and "primary" in self.subs
        self.required_subs = tuple(sub.name for sub in self.subs.values() if sub.required)
        self.immutable_subs = tuple(sub.name for sub in self.subs.values() if sub.immutable)
        self.read_only_subs = tuple(sub.name for sub in self.subs.values() if sub.read_only)

    @cached_property
    def names(self) -> Names:
        """The attribute's name and those inside it."""
        return names_of((self.attribute,))

    @cached_property
    def element(self) -> "Plan":
        """The plan of one value of a multi-valued attribute."""
        return Plan(replace(self.attribute, multi_valued=False), self.urn, self.path[: -len(self.name) - 1])

    @cached_property
    def _strict(self) -> SchemaValidator:
        return validator_of((self.attribute,), written=True, extra="forbid")

    @cached_property
    def _lenient(self) -> SchemaValidator:
        return validator_of((self.attribute,), written=True, extra="ignore")

    def read(self, value: JSON, tolerances: PatchTolerances, reports: list[Tolerated], before: JSON = None) -> JSON:
        """Read a value that an operation sent.

        Args:
            value: Not null.
            tolerances: ``IGNORE_READ_ONLY`` and ``IGNORE_UNKNOWN_NAMES`` count here.
            reports: Receives what had to be tolerated.
            before: What the attribute has now; its readOnly parts may be repeated.

        Returns:
            A canonical value: a new list of elements that are not empty, or a new object, in which None stands for a
            sub-attribute to be unassigned, or a scalar. What is multi-valued may be sent as one value.

        Raises:
            InvalidValue: If it is of a wrong type.
            MutabilityViolation: If it names a readOnly sub-attribute.
        """
        if self.complex and not self.many and value.__class__ is dict and self._takes(value):
            return value.copy()
        if self.many and not isinstance(value, list):
            value = [value]
        read: JSON
        try:
            read = self._strict.validate_python({self.name: value})[self.name]
        except ValidationError:
            read = self._read_slowly(value, tolerances, reports)
        if self.read_only_subs:
            for element in read if self.many else (read,):
                self._drop_read_only(element, tolerances, reports, before)
        if not (self.many and self.complex):
            return read
        elements: list[Document] = read if all(read) else [element for element in read if element]
        if self.is_reference:
            self._require_reference(elements, value)
        return elements

    def _takes(self, value: Document) -> bool:
        """Tell whether nothing but the types of an object's parts must be looked at, and these are right."""
        for name, part in value.items():
            sub = self.subs.get(name)
            if sub is None or sub.read_only or part.__class__ is not sub.plain:
                return False
        return True

    def _require_reference(self, elements: list[Document], sent: list[JSON]) -> None:
        """Refuse values that refer to nothing: leaving them out of ``members`` could empty a group."""
        if len(elements) != len(sent) or "" in [element.get("value") for element in elements]:
            raise InvalidValue(
                f"Each value of '{self.path}' must say what it refers to in 'value'.",
                path=self.path,
                rule="RFC 7643 §2.4",
            )

    def _read_slowly(self, value: JSON, tolerances: PatchTolerances, reports: list[Tolerated]) -> JSON:
        violations: list[Violation] = []
        unassigned: Document = {}
        if self.complex and not self.many and is_object(value):
            by_lower = {name.lower(): name for name in self.subs}
            unassigned = {
                by_lower[name.lower()]: None
                for name, part in value.items()
                if is_unassigned(part) and name.lower() in by_lower
            }
        ignored = Tolerance.IGNORE_UNKNOWN_NAMES in tolerances
        named = canonicalise({self.name: value}, self.names, Unknown.REJECT, violations)
        if ignored and violations:
            kept = [violation for violation in violations if "declared by no" not in violation.message]
            reports += [
                Tolerated(Tolerance.IGNORE_UNKNOWN_NAMES.value, violation.path)
                for violation in violations
                if violation not in kept
            ]
            violations = kept
        if named:
            try:
                named = self._lenient.validate_python(named)
            except ValidationError as error:
                violations += violations_of(error, (self.attribute,))
        if violations:
            prefix = self.path[: len(self.path) - len(self.name)]
            raise of_violations(
                [Violation(prefix + each.path, each.message, each.rule, each.scim_type) for each in violations]
            )
        if self.many:
            return named.get(self.name, [])
        return {**named.get(self.name, {}), **unassigned} if self.complex else named.get(self.name)

    def _drop_read_only(
        self, element: Document, tolerances: PatchTolerances, reports: list[Tolerated], before: JSON
    ) -> None:
        for name in self.read_only_subs:
            if name not in element:
                continue
            sent = element.pop(name)
            if isinstance(before, dict) and before.get(name) == sent:
                continue
            if Tolerance.IGNORE_READ_ONLY not in tolerances:
                raise read_only(self.subs[name])
            reports.append(Tolerated(Tolerance.IGNORE_READ_ONLY.value, self.subs[name].path))

    def require_parts(self, value: Document) -> None:
        """Raise InvalidValue if a complex value lacks a sub-attribute that is required."""
        for name in self.required_subs:
            if is_blank(value.get(name)):
                raise blank(self.subs[name])


def is_blank(value: JSON) -> bool:
    """Tell whether a value would not do for a required attribute."""
    return is_unassigned(value) or (isinstance(value, str) and not value.strip())


def read_only(plan: Plan) -> MutabilityViolation:
    """Make the error of an operation on a readOnly attribute."""
    return MutabilityViolation(
        f"Attribute '{plan.path}' is readOnly: the service provider alone sets it.",
        path=plan.path,
        rule="RFC 7644 §3.5.2",
    )


def immutable(plan: Plan) -> MutabilityViolation:
    """Make the error of a change to an immutable attribute that has a value."""
    return MutabilityViolation(
        f"Attribute '{plan.path}' is immutable and has a value already.", path=plan.path, rule="RFC 7644 §3.5.2"
    )


def still_required(plan: Plan) -> MutabilityViolation:
    """Make the error of an operation that leaves a required attribute without a value."""
    return MutabilityViolation(
        f"Attribute '{plan.path}' is required and cannot be removed.", path=plan.path, rule="RFC 7644 §3.5.2.2"
    )


def blank(plan: Plan) -> InvalidValue:
    """Make the error of a required attribute that is set to nothing."""
    return InvalidValue(
        f"Attribute '{plan.path}' is required and must not be empty.", path=plan.path, rule="RFC 7643 §2.2"
    )


def no_match(plan: Plan, rule: str = "RFC 7644 §3.12") -> NoTarget:
    """Make the error of a filter that chooses nothing."""
    return NoTarget(f"No value of '{plan.path}' matches the filter of the path.", path=plan.path, rule=rule)


def wrong_type(path: str, wanted: str, value: JSON, rule: str = "RFC 7644 §3.5.2") -> InvalidValue:
    """Make the error of a value of a wrong JSON type."""
    return InvalidValue(f"The value for '{path}' must be {wanted}, not {json_type_name(value)}.", path=path, rule=rule)


class Plans:
    """The plans of a resource type: by extension (None for the core) and name."""

    def __init__(self, resource_type: ResourceType) -> None:
        self._by_key: dict[tuple[str | None, str], Plan] = {}
        self._by_extension: dict[str, list[Plan]] = {}
        for attribute in resource_type.attributes:
            if attribute.name in resource_type.extension_urns:
                plans = [Plan(inner, attribute.name, attribute.name) for inner in attribute.sub_attributes]
                self._by_extension[attribute.name] = plans
                self._by_key.update({(attribute.name, plan.name): plan for plan in plans})
            else:
                self._by_key[None, attribute.name] = Plan(attribute)
        self._required = {urn: [plan for plan in plans if plan.required] for urn, plans in self._by_extension.items()}
        self.simple: dict[str, Plan] = {
            plan.name: plan for (urn, _), plan in self._by_key.items() if urn is None and plan.free
        }
        """The attributes of the core schema that any value of their type can be given to, by name."""

    def at(self, urn: str | None, name: str) -> Plan:
        """Return the plan of an attribute that the resource type has."""
        return self._by_key[urn, name]

    def of_extension(self, urn: str) -> list[Plan]:
        """Return the plans of an extension's attributes."""
        return self._by_extension[urn]

    def required_of_extension(self, urn: str) -> list[Plan]:
        """Return those that an extension must have when it has data."""
        return self._required[urn]


@lru_cache(maxsize=256)
def plans_of(resource_type: ResourceType) -> Plans:
    """Compile a resource type; kept for as long as it is used."""
    return Plans(resource_type)
