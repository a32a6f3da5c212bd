"""What a service provider says of itself: ServiceProviderConfig, ResourceType and Schema (RFC 7643 §5, §6, §7).

Floor 3. Declarations only. These are the resources as they are served; the compiled forms that the library works with
are ``scimcore.schema.Schema`` and ``scimcore.schema.ResourceType``.
"""

from scimcore import urns
from scimcore.schema.annotations import Reference
from scimcore.schema.models import ComplexAttribute, Resource, attribute

_SUPPORTED = "Whether the service provider supports it."


class Supported(ComplexAttribute):
    """A feature that there is or is not."""

    supported: bool | None = attribute(_SUPPORTED, required=True, mutability="readOnly")


class BulkSupport(ComplexAttribute):
    """Bulk operations and their limits."""

    supported: bool | None = attribute(_SUPPORTED, required=True, mutability="readOnly")
    max_operations: int | None = attribute("The most operations in one request.", required=True, mutability="readOnly")
    max_payload_size: int | None = attribute("The most bytes in one request.", required=True, mutability="readOnly")


class FilterSupport(ComplexAttribute):
    """Filters and their limits."""

    supported: bool | None = attribute(_SUPPORTED, required=True, mutability="readOnly")
    max_results: int | None = attribute("The most resources in one response.", required=True, mutability="readOnly")


class PaginationSupport(ComplexAttribute):
    """How clients get from page to page, and the sizes of pages (RFC 9865 §4)."""

    cursor: bool | None = attribute("Whether it is by cursors.", required=True, mutability="readOnly")
    index: bool | None = attribute("Whether it is by start indexes.", required=True, mutability="readOnly")
    default_pagination_method: str | None = attribute(
        "Which of them it is where a request names none.", mutability="readOnly", canonical_values=("cursor", "index")
    )
    default_page_size: int | None = attribute("The size of a page where a request names none.", mutability="readOnly")
    max_page_size: int | None = attribute("The most resources on a page.", mutability="readOnly")
    cursor_timeout: int | None = attribute(
        "For how many seconds a cursor is good between two requests, at the least.", mutability="readOnly"
    )


class AuthenticationScheme(ComplexAttribute):
    """A way to authenticate."""

    # Errata 8011: left out of the RFC's schema by mistake.
    type: str | None = attribute(
        "The kind of the scheme.",
        required=True,
        mutability="readOnly",
        canonical_values=("oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"),
    )
    name: str | None = attribute("The scheme's usual name.", required=True, mutability="readOnly")
    description: str | None = attribute("What the scheme is.", required=True, mutability="readOnly")
    spec_uri: Reference | None = attribute(
        "Where the scheme is specified.", mutability="readOnly", reference_types=("external",)
    )
    documentation_uri: Reference | None = attribute(
        "Where the scheme's use is described.", mutability="readOnly", reference_types=("external",)
    )
    primary: bool | None = attribute("Whether this is the preferred scheme.", mutability="readOnly")


class ServiceProviderConfig(
    Resource,
    schema=urns.SERVICE_PROVIDER_CONFIG,
    name="Service Provider Configuration",
    endpoint="/ServiceProviderConfig",
):
    """Schema for representing the service provider's configuration."""

    documentation_uri: Reference | None = attribute(
        "Where the service provider is described for people.", mutability="readOnly", reference_types=("external",)
    )
    patch: Supported | None = attribute("Whether PATCH is supported.", required=True, mutability="readOnly")
    bulk: BulkSupport | None = attribute("Whether and how bulk operations are.", required=True, mutability="readOnly")
    filter: FilterSupport | None = attribute("Whether and how filters are.", required=True, mutability="readOnly")
    change_password: Supported | None = attribute(
        "Whether changing a password is.", required=True, mutability="readOnly"
    )
    sort: Supported | None = attribute("Whether sorting is.", required=True, mutability="readOnly")
    # Errata 9018: left out of the RFC's schema by mistake.
    etag: Supported | None = attribute("Whether entity tags are.", required=True, mutability="readOnly")
    authentication_schemes: list[AuthenticationScheme] | None = attribute(
        "How clients may authenticate.", required=True, mutability="readOnly"
    )
    # RFC 9865 came after the RFC's schema.
    pagination: PaginationSupport | None = attribute("Whether and how pagination is.", mutability="readOnly")


class SchemaExtensionReference(ComplexAttribute):
    """An extension of a resource type."""

    schema_: Reference | None = attribute(
        "The extension's URN.",
        name="schema",
        required=True,
        case_exact=True,
        mutability="readOnly",
        reference_types=("uri",),
    )
    required: bool | None = attribute("Whether every resource has it.", required=True, mutability="readOnly")


