"""Writing: what is read, decided and stored for POST, PUT, PATCH and DELETE, in one transaction each.

The order is the same for all: fetch, check the preconditions, make the new document, complete its references, ask the
host, write, tell the host. What is returned is the whole transaction as a coroutine function, an ``Attempt``:
``operations`` makes it again where others were faster, and publishes its events when it is committed.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from scimcore.documents import JSON, Document
from scimcore.patch.changes import AnyChange, Change, MembershipDelta
from scimcore.patch.limits import DEFAULT_PATCH_LIMITS
from scimcore.patch.operations import apply
from scimcore.projection import DEFAULT_SELECTION, Selection, returned_on_request
from scimcore.schema.resource_type import ResourceType
from scimcore.service import events, profiling
from scimcore.service.attempts import Attempt, Outcome, ask_after, ask_before, origin_of, write_for
from scimcore.service.call import Call
from scimcore.service.changes import changes_between
from scimcore.service.completion import Completed, complete, complete_new, named
from scimcore.service.events import Event
from scimcore.service.interop import ONE_MATCH
from scimcore.service.membership import WITHOUT_MEMBERS, Small, leave_groups, small_group
from scimcore.service.meta import first_meta, next_meta
from scimcore.service.preconditions import NO_PRECONDITIONS
from scimcore.service.provider import random_id
from scimcore.service.referring import MEMBERS, TypeReferences
from scimcore.service.requests import CreateResource, DeleteResource, Operation, PatchResource, ReplaceResource
from scimcore.service.results import UNSEEN, Deleted, Result, Shown, Written
from scimcore.service.shown import with_written
from scimcore.service.store import Store
from scimcore.storage import Stored
from scimcore.validation import keep_read_only


class _Change(NamedTuple):
    """What a request makes of a resource, before its references are complete."""

    document: Document
    changes: Sequence[AnyChange]
    tolerated: tuple[str, ...] = ()
    normalised: tuple[Change, ...] = ()


def create(operation: CreateResource, call: Call) -> Attempt:
    """Make a new resource (RFC 7644 §3.3)."""
    resource_type, provider = operation.resource_type, call.provider
    references = call.references.of(resource_type)
    accepted: Document = operation.payload
    normalised: tuple[Change, ...] = ()
    if not operation.accepted:
        accepted, normalised = profiling.accepted(accepted, resource_type, provider.profile)
    accepted = named(accepted, references)
    # What is in a new resource, nobody asks but a hook.
    changes = changes_between({}, accepted, resource_type) if call.hooks.on_write else None

    async def attempt() -> Outcome:
        now = provider.now()
        async with call.store.transaction() as store:
            document = {"schemas": accepted["schemas"], "id": provider.new_id(), **accepted}
            document["meta"] = first_meta(resource_type, now)
            write, tolerated = None, operation.tolerated
            if changes is None:
                completed = await complete_new(document, references, store, provider.unknown_members)
            else:
                completed = await complete({}, document, changes, references, store, provider.unknown_members)
            if completed is not None:
                document = completed.document
                tolerated = (*tolerated, *completed.tolerated)
                if changes is not None:
                    write = write_for(call, operation, document["id"], None, document, completed.changes)
            if provider.profile is not None:
                profiling.refuse_nested(document.get(MEMBERS, ()), resource_type, provider.profile)
            if write is not None:
                await ask_before(write, call)
            stored = await store.insert(resource_type, document)
            if write is not None:
                await ask_after(write, call)
            selection = operation.selection
            if returned_on_request(resource_type):
                selection = with_written(selection, resource_type, document)
            if provider.new_id is random_id and stored.id == document["id"] and selection is not UNSEEN:
                # Who got a new id just now is in no group; one of the host's choice may have been another's.
                shown = call.references.presenter(resource_type, selection, call.base_url).show(stored)
                result = Shown(201, resource_type, stored, shown, tolerated)
            else:
                result = await _shown(201, resource_type, selection, stored, tolerated, store, call)
        if call.hooks.events is None:
            return Outcome(result)
        origin = origin_of(call, now)
        happened = (
            *events.created(resource_type, stored.id, document, origin),
            *events.normalised(resource_type, stored.id, normalised, origin),
        )
        return Outcome(result, happened)

    return attempt


def replace(operation: ReplaceResource, call: Call) -> Attempt:
    """Put a whole resource in the place of another (RFC 7644 §3.5.1)."""
    resource_type = operation.resource_type
    references = call.references.of(resource_type)

    def replacement(before: Document) -> _Change:
        prepared = profiling.accepted(operation.payload, resource_type, call.provider.profile, before)
        accepted = named(prepared.document, references)
        # `id` in the body is readOnly and means nothing, even if it is another one: the URL says which resource.
        document = keep_read_only(accepted, before, resource_type)
        return _Change(document, changes_between(before, document, resource_type), (), prepared.normalised)

    return _change(operation, replacement, references, call)


def patch(operation: PatchResource, call: Call) -> Attempt:
    """Carry out the operations of a PATCH (RFC 7644 §3.5.2)."""
    resource_type, profile = operation.resource_type, call.provider.profile
    operations = operation.operations
    limits = ONE_MATCH if call.provider.interop_strict else DEFAULT_PATCH_LIMITS
    if profile is not None:
        operations = profiling.readable(operations, resource_type, profile)

    def patched(before: Document) -> _Change:
        result = apply(before, operations, resource_type, operation.tolerances, limits=limits)
        tolerated = tuple([use.quirk for use in result.tolerated])
        if profile is None:
            return _Change(result.document, result.changes, tolerated)
        document, normalised = profiling.patched(result.document, resource_type, profile, before)
        changes: Sequence[AnyChange] = result.changes
        if document is not result.document:
            # Some of what PATCH has changed is another value now, or none.
            changes = changes_between(before, document, resource_type)
        return _Change(document, changes, tolerated, normalised)

    return _change(operation, patched, call.references.of(resource_type), call)


def _change(
    operation: ReplaceResource | PatchResource,
    change: Callable[[Document], _Change],
    references: TypeReferences,
    call: Call,
) -> Attempt:
    """Fetch, change, write."""
    resource_type, provider = operation.resource_type, call.provider

    async def attempt() -> Outcome:
        async with call.store.transaction() as store:
            small = None
            if references.members is not None and isinstance(operation, PatchResource):
                small = await small_group(operation, references, store)
            stored = await store.fetch(resource_type, operation.id) if small is None else small.group
            if operation.preconditions != NO_PRECONDITIONS:
                operation.preconditions.permit(stored.version)
            before = stored.document if small is None else small.document
            document, changes, tolerated, normalised = change(before)
            completed = Completed(document, changes)
            if any([change.path.startswith(references.beginnings) for change in changes]):
                completed = await complete(before, document, changes, references, store, provider.unknown_members)
                if provider.profile is not None:
                    deltas = (change for change in completed.changes if isinstance(change, MembershipDelta))
                    added = (member for delta in deltas if delta.path == MEMBERS for member in delta.added)
                    profiling.refuse_nested(added, resource_type, provider.profile)
            happened: Iterable[Event] = ()
            if _differs(completed.document, before):
                now = provider.now()
                after = _successor(stored, completed.document, resource_type, now)
                stored = await _update(operation, stored, after, completed.changes, small, store, call)
                if call.hooks.events is not None:
                    origin = origin_of(call, now)
                    happened = (
                        *events.changed(resource_type, stored.id, completed.changes, origin),
                        *events.normalised(resource_type, stored.id, normalised, origin),
                    )
            tolerated = (*operation.tolerated, *tolerated, *completed.tolerated)
            if _answers_nothing(operation, completed.changes, references, call):
                result: Result = Written(stored.version, tolerated)
            else:
                if small is not None and call.references.wanted(resource_type, operation.selection).members:
                    stored = await store.fetch(resource_type, operation.id, operation.selection)
                selection = operation.selection
                if returned_on_request(resource_type):
                    # A PUT says all that is to be there, a PATCH what becomes different.
                    changed = completed.changes if isinstance(operation, PatchResource) else None
                    selection = with_written(selection, resource_type, completed.document, changed)
                result = await _shown(200, resource_type, selection, stored, tolerated, store, call)
        return Outcome(result, happened)

    return attempt


async def _update(
    operation: ReplaceResource | PatchResource,
    before: Stored,
    after: Document,
    changes: Sequence[AnyChange],
    small: Small | None,
    store: Store,
    call: Call,
) -> Stored:
    resource_type = operation.resource_type
    if small is not None:
        after.pop(MEMBERS, None)
    write = None
    if call.hooks.on_write:
        write = write_for(call, operation, before.id, before.document, after, changes)
    if write is not None:
        await ask_before(write, call)
    if small is None or store.memberships is None:
        # Without a change that has a name (another order of values, say), the document is all there is to say.
        stored = await store.update(resource_type, before, after, changes or None)
    else:
        deltas = [change for change in changes if isinstance(change, MembershipDelta) and change.path == MEMBERS]
        delta = deltas[0] if deltas else MembershipDelta(MEMBERS)
        stored = await store.memberships.update_members(resource_type, before, after, delta)
    if write is not None:
        await ask_after(write, call)
    return stored


def delete(operation: DeleteResource, call: Call) -> Attempt:
    """Remove a resource, also from the groups that list it (RFC 7644 §3.6)."""
    resource_type, provider = operation.resource_type, call.provider
    if profiling.is_deactivated_instead(resource_type, provider.profile):
        return _deactivate(operation, call)
    references = call.references.of(resource_type)
    # A hook sees what goes; of a group not its members, where the store need not read them.
    selection = _ID_ONLY if not call.hooks.on_write else DEFAULT_SELECTION
    if references.members is not None and call.store.memberships is not None:
        selection = WITHOUT_MEMBERS

    async def attempt() -> Outcome:
        now = provider.now()
        async with call.store.transaction() as store:
            stored = await store.fetch(resource_type, operation.id, selection)
            if operation.preconditions != NO_PRECONDITIONS:
                operation.preconditions.permit(stored.version)
            write = write_for(call, operation, stored.id, stored.document, None, ())
            if write is not None:
                await ask_before(write, call)
            left = await leave_groups(references, stored.id, store, now)
            await store.delete(resource_type, stored)
            if write is not None:
                await ask_after(write, call)
        origin = origin_of(call, now)
        happened = [event for group in left for event in events.changed(*group[:2], (group.delta,), origin)]
        return Outcome(Deleted(), (*happened, events.deleted(resource_type, stored.id, origin)))

    return attempt


_ID_ONLY = Selection(("id",))


def _deactivate(operation: DeleteResource, call: Call) -> Attempt:
    """Do to a user what its profile asks for in the place of a deletion: the user stays, and is not active."""
    resource_type = operation.resource_type
    off: JSON = {"op": "replace", "path": "active", "value": False}
    change = PatchResource(resource_type, operation.id, [off], UNSEEN, operation.preconditions)

    def deactivated(before: Document) -> _Change:
        # Whatever else the profile would find in the user: nobody stays active for that.
        document = {**before, "active": False}
        return _Change(document, changes_between(before, document, resource_type))

    attempt = _change(change, deactivated, call.references.of(resource_type), call)

    async def answered_as_deleted() -> Outcome:
        return (await attempt())._replace(result=Deleted())

    return answered_as_deleted


# What is answered --------------------------------------------------------------------------------------------------


async def _shown(
    status: int,
    resource_type: ResourceType,
    selection: Selection,
    stored: Stored,
    tolerated: tuple[str, ...],
    store: Store,
    call: Call,
) -> Shown:
    if selection is UNSEEN:
        return Shown(status, resource_type, stored, {}, tolerated)
    [document] = await call.references.present((stored,), resource_type, selection, store, call.base_url)
    return Shown(status, resource_type, stored, document, tolerated)


def _answers_nothing(
    operation: Operation, changes: Sequence[AnyChange], references: TypeReferences, call: Call
) -> bool:
    answer = call.provider.config.patch_answer
    if answer == "resource" or not isinstance(operation, PatchResource) or operation.selection != DEFAULT_SELECTION:
        return False
    if answer == "nothing":
        return True
    return references.members is not None and all(isinstance(change, MembershipDelta) for change in changes)


# What is stored ----------------------------------------------------------------------------------------------------


def _differs(document: Document, before: Document) -> bool:
    """Tell whether there is anything to write: if not, version and time stay (RFC 7644 §3.5.2)."""
    if document is before:
        return False
    # `id` and `meta` are the library's: whatever the change did to them, they are no difference.
    for name, value in document.items():
        # What was not touched is the very same object.
        if (was := before.get(name)) is not value and was != value and name not in _OWN:
            return True
    return not before.keys() - _OWN <= document.keys()


def _successor(stored: Stored, document: Document, resource_type: ResourceType, now: datetime) -> Document:
    """Make a changed document complete."""
    after = document.copy()
    after["id"] = stored.id
    # Last, wherever it was.
    after.pop("meta", None)
    after["meta"] = next_meta(stored, resource_type, now)
    return after


_OWN = frozenset({"id", "meta"})
