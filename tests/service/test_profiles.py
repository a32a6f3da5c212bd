"""A provider with a profile, through every door: what it takes, stores, refuses and advertises."""

import copy
import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from doors import AUTHENTICATE, DOORS, TOKEN, Answered, Ask, Asked
from profiles.examples import BAD, complete, minimal, put
from scimcore import Handler, Headers, Request, urns
from scimcore.dialects import BY_NAME as DIALECTS
from scimcore.memory import MemoryStorage
from scimcore.patch.changes import Change
from scimcore.profiles import (
    CONDECO,
    CUSTOM_EXTENSION,
    DEVICE_HUB,
    ENGAGE,
    EPTURA,
    EPTURA_ORG_UNIT,
    EXTENSION,
    Profile,
    Row,
)
from scimcore.resources import Group, User
from scimcore.schema import ResourceType, Schema
from scimcore.service.events import Changed, Created, Event, Normalised
from scimcore.service.hooks import Hooks, Write
from scimcore.service.provider import Provider
from stories import matching

FILE = json.loads((Path(__file__).parents[1] / "vectors" / "condeco_cases.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in FILE["cases"]}
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}


def send(ask: Ask, method: str, path: str, body: Any = None) -> Answered:
    return ask(Asked(method, path, HEADERS, b"" if body is None else json.dumps(body).encode()))


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [urns.PATCH_OP], "Operations": list(operations)}


def fill(value: Any, known: dict[str, str]) -> Any:
    text = json.dumps(value)
    for name, id in known.items():
        text = text.replace("{{" + name + "}}", id)
    return json.loads(text)


