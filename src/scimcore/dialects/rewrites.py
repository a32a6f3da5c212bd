"""The rewrites that quirks carry: small pure functions from what was sent to what was meant.

Each returns the very object that it was given if there is nothing to do, and changes none. One for values is asked
about those only whose types its ``ValueRewrite`` names. What they have in common is what they leave alone: whatever
could mean two things stays as it is, for the engine to refuse.
"""

import re
from functools import lru_cache

from scimcore import urns
from scimcore.dialects.quirk import Seat
from scimcore.documents import JSON, Document, is_object
from scimcore.errors import InvalidValue
from scimcore.patch.plans import LABELS
from scimcore.patch.targets import plain_target
from scimcore.schema.characteristics import AttributeType, Uniqueness
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResourceType

_BOOLEANS = {"true": True, "false": False}


# Values ---------------------------------------------------------------------------------------------------------------


def unwrap(value: JSON, attribute: Attribute, seat: Seat) -> JSON:
    """``[{"$ref": null, "value": "x"}]`` and ``[{...}]`` for one value: the value itself."""
    if attribute.multi_valued:
        return value
    inner = value[0] if isinstance(value, list) and len(value) == 1 and value[0] is not None else value
    if attribute.type is AttributeType.COMPLEX:
        return inner if is_object(inner) else value
    if is_object(inner) and "value" in inner and all(part is None for name, part in inner.items() if name != "value"):
        inner = inner["value"]
    return value if isinstance(inner, list | dict) else inner


def wrap(value: JSON, attribute: Attribute, seat: Seat) -> JSON:
    """``{...}`` where an array of objects is due: an array of one. A text is that for references only.

    ``"emails": "a@example.com,b@example.com"`` is one text, too, and nobody knows how many values.
    """
    if not attribute.multi_valued or seat is not Seat.WHOLE or isinstance(value, list) or not value:
        return value
    if attribute.type is AttributeType.COMPLEX:
        bare = isinstance(value, str) and attribute.sub("value") is not None and attribute.sub("$ref") is not None
        return [value] if bare or is_object(value) else value
    return [value] if not isinstance(value, dict) else value


def name_value(value: JSON, attribute: Attribute, seat: Seat) -> JSON:
    """``"id"`` for a complex value: ``{"value": "id"}``."""
    single = seat is not Seat.WHOLE or not attribute.multi_valued
    if attribute.type is AttributeType.COMPLEX and single and isinstance(value, str) and value:
        for sub in attribute.sub_attributes:
            if sub.name == "value":
                return {"value": value}
    return value


def read_boolean(value: JSON, attribute: Attribute, seat: Seat) -> JSON:
    """``"True"`` for ``true`` where the schema says boolean; any other text stays what it is."""
    return _BOOLEANS.get(value.lower(), value)


# A number that is taken for a text here could be taken for a key of the application's own tables somewhere else.
_IDENTIFIERS = frozenset({"id", "externalid", "username", "value", "$ref"})


def write_number(value: JSON, attribute: Attribute, seat: Seat) -> JSON:
    """``4130`` for ``"4130"`` where the schema says string; never where the text says who or what something is."""
    identifies = attribute.uniqueness is not Uniqueness.NONE or attribute.name.lower() in _IDENTIFIERS
    single = seat is not Seat.WHOLE or not attribute.multi_valued
    return str(value) if single and not identifies else value


def empty_is_unassigned(value: JSON, attribute: Attribute, seat: Seat) -> JSON:
    """``""`` for null, but where a value is required, and for several values at once."""
    if value != "" or attribute.required or attribute.multi_valued:
        return value
    return None


