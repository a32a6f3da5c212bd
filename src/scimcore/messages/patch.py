"""Patch: a PATCH request as a value that can be applied to resources (RFC 7644 §3.5.2).

Floor 7. The friendly form: models or documents in, the same out. What a service does step by step (dialect, engine) is
done here in one call.
"""

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from scimcore import urns
from scimcore.dialects import TOLERANT, Dialect
from scimcore.documents import Document, is_object, json_type_name, loads_object
from scimcore.errors import InvalidSyntax, InvalidValue
from scimcore.patch.draft import PatchLimits
from scimcore.patch.operations import DEFAULT_PATCH_LIMITS, Patched, apply
from scimcore.resources import Group, User
from scimcore.schema.annotations import Reference
from scimcore.schema.models import ExtraValues, Resource, ScimModel, attribute
from scimcore.schema.resource_type import ResourceType

ResourceT = TypeVar("ResourceT", bound=Resource | dict[str, Any])

# A document says what it is in its `schemas`; a resource type of one's own is given by its model or by name.
_KNOWN: Mapping[str, ResourceType] = {
    model.resource_type().schema.id.lower(): model.resource_type() for model in (User, Group)
}


class Patch(ScimModel):
    """The body of a PATCH request.

    ``Patch.model_validate(body).apply(user)`` gives the user as it is then. What the body says of attributes is read
    when it is applied: only then is it known to what, and by which client it was sent.
    """

    schemas: list[Reference] | None = None
    operations: list[dict[str, Any]] | None = attribute("What to do, in order.", name="Operations", required=True)

    @classmethod
    def model_validate(
        cls,
        obj: Any,  # noqa: ANN401 - as pydantic has it
        *,
        strict: bool | None = None,
        extra: ExtraValues | None = None,
        from_attributes: bool | None = None,
        context: Any | None = None,  # noqa: ANN401 - as pydantic has it
        by_alias: bool | None = None,
        by_name: bool | None = None,
    ) -> Self:
        """Read the body of a PATCH request.

        Raises:
            InvalidSyntax: If it is none: no object, another message, or without ``Operations``.
        """
        if is_object(obj):
            _check(obj)
        elif not isinstance(obj, cls):
            raise InvalidSyntax(f"A PATCH body must be an object, not {json_type_name(obj)}.", rule="RFC 7644 §3.5.2")
        return super().model_validate(
            obj,
            strict=strict,
            extra=extra,
            from_attributes=from_attributes,
            context=context,
            by_alias=by_alias,
            by_name=by_name,
        )

    @classmethod
    def model_validate_json(
        cls,
        json_data: str | bytes | bytearray,
        *,
        strict: bool | None = None,
        extra: ExtraValues | None = None,
        context: Any | None = None,  # noqa: ANN401 - as pydantic has it
        by_alias: bool | None = None,
        by_name: bool | None = None,
    ) -> Self:
        """Read the body of a PATCH request from its JSON text.

        Raises:
            InvalidSyntax: If it is not JSON, or no PATCH body.
            PayloadTooLarge: If it is larger than ``documents.Limits`` has it.
        """
        body = loads_object(json_data.encode() if isinstance(json_data, str) else bytes(json_data))
        return cls.model_validate(body, strict=strict, extra=extra, context=context)

    def apply(
        self,
        resource: ResourceT,
        *,
        dialect: Dialect = TOLERANT,
        resource_type: ResourceType | None = None,
        limits: PatchLimits = DEFAULT_PATCH_LIMITS,
    ) -> ResourceT:
        """Return the resource as the operations make it; the very same object if they change nothing.

        Args:
            resource: A model or a document in canonical form. It is not changed.
            dialect: What the client may send off the specification.
            resource_type: What a document is, if it is neither User nor Group.
            limits: What the request may cost.

        Raises:
            InvalidSyntax: If ``schemas`` is missing, there are no operations, or one of them is malformed.
            InvalidPath: If a path is malformed or names nothing.
            NoTarget: If there is nothing to act on.
            MutabilityViolation: If something would change that must not.
            InvalidValue: If a value is missing or wrong; or if the document does not say what it is.

        RFC 7644 §3.5.2.
        """
        if isinstance(resource, Resource):
            document = resource.to_document()
            kind = resource_type or type(resource).resource_type()
            patched = self.applied_to(document, dialect=dialect, resource_type=kind, limits=limits)
            if patched.document is document:
                return resource
            return type(resource).model_validate(patched.document, extra="allow")
        patched = self.applied_to(resource, dialect=dialect, resource_type=resource_type, limits=limits)
        return patched.document  # type: ignore[return-value]  # a document in, one out

    def applied_to(
        self,
        document: Document,
        *,
        dialect: Dialect = TOLERANT,
        resource_type: ResourceType | None = None,
        limits: PatchLimits = DEFAULT_PATCH_LIMITS,
    ) -> Patched:
        """Apply the operations to a document and tell what changed and what was tolerated; see ``apply``."""
        kind = resource_type or _type_of(document)
        body: Document = {} if self.schemas is None else {"schemas": self.schemas}
        body["Operations"] = self.operations or []
        rewritten, tolerated = dialect.rewrite_patch(body, kind)
        if not rewritten.get("schemas"):
            raise InvalidSyntax(
                f"'schemas' must be given, with '{urns.PATCH_OP}'.", path="schemas", rule="RFC 7644 §3.5.2"
            )
        patched = apply(document, rewritten["Operations"], kind, dialect.patch_tolerances, limits=limits)
        if not tolerated:
            return patched
        return Patched(patched.document, patched.changes, tolerated + patched.tolerated)


def _check(body: Document) -> None:
    members = body
    if "Operations" not in body or "schemas" not in body:
        members = {name.lower(): value for name, value in body.items()}
        members = {"Operations": members.get("operations"), "schemas": members.get("schemas")}
    schemas, operations = members["schemas"], members["Operations"]
    if schemas and not (isinstance(schemas, list) and any(_is_patch_op(urn) for urn in schemas)):
        raise InvalidSyntax(f"'schemas' must name '{urns.PATCH_OP}'.", path="schemas", rule="RFC 7644 §3.5.2")
    if not isinstance(operations, list):
        raise InvalidSyntax(
            "'Operations' must be an array of operations, as SCIM 2.0 has it.",
            path="Operations",
            rule="RFC 7644 §3.5.2",
        )
    for index, operation in enumerate(operations):
        if not is_object(operation):
            raise InvalidSyntax(
                f"Operations[{index}] must be an object, not {json_type_name(operation)}.", rule="RFC 7644 §3.5.2"
            )


def _is_patch_op(urn: object) -> bool:
    return urn == urns.PATCH_OP or (isinstance(urn, str) and urn.lower() == urns.PATCH_OP.lower())


def _type_of(document: Document) -> ResourceType:
    for urn in document.get("schemas") or ():
        known = _KNOWN.get(urn.lower()) if isinstance(urn, str) else None
        if known is not None:
            return known
    raise InvalidValue(
        "The document's 'schemas' name neither User nor Group: say what it is by resource_type.", path="schemas"
    )
