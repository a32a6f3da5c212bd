"""A profile, compiled: where each field stands in a user, and what is made of it.

Floor 8. What a row's path means, which filter chooses which element, what its kind makes of a value: all that is found
out once. Per user, the objects that hold values are looked up first, each of them once ("slots": the user itself, its
``name``, its primary e-mail element ...); what remains for a field is one look-up in its slot, and its normaliser.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from scimcore.documents import JSON, Document, json_type_name
from scimcore.profiles.normalisers import Reading, Sign, text
from scimcore.profiles.readers import MISPLACED, REQUIRED, SEVERAL, Fault, Reader, fault_of, is_about, is_blank
from scimcore.profiles.rows import Choice, Row, locate
from scimcore.schema.definitions import Attribute
from scimcore.schema.names import Unknown, canonicalise
from scimcore.schema.resource_type import ResourceType

Record: TypeAlias = dict[str, JSON]
"""What the application gets: its own field names, plain values, no field without a value."""


class _OddNameError(Exception):
    """A name is not spelt as the schemas do, or is none of theirs."""


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


class _Inner(NamedTuple):
    """A slot that is an object below the user: ``name``, an extension, the manager in it.

    Attributes:
        slot: Its own number.
        outer: The slot that it is in.
        key: Its name there.
        known: The names that it can have.
    """

    slot: int
    outer: int
    key: str
    known: frozenset[str]


class _List(NamedTuple):
    """A multi-valued attribute from whose elements slots are chosen. Slot 0, the user, stands for "no such slot".

    Attributes:
        first: The part that says most; an element that has neither it nor one of the others says nothing.
        others: The other parts that say something.
        known: The names that an element can have.
        types: The slots of the first element of a type, by the type in lower case.
        single_types: The slots of the one element of a type.
        primary: The slot of the primary element.
        untyped: The slot of the primary element if it has no type.
        only: The slot of the only element.
        single: The same, where several are refused instead of passed over.
    """

    name: str
    first: str
    others: tuple[str, ...]
    known: frozenset[str]
    types: dict[str, int]
    single_types: dict[str, int]
    primary: int
    untyped: int
    only: int
    single: int


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
        lists: dict[str, dict[tuple[Choice, str, bool], int]] = {}
        readers = []
        for row in rows:
            paths = row.joins or tuple(path for path in (row.path, *row.alternatives) if path)
            locators = [locate(path, resource_type) for path in paths]
            places = []
            for locator in locators:
                if locator.choice is None:
                    known: object = locator.keys[:-1]
                    _add_inner(inner, numbers, locator.keys[:-1], resource_type)
                else:
                    refuse = row.several == "refuse" and locator.choice in (Choice.TYPE, Choice.ONLY)
                    chosen = (locator.choice, locator.type, refuse)
                    known = (locator.keys, chosen)
                    lists.setdefault(locator.keys[0], {}).setdefault(chosen, numbers.get(known, len(numbers)))
                places.append((numbers.setdefault(known, len(numbers)), locator.last))
            readers.append(Reader(row, locators, places, how))
        self.by_field = {reader.field: reader for reader in readers}
        # What only a record tells is not looked for in a user, and the other way round.
        self.readers = tuple(reader for reader in readers if reader.row.direction != "from_record")
        self.writers = tuple(reader for reader in readers if reader.locators and reader.row.direction != "to_record")
        # What has a default, is kept or is fixed; elements of lists have no identity, so that nothing in them lasts.
        self.lasting = tuple(
            reader
            for reader in self.readers
            if reader.locators and reader.locators[0].choice is None
            if reader.row.default is not None or reader.row.keep or reader.row.immutable
        )
        self._slots = len(numbers)
        self._inner = tuple(inner)
        attributes = {attribute.name: attribute for attribute in resource_type.attributes}
        self._lists = tuple(
            _List(
                name,
                *_parts(attributes[name], readers),
                known=frozenset(sub.name for sub in attributes[name].sub_attributes),
                types={kind: slot for (_, kind, refuse), slot in slots.items() if kind and not refuse},
                single_types={kind: slot for (_, kind, refuse), slot in slots.items() if kind and refuse},
                primary=slots.get((Choice.PRIMARY, "", False), 0),
                untyped=slots.get((Choice.UNTYPED, "", False), 0),
                only=slots.get((Choice.ONLY, "", False), 0),
                single=slots.get((Choice.ONLY, "", True), 0),
            )
            for name, slots in lists.items()
        )
        self._steps = tuple(
            (
                reader,
                reader.field,
                *(reader.places[0] if reader.places else (0, "")),
                None if reader.normalise is text else reader.normalise,
                # Whether there is no more to say where the first place has no value.
                len(reader.places) == 1
                and not reader.row.required
                and reader.row.default is None
                and reader.row.kind != "boolean",
                # Whether another place may have more to say than a blank value.
                len(reader.places) > 1,
            )
            for reader in self.readers
        )
        self.booleans = frozenset(
            reader.locators[0].keys[0] for reader in self.readers if reader.row.kind == "boolean" and reader.locators
        )
        self._names = frozenset(attributes)

    def canonical(self, document: Document) -> Document:
        """Return the document with canonical names; nearly every one has them and is returned as it is."""
        try:
            self._find(document, [])
        except _OddNameError:
            return self._canonicalised(document)
        return document

    def _canonicalised(self, document: Document) -> Document:
        return canonicalise(document, self.resource_type.names, Unknown.KEEP, [])

    def _is_odd(self, document: Document) -> bool:
        """Tell whether a name that the schemas have is spelt otherwise; a name that they have not is none of ours."""
        known = self.resource_type.names.by_lower
        return any(name not in self._names and name.lower() in known for name in document)

    def read(self, document: Document) -> tuple[Record, list[Fault]]:
        """Read all fields of a user.

        Args:
            document: In any casing of names.

        Returns:
            The fields that have an acceptable value, and what is wrong with the others.
        """
        faults: list[Fault] = []
        slots = self.slots(document, faults)
        record: Record = {}
        for reader, field, slot, key, normalise, simple, several in self._steps:
            value = slots[slot].get(key)
            if value is None:
                if simple:
                    continue
                value = reader.value(slots)
            elif several and is_blank(value):
                value = reader.value(slots)
            # Most values are texts that are taken as they are: these need no call.
            if normalise is None and value.__class__ is str:
                value = value.strip()
                if value:
                    record[field] = value
                    continue
            elif value is not None:
                try:
                    value = (normalise or text)(value)
                except ValueError as refused:
                    faults.append(fault_of(reader, value, refused))
                    continue
                if value is not None:
                    record[field] = value
                    continue
            row = reader.row
            if row.default is not None:
                record[field] = row.default
            elif row.required and not any(is_about(fault, reader) for fault in faults):
                faults.append(Fault(reader, reader.shown, REQUIRED))
        return record, faults

    def slots(self, document: Document, faults: list[Fault]) -> list[Document]:
        """Find the objects that hold values; one that is not there is empty, and none of them may be changed.

        Args:
            document: In any casing of names; the objects are its own only if they are canonical.
            faults: Receives what is wrong with the lists.
        """
        try:
            return self._find(document, faults)
        except _OddNameError:
            faults.clear()
            # What is still unknown there is known to nobody.
            return self._find(self._canonicalised(document), faults, sure=True)

    def _find(self, document: Document, faults: list[Fault], *, sure: bool = False) -> list[Document]:
        """Find the objects that hold values, unless a name is not spelt as the schemas do."""
        if not sure and not self._names.issuperset(document) and self._is_odd(document):
            raise _OddNameError
        slots: list[Document] = [_NOTHING] * self._slots
        slots[0] = document
        for slot, outer, key, known in self._inner:
            # An outer object is looked up before what is in it.
            container = slots[outer].get(key)
            if container is None:
                continue
            if container.__class__ is dict:
                if not sure and not known.issuperset(container):
                    raise _OddNameError
                slots[slot] = container
            elif container and not (isinstance(container, str) and not container.strip()):
                # A blank in its place says as little as nothing.
                slots[slot] = _MISPLACED
        for plan in self._lists:
            values = document.get(plan.name)
            if values:
                if values.__class__ is list:
                    self._choose(plan, values, slots, faults, sure)
                elif not isinstance(values, str) or values.strip():
                    faults.append(Fault(None, plan.name, f"must be an array, not {json_type_name(values)}"))
        return slots

    def _choose(self, plan: _List, values: list[JSON], slots: list[Document], faults: list[Fault], sure: bool) -> None:
        """Look once at each element and give each slot its own."""
        primary: Document | None = None
        said: Document | None = None
        saying = primaries = 0
        _, first, others, known, types, single_types, at_primary, at_untyped, at_only, at_single = plan
        own: list[Fault] = []
        for index, element in enumerate(values):
            if element.__class__ is not dict:
                own.append(Fault(None, f"{plan.name}[{index}]", f"must be an object, not {json_type_name(element)}"))
                if len(own) == _MAX_FAULTS_OF_A_LIST:
                    break
                continue
            if not sure and not known.issuperset(element):
                raise _OddNameError
            value = element.get(first)
            if (not value or (value.__class__ is str and value.isspace())) and not _says(element, others):
                continue
            said = element
            saying += 1
            kind = element.get("type")
            if kind.__class__ is str:
                if kind not in types and kind not in single_types:
                    kind = kind.strip().lower()
                if kind in types:
                    slot = types[kind]
                    if slots[slot] is _NOTHING:
                        slots[slot] = element
                if kind in single_types:
                    slot = single_types[kind]
                    slots[slot] = element if slots[slot] is _NOTHING else _SEVERAL
            flag = element.get("primary")
            if flag and (flag is True or self._is_true(flag, f"{plan.name}[{index}].primary", own)):
                primaries += 1
                if primary is None:
                    primary = element
        if primary is not None:
            if at_primary:
                slots[at_primary] = primary
            if at_untyped and not primary.get("type"):
                slots[at_untyped] = primary
            if primaries > 1:
                own.append(Fault(None, plan.name, "has more than one primary value"))
        if said is not None:
            if at_only and saying == 1:
                slots[at_only] = said
            if at_single:
                slots[at_single] = said if saying == 1 else _SEVERAL
        if own:
            faults += own[:_MAX_FAULTS_OF_A_LIST]

    def _is_true(self, value: JSON, shown: str, faults: list[Fault]) -> bool:
        if not self.strict and isinstance(value, str):
            word = value.strip().lower()
            if word in ("true", "false", ""):
                return word == "true"
        faults.append(Fault(None, shown, f"must be a boolean, not {json_type_name(value)}"))
        return False


def _parts(attribute: Attribute, readers: Sequence[Reader]) -> tuple[str, tuple[str, ...]]:
    """Return the part that says something of an element, first, and the others that do."""
    if attribute.sub("value"):
        return "value", ()
    saying = [sub.name for sub in attribute.sub_attributes if sub.name not in NOT_SAYING]
    read = {locator.sub for reader in readers for locator in reader.locators if locator.keys[0] == attribute.name}
    # What is read is there more often than the rest.
    first, *others = sorted(saying, key=lambda name: name not in read)
    return first, tuple(others)


def _add_inner(
    inner: list[_Inner], numbers: dict[object, int], keys: tuple[str, ...], resource_type: ResourceType
) -> None:
    """Give each object on the way to a value its slot, from the outside in."""
    inside = resource_type.attributes
    for depth, key in enumerate(keys, start=1):
        inside = next(attribute.sub_attributes for attribute in inside if attribute.name == key)
        if keys[:depth] not in numbers:
            known = frozenset(attribute.name for attribute in inside)
            inner.append(_Inner(len(numbers), numbers[keys[: depth - 1]], key, known))
            numbers[keys[:depth]] = len(numbers)


# A list can be as long as a body; whoever has read this many faults of it has understood.
_MAX_FAULTS_OF_A_LIST = 10


def _says(element: Document, parts: Sequence[str]) -> bool:
    """Tell whether one of some parts of an element has a value."""
    for part in parts:
        value = element.get(part)
        if value and (value.__class__ is not str or not value.isspace()):
            return True
    return False


# An address that has these and nothing else is none; of other elements only the value counts.
NOT_SAYING = frozenset({"type", "primary", "display"})
