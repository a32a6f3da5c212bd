"""Reader: one row of a profile, compiled, and what can be wrong with its value.

Floor 8. A reader knows in which objects of a user its value can stand ("places"); which objects those are for one user
is found out by ``plan``.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from scimcore.documents import JSON, Document, is_unassigned, printable
from scimcore.profiles.normalisers import KINDS, NULL, Normaliser, Reading, Refused, Sign
from scimcore.profiles.rows import Locator, Row


class Fault(NamedTuple):
    """What is wrong with one field or attribute.

    Attributes:
        reader: The field's reader; None for a fault of a whole attribute that several fields are read from.
        shown: The attribute, as messages name it.
        message: Follows the attribute's name.
        scim_type: RFC 7644 Table 9.
    """

    reader: "Reader | None"
    shown: str
    message: str
    scim_type: str = "invalidValue"


SEVERAL = Sign()
"""Several elements fit and none is better."""
MISPLACED = Sign()
"""What should be an object around the value is none."""


Place: TypeAlias = tuple[int, str]
"""A slot, and the name in it."""


class Reader:
    """One row, compiled.

    Attributes:
        places: Where the value stands; the first that has one counts.
        joined: Where the values stand that make the text, for a calculated field.
        normalise: Makes the application's value.
        stored: Makes the value that the service keeps.
        shown: The attribute, as messages name it.
    """

    __slots__ = ("field", "joined", "locators", "normalise", "places", "row", "shown", "stored")

    def __init__(self, row: Row, locators: Sequence[Locator], places: Sequence[Place], how: Reading) -> None:
        kind = KINDS[row.kind]
        self.row = row
        self.field = row.field
        self.locators: tuple[Locator, ...] = () if row.joins else tuple(locators)
        self.places: tuple[Place, ...] = () if row.joins else tuple(places)
        self.joined: tuple[Place, ...] = tuple(places) if row.joins else ()
        self.normalise: Normaliser = _bounded(kind.make(how), row)
        self.stored: Normaliser = self.normalise if kind.stored is None else kind.stored
        self.shown = self.locators[0].shown if self.locators else row.field

    def value(self, slots: Sequence[Document]) -> JSON:
        """Return the value as received; None if there is none. A blank one gives way to any that says something."""
        blank = None
        for slot, key in self.places:
            value = slots[slot].get(key)
            if value is not None and not is_blank(value):
                return value
            blank = value if blank is None else blank
        if blank is not None:
            return blank
        if self.joined:
            values = [value for slot, key in self.joined if isinstance(value := slots[slot].get(key), str)]
            return self.row.separator.join(filter(None, map(str.strip, values))) or None
        if self.row.kind == "boolean" and self.places:
            slot, key = self.places[0]
            return NULL if key in slots[slot] else None
        return None


def is_blank(value: JSON) -> bool:
    """Tell whether a value says nothing: it is unassigned (RFC 7643 §2.5), or a text of spaces."""
    return not value.strip() if value.__class__ is str else is_unassigned(value)


REQUIRED = "is required"


def is_about(fault: Fault, reader: Reader) -> bool:
    """Tell whether what is wrong with a list says already why a field has no value."""
    if fault.reader is not None or not reader.locators or reader.locators[0].choice is None:
        return False
    return fault.shown.startswith(reader.locators[0].keys[0])


def fault_of(reader: Reader, value: JSON, refused: ValueError) -> Fault:
    """Return what is wrong with a field whose value was refused."""
    if value is SEVERAL:
        # Which attribute is at fault is the list, not the value of an element.
        return Fault(reader, reader.locators[0].keys[0], "must contain exactly one primary value")
    if value is MISPLACED:
        return Fault(reader, ".".join(reader.locators[0].keys[:-1]), "must be an object")
    return Fault(reader, reader.shown, str(refused))


def _bounded(normalise: Normaliser, row: Row) -> Normaliser:
    """Add the row's own limits to its kind."""
    if not (row.max_characters or row.forbidden or row.pattern or row.one_of):
        return normalise
    limits = _limits(row)

    def bounded(value: JSON) -> JSON:
        found = normalise(value)
        for each in found if isinstance(found, list) else (found,):
            if isinstance(each, str):
                limits(each)
        return found

    return bounded


def _limits(row: Row) -> Callable[[str], None]:
    forbidden = frozenset(row.forbidden)
    matches = re.compile(row.pattern).fullmatch if row.pattern else None

    def check(found: str) -> None:
        if row.max_characters and len(found) > row.max_characters:
            raise Refused(f"must have at most {row.max_characters} characters, not {len(found)}")
        present = sorted(forbidden.intersection(found))
        if present:
            raise Refused(f"must not contain {' '.join(present)}")
        if matches is not None and not matches(found):
            raise Refused(f"value '{printable(found)}' does not match {row.pattern}")
        if row.one_of and found not in row.one_of:
            raise Refused(f"value '{printable(found)}' is none of {', '.join(row.one_of)}")

    return check