class ResourceType(Resource, schema=urns.RESOURCE_TYPE, name="ResourceType", endpoint="/ResourceTypes"):
    """Specifies the schema that describes a SCIM resource type."""

    # Errata 8475: name and endpoint are unique and exact in case.
    name: str | None = attribute(
        "The resource type's name; its id as well.",
        required=True,
        case_exact=True,
        mutability="readOnly",
        uniqueness="server",
    )
    description: str | None = attribute("What the resource type is, for people.", mutability="readOnly")
    endpoint: Reference | None = attribute(
        "Where its resources are, relative to the base URL.",
        required=True,
        case_exact=True,
        mutability="readOnly",
        uniqueness="server",
        reference_types=("uri",),
    )
    schema_: Reference | None = attribute(
        "The URN of its core schema.",
        name="schema",
        required=True,
        case_exact=True,
        mutability="readOnly",
        reference_types=("uri",),
    )
    # Errata 7522: multi-valued.
    schema_extensions: list[SchemaExtensionReference] | None = attribute("Its extensions.", mutability="readOnly")


_DATA_TYPES = ("string", "complex", "boolean", "decimal", "integer", "dateTime", "reference", "binary")
# Errata 8415: a sub-attribute is never complex.
_SUB_DATA_TYPES = ("string", "boolean", "decimal", "integer", "dateTime", "reference", "binary")
_MUTABILITY = ("readOnly", "readWrite", "immutable", "writeOnly")
_RETURNED = ("always", "never", "default", "request")
_UNIQUENESS = ("none", "server", "global")


class SubAttributeDefinition(ComplexAttribute):
    """The definition of a sub-attribute, as a schema resource has it."""

    name: str | None = attribute("Its name.", required=True, case_exact=True, mutability="readOnly")
    type: str | None = attribute(
        "Its data type.", required=True, mutability="readOnly", canonical_values=_SUB_DATA_TYPES
    )
    multi_valued: bool | None = attribute("Whether it is plural.", required=True, mutability="readOnly")
    description: str | None = attribute("What it is, for people.", case_exact=True, mutability="readOnly")
    required: bool | None = attribute("Whether it must have a value.", mutability="readOnly")
    canonical_values: list[str] | None = attribute("Suggested values.", case_exact=True, mutability="readOnly")
    case_exact: bool | None = attribute("Whether comparison heeds case.", mutability="readOnly")
    mutability: str | None = attribute(
        "Whether and when it can be written.", case_exact=True, mutability="readOnly", canonical_values=_MUTABILITY
    )
    returned: str | None = attribute(
        "When it is returned.", case_exact=True, mutability="readOnly", canonical_values=_RETURNED
    )
    uniqueness: str | None = attribute(
        "How unique its values are.", case_exact=True, mutability="readOnly", canonical_values=_UNIQUENESS
    )
    # Errata 5607: multi-valued.
    reference_types: list[str] | None = attribute("What it may refer to.", case_exact=True, mutability="readOnly")


class AttributeDefinition(ComplexAttribute):
    """The definition of an attribute, as a schema resource has it."""

    name: str | None = attribute("Its name.", required=True, case_exact=True, mutability="readOnly")
    type: str | None = attribute("Its data type.", required=True, mutability="readOnly", canonical_values=_DATA_TYPES)
    multi_valued: bool | None = attribute("Whether it is plural.", required=True, mutability="readOnly")
    # Errata 8360, which would make this one case-insensitive, was rejected.
    description: str | None = attribute("What it is, for people.", case_exact=True, mutability="readOnly")
    required: bool | None = attribute("Whether it must have a value.", mutability="readOnly")
    canonical_values: list[str] | None = attribute("Suggested values.", case_exact=True, mutability="readOnly")
    case_exact: bool | None = attribute("Whether comparison heeds case.", mutability="readOnly")
    mutability: str | None = attribute(
        "Whether and when it can be written.", case_exact=True, mutability="readOnly", canonical_values=_MUTABILITY
    )
    returned: str | None = attribute(
        "When it is returned.", case_exact=True, mutability="readOnly", canonical_values=_RETURNED
    )
    uniqueness: str | None = attribute(
        "How unique its values are.", case_exact=True, mutability="readOnly", canonical_values=_UNIQUENESS
    )
    reference_types: list[str] | None = attribute("What it may refer to.", case_exact=True, mutability="readOnly")
    sub_attributes: list[SubAttributeDefinition] | None = attribute(
        "The parts of a complex attribute.", mutability="readOnly"
    )


class Schema(Resource, schema=urns.SCHEMA, name="Schema", endpoint="/Schemas"):
    """Specifies the schema that describes a SCIM schema."""

    name: str | None = attribute("The schema's name, for people.", required=True, mutability="readOnly")
    description: str | None = attribute("What the schema is, for people.", mutability="readOnly")
    attributes: list[AttributeDefinition] | None = attribute(
        "The attributes of the schema.", required=True, mutability="readOnly"
    )
