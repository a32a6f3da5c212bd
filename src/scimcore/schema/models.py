"""The typed view: pydantic models that declare schemas, and the way between a model and its document.

Floor 2. A model states characteristics as data, beside its fields; no validator of pydantic ever asks which request it
is in. What is required or forbidden in a request is decided by ``scimcore.validation`` on documents.
"""

from functools import cache
from typing import Any, ClassVar, Literal, NamedTuple, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import ValidationError, from_json

from scimcore.documents import Document, Limits, dumps, is_object, is_unassigned, loads_object
from scimcore.errors import Violation, of_violations
from scimcore.schema.annotations import DateTime, Reference
from scimcore.schema.characteristics import Mutability, Returned, Uniqueness
from scimcore.schema.definitions import Schema
from scimcore.schema.derivation import attributes_of, declares_characteristics, model_inside, wire_name
from scimcore.schema.names import Names, Unknown, canonicalise, names_of
from scimcore.schema.resource_type import ResourceType, SchemaExtension
from scimcore.schema.types import violations_of

ExtraValues: TypeAlias = Literal["allow", "ignore", "forbid"]

_UNKNOWN: dict[ExtraValues, Unknown] = {"allow": Unknown.KEEP, "ignore": Unknown.IGNORE, "forbid": Unknown.REJECT}


def attribute(
    description: str = "",
    *,
    name: str | None = None,
    required: bool = False,
    canonical_values: tuple[str, ...] = (),
    case_exact: bool = False,
    mutability: Mutability | str = Mutability.READ_WRITE,
    returned: Returned | str = Returned.DEFAULT,
    uniqueness: Uniqueness | str = Uniqueness.NONE,
    reference_types: tuple[str, ...] = (),
) -> Any:
    """Declare the characteristics of a model's field (RFC 7643 §2.2, §7).

    The type, and whether the attribute is multi-valued, come from the field's annotation, which should admit None: an
    attribute without a value is None. ``required`` is about requests and responses, not about the Python object.

    Args:
        description: For the schema document.
        name: The wire name, where it is not the field's name in camel case.
        required: Whether a resource must have a value.
        canonical_values: Suggested values.
        case_exact: Whether comparison heeds case.
        mutability: Also by its wire word, ``"readOnly"``.
        returned: Also by its wire word.
        uniqueness: Also by its wire word.
        reference_types: For references: resource type names, ``external`` or ``uri``.
    """
    return Field(
        default=None,
        alias=name,
        description=description or None,
        # A secret is not in a repr, hence not in a traceback or a log either.
        repr=Returned(returned) is not Returned.NEVER and Mutability(mutability) is not Mutability.WRITE_ONLY,
        json_schema_extra={
            "scim": {
                "required": required,
                "caseExact": case_exact,
                "mutability": Mutability(mutability).value,
                "returned": Returned(returned).value,
                "uniqueness": Uniqueness(uniqueness).value,
                "canonicalValues": list(canonical_values),
                "referenceTypes": list(reference_types),
            }
        },
    )


class Declaration(NamedTuple):
    """What a class statement says of its schema: ``class User(Resource, schema=urns.USER, endpoint="/Users")``.

    Attributes:
        schema: The schema's URN.
        name: The schema's name, for people.
        description: The class's docstring.
        resource_type: The resource type's name, which ``meta.resourceType`` repeats: the name of the class.
        endpoint: Where the resources are.
    """

    schema: str
    name: str
    description: str = ""
    resource_type: str = ""
    endpoint: str = ""


