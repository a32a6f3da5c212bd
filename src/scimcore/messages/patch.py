"""Patch: a PATCH request as a value that can be applied to resources (RFC 7644 §3.5.2).

Floor 7. The friendly form: models or documents in, the same out. What a service does step by step (dialect, engine) is
done here in one call.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self, TypeVar, cast, final

from pydantic_core import from_json

from scimcore import urns
from scimcore.dialects import TOLERANT, Dialect
from scimcore.documents import DEFAULT_LIMITS, JSON, Document, Limits, is_object, json_type_name, loads, loads_object
from scimcore.errors import InvalidSyntax, InvalidValue
from scimcore.patch.limits import DEFAULT_PATCH_LIMITS, PatchLimits
from scimcore.patch.operations import Patched, apply
from scimcore.resources import Group, User
from scimcore.schema.models import Resource
from scimcore.schema.resource_type import ResourceType

ResourceT = TypeVar("ResourceT", bound=Resource | dict[str, Any])

_SCHEMAS = [urns.PATCH_OP]
# A document says what it is in its `schemas`; a resource type of one's own is given by its model or by name.
_KNOWN: Mapping[str, ResourceType] = {
    model.resource_type().schema.id.lower(): model.resource_type() for model in (User, Group)
}


@final
class Patch:
    """The body of a PATCH request: ``Patch.model_validate(body).apply(user)`` is the user as it is then.

    Read like a model. It is none, since what the body says of attributes can be read only when it is applied: only
    then is it known to what, and by which client it was sent.

    Attributes:
        operations: What to do, in order: objects with ``op``, ``path`` and ``value``.
        schemas: What the body said that it is; None if it said nothing, which not every dialect lets pass.
    """

    __slots__ = ("operations", "schemas")

    def __init__(self, operations: Sequence[Document], schemas: Sequence[str] | None = (urns.PATCH_OP,)) -> None:
        """Keep operations, for example those of ``scimcore.patch.diff``."""
        self.operations = operations
        self.schemas = schemas

    def __repr__(self) -> str:
        # An operation may carry a password.
        return f"Patch({len(self.operations)} operations)"

    @classmethod
    def model_validate(cls, obj: JSON) -> Self:
        """Read the body of a PATCH request.

        Raises:
            InvalidSyntax: If it is none: no object, another message, or without ``Operations``.
        """
        if not is_object(obj):
            raise InvalidSyntax(f"A PATCH body must be an object, not {json_type_name(obj)}.", rule="RFC 7644 §3.5.2")
        schemas, operations = obj.get("schemas"), obj.get("Operations")
        if operations is None or schemas is None or len(obj) > 2:
            members = _members(obj)
            schemas, operations = members.get("schemas"), members.get("operations")
        if schemas != _SCHEMAS and schemas and not (isinstance(schemas, list) and any(map(_is_patch_op, schemas))):
            raise InvalidSyntax(f"'schemas' must name '{urns.PATCH_OP}'.", path="schemas", rule="RFC 7644 §3.5.2")
        if not isinstance(operations, list):
            raise InvalidSyntax(
                "'Operations' must be an array of operations, as SCIM 2.0 has it.",
                path="Operations",
                rule="RFC 7644 §3.5.2",
            )
        return cls(operations, schemas)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray) -> Self:
        """Read the body of a PATCH request from its JSON text.

        Raises:
            InvalidSyntax: If it is not JSON, or no PATCH body.
            PayloadTooLarge: If it is larger than ``documents.Limits`` has it.
        """
        body = _bytes(json_data)
        document = _read_quickly(body, DEFAULT_LIMITS.max_payload_bytes)
        return cls.model_validate(loads(body)) if document is None else cls(document["Operations"])

    def to_document(self) -> Document:
        """Return the body."""
        return {"schemas": list(self.schemas or (urns.PATCH_OP,)), "Operations": list(self.operations)}

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
        # A document in, one out.
        return cast(ResourceT, patched.document)

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
        body: Document = {"schemas": self.schemas, "Operations": self.operations}
        rewritten, tolerated = dialect.rewrite_patch(body, kind)
        if not rewritten["schemas"]:
            raise InvalidSyntax(
                f"'schemas' must be given, with '{urns.PATCH_OP}'.", path="schemas", rule="RFC 7644 §3.5.2"
            )
        patched = apply(document, rewritten["Operations"], kind, dialect.patch_tolerances, limits=limits)
        if not tolerated:
            return patched
        return Patched(patched.document, patched.changes, tolerated + patched.tolerated)


def read_patch(body: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Read the JSON text of a PATCH body as ``documents.loads_object`` does, most of them in half the time.

    Raises:
        PayloadTooLarge: If it is larger than ``limits.max_payload_bytes``.
        InvalidSyntax: If it is no JSON object, or one that two readers could understand differently.
    """
    document = _read_quickly(body, limits.max_payload_bytes) if limits.max_depth >= _QUICK_DEPTH else None
    return loads_object(body, limits=limits) if document is None else document


def _bytes(text: str | bytes | bytearray) -> bytes:
    return text.encode() if isinstance(text, str) else bytes(text)


def _read_quickly(body: bytes, max_bytes: int) -> Document | None:
    """Read what most bodies are: RFC 7644's own names, and one simple value to each operation.

    Reading keeps the last of two values of one name. That shows when strings are counted: all that the text has must
    be there. A quote inside a string is the one escape that is understood here.

    Returns:
        None if it is any other body, or one in doubt: what that is, the strict reader says.
    """
    if len(body) > max_bytes:
        return None
    quotes = body.count(b'"')
    if _BACKSLASH in body:
        escaped = body.count(b'\\"')
        quotes -= escaped
        if escaped != body.count(b"\\"):
            return None
    try:
        value = from_json(body)
    except ValueError:
        return None
    if value.__class__ is not dict or len(value) != 2 or value.get("schemas") != _SCHEMAS:
        return None
    operations = value.get("Operations")
    if operations.__class__ is not list:
        return None
    strings = 3
    for operation in operations:
        if operation.__class__ is not dict:
            return None
        verb, path, sent = operation.get("op"), operation.get("path"), operation.get("value")
        if path.__class__ is str and sent.__class__ is str and verb.__class__ is str and len(operation) == 3:
            strings += 6
            continue
        names = 1 + ("value" in operation)
        if path.__class__ is str:
            names += 1
            strings += 1
        elif sent.__class__ is dict and len(sent) == 1:
            strings += 1
            [sent] = sent.values()
        if verb.__class__ is not str or len(operation) != names:
            return None
        strings += names + 1
        if sent.__class__ is str:
            strings += 1
        elif sent is not None and sent.__class__ is not bool and sent.__class__ is not int:
            return None
    return value if quotes == 2 * strings else None


_BACKSLASH = ord("\\")
# A message, its operations, one of them, and an attribute in its value.
_QUICK_DEPTH = 4


def _members(body: Document) -> Document:
    """Index the members of a body by lower-case name; names are case-insensitive (RFC 7643 §2.1)."""
    members = {name.lower(): value for name, value in body.items()}
    if len(members) != len(body):
        raise InvalidSyntax("The body has a name twice; the two differ in casing only.", rule="RFC 7643 §2.1")
    return members


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
