"""What services with SCIM endpoints were broken by, one test for each duty of docs/security.md, by its number.

Everything is tried from outside, through the door that all requests take.
"""

import json
import logging
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from scimcore import asgi, urns, wsgi
from scimcore.dialects import ENTRA
from scimcore.documents import Document
from scimcore.errors import Forbidden
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.patch.changes import MembershipDelta
from scimcore.schema.resource_type import ResourceType
from scimcore.service import authentication
from scimcore.service.authentication import Caller, bearer_tokens
from scimcore.service.events import Changed, Deactivated, Event, Reactivated
from scimcore.service.hooks import Hooks, Write
from scimcore.service.provider import BulkLimits, Config, Provider
from scimcore.service.throttle import RateLimit
from scimcore.storage import Stored

BASE = "https://scim.example.com/v2"
USER, PATCH_OP = urns.USER, urns.PATCH_OP
TOKENS = {"okta-token": Caller("okta", tenant="acme"), "entra-token": Caller("entra", ENTRA, tenant="acme")}


class Service:
    """A service and one of its clients."""

    def __init__(
        self,
        provider: Provider | None = None,
        storage: Any = None,
        hooks: Hooks | None = None,
        tokens: dict[str, Caller] = TOKENS,
    ) -> None:
        self.handler = Handler(
            provider or Provider(), storage or MemoryStorage(), bearer_tokens(tokens), hooks=hooks or Hooks()
        )

    def __call__(
        self, do: str, body: Any = None, *, token: str | None = "okta-token", **headers: str
    ) -> tuple[int, Any]:
        response = self.answer(do, body, token=token, **headers)
        return response.status, json.loads(response.body) if response.body else None

    def answer(self, do: str, body: Any = None, *, token: str | None = "okta-token", **headers: str) -> Any:
        method, _, target = do.partition(" ")
        path, _, query = target.partition("?")
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            fields["Authorization"] = f"Bearer {token}"
        if body is not None:
            fields.setdefault("Content-Type", "application/scim+json")
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.handler.handle(Request(method, path, query, Headers(fields.items()), content, BASE))

    def user(self, name: str, **attributes: Any) -> str:
        status, document = self("POST /Users", {"schemas": [USER], "userName": name, **attributes})
        assert status == 201, document
        id: str = document["id"]
        return id

    def patch(self, path: str, *operations: dict[str, Any], token: str = "okta-token") -> tuple[int, Any]:
        return self(f"PATCH {path}", {"schemas": [PATCH_OP], "Operations": operations}, token=token)

    def find(self, filter: str, endpoint: str = "/Users") -> tuple[int, Any]:
        return self(f"GET {endpoint}?filter={quote(filter)}")


@pytest.fixture
def scim() -> Service:
    return Service()


@pytest.fixture
def faults(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """See to it that nothing became a fault of the service."""
    yield caplog
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR], caplog.text


def test_s1_an_external_id_is_a_text_and_never_a_key(scim: Service) -> None:
    victim = scim.user("admin", externalId="e-1")
    for external_id in ("1", victim, "../Users/1"):
        other = scim.user(f"eve {external_id}", externalId=external_id)
        assert other != external_id
    assert scim("GET /Users/1")[0] == 404
    assert scim(f"GET /Users/{victim}")[1]["userName"] == "admin"
    assert scim("POST /Users", {"schemas": [USER], "userName": "n", "externalId": 1})[0] == 400
    assert scim.patch(f"/Users/{victim}", {"op": "replace", "path": "externalId", "value": 1})[0] == 400
    assert [scim.find(f'externalId eq "{text}"')[1]["totalResults"] for text in ("e-1", "E-1", "01")] == [1, 0, 0]


