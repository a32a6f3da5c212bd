"""SCIM over SQL databases, with SQLAlchemy: ``pip install scimcore[sql]``.

``SqlStorage`` and ``AsyncSqlStorage`` keep resources in SQLite or PostgreSQL.

``Where`` translates filters to conditions over a host's own tables; columns, ``Text``, ``Related``, ``Elements``,
``Json`` and ``Constant`` say where attributes are. ``fold`` makes what a folded column holds.
"""

from contextlib import suppress

from scimcore.filter.values import fold
from scimcore.sql.mapping import ABSENT, Column, Constant, Elements, Form, Json, MappingError, Related, Text
from scimcore.sql.storage import SqlStorage
from scimcore.sql.where import Residual, Split, Where

with suppress(ImportError):  # SQLAlchemy's asynchronous side needs greenlet: pip install scimcore[sql]
    from scimcore.sql.async_storage import AsyncSqlStorage

__all__ = [
    "ABSENT",
    "AsyncSqlStorage",
    "Column",
    "Constant",
    "Elements",
    "Form",
    "Json",
    "MappingError",
    "Related",
    "Residual",
    "Split",
    "SqlStorage",
    "Text",
    "Where",
    "fold",
]
