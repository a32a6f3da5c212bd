"""What Okta and Entra ID send, played over real sockets: the ASGI app under uvicorn and the WSGI app under wsgiref."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest

from stories import TOKEN, Answer, Played, play, read
from stories.sockets import SERVERS, client

# The story file, and the client whose token it uses.
STORIES = {
    "okta_spec_test": "okta",
    "okta_lifecycle": "okta",
    "okta_full_lifecycle": "okta",
    "entra_lifecycle": "entra",
    "entra_full_lifecycle": "entra",
}

# What is published of every attribute, and what RFC 7643 §8.7 leaves out where it says nothing: only text has a case,
# and a complex value (erratum 6004) or a boolean is not unique.
ALWAYS = {"name", "type", "multiValued", "required", "mutability", "returned"}
WITH_CASE = {"string", "reference", "binary"}
NOT_UNIQUE = {"boolean", "complex"}

# Steps that need a feature still to come: {(story, step): feature}. Strict: a step that passes must leave the table.
AWAITED: dict[tuple[str, str], str] = {}

# What to create instead where an awaited step creates what later steps build on.
STAND_INS: dict[tuple[str, str], Any] = {}


@pytest.fixture(scope="module")
def perform(make_app: Callable[[str, str], Any]) -> Callable[[str, str], dict[str, Played]]:
    """Play a story from beginning to end against an empty server of one kind; once, however many tests ask."""

    @cache
    def perform(kind: str, name: str) -> dict[str, Played]:
        with SERVERS[kind](make_app(kind, STORIES[name])) as base, client(base) as send:
            stand_ins = {step: body for (story, step), body in STAND_INS.items() if story == name}
            return play(read(name), send, {"base": base, "token": TOKEN}, stand_ins)

    return perform


def _steps() -> list[Any]:
    steps = []
    for kind in SERVERS:
        for name in STORIES:
            for step in read(name).steps:
                feature = AWAITED.get((name, step.id))
                marks = [pytest.mark.xfail(reason=feature, strict=True)] if feature else []
                steps.append(pytest.param(kind, name, step.id, id=f"{kind}-{name}-{step.id}", marks=marks))
    return steps


@pytest.mark.parametrize(("kind", "name", "step"), _steps())
def test_step(perform: Callable[[str, str], dict[str, Played]], kind: str, name: str, step: str) -> None:
    played = perform(kind, name)[step]
    assert not played.problems, str(played)


@pytest.mark.parametrize("name", STORIES)
def test_every_write_twice(make_app: Callable[[str, str], Any], name: str) -> None:
    """A client that lost an answer sends the request again: the outcome is the same, and nothing has changed."""
    moved = []
    with SERVERS["asgi"](make_app("asgi", STORIES[name])) as base, client(base) as send:

        def twice(method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
            answer = send(method, path, headers, body)
            if method not in ("PUT", "PATCH") or answer[0] >= 400:
                return answer
            again = send(method, path, headers, body)
            if _version(again) != _version(answer):
                moved.append(f"{method} {path}")
            return again

        played = play(read(name), twice, {"base": base, "token": TOKEN})
    assert not [str(step) for step in played.values() if step.problems and (name, step.step.id) not in AWAITED]
    assert not moved


@pytest.mark.parametrize("name", STORIES)
def test_what_was_read_can_be_put_back(make_app: Callable[[str, str], Any], name: str) -> None:
    """Okta updates a user by sending what it has read, with its own values over it: the rest comes back unharmed."""
    changed, unharmed = [], 0
    with SERVERS["asgi"](make_app("asgi", STORIES[name])) as base, client(base) as send:

        def putting_back(method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
            nonlocal unharmed
            answer = send(method, path, headers, body)
            document = json.loads(answer[2]) if answer[2] else {}
            kind = document.get("meta", {}).get("resourceType")
            # What was selected by attributes is not the whole.
            if answer[0] in (200, 201) and kind in ("User", "Group") and "?" not in path:
                put = {**headers, "Content-Type": "application/scim+json"}
                again = send("PUT", f"/{kind}s/{document['id']}", put, answer[2])
                unharmed += 1
                if again[0] != 200 or json.loads(again[2]) != document:
                    changed.append(f"{method} {path}: {answer[2]!r} {again!r}")
            return answer

        played = play(read(name), putting_back, {"base": base, "token": TOKEN})
    assert not [str(step) for step in played.values() if step.problems and (name, step.step.id) not in AWAITED]
    assert not changed
    assert unharmed >= 3


def _version(answer: Answer) -> Any:
    return json.loads(answer[2])["meta"]["version"] if answer[2] else None


@pytest.mark.parametrize("kind", SERVERS)
def test_published_attributes_carry_all_their_characteristics(make_app: Callable[[str, str], Any], kind: str) -> None:
    """What entra_lifecycle.json notes at step 4: gallery tooling reads them all; nothing is null."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/scim+json"}
    with SERVERS[kind](make_app(kind, "entra")) as base, client(base) as send:
        content = send("GET", "/Schemas", headers, None)[2]
    assert b"null" not in content
    attributes = [attribute for schema in json.loads(content)["Resources"] for attribute in schema["attributes"]]
    attributes += [sub for attribute in attributes for sub in attribute.get("subAttributes", ())]
    for attribute in attributes:
        assert set(attribute) >= ALWAYS, attribute["name"]
        assert "caseExact" in attribute or attribute["type"] not in WITH_CASE, attribute["name"]
        assert "uniqueness" in attribute or attribute["type"] in NOT_UNIQUE, attribute["name"]


def test_the_tables_name_steps_that_exist() -> None:
    assert set(AWAITED) <= {(name, step.id) for name in STORIES for step in read(name).steps}
    assert set(STAND_INS) <= set(AWAITED)