class ScimModel(BaseModel):
    """What every SCIM object has in common: canonical names on output, any casing on input, strict JSON types.

    Unknown attributes are ignored unless ``extra`` says otherwise.
    """

    model_config = ConfigDict(
        # The fast path reads canonical names and refuses all others; only then are names looked at one by one.
        extra="forbid",
        strict=True,
        alias_generator=wire_name,
        validate_by_alias=True,
        validate_by_name=True,
        serialize_by_alias=True,
        # An error must not repeat values: one of them may be a password.
        hide_input_in_errors=True,
        # A schema may name an attribute as it likes.
        protected_namespaces=(),
        # Compiling costs more than importing; most processes use few of the models.
        defer_build=True,
    )

    @classmethod
    def model_validate(
        cls,
        obj: Any,
        *,
        strict: bool | None = None,
        extra: ExtraValues | None = None,
        from_attributes: bool | None = None,
        context: Any | None = None,
        by_alias: bool | None = None,
        by_name: bool | None = None,
    ) -> Self:
        """Read a document (or an instance) into a typed object.

        Args:
            obj: A document, with attribute names in any casing.
            strict: As in pydantic; SCIM's types are strict already.
            extra: What happens to undeclared attributes: ``ignore`` (the default), ``forbid`` or ``allow``.
            from_attributes: As in pydantic.
            context: As in pydantic; nothing here reads it.
            by_alias: Without effect: a document has wire names.
            by_name: Without effect: a document has wire names.

        Raises:
            InvalidValue: If values are of a wrong type; the exception lists all of them.
            InvalidSyntax: If an attribute is given twice, or is undeclared and ``extra`` is ``forbid``.
        """
        try:
            read: Self = cls.__pydantic_validator__.validate_python(
                obj, strict=strict, from_attributes=from_attributes, context=context, by_alias=True, by_name=False
            )
        except ValidationError as error:
            if not is_object(obj):
                raise of_violations(violations_of(error, attributes_of(cls))) from None
            return _validate_slowly(cls, obj, extra or "ignore")
        return read

    @classmethod
    def model_validate_json(
        cls,
        json_data: str | bytes | bytearray,
        *,
        strict: bool | None = None,
        extra: ExtraValues | None = None,
        context: Any | None = None,
        by_alias: bool | None = None,
        by_name: bool | None = None,
    ) -> Self:
        """Read a JSON text into a typed object; see ``model_validate``.

        Raises:
            InvalidSyntax: Also if the text is not JSON.
            InvalidValue: As for ``model_validate``.
        """
        try:
            read: Self = cls.__pydantic_validator__.validate_json(
                json_data, strict=strict, context=context, by_alias=True, by_name=False
            )
            return read
        except ValidationError:
            # The error holds on to all that it complains about; it goes before the second look begins.
            pass
        try:
            # The careful reader says what is wrong; names that differ in casing only are found by who looks at names.
            payload = from_json(json_data, allow_inf_nan=False)
        except (ValueError, TypeError):
            payload = None
        if is_object(payload):
            return _validate_slowly(cls, payload, extra or "ignore")
        # Half a surrogate pair becomes bytes that are no UTF-8, which the reader refuses.
        body = json_data.encode(errors="surrogatepass") if isinstance(json_data, str) else bytes(json_data)
        # Who holds the text has decided that it is not too large; how deep it may be is another matter.
        limits = Limits(max_payload_bytes=len(body))
        return _validate_slowly(cls, loads_object(body, limits=limits), extra or "ignore")

    def to_document(self) -> Document:
        """Return the canonical document: wire names, no nulls, no empty arrays or objects, RFC 3339 times.

        It holds everything, a password too: it is what a host stores. What a client may see is made by ``to_json`` or
        ``scimcore.projection.project``.
        """
        return _without_unassigned(self._dump(exclude=None))

    def to_json(self) -> bytes:
        """Return the JSON text that may leave the process: nothing that is secret, no nulls."""
        # To leave something out costs pydantic a look at every field: it is asked only of who has something to hide.
        hidden, secrets = None, _secrets(type(self))
        for name in secrets or ():
            if self.__dict__.get(name) is not None:
                hidden = secrets
        if self.__pydantic_extra__ is not None:
            return dumps(self._dump(exclude=hidden))
        text: bytes = self.__pydantic_serializer__.to_json(self, by_alias=True, exclude_none=True, exclude=hidden)
        return text

    def _dump(self, exclude: dict[str, Any] | None) -> Document:
        document: Document = self.__pydantic_serializer__.to_python(
            self, mode="json", by_alias=True, exclude_none=True, exclude=exclude
        )
        if self.__pydantic_extra__ is not None:
            _add_kept(self, document)
        return document


