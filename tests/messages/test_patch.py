import json
from typing import Any

import pytest

from scimcore.dialects import ENTRA
from scimcore.errors import InvalidSyntax, InvalidValue
from scimcore.messages import Patch
from scimcore.resources import Group, User
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.resource_type import ResourceType

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
TITLE = {"op": "replace", "path": "title", "value": "Pilot"}


def body(**more: Any) -> dict[str, Any]:
    return {"schemas": [PATCH_OP], "Operations": [TITLE], **more}


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        "x",
        {},
        {"schemas": [PATCH_OP]},
        body(Operations={}),
        body(schemas="x"),
        body(schemas=["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]),
        body(schemas=[5]),
        {"schemas": [PATCH_OP], "operations": [TITLE], "OPERATIONS": []},
    ],
)
def test_no_patch_body(wrong: Any) -> None:
    with pytest.raises(InvalidSyntax):
        Patch.model_validate(wrong)
    with pytest.raises(InvalidSyntax):
        Patch.model_validate_json(json.dumps(wrong))


@pytest.mark.parametrize("schemas", [None, []])
def test_schemas_are_missing(schemas: Any) -> None:
    patch = Patch.model_validate({"Operations": [TITLE], "schemas": schemas})
    with pytest.raises(InvalidSyntax):
        patch.apply(User(user_name="a"))
    assert patch.apply(User(user_name="a"), dialect=ENTRA).title == "Pilot"


def test_names_in_any_casing() -> None:
    patch = Patch.model_validate({"SCHEMAS": [PATCH_OP.upper()], "operations": [TITLE]})
    assert patch.apply(User(user_name="a")).title == "Pilot"


def test_models_and_documents() -> None:
    patch = Patch.model_validate_json(json.dumps(body()).encode())
    user = User(user_name="a", password="s3cret")
    changed = patch.apply(user)
    assert type(changed) is User
    assert (changed.title, changed.password, user.title) == ("Pilot", "s3cret", None)
    assert patch.apply(changed) is changed
    document = changed.to_document()
    assert patch.apply(document) is document
    assert Patch.model_validate_json(bytearray(json.dumps(body()), "utf-8")).apply(document) is document
    crew = Group(display_name="C")
    assert Patch([{"op": "add", "path": "members", "value": {"value": "1"}}]).apply(crew).members[0].value == "1"


def test_what_a_document_is() -> None:
    patch = Patch([{"op": "replace", "path": "title", "value": "x"}])
    for schemas in (None, [], ["urn:x"], [5]):
        with pytest.raises(InvalidValue):
            patch.apply({"schemas": schemas, "title": "y"})
    kind = ResourceType("Book", "/Books", Schema("urn:x:Book", attributes=(Attribute("title"),)))
    book = {"schemas": ["urn:x:Book"], "title": "y"}
    assert patch.apply(book, resource_type=kind) == {**book, "title": "x"}
    assert patch.apply({"schemas": [User.scim_schema().id.upper()]})["title"] == "x"


def test_back_to_a_document_and_no_secrets_in_a_repr() -> None:
    patch = Patch([{"op": "replace", "path": "password", "value": "s3cret"}])
    assert Patch.model_validate(patch.to_document()).operations == patch.operations
    assert repr(patch) == "Patch(1 operations)"
