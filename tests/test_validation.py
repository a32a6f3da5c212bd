"""The gate: cases as data, the laws that hold for any document, and what a flood of faults costs."""

import contextlib
import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_types import described, read
from scimcore import urns
from scimcore.documents import Limits, loads_object
from scimcore.errors import InvalidSyntax, InvalidValue, MutabilityViolation, PayloadTooLarge, ScimError
from scimcore.resources import Group, User
from scimcore.schema import DateTime, Resource, Unknown, attribute
from scimcore.validation import Phase, accept, accept_json, schemas_of

VECTORS = read("validation.json")
TYPES = described(VECTORS)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"])
def test_case(case: dict) -> None:
    given_ = copy.deepcopy(case)

    def run():
        return accept(
            case["document"],
            TYPES[case["resourceType"]],
            Phase(case["phase"]),
            before=case.get("before"),
            unknown=Unknown(case.get("unknown", "ignore")),
        )

    if "accepted" in case:
        accepted = run()
        assert accepted == case["accepted"]
        assert list(accepted)  # a new object, which may be changed
        assert accepted is not case["document"]
    else:
        with pytest.raises(ScimError) as caught:
            run()
        found = [
            {"path": violation.path, "scimType": violation.scim_type, "rule": violation.rule}
            for violation in caught.value.violations
        ]
        order = lambda row: json.dumps(row, sort_keys=True)  # noqa: E731
        assert sorted(found, key=order) == sorted(case["violations"], key=order)
        assert caught.value.status == 400
        for violation in caught.value.violations:
            assert violation.path.partition("[")[0] in caught.value.detail
    assert case == given_


def test_the_kind_is_that_of_the_gravest() -> None:
    room = TYPES["Room"]
    before = next(case for case in VECTORS["cases"] if "before" in case)["before"]
    with pytest.raises(MutabilityViolation):
        accept({**before, "serial": "other", "seats": "many"}, room, Phase.REPLACE, before=before)
    with pytest.raises(InvalidSyntax):
        accept({"label": "x", "serial": "other"}, room, Phase.REPLACE, before=before)
    with pytest.raises(InvalidValue):
        accept({**before, "seats": "many"}, room, Phase.REPLACE, before=before)


@pytest.mark.parametrize("value", [None, [], "x", 5, True])
def test_what_is_no_object(value) -> None:
    with pytest.raises(InvalidSyntax, match="must be a JSON object"):
        accept(value, User.resource_type(), Phase.CREATE)


def test_many_faults_are_told_shortly_and_listed_in_full() -> None:
    group = {"schemas": [urns.GROUP], "displayName": "g", "members": [{"value": number} for number in range(10_000)]}
    with pytest.raises(InvalidValue) as caught:
        accept(group, Group.resource_type(), Phase.CREATE)
    assert len(caught.value.violations) == 10_000
    assert len(caught.value.detail) < 1_000
    assert "members[9].value" in caught.value.detail
    assert caught.value.detail.endswith("; and 9990 more")


def test_countless_faults_cost_no_memory() -> None:
    group = {"schemas": [urns.GROUP], "displayName": 5, "members": [0] * 300_000}
    with pytest.raises(InvalidValue) as caught:
        accept(group, Group.resource_type(), Phase.CREATE)
    assert [violation.path for violation in caught.value.violations] == ["displayName", "members[0]"]


def test_schemas_of() -> None:
    user = User.resource_type()
    assert schemas_of({}, user) == [urns.USER]
    assert schemas_of({urns.ENTERPRISE_USER: {"department": "x"}}, user) == [urns.USER, urns.ENTERPRISE_USER]


# Laws ---------------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    [
        *(
            "schemas",
            "id",
            "meta",
            "userName",
            "USERNAME",
            "name",
            "familyName",
            "emails",
            "value",
            "primary",
            "active",
        ),
        *("active", "groups", "manager", "displayName", "locale", "timezone", "x", "label", "serial", "place", "floor"),
        *(
            "area",
            "notes",
            "screens",
            "owner",
            "keys",
            "weight",
            "calendar",
            "contacts",
            "policy",
            "set",
            "by",
            "since",
        ),
        *(urns.ENTERPRISE_USER, urns.ENTERPRISE_USER.lower()),
        "urn:example:params:scim:schemas:extension:booking:2.0:Room",
    ]
)
SCALARS = st.sampled_from(
    [None, True, False, 0, 1, 1.5, "", "a", "en_us", "Europe/Oslo", "TWFu", "2011-05-13 04:42:34Z", urns.USER]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=8)
GOOD = {
    "User": {"schemas": [urns.USER], "userName": "bj"},
    "Room": {
        "schemas": ["urn:example:params:scim:schemas:2.0:Room"],
        "label": "Oslo",
        "urn:example:params:scim:schemas:extension:booking:2.0:Room": {"calendar": "c"},
    },
}
GOOD_NAMES = st.fixed_dictionaries(
    {},
    optional={
        "emails": st.lists(st.dictionaries(st.sampled_from(["value", "Value", "type", "x"]), st.just("a")), max_size=3),
        "name": st.dictionaries(st.sampled_from(["familyName", "givenName"]), st.sampled_from([None, "", "a"])),
        "active": st.booleans(),
        "locale": st.sampled_from(["en_us", "de"]),
        "tags": st.lists(st.text(max_size=3), max_size=3),
        "opened": st.sampled_from(["2011-05-13 04:42:34Z", "2011-05-13T04:42:34.1234567Z"]),
        "screens": st.lists(st.fixed_dictionaries({}, optional={"value": st.just("v"), "display": st.just("d")})),
        "anything": st.dictionaries(st.text(max_size=3), SCALARS, max_size=2),
        "odd": VALUES,
        urns.ENTERPRISE_USER: st.dictionaries(st.sampled_from(["department", "Division"]), st.just("a"), max_size=2),
    },
)


