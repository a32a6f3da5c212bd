"""More mapping cases of Condeco and Engage than the ones they came with: every row, and what may be wrong with it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doors import DOORS, TOKEN, Answered, Ask, Asked
from scimcore import Provider, urns
from scimcore.profiles import CONDECO, ENGAGE, Profile
from stories import matching

FILE = json.loads((Path(__file__).parents[1] / "vectors" / "condeco_more_cases.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in FILE["cases"]}
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}


def send(ask: Ask, request: dict[str, Any]) -> Answered:
    body = json.dumps(request["body"]).encode() if "body" in request else b""
    return ask(Asked(request["method"], request["path"], HEADERS, body))


def fill(value: Any, known: dict[str, str]) -> Any:
    text = json.dumps(value)
    for name, id in known.items():
        text = text.replace("{{" + name + "}}", id)
    return json.loads(text)


def differences(expected: dict[str, Any], answered: Answered, profile: Profile) -> Iterator[str]:
    """Yield what is not as it was told."""
    document = answered.document
    if answered.status != expected["status"]:
        yield f"status is {answered.status}, not {expected['status']}: {document}"
    elif answered.status >= 400:
        told = {name: expected[name] for name in ("scimType",) if name in expected}
        error = {"schemas": [urns.ERROR], "status": str(answered.status), "detail": "any", **told}
        yield from matching.error(error, document)
        mentioned = expected.get("detail_mentions", ())
        for words in [mentioned] if isinstance(mentioned, str) else mentioned:
            if words not in document["detail"]:
                yield f"{document['detail']!r} does not mention {words}"
    elif answered.status != 204:
        yield from matching.subset(expected.get("body", {}), document)
        yield from matching.length(expected.get("length", {}), document)
        yield from matching.absent(expected.get("body_absent", ()), document)
        record = profile.to_record(document)
        yield from matching.subset(expected.get("condeco", {}), record)
        yield from matching.absent(expected.get("absent", ()), record)


# Each door hands on the same requests, which the cases of the other file show: one of each kind is enough here.
@pytest.mark.parametrize(
    ("profile", "door"),
    [(CONDECO, "handler"), (CONDECO, "asgi"), (ENGAGE, "handler")],
    ids=("condeco", "condeco over asgi", "engage"),
)
@pytest.mark.parametrize("name", CASES)
def test_case(name: str, profile: Profile, door: str) -> None:
    case = CASES[name]
    profile = profile.extend(mode=case["mode"])
    assert all(getattr(profile, switch) == value for switch, value in FILE["config"].items())
    ask = DOORS[door](Provider(profile=profile))
    known: dict[str, str] = {}
    count = {"given": 0, "group": 0}
    for given in case.get("given", ()):
        kind, path = ("group", "/Groups") if urns.GROUP in given["schemas"] else ("given", "/Users")
        answered = send(ask, {"method": "POST", "path": path, "body": fill(given, known)})
        assert answered.status == 201, answered.document
        known[f"{kind}{count[kind]}"] = answered.document["id"]
        count[kind] += 1
    for step in (case, *case.get("then", ())):
        answered = send(ask, fill(step["request"], known))
        assert list(differences(fill(step["expect"], known), answered, profile)) == []


def test_each_case_has_a_name_of_its_own() -> None:
    assert len(CASES) == len(FILE["cases"]) == len({case["n"] for case in FILE["cases"]})
