"""What the service says of itself: configuration, schemas and resource types as documents (RFC 7643 §5 to §7).

They follow from the :class:`~scimcore.service.provider.Provider` and are made once. Their
``meta.location`` is a path until the request's base URL is known.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from scimcore import resources, urns
from scimcore.documents import Document
from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.resource_type import ResourceType
from scimcore.service import profiling
from scimcore.service.provider import Provider


class Descriptions(NamedTuple):
    """The documents of one discovery endpoint.

    Attributes:
        endpoint: Its path.
        documents: All of them, in order.
        find: Returns the document of an id, or None.
        listed: Whether the endpoint is a list, with single documents below; otherwise it is the document with no id.
    """

    endpoint: str
    documents: tuple[Document, ...]
    find: Callable[[str], Document | None]
    listed: bool = True


def descriptions(provider: Provider, *, cursors: bool = False) -> tuple[Descriptions, ...]:
    """Make the documents of the three discovery endpoints.

    Args:
        provider: What the service offers.
        cursors: Whether it offers cursors, which depends on its store.
    """
    configuration = _configuration(provider, cursors)
    offered = profiling.advertised(provider.resource_types, provider.profile)
    schemas = [_schema(schema) for schema in _schemas(offered, interoperable=provider.interop_strict)]
    types = {resource_type.name: _resource_type(resource_type) for resource_type in offered}
    return (
        Descriptions("/ServiceProviderConfig", (configuration,), {"": configuration}.get, listed=False),
        Descriptions("/Schemas", tuple(schemas), _by_urn(schemas)),
        # A resource type is called by its name as it is written (RFC 7643 errata 8475).
        Descriptions("/ResourceTypes", tuple(types.values()), types.get),
    )


def _by_urn(documents: list[Document]) -> Callable[[str], Document | None]:
    """Find schemas by URN in any casing, as RFC 7643 §2.1 compares them."""
    known = {document["id"].lower(): document for document in documents}
    return lambda urn: known.get(urn.lower())


def _schemas(resource_types: Iterable[ResourceType], *, interoperable: bool) -> list[Schema]:
    """All schemas in use, each once, and then those of the discovery documents (RFC 7643 §8.7.2)."""
    found: dict[str, Schema] = {}
    for resource_type in resource_types:
        found.setdefault(resource_type.schema.id, resource_type.schema)
        for extension in resource_type.extensions:
            found.setdefault(extension.schema.id, extension.schema)
    for schema in (resources.ServiceProviderConfig, resources.ResourceType, resources.Schema):
        found.setdefault(schema.scim_schema().id, schema.scim_schema())
    return [_interoperable(schema) for schema in found.values()] if interoperable else list(found.values())


# Interoperability profile §4: an attribute of the configuration, which only a service that conforms has.
_CONFORMANT = Attribute(
    "interopProfileConformant",
    AttributeType.BOOLEAN,
    description="Whether the service provider conforms to the SCIM interoperability profile.",
    mutability=Mutability.READ_ONLY,
)
# What the profile asks a "type" to have that RFC 7643 gives no words (entitlements, roles, certificates).
_ANY_TYPE = ("work", "home", "other")


def _interoperable(schema: Schema) -> Schema:
    """Add to a schema what the interoperability profile has it declare (§4, §5.4)."""
    if schema.id == urns.SERVICE_PROVIDER_CONFIG:
        return replace(schema, attributes=(*schema.attributes, _CONFORMANT))
    return replace(schema, attributes=tuple(map(_with_words, schema.attributes)))


def _with_words(attribute: Attribute) -> Attribute:
    if not attribute.multi_valued or attribute.type is not AttributeType.COMPLEX:
        return attribute
    subs = tuple(
        replace(sub, canonical_values=_ANY_TYPE) if sub.name == "type" and not sub.canonical_values else sub
        for sub in attribute.sub_attributes
    )
    return replace(attribute, sub_attributes=subs)


def _schema(schema: Schema) -> Document:
    return {**schema.to_document(), "meta": {"resourceType": "Schema", "location": f"/Schemas/{schema.id}"}}


def _resource_type(resource_type: ResourceType) -> Document:
    """Write a resource type as RFC 7643 §6 has it."""
    document: Document = {
        "schemas": [urns.RESOURCE_TYPE],
        "id": resource_type.name,
        "name": resource_type.name,
        "endpoint": resource_type.endpoint,
        "schema": resource_type.schema.id,
    }
    if resource_type.description:
        document["description"] = resource_type.description
    if resource_type.extensions:
        document["schemaExtensions"] = [
            {"schema": extension.schema.id, "required": extension.required} for extension in resource_type.extensions
        ]
    document["meta"] = {"resourceType": "ResourceType", "location": f"/ResourceTypes/{resource_type.name}"}
    return document


def _configuration(provider: Provider, cursors: bool) -> Document:
    """Write the configuration as RFC 7643 §5 and RFC 9865 §4 have it."""
    config, bulk = provider.config, provider.config.bulk
    document: Document = {"schemas": [urns.SERVICE_PROVIDER_CONFIG]}
    if config.documentation_uri is not None:
        document["documentationUri"] = config.documentation_uri
    document |= {
        "patch": {"supported": True},
        # Required sub-attributes, also where bulk is not offered.
        "bulk": {
            "supported": bulk is not None,
            "maxOperations": 0 if bulk is None else bulk.max_operations,
            "maxPayloadSize": 0 if bulk is None else bulk.max_payload_bytes,
        },
        "filter": {"supported": True, "maxResults": config.max_results},
        "changePassword": {"supported": config.change_password},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "authenticationSchemes": list(config.authentication_schemes),
        "pagination": _pagination(provider, cursors),
    }
    if provider.interop_strict:
        document[_CONFORMANT.name] = True
    document["meta"] = {"resourceType": "ServiceProviderConfig", "location": "/ServiceProviderConfig"}
    return document


def _pagination(provider: Provider, cursors: bool) -> Document:
    config = provider.config
    # Index pages were there first, and stay what a client gets that names neither (RFC 9865 §2.4).
    document: Document = {"cursor": cursors, "index": True, "defaultPaginationMethod": "index"}
    if config.default_results:
        # RFC 9865 §4: a positive integer.
        document["defaultPageSize"] = config.default_results
    if config.max_results:
        document["maxPageSize"] = config.max_results
    if cursors:
        document["cursorTimeout"] = config.cursor_lifetime_seconds
    return document
