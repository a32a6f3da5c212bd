"""How a host declares where its attributes are: the forms that stand in the mapping of a ``Where``.

A form is a plain value that is checked when the ``Where`` is built. A column itself is a form, too: of text, number,
boolean or time, as its attribute is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.orm import QueryableAttribute

from scimcore.documents import JSON

Column: TypeAlias = ColumnElement[Any] | QueryableAttribute[Any]
"""A column of a table, an attribute of a mapped class, or an expression over them."""


class MappingError(ValueError):
    """A mapping does not fit the resource type, or a form does not fit its attribute."""


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A column of text, and what is known about its content.

    Without one of these, SQL can be sure of ASCII texts only: the others are left to the residual predicate.

    Attributes:
        column: The text as the document has it.
        folded: Holds ``fold(text)`` and is NULL where the text is: a column that the host writes along, or an
            expression. Comparison without case uses it, and an index on it.
        composed: The text is in NFC wherever it is not NULL, so that it can be compared with case as it stands.
        ascii: The text is ASCII without NUL, as ids are: an index on ``lower(column)`` serves comparison without case.
    """

    column: Column
    folded: Column | None = None
    composed: bool = False
    ascii: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Json:
    """A column of JSON documents, or a place in them: ``Json(User.document, "name")``.

    The names in the document are those of the resource. ``composed`` and ``ascii`` are said of all its texts, as for
    ``Text``.
    """

    column: Column
    keys: tuple[str, ...] = ()
    composed: bool = False
    ascii: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A JSON value that is the same for all resources: ``Constant("User")`` for ``meta.resourceType``."""

    value: JSON


ABSENT = Constant(None)
"""No resource has a value."""


@dataclass(frozen=True, slots=True, eq=False)
class Related:
    """Rows of another table: each is one element, or the one value of a complex attribute.

    Attributes:
        rows: A relationship of a mapped class, or a table.
        parts: Sub-attributes and where they are; for elements without sub-attributes, where the element is.
        on: For a table: which of its rows belong to a resource.
    """

    rows: QueryableAttribute[Any] | FromClause
    parts: "Mapping[str, Form] | Column | Text"
    on: ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """Columns of the resource's own row that make up a fixed number of elements.

    An element is there if one of its columns is not NULL: ``Elements([{"value": User.email, "type":
    Constant("work")}])`` for the one address that a table has.
    """

    elements: "Sequence[Mapping[str, Form]]"


Form: TypeAlias = Column | Text | Json | Constant | Related | Elements
"""What may stand for an attribute in a mapping."""
