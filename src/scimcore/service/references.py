"""References as they are answered: ``groups`` of a user, and where each reference leads.

What is stored of a reference is what identifies it and what was known of it when it was written: ``value``, ``type``,
``display``. ``$ref`` is computed when it is answered and never stored: an URL of a client's choice would otherwise come
back as ours. ``groups`` of a user is not stored either: it follows from who lists the user (RFC 7643 §4.1.2).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from scimcore.documents import Document
from scimcore.errors import InvalidFilter
from scimcore.filter import Filter
from scimcore.projection import DEFAULT_SELECTION, Selection, projector
from scimcore.schema.resource_type import ResourceType
from scimcore.service.meta import segment
from scimcore.service.referring import GROUPS, Reference, TypeReferences, type_references
from scimcore.service.store import Store
from scimcore.storage import Stored


class Shown(NamedTuple):
    """Which references a selection shows: ``members`` and ``groups`` or parts of them; of which attributes ``$ref``."""

    members: bool
    groups: bool
    urls: tuple[Reference, ...]


class References:
    """All references between the resource types of a provider."""

    def __init__(self, resource_types: Sequence[ResourceType]) -> None:
        self._of = type_references(resource_types)
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
        written = wanted.urls
        if wanted.groups and found:
            groups = await store.groups_of(references.group_types, [stored.id for stored in found])
            if groups:
                listed = _Listed(references.groups if references.groups in wanted.urls else None, base_url)
                completed = [listed.in_document(stored, groups.get(stored.id)) for stored in found]
                written = tuple(each for each in wanted.urls if each is not references.groups)
        if not written:
            return completed
        # What is the same for all of a page is looked up once.
        plan = [(each.urn, each.name, each.attribute.multi_valued, _urls(each, base_url).add) for each in written]
        return [_with_urls(stored, plan) for stored in completed]

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


class _Listed:
    """Shows the groups of the resources of one page; each group is put together once, for all of its members."""

    __slots__ = ("_known", "_urls")

    def __init__(self, reference: Reference | None, base_url: str) -> None:
        self._urls = None if reference is None else _urls(reference, base_url)
        self._known: dict[str, Document] = {}

    def in_document(self, stored: Stored, groups: Collection[Document] | None) -> Stored:
        # A host's store may know groups of its own way.
        groups = groups or stored.document.get(GROUPS)
        if not groups:
            return stored
        document = {**stored.document, GROUPS: [self._shown(group) for group in groups]}
        return Stored(stored.id, stored.version, stored.created, stored.last_modified, document)

    def _shown(self, group: Document) -> Document:
        shown = self._known.get(group["value"])
        if shown is None:
            shown = {"type": "direct", **group}
            if self._urls is not None:
                shown = self._urls.add(shown)
            self._known[group["value"]] = shown
        return shown


# The URN of the extension that has an attribute, its name, whether it has several values, and what adds to each.
_Plan: TypeAlias = Sequence[tuple[str | None, str, bool, Callable[[Document], Document]]]


def _with_urls(stored: Stored, plan: _Plan) -> Stored:
    document = stored.document
    for urn, name, many, add in plan:
        container = document if urn is None else document.get(urn, _NOTHING)
        value = container.get(name)
        if not value:
            continue
        with_urls = [add(element) for element in value] if many else add(value)
        if urn is None:
            document = {**document, name: with_urls}
        else:
            document = {**document, urn: {**container, name: with_urls}}
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
