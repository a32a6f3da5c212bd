"""From documents to rows and back."""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic_core import from_json

from scimcore.documents import JSON, Document, dumps
from scimcore.errors import InvalidValue
from scimcore.filter.values import compose, fold
from scimcore.sql.groups import read_groups
from scimcore.sql.plan import Plan
from scimcore.storage import Stored

Row = Mapping[str, Any]


class Split(NamedTuple):
    """A document of a type with members, in two: what its row has, and its members."""

    document: Document
    members: list[Document]


def split(plan: Plan, document: Document) -> Split:
    """Take the members out of a document. What is no member as the table has them stays where it is."""
    elements = document.get("members")
    if not plan.has_members or not isinstance(elements, list):
        return Split(document, [])
    members = [element for element in elements if isinstance(element, dict) and isinstance(element.get("value"), str)]
    rest = {name: value for name, value in document.items() if name != "members"}
    if len(members) < len(elements):
        rest["members"] = [element for element in elements if element not in members]
    return Split(rest, members)


def resource_row(plan: Plan, tenant: str, stored: Stored, document: Document) -> dict[str, Any]:
    """Make the row of a resource, but for its position.

    Raises:
        InvalidValue: If a text cannot be stored.
    """
    body, compared = plan.written(document)
    external = document.get("externalId")
    name = next(iter(plan.name.values(document)), None) if plan.name else None
    require_indexable("id", stored.id)
    if name is not None and plan.name is not None:
        require_indexable(plan.name.path, name)
    if isinstance(external, str):
        require_indexable("externalId", external)
    return {
        "tenant": tenant,
        "type": plan.resource_type.name,
        "id": stored.id,
        "version": stored.version,
        "created": stored.created.astimezone(UTC),
        "last_modified": stored.last_modified.astimezone(UTC),
        "name": name,
        "external_id": compose(external) if isinstance(external, str) else None,
        "document": body,
        "compared": compared,
    }


def value_rows(plan: Plan, tenant: str, id: str, document: Document) -> list[dict[str, Any]]:
    """Make the rows of what a resource is found by beside its own columns.

    Raises:
        InvalidValue: If one is too long.
    """
    found = [(key, value) for key in plan.others for value in key.values(document)]
    for key, value in found:
        require_indexable(key.path, value)
    return [
        {
            "tenant": tenant,
            "type": plan.resource_type.name,
            "path": key.path,
            "value": value,
            "id": id,
            "is_unique": key.role == "unique",
        }
        for key, value in found
    ]


def member_rows(
    plan: Plan, tenant: str, id: str, members: Iterable[Document], first_ordinal: int
) -> list[dict[str, Any]]:
    """Make the rows of members, in their order.

    Raises:
        InvalidValue: If one is too long.
    """
    members = require_members(members)
    return [
        {"tenant": tenant, "type": plan.resource_type.name, "id": id, "ordinal": ordinal, **member_columns(member)}
        for ordinal, member in enumerate(members, first_ordinal)
    ]


def member_columns(member: Document) -> dict[str, Any]:
    """Make the columns that say what a member is."""
    value, kind, display = member["value"], member.get("type"), member.get("display")
    plain = {name: text for name, text in (("value", value), ("type", kind), ("display", display)) if text is not None}
    as_columns = plain == member and all(isinstance(text, str) for text in plain.values())
    return {
        "value": value,
        "folded": fold(value),
        "kind": kind if isinstance(kind, str) else None,
        "display": display if isinstance(display, str) else None,
        "element": None if as_columns else dumps(member).decode(),
    }


def require_members(members: Iterable[Document]) -> list[Document]:
    """Refuse members that no row can hold.

    Raises:
        InvalidValue: If the value of one is too long.
    """
    checked = list(members)
    for member in checked:
        require_indexable("members.value", member["value"])
    return checked


def require_indexable(path: str, text: str) -> None:
    """Refuse a text that an index cannot take, before a database does: PostgreSQL's take 2,704 bytes with all columns.

    Raises:
        InvalidValue: If it is too long.
    """
    if len(text) > _INDEXED_BYTES // 4 and len(text.encode()) > _INDEXED_BYTES:
        raise InvalidValue(f"'{path}' is longer than {_INDEXED_BYTES} bytes: resources are found by it.", path=path)


_INDEXED_BYTES = 2000


def member_of(value: str, kind: str | None, display: str | None, element: str | None) -> Document:
    """Read a member out of its columns."""
    if element is not None:
        return read_json(element)
    member = {"value": value}
    if display is not None:
        member["display"] = display
    if kind is not None:
        member["type"] = kind
    return member


def stored_of(body: str, members: Sequence[Document] = (), groups: str | None = None) -> Stored:
    """Read a resource out of its row, and put its members into it, or its groups as a statement found them."""
    document = read_json(body)
    meta = document.pop("meta")
    if members:
        document["members"] = [*members, *document.get("members", ())]
    # PostgreSQL's JSON has an order of its own; people look for these where they always are.
    document = {"schemas": document.get("schemas"), "id": document["id"], **document, "meta": meta}
    if groups is not None and (found := read_groups(groups)):
        document["groups"] = found
    return Stored.of(document)


def with_members(stored: Stored, members: Sequence[Document]) -> Stored:
    """Put members that are rows before those that the document has."""
    return _with(stored, members=[*members, *stored.document.get("members", ())]) if members else stored


def with_groups(stored: Stored, groups: Sequence[Document]) -> Stored:
    """Put the groups into a resource that list it."""
    return _with(stored, groups=list(groups)) if groups else stored


def _with(stored: Stored, **attributes: JSON) -> Stored:
    return stored._replace(document={**stored.document, **attributes})


def without(name: str, stored: Stored) -> Stored:
    """Leave out an attribute."""
    return stored._replace(document=left_of(name, stored.document)) if name in stored.document else stored


def left_of(name: str, document: Document) -> Document:
    """Return a document without an attribute."""
    return {key: value for key, value in document.items() if key != name} if name in document else document


def read_json(text: str) -> Document:
    """Read a JSON text that is an object."""
    document: Document = from_json(text)
    return document


class Clock:
    """Gives positions: microseconds since 1970, each greater than all before in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self, how_many: int = 1) -> int:
        """Take some positions; returns the first."""
        with self._lock:
            first = max(self._last + 1, time.time_ns() // 1000)
            self._last = first + how_many - 1
            return first


def moment_text(moment: datetime) -> str:
    """Write a point in time as SQLAlchemy keeps it in SQLite."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