def drop_valueless(value: JSON, attribute: Attribute, seat: Seat) -> JSON:
    """``{"type": "mobile", "value": ""}`` says nothing; nor does ``{"type": "work"}``. Never a member: see ``wrap``."""
    if seat is not Seat.ELEMENT or not is_object(value) or not value or attribute.sub("$ref") is not None:
        return value
    members = {name.lower(): part for name, part in value.items()}
    if "value" in members and members["value"] in (None, ""):
        return {}
    said = {name for name, part in members.items() if part not in (None, "", [], {})}
    return {} if said <= LABELS and "value" not in said else value


def drop_empty_reference(value: JSON, attribute: Attribute, seat: Seat) -> JSON:
    """``{"value": ""}`` or ``{"value": null}`` for the manager: no manager."""
    if attribute.multi_valued or not is_object(value) or attribute.sub("$ref") is None:
        return value
    members = {name.lower(): part for name, part in value.items()}
    return None if "value" in members and members["value"] in (None, "") else value


def display_name(value: JSON, attribute: Attribute, seat: Seat) -> JSON:
    """``displayName`` in an element that has a ``display``: that."""
    if seat is Seat.WHOLE or not is_object(value) or attribute.sub("displayName") is not None:
        return value
    found = {name.lower(): name for name in value}
    if "displayname" not in found or "display" in found or attribute.sub("display") is None:
        return value
    return {"display" if name == found["displayname"] else name: part for name, part in value.items()}


def without_schemas(value: JSON, attribute: Attribute, seat: Seat) -> JSON:
    """``schemas`` in the object of an extension, which has a URN and no schemas of its own: left out."""
    if not attribute.name.startswith("urn:") or not is_object(value):
        return value
    kept = {name: part for name, part in value.items() if name.lower() != "schemas"}
    return kept if len(kept) < len(value) and attribute.sub("schemas") is None else value


def last_primary_wins(value: JSON, attribute: Attribute, seat: Seat) -> JSON:
    """Several values with ``primary`` true: the last of them is."""
    if not attribute.multi_valued or seat is not Seat.WHOLE or not isinstance(value, list):
        return value
    primaries = [index for index, element in enumerate(value) if is_object(element) and element.get("primary") is True]
    if len(primaries) < 2:
        return value
    others = set(primaries[:-1])
    return [{**element, "primary": False} if index in others else element for index, element in enumerate(value)]


def refuse_null_active(value: JSON, attribute: Attribute, seat: Seat) -> JSON:
    """``"active": null``, ``[]`` and ``{}``: an error, since a default somewhere could bring a leaver back.

    Raises:
        InvalidValue: If ``active`` is nothing.
    """
    if attribute.name == "active" and not value:
        raise InvalidValue(
            "Attribute 'active' must be true or false: null says neither.", path="active", rule="RFC 7643 §2.3.2"
        )
    return value


# Operations -----------------------------------------------------------------------------------------------------------

_VERBS = frozenset({"add", "remove", "replace"})
_MEMBERS = frozenset({"op", "path", "value"})


def lower_verb(verb: str) -> str:
    """``"Add"`` for ``"add"``; a word that is no operation stays what it is."""
    lower = verb.lower()
    return lower if lower in _VERBS else verb


def known_members(operation: Document, resource_type: ResourceType) -> Document:
    """``{"name": "addMember", "op": ...}``: what an operation has not is left out."""
    if operation.keys() <= _MEMBERS or all(name.lower() in _MEMBERS for name in operation):
        return operation
    return {name: value for name, value in operation.items() if name.lower() in _MEMBERS}


def no_path(operation: Document, resource_type: ResourceType) -> Document:
    """``"path": ""`` or ``"path": null``: no path."""
    if "path" in operation and operation["path"] in (None, ""):
        return {name: value for name, value in operation.items() if name != "path"}
    return operation


def qualified_path(operation: Document, resource_type: ResourceType) -> Document:
    """``"path": "manager"`` for the one extension attribute of that name."""
    path = operation.get("path")
    if not isinstance(path, str) or len(path) > 256 or plain_target(path, resource_type) is not None:
        return operation
    found = resource_type.bare(path)
    return operation if found is None else {**operation, "path": str(found)}


