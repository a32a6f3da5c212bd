"""How values look that no rewrite could have anything to do with, compiled once per resource type.

Nearly every payload needs nothing: one look finds that out, and nothing else is done.
"""

from functools import lru_cache
from typing import NamedTuple

from scimcore.dialects.quirk import Seat
from scimcore.documents import JSON, Document, is_object
from scimcore.patch.plans import LABELS
from scimcore.patch.targets import plain_target
from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResourceType

_TYPES: dict[AttributeType, type] = {
    AttributeType.BOOLEAN: bool,
    AttributeType.INTEGER: int,
    AttributeType.COMPLEX: dict,
}
REMEMBERED_CHARACTERS = 256


class Shape(NamedTuple):
    """How a value looks that needs no second look.

    Attributes:
        attribute: Its definition.
        many: Whether it is an array.
        kind: The Python type of the value, or of each element.
        inside: The shapes of sub-attributes by name.
        needs_value: Whether an element is about its ``value``, so that one without is worth a look; if not, one with
            labels only is.
    """

    attribute: Attribute
    many: bool
    kind: type
    inside: "dict[str, Shape] | None"
    needs_value: bool


class Place(NamedTuple):
    """What the value of an operation is a value of.

    Attributes:
        shape: How it looks; None for what a client cannot write, at which nobody looks.
        path: In canonical spelling, without a filter.
        seat: Where the value stands.
        plain: The Python type of a simple value that needs no look but whether it is empty; None if it needs more.
    """

    shape: Shape | None
    path: str
    seat: Seat
    plain: type | None


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
    """Compile the shapes of a resource's attributes; readOnly ones have none."""
    return {
        attribute.name: shape for attribute in resource_type.attributes if (shape := shape_of(attribute)) is not None
    }


@lru_cache(maxsize=256)
def shapes_without_schemas(resource_type: ResourceType) -> dict[str, Shape]:
    """Leave out ``schemas``, at which an operation without a path is looked at closely."""
    return {name: shape for name, shape in shapes_of(resource_type).items() if name != "schemas"}


def looks_canonical(value: JSON, shape: Shape, seat: Seat = Seat.WHOLE) -> bool:
    """Tell whether no rewrite could have anything to do with a value."""
    if not shape.many or seat is not Seat.WHOLE:
        if value.__class__ is not shape.kind:
            return False
        if shape.inside is None or not is_object(value):
            return bool(value != "")
        if seat is Seat.ELEMENT and ("value" not in value if shape.needs_value else value.keys() <= LABELS):
            return False
        return bool(value) and members_look_canonical(value, shape.inside)
    if value.__class__ is not list:
        return False
    kind = shape.kind
    if shape.inside is None:
        return all(element.__class__ is kind and element != "" for element in value)
    primaries = 0
    inside = shape.inside
    needs_value = shape.needs_value
    for element in value:
        if element.__class__ is not dict or ("value" not in element if needs_value else element.keys() <= LABELS):
            return False
        for name, part in element.items():
            found = inside.get(name)
            if found is None or part.__class__ is not found.kind or part == "" or found.many:
                return False
        primaries += element.get("primary") is True
    return primaries < 2


def members_look_canonical(members: Document, shapes: dict[str, Shape]) -> bool:
    """Tell whether no rewrite could have anything to do with the members of an object."""
    for name, value in members.items():
        shape = shapes.get(name)
        if shape is None:
            return False
        if value.__class__ is shape.kind and shape.inside is None and not shape.many:
            if value == "":
                return False
        elif not looks_canonical(value, shape):
            return False
    return True


def place_of(path: str, resource_type: ResourceType) -> Place | None:
    """Say what stands at the path of an operation; None if that is nothing, or the path is very long."""
    return remembered_place(path, resource_type) if len(path) <= REMEMBERED_CHARACTERS else None


@lru_cache(maxsize=4096)
def remembered_place(path: str, resource_type: ResourceType) -> Place | None:
    """Do as ``place_of`` for a path that is short enough to be kept."""
    # Of a value path it matters where its value goes, whatever the filter.
    head, bracket, rest = path.partition("[")
    target = plain_target(head, resource_type)
    if target is None:
        return None
    if target.plan is None:
        attribute = next(each for each in resource_type.attributes if each.name == target.urn)
        return _place(attribute, attribute.name)
    plan = target.plan if target.sub is None else target.sub
    if not bracket:
        return _place(plan.attribute, plan.path)
    name = rest.rpartition("]")[2]
    if not name:
        return _place(plan.attribute, plan.path, Seat.SELECTED)
    sub = plan.attribute.sub(name[1:])
    return None if sub is None else _place(sub, f"{plan.path}.{sub.name}")


def _place(attribute: Attribute, path: str, seat: Seat = Seat.WHOLE) -> Place:
    shape = shape_of(attribute)
    simple = shape is not None and shape.inside is None and not (shape.many and seat is Seat.WHOLE)
    return Place(shape, path, seat, shape.kind if shape is not None and simple else None)