@pytest.mark.parametrize("profile", [CONDECO, ENGAGE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", CASES)
def test_case(name: str, door: str, profile: Profile) -> None:
    case = CASES[name]
    profile = profile.extend(mode=case["mode"])
    assert all(getattr(profile, switch) == value for switch, value in FILE["config"].items())
    ask = DOORS[door](Provider(profile=profile))
    known: dict[str, str] = {}
    for given in case.get("given", ()):
        kind = "group" if urns.GROUP in given["schemas"] else "given"
        answered = send(ask, "POST", "/Groups" if kind == "group" else "/Users", given)
        assert answered.status == 201, answered.document
        known[f"{kind}{len([each for each in known if each.startswith(kind)])}"] = answered.document["id"]
    request, expected = fill(case["request"], known), fill(case["expect"], known)
    answered = send(ask, request["method"], request["path"], request["body"])
    document = answered.document
    assert answered.status == expected["status"], document
    if answered.status >= 400:
        assert document["schemas"] == [urns.ERROR]
        assert document["status"] == str(expected["status"])
        assert document["scimType"] == expected["scimType"]
        assert expected["detail_mentions"] in document["detail"]
        return
    assert list(matching.subset(expected.get("body", {}), document)) == []
    for path, length in expected.get("length", {}).items():
        assert len(document[path]) == length
    record = profile.to_record(document)
    assert record.items() >= expected.get("condeco", {}).items()
    assert not record.keys() & set(expected.get("absent", ()))
    # What was answered is what is stored.
    listed = send(ask, "GET", request["path"] if request["method"] != "POST" else f"{request['path']}/{document['id']}")
    assert listed.document == document


@pytest.fixture
def ask() -> Ask:
    return DOORS["handler"](Provider(profile=CONDECO))


def create(ask: Ask, **more: Any) -> dict[str, Any]:
    answered = send(ask, "POST", "/Users", minimal(CONDECO) | {"userName": "ada@example.com"} | more)
    assert answered.status == 201, answered.document
    document: dict[str, Any] = answered.document
    return document


def test_all_that_is_wrong_is_in_one_answer(ask: Ask) -> None:
    body = {
        "schemas": [urns.USER],
        "userName": "ada",
        "title": 5,
        "preferredLanguage": "English",
        "emails": [{"value": "a@b", "primary": "maybe"}],
        "addresses": [{"type": "work", "country": "UK"}],
    }
    answered = send(ask, "POST", "/Users", body)
    assert answered.status == 400
    detail = answered.document["detail"]
    for path in ("name.givenName", "name.familyName", "externalId", "preferredLanguage", "addresses.country"):
        assert f"'{path}'" in detail
    # What the profile does not map is the schema's business, and what both see is told once.
    assert "'title' must be a string" in detail
    assert detail.count("'emails[0].primary' must be a boolean") == detail.count("primary") == 1
    assert send(ask, "GET", "/Users").document["totalResults"] == 0


def test_what_is_stored_but_not_mapped_is_kept(ask: Ask) -> None:
    user = create(ask, displayName="Ada", nickName="Countess", preferredLanguage="en_GB")
    assert (user["displayName"], user["nickName"]) == ("Ada", "Countess")
    # As it was sent, in canonical form: the application gets the two letters.
    assert user["preferredLanguage"] == "en-GB"
    assert CONDECO.to_record(user)["language"] == "en"


def test_values_are_put_right_by_every_route(ask: Ask) -> None:
    user = create(ask, addresses=[{"type": "work", "country": " gb "}], active="True")
    assert user["addresses"] == [{"type": "work", "country": "GB"}]
    assert user["active"] is True
    path = f"/Users/{user['id']}"
    operation = {"op": "replace", "path": 'addresses[type eq "work"].country', "value": "fr"}
    answered = send(ask, "PATCH", path, patch(operation))
    assert (answered.status, answered.document["addresses"]) == (200, [{"type": "work", "country": "FR"}])
    replaced = minimal(CONDECO) | {
        "userName": "ada@example.com",
        "emails": [{"type": "work", "value": " ada@example.com "}],
        urns.ENTERPRISE_USER: {"costCenter": 102, "department": " "},
    }
    answered = send(ask, "PUT", path, replaced)
    assert answered.status == 200, answered.document
    assert answered.document["emails"] == [{"type": "work", "value": "ada@example.com", "primary": True}]
    assert answered.document[urns.ENTERPRISE_USER] == {"costCenter": "102"}
    assert answered.document["externalId"] == user["externalId"]
    assert answered.document["active"] is True


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": f"{urns.ENTERPRISE_USER}:costCenter", "value": 102},
        {"op": "add", "path": urns.ENTERPRISE_USER, "value": {"CostCenter": 102}},
        {"op": "add", "value": {urns.ENTERPRISE_USER: {"costCenter": 102}}},
        {"op": "replace", "value": {f"{urns.ENTERPRISE_USER}:costCenter": 102}},
    ],
    ids=range(4),
)
def test_a_patch_takes_a_number_for_a_code_too(ask: Ask, operation: dict[str, Any]) -> None:
    user = create(ask)
    answered = send(ask, "PATCH", f"/Users/{user['id']}", patch(operation))
    assert answered.status == 200, answered.document
    assert answered.document[urns.ENTERPRISE_USER] == {"costCenter": "102"}
    strict = DOORS["handler"](Provider(profile=CONDECO.extend(mode="strict")))
    user = create(strict)
    answered = send(strict, "PATCH", f"/Users/{user['id']}", patch(operation))
    assert (answered.status, answered.document["scimType"]) == (400, "invalidValue")


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "title", "value": 5},
        {"op": "replace", "path": "active", "value": True},
        {"op": "replace", "path": "nothing", "value": 5},
        {"op": "replace", "path": 5, "value": 5},
        {"op": "replace", "value": {"nothing": {"at": {"all": 5}}}},
        {"op": "replace", "value": 5},
        5,
    ],
    ids=range(7),
)
def test_other_operations_are_as_ever(ask: Ask, operation: Any) -> None:
    plain = DOORS["handler"](Provider())
    for each in (ask, plain):
        assert send(each, "POST", "/Users", minimal(CONDECO)).status == 201
    by_profile, by_none = (
        send(each, "PATCH", f"/Users/{send(each, 'GET', '/Users').document['Resources'][0]['id']}", patch(operation))
        for each in (ask, plain)
    )
    assert by_profile.status == by_none.status
    assert by_profile.document.get("detail") == by_none.document.get("detail")


