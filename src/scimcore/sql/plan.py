"""What of each resource type goes into which column: made once for a type, then asked for each document."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, String, bindparam, case, cast, func
from sqlalchemy import Text as TextType

from scimcore.documents import JSON, Document, dumps
from scimcore.errors import InvalidValue
from scimcore.filter.values import compose, fold
from scimcore.paths import AttributePath
from scimcore.projection import DEFAULT_SELECTION, Selection, projector
from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResolvedPath, ResourceType
from scimcore.sql.functions import AsciiLower, IsAscii
from scimcore.sql.json_functions import JsonText
from scimcore.sql.mapping import ABSENT, Form, Json, Related, Text
from scimcore.sql.tables import DOCUMENT, MEMBERS, RESOURCES
from scimcore.sql.where import Where

# Attributes that identity providers look up before they create, and that they would create twice otherwise.
UNIQUE_BY_HABIT: Mapping[str, Sequence[str]] = {"Group": ("displayName",)}


_TEXTUAL = (AttributeType.STRING, AttributeType.REFERENCE, AttributeType.BINARY)


class Role(StrEnum):
    """What an index is for."""

    NAME = "name"
    """The unique attribute in the resource's own row."""

    UNIQUE = "unique"
    PLAIN = "plain"


class Key(NamedTuple):
    """An attribute that resources are found by.

    Attributes:
        path: In canonical spelling.
        keys: The names that lead to it.
        exact: Whether it is compared with case.
        role: What the index is for.
    """

    path: str
    keys: tuple[str, ...]
    exact: bool
    role: Role

    @classmethod
    def of(cls, resolved: ResolvedPath, role: Role) -> "Key":
        """Make a key of an attribute of text.

        Raises:
            ValueError: If the attribute is of another type.
        """
        leaf = resolved.leaf
        if leaf.type not in _TEXTUAL:
            raise ValueError(f"'{resolved}' is of type {leaf.type}: an index is for text")
        return cls(str(resolved), resolved.keys, leaf.case_exact or leaf.type is AttributeType.BINARY, role)

    def compared(self, text: str) -> str:
        """Return a text as filters compare it with this attribute."""
        return compose(text) if self.exact else fold(text)

    def values(self, document: Document) -> dict[str, None]:
        """Return all that a document has there, as filters compare it."""
        found: list[Any] = [document]
        for key in self.keys:
            below = [container[key] for container in found if isinstance(container, dict) and key in container]
            found = [element for value in below for element in (value if isinstance(value, list) else (value,))]
        return {self.compared(value): None for value in found if isinstance(value, str)}


class Lookup(NamedTuple):
    """An equality that an index answers.

    Attributes:
        column: ``id``, ``name``, ``external_id`` of the resource's row, ``value`` or ``member`` of the other tables.
        value: What to find there, as it is compared.
        path: Which index of the table of values.
    """

    column: str
    value: str
    path: str = ""


