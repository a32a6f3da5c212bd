"""References as they are answered: which of them a client wants to see, and the ``groups`` of a user.

``groups`` of a user is not stored: it follows from who lists the user (RFC 7643 §4.1.2).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from scimcore.documents import Document
from scimcore.errors import InvalidFilter
from scimcore.filter import Filter
from scimcore.projection import DEFAULT_SELECTION, Selection, projector
from scimcore.schema.resource_type import ResourceType
from scimcore.service.presentation import Listed, Presenter
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
        # A service has few base URLs, and requests name no more of them than a proxy lets through.
        self._usual = lru_cache(maxsize=256)(self._presenter)
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
        *,
        read: bool = False,
    ) -> list[Document]:
        """Show resources of one type, with what is not stored of their references.

        Memberships are asked for once, for all of them, unless the store has read them with the resources.

        Args:
            found: The resources.
            resource_type: What they are.
            selection: What to show of them.
            store: Where the groups are that list them.
            base_url: What URLs begin with.
            read: Whether they were read for this selection, outside of a transaction.
        """
        wanted = self.wanted(resource_type, selection)
        if selection is DEFAULT_SELECTION:
            show = self._usual(resource_type, base_url).show
        else:
            show = Presenter(resource_type, selection, base_url, wanted.urls).show
        if wanted.groups and found:
            references = self._of[resource_type]
            joined = read and store.can.joins_groups
            groups: Mapping[str, Sequence[Document]] = {}
            if not joined:
                groups = await store.groups_of(references.group_types, [stored.id for stored in found])
            if groups or joined:
                listed = Listed(groups, references.groups if references.groups in wanted.urls else None, base_url)
                return [show(stored, listed.of(stored)) for stored in found]
        return list(map(show, found))

    def _presenter(self, resource_type: ResourceType, base_url: str) -> Presenter:
        return Presenter(resource_type, DEFAULT_SELECTION, base_url, self._by_default[resource_type].urls)

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