def test_a_patch_is_judged_as_a_whole(ask: Ask) -> None:
    user = create(ask, preferredLanguage="en")
    path = f"/Users/{user['id']}"
    bad = patch(
        {"op": "replace", "path": "title", "value": "Dr"},
        {"op": "replace", "path": "preferredLanguage", "value": "haw"},
        {"op": "remove", "path": "name"},
    )
    answered = send(ask, "PATCH", path, bad)
    assert (answered.status, answered.document["scimType"]) == (400, "invalidValue")
    for attribute in ("preferredLanguage", "name.givenName", "name.familyName"):
        assert f"'{attribute}'" in answered.document["detail"]
    assert send(ask, "GET", path).document == user
    # What is wrong for a while and right in the end is right.
    moved = patch({"op": "remove", "path": "emails"}, {"op": "add", "path": "emails", "value": [{"value": "new@b"}]})
    answered = send(ask, "PATCH", path, moved)
    assert (answered.status, answered.document["emails"]) == (200, [{"value": "new@b", "primary": True}])


def test_the_last_value_of_an_extension_goes_with_its_urn(ask: Ask) -> None:
    user = create(ask, **{CUSTOM_EXTENSION: {"floor": "3"}})
    assert user["schemas"] == [urns.USER, CUSTOM_EXTENSION]
    blank = patch({"op": "replace", "path": f"{CUSTOM_EXTENSION}:floor", "value": "  "})
    answered = send(ask, "PATCH", f"/Users/{user['id']}", blank)
    assert (answered.status, answered.document["schemas"]) == (200, [urns.USER])


@pytest.mark.parametrize("value", ["", None, "  "], ids=repr)
def test_what_is_required_cannot_be_cleared(ask: Ask, value: Any) -> None:
    user = create(ask)
    answered = send(
        ask, "PATCH", f"/Users/{user['id']}", patch({"op": "replace", "path": "name.givenName", "value": value})
    )
    assert (answered.status, answered.document["scimType"]) == (400, "invalidValue")
    assert "'name.givenName' is required (Condeco profile" in answered.document["detail"]


@pytest.mark.parametrize("mode", ["lenient", "strict"])
def test_names_as_the_tables_spell_them(mode: str) -> None:
    ask = DOORS["handler"](Provider(profile=CONDECO.extend(published_spellings=True, mode=mode)))
    user = create(ask, preferedLanguage="en", address=[{"type": "work", "country": "GB"}])
    assert (user["preferredLanguage"], user["addresses"]) == ("en", [{"type": "work", "country": "GB"}])
    path = f"/Users/{user['id']}"
    for operation in (
        {"op": "replace", "path": "preferedLanguage", "value": "de"},
        {"op": "replace", "path": 'address[type eq "work"].country', "value": "DE"},
        {"op": "replace", "value": {"preferedLanguage": "fr"}},
        {"op": "replace", "path": "title", "value": "Dr"},
    ):
        assert send(ask, "PATCH", path, patch(operation)).status == 200
    user = send(ask, "GET", path).document
    assert (user["preferredLanguage"], user["addresses"][0]["country"], user["title"]) == ("fr", "DE", "Dr")
    assert send(ask, "PATCH", path, patch(5, {"op": "replace", "value": 5})).status == 400  # type: ignore[arg-type]
    plain = DOORS["handler"](Provider(profile=CONDECO))
    answered = send(plain, "PATCH", f"/Users/{create(plain)['id']}", patch({"op": "remove", "path": "address"}))
    assert (answered.status, answered.document["scimType"]) == (400, "invalidPath")


# externalId ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_external_id_is_fixed(ask: Ask, method: str) -> None:
    user = create(ask)
    other = {"externalId": "other"}
    body = minimal(CONDECO) | other if method == "PUT" else patch({"op": "replace", "value": other})
    answered = send(ask, method, f"/Users/{user['id']}", body)
    assert (answered.status, answered.document["scimType"]) == (400, "mutability")
    assert "'externalId' is immutable and cannot be changed" in answered.document["detail"]
    forgiving = DOORS["handler"](Provider(profile=CONDECO.extend(external_id_conflict="ignore")))
    user = create(forgiving)
    answered = send(forgiving, method, f"/Users/{user['id']}", body)
    assert (answered.status, answered.document["externalId"]) == (200, user["externalId"])