class Plan:
    """How resources of one type are kept.

    Attributes:
        resource_type: Which type.
        name: The attribute in the column ``name``, if the type has a unique one.
        others: What the table of values is filled from.
        has_members: Whether the type has ``members``, which are rows of their own.
        has_groups: Whether the type has ``groups`` that follow from others' members, and are not stored.
        where: How filters become conditions.
    """

    def __init__(self, resource_type: ResourceType, unique: Sequence[str], indexed: Sequence[str]) -> None:
        """Resolve the attributes.

        Args:
            resource_type: Which type.
            unique: Attributes that must be unique beside those whose schema says so.
            indexed: Attributes to find resources by.

        Raises:
            InvalidPath: If one is no attribute of the type.
            ValueError: If one is not of text.
        """
        self.resource_type = resource_type
        said = [path for path in resource_type.unique if path.leaf.type in _TEXTUAL]
        paths = {str(path): path for path in (*said, *map(resource_type.resolve, unique)) if path.keys != ("id",)}
        single = [path for path in paths.values() if not any(step.multi_valued for step in path.attributes)]
        self.name = Key.of(single[0], Role.NAME) if single else None
        keys = [Key.of(path, Role.UNIQUE) for path in paths.values() if not single or path is not single[0]]
        for path in map(resource_type.resolve, indexed):
            path = _of_values(path)
            if str(path) not in paths and path.keys not in _FOUND_ANYWAY:
                paths[str(path)] = path
                keys.append(Key.of(path, Role.PLAIN))
        self.others: tuple[Key, ...] = ()
        self._others: dict[tuple[str, ...], Key] = {}
        self.adopt(keys)
        members = resource_type.find("members")
        self.has_members = members is not None and members.leaf.multi_valued and members.leaf.sub("value") is not None
        groups = resource_type.find("groups")
        self._groups = groups.leaf if groups and groups.leaf.multi_valued and groups.leaf.sub("value") else None
        self.has_groups = self._groups is not None and self._groups.mutability is Mutability.READ_ONLY
        self.where = Where(resource_type, self._mapping(), rest=Json(_COMPARED, composed=True, ascii=True))
        self._selects_members: dict[Selection, bool] = {DEFAULT_SELECTION: self.has_members}
        self._selects_groups: dict[Selection, bool] = {}
        self._attributes = {attribute.name: attribute for attribute in resource_type.attributes}

    def adopt(self, keys: Sequence[Key]) -> None:
        """Take up more of what resources are found by."""
        self.others += tuple(keys)
        self._others |= {key.keys: key for key in keys}

    def lookup(self, keys: tuple[str, ...], operand: str) -> Lookup | None:
        """Return how an index answers that an attribute is equal to a text in NFC; None if no index does."""
        if keys == ("id",):
            return Lookup("id", operand)
        if keys == ("externalId",):
            return Lookup("external_id", operand)
        if self.name is not None and keys == self.name.keys:
            return Lookup("name", self.name.compared(operand))
        if self.has_members and keys == ("members", "value"):
            return Lookup("member", fold(operand))
        key = self._others.get(keys)
        return None if key is None else Lookup("value", key.compared(operand), key.path)

    @property
    def has_unique_values(self) -> bool:
        """Whether a write can fail after it has written something."""
        return any(key.role is Role.UNIQUE for key in self.others)

    @property
    def keys(self) -> tuple[Key, ...]:
        """All that has to be declared to the database."""
        return self.others if self.name is None else (self.name, *self.others)

    def reads_members(self, selection: Selection) -> bool:
        """Tell whether a client that asks for this sees members."""
        known = self._selects_members.get(selection)
        if known is None:
            known = self.has_members and self._wants_members(selection)
            if len(self._selects_members) < _REMEMBERED:
                self._selects_members[selection] = known
        return known

    def _wants_members(self, selection: Selection) -> bool:
        find = self.resource_type.find
        if selection.attributes:
            return any(found.keys[0] == "members" for name in selection.attributes if (found := find(name)))
        return not any(found.keys == ("members",) for name in selection.excluded_attributes if (found := find(name)))

    def reads_groups(self, selection: Selection) -> bool:
        """Tell whether a client that asks for this sees the groups of a resource."""
        known = self._selects_groups.get(selection)
        if known is None:
            known = self.has_groups and self._shows_groups(selection)
            if len(self._selects_groups) < _REMEMBERED:
                self._selects_groups[selection] = known
        return known

    def _shows_groups(self, selection: Selection) -> bool:
        subs = self._groups.sub_attributes if self._groups else ()
        everything: Document = {"groups": [{sub.name: "x" for sub in subs}]}
        return "groups" in projector(self.resource_type, selection)(everything)

    def written(self, document: Document) -> tuple[str, str | None]:
        """Write a document, and as filters compare it, as JSON texts; the second is None if it is ASCII.

        Raises:
            InvalidValue: If a text has U+0000, which no database keeps in text.
        """
        body = dumps(document)
        if b"\\u0000" in body and _has_nul(document):
            raise InvalidValue("A text has the character U+0000, which cannot be stored.", rule="RFC 7643 §2.3.1")
        if body.isascii():
            return body.decode(), None
        compared = {
            name: _compared(value, self._attributes.get(name)) if name not in ("id", "meta") else value
            for name, value in document.items()
        }
        id = document["id"]
        return body.decode(), dumps(compared | {"id": compose(id), _FOLDED_ID: fold(id)}).decode()

    def _mapping(self) -> dict[str, Form]:
        mapping: dict[str, Form] = {
            "meta.created": RESOURCES.c.created,
            "meta.lastModified": RESOURCES.c.last_modified,
            "externalId": Text(RESOURCES.c.external_id, composed=True),
        }
        if self.name is not None:
            column = RESOURCES.c.name
            mapping[self.name.path] = Text(column, composed=True) if self.name.exact else Text(column, folded=column)
        if self.has_members:
            mapping["members"] = _members(self.resource_type.resolve("members").leaf)
        if self._groups is not None:
            mapping["groups"] = _groups(self._groups)
        return mapping


