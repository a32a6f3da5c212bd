"""Bodies that are not what they should be: the right SCIM error, through every door, and nothing is stored."""

import json
from typing import Any

import pytest

from doors import DOORS, TOKEN, Ask, Asked
from scimcore import urns
from scimcore.service.provider import Provider

USER = {"schemas": [urns.USER], "userName": "ada"}
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}

# What it is: body, status, scimType.
BODIES: dict[str, tuple[bytes, int, str | None]] = {
    "empty": (b"", 400, "invalidSyntax"),
    "blank": (b"  \n", 400, "invalidSyntax"),
    "not JSON": (b"userName=ada", 400, "invalidSyntax"),
    "half of it": (json.dumps(USER).encode()[:-1], 400, "invalidSyntax"),
    "two of it": (json.dumps(USER).encode() * 2, 400, "invalidSyntax"),
    "null": (b"null", 400, "invalidSyntax"),
    "a string": (b'"ada"', 400, "invalidSyntax"),
    "an empty string": (b'""', 400, "invalidSyntax"),
    "an array": (json.dumps([USER]).encode(), 400, "invalidSyntax"),
    "an empty object": (b"{}", 400, "invalidSyntax"),
    "a number": (b"1", 400, "invalidSyntax"),
    "NaN": (b'{"schemas": ["%s"], "userName": NaN}' % urns.USER.encode(), 400, "invalidSyntax"),
    "UTF-16": (json.dumps(USER).encode("utf-16"), 400, "invalidSyntax"),
    "Latin-1": (b'{"userName": "J\xfcrgen"}', 400, "invalidSyntax"),
    "half a surrogate pair": (b'{"schemas": ["%s"], "userName": "\\ud800"}' % urns.USER.encode(), 400, "invalidSyntax"),
    "deep arrays": (b"[" * 100_000, 400, "invalidSyntax"),
    "deep objects": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 400, "invalidSyntax"),
    "deep value": (json.dumps({**USER, "title": json.loads("[" * 50 + "]" * 50)}).encode(), 400, "invalidSyntax"),
    "10 MB": (b'{"userName": "' + b"a" * 10_000_000 + b'"}', 413, None),
    "10 MB of spaces": (b" " * 10_000_000, 413, None),
    "a long number": (
        b'{"schemas": ["%s"], "userName": %s}' % (urns.USER.encode(), b"9" * 5_000),
        400,
        "invalidSyntax",
    ),
    "a name twice": (
        b'{"schemas": ["%s"], "userName": "a", "userName": "b"}' % urns.USER.encode(),
        400,
        "invalidSyntax",
    ),
    "a name twice but for case": (json.dumps({**USER, "USERNAME": "eve"}).encode(), 400, "invalidSyntax"),
    "no schemas": (b'{"userName": "ada"}', 400, "invalidSyntax"),
    "null schemas": (b'{"schemas": null, "userName": "ada"}', 400, "invalidSyntax"),
    "empty schemas": (b'{"schemas": [], "userName": "ada"}', 400, "invalidSyntax"),
    "an unknown schema alone": (json.dumps({**USER, "schemas": ["urn:example:thing"]}).encode(), 400, "invalidSyntax"),
    "a message's schema": (json.dumps({**USER, "schemas": [urns.PATCH_OP]}).encode(), 400, "invalidSyntax"),
    "no userName": (json.dumps({"schemas": [urns.USER]}).encode(), 400, "invalidValue"),
    "null userName": (json.dumps({**USER, "userName": None}).encode(), 400, "invalidValue"),
    "empty userName": (json.dumps({**USER, "userName": ""}).encode(), 400, "invalidValue"),
    "blank userName": (json.dumps({**USER, "userName": " "}).encode(), 400, "invalidValue"),
    "userName is a number": (json.dumps({**USER, "userName": 7}).encode(), 400, "invalidValue"),
    "userName is an object": (json.dumps({**USER, "userName": {"first": "ada"}}).encode(), 400, "invalidValue"),
    "active is a number": (json.dumps({**USER, "active": 1}).encode(), 400, "invalidValue"),
    "name is a string": (json.dumps({**USER, "name": "Ada"}).encode(), 400, "invalidValue"),
    "emails is a boolean": (json.dumps({**USER, "emails": True}).encode(), 400, "invalidValue"),
    "emails of numbers": (json.dumps({**USER, "emails": [7]}).encode(), 400, "invalidValue"),
    "two primary": (
        json.dumps({**USER, "emails": [{"value": str(n), "primary": True} for n in range(2)]}).encode(),
        400,
        "invalidValue",
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_malformed_user_is_refused_and_not_stored(door: str) -> None:
    ask = DOORS[door](Provider())
    for name, (body, status, kind) in BODIES.items():
        answer = ask(Asked("POST", "/Users", HEADERS, body))
        _is_error(name, answer.document, answer.status, status, kind)
    assert _total(ask) == 0


@pytest.mark.parametrize("body", BODIES)
def test_a_malformed_replacement_leaves_the_user_as_it_was(body: str) -> None:
    ask = DOORS["handler"](Provider())
    created = ask(Asked("POST", "/Users", HEADERS, json.dumps(USER).encode())).document
    content, status, kind = BODIES[body]
    answer = ask(Asked("PUT", f"/Users/{created['id']}", HEADERS, content))
    _is_error(body, answer.document, answer.status, status, kind)
    assert ask(Asked("GET", f"/Users/{created['id']}", HEADERS)).document == created


PATCHES: dict[str, Any] = {
    "no schemas": {"Operations": [{"op": "replace", "value": {"active": False}}]},
    "a string as schemas": {"schemas": urns.PATCH_OP, "Operations": [{"op": "replace", "value": {"active": False}}]},
    "another schema": {"schemas": [urns.USER], "Operations": [{"op": "replace", "value": {"active": False}}]},
    "numbers as schemas": {"schemas": [1, None], "Operations": [{"op": "replace", "value": {"active": False}}]},
    "no operations": {"schemas": [urns.PATCH_OP]},
    "null operations": {"schemas": [urns.PATCH_OP], "Operations": None},
    "empty operations": {"schemas": [urns.PATCH_OP], "Operations": []},
    "an operation that is not in an array": {
        "schemas": [urns.PATCH_OP],
        "Operations": {"op": "remove", "path": "title"},
    },
    "a user": USER,
}


@pytest.mark.parametrize("body", PATCHES)
def test_a_malformed_patch_changes_nothing(body: str) -> None:
    ask = DOORS["handler"](Provider())
    created = ask(Asked("POST", "/Users", HEADERS, json.dumps(USER).encode())).document
    answer = ask(Asked("PATCH", f"/Users/{created['id']}", HEADERS, json.dumps(PATCHES[body]).encode()))
    _is_error(body, answer.document, answer.status, 400, "invalidSyntax")
    assert ask(Asked("GET", f"/Users/{created['id']}", HEADERS)).document == created


def _is_error(name: str, document: Any, actual: int, status: int, kind: str | None) -> None:
    assert (name, actual, document.get("scimType")) == (name, status, kind), document
    assert document["schemas"] == [urns.ERROR]
    assert document["status"] == str(status)
    assert 0 < len(document["detail"]) < 1000


def _total(ask: Ask) -> int:
    total: int = ask(Asked("GET", "/Users", HEADERS)).document["totalResults"]
    return total
