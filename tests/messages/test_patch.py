import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimcore.dialects import ENTRA
from scimcore.documents import Limits, loads
from scimcore.errors import InvalidSyntax, InvalidValue, PayloadTooLarge, ScimError
from scimcore.messages import Patch
from scimcore.messages.patch import _read_quickly, read_patch
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


# The quick reader ---------------------------------------------------------------------------------------------------

OPERATION = '{"op": "add", "path": "title", "value": "x"}'
QUICK = [
    "",
    OPERATION,
    '{"op":"remove","path":"emails[type eq \\"work\\"]"}',
    '{"op": "replace", "value": {"active": false}}, {"op": "add", "path": "title", "value": null}',
    f"{OPERATION}, {OPERATION}",
    '{"op": "remove"}',
]
IN_DOUBT = [
    '{"op": "add", "op": "remove", "path": "title", "value": "x"}',
    '{"op": "add", "path": "id", "path": "title", "value": "x"}',
    '{"op": "add", "path": "title", "value": true, "value": "x"}',
    '{"op": "add", "value": {"title": "x", "title": "y"}}',
    '{"op": "add", "value": {"title": "x", "TITLE": "y"}}',
    '{"op": "add", "Op": "remove", "path": "title"}',
    '{"op": "add", "path": "\\u0022\\u0022", "value": true, "value": true}',
    '{"op": "add", "path": "a\\\\", "value": "x"}',
    '{"op": "add", "path": "title", "value": 1.5}',
    '{"op": "add", "path": "title", "value": 1e999}',
    '{"op": "add", "path": "title", "value": NaN}',
    '{"op": "add", "path": "title", "value": [{"value": "x"}]}',
    '{"op": "add", "path": "title", "values": "x"}',
    '{"op": "add", "x": {"a": 1, "A": 2}}',
    '{"op": ["add"], "path": "title", "value": "x"}',
    '{"op": "add", "path": null, "value": "x"}',
    '"x"',
    "[1",
]


def _read(read: Any, text: str) -> Any:
    try:
        patch = read(text)
    except ScimError as error:
        return type(error), error.detail
    return list(patch.schemas or ()), patch.operations


def _slowly(text: str) -> Patch:
    return Patch.model_validate(loads(text.encode()))


@pytest.mark.parametrize("operations", [*QUICK, *IN_DOUBT])
def test_the_quick_reader_reads_as_the_strict_one(operations: str) -> None:
    for text in (
        f'{{"schemas": ["{PATCH_OP}"], "Operations": [{operations}]}}',
        f'{{"schemas": ["{PATCH_OP}"], "Operations": [{operations}], "operations": []}}',
        f'{{"schemas": ["urn:x"], "schemas": ["{PATCH_OP}"], "Operations": [{operations}]}}',
        f'{{"schemas": "{PATCH_OP}", "Operations": [{operations}]}}',
        f'{{"schemas": ["{PATCH_OP}"], "Operations": {operations or 5}}}',
        f"[{operations}]",
    ):
        assert _read(Patch.model_validate_json, text) == _read(_slowly, text)


@pytest.mark.parametrize("operations", QUICK)
def test_what_is_read_quickly(operations: str) -> None:
    assert _read_quickly(f'{{"schemas": ["{PATCH_OP}"], "Operations": [{operations}]}}'.encode(), 1_000) is not None


@pytest.mark.parametrize("operations", IN_DOUBT)
def test_what_is_not_read_quickly(operations: str) -> None:
    assert _read_quickly(f'{{"schemas": ["{PATCH_OP}"], "Operations": [{operations}]}}'.encode(), 1_000) is None


def test_a_body_that_is_too_long_is_not_read_quickly() -> None:
    operation = f'{{"op": "add", "path": "title", "value": "{"x" * 1_100_000}"}}'
    text = f'{{"schemas": ["{PATCH_OP}"], "Operations": [{operation}]}}'
    with pytest.raises(PayloadTooLarge):
        Patch.model_validate_json(text)
    with pytest.raises(PayloadTooLarge):
        read_patch(json.dumps(body()).encode(), limits=Limits(max_payload_bytes=100))


def test_a_body_is_read_as_a_document() -> None:
    assert read_patch(json.dumps(body()).encode()) == body()
    odd = body(Operations=[{**TITLE, "name": 1.5}])
    assert read_patch(json.dumps(odd).encode()) == odd
    with pytest.raises(InvalidSyntax):
        read_patch(b"[]")


NAME = st.sampled_from(["op", "path", "value", "Op", "OP", "title", "schemas"])
VALUE = st.sampled_from(['"x"', '"\\""', '"\\u0022"', "true", "null", "1", "1.0", '{"a": 1}', "[]", '"a": 1, "a'])
PAIRS = st.lists(st.tuples(NAME, VALUE), max_size=4)


@given(st.lists(PAIRS, max_size=2))
def test_any_body_is_read_as_the_strict_reader_does(operations: list[list[tuple[str, str]]]) -> None:
    listed = ", ".join("{" + ", ".join(f'"{name}": {value}' for name, value in pairs) + "}" for pairs in operations)
    text = f'{{"schemas": ["{PATCH_OP}"], "Operations": [{listed}]}}'
    assert _read(Patch.model_validate_json, text) == _read(_slowly, text)
