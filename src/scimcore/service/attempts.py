"""What surrounds the transaction of every write: hooks of the host, another attempt if others were faster, events."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from scimcore.documents import Document
from scimcore.errors import ServiceUnavailable, VersionMismatch
from scimcore.patch.changes import AnyChange
from scimcore.service.call import Call
from scimcore.service.events import Event, Origin
from scimcore.service.hooks import Write, ask, publish
from scimcore.service.membership import Overtaken
from scimcore.service.requests import CreateResource, DeleteResource, PatchResource, ReplaceResource
from scimcore.service.results import Result


class Outcome(NamedTuple):
    """What a transaction came to: the answer, and what is to be told once it is committed."""

    result: Result
    events: Iterable[Event] = ()


async def persist(attempt: Callable[[], Awaitable[Outcome]], call: Call, *, retry: bool) -> Result:
    """Try a write that others may overtake, and tell what has happened when it is committed.

    A client that named a version is told when it is another one. All others want their change made to whatever is
    there, so it is made again, a bounded number of times.

    Raises:
        VersionMismatch: If the resource is not in the version that the client named.
        ServiceUnavailable: If others have always been faster. RFC 7644 has no status of its own for that: 412 says that
            a condition of the client's does not hold, and 409 that its version is old; this client has set none, and
            has to do nothing but send the request again (RFC 7644 §3.12 leaves that to RFC 7231).
    """
    for _ in range(call.provider.update_attempts):
        try:
            outcome = await attempt()
        except Overtaken:
            continue
        except VersionMismatch:
            if not retry:
                raise
            continue
        if call.hooks.events is not None:
            await publish(call.hooks.events, tuple(outcome.events))
        return outcome.result
    raise ServiceUnavailable("Others are changing the resource at the same time. Nothing was changed; send this again.")


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
