from typing import Any

import pytest

from patch.vectors import GROUP, USER
from scimcore.patch import Change, MembershipDelta, PatchLimits, apply, elements
from scimcore.patch.elements import Elements
from scimcore.patch.targets import KeySelector


def group(*ids: str) -> dict[str, Any]:
    return {
        "schemas": [GROUP.schema.id],
        "id": "g",
        "displayName": "Crew",
        **({"members": [{"value": each, "type": "User"} for each in ids]} if ids else {}),
    }


def adding(*ids: str) -> dict[str, Any]:
    return {"op": "add", "path": "members", "value": [{"value": each} for each in ids]}


def removing(member: str) -> dict[str, Any]:
    return {"op": "remove", "path": f'members[value eq "{member}"]'}


def ids(members: Any) -> list[str]:
    return [member["value"] for member in members]


# The same things must happen with an index and without: few members, many members, many operations.
SIZES = pytest.mark.parametrize("size", [3, 200])
PADDING = pytest.mark.parametrize("padding", [0, 20])


def run(before: dict[str, Any], operations: list[dict[str, Any]], padding: int) -> Any:
    idle = [{"op": "remove", "path": "externalId"}] * padding
    return apply(before, [*idle, *operations], GROUP)


@SIZES
@PADDING
def test_the_exact_delta(size: int, padding: int) -> None:
    crew = group(*(f"u-{number}" for number in range(size)))
    patched = run(crew, [adding("x", "u-1", "y", "x"), removing("u-0"), removing("nobody"), removing("y")], padding)
    [delta] = patched.changes
    assert isinstance(delta, MembershipDelta)
    assert (delta.path, ids(delta.added), ids(delta.removed), delta.updated) == ("members", ["x"], ["u-0"], ())
    assert ids(patched.document["members"]) == [*(f"u-{number}" for number in range(1, size)), "x"]


@SIZES
@PADDING
def test_what_comes_back_the_same_was_never_away(size: int, padding: int) -> None:
    crew = group(*(f"u-{number}" for number in range(size)))
    again = {"op": "add", "path": "members", "value": [{"value": "u-1", "type": "User"}]}
    assert run(crew, [removing("u-1"), again], padding).document is crew
    assert run(crew, [adding("x"), removing("x")], padding).document is crew
    assert run(crew, [{"op": "replace", "path": "members", "value": crew["members"][::-1]}], padding).document is crew


@SIZES
@PADDING
def test_a_member_that_says_something_else(size: int, padding: int) -> None:
    crew = group(*(f"u-{number}" for number in range(size)))
    renamed = {"op": "replace", "path": 'members[value eq "u-1"]', "value": {"display": "Una"}}
    [delta] = run(crew, [renamed], padding).changes
    old = {"value": "u-1", "type": "User"}
    assert delta == MembershipDelta("members", updated=((old, {**old, "display": "Una"}),))
    [delta] = run(crew, [removing("u-1"), adding("u-1", "u-9999")], padding).changes
    assert delta.updated == ((old, {"value": "u-1"}),)
    assert ids(delta.added) == ["u-9999"]


@SIZES
@PADDING
def test_the_letters_of_an_id(size: int, padding: int) -> None:
    crew = group("a", "A", *(f"u-{number}" for number in range(size)))
    assert ids(run(crew, [removing("A")], padding).document["members"])[:2] == ["a", "u-0"]
    assert ids(run(crew, [removing("U-0")], padding).document["members"])[:3] == ["a", "A", "u-1"]
    assert ids(run(crew, [adding("U-0")], padding).document["members"])[-1] == "U-0"
    other = 'members[value eq "u-0" and type eq "user"]'
    assert len(run(crew, [{"op": "remove", "path": other}], padding).document["members"]) == size + 1
    other = 'members[value eq "u-0" and type eq "group"]'
    assert run(crew, [{"op": "remove", "path": other}], padding).document is crew
    sloppy = 'members[VALUE eq  "u-0"]'
    assert len(run(crew, [{"op": "remove", "path": sloppy}], padding).document["members"]) == size + 1
    accented = 'members[value eq "\\u0075-0"]'
    assert len(run(crew, [{"op": "remove", "path": accented}], padding).document["members"]) == size + 1


@PADDING
def test_stored_members_that_are_odd(padding: int) -> None:
    crew = {**group(*(f"u-{number}" for number in range(100)))}
    crew["members"] = [*crew["members"], {"value": "u-1"}, {"value": "u-1"}, {"$ref": "../Users/7"}]
    left = run(crew, [removing("u-1"), adding("new"), removing("u-2")], padding).document["members"]
    assert len(left) == 103 - 4 + 1
    kept = run(crew, [adding("u-1")], padding)
    assert kept.document is crew
    [delta] = run(crew, [removing("U-1"), removing("new")], padding).changes
    assert len(delta.removed) == 3