def test_s2_no_account_is_adopted() -> None:
    made_by: dict[str, str] = {}

    def own_accounts_only(write: Write) -> None:
        touched = {path.partition(".")[0] for path in write.attributes}
        if write.before is not None and touched & {"emails", "userName"} and made_by[write.id] != write.caller.name:
            raise Forbidden("The account belongs to another directory.")

    def note(event: Event) -> None:
        made_by.setdefault(event.id, event.caller)

    scim = Service(hooks=Hooks(authorize_write=own_accounts_only, events=note))
    victim = scim.user("ada", emails=[{"value": "ada@example.com"}])
    taken = {"schemas": [USER], "userName": "ADA", "emails": [{"value": "eve@example.com"}]}
    assert scim("POST /Users", taken, token="entra-token")[0] == 409
    # The same address makes nobody the same person.
    assert scim.user("ada2", emails=[{"value": "ada@example.com"}]) != victim
    steal = {"op": "replace", "path": 'emails[value eq "ada@example.com"].value', "value": "eve@example.com"}
    assert scim.patch(f"/Users/{victim}", steal, token="entra-token")[0] == 403
    assert scim(f"PUT /Users/{victim}", taken, token="entra-token")[0] == 403
    assert scim(f"GET /Users/{victim}")[1]["emails"] == [{"value": "ada@example.com"}]


def test_s3_nothing_deep_is_parsed_before_it_is_known_who_asks(scim: Service, faults: Any) -> None:
    deep = [
        "(" * 10_000 + "title pr" + ")" * 10_000,
        "not (" * 5_000,
        "emails[" * 3_000,
        " or ".join(["title pr"] * 9_999),
    ]
    id = scim.user("ada")
    for filter in deep:
        assert scim(f"GET /Users?filter={quote(filter)}", token=None)[0] == 401
        status, document = scim.find(filter)
        assert (status, document["scimType"]) in ((400, "invalidFilter"), (400, "tooMany"))
        assert len(document["detail"]) < 500, "the input is not repeated"
        assert scim.patch(f"/Users/{id}", {"op": "remove", "path": f"emails[{filter}]"})[0] == 400
    for body in (b"[" * 100_000, b'{"a":' * 50_000):
        assert scim("POST /Users", body, token=None)[0] == 401
        assert scim("POST /Users", body)[0] == 400


def test_s4_names_of_clients_reach_no_python_object(scim: Service, faults: Any) -> None:
    id = scim.user("ada")
    before = scim(f"GET /Users/{id}")[1]
    for name in ("__class__", "__dict__.x", "__proto__", "constructor.prototype.x", "name.__class__", "{0.__init__}"):
        for operation in ({"op": "add", "path": name, "value": 1}, {"op": "add", "value": {name: {"polluted": True}}}):
            status, document = scim.patch(f"/Users/{id}", operation)
            assert status == 400, document
        assert scim.find(f'{name} eq "x"')[0] == 400
        assert scim(f"GET /Users?sortBy={quote(name)}")[0] == 400
    status, made = scim("POST /Users", {"schemas": [USER], "userName": "eve", "__class__": "x", "__proto__": {"a": 1}})
    assert status == 201
    assert not {name for name in made if name.startswith("_")}
    assert scim(f"GET /Users/{id}")[1] == before


def test_s5_there_is_no_service_without_a_way_to_know_callers(scim: Service) -> None:
    for app in (asgi.ScimApp, wsgi.ScimApp, Handler):
        with pytest.raises(TypeError):
            app(Provider(), MemoryStorage())  # type: ignore[operator]
    for tokens in ({}, {"": "okta"}, {" ": "okta"}):
        with pytest.raises(ValueError, match="token"):
            bearer_tokens(tokens)
    paths = ["/Users", "/ServiceProviderConfig", "/Schemas", "/ResourceTypes", "/Nowhere", "/", "/Bulk", "/Me"]
    for path in paths:
        for token in (None, "", " ", "null", "undefined"):
            for method in ("GET", "POST", "OPTIONS"):
                assert scim(f"{method} {path}", token=token)[0] == 401


# One attempt to write an attribute by each route that there is: (method, body), of a user with this id.
def _writes(id: str, name: str, value: Any) -> list[tuple[str, Any]]:
    odd = name.swapcase()
    bodies: list[tuple[str, Any]] = [
        ("POST", {"schemas": [USER], "userName": f"new {name}", name: value}),
        ("POST", {"schemas": [USER], "userName": f"newer {name}", odd: value}),
        ("PUT", {"schemas": [USER], "userName": "ada", name: value}),
    ]
    for verb in ("add", "replace", "Replace"):
        for path in (name, odd, f"{USER}:{name}", f"{USER.upper()}:{odd}"):
            bodies.append(("PATCH", {"op": verb, "path": path, "value": value}))
            bodies.append(("PATCH", {"op": verb, "value": {path: value}}))
    return bodies


