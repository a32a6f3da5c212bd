"""What a rule about stores is tried with: a store, synchronous or not, behind one set of coroutines."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar, cast

from scimcore.documents import Document
from scimcore.errors import ScimError
from scimcore.handler import as_store
from scimcore.projection import Selection, project
from scimcore.resources import Group, User
from scimcore.schema.resource_type import ResourceType
from scimcore.service.store import Store, capabilities, is_async
from scimcore.storage import AsyncStorage, Storage

T = TypeVar("T")

USERS, GROUPS = User.resource_type(), Group.resource_type()

# How many do the same at once. More would find no more: what breaks, breaks with two.
RIVALS = 8


class Broken(AssertionError):
    """The store does not keep to a rule."""


def shown(values: object) -> str:
    """Write values for a message, not more than one can read."""
    text = str(values)
    return text if len(text) < _SHOWN else f"{text[:_SHOWN]}..."


_SHOWN = 500


class NotTried(Exception):
    """The rule is about something that the store does not have."""


def require(holds: object, message: str) -> None:
    """Raise Broken if something does not hold."""
    if not holds:
        raise Broken(message)


@dataclass
class Trial:
    """A store that is empty, and how to do things to it.

    Attributes:
        storage: The host's.
        tenants: Two stores over one database for different tenants; empty if the host has none.
        keeps: By resource type name, the attributes that the store keeps; None if it keeps whole documents.
        store: The same, as the service sees it.
    """

    storage: Storage | AsyncStorage
    tenants: Sequence[Storage | AsyncStorage] = ()
    keeps: Mapping[str, Sequence[str]] | None = None
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = as_store(self.storage)

    def kept(self, document: Document) -> Document:
        """Return what a store like this one can give back of a document. Members have no order (RFC 7643 §2.4)."""
        kind = _kind_of(document)
        if self.keeps is not None:
            document = project(document, Selection(("id", *self.keeps[kind.name])), kind)
            # Extensions of which nothing is kept are not named either.
            document["schemas"] = [urn for urn in document["schemas"] if urn == kind.schema.id or urn in document]
        if self.store.can.joins_groups and kind is USERS:
            # They follow from the members of groups: a rule of their own looks at them.
            document = {name: value for name, value in document.items() if name != "groups"}
        if isinstance(document.get("members"), list):
            members = sorted(document["members"], key=lambda each: str(each.get("value")))
            document = {**document, "members": members}
        return document

    def is_kept(self, kind: ResourceType, *paths: str) -> bool:
        """Tell whether the store keeps all of some attributes of a resource type."""
        if self.keeps is None:
            return True
        kept = [kind.resolve(path).keys for path in (*self.keeps[kind.name], "id", "meta")]
        asked = [kind.resolve(path).keys for path in paths]
        return all(any(keys[: len(known)] == known for known in kept) for keys in asked)

    async def race(self, works: Sequence[Callable[[], Awaitable[T]]]) -> list[T | Exception]:
        """Do several things at once: in threads for a synchronous store, in tasks for another.

        Returns:
            What each has returned or raised.
        """
        if is_async(self.storage):
            outcomes = await asyncio.gather(*(work() for work in works), return_exceptions=True)
        else:
            outcomes = _in_threads(works)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, Exception):
                raise outcome
        return cast("list[T | Exception]", outcomes)


def _kind_of(document: Document) -> ResourceType:
    return GROUPS if GROUPS.schema.id in document.get("schemas", ()) else USERS


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Take a coroutine over a synchronous store to its end."""
    try:
        coroutine.send(None)
    except StopIteration as finished:
        return cast(T, finished.value)
    coroutine.close()
    raise TypeError("the store waits for an event loop: use AsyncStorageContract")


def _in_threads(works: Sequence[Callable[[], Awaitable[T]]]) -> list[T | BaseException]:
    outcomes: list[T | BaseException] = [Broken("a thread did not come to its end")] * len(works)
    start = threading.Barrier(len(works))

    def work(number: int) -> None:
        start.wait()
        try:
            outcomes[number] = run(_awaited(works[number]()))
        except BaseException as error:
            outcomes[number] = error

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


async def _awaited(work: Awaitable[T]) -> T:
    return await work


Check: TypeAlias = Callable[[Trial], Awaitable[None]]


@dataclass(frozen=True)
class Rule:
    """One thing that a store has to keep to.

    Attributes:
        name: Of the test.
        check: Raises Broken.
        needs: The capability without which there is nothing to try: ``lookups``, ``memberships``, ``cursors``.
    """

    name: str
    check: Check
    needs: tuple[str, ...] = ()

    async def try_on(self, trial: Trial) -> None:
        """Try the rule.

        Raises:
            Broken: If the store does not keep to it.
            NotTried: If the store has not what the rule is about.
        """
        can = capabilities(trial.storage)
        for need in self.needs:
            if not getattr(can, need):
                raise NotTried(f"the store has no {need}: see scimcore.storage.{need.capitalize()}")
        try:
            await self.check(trial)
        except ScimError as error:
            raise Broken(f"the store must not raise {type(error).__name__} here: {error.detail}") from error


async def raised(expected: type[ScimError], work: Awaitable[object]) -> ScimError | None:
    """Return the error of a kind that a call raises; None if it raises none."""
    try:
        await work
    except expected as error:
        return error
    return None


async def refused(expected: type[ScimError], work: Awaitable[object], what: str) -> None:
    """Require that a call raises an error of a kind."""
    try:
        await work
    except expected:
        return
    except ScimError as error:
        raise Broken(f"{what} must raise {expected.__name__}, not {type(error).__name__}") from error
    raise Broken(f"{what} must raise {expected.__name__}")


def user(id: str, version: str = "1", **attributes: Any) -> Document:  # noqa: ANN401 - JSON
    """Make a user as the library hands it to a store."""
    document = {"schemas": [USERS.schema.id], "id": id, "userName": id, **attributes, "meta": _meta("User", version)}
    return {name: value for name, value in document.items() if value is not None}


def group(id: str, members: Sequence[str | Document] = (), version: str = "1", **attributes: Any) -> Document:  # noqa: ANN401
    """Make a group as the library hands it to a store."""
    elements = [member if isinstance(member, dict) else {"value": member, "type": "User"} for member in members]
    document: Document = {"schemas": [GROUPS.schema.id], "id": id, "displayName": id, **attributes}
    if elements:
        document["members"] = elements
    return {**document, "meta": _meta("Group", version)}


def _meta(kind: str, version: str) -> Document:
    moment = "2026-01-02T03:04:05.678Z"
    return {"resourceType": kind, "created": moment, "lastModified": moment, "version": f'W/"{version}"'}
