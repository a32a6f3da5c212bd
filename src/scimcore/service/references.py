"""References from one resource to another: a group's ``members``, a user's ``groups`` and ``manager``.

What is stored of a reference is what identifies it and what was known of it when it was written: ``value``, ``type``,
``display``. ``$ref`` is computed when it is answered and never stored: an URL of a client's choice would otherwise come
back as ours. ``groups`` of a user is not stored either: it follows from who lists the user (RFC 7643 §4.1.2).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from scimcore.documents import Document
from scimcore.errors import InvalidFilter
from scimcore.filter import Filter
from scimcore.patch.changes import AnyChange
from scimcore.projection import DEFAULT_SELECTION, Selection, projector
from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResourceType
from scimcore.service.changes import is_reference
from scimcore.service.meta import segment
from scimcore.service.store import Store
from scimcore.storage import Stored

MEMBERS = "members"
GROUPS = "groups"


class Reference(NamedTuple):
    """An attribute whose values refer to resources of this provider.

    Attributes:
        attribute: Its definition.
        urn: The extension that has it, or None.
        path: In canonical spelling.
        targets: The types that it may refer to.
        display: The sub-attribute that tells the name of what is referred to, if there is one.
    """

    attribute: Attribute
    urn: str | None
    path: str
    targets: tuple[ResourceType, ...]
    display: str | None

    @property
    def name(self) -> str:
        """The attribute's name."""
        return self.attribute.name

    @property
    def has_type(self) -> bool:
        """Whether a value says of which type the resource is."""
        return self.attribute.sub("type") is not None

    @property
    def display_is_ours(self) -> bool:
        """Whether only the service says that name."""
        sub = self.attribute.sub(self.display or "")
        return sub is not None and sub.mutability is Mutability.READ_ONLY

    def __hash__(self) -> int:
        return id(self.attribute)


class TypeReferences(NamedTuple):
    """The references of one resource type.

    Attributes:
        resource_type: The resource type.
        written: Those that clients write, and that are stored.
        members: The one among them that lists the members of a group.
        groups: The one that follows from others' ``members``.
        group_types: The types whose ``members`` may list this type.
    """

    resource_type: ResourceType
    written: tuple[Reference, ...]
    members: Reference | None
    groups: Reference | None
    group_types: tuple[ResourceType, ...]

    def touched(self, changes: Sequence[AnyChange]) -> list[Reference]:
        """Return those of the written ones of which something is different."""
        paths = [change.path for change in changes]
        return [
            each
            for each in self.written
            if any(
                path.startswith(each.path) and path[len(each.path) : len(each.path) + 1] in ("", ".") for path in paths
            )
        ]

    def __hash__(self) -> int:
        return id(self.resource_type)


class Shown(NamedTuple):
    """Which references a selection shows: ``members`` and ``groups`` or parts of them; of which attributes ``$ref``."""

    members: bool
    groups: bool
    urls: tuple[Reference, ...]


class References:
    """All references between the resource types of a provider.

    Attributes:
        group_types: The types that have ``members``.
    """

    def __init__(self, resource_types: Sequence[ResourceType]) -> None:
        by_name = {resource_type.name: resource_type for resource_type in resource_types}
        found = {each: tuple(_references(each, by_name)) for each in resource_types}
        lists = {each: _members(references) for each, references in found.items()}
        self.group_types = tuple(each for each, members in lists.items() if members is not None)
        self._of = {
            each: TypeReferences(
                each,
                tuple(one for one in references if one.attribute.mutability is not Mutability.READ_ONLY),
                lists[each],
                _groups(references),
                tuple(kind for kind, members in lists.items() if members is not None and each in members.targets),
            )
            for each, references in found.items()
        }
        self._by_default = {each: shown(references, DEFAULT_SELECTION) for each, references in self._of.items()}

    def of(self, resource_type: ResourceType) -> TypeReferences:
        """Return the references of one type."""
        return self._of[resource_type]

    def wanted(self, resource_type: ResourceType, selection: Selection) -> Shown:
        """Say which references of a type a selection shows."""
        if selection is DEFAULT_SELECTION:
            return self._by_default[resource_type]
        return _remembered(self._of[resource_type], selection)

    async def present(
        self,
        found: Sequence[Stored],
        resource_type: ResourceType,
        selection: Selection,
        store: Store,
        base_url: str,
    ) -> Sequence[Stored]:
        """Add what is not stored to resources of one type, where the selection shows it.

        Memberships are asked for once, for all of them.
        """
        wanted = self.wanted(resource_type, selection)
        if not wanted.groups and not wanted.urls:
            return found
        references = self._of[resource_type]
        completed = found
        if wanted.groups and found:
            groups = await store.groups_of(references.group_types, [stored.id for stored in found])
            if groups:
                completed = [_with_groups(stored, groups.get(stored.id)) for stored in found]
        if not wanted.urls:
            return completed
        urls = [(each, _urls(each, base_url)) for each in wanted.urls]
        return [_with_urls(stored, urls) for stored in completed]

    def refuse_derived(self, filter: Filter, resource_types: Iterable[ResourceType], store: Store) -> None:
        """Refuse a filter on ``groups`` where the store does not know them.

        Raises:
            InvalidFilter: If the filter asks about ``groups`` and the store has no ``memberships``.
        """
        if store.can.memberships:
            return
        for resource_type in resource_types:
            if self._of[resource_type].groups is None:
                continue
            for path in filter.attributes():
                target = resource_type.find(str(path))
                if target is not None and target.keys[0] == GROUPS:
                    raise InvalidFilter(
                        "This service cannot search by 'groups': ask for the group, and see its members.",
                        text=filter.text,
                        path=GROUPS,
                    )


