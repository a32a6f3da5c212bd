"""What SQLite and PostgreSQL spell differently about JSON: reading a value at a path, by its type.

The arguments of each function are the document, the path as SQLite writes it, and the keys one by one as PostgreSQL
takes them. All of them are bound: no name becomes SQL text.
"""

from typing import Any

from sqlalchemy import Boolean, Numeric, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import JSON

from scimcore.sql.functions import Portable, Predicate, arguments


class JsonText(Portable[str]):
    """A string, or NULL for anything else."""

    type = Text()
    inherit_cache = True


class JsonNumber(Portable[Any]):
    """A number, or NULL for anything else."""

    type = Numeric()
    inherit_cache = True


class JsonBoolean(Portable[bool]):
    """A boolean, or NULL for anything else."""

    type = Boolean()
    inherit_cache = True


class JsonIsNull(Predicate):
    """Whether there is nothing, or null."""

    inherit_cache = True


class JsonIsUnassigned(Predicate):
    """Whether there is nothing, null, [] or {} (RFC 7643 §2.5)."""

    inherit_cache = True


class JsonHasContent(Predicate):
    """Whether there is anything but nulls and empty texts, however deep (``values.is_present``)."""

    inherit_cache = True


class JsonElements(Portable[Any]):
    """The elements of an array, as a table with the column ``value``; another value counts as its only element."""

    type = JSON()
    inherit_cache = True


def _located(element: Portable[Any], compiler: SQLCompiler, **kw: Any) -> tuple[str, str]:  # noqa: ANN401
    document, path = arguments(element, compiler, 0, 1, **kw)
    return document, path


def _value(element: Portable[Any], compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    document, *keys = arguments(element, compiler, 0, *range(2, len(element.clauses)), **kw)
    return "(" + " -> ".join([f"CAST({document} AS JSONB)", *keys]) + ")"


@compiles(JsonText, "sqlite")
def _(element: JsonText, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    document, path = _located(element, compiler, **kw)
    return f"(CASE json_type({document}, {path}) WHEN 'text' THEN json_extract({document}, {path}) END)"


@compiles(JsonText, "postgresql")
def _(element: JsonText, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    value = _value(element, compiler, **kw)
    return f"(CASE jsonb_typeof({value}) WHEN 'string' THEN {value} #>> '{{}}' END)"


@compiles(JsonNumber, "sqlite")
def _(element: JsonNumber, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    document, path = _located(element, compiler, **kw)
    return f"(CASE WHEN json_type({document}, {path}) IN ('integer', 'real') THEN json_extract({document}, {path}) END)"


@compiles(JsonNumber, "postgresql")
def _(element: JsonNumber, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    value = _value(element, compiler, **kw)
    return f"(CASE jsonb_typeof({value}) WHEN 'number' THEN CAST({value} AS NUMERIC) END)"


@compiles(JsonBoolean, "sqlite")
def _(element: JsonBoolean, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    document, path = _located(element, compiler, **kw)
    return f"(CASE json_type({document}, {path}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)"


@compiles(JsonBoolean, "postgresql")
def _(element: JsonBoolean, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    value = _value(element, compiler, **kw)
    return f"(CASE jsonb_typeof({value}) WHEN 'boolean' THEN CAST({value} AS BOOLEAN) END)"


@compiles(JsonIsNull, "sqlite")
def _(element: JsonIsNull, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    document, path = _located(element, compiler, **kw)
    return f"(coalesce(json_type({document}, {path}), 'null') = 'null')"


@compiles(JsonIsNull, "postgresql")
def _(element: JsonIsNull, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"(coalesce(jsonb_typeof({_value(element, compiler, **kw)}), 'null') = 'null')"


@compiles(JsonIsUnassigned, "sqlite")
def _(element: JsonIsUnassigned, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    document, path = _located(element, compiler, **kw)
    kind = f"coalesce(json_type({document}, {path}), 'null')"
    inside = f"EXISTS (SELECT 1 FROM json_each({document}, {path}))"
    return f"({kind} = 'null' OR ({kind} IN ('array', 'object') AND NOT {inside}))"


@compiles(JsonIsUnassigned, "postgresql")
def _(element: JsonIsUnassigned, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    value = _value(element, compiler, **kw)
    return f"(coalesce({value}, 'null') IN ('null', '[]', '{{}}'))"


@compiles(JsonHasContent, "sqlite")
def _(element: JsonHasContent, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    document, path = _located(element, compiler, **kw)
    return f"EXISTS (SELECT 1 FROM json_tree({document}, {path}) WHERE atom IS NOT NULL AND atom <> '')"


_CONTENT = 'strict $.** ? (@.type() == "number" || @.type() == "boolean" || (@.type() == "string" && !(@ == "")))'


@compiles(JsonHasContent, "postgresql")
def _(element: JsonHasContent, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"coalesce(jsonb_path_exists({_value(element, compiler, **kw)}, '{_CONTENT}'), false)"


@compiles(JsonElements, "sqlite")
def _(element: JsonElements, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    document, path = _located(element, compiler, **kw)
    kind, value = f"coalesce(json_type({document}, {path}), 'null')", f"({document} -> {path})"
    array = f"CASE {kind} WHEN 'null' THEN '[]' WHEN 'array' THEN {value} ELSE '[' || {value} || ']' END"
    # json_each() has read the array once and has the elements; only a number that SQLite takes for a fraction has to be
    # looked up again, since it would lose digits on its way back to JSON. So it does an integer of more than 64 bits;
    # one of some hundred digits is infinite, which is no JSON at all.
    element_as_json = (
        f"CASE WHEN typeof(value) = 'real' THEN ({array}) -> ('$[' || key || ']') "
        "WHEN type IN ('object', 'array', 'integer') THEN value WHEN type = 'text' THEN json_quote(value) ELSE type END"
    )
    return f"(SELECT {element_as_json} AS value FROM json_each({array}))"


@compiles(JsonElements, "postgresql")
def _(element: JsonElements, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    value = _value(element, compiler, **kw)
    kind = f"coalesce(jsonb_typeof({value}), 'null')"
    array = f"CASE {kind} WHEN 'null' THEN '[]' WHEN 'array' THEN {value} ELSE jsonb_build_array({value}) END"
    return f"jsonb_array_elements({array})"
