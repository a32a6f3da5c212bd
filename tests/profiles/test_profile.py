import copy
import dataclasses
from typing import Any

import pytest

from profiles.examples import complete, minimal
from scimcore import urns
from scimcore.errors import InvalidPath, InvalidValue, MutabilityViolation, ScimError
from scimcore.profiles import (
    BY_NAME,
    CONDECO,
    CUSTOM_EXTENSION,
    DEVICE_HUB,
    ENGAGE,
    EPTURA,
    EXTENSION,
    Profile,
    Row,
    explain,
    from_toml,
    render,
    to_toml,
)
from scimcore.profiles.rows import locate
from scimcore.resources import User
from scimcore.schema import ResourceType, Schema, SchemaExtension
from scimcore.schema.characteristics import Uniqueness
from scimcore.validation import Phase, accept

NAME = Row("name", "userName", required=True)


# A mistake in a table is an error when the profile is built ----------------------------------------------------------

MISTAKES: list[tuple[Row, str]] = [
    (Row("a", "nickname2"), "field 'a': 'nickname2' is no attribute of User"),
    (Row("a", "urn:example:other:2.0:User:x"), "is no attribute of User"),
    (Row("a", "emails["), "is not a path"),
    (Row("a", "name"), "is complex: name one of its parts (formatted, familyName"),
    (Row("a", 'emails[value co "x"].value'), "chooses by a filter that rows do not know"),
    (Row("a", "emails[primary eq false].value"), "chooses by a filter that rows do not know"),
    (Row("a", "emails[primary eq true and type pr].value"), "chooses by a filter that rows do not know"),
    (Row("a", 'emails[type eq "work" and not (type pr)].value'), "chooses by a filter that rows do not know"),
    (Row("a", "title", alternatives=("nothing",)), "'nothing' is no attribute"),
    (Row("a", joins=("nothing",)), "'nothing' is no attribute"),
    (Row("a", "active"), "reads 'a' as a text from active, a boolean"),
    (Row("a", "title", "boolean"), "reads 'a' as a boolean; lenient: also its word from title, a string"),
    (Row("a", "title", "texts"), "which has one value"),
    (Row("a", "title", "colour"), "'colour' is none of text, code"),
    (Row("a", "title", joins=("title",)), "a path and paths to join"),
    (Row("a", kind="boolean", joins=("title",)), "texts to join for a 'boolean'"),
    (Row("a"), "only a boolean that tells of deletion has none"),
    (Row("a", "title", default=True), "a default that is no 'text'"),
    (Row("a", "active", "boolean", default="x"), "a default that is no 'boolean'"),
    (Row("a", "title", direction="up"), "is none of both, to_record"),  # type: ignore[arg-type]
    (Row("a", "title", several="all"), "is none of first, refuse"),  # type: ignore[arg-type]
    (Row("a", "password"), "'password' is a secret, which stands in no record"),
    (Row("a", "title", alternatives=("password",)), "'password' is a secret"),
    (Row("a", "emails.value", "email", unique=True), "a unique 'emails.value': stores keep attributes unique"),
    (Row("a", "name.givenName", unique=True), "a unique 'name.givenName'"),
    (Row("a", joins=("title",), unique=True), "a unique value without a path"),
    (Row("a", "title", direction="from_record", required=True), "what no user can have"),
    (Row("a", joins=("title",), direction="from_record"), "what no user can have"),
    (Row("a", "title", pattern="("), "a pattern that is no regular expression"),
    (Row("a", "active", "boolean", one_of=("true",)), "limits of a text for a boolean"),
    (Row("name", "title"), "two rows for the field 'name'"),
    (Row(" ", "title"), "a row without a field"),
]


