"""Duties of a service whose neglect has been somebody's incident, as far as they are about reading and answering.

S3 (CVE-2026-46689), S4 (CVE-2026-48170), S9, S10 (CVE-2026-32130), S11, S12, S14, S15, S16, S18, S20, S21, S22.
"""

import json
import logging
from typing import Any

import pytest

from doors import AUTHENTICATE, BASE, TOKEN
from scimcore import urns
from scimcore.documents import Document
from scimcore.handler import Handler
from scimcore.http import Headers, Request, Response
from scimcore.memory import MemoryStorage
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import Caller
from scimcore.service.provider import BulkLimits, Config, Provider
from scimcore.storage import Page, Query, Stored

SECRET = "correct horse battery staple"
USER = {"schemas": [urns.USER], "userName": "ada", "password": SECRET}


class Service:
    def __init__(self, storage: MemoryStorage | None = None, **parts: Any) -> None:
        self.storage = MemoryStorage() if storage is None else storage
        self.handler = Handler(Provider(**parts), self.storage, AUTHENTICATE)

    def ask(self, method: str, path: str, body: Any = None, token: str = TOKEN, **fields: str) -> Response:
        path, _, query = path.partition("?")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json", **fields}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.handler.handle(Request(method, path, query, Headers(headers.items()), content, BASE))

    def create(self, **attributes: Any) -> Any:
        answer = self.ask("POST", "/Users", {**USER, **attributes})
        assert answer.status == 201, answer.body
        return document(answer)

    def total(self, path: str = "/Users") -> int:
        return int(document(self.ask("GET", path))["totalResults"])


def document(answer: Response) -> Any:
    return json.loads(answer.body) if answer.body else None


def search(text: str) -> Document:
    return {"schemas": [urns.SEARCH_REQUEST], "filter": text}


DEEP = [
    "(" * 12_000 + 'userName eq "a"' + ")" * 12_000,
    "not (" * 5_000 + 'userName eq "a"' + ")" * 5_000,
    "emails[" * 4_000 + "value pr" + "]" * 4_000,
    " and ".join(['userName eq "a"'] * 3_000),
]


@pytest.mark.parametrize("text", DEEP, ids=["parentheses", "not", "brackets", "terms"])
def test_s3_deep_filters_are_refused_wherever_they_come_in(text: str) -> None:
    service = Service()
    made = service.create()
    patch = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "remove", "path": f"emails[{text}]"}]}
    bulk = {"method": "PATCH", "path": f"/Users/{made['id']}", "data": patch}
    for answer in (
        service.ask("POST", "/Users/.search", search(text)),
        service.ask("POST", "/.search", search(text)),
        service.ask("GET", f"/Users?filter={text.replace(' ', '+')}"),
        service.ask("PATCH", f"/Users/{made['id']}", patch),
    ):
        assert answer.status == 400
        assert len(answer.body) < 1_000, "what was sent is not sent back"
    told = document(service.ask("POST", "/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": [bulk]}))
    assert told["Operations"][0]["status"] == "400"


@pytest.mark.parametrize("path", ["/Users/.search", "/.search", "/Bulk", "/Users", "/Me"])
def test_s3_nobody_unknown_reaches_a_parser(path: str) -> None:
    assert Service().ask("POST", path, b"[" * 100_000, token="wrong").status == 401


@pytest.mark.parametrize("name", ["__class__", "__dict__", "__proto__", "constructor", "model_config", "_predicates"])
def test_s4_names_lead_through_the_schema_only(name: str) -> None:
    service = Service()
    made = service.create(**{name: {"x": 1}})
    assert name not in made
    place = f"/Users/{made['id']}"
    for operation in (
        {"op": "add", "path": name, "value": "x"},
        {"op": "add", "path": f"name.{name}", "value": "x"},
        {"op": "remove", "path": f"emails[{name} pr]"},
    ):
        answer = service.ask("PATCH", place, {"schemas": [urns.PATCH_OP], "Operations": [operation]})
        assert answer.status == 400
    assert service.ask("GET", f"/Users?filter={name}+pr").status == 400
    assert service.ask("GET", f"/Users?sortBy={name}").status == 400
    assert set(document(service.ask("GET", f"{place}?attributes={name}"))) == {"schemas", "id"}
    format_string = "{0.__class__.__init__.__globals__}"
    answer = service.ask("GET", f"/Users?sortBy={format_string}")
    assert answer.status == 400
    assert b"globals" not in answer.body or format_string.encode() in answer.body


INJECTED = [
    '" or "1" eq "1',
    'userName eq "x" or 1 eq 1',
    'userName eq "x"; drop table users',
    "userName eq x' or '1'='1",
    "userName",
    "",
    "*",
    "userName pr)",
]