def _add_kept(model: ScimModel, document: Document) -> None:
    """Add the undeclared attributes that were kept: pydantic does not write what the class itself would refuse."""
    document.update(model.__pydantic_extra__ or {})
    for name, definition in zip(type(model).model_fields, attributes_of(type(model)), strict=True):
        value, written = getattr(model, name), document.get(definition.name)
        if isinstance(value, ScimModel) and is_object(written):
            _add_kept(value, written)
        elif isinstance(value, list) and isinstance(written, list):
            for element, part in zip(value, written, strict=True):
                if isinstance(element, ScimModel):
                    _add_kept(element, part)


_ModelT = TypeVar("_ModelT", bound=ScimModel)


def _without_unassigned(document: Document) -> Document:
    result = {}
    for name, value in document.items():
        if isinstance(value, dict):
            value = _without_unassigned(value)
        elif isinstance(value, list):
            value = [_without_unassigned(element) if isinstance(element, dict) else element for element in value]
        if not is_unassigned(value):
            result[name] = value
    return result


def _validate_slowly(model: type[_ModelT], payload: Document, extra: ExtraValues) -> _ModelT:
    """Do what the fast path could not: look at each name, then at all types, and report everything at once."""
    violations: list[Violation] = []
    document = canonicalise(payload, _names_of(model), _UNKNOWN[extra], violations)
    try:
        read: _ModelT = model.__pydantic_validator__.validate_python(
            document, by_alias=True, by_name=False, extra="allow" if extra == "allow" else "ignore"
        )
    except ValidationError as error:
        violations += violations_of(error, attributes_of(model))
    if violations:
        raise of_violations(violations)
    return read


@cache
def _names_of(model: type[BaseModel]) -> Names:
    return names_of(attributes_of(model))


@cache
def _secrets(model: type[BaseModel]) -> dict[str, Any] | None:
    """Name the fields that must not be written, at every level, in the form that pydantic's serializer takes."""
    hidden: dict[str, Any] = {}
    for field_name, definition in zip(model.model_fields, attributes_of(model), strict=True):
        if definition.is_secret:
            hidden[field_name] = True
            continue
        inside = model_inside(model, field_name)
        parts = _secrets(inside) if inside is not None else None
        if parts is not None:
            hidden[field_name] = {"__all__": parts} if definition.multi_valued else parts
    return hidden or None


