"""The resources that RFC 7643 §8 prints are valid, and come back as they were."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scimcore import urns
from scimcore.projection import Selection, project
from scimcore.resources import EnterpriseUser, Group, ResourceType, Schema, ServiceProviderConfig, User
from scimcore.schema import Unknown
from scimcore.validation import Phase, accept

RFC = Path(__file__).parents[1] / "rfc"
EXAMPLES = [
    ("7643/8.1-minimal-user", User),
    ("7643/8.2-full-user", User),
    ("7643/8.3-enterprise-user", User),
    ("7643/8.4-group", Group),
    ("7643/8.5-service-provider-config", ServiceProviderConfig),
    ("7643/8.6-resource-types", ResourceType),
    ("7643/8.7.1-schemas", Schema),
    ("7643/8.7.2-schemas", Schema),
    ("7644/3.3-create-response", User),
    ("7644/3.5.1-put-response", User),
]


def read(name: str) -> list[dict]:
    document = json.loads((RFC / f"{name}.json").read_text(encoding="utf-8"))
    resources = document if isinstance(document, list) else [document]
    for resource in resources:
        # Errata 8417, 5999: the RFC forgets to print it for schemas.
        resource.setdefault("schemas", [urns.SCHEMA])
    return resources


def comparable(value):
    """What compares equal when only spelling differs: absent and empty, the order of a set, one instant twice."""
    if isinstance(value, dict):
        inside = {name: comparable(part) for name, part in value.items()}
        return {name: part for name, part in inside.items() if part not in (None, [], {})}
    if isinstance(value, list):
        return [comparable(part) for part in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", value):
        return datetime.fromisoformat(value)
    return value


@pytest.mark.parametrize(("name", "model"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_an_example_round_trips_through_its_model(name: str, model) -> None:
    for resource in read(name):
        # The schema of schemas describes itself with sub-attributes of sub-attributes, which it does not declare.
        typed = model.model_validate_json(json.dumps(resource), extra="allow")
        document = typed.to_document()
        assert comparable(document) == comparable(resource)
        assert model.model_validate(document, extra="allow").to_document() == document
        visible = {name: value for name, value in document.items() if name != "password"}
        assert comparable(json.loads(typed.to_json())) == comparable(visible)


@pytest.mark.parametrize(("name", "model"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_an_example_is_a_valid_response(name: str, model) -> None:
    for resource in read(name):
        # RFC 7643 §8.6 and §8.5 leave out the id that §3.1 asks of every resource; errata 8418, 8419 discuss it.
        resource.setdefault("id", "ServiceProviderConfig")
        resource_type = model.resource_type()
        accepted = accept(resource, resource_type, Phase.RESPONSE, unknown=Unknown.KEEP)
        assert comparable(accepted) == comparable(resource)
        assert accept(accepted, resource_type, Phase.RESPONSE, unknown=Unknown.KEEP) == accepted
        assert "password" not in project(accepted, Selection(), resource_type)


@pytest.mark.parametrize("name", ["7643/8.2-full-user", "7643/8.3-enterprise-user"])
def test_as_a_request_an_example_loses_what_only_the_server_writes(name: str) -> None:
    (resource,) = read(name)
    accepted = accept(resource, User.resource_type(), Phase.CREATE)
    assert not accepted.keys() & {"id", "meta", "groups"}
    if urns.ENTERPRISE_USER in accepted:
        assert "displayName" not in accepted[urns.ENTERPRISE_USER]["manager"]


def test_the_typed_view_of_an_example() -> None:
    (resource,) = read("7643/8.3-enterprise-user")
    user = User.model_validate(resource)
    assert user.user_name == "bjensen@example.com"
    assert user.name is not None
    assert user.name.family_name == "Jensen"
    assert user.emails is not None
    assert [email.type for email in user.emails if email.primary] == ["work"]
    assert user.meta is not None
    assert user.meta.created == datetime(2010, 1, 23, 4, 56, 22, tzinfo=UTC)
    enterprise = user[EnterpriseUser]
    assert enterprise is user.enterprise
    assert enterprise is not None
    assert enterprise.manager is not None
    assert enterprise.manager.display_name == "John Smith"
    assert "t1meMa$heen" not in repr(user)