def _references(resource_type: ResourceType, by_name: dict[str, ResourceType]) -> Iterable[Reference]:
    for attribute in resource_type.attributes:
        if attribute.name in resource_type.extension_urns:
            urn: str | None = attribute.name
            inner = [(sub, f"{urn}:{sub.name}") for sub in attribute.sub_attributes]
        else:
            urn, inner = None, [(attribute, attribute.name)]
        for each, path in inner:
            if each.type is not AttributeType.COMPLEX or not is_reference(each):
                continue
            ref = each.sub("$ref")
            names = ref.reference_types if ref is not None else ()
            targets = tuple(by_name[name] for name in names if name in by_name)
            display = next((sub.name for sub in each.sub_attributes if sub.name in _DISPLAYS), None)
            if targets:
                yield Reference(each, urn, path, targets, display)


_DISPLAYS = ("display", "displayName")


def _members(references: Iterable[Reference]) -> Reference | None:
    return next(
        (
            each
            for each in references
            if each.path == MEMBERS and each.attribute.multi_valued and each.attribute.mutability is not _READ_ONLY
        ),
        None,
    )


def _groups(references: Iterable[Reference]) -> Reference | None:
    return next(
        (
            each
            for each in references
            if each.path == GROUPS and each.attribute.multi_valued and each.attribute.mutability is _READ_ONLY
        ),
        None,
    )


_READ_ONLY = Mutability.READ_ONLY

# What is shown -----------------------------------------------------------------------------------------------------


def shown(references: TypeReferences, selection: Selection) -> Shown:
    """Find out what a selection shows, by showing it to a resource that has everything."""
    everything: Document = {"schemas": [references.resource_type.schema.id]}
    for each in (*references.written, *((references.groups,) if references.groups else ())):
        element = {sub.name: "x" for sub in each.attribute.sub_attributes}
        container = everything if each.urn is None else everything.setdefault(each.urn, {})
        container[each.name] = [element] if each.attribute.multi_valued else element
    left = projector(references.resource_type, selection)(everything)

    def element_of(each: Reference) -> Document:
        value = (left if each.urn is None else left.get(each.urn, {})).get(each.name) or {}
        return value[0] if isinstance(value, list) else value

    groups = references.groups
    urls = (*references.written, *((groups,) if groups else ()))
    return Shown(
        references.members is not None and bool(element_of(references.members)),
        groups is not None and bool(element_of(groups)),
        tuple(each for each in urls if "$ref" in element_of(each)),
    )


def _remembered(references: TypeReferences, selection: Selection) -> Shown:
    asked = selection.attributes or selection.excluded_attributes
    # As in `projection`: only what a client of good faith would send is remembered.
    if len(asked) <= _MOST_NAMES and len("".join(asked)) <= _MOST_CHARACTERS:
        return _cached(references, selection)
    return shown(references, selection)


_cached = lru_cache(1024)(shown)
_MOST_NAMES = 32
_MOST_CHARACTERS = 1024


def _with_groups(stored: Stored, groups: Collection[Document] | None) -> Stored:
    if not groups:
        return stored
    listed = [{"type": "direct", **group} for group in groups]
    return replace(stored, document={**stored.document, GROUPS: listed})


def _with_urls(stored: Stored, references: Sequence[tuple[Reference, "_Urls"]]) -> Stored:
    document = stored.document
    for each, urls in references:
        container = document if each.urn is None else document.get(each.urn, _NOTHING)
        value = container.get(each.name)
        if not value:
            continue
        with_urls = [urls.add(element) for element in value] if each.attribute.multi_valued else urls.add(value)
        if each.urn is None:
            document = {**document, each.name: with_urls}
        else:
            document = {**document, each.urn: {**container, each.name: with_urls}}
    if document is stored.document:
        return stored
    return Stored(stored.id, stored.version, stored.created, stored.last_modified, document)


_NOTHING: Document = {}


class _Urls:
    """Adds to a reference where it leads, for one attribute."""

    __slots__ = ("_prefixes", "_single")

    def __init__(self, reference: Reference, base_url: str) -> None:
        self._prefixes = {each.name: f"{base_url}{each.endpoint}/" for each in reference.targets}
        # Where only one type can be meant, a reference need not say which; `groups` are groups.
        only_one = len(reference.targets) == 1 or reference.path == GROUPS
        self._single = self._prefixes[reference.targets[0].name] if only_one else None

    def add(self, element: Document) -> Document:
        """Return the reference with ``$ref``, or without any if it is not known to what."""
        prefix = self._single or self._prefixes.get(element.get("type", ""))
        value = element.get("value")
        if prefix is None or value is None:
            return {name: part for name, part in element.items() if name != "$ref"} if "$ref" in element else element
        return {**element, "$ref": prefix + segment(value)}


# A service has few base URLs, and requests name no more of them than a proxy lets through.
_urls = lru_cache(256)(_Urls)


def value_of_url(url: object) -> str | None:
    """Return the id at the end of a ``$ref``, for a client that sends nothing else."""
    if not isinstance(url, str):
        return None
    return unquote(url.partition("?")[0].rstrip("/").rpartition("/")[2]) or None