def _sent(scim: Service, id: str, method: str, body: Any, *, bulk: bool) -> int:
    if method == "PATCH":
        body = {"schemas": [PATCH_OP], "Operations": [body]}
    path = "/Users" if method == "POST" else f"/Users/{id}"
    if not bulk:
        return scim(f"{method} {path}", body)[0]
    operation = {"method": method, "path": path, "bulkId": "1", "data": body}
    status, document = scim("POST /Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": [operation]})
    assert status == 200, document
    return int(document["Operations"][0]["status"])


@pytest.mark.parametrize("bulk", [False, True], ids=["alone", "bulk"])
def test_s6_what_is_read_only_or_not_allowed_is_written_by_no_route(bulk: bool) -> None:
    def no_roles(write: Write) -> None:
        if any(path.partition(".")[0] in ("roles", "entitlements") for path in write.attributes):
            raise Forbidden("Roles are given in the application.")

    scim = Service(hooks=Hooks(authorize_write=no_roles))
    id = scim.user("ada")
    group = scim("POST /Groups", {"schemas": [urns.GROUP], "displayName": "admins"})[1]["id"]
    before = scim(f"GET /Users/{id}")[1]
    read_only = {"groups": [{"value": group}], "id": "root", "meta": {"created": "2001-01-01T00:00:00Z"}}
    for name, value in read_only.items():
        for method, body in _writes(id, name, value):
            status = _sent(scim, id, method, body, bulk=bulk)
            assert status in (200, 201, 400), (name, method, body)
    after = scim(f"GET /Users/{id}")[1]
    assert (after["id"], after["meta"]["created"], "groups" in after) == (id, before["meta"]["created"], False)
    assert scim("GET /Users/root")[0] == 404
    assert "members" not in scim(f"GET /Groups/{group}")[1]
    made = [user["id"] for user in scim("GET /Users")[1]["Resources"]]
    assert "root" not in made
    for name in ("roles", "entitlements"):
        for method, body in _writes(id, name, [{"value": "admin"}]):
            assert _sent(scim, id, method, body, bulk=bulk) in (400, 403), (method, body)
    assert "roles" not in scim(f"GET /Users/{id}")[1]


@pytest.fixture
def tenants() -> tuple[Service, Service]:
    stores = {"acme": MemoryStorage(), "globex": MemoryStorage()}
    tokens = {"okta-token": Caller("okta", tenant="acme"), "globex-token": Caller("okta", tenant="globex")}
    both = Service(storage=lambda caller: stores[caller.tenant], tokens=tokens)

    class Globex(Service):
        def __init__(self) -> None:
            self.handler = both.handler

        def answer(self, do: str, body: Any = None, *, token: str | None = "globex-token", **headers: str) -> Any:
            return super().answer(do, body, token="globex-token", **headers)

    return both, Globex()


def test_s7_nothing_crosses_tenants(tenants: tuple[Service, Service]) -> None:
    acme, globex = tenants
    ada = acme.user("ada", externalId="e-1")
    crew = acme("POST /Groups", {"schemas": [urns.GROUP], "displayName": "crew"})[1]["id"]
    # Whatever else a request says, the credential alone tells the tenant.
    pretended = {"X_Tenant": "acme", "X_Scim_Tenant": "acme", "Host": "acme.example.com"}
    for do in (f"GET /Users/{ada}", f"DELETE /Users/{ada}", f"GET /Users/{ada}?tenant=acme"):
        assert globex(do, **pretended)[0] == 404
    assert globex.patch(f"/Groups/{crew}", {"op": "remove", "path": "members"})[0] == 404
    group = {"schemas": [urns.GROUP], "displayName": "crew", "members": [{"value": ada}]}
    assert globex("POST /Groups", group)[0] == 400, "a member of another tenant is nobody"
    assert globex.find('externalId eq "e-1"')[1]["totalResults"] == 0
    globex.user("ada", externalId="e-1")  # the name is free here
    assert acme("GET /Users")[1]["totalResults"] == 1


