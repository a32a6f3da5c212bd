"""Queries: from what a client asked, in a URL or in the body of ``/.search``, to what a store is asked.

RFC 7644 §3.4.2, §3.4.3; RFC 9865 §2, §3.
"""

from typing import NamedTuple

from scimcore import urns
from scimcore.documents import JSON, Document, json_type_name
from scimcore.errors import InvalidCount, InvalidCursor, InvalidSyntax, InvalidValue
from scimcore.filter import Filter
from scimcore.ordering import sort_keys
from scimcore.schema.resource_type import ResourceType
from scimcore.service.cursors import CursorCodec, Mark, purpose_of
from scimcore.service.parameters import Parameters, parameters_of
from scimcore.service.reader import Reader
from scimcore.storage import Position, Query

# Lower-case name -> name, and what the value must be.
_MEMBERS: dict[str, tuple[str, type]] = {
    name.lower(): (name, kind)
    for name, kind in (
        ("attributes", list),
        ("excludedAttributes", list),
        ("filter", str),
        ("sortBy", str),
        ("sortOrder", str),
        ("startIndex", int),
        ("count", int),
        ("cursor", str),
    )
}
_SEARCH_REQUEST = urns.SEARCH_REQUEST.lower()


class Walk(NamedTuple):
    """A query that is answered page by page, each beginning where the last one ended (RFC 9865).

    Attributes:
        position: Where the page begins; None for the first.
        page_size: The page size.
        codec: Makes the cursors of the pages beside it.
        purpose: What they are good for.
    """

    position: Position | None
    page_size: int
    codec: CursorCodec
    purpose: bytes

    def cursor(self, position: Position) -> str:
        """Make the cursor of another page of this walk."""
        return self.codec.write(Mark(position, self.page_size), self.purpose)


def query_of(asked: Parameters, resource_types: tuple[ResourceType, ...], reader: Reader) -> tuple[Query, Walk | None]:
    """Make what a store is asked of what a client asked.

    Args:
        asked: The parameters.
        resource_types: What is searched.
        reader: The limits, the caller and its dialect.

    Returns:
        The query, and the walk that it is a page of if the client wants to go by cursors.

    Raises:
        InvalidFilter: If the filter is none, or cannot be asked of the resource types.
        InvalidPath: If ``sortBy`` names nothing to sort by.
        InvalidCursor: If the cursor is none of this query.
        ExpiredCursor: If it was one.
        InvalidCount: If the page size is another one than that of the first page.
        InvalidValue: If both a cursor and a start index are given.
    """
    if asked.sort_by is not None:
        # Refused here, whatever the store does with it: an order by a password would tell about passwords.
        sort_keys(asked.sort_by, resource_types)
    config = reader.provider.config
    query = Query(
        resource_types=resource_types,
        filter=_filter(asked.filter, resource_types, reader) if asked.filter is not None else None,
        sort_by=asked.sort_by,
        descending=asked.descending,
        start_index=asked.start_index or 1,
        count=config.default_results if asked.count is None else min(asked.count, config.max_results),
        selection=asked.selection,
    )
    return (query, None) if asked.cursor is None else _walked(query, asked, asked.cursor, reader)


def _walked(query: Query, asked: Parameters, cursor: str, reader: Reader) -> tuple[Query, Walk]:
    codec = reader.cursors
    if codec is None:
        raise InvalidCursor(
            "This service pages by 'startIndex' and 'count'; it has no cursors, as /ServiceProviderConfig says.",
            path="cursor",
            rule="RFC 9865 §4",
        )
    if asked.start_index is not None:
        raise InvalidValue("'cursor' and 'startIndex' exclude each other; send one of them.", path="startIndex")
    purpose = purpose_of(query, reader.caller)
    if not cursor:
        return query, Walk(None, query.count, codec, purpose)
    mark = codec.read(cursor, purpose)
    if asked.count is not None and query.count != mark.page_size:
        raise InvalidCount(
            f"'count' must stay {mark.page_size}, as it was for the first page.", path="count", rule="RFC 9865 §2.1"
        )
    if query.count != mark.page_size:
        query = Query(
            query.resource_types, query.filter, query.sort_by, query.descending, 1, mark.page_size, query.selection
        )
    return query, Walk(mark.position, mark.page_size, codec, purpose)


def _filter(text: str, resource_types: tuple[ResourceType, ...], reader: Reader) -> Filter:
    tolerances = reader.dialect.filter_tolerances
    if len(resource_types) == 1:
        return Filter(text, resource_types[0], tolerances=tolerances)
    return Filter.over(text, resource_types, tolerances=tolerances)


# The body of /.search ------------------------------------------------------------------------------------------------


def search_request(message: Document) -> Parameters:
    """Read a SearchRequest message.

    Members that no RFC defines are ignored, as in a URL.

    Raises:
        InvalidSyntax: If it is another message, or a member is given twice or of a wrong type.
        InvalidValue: If a value means nothing.

    RFC 7644 §3.4.3.
    """
    found: dict[str, str] = {}
    schemas: JSON = None
    for sent, value in message.items():
        if sent.lower() == "schemas":
            schemas = value
        elif sent.lower() in _MEMBERS and value is not None:
            name, kind = _MEMBERS[sent.lower()]
            found[name] = _text(name, kind, value)
    if not isinstance(schemas, list) or not any(isinstance(u, str) and u.lower() == _SEARCH_REQUEST for u in schemas):
        raise InvalidSyntax(f"'schemas' must list {urns.SEARCH_REQUEST}.", path="schemas", rule="RFC 7644 §3.4.3")
    return parameters_of(found)


def _text(name: str, kind: type, value: JSON) -> str:
    """Write a member as a query string has it."""
    if kind is list and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ",".join(value)
    # Some clients write lists and numbers as they would in a URL: it means the same.
    if isinstance(value, str):
        return value
    if kind is int and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise InvalidSyntax(
        f"'{name}' must be {_KINDS[kind]}, not {json_type_name(value)}.", path=name, rule="RFC 7644 §3.4.3"
    )


_KINDS = {list: "an array of strings", str: "a string", int: "an integer"}
