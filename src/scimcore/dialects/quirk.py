"""Quirk: one thing that some client sends off the specification, and what to make of it.

A quirk is a row: who sends it, the exact payload, what the RFC says, what is done instead and what that risks. Most
carry a rewrite, a pure function that turns what was sent into what was meant; the others name a tolerance, because what
is meant depends on the resource as it is or stands inside a filter.
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple, TypeAlias

from scimcore.documents import JSON, Document
from scimcore.filter.tolerances import FilterTolerance
from scimcore.patch.tolerances import Tolerance
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResourceType


class BodyRewrite(NamedTuple):
    """What a whole PATCH body should have been; the very same object if there is nothing to do."""

    apply: Callable[[Document, ResourceType], Document]


class ResourceRewrite(NamedTuple):
    """What a whole resource in a POST or PUT should have been; the very same object if there is nothing to do."""

    apply: Callable[[Document, ResourceType], Document]


class VerbRewrite(NamedTuple):
    """What the name of an operation should have been; the very same text if there is nothing to do."""

    apply: Callable[[str], str]


class OperationRewrite(NamedTuple):
    """What one operation of a PATCH should have been: the very same object, another one, or several.

    It is asked where the operation has no path, one that names nothing, or members that an operation has not. What is
    wrong with the value behind a good path is for a ``ValueRewrite``.
    """

    apply: Callable[[Document, ResourceType], Document | list[Document]]


class Seat(Enum):
    """Where a value stands, seen from its attribute."""

    WHOLE = auto()
    """It is all that the attribute has: an array, if that is multi-valued."""

    ELEMENT = auto()
    """It is an element of the array."""

    SELECTED = auto()
    """It is what a value path changes of an element."""


ANY_VALUE: frozenset[type] = frozenset({str, bool, int, float, list, dict, type(None)})
"""What a JSON value is in Python."""


class ValueRewrite(NamedTuple):
    """What the value of an attribute should have been, at any depth, on every write.

    The function gets the value, the attribute's definition and where the value stands. It is asked before and after
    what is inside the value was rewritten.

    Attributes:
        apply: The function.
        types: Of which types an attribute is that it could have to do with.
        sent: Of which Python types a value is that it could have to do with.
    """

    apply: Callable[[JSON, Attribute, Seat], JSON]
    types: frozenset[AttributeType] = frozenset(AttributeType)
    sent: frozenset[type] = ANY_VALUE


Means: TypeAlias = (
    BodyRewrite | ResourceRewrite | VerbRewrite | OperationRewrite | ValueRewrite | Tolerance | FilterTolerance
)


class Quirk(NamedTuple):
    """One off-specification form.

    Attributes:
        id: Its name in reports and logs.
        title: What is sent, in a few words.
        clients: Who sends it.
        example: The payload, as sent.
        strict: What RFC 7644 makes of it.
        tolerant: What is done where the quirk is on.
        risk: What can go wrong by that.
        means: How it is done.
        cases: The numbers under which the vectors of the test suite have it.
    """

    id: str
    title: str
    clients: str
    example: str
    strict: str
    tolerant: str
    risk: str
    means: tuple[Means, ...]
    cases: tuple[str, ...] = ()
