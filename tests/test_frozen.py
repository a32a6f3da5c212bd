"""Values that never change: what a frozen dataclass does, they do as well."""

import copy
import pickle

import pytest

from scimcore.errors import Violation
from scimcore.filter.ast import And, Comparison, FilterNode, Not, Operator, Or, PatchPath, Present, ValuePath
from scimcore.frozen import Frozen
from scimcore.paths import AttributePath
from scimcore.profiles.checking import Finding

NAME = AttributePath(None, "userName")
EQUAL = Comparison(NAME, Operator.EQ, "a")
VALUES: list[Frozen] = [
    NAME,
    EQUAL,
    Present(NAME),
    And((EQUAL, EQUAL)),
    Or((EQUAL, EQUAL)),
    Not(EQUAL),
    ValuePath(NAME, EQUAL),
    PatchPath(NAME),
    PatchPath(NAME, EQUAL, "value"),
    Violation("a", "b", "c"),
    Finding("a", "b", "c", field="d"),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value(value: Frozen) -> None:
    for same in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert same == value
        assert hash(same) == hash(value)
    assert [other for other in VALUES if other == value] == [value]
    with pytest.raises(AttributeError, match="never changes"):
        value.anything = 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="never changes"):
        del value.anything  # type: ignore[attr-defined]
    assert not hasattr(value, "__dict__")


def test_what_is_of_another_class_is_not_equal() -> None:
    assert Violation("a", "b", "c") != Finding("a", "b", "c")
    assert And((EQUAL, EQUAL)) != Or((EQUAL, EQUAL))
    assert Present(NAME) != (NAME,)


def test_it_shows_its_parts() -> None:
    assert repr(Violation("a", "b", "c")) == "Violation(path='a', message='b', rule='c', scim_type='invalidValue')"


def test_parts_are_read_by_position() -> None:
    node: FilterNode = ValuePath(NAME, EQUAL)
    match node:
        case ValuePath(path, Comparison(_, operator, value)):
            assert (path, operator, value) == (NAME, Operator.EQ, "a")
        case _:
            pytest.fail("a value path")
    match Finding("a", "b", "c", "uniqueness", "d", "e"):
        case Finding(_, _, _, kind, field, label):
            assert (kind, field, label) == ("uniqueness", "d", "e")
