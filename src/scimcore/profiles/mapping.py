"""Map: from a user to the application's record, back, and what changed between two users.

Floor 8. The record is flat: one field for each row. What is read is what the check would accept; a value that it
refuses is left out, so that an application never sees one.
"""

from collections.abc import Mapping
from typing import NamedTuple

from scimcore.documents import JSON, Document, printable
from scimcore.errors import InvalidValue, Violation, of_violations
from scimcore.profiles.normalisers import Sign
from scimcore.profiles.plan import Plan, Record
from scimcore.profiles.readers import Reader
from scimcore.profiles.rows import Choice
from scimcore.schema.resource_type import ResourceType


class Change(NamedTuple):
    """One field that changed.

    Attributes:
        field: The application's name of it.
        before: Its value; None if it had none.
        after: Its value; None if it has none any more.
    """

    field: str
    before: JSON
    after: JSON


def mark_deleted(plan: Plan, record: Record) -> Record:
    """Say in a record, which is changed, that the user was deleted: then the account is not active either."""
    for reader in plan.readers:
        if reader.row.tells_deleted:
            record[reader.field] = True
        elif reader.locators and reader.locators[0].keys == ("active",):
            record[reader.field] = False
    return record


def received(plan: Plan, document: Document) -> Record:
    """Return the value of each field as the user has it; of several that fit equally, none."""
    slots = plan.slots(document, [])
    found = ((reader.field, reader.value(slots)) for reader in plan.readers)
    return {field: value for field, value in found if value is not None and not isinstance(value, Sign)}


def from_record(plan: Plan, title: str, record: Mapping[str, JSON]) -> Document:
    """Return the user that a record tells of.

    A field without a value is left out; what is calculated from others and what tells of deletion has no attribute.

    Raises:
        InvalidValue: If the profile has no such field or refuses a value; its ``violations`` has all of them.
    """
    rule = f"{title} profile"
    violations = [
        Violation(printable(field), "is no field of the profile", rule)
        for field in record
        if field not in plan.by_field
    ]
    document: Document = {}
    made: dict[object, Document] = {}
    for reader in plan.writers:
        value = record.get(reader.field)
        if value is None:
            continue
        try:
            value = reader.normalise(value)
        except ValueError as refused:
            violations.append(Violation(reader.field, str(refused), rule))
            continue
        if value is not None:
            _place(document, reader, value, made)
    if violations:
        # A record does not come from a request: whatever its faults, it is the value that is wrong.
        raise InvalidValue(str(of_violations(violations).detail), violations=violations)
    document["schemas"] = _schemas_of(document, plan.resource_type)
    return document


def _place(document: Document, reader: Reader, value: JSON, made: dict[object, Document]) -> None:
    """Put a value where its row reads it first; of two rows that read one place, the first decides."""
    locator = reader.locators[0]
    target = document
    if locator.choice is None:
        for key in locator.keys[:-1]:
            target = target.setdefault(key, {})
    else:
        # Rows of one choice share the element: the country and the city of one address.
        choice = (locator.keys, locator.choice, locator.type, reader.row.fills)
        if choice not in made:
            made[choice] = {}
            document.setdefault(locator.keys[0], []).append(made[choice])
        target = made[choice]
    target.setdefault(locator.last, value)
    if locator.choice is not None:
        if locator.type:
            target["type"] = locator.type
        for name, text in reader.row.fills:
            target.setdefault(name, text)
        if locator.choice in (Choice.PRIMARY, Choice.UNTYPED):
            target["primary"] = True


def _schemas_of(document: Document, resource_type: ResourceType) -> list[str]:
    return [resource_type.schema.id, *(urn for urn in resource_type.extension_urns if urn in document)]


def changes(plan: Plan, before: Record, after: Record) -> tuple[Change, ...]:
    """Return the fields that two records differ in, in the order of the profile."""
    return tuple(
        Change(reader.field, before.get(reader.field), after.get(reader.field))
        for reader in plan.readers
        if before.get(reader.field) != after.get(reader.field)
    )