def _description(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


class ComplexAttribute(ScimModel):
    """The value of a complex attribute (RFC 7643 §2.3.8)."""


class Extension(ScimModel):
    """A schema extension: a set of attributes that stands under its URN (RFC 7643 §3.3).

    ``class Badge(Extension, schema="urn:example:params:scim:schemas:extension:badge:2.0:User"): ...``
    """

    __scim__: ClassVar[Declaration]

    def __init_subclass__(cls, *, schema: str | None = None, name: str | None = None, **kwargs: Any) -> None:
        """Keep what the class statement says."""
        super().__init_subclass__(**kwargs)
        if schema is not None:
            cls.__scim__ = Declaration(schema, name or cls.__name__, _description(cls))

    @classmethod
    def scim_schema(cls) -> Schema:
        """Return the schema that this class declares."""
        return _schema_of(cls)


class Meta(ComplexAttribute):
    """What the service provider knows about a resource as such (RFC 7643 §3.1)."""

    resource_type: str | None = None
    created: DateTime | None = None
    last_modified: DateTime | None = None
    location: Reference | None = None
    version: str | None = None


_ExtensionT = TypeVar("_ExtensionT", bound=Extension)


class Resource(ScimModel):
    """A resource: the common attributes, those of its schema, and extensions as fields made by ``extension()``.

    ``class Room(Resource, schema="urn:example:params:scim:schemas:2.0:Room", endpoint="/Rooms"): ...``
    """

    __scim__: ClassVar[Declaration]

    schemas: list[Reference] | None = None
    id: str | None = None
    external_id: str | None = None
    meta: Meta | None = None

    def __init_subclass__(
        cls, *, schema: str | None = None, name: str | None = None, endpoint: str | None = None, **kwargs: Any
    ) -> None:
        """Keep what the class statement says; the endpoint defaults to the class's name and an ``s``."""
        super().__init_subclass__(**kwargs)
        if schema is not None:
            kind = cls.__name__
            cls.__scim__ = Declaration(schema, name or kind, _description(cls), kind, endpoint or f"/{kind}s")

    def __getitem__(self, kind: type[_ExtensionT]) -> _ExtensionT | None:
        """Return the extension of that class, or None if the resource has no data for it: ``user[EnterpriseUser]``.

        Raises:
            KeyError: If the resource's class declares no such extension.
        """
        for field_name, declared, _ in _extension_fields(type(self)):
            if declared is kind:
                value: _ExtensionT | None = getattr(self, field_name)
                return value
        raise KeyError(f"{type(self).__name__} declares no extension {kind.__name__}")

    @classmethod
    def scim_schema(cls) -> Schema:
        """Return the schema that this class declares, without the common attributes and the extensions."""
        return _schema_of(cls)

    @classmethod
    def resource_type(cls) -> ResourceType:
        """Return the compiled resource type; always the same one for a class."""
        return _resource_type_of(cls)

    def to_document(self) -> Document:
        """Return the canonical document; its ``schemas`` names the extensions that have data (RFC 7643 §3)."""
        document = super().to_document()
        declared = self.__scim__.schema
        extensions = [urn for urn in _resource_type_of(type(self)).extension_urns if urn in document]
        # Data under a URN that the class does not know was kept on purpose, and is listed as it was.
        known = {declared.lower(), *(urn.lower() for urn in extensions)}
        kept = [urn for urn in document.pop("schemas", ()) if urn.lower() not in known and urn in document]
        return {"schemas": [declared, *extensions, *dict.fromkeys(kept)], **document}

    def to_json(self) -> bytes:
        """Return the JSON text that may leave the process: nothing that is secret, no nulls; ``schemas`` is made."""
        kept = self.__pydantic_extra__ or {}
        listed = [
            self.__scim__.schema,
            *(
                kind.__scim__.schema
                for field_name, kind, _ in _extension_fields(type(self))
                if getattr(self, field_name) is not None
            ),
            *dict.fromkeys(urn for urn in self.schemas or () if urn in kept),
        ]
        if self.schemas == listed:
            return super().to_json()
        return ScimModel.to_json(self.model_copy(update={"schemas": listed}))


def extension(kind: type[Extension], *, required: bool = False) -> Any:
    """Declare that a field of a resource is an extension.

    ``badge: Badge | None = extension(Badge)``

    Args:
        kind: The extension's class; the field's wire name is its URN.
        required: Whether every resource of the type must have it (RFC 7643 §6).
    """
    return Field(
        default=None, alias=kind.__scim__.schema, json_schema_extra={_EXTENSION: required}, description=kind.__doc__
    )


_EXTENSION = "scim-extension"


@cache
def _extension_fields(model: type[Resource]) -> tuple[tuple[str, type[Extension], bool], ...]:
    """List the extensions of a model: the field's name, its class, and whether it is required."""
    found = []
    for field_name, field in model.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and _EXTENSION in extra:
            kind = next(arm for arm in _arms(field.annotation) if isinstance(arm, type) and issubclass(arm, Extension))
            found.append((field_name, kind, bool(extra[_EXTENSION])))
    return tuple(found)


def _arms(annotation: Any) -> tuple[Any, ...]:
    return getattr(annotation, "__args__", (annotation,))


@cache
def _schema_of(model: type[Resource] | type[Extension]) -> Schema:
    common = Resource.model_fields if issubclass(model, Resource) else {}
    own = [
        definition
        for (field_name, field), definition in zip(model.model_fields.items(), attributes_of(model), strict=True)
        if definition.name != model.__scim__.schema
        and (declares_characteristics(field) or field_name not in common)
        and not (isinstance(field.json_schema_extra, dict) and _EXTENSION in field.json_schema_extra)
    ]
    said = model.__scim__
    return Schema(said.schema, said.name, said.description, tuple(own))


@cache
def _resource_type_of(model: type[Resource]) -> ResourceType:
    schema = _schema_of(model)
    return ResourceType(
        model.__scim__.resource_type,
        model.__scim__.endpoint,
        schema,
        [SchemaExtension(_schema_of(kind), required) for _, kind, required in _extension_fields(model)],
        description=schema.description,
    )
