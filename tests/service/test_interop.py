"""``interop_strict``: where the SCIM interoperability profile contradicts RFC 7644 or asks for more, row by row.

draft-zollner-scim-interop-profile-01. Cases are asked of a service that follows the profile and of one that does not.
"""

import json
from typing import Any

import pytest

from doors import BASE
from scimcore import urns
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import anyone
from scimcore.service.provider import Provider

USER = {
    "schemas": [urns.USER],
    "userName": "ada",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "emails": [{"value": "a@x.example", "type": "work"}, {"value": "b@x.example", "type": "work"}],
}


class Service:
    def __init__(self, strict: bool) -> None:
        self.handler = Handler(Provider(interop_strict=strict), MemoryStorage(), anyone)
        self.id = self.ask("POST", "/Users", USER)[1]["id"]

    def ask(self, method: str, path: str, body: Any = None, accept: str = "") -> tuple[int, Any]:
        path, _, query = path.partition("?")
        headers = Headers([("Content-Type", "application/scim+json"), ("Accept", accept)])
        content = b"" if body is None else json.dumps(body).encode()
        response = self.handler.handle(Request(method, path, query, headers, content, BASE))
        self.media_type = dict(response.headers).get("Content-Type")
        return response.status, json.loads(response.body) if response.body else None

    def patch(self, *operations: Any) -> tuple[int, Any]:
        return self.ask("PATCH", f"/Users/{self.id}", {"schemas": [urns.PATCH_OP], "Operations": operations})


STRICT, TOLERANT = True, False


@pytest.mark.parametrize("strict", [STRICT, TOLERANT])
def test_ip01_ip02_conformance_is_claimed_only_then(strict: bool) -> None:
    service = Service(strict)
    _, config = service.ask("GET", "/ServiceProviderConfig")
    _, schema = service.ask("GET", f"/Schemas/{urns.SERVICE_PROVIDER_CONFIG}")
    declared = [each for each in schema["attributes"] if each["name"] == "interopProfileConformant"]
    if strict:
        assert config["interopProfileConformant"] is True
        [attribute] = declared
        assert (attribute["type"], attribute["multiValued"], attribute["required"]) == ("boolean", False, False)
        assert (attribute["mutability"], attribute["returned"]) == ("readOnly", "default")
    else:
        assert "interopProfileConformant" not in config
        assert not declared


UNDECLARED = [
    {**USER, "userName": "eve", "shoeSize": 7},
    {**USER, "userName": "eve", "name": {"givenName": "E", "petName": "x"}},
    {**USER, "userName": "eve", "urn:example:other": {"x": 1}},
    {**USER, "userName": "eve", "schemas": [urns.USER, "urn:example:other"]},
    {**USER, "userName": "eve", "emails": [{"value": "e@x.example", "priority": 1}]},
]


