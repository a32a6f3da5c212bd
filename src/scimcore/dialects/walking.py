"""Walk through what a client sent with the schema at hand, and put right what the rewrites of a dialect know.

Nearly every payload needs nothing: one pass over it finds that out, and nothing else is done.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from scimcore.dialects.quirk import Seat, ValueRewrite
from scimcore.documents import JSON, Document, is_object
from scimcore.patch.tolerances import Tolerated
from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResourceType
from scimcore.urns import is_urn

ValueRules: TypeAlias = Mapping[AttributeType, Sequence[tuple[str, ValueRewrite]]]
"""For each type of attribute the ids of quirks and their rewrites, in the order in which they are tried."""

_TYPES: dict[AttributeType, type] = {
    AttributeType.BOOLEAN: bool,
    AttributeType.INTEGER: int,
    AttributeType.COMPLEX: dict,
}


class Shape(NamedTuple):
    """How a value looks that needs no second look.

    Attributes:
        attribute: Its definition.
        many: Whether it is an array.
        kind: The Python type of the value, or of each element.
        inside: The shapes of sub-attributes by name.
        needs_value: Whether an element is about its ``value``, so that one without is worth a look.
    """

    attribute: Attribute
    many: bool
    kind: type
    inside: "dict[str, Shape] | None"
    needs_value: bool


def shape_of(attribute: Attribute) -> Shape | None:
    """Compile the shape of an attribute; None for what a client cannot write, at which nobody looks."""
    if attribute.mutability is Mutability.READ_ONLY:
        return None
    return Shape(
        attribute,
        attribute.multi_valued,
        _TYPES.get(attribute.type, str),
        {sub.name: shape for sub in attribute.sub_attributes if (shape := shape_of(sub)) is not None}
        if attribute.sub_attributes
        else None,
        attribute.multi_valued and attribute.sub("value") is not None,
    )


@lru_cache(maxsize=256)
def shapes_of(resource_type: ResourceType) -> dict[str, Shape]:
    """Compile the shapes of a resource's attributes; ``schemas`` and readOnly ones have none."""
    return {
        attribute.name: shape
        for attribute in resource_type.attributes
        if attribute.name != "schemas" and (shape := shape_of(attribute)) is not None
    }


def looks_canonical(value: JSON, shape: Shape, seat: Seat = Seat.WHOLE) -> bool:
    """Tell whether no rewrite could have anything to do with a value."""
    if not shape.many or seat is not Seat.WHOLE:
        if type(value) is not shape.kind:
            return False
        if shape.inside is None or not is_object(value):
            return bool(value != "")
        if shape.needs_value and "value" not in value and seat is Seat.ELEMENT:
            return False
        return bool(value) and members_look_canonical(value, shape.inside)
    if type(value) is not list:
        return False
    kind = shape.kind
    if shape.inside is None:
        return all(type(element) is kind and element != "" for element in value)
    primaries = 0
    inside = shape.inside
    for element in value:
        if type(element) is not dict or not element or (shape.needs_value and "value" not in element):
            return False
        for name, part in element.items():
            found = inside.get(name)
            if found is None or type(part) is not found.kind or part == "" or found.many:
                return False
        primaries += element.get("primary") is True
    return primaries < 2


def members_look_canonical(members: Document, shapes: dict[str, Shape]) -> bool:
    """Tell whether no rewrite could have anything to do with the members of an object."""
    for name, value in members.items():
        shape = shapes.get(name)
        if shape is None:
            return False
        if type(value) is shape.kind and shape.inside is None and not shape.many:
            if value == "":
                return False
        elif not looks_canonical(value, shape):
            return False
    return True


class Walk:
    """One walk: the rewrites that are on, and what they were used for."""

    def __init__(self, rules: ValueRules) -> None:
        self._rules = rules
        self.tolerated: list[Tolerated] = []

    def value(self, value: JSON, attribute: Attribute, path: str, seat: Seat = Seat.WHOLE) -> JSON:
        """Rewrite the value of an attribute, from the inside out; the very same object if there is nothing to do."""
        if attribute.mutability is Mutability.READ_ONLY:
            return value
        simple = attribute.type is not AttributeType.COMPLEX and not attribute.multi_valued
        if simple and value and type(value) is _TYPES.get(attribute.type, str):
            return value
        before = value
        # A wrapped value must be unwrapped before anyone can look inside, and what is inside may change what it is.
        value = self._rules_on(value, attribute, path, seat)
        inner = self._inside(value, attribute, path, seat)
        if inner is value:
            return before if value is before else value
        return self._rules_on(inner, attribute, path, seat)

    def members(self, members: Document, attributes: Sequence[Attribute], path: str) -> Document:
        """Rewrite the values of an object's members."""
        changed: Document = {}
        mark = "" if not path else ":" if is_urn(path) else "."
        for name, value in members.items():
            attribute = next((each for each in attributes if each.name == name), None)
            if attribute is None:
                lower = name.lower()
                attribute = next((each for each in attributes if each.name.lower() == lower), None)
            if attribute is not None:
                new = self.value(value, attribute, f"{path}{mark}{attribute.name}")
                if new is not value:
                    changed[name] = new
        return {**members, **changed} if changed else members

    def _inside(self, value: JSON, attribute: Attribute, path: str, seat: Seat) -> JSON:
        if attribute.multi_valued and seat is Seat.WHOLE:
            if not isinstance(value, list):
                return value
            elements = [self.value(element, attribute, path, Seat.ELEMENT) for element in value]
            if all(new is old for new, old in zip(elements, value, strict=True)):
                return value
            # What a rewrite left nothing of goes.
            return [new for new, old in zip(elements, value, strict=True) if new is old or new != {}]
        if is_object(value) and attribute.sub_attributes:
            return self.members(value, attribute.sub_attributes, path)
        return value

    def _rules_on(self, value: JSON, attribute: Attribute, path: str, seat: Seat) -> JSON:
        for quirk, rule in self._rules[attribute.type]:
            new = rule.apply(value, attribute, seat)
            if new is not value:
                self.tolerated.append(Tolerated(quirk, path))
                value = new
        return value
