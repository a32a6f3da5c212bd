"""Bulk requests: their operations carried out one by one, each for itself (RFC 7644 §3.7).

An operation is made of the same parts as a request of its own and goes the same way, so that it is authorised, read by
the caller's dialect, checked and written as that would be. Operations that refer to each other in a circle are one
transaction: created without these references, then completed, all of them or none (§3.7.1).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from scimcore.documents import Document
from scimcore.errors import Conflict, MethodNotAllowed, NotFound, ScimError
from scimcore.http import Headers
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.bulk_references import MARK, in_order, references_in, replaced, without
from scimcore.service.bulk_request import BulkOperation
from scimcore.service.call import Call
from scimcore.service.events import Event
from scimcore.service.faults import internal_error
from scimcore.service.hooks import publish
from scimcore.service.meta import location
from scimcore.service.parameters import parameters
from scimcore.service.preconditions import NO_PRECONDITIONS, Preconditions, etag, preconditions
from scimcore.service.reader import Reader
from scimcore.service.requests import (
    CreateResource,
    DeleteResource,
    Operation,
    PatchResource,
    ReplaceResource,
    RunBulk,
)
from scimcore.service.results import UNSEEN, BulkDone, Deleted, Result, Shown, Written
from scimcore.service.url_paths import decoded

Perform: TypeAlias = Callable[[Operation, Call], Awaitable[Result]]

_Make: TypeAlias = Callable[[ResourceType, str, Document, Selection, Preconditions, Reader], Operation]

_MAKES: dict[str, _Make] = {
    "POST": CreateResource.from_data,
    "PUT": ReplaceResource.from_data,
    "PATCH": PatchResource.from_data,
    "DELETE": DeleteResource.from_data,
}


async def run_bulk(request: RunBulk, call: Call, perform: Perform) -> BulkDone:
    """Carry out the operations of a bulk request.

    They are answered in the order in which they were sent, whatever the order in which they had to be carried out;
    those that were not tried any more, because there were too many errors, are not.

    Args:
        request: The request.
        call: What it is carried out with.
        perform: Carries out one operation.
    """
    run = _Run(request, call, perform)
    for group in in_order(run.edges()) if request.refers else ([number] for number in range(len(request.operations))):
        if run.is_circle(group):
            await run.circle(group)
        else:
            await run.single(group[0])
        if request.fail_on_errors is not None and run.errors >= request.fail_on_errors:
            break
    return BulkDone([run.done[number] for number in sorted(run.done)], tuple(run.tolerated))


class _Target(NamedTuple):
    """What an operation is about: a resource, or with an empty id the endpoint; what to show of it, if anything."""

    resource_type: ResourceType
    id: str
    shown: Selection | None


class _Run:
    """A bulk request while it is carried out.

    Attributes:
        done: The results by the number of the operation.
        errors: How many of them are errors.
        tolerated: The names of the quirks that had to be understood.
    """

    def __init__(self, request: RunBulk, call: Call, perform: Perform) -> None:
        self.done: dict[int, Document] = {}
        self.errors = 0
        self.tolerated: list[str] = []
        self._request = request
        self._operations = request.operations
        self._call = call
        self._perform = perform
        self._endpoints = {each.endpoint.lower(): each for each in call.provider.resource_types}
        self._ids: dict[str, str] = {}
        self._needs: list[set[int]] = []
        self._endpoint: dict[str, _Target] = {}

    def edges(self) -> Sequence[set[int]]:
        """Say for each operation which others it needs."""
        creators = {
            each.bulk_id: number
            for number, each in enumerate(self._operations)
            if each.method == "POST" and each.bulk_id and each.fault is None
        }
        self._needs = [
            {creators[name] for name in references_in([each.path, each.data]) if name in creators}
            for each in self._operations
        ]
        return self._needs

    def is_circle(self, group: list[int]) -> bool:
        """Tell whether operations need each other, or one needs itself."""
        return len(group) > 1 or (self._request.refers and group[0] in self._needs[group[0]])

    async def single(self, number: int) -> None:
        """Carry out one operation; whatever comes of it is its result."""
        operation = self._operations[number]
        target = None
        try:
            if operation.fault is not None:
                raise operation.fault
            # Most operations create, and at the same endpoint.
            target = self._endpoint.get(operation.path) if operation.method == "POST" else None
            target = target or self._target(operation)
            data = replaced(operation.data, self._ids) if self._request.refers else operation.data
            result = await self._perform(self._made(operation, target, data or {}), self._call)
        except Exception as error:
            self._fail(number, target, self._told(error))
        else:
            self._succeed(number, target, result)

    async def circle(self, group: list[int]) -> None:
        """Carry out operations that need each other, all or none."""
        events: list[Event] = []
        hooks = self._call.hooks
        at = group[0]
        targets: dict[int, _Target] = {}
        results: dict[int, Result] = {}
        try:
            async with self._call.store.transaction() as store:
                # What is undone has not happened: events wait for the end.
                inside = replace(hooks, events=events.append) if hooks.events is not None else hooks
                call = self._call._replace(store=store, hooks=inside)
                for at in group:
                    targets[at] = self._target(self._operations[at])
                    results[at] = await self._create_without(at, group, targets[at], call)
                # The caller asked to create, and was allowed to; that it takes two writes is our affair.
                call = call._replace(hooks=replace(inside, authorize=None))
                for at in group:
                    results[at] = await self._completed(at, targets[at], results[at], call)
        except Exception as error:
            self._undo(group, at, targets, self._told(error))
            return
        if hooks.events is not None:
            await publish(hooks.events, events)
        for number in group:
            self._succeed(number, targets[number], results[number])

    # Steps -----------------------------------------------------------------------------------------------------------

    async def _create_without(self, number: int, group: list[int], target: _Target, call: Call) -> Result:
        """Create a resource without the references to those of its circle that are not there yet."""
        operation = self._operations[number]
        missing = {self._name(each) for each in group} - self._ids.keys()
        data = replaced(without(operation.data or {}, missing), self._ids)
        result = await self._perform(self._made(operation, target, data), call)
        if isinstance(result, Shown):
            self._ids[self._name(number)] = result.stored.id
        return result

    async def _completed(self, number: int, target: _Target, created: Result, call: Call) -> Result:
        """Write a resource again with all of its references; it is answered as created."""
        operation = self._operations[number]
        data = replaced(operation.data, self._ids)
        id = self._ids[self._name(number)]
        complete = ReplaceResource.from_data(
            target.resource_type, id, data, target.shown or UNSEEN, NO_PRECONDITIONS, self._request.reader
        )
        result = await self._perform(complete, call)
        if not isinstance(result, Shown) or not isinstance(created, Shown):
            return result
        return result._replace(status=created.status, tolerated=created.tolerated)

    def _made(self, operation: BulkOperation, target: _Target, data: Document) -> Operation:
        selection = target.shown or UNSEEN
        if (
            target.shown is None
            and operation.method == "PATCH"
            and self._call.provider.config.patch_answer != "resource"
        ):
            # Then the status depends on whether the client asks to see anything.
            selection = DEFAULT_SELECTION
        return _MAKES[operation.method](
            target.resource_type, target.id, data, selection, _condition(operation.version), self._request.reader
        )

    def _name(self, number: int) -> str:
        return self._operations[number].bulk_id or ""

    def _target(self, operation: BulkOperation) -> _Target:
        """Say what an operation is about.

        Raises:
            NotFound: If its path leads nowhere, or to what a bulk request has no operations for.
            MethodNotAllowed: If it is an endpoint where a resource is needed, or the other way round.
            InvalidValue: If it refers to what was not created.
        """
        path, _, query = operation.path.removeprefix(self._call.base_url).partition("?")
        endpoint, _, id = decoded(path).removeprefix("/").partition("/")
        resource_type = self._endpoints.get(f"/{endpoint}".lower())
        if resource_type is None or "/" in id or id.startswith("."):
            raise NotFound("The path leads to no resource type and to no resource.")
        if bool(id) == (operation.method == "POST"):
            allow = ("PUT", "PATCH", "DELETE") if id else ("POST",)
            raise MethodNotAllowed(f"In a bulk request the path has the methods {', '.join(allow)}.", allow=allow)
        if id.startswith(MARK):
            id = replaced(id, self._ids)
        asked = parameters(query).selection
        target = _Target(resource_type, id, asked if any(asked) else self._request.selection)
        if not id:
            self._endpoint[operation.path] = target
        return target

    # Results ---------------------------------------------------------------------------------------------------------

    def _succeed(self, number: int, target: _Target, result: Result) -> None:
        operation = self._operations[number]
        told = _frame(operation)
        match result:
            case Shown():
                stored = result.stored
                if operation.method == "POST" and operation.bulk_id:
                    self._ids[operation.bulk_id] = stored.id
                where = location(result.resource_type, stored.id, self._call.base_url)
                told["version"] = etag(stored.version)
                told["location"] = where
                told["status"] = str(result.status)
                if target.shown is not None:
                    told["response"] = result.document
                if result.tolerated:
                    self.tolerated += result.tolerated
            case Written():
                told |= {"version": etag(result.version), "location": self._location(target), "status": "204"}
                self.tolerated += result.tolerated
            case Deleted():
                told |= {"location": self._location(target), "status": "204"}
            case _:
                raise TypeError(f"an operation of a bulk request came to {type(result).__name__}")
        self.done[number] = told

    def _fail(self, number: int, target: _Target | None, error: ScimError) -> None:
        told = _frame(self._operations[number])
        # RFC 7644 §3.7: REQUIRED, except in the event of a POST failure.
        if target is not None and target.id:
            told["location"] = self._location(target)
        self.done[number] = {**told, "status": str(error.status), "response": error.to_document()}
        self.errors += 1

    def _undo(self, group: list[int], at: int, targets: dict[int, _Target], error: ScimError) -> None:
        """Tell of a circle that one operation has broken; for the others that is a conflict (RFC 7644 §3.7.1)."""
        for number in group:
            self._ids.pop(self._name(number), None)
            conflict = Conflict(
                "The operation and others refer to each other, and one of the others has failed: all were undone.",
                rule="RFC 7644 §3.7.1",
            )
            self._fail(number, targets.get(number), error if number == at else conflict)

    def _told(self, error: Exception) -> ScimError:
        """What a client is told of a failure: of one that is no fault of its own, where the log has it."""
        return error if isinstance(error, ScimError) else internal_error(error, self._call.correlation_id)

    def _location(self, target: _Target) -> str:
        return location(target.resource_type, target.id, self._call.base_url)


def _frame(operation: BulkOperation) -> Document:
    """Begin a result with what identifies the operation."""
    told: Document = {}
    if operation.method:
        told["method"] = operation.method
    if operation.bulk_id is not None:
        told["bulkId"] = operation.bulk_id
    return told


def _condition(version: str | None) -> Preconditions:
    return preconditions(Headers([("If-Match", version)])) if version else NO_PRECONDITIONS
