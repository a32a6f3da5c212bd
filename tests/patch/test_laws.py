"""What holds for every document and every request."""

import copy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from patch.vectors import GROUP, USER, normal
from scimcore.dialects import ENTRA, OKTA, STRICT, TOLERANT, Dialect
from scimcore.errors import ScimError
from scimcore.messages import Patch
from scimcore.patch import Patched, PatchLimits, Tolerance, apply, diff
from scimcore.validation import Phase, accept

ENTERPRISE = USER.extension_urns[0]
TEXT = st.text(st.characters(codec="ascii", exclude_characters='"\\'), min_size=1, max_size=4).filter(str.strip)
FEW = st.sampled_from(["a", "b", "c", "A"])


def _some(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=parts).filter(bool)


EMAIL = _some(value=FEW, type=st.sampled_from(["work", "home"]), display=TEXT)


def _one_primary(elements: list[dict[str, Any]], primary: int) -> list[dict[str, Any]]:
    return [{**each, "primary": True} if index == primary else each for index, each in enumerate(elements)]


EMAILS = st.builds(
    _one_primary,
    st.lists(EMAIL, min_size=1, max_size=4, unique_by=lambda each: (each.get("value"), each.get("type"))),
    st.integers(0, 6),
)
MEMBERS = st.lists(
    st.builds(lambda value, rest: {"value": value, **rest}, FEW, st.fixed_dictionaries({}, optional={"type": FEW})),
    min_size=1,
    max_size=4,
    unique_by=lambda member: member["value"],
)
ENTERPRISES = _some(department=TEXT, manager=_some(value=FEW, **{"$ref": TEXT}))


@st.composite
def users(draw: st.DrawFn) -> dict[str, Any]:
    document = {
        "schemas": [USER.schema.id],
        "id": "u-1",
        "userName": draw(TEXT),
        **draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "title": TEXT,
                    "active": st.booleans(),
                    "name": _some(givenName=TEXT, familyName=TEXT),
                    "emails": EMAILS,
                    "addresses": st.lists(
                        _some(country=TEXT, type=FEW),
                        min_size=1,
                        max_size=2,
                        # No PATCH makes the same value of once twice.
                        unique_by=lambda each: (each.get("country"), each.get("type")),
                    ),
                    "groups": st.just([{"value": "g-1"}]),
                    ENTERPRISE: ENTERPRISES,
                },
            )
        ),
    }
    if ENTERPRISE in document:
        document["schemas"].append(ENTERPRISE)
    return document


@st.composite
def groups(draw: st.DrawFn) -> dict[str, Any]:
    members = draw(st.none() | MEMBERS)
    group = {"schemas": [GROUP.schema.id], "id": "g-1", "displayName": draw(TEXT)}
    return group if members is None else {**group, "members": members}


