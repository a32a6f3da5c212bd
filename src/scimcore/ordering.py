"""The order of resources: ``sortBy`` and ``sortOrder`` (RFC 7644 §3.4.2.3).

Floor 5. A key is made of a document once; comparing keys needs no schema. Which documents there are, and which page of
them is wanted, is the storage's business.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeAlias, TypeVar

from scimcore.documents import Document, printable
from scimcore.errors import InvalidPath
from scimcore.filter.values import compose, fold, instant, is_present
from scimcore.schema.characteristics import AttributeType, Mutability, Returned
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResolvedPath, ResourceType

SortKey: TypeAlias = tuple[int] | tuple[int, object]
"""Compares with the keys of the same ``sort_key`` only. A document without a value has the greatest."""

_ItemT = TypeVar("_ItemT")
_WITHOUT_VALUE: SortKey = (1,)


def sort_key(sort_by: str, resource_type: ResourceType) -> Callable[[Document], SortKey]:
    """Compile the key that orders documents by one attribute, ascending.

    The value of an attribute with several values is that of the primary one, or else of the first. Text is ordered
    without case unless the attribute is caseExact, points in time as such, false before true. A complex attribute
    with several values is ordered by its ``value``.

    Args:
        sort_by: The attribute path, in any casing.
        resource_type: What the documents are.

    Raises:
        InvalidPath: If the type has no such attribute, if it is complex and the path names no sub-attribute, or if it
            is never returned: an order would tell what it is.

    RFC 7644 §3.4.2.3.
    """
    resolved = _sortable(sort_by, resource_type)
    return partial(_key, resolved.attributes, _READERS.get(resolved.leaf.type, _text_reader(resolved.leaf)))


def sort_keys(sort_by: str, resource_types: Sequence[ResourceType]) -> list[Callable[[Document], SortKey]]:
    """Compile the keys that order documents of several types together, one for each type.

    A document of a type that has no such attribute is one without a value.

    Raises:
        InvalidPath: If none of the types has the attribute, or one has it and cannot be ordered by it.

    RFC 7644 §3.4.2.1, §3.4.2.3.
    """
    known = [(each, each.find(sort_by) or each.bare(sort_by)) for each in resource_types]
    if not any(found for _, found in known):
        names = " or ".join(each.name for each in resource_types)
        raise _refusal(f"'{printable(sort_by)}' is no attribute of {names}", sort_by)
    return [sort_key(sort_by, each) if found else _without_value for each, found in known]


def ordered(items: Iterable[_ItemT], key: Callable[[_ItemT], SortKey], *, descending: bool = False) -> list[_ItemT]:
    """Sort by such a key.

    Items of equal keys stay as they stand. Those without a value come last, or first if descending.

    Args:
        items: Documents, or whatever ``key`` takes: ``lambda stored: by_name(stored.document)``.
        key: Calls what ``sort_key`` returned.
        descending: As ``sortOrder`` says.
    """
    return sorted(items, key=key, reverse=descending)


def _sortable(sort_by: str, resource_type: ResourceType) -> ResolvedPath:
    resolved = resource_type.find(sort_by) or resource_type.bare(sort_by)
    if resolved is None:
        raise _refusal(f"'{printable(sort_by)}' is no attribute of {resource_type.name}", sort_by)
    if resolved.leaf.type is AttributeType.COMPLEX:
        value = resolved.leaf.sub("value") if resolved.leaf.multi_valued else None
        if value is None:
            raise _refusal(f"'{resolved.path}' is complex: sort by one of its sub-attributes", sort_by)
        resolved = ResolvedPath((*resolved.keys, value.name), (*resolved.attributes, value), resolved.path)
    if any(step.returned is Returned.NEVER or step.mutability is Mutability.WRITE_ONLY for step in resolved.attributes):
        raise _refusal(f"'{resolved.path}' is never returned, so nothing can be sorted by it", sort_by)
    return resolved


def _refusal(detail: str, sort_by: str) -> InvalidPath:
    return InvalidPath(f"sortBy: {detail}.", path=printable(sort_by), rule="RFC 7644 §3.4.2.3")


def _key(attributes: tuple[Attribute, ...], read: Callable[[object], object | None], document: Document) -> SortKey:
    value: object = document
    for attribute in attributes:
        value = value.get(attribute.name) if isinstance(value, dict) else None
        if isinstance(value, list):
            value = _first(value)
    key = read(value)
    return _WITHOUT_VALUE if key is None else (0, key)


def _without_value(_: Document) -> SortKey:
    return _WITHOUT_VALUE


def _first(values: list[object]) -> object | None:
    """Return the primary value or else the first that is one."""
    present = [value for value in values if is_present(value)]
    primary = (value for value in present if isinstance(value, dict) and value.get("primary") is True)
    return next(primary, present[0] if present else None)


def _text_reader(attribute: Attribute) -> Callable[[object], str | None]:
    exact = attribute.case_exact or attribute.type is AttributeType.BINARY
    return _exact_text if exact else _text


def _text(value: object) -> str | None:
    # An empty text is no data: it goes where absent values go.
    return fold(value) if isinstance(value, str) and value else None


def _exact_text(value: object) -> str | None:
    return compose(value) if isinstance(value, str) and value else None


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


# Every other type is text; what has another type than its attribute sorts as if it were absent.
_READERS: dict[AttributeType, Callable[[object], object | None]] = {
    AttributeType.INTEGER: _number,
    AttributeType.DECIMAL: _number,
    AttributeType.BOOLEAN: _boolean,
    AttributeType.DATE_TIME: instant,
}