def test_s8_tokens_are_hashed_and_compared_in_constant_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    compared: list[tuple[bytes, bytes]] = []
    compare = authentication.hmac.compare_digest
    monkeypatch.setattr(authentication.hmac, "compare_digest", lambda a, b: compared.append((a, b)) or compare(a, b))
    scim = Service(tokens={"first-token": Caller("okta"), "second-token": Caller("okta"), "third": Caller("entra")})
    answers = set()
    for token, status in {
        "first-token": 200,
        "second-token": 200,
        "third": 200,
        "first-toke": 401,
        "x" * 4_000: 401,
    }.items():
        compared.clear()
        response = scim.answer("GET /Users", token=token)
        assert response.status == status
        assert len(compared) == 3, "all of them are compared, whichever fits"
        assert {len(a) for pair in compared for a in pair} == {32}, "digests, of one length"
        if status == 401:
            answers.add((response.body, response.headers))
    assert len(answers) == 1, "a near token and a far one are answered alike"
    closure = scim.handler._authenticate.__closure__  # type: ignore[union-attr]
    assert b"first-token" not in repr([cell.cell_contents for cell in closure or ()]).encode()
    for query in ("access_token=first-token", "token=first-token"):
        assert scim(f"GET /Users?{query}", token=None)[0] == 401
    assert "first-token" not in caplog.text


