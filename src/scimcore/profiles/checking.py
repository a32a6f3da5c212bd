"""Check and normalise: what a profile asks of a user, all of it at once, and the user in the application's terms.

Floor 8. Nothing here raises for what a user is, except ``enforce``; nothing changes what it is given.
"""

from collections.abc import Sequence

from scimcore.documents import JSON, Document
from scimcore.errors import Violation
from scimcore.profiles.normalisers import Normaliser, Sign
from scimcore.profiles.plan import NOT_SAYING, Plan, Record
from scimcore.profiles.readers import REQUIRED, Fault, Reader
from scimcore.profiles.rows import Choice


class Finding(Violation):
    """What a user must have or be and has or is not.

    Attributes:
        field: The application's field that cannot be filled.
        label: Okta's name of the mapping that would fill it.
    """

    __match_args__ = (*Violation.__match_args__, "field", "label")
    __slots__ = ("field", "label")

    field: str
    label: str

    def __init__(
        self,
        path: str,
        message: str,
        rule: str,
        scim_type: str = "invalidValue",
        field: str = "",
        label: str = "",
    ) -> None:
        self._set(path, message, rule, scim_type, field, label)

    @property
    def status(self) -> int:
        """The HTTP status of an answer that refuses the user for this."""
        return 409 if self.scim_type == "uniqueness" else 400

    @property
    def detail(self) -> str:
        """A sentence for the administrator."""
        return str(self)


def examine(
    plan: Plan, title: str, document: Document, before: Document | None, ignore_conflict: bool
) -> tuple[Record, list[Finding]]:
    """Read all fields of a user and find everything that is wrong with it.

    Args:
        plan: The compiled profile.
        title: The application's name.
        document: The user, in any casing of names.
        before: The user as it was; None for a new one.
        ignore_conflict: Whether a change of a fixed externalId is no fault, since it will not be made.
    """
    record, faults = plan.read(document)
    if before is not None:
        slots = plan.slots(before, [])
        faults = [fault for fault in faults if not _is_kept(fault, slots)]
        faults += _changed(plan, document, before, ignore_conflict)
    return record, [_finding(fault, title) for fault in faults] if faults else []


_EXTERNAL_ID = "externalId"


def _is_kept(fault: Fault, before: Sequence[Document]) -> bool:
    """Tell whether what is missing is what a replacement may leave out."""
    reader = fault.reader
    return reader is not None and fault.message == REQUIRED and reader.row.keep and _value(reader, before) is not None


def _finding(fault: Fault, title: str) -> Finding:
    row = fault.reader.row if fault.reader is not None else None
    field, label = (row.field, row.label) if row is not None else ("", "")
    where = f": {row.title or field}" + (f", Okta's '{label}'" if label else "") if row is not None else ""
    return Finding(fault.shown, fault.message, f"{title} profile{where}", fault.scim_type, field=field, label=label)


def _value(reader: Reader, slots: Sequence[Document]) -> JSON:
    """Return a field's value as its kind reads it; as it stands if that is refused."""
    value = reader.value(slots)
    if isinstance(value, Sign):
        return None
    try:
        return None if value is None else reader.normalise(value)
    except ValueError:
        return value


def _changed(plan: Plan, document: Document, before: Document, ignore_conflict: bool) -> list[Fault]:
    old_slots, new_slots = plan.slots(before, []), plan.slots(document, [])
    faults = []
    for reader in plan.readers:
        if reader.row.immutable and not (ignore_conflict and reader.shown == _EXTERNAL_ID):
            old, new = _value(reader, old_slots), _value(reader, new_slots)
            if old is None or old == new:
                continue
            if new is not None:
                faults.append(Fault(reader, reader.shown, "is immutable and cannot be changed", "mutability"))
            elif not reader.row.keep and not reader.row.required:
                # What is required is missing already, and what is kept comes back.
                faults.append(Fault(reader, reader.shown, "is immutable and cannot be removed", "mutability"))
    return faults


