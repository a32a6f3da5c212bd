"""What SQLite and PostgreSQL spell differently about text: comparison by code points, whatever the locale.

Each class is one small function of SQL. On other databases they do not compile: an error is better than another
database's idea of the answer.
"""

from typing import Any, TypeVar

from sqlalchemy import Boolean, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_T = TypeVar("_T")


class Portable(FunctionElement[_T]):
    """A function of ours."""

    inherit_cache = True


class Predicate(Portable[bool]):
    """A function of ours that is true or false."""

    type = Boolean()
    inherit_cache = True
    # Without this, SQLAlchemy writes "(...) = 1" on SQLite, and no index is used.
    _is_implicitly_boolean = True


class CodePoints(Portable[str]):
    """A text that compares and sorts by code points, whatever its column's collation."""

    type = Text()
    inherit_cache = True


class AsciiLower(Portable[str]):
    """A text whose letters A to Z are small."""

    type = Text()
    inherit_cache = True


class Parentheses(Predicate):
    """A condition as it stands. SQLAlchemy makes one chain of a chain inside another; not of this."""

    inherit_cache = True


class IsAscii(Predicate):
    """Whether a text is ASCII without NUL."""

    inherit_cache = True


class Contains(Predicate):
    """Arguments: text, operand, and the LIKE pattern made of it; a database takes the one or the other."""

    inherit_cache = True


class StartsWith(Predicate):
    """Arguments: text, operand, pattern, and the first text behind all those that start so, if there is one."""

    inherit_cache = True


class EndsWith(Predicate):
    """Arguments: text, operand, pattern."""

    inherit_cache = True


class WithNul(Predicate):
    """Arguments: a condition about a text with NUL, and what it comes to where no text can have one (PostgreSQL)."""

    inherit_cache = True


def arguments(element: FunctionElement[Any], compiler: SQLCompiler, *wanted: int, **kw: Any) -> list[str]:  # noqa: ANN401
    """Compile some of a function's arguments. The others are not bound: each database gets what it needs."""
    clauses = list(element.clauses)
    return [compiler.process(clauses[index], **kw) for index in wanted]


@compiles(Parentheses)
def _(element: Parentheses, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    (condition,) = arguments(element, compiler, 0, **kw)
    return f"({condition})"


@compiles(CodePoints, "sqlite")
def _(element: CodePoints, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    (text,) = arguments(element, compiler, 0, **kw)
    return f"({text} COLLATE BINARY)"


@compiles(CodePoints, "postgresql")
def _(element: CodePoints, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    (text,) = arguments(element, compiler, 0, **kw)
    return f'({text} COLLATE "C")'


@compiles(AsciiLower, "sqlite")
def _(element: AsciiLower, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    # SQLite's own lower() knows no letters but these.
    (text,) = arguments(element, compiler, 0, **kw)
    return f"lower({text})"


@compiles(AsciiLower, "postgresql")
def _(element: AsciiLower, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    # In other collations lower() depends on the locale: in a Turkish one "I" becomes a dotless i.
    (text,) = arguments(element, compiler, 0, **kw)
    return f'lower({text} COLLATE "C")'


@compiles(IsAscii, "sqlite")
def _(element: IsAscii, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    # length() of a text ends at a NUL.
    (text,) = arguments(element, compiler, 0, **kw)
    return f"(length(CAST({text} AS BLOB)) = length({text}))"


@compiles(IsAscii, "postgresql")
def _(element: IsAscii, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    (text,) = arguments(element, compiler, 0, **kw)
    return f"(octet_length({text}) = char_length({text}))"


@compiles(Contains, "sqlite")
def _(element: Contains, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    # Its LIKE ignores the case of ASCII letters, or not, as a PRAGMA says.
    text, operand = arguments(element, compiler, 0, 1, **kw)
    return f"(instr({text}, {operand}) > 0)"


@compiles(StartsWith, "sqlite")
def _(element: StartsWith, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    # A range, so that an index helps.
    text, operand, *end = arguments(element, compiler, 0, 1, *range(3, len(element.clauses)), **kw)
    below = "".join(f" AND {text} < {each}" for each in end)
    return f"({text} >= {operand}{below})"


@compiles(EndsWith, "sqlite")
def _(element: EndsWith, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    # As bytes: substr() of a text ends at a NUL. And substr() of no bytes is NULL, where an empty text is asked about.
    text, operand = arguments(element, compiler, 0, 1, **kw)
    ending = f"CAST({operand} AS BLOB)"
    return f"({text} <> '' AND substr(CAST({text} AS BLOB), -length({ending})) = {ending})"


@compiles(Contains, "postgresql")
@compiles(StartsWith, "postgresql")
@compiles(EndsWith, "postgresql")
def _(element: Predicate, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    text, pattern = arguments(element, compiler, 0, 2, **kw)
    return f"({text} LIKE {pattern} ESCAPE '/')"


@compiles(WithNul, "sqlite")
def _(element: WithNul, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    (condition,) = arguments(element, compiler, 0, **kw)
    return f"({condition})"


@compiles(WithNul, "postgresql")
def _(element: WithNul, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    (condition,) = arguments(element, compiler, 1, **kw)
    return f"({condition})"
