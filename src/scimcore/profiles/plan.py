"""A profile, compiled: where each field stands in a user, and what is made of it.

Floor 8. What a row's path means, which filter chooses which element, what its kind makes of a value: all that is found
out once. Per user, the objects that hold values are looked up first, each of them once ("slots": the user itself, its
``name``, its primary e-mail element ...); what remains for a field is one look-up in its slot, and its normaliser.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from scimcore.documents import JSON, Document, json_type_name
from scimcore.profiles.normalisers import KINDS, NULL, Normaliser, Reading, Refused, Sign, text
from scimcore.profiles.rows import Choice, Locator, Row, locate
from scimcore.schema.names import Unknown, canonicalise
from scimcore.schema.resource_type import ResourceType

Record: TypeAlias = dict[str, JSON]
"""What the application gets: its own field names, plain values, no field without a value."""


@dataclass(frozen=True, slots=True)
class Fault:
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


class _Answer(Document):
    """Stands in a slot where no object is to be found, and has the reason as the value of every name."""

    __slots__ = ("reason",)

    def __init__(self, reason: Sign) -> None:
        super().__init__()
        self.reason = reason

    def get(self, key: str, default: JSON = None) -> JSON:
        return self.reason


_NOTHING: Document = {}
_SEVERAL = _Answer(SEVERAL)
_MISPLACED = _Answer(MISPLACED)

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
        """Return the value as received; None if there is none."""
        for slot, key in self.places:
            value = slots[slot].get(key)
            if value is not None:
                return value
        if self.joined:
            values = [value for slot, key in self.joined if isinstance(value := slots[slot].get(key), str)]
            return self.row.separator.join(filter(None, map(str.strip, values))) or None
        if self.row.kind == "boolean" and self.places:
            slot, key = self.places[0]
            return NULL if key in slots[slot] else None
        return None


@dataclass(frozen=True, slots=True)
class _Inner:
    """A slot that is an object below the user: ``name``, an extension, the manager in it."""

    slot: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _List:
    """A multi-valued attribute from whose elements slots are chosen.

    Attributes:
        parts: An element without any of these says nothing.
        slots: How each slot is chosen: slot, choice, type, whether several are refused.
    """

    name: str
    parts: tuple[str, ...]
    slots: tuple[tuple[int, Choice, str, bool], ...]


class Plan:
    """All rows of a profile, compiled for one resource type."""

    def __init__(self, rows: Sequence[Row], resource_type: ResourceType, how: Reading) -> None:
        """Compile.

        Raises:
            InvalidPath: If a path leads nowhere.
        """
        self.resource_type = resource_type
        self.strict = how.strict
        # The user itself is slot 0; a slot is known by what distinguishes it.
        numbers: dict[object, int] = {(): 0}
        inner: list[_Inner] = []
        lists: dict[str, list[tuple[int, Choice, str, bool]]] = {}
        readers = []
        for row in rows:
            paths = row.joins or tuple(path for path in (row.path, *row.alternatives) if path)
            locators = [locate(path, resource_type) for path in paths]
            places = []
            for locator in locators:
                refuse = row.several == "refuse"
                if locator.choice is None:
                    known: object = locator.keys[:-1]
                    if known not in numbers:
                        inner.append(_Inner(len(numbers), locator.keys[:-1]))
                else:
                    known = (locator.keys, locator.choice, locator.type, refuse)
                    if known not in numbers:
                        chosen = (len(numbers), locator.choice, locator.type, refuse)
                        lists.setdefault(locator.keys[0], []).append(chosen)
                places.append((numbers.setdefault(known, len(numbers)), locator.last))
            readers.append(Reader(row, locators, places, how))
        self.readers: tuple[Reader, ...] = tuple(readers)
        self.by_field = {reader.field: reader for reader in self.readers}
        self._slots = len(numbers)
        self._inner = tuple(inner)
        attributes = {attribute.name: attribute for attribute in resource_type.attributes}
        self._lists = tuple(
            _List(
                name,
                ("value",)
                if attributes[name].sub("value")
                else tuple(sub.name for sub in attributes[name].sub_attributes if sub.name not in NOT_SAYING),
                tuple(slots),
            )
            for name, slots in lists.items()
        )
        self._steps = tuple(
            (
                reader,
                reader.field,
                *(reader.places[0] if reader.places else (0, "")),
                None if reader.normalise is text else reader.normalise,
                # Read at length where the first place has no value.
                len(reader.places) > 1 or bool(reader.joined) or row.kind == "boolean",
            )
            for row, reader in zip(rows, self.readers, strict=True)
        )
        self.booleans = frozenset(
            reader.locators[0].keys[0] for reader in self.readers if reader.row.kind == "boolean" and reader.locators
        )
        self._names = frozenset(attributes)
        # Below these, names are read too; a spelling other than the canonical one must be seen there as well.
        tops = {locator.keys[0] for reader in self.readers for locator in reader.locators}
        self._inside = tuple(
            (attribute.name, frozenset(sub.name for sub in attribute.sub_attributes))
            for attribute in resource_type.attributes
            if attribute.sub_attributes and attribute.name in tops
        )

    def canonical(self, document: Document) -> Document:
        """Return the document with canonical names; nearly every one has them and is returned as it is."""
        if not document.keys() <= self._names and self._is_odd(document):
            return canonicalise(document, self.resource_type.names, Unknown.KEEP, [])
        for name, known in self._inside:
            value = document.get(name)
            if not value:
                continue
            if value.__class__ is dict:
                if not value.keys() <= known:
                    return canonicalise(document, self.resource_type.names, Unknown.KEEP, [])
            elif value.__class__ is list:
                for element in value:
                    if element.__class__ is dict and not element.keys() <= known:
                        return canonicalise(document, self.resource_type.names, Unknown.KEEP, [])
        return document

    def _is_odd(self, document: Document) -> bool:
        """Tell whether a name that the schemas have is spelt otherwise; a name that they have not is none of ours."""
        known = self.resource_type.names.by_lower
        return any(name not in self._names and name.lower() in known for name in document)

    def read(self, document: Document) -> tuple[Record, list[Fault]]:
        """Read all fields of a user.

        Args:
            document: With canonical names.

        Returns:
            The fields that have an acceptable value, and what is wrong with the others.
        """
        faults: list[Fault] = []
        slots = self.slots(document, faults)
        record: Record = {}
        for reader, field, slot, key, normalise, at_length in self._steps:
            value = slots[slot].get(key)
            if value is None and at_length:
                value = reader.value(slots)
            if value is not None:
                # Most values are texts that are taken as they are: these need no call.
                if normalise is None and value.__class__ is str:
                    value = value.strip()
                    if value:
                        record[field] = value
                        continue
                    value = None
                else:
                    try:
                        value = (normalise or text)(value)
                    except ValueError as refused:
                        faults.append(_fault(reader, value, refused))
                        continue
                    if value is not None:
                        record[field] = value
                        continue
            row = reader.row
            if row.default is not None:
                record[field] = row.default
            elif row.required and not any(_is_about(fault, reader) for fault in faults):
                faults.append(Fault(reader, reader.shown, REQUIRED))
        return record, faults

    def slots(self, document: Document, faults: list[Fault]) -> list[Document]:
        """Find the objects that hold values; one that is not there is empty, and none of them may be changed.

        Args:
            document: With canonical names.
            faults: Receives what is wrong with the lists.
        """
        slots: list[Document] = [_NOTHING] * self._slots
        slots[0] = document
        for inner in self._inner:
            container: JSON = document
            for key in inner.keys:
                container = container.get(key)
                if container.__class__ is not dict:
                    # A blank in its place says as little as nothing.
                    if container and not (isinstance(container, str) and not container.strip()):
                        slots[inner.slot] = _MISPLACED
                    break
            else:
                slots[inner.slot] = container
        for plan in self._lists:
            values = document.get(plan.name)
            if values:
                if values.__class__ is list:
                    self._choose(plan, values, slots, faults)
                elif not isinstance(values, str) or values.strip():
                    faults.append(Fault(None, plan.name, f"must be an array, not {json_type_name(values)}"))
        return slots

    def _choose(self, plan: _List, values: list[JSON], slots: list[Document], faults: list[Fault]) -> None:
        """Look once at each element, then give each slot its own."""
        primary: Document | None = None
        by_type: dict[str, list[Document]] = {}
        said = []
        for index, element in enumerate(values):
            if element.__class__ is not dict:
                message = f"must be an object, not {json_type_name(element)}"
                faults.append(Fault(None, f"{plan.name}[{index}]", message))
                continue
            for part in plan.parts:
                value = element.get(part)
                if value and (value.__class__ is not str or not value.isspace()):
                    break
            else:
                continue
            said.append(element)
            kind = element.get("type")
            if kind.__class__ is str:
                if not kind.islower():
                    kind = kind.strip().lower()
                if kind in by_type:
                    by_type[kind].append(element)
                else:
                    by_type[kind] = [element]
            flag = element.get("primary")
            if flag and (flag is True or self._is_true(flag, f"{plan.name}[{index}].primary", faults)):
                if primary is not None:
                    faults.append(Fault(None, plan.name, "has more than one primary value"))
                else:
                    primary = element
        for slot, choice, wanted, refuse in plan.slots:
            if choice is Choice.TYPE:
                if wanted in by_type:
                    found = by_type[wanted]
                    slots[slot] = _SEVERAL if refuse and len(found) > 1 else found[0]
            elif choice is Choice.ONLY:
                if len(said) == 1:
                    slots[slot] = said[0]
                elif refuse and said:
                    slots[slot] = _SEVERAL
            elif primary is not None and (choice is Choice.PRIMARY or not primary.get("type")):
                slots[slot] = primary

    def _is_true(self, value: JSON, shown: str, faults: list[Fault]) -> bool:
        if not self.strict and isinstance(value, str):
            word = value.strip().lower()
            if word in ("true", "false", ""):
                return word == "true"
        faults.append(Fault(None, shown, f"must be a boolean, not {json_type_name(value)}"))
        return False


# An address that has these and nothing else is none; of other elements only the value counts.
NOT_SAYING = frozenset({"type", "primary", "display"})

REQUIRED = "is required"


def _is_about(fault: Fault, reader: Reader) -> bool:
    """Tell whether a fault says already why a field has no value."""
    return bool(reader.locators) and fault.shown.startswith(reader.locators[0].keys[0])


def _fault(reader: Reader, value: JSON, refused: ValueError) -> Fault:
    if value is SEVERAL:
        # Which attribute is at fault is the list, not the value of an element.
        return Fault(reader, reader.locators[0].keys[0], "must contain exactly one primary value")
    if value is MISPLACED:
        return Fault(reader, ".".join(reader.locators[0].keys[:-1]), "must be an object")
    return Fault(reader, reader.shown, str(refused))


def _bounded(normalise: Normaliser, row: Row) -> Normaliser:
    """Add the row's own limits to its kind."""
    if not row.max_characters and not row.forbidden:
        return normalise
    forbidden = frozenset(row.forbidden)

    def bounded(value: JSON) -> JSON:
        found = normalise(value)
        if isinstance(found, str):
            if row.max_characters and len(found) > row.max_characters:
                raise Refused(f"must have at most {row.max_characters} characters, not {len(found)}")
            present = sorted(forbidden.intersection(found))
            if present:
                raise Refused(f"must not contain {' '.join(present)}")
        return found

    return bounded