def colon_path(operation: Document, resource_type: ResourceType) -> Document:
    """``"path": "urn:...:User.department"`` for ``"urn:...:User:department"``, behind a URN that is known."""
    path = operation.get("path")
    if isinstance(path, str):
        for urn in resource_type.extension_urns:
            if path.lower().startswith(urn.lower() + "."):
                return {**operation, "path": f"{urn}:{path[len(urn) + 1 :]}"}
    return operation


_COMPOSITE = re.compile(r"[.\[]|:[^:.\[]+$")


def one_path_each(operation: Document, resource_type: ResourceType) -> Document | list[Document]:
    """``{"name.givenName": "x", "title": "y"}`` without a path: an operation for each key that is a path."""
    value = operation.get("value")
    if "path" in operation or not is_object(value) or operation.get("op") not in ("add", "replace"):
        return operation
    paths = [name for name in value if _is_composite(name, resource_type)]
    if not paths or len({name.lower() for name in value}) < len(value):
        # Of two spellings of one name each could be meant.
        return operation
    rest = {name: part for name, part in value.items() if name not in paths}
    operations = []
    for name in paths:
        read_only = _read_only(name, resource_type)
        if read_only is None or read_only in rest:
            operations.append({"op": operation["op"], "path": name, "value": value[name]})
        else:
            # It stands in a value, and not as a path: there a dialect may ignore it.
            rest[read_only] = value[name]
    return [{**operation, "value": rest}, *operations] if rest else operations


def _read_only(path: str, resource_type: ResourceType) -> str | None:
    """Return the name of the attribute of a path, if it is one of the core that a client cannot write."""
    target = plain_target(path.partition("[")[0], resource_type)
    plan = None if target is None else target.plan
    return plan.name if plan is not None and plan.read_only and plan.urn is None else None


def _is_composite(name: str, resource_type: ResourceType) -> bool:
    """Tell whether a key is a path to something that the resource type has, and more than a name."""
    if len(name) > 256 or not _COMPOSITE.search(name):
        return False
    target = plain_target(name.partition("[")[0], resource_type)
    return target is not None and target.plan is not None


# Bodies and resources -------------------------------------------------------------------------------------------------


def patch_schemas(body: Document, resource_type: ResourceType) -> Document:
    """A PATCH body without ``schemas``: as if it had them. Another message's URN stays an error."""
    if body.get("schemas") or any(name.lower() == "schemas" and value for name, value in body.items()):
        return body
    return {"schemas": [urns.PATCH_OP], **{name: part for name, part in body.items() if name.lower() != "schemas"}}


def resource_schemas(document: Document, resource_type: ResourceType) -> Document:
    """A resource without ``schemas``: what the endpoint says."""
    if document.get("schemas") or any(name.lower() == "schemas" and value for name, value in document.items()):
        return document
    rest = {name: part for name, part in document.items() if name.lower() != "schemas"}
    return {"schemas": [resource_type.schema.id], **rest}


def registered_schemas(document: Document, resource_type: ResourceType) -> Document:
    """``schemas`` with URNs that the resource type has not: without them, if any is left."""
    listed = document.get("schemas")
    if not isinstance(listed, list):
        return document
    known = _known_urns(resource_type)
    kept = [urn for urn in listed if not isinstance(urn, str) or urn.lower() in known]
    # A resource of another type is none of this one, in whichever dialect.
    return document if not kept or len(kept) == len(listed) else {**document, "schemas": kept}


AT_EASE = frozenset({resource_schemas, registered_schemas})
"""Those of them that have nothing to do where ``schemas`` are as they should be."""


@lru_cache(maxsize=256)
def _known_urns(resource_type: ResourceType) -> frozenset[str]:
    return frozenset({resource_type.schema.id.lower(), *(urn.lower() for urn in resource_type.extension_urns)})
