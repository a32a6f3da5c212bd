"""Story files, read into one form. Each file of ``tests/vectors`` says in its head how it is meant."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

# The files presuppose a server that accepts it.
TOKEN = "good-token"

VECTORS = Path(__file__).parents[1] / "vectors"


@dataclass(frozen=True, slots=True)
class Step:
    """One request and what must come back. ``{{name}}`` in any text stands for a value captured earlier."""

    id: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    expect: Mapping[str, Any]
    capture: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """Steps in order. ``given`` bring the server into the state that the story starts from."""

    name: str
    steps: tuple[Step, ...]
    given: tuple[Step, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


def read(name: str) -> Story:
    """Read ``tests/vectors/<name>.json``."""
    document = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return Story(
        name=name,
        steps=tuple(_step(raw, document) for raw in document["steps"]),
        given=tuple(_step(raw, document) for raw in document.get("given", ())),
        variables=document.get("variables", {}),
    )


def _step(raw: dict[str, Any], document: dict[str, Any]) -> Step:
    step = _okta(raw) if "request" in raw else _entra(raw)
    # What all requests of a story send may stand in its head; what a step says itself goes before that.
    shared = {**document.get("headers", {}), **(document.get("headers_with_body", {}) if step.body is not None else {})}
    return replace(step, headers={**shared, **step.headers})


def _okta(raw: dict[str, Any]) -> Step:
    request = raw["request"]
    return Step(
        id=raw["id"],
        method=request["method"],
        path=request["path"],
        headers=request.get("headers", {}),
        body=request.get("body"),
        expect={"match": "subset", **raw["expect"]},
        capture=raw.get("capture", {}),
    )


def _entra(raw: dict[str, Any]) -> Step:
    response = raw["response"]
    # "Entra accepts 200 or 204 for any PATCH": which one a server chooses is its own affair.
    patched = raw["method"] == "PATCH" and response["status"] in (200, 204)
    return Step(
        id=f"step-{raw['step']}",
        method=raw["method"],
        path=raw["path"],
        headers=raw.get("headers", {}),
        body=raw.get("body"),
        expect={**response, "status": [200, 204] if patched else [response["status"]]},
        capture=raw.get("capture", {}),
    )
