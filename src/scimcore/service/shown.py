"""Which references of a resource a client wants to see, found once for each selection."""

from functools import lru_cache
from typing import NamedTuple

from scimcore.documents import Document
from scimcore.projection import Selection, projector
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
