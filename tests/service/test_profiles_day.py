"""An administrator's day over real HTTP, on each product's profile: assign, update each mapped attribute in the form of
Okta's PUT and in that of its PATCH, unassign, reassign, push a group.
"""

import copy
import http.client
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import pytest

from profiles.examples import complete, minimal, put
from scimcore import urns
from scimcore.profiles import BY_NAME, Profile, Row

PRODUCTS = ("CONDECO", "ENGAGE", "EPTURA", "EPTURA_ORG_UNIT", "DEVICE_HUB")
TOKEN = "s3cret"

# Another value of each kind than the examples have: as Okta sends it, and as the application gets it.
OTHER: dict[str, tuple[Any, Any]] = {
    "text": ("Another text", "Another text"),
    "code": ("4711", "4711"),
    "texts": (["c", "d"], ["c", "d"]),
    "boolean": (True, True),
    "email": ("grace@example.com", "grace@example.com"),
    "phone": ("+49 30 901820", "+49 30 901820"),
    "language": ("de-CH", "de"),
    "country": ("fr", "FR"),
}


class Service(NamedTuple):
    """A running service, asked as Okta asks."""

    profile: Profile
    base: str

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        url = urlsplit(self.base)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=60)
        try:
            headers = {
                "Authorization": f"Bearer {TOKEN}",
                "Accept": "application/scim+json",
                "Accept-Charset": "utf-8",
                "User-Agent": "Okta SCIM Client 1.0.0",
            }
            if body is not None:
                headers["Content-Type"] = "application/scim+json; charset=utf-8"
            connection.request(method, url.path + path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        finally:
            connection.close()

    def found(self, kind: str, name: str, value: str) -> list[Any]:
        query = quote(f'{name} eq "{value}"')
        status, answer = self.send("GET", f"/{kind}?filter={query}&startIndex=1&count=100")
        assert status == 200
        resources: list[Any] = answer["Resources"]
        return resources

    def assign(self, user: dict[str, Any]) -> dict[str, Any]:
        """Okta's way to assign: look, then create."""
        assert self.found("Users", "userName", user["userName"]) == []
        status, created = self.send("POST", "/Users", user)
        assert status == 201, created
        assert isinstance(created, dict)
        return created

    def patch(self, path: str, *operations: dict[str, Any]) -> tuple[int, Any]:
        status, answer = self.send("PATCH", path, {"schemas": [urns.PATCH_OP], "Operations": list(operations)})
        if status == 204:
            return self.send("GET", path)
        return status, answer

    def record(self, path: str) -> dict[str, Any]:
        """What the application has of the user now."""
        status, user = self.send("GET", path)
        assert status == 200
        return self.profile.to_record(user)


@contextmanager
def serving(name: str, *arguments: str, storage: str = "memory") -> Iterator[Service]:
    """Run the command with a profile."""
    command = [sys.executable, "-m", "scimcore", "serve", "--port", "0", "--token", TOKEN, "--storage", storage]
    process = subprocess.Popen(
        [*command, "--profile", name.lower(), *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        printed = "".join(process.stdout.readline() for _ in range(3))
        found = re.search(r"base URL +(\S+)", printed)
        assert found, printed
        yield Service(BY_NAME[name], found[1])
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module", params=[*PRODUCTS, "CONDECO in SQLite"])
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    name, _, where = request.param.partition(" in ")
    storage = f"sqlite:{tmp_path_factory.mktemp('day')}/scim.db" if where else "memory"
    with serving(name, storage=storage) as running:
        yield running


def written(profile: Profile) -> list[Row]:
    """The rows that a client writes."""
    return [row for row in profile.effective_rows if row.path and row.direction != "to_record"]


def test_test_api_credentials(service: Service) -> None:
    status, answer = service.send("GET", "/Users?startIndex=1&count=2")
    assert (status, answer["schemas"]) == (200, [urns.LIST_RESPONSE])
    assert answer["startIndex"] == 1


def test_assign_with_the_mandatory_attributes_alone(service: Service) -> None:
    user = minimal(service.profile) | {"userName": "Min@example.com", "externalId": "00u-min", "groups": []}
    created = service.assign(user | {"password": "kq7-not-for-you"})
    assert created["userName"] == "Min@example.com"
    assert "password" not in created
    assert service.record(f"/Users/{created['id']}") == service.profile.to_record(user)
    assert [each["id"] for each in service.found("Users", "userName", "MIN@example.com")] == [created["id"]]


def test_assign_without_what_is_required(service: Service) -> None:
    required = [row for row in service.profile.effective_rows if row.required]
    status, answer = service.send("POST", "/Users", {"schemas": [urns.USER], "title": "x"})
    assert (status, answer["scimType"]) == (400, "invalidValue")
    for row in required:
        assert row.field in answer["detail"] or row.title in answer["detail"]
        if row.label:
            assert f"Okta's '{row.label}'" in answer["detail"]


@pytest.mark.parametrize("form", ["PUT", "PATCH"])
def test_update_each_mapped_attribute(service: Service, form: str) -> None:
    profile = service.profile
    user = complete(profile) | {"userName": f"{form}@example.com".lower(), "externalId": f"00u-{form}"}
    created = service.assign(user)
    path = f"/Users/{created['id']}"
    assert service.record(path) == profile.to_record(user)
    for row in written(profile):
        before = service.record(path)
        value, expected = OTHER[row.kind]
        if row.path == "userName":
            value = expected = f"other-{form}@example.com".lower()
        if form == "PUT":
            # What Okta puts is what it has read, with its own profile over it.
            changed = copy.deepcopy(service.send("GET", path)[1])
            put(changed, profile, row, value)
            status, answer = service.send("PUT", path, changed)
        else:
            status, answer = service.patch(path, {"op": "replace", "path": row.path, "value": value})
        if row.immutable:
            assert (status, answer["scimType"]) == (400, "mutability"), row
            assert service.record(path) == before
            continue
        assert status == 200, (row, answer)
        after = service.record(path)
        assert after[row.field] == expected, row
        # Nothing else has changed but what is made of the same attribute.
        touched = {each.field for each in profile.effective_rows if each.path == row.path or row.path in each.joins}
        assert {field for field in before | after if before.get(field) != after.get(field)} <= touched


@pytest.mark.parametrize("form", ["PUT", "PATCH"])
@pytest.mark.parametrize("blank", ["", None], ids=repr)
def test_empty_each_mapped_attribute(service: Service, form: str, blank: Any) -> None:
    profile = service.profile
    name = f"{form}-{'null' if blank is None else 'blank'}"
    user = complete(profile) | {"userName": f"{name}@example.com".lower(), "externalId": f"00u-{name}"}
    path = f"/Users/{service.assign(user)['id']}"
    for row in written(profile):
        before = service.record(path)
        # Others are read in its place: of one list, of one attribute.
        if form == "PUT":
            changed = copy.deepcopy(service.send("GET", path)[1])
            put(changed, profile, row, blank)
            status, answer = service.send("PUT", path, changed)
        else:
            status, answer = service.patch(path, {"op": "replace", "path": row.path, "value": blank})
        after = service.record(path)
        if status == 200:
            assert after.get(row.field) in (None, row.default) or row.keep or row.alternatives, row
        else:
            # What is required stays, and nobody becomes active, or stays so, by a blank.
            assert row.required or row.kind == "boolean" or row.immutable, (row, answer)
            assert (status, answer["scimType"]) in ((400, "invalidValue"), (400, "mutability"))
            assert after == before


def test_unassign_and_reassign(service: Service) -> None:
    profile = service.profile
    user = minimal(profile) | {"userName": "leaver@example.com", "externalId": "00u-leaver", "active": True}
    created = service.assign(user)
    path = f"/Users/{created['id']}"
    (active,) = (row.field for row in profile.effective_rows if row.path == "active") if has_active(profile) else ("",)
    for off, on in (
        ({"op": "replace", "value": {"active": False}}, {"op": "replace", "value": {"active": True}}),
        ({"op": "replace", "path": "active", "value": "False"}, {"op": "replace", "path": "active", "value": "True"}),
    ):
        status, answer = service.patch(path, off)
        assert (status, answer["active"]) == (200, False)
        # Who is inactive is found again, so that Okta links and does not create.
        (found,) = service.found("Users", "userName", "leaver@example.com")
        assert (found["id"], found["active"]) == (created["id"], False)
        assert not active or service.record(path)[active] is False
        status, answer = service.patch(path, on)
        assert (status, answer["active"]) == (200, True)
    # An app of one's own sends PUT; what does not say whether is neither.
    whole = service.send("GET", path)[1]
    assert service.send("PUT", path, whole | {"active": False})[1]["active"] is False
    if active:
        without = {name: value for name, value in whole.items() if name != "active"}
        assert service.send("PUT", path, without)[1]["active"] is False
    assert service.send("PUT", path, whole | {"active": True})[1]["active"] is True


def has_active(profile: Profile) -> bool:
    return any(row.path == "active" for row in profile.effective_rows)


def test_reassign_with_what_has_changed_meanwhile(service: Service) -> None:
    profile = service.profile
    user = minimal(profile) | {"userName": "back@example.com", "externalId": "00u-back"}
    path = f"/Users/{service.assign(user)['id']}"
    service.patch(path, {"op": "replace", "value": {"active": False}})
    read = service.send("GET", path)[1]
    status, answer = service.send("PUT", path, read | {"active": True, "name": {"givenName": "New", "familyName": "N"}})
    assert (status, answer["active"], answer["name"]["givenName"]) == (200, True, "New")


def test_a_name_that_is_taken(service: Service) -> None:
    user = minimal(service.profile) | {"userName": "Twice@example.com", "externalId": "00u-twice"}
    service.assign(user)
    status, answer = service.send("POST", "/Users", user | {"userName": "tWICE@example.com", "externalId": "00u-other"})
    assert (status, answer["scimType"]) == (409, "uniqueness")


def test_push_a_group(service: Service) -> None:
    members = [
        service.assign(minimal(service.profile) | {"userName": f"m{n}@example.com", "externalId": f"00u-m{n}"})["id"]
        for n in range(3)
    ]
    assert service.found("Groups", "displayName", "Floor 3") == []
    pushed = {"schemas": [urns.GROUP], "displayName": "Floor 3", "members": []}
    status, group = service.send("POST", "/Groups", pushed)
    assert status == 201
    path = f"/Groups/{group['id']}"
    # The catalogue app: its own id and the name again, then everybody, then one leaves and one joins.
    assert service.patch(path, {"op": "replace", "value": {"id": group["id"], "displayName": "Floor 3"}})[0] == 200
    both = [{"value": id, "display": None} for id in members[:2]]
    status, _ = service.patch(path, {"op": "replace", "path": "members", "value": both})
    assert status == 200
    status, _ = service.patch(
        path,
        {"op": "remove", "path": f'members[value eq "{members[0]}"]'},
        {"op": "add", "path": "members", "value": [{"value": members[2], "display": "m2@example.com"}]},
    )
    assert status == 200
    read = service.send("GET", path)[1]
    assert {member["value"] for member in read["members"]} == {members[1], members[2]}
    # An app of one's own puts the whole group.
    status, answer = service.send("PUT", path, read | {"displayName": "Floor 4"})
    assert (status, answer["displayName"]) == (200, "Floor 4")
    assert service.send("DELETE", path)[0] == 204
    assert service.send("GET", path)[0] == 404
    assert service.send("GET", f"/Users/{members[1]}")[0] == 200


@pytest.mark.parametrize(("mode", "status"), [("lenient", 201), ("strict", 400)])
def test_the_mode_of_the_command(mode: str, status: int) -> None:
    with serving("CONDECO", "--profile-mode", mode) as service:
        user = minimal(service.profile) | {"userName": "ada@example.com"}
        for more in ({"preferredLanguage": "en-GB"}, {"emails": [{"primary": "True", "value": "a@b"}]}):
            assert service.send("POST", "/Users", user | more | {"userName": f"{len(str(more))}"})[0] == status
        assert service.send("POST", "/Users", user)[0] == 201
        # It is Condeco's in both modes: externalId is required, and unknown members are left out.
        del user["externalId"]
        assert service.send("POST", "/Users", user)[0] == 400
        group = {"schemas": [urns.GROUP], "displayName": "A", "members": [{"value": "nobody"}]}
        created, answer = service.send("POST", "/Groups", group)
        assert (created, "members" in answer) == (201, False)