@pytest.mark.parametrize("text", INJECTED)
def test_s9_what_is_no_filter_is_refused_and_widens_nothing(text: str) -> None:
    service = Service()
    service.create()
    answer = service.ask("POST", "/Users/.search", search(text))
    assert (answer.status, document(answer)["scimType"]) == (400, "invalidFilter")


@pytest.mark.parametrize("value", ["%", "_", "a%", "A_A", "*", "\\", "a\\", '" or userName pr or userName eq "'])
def test_s9_wildcards_are_letters(value: str) -> None:
    service = Service()
    service.create()
    for operator in ("eq", "co", "sw", "ew"):
        text = f"userName {operator} {json.dumps(value)}"
        assert document(service.ask("POST", "/Users/.search", search(text)))["totalResults"] == 0


@pytest.mark.parametrize(
    "path",
    [
        "/Users%2F..%2FSchemas",
        "/%2e%2e/Users",
        "/Users/%2e",
        "/Users/a%0d%0ab",
        "/Users/%00",
        "/Users%2fseven",
        "//Users",
    ],
)
def test_s10_a_path_means_one_thing(path: str) -> None:
    service = Service()
    assert service.ask("GET", path).status in (400, 404)
    # Who calls is asked for every path, however it is spelled.
    assert service.ask("GET", path, token="wrong").status == 401
    encoded = "".join(f"%{ord(letter):02x}" for letter in "Users")
    assert service.ask("GET", f"/{encoded}").status == 200
    assert service.ask("GET", f"/{encoded}", token="wrong").status == 401


@pytest.mark.parametrize(
    "text",
    ["a" * 60_000, '"' + "\\" * 60_000, "a." * 30_000, "urn:" + "a:" * 30_000, " " * 60_000, "a" + " eq" * 20_000],
)
def test_s11_no_text_takes_long(text: str) -> None:
    service = Service()
    for query in (f"filter={text}", f"sortBy={text}", f"attributes={text}", f"cursor={text}", f"count={text}"):
        assert service.ask("GET", f"/Users?{query}").status in (200, 400)
    patch = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "remove", "path": text}]}
    assert service.ask("PATCH", "/Users/x", patch).status in (400, 404)
    for accept in (text, ",".join(["a/b;q=0.1"] * 5_000)):
        assert service.ask("GET", "/Users", Accept=accept).status == 200


def test_s12_limits_are_looked_at_before_any_work() -> None:
    service = Service(config=Config(bulk=BulkLimits(5, 10_000), max_results=3, default_results=3))
    operations = [{"method": "POST", "path": "/Users", "bulkId": str(n), "data": USER} for n in range(6)]
    assert service.ask("POST", "/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": operations}).status == 413
    assert service.ask("POST", "/Bulk", b"[" * 20_000).status == 413
    assert service.total() == 0
    for number in range(5):
        service.create(userName=f"u{number}")
    assert len(document(service.ask("GET", "/Users?count=1000000"))["Resources"]) == 3
    many = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": "x"}] * 20_000}
    assert service.ask("PATCH", "/Users/x", many).status in (404, 413)


def test_s12_circles_cost_what_their_length_is() -> None:
    service = Service(config=Config(bulk=BulkLimits(300, 1_000_000)))
    circle = []
    for number in range(300):
        members = [{"value": f"bulkId:{(number + 1) % 300}"}]
        data = {"schemas": [urns.GROUP], "displayName": f"g{number}", "members": members}
        circle.append({"method": "POST", "path": "/Groups", "bulkId": str(number), "data": data})
    answer = service.ask("POST", "/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": circle})
    assert {each["status"] for each in document(answer)["Operations"]} == {"201"}


def test_s14_a_password_comes_out_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    service = Service()
    with caplog.at_level(logging.DEBUG, "scimcore"):
        made = service.ask("POST", "/Users?attributes=password,userName", USER)
        place = f"/Users/{document(made)['id']}"
        bulk = {"method": "PUT", "path": place, "data": USER}
        patch = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "replace", "path": "password", "value": [SECRET]}]}
        twice = {**USER, "password": SECRET, "userName": ["x"]}
        answers = [
            made,
            service.ask("GET", f"{place}?attributes=password"),
            service.ask("GET", "/Users?attributes=password"),
            service.ask("GET", f"/?attributes={urns.USER}:password"),
            service.ask("PUT", f"{place}?attributes=password", USER),
            service.ask("PATCH", place, patch),
            service.ask("POST", "/Users", twice),
            service.ask("POST", "/Users", USER),
            service.ask("POST", "/Bulk?attributes=password", {"schemas": [urns.BULK_REQUEST], "Operations": [bulk]}),
            service.ask("POST", "/.search", {"schemas": [urns.SEARCH_REQUEST], "attributes": ["password"]}),
        ]
    for answer in answers:
        assert SECRET.encode() not in answer.body
        assert SECRET not in str(answer.headers)
    assert SECRET not in caplog.text
    assert SECRET not in repr(service.handler)