def test_s9_a_filter_asks_for_what_it_says_or_is_refused(scim: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    scim.user("ada", password="pa55phrase-1", title="100%_sure")
    scim.user("eve")
    for text in ("%", "_", "' or '1'='1", "\\' or 1=1 --", "a%"):
        assert scim.find(f'userName co "{text.replace(chr(92), chr(92) * 2)}"')[1]["totalResults"] == 0
    assert scim.find('title co "%_"')[1]["totalResults"] == 1
    for filter in ("nonsense", 'nosuch eq "x"', 'userName eq "ada" and nosuch pr', 'not (nosuch eq "x")', ""):
        status, document = scim.find(filter)
        assert (status, document.get("scimType")) == (400, "invalidFilter"), filter
    # A filter or an order is an oracle for what may not be read.
    for filter in ('password sw "p"', "password pr", 'not (password eq "x")', 'PASSWORD co "5"', f"{USER}:password pr"):
        status, document = scim.find(filter)
        assert status == 400 or document["totalResults"] == 0, filter
    assert scim("GET /Users?sortBy=password")[0] == 400
    caplog.clear()
    scim("GET /Users?filter=userName+eq+%22x%0D%0A2026-01-01+INFO+forged%22")
    assert len(caplog.text.strip().splitlines()) == 1
    assert "forged" not in caplog.text


def test_s10_a_path_is_decoded_once_and_asks_for_a_token_in_any_spelling(scim: Service) -> None:
    id = scim.user("ada")
    for path in (f"/%55sers/{id}", f"/users/{id}", f"/USERS/{id}/", f"/Users/%{ord(id[0]):02x}{id[1:]}"):
        assert scim(f"GET {path}", token=None)[0] == 401
        assert scim(f"GET {path}")[0] == 200
    for path in ("/Users/a%2Fb", "/Users/..", "/Users/%2e%2e/Groups", "/Users/a%00", "/Users/a%0Ab", "/Schemas%2f.."):
        assert scim(f"GET {path}", token=None)[0] == 401
        assert scim(f"GET {path}")[0] == 400, path
    assert scim(f"GET /Users/%25{ord(id[0]):02x}{id[1:]}")[0] == 404, "not decoded twice"


def test_s11_no_input_makes_a_search_without_end(scim: Service, faults: Any) -> None:
    """It ends: what backtracks would take years here."""
    many = 40_000
    for text in (
        "a" * many + "!",
        "\\" * many,
        "a." * many,
        "urn:" + "a:" * many,
        " " * many,
        "2026-01-01T00:00:0" + "0" * many,
    ):
        assert scim.find(f'userName eq "{text}')[0] == 400
        assert scim.find(f"{text} pr")[0] == 400
        assert scim.find(f'meta.created gt "{text}"')[0] == 400
        for attribute in ("timezone", "locale", "preferredLanguage", "userName", "profileUrl"):
            status, _ = scim("POST /Users", {"schemas": [USER], "userName": "x", attribute: text})
            assert status in (201, 400, 409)
        assert scim("POST /Users", {"schemas": [f"urn:{text}"], "userName": "x"})[0] == 400
        assert scim(f"GET /Users?attributes={quote(text)}")[0] in (200, 400)
        scim("GET /Users", If_None_Match=f'W/"{text}', Accept=text)
    # Unicode's normal forms sort combining marks, and Python by insertion.
    marks = "e" + "\u0301\u0323" * many
    assert scim("POST /Users", {"schemas": [USER], "userName": marks})[0] == 201
    assert (
        scim("POST /Users/.search", {"schemas": [urns.SEARCH_REQUEST], "filter": f'userName co "{marks[:20_000]}"'})[0]
        == 200
    )


def test_s12_work_has_limits_and_says_so() -> None:
    small = Provider(config=Config(bulk=BulkLimits(3, 4_000), default_results=2, max_results=5))
    scim = Service(small, hooks=Hooks(throttle=RateLimit(requests_per_second=1, burst=40)))
    post = [
        {"method": "POST", "path": "/Users", "bulkId": str(n), "data": {"schemas": [USER], "userName": f"u{n}"}}
        for n in range(4)
    ]
    bulk = {"schemas": [urns.BULK_REQUEST]}
    assert scim("POST /Bulk", {**bulk, "Operations": post})[0] == 413
    padded = [{**post[0], "data": {**post[0]["data"], "title": "x" * 4_000}}]
    assert scim("POST /Bulk", {**bulk, "Operations": padded})[0] == 413
    assert scim("GET /Users")[1]["totalResults"] == 0, "nothing was done of what was refused"
    circle = []
    for a, b in (("a", "b"), ("b", "a")):
        group = {"schemas": [urns.GROUP], "displayName": a, "members": [{"value": f"bulkId:{b}"}]}
        circle.append({"method": "POST", "path": "/Groups", "bulkId": a, "data": group})
    assert scim("POST /Bulk", {**bulk, "Operations": circle})[0] == 200
    for n in range(6):
        scim.user(f"many {n}")
    assert len(scim("GET /Users?count=1000000000")[1]["Resources"]) == 5
    id = scim.user("ada")
    operation = {"op": "add", "path": "title", "value": "x"}
    status, document = scim.patch(f"/Users/{id}", *[operation] * 20_000)
    assert status in (400, 413), document
    assert scim("POST /Users", b" " * 1_048_577)[0] == 413
    for _ in range(60):
        response = scim.answer("GET /Users")
    assert response.status == 429
    assert dict(response.headers)["Retry-After"].isdecimal()


def test_s13_a_leaver_leaves_and_the_host_hears_of_it_first() -> None:
    heard: list[Event] = []
    at_answer: list[int] = []
    scim = Service(hooks=Hooks(events=heard.append))
    for number, sent in enumerate((False, "False", "false")):
        id = scim.user(f"ada {number}", active=True)
        heard.clear()
        status, _ = scim.patch(f"/Users/{id}", {"op": "Replace", "path": "active", "value": sent}, token="entra-token")
        at_answer.append(sum(isinstance(event, Deactivated) for event in heard))
        assert status == 200
        assert scim(f"GET /Users/{id}")[1]["active"] is False
    assert at_answer == [1, 1, 1], "once, and before the client was answered"
    again = scim.patch(f"/Users/{id}", {"op": "replace", "path": "active", "value": False})
    assert again[0] == 200
    assert sum(isinstance(event, Deactivated) for event in heard) == 1, "it was no news"
    # A null would be a default of true somewhere; a word that is no boolean is none.
    for sent in (None, "no", 0):
        assert scim.patch(f"/Users/{id}", {"op": "replace", "path": "active", "value": sent})[0] == 400
    scim.patch(f"/Users/{id}", {"op": "replace", "path": "active", "value": True})
    assert sum(isinstance(event, Reactivated) for event in heard) == 1


def test_s14_a_password_comes_out_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    heard: list[Event] = []
    seen: list[str] = []

    def look(write: Write) -> None:
        seen.append(f"{write!r} {write.changes!r}")

    scim = Service(hooks=Hooks(events=heard.append, before=look))
    first, second = "hunter2-0ne", "hunter2-tw0"
    answers = [scim.answer("POST /Users", {"schemas": [USER], "userName": "ada", "password": first})]
    id = json.loads(answers[0].body)["id"]
    operations: tuple[dict[str, Any], ...] = (
        {"op": "replace", "path": "password", "value": second},
        {"op": "replace", "value": {"password": first}},
        {"op": "replace", "path": "password", "value": {"no": second}},
        {"op": "add", "path": "password.x", "value": second},
        {"op": "replace", "path": "password", "value": [first, second]},
    )
    answers += [
        scim.answer(f"PATCH /Users/{id}", {"schemas": [PATCH_OP], "Operations": [operation]})
        for operation in operations
    ]
    wrong = (
        {"password": 7},
        {"password": {"a": second}},
        {"password": [first]},
        {"password": second, "active": "maybe"},
    )
    answers += [scim.answer("POST /Users", {"schemas": [USER], "userName": "eve", **body}) for body in wrong]
    assert {response.status for response in answers} == {200, 201, 400}
    for query in ("", "?attributes=password", "?attributes=userName,password", f"?attributes={USER}:password"):
        answers += [scim.answer(f"GET /Users/{id}{query}"), scim.answer(f"GET /Users{query}")]
    answers.append(scim.answer("POST /.search", {"schemas": [urns.SEARCH_REQUEST], "attributes": ["password"]}))
    answers.append(scim.answer(f"PUT /Users/{id}", {"schemas": [USER], "userName": "ada", "password": second}))
    for response in answers:
        assert second.encode() not in response.body
        assert first.encode() not in response.body
        assert b"hunter2" not in repr(response.headers).encode()
    assert "hunter2" not in caplog.text + repr(heard) + "".join(seen) + repr(vars(scim.handler))
    assert any(isinstance(event, Changed) and event.changes[0].path == "password" for event in heard)


def test_s15_another_tenant_s_resource_is_answered_as_none_at_all(tenants: tuple[Service, Service]) -> None:
    acme, globex = tenants
    ada = acme.user("ada")
    for do, body in (
        ("GET /Users/{}", None),
        ("DELETE /Users/{}", None),
        ("PUT /Users/{}", {"schemas": [USER], "userName": "ada"}),
        ("PATCH /Users/{}", {"schemas": [PATCH_OP], "Operations": [{"op": "remove", "path": "title"}]}),
    ):
        foreign, missing = (globex.answer(do.format(id), body) for id in (ada, "no-such-id"))
        assert (foreign.status, foreign.body, foreign.headers) == (missing.status, missing.body, missing.headers)
    assert globex.user("ada") != ada, "that a name is taken elsewhere is not told"
    assert globex.find('userName eq "ada"')[1]["totalResults"] == 1


def test_s16_a_body_that_two_parsers_could_read_differently_is_refused(scim: Service) -> None:
    start = f'{{"schemas":["{USER}"],'
    for rest in (
        '"userName":"ada","userName":"eve"}',
        '"userName":"ada","USERNAME":"eve"}',
        '"userName":"ada","name":{"familyName":"a","familyname":"b"}}',
        '"userName":"ada","userName\\u0000":"eve"}',
        '"userName":"ada","x":NaN}',
        '"userName":"ada","x":-Infinity}',
        '"userName":"ada","x":1e999}',
        '"userName":"ada"} trailing',
        '"userName":"ada",}',
        "'userName':'ada'}",
        '"userName":"ada\\ud800"}',
        '"userName":"ada" /* c */}',
    ):
        status, document = scim("POST /Users", (start + rest).encode())
        assert status in (400, 201), rest
        if status == 201:
            assert rest.startswith('"userName":"ada","userName\\u0000"'), rest
            assert document["userName"] == "ada"
            scim(f"DELETE /Users/{document['id']}")
    body = f'{start}"userName":"ada"}}'
    for encoded in (body.encode("utf-16"), body.encode("utf-32"), b"\xff" + body.encode()):
        assert scim("POST /Users", encoded)[0] == 400
    assert scim("GET /Users?count=1&count=2")[0] == 400
    assert scim("GET /Users")[1]["totalResults"] == 0


def test_s17_races_have_one_winner_and_no_write_is_lost() -> None:
    scim = Service()
    crew = scim("POST /Groups", {"schemas": [urns.GROUP], "displayName": "crew"})[1]["id"]
    ids = [scim.user(f"member {n}") for n in range(16)]
    outcomes: Counter[int] = Counter()
    together = threading.Barrier(16)

    def work(number: int) -> None:
        together.wait()
        outcomes[scim("POST /Users", {"schemas": [USER], "userName": "only one"})[0]] += 1
        added = scim.patch(f"/Groups/{crew}", {"op": "add", "path": "members", "value": [{"value": ids[number]}]})
        assert added[0] == 200

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {201: 1, 409: 15}
    assert {member["value"] for member in scim(f"GET /Groups/{crew}")[1]["members"]} == set(ids)
    version = scim(f"GET /Users/{ids[0]}")[1]["meta"]["version"]
    change = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "title", "value": "first"}]}
    assert scim(f"PATCH /Users/{ids[0]}", change, If_Match=version)[0] == 200
    change["Operations"][0]["value"] = "second"  # type: ignore[index]
    assert scim(f"PATCH /Users/{ids[0]}", change, If_Match=version)[0] == 412
    assert scim(f"GET /Users/{ids[0]}")[1]["title"] == "first"


