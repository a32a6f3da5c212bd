"""What the service knows of a reference that a client has written, found when it is written (RFC 7643 §4.1.2, §4.2).

Only what is new is looked up, all of it at once: the type and the name of new members, the name of a new manager.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scimcore.documents import Document, printable
from scimcore.errors import InvalidValue, ScimError, Violation, of_violations
from scimcore.patch.changes import AnyChange, Change, MembershipDelta
from scimcore.projection import Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.changes import changes_of, membership_delta
from scimcore.service.referring import Reference, TypeReferences, value_of_url
from scimcore.service.store import Store
from scimcore.storage import Stored


class Completed(NamedTuple):
    """A document whose references say what is known, and what is different in it now.

    Attributes:
        tolerated: What was left out, in the words of a log: ``unknown-member``.
    """

    document: Document
    changes: Sequence[AnyChange]
    tolerated: tuple[str, ...] = ()


def named(document: Document, references: TypeReferences) -> Document:
    """See to it that every reference of a document as a client sent it says by ``value`` what it refers to, once.

    Raises:
        InvalidValue: If one refers to nothing.
    """
    for each in references.written:
        elements = document.get(each.name)
        if each.urn is not None or not each.attribute.multi_valued or not elements:
            continue
        values = [element.get("value") for element in elements]
        if all(values) and len(set(values)) == len(values):
            continue
        distinct: dict[str, Document] = {}
        for position, element in enumerate(elements):
            value = _value(element)
            if value is None:
                raise InvalidValue(
                    f"'{each.path}[{position}]' must say what it refers to in 'value'.",
                    path=f"{each.path}[{position}].value",
                    rule="RFC 7643 §2.4",
                )
            distinct.setdefault(value, element if element.get("value") == value else {**element, "value": value})
        document = {**document, each.name: list(distinct.values())}
    return document


def references_of(document: Document, references: TypeReferences) -> list[AnyChange]:
    """Return the references of a new document as changes; one that has one value as a whole."""
    changes: list[AnyChange] = []
    for each in references.written:
        value = _one(each, document)
        if value and each.attribute.multi_valued:
            changes += changes_of(each.attribute, each.path, None, value)
        elif value:
            changes.append(Change(each.path, None, value))
    return changes


async def complete_new(
    document: Document, references: TypeReferences, store: Store, unknown_members: str
) -> Completed | None:
    """Complete the references of a new resource where nobody asks what its changes are; none are told.

    Args:
        document: The resource. It may be changed itself, not its values.
        references: Those of its type.
        store: In the transaction that writes.
        unknown_members: As for ``complete``.

    Returns:
        None if the document itself is complete now.

    Raises:
        InvalidValue: As for ``complete``.
    """
    # Nearly always a manager, if anything.
    only, only_value = None, _NOTHING
    for each in references.written:
        container = document if each.urn is None else document.get(each.urn)
        value = container.get(each.name) if container else None
        if not value:
            continue
        if only is not None or each.attribute.multi_valued or len(each.targets) > 1:
            return await complete({}, document, references_of(document, references), references, store, unknown_members)
        only, only_value = each, value
    if only is None:
        return None
    id = only_value.get("value") or _value(only_value)
    found: Sequence[Stored] = ()
    if id is not None:
        many = store.complete.fetch_many if store.can.lookups else store.fetch_many
        found = await many(only.targets, (id,), _NAMES)
    known = found[0].document.get("displayName") if found and found[0].id == id else None
    if known is None and id is not None and len(only_value) == 1 and "value" in only_value:
        return None  # Nothing is known of it but what the client says, and that is as it is stored.
    told = _told_of_one(only, only_value, known)
    if only.urn is None:
        document[only.name] = told
    else:
        document[only.urn] = {**document[only.urn], only.name: told}
    return None


async def complete(
    before: Document,
    document: Document,
    changes: Sequence[AnyChange],
    references: TypeReferences,
    store: Store,
    unknown_members: str,
) -> Completed:
    """Complete the references that a write changes.

    Args:
        before: The resource as it was; empty if it is new.
        document: As the client wants it. It is not changed.
        changes: What is different.
        references: Those of its type.
        store: In the transaction that writes.
        unknown_members: What to do with a member that there is no resource for: ``reject``, ``skip`` or ``keep``.

    Raises:
        InvalidValue: If there is no resource for a member, and that is to be refused.
    """
    touched = references.touched(changes)
    if not touched:
        return Completed(document, changes)
    if any("value" not in member for change in _deltas(changes) for member in change.added):
        # A PATCH of the client's words: what a POST and a PUT are asked before is asked now.
        document = named(document, references)
        changes = [_compared_again(change, before, document) for change in changes]
    found = _Found(await _look_up(touched, before, document, changes, store))
    tolerated: tuple[str, ...] = ()
    for each in touched:
        if each.attribute.multi_valued:
            policy = unknown_members if each is references.members else "keep"
            document, changes, skipped = _complete_many(each, document, changes, found, policy)
            tolerated += skipped
        else:
            document, changes = _complete_one(each, before, document, changes, found)
    return Completed(document, changes, tolerated)


def _compared_again(change: AnyChange, before: Document, document: Document) -> AnyChange:
    if not isinstance(change, MembershipDelta) or change.path not in document:
        return change
    return membership_delta(change.path, before.get(change.path, ()), document[change.path])


# What there is -----------------------------------------------------------------------------------------------------


class _Found:
    """Resources that were looked up."""

    def __init__(self, stored: Iterable[tuple[ResourceType, Stored]]) -> None:
        self._by_id: dict[str, dict[str, Stored]] = {}
        for resource_type, each in stored:
            self._by_id.setdefault(each.id, {})[resource_type.name] = each

    def target(self, reference: Reference, element: Document) -> tuple[str, Stored] | None:
        """Return what a reference refers to, with the name of its type."""
        by_type = self._by_id.get(element["value"])
        if by_type is None:
            return None
        # A host's ids may be unique within a type only: then the client's word decides.
        names = (element.get("type"), *(target.name for target in reference.targets))
        return next(((name, by_type[name]) for name in names if name in by_type), None)


async def _look_up(
    touched: Sequence[Reference], before: Document, document: Document, changes: Sequence[AnyChange], store: Store
) -> list[tuple[ResourceType, Stored]]:
    ids: dict[str, None] = {}
    types: dict[ResourceType, None] = {}
    for each in touched:
        for value in _new_values(each, before, document, changes):
            ids[value] = None
            types |= dict.fromkeys(each.targets)
    return await _looked_up(tuple(types), tuple(ids), store)


async def _looked_up(
    kinds: Sequence[ResourceType], pending: Sequence[str], store: Store
) -> list[tuple[ResourceType, Stored]]:
    if len(pending) == len(kinds) == 1:
        return [(kinds[0], stored) for stored in await store.fetch_many(kinds, pending, _NAMES)]
    by_schema = {kind.schema.id: kind for kind in kinds}
    found: list[tuple[ResourceType, Stored]] = []
    for start in range(0, len(pending), _AT_ONCE):
        some = await store.fetch_many(kinds, pending[start : start + _AT_ONCE], _NAMES)
        found += [(_type_of(stored, by_schema), stored) for stored in some]
    return found


_NOTHING: Document = {}
_AT_ONCE = 1_000
_NAMES = Selection(("displayName", "userName"))


def _type_of(stored: Stored, by_schema: dict[str, ResourceType]) -> ResourceType:
    return next(by_schema[urn] for urn in stored.document["schemas"] if urn in by_schema)


def _new_values(
    reference: Reference, before: Document, document: Document, changes: Sequence[AnyChange]
) -> Iterable[str]:
    if reference.attribute.multi_valued:
        return [
            member["value"] for change in _deltas(changes) if change.path == reference.path for member in change.added
        ]
    was, now = _one(reference, before), _one(reference, document)
    value = None if now is None else _value(now)
    return () if value is None or (was is not None and was.get("value") == value) else (value,)


def _deltas(changes: Sequence[AnyChange]) -> list[MembershipDelta]:
    return [change for change in changes if isinstance(change, MembershipDelta)]


# Several values ----------------------------------------------------------------------------------------------------


def _complete_many(
    reference: Reference, document: Document, changes: Sequence[AnyChange], found: _Found, policy: str
) -> tuple[Document, Sequence[AnyChange], tuple[str, ...]]:
    others: list[AnyChange] = []
    tolerated: tuple[str, ...] = ()
    for change in changes:
        if not isinstance(change, MembershipDelta) or change.path != reference.path:
            others.append(change)
            continue
        final: dict[str, Document | None] = {}
        unknown: list[str] = []
        for element in change.added:
            target = found.target(reference, element)
            if target is None and policy != "keep":
                unknown.append(element["value"])
                final[element["value"]] = None
            else:
                final[element["value"]] = _told(reference, element, target)
        if unknown and policy == "reject":
            raise _unknown(reference, unknown)
        if unknown:
            tolerated = ("unknown-member",) * len(unknown)
        for was, now in change.updated:
            # What the client leaves out of a member that is there already is still known.
            final[now["value"]] = _keep(was, now)
        delta = MembershipDelta(
            change.path,
            tuple(known for each in change.added if (known := final[each["value"]]) is not None),
            change.removed,
            tuple((was, known) for was, now in change.updated if (known := final[now["value"]]) not in (None, was)),
        )
        document = _with_elements(reference, document, final)
        if delta.added or delta.removed or delta.updated:
            others.append(delta)
    return document, others, tolerated


def _keep(was: Document, now: Document) -> Document:
    merged = {**was, **{name: part for name, part in now.items() if name != "$ref"}}
    if "type" in was:
        # It is what it is.
        merged["type"] = was["type"]
    return was if merged == was else merged


def _told(reference: Reference, element: Document, target: tuple[str, Stored] | None) -> Document:
    told = {name: part for name, part in element.items() if name != "$ref"}
    if target is None:
        return told
    kind, stored = target
    if reference.has_type:
        told["type"] = kind
    display = _display(stored)
    if reference.display is not None and reference.display not in told and display is not None:
        told[reference.display] = display
    return told


def _display(stored: Stored) -> str | None:
    name: str | None = stored.document.get("displayName") or stored.document.get("userName")
    return name


def _unknown(reference: Reference, values: list[str]) -> ScimError:
    return of_violations(
        [
            Violation(
                f'{reference.path}[value eq "{printable(value)}"]',
                f"refers to '{printable(value)}', and there is no {_or(reference.targets)} with this id",
                "RFC 7643 §2.3.7",
            )
            for value in values
        ]
    )


def _or(targets: Sequence[ResourceType]) -> str:
    return " or ".join(target.name for target in targets)


def _with_elements(reference: Reference, document: Document, final: dict[str, Document | None]) -> Document:
    """Put completed elements in the place of those that were sent. New ones stand at the end, nearly always."""
    elements: list[Document] = list(document.get(reference.name, ()))
    left = len(final)
    for position in range(len(elements) - 1, -1, -1):
        if not left:
            break
        value = elements[position].get("value", "")
        if value in final:
            left -= 1
            completed = final[value]
            if completed is None:
                del elements[position]
            else:
                elements[position] = completed
    document = {**document, reference.name: elements}
    if not elements:
        del document[reference.name]
    return document


# One value ---------------------------------------------------------------------------------------------------------


def _complete_one(
    reference: Reference, before: Document, document: Document, changes: Sequence[AnyChange], found: _Found
) -> tuple[Document, Sequence[AnyChange]]:
    was, now = _one(reference, before), _one(reference, document)
    if now is not None:
        told = _told_of_one(reference, now, _known_name(reference, was, now, found))
        now = told if was is None or was != told else was
        document = _with_one(reference, document, now)
    changes = [change for change in changes if not _is_part(reference, change)]
    changes += changes_of(reference.attribute, reference.path, was, now)
    return document, changes


def _known_name(reference: Reference, was: Document | None, now: Document, found: _Found) -> str | None:
    """Return the name of what a reference refers to, as far as it is known."""
    value = _value(now)
    if value is None or reference.display is None:
        return None
    if was is not None and was.get("value") == value:
        return was.get(reference.display)
    target = found.target(reference, {**now, "value": value})
    return None if target is None else target[1].document.get("displayName")


def _told_of_one(reference: Reference, now: Document, known: str | None) -> Document:
    """Return a reference as it is stored: by what it is told, and with the name that is known, or the client's own."""
    value, display = _value(now), reference.display
    if value is None:
        raise InvalidValue(
            f"'{reference.path}' must say what it refers to in 'value'.",
            path=f"{reference.path}.value",
            rule="RFC 7643 §2.4",
        )
    told = {**now, "value": value}
    told.pop("$ref", None)
    if display is None:
        return told
    sent = told.pop(display, None)
    if sent is not None and not reference.display_is_ours:
        known = sent
    if known is not None:
        told[display] = known
    return told


def _is_part(reference: Reference, change: AnyChange) -> bool:
    return isinstance(change, Change) and (
        change.path == reference.path or change.path.startswith(f"{reference.path}.")
    )


def _value(element: Document) -> str | None:
    return element.get("value") or value_of_url(element.get("$ref"))


def _one(reference: Reference, document: Document) -> Document | None:
    container = document if reference.urn is None else document.get(reference.urn, {})
    value: Document | None = container.get(reference.name)
    return value


def _with_one(reference: Reference, document: Document, value: Document) -> Document:
    if reference.urn is None:
        return {**document, reference.name: value}
    return {**document, reference.urn: {**document[reference.urn], reference.name: value}}
