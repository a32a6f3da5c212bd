"""What clients send that RFC 7644 does not have, and that has one meaning only.

Each is a row: its name, what is sent, what it means. The parser and the binding take a set of them and report each
use, with the attribute and never with the value. What could mean two things is an error in every set.
"""

from enum import StrEnum
from typing import NamedTuple


class FilterTolerance(StrEnum):
    """A form outside RFC 7644 §3.4.2.2 that is understood all the same."""

    VALUE_PATH_SUB_ATTRIBUTE = "valuePathSubAttribute"
    """``emails[type eq "work"].value eq "x"`` for ``emails[type eq "work" and value eq "x"]``; Entra sends it.
    Without a sub-attribute, ``emails[type eq "work"] eq "x"``, the ``value`` is meant."""

    LITERAL_CASE = "literalCase"
    """``active eq True`` for ``active eq true``."""

    QUOTED_LITERAL = "quotedLiteral"
    """``roles[primary eq "True"]`` for ``roles[primary eq true]``, by the attribute's type; numbers alike."""

    COMPLEX_VALUE = "complexValue"
    """``urn:...:User:manager eq "x"`` for ``urn:...:User:manager.value eq "x"``."""

    BARE_EXTENSION_NAME = "bareExtensionName"
    """``department eq "x"`` for ``urn:...:User:department eq "x"``, where one extension only has the name."""

    TIME_WITHOUT_ZONE = "timeWithoutZone"
    """``meta.created gt "2011-05-13T04:42:34"`` or ``"2011-05-13"``: read as UTC."""


TOLERANT: frozenset[FilterTolerance] = frozenset(FilterTolerance)
"""All of them: each has one meaning, and refusing it makes a client create what it did not find."""

STRICT: frozenset[FilterTolerance] = frozenset()
"""RFC 7644 to the letter."""


class Tolerated(NamedTuple):
    """One use of a tolerance.

    Attributes:
        tolerance: Which one.
        path: The attribute, as sent. The value is not told, since it may be personal data.
    """

    tolerance: FilterTolerance
    path: str
