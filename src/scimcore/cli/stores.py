"""Which store a command works with, by a text: ``memory``, ``sqlite:PATH`` or ``postgresql://user@host/database``."""

import os
from collections.abc import Sequence
from contextlib import suppress

from scimcore.memory import MemoryStorage

try:
    from scimcore.sql import SqlStorage
    from scimcore.sql.declaring import SchemaError
except ImportError:  # the extra `sql`
    SqlStorage = None  # type: ignore[assignment, misc]
    SchemaError = ValueError  # type: ignore[assignment, misc]

__all__ = ["DEFAULT", "FORMS", "SchemaError", "make_private", "memory_or_sql", "ready", "sql_storage"]

FORMS = "memory|sqlite:PATH|postgresql://..."
DEFAULT = "memory" if SqlStorage is None else "sqlite:scimcore.sqlite"


def memory_or_sql(name: str, *, tenant: str = "", indexed: Sequence[str] = ()) -> "MemoryStorage | SqlStorage":
    """Return the store that a text names. Nothing is connected yet.

    Raises:
        ValueError: If it names none.
    """
    if name == "memory":
        return MemoryStorage()
    return sql_storage(name, tenant=tenant, indexed=indexed)


def ready(storage: "MemoryStorage | SqlStorage") -> None:
    """Make the tables of a database, so that what is wrong with it shows at the start.

    Raises:
        ValueError: If it cannot be worked with.
    """
    if isinstance(storage, MemoryStorage):
        return
    try:
        make_private(storage)
        storage.initialise()
    except Exception as error:
        # A driver's message names host and database, and never a password.
        raise ValueError(f"cannot open the database: {str(error).partition(chr(10))[0]}") from None


def make_private(storage: "SqlStorage") -> None:
    """Make the file of a database in SQLite, if it is new, so that its owner alone can read what is in it."""
    url = storage.engine.url
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        # The files that SQLite puts beside it get the same mode.
        with suppress(FileExistsError):
            os.close(os.open(str(url.database), os.O_CREAT | os.O_EXCL, 0o600))


def sql_storage(name: str, *, tenant: str = "", indexed: Sequence[str] = (), migrates: bool = True) -> "SqlStorage":
    """Return the database that a text names. Nothing is connected yet.

    Raises:
        ValueError: If it names none, or SQLAlchemy is not there.
    """
    kind, colon, path = name.partition(":")
    if not colon or kind not in ("sqlite", "postgresql"):
        raise ValueError(f"unknown storage '{name}'; known: {FORMS}")
    if SqlStorage is None:
        raise ValueError(f"{kind}: needs SQLAlchemy: pip install scimcore[sql]")
    url = name if path.startswith("//") else f"sqlite:///{path}"
    return SqlStorage(url, tenant=tenant, indexed=indexed, migrates=migrates)
