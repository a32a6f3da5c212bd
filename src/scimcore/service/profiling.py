"""What a profile asks of a request: the whole result is checked and put into the form to be stored, or nothing happens.

Pure functions from documents to documents, called where an operation knows what a resource will be. Users are the
profile's business; of groups it fixes the ``externalId``. Without a profile a document is what the schema accepts.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from scimcore import urns
from scimcore.dialects import Dialect
from scimcore.documents import JSON, Document, is_object
from scimcore.errors import InvalidPath, MutabilityViolation, ScimError, Violation, of_violations, printable
from scimcore.patch.changes import Change
from scimcore.profiles.profile import Profile
from scimcore.profiles.spellings import respelt, respelt_path
from scimcore.schema.resource_type import ResourceType
from scimcore.validation import Phase, accept, schemas_of


class Prepared(NamedTuple):
    """A resource as it will be stored.

    Attributes:
        document: The resource.
        normalised: What the profile stores otherwise than it was sent: the path of its row, what was there, what is
            there now. No row reads a secret.
    """

    document: Document
    normalised: tuple[Change, ...] = ()


# Building a provider ------------------------------------------------------------------------------------------------


def governed(resource_types: Iterable[ResourceType], profile: Profile | None) -> tuple[ResourceType, ...]:
    """Return the types by which requests are read: users with the application's extension.

    Raises:
        ValueError: If there is a profile and there are no users, or they lack what the profile reads.
    """
    types = tuple(resource_types)
    if profile is None:
        return types
    if not any(map(_is_user, types)):
        raise ValueError(f"the profile {profile.name} is about users, and there is no resource type for them")
    try:
        for kind in filter(_is_user, types):
            profile.advertise(kind)
    except InvalidPath as error:
        raise ValueError(f"the profile {profile.name} does not fit the resource type: {error.detail}") from None
    return tuple(profile.govern(kind) if _is_user(kind) else kind for kind in types)


def advertised(resource_types: Iterable[ResourceType], profile: Profile | None) -> tuple[ResourceType, ...]:
    """Return the types that ``/Schemas`` and ``/ResourceTypes`` tell of: with what the profile requires."""
    return tuple(profile.advertise(kind) if profile is not None and _is_user(kind) else kind for kind in resource_types)


def as_strict_as(profile: Profile | None, dialect: Dialect) -> Dialect:
    """Return the dialect that leaves to a strict profile what it does not take: booleans in quotes, bare numbers."""
    if profile is None or profile.mode != "strict":
        return dialect
    return replace(dialect, quirks=tuple(quirk for quirk in dialect.quirks if quirk.id not in _LENIENT))


# A strict profile takes the documented form of a value only.
_LENIENT = frozenset({"string-boolean", "number-for-text"})


# A resource as it will be -------------------------------------------------------------------------------------------


def accepted(
    payload: Document, resource_type: ResourceType, profile: Profile | None, before: Document | None = None
) -> Prepared:
    """Return what a POST or PUT makes of a resource.

    Args:
        payload: The body, in any casing of names.
        resource_type: What it should be.
        profile: The provider's.
        before: The resource as it is; None for a new one.

    Raises:
        ScimError: As ``accept`` does, and for everything that the profile finds; all of it in one error.
    """
    phase = Phase.CREATE if before is None else Phase.REPLACE
    if profile is None or not _is_user(resource_type):
        document = accept(payload, resource_type, phase, before=before)
        return Prepared(_with_fixed_id(document, resource_type, profile, before))
    prepared = profile.prepare(payload, before=before)
    findings = profile.check(prepared, before=before)
    try:
        document = accept(prepared, resource_type, phase, before=before)
    except ScimError as error:
        raise _together(findings, error) from None
    if findings:
        raise of_violations(findings)
    return Prepared(document, _normalised(profile, payload, document))


def patched(document: Document, resource_type: ResourceType, profile: Profile | None, before: Document) -> Prepared:
    """Return what a PATCH makes of a resource.

    Args:
        document: The resource with the request's operations applied.
        resource_type: What it is.
        profile: The provider's.
        before: The resource as it is.

    Returns:
        The very document, if the profile has nothing to change in it.

    Raises:
        ScimError: For everything that the profile finds in the whole of it.
    """
    removed = _removed_id(document, resource_type, profile, before)
    if profile is None or not _is_user(resource_type):
        if removed:
            raise of_violations(removed)
        return Prepared(_with_fixed_id(document, resource_type, profile, before))
    # What a replacement leaves out is kept; what a PATCH removes, and may remove, is gone.
    old = before if profile.fixed_external_id or "externalId" in document else _without_id(before)
    prepared = profile.prepare(document, before=old)
    findings = [*removed, *profile.check(prepared, before=old)]
    if findings:
        raise of_violations(findings)
    if prepared == document:
        return Prepared(document)
    # An extension may have lost its last value.
    prepared["schemas"] = schemas_of(prepared, resource_type)
    return Prepared(prepared, _normalised(profile, document, prepared))


def refuse_nested(members: Iterable[Document], resource_type: ResourceType, profile: Profile | None) -> None:
    """See to it that no group becomes a member of a group, where the application has no such thing.

    Args:
        members: Those that come to a group, with the ``type`` that the service found out.
        resource_type: What they come to.
        profile: The provider's.

    Raises:
        InvalidValue: If there are groups among them; all of them in one error.
    """
    if profile is None or profile.nested_groups == "accept" or resource_type.schema.id != urns.GROUP:
        return
    nested = [
        Violation(
            f'members[value eq "{printable(str(member.get("value")))}"]',
            "is a group: only users can be members",
            f"{profile.title} profile",
        )
        for member in members
        if member.get("type") == resource_type.name
    ]
    if nested:
        raise of_violations(nested)


def readable(operations: Sequence[JSON], resource_type: ResourceType, profile: Profile | None) -> list[JSON]:
    """Return PATCH operations with what a lenient profile reads in a form that the schema takes.

    PATCH knows nothing of profiles: ``{"costCenter": 102}`` would not get through, nor a blank for an array. Names as
    the published tables spell them are put right if the profile says so.
    """
    if profile is None or not _is_user(resource_type):
        return list(operations)
    if profile.published_spellings:
        operations = [_respelt(operation) for operation in operations]
    if profile.mode == "strict":
        return list(operations)
    kinds = {
        path.keys: row.kind
        for row in profile.effective_rows
        if row.kind in ("code", "texts") and (path := resource_type.find(row.path)) is not None
    }
    return [_readable(operation, resource_type, kinds) for operation in operations]


def is_deactivated_instead(resource_type: ResourceType, profile: Profile | None) -> bool:
    """Tell whether DELETE leaves a resource that is not active, instead of none."""
    return profile is not None and profile.deletion == "deactivate" and _is_user(resource_type)


def _is_user(resource_type: ResourceType) -> bool:
    return resource_type.schema.id == urns.USER


def _together(findings: Sequence[Violation], error: ScimError) -> ScimError:
    """Join what the profile and the schema found; of two words on one attribute, the profile's, which names its row."""
    if not findings or not error.violations:
        return error
    told = {_plain(finding.path) for finding in findings}
    return of_violations([*findings, *(each for each in error.violations if _plain(each.path) not in told)])