@pytest.mark.parametrize("door", ["handler", "async handler"])
def test_external_id_of_a_group_is_fixed(door: str) -> None:
    group = {"schemas": [urns.GROUP], "displayName": "A", "externalId": "e1"}
    ask = DOORS[door](Provider(profile=CONDECO))
    path = f"/Groups/{send(ask, 'POST', '/Groups', group).document['id']}"
    other = patch({"op": "replace", "path": "externalId", "value": "e2"})
    for method, body in (("PATCH", other), ("PUT", group | {"externalId": "e2"})):
        answered = send(ask, method, path, body)
        assert (answered.status, answered.document["scimType"]) == (400, "mutability")
        assert "externalId" in answered.document["detail"]
    del group["externalId"]
    assert send(ask, "PUT", path, group | {"displayName": "B"}).document["externalId"] == "e1"
    # One that has none yet gets it once.
    path = f"/Groups/{send(ask, 'POST', '/Groups', group | {'displayName': 'C'}).document['id']}"
    assert send(ask, "PATCH", path, other).document["externalId"] == "e2"
    for switch in ({"external_id_conflict": "ignore"}, {"fixed_external_id": False}):
        other_ask = DOORS[door](Provider(profile=CONDECO.extend(**switch)))
        created = send(other_ask, "POST", "/Groups", group | {"externalId": "e1"}).document
        answered = send(other_ask, "PATCH", f"/Groups/{created['id']}", other)
        assert answered.document["externalId"] == ("e1" if "external_id_conflict" in switch else "e2")


@pytest.mark.parametrize("kind", ["Users", "Groups"])
@pytest.mark.parametrize(
    ("switch", "status", "kept"),
    [
        ({}, 400, "e1"),
        ({"external_id_conflict": "ignore"}, 200, "e1"),
        ({"fixed_external_id": False, "require_external_id": False}, 200, None),
    ],
    ids=("fixed", "ignored", "free"),
)
def test_a_patch_removes_no_fixed_external_id(kind: str, switch: dict[str, Any], status: int, kept: str | None) -> None:
    ask = DOORS["handler"](Provider(profile=CONDECO.extend(**switch)))
    body = minimal(CONDECO) if kind == "Users" else {"schemas": [urns.GROUP], "displayName": "A"}
    path = f"/{kind}/{send(ask, 'POST', f'/{kind}', body | {'externalId': 'e1'}).document['id']}"
    answered = send(ask, "PATCH", path, patch({"op": "remove", "path": "externalId"}))
    assert answered.status == status, answered.document
    assert send(ask, "GET", path).document.get("externalId") == kept
    if status == 400:
        assert answered.document["scimType"] == "mutability"
        assert "'externalId' is immutable and cannot be removed" in answered.document["detail"]


def test_a_patch_does_not_remove_what_is_required() -> None:
    ask = DOORS["handler"](Provider(profile=CONDECO.extend(fixed_external_id=False)))
    path = f"/Users/{create(ask)['id']}"
    answered = send(ask, "PATCH", path, patch({"op": "remove", "path": "externalId"}))
    assert (answered.status, answered.document["scimType"]) == (400, "invalidValue")
    assert "'externalId' is required" in answered.document["detail"]
    answered = send(ask, "PATCH", path, patch({"op": "replace", "path": "externalId", "value": "e2"}))
    assert (answered.status, answered.document["externalId"]) == (200, "e2")


def test_another_resource_may_lose_its_external_id() -> None:
    robot = ResourceType("Robot", "/Robots", Schema("urn:example:Robot", "Robot", "A robot.", ()))
    provider = Provider(resource_types=(User.resource_type(), robot), profile=CONDECO)
    ask = DOORS["handler"](provider)
    created = send(ask, "POST", "/Robots", {"schemas": ["urn:example:Robot"], "externalId": "e1"}).document
    answered = send(ask, "PATCH", f"/Robots/{created['id']}", patch({"op": "remove", "path": "externalId"}))
    assert (answered.status, "externalId" in answered.document) == (200, False)


# Groups in groups ----------------------------------------------------------------------------------------------------


def group(name: str, *members: str) -> dict[str, Any]:
    return {"schemas": [urns.GROUP], "displayName": name, "members": [{"value": member} for member in members]}