PATHS = st.sampled_from(
    [
        "title",
        "TITLE",
        "active",
        "name",
        "name.givenName",
        "emails",
        "emails.type",
        'emails[type eq "work"]',
        'emails[type eq "work"].value',
        'emails[value eq "a"].primary',
        'emails[not (value eq "a") and display pr]',
        "addresses",
        'addresses[country eq "NO"].type',
        "userName",
        "id",
        "ID",
        "meta",
        "meta.version",
        "groups",
        'groups[value eq "g-1"]',
        f"{USER.schema.id}:id",
        ENTERPRISE,
        f"{ENTERPRISE}:department",
        f"{ENTERPRISE}:manager",
        f"{ENTERPRISE}:manager.value",
        f"{ENTERPRISE}:manager.displayName",
        "schemas",
        "members",
        "nonsense",
        "",
        "emails[",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.sampled_from(["", "a", "True", "false", "work", "u-1", ENTERPRISE])
    | st.integers(0, 2),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "value",
                    "type",
                    "primary",
                    "display",
                    "displayName",
                    "givenName",
                    "country",
                    "id",
                    "meta",
                    "groups",
                    "title",
                    "emails",
                    "name",
                    "name.givenName",
                    "active",
                    ENTERPRISE,
                    f"{ENTERPRISE}:department",
                    "department",
                    "x",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
OPERATIONS = st.lists(
    st.fixed_dictionaries(
        {"op": st.sampled_from(["add", "replace", "remove", "Replace"])}, optional={"path": PATHS, "value": VALUES}
    ),
    min_size=1,
    max_size=4,
)
DIALECTS = st.sampled_from([STRICT, TOLERANT, OKTA, ENTRA])
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
READ_ONLY = ("id", "meta", "groups")


def _outcome(patch: Patch, document: Any, dialect: Dialect) -> Patched | ScimError:
    try:
        return patch.applied_to(document, dialect=dialect, resource_type=USER)
    except ScimError as error:
        return error


@given(users(), OPERATIONS, DIALECTS)
def test_atomic_valid_and_never_read_only(before: Any, operations: Any, dialect: Any) -> None:
    kept = copy.deepcopy(before)
    body = {"schemas": [PATCH_OP], "Operations": operations}
    sent = copy.deepcopy(body)
    patched = _outcome(Patch.model_validate(body), before, dialect)
    assert before == kept
    assert body == sent
    if isinstance(patched, ScimError):
        assert patched.status == 400
        return
    assert bool(patched.changes) is (patched.document is not before)
    document = patched.document
    for name in READ_ONLY:
        assert document.get(name) == before.get(name)
    writable = {name: value for name, value in document.items() if name not in READ_ONLY}
    # As valid as the body of a PUT, and canonical already: the gate finds nothing to do.
    assert accept(document, USER, Phase.REPLACE, before=before) == writable


EDITS = st.lists(
    st.builds(
        lambda op, path, value: {"op": op, "path": path} | ({} if op == "remove" else {"value": value}),
        st.sampled_from(["add", "replace", "replace", "remove"]),
        st.sampled_from(
            [
                'emails[type eq "work"].value',
                'emails[type eq "home"].display',
                'emails[value eq "a"].type',
                'emails[value eq "b"].display',
                'emails[type ne "work"].value',
                'emails[type eq "work"]',
                "emails.display",
                "emails",
                "name.givenName",
                "name",
                "title",
                f"{ENTERPRISE}:department",
            ]
        ),
        st.sampled_from(["a", "b", "work", None, {"value": "b"}, [{"value": "c", "type": "work"}], {"givenName": "a"}]),
    ),
    max_size=8,
)


@given(users(), EDITS, DIALECTS)
def test_one_request_does_what_one_for_each_operation_does(before: Any, operations: Any, dialect: Any) -> None:
    step: Any = before
    carried_out = []
    for operation in operations:
        patched = _outcome(Patch([operation]), step, dialect)
        if isinstance(patched, Patched):
            step = patched.document
            carried_out.append(operation)
    if carried_out:
        at_once = _outcome(Patch(carried_out), before, dialect)
        assert normal(at_once.document) == normal(step)
        assert bool(at_once.changes) is (at_once.document is not before)


@given(users(), users())
def test_apply_of_diff(before: Any, after: Any) -> None:
    after = {name: value for name, value in after.items() if name != "groups"}
    if "groups" in before:
        after["groups"] = before["groups"]
    assert normal(apply(before, diff(before, after, USER), USER, _LAX).document) == normal(after)
    assert diff(after, after, USER) == []


@given(groups(), groups())
def test_apply_of_diff_of_groups(before: Any, after: Any) -> None:
    assert normal(apply(before, diff(before, after, GROUP), GROUP, _LAX).document) == normal(after)


_LAX = {Tolerance.NO_OPERATIONS}


@given(users(), EMAILS, TEXT)
def test_replace_is_idempotent(before: Any, emails: Any, title: str) -> None:
    operations = [
        {"op": "replace", "path": "emails", "value": emails},
        {"op": "replace", "value": {"title": title, ENTERPRISE: {"department": title}}},
    ]
    once = apply(before, operations, USER).document
    assert apply(once, operations, USER).document is once


@given(groups(), MEMBERS)
def test_add_then_remove_restores(before: Any, members: Any) -> None:
    present = {member["value"].lower() for member in before.get("members", ())}
    assume(not any(member["value"].lower() in present for member in members))
    removals = [{"op": "remove", "path": f'members[value eq "{member["value"]}"]'} for member in members]
    added = apply(before, [{"op": "add", "path": "members", "value": members}], GROUP)
    [delta] = added.changes
    assert list(delta.added) == members
    removed = apply(added.document, removals, GROUP)
    assert removed.document == before
    assert sorted(map(str, removed.changes[0].removed)) == sorted(map(str, delta.added))


@given(groups(), MEMBERS)
def test_a_delta_says_what_happened(before: Any, members: Any) -> None:
    patched = apply(before, [{"op": "replace", "path": "members", "value": members}], GROUP)
    for delta in patched.changes:
        after = [each for each in before.get("members", ()) if each not in delta.removed]
        for old, new in delta.updated:
            after[after.index(old)] = new
        assert normal([*after, *delta.added]) == normal(patched.document["members"])


@given(st.text(max_size=20), st.sampled_from(["add", "replace", "remove"]))
def test_any_path_is_carried_out_or_refused(path: str, op: str) -> None:
    before = {"schemas": [USER.schema.id], "userName": "a"}
    operation = {"op": op, "path": path, "value": "x"}
    for dialect in (STRICT, ENTRA):
        outcome = _outcome(Patch([operation]), before, dialect)
        assert not isinstance(outcome, ScimError) or outcome.status == 400


@pytest.mark.parametrize(
    "path", ["emails[" * 2_000, "emails[" + "(" * 2_000 + 'type eq "a"' + ")" * 2_000 + "]", "a." * 2_000]
)
def test_deep_paths(path: str) -> None:
    with pytest.raises(ScimError):
        apply(
            {"schemas": [USER.schema.id], "userName": "a"},
            [{"op": "remove", "path": path}],
            USER,
            limits=PatchLimits(max_path_characters=100_000),
        )
