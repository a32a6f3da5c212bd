"""Filters over extensions that no schema is known of: names in any casing, values compared by their JSON type.

Text compares without case, as RFC 7643 §2.2 has it by default; a list means any of its values. Inside, a filter is
made of the same closures as everywhere.
"""

from collections.abc import Callable, Iterator
from typing import assert_never

from scimcore.filter.ast import And, Comparison, FilterNode, Literal, Not, Or, Present, ValuePath
from scimcore.filter.bound import Comparable
from scimcore.filter.checks import Check, check_of, conjunction, disjunction, negation, of_element
from scimcore.filter.values import compose, is_present
from scimcore.paths import AttributePath


def open_predicate(node: FilterNode) -> Check:
    """Compile a comparison, ``pr`` or value path whose URN is unknown; it is tried on a whole document."""
    return _compile(node, _in_document)


_Values = Callable[[object, AttributePath], Iterator[object]]


def _compile(node: FilterNode, values_of: _Values) -> Check:
    match node:
        case Comparison(path, operator, value):
            return _any_of(path, values_of, check_of(operator, *_by_json_type(value)))
        case Present(path):
            return _any_of(path, values_of, is_present)
        case ValuePath(path, inner):
            return _any_of(path, values_of, of_element(_compile(inner, _in_object)))
        case And(terms):
            return conjunction([_compile(term, values_of) for term in terms])
        case Or(terms):
            return disjunction([_compile(term, values_of) for term in terms])
        case Not(operand):
            return negation(_compile(operand, values_of))
        case _:
            assert_never(node)


def _by_json_type(value: Literal) -> tuple[Literal, Comparable]:
    match value:
        case None:
            return None, Comparable.ABSENCE
        case bool():
            return value, Comparable.BOOLEAN
        case str():
            return compose(value), Comparable.TEXT
        case _:
            return value, Comparable.NUMBER


def _any_of(path: AttributePath, values_of: _Values, check: Check) -> Check:
    def test(container: object) -> bool:
        found = False
        for value in values_of(container, path):
            if check(value):
                return True
            found = True
        return not found and check(None)

    return test


def _in_document(document: object, path: AttributePath) -> Iterator[object]:
    whole = str(path).lower()
    uri = (path.uri or "").lower()
    for name, value in document.items() if isinstance(document, dict) else ():
        lower = name.lower()
        if lower == uri:
            yield from _in_object(value, path)
        elif lower == whole:
            yield value


def _in_object(container: object, path: AttributePath) -> Iterator[object]:
    """Yield the values of an attribute; a complex element without the sub-attribute yields None."""
    for value in _members(container, path.attribute or ""):
        for element in value if isinstance(value, list) else [value]:
            if path.sub_attribute is None:
                yield element
            else:
                yield next(_members(element, path.sub_attribute), None)


def _members(container: object, name: str) -> Iterator[object]:
    if isinstance(container, dict):
        lower = name.lower()
        for key, value in container.items():
            if key.lower() == lower:
                yield value
