"""What of a resource a client sees beyond what it asked for by name: references, and what it has just written."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from scimcore.documents import JSON, Document
from scimcore.patch.changes import AnyChange
from scimcore.projection import Selection, projector, returned_on_request
from scimcore.schema.resource_type import ResourceType
from scimcore.service.referring import Reference, TypeReferences


class Shown(NamedTuple):
    """Which references a selection shows: ``members`` and ``groups`` or parts of them; of which attributes ``$ref``."""

    members: bool
    groups: bool
    urls: tuple[Reference, ...]


def shown(references: TypeReferences, selection: Selection) -> Shown:
    """Find out what a selection shows, by showing it to a resource that has everything."""
    everything: Document = {"schemas": [references.resource_type.schema.id]}
    for each in (*references.written, *((references.groups,) if references.groups else ())):
        element = {sub.name: "x" for sub in each.attribute.sub_attributes}
        container = everything if each.urn is None else everything.setdefault(each.urn, {})
        container[each.name] = [element] if each.attribute.multi_valued else element
    left = projector(references.resource_type, selection)(everything)

    def element_of(each: Reference) -> Document:
        value = (left if each.urn is None else left.get(each.urn, {})).get(each.name) or {}
        return value[0] if isinstance(value, list) else value

    groups = references.groups
    urls = (*references.written, *((groups,) if groups else ()))
    return Shown(
        references.members is not None and bool(element_of(references.members)),
        groups is not None and bool(element_of(groups)),
        tuple(each for each in urls if "$ref" in element_of(each)),
    )


def remembered(references: TypeReferences, selection: Selection) -> Shown:
    """Find out the same, once for what is asked often."""
    asked = selection.attributes or selection.excluded_attributes
    # As in `projection`: only what a client of good faith would send is remembered.
    if len(asked) <= _MOST_NAMES and len("".join(asked)) <= _MOST_CHARACTERS:
        return _cached(references, selection)
    return shown(references, selection)


_cached = lru_cache(1024)(shown)
_MOST_NAMES = 32
_MOST_CHARACTERS = 1024


def with_written(
    selection: Selection, resource_type: ResourceType, document: Document, changes: Iterable[AnyChange] | None = None
) -> Selection:
    """Add what is returned on request and was set by the very request that is answered (RFC 7643 §7, "request").

    Args:
        selection: What the client asked for. Attributes that it named are all that it wants.
        resource_type: What was written.
        document: As it was written.
        changes: What became different; None if the client has said all that is to be there.
    """
    on_request = returned_on_request(resource_type)
    if selection.attributes:
        return selection
    if changes is None:
        written = [str(each) for each in on_request if _is_there(document, each.keys)]
    else:
        changed = [change.path for change in changes]
        written = [str(each) for each in on_request if any(_is_in(str(each), path) for path in changed)]
    return selection._replace(written=tuple(written)) if written else selection


def _is_in(path: str, outer: str) -> bool:
    return path.startswith(outer) and path[len(outer) : len(outer) + 1] in ("", ".")


def _is_there(value: JSON, keys: tuple[str, ...]) -> bool:
    if isinstance(value, list):
        return any(_is_there(element, keys) for element in value)
    if not keys:
        return True
    return isinstance(value, dict) and keys[0] in value and _is_there(value[keys[0]], keys[1:])
