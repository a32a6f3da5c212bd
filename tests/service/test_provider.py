import uuid
from typing import Any

import pytest

from scimcore.documents import Limits
from scimcore.resources import User
from scimcore.schema import ResourceType, Schema
from scimcore.service.discovery import descriptions
from scimcore.service.provider import BulkLimits, Config, Provider

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
        ({"config": Config(bulk=BulkLimits(max_operations=0))}, "bulk request"),
        ({"config": Config(bulk=BulkLimits(max_payload_bytes=0))}, "bulk request"),
        ({"config": Config(cursor_lifetime_seconds=0)}, "cursor_lifetime_seconds"),
        ({"cursor_secret": b"short"}, "at least 16 bytes"),
        ({"me": lambda caller: None, "resource_types": (kind("Person", "/People"),)}, "resource type User"),
        ({"interop_strict": True, "config": Config(default_results=50, max_results=99)}, "pages of 100"),
    ],
)
def test_a_provider_is_checked_when_it_is_built(parts: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Provider(**parts)


def test_ids_are_uuids_of_version_4() -> None:
    ids = {Provider().new_id() for _ in range(200)}
    assert len(ids) == 200
    for id in ids:
        made = uuid.UUID(id)
        assert str(made) == id
        assert (made.version, made.variant) == (4, uuid.RFC_4122)


def test_the_configuration_says_what_the_provider_does() -> None:
    config = Config("https://docs.example", max_results=7, default_results=7, change_password=False)
    [document] = descriptions(Provider(config=config._replace(bulk=BulkLimits(5, 99))))[0].documents
    assert document["documentationUri"] == "https://docs.example"
    assert document["filter"]["maxResults"] == 7
    assert document["changePassword"] == {"supported": False}
    assert document["bulk"] == {"supported": True, "maxOperations": 5, "maxPayloadSize": 99}
    [without] = descriptions(Provider(config=config._replace(bulk=None)))[0].documents
    assert without["bulk"] == {"supported": False, "maxOperations": 0, "maxPayloadSize": 0}


def test_pagination_is_announced_as_it_is() -> None:
    [document] = descriptions(Provider())[0].documents
    index = {"index": True, "defaultPaginationMethod": "index", "defaultPageSize": 100, "maxPageSize": 1000}
    assert document["pagination"] == {"cursor": False, **index}
    [document] = descriptions(Provider(), cursors=True)[0].documents
    assert document["pagination"] == {"cursor": True, **index, "cursorTimeout": 3600}
    # RFC 9865 §4: page sizes are positive; a service that shows totals alone names none.
    [document] = descriptions(Provider(config=Config(default_results=0, max_results=0)))[0].documents
    assert document["pagination"] == {"cursor": False, "index": True, "defaultPaginationMethod": "index"}


def test_the_cursor_secret_is_random_and_in_no_repr() -> None:
    one, other = Provider(), Provider()
    assert one.cursor_secret != other.cursor_secret
    assert len(one.cursor_secret) == 32
    assert "cursor_secret" not in repr(one)
    assert "hush" not in repr(Provider(cursor_secret=b"hush hush hush hush"))


def test_the_largest_body_is_that_of_a_bulk_request_where_there_is_one() -> None:
    assert Provider().max_body_bytes == 4_194_304
    assert Provider(config=Config(bulk=None)).max_body_bytes == 1_048_576
    assert Provider(limits=Limits(9), config=Config(bulk=BulkLimits(1, 7))).max_body_bytes == 9


def test_a_resource_type_of_one_s_own_is_described() -> None:
    found = {each.endpoint: each for each in descriptions(Provider((USERS, kind("Device", "/Devices"))))}
    device = found["/ResourceTypes"].find("Device")
    assert device is not None
    assert device["schema"] == "urn:example:Device"
    assert "description" not in device
    assert found["/Schemas"].find("URN:EXAMPLE:device") is not None