@given(DOCUMENTS, st.sampled_from(["User", "Room"]), st.sampled_from(Phase), st.sampled_from(Unknown), DOCUMENTS)
def test_any_document_is_accepted_or_refused_and_never_changed(document, name, phase, unknown, before) -> None:
    sent, stored = copy.deepcopy(document), copy.deepcopy(before)
    with contextlib.suppress(ScimError):
        accept(document, TYPES[name], phase, unknown=unknown, before=before)
    assert (document, before) == (sent, stored)


@given(GOOD_NAMES, st.sampled_from(["User", "Room"]), st.sampled_from([Phase.CREATE, Phase.REPLACE]), st.data())
def test_accept_is_idempotent(extra, name, phase, data) -> None:
    unknown = data.draw(st.sampled_from([Unknown.IGNORE, Unknown.KEEP]))
    document = {**extra, **GOOD[name]}
    try:
        accepted = accept(document, TYPES[name], phase, unknown=unknown)
    except ScimError:
        return
    snapshot = copy.deepcopy(accepted)
    again = accept(accepted, TYPES[name], phase, unknown=unknown, before=accepted)
    assert again == accepted == snapshot
    assert list(again) == list(accepted)
    assert not accepted.keys() & {"id", "meta", "groups"}


@given(GOOD_NAMES)
def test_casing_makes_no_difference(extra) -> None:
    document = {**GOOD["User"], **extra}
    shouted = {name.upper(): value for name, value in document.items()}
    try:
        accepted = accept(document, TYPES["User"], Phase.CREATE)
    except ScimError as error:
        with pytest.raises(type(error)):
            accept(shouted, TYPES["User"], Phase.CREATE)
        return
    assert accept(shouted, TYPES["User"], Phase.CREATE) == accepted


# A text in one pass --------------------------------------------------------------------------------------------------

_TEXTS = {
    "canonical": b'{"schemas":["%s"],"userName":"ada","emails":[{"value":"a@b"}]}',
    "spaced": b'{ "schemas" : [ "%s" ] , "userName" : "ada" }',
    "readOnly, and malformed": b'{"schemas":["%s"],"userName":"ada","id":7,"meta":{"created":"12:00"}}',
    "odd case": b'{"Schemas":["%s"],"USERNAME":"ada"}',
    "unknown": b'{"schemas":["%s"],"userName":"ada","shoeSize":43}',
    "null": b'{"schemas":["%s"],"userName":"ada","title":null}',
    "escaped": b'{"schemas":["%s"],"userName":"\\u0061da"}',
    "colons": b'{"schemas":["%s"],"userName":"a:b","title":":"}',
    "wrong type": b'{"schemas":["%s"],"userName":7}',
    "a name twice": b'{"schemas":["%s"],"userName":"ada","userName":"bob"}',
    "a name twice but for case": b'{"schemas":["%s"],"userName":"ada","USERNAME":"bob"}',
    "a readOnly name twice": b'{"schemas":["%s"],"userName":"ada","id":"1","id":"2"}',
    "not a number": b'{"schemas":["%s"],"userName":"ada","id":NaN}',
    "too deep": b'{"schemas":["%s"],"userName":"ada","meta":' + b"[" * 40 + b"]" * 40 + b"}",
    "not JSON": b'{"schemas":["%s"],"userName":"ada"',
    "no object": b'["%s"]',
}


@pytest.mark.parametrize("text", _TEXTS.values(), ids=_TEXTS)
def test_a_text_is_accepted_as_its_document_is(text: bytes) -> None:
    body = text.replace(b"%s", b"urn:ietf:params:scim:schemas:core:2.0:User")
    kind = User.resource_type()

    def outcome(read):
        try:
            return read()
        except ScimError as error:
            return type(error), error.detail

    direct = outcome(lambda: accept_json(body, kind, Phase.CREATE))
    assert direct == outcome(lambda: accept(loads_object(body), kind, Phase.CREATE))


def test_a_text_may_not_be_too_large() -> None:
    with pytest.raises(PayloadTooLarge):
        accept_json(b" " * 100, User.resource_type(), Phase.CREATE, limits=Limits(max_payload_bytes=99))


def test_times_of_ones_own_are_canonical_in_either_way() -> None:
    class Visit(Resource, schema="urn:example:params:scim:schemas:2.0:Visit"):
        begins: DateTime | None = attribute()

    body = b'{"schemas":["urn:example:params:scim:schemas:2.0:Visit"],"begins":"20240110T070000Z"}'
    accepted = accept_json(body, Visit.resource_type(), Phase.CREATE)
    assert accepted["begins"] == "2024-01-10T07:00:00Z"
