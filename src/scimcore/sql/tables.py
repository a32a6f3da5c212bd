"""The tables that ``SqlStorage`` keeps resources in, and what SQLite and PostgreSQL spell differently about them.

The tenant is the first column of every key: nothing is found, and nothing clashes, across tenants, and a database that
is spread by tenant keeps each key in one place.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import JSON

from scimcore.sql.functions import Portable, arguments

# By code points whatever the database's locale: SQLite does so by itself.
KEY = Text().with_variant(Text(collation="C"), "postgresql")
DOCUMENT = JSON().with_variant(JSONB(), "postgresql")

metadata = MetaData()

RESOURCES = Table(
    "scimcore_resources",
    metadata,
    Column("tenant", KEY, nullable=False),
    Column("type", KEY, nullable=False),
    Column("id", KEY, nullable=False),
    # Microseconds: when the resource was created. With the id it is the order of listings, and never changes.
    Column("position", BigInteger, nullable=False),
    Column("version", Text, nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("last_modified", DateTime(timezone=True), nullable=False),
    # What the type is found by, as filters compare it: userName of users, displayName of groups.
    Column("name", KEY),
    Column("external_id", KEY),
    Column("document", DOCUMENT, nullable=False),
    # The document with each text as filters compare it; NULL where all of it is ASCII, which SQL can fold by itself.
    Column("compared", DOCUMENT),
    PrimaryKeyConstraint("tenant", "type", "id"),
)
Index("scimcore_resources_name", RESOURCES.c.tenant, RESOURCES.c.type, RESOURCES.c.name, unique=True)
Index("scimcore_resources_external_id", RESOURCES.c.tenant, RESOURCES.c.type, RESOURCES.c.external_id)
Index("scimcore_resources_order", RESOURCES.c.tenant, RESOURCES.c.type, RESOURCES.c.position, RESOURCES.c.id)

# Values of declared indexes, and of unique attributes beside the name.
VALUES = Table(
    "scimcore_values",
    metadata,
    Column("tenant", KEY, nullable=False),
    Column("type", KEY, nullable=False),
    Column("path", KEY, nullable=False),
    Column("value", KEY, nullable=False),
    Column("id", KEY, nullable=False),
    Column("is_unique", Boolean, nullable=False),
    PrimaryKeyConstraint("tenant", "type", "path", "value", "id"),
    sqlite_with_rowid=False,
)
Index("scimcore_values_resource", VALUES.c.tenant, VALUES.c.type, VALUES.c.id)
Index(
    "scimcore_values_unique",
    VALUES.c.tenant,
    VALUES.c.type,
    VALUES.c.path,
    VALUES.c.value,
    unique=True,
    sqlite_where=text("is_unique"),
    postgresql_where=text("is_unique"),
)

MEMBERS = Table(
    "scimcore_members",
    metadata,
    Column("tenant", KEY, nullable=False),
    Column("type", KEY, nullable=False),
    Column("id", KEY, nullable=False),
    Column("value", KEY, nullable=False),
    # The order within the group. It grows with time, so that a new member needs no look at the others.
    Column("ordinal", BigInteger, nullable=False),
    # The value without case, by which filters and users find their groups.
    Column("folded", KEY, nullable=False),
    Column("kind", Text),
    Column("display", Text),
    # The whole element, where it has more than value, type and display.
    Column("element", DOCUMENT),
    PrimaryKeyConstraint("tenant", "type", "id", "value", "ordinal"),
    sqlite_with_rowid=False,
)
Index("scimcore_members_value", MEMBERS.c.tenant, MEMBERS.c.folded, MEMBERS.c.type, MEMBERS.c.id)

# Which attributes the columns and rows above are made of: all processes have to agree.
INDEXES = Table(
    "scimcore_indexes",
    metadata,
    Column("type", KEY, nullable=False),
    Column("path", KEY, nullable=False),
    Column("keys", Text, nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("role", Text, nullable=False),
    PrimaryKeyConstraint("type", "path"),
)

SCHEMA = Table("scimcore_schema", metadata, Column("version", Integer, primary_key=True, autoincrement=False))


class JsonIn(Portable[str]):
    """A JSON text, as it is written into a column of documents."""

    type = Text()
    inherit_cache = True


class JsonOut(Portable[str]):
    """A document as JSON text."""

    type = Text()
    inherit_cache = True


@compiles(JsonIn, "sqlite")
@compiles(JsonOut, "sqlite")
def _(element: Portable[str], compiler: SQLCompiler, **kw: object) -> str:
    (value,) = arguments(element, compiler, 0, **kw)
    return value


@compiles(JsonIn, "postgresql")
def _(element: JsonIn, compiler: SQLCompiler, **kw: object) -> str:
    (value,) = arguments(element, compiler, 0, **kw)
    return f"CAST({value} AS JSONB)"


@compiles(JsonOut, "postgresql")
def _(element: JsonOut, compiler: SQLCompiler, **kw: object) -> str:
    (value,) = arguments(element, compiler, 0, **kw)
    return f"CAST({value} AS TEXT)"
