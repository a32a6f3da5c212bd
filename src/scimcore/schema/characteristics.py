"""The words of RFC 7643 §2.2, §2.3 and §7 for what an attribute is and how it behaves.

Floor 2. The values are the wire's own spelling, so that ``Mutability("readOnly")`` and ``str(Mutability.READ_ONLY)``
need no table.
"""

from enum import StrEnum


class AttributeType(StrEnum):
    """The data type of an attribute's values (RFC 7643 §2.3)."""

    STRING = "string"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE_TIME = "dateTime"
    BINARY = "binary"
    REFERENCE = "reference"
    COMPLEX = "complex"


class Mutability(StrEnum):
    """Whether and when a client may write an attribute (RFC 7643 §7)."""

    READ_ONLY = "readOnly"
    READ_WRITE = "readWrite"
    IMMUTABLE = "immutable"
    WRITE_ONLY = "writeOnly"


class Returned(StrEnum):
    """When an attribute is part of a response (RFC 7643 §7)."""

    ALWAYS = "always"
    NEVER = "never"
    DEFAULT = "default"
    REQUEST = "request"


class Uniqueness(StrEnum):
    """Among which resources a value may appear once only (RFC 7643 §7)."""

    NONE = "none"
    SERVER = "server"
    GLOBAL = "global"


class Format(StrEnum):
    """What the text of a string attribute must be, beyond being a string.

    A schema document has no member for this: RFC 7643 states it in the prose of each attribute.
    """

    ANY = "any"
    LANGUAGE_TAG = "language tag"
    LANGUAGE_RANGES = "language ranges"
    TIME_ZONE = "time zone"
