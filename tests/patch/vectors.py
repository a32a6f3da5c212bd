"""Read the PATCH vectors and compare as their headers say."""

import json
from pathlib import Path
from typing import Any

from scimcore.resources import Group, User
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.resource_type import ResourceType, SchemaExtension

VECTORS = Path(__file__).parent.parent / "vectors"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

ACME = Schema(
    "urn:ietf:params:scim:schemas:extension:acme:2.0:User",
    "Acme",
    "",
    (Attribute("badge"), Attribute("floor", AttributeType.INTEGER), Attribute("remote", AttributeType.BOOLEAN)),
)
USER = User.resource_type()
GROUP = Group.resource_type()
ACME_USER = ResourceType("User", "/Users", USER.schema, [*USER.extensions, SchemaExtension(ACME)])


def cases(name: str) -> list[dict[str, Any]]:
    return json.loads((VECTORS / name).read_text())["cases"]


def type_of(case: dict[str, Any]) -> ResourceType:
    return GROUP if GROUP.schema.id in case["before"]["schemas"] else ACME_USER


def body_of(case: dict[str, Any]) -> dict[str, Any]:
    return case.get("body") or {"schemas": [PATCH_OP], "Operations": case["ops"]}


def normal(value: Any, top: bool = True) -> Any:
    """null, [], {} and absent are equal; primary:false equals absent; order does not matter; meta is ignored."""
    if isinstance(value, dict):
        parts = {name: normal(part, False) for name, part in value.items() if not (top and name == "meta")}
        return {
            name: part
            for name, part in parts.items()
            if part not in (None, [], {}) and not (name == "primary" and part is False)
        }
    if isinstance(value, list):
        return sorted((normal(part, False) for part in value), key=lambda part: json.dumps(part, sort_keys=True))
    return value
