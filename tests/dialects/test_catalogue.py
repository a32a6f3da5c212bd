"""Each known oddity of PATCH requests and resources: what STRICT makes of it, and what the dialect of its client."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from patch.vectors import normal
from scimcore.dialects import BY_NAME, ENTRA, STRICT, Dialect
from scimcore.dialects.entra import DOT_BEHIND_URN
from scimcore.errors import ScimError
from scimcore.messages import Patch
from scimcore.patch import Patched, Tolerance
from scimcore.resources import Group, User
from scimcore.validation import Phase, accept

TYPES = {"User": User.resource_type(), "Group": Group.resource_type()}
ENTERPRISE = TYPES["User"].extension_urns[0]
TEXT = (Path(__file__).parent / "catalogue.json").read_text(encoding="utf-8")
CASES: list[dict[str, Any]] = json.loads(TEXT.replace('"ENT', f'"{ENTERPRISE}'))["cases"]
DIALECTS = {**BY_NAME, "entra with dots": ENTRA.plus(DOT_BEHIND_URN)}
NAMES = {quirk.id for dialect in DIALECTS.values() for quirk in dialect.quirks}
OWN = {"User": {"id": "u-1", "userName": "ilse"}, "Group": {"id": "u-1", "displayName": "Crew"}}
# These numbers are about filters, requests and answers, which are no matter of bodies.
ELSEWHERE = {56, *range(66, 78), 83, 84}


def _stored(case: dict[str, Any]) -> dict[str, Any]:
    kind = case.get("kind", "User")
    before = case.get("before", {})
    return {"schemas": [TYPES[kind].schema.id, *({ENTERPRISE} & before.keys())], **OWN[kind], **before}


def _patched(case: dict[str, Any], dialect: Dialect) -> Any:
    body = case.get("body") or {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": case["ops"],
    }
    kind = TYPES[case.get("kind", "User")]
    return Patch.model_validate(body).applied_to(_stored(case), dialect=dialect, resource_type=kind)


def _created(case: dict[str, Any], dialect: Dialect) -> Any:
    kind = case.get("kind", "User")
    # As a client that leaves it to the service which extensions there are.
    schemas = case.get("schemas", [TYPES[kind].schema.id])
    own = {name: value for name, value in OWN[kind].items() if name != "id"}
    sent = {**({} if schemas is None else {"schemas": schemas}), **own, **case["post"]}
    document, tolerated = dialect.rewrite_resource(sent, TYPES[kind])
    return Patched(accept(document, TYPES[kind], Phase.CREATE), (), tolerated)


def _outcome(case: dict[str, Any], dialect: Dialect) -> Any:
    try:
        return (_created if "post" in case else _patched)(case, dialect)
    except ScimError as error:
        assert error.status == 400
        return error.scim_type


def _said(outcome: Any, case: dict[str, Any]) -> Any:
    """Return the scimType of an error, or what a document has beside what every one has."""
    if isinstance(outcome, str):
        return outcome
    own = {"schemas", *OWN[case.get("kind", "User")]}
    return normal({name: value for name, value in outcome.document.items() if name not in own})


def _expected(said: Any) -> Any:
    return said if isinstance(said, str) else normal(said)


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{number}: {case['id']} {case['quirk'] or '-'}" for number, case in enumerate(CASES)]
)
def test_case(case: dict[str, Any]) -> None:
    kept = copy.deepcopy(case)
    dialect = DIALECTS[case["dialect"]]
    strict, understood = _outcome(case, STRICT), _outcome(case, dialect)
    assert _said(strict, case) == _expected(case["strict"])
    assert _said(understood, case) == _expected(case["after"])
    assert isinstance(strict, str) or not strict.tolerated
    if case.get("unchanged"):
        assert (strict.changes, understood.changes) == ((), ())
    if case["quirk"] is not None:
        assert case["quirk"] in NAMES
        assert isinstance(understood, str) or case["quirk"] in [use.quirk for use in understood.tolerated]
        without = Dialect("without", tuple(quirk for quirk in dialect.quirks if quirk.id != case["quirk"]))
        # The quirk is what makes the difference, if there is one.
        assert (_said(_outcome(case, without), case) == _said(understood, case)) is (case["strict"] == case["after"])
    assert case == kept


def test_every_number_is_here() -> None:
    numbers = {int(case["id"][1:]) for case in CASES if case["id"].startswith("Q")}
    assert numbers == set(range(1, 85)) - ELSEWHERE


def test_numbers_that_quirks_name_are_of_the_catalogue() -> None:
    by_quirk: dict[str, set[str]] = {}
    for case in CASES:
        by_quirk.setdefault(case["quirk"], set()).add(case["id"])
    quirks = {quirk.id: quirk for dialect in DIALECTS.values() for quirk in dialect.quirks}
    named = {name: {each for each in quirk.cases if int(each[1:]) not in ELSEWHERE} for name, quirk in quirks.items()}
    shown = {name: {each for each in by_quirk.get(name, ()) if each.startswith("Q")} for name in quirks}
    assert shown == named


def test_every_tolerance_is_reported_by_the_name_of_a_quirk() -> None:
    assert {tolerance.value for tolerance in Tolerance} <= NAMES
