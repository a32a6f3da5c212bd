"""References between the operations of a bulk request: ``bulkId:qwerty`` stands for an id that is not known yet.

Found, replaced and taken out here, in what an operation sends and in its path; in which order the operations have to be
carried out for it follows from them (RFC 7644 §3.7.1, §3.7.2).
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final

from scimcore.documents import JSON, Document, printable
from scimcore.errors import InvalidValue

MARK = "bulkId:"
# In the path of a PATCH operation: members[value eq "bulkId:qwerty"].
_QUOTED = re.compile(r'"bulkId:([^"]*)"')
_RULE = "RFC 7644 §3.7.2"


def references_in(value: JSON) -> Iterator[str]:
    """Yield the bulkIds that a JSON value refers to."""
    if isinstance(value, str):
        if MARK in value:
            yield from _names_in(value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from references_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references_in(inner)


def replaced(value: JSON, ids: Mapping[str, str]) -> JSON:
    """Put ids in the place of references.

    Args:
        value: A JSON value; not changed.
        ids: By bulkId, the ids that are known.

    Raises:
        InvalidValue: If there is a reference to anything else.
    """
    if isinstance(value, str):
        return _replaced_text(value, ids) if MARK in value else value
    if isinstance(value, dict):
        return {name: replaced(inner, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, ids) for inner in value]
    return value


def without(document: Document, names: Set[str]) -> Document:
    """Leave out what refers to one of some bulkIds: an element of an array, or a complex value, goes as a whole."""
    left: Document = {}
    for name, value in document.items():
        # Below its URN an extension has attributes as a resource has; one of them goes and not all.
        kept = without(value, names) if ":" in name and isinstance(value, dict) else _without(value, names)
        if kept is not _GONE:
            left[name] = kept
    return left


_GONE: Final = object()


def _without(value: JSON, names: Set[str]) -> JSON:
    if isinstance(value, str):
        return _GONE if MARK in value and not names.isdisjoint(_names_in(value)) else value
    if isinstance(value, list):
        return [kept for element in value if (kept := _without(element, names)) is not _GONE]
    if isinstance(value, dict):
        parts = {name: _without(inner, names) for name, inner in value.items()}
        return _GONE if any(part is _GONE for part in parts.values()) else parts
    return value


def _names_in(text: str) -> list[str]:
    if text.startswith(MARK):
        return [text[len(MARK) :]]
    _, found, name = text.rpartition(f"/{MARK}")
    if found:
        return [name]
    return _QUOTED.findall(text)


def _replaced_text(text: str, ids: Mapping[str, str]) -> str:
    if text.startswith(MARK):
        return _id_of(text[len(MARK) :], ids)
    before, found, name = text.rpartition(f"/{MARK}")
    if found:
        return f"{before}/{_id_of(name, ids)}"
    return _QUOTED.sub(lambda match: f'"{_id_of(match[1], ids)}"', text)


def _id_of(name: str, ids: Mapping[str, str]) -> str:
    id = ids.get(name)
    if id is None:
        raise InvalidValue(
            f"'{MARK}{printable(name)}' refers to a resource that no operation of this request has created.", rule=_RULE
        )
    return id


def in_order(edges: Sequence[Set[int]]) -> list[list[int]]:
    """Put operations into an order in which each comes behind those that it needs.

    Otherwise they stay in the order in which they are. Those that need each other are in one group.

    Args:
        edges: For each operation, the numbers of those that it needs.

    Returns:
        Groups of numbers; nearly all of them of one.
    """
    # Tarjan's algorithm, with a stack of its own: a request may be one long chain.
    groups: list[list[int]] = []
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    open_ones: list[int] = []
    is_open: set[int] = set()
    for root in range(len(edges)):
        if root in index:
            continue
        work = [(root, iter(sorted(edges[root])))]
        index[root] = low[root] = len(index)
        open_ones.append(root)
        is_open.add(root)
        while work:
            node, needs = work[-1]
            for other in needs:
                if other not in index:
                    index[other] = low[other] = len(index)
                    open_ones.append(other)
                    is_open.add(other)
                    work.append((other, iter(sorted(edges[other]))))
                    break
                if other in is_open:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    start = _last(open_ones, node)
                    group = open_ones[start:]
                    del open_ones[start:]
                    is_open.difference_update(group)
                    groups.append(sorted(group))
    return groups


def _last(numbers: list[int], number: int) -> int:
    """Find a number from the end, near which it is."""
    place = len(numbers) - 1
    while numbers[place] != number:
        place -= 1
    return place
