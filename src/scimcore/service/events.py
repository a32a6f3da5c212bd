"""What has happened: frozen values for hosts that react to what clients write.

An event says what is different, never what a password is: an attribute that is ``returned: never`` appears by its path
alone. One request can make several: a PATCH that sets ``active`` to false gives :class:`Changed` and
:class:`Deactivated`; the deletion of a user gives :class:`Deleted` and a :class:`MembershipChanged` for each group.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from scimcore.documents import Document
from scimcore.patch.changes import AnyChange, Change, MembershipDelta
from scimcore.projection import DEFAULT_SELECTION, project
from scimcore.schema.resource_type import ResourceType
from scimcore.service.changes import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that was written.

    Attributes:
        resource_type: The name of the resource's type: ``User``.
        id: The resource.
        caller: The name of the caller that did it.
        tenant: The caller's tenant.
        time: When, with a time zone.
        correlation_id: The same for all that one request caused, in the log too.
    """

    resource_type: str
    id: str
    caller: str
    tenant: str | None
    time: datetime
    correlation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Created(Event):
    """There is a new resource.

    Attributes:
        document: As a client would see it, without ``meta.location``.
    """

    document: Document = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(Event):
    """Attributes have other values than before.

    Attributes:
        changes: Which, and what they were and are. Memberships are not among them.
    """

    changes: tuple[Change, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deactivated(Event):
    """``active`` has become false: end sessions, revoke keys. The client is answered when this was heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactivated(Event):
    """``active`` was false and is not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted(Event):
    """The resource is gone; if it was a group, so are all of its memberships."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipChanged(Event):
    """Who belongs to a group has changed, also because the group is new or a member was deleted.

    Attributes:
        delta: Who was added and removed, and whose entry says something else. Its ``path`` is ``members``, or another
            attribute of a host's own that refers to resources.
    """

    delta: MembershipDelta = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised(Event):
    """The profile has stored values otherwise than they were sent; it comes behind what was created or changed.

    Attributes:
        changes: The path of each row of the profile, what was sent, and what is stored. No row reads a secret.
    """

    changes: tuple[Change, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """Of whom and when: what all events of one write have in common."""

    caller: str
    tenant: str | None
    time: datetime
    correlation_id: str


def created(resource_type: ResourceType, id: str, document: Document, origin: Origin) -> Iterator[Event]:
    """Tell of a new resource."""
    shown = project({**document, "id": id}, DEFAULT_SELECTION, resource_type)
    yield Created(document=shown, **_who(resource_type, id, origin))
    members = document.get("members")
    if members and isinstance(members[0], dict):
        yield MembershipChanged(
            delta=MembershipDelta("members", added=tuple(members)), **_who(resource_type, id, origin)
        )


def changed(resource_type: ResourceType, id: str, changes: Sequence[AnyChange], origin: Origin) -> Iterator[Event]:
    """Tell of a resource that says something else than before."""
    who = _who(resource_type, id, origin)
    attributes = tuple(_without_secrets(change, resource_type) for change in changes if isinstance(change, Change))
    if attributes:
        yield Changed(changes=attributes, **who)
    for change in changes:
        match change:
            case Change("active", before, False) if before is not False:
                yield Deactivated(**who)
            case Change("active", False, _):
                yield Reactivated(**who)
            case MembershipDelta():
                yield MembershipChanged(delta=change, **who)
            case _:
                pass


def normalised(resource_type: ResourceType, id: str, changes: tuple[Change, ...], origin: Origin) -> Iterator[Event]:
    """Tell of what a profile has put right, if anything."""
    if changes:
        yield Normalised(changes=changes, **_who(resource_type, id, origin))


def _without_secrets(change: Change, resource_type: ResourceType) -> Change:
    found = resource_type.find(change.path)
    return Change(change.path, None, None) if found is None else shown(found.leaf, change)


def deleted(resource_type: ResourceType, id: str, origin: Origin) -> Event:
    """Tell of a resource that is gone."""
    return Deleted(**_who(resource_type, id, origin))


class _Who(TypedDict):
    resource_type: str
    id: str
    caller: str
    tenant: str | None
    time: datetime
    correlation_id: str


def _who(resource_type: ResourceType, id: str, origin: Origin) -> _Who:
    return {
        "resource_type": resource_type.name,
        "id": id,
        "caller": origin.caller,
        "tenant": origin.tenant,
        "time": origin.time,
        "correlation_id": origin.correlation_id,
    }
