"""What a profile makes of the schemas: the application's own extension, and a User type that tells what is required.

Floor 8. Two types follow from one: the *governed* one, by which requests are read, has the extension and what must be
unique; the *advertised* one says also what is required. A request is not read by that one, since the profile itself
says better what is missing, and all of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from scimcore.profiles.normalisers import KINDS
from scimcore.profiles.rows import Row, extension_attribute, locate
from scimcore.schema.characteristics import Uniqueness
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.resource_type import ResourceType, SchemaExtension
from scimcore.urns import is_urn


def extension_schema(urn: str, profile_name: str, title: str, rows: Iterable[Row]) -> Schema | None:
    """Return the schema of the application's own attributes; None if it has none."""
    attributes: dict[str, Attribute] = {}
    for row in rows:
        for path in (row.path, *row.alternatives, *row.joins):
            name = extension_attribute(path)
            if name is not None:
                kind = KINDS[row.kind] if path == row.path else KINDS["text"]
                attribute = Attribute(
                    name,
                    multi_valued=kind.multi_valued,
                    description=row.note or f"{row.title or row.field} of {title}.",
                )
                attributes.setdefault(name.lower(), attribute)
    if not attributes:
        return None
    name = urn.split(":")[-3] if urn.count(":") > 3 else profile_name
    return Schema(urn, name, f"What {title} knows of its users.", tuple(attributes.values()))


def governed(base: ResourceType, schema: Schema | None, rows: Iterable[Row]) -> ResourceType:
    """Return a type that has the application's extension, and whose stores keep unique what must be.

    Args:
        base: The type as it is otherwise; it is returned itself if there is nothing to add.
        schema: The application's extension.
        rows: The profile's rows.
    """
    unique = {row.path.lower() for row in rows if row.unique}
    attributes = tuple(
        replace(attribute, uniqueness=Uniqueness.SERVER)
        if attribute.name.lower() in unique and attribute.uniqueness is Uniqueness.NONE
        else attribute
        for attribute in base.schema.attributes
    )
    extensions = tuple(base.extensions)
    if schema is not None and schema.id.lower() not in (urn.lower() for urn in base.extension_urns):
        extensions = (*extensions, SchemaExtension(schema))
    core = base.schema if attributes == tuple(base.schema.attributes) else replace(base.schema, attributes=attributes)
    if core is base.schema and extensions == tuple(base.extensions):
        return base
    return ResourceType(base.name, base.endpoint, core, extensions, description=base.description)


def advertised(kind: ResourceType, rows: Iterable[Row]) -> ResourceType:
    """Return a governed type with everything marked as required that the rows require.

    Raises:
        InvalidPath: If the type lacks an attribute that a row reads.
    """
    required = []
    for row in rows:
        located = [locate(path, kind) for path in (row.path, *row.alternatives, *row.joins) if path]
        if row.required:
            required.append(located[0].keys)
    schema = replace(
        kind.schema,
        attributes=_require(kind.schema.attributes, [keys for keys in required if not is_urn(keys[0])]),
    )
    extensions = []
    for extension in kind.extensions:
        inside = [keys[1:] for keys in required if keys[0].lower() == extension.schema.id.lower()]
        if inside:
            attributes = _require(extension.schema.attributes, inside)
            extension = SchemaExtension(replace(extension.schema, attributes=attributes), required=True)
        extensions.append(extension)
    return ResourceType(kind.name, kind.endpoint, schema, extensions, description=kind.description)


def _require(attributes: Sequence[Attribute], paths: Sequence[tuple[str, ...]]) -> tuple[Attribute, ...]:
    """Mark what paths lead to, and what leads to it, as required."""
    marked = []
    for attribute in attributes:
        inner = [path[1:] for path in paths if path[0] == attribute.name]
        if inner:
            below = [path for path in inner if path]
            attribute = replace(attribute, required=True, sub_attributes=_require(attribute.sub_attributes, below))
        marked.append(attribute)
    return tuple(marked)