_FOUND_ANYWAY = (("id",), ("externalId",), ("members", "value"))
_REMEMBERED = 256
_COMPARED = func.coalesce(RESOURCES.c.compared, RESOURCES.c.document, type_=DOCUMENT)


def _of_values(path: ResolvedPath) -> ResolvedPath:
    """``emails`` means ``emails.value``, as in filters."""
    value = path.leaf.sub("value") if path.leaf.type is AttributeType.COMPLEX and path.leaf.multi_valued else None
    if value is None:
        return path
    place = AttributePath(path.path.uri, path.path.attribute, "value")
    return ResolvedPath((*path.keys, "value"), (*path.attributes, value), place)


def _members(attribute: Attribute) -> Related:
    table = MEMBERS
    value = attribute.sub("value")
    exact = value is not None and value.case_exact
    parts: dict[str, Form] = {"value": Text(table.c.value) if exact else Text(table.c.value, folded=table.c.folded)}
    columns = {"type": Text(table.c.kind), "display": Text(table.c.display)}
    for part in attribute.sub_attributes:
        parts.setdefault(part.name, columns.get(part.name, Json(table.c.element, (part.name,))))
    on = (table.c.tenant == RESOURCES.c.tenant) & (table.c.type == RESOURCES.c.type) & (table.c.id == RESOURCES.c.id)
    return Related(table, parts, on=on)


def _groups(attribute: Attribute) -> Related:
    """The groups of a user, which follow from the rows of members."""
    groups, table = RESOURCES.alias("scimcore_groups"), MEMBERS.alias("scimcore_memberships")
    rows = table.join(
        groups, (groups.c.tenant == table.c.tenant) & (groups.c.type == table.c.type) & (groups.c.id == table.c.id)
    )
    document = func.coalesce(groups.c.compared, groups.c.document, type_=DOCUMENT)
    display = Text(JsonText(document, *json_place("displayName")), ascii=True)
    value = attribute.sub("value")
    exact = value is not None and value.case_exact
    id = Text(_id_of(groups, "id"), composed=True) if exact else Text(groups.c.id, folded=_folded_id_of(groups))
    known = {"value": id, "display": display}
    parts = {part.name: known.get(part.name, ABSENT) for part in attribute.sub_attributes}
    # The first two find the rows by their index, which is of values without case.
    on = (
        (table.c.tenant == RESOURCES.c.tenant)
        & (table.c.folded == _folded_id_of(RESOURCES))
        & (table.c.value == RESOURCES.c.id)
    )
    return Related(rows, parts, on=on)


# Beside the attributes in the column ``compared``; no attribute can have this name.
_FOLDED_ID = "#id"


def _folded_id_of(table: FromClause) -> ColumnElement[str]:
    """Return the id of a resource without case. Few ids are not ASCII: SQL cannot fold those, and reads it."""
    return case((IsAscii(table.c.id), AsciiLower(table.c.id)), else_=_id_of(table, _FOLDED_ID))


def _id_of(table: FromClause, name: str) -> ColumnElement[str]:
    return func.coalesce(JsonText(table.c.compared, *json_place(name)), table.c.id, type_=String())


def json_place(*keys: str) -> list[ColumnElement[Any]]:
    """Return the arguments of a JSON function behind the document: the path of SQLite, the keys of PostgreSQL."""
    path = "$" + "".join(f'."{key}"' for key in keys)
    return [bindparam(None, path, String()), *(cast(bindparam(None, key, String()), TextType()) for key in keys)]


def _compared(value: JSON, attribute: Attribute | None) -> JSON:
    """Turn every text into what filters compare: folded, or composed where case counts."""
    if isinstance(value, str):
        if attribute is None or attribute.type is AttributeType.DATE_TIME:
            return value
        return compose(value) if attribute.case_exact or attribute.type is AttributeType.BINARY else fold(value)
    if isinstance(value, list):
        return [_compared(each, attribute) for each in value]
    if isinstance(value, dict):
        return {name: _compared(each, attribute.sub(name) if attribute else None) for name, each in value.items()}
    return value


def _has_nul(value: JSON) -> bool:
    """Tell a text with U+0000 from one that spells it out."""
    if isinstance(value, str):
        return "\0" in value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_has_nul, inner))