@pytest.mark.parametrize("body", UNDECLARED, ids=["attribute", "part", "URN", "schema", "part of an element"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_ip30_ip31_what_is_not_declared_is_refused(method: str, body: Any) -> None:
    service = Service(STRICT)
    place = "/Users" if method == "POST" else f"/Users/{service.id}"
    status, document = service.ask(method, place, body)
    assert (status, document["scimType"]) == (400, "invalidSyntax"), document
    assert service.ask("GET", "/Users?filter=userName+eq+%22eve%22")[1]["totalResults"] == 0
    assert Service(TOLERANT).ask("POST", "/Users", body)[0] == 201


def test_ip31_what_is_declared_and_read_only_is_still_ignored() -> None:
    service = Service(STRICT)
    body = {**USER, "userName": "eve", "id": "mine", "meta": {"version": "x"}, "groups": [{"value": "g"}]}
    assert service.ask("POST", "/Users", body)[0] == 201
    assert service.ask("POST", "/Users", {**USER, "USERNAME": "bob"})[0] == 400


PATCHES: list[tuple[str, Any, str | None]] = [
    ("IP-30 unknown attribute", {"op": "add", "path": "shoeSize", "value": 7}, "invalidSyntax"),
    ("IP-30 unknown sub-attribute", {"op": "add", "path": "name.petName", "value": "x"}, "invalidSyntax"),
    ("IP-30 unknown URN", {"op": "add", "path": "urn:example:other:x", "value": "x"}, "invalidSyntax"),
    ("IP-30 in a value", {"op": "add", "path": "name", "value": {"petName": "x"}}, "invalidSyntax"),
    ("IP-30 in one of several", {"op": "add", "path": "emails", "value": [{"priority": 1}]}, "invalidSyntax"),
    (
        "IP-30 behind a filter",
        {"op": "replace", "path": 'emails[value eq "a@x.example"].priority', "value": 1},
        "invalidSyntax",
    ),
    ("IP-104 no path", {"op": "replace", "value": {"active": False}}, "invalidSyntax"),
    ("IP-104 remove without path", {"op": "remove"}, "invalidSyntax"),
    ("IP-104 empty path", {"op": "replace", "path": "", "value": {"active": False}}, "invalidSyntax"),
    (
        "IP-122 a filter and no sub-attribute",
        {"op": "replace", "path": 'emails[value eq "a@x.example"]', "value": {"value": "c"}},
        "invalidPath",
    ),
    ("IP-131 prohibited operator", {"op": "increment", "path": "title", "value": "x"}, "invalidSyntax"),
    (
        "IP-131 a filter that matches several",
        {"op": "replace", "path": 'emails[value ew "@x.example"].display', "value": "A"},
        "invalidFilter",
    ),
    (
        "IP-131 a part removed of several",
        {"op": "remove", "path": 'emails[value co "x"].type'},
        "invalidFilter",
    ),
    ("malformed path", {"op": "add", "path": "name..x", "value": "x"}, "invalidPath"),
    ("path of another type", {"op": "add", "path": 7, "value": "x"}, "invalidPath"),
    ("no operation", 7, "invalidSyntax"),
    ("IP-110 add", {"op": "add", "path": "title", "value": "x"}, None),
    ("IP-110 replace", {"op": "replace", "path": "title", "value": "x"}, None),
    ("IP-111 dot path", {"op": "replace", "path": "name.givenName", "value": "x"}, None),
    ("IP-120 whole collection", {"op": "replace", "path": "emails", "value": [{"value": "c@x.example"}]}, None),
    (
        "IP-122 a filter and a sub-attribute",
        {"op": "replace", "path": 'emails[value eq "a@x.example"].display', "value": "A"},
        None,
    ),
    ("IP-123 removal of one value", {"op": "remove", "path": 'emails[value eq "a@x.example"]'}, None),
    ("extension as a whole", {"op": "add", "path": urns.ENTERPRISE_USER, "value": {"department": "d"}}, None),
    ("extension's attribute", {"OP": "add", "Path": f"{urns.ENTERPRISE_USER}:department", "value": "d"}, None),
]


@pytest.mark.parametrize(("operation", "kind"), [row[1:] for row in PATCHES], ids=[row[0] for row in PATCHES])
def test_patch_operations_of_the_profile(operation: Any, kind: str | None) -> None:
    service = Service(STRICT)
    _, before = service.ask("GET", f"/Users/{service.id}")
    status, document = service.patch(operation)
    if kind is None:
        assert status == 200, document
    else:
        assert (status, document["scimType"]) == (400, kind), document
        assert service.ask("GET", f"/Users/{service.id}")[1] == before


def test_ip104_okta_s_form_needs_the_service_that_is_not_strict() -> None:
    operation = {"op": "replace", "value": {"active": False}}
    assert Service(TOLERANT).patch(operation)[0] == 200


def test_ip113_a_replaced_complex_attribute_keeps_nothing() -> None:
    operation = {"op": "replace", "path": "name", "value": {"givenName": "A"}}
    assert Service(STRICT).patch(operation)[1]["name"] == {"givenName": "A"}
    assert Service(TOLERANT).patch(operation)[1]["name"] == {"givenName": "A", "familyName": "Lovelace"}
    service = Service(STRICT)
    manager = f"{urns.ENTERPRISE_USER}:manager"
    assert service.patch({"op": "replace", "path": manager, "value": {"value": "m"}})[0] == 200


def test_ip114_an_added_complex_attribute_keeps_the_rest() -> None:
    operation = {"op": "add", "path": "name", "value": {"givenName": "A"}}
    assert Service(STRICT).patch(operation)[1]["name"] == {"givenName": "A", "familyName": "Lovelace"}


def test_ip10_ip12_ip14_ip50_discovery() -> None:
    service = Service(STRICT)
    _, types = service.ask("GET", "/ResourceTypes")
    _, schemas = service.ask("GET", "/Schemas")
    published = {schema["id"] for schema in schemas["Resources"]}
    for resource_type in types["Resources"]:
        assert resource_type["id"] == resource_type["name"]
        named = {
            resource_type["schema"],
            *(extension["schema"] for extension in resource_type.get("schemaExtensions", ())),
        }
        assert named <= published
        assert all(service.ask("GET", f"/Schemas/{urn}")[0] == 200 for urn in named)
    endpoints = [resource_type["endpoint"] for resource_type in types["Resources"]]
    assert len(endpoints) == len(set(endpoints))


@pytest.mark.parametrize("strict", [STRICT, TOLERANT])
def test_ip40_every_type_has_its_words(strict: bool) -> None:
    _, schemas = Service(strict).ask("GET", "/Schemas")
    wordless = [
        f"{attribute['name']}.type"
        for schema in schemas["Resources"]
        for attribute in schema["attributes"]
        for sub in attribute.get("subAttributes", ())
        if attribute["multiValued"] and sub["name"] == "type" and not sub.get("canonicalValues")
    ]
    # RFC 7643 §8.7.1 prints none for these.
    assert wordless == ([] if strict else ["entitlements.type", "roles.type", "x509Certificates.type"])


@pytest.mark.parametrize("path", ["/Users", "/ServiceProviderConfig", "/Schemas", "/nowhere"])
def test_ip60_one_media_type(path: str) -> None:
    service = Service(STRICT)
    service.ask("GET", path, accept="application/json")
    assert service.media_type == "application/scim+json"
    service = Service(TOLERANT)
    service.ask("GET", path, accept="application/json")
    assert service.media_type == "application/json"


def test_ip72_a_filter_on_another_method_than_get_changes_nothing() -> None:
    service = Service(STRICT)
    for method in ("PATCH", "PUT", "DELETE"):
        assert service.ask(method, "/Users?filter=userName+pr", {})[0] == 405
    assert service.ask("GET", "/Users")[1]["totalResults"] == 1


def test_ip73_an_unknown_attribute_in_a_filter_is_an_invalid_filter() -> None:
    status, document = Service(STRICT).ask("GET", "/Users?filter=foo+eq+%221%22")
    assert (status, document["scimType"]) == (400, "invalidFilter")


def test_ip81_to_ip83_pages_of_a_hundred_and_no_error_beyond() -> None:
    service = Service(STRICT)
    for number in range(119):
        service.ask("POST", "/Users", {"schemas": [urns.USER], "userName": f"u{number}"})
    for query, size in (("", 100), ("?count=100", 100), ("?count=100000", 120)):
        assert len(service.ask("GET", f"/Users{query}")[1]["Resources"]) == size


def test_ip140_to_ip143_a_deletion_deletes_and_nothing_else_does() -> None:
    service = Service(STRICT)
    place = f"/Users/{service.id}"
    assert service.patch({"op": "replace", "path": "active", "value": False})[0] == 200
    assert service.ask("GET", place)[1]["active"] is False
    assert service.ask("DELETE", place)[0] == 204
    assert service.patch({"op": "add", "path": "title", "value": "x"})[0] == 404
    assert [
        service.ask(method, place, USER if method == "PUT" else None)[0] for method in ("GET", "PUT", "DELETE")
    ] == [404] * 3
    assert service.ask("GET", "/Users")[1]["totalResults"] == 0
    assert service.ask("POST", "/Users", USER)[0] == 201


def test_ip170_a_value_that_is_taken_is_409_by_patch_too() -> None:
    service = Service(STRICT)
    service.ask("POST", "/Users", {"schemas": [urns.USER], "userName": "Eve"})
    for status, document in (
        service.patch({"op": "replace", "path": "userName", "value": "eve"}),
        service.ask("POST", "/Users", {"schemas": [urns.USER], "userName": "EVE"}),
    ):
        assert (status, document["scimType"]) == (409, "uniqueness")


def test_in_a_bulk_request_as_well() -> None:
    service = Service(STRICT)
    no_path = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "replace", "value": {"active": False}}]}
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "1", "data": UNDECLARED[0]},
        {"method": "PATCH", "path": f"/Users/{service.id}", "data": no_path},
    ]
    _, document = service.ask("POST", "/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": operations})
    assert [each["response"]["scimType"] for each in document["Operations"]] == ["invalidSyntax"] * 2
