"""Attribute names in a payload: their canonical spelling, unknown ones, and values that mean "unassigned".

Floor 2. Names are case-insensitive (RFC 7643 §2.1) and nearly everyone sends the canonical spelling, so this pass runs
only on the payloads that turned out not to. It looks at names and at nothing else: what a value must be is decided by
whoever asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

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
    return _object(payload, names, unknown, violations, "")


def _object(payload: Document, names: Names, unknown: Unknown, violations: list[Violation], at: str) -> Document:
    result: Document = {}
    # Of two spellings a reader could take either: that is refused even when one of the values is null.
    seen: set[str] = set()
    for sent, value in payload.items():
        lower = sent.lower()
        if lower in seen:
            violations.append(_twice(at + printable(sent)))
            continue
        seen.add(lower)
        name, inside = names.by_lower.get(lower, (None, None))
        if name is None:
            if unknown is Unknown.REJECT:
                violations.append(_undeclared(at + printable(sent)))
            elif unknown is Unknown.KEEP and not is_unassigned(value):
                result[sent] = value
            continue
        if inside is not None:
            # Below an extension's URN a name is set off by a colon (RFC 7644 §3.10).
            mark = ":" if not at and is_urn(name) else "."
            value = _value(value, inside, unknown, violations, at + name, mark)
        if not is_unassigned(value):
            result[name] = value
    return result


def _value(value: JSON, inside: Names, unknown: Unknown, violations: list[Violation], path: str, mark: str) -> JSON:
    if isinstance(value, dict):
        return _object(value, inside, unknown, violations, path + mark)
    if isinstance(value, list):
        elements = [
            _object(element, inside, unknown, violations, f"{path}[{index}].") if isinstance(element, dict) else element
            for index, element in enumerate(value)
        ]
        # An element without parts says nothing; null as an element is a fault, which the type check names.
        return [element for element in elements if element != {}]
    return value


def _twice(path: str) -> Violation:
    return Violation(path, "must be given once only; its name differs in casing only", "RFC 7643 §2.1", "invalidSyntax")


def _undeclared(path: str) -> Violation:
    return Violation(path, "is declared by no schema of this resource type", "RFC 7643 §3", "invalidSyntax")
