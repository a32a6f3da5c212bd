"""Attribute and Schema: the definitions of RFC 7643 §7 as frozen values, and their JSON form.

Floor 2. A definition says what is allowed; it holds no data, checks no document and knows no storage.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from scimcore import urns
from scimcore.documents import JSON, Document, json_type_name, printable
from scimcore.errors import InvalidValue
from scimcore.schema.characteristics import AttributeType, Format, Mutability, Returned, Uniqueness

# Of these types RFC 7643 §8.7.1 publishes caseExact, and of all but these uniqueness (errata 6004).
_WITH_CASE = frozenset({AttributeType.STRING, AttributeType.REFERENCE, AttributeType.BINARY})
_WITHOUT_UNIQUENESS = frozenset({AttributeType.COMPLEX, AttributeType.BOOLEAN})


@dataclass(frozen=True, slots=True)
class Attribute:
    """What one attribute or sub-attribute is. The defaults are those of RFC 7643 §2.2.

    Attributes:
        name: The canonical spelling; in a document, an extension stands as a complex attribute named by its URN.
        case_exact: Whether comparison heeds case.
        canonical_values: Suggestions, not an enumeration (RFC 7643 §7).
        reference_types: For references: resource type names, ``external`` or ``uri``.
        sub_attributes: For complex attributes.
        format: What the text of a string must be; not part of the JSON form nor of equality.
    """

    name: str
    type: AttributeType = AttributeType.STRING
    multi_valued: bool = False
    description: str = ""
    required: bool = False
    canonical_values: tuple[str, ...] = ()
    case_exact: bool = False
    mutability: Mutability = Mutability.READ_WRITE
    returned: Returned = Returned.DEFAULT
    uniqueness: Uniqueness = Uniqueness.NONE
    reference_types: tuple[str, ...] = ()
    sub_attributes: tuple["Attribute", ...] = ()
    format: Format = field(default=Format.ANY, compare=False)

    @property
    def is_secret(self) -> bool:
        """Whether the value never leaves the service: ``returned: never``, or writeOnly (RFC 7643 §7)."""
        return self.returned is Returned.NEVER or self.mutability is Mutability.WRITE_ONLY

    def sub(self, name: str) -> "Attribute | None":
        """Return the sub-attribute of that name in any casing, or None."""
        wanted = name.lower()
        return next((sub for sub in self.sub_attributes if sub.name.lower() == wanted), None)

    def to_document(self) -> Document:
        """Return the attribute as an element of a schema's ``attributes`` (RFC 7643 §7)."""
        document: Document = {
            "name": self.name,
            "type": self.type.value,
            "multiValued": self.multi_valued,
            "description": self.description,
            "required": self.required,
        }
        if self.canonical_values:
            document["canonicalValues"] = list(self.canonical_values)
        if self.type in _WITH_CASE or self.case_exact:
            document["caseExact"] = self.case_exact
        document["mutability"] = self.mutability.value
        document["returned"] = self.returned.value
        if self.type not in _WITHOUT_UNIQUENESS or self.uniqueness is not Uniqueness.NONE:
            document["uniqueness"] = self.uniqueness.value
        if self.reference_types:
            document["referenceTypes"] = list(self.reference_types)
        if self.sub_attributes:
            document["subAttributes"] = [sub.to_document() for sub in self.sub_attributes]
        if not self.description:
            del document["description"]
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, JSON]) -> "Attribute":
        """Read an element of a schema's ``attributes``; what is left out has the default of RFC 7643 §2.2.

        Raises:
            InvalidValue: If a characteristic is missing that must be there, or has a value that RFC 7643 §7 does not.
        """
        return _read_attribute(document, levels=1)


