"""From a declared mapping to sources: every name resolved, every column checked against its attribute's type."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Boolean, ColumnElement, DateTime, Double, Float, FromClause, Integer, Numeric, String, Uuid
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import QueryableAttribute, RelationshipProperty
from sqlalchemy.types import CHAR, JSON, REAL, Enum, TypeDecorator

from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute
from scimcore.schema.resource_type import ResourceType
from scimcore.sql.json_values import JsonValue
from scimcore.sql.mapping import Column, Constant, Elements, Form, Json, MappingError, Related, Text
from scimcore.sql.sources import (
    Element,
    Fixed,
    Listed,
    Record,
    Rows,
    Source,
    Unmapped,
    rows_of_relationship,
    rows_of_table,
)
from scimcore.sql.text import TextValue
from scimcore.sql.values import BooleanValue, DecimalValue, InstantValue, IntegerValue, KeyValue

# Where an attribute is: its definitions from the outermost, how the host named it, and the form.
_Entry: TypeAlias = tuple[tuple[Attribute, ...], str, Form]

# They compare in ways of their own: padded, without case by the locale, by position, as the host's code says.
_PECULIAR = (CHAR, CITEXT, Enum)


def build(resource_type: ResourceType, mapping: Mapping[str, Form], rest: Json | Constant | None) -> Record:
    """Make the source of whole documents.

    Raises:
        MappingError: If a name is no attribute, is mapped twice, or has a form or a column that does not fit.
    """
    entries: list[_Entry] = []
    for name, form in mapping.items():
        found = resource_type.find(name)
        if found is None:
            raise MappingError(f"'{name}' is no attribute of {resource_type.name}")
        entries.append((found.attributes, name, form))
    return _record(resource_type.attributes, entries, _rest(rest))


def _rest(rest: Json | Constant | None) -> Source:
    match rest:
        case None:
            return Unmapped()
        case Constant(None):
            return Fixed(None)
        case Json():
            return _json("rest", rest, None)
        case _:
            raise MappingError("rest: must be a Json, ABSENT or None")


def _record(
    attributes: tuple[Attribute, ...], entries: Sequence[_Entry], rest: Source, kind: type[Record] = Record
) -> Record:
    by_name: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry[0][0].name, []).append(entry)
    parts = {name: _part(group, rest) for name, group in by_name.items()}
    return kind(attributes, parts, rest)


def _part(entries: Sequence[_Entry], rest: Source) -> Source:
    (attribute, *_), name, form = entries[0]
    whole = [entry for entry in entries if len(entry[0]) == 1]
    if whole and len(entries) > 1:
        names = " and ".join(f"'{each[1]}'" for each in entries)
        raise MappingError(f"{names}: '{attribute.name}' is mapped twice")
    if whole:
        return _source(name, attribute, form, rest)
    if attribute.multi_valued:
        raise MappingError(
            f"'{name}': '{attribute.name}' has several values: map it as a whole, by Related or Elements"
        )
    below = [(steps[1:], name, form) for steps, name, form in entries]
    return _record(attribute.sub_attributes, below, rest.member(attribute))


def _source(name: str, attribute: Attribute, form: Form, rest: Source) -> Source:
    inner = Fixed(None) if isinstance(rest, Fixed) else Unmapped()
    match form:
        case Constant(value):
            return Fixed(value)
        case Json():
            return _json(name, form, attribute)
        case Related():
            return _related(name, attribute, form, inner)
        case Elements(elements):
            if not attribute.sub_attributes:
                raise MappingError(f"'{name}' has no sub-attributes: Elements are of those that have")
            made = [_of_parts(name, attribute, parts, inner, Element) for parts in elements]
            return Listed(tuple(each for each in made if isinstance(each, Element)))
        case _:
            if attribute.multi_valued:
                raise MappingError(f"'{name}' has several values: one column cannot hold them")
            return _leaf(name, attribute, form)


def _related(name: str, attribute: Attribute, form: Related, inner: Source) -> Source:
    match form.rows:
        case QueryableAttribute() as relationship:
            if not isinstance(relationship.property, RelationshipProperty):
                raise MappingError(f"'{name}': {relationship} is no relationship")
            if form.on is not None:
                raise MappingError(f"'{name}': a relationship knows which rows belong to it, 'on' is for tables")
            exists_where = rows_of_relationship(relationship)
        case FromClause() as table:
            if form.on is None:
                raise MappingError(f"'{name}': Related to a table needs 'on': which rows belong to a resource")
            exists_where = rows_of_table(table, form.on)
        case _:
            raise MappingError(f"'{name}': Related takes a relationship or a table, not {type(form.rows).__name__}")
    if not attribute.multi_valued and attribute.type is not AttributeType.COMPLEX:
        raise MappingError(f"'{name}' has one plain value: Related is for complex or several values")
    if isinstance(form.parts, Mapping):
        return Rows(exists_where, _of_parts(name, attribute, form.parts, inner, Record, is_row=True))
    if attribute.type is AttributeType.COMPLEX:
        raise MappingError(f"'{name}' is complex: Related takes a mapping of its sub-attributes")
    return Rows(exists_where, _leaf(name, attribute, form.parts))


def _of_parts(
    name: str,
    attribute: Attribute,
    parts: Mapping[str, Form],
    inner: Source,
    kind: type[Record],
    *,
    is_row: bool = False,
) -> Record:
    entries: list[_Entry] = []
    for part, form in parts.items():
        first, _, second = part.partition(".")
        steps = [attribute.sub(first)]
        if steps[0] is not None and second:
            steps.append(steps[0].sub(second))
        found = tuple(step for step in steps if step is not None)
        if len(found) != len(steps):
            raise MappingError(f"'{name}': '{part}' is no sub-attribute of it")
        entries.append((found, f"{name}: {part}", form))
    record = _record(attribute.sub_attributes, entries, inner, kind)
    return Record(record.attributes, record.parts, record.rest, is_row=True) if is_row else record


def _json(name: str, form: Json, attribute: Attribute | None) -> Source:
    column = _expression(name, form.column)
    if not isinstance(column.type, JSON):
        raise MappingError(f"'{name}': Json needs a column of JSON, not {column.type!r}")
    if any('"' in key or "\\" in key for key in form.keys):
        raise MappingError(f"'{name}': a key of Json has a quote or a backslash")
    return JsonValue(column, form.keys, attribute, form.composed, form.ascii)


def _leaf(name: str, attribute: Attribute, form: Column | Text) -> Source:
    if isinstance(form, Text):
        return _text(name, attribute, form)
    column = _expression(name, form)
    _refuse_peculiar(name, column)
    match attribute.type, column.type:
        case AttributeType.BOOLEAN, Boolean():
            return BooleanValue(column)
        case AttributeType.INTEGER | AttributeType.DECIMAL, Integer():
            return IntegerValue(column)
        case AttributeType.INTEGER | AttributeType.DECIMAL, REAL():
            raise MappingError(f"'{name}': a column of REAL has other numbers than JSON: cast it to Double")
        case AttributeType.INTEGER | AttributeType.DECIMAL, Float():
            return DecimalValue(column)
        case AttributeType.INTEGER | AttributeType.DECIMAL, Numeric():
            return DecimalValue(column.cast(Double()))
        case AttributeType.DATE_TIME, DateTime():
            return InstantValue(column)
        case AttributeType.STRING | AttributeType.REFERENCE, Integer() | Uuid():
            return KeyValue(column)
        case AttributeType.STRING | AttributeType.REFERENCE | AttributeType.BINARY, String():
            return TextValue(column)
        case _:
            raise MappingError(f"'{name}' is of type {attribute.type}, which a column of {column.type!r} cannot hold")


def _text(name: str, attribute: Attribute, form: Text) -> Source:
    if attribute.type not in (AttributeType.STRING, AttributeType.REFERENCE, AttributeType.BINARY):
        raise MappingError(f"'{name}' is of type {attribute.type}: Text is for text")
    columns = [form.column] if form.folded is None else [form.column, form.folded]
    text, *folded = [_expression(name, column) for column in columns]
    for column in (text, *folded):
        _refuse_peculiar(name, column)
        if not isinstance(column.type, String):
            raise MappingError(f"'{name}': Text needs columns of text, not {column.type!r}")
    if folded and (attribute.case_exact or attribute.type is AttributeType.BINARY):
        raise MappingError(f"'{name}' is compared with case (caseExact): a folded column is of no use")
    return TextValue(text, folded[0] if folded else None, form.composed, form.ascii)


def _expression(name: str, column: object) -> ColumnElement[Any]:
    if isinstance(column, QueryableAttribute) and not isinstance(column.property, RelationshipProperty):
        column = column.expression
    if not isinstance(column, ColumnElement):
        raise MappingError(f"'{name}': a column is due, not {type(column).__name__}")
    return column


def _refuse_peculiar(name: str, column: ColumnElement[Any]) -> None:
    if isinstance(column.type, TypeDecorator):
        raise MappingError(
            f"'{name}': {type(column.type).__name__} is the host's own type: give type_coerce(column, ...) to what the "
            "database has"
        )
    if isinstance(column.type, _PECULIAR):
        raise MappingError(f"'{name}': {column.type!r} does not compare as text does: give cast(column, Text)")
