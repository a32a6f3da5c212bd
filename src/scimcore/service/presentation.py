"""Resources as they are answered: where they are, where their references lead, and what the client wants to see.

What is stored of a reference is what identifies it and what was known of it when it was written: ``value``, ``type``,
``display``. ``$ref`` is computed when it is answered and never stored: an URL of a client's choice would otherwise come
back as ours.
"""

from collections.abc import Collection, Mapping, Sequence

from scimcore.documents import Document
from scimcore.projection import Selection, projector_of_own
from scimcore.schema.resource_type import ResourceType
from scimcore.service.meta import meta_of, segment
from scimcore.service.referring import GROUPS, Reference
from scimcore.storage import Stored


class Presenter:
    """Shows resources of one type to who has asked for the same parts of them by the same URL."""

    __slots__ = ("_prefix", "_project", "_resource_type", "_urls")

    def __init__(
        self, resource_type: ResourceType, selection: Selection, base_url: str, urls: Sequence[Reference]
    ) -> None:
        """Prepare what is the same for all resources.

        Args:
            resource_type: What they are.
            selection: What to show of them.
            base_url: What their URLs begin with.
            urls: The references of which the selection shows ``$ref``.
        """
        self._resource_type = resource_type
        self._prefix = f"{base_url}{resource_type.endpoint}/"
        self._project = projector_of_own(resource_type, selection)
        self._urls = tuple(
            (each.urn, each.name, each.attribute.multi_valued, Urls(each, base_url).add) for each in urls
        )

    def show(self, stored: Stored, groups: Collection[Document] | None = None) -> Document:
        """Show a resource.

        Args:
            stored: The resource.
            groups: If they are known, the groups that list it, as they are shown.
        """
        document = stored.document.copy()
        document["id"] = stored.id
        meta = document.get("meta") or meta_of(stored, self._resource_type)
        document["meta"] = {**meta, "location": self._prefix + segment(stored.id)}
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
        return {**element, "$ref": prefix + segment(value)}