@dataclass(frozen=True, slots=True)
class Schema:
    """A named set of attributes: of a resource type, or of an extension (RFC 7643 §7).

    Attributes:
        id: The schema's URN.
        name: For people.
        attributes: Without the common ones (``id``, ``externalId``, ``meta``), which every resource has.
    """

    id: str
    name: str = ""
    description: str = ""
    attributes: tuple[Attribute, ...] = ()

    def to_document(self) -> Document:
        """Return the schema as the resource that ``/Schemas`` serves, without ``meta`` (RFC 7643 §7, errata 8417)."""
        document: Document = {"schemas": [urns.SCHEMA], "id": self.id}
        if self.name:
            document["name"] = self.name
        if self.description:
            document["description"] = self.description
        document["attributes"] = [attribute.to_document() for attribute in self.attributes]
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, JSON]) -> "Schema":
        """Read a schema as some service provider published it.

        Raises:
            InvalidValue: If it has no ``id``, two attributes of one name, or a characteristic that RFC 7643 §7 has not.
        """
        members = _members(document, "schema")
        urn = _text(members, "id", "schema", required=True)
        # A sub-attribute is never complex (errata 8415), but for the one that the schema of schemas itself has.
        levels = 2 if urn == urns.SCHEMA else 1
        return cls(
            id=urn,
            name=_text(members, "name", "schema"),
            description=_text(members, "description", "schema"),
            attributes=_read_attributes(members.get("attributes"), "attributes", levels=levels),
        )


def _members(document: JSON, path: str) -> dict[str, JSON]:
    """Index an object's members by lower-case name; published schemas differ in casing as all JSON of SCIM may."""
    if not isinstance(document, Mapping):
        raise _fault(path, f"must be an object, not {json_type_name(document)}")
    return {name.lower(): value for name, value in document.items() if value is not None}


def _text(members: dict[str, JSON], name: str, path: str, *, required: bool = False) -> str:
    value = members.get(name.lower(), "")
    if not isinstance(value, str) or (required and not value):
        raise _fault(f"{path}.{name}", "must be a string that is not empty" if required else "must be a string")
    return value


def _flag(members: dict[str, JSON], name: str, path: str) -> bool:
    value = members.get(name.lower(), False)
    if not isinstance(value, bool):
        raise _fault(f"{path}.{name}", f"must be a boolean, not {json_type_name(value)}")
    return value


def _texts(members: dict[str, JSON], name: str, path: str) -> tuple[str, ...]:
    value = members.get(name.lower(), [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _fault(f"{path}.{name}", "must be an array of strings")
    return tuple(value)


_Word = TypeVar("_Word", bound=StrEnum)


def _word(members: dict[str, JSON], name: str, path: str, default: _Word) -> _Word:
    value = members.get(name.lower(), default.value)
    kind = type(default)
    known = {word.value.lower(): word for word in kind}
    if not isinstance(value, str) or value.lower() not in known:
        raise _fault(f"{path}.{name}", f"must be one of {', '.join(word.value for word in kind)}")
    return known[value.lower()]


def _read_attributes(value: JSON, path: str, *, levels: int) -> tuple[Attribute, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _fault(path, f"must be an array, not {json_type_name(value)}")
    attributes = tuple(_read_attribute(item, levels=levels) for item in value)
    refuse_repeated((attribute.name for attribute in attributes), path)
    return attributes


def refuse_repeated(names: Iterable[str], path: str) -> None:
    """Raise InvalidValue if two names are the same but for case (RFC 7643 §2.1)."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise _fault(path, f"must not name '{printable(name)}' twice")
        seen.add(name.lower())


def _read_attribute(document: JSON, *, levels: int) -> Attribute:
    members = _members(document, "attribute")
    name = _text(members, "name", "attribute", required=True)
    kind = _word(members, "type", name, AttributeType.STRING)
    if not levels and kind is AttributeType.COMPLEX:
        raise _fault(name, "must not be complex, since it is a sub-attribute")
    return Attribute(
        name=name,
        type=kind,
        multi_valued=_flag(members, "multiValued", name),
        description=_text(members, "description", name),
        required=_flag(members, "required", name),
        canonical_values=_texts(members, "canonicalValues", name),
        case_exact=_flag(members, "caseExact", name),
        mutability=_word(members, "mutability", name, Mutability.READ_WRITE),
        returned=_word(members, "returned", name, Returned.DEFAULT),
        uniqueness=_word(members, "uniqueness", name, Uniqueness.NONE),
        reference_types=_texts(members, "referenceTypes", name),
        sub_attributes=_read_attributes(members.get("subattributes"), f"{name}.subAttributes", levels=levels - 1)
        if kind is AttributeType.COMPLEX
        else (),
    )


def _fault(path: str, message: str) -> InvalidValue:
    return InvalidValue(f"Schema definition: '{path}' {message}.", path=path, rule="RFC 7643 §7")
