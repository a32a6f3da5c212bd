"""How SCIM names an attribute: ``[URI ":"] ATTRNAME ["." ATTRNAME]`` (RFC 7644 §3.10).

This floor knows the notation and no schema, so it splits a text and does not say whether the attribute exists.
The two readings of ``urn:example:2.0:User`` (the extension of that name, or an attribute ``User`` of
``urn:example:2.0``) look the same to it. ``AttributePath.parse`` takes the second, and the two are equal:
who has a schema at hand looks the whole text up first (``ResourceType.find`` does).
"""

import re
from typing import Self

from scimcore.errors import InvalidPath
from scimcore.frozen import Frozen

# ATTRNAME = ALPHA *nameChar; RFC 7643 §2.1 has "$" among the nameChars and erratum 8924 lets it lead, for "$ref".
_NAME = r"\$?[A-Za-z][A-Za-z0-9_$-]*+"
# A URI ends at the last ":" of the text. What delimits a filter's words cannot stand in one here.
_URI = r'[A-Za-z][A-Za-z0-9+.-]*+:[^\s"\\()\[\]<>]+'
_PATH = re.compile(rf"(?:({_URI}):)?({_NAME})(?:\.({_NAME}))?")
_BARE_URI = rf"{_URI}:[0-9][A-Za-z0-9._-]*+"
_SHOWN_CHARACTERS = 80


class AttributePath(Frozen):
    """One attribute, a sub-attribute of one, or an extension as a whole.

    Compared without case, as every part of the notation is case insensitive; the spelling is kept for printing.

    Attributes:
        uri: The schema URI in front, or None.
        attribute: The attribute name. None means the extension ``uri`` as a whole.
        sub_attribute: The name behind the dot, or None.

    RFC 7644 §3.10, RFC 7643 §2.1.
    """

    __match_args__ = ("uri", "attribute", "sub_attribute")
    __slots__ = __match_args__

    uri: str | None
    attribute: str | None
    sub_attribute: str | None

    def __init__(self, uri: str | None, attribute: str | None, sub_attribute: str | None = None) -> None:
        _set_uri(self, uri)
        _set_attribute(self, attribute)
        _set_sub_attribute(self, sub_attribute)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Split a text at the last colon and at the dot behind it.

        Dots in front of the last colon belong to the URI (``...:enterprise:2.0:User:manager.displayName``).
        A URI whose last part is a version (``urn:example:ext:2.0``) can only be an extension as a whole.

        >>> AttributePath.parse("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName").sub_attribute
        'givenName'

        Raises:
            InvalidPath: If the text does not follow the notation.
        """
        match = _PATH.fullmatch(text)
        if match is not None:
            return cls(*match.groups())
        if re.fullmatch(_BARE_URI, text) is not None:
            return cls(text, None)
        shown = "".join(c if c.isprintable() else "?" for c in text[:_SHOWN_CHARACTERS])
        raise InvalidPath(
            f"'{shown}' is not an attribute path: expected a name such as 'userName', 'name.familyName' or "
            "'urn:...:User:userName'",
            rule="RFC 7644 §3.10",
        )

    def __str__(self) -> str:
        if self.attribute is None:
            return self.uri or ""
        name = self.attribute if self.sub_attribute is None else f"{self.attribute}.{self.sub_attribute}"
        return name if self.uri is None else f"{self.uri}:{name}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AttributePath):
            return NotImplemented
        return str(self).lower() == str(other).lower()

    def __hash__(self) -> int:
        return hash(str(self).lower())


_set_uri, _set_attribute, _set_sub_attribute = (
    vars(AttributePath)[name].__set__ for name in AttributePath.__match_args__
)
