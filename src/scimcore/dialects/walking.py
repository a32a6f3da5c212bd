"""Walk through what a client sent with the schema at hand, and put right what the rewrites of a dialect know."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from scimcore.dialects.quirk import ANY_VALUE, Seat, ValueRewrite
from scimcore.dialects.shapes import Shape, looks_canonical
from scimcore.documents import JSON, Document, is_object
from scimcore.patch.tolerances import Tolerated
from scimcore.schema.characteristics import AttributeType
from scimcore.urns import is_urn

ValueRules: TypeAlias = Mapping[AttributeType, Mapping[type, Sequence[tuple[int, str, ValueRewrite]]]]
"""By type of attribute and Python type of a value: ids of quirks and their rewrites, numbered as they are tried."""


class Walk:
    """One walk: the rewrites that are on, and a list that is told what they were used for."""

    __slots__ = ("_rules", "_tolerated")

    def __init__(self, rules: ValueRules, tolerated: list[Tolerated]) -> None:
        self._rules = rules
        self._tolerated = tolerated

    def value(self, value: JSON, shape: Shape, path: str, seat: Seat = Seat.WHOLE) -> JSON:
        """Rewrite the value of an attribute, from the inside out; the very same object if there is nothing to do."""
        if looks_canonical(value, shape, seat):
            return value
        # A wrapped value must be unwrapped before anyone can look inside, and what is inside may change what it is.
        outer, settled = self._rules_on(value, shape, path, seat)
        if settled:
            return outer
        inner = self._inside(outer, shape, path, seat)
        return outer if inner is outer else self._rules_on(inner, shape, path, seat)[0]

    def members(self, members: Document, shapes: Mapping[str, Shape], path: str) -> Document:
        """Rewrite the values of an object's members; names that no shape has are left alone."""
        changed: Document = {}
        mark = "" if not path else ":" if is_urn(path) else "."
        for name, value in members.items():
            shape = shapes.get(name)
            if shape is None:
                lower = name.lower()
                shape = next((shape for known, shape in shapes.items() if known.lower() == lower), None)
            if shape is not None:
                new = self.value(value, shape, f"{path}{mark}{shape.attribute.name}")
                if new is not value:
                    changed[name] = new
        return {**members, **changed} if changed else members

    def _inside(self, value: JSON, shape: Shape, path: str, seat: Seat) -> JSON:
        if shape.many and seat is Seat.WHOLE:
            if not isinstance(value, list):
                return value
            elements = [self.value(element, shape, path, Seat.ELEMENT) for element in value]
            if all(new is old for new, old in zip(elements, value, strict=True)):
                return value
            # What a rewrite left nothing of goes.
            return [new for new, old in zip(elements, value, strict=True) if new is old or new != {}]
        if is_object(value) and shape.inside is not None:
            return self.members(value, shape.inside, path)
        return value

    def _rules_on(self, value: JSON, shape: Shape, path: str, seat: Seat) -> tuple[JSON, bool]:
        """Return what the rewrites make of a value, and whether that leaves nothing to do for any other."""
        attribute = shape.attribute
        rules = self._rules[attribute.type]
        last = -1
        asked = True
        while asked:
            asked = False
            for number, quirk, rule in rules.get(value.__class__, ()):
                if number <= last:
                    continue
                last = number
                new = rule.apply(value, attribute, seat)
                if new is not value:
                    self._tolerated.append(Tolerated(quirk, path))
                    value = new
                    if looks_canonical(value, shape, seat):
                        return value, True
                    # It may be of another type now, with which other rewrites have to do.
                    asked = True
                    break
        return value, False


def compiled(rules: Sequence[tuple[str, ValueRewrite]]) -> ValueRules:
    """Sort rewrites by what they could have to do with, and keep the order in which they are tried."""
    return {
        kind: {
            sent: tuple(
                (number, quirk, rule)
                for number, (quirk, rule) in enumerate(rules)
                if kind in rule.types and sent in rule.sent
            )
            for sent in ANY_VALUE
        }
        for kind in AttributeType
    }
