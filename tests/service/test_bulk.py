"""Bulk requests (RFC 7644 §3.7) where more is to be seen than the answer: order, circles, limits, hooks."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doors import BASE
from scimcore import urns
from scimcore.dialects import ENTRA, STRICT
from scimcore.documents import Document, Limits
from scimcore.errors import Forbidden, InvalidValue
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.messages import BulkOperation, BulkRequest, BulkResponse
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import Caller, anyone
from scimcore.service.bulk_references import in_order, references_in, replaced, without
from scimcore.service.events import Event
from scimcore.service.hooks import Hooks
from scimcore.service.provider import BulkLimits, Config, Provider
from scimcore.service.requests import Operation
from scimcore.storage import Stored


class Service:
    def __init__(self, storage: MemoryStorage | None = None, hooks: Hooks | None = None, **parts: Any) -> None:
        self.storage = MemoryStorage() if storage is None else storage
        self.handler = Handler(Provider(**parts), self.storage, self.authenticate, hooks=hooks or Hooks())
        self.caller = Caller("okta")

    def authenticate(self, request: Request) -> Caller:
        return self.caller

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
        path, _, query = path.partition("?")
        headers = Headers([("Content-Type", "application/scim+json")])
        response = self.handler.handle(Request(method, path, query, headers, body, BASE))
        return response.status, json.loads(response.body) if response.body else None

    def bulk(self, *operations: Any, **members: Any) -> list[Any]:
        status, document = self.send(*operations, **members)
        assert status == 200, document
        return list(document["Operations"])

    def send(self, *operations: Any, **members: Any) -> tuple[int, Any]:
        body = {"schemas": [urns.BULK_REQUEST], **members, "Operations": list(operations)}
        return self.ask("POST", "/Bulk", json.dumps(body).encode())

    def names(self, endpoint: str = "/Users") -> set[str]:
        _, page = self.ask("GET", endpoint)
        return {resource.get("userName") or resource["displayName"] for resource in page["Resources"]}


def post(kind: str, name: str, *references: str, bulk_id: str | None = None) -> Document:
    user = kind == "Users"
    data: Document = {"schemas": [urns.USER if user else urns.GROUP], "userName" if user else "displayName": name}
    if references and user:
        data["schemas"].append(urns.ENTERPRISE_USER)
        data[urns.ENTERPRISE_USER] = {"department": "d", "manager": {"value": f"bulkId:{references[0]}"}}
    elif references:
        data["members"] = [{"value": f"bulkId:{each}"} for each in references]
    return {"method": "POST", "path": f"/{kind}", "bulkId": bulk_id or name, "data": data}


def statuses(results: Iterable[Any]) -> list[str]:
    return [result["status"] for result in results]


# Circles (§3.7.1) ----------------------------------------------------------------------------------------------------


def members_of(service: Service, name: str) -> list[str]:
    _, page = service.ask("GET", f"/Groups?filter=displayName+eq+%22{name}%22")
    return sorted(member["display"] for member in page["Resources"][0].get("members", ()))


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_circle_of_any_size_is_closed(size: int) -> None:
    service = Service()
    names = [f"g{number}" for number in range(size)]
    circle = [post("Groups", name, names[(place + 1) % size]) for place, name in enumerate(names)]
    assert statuses(service.bulk(*circle)) == ["201"] * size
    for place, name in enumerate(names):
        assert members_of(service, name) == [names[(place + 1) % size]]


def test_two_circles_that_share_a_group_and_others_that_lean_on_them() -> None:
    service = Service()
    results = service.bulk(
        post("Groups", "outer", "a", "user"),
        post("Groups", "a", "b", "user"),
        post("Groups", "b", "a", "c"),
        post("Groups", "c", "b"),
        post("Users", "user"),
    )
    assert statuses(results) == ["201"] * 5
    assert members_of(service, "outer") == ["a", "user"]
    assert members_of(service, "a") == ["b", "user"]
    assert members_of(service, "b") == ["a", "c"]
    assert members_of(service, "c") == ["b"]


def test_managers_in_a_circle_keep_the_rest_of_their_extension() -> None:
    service = Service()
    assert statuses(service.bulk(post("Users", "x", "y"), post("Users", "y", "x"))) == ["201", "201"]
    _, page = service.ask("GET", "/Users?sortBy=userName")
    first, second = page["Resources"]
    assert first[urns.ENTERPRISE_USER]["manager"]["value"] == second["id"]
    assert second[urns.ENTERPRISE_USER]["manager"]["value"] == first["id"]
    assert first[urns.ENTERPRISE_USER]["department"] == "d"


def test_a_circle_that_fails_leaves_nothing_and_says_which_one_failed() -> None:
    events: list[Event] = []
    service = Service(hooks=Hooks(events=events.append))
    service.bulk(post("Groups", "taken"))
    events.clear()
    results = service.bulk(
        post("Groups", "one", "two"),
        post("Groups", "two", "three"),
        post("Groups", "taken", "one", bulk_id="three"),
        post("Groups", "leans", "one"),
        post("Groups", "free"),
    )
    assert statuses(results) == ["409", "409", "409", "400", "201"]
    assert [result["response"].get("scimType") for result in results[:4]] == [
        None,
        None,
        "uniqueness",
        "invalidValue",
    ]
    assert service.names("/Groups") == {"taken", "free"}
    assert [type(event).__name__ for event in events] == ["Created"]


def test_events_of_a_circle_are_heard_when_it_is_closed() -> None:
    events: list[Event] = []
    service = Service(hooks=Hooks(events=events.append))
    service.bulk(post("Groups", "one", "two"), post("Groups", "two", "one"))
    heard = [type(event).__name__ for event in events]
    assert heard.count("Created") == 2
    assert "MembershipChanged" in heard
    assert len({event.correlation_id for event in events}) == 1


class Failing(MemoryStorage):
    """Breaks at the n-th write."""

    left = 1_000_000

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError("disk full: secret")

    def insert(self, resource_type: ResourceType, document: Document, /) -> Stored:
        self._count()
        return super().insert(resource_type, document)

    def update(self, *given: Any) -> Stored:
        self._count()
        return super().update(*given)

    def update_members(self, *given: Any) -> Stored:
        self._count()
        return super().update_members(*given)  # type: ignore[misc,no-any-return]


@pytest.mark.parametrize("writes", range(3))
def test_a_store_that_breaks_within_a_circle_leaves_nothing(writes: int) -> None:
    storage = Failing()
    service = Service(storage)
    storage.left = writes
    results = service.bulk(post("Groups", "one", "two"), post("Groups", "two", "one"))
    assert sorted(statuses(results)) == ["409", "500"]
    assert "secret" not in json.dumps(results)
    assert service.names("/Groups") == set()


@pytest.mark.parametrize("writes", range(3))
def test_a_store_that_breaks_at_one_operation_is_that_operation_s_failure(writes: int) -> None:
    storage = Failing()
    service = Service(storage)
    storage.left = writes
    results = service.bulk(*(post("Users", f"u{number}") for number in range(4)))
    assert statuses(results) == ["201"] * writes + ["500"] * (4 - writes)
    assert service.names() == {f"u{number}" for number in range(writes)}


# Order (§3.7, §3.7.2) ------------------------------------------------------------------------------------------------


def test_a_long_chain_of_forward_references_is_resolved() -> None:
    service = Service(config=Config(bulk=BulkLimits(1000), max_results=1000))
    length = 400
    chain = [post("Groups", f"g{n}", f"g{n + 1}") for n in range(length - 1)] + [post("Groups", f"g{length - 1}")]
    assert statuses(service.bulk(*chain)) == ["201"] * length
    assert members_of(service, "g0") == ["g1"]
    assert members_of(service, f"g{length - 2}") == [f"g{length - 1}"]


def test_operations_keep_the_order_that_they_were_sent_in() -> None:
    service = Service()
    [made] = service.bulk(post("Users", "ada"))
    path = made["location"].removeprefix(BASE)

    def titled(title: str) -> Document:
        operations = [{"op": "replace", "path": "title", "value": title}]
        return {"method": "PATCH", "path": path, "data": {"schemas": [urns.PATCH_OP], "Operations": operations}}

    service.bulk(titled("first"), titled("second"), titled("third"))
    assert service.ask("GET", path)[1]["title"] == "third"
    results = service.bulk({"method": "DELETE", "path": path}, titled("late"), post("Users", "ada"))
    assert statuses(results) == ["204", "404", "201"]


def test_what_is_no_reference_is_left_alone() -> None:
    service = Service()
    operation = post("Users", "ada")
    operation["data"]["title"] = "see bulkId: 7"
    [made, _] = service.bulk(operation, post("Groups", "g", "ada"))
    assert service.ask("GET", made["location"].removeprefix(BASE))[1]["title"] == "see bulkId: 7"


EDGES = st.lists(st.sets(st.integers(0, 9), max_size=4), min_size=10, max_size=10)


@given(EDGES)
def test_everything_comes_behind_what_it_needs(edges: list[set[int]]) -> None:
    groups = in_order(edges)
    assert sorted(number for group in groups for number in group) == list(range(10))
    done: set[int] = set()
    for group in groups:
        done |= set(group)
        for number in group:
            assert edges[number] <= done
    reach = {number: _reached(number, edges) for number in range(10)}
    for group in groups:
        assert all(other in reach[number] for number in group for other in group if len(group) > 1)


def _reached(start: int, edges: list[set[int]]) -> set[int]:
    found: set[int] = set()
    pending = list(edges[start])
    while pending:
        number = pending.pop()
        if number not in found:
            found.add(number)
            pending += edges[number]
    return found


def test_what_needs_nothing_stays_where_it_is() -> None:
    assert in_order([set(), set(), set()]) == [[0], [1], [2]]
    assert in_order([{2}, set(), set()]) == [[2], [0], [1]]
    assert in_order([{1}, {0}, {0}]) == [[0, 1], [2]]


@pytest.mark.parametrize(
    ("text", "names", "result"),
    [
        ("bulkId:a", ["a"], "7"),
        ("bulkId:a b/c", ["a b/c"], "8"),
        ("https://x/Users/bulkId:a", ["a"], "https://x/Users/7"),
        ('members[value eq "bulkId:a" or value eq "bulkId:b"]', ["a", "b"], 'members[value eq "7" or value eq "9"]'),
        ("about bulkId:a", [], "about bulkId:a"),
        ("BULKID:a", [], "BULKID:a"),
    ],
)
def test_references_in_a_text(text: str, names: list[str], result: str) -> None:
    assert list(references_in({"x": [text]})) == names
    assert replaced({"x": [text, 1]}, {"a": "7", "b": "9", "a b/c": "8"}) == {"x": [result, 1]}


def test_a_reference_to_nothing_is_an_error() -> None:
    with pytest.raises(InvalidValue, match="bulkId:zz"):
        replaced(["bulkId:zz"], {"a": "1"})


def test_leaving_out_a_reference_leaves_out_what_it_is_part_of() -> None:
    sent = {
        "members": [
            {"value": "bulkId:a"},
            {"value": "bulkId:b"},
            {"value": "c", "$ref": "/Users/bulkId:a"},
            "bulkId:a",
        ],
        "owner": "bulkId:a",
        "name": {"x": 1},
        "urn:x:y": {"manager": {"value": "bulkId:a", "name": "n"}, "kept": True},
    }
    left = {"members": [{"value": "bulkId:b"}], "name": {"x": 1}, "urn:x:y": {"kept": True}}
    assert without(sent, {"a"}) == left
    assert without(sent, set()) == sent


# Limits (§3.7.4) -----------------------------------------------------------------------------------------------------


def test_more_operations_than_allowed_are_413_and_none_is_tried() -> None:
    service = Service(config=Config(bulk=BulkLimits(max_operations=2)))
    status, document = service.send(*(post("Users", f"u{number}") for number in range(3)))
    assert (status, document["status"]) == (413, "413")
    assert "maxOperations (2)" in document["detail"]
    assert service.names() == set()
    assert statuses(service.bulk(post("Users", "a"), post("Users", "b"))) == ["201", "201"]


def test_a_larger_body_than_allowed_is_413() -> None:
    service = Service(config=Config(bulk=BulkLimits(max_payload_bytes=300)), limits=Limits(max_payload_bytes=10_000))
    status, document = service.send(post("Users", "u" * 300))
    assert status == 413
    assert "maxPayloadSize (300)" in document["detail"]
    assert service.names() == set()


def test_a_bulk_request_may_be_larger_than_others() -> None:
    service = Service(limits=Limits(max_payload_bytes=500))
    assert len(service.bulk(*(post("Users", f"u{number}") for number in range(20)))) == 20
    body = json.dumps(post("Users", "u" * 500)["data"]).encode()
    assert service.ask("POST", "/Users", body)[0] == 413


def test_a_service_without_bulk_requests_says_so() -> None:
    service = Service(config=Config(bulk=None))
    assert service.send(post("Users", "a"))[0] == 501
    assert service.ask("GET", "/ServiceProviderConfig")[1]["bulk"] == {
        "supported": False,
        "maxOperations": 0,
        "maxPayloadSize": 0,
    }


# The way of a request of its own -------------------------------------------------------------------------------------


def test_each_operation_is_authorised() -> None:
    seen: list[str] = []

    def authorize(caller: Caller, operation: Operation) -> None:
        seen.append(type(operation).__name__)
        if type(operation).__name__ == "DeleteResource":
            raise Forbidden("Nobody deletes.")

    service = Service(hooks=Hooks(authorize=authorize))
    results = service.bulk(post("Users", "ada"), {"method": "DELETE", "path": "/Users/x"})
    assert statuses(results) == ["201", "403"]
    assert seen == ["RunBulk", "CreateResource", "DeleteResource"]
    # As it was sent: that a circle is closed by a second write is nothing that the caller asked for.
    seen.clear()
    assert statuses(service.bulk(post("Groups", "one", "two"), post("Groups", "two", "one"))) == ["201", "201"]
    assert seen == ["RunBulk", "CreateResource", "CreateResource"]


def test_each_operation_is_read_by_the_caller_s_dialect() -> None:
    service = Service()
    [made] = service.bulk(post("Users", "ada"))
    path = made["location"].removeprefix(BASE)
    operations = [{"op": "Replace", "path": "active", "value": "False"}]
    patch = {"method": "PATCH", "path": path, "data": {"schemas": [urns.PATCH_OP], "Operations": operations}}
    service.caller = Caller("entra", ENTRA)
    assert statuses(service.bulk(patch)) == ["200"]
    assert service.ask("GET", path)[1]["active"] is False
    service.caller = Caller("other", STRICT)
    assert statuses(service.bulk(patch)) == ["400"]


@pytest.mark.parametrize(("answer", "status"), [("resource", "200"), ("nothing", "204")])
def test_the_status_is_that_of_a_request_of_its_own(answer: Any, status: str) -> None:
    service = Service(config=Config(patch_answer=answer))
    [made] = service.bulk(post("Users", "ada"))
    path = made["location"].removeprefix(BASE)
    operations = [{"op": "add", "path": "title", "value": "x"}]
    patch = {"method": "PATCH", "path": path, "data": {"schemas": [urns.PATCH_OP], "Operations": operations}}
    [patched] = service.bulk(patch)
    assert (patched["status"], patched["location"]) == (status, made["location"])
    assert patched["version"] not in ("", made["version"])
    [shown] = service.bulk({**patch, "path": f"{path}?attributes=title"})
    assert shown["response"] == {"schemas": [urns.USER], "id": made["location"].rpartition("/")[2], "title": "x"}


def test_quirks_are_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    service = Service()
    operation = post("Users", "ada")
    operation["data"]["active"] = "True"
    with caplog.at_level("INFO", "scimcore.requests"):
        service.bulk(operation)
    assert "POST /Bulk 200" in caplog.text
    assert "understood: string-boolean" in caplog.text


# The messages as models ----------------------------------------------------------------------------------------------


def test_the_messages_are_models_too() -> None:
    handler = Handler(Provider(), MemoryStorage(), anyone)
    data = {"schemas": [urns.USER], "userName": "ada"}
    request = BulkRequest(
        fail_on_errors=1,
        operations=[
            BulkOperation(method="POST", path="/Users", bulk_id="1", data=data),
            BulkOperation(method="POST", path="/Users", bulk_id="2", data=data),
        ],
    )
    body = json.dumps(request.to_document()).encode()
    headers = Headers([("Content-Type", "application/scim+json")])
    answer = handler.handle(Request("POST", "/Bulk", "", headers, body, BASE))
    response = BulkResponse.model_validate_json(answer.body)
    assert response.schemas == [urns.BULK_RESPONSE]
    made, refused = response.operations or ()
    assert (made.status, made.bulk_id) == ("201", "1")
    assert (made.location or "").startswith(f"{BASE}/Users/")
    assert refused.response is not None
    assert refused.response["scimType"] == "uniqueness"
    assert BulkRequest.model_validate_json(body) == request