@PADDING
def test_all_members(padding: int) -> None:
    crew = group("a", "b")
    [delta] = run(crew, [{"op": "remove", "path": "members"}], padding).changes
    assert ids(delta.removed) == ["a", "b"]
    moved = {
        "op": "replace",
        "path": "members",
        "value": [{"value": "b", "type": "User"}, {"value": "c"}, {"value": "c"}],
    }
    patched = run(crew, [moved, adding("d"), removing("c")], padding)
    assert ids(patched.changes[0].added) == ["d"]
    assert ids(patched.changes[0].removed) == ["a"]
    assert ids(patched.document["members"]) == ["b", "d"]


def test_values_that_are_no_references_are_found_by_an_index_too() -> None:
    emails = [{"value": f"m{number}@x", "type": "work"} for number in range(200)] + [{"type": "other"}]
    user = {"schemas": [USER.schema.id], "id": "u", "userName": "a", "emails": emails}
    operations = [{"op": "remove", "path": f'emails[value eq "M{number}@X"]'} for number in range(0, 200, 2)]
    operations += [{"op": "add", "path": "emails", "value": {"value": f"n{number}@x"}} for number in range(20)]
    operations += [{"op": "add", "path": "emails", "value": {"type": "other", "primary": False}}]
    operations += [{"op": "add", "path": "emails", "value": {"value": "n1@x", "primary": True}}]
    operations += [{"op": "replace", "path": 'emails[value eq "n2@x"].primary', "value": True}]
    operations += [{"op": "replace", "path": 'emails[value eq "n2@x"].value', "value": "n3@x"}]
    operations += [{"op": "remove", "path": 'emails[value eq "n3@x"].value'}]
    patched = apply(user, operations, USER)
    assert len(patched.document["emails"]) == 100 + 1 + 20 - 1
    assert [each for each in patched.document["emails"] if each.get("primary")] == [{"primary": True}]
    assert isinstance(patched.changes[0], Change)


# What it costs, counted ---------------------------------------------------------------------------------------------


class Counted(list[Any]):
    """A list that counts how many of its values are looked at one by one."""

    looks = 0

    def __iter__(self) -> Any:
        for value in super().__iter__():
            type(self).looks += 1
            yield value

    def copy(self) -> "Counted":
        type(self).looks += len(self)
        return Counted(super().__iter__())


@pytest.mark.parametrize("kind", ["remove", "add", "remove, nobody", "list"])
def test_the_work_is_linear(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def looks(size: int) -> int:
        crew = group(*(f"u-{number}" for number in range(size)))
        crew["members"] = Counted(crew["members"])
        Counted.looks = 0
        names = [f"u-{number}" if kind in ("remove", "list") else f"n-{number}" for number in range(0, size, 2)]
        if kind == "add":
            operations = [adding(name) for name in names]
        elif kind == "list":
            operations = [{"op": "remove", "path": "members", "value": [{"value": name} for name in names]}]
        else:
            operations = [removing(name) for name in names]
        apply(crew, operations, GROUP, limits=PatchLimits(max_comparisons=0))
        return Counted.looks

    assert looks(4_000) <= 2.1 * looks(2_000)
    assert looks(4_000) <= 6 * 4_000


def test_ten_thousand_operations_find_their_member_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No operation searches: the folded comparison of a key selector is asked once per hit at most."""
    asked = 0
    matches = KeySelector.matches

    def counting(self: KeySelector, element: Any) -> bool:
        nonlocal asked
        asked += 1
        return matches(self, element)

    monkeypatch.setattr(KeySelector, "matches", counting)
    crew = group(*(f"u-{number}" for number in range(10_000)))
    patched = apply(crew, [removing(f"U-{number}") for number in range(10_000)], GROUP)
    assert "members" not in patched.document
    assert asked == 10_000


def test_a_long_list_is_copied_once(monkeypatch: pytest.MonkeyPatch) -> None:
    copies = 0
    own = Elements._own

    def counting(self: Elements) -> None:
        nonlocal copies
        copies += self._values is self._before
        own(self)

    monkeypatch.setattr(elements.Elements, "_own", counting)
    crew = group(*(f"u-{number}" for number in range(1_000)))
    apply(crew, [removing(f"u-{number}") for number in range(500)], GROUP)
    assert copies == 1
