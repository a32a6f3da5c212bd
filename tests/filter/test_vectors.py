"""``vectors/filters.json``: each case against the printed resource, bound to a type that has its extension and free."""

import json
from pathlib import Path

import pytest

from scimcore.errors import InvalidFilter
from scimcore.filter import STRICT, Filter, UnknownAttribute, bind, bind_each, parse, predicate
from scimcore.resources import Group, User
from scimcore.schema.definitions import Schema
from scimcore.schema.resource_type import ResourceType, SchemaExtension

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "filters.json").read_text(encoding="utf-8"))
RESOURCE = VECTORS["filter_resource"]
CASES = {case["id"]: case for case in VECTORS["cases"]}

_user = User.resource_type()
GADGET_USER = ResourceType(
    name="User",
    endpoint="/Users",
    schema=_user.schema,
    extensions=(*_user.extensions, SchemaExtension(Schema.from_document(VECTORS["extension_schema"]))),
)

# "Ambiguous" cases in which the outcome is another one, with the reason.
REFUSED = {"f-name-12": "the resource type is known, so an unknown name is a mistake; see test_where_types_are_mixed"}


@pytest.mark.parametrize("resource_type", [GADGET_USER, None], ids=["bound", "free"])
@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_case(case: dict, resource_type: ResourceType | None) -> None:
    tolerances = {"tolerances": STRICT} if case.get("quirk") else {}
    if case["valid"] and case["id"] not in REFUSED:
        found = Filter(case["filter"], resource_type, **tolerances)
        assert found.matches(RESOURCE) is case["match"]
        assert found.select([RESOURCE]) == [RESOURCE] * case["match"]
        assert Filter(str(found), resource_type, **tolerances).node == found.node
        assert Filter(case["filter"], resource_type, tolerances=STRICT).matches(RESOURCE) is case["match"]
    else:
        with pytest.raises(InvalidFilter) as caught:
            Filter(case["filter"], resource_type, **tolerances)
        assert caught.value.status == 400
        assert caught.value.scim_type == "invalidFilter"
        assert caught.value.text == case["filter"]
        assert 0 <= caught.value.column <= len(case["filter"])


def test_where_types_are_mixed() -> None:
    # RFC 7644 §3.4.2.1: an attribute that a type has not is one without a value.
    case = CASES["f-name-12"]
    node = parse(case["filter"])
    assert predicate(bind(node, GADGET_USER, unknown=UnknownAttribute.ABSENT).node)(RESOURCE) is case["match"]
    with pytest.raises(InvalidFilter, match="no attribute of User or Group"):
        bind_each(node, (GADGET_USER, Group.resource_type()))


def test_a_quirk_is_tolerated_and_reported() -> None:
    found = Filter(CASES["f-mv-15"]["filter"], GADGET_USER)
    assert found.matches(RESOURCE)
    assert [(used.tolerance, used.path) for used in found.tolerated] == [("valuePathSubAttribute", "emails.value")]


def test_only_ambiguous_cases_are_decided_otherwise() -> None:
    assert all(CASES[name]["ambiguous"] for name in REFUSED)
