"""Requests and the answers to them, in JSON: each file is a sequence that starts with an empty server.

A step has ``do`` ("POST /Users"), ``status``, and where they matter:
``body`` (JSON) or ``raw`` (text); ``headers``, added to the usual ones (null takes one away);
``answer``, a subset of the document; ``in_order``, lists whose elements are these subsets; ``exactly``, all of it;
``absent``, dotted paths that lead nowhere; ``length`` of lists at dotted paths;
``raises``, the scimType; ``fields``, header fields of the answer (null: absent, ``*``: anything);
``capture`` (name: dotted path, or ``:header``); ``same`` and ``other``, captured names that a dotted path must and must
not be equal to; ``host``, that a framework may refuse it in its own words before SCIM sees it.
``{{name}}`` stands for what was captured.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doors import TOKEN, Answered, Ask, Asked
from outside import EVERY_DOOR, Door
from resource_types import described, read
from scimcore import urns
from scimcore.service.provider import Config, Provider
from stories import matching

FILES = sorted((Path(__file__).parent / "exchanges").glob("*.json"))


def provider_of(file: Path) -> Provider:
    """Make a provider; of most files the same."""
    config = Config(default_results=20, max_results=30)
    if file.stem == "me":
        users: list[str] = []
        # Whoever creates itself is known from then on, until it is deleted.
        ids = lambda: users.append("me-id") or "me-id"  # type: ignore[func-returns-value]  # noqa: E731
        return Provider(config=config, new_id=ids, me=lambda caller: users[-1] if users else None)
    if file.stem == "characteristics":
        return Provider(config=config, resource_types=(PASSES,))
    return Provider(config=config)


PASSES = described(read("passes.json"))["Pass"]
USUAL = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/scim+json"}


@pytest.fixture(scope="module", params=EVERY_DOOR)
def door(request: pytest.FixtureRequest) -> Iterator[Door]:
    """One door, one server behind it, for all files."""
    with EVERY_DOOR[request.param]() as opened:
        yield opened


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_exchange(door: Door, file: Path) -> None:
    ask, base = door.open(provider_of(file))
    known = {
        "base": base,
        "USER": urns.USER,
        "GROUP": urns.GROUP,
        "ENT": urns.ENTERPRISE_USER,
        "PASS": PASSES.schema.id,
        "BADGE": PASSES.extension_urns[0],
        "PATCH": urns.PATCH_OP,
        "SEARCH": urns.SEARCH_REQUEST,
        "LIST": urns.LIST_RESPONSE,
        "BULK": urns.BULK_REQUEST,
        "BULKRESPONSE": urns.BULK_RESPONSE,
        "ERROR": urns.ERROR,
    }
    for number, step in enumerate(json.loads(file.read_text(encoding="utf-8")), start=1):
        problems = list(_judge(step, _ask(ask, _fill(step, known)), known, door.hosted))
        assert not problems, f"step {number}, {step['do']}: {'; '.join(problems)}"


def _ask(ask: Ask, step: dict[str, Any]) -> Answered:
    method, _, path = step["do"].partition(" ")
    body = json.dumps(step["body"]).encode() if "body" in step else step.get("raw", "").encode()
    headers = {**USUAL, **({"Content-Type": "application/scim+json"} if body else {}), **step.get("headers", {})}
    return ask(Asked(method, path, {name: value for name, value in headers.items() if value is not None}, body))


def _judge(raw: dict[str, Any], answered: Answered, known: dict[str, str], hosted: bool) -> Any:
    if hosted and raw.get("host") and answered.status in (400, 404, 405):
        return
    if answered.status != raw["status"]:
        yield f"status {answered.status}: {answered.body[:300]!r}"
        return
    document = answered.document
    if raw["status"] >= 400:
        yield from matching.subset({"schemas": [urns.ERROR], "status": str(raw["status"])}, document)
        if document.get("scimType") != raw.get("raises"):
            yield f"scimType {document.get('scimType')}: {document['detail']}"
        if not document.get("detail"):
            yield "no detail"
    if answered.body and answered.headers["content-length"] != str(len(answered.body)):
        yield "Content-Length is wrong"
    for name, where in raw.get("capture", {}).items():
        known[name] = _find(where, answered)
    step = _fill(raw, known)
    yield from matching.subset(step.get("answer", {}), document if document is not None else {})
    if "exactly" in step and document != step["exactly"]:
        yield f"the answer is {document}"
    yield from (f"{name} is there" for name in step.get("absent", ()) if matching.at(name, document) is not None)
    for name, size in step.get("length", {}).items():
        if len(matching.at(name, document) or ()) != size:
            yield f"{name} is not a list of {size}: {matching.at(name, document)!r}"
    for name, elements in step.get("in_order", {}).items():
        actual = matching.at(name, document)
        if len(actual) != len(elements):
            yield f"{name} has {len(actual)} elements"
        for place, (expected, element) in enumerate(zip(elements, actual, strict=False)):
            yield from matching.subset(expected, element, (name, str(place)))
    for name, value in step.get("fields", {}).items():
        given = answered.headers.get(name.lower())
        if given != value and not (value == "*" and given):
            yield f"{name} is {given!r}"
    for where, name in step.get("same", {}).items():
        if _find(where, answered) != known[name]:
            yield f"{where} is {_find(where, answered)!r}, not {known[name]!r}"
    for where, name in step.get("other", {}).items():
        if _find(where, answered) == known[name]:
            yield f"{where} is still {known[name]!r}"


def _find(where: str, answered: Answered) -> Any:
    return answered.headers.get(where[1:]) if where.startswith(":") else matching.at(where, answered.document)


def _fill(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, str):
        return re.sub(r"\{\{(\w+)\}\}", lambda match: known.get(match[1], match[0]), value)
    if isinstance(value, dict):
        return {
            _fill(name, known): inner if name == "capture" else _fill(inner, known) for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_fill(inner, known) for inner in value]
    return value
