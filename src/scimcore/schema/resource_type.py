"""ResourceType: a schema and its extensions, compiled so that any attribute reference is one look-up.

Floor 2. Here stands what a reference means ("manager.displayName of the enterprise extension, a string, readOnly");
reading values out of documents is for the floors above.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from scimcore.documents import printable
from scimcore.errors import InvalidPath, InvalidValue
from scimcore.paths import AttributePath
from scimcore.schema.characteristics import AttributeType, Mutability, Returned, Uniqueness
from scimcore.schema.definitions import Attribute, Schema, refuse_repeated
from scimcore.schema.names import Names, names_of

COMMON_ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute(
        "schemas",
        AttributeType.REFERENCE,
        multi_valued=True,
        description="The URNs of the schemas that the resource's attributes belong to.",
        required=True,
        returned=Returned.ALWAYS,
        reference_types=("uri",),
    ),
    Attribute(
        "id",
        description="The service provider's identifier of the resource.",
        case_exact=True,
        mutability=Mutability.READ_ONLY,
        returned=Returned.ALWAYS,
        uniqueness=Uniqueness.SERVER,
    ),
    Attribute("externalId", description="The client's identifier of the resource.", case_exact=True),
    Attribute(
        "meta",
        AttributeType.COMPLEX,
        description="What the service provider knows about the resource as such.",
        mutability=Mutability.READ_ONLY,
        sub_attributes=(
            Attribute("resourceType", case_exact=True, mutability=Mutability.READ_ONLY),
            Attribute("created", AttributeType.DATE_TIME, mutability=Mutability.READ_ONLY),
            Attribute("lastModified", AttributeType.DATE_TIME, mutability=Mutability.READ_ONLY),
            Attribute(
                "location",
                AttributeType.REFERENCE,
                case_exact=True,
                mutability=Mutability.READ_ONLY,
                reference_types=("uri",),
            ),
            Attribute("version", case_exact=True, mutability=Mutability.READ_ONLY),
        ),
    ),
)
"""What every resource has beside the attributes of its schemas (RFC 7643 §3, §3.1)."""


class SchemaExtension(NamedTuple):
    """An extension of a resource type, and whether every resource must have it (RFC 7643 §6)."""

    schema: Schema
    required: bool = False


class ResolvedPath(NamedTuple):
    """Where an attribute reference leads.

    Attributes:
        keys: The names that lead from a document to the attribute: ``("name", "familyName")``. An attribute of an
            extension begins with the extension's URN.
        attributes: The definition at each of these steps; an extension as a whole is a complex attribute named by its
            URN.
        path: The reference in canonical spelling, without the URN of the resource type's own schema.
    """

    keys: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    path: AttributePath

    @property
    def leaf(self) -> Attribute:
        """The definition of the attribute itself, behind all steps."""
        return self.attributes[-1]

    def __str__(self) -> str:
        return str(self.path)


class ResourceType:
    """A kind of resource: its endpoint, its schema and the extensions of it (RFC 7643 §6).

    Two resource types are equal only if they are the same object, so that what is compiled from one (filters,
    validators, projections) can be kept under it.

    Attributes:
        name: For example ``User``; it is the resource type's ``id`` as well.
        endpoint: The path below the base URL, with its slash: ``/Users``.
        schema: The core schema.
        extensions: Optional and required extensions.
        attributes: The top-level attributes as they stand in a document: the common ones, the core schema's, and each
            extension as a complex attribute named by its URN.
        names: Their names, for the pass that canonicalises spelling.
    """

    def __init__(
        self,
        name: str,
        endpoint: str,
        schema: Schema,
        extensions: Sequence[SchemaExtension] = (),
        *,
        description: str = "",
    ) -> None:
        """Check and keep a resource type; what is compiled from it is made at its first use.

        Raises:
            InvalidValue: If the endpoint is not ``/`` and a name, or two schemas or attributes have the same name.
        """
        if not endpoint.startswith("/") or "/" in endpoint[1:] or len(endpoint) < 2:
            raise InvalidValue(f"The endpoint of resource type '{name}' must be '/' and one name, not '{endpoint}'.")
        self.name = name
        self.endpoint = endpoint
        self.description = description
        self.schema = schema
        self.extensions = tuple(extensions)
        declared = {attribute.name.lower() for attribute in schema.attributes}
        self.attributes: tuple[Attribute, ...] = (
            # Some published schemas list `id` or `meta` themselves (errata 8418); their word goes first.
            *(common for common in COMMON_ATTRIBUTES if common.name.lower() not in declared),
            *schema.attributes,
            *(_container(extension) for extension in self.extensions),
        )
        refuse_repeated((attribute.name for attribute in self.attributes), f"resource type {name}")

    def __repr__(self) -> str:
        urns = [self.schema.id, *(extension.schema.id for extension in self.extensions)]
        return f"ResourceType({self.name!r}, {self.endpoint!r}, {', '.join(urns)})"

    def find(self, reference: str) -> ResolvedPath | None:
        """Return what an attribute reference means, or None if no schema of this resource type declares it.

        Args:
            reference: ``userName``, ``name.familyName``, ``urn:...:User:userName``, an extension's URN, in any casing.
                The bare name of an extension's attribute is not found here: see ``bare``.
        """
        return self._index.get(reference) or self._index.get(reference.lower())

    def resolve(self, reference: str) -> ResolvedPath:
        """Return what an attribute reference means.

        Raises:
            InvalidPath: If no schema of this resource type declares it.
        """
        found = self.find(reference)
        if found is None:
            raise InvalidPath(
                f"'{printable(reference)}' is no attribute of {self.name}.",
                path=printable(reference),
                rule="RFC 7644 §3.10",
            )
        return found

    def bare(self, reference: str) -> ResolvedPath | None:
        """Return what an extension's attribute means when its URN is left out, which no RFC allows but clients do.

        Only a name that one single extension has and that is no core attribute means anything: ``manager``,
        ``manager.value``, ``department``.
        """
        return self._bare.get(reference.lower())

    @cached_property
    def names(self) -> Names:
        """The names of all attributes, for the pass that canonicalises spelling."""
        return names_of(self.attributes)

    @cached_property
    def extension_urns(self) -> tuple[str, ...]:
        """The URNs of the extensions, in order."""
        return tuple(extension.schema.id for extension in self.extensions)

    @cached_property
    def unique(self) -> tuple[ResolvedPath, ...]:
        """The attributes of which no two resources may have the same value, but for ``id`` (RFC 7643 §7)."""
        found = []
        for attribute in self.attributes:
            if attribute.name in self.extension_urns:
                inside = [each for each in attribute.sub_attributes if each.uniqueness is not Uniqueness.NONE]
                found += [f"{attribute.name}:{each.name}" for each in inside]
            elif attribute.uniqueness is not Uniqueness.NONE and attribute.name != "id":
                found.append(attribute.name)
        return tuple(map(self.resolve, found))

    @cached_property
    def _index(self) -> dict[str, ResolvedPath]:
        index: dict[str, ResolvedPath] = {}
        containers = set(self.extension_urns)
        for attribute in self.attributes:
            if attribute.name in containers:
                urn = attribute.name
                _enter(index, urn, ResolvedPath((urn,), (attribute,), AttributePath(urn, None)))
                for reference, resolved in _references(attribute.sub_attributes, (attribute,), urn):
                    _enter(index, f"{urn}:{reference}", resolved)
            else:
                for reference, resolved in _references((attribute,), (), None):
                    _enter(index, reference, resolved)
                    _enter(index, f"{self.schema.id}:{reference}", resolved)
        return index

    @cached_property
    def _bare(self) -> dict[str, ResolvedPath]:
        found: dict[str, list[ResolvedPath]] = {}
        for attribute in self.attributes:
            if attribute.name in self.extension_urns:
                for reference, resolved in _references(attribute.sub_attributes, (attribute,), attribute.name):
                    found.setdefault(reference.lower(), []).append(resolved)
        return {
            name: candidates[0]
            for name, candidates in found.items()
            if len(candidates) == 1 and name.partition(".")[0] not in self._index
        }


def _container(extension: SchemaExtension) -> Attribute:
    """The extension as it stands in a document: an object under its URN (RFC 7643 §3.3)."""
    return Attribute(
        extension.schema.id,
        AttributeType.COMPLEX,
        description=extension.schema.description,
        required=extension.required,
        sub_attributes=extension.schema.attributes,
    )


def _enter(index: dict[str, ResolvedPath], reference: str, resolved: ResolvedPath) -> None:
    index[reference] = resolved
    index[reference.lower()] = resolved


def _references(
    attributes: Sequence[Attribute], outer: tuple[Attribute, ...], urn: str | None
) -> Iterator[tuple[str, ResolvedPath]]:
    for attribute in attributes:
        steps = (*outer, attribute)
        keys = tuple(step.name for step in steps)
        yield attribute.name, ResolvedPath(keys, steps, AttributePath(urn, attribute.name))
        for sub in attribute.sub_attributes:
            yield (
                f"{attribute.name}.{sub.name}",
                ResolvedPath((*keys, sub.name), (*steps, sub), AttributePath(urn, attribute.name, sub.name)),
            )
