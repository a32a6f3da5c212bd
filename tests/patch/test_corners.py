"""``vectors/patch_corners.json`` and ``quirk_corners.json``: each case under every dialect."""

import copy
import json
from typing import Any

import pytest

from filter_corners import TYPES, URNS
from patch.vectors import ACME, ACME_USER, GROUP, PATCH_OP, VECTORS, normal
from scimcore.dialects import BY_NAME
from scimcore.errors import ScimError
from scimcore.messages import Patch
from scimcore.schema.resource_type import ResourceType

KINDS = {"User": ACME_USER, "Group": GROUP, "Odd": TYPES["odd"]}
PERSON = {"id": "u-1", "userName": "ada@fjord.example", "active": True}
OWN = {"User": PERSON, "Odd": PERSON, "Group": {"id": "g-1", "displayName": "Crew"}}


def _cases(name: str) -> list[dict[str, Any]]:
    text = (VECTORS / name).read_text(encoding="utf-8")
    for short, urn in {**URNS, "<ACME>": ACME.id}.items():
        text = text.replace(short, urn)
    return json.loads(text)["cases"]


CASES = [*_cases("patch_corners.json"), *_cases("quirk_corners.json")]


def _stored(case: dict[str, Any], kind: str) -> dict[str, Any]:
    resource_type = KINDS[kind]
    document = {**OWN[kind], **case.get("before", {})}
    return {"schemas": _schemas(document, resource_type), **document}


def _schemas(document: dict[str, Any], resource_type: ResourceType) -> list[str]:
    return [resource_type.schema.id, *(urn for urn in resource_type.extension_urns if urn in document)]


def _told(document: dict[str, Any], kind: str) -> dict[str, Any]:
    """Tell what a resource has beside what every one has here, and what of that it has not."""
    own = OWN[kind]
    told = {name: value for name, value in document.items() if own.get(name) != value}
    return {"gone": sorted(own.keys() - document.keys()), "rest": normal(told)}


def _expected(after: dict[str, Any], kind: str) -> dict[str, Any]:
    gone = sorted(name for name, value in after.items() if value is None and name in OWN[kind])
    return {"gone": gone, "rest": normal(after)}


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_case(case: dict[str, Any], name: str) -> None:
    kind = case.get("kind", "User")
    before = _stored(case, kind)
    body = case["body"] if "body" in case else {"schemas": [PATCH_OP], "Operations": case["ops"]}
    kept = copy.deepcopy((before, body))
    expected = case.get("in", {}).get(name, case["after"])
    try:
        patched = Patch.model_validate(body).applied_to(before, dialect=BY_NAME[name], resource_type=KINDS[kind])
    except ScimError as error:
        assert (error.status, error.scim_type) == (400, expected)
    else:
        if expected == "unchanged":
            assert patched.document is before
            assert patched.changes == ()
        else:
            document = dict(patched.document)
            assert patched.changes != ()
            assert document.pop("schemas") == _schemas(document, KINDS[kind])
            document.pop("password", None)
            assert _told(document, kind) == _expected(expected, kind)
    assert (before, body) == kept, "nothing that was given is changed"
