"""The gate: cases as data, the laws that hold for any document, and what a flood of faults costs."""

import contextlib
import copy
import json
import re
from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resource_types import described, read
from scimcore import urns
from scimcore.documents import Limits, loads_object
from scimcore.errors import InvalidSyntax, InvalidValue, MutabilityViolation, PayloadTooLarge, ScimError
from scimcore.resources import Group, User
from scimcore.schema import Attribute, AttributeType, DateTime, Format, Resource, ResourceType, Unknown, attribute
from scimcore.validation import Phase, _accept_closely, _rules, accept, accept_json, schemas_of

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
@example({"owner": True}, "Room", Phase.REPLACE, Unknown.IGNORE, {"owner": True})
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


# Plain documents in one pass -----------------------------------------------------------------------------------------


def _value_of(definition: Attribute) -> st.SearchStrategy:
    if definition.sub_attributes:
        one = _object_of(definition.sub_attributes)
    elif definition.format is not Format.ANY:
        one = st.sampled_from(["en_us", "de", "Europe/Oslo", "europe/oslo"])
    else:
        one = _OF_TYPE.get(definition.type, SCALARS)
    if definition.multi_valued:
        one = st.lists(one, min_size=1, max_size=2) | st.lists(one, max_size=3)
    # Nearly all is as it should be: else nothing would ever be plain.
    return st.integers(0, 60).flatmap(lambda number: VALUES if number == 0 else one)


def _object_of(definitions: Iterable[Attribute]) -> st.SearchStrategy:
    values = {definition.name: st.deferred(lambda each=definition: _value_of(each)) for definition in definitions}
    names = st.lists(st.sampled_from(sorted(values)), max_size=3, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: values[name] for name in chosen}))


_OF_TYPE = {
    AttributeType.STRING: st.sampled_from(["a", "b", "a: b", "\u00e9", "", " "]),
    AttributeType.BOOLEAN: st.booleans(),
    AttributeType.INTEGER: st.sampled_from([0, 7, -1, 2**70]),
    AttributeType.DECIMAL: st.sampled_from([1, 1.5, 100.0, 1e22]),
    AttributeType.DATE_TIME: st.sampled_from(["2011-05-13T04:42:34Z", "2011-05-13T04:42:34.500Z", "20110513T044234Z"]),
    AttributeType.BINARY: st.sampled_from(["TWFu", "TWE=", "TWE"]),
    AttributeType.REFERENCE: st.sampled_from(["https://example.com/a", "b"]),
}
KINDS = st.sampled_from([*TYPES.values(), Group.resource_type()])


def _resource_of(kind: ResourceType) -> st.SearchStrategy:
    required = {definition.name for definition in kind.attributes if definition.required}
    good = next((each for each in GOOD.values() if each["schemas"] == [kind.schema.id]), {})
    base = {"schemas": [kind.schema.id], **{name: "x" for name in required - {"schemas", *kind.extension_urns}}, **good}
    others = [each for each in kind.attributes if each.name != "schemas"]
    return st.builds(lambda more, id: {**base, **id, **more}, _object_of(others), st.sampled_from([{}, {"id": "1"}]))


def _outcome(read):
    try:
        return read()
    except ScimError as error:
        return type(error), error.detail, error.violations


RESOURCES = KINDS.flatmap(lambda kind: st.tuples(st.just(kind), _resource_of(kind), st.none() | _resource_of(kind)))


@given(RESOURCES, st.sampled_from(Phase), st.sampled_from(Unknown))
def test_what_is_plain_is_what_a_closer_look_finds(drawn, phase, unknown) -> None:
    kind, document, before = drawn
    # The stored one is as it was accepted.
    before = None if before is None else _outcome(lambda: accept(before, kind, Phase.CREATE))
    before = before if isinstance(before, dict) else None
    rules = _rules(kind, phase is not Phase.RESPONSE)
    close = _outcome(lambda: _accept_closely(document, rules, kind, before, unknown))
    sent = copy.deepcopy(document)
    assert _outcome(lambda: accept(document, kind, phase, before=before, unknown=unknown)) == close
    assert document == sent
    for separators in ((",", ":"), (", ", " : ")):
        body = json.dumps(document, ensure_ascii=False, separators=separators).encode()
        assert _outcome(lambda body=body: accept_json(body, kind, phase, before=before, unknown=unknown)) == close


@given(RESOURCES, st.sampled_from(Phase), st.data())
def test_a_name_that_is_given_twice_is_never_lost(drawn, phase, data) -> None:
    kind, document, _ = drawn
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    name = data.draw(st.sampled_from(sorted(set(re.findall(rb'[{,]("[^"]+"):', body)))))
    spelling = data.draw(st.sampled_from([name, name.upper(), name.replace(b"e", b"\\u0065")]))
    number = data.draw(st.sampled_from([b"1", b"1e22", b"null", b'":"', b'"\\u003a"']))
    twice = body.replace(name + b":", spelling + b":" + number + b"," + name + b":", 1)
    assert _outcome(lambda: accept_json(twice, kind, phase)) == _outcome(
        lambda: accept(loads_object(twice), kind, phase)
    )


def test_what_a_plain_body_leaves_out_is_carried_over() -> None:
    room, urn = TYPES["Room"], GOOD["Room"]["schemas"][0]
    sent = GOOD["Room"]
    before = {**sent, "serial": "7", "pin": "1234"}
    assert accept(sent, room, Phase.REPLACE, before=before) == {**before, "schemas": [urn, *room.extension_urns]}
    with pytest.raises(MutabilityViolation):
        accept({**sent, "serial": "8"}, room, Phase.REPLACE, before=before)


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

    direct = _outcome(lambda: accept_json(body, kind, Phase.CREATE))
    assert direct == _outcome(lambda: accept(loads_object(body), kind, Phase.CREATE))


def test_a_text_may_not_be_too_large() -> None:
    with pytest.raises(PayloadTooLarge):
        accept_json(b" " * 100, User.resource_type(), Phase.CREATE, limits=Limits(max_payload_bytes=99))


def test_times_of_ones_own_are_canonical_in_either_way() -> None:
    class Visit(Resource, schema="urn:example:params:scim:schemas:2.0:Visit"):
        begins: DateTime | None = attribute()

    body = b'{"schemas":["urn:example:params:scim:schemas:2.0:Visit"],"begins":"20240110T070000Z"}'
    accepted = accept_json(body, Visit.resource_type(), Phase.CREATE)
    assert accepted["begins"] == "2024-01-10T07:00:00Z"