# Normalise ------------------------------------------------------------------------------------------------------------


def rewrite(plan: Plan, document: Document, before: Document | None, *, stored: bool, restore: bool) -> Document:
    """Return a user with blanks left out, and the values that the profile reads in canonical form.

    Args:
        plan: The compiled profile.
        document: The user, in any casing of names.
        before: The user as it was; None for a new one, which gets the defaults.
        stored: Whether values get the form to be stored instead of the application's.
        restore: Whether a fixed externalId that would change is put back.

    Returns:
        A new document. A value that is refused stays as it is, for ``check`` to find.
    """
    result = _tidy(plan, plan.canonical(document))
    slots = plan.slots(result, [])
    for reader in plan.readers:
        for slot, key in reader.places:
            container = slots[slot]
            if isinstance(container.get(key), Sign | None):
                continue
            _put_right(container, key, reader.stored if stored else reader.normalise)
            # The element that is read as the primary one is so from now on; a flag that is no boolean is for
            # the check to find.
            if (
                reader.row.several == "refuse"
                and reader.locators[0].choice is Choice.PRIMARY
                and isinstance(container.get("primary"), bool | None)
            ):
                container["primary"] = True
            break
    _complete(plan, result, slots, before, restore=restore)
    return result


def _tidy(plan: Plan, document: Document) -> Document:
    """Copy a user without what says nothing; each object and array that may be changed further on is a new one."""
    tidy: Document = {}
    for name, value in document.items():
        if name in _UNTOUCHED:
            tidy[name] = value
            continue
        cleaned = _clean(value, plan.strict)
        if cleaned is not None:
            tidy[name] = cleaned
        elif name in plan.booleans:
            # No blank is a boolean: the check is to find it.
            tidy[name] = value
    return tidy


# The service's own, and the one text in which a space is a character like any other.
_UNTOUCHED = frozenset({"schemas", "id", "meta", "groups", "password"})


def _clean(value: JSON, strict: bool) -> JSON:
    if value.__class__ is str:
        return value.strip() or None
    if value.__class__ is dict:
        return _clean_object(value, strict) or None
    if value.__class__ is list:
        return [cleaned for element in value if (cleaned := _clean_element(element, strict)) is not None] or None
    return value


def _clean_object(value: Document, strict: bool) -> Document:
    parts: Document = {}
    for name, inner in value.items():
        if inner.__class__ is str:
            inner = inner.strip()
            if inner:
                parts[name] = inner
        else:
            inner = _clean(inner, strict)
            if inner is not None:
                parts[name] = inner
    return parts


def _clean_element(element: JSON, strict: bool) -> JSON:
    if element.__class__ is not dict:
        return _clean(element, strict)
    cleaned = _clean_object(element, strict)
    if NOT_SAYING.issuperset(cleaned):
        return None
    primary = cleaned.get("primary")
    if primary.__class__ is str and not strict and primary.lower() in ("true", "false"):
        cleaned["primary"] = primary.lower() == "true"
    return cleaned


def _put_right(container: Document, key: str, normalise: Normaliser) -> None:
    try:
        value = normalise(container[key])
    except ValueError:
        return
    if value is None:
        del container[key]
    else:
        container[key] = value


def _complete(
    plan: Plan, document: Document, new: Sequence[Document], before: Document | None, *, restore: bool
) -> None:
    """Add defaults to a new user; in a replacement keep what it may leave out, and what is fixed."""
    old = None if before is None else plan.slots(before, [])
    for reader in plan.lasting:
        row = reader.row
        slot, last = reader.places[0]
        given = last in new[slot]
        if old is None:
            value = None if given else row.default
        elif not given:
            value = _value(reader, old) if row.keep else None
        else:
            value = _value(reader, old) if row.immutable and restore and reader.shown == _EXTERNAL_ID else None
        if value is not None:
            target = document
            for key in reader.locators[0].keys[:-1]:
                target = target.setdefault(key, {})
            target[last] = value
