"""The resources of one type, their indexes, and the members of groups beside their documents.

A group's document is kept without ``members``; these stand in a dictionary of their own, so that one more costs one.
The document is put together when somebody wants to see it, and kept as long as it is right. Whoever calls holds the
lock.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from scimcore.documents import Document
from scimcore.errors import NotFound, Uniqueness, VersionMismatch
from scimcore.filter import Filter
from scimcore.filter.ast import Operator
from scimcore.filter.bound import BoundComparison
from scimcore.memory.indexes import Index, Listings, Order, conditions
from scimcore.patch.changes import MembershipDelta
from scimcore.projection import DEFAULT_SELECTION, Selection, projector
from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.schema.resource_type import ResourceType
from scimcore.storage import Stored

MEMBERS = "members"
GROUPS = "groups"


class Table:
    """The resources of one type and their indexes.

    Attributes:
        resource_type: What they are.
        rows: By id; groups without their members.
        order: In which they came.
        has_members: Whether they are groups.
        has_groups: Whether groups have them as members.
        members: Of groups who is in which.
        put_together: Groups with their members, as far as they were asked for and are still right.
    """

    def __init__(
        self, resource_type: ResourceType, unique: Iterable[str], indexed: Iterable[str], listings: Listings
    ) -> None:
        self.resource_type = resource_type
        self.rows: dict[str, Stored] = {}
        self.order = Order()
        self.has_members = _has(resource_type, MEMBERS, read_only=False)
        self.has_groups = _has(resource_type, GROUPS, read_only=True)
        self.members: dict[str, dict[str, Document]] = {}
        self.put_together: dict[str, Stored] = {}
        self._listings = listings
        self._next_serial = 0
        paths = {str(path): path for path in map(resource_type.resolve, unique)}
        others = {str(path): path for path in map(resource_type.resolve, indexed) if str(path) not in paths}
        self._indexes = (
            *(Index(path, unique=True) for path in paths.values()),
            *(Index(path, unique=False) for path in others.values()),
        )
        self._by_keys = {index.path.keys: index for index in self._indexes}

    # Reading -------------------------------------------------------------------------------------------------------

    def get(self, id: str) -> Stored:
        """Return a resource, a group without its members."""
        stored = self.rows.get(id)
        if stored is None:
            raise self.missing()
        return stored

    def changed(self, current: Stored, document: Document) -> Stored:
        """Return what ``Stored.of`` does of a resource that is there; when it came to be is known already."""
        meta = document["meta"]
        moment = datetime.fromisoformat(meta["lastModified"])
        return Stored(current.id, meta["version"][3:-1], current.created, moment, document)

    def missing(self) -> NotFound:
        """Say that there is no such resource. The id is not repeated: the client knows it, and it is the client's."""
        return NotFound(f"There is no {self.resource_type.name} with this id.")

    def current(self, before: Stored) -> Stored:
        """Return a resource if it is still as it was."""
        current = self.get(before.id)
        if current.version != before.version:
            raise VersionMismatch("The resource has changed since it was read.")
        return current

    def shown(self, stored: Iterable[Stored], selection: Selection) -> Sequence[Stored]:
        """Return resources with their members, if the selection shows any of them."""
        if not self.has_members or not self._shows_members(selection):
            return stored if isinstance(stored, list) else list(stored)
        return [self.whole(each) for each in stored]

    def whole(self, stored: Stored) -> Stored:
        """Return a group with its members."""
        members = self.members.get(stored.id)
        if not members:
            return stored
        whole = self.put_together.get(stored.id)
        if whole is None:
            document = {**stored.document, MEMBERS: list(members.values())}
            whole = self.put_together[stored.id] = stored._replace(document=document)
        return whole

    def _shows_members(self, selection: Selection) -> bool:
        if selection == DEFAULT_SELECTION:
            return True
        [definition] = [each for each in self.resource_type.attributes if each.name == MEMBERS]
        sample = {MEMBERS: [{sub.name: "x" for sub in definition.sub_attributes}]}
        return MEMBERS in projector(self.resource_type, selection)(sample)

    def candidates(
        self,
        resource_type: ResourceType,
        filter: Filter | None,
        members_of: Callable[[str], Collection[str]] = lambda group: (),
    ) -> list[Stored]:
        """Return all rows that can match, in order: those of one index entry, if the filter asks for no others.

        Args:
            members_of: Returns the members of all groups whose id is this, without case.
        """
        if filter is not None:
            for comparison in conditions(filter.bound[resource_type].node):
                ids = self._ids(comparison, members_of)
                if ids is not None:
                    return [self.rows[id] for id in self.order.sorted(ids)]
        return list(self.rows.values())

    def decides(self, filter: Filter) -> bool:
        """Tell whether all candidates match: an index finds what a comparison means, and there is nothing else."""
        node = filter.bound[self.resource_type].node
        return (
            isinstance(node, BoundComparison)
            and node.operator is Operator.EQ
            and isinstance(node.operand, str)
            and node.target.keys in self._by_keys
        )

    def _ids(self, comparison: BoundComparison, members_of: Callable[[str], Collection[str]]) -> Iterable[str] | None:
        """Find an equality's ids, or None if no index knows."""
        if not isinstance(comparison.operand, str):
            return None
        keys = comparison.target.keys
        if keys == ("id",):
            return (comparison.operand,)
        if self.has_members and keys == (MEMBERS, "value"):
            name = self.resource_type.name
            return [id for kind, id in self._listings.like(comparison.operand) if kind == name]
        if self.has_groups and keys == (GROUPS, "value"):
            return members_of(comparison.operand)
        index = self._by_keys.get(keys)
        return None if index is None else index.ids(comparison.operand)

    # Writing: each returns what undoes it --------------------------------------------------------------------------

    def add(self, stored: Stored) -> Callable[[], object]:
        """Keep a new resource."""
        id = stored.id
        if id in self.rows:
            raise Uniqueness(f"There is a {self.resource_type.name} with this id already.", path="id")
        bare = self._without_members(stored) if self.has_members else stored
        document = bare.document
        entries: list[tuple[Index, Iterable[str]]] = []
        for index in self._indexes:
            if index.name not in document:
                continue
            value = document[index.name]
            values = (index.fold(value),) if value.__class__ is str else index.values(document)
            if index.unique and index.has_other(values, id):
                raise self._taken(index)
            entries.append((index, values))
        self._enter(bare, entries, self._next_serial)
        self._next_serial += 1
        if self.has_members:
            self._set_members(id, _by_value(stored), stored)
        return lambda: self.remove(self.get(id))

    def replace(self, before: Stored, after: Stored) -> Callable[[], object]:
        """Put a whole resource in the place of another."""
        moving = self._moving(before, after)
        members, whole = self.members.get(before.id), self.put_together.get(before.id)
        self._change(before, self._without_members(after), moving)
        if self.has_members:
            self._set_members(after.id, _by_value(after), after)

        def undo() -> None:
            self._change(self.get(after.id), before, moving)
            if members is not None:
                self._set_members(after.id, members, whole)

        return undo

    def change_members(self, before: Stored, after: Stored, delta: MembershipDelta) -> Callable[[], object]:
        """Put a group in the place of another and change some of its members."""
        moving = self._moving(before, after)
        self._change(before, after, moving)
        self.put_together.pop(after.id, None)
        members = self.members.setdefault(after.id, {})
        written = (*delta.added, *(now for _, now in delta.updated))
        touched = [element["value"] for element in (*written, *delta.removed)]
        were = {value: members.get(value) for value in touched}
        for element in delta.removed:
            if members.pop(element["value"], None) is not None:
                self._listings.remove(element["value"], self._key(after.id))
        for element in written:
            self._put_member(members, element, after.id)

        def undo() -> None:
            self._change(self.get(after.id), before, moving)
            self.put_together.pop(after.id, None)
            for value, element in were.items():
                if element is not None:
                    self._put_member(members, element, after.id)
                elif members.pop(value, None) is not None:
                    self._listings.remove(value, self._key(after.id))

        return undo

    def remove(self, stored: Stored) -> Callable[[], object]:
        """Take a resource out."""
        del self.rows[stored.id]
        for index in self._indexes:
            index.remove(stored)
        members, whole = self.members.pop(stored.id, None), self.put_together.pop(stored.id, None)
        for value in members or ():
            self._listings.remove(value, self._key(stored.id))
        serial = self.order.remove(stored.id)

        def undo() -> None:
            self._enter(stored, [(index, index.values(stored.document)) for index in self._indexes], serial)
            self.rows = {id: self.rows[id] for id in self.order.sorted(self.rows)}
            if members is not None:
                self._set_members(stored.id, members, whole)

        return undo

    def _enter(self, bare: Stored, entries: Iterable[tuple[Index, Iterable[str]]], serial: int) -> None:
        """Keep a resource, a group without its members, at its place, and enter its values into the indexes."""
        id = bare.id
        self.rows[id] = bare
        self.order.add(id, serial)
        for index, values in entries:
            index.add(values, id)

    def _change(self, before: Stored, after: Stored, moving: Iterable[Index]) -> None:
        self.rows[after.id] = after
        for index in moving:
            index.move(before, after)

    def _without_members(self, stored: Stored) -> Stored:
        if not self.has_members or MEMBERS not in stored.document:
            return stored
        return stored._replace(document={name: value for name, value in stored.document.items() if name != MEMBERS})

    def _set_members(self, id: str, after: dict[str, Document], whole: Stored | None) -> None:
        before, key = self.members.get(id, {}), self._key(id)
        for value in before.keys() - after.keys():
            self._listings.remove(value, key)
        for value in after.keys() - before.keys():
            self._listings.add(value, key)
        self.members[id] = after
        if whole is None:
            self.put_together.pop(id, None)
        else:
            self.put_together[id] = whole

    def _put_member(self, members: dict[str, Document], element: Document, group: str) -> None:
        value = element["value"]
        if value not in members:
            self._listings.add(value, self._key(group))
        members[value] = element

    def _key(self, id: str) -> tuple[str, str]:
        return self.resource_type.name, id

    def _moving(self, before: Stored, after: Stored) -> list[Index]:
        """Return the indexes in which a resource stands elsewhere from now on, if it may."""
        was, now = before.document, after.document
        moving = [index for index in self._indexes if was.get(index.name) != now.get(index.name)]
        for index in moving:
            if index.unique and index.has_other(index.values(now), after.id):
                raise self._taken(index)
        return moving

    def _taken(self, index: Index) -> Uniqueness:
        return Uniqueness(
            f"Another {self.resource_type.name} has this value of '{index.path}' already.",
            path=str(index.path),
            rule="RFC 7643 §2.2",
        )


def _by_value(stored: Stored) -> dict[str, Document]:
    return {element["value"]: element for element in stored.document.get(MEMBERS, ())}


def _has(resource_type: ResourceType, name: str, *, read_only: bool) -> bool:
    return any(
        attribute.name == name
        and attribute.type is AttributeType.COMPLEX
        and attribute.multi_valued
        and attribute.sub("value") is not None
        and (attribute.mutability is Mutability.READ_ONLY) is read_only
        for attribute in resource_type.attributes
    )
