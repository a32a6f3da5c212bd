"""Project a document: which attributes a response carries (RFC 7644 §3.4.2.5, §3.9; RFC 7643 §7 "returned").

Floor 5. What a client may see is decided here and nowhere else. A selection is compiled once for a resource type and
kept; a projection builds a new document and shares the values of the old one.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from scimcore.documents import JSON, Document
from scimcore.errors import InvalidValue
from scimcore.schema.characteristics import Returned
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResolvedPath, ResourceType
from scimcore.urns import is_urn

Projector: TypeAlias = Callable[[Document], Document]

# What two clients ask for differs; what one client asks for hardly ever does.
_REMEMBERED = 1024
_MOST_NAMES = 32
_MOST_CHARACTERS = 1024


class Selection(NamedTuple):
    """What a client asked to see.

    Attributes:
        attributes: Only these, and what is always returned (RFC 7644 §3.4.2.5).
        excluded_attributes: The default set without these. Ignored when ``attributes`` is given.
        written: Attributes that are returned on request and that the request has set, in canonical spelling: for its
            answer they are among the default set (RFC 7643 §7). A service says so, never a client.
    """

    attributes: tuple[str, ...] = ()
    excluded_attributes: tuple[str, ...] = ()
    written: tuple[str, ...] = ()

    @classmethod
    def parse(cls, attributes: str | None = None, excluded_attributes: str | None = None) -> "Selection":
        """Read the comma-separated lists of a query.

        Raises:
            InvalidValue: If both are given; the RFC lets a client choose one.
        """
        selected, excluded = _split(attributes), _split(excluded_attributes)
        if selected and excluded:
            raise InvalidValue(
                "'attributes' and 'excludedAttributes' exclude each other; send one of them.", rule="RFC 7644 §3.4.2.5"
            )
        return cls(selected, excluded)


DEFAULT_SELECTION = Selection()


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(name for part in (text or "").split(",") if (name := part.strip()))


def project(document: Document, selection: Selection, resource_type: ResourceType) -> Document:
    """Keep the attributes that a response may carry.

    ``attributes`` replaces the default set and ``excludedAttributes`` subtracts from it; neither can hide a
    ``returned: always`` attribute or show a ``returned: never`` one. Attributes that no schema declares are kept by
    the default set only.

    Args:
        document: A stored document, with canonical attribute names.
        selection: What the client asked for. A name that no schema declares selects and excludes nothing.
        resource_type: What the document is.

    Returns:
        A new document, ``schemas`` first where it is there. Values are shared with the one given, not copied.

    RFC 7644 §3.4.2.5, §3.9; RFC 7643 §7.
    """
    return _found(resource_type, selection, False)(document)


def projector(resource_type: ResourceType, selection: Selection) -> Projector:
    """Compile a selection; see ``project``. For lists: the same function serves every resource."""
    return _found(resource_type, selection, False)


def projector_of_own(resource_type: ResourceType, selection: Selection) -> Projector:
    """Compile a selection for documents that nobody else holds: what is hidden is taken out of the very object."""
    return _found(resource_type, selection, True)


def _found(resource_type: ResourceType, selection: Selection, in_place: bool) -> Projector:
    try:
        return _remembered(resource_type, selection, in_place)
    except _TooMuchToRemember:
        return _projector(resource_type, selection, in_place)


class _TooMuchToRemember(Exception):
    """What is raised is not remembered."""


@lru_cache(_REMEMBERED)
def _remembered(resource_type: ResourceType, selection: Selection, in_place: bool) -> Projector:
    # Only what a client of good faith would send is remembered as it was sent.
    asked = selection.attributes or selection.excluded_attributes
    if len(asked) > _MOST_NAMES or len("".join(asked)) > _MOST_CHARACTERS:
        raise _TooMuchToRemember
    return _projector(resource_type, selection, in_place)


def _projector(resource_type: ResourceType, selection: Selection, in_place: bool) -> Projector:
    if selection.attributes:
        return _selecting(resource_type, _known(selection.attributes, resource_type))
    excluded = _known(selection.excluded_attributes, resource_type)
    return _excluding(resource_type, excluded, _known(selection.written, resource_type), in_place)


@lru_cache(_REMEMBERED)
def returned_on_request(resource_type: ResourceType) -> tuple[ResolvedPath, ...]:
    """Return the attributes and sub-attributes that are shown only to who asks for them, or has just set them."""
    return tuple(map(resource_type.resolve, _on_request(resource_type.attributes, "")))


def _on_request(attributes: Sequence[Attribute], outer: str) -> Iterator[str]:
    for attribute in attributes:
        path = f"{outer}{attribute.name}"
        if attribute.returned is Returned.REQUEST and not attribute.is_secret:
            yield path
        yield from _on_request(attribute.sub_attributes, f"{path}{':' if is_urn(path) and not outer else '.'}")


def _known(references: Sequence[str], resource_type: ResourceType) -> tuple[tuple[str, ...], ...]:
    # What is remembered is made of the schema's own names: a client's texts would cost memory.
    return tuple(dict.fromkeys(found.keys for found in map(resource_type.find, references) if found is not None))


@lru_cache(_REMEMBERED)
def _selecting(resource_type: ResourceType, asked: tuple[tuple[str, ...], ...]) -> Projector:
    return _keeper(_wanted(resource_type.attributes, _tree(asked)))


@lru_cache(_REMEMBERED)
def _excluding(
    resource_type: ResourceType,
    excluded: tuple[tuple[str, ...], ...],
    written: tuple[tuple[str, ...], ...],
    in_place: bool,
) -> Projector:
    return _dropper(_unwanted(resource_type.attributes, _tree(excluded), _tree(written)), in_place=in_place)


# A tree of names: what a selection names at each level. An empty one stands for "the whole attribute".
_Tree: TypeAlias = "dict[str, _Tree]"


def _tree(paths: Sequence[tuple[str, ...]]) -> _Tree:
    tree: _Tree = {}
    whole: set[tuple[str, ...]] = set()
    for keys in paths:
        # "name,name.givenName" asks for all of name, in whichever order.
        if any(keys[:length] in whole for length in range(1, len(keys))):
            continue
        whole.add(keys)
        level = tree
        for key in keys[:-1]:
            level = level.setdefault(key, {})
        level[keys[-1]] = {}
    return tree


def _wanted(attributes: Sequence[Attribute], asked: _Tree) -> dict[str, Projector | None]:
    """Say for each attribute that is kept what is kept of it: all (None), or what a projector leaves."""
    kept: dict[str, Projector | None] = {}
    for attribute in attributes:
        inside = asked.get(attribute.name)
        if attribute.is_secret:
            continue
        if inside == {} or (inside is None and attribute.returned is Returned.ALWAYS):
            hidden = _unwanted(attribute.sub_attributes, {}, {})
            kept[attribute.name] = _each(attribute, _dropper(hidden)) if hidden else None
        else:
            parts = _wanted(attribute.sub_attributes, inside or {})
            if parts:
                kept[attribute.name] = _each(attribute, _keeper(parts))
    return kept


# What an attribute loses: everything (None), a part of one name, or whatever a projector does not leave.
_Loss: TypeAlias = Projector | str | None


def _unwanted(attributes: Sequence[Attribute], excluded: _Tree, written: _Tree) -> dict[str, _Loss]:
    """Say for each attribute that loses something what it loses."""
    lost: dict[str, _Loss] = {}
    for attribute in attributes:
        inside, given = excluded.get(attribute.name), written.get(attribute.name)
        unasked = attribute.returned is Returned.REQUEST and given is None
        if attribute.is_secret:
            lost[attribute.name] = None
        elif unasked or (inside == {} and attribute.returned is not Returned.ALWAYS):
            # What is always returned is so inside an attribute that is not, too.
            minimum = _wanted(attribute.sub_attributes, {})
            lost[attribute.name] = _each(attribute, _keeper(minimum)) if minimum else None
        else:
            parts = _unwanted(attribute.sub_attributes, inside or {}, given or {})
            if parts:
                lost[attribute.name] = _less(attribute, parts)
    return lost


def _keeper(kept: dict[str, Projector | None]) -> Projector:
    steps = tuple(kept.items())

    def keep(document: Document) -> Document:
        result: Document = {}
        for name, part in steps:
            if name in document:
                if part is None:
                    result[name] = document[name]
                elif left := part(document[name]):
                    result[name] = left
        return result

    return keep


def _dropper(lost: dict[str, _Loss], *, in_place: bool = False) -> Projector:
    losses = tuple(lost.items())

    def drop(document: Document) -> Document:
        if not in_place:
            document = document.copy()
        for name, loss in losses:
            if name not in document:
                continue
            if loss is None:
                del document[name]
                continue
            # What is inside is shared, and is copied.
            left = document[name]
            if not isinstance(loss, str):
                left = loss(left)
            elif loss in left:
                left = left.copy()
                del left[loss]
            if left:
                document[name] = left
            else:
                del document[name]
        return document

    return drop


def _less(attribute: Attribute, lost: dict[str, _Loss]) -> _Loss:
    """Say what an attribute loses that loses these parts; for one part of one value, no function is called."""
    names = tuple(lost)
    if len(names) == 1 and lost[names[0]] is None and not attribute.multi_valued:
        return names[0]
    return _each(attribute, _dropper(lost))


def _each(attribute: Attribute, part: Projector) -> Callable[[JSON], JSON]:
    """Apply a projector to a complex value, or to each of several; a value of which nothing is left goes."""
    if not attribute.multi_valued:
        return part
    return lambda elements: [left for element in elements if (left := part(element))]
