"""The booking service's own tables, as a store: the contract that every store owes, and what the application sees."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from profiles.examples import complete, minimal
from scimcore import urns
from scimcore.conformance import StorageContract
from scimcore.profiles import CONDECO
from scimcore.resources import Group, User

PEOPLE = Path(__file__).parents[2] / "examples" / "condeco_booking" / "people.py"


def _module() -> Any:
    spec = importlib.util.spec_from_file_location("condeco_booking_people", PEOPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


people = _module()


class TestInMemory(StorageContract):
    def make_storage(self) -> Any:
        return people.Booking()

    def close_storage(self, storage: Any) -> None:
        storage.close()


class TestInAFile(TestInMemory):
    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> None:
        self.path = str(tmp_path / "people.db")

    def make_storage(self) -> Any:
        return people.Booking(self.path)


META = {
    "resourceType": "User",
    "created": "2026-01-01T00:00:00Z",
    "lastModified": "2026-01-01T00:00:00Z",
    "version": 'W/"1"',
}


def test_a_row_is_the_record() -> None:
    booking = people.Booking()
    document = complete(CONDECO) | {"id": "1", "meta": META}
    stored = booking.insert(User.resource_type(), document)
    (person,) = booking.people()
    assert person == {"id": "1", **CONDECO.to_record(document)}
    assert booking.document("1") == document
    booking.delete(User.resource_type(), stored)
    (person,) = booking.people()
    assert person == {"id": "1", **CONDECO.to_record(document, deleted=True)}
    # The name is free again.
    booking.insert(User.resource_type(), document | {"id": "2"})
    assert [each["accountDeleted"] for each in booking.people()] == [True, False]
    booking.close()


def test_bookings_and_teams() -> None:
    booking = people.Booking()
    for id, active in (("1", True), ("2", False)):
        user = minimal(CONDECO) | {"userName": f"u{id}", "active": active, "id": id, "meta": META}
        booking.insert(User.resource_type(), user)
    assert booking.book("1", "Ada", 9) is None
    assert booking.book("1", "Ada", 9) == "The room is taken at that hour."
    assert booking.book("2", "Ada", 10) == "Only people whose account is active can book."
    assert booking.book("3", "Ada", 10) == "Only people whose account is active can book."
    assert booking.bookings() == {("Ada", 9): "1"}
    group = {"schemas": [urns.GROUP], "id": "g", "displayName": "A", "members": [{"value": "1"}], "meta": META}
    booking.insert(Group.resource_type(), group)
    assert booking.teams() == [("A", ["1"])]
    assert booking.document("nobody") is None
    booking.close()
