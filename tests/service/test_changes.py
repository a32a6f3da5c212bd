"""What a PUT changes is told as what a PATCH does."""

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from patch.test_laws import groups, users
from patch.vectors import GROUP, USER
from scimcore.patch import apply, diff
from scimcore.patch.changes import AnyChange, Change, MembershipDelta
from scimcore.service.changes import changes_between, membership_delta


def comparable(changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for change in changes:
        match change:
            case MembershipDelta(path, added, removed, updated):
                told[path] = tuple(sorted(map(str, part)) for part in (added, removed, updated))
            case Change(path, before, after):
                told[path] = (before, after)
    return told


@settings(deadline=None)
@given(st.one_of(st.tuples(users(), users(), st.just(USER)), st.tuples(groups(), groups(), st.just(GROUP))))
def test_two_documents_differ_in_what_a_patch_between_them_changes(given: Any) -> None:
    before, after, resource_type = given
    operations = diff(before, after, resource_type)
    assume(operations)
    patched = apply(before, operations, resource_type)
    assert comparable(changes_between(before, patched.document, resource_type)) == comparable(patched.changes)


@settings(deadline=None)
@given(users())
def test_a_document_does_not_differ_from_itself(document: Any) -> None:
    nothing: list[AnyChange] = []
    assert changes_between(document, dict(document), USER) == nothing


def test_a_member_that_is_there_twice_is_one() -> None:
    old = [{"value": "a"}, {"value": "b"}]
    new = [{"value": "c"}, {"value": "a", "display": "A"}, {"value": "c", "display": "C"}, {"value": "a"}]
    assert membership_delta("members", old, new) == MembershipDelta(
        "members",
        added=({"value": "c"},),
        removed=({"value": "b"},),
        updated=(({"value": "a"}, {"value": "a", "display": "A"}),),
    )
