"""Attribute names in a payload: their canonical spelling, unknown ones, and values that mean "unassigned".

Floor 2. Names are case-insensitive (RFC 7643 §2.1) and nearly everyone sends the canonical spelling, so this pass runs
only on the payloads that turned out not to. It looks at names and at nothing else: what a value must be is decided by
whoever asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from scimcore.documents import JSON, Document, is_unassigned, printable
from scimcore.errors import Violation
from scimcore.schema.definitions import Attribute
from scimcore.urns import is_urn


class Unknown(StrEnum):
    """What becomes of an attribute that no schema of the resource type declares."""

    IGNORE = "ignore"
    REJECT = "reject"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Names:
    """The names that an object may have: lower case to canonical spelling and what is inside."""

    by_lower: dict[str, tuple[str, "Names | None"]]
    spellings: dict[str, tuple[str, "Names | None"]] = field(default_factory=dict, compare=False, repr=False)
    """The spellings that were seen, so that a client's own is folded once; a bounded number."""

    def find(self, name: str) -> tuple[str, "Names | None"] | None:
        """Return the canonical spelling of a name and what is inside, or None if no schema declares it."""
        known = self.by_lower.get(name.lower())
        if known is not None and len(self.spellings) < _REMEMBERED_SPELLINGS * len(self.by_lower):
            self.spellings[name] = known
        return known


# One client has one spelling; who tries out all of them costs no memory.
_REMEMBERED_SPELLINGS = 8


def names_of(attributes: Iterable[Attribute]) -> Names:
    """Compile the names of some attributes and, for complex ones, of what is inside them."""
    return Names(
        {
            attribute.name.lower(): (
                attribute.name,
                names_of(attribute.sub_attributes) if attribute.sub_attributes else None,
            )
            for attribute in attributes
        }
    )


def canonicalise(payload: Document, names: Names, unknown: Unknown, violations: list[Violation]) -> Document:
    """Give every attribute of a payload its canonical name and leave out what is unassigned.

    Args:
        payload: As a client sent it; not changed.
        names: From ``names_of``.
        unknown: What to do with an attribute that ``names`` does not have.
        violations: Receives what is wrong: two spellings of one name, and unknown names under ``REJECT``.

    Returns:
        A new object. Values of a wrong type are kept for the type check to report.

    RFC 7643 §2.1, §2.5.
    """
    return _object(payload, names, unknown, violations, ())


# The way from the document to an object, innermost last: an attribute's name, or where an element stands in its array.
# A text is made of it only when there is something to report.
_Way: TypeAlias = tuple[str | int, ...]


def _object(payload: Document, names: Names, unknown: Unknown, violations: list[Violation], way: _Way) -> Document:
    result: Document = {}
    # Of two spellings a reader could take either: that is refused even when one of the values is null.
    unassigned: set[str] = set()
    unknown_names: set[str] = set()
    spellings = names.spellings
    for sent, value in payload.items():
        known = spellings.get(sent) or names.find(sent)
        if known is None:
            lower = sent.lower()
            if lower in unknown_names:
                violations.append(_twice(_path(way, sent)))
                continue
            unknown_names.add(lower)
            if unknown is Unknown.REJECT:
                violations.append(_undeclared(_path(way, sent)))
            elif unknown is Unknown.KEEP and not is_unassigned(value):
                result[sent] = value
            continue
        name, inside = known
        if name in result or name in unassigned:
            violations.append(_twice(_path(way, sent)))
            continue
        if inside is not None:
            if isinstance(value, dict):
                value = _object(value, inside, unknown, violations, (*way, name))
            elif isinstance(value, list):
                value = _elements(value, inside, unknown, violations, (*way, name))
        # Texts and numbers, which most values are, need no further question.
        if value or not is_unassigned(value):
            result[name] = value
        else:
            unassigned.add(name)
    return result


def _elements(
    values: list[JSON], inside: Names, unknown: Unknown, violations: list[Violation], way: _Way
) -> list[JSON]:
    elements = [
        _object(element, inside, unknown, violations, (*way, index)) if isinstance(element, dict) else element
        for index, element in enumerate(values)
    ]
    # An element without parts says nothing; null as an element is a fault, which the type check names.
    return [element for element in elements if element != {}]


def _path(way: _Way, sent: str) -> str:
    path = ""
    mark = ""
    for step in way:
        path += f"[{step}]" if isinstance(step, int) else mark + step
        # Below an extension's URN a name is set off by a colon (RFC 7644 §3.10).
        mark = ":" if isinstance(step, str) and step is way[0] and is_urn(step) else "."
    return path + mark + printable(sent)


def _twice(path: str) -> Violation:
    return Violation(path, "must be given once only; its name differs in casing only", "RFC 7643 §2.1", "invalidSyntax")


def _undeclared(path: str) -> Violation:
    return Violation(path, "is declared by no schema of this resource type", "RFC 7643 §3", "invalidSyntax")