def test_s18_ids_are_the_service_s(scim: Service) -> None:
    victim = scim.user("admin")
    for sent in (victim, "1", "../admin", ""):
        status, document = scim("POST /Users", {"schemas": [USER], "userName": f"eve {sent}", "id": sent, "ID": sent})
        assert status == 400, "the name twice"
        status, document = scim("POST /Users", {"schemas": [USER], "userName": f"eve {sent}", "Id": sent})
        assert status == 201
        assert document["id"] not in (sent, victim)
    other = scim.user("other")
    assert scim(f"PUT /Users/{other}", {"schemas": [USER], "userName": "other", "id": victim, "title": "x"})[0] == 200
    assert scim(f"GET /Users/{victim}")[1]["userName"] == "admin"
    assert "title" not in scim(f"GET /Users/{victim}")[1]


def test_s19_the_host_hears_who_claims_an_address_and_what_it_was() -> None:
    """That an address is its user's is for the host to find out: it is told all that it needs for that."""
    heard: list[Event] = []
    scim = Service(hooks=Hooks(events=heard.append))
    id = scim.user("ada", emails=[{"value": "ada@example.com", "type": "work"}])
    heard.clear()
    scim.patch(f"/Users/{id}", {"op": "replace", "path": 'emails[type eq "work"].value', "value": "eve@example.com"})
    (event,) = heard
    assert isinstance(event, Changed)
    (change,) = event.changes
    assert (event.caller, event.tenant, event.id, change.path) == ("okta", "acme", id, "emails")
    assert (change.before[0]["value"], change.after[0]["value"]) == ("ada@example.com", "eve@example.com")
    names = {attribute.name.lower() for attribute in Provider().resource_types[0].attributes}
    assert not {name for name in names if "verified" in name}, "no attribute says so for a client"