@pytest.mark.parametrize("profile", [CONDECO, ENGAGE, EPTURA, EPTURA_ORG_UNIT], ids=lambda profile: profile.name)
def test_no_group_is_a_member(profile: Profile) -> None:
    ask = DOORS["handler"](Provider(profile=profile))
    inner = send(ask, "POST", "/Groups", group("Inner")).document["id"]
    answered = send(ask, "POST", "/Groups", group("Outer", inner))
    assert (answered.status, answered.document["scimType"]) == (400, "invalidValue")
    assert f"'members[value eq \"{inner}\"]' is a group" in answered.document["detail"]
    assert send(ask, "GET", "/Groups").document["totalResults"] == 1
    accepting = DOORS["handler"](Provider(profile=profile.extend(nested_groups="accept")))
    inner = send(accepting, "POST", "/Groups", group("Inner")).document["id"]
    answered = send(accepting, "POST", "/Groups", group("Outer", inner))
    assert (answered.status, answered.document["members"][0]["type"]) == (201, "Group")


def test_bulk_makes_no_group_a_member(ask: Ask) -> None:
    operations = [
        {"method": "POST", "path": "/Groups", "bulkId": "i", "data": group("Inner")},
        {"method": "POST", "path": "/Groups", "bulkId": "o", "data": group("Outer", "bulkId:i")},
    ]
    answered = send(ask, "POST", "/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": operations})
    assert [each["status"] for each in answered.document["Operations"]] == ["201", "400"]
    assert send(ask, "GET", "/Groups").document["totalResults"] == 1


def test_a_group_that_was_a_member_already_is_left_alone() -> None:
    """From before there was a profile."""
    storage = MemoryStorage()
    old = Handler(Provider(), storage, AUTHENTICATE)
    inner = answer_of(old, "POST", "/Groups", group("Inner"))["id"]
    outer = answer_of(old, "POST", "/Groups", group("Outer", inner))
    new = Handler(Provider(profile=CONDECO), storage, AUTHENTICATE)
    renamed = answer_of(
        new, "PATCH", f"/Groups/{outer['id']}", patch({"op": "replace", "path": "displayName", "value": "O"})
    )
    assert (renamed["displayName"], len(renamed["members"])) == ("O", 1)
    assert len(answer_of(new, "PUT", f"/Groups/{outer['id']}", outer)["members"]) == 1


# What the provider says of itself ------------------------------------------------------------------------------------


def test_what_is_advertised(ask: Ask) -> None:
    schema = send(ask, "GET", f"/Schemas/{urns.USER}").document
    required = {attribute["name"] for attribute in schema["attributes"] if attribute["required"]}
    assert required == {"userName", "name", "emails"}
    (name,) = (attribute for attribute in schema["attributes"] if attribute["name"] == "name")
    assert {sub["name"] for sub in name["subAttributes"] if sub["required"]} == {"givenName", "familyName"}
    custom = send(ask, "GET", f"/Schemas/{CUSTOM_EXTENSION}").document
    assert [attribute["name"] for attribute in custom["attributes"]] == ["group", "floor", "businessCategory"]
    kind = send(ask, "GET", "/ResourceTypes/User").document
    assert {"schema": CUSTOM_EXTENSION, "required": False} in kind["schemaExtensions"]
    assert send(DOORS["handler"](Provider()), "GET", f"/Schemas/{CUSTOM_EXTENSION}").status == 404


def test_a_tenants_own_extension() -> None:
    urn = "urn:example:params:scim:schemas:extension:acme:2.0:User"
    acme = CONDECO.extend(Row("badge", f"{EXTENSION}:badge", required=True), extension_urn=urn)
    ask = DOORS["handler"](Provider(profile=acme))
    assert {"schema": urn, "required": True} in send(ask, "GET", "/ResourceTypes/User").document["schemaExtensions"]
    answered = send(ask, "POST", "/Users", minimal(CONDECO))
    assert (answered.status, "badge' is required" in answered.document["detail"]) == (400, True)
    answered = send(ask, "POST", "/Users", minimal(CONDECO) | {urn: {"badge": 7}})
    assert answered.status == 400
    answered = send(ask, "POST", "/Users", minimal(CONDECO) | {urn: {"badge": "7"}})
    assert (answered.status, acme.to_record(answered.document)["badge"]) == (201, "7")


