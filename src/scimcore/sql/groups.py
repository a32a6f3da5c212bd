"""The groups of users, in the statement that reads the users: by the index of members, as one JSON text."""

from collections.abc import Iterable
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Text, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from scimcore.documents import Document
from scimcore.sql.functions import AsciiLower, Portable, arguments
from scimcore.sql.json_functions import JsonText
from scimcore.sql.plan import json_place
from scimcore.sql.tables import MEMBERS, RESOURCES

# The text of one who is in no group.
NONE = "[]"


class JsonRows(Portable[str]):
    """Rows as a JSON text: an array with an array for each, in any order."""

    type = Text()
    inherit_cache = True


@compiles(JsonRows, "sqlite")
def _(element: JsonRows, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    columns = arguments(element, compiler, *range(len(element.clauses)), **kw)
    return f"json_group_array(json_array({', '.join(columns)}))"


@compiles(JsonRows, "postgresql")
def _(element: JsonRows, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    columns = arguments(element, compiler, *range(len(element.clauses)), **kw)
    return f"COALESCE(CAST(json_agg(json_build_array({', '.join(columns)})) AS TEXT), '{NONE}')"


def groups_of(tenant: ColumnElement[str], id: ColumnElement[str]) -> ColumnElement[str]:
    """Make the column of the groups that list a resource: position, id and name of each.

    It is right for ids of ASCII: rows of members are found by their values without case, and databases know no other
    letters. For other ids ``Reading.memberships`` has to be asked.

    Args:
        tenant: Whose groups.
        id: The column of ids, in the statement that this becomes a part of.
    """
    group, member = RESOURCES.alias("scimcore_groups"), MEMBERS.alias("scimcore_memberships")
    listed = member.join(
        group, (group.c.tenant == member.c.tenant) & (group.c.type == member.c.type) & (group.c.id == member.c.id)
    )
    # The second finds rows by their index, the third the right ones among them.
    of_resource = (member.c.tenant == tenant) & (member.c.folded == AsciiLower(id)) & (member.c.value == id)
    columns = (group.c.position, group.c.id, JsonText(group.c.document, *json_place("displayName")))
    return select(JsonRows(*columns)).select_from(listed).where(of_resource).scalar_subquery()


def read_groups(text: str) -> list[Document]:
    """Read what the column has, as elements of ``groups``."""
    return [] if text == NONE else elements_of(from_json(text))


def elements_of(rows: Iterable[tuple[int, str, str | None]]) -> list[Document]:
    """Make elements of ``groups``: each group once, in the order of creation.

    Args:
        rows: Position, id and name of each, perhaps more than once.
    """
    by_place = {(position, id): display for position, id, display in rows}
    return [
        {"value": place[1]} if display is None else {"value": place[1], "display": display}
        for place, display in sorted(by_place.items(), key=_place)
    ]


def _place(item: tuple[tuple[int, str], str | None]) -> tuple[int, str]:
    return item[0]
