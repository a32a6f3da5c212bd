"""What a resource is: definitions, compiled resource types, and the models that declare them (RFC 7643)."""

from scimcore.schema.annotations import Binary, DateTime, LanguageRanges, LanguageTag, Reference, TimeZone
from scimcore.schema.characteristics import AttributeType, Format, Mutability, Returned, Uniqueness
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.generation import extension_of, model_of
from scimcore.schema.models import ComplexAttribute, Extension, Meta, Resource, ScimModel, attribute, extension
from scimcore.schema.names import Unknown
from scimcore.schema.resource_type import COMMON_ATTRIBUTES, ResolvedPath, ResourceType, SchemaExtension

__all__ = [
    "COMMON_ATTRIBUTES",
    "Attribute",
    "AttributeType",
    "Binary",
    "ComplexAttribute",
    "DateTime",
    "Extension",
    "Format",
    "LanguageRanges",
    "LanguageTag",
    "Meta",
    "Mutability",
    "Reference",
    "ResolvedPath",
    "Resource",
    "ResourceType",
    "Returned",
    "Schema",
    "SchemaExtension",
    "ScimModel",
    "TimeZone",
    "Uniqueness",
    "Unknown",
    "attribute",
    "extension",
    "extension_of",
    "model_of",
]