def test_what_a_profile_calls_unique_is_unique() -> None:
    ask = DOORS["handler"](Provider(profile=CONDECO.extend(Row("badge", "nickName", unique=True))))
    create(ask, nickName="7")
    answered = send(ask, "POST", "/Users", minimal(CONDECO) | {"nickName": "7"})
    assert (answered.status, answered.document["scimType"]) == (409, "uniqueness")


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ((Group.resource_type(),), "the profile CONDECO is about users, and there is no resource type for them"),
        (
            (ResourceType("User", "/Users", User.resource_type().schema),),
            "does not fit the resource type: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department'",
        ),
    ],
    ids=["no users", "no enterprise extension"],
)
def test_a_provider_without_what_the_profile_reads(types: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Provider(resource_types=types, profile=CONDECO)


EACH_REFUSED = [
    pytest.param(profile, row, id=f"{profile.name}-{row.field}")
    for profile in (CONDECO, ENGAGE, EPTURA, EPTURA_ORG_UNIT, DEVICE_HUB)
    for row in profile.effective_rows
    if row.path and row.direction == "both"
]


@pytest.mark.parametrize(("profile", "row"), EACH_REFUSED)
def test_a_malformed_value_is_refused_by_every_route(profile: Profile, row: Row) -> None:
    # No dialect comes between: the tolerant one makes a text of a list that holds one.
    ask = DOORS["handler"](Provider(profile=profile, dialect=DIALECTS["strict"]))
    user = send(ask, "POST", "/Users", complete(profile)).document
    path = f"/Users/{user['id']}"
    for bad in BAD[row.kind]:
        body = complete(profile) | {"userName": "other"}
        put(body, profile, row, bad)
        replacing = copy.deepcopy(user)
        put(replacing, profile, row, bad)
        operation = {"op": "replace", "path": row.path, "value": bad}
        for method, where, sent in (
            ("POST", "/Users", body),
            ("PUT", path, replacing),
            ("PATCH", path, patch(operation)),
        ):
            answered = send(ask, method, where, sent)
            if method == "PATCH" and bad is None:
                # Without a dialect a null is the removal of the value, and the profile keeps what there was.
                assert (answered.status, answered.document) == (200, user)
                continue
            assert answered.status == 400, (method, bad, answered.document)
            assert answered.document["scimType"] in ("invalidValue", "mutability"), (method, bad, answered.document)
            leaf = re.split(r"[.:]", row.path.partition("[")[0])[-1]
            assert leaf in answered.document["detail"], (method, bad, answered.document)
    assert send(ask, "GET", path).document == user
    assert send(ask, "GET", "/Users").document["totalResults"] == 1


def test_a_provider_made_of_another_is_the_same() -> None:
    provider = Provider(profile=CONDECO)
    assert dataclasses.replace(provider).resource_types == provider.resource_types
    assert Provider().resource_types != provider.resource_types


def test_strict_takes_no_boolean_in_quotes_unless_the_caller_may() -> None:
    strict = CONDECO.extend(mode="strict")
    ask = DOORS["handler"](Provider(profile=strict))
    for body in (
        minimal(CONDECO) | {"active": "True"},
        minimal(CONDECO) | {"emails": [{"value": "a@b", "primary": "True"}]},
    ):
        answered = send(ask, "POST", "/Users", body)
        assert (answered.status, answered.document["scimType"]) == (400, "invalidValue")
        assert send(DOORS["handler"](Provider(profile=CONDECO)), "POST", "/Users", body).status == 201
    assert "string-boolean" in {quirk.id for quirk in DIALECTS["tolerant"].quirks}


@pytest.mark.parametrize(("mode", "status"), [("lenient", 201), ("strict", 400)])
def test_strict_takes_no_number_whatever_the_dialect(mode: str, status: int) -> None:
    ask = DOORS["handler"](Provider(profile=CONDECO.extend(mode=mode), dialect=DIALECTS["okta"]))
    body = minimal(CONDECO) | {urns.ENTERPRISE_USER: {"costCenter": 102}}
    answered = send(ask, "POST", "/Users", body)
    assert answered.status == status, answered.document
    assert "number-for-text" in {quirk.id for quirk in DIALECTS["okta"].quirks}


@pytest.mark.parametrize("profile", [CONDECO, ENGAGE, EPTURA], ids=lambda profile: profile.name)
def test_every_value_of_a_complete_user_arrives(profile: Profile) -> None:
    ask = DOORS["handler"](Provider(profile=profile))
    body = complete(profile)
    answered = send(ask, "POST", "/Users", body)
    assert answered.status == 201, answered.document
    record = profile.to_record(answered.document)
    # A manager's display name is the service's to tell.
    assert record == profile.to_record(body)
    assert send(ask, "PUT", f"/Users/{answered.document['id']}", answered.document).document == answered.document


# Bulk ----------------------------------------------------------------------------------------------------------------


def bulk(*operations: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"schemas": [urns.BULK_REQUEST], "Operations": list(operations), **more}


@pytest.mark.parametrize("door", DOORS)
def test_bulk_operations_are_judged_each_for_itself(door: str) -> None:
    ask = DOORS[door](Provider(profile=CONDECO))
    good = minimal(CONDECO) | {"addresses": [{"type": "work", "country": "gb"}]}
    bad = {"schemas": [urns.USER], "userName": "bad", "preferredLanguage": "English"}
    answered = send(
        ask,
        "POST",
        "/Bulk",
        bulk(
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": good},
            {"method": "POST", "path": "/Users", "bulkId": "b", "data": bad},
            {
                "method": "POST",
                "path": "/Groups",
                "bulkId": "c",
                "data": {
                    "schemas": [urns.GROUP],
                    "displayName": "Floor 3",
                    "members": [{"value": "bulkId:a"}, {"value": "nobody"}],
                },
            },
        ),
    )
    assert answered.status == 200
    first, second, third = answered.document["Operations"]
    assert [each["status"] for each in (first, second, third)] == ["201", "400", "201"]
    detail = second["response"]["detail"]
    assert all(f"'{path}'" in detail for path in ("name.givenName", "emails", "externalId", "preferredLanguage"))
    stored = send(ask, "GET", first["location"].removeprefix("https://scim.example.com/v2")).document
    assert stored["addresses"] == [{"type": "work", "country": "GB"}]
    group = send(ask, "GET", third["location"].removeprefix("https://scim.example.com/v2")).document
    assert [member["value"] for member in group["members"]] == [stored["id"]]
    answered = send(
        ask,
        "POST",
        "/Bulk",
        bulk(
            {
                "method": "PATCH",
                "path": f"/Users/{stored['id']}",
                "data": patch({"op": "replace", "path": "externalId", "value": "other"}),
            },
            {"method": "PUT", "path": f"/Users/{stored['id']}", "data": good | {"name": {"givenName": "A"}}},
        ),
    )
    scim_types = [each["response"]["scimType"] for each in answered.document["Operations"]]
    assert scim_types == ["mutability", "invalidValue"]
    assert send(ask, "GET", f"/Users/{stored['id']}").document == stored


# Deletion, members ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["handler", "async handler"])
def test_a_deleted_user_can_stay_as_an_inactive_one(door: str) -> None:
    ask = DOORS[door](Provider(profile=EPTURA))
    created = send(ask, "POST", "/Users", minimal(EPTURA) | {"active": True}).document
    path = f"/Users/{created['id']}"
    group = {"schemas": [urns.GROUP], "displayName": "A", "members": [{"value": created["id"]}]}
    group = send(ask, "POST", "/Groups", group).document
    assert send(ask, "DELETE", path).status == 204
    after = send(ask, "GET", path).document
    assert after["active"] is False
    assert after["userName"] == created["userName"]
    # Once more changes nothing, and a group is deleted as ever.
    assert send(ask, "DELETE", path).status == 204
    assert send(ask, "GET", path).document == after
    assert send(ask, "DELETE", f"/Groups/{group['id']}").status == 204
    assert send(ask, "GET", f"/Groups/{group['id']}").status == 404
    assert send(ask, "DELETE", "/Users/nobody").status == 404
    # Who names another version is told.
    headers = {**HEADERS, "If-Match": 'W/"other"'}
    assert ask(Asked("DELETE", path, headers)).status == 412
    removing = DOORS[door](Provider(profile=EPTURA.extend(deletion="remove")))
    created = send(removing, "POST", "/Users", minimal(EPTURA)).document
    assert send(removing, "DELETE", f"/Users/{created['id']}").status == 204
    assert send(removing, "GET", f"/Users/{created['id']}").status == 404


def test_nobody_stays_active_for_what_else_is_wrong() -> None:
    """A user from before there was a profile lacks what it requires, and can be deleted all the same."""
    storage = MemoryStorage()
    old = Handler(Provider(), storage, AUTHENTICATE)
    created = answer_of(old, "POST", "/Users", {"schemas": [urns.USER], "userName": "old"})
    new = Handler(Provider(profile=EPTURA), storage, AUTHENTICATE)
    assert new.handle(request_of("DELETE", f"/Users/{created['id']}")).status == 204
    assert answer_of(new, "GET", f"/Users/{created['id']}")["active"] is False


@pytest.mark.parametrize(("profile", "status"), [(CONDECO, 201), (CONDECO.extend(unknown_members="reject"), 400)])
def test_unknown_members(profile: Profile, status: int) -> None:
    ask = DOORS["handler"](Provider(profile=profile))
    group = {"schemas": [urns.GROUP], "displayName": "A", "members": [{"value": "nobody"}]}
    answered = send(ask, "POST", "/Groups", group)
    assert answered.status == status
    assert "members" not in answered.document
    assert Provider(profile=CONDECO, unknown_members="keep").unknown_members == "keep"
    assert Provider().unknown_members == "reject"


# Events --------------------------------------------------------------------------------------------------------------


def request_of(method: str, path: str, body: Any = None) -> Request:
    return Request(
        method, path, "", Headers(HEADERS.items()), b"" if body is None else json.dumps(body).encode(), "https://x"
    )


def answer_of(handler: Handler, method: str, path: str, body: Any = None) -> Any:
    response = handler.handle(request_of(method, path, body))
    assert response.status < 300, response.body
    return json.loads(response.body)


def test_events_tell_what_was_put_right() -> None:
    heard: list[Event] = []
    handler = Handler(Provider(profile=CONDECO), MemoryStorage(), AUTHENTICATE, hooks=Hooks(events=heard.append))
    body = minimal(CONDECO) | {
        "userName": "ada",
        "password": "t1meMa$heen",
        "preferredLanguage": "en_us",
        "addresses": [{"type": "work", "country": "gb", "locality": " "}],
    }
    user = answer_of(handler, "POST", "/Users", body)
    created, normalised = heard
    assert isinstance(created, Created)
    assert isinstance(normalised, Normalised)
    assert (normalised.resource_type, normalised.id, normalised.caller) == ("User", user["id"], "okta")
    assert normalised.correlation_id == created.correlation_id
    assert normalised.changes == (
        Change('addresses[type eq "work"].country', "gb", "GB"),
        Change('addresses[type eq "work"].locality', " ", None),
        Change("preferredLanguage", "en_us", "en-US"),
    )
    assert "gb" not in repr(normalised)
    heard.clear()
    path = f"/Users/{user['id']}"
    country = {"op": "replace", "path": 'addresses[type eq "work"].country', "value": "fr"}
    answer_of(handler, "PATCH", path, patch(country))
    changed, normalised = heard
    assert isinstance(changed, Changed)
    assert isinstance(normalised, Normalised)
    assert changed.changes == (
        Change("addresses", [{"type": "work", "country": "GB"}], [{"type": "work", "country": "FR"}]),
    )
    assert normalised.changes == (Change('addresses[type eq "work"].country', "fr", "FR"),)
    heard.clear()
    # What is in order, and what changes nothing in the end, is no news.
    answer_of(handler, "PATCH", path, patch(country))
    assert heard == []
    answer_of(handler, "PUT", path, answer_of(handler, "GET", path) | {"title": "Countess"})
    assert [type(event) for event in heard] == [Changed]


def test_hooks_see_what_will_be_stored() -> None:
    seen: list[Write] = []
    handler = Handler(Provider(profile=EPTURA), MemoryStorage(), AUTHENTICATE, hooks=Hooks(before=seen.append))
    user = answer_of(handler, "POST", "/Users", minimal(EPTURA) | {"active": True, "title": " Dr "})
    assert handler.handle(request_of("DELETE", f"/Users/{user['id']}")).status == 204
    created, deactivated = seen
    assert created.after is not None
    assert created.after["title"] == "Dr"
    assert deactivated.changes == [Change("active", True, False)]