@pytest.mark.parametrize(
    "text", ["password pr", f'password eq "{SECRET}"', 'password sw "c"', f"{urns.USER}:password pr"]
)
def test_s14_a_password_cannot_be_asked_for(text: str) -> None:
    service = Service()
    service.create()
    for path in ("/Users/.search", "/.search"):
        answer = service.ask("POST", path, search(text))
        assert (answer.status, document(answer)["scimType"]) == (400, "invalidFilter")
    for path in ("/Users?sortBy=password", "/?sortBy=password", "/Users?cursor&sortBy=password"):
        assert service.ask("GET", path).status == 400


def test_s15_another_tenant_s_resources_are_like_none() -> None:
    stores = {"a": MemoryStorage(), "b": MemoryStorage()}

    def authenticate(request: Request) -> Caller:
        return Caller("okta", tenant=request.headers.get("x-test-tenant"))

    handler = Handler(Provider(), lambda caller: stores[caller.tenant or ""], authenticate)

    def ask(tenant: str, method: str, path: str, body: Any = None) -> Response:
        path, _, query = path.partition("?")
        headers = Headers([("X-Test-Tenant", tenant), ("Content-Type", "application/json")])
        return handler.handle(
            Request(method, path, query, headers, b"" if body is None else json.dumps(body).encode(), BASE)
        )

    made = document(ask("a", "POST", "/Users", USER))
    assert ask("b", "POST", "/Users", USER).status == 201, "a name of another tenant is free"
    foreign, missing = (ask("b", "GET", f"/Users/{id}") for id in (made["id"], "none"))
    assert (foreign.status, foreign.body) == (missing.status, missing.body) == (404, foreign.body)
    text = f'/?filter=id+eq+"{made["id"]}"'
    assert document(ask("b", "GET", text))["totalResults"] == 0
    bulk = {"schemas": [urns.BULK_REQUEST], "Operations": [{"method": "DELETE", "path": f"/Users/{made['id']}"}]}
    assert document(ask("b", "POST", "/Bulk", bulk))["Operations"][0]["status"] == "404"
    cursor = document(ask("a", "GET", "/?cursor&count=1"))
    assert ask("a", "GET", f"/Users/{made['id']}").status == 200
    assert "nextCursor" not in cursor


AMBIGUOUS = {
    "duplicate_keys": b'{"schemas":["%s"],"userName":"ada","userName":"eve"}',
    "case_variants": b'{"schemas":["%s"],"userName":"ada","UserName":"eve"}',
    "nested duplicates": b'{"schemas":["%s"],"userName":"ada","name":{"givenName":"a","givenName":"b"}}',
    "escaped duplicates": b'{"schemas":["%s"],"userName":"ada","user\\u004eame":"eve"}',
    "NaN": b'{"schemas":["%s"],"userName":"ada","x":NaN}',
    "infinity": b'{"schemas":["%s"],"userName":"ada","x":1e999}',
    "huge integer": b'{"schemas":["%s"],"userName":"ada","x":' + b"9" * 10_000 + b"}",
    "byte order mark": b'\xef\xbb\xbf{"schemas":["%s"],"userName":"ada"}',
    "trailing comma": b'{"schemas":["%s"],"userName":"ada",}',
    "comment": b'{"schemas":["%s"],/* */"userName":"ada"}',
    "single quotes": b"{'schemas':['%s'],'userName':'ada'}",
    "two documents": b'{"schemas":["%s"],"userName":"ada"}{}',
}


@pytest.mark.parametrize("kind", AMBIGUOUS)
def test_s16_json_that_two_parsers_could_read_differently(kind: str) -> None:
    service = Service()
    body = AMBIGUOUS[kind] % urns.USER.encode()
    answer = service.ask("POST", "/Users", body)
    assert (answer.status, document(answer)["scimType"]) == (400, "invalidSyntax")
    # The same as a part of a bulk request.
    whole = b'{"schemas":["%s"],"Operations":[{"method":"POST","path":"/Users","bulkId":"1","data":%s}]}'
    answer = service.ask("POST", "/Bulk", whole % (urns.BULK_REQUEST.encode(), body))
    assert (answer.status, document(answer)["scimType"]) == (400, "invalidSyntax")
    assert service.total() == 0


