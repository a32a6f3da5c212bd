from typing import Any

import pytest

from scimcore.documents import Limits
from scimcore.resources import User
from scimcore.schema import ResourceType, Schema
from scimcore.service.discovery import descriptions
from scimcore.service.provider import Config, Provider

USERS = User.resource_type()


def kind(name: str, endpoint: str) -> ResourceType:
    return ResourceType(name, endpoint, Schema(f"urn:example:{name}", name))


def test_users_and_groups_by_default() -> None:
    assert [(each.name, each.endpoint) for each in Provider().resource_types] == [
        ("User", "/Users"),
        ("Group", "/Groups"),
    ]


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ({"resource_types": ()}, "at least one"),
        ({"resource_types": (USERS, USERS)}, "taken or reserved"),
        ({"resource_types": (USERS, kind("User", "/People"))}, "two resource types"),
        ({"resource_types": (USERS, kind("Person", "/USERS"))}, "taken or reserved"),
        ({"resource_types": (kind("Schema", "/schemas"),)}, "taken or reserved"),
        ({"resource_types": (kind("Me", "/Me"),)}, "taken or reserved"),
        ({"config": Config(default_results=5, max_results=4)}, "default_results"),
        ({"config": Config(default_results=-1)}, "default_results"),
        ({"update_attempts": 0}, "update_attempts"),
    ],
)
def test_a_provider_is_checked_when_it_is_built(parts: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Provider(**parts)


def test_the_configuration_says_what_the_provider_does() -> None:
    config = Config(documentation_uri="https://docs.example", max_results=7, default_results=7, change_password=False)
    [document] = descriptions(Provider(config=config, limits=Limits(max_payload_bytes=99)))[0].documents
    assert document["documentationUri"] == "https://docs.example"
    assert document["filter"]["maxResults"] == 7
    assert document["changePassword"] == {"supported": False}
    assert document["bulk"]["maxPayloadSize"] == 99


def test_a_resource_type_of_one_s_own_is_described() -> None:
    found = {each.endpoint: each for each in descriptions(Provider((USERS, kind("Device", "/Devices"))))}
    device = found["/ResourceTypes"].find("Device")
    assert device is not None
    assert device["schema"] == "urn:example:Device"
    assert "description" not in device
    assert found["/Schemas"].find("URN:EXAMPLE:device") is not None
