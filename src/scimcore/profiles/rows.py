"""Row: one line of an attribute mapping, and where in a user its value stands.

Floor 8. A row is data; what it means for a resource type is found out once, by ``locate``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

from scimcore.documents import JSON, printable
from scimcore.errors import InvalidPath, ScimError
from scimcore.filter import And, Comparison, FilterNode, Not, Operator, Present, parse_patch_path
from scimcore.paths import AttributePath
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResourceType

EXTENSION = "{extension}"
"""Stands in a row's path for the profile's extension URN, which each tenant may have another of."""

Direction: TypeAlias = Literal["both", "to_record", "from_record"]
Several: TypeAlias = Literal["first", "refuse"]


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute: what the identity provider calls it, where SCIM has it, what the application calls it.

    Attributes:
        field: The name in the application's record.
        path: The SCIM path: ``name.givenName``, ``emails[primary eq true].value``, ``{extension}:floor``. Empty for a
            field that has no attribute: one that ``joins`` others, or that tells whether the user was deleted.
        kind: What the value must be: a name of ``scimcore.profiles.normalisers.KINDS``.
        alternatives: Paths that are read, in this order, where ``path`` has no value. ``emails.value`` is the value of
            the only element.
        joins: Paths whose values, those that are there, make the field's text.
        separator: What stands between joined values.
        required: Whether a user must have it.
        immutable: Whether it is fixed once it has a value.
        unique: Whether no two users may share it.
        default: The value of a user that is created without one.
        keep: Whether a replacement that leaves it out keeps the value there was.
        several: What happens if several elements fit: the first counts, or none of them.
        fills: What an element that is made from a record has beside its value: ``(("type", "work"),)``.
        direction: Whether the row is read both ways, ``to_record`` only (from users), or ``from_record`` only (when the
            application tells of its people).
        max_characters: The longest text; 0 for any.
        forbidden: Characters that the text must not have.
        pattern: A regular expression that the whole text must match.
        one_of: The texts that there are, spelt as here; none for any.
        label: Okta's name of it in the mapping table.
        okta: Okta's variable.
        entra: Entra ID's source attribute.
        title: The application's name of it where that is no identifier: ``Building/Location``.
        note: For people.
    """

    field: str
    path: str = ""
    kind: str = "text"
    alternatives: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    separator: str = " "
    required: bool = False
    immutable: bool = False
    unique: bool = False
    default: JSON = None
    keep: bool = False
    several: Several = "first"
    fills: tuple[tuple[str, str], ...] = ()
    direction: Direction = "both"
    max_characters: int = 0
    forbidden: str = ""
    pattern: str = ""
    one_of: tuple[str, ...] = ()
    label: str = ""
    okta: str = ""
    entra: str = ""
    title: str = ""
    note: str = ""

    @property
    def tells_deleted(self) -> bool:
        """Whether the field tells that the user was deleted, which no attribute of a user does."""
        return not self.path and not self.joins


class Choice(StrEnum):
    """How one element of a multi-valued attribute is chosen."""

    PRIMARY = "primary"
    TYPE = "type"
    ONLY = "only"
    UNTYPED = "primary without type"


class Locator(NamedTuple):
    """Where a path leads in a user.

    Attributes:
        keys: The names that lead to the value; for an element's value, to the attribute that has the elements.
        attribute: The definition of the value.
        choice: Which element; None if the value stands in none.
        type: The ``type`` of the element, in lower case, for ``Choice.TYPE``.
        sub: The sub-attribute of the element.
        shown: The path as messages name it.
    """

    keys: tuple[str, ...]
    attribute: Attribute
    choice: Choice | None
    type: str
    sub: str
    shown: str

    @property
    def last(self) -> str:
        """The name of the value itself, in the object around it."""
        return self.sub or self.keys[-1]


def locate(path: str, resource_type: ResourceType) -> Locator:
    """Find out where a row's path leads.

    Raises:
        InvalidPath: If no schema has it, or its filter chooses by anything but ``primary`` and ``type``.
    """
    try:
        parsed = parse_patch_path(path)
    except ScimError as error:
        raise InvalidPath(f"'{printable(path)}' is not a path: {error.detail}", path=path) from None
    # What stands behind the bracket belongs to the attribute in front of it.
    reference = str(parsed.path) if parsed.sub_attribute is None else f"{parsed.path}.{parsed.sub_attribute}"
    resolved = resource_type.find(reference)
    if resolved is None:
        raise InvalidPath(f"'{printable(reference)}' is no attribute of {resource_type.name}", path=path)
    *outer, leaf = resolved.attributes
    if leaf.type is AttributeType.COMPLEX:
        parts = ", ".join(sub.name for sub in leaf.sub_attributes)
        raise InvalidPath(f"'{printable(path)}' is complex: name one of its parts ({parts})", path=path)
    if any(step.is_secret for step in resolved.attributes):
        raise InvalidPath(f"'{printable(path)}' is a secret, which stands in no record", path=path)
    if not any(step.multi_valued for step in outer):
        if parsed.value_filter is not None:
            raise InvalidPath(f"'{printable(path)}' has a filter, but no elements to choose from", path=path)
        return Locator(resolved.keys, leaf, None, "", "", str(resolved.path))
    if len(outer) > 1:
        raise InvalidPath(f"'{printable(path)}' has elements inside an extension, which rows do not reach", path=path)
    choice, kind = (Choice.ONLY, "") if parsed.value_filter is None else _choice(parsed.value_filter, path)
    name = outer[0].name
    shown = name if leaf.name == "value" else f"{name}.{leaf.name}"
    return Locator((name,), leaf, choice, kind, leaf.name, shown)


def _choice(node: FilterNode, path: str) -> tuple[Choice, str]:
    match node:
        case Comparison(AttributePath(None, attribute, None), Operator.EQ, value) if attribute:
            if attribute.lower() == "primary" and value is True:
                return Choice.PRIMARY, ""
            if attribute.lower() == "type" and isinstance(value, str):
                return Choice.TYPE, value.lower()
        case And((first, Not(Present(AttributePath(None, attribute, None))))) if (
            attribute and attribute.lower() == "type"
        ):
            if _choice(first, path)[0] is Choice.PRIMARY:
                return Choice.UNTYPED, ""
        case _:
            pass
    raise InvalidPath(
        f"'{printable(path)}' chooses by a filter that rows do not know: only [primary eq true], [type eq \"...\"] and "
        "[primary eq true and not (type pr)]",
        path=path,
    )


def extension_attribute(path: str) -> str | None:
    """Return the name of the attribute if a row's path is one of the profile's own extension, else None."""
    prefix = f"{EXTENSION}:"
    return path[len(prefix) :] if path.startswith(prefix) else None
