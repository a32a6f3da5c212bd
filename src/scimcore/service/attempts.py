"""What a write consists of besides the store: what hooks of the host see of it, and what is told of it afterwards."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from scimcore.documents import Document
from scimcore.patch.changes import AnyChange
from scimcore.service.call import Call
from scimcore.service.events import Event, Origin
from scimcore.service.hooks import Write, ask
from scimcore.service.requests import CreateResource, DeleteResource, PatchResource, ReplaceResource
from scimcore.service.results import Result


class Outcome(NamedTuple):
    """What a transaction came to: the answer, and what is to be told once it is committed."""

    result: Result
    events: Iterable[Event] = ()


Attempt: TypeAlias = Callable[[], Awaitable[Outcome]]
"""One transaction of a write from its start to its end; it can be made again."""


# Before and after --------------------------------------------------------------------------------------------------


def write_for(
    call: Call,
    operation: CreateResource | ReplaceResource | PatchResource | DeleteResource,
    id: str,
    before: Document | None,
    after: Document | None,
    changes: Sequence[AnyChange],
) -> Write | None:
    """Put together what hooks see; None if there are none."""
    hooks = call.hooks
    if hooks.authorize_write is None and hooks.before is None and hooks.after is None:
        return None
    return Write(call.caller, operation, operation.resource_type, id, before, after, changes)


async def ask_before(write: Write, call: Call) -> None:
    """Let hooks refuse what is about to be stored."""
    if call.hooks.authorize_write is not None:
        await ask(call.hooks.authorize_write, write)
    if call.hooks.before is not None:
        await ask(call.hooks.before, write)


async def ask_after(write: Write, call: Call) -> None:
    """Let a hook refuse what was stored and is not committed."""
    if call.hooks.after is not None:
        await ask(call.hooks.after, write)


def origin_of(call: Call, now: datetime) -> Origin:
    """Say what all events of a write have in common."""
    return Origin(call.caller.name, call.caller.tenant, now, call.correlation_id)
