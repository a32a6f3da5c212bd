"""Documents that are as the RFC has them: canonical names, right types, nothing empty, nothing twice.

Floor 2. That is what nearly every document is, and pydantic's core tells it in one pass. Here is no rule of its own and
no error: a document that is not plain, for whatever reason, is looked at by those who know the rules. It may be right.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeAlias

from pydantic_core import SchemaValidator, ValidationError, core_schema

from scimcore.documents import Document, dumps, repeats_names
from scimcore.schema.characteristics import AttributeType, Mutability
from scimcore.schema.definitions import Attribute
from scimcore.schema.plain_types import plain_validator
from scimcore.schema.resource_type import ResourceType


class PlainForm:
    """How a plain document of one resource type looks."""

    def __init__(self, resource_type: ResourceType, *, written: bool, meant: bool = False) -> None:
        """Describe it; what is compiled is made at its first use.

        Args:
            resource_type: What the documents are.
            written: Whether they come from a client. What a client cannot write is taken out of them then.
            meant: Whether a document is plain only if nobody could wonder what its sender meant: there is nothing in
                it that a client cannot write, no empty text, no element without a ``value``.
        """
        self._attributes = resource_type.attributes
        self._written, self._meant = written, meant
        self._core, self._extensions = resource_type.schema.id, tuple(resource_type.extension_urns)
        self._urns = frozenset({self._core, *self._extensions})
        self.names = frozenset(attribute.name for attribute in self._attributes)
        """What a document may have at its top, in canonical spelling."""
        self._settles = _settler(self._attributes, written and not meant)
        self._may_grow = _has(self._attributes, AttributeType.DECIMAL)
        self.depth = _depth(self._attributes)
        """How many objects and arrays stand in each other at most."""

    def of_text(self, body: bytes) -> Document | None:
        """Read the text of a document.

        Args:
            body: A JSON text, of a size that was looked at.

        Returns:
            A new document in canonical form, or None if the text needs a closer look.
        """
        # Who writes this name in another way needs a closer look at all names.
        if b'"schemas"' not in body:
            return None
        try:
            document: Document = self._reader.validate_json(body)
        except ValidationError:
            return None
        # A name that is given twice, or is none of ours, is lost. Our text of a document is as short as can be, and
        # nearly no canonical form is longer than what was sent: then a text that is no longer has lost nothing.
        if (self._may_grow or len(dumps(document)) != len(body)) and repeats_names(document, body):
            return None
        return self._completed(document)

    def of_document(self, document: Document) -> Document | None:
        """Return a document in canonical form, a new one, or None if it needs a closer look."""
        # Who writes names in another casing does so everywhere: that is seen without a list of them.
        if not document.keys() <= self.names:
            return None
        try:
            return self._completed(self._checker.validate_python(document))
        except ValidationError:
            return None

    @cached_property
    def _reader(self) -> SchemaValidator:
        return self._compiled("ignore")

    @cached_property
    def _checker(self) -> SchemaValidator:
        return self._compiled("forbid")

    def _compiled(self, extra: core_schema.ExtraBehavior) -> SchemaValidator:
        return plain_validator(self._attributes, written=self._written, meant=self._meant, extra=extra)

    def _completed(self, found: Document) -> Document | None:
        """Look at what the validator cannot see, and name the schemas; None where that is not enough."""
        listed = found.get("schemas")
        if listed.__class__ is not list or self._core not in listed or not self._urns.issuperset(listed):
            return None
        if self._settles is not None and not self._settles(found):
            return None
        found["schemas"] = [self._core, *[urn for urn in self._extensions if urn in found]]
        return found


# What pydantic cannot see -------------------------------------------------------------------------------------------


_Settler: TypeAlias = Callable[[Document], bool]
"""Takes out of an object what a client cannot write and tells whether the rest is plain."""


def _settler(attributes: Sequence[Attribute], takes_out: bool) -> _Settler | None:
    """Compile what there is to look at in an object; None if there is nothing."""
    read_only = tuple(attribute.name for attribute in attributes if takes_out and _is_read_only(attribute))
    complex_ones = [each for each in attributes if each.sub_attributes and each.name not in read_only]
    settlers = {each.name: _settler(each.sub_attributes, takes_out) for each in complex_ones}
    objects = tuple((each.name, settlers[each.name]) for each in complex_ones if not each.multi_valued)
    arrays = tuple((each.name, _has_primary(each), settlers[each.name]) for each in complex_ones if each.multi_valued)
    if not (read_only or objects or arrays):
        return None

    def settles(value: Document) -> bool:
        for name in read_only:
            if name in value:
                del value[name]
        for name, inside in objects:
            # What is left of an object must be something.
            if name in value and ((inside is not None and not inside(value[name])) or not value[name]):
                return False
        for name, has_primary, inside in arrays:
            if name in value:
                elements = value[name]
                if inside is not None and not all(map(inside, elements)):
                    return False
                if not all(elements):
                    return False
                if has_primary and len(elements) > 1 and len([0 for each in elements if each.get("primary")]) > 1:
                    return False
        return True

    return settles


def _is_read_only(attribute: Attribute) -> bool:
    return attribute.mutability is Mutability.READ_ONLY


def _has_primary(attribute: Attribute) -> bool:
    primary = attribute.sub("primary")
    return primary is not None and primary.type is AttributeType.BOOLEAN


def _has(attributes: Sequence[Attribute], kind: AttributeType) -> bool:
    return any(attribute.type is kind or _has(attribute.sub_attributes, kind) for attribute in attributes)


def _depth(attributes: Sequence[Attribute]) -> int:
    return 1 + max(
        (
            attribute.multi_valued + (_depth(attribute.sub_attributes) if attribute.sub_attributes else 0)
            for attribute in attributes
        ),
        default=0,
    )