def test_s20_nothing_is_fetched_and_no_browser_is_fooled(scim: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*given: object) -> None:
        raise AssertionError("something is fetched")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)
    script = "<script>alert(1)</script>"
    inside = "http://169.254.169.254/latest/meta-data"
    ada = scim.user(script, profileUrl=inside, photos=[{"value": inside}], displayName=script)
    member = {"value": ada, "$ref": "https://evil.example/Users/1", "display": script}
    status, crew = scim("POST /Groups", {"schemas": [urns.GROUP], "displayName": script, "members": [member]})
    assert status == 201
    assert crew["members"][0]["$ref"] == f"{BASE}/Users/{ada}", "computed, not stored"
    for do in (f"GET /Users/{ada}", "GET /Users", f"GET /Users/{script}", "GET /Schemas", "GET /<script>"):
        response = scim.answer(do, Accept="text/html,application/xhtml+xml")
        fields = {name.lower(): value for name, value in response.headers}
        assert fields["content-type"].startswith("application/scim+json")
        assert fields["x-content-type-options"] == "nosniff"
        assert response.status < 400 or script.encode() not in response.body


def test_s21_what_is_sensitive_need_not_stand_in_a_url_nor_in_a_log(
    scim: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    scim.user("ada", emails=[{"value": "ada@private.example"}])
    filter = 'emails.value eq "ada@private.example"'
    for endpoint in ("/.search", "/Users/.search"):
        status, document = scim(f"POST {endpoint}", {"schemas": [urns.SEARCH_REQUEST], "filter": filter})
        assert (status, document["totalResults"]) == (200, 1)
    assert scim.find(filter)[1]["totalResults"] == 1
    # A value that looks like a part of a filter is a value.
    assert scim.find('title eq "private.example eq 1" and title eq "x\\" and private.example pr"')[0] == 200
    scim("GET /Users?secret=ada@private.example&x=ada%40private.example")
    assert "emails.value eq" in caplog.text
    assert "private.example" not in caplog.text


CONNECTED_BY = "postgres://root:s3cret@db.internal/prod"


class Failing(MemoryStorage):
    """Fails as a driver does, naming what it was given and how it is connected."""

    def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        raise RuntimeError(f"INSERT INTO users {document} failed at {CONNECTED_BY}")


def test_s22_an_error_tells_of_the_request_and_not_of_the_service(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    scim = Service(storage=Failing())
    status, document = scim("POST /Users", {"schemas": [USER], "userName": "ada", "password": "pa55phrase"})
    assert (status, set(document)) == (500, {"schemas", "status", "detail"})
    reference = re.search(r"reference (\w+)", document["detail"])
    assert reference
    assert reference[1] in caplog.text, "and the log knows it"
    for secret in ("postgres", "s3cret", "INSERT", "Traceback", "RuntimeError", ".py", "pa55phrase"):
        assert secret not in document["detail"]
    assert "pa55phrase" not in caplog.text
    assert "s3cret" not in caplog.text


def test_s23_a_host_can_stop_a_mass_change_and_has_a_record_of_each() -> None:
    left = 5
    record: list[tuple[str, str, str, list[str]]] = []

    def not_so_many(write: Write) -> None:
        nonlocal left
        gone = 0
        for change in write.changes:
            if isinstance(change, MembershipDelta):
                gone += len(change.removed)
            elif change.path == "active" and change.after is False and write.before is not None:
                gone += 1
        if write.after is None:
            gone += 1
        left -= gone
        if left < 0:
            raise Forbidden("Too many people leave at once: ask the administrator of the application.")

    def note(event: Event) -> None:
        paths = [change.path for change in event.changes] if isinstance(event, Changed) else []
        record.append((event.caller, type(event).__name__, event.id, paths))

    scim = Service(hooks=Hooks(before=not_so_many, events=note))
    ids = [scim.user(f"u{n}", active=True, password="pa55phrase") for n in range(8)]
    record.clear()
    statuses = [scim.patch(f"/Users/{id}", {"op": "replace", "path": "active", "value": False})[0] for id in ids]
    assert statuses == [200] * 5 + [403] * 3
    assert scim(f"DELETE /Users/{ids[7]}")[0] == 403
    assert [scim(f"GET /Users/{id}")[1]["active"] for id in ids] == [False] * 5 + [True] * 3
    assert [entry for entry in record if entry[1] == "Changed"] == [
        ("okta", "Changed", id, ["active"]) for id in ids[:5]
    ]
    assert "pa55phrase" not in repr(record)


def test_s24_the_threat_model_says_whose_duty_is_what() -> None:
    """Each duty has a row on the page, and a test here where the library has a part in it."""
    page = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (S\d+) \| (.*) \|$", page, re.MULTILINE))
    assert list(rows) == [f"S{number}" for number in range(1, 25)]
    tests = {name.split("_")[1].upper() for name in globals() if name.startswith("test_s")}
    assert tests == set(rows)
    assert "granted" in rows["S24"]
