"""What the SCIM interoperability profile asks beyond RFC 7644, or against it: ``Provider(interop_strict=True)``.

draft-zollner-scim-interop-profile-01, by its sections. Where it restates the RFC, nothing is here.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from scimcore.documents import JSON, Document, is_object, printable
from scimcore.errors import InvalidPath, InvalidSyntax, ScimError, Violation, of_violations
from scimcore.filter.parser import parse_patch_path
from scimcore.patch.limits import DEFAULT_PATCH_LIMITS
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute
from scimcore.schema.names import Names, Unknown, canonicalise, names_of
from scimcore.schema.resource_type import ResolvedPath, ResourceType

ONE_MATCH = DEFAULT_PATCH_LIMITS._replace(max_matches=1)
"""A filter in the path of a PATCH that matches several values is refused (§6.5.3); the RFC has it mean all of them."""

_UNDECLARED = "interoperability profile §5.3"


def refuse_undeclared(payload: Document, resource_type: ResourceType) -> None:
    """Refuse the body of a POST or PUT that names an attribute or a schema which the resource type has not.

    Raises:
        InvalidSyntax: If it does (§5.3). What else is wrong with the body is for others to find.
    """
    violations: list[Violation] = []
    canonicalise(payload, resource_type.names, Unknown.REJECT, violations)
    schemas = next((value for name, value in payload.items() if name.lower() == "schemas"), None)
    known = {resource_type.schema.id.lower(), *map(str.lower, resource_type.extension_urns)}
    for urn in schemas if isinstance(schemas, list) else ():
        if isinstance(urn, str) and urn.lower() not in known:
            message = f"must not name '{printable(urn)}', which is no schema of {resource_type.name}"
            violations.append(Violation("schemas", message, _UNDECLARED, "invalidSyntax"))
    if violations:
        raise of_violations(violations)


def conforming_patch(operations: Sequence[JSON], resource_type: ResourceType) -> list[JSON]:
    """Refuse what the profile has no PATCH operation for, and write what it means otherwise as the RFC would.

    A complex attribute that is replaced keeps nothing of what it was (§6.5.2.1): that is its removal and what is then
    added.

    Raises:
        InvalidSyntax: If an operation has no path (§6.5.1.1), or names what is not declared (§5.3).
        InvalidPath: If a value is chosen by a filter and no sub-attribute of it is named (§6.5.2.2). The removal of a
            value is let through: the profile has no other way for it, and clients no other.
    """
    return [conforming for operation in operations for conforming in _conforming(operation, resource_type)]


def _conforming(operation: JSON, resource_type: ResourceType) -> Iterator[JSON]:
    if not is_object(operation):
        yield operation
        return
    members = {name.lower(): value for name, value in operation.items()}
    verb, path, value = members.get("op"), members.get("path"), members.get("value")
    if not path:
        raise InvalidSyntax(
            "Every PATCH operation needs a 'path'.", path="path", rule="interoperability profile §6.5.1.1"
        )
    try:
        parsed = parse_patch_path(path)
    except (ScimError, TypeError):
        yield operation  # The engine says what is wrong with a path that is none.
        return
    target = resource_type.find(str(parsed.path))
    if target is None:
        raise _undeclared(str(parsed.path), resource_type)
    if parsed.value_filter is not None:
        if parsed.sub_attribute is None and verb != "remove":
            raise InvalidPath(
                f"'{target}' with a filter needs a sub-attribute behind it.",
                path=str(target),
                rule="interoperability profile §6.5.2.2",
            )
        if parsed.sub_attribute is not None and target.leaf.sub(parsed.sub_attribute) is None:
            raise _undeclared(f"{target}.{parsed.sub_attribute}", resource_type)
    _refuse_undeclared_parts(value, target)
    if verb == "replace" and is_object(value) and _is_one_complex(target.leaf, resource_type):
        yield {"op": "remove", "path": path}
        yield {"op": "add", "path": path, "value": value}
    else:
        yield operation


def _refuse_undeclared_parts(value: JSON, target: ResolvedPath) -> None:
    violations: list[Violation] = []
    for part in value if isinstance(value, list) else (value,):
        if is_object(part):
            canonicalise(part, _names_inside(target.leaf), Unknown.REJECT, violations)
    if violations:
        raise of_violations(violations)


@lru_cache(maxsize=256)
def _names_inside(attribute: Attribute) -> Names:
    return names_of(attribute.sub_attributes)


def _is_one_complex(attribute: Attribute, resource_type: ResourceType) -> bool:
    return (
        attribute.type is AttributeType.COMPLEX
        and not attribute.multi_valued
        and attribute.name not in resource_type.extension_urns
    )


def _undeclared(path: str, resource_type: ResourceType) -> InvalidSyntax:
    return InvalidSyntax(
        f"'{printable(path)}' is no attribute of {resource_type.name}.", path=printable(path), rule=_UNDECLARED
    )
