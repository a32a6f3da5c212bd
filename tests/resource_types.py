"""Resource types for test data: those of RFC 7643, and those that a file of cases describes by schema documents."""

import json
from pathlib import Path
from typing import Any

from scimcore.resources import Group, User
from scimcore.schema import ResourceType, Schema, SchemaExtension

VECTORS = Path(__file__).parent / "vectors"


def read(name: str) -> dict[str, Any]:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def described(vectors: dict[str, Any]) -> dict[str, ResourceType]:
    types = {"User": User.resource_type(), "Group": Group.resource_type()}
    for name, description in vectors.get("resourceTypes", {}).items():
        types[name] = ResourceType(
            name,
            description["endpoint"],
            Schema.from_document(description["schema"]),
            [
                SchemaExtension(Schema.from_document(extension["schema"]), extension.get("required", False))
                for extension in description["extensions"]
            ],
        )
    return types
