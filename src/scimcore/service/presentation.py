"""Resources as they are answered: where they are, where their references lead, and what the client wants to see.

What is stored of a reference is what identifies it and what was known of it when it was written: ``value``, ``type``,
``display``. ``$ref`` is computed when it is answered and never stored: an URL of a client's choice would otherwise come
back as ours. ``groups`` of a user is not stored either: it follows from who lists the user (RFC 7643 §4.1.2).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from scimcore.documents import Document
from scimcore.errors import InvalidFilter
from scimcore.filter import Filter
from scimcore.projection import DEFAULT_SELECTION, Selection, projector_of_own
from scimcore.schema.resource_type import ResourceType
from scimcore.service.meta import PLAIN_SEGMENT, meta_of, segment
from scimcore.service.referring import GROUPS, Reference, TypeReferences, type_references
from scimcore.service.shown import Shown, remembered, shown
from scimcore.service.store import Store
from scimcore.storage import Stored


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
        return remembered(self._of[resource_type], selection)

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
        presenter = self.presenter(resource_type, selection, base_url)
        show, wanted = presenter.show, presenter.wanted
        if wanted.groups and found:
            references = self._of[resource_type]
            joined = read and store.can.joins_groups
            groups: Mapping[str, Sequence[Document]] = {}
            if not joined:
                ids = [stored.id for stored in found]
                if store.can.memberships:
                    groups = await store.complete.memberships(ids)
                else:
                    groups = await store.search_groups(references.group_types, ids)
            if groups or joined:
                listed = Listed(groups, references.groups if references.groups in wanted.urls else None, base_url)
                return [show(stored, listed.of(stored)) for stored in found]
        return list(map(show, found))

    def presenter(self, resource_type: ResourceType, selection: Selection, base_url: str) -> "Presenter":
        """Return what shows resources of one type that are in no group."""
        if selection is DEFAULT_SELECTION:
            return self._usual(resource_type, base_url)
        return Presenter(resource_type, selection, base_url, self.wanted(resource_type, selection))

    def _presenter(self, resource_type: ResourceType, base_url: str) -> "Presenter":
        return Presenter(resource_type, DEFAULT_SELECTION, base_url, self._by_default[resource_type])

    def refuse_derived(self, filter: Filter, resource_types: Iterable[ResourceType], store: Store) -> None:
        """Refuse a filter on what is made for the answer, and is nowhere to be searched: no match would be a lie.

        Raises:
            InvalidFilter: If the filter asks about ``meta.location`` or a reference's ``$ref``; or about ``groups``,
                and the store has no ``memberships``.
        """
        if "$" in filter.text or "location" in filter.text.lower():
            self._refuse_urls(filter, resource_types)
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

    def _refuse_urls(self, filter: Filter, resource_types: Iterable[ResourceType]) -> None:
        for resource_type in resource_types:
            references = self._of[resource_type]
            groups = (references.groups,) if references.groups is not None else ()
            instead = {f"{each.path}.$ref": f"{each.path}.value" for each in (*references.written, *groups)}
            instead["meta.location"] = "id"
            for path in filter.attributes():
                target = resource_type.find(str(path))
                if target is not None and str(target) in instead:
                    raise InvalidFilter(
                        f"'{target}' is a URL, which is made when it is answered: ask for '{instead[str(target)]}'.",
                        text=filter.text,
                        path=str(target),
                    )


class Presenter:
    """Shows resources of one type to who has asked for the same parts of them by the same URL.

    Attributes:
        wanted: Which references are among these parts.
    """

    __slots__ = ("_prefix", "_project", "_resource_type", "_urls", "wanted")

    def __init__(self, resource_type: ResourceType, selection: Selection, base_url: str, wanted: Shown) -> None:
        """Prepare what is the same for all resources.

        Args:
            resource_type: What they are.
            selection: What to show of them.
            base_url: What their URLs begin with.
            wanted: Which references the selection shows.
        """
        self.wanted = wanted
        self._resource_type = resource_type
        self._prefix = f"{base_url}{resource_type.endpoint}/"
        self._project = projector_of_own(resource_type, selection)
        self._urls = tuple(
            (each.urn, each.name, each.attribute.multi_valued, Urls(each, base_url).add) for each in wanted.urls
        )

    def show(self, stored: Stored, groups: Collection[Document] | None = None) -> Document:
        """Show a resource.

        Args:
            stored: The resource.
            groups: If they are known, the groups that list it, as they are shown.
        """
        document = stored.document.copy()
        document["id"] = id = stored.id
        meta = document.get("meta") or meta_of(stored, self._resource_type)
        document["meta"] = {**meta, "location": self._prefix + (id if PLAIN_SEGMENT(id) else segment(id))}
        if groups:
            document[GROUPS] = groups
        for urn, name, multi_valued, add in self._urls:
            container = document if urn is None else document.get(urn)
            if not container or not (value := container.get(name)) or value is groups:
                continue
            with_urls = [add(element) for element in value] if multi_valued else add(value)
            if urn is None:
                document[name] = with_urls
            else:
                document[urn] = {**container, name: with_urls}
        return self._project(document)


class Listed:
    """Shows the groups of the resources of one page; each group is put together once, for all of its members."""

    __slots__ = ("_groups", "_known", "_urls")

    def __init__(self, groups: Mapping[str, Collection[Document]], reference: Reference | None, base_url: str) -> None:
        """Prepare it.

        Args:
            groups: By the ids of resources the groups that list them.
            reference: The attribute ``groups``, if ``$ref`` is shown.
            base_url: What the groups' URLs begin with.
        """
        self._groups = groups
        self._urls = None if reference is None else Urls(reference, base_url)
        self._known: dict[str, Document] = {}

    def of(self, stored: Stored) -> list[Document]:
        """Show the groups that list a resource."""
        # A host's store may know groups of its own way.
        groups = self._groups.get(stored.id) or stored.document.get(GROUPS) or ()
        return [self._shown(group) for group in groups]

    def _shown(self, group: Document) -> Document:
        shown = self._known.get(group["value"])
        if shown is None:
            shown = {"type": "direct", **group}
            if self._urls is not None:
                shown = self._urls.add(shown)
            self._known[group["value"]] = shown
        return shown


class Urls:
    """Adds to a reference where it leads, for one attribute."""

    __slots__ = ("_prefixes", "_single")

    def __init__(self, reference: Reference, base_url: str) -> None:
        """Prepare the URLs of what the attribute refers to."""
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
        return {**element, "$ref": prefix + (value if PLAIN_SEGMENT(value) else segment(value))}
