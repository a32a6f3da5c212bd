"""Where a host has its say: what it may refuse, and what it hears of.

Every hook is one callable, plain or, under :class:`~scimcore.handler.AsyncHandler`, a coroutine function. A hook that
refuses raises a :class:`~scimcore.errors.ScimError`, usually ``Forbidden``; what it returns must be None, so that a
forgotten ``raise`` is a fault and not a permission.
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

from scimcore.documents import Document
from scimcore.http import Request
from scimcore.patch.changes import AnyChange
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import Caller
from scimcore.service.events import Event
from scimcore.service.requests import Operation

_log = logging.getLogger("scimcore")


@dataclass(frozen=True, slots=True)
class Write:
    """A write that is about to happen or has happened, inside its transaction.

    Attributes:
        caller: Who writes.
        operation: The request: ``CreateResource``, ``ReplaceResource``, ``PatchResource`` or ``DeleteResource``.
        resource_type: Of which type the resource is.
        id: The resource. Of a new one, as the library proposes it.
        before: The resource as it was; None if it is new. Of a group whose members did not have to be read, without
            ``members``. It may have a password.
        after: The resource as it will be; None if it is to be deleted. As for ``before``.
        changes: What is different; of a new resource, everything. Secrets by their paths alone.
    """

    caller: Caller
    operation: Operation = field(repr=False)
    resource_type: ResourceType
    id: str
    before: Document | None = field(repr=False)
    after: Document | None = field(repr=False)
    changes: Sequence[AnyChange] = field(repr=False)

    @property
    def attributes(self) -> frozenset[str]:
        """The paths that the write changes, in canonical spelling: ``name.givenName``, ``members``."""
        return frozenset(change.path for change in self.changes)


Throttle: TypeAlias = Callable[[Caller, Request], Awaitable[None] | None]
Authorize: TypeAlias = Callable[[Caller, Operation], Awaitable[None] | None]
OnWrite: TypeAlias = Callable[[Write], Awaitable[None] | None]
OnEvent: TypeAlias = Callable[[Event], object]


@dataclass(frozen=True, slots=True)
class Hooks:
    """The hooks of a service, in the order in which a request meets them. Each may be left out.

    A write that others overtake is made again: then ``authorize_write``, ``before`` and ``after`` are asked again, and
    whatever they did in the store's transaction was undone.

    Attributes:
        throttle: ``(caller, request)``: whether the caller has to wait. Raises ``TooManyRequests``; see ``RateLimit``.
        authorize: ``(caller, operation)``: whether the caller may ask this at all, before the store is asked anything.
        authorize_write: ``(write)``: whether the caller may change these attributes (``write.attributes``) of this
            resource, before anything is written.
        before: ``(write)``: the last look at what will be stored. It may refuse, and change nothing: the documents are
            not its own.
        after: ``(write)``: the store has written and not yet committed. What raises here undoes the write: the place
            for rows of the host's own that belong to the same transaction.
        events: ``(event)``: hears of what was committed, each event once, before the client is answered. What it raises
            is logged and undoes nothing.
        on_write: Whether any hook wants to see a write before it is committed.
    """

    throttle: Throttle | None = None
    authorize: Authorize | None = None
    authorize_write: OnWrite | None = None
    before: OnWrite | None = None
    after: OnWrite | None = None
    events: OnEvent | None = None
    on_write: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        on_write = not (self.authorize_write is None and self.before is None and self.after is None)
        object.__setattr__(self, "on_write", on_write)

    @property
    def suspending(self) -> tuple[str, ...]:
        """The names of the hooks that are coroutine functions."""
        given = {each.name: getattr(self, each.name) for each in fields(self) if each.init}
        return tuple(name for name, hook in given.items() if hook is not None and _is_coroutine_function(hook))


NO_HOOKS = Hooks()


async def ask(hook: Callable[..., Awaitable[None] | None], *arguments: object) -> None:
    """Ask a hook that may refuse.

    Raises:
        ScimError: If it does.
        TypeError: If it answers by a value: a False that nobody looks at must not let anybody in.
    """
    answer: Any = hook(*arguments)
    if inspect.isawaitable(answer):
        answer = await answer
    if answer is not None:
        raise TypeError("a hook refuses by raising and returns None; this one has returned a value")


async def publish(hook: OnEvent, events: Sequence[Event]) -> None:
    """Let a host hear events; each of them whatever becomes of the others, and of the client's connection."""
    cancelled = None
    for event in events:
        try:
            answer = hook(event)
            if inspect.isawaitable(answer):
                await _to_its_end(answer)
        except asyncio.CancelledError as error:
            # What was written was written: whoever has gone away, the host hears of all of it.
            cancelled = error
        except Exception as error:
            # Which event and which exception; the exception's own text may quote what is in the event.
            _log.error(
                "The events hook failed at %s of %s %s (correlation %s): %s",
                type(event).__name__,
                event.resource_type,
                event.id,
                event.correlation_id,
                type(error).__qualname__,
            )
            _log.debug("The events hook failed, in full", exc_info=error)
    if cancelled is not None:
        raise cancelled


async def _to_its_end(answer: Awaitable[object]) -> None:
    """Await something to its end, also if the one who awaits is cancelled meanwhile.

    Raises:
        CancelledError: At the end, if so.
    """
    task = asyncio.ensure_future(answer)
    cancelled = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
        except Exception:
            break
    if cancelled is not None:
        raise cancelled
    task.result()


def _is_coroutine_function(hook: object) -> bool:
    return inspect.iscoroutinefunction(hook) or inspect.iscoroutinefunction(getattr(hook, "__call__", None))  # noqa: B004
