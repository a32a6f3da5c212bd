"""Which attributes refer to which resources: read from the schemas of a provider, once.

An attribute refers to resources if its values have ``value`` and ``$ref``, and the ``referenceTypes`` of ``$ref`` name
types of the provider (RFC 7643 §2.4, §7): a group's ``members``, a user's ``groups`` and ``manager``, and a host's own.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from scimcore.documents import JSON, printable
from scimcore.errors import InvalidPath
from scimcore.patch.changes import AnyChange
from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResourceType
from scimcore.service.changes import is_reference

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
        name: The attribute's name.
        has_type: Whether a value says of which type the resource is.
        display_is_ours: Whether only the service says that name.
    """

    attribute: Attribute
    urn: str | None
    path: str
    targets: tuple[ResourceType, ...]
    display: str | None
    name: str
    has_type: bool
    display_is_ours: bool

    @classmethod
    def of(cls, attribute: Attribute, urn: str | None, targets: tuple[ResourceType, ...]) -> "Reference":
        """Read an attribute's definition."""
        display = next((sub for sub in attribute.sub_attributes if sub.name in _DISPLAYS), None)
        return cls(
            attribute,
            urn,
            attribute.name if urn is None else f"{urn}:{attribute.name}",
            targets,
            None if display is None else display.name,
            attribute.name,
            attribute.sub("type") is not None,
            display is not None and display.mutability is Mutability.READ_ONLY,
        )

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
        beginnings: What the path of a change begins with that has to do with any of the written ones. Nearly no change
            has.
    """

    resource_type: ResourceType
    written: tuple[Reference, ...]
    members: Reference | None
    groups: Reference | None
    group_types: tuple[ResourceType, ...]
    beginnings: tuple[str, ...]

    def touched(self, changes: Sequence[AnyChange]) -> list[Reference]:
        """Return those of the written ones of which something is different."""
        paths = [change.path for change in changes if change.path.startswith(self.beginnings)]
        if not paths:
            return []
        return [
            each
            for each in self.written
            if any(
                path.startswith(each.path) and path[len(each.path) : len(each.path) + 1] in ("", ".") for path in paths
            )
        ]

    def __hash__(self) -> int:
        return id(self.resource_type)


def type_references(resource_types: Sequence[ResourceType]) -> dict[ResourceType, TypeReferences]:
    """Find the references of each type to the others and to itself."""
    by_name = {resource_type.name: resource_type for resource_type in resource_types}
    found = {each: tuple(_references(each, by_name)) for each in resource_types}
    lists = {each: _members(references) for each, references in found.items()}
    made: dict[ResourceType, TypeReferences] = {}
    for each, references in found.items():
        written = tuple(one for one in references if one.attribute.mutability is not Mutability.READ_ONLY)
        group_types = tuple(kind for kind, members in lists.items() if members is not None and each in members.targets)
        beginnings = tuple(one.path for one in written)
        made[each] = TypeReferences(each, written, lists[each], _groups(references), group_types, beginnings)
    return made


def _references(resource_type: ResourceType, by_name: dict[str, ResourceType]) -> Iterable[Reference]:
    for attribute in resource_type.attributes:
        if attribute.name in resource_type.extension_urns:
            urn: str | None = attribute.name
            inner = attribute.sub_attributes
        else:
            urn, inner = None, (attribute,)
        for each in inner:
            if each.type is not AttributeType.COMPLEX or not is_reference(each):
                continue
            ref = each.sub("$ref")
            names = ref.reference_types if ref is not None else ()
            targets = tuple(by_name[name] for name in names if name in by_name)
            if targets:
                yield Reference.of(each, urn, targets)


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


def value_of_url(url: object) -> str | None:
    """Return the id at the end of a ``$ref``, for a client that sends nothing else."""
    if not isinstance(url, str):
        return None
    return unquote(url.partition("?")[0].rstrip("/").rpartition("/")[2]) or None


def removed_by_value(operations: list[JSON], resource_type: ResourceType) -> list[JSON]:
    """Read PATCH operations so that references to be removed are named by ``value``: no URL is stored.

    Args:
        operations: As they were sent, or rewritten.
        resource_type: What they are about.

    Returns:
        The list given, or another one in which listed values that have a ``$ref`` alone have the id at its end.

    Raises:
        InvalidPath: If a path has a filter on a ``$ref``: it would match nobody, and who was to go would stay.
    """
    for position, each in enumerate(operations):
        path = each.get("path") if isinstance(each, dict) else None
        if not isinstance(path, str):
            continue
        if "$" in path and _REF_IN_FILTER.search(path):
            raise InvalidPath(
                "A '$ref' is a URL, which is made when it is answered: choose by 'value'.",
                path=printable(path),
                rule="RFC 7644 §3.5.2",
            )
        value = each.get("value")
        if each.get("op") == "remove" and value and _is_reference(path, resource_type):
            named = [_by_value(element) for element in (value if isinstance(value, list) else [value])]
            operations = [*operations[:position], {**each, "value": named}, *operations[position + 1 :]]
    return operations


# Behind a bracket; not the sub-attribute that the whole path names.
_REF_IN_FILTER = re.compile(r"\[[^\]]*\$ref\b", re.IGNORECASE)


def _is_reference(path: str, resource_type: ResourceType) -> bool:
    found = resource_type.find(path)
    return found is not None and is_reference(found.leaf)


def _by_value(element: JSON) -> JSON:
    if not isinstance(element, dict) or element.get("value") is not None:
        return element
    value = value_of_url(element.get("$ref"))
    return element if value is None else {**element, "value": value}
