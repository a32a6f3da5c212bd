"""The caller brings its dialect; what was understood by it is told in the log."""

import json
import logging
from typing import Any

import pytest

from doors import BASE
from scimcore import urns
from scimcore.dialects import ENTRA, STRICT
from scimcore.handler import Handler
from scimcore.http import Headers, Request, Response
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import Caller, bearer_tokens
from scimcore.service.provider import Provider


@pytest.fixture
def ask() -> Any:
    """Ask one service, as the caller with the token."""
    tokens = {"strict": "someone", "entra": Caller("entra", ENTRA)}
    handler = Handler(Provider(dialect=STRICT), MemoryStorage(), bearer_tokens(tokens))

    def ask(token: str, method: str, path: str, body: Any = None) -> Response:
        path, _, query = path.partition("?")
        fields = Headers([("Authorization", f"Bearer {token}"), ("Content-Type", "application/json")])
        return handler.handle(Request(method, path, query, fields, json.dumps(body).encode() if body else b"", BASE))

    return ask


def test_two_callers_are_understood_each_in_its_dialect(ask: Any, caplog: pytest.LogCaptureFixture) -> None:
    body = {"schemas": [urns.USER], "userName": "ada", "active": "True", "title": ""}
    assert ask("strict", "POST", "/Users", body).status == 400
    with caplog.at_level(logging.INFO, "scimcore.requests"):
        created = ask("entra", "POST", "/Users", body)
    assert created.status == 201
    user = json.loads(created.body)
    assert user["active"] is True
    assert "title" not in user
    [line] = [record.getMessage() for record in caplog.records]
    assert line.endswith(" entra understood: string-boolean, empty-text")

    place = f"/Users/{user['id']}"
    patch = {
        "schemas": [urns.PATCH_OP],
        "Operations": [{"op": "Replace", "path": 'emails[type eq "work"].value', "value": "a@b"}],
    }
    assert ask("strict", "PATCH", place, patch).status == 400
    caplog.clear()
    with caplog.at_level(logging.INFO, "scimcore.requests"):
        patched = ask("entra", "PATCH", place, patch)
    assert json.loads(patched.body)["emails"] == [{"type": "work", "value": "a@b"}]
    assert caplog.records[0].getMessage().endswith(" understood: capitalised-op, replace-creates-value")

    replaced = ask("entra", "PUT", place, {**body, "active": "false"})
    assert json.loads(replaced.body)["active"] is False

    search = "/Users?filter=active+eq+False"
    assert ask("strict", "GET", search).status == 400
    caplog.clear()
    with caplog.at_level(logging.INFO, "scimcore.requests"):
        found = ask("entra", "GET", search)
    assert json.loads(found.body)["totalResults"] == 1
    assert caplog.records[0].getMessage().endswith(" entra understood: literalCase")


def test_a_request_without_operations_is_for_the_dialect_to_judge(ask: Any) -> None:
    created = ask("entra", "POST", "/Users", {"schemas": [urns.USER], "userName": "ada"})
    place = f"/Users/{json.loads(created.body)['id']}"
    nothing = {"schemas": [urns.PATCH_OP], "Operations": []}
    refused = ask("strict", "PATCH", place, nothing)
    assert (refused.status, json.loads(refused.body)["scimType"]) == (400, "invalidSyntax")
    answer = ask("entra", "PATCH", place, nothing)
    assert (answer.status, answer.body) == (200, created.body)
