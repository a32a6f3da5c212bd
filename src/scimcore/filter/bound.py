"""The tree that a filter means for one resource type: every attribute resolved, every value of its attribute's type.

This is what evaluation, SQL translation and indexes walk. Nothing in it has to be looked up or checked again: an
operator fits its attribute, an operand is of the attribute's type, and no attribute is secret. Closed under
``BoundNode``, to be walked with ``match``; at most ``MAX_LEVELS`` deep.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from scimcore.filter.ast import Comparison, Operator, Present, ValuePath
from scimcore.filter.tolerances import Tolerated
from scimcore.paths import AttributePath
from scimcore.schema.resource_type import ResolvedPath


class Comparable(StrEnum):
    """As what two values are compared."""

    TEXT = "text"
    """Without case: ``values.fold`` of both."""

    EXACT_TEXT = "exact text"
    """With case: ``values.compose`` of both."""

    NUMBER = "number"
    INSTANT = "instant"
    BOOLEAN = "boolean"

    ABSENCE = "absence"
    """``eq null`` and ``ne null``: whether there is no value (RFC 7643 §2.5)."""


Operand: TypeAlias = str | int | float | bool | datetime | None


class BoundComparison(NamedTuple):
    """An attribute compared with a value.

    Where an attribute on the way has several values, one of them has to match. An attribute without a value matches
    ``ne`` anything and ``eq null``, and nothing else.

    Attributes:
        target: From the document, or from the element inside a ``BoundValuePath``; there, no keys mean the element
            itself. A complex multi-valued attribute has become its ``value``.
        operator: Fits the type of the attribute.
        operand: Text in NFC, an aware datetime, a number, a boolean or None, as ``comparable`` says.
        comparable: As what to compare.
    """

    target: ResolvedPath
    operator: Operator
    operand: Operand
    comparable: Comparable


class BoundPresent(NamedTuple):
    """An attribute has a value that is not empty: ``values.is_present``."""

    target: ResolvedPath


class BoundValuePath(NamedTuple):
    """One element of an attribute meets a condition; targets in the condition begin at the element."""

    target: ResolvedPath
    condition: "BoundNode"


class BoundAnd(NamedTuple):
    """All terms hold."""

    terms: tuple["BoundNode", ...]


class BoundOr(NamedTuple):
    """One term at least holds."""

    terms: tuple["BoundNode", ...]


class BoundNot(NamedTuple):
    """The operand does not hold."""

    operand: "BoundNode"


class BoundUndefined(NamedTuple):
    """An attribute that the resource type has not, where several types are searched (RFC 7644 §3.4.2.1).

    Attributes:
        path: As sent.
        matches: The answer for every resource of the type: that of an attribute without a value.
    """

    path: AttributePath
    matches: bool


class BoundOpen(NamedTuple):
    """An attribute of an extension that no schema is known of: looked for in each document, compared by JSON type.

    Only ``UnknownAttribute.LOOK`` makes these; a storage never sees one.
    """

    node: Comparison | Present | ValuePath


BoundNode: TypeAlias = (
    BoundComparison | BoundPresent | BoundValuePath | BoundAnd | BoundOr | BoundNot | BoundUndefined | BoundOpen
)


class Bound(NamedTuple):
    """A bound tree, and what had to be tolerated to bind it."""

    node: BoundNode
    tolerated: tuple[Tolerated, ...] = ()
