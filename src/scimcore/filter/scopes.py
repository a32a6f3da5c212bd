"""What an attribute name means where it stands in a filter: in a resource, or inside the brackets of a value path."""

from enum import StrEnum

from scimcore import urns
from scimcore.documents import printable
from scimcore.errors import InvalidFilter
from scimcore.filter.ast import Comparison, Operator, Present, ValuePath
from scimcore.filter.bound import BoundOpen, BoundUndefined
from scimcore.filter.tolerances import FilterTolerance, Tolerated
from scimcore.paths import AttributePath
from scimcore.schema.characteristics import AttributeType, Mutability, Returned
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResolvedPath, ResourceType

# Their attributes are known, also to a resource type that has none of them.
_OWN = (urns.USER, urns.GROUP, urns.ENTERPRISE_USER)


class UnknownAttribute(StrEnum):
    """What an attribute means that the resource type has not."""

    REFUSE = "refuse"
    """InvalidFilter: the resource type is known, so the name is a mistake."""

    ABSENT = "absent"
    """An attribute without a value, as RFC 7644 §3.4.2.1 has it where resources of several types are searched. The one
    who searches sees to it that one of the types has the attribute: ``bind_each``."""

    LOOK = "look"
    """As REFUSE, but an attribute of a URN that is unknown is looked for in the document."""


class Leniency:
    """The tolerances that may be used, and those that were."""

    def __init__(self, tolerances: frozenset[FilterTolerance]) -> None:
        self._tolerances = tolerances
        self.used: list[Tolerated] = []

    def allows(self, tolerance: FilterTolerance, path: AttributePath) -> bool:
        """Tell whether a form is understood, and report it if so."""
        if tolerance not in self._tolerances:
            return False
        self.used.append(Tolerated(tolerance, str(path)))
        return True


class ResourceScope:
    """Attribute paths outside of brackets."""

    def __init__(self, resource_type: ResourceType, unknown: UnknownAttribute, leniency: Leniency) -> None:
        self._resource_type = resource_type
        self._unknown = unknown
        self._leniency = leniency

    def resolve(self, node: Comparison | Present | ValuePath) -> ResolvedPath | BoundUndefined | BoundOpen:
        """Return what a node's path means, or what the node comes to if the resource type has no such attribute.

        Raises:
            InvalidFilter: If the name is a mistake, or the attribute is never returned.
        """
        path = node.path
        text = str(path)
        found = self._resource_type.find(text)
        if found is None and path.uri is None:
            found = self._resource_type.bare(text)
            if found is not None and not self._leniency.allows(FilterTolerance.BARE_EXTENSION_NAME, path):
                raise refusal(f"'{text}' is an attribute of an extension: name it '{found.path}'", path)
        if found is not None:
            return found
        if self._unknown is UnknownAttribute.ABSENT:
            return BoundUndefined(path, _holds_without_value(node))
        if self._unknown is UnknownAttribute.LOOK and self._is_foreign(path):
            return BoundOpen(node)
        raise refusal(f"'{printable(text)}' is no attribute of {self._resource_type.name}", path)

    def _is_foreign(self, path: AttributePath) -> bool:
        if path.uri is None or not urns.is_urn(path.uri):
            return False
        known = (self._resource_type.schema.id, *self._resource_type.extension_urns, *_OWN)
        return path.uri.lower() not in map(str.lower, known)


class ElementScope:
    """Attribute paths inside the brackets of a value path: sub-attributes of the attribute in front.

    Attributes:
        of_several: Whether the attribute in front has several values.
    """

    def __init__(self, outer: ResolvedPath, path: AttributePath) -> None:
        """Enter the brackets.

        Args:
            outer: The attribute in front.
            path: The same as it was sent.

        Raises:
            InvalidFilter: If the attribute has neither several values nor sub-attributes.
        """
        if outer.leaf.type is not AttributeType.COMPLEX and not outer.leaf.multi_valued:
            raise refusal(f"'{outer.path}' has one plain value: brackets are for complex or several values", path)
        self._outer = outer
        self.of_several = outer.leaf.multi_valued

    def resolve(self, node: Comparison | Present | ValuePath) -> ResolvedPath:
        """Return what a node's path means; its keys begin at the element.

        Raises:
            InvalidFilter: If there is no such sub-attribute.
        """
        outer, path = self._outer, node.path
        if path.uri is None and path.attribute is not None:
            first = outer.leaf.sub(path.attribute)
            if first is not None and path.sub_attribute is None:
                return ResolvedPath((first.name,), (first,), below(outer.path, first.name))
            # Only an extension as a whole has sub-attributes that have some themselves.
            second = first.sub(path.sub_attribute) if first is not None and path.sub_attribute is not None else None
            if first is not None and second is not None:
                names = (first.name, second.name)
                return ResolvedPath(names, (first, second), below(outer.path, *names))
        if outer.leaf.type is not AttributeType.COMPLEX and path == _VALUE:
            # The elements of "schemas" are themselves what other elements have under "value".
            leaf = outer.leaf
            element = Attribute("value", leaf.type, case_exact=leaf.case_exact, reference_types=leaf.reference_types)
            return ResolvedPath((), (element,), outer.path)
        raise refusal(f"'{printable(str(path))}' is no sub-attribute of '{outer.path}'", path)


_VALUE = AttributePath(None, "value")


def refuse_secret(target: ResolvedPath, path: AttributePath) -> None:
    """Raise InvalidFilter if an attribute is never returned: comparing it would tell it letter by letter."""
    for step in target.attributes:
        if step.returned is Returned.NEVER or step.mutability is Mutability.WRITE_ONLY:
            raise InvalidFilter(
                f"'{target.path}' is never returned, so no filter can ask for it", path=str(path), rule="RFC 7643 §7"
            )


def below(outer: AttributePath, *names: str) -> AttributePath:
    """Return the path of a sub-attribute; that of an extension as a whole is an attribute."""
    if outer.attribute is None:
        return AttributePath(outer.uri, *names)
    return AttributePath(outer.uri, outer.attribute, names[0])


def refusal(detail: str, path: AttributePath) -> InvalidFilter:
    """Make the error that names one attribute, as sent."""
    return InvalidFilter(detail, path=str(path), rule="RFC 7644 §3.4.2.2")


def _holds_without_value(node: Comparison | Present | ValuePath) -> bool:
    match node:
        case Comparison(_, Operator.EQ, value):
            return value is None
        case Comparison(_, Operator.NE, value):
            return value is not None
        case _:
            return False
