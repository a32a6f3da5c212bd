"""What the service says of itself: the schemas as the errata have them, and that every word of it is true."""

import json
from pathlib import Path
from typing import Any

import pytest

from doors import BASE
from scimcore import urns
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import anyone
from scimcore.service.provider import Config, Provider

CASES = json.loads(Path(__file__).with_name("published_schemas.json").read_text(encoding="utf-8"))["cases"]
URNS = {
    "User": urns.USER,
    "Group": urns.GROUP,
    "EnterpriseUser": urns.ENTERPRISE_USER,
    "ServiceProviderConfig": urns.SERVICE_PROVIDER_CONFIG,
    "ResourceType": urns.RESOURCE_TYPE,
    "Schema": urns.SCHEMA,
}
HANDLERS = {
    strict: Handler(Provider(interop_strict=strict, config=Config("https://docs.example")), MemoryStorage(), anyone)
    for strict in (False, True)
}


def get(path: str, *, strict: bool = False, method: str = "GET") -> tuple[int, Any]:
    path, _, query = path.partition("?")
    response = HANDLERS[strict].handle(Request(method, path, query, Headers(), b"", BASE))
    return response.status, json.loads(response.body) if response.body else None


def found(schema: Any, path: str) -> Any:
    node, inside = schema, "attributes"
    for name in path.split("."):
        [node] = [each for each in node[inside] if each["name"] == name]
        inside = "subAttributes"
    return node


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['errata']} {case['schema']} {case.get('attribute')}")
def test_a_published_schema_is_as_the_errata_have_it(case: Any) -> None:
    status, schema = get(f"/Schemas/{URNS[case['schema']]}")
    assert status == 200
    node = found(schema, case["attribute"]) if "attribute" in case else schema
    assert {name: node.get(name) for name in case["is"]} == case["is"]
    assert not set(case.get("lacks", ())) & set(node)
    # The list says the same as the single document.
    _, schemas = get("/Schemas")
    assert schema in schemas["Resources"]


DISCOVERY = ["/ServiceProviderConfig", "/Schemas", "/ResourceTypes"]


def nulls(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(nulls, value.values()))
    if isinstance(value, list):
        return any(map(nulls, value))
    return value is None


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("path", DISCOVERY)
def test_nothing_is_null_or_empty(path: str, strict: bool) -> None:
    _, document = get(path, strict=strict)
    assert not nulls(document)
    assert "[]" not in json.dumps(document)


@pytest.mark.parametrize("path", ["/Schemas", "/ResourceTypes"])
def test_single_documents_are_those_of_the_list_and_where_they_say(path: str) -> None:
    _, listed = get(path)
    assert listed["schemas"] == [urns.LIST_RESPONSE]
    assert listed["totalResults"] == listed["itemsPerPage"] == len(listed["Resources"])
    for document in listed["Resources"]:
        location = document["meta"]["location"]
        assert location == f"{BASE}{path}/{document['id']}"
        assert get(location.removeprefix(BASE)) == (200, document)
        assert document["meta"]["resourceType"] == path[1:-1]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [*DISCOVERY, "/ResourceTypes/User", f"/Schemas/{urns.USER}", "/ResourceTypes/x"])
def test_a_filter_on_what_the_service_says_of_itself_is_403(path: str, method: str) -> None:
    for query in ("filter=id+pr", "FILTER=", "count=1&filter=%22"):
        assert get(f"{path}?{query}", method=method)[0] == 403


@pytest.mark.parametrize("path", DISCOVERY)
def test_sorting_paging_and_selecting_are_ignored(path: str) -> None:
    for query in ("count=1", "startIndex=2", "sortBy=x", "sortOrder=up", "attributes=id", "cursor=x", "unheard=of"):
        assert get(f"{path}?{query}") == get(path)


def test_the_configuration_is_a_resource_of_its_schema() -> None:
    for strict in (False, True):
        _, config = get("/ServiceProviderConfig", strict=strict)
        _, schema = get(f"/Schemas/{urns.SERVICE_PROVIDER_CONFIG}", strict=strict)
        _check(config, schema["attributes"], {"schemas", "meta"})


@pytest.mark.parametrize("path", ["/Schemas", "/ResourceTypes"])
def test_every_description_is_a_resource_of_its_schema(path: str) -> None:
    _, listed = get(path)
    for document in listed["Resources"]:
        if document["id"] == urns.SCHEMA:
            # The one schema with a complex sub-attribute, which it says that none has (errata 8415).
            continue
        [urn] = document["schemas"]
        _check(document, get(f"/Schemas/{urn}")[1]["attributes"], {"schemas", "meta", "id"})


PYTHON = {"string": str, "boolean": bool, "integer": int, "complex": dict, "reference": str, "decimal": float}


def _check(value: Any, attributes: Any, common: set[str]) -> None:
    """Nothing is there that is not declared, nothing is missing that is required, and types are as declared."""
    declared = {attribute["name"]: attribute for attribute in attributes}
    assert set(value) - common <= set(declared)
    for name, attribute in declared.items():
        if attribute.get("required"):
            assert name in value, name
        if name not in value:
            continue
        assert isinstance(value[name], list) == attribute["multiValued"]
        for element in value[name] if attribute["multiValued"] else [value[name]]:
            assert type(element) is PYTHON[attribute["type"]], name
            if attribute.get("canonicalValues"):
                assert element in attribute["canonicalValues"], name
            if attribute["type"] == "complex":
                subs = attribute["subAttributes"]
                # The schema of schemas says of sub-attributes what it says of attributes, one level deep.
                _check(element, subs, set() if name != "subAttributes" else {"subAttributes"})


def test_what_is_called_required_is_required() -> None:
    """A resource without one of them is refused, and one with nothing else is taken."""
    handler = Handler(Provider(), MemoryStorage(), anyone)
    for name, endpoint in (("User", "/Users"), ("Group", "/Groups")):
        _, schema = get(f"/Schemas/{URNS[name]}")
        required = [each["name"] for each in schema["attributes"] if each["required"]]
        whole = {"schemas": [URNS[name]], **dict.fromkeys(required, "x")}
        headers = Headers([("Content-Type", "application/scim+json")])
        for missing in (None, *required):
            body = {key: value for key, value in whole.items() if key != missing}
            answer = handler.handle(Request("POST", endpoint, "", headers, json.dumps(body).encode(), BASE))
            assert answer.status == (201 if missing is None else 400)
