"""What Okta and Entra ID send, played over real sockets: the ASGI app under uvicorn and the WSGI app under wsgiref."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from stories import TOKEN, Played, play, read
from stories.sockets import SERVERS, client

# The story file, and the client whose token it uses.
STORIES = {"okta_spec_test": "okta", "okta_lifecycle": "okta", "entra_lifecycle": "entra"}

# Steps that need a feature still to come: {(story, step): feature}. Strict: a step that passes must leave the table.
AWAITED = {("entra_lifecycle", "step-10"): "dialects: booleans as strings"}

# What to create instead where an awaited step creates what later steps build on.
AKSEL = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "externalId": "aksel.moe",
    "userName": "aksel.moe@fjordworks.example",
    "active": True,
    "displayName": "Aksel Moe",
    "emails": [{"type": "work", "value": "aksel.moe@fjordworks.example", "primary": True}],
    "name": {"familyName": "Moe", "givenName": "Aksel"},
}
STAND_INS = {("entra_lifecycle", "step-10"): AKSEL}


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


def test_the_tables_name_steps_that_exist() -> None:
    assert set(AWAITED) <= {(name, step.id) for name in STORIES for step in read(name).steps}
    assert set(STAND_INS) <= set(AWAITED)
