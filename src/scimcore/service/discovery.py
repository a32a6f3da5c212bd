"""What the service says of itself: configuration, schemas and resource types as documents (RFC 7643 §5 to §7).

They follow from the :class:`~scimcore.service.provider.Provider` and are made once. Their
``meta.location`` is a path until the request's base URL is known.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from scimcore import resources, urns
from scimcore.documents import Document
from scimcore.schema.definitions import Schema
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


def descriptions(provider: Provider) -> tuple[Descriptions, ...]:
    """Make the documents of the three discovery endpoints."""
    configuration = _configuration(provider)
    offered = profiling.advertised(provider.resource_types, provider.profile)
    schemas = [_schema(schema) for schema in _schemas(offered)]
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


def _schemas(resource_types: Iterable[ResourceType]) -> list[Schema]:
    """All schemas in use, each once, and then those of the discovery documents (RFC 7643 §8.7.2)."""
    found: dict[str, Schema] = {}
    for resource_type in resource_types:
        found.setdefault(resource_type.schema.id, resource_type.schema)
        for extension in resource_type.extensions:
            found.setdefault(extension.schema.id, extension.schema)
    for schema in (resources.ServiceProviderConfig, resources.ResourceType, resources.Schema):
        found.setdefault(schema.scim_schema().id, schema.scim_schema())
    return list(found.values())


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


def _configuration(provider: Provider) -> Document:
    """Write the configuration as RFC 7643 §5 has it."""
    config = provider.config
    document: Document = {"schemas": [urns.SERVICE_PROVIDER_CONFIG]}
    if config.documentation_uri is not None:
        document["documentationUri"] = config.documentation_uri
    return {
        **document,
        "patch": {"supported": True},
        # Required sub-attributes, also where bulk is not offered.
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": provider.limits.max_payload_bytes},
        "filter": {"supported": True, "maxResults": config.max_results},
        "changePassword": {"supported": config.change_password},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "authenticationSchemes": list(config.authentication_schemes),
        "meta": {"resourceType": "ServiceProviderConfig", "location": "/ServiceProviderConfig"},
    }