def _plain(path: str) -> str:
    return re.sub(r"\[[0-9]*\]", "", path).lower()


def _normalised(profile: Profile, sent: Document, stored: Document) -> tuple[Change, ...]:
    before, after = profile.received(sent), profile.received(stored)
    return tuple(
        Change(row.path, before[row.field], after.get(row.field))
        for row in profile.effective_rows
        if row.path and row.field in before and before[row.field] != after.get(row.field)
    )


def _with_fixed_id(
    document: Document, resource_type: ResourceType, profile: Profile | None, before: Document | None
) -> Document:
    """Keep the ``externalId`` that a group had first."""
    if profile is None or not profile.fixed_external_id or before is None or resource_type.schema.id != urns.GROUP:
        return document
    old = before.get("externalId")
    if old is None or document.get("externalId") == old:
        return document
    if "externalId" in document and profile.external_id_conflict == "reject":
        raise MutabilityViolation(
            f"Attribute 'externalId' is immutable and cannot be changed ({profile.title} profile).", path="externalId"
        )
    return {**document, "externalId": old}


def _removed_id(
    document: Document, resource_type: ResourceType, profile: Profile | None, before: Document
) -> list[Violation]:
    """Find the fixed ``externalId`` that a PATCH takes away: only a replacement may leave it out."""
    if profile is None or not profile.fixed_external_id or profile.external_id_conflict == "ignore":
        return []
    if "externalId" in document or "externalId" not in before:
        return []
    if not _is_user(resource_type) and resource_type.schema.id != urns.GROUP:
        return []
    return [Violation("externalId", "is immutable and cannot be removed", f"{profile.title} profile", "mutability")]


def _without_id(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "externalId"}


def _respelt(operation: JSON) -> JSON:
    if not is_object(operation):
        return operation
    path, value = operation.get("path"), operation.get("value")
    if isinstance(path, str):
        return {**operation, "path": respelt_path(path)}
    return {**operation, "value": respelt(value)} if is_object(value) else operation


def _readable(operation: JSON, resource_type: ResourceType, kinds: Mapping[tuple[str, ...], str]) -> JSON:
    if not is_object(operation) or not isinstance(operation.get("value"), str | int | float | dict):
        return operation
    path = operation.get("path")
    found = resource_type.find(path) if isinstance(path, str) else None
    if path and found is None:
        return operation
    keys = found.keys if found is not None else ()
    return {**operation, "value": _value(operation["value"], keys, resource_type, kinds)}


def _value(
    value: JSON, keys: tuple[str, ...], resource_type: ResourceType, kinds: Mapping[tuple[str, ...], str]
) -> JSON:
    if isinstance(value, dict) and len(keys) < _DEEPEST:
        inside: Document = {}
        for name, inner in value.items():
            found = resource_type.find(_joined(keys, name))
            inside[name] = inner if found is None else _value(inner, found.keys, resource_type, kinds)
        return inside
    kind = kinds.get(keys)
    if kind == "code" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if kind == "texts" and isinstance(value, str) and not value.strip():
        return None
    return value


# A URN, an attribute, a sub-attribute.
_DEEPEST = 3


def _joined(keys: tuple[str, ...], name: str) -> str:
    if not keys:
        return name
    first, *rest = keys
    return ":".join([first, ".".join([*rest, name])]) if ":" in first else ".".join([*keys, name])