@pytest.mark.parametrize(("row", "message"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_in_a_row(row: Row, message: str) -> None:
    with pytest.raises((InvalidPath, InvalidValue)) as caught:
        Profile("P", (NAME, row))
    assert caught.value.detail.startswith("Profile P")
    assert message in caught.value.detail


@pytest.mark.parametrize(
    ("switches", "message"),
    [
        ({"mode": "loose"}, "has no mode 'loose': choose from ('lenient', 'strict')"),
        ({"active_default": 1}, "needs a boolean for active_default"),
        ({"extension_urn": "badge"}, "is no URN"),
        ({"extension_urn": urns.ENTERPRISE_USER}, "an extension_urn of its own"),
        ({"require_external_id": True}, "requires externalId and has no row for it"),
    ],
)
def test_a_mistake_in_a_switch(switches: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Profile("P", (NAME,), **switches)
    assert message in caught.value.detail


def test_elements_inside_an_extension_are_not_reached() -> None:
    base = User.resource_type()
    phones = base.resolve("phoneNumbers").leaf
    schema = Schema("urn:example:x:2.0:User", attributes=(phones,))
    kind = ResourceType("User", "/Users", base.schema, [SchemaExtension(schema)])
    with pytest.raises(InvalidPath, match="inside an extension"):
        locate("urn:example:x:2.0:User:phoneNumbers.value", kind)
    with pytest.raises(InvalidPath, match="no elements to choose from"):
        locate('name[type eq "x"].givenName', kind)


# Extending -----------------------------------------------------------------------------------------------------------


def test_extend_replaces_adds_and_leaves_out() -> None:
    badge = Row("badge", f"{EXTENSION}:badge")
    title = Row("department", "title")
    profile = CONDECO.extend(badge, title, without=["floor", "group"], name="ACME", extension_urn="urn:acme:2.0:User")
    assert profile.name == "ACME"
    assert profile.fields.index("department") == CONDECO.fields.index("department")
    assert profile.fields[-1] == "badge"
    assert not {"floor", "group"} & set(profile.fields)
    user = minimal(profile) | {"title": "Dr", "urn:acme:2.0:User": {"badge": "7", "businessCategory": "HQ"}}
    record = profile.to_record(user)
    assert (record["department"], record["badge"], record["businessCategory"]) == ("Dr", "7", "HQ")
    assert profile.extension_schema is not None
    assert [attribute.name for attribute in profile.extension_schema.attributes] == ["businessCategory", "badge"]
    assert CONDECO.fields[-1] == "businessCategory"
    assert profile != CONDECO
    assert hash(CONDECO) == hash(CONDECO.extend())
    assert CONDECO.extend() == CONDECO


@pytest.mark.parametrize(
    ("rows", "more", "message"),
    [
        ((), {"without": ["nothing"]}, "no field 'nothing' to leave out"),
        ((), {"moode": "strict"}, "no switch 'moode'"),
        ((), {"rows": ()}, "no switch 'rows'"),
        ((NAME, NAME), {}, "two rows for one field"),
    ],
)
def test_extend_says_what_is_wrong(rows: tuple[Row, ...], more: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        CONDECO.extend(*rows, **more)
    assert message in caught.value.detail


def test_a_profile_is_short_to_look_at() -> None:
    assert repr(CONDECO) == "Profile('CONDECO', 18 rows, lenient)"
    assert {profile.name for profile in BY_NAME.values()} == set(BY_NAME)


# The switches --------------------------------------------------------------------------------------------------------


def test_the_fields_that_applications_rely_on() -> None:
    names = {
        "userName", "firstName", "lastName", "email", "telephone", "mobile", "adUserGuid", "accountActive",
        "accountDeleted", "country", "buildingLocation", "language", "department", "costCode", "group", "floor",
    }  # fmt: skip
    assert set(CONDECO.fields) == {*names, "employeeId", "businessCategory"}
    assert set(ENGAGE.fields) == {*names, "employeeId", "businessCategory"}
    assert CONDECO.to_record(minimal(CONDECO)).keys() == {
        "userName", "firstName", "lastName", "email", "adUserGuid", "accountActive", "accountDeleted",
    }  # fmt: skip


def test_external_id() -> None:
    before = minimal(CONDECO)
    after = before | {"externalId": "other"}
    (finding,) = CONDECO.check(after, before=before)
    assert (finding.status, finding.scim_type, finding.field) == (400, "mutability", "adUserGuid")
    assert finding.detail.startswith("Attribute 'externalId' is immutable and cannot be changed (Condeco profile")
    with pytest.raises(MutabilityViolation):
        CONDECO.enforce(after, before=before)
    assert CONDECO.check({**before, "externalId": f" {before['externalId']} "}, before=before) == ()

    ignoring = CONDECO.extend(external_id_conflict="ignore")
    assert ignoring.check(after, before=before) == ()
    assert ignoring.prepare(after, before=before)["externalId"] == before["externalId"]
    free = CONDECO.extend(fixed_external_id=False)
    assert free.check(after, before=before) == ()
    assert free.prepare(after, before=before)["externalId"] == "other"

    del before["externalId"]
    (finding,) = CONDECO.check(before)
    assert finding.detail == "Attribute 'externalId' is required (Condeco profile: adUserGuid)"
    assert CONDECO.extend(require_external_id=False).check(before) == ()
    # Linking a user who has none yet sets it once.
    assert CONDECO.check(after, before=before) == ()


def test_other_fixed_values_are_not_ignored() -> None:
    hub = DEVICE_HUB.extend(external_id_conflict="ignore")
    before = minimal(hub)
    after = before | {"emails": [{"primary": True, "value": "new@example.com"}]}
    (finding,) = hub.check(after, before=before)
    assert finding.field == "EmailAddress"


def test_which_address_is_the_address() -> None:
    user = minimal(CONDECO) | {
        "emails": [{"type": "home", "primary": True, "value": "h@x"}, {"type": "Work", "value": "w@x"}]
    }
    assert CONDECO.to_record(user)["email"] == "h@x"
    assert CONDECO.extend(email_from="work").to_record(user)["email"] == "w@x"
    user["emails"] = [{"type": "work", "value": "a@x"}, {"type": "work", "value": "b@x"}]
    assert [finding.message for finding in CONDECO.check(user)] == ["must contain exactly one primary value"]
    user["emails"] = [{"type": "home", "value": "a@x"}]
    assert CONDECO.to_record(user)["email"] == "a@x"
    assert CONDECO.prepare(user)["emails"] == [{"type": "home", "value": "a@x", "primary": True}]


def test_an_address_without_type() -> None:
    user = minimal(CONDECO) | {"addresses": [{"primary": True, "country": "FR", "locality": "Paris"}]}
    record = CONDECO.to_record(user)
    assert (record["country"], record["buildingLocation"]) == ("FR", "Paris")
    assert "country" not in CONDECO.extend(untyped_address=False).to_record(user)
    user["addresses"] = [{"primary": True, "type": "home", "country": "FR"}]
    assert "country" not in CONDECO.to_record(user)
    # An address of nothing but a type is none.
    user["addresses"] = [{"type": "work", "primary": True}, {"type": "work", "country": "GB", "formatted": " "}]
    assert CONDECO.to_record(user)["country"] == "GB"


def test_names_as_the_tables_spell_them() -> None:
    user = minimal(CONDECO) | {
        "PreferedLanguage": "en-GB",
        "address": {"type": "work", "country": "gb", "locality": "London"},
    }
    original = copy.deepcopy(user)
    assert not CONDECO.to_record(user).keys() & {"language", "country"}
    forgiving = CONDECO.extend(published_spellings=True)
    record = forgiving.to_record(user)
    assert (record["language"], record["country"], record["buildingLocation"]) == ("en", "GB", "London")
    prepared = forgiving.prepare(user)
    assert prepared["addresses"] == [{"type": "work", "country": "GB", "locality": "London"}]
    assert not prepared.keys() & {"address", "PreferedLanguage"}
    # What is spelt right goes first.
    assert forgiving.to_record(user | {"preferredLanguage": "de"})["language"] == "de"
    assert forgiving.to_record(minimal(CONDECO)) == CONDECO.to_record(minimal(CONDECO))
    assert user == original


def test_active_and_deleted() -> None:
    user = minimal(CONDECO)
    assert CONDECO.prepare(user)["active"] is True
    assert CONDECO.prepare(user, before=user | {"active": False})["active"] is False
    assert CONDECO.to_record(user, deleted=True)["accountDeleted"] is True
    assert CONDECO.to_record(user, deleted=True)["accountActive"] is False
    assert "accountDeleted" not in ENGAGE.extend(deleted_field=False).to_record(user, deleted=True)
    assert DEVICE_HUB.to_record(minimal(DEVICE_HUB))["Status"] is False
    # The name of the field does not matter, nor that a default is false.
    assert CONDECO.extend(active_default=False).prepare(user)["active"] is False


def test_a_language_is_kept_as_it_was_sent() -> None:
    user = minimal(CONDECO) | {"preferredLanguage": " en_us , de;q=0.5"}
    assert CONDECO.prepare(user)["preferredLanguage"] == "en-US,de;q=0.5"
    assert CONDECO.normalise(user)["preferredLanguage"] == "en"
    assert CONDECO.extend(stored_language="record").prepare(user)["preferredLanguage"] == "en"
    strict = CONDECO.extend(mode="strict")
    assert [finding.field for finding in strict.check(user)] == ["language"]


def test_what_a_provider_registers_and_advertises() -> None:
    assert CONDECO.extension_schema is not None
    assert CONDECO.extension_schema.id == CUSTOM_EXTENSION
    assert {attribute.name for attribute in CONDECO.extension_schema.attributes} == {
        "group",
        "floor",
        "businessCategory",
    }
    assert BY_NAME["OKTA_DEFAULT"].extension_schema is None
    assert BY_NAME["OKTA_DEFAULT"].resource_type is User.resource_type()
    advertised = CONDECO.advertise()
    required = {attribute.name for attribute in advertised.schema.attributes if attribute.required}
    assert required == {"userName", "name", "emails"}
    assert {"givenName", "familyName"} == {
        sub.name for sub in advertised.resolve("name").leaf.sub_attributes if sub.required
    }
    assert advertised.find(f"{CUSTOM_EXTENSION}:floor") is not None
    # A provider that has the extension already keeps its own.
    assert CONDECO.advertise(advertised).extension_urns == advertised.extension_urns
    user = complete(CONDECO)
    assert CONDECO.to_record(accept(user, advertised, Phase.CREATE)) == CONDECO.to_record(user)
    assert EPTURA.extend(extension_urn="urn:x1:y").extension_schema is not None


# Records -------------------------------------------------------------------------------------------------------------


def test_changes() -> None:
    before = complete(CONDECO)
    after = before | {
        "active": True,
        "preferredLanguage": "en-US",
        "name": {"givenName": "Bea", "familyName": "Some text"},
    }
    changes = CONDECO.changes(before, after)
    assert [(change.field, change.before, change.after) for change in changes] == [
        ("firstName", "Some text", "Bea"),
        ("accountActive", False, True),
    ]
    assert {change.field for change in CONDECO.changes(None, before)} == set(CONDECO.fields)
    assert {change.after for change in CONDECO.changes(before, None)} == {None}


def test_a_record_that_cannot_be_a_user() -> None:
    with pytest.raises(InvalidValue) as caught:
        CONDECO.from_record({"email": "nobody", "colour": "red", "costCode": None, "department": " "})
    assert [violation.path for violation in caught.value.violations] == ["colour", "email"]
    assert "is no field of the profile (Condeco profile)" in caught.value.detail


def test_a_record_as_a_model() -> None:
    record = CONDECO.to_record(complete(CONDECO))
    model = CONDECO.record_model.model_validate(record)
    assert model.model_dump(by_alias=True, exclude_none=True) == record
    assert CONDECO.record_model.__name__ == "CondecoRecord"
    assert not CONDECO.record_model.model_fields["mobile"].is_required()
    odd = Profile("P", (Row("cost-code", "title"), Row("tags", f"{EXTENSION}:tags", "texts")))
    user = {"title": "x", CUSTOM_EXTENSION: {"tags": ["a"]}}
    filled = odd.record_model.model_validate(odd.to_record(user))
    assert filled.model_dump() == {"cost_code": "x", "tags": ["a"]}


def test_a_record_as_a_dataclass() -> None:
    user = complete(CONDECO)
    filled = CONDECO.to_dataclass(user)
    assert dataclasses.asdict(filled) == CONDECO.to_record(user)
    assert CONDECO.to_dataclass(minimal(CONDECO), deleted=True).accountDeleted is True
    assert filled == CONDECO.record_dataclass(**CONDECO.to_record(user))
    with pytest.raises(TypeError, match="firstName"):
        CONDECO.record_dataclass(userName="ada")
    odd = Profile("P", (Row("cost-code", "title"), Row("x", "userName", required=True)))
    assert odd.to_dataclass({"title": "7", "userName": "ada"}).cost_code == "7"
    (field, _) = dataclasses.fields(odd.record_dataclass)
    assert (field.name, field.metadata["field"]) == ("cost_code", "cost-code")
    for make in (CONDECO.to_dataclass, CONDECO.to_model):
        with pytest.raises(InvalidValue) as caught:
            make({"userName": "ada"})
        assert len(caught.value.violations) == 4


def test_what_only_the_application_tells() -> None:
    profile = CONDECO.extend(Row("seat", "nickName", direction="from_record"))
    user = minimal(profile) | {"nickName": "12"}
    assert "seat" not in profile.to_record(user)
    assert "seat" not in profile.received(user)
    assert profile.from_record({"userName": "ada", "seat": "12"})["nickName"] == "12"
    assert {row.field: row.verdict for row in explain(profile, user)}["seat"] == "not read"


def test_a_fixed_value_is_not_removed_either() -> None:
    profile = CONDECO.extend(Row("badge", "nickName", immutable=True))
    before = minimal(profile) | {"nickName": "7"}
    (finding,) = profile.check(minimal(profile), before=before)
    assert (finding.field, finding.scim_type) == ("badge", "mutability")
    assert finding.message == "is immutable and cannot be removed"
    assert profile.check(before, before=minimal(profile)) == ()
    # What is required is told once.
    (finding,) = DEVICE_HUB.check(minimal(DEVICE_HUB) | {"emails": []}, before=minimal(DEVICE_HUB))
    assert finding.message == "is required"


def test_what_is_unique_is_so_in_the_store() -> None:
    profile = CONDECO.extend(Row("badge", "nickName", unique=True))
    assert profile.resource_type.resolve("nickName").leaf.uniqueness is Uniqueness.SERVER
    assert profile.advertise().resolve("nickName").leaf.uniqueness is Uniqueness.SERVER
    assert CONDECO.resource_type.schema is User.resource_type().schema


def test_what_is_required_of_an_extension_is_advertised() -> None:
    profile = CONDECO.extend(
        Row("badge", f"{EXTENSION}:badge", required=True),
        Row("department", f"{urns.ENTERPRISE_USER}:department", required=True),
    )
    advertised = profile.advertise()
    assert advertised.resolve(f"{CUSTOM_EXTENSION}:badge").leaf.required
    assert advertised.resolve(f"{urns.ENTERPRISE_USER}:department").leaf.required
    assert not advertised.resolve(f"{CUSTOM_EXTENSION}:floor").leaf.required
    assert [extension.required for extension in advertised.extensions] == [True, True]
    assert [extension.required for extension in CONDECO.advertise().extensions] == [False, False]


def test_all_findings_at_once() -> None:
    findings = CONDECO.check({"preferredLanguage": "e", "active": "yes", "phoneNumbers": "x", "emails": [5]})
    assert {finding.field for finding in findings} == {
        "", "userName", "firstName", "lastName", "adUserGuid", "accountActive", "language",
    }  # fmt: skip
    assert {"phoneNumbers", "emails[0]"} <= {finding.path for finding in findings}
    with pytest.raises(ScimError) as caught:
        CONDECO.enforce({"preferredLanguage": "e"})
    assert len(caught.value.violations) == 6
    CONDECO.enforce(minimal(CONDECO))


@pytest.mark.parametrize(
    ("user", "path", "message"),
    [
        ({"name": "Ada"}, "name", "must be an object"),
        ({urns.ENTERPRISE_USER: 5}, urns.ENTERPRISE_USER, "must be an object"),
        ({"emails": {"value": "a@b"}}, "emails", "must be an array, not an object"),
        ({"emails": [{"primary": 1, "value": "a@b"}]}, "emails[0].primary", "must be a boolean, not a number"),
        ({"emails": [{"primary": True, "value": "a@b"}] * 2}, "emails", "has more than one primary value"),
        ({"preferredLanguage": "e"}, "preferredLanguage", "value 'e' is not an ISO 639-1 language code"),
        ({"addresses": [{"type": "work", "country": "XX"}]}, "addresses.country", "value 'XX' is not an ISO 3166-1"),
    ],
)
def test_what_a_finding_says(user: dict[str, Any], path: str, message: str) -> None:
    found = [finding for finding in CONDECO.check(minimal(CONDECO) | user) if finding.path == path]
    assert found
    assert found[0].message.startswith(message)
    assert found[0].detail.startswith(f"Attribute '{path}' {message}")


def test_a_blank_in_place_of_an_object_says_nothing() -> None:
    user = minimal(CONDECO) | {urns.ENTERPRISE_USER: "", "phoneNumbers": " ", "addresses": "", CUSTOM_EXTENSION: None}
    assert CONDECO.check(user) == ()
    assert CONDECO.prepare(user).keys() == minimal(CONDECO).keys() | {"active"}


def test_attributes_of_others_are_no_trouble() -> None:
    user = minimal(CONDECO) | {"urn:acme:2.0:User": {"x": 1}, "colour": "red"}
    user["name"] = user["name"] | {"nick": "x"}
    assert CONDECO.check(user) == ()
    prepared = CONDECO.prepare(user)
    assert (prepared["urn:acme:2.0:User"], prepared["colour"]) == ({"x": 1}, "red")
    kept = {"id": " 1 ", "meta": {"version": "1"}, "groups": [{"value": "g"}], "password": " x "}
    prepared = CONDECO.prepare(user | kept)
    assert {name: prepared[name] for name in kept} == kept


def test_eptura_calculates() -> None:
    user = minimal(EPTURA) | {"name": {"givenName": " Ada ", "middleName": "", "familyName": "Lovelace"}}
    record = EPTURA.to_record(user)
    assert (record["fullName"], record["actualFirstName"]) == ("Ada Lovelace", "Ada")
    older = BY_NAME["EPTURA_ORG_UNIT"]
    user[older.extension_urn] = {"floor": "3"}
    user["addresses"] = [{"type": "work", "country": "GB"}]
    assert older.to_record(user)["hrLocation"] == "3, GB"


def test_device_hub_limits_texts() -> None:
    user = minimal(DEVICE_HUB)
    user["name"] = {"givenName": "a_b", "familyName": "x" * 65}
    user["emails"] = [{"primary": True, "value": "a%b@c"}]
    assert [finding.message for finding in DEVICE_HUB.check(user)] == [
        "must not contain _",
        "must have at most 64 characters, not 65",
        "must not contain %",
    ]


def test_texts_are_limited_by_their_rows() -> None:
    profile = CONDECO.extend(
        Row("badge", "nickName", pattern="[A-Z]{2}[0-9]+"),
        Row("tags", f"{EXTENSION}:tags", "texts", one_of=("red", "green")),
    )
    user = minimal(profile)
    good = user | {"nickName": " AB12 ", CUSTOM_EXTENSION: {"tags": ["red", " green"]}}
    assert profile.check(good) == ()
    assert profile.to_record(good).items() >= {"badge": "AB12"}.items()
    bad = user | {"nickName": "AB12x", CUSTOM_EXTENSION: {"tags": ["red", "blue"]}}
    assert [finding.message for finding in profile.check(bad)] == [
        "value 'AB12x' does not match [A-Z]{2}[0-9]+",
        "value 'blue' is none of red, green",
    ]
    assert from_toml(to_toml(profile)) == profile
    assert "one of red, green" in render(profile)
    assert "matches [A-Z]{2}[0-9]+" in render(profile)


def test_a_list_of_nothing_but_faults_costs_little() -> None:
    user = minimal(CONDECO) | {"phoneNumbers": [1] * 200_000, "emails": [{"primary": 1, "value": "a@b"}] * 20_000}
    findings = CONDECO.check(user)
    assert [finding.path for finding in findings if not finding.field] == [
        *(f"emails[{index}].primary" for index in range(10)),
        *(f"phoneNumbers[{index}]" for index in range(10)),
    ]
    user["emails"] = [{"primary": True, "value": "a@b"}] * 20_000
    assert [finding.path for finding in CONDECO.check(user)].count("emails") == 1