def test_s16_duplicate_json_keys() -> None:
    service = Service()
    for message, path in (
        (b'{"schemas":["%s"],"count":1,"count":2}' % urns.SEARCH_REQUEST.encode(), "/.search"),
        (b'{"schemas":["%s"],"Operations":[],"operations":[]}' % urns.BULK_REQUEST.encode(), "/Bulk"),
        (b'{"schemas":["%s"],"Operations":[{"op":"add","op":"remove"}]}' % urns.PATCH_OP.encode(), "/Users/x"),
    ):
        answer = service.ask("PATCH" if path == "/Users/x" else "POST", path, message)
        assert (answer.status, document(answer)["scimType"]) == (400, "invalidSyntax")


def test_s16_duplicate_parameters() -> None:
    for query in ("filter=userName+pr&filter=title+pr", "count=1&COUNT=2", "cursor=&cursor=x", "sortBy=a&sortBy=b"):
        assert Service().ask("GET", f"/Users?{query}").status == 400


@pytest.mark.parametrize("path", ["/Users", "/Bulk", "/Me"])
def test_s18_ids_are_the_service_s(path: str) -> None:
    service = Service(me=lambda caller: None)
    victim = service.create()
    body: Document = {"schemas": [urns.USER], "userName": "eve", "id": victim["id"], "meta": {"location": "x"}}
    if path == "/Bulk":
        operation = {"method": "POST", "path": "/Users", "bulkId": victim["id"], "data": body}
        answer = service.ask("POST", "/Bulk?attributes=id", {"schemas": [urns.BULK_REQUEST], "Operations": [operation]})
        made = document(answer)["Operations"][0]["response"]
    else:
        made = document(service.ask("POST", path, body))
    assert made["id"] != victim["id"]
    assert document(service.ask("GET", f"/Users/{victim['id']}"))["userName"] == "ada"
    put = service.ask("PUT", f"/Users/{made['id']}", {**body, "userName": "mallory"})
    assert document(put)["id"] == made["id"]


def test_s20_answers_are_never_a_page_and_references_are_ours() -> None:
    service = Service()
    script = "<script>alert(1)</script>"
    made = service.create(userName=script, displayName=script, profileUrl="javascript:alert(1)")
    body = {
        "schemas": [urns.GROUP],
        "displayName": script,
        "members": [{"value": made["id"], "$ref": "https://evil.example"}],
    }
    group = service.ask("POST", "/Groups", body)
    assert document(group)["members"][0]["$ref"] == f"{BASE}/Users/{made['id']}"
    for answer in (
        group,
        service.ask("GET", "/Users", Accept="text/html"),
        service.ask("GET", f"/Users/{made['id']}", Accept="text/html"),
        service.ask("GET", f"/{script}", Accept="text/html"),
        service.ask("POST", "/Users", {"schemas": [script]}),
        service.ask("POST", "/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": [{"method": script}]}),
    ):
        fields = dict(answer.headers)
        assert fields["Content-Type"] in ("application/scim+json", "application/json")
        assert fields["X-Content-Type-Options"] == "nosniff"


def test_s21_queries_need_no_url_and_logs_show_no_values(caplog: pytest.LogCaptureFixture) -> None:
    service = Service()
    service.create(userName="zoe.private@example.com")
    with caplog.at_level(logging.DEBUG, "scimcore"):
        found = service.ask("POST", "/Users/.search", search('userName eq "zoe.private@example.com"'))
        assert document(found)["totalResults"] == 1
        service.ask("GET", "/Users?filter=userName+eq+%22zoe.private%40example.com%22")
        service.ask("GET", "/?filter=emails[value+eq+%22zoe.private%22]&access_token=zoe.private")
        service.ask("GET", "/Users?cursor=zoe.private&count=1")
        service.ask("GET", "/Users?filter=%0aERROR+forged+line")
    assert "zoe.private" not in caplog.text
    assert "POST /Users/.search 200" in caplog.text
    assert "\nERROR forged" not in caplog.text


FAULT = "SELECT password FROM users WHERE host = 'db.internal'"


class Broken(MemoryStorage):
    def search(self, query: Query, /) -> Page:
        raise RuntimeError(FAULT)

    def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        raise RuntimeError(FAULT)


def test_s22_a_fault_tells_where_to_look_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    service = Service(Broken())
    operation = {"method": "POST", "path": "/Users", "bulkId": "1", "data": USER}
    bulk = service.ask("POST", "/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": [operation]})
    told = document(bulk)["Operations"][0]["response"]
    for answer in (
        document(service.ask("GET", "/Users")),
        document(service.ask("POST", "/.search", search("id pr"))),
        told,
    ):
        assert answer["status"] == "500"
        assert "db.internal" not in json.dumps(answer)
        assert "RuntimeError" not in json.dumps(answer)
        reference = answer["detail"].rstrip(".").rpartition(" ")[2]
        assert f"Internal error {reference}: RuntimeError" in caplog.text
    assert "db.internal" not in "".join(
        record.getMessage() for record in caplog.records if record.levelno > logging.DEBUG
    )
