"""Read ``vectors/filter_corners.json``: its cases, and the resources and types of which they are asked."""

import json
from pathlib import Path
from typing import Any

from scimcore.resources import User
from scimcore.schema.definitions import Schema
from scimcore.schema.resource_type import ResourceType, SchemaExtension

VECTORS = Path(__file__).parent / "vectors"
GADGET = json.loads((VECTORS / "filters.json").read_text(encoding="utf-8"))
TEXT = (VECTORS / "filter_corners.json").read_text(encoding="utf-8")
CORNERS: dict[str, Any] = json.loads(TEXT)
URNS = {
    "<ENT>": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "<GAD>": GADGET["extension_schema"]["id"],
    "<ODD>": CORNERS["odd_schema"]["id"],
}
_user = User.resource_type()


def _with(schema: dict[str, Any]) -> ResourceType:
    extension = SchemaExtension(Schema.from_document(schema))
    return ResourceType("User", "/Users", _user.schema, [*_user.extensions, extension])


TYPES = {"gadget": _with(GADGET["extension_schema"]), "odd": _with(CORNERS["odd_schema"])}
RESOURCES = {"gadget": GADGET["filter_resource"], "odd": CORNERS["odd_resource"]}


def text_of(case: dict[str, Any]) -> str:
    """Return the filter of a case with whole URNs."""
    text: str = case["filter"]
    for short, urn in URNS.items():
        text = text.replace(short, urn)
    return text
