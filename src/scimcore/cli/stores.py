"""Which store a command works with, by a text: ``memory``, ``sqlite:PATH`` or ``postgresql://user@host/database``."""

import os
from collections.abc import Sequence
from contextlib import suppress

from scimcore.memory import MemoryStorage
from scimcore.schema.resource_type import ResourceType

try:
    from scimcore.sql import SqlStorage
    from scimcore.sql.declaring import SchemaError
except ImportError:  # the extra `sql`
    SqlStorage = None  # type: ignore[assignment, misc]
    SchemaError = ValueError  # type: ignore[assignment, misc]

__all__ = [
    "DEFAULT",
    "FORMS",
    "SQL_FORMS",
    "SchemaError",
    "check_indexed",
    "memory_or_sql",
    "reach",
    "ready",
    "sql_storage",
]

SQL_FORMS = "sqlite:PATH|postgresql://..."
FORMS = f"memory|{SQL_FORMS}"
DEFAULT = "memory" if SqlStorage is None else "sqlite:scimcore.sqlite"


def memory_or_sql(name: str, *, tenant: str = "", indexed: Sequence[str] = ()) -> "MemoryStorage | SqlStorage":
    """Return the store that a text names. Nothing is connected yet.

    Raises:
        ValueError: If it names none.
    """
    if name == "memory":
        return MemoryStorage()
    return sql_storage(name, tenant=tenant, indexed=indexed, known=FORMS)


def check_indexed(indexed: Sequence[str], resource_types: Sequence[ResourceType]) -> None:
    """Refuse what would be found by no index because no resource has it: a name that was mistyped.

    Raises:
        ValueError: Naming the attribute.
    """
    for path in indexed:
        if all(each.find(path) is None for each in resource_types):
            names = " or ".join(each.name for each in resource_types)
            raise ValueError(f"--indexed: '{path}' is no attribute of {names}")


def reach(storage: "SqlStorage") -> None:
    """Connect to a database, so that what is wrong with it is told in a sentence. A new file is its owner's alone.

    Raises:
        ValueError: If it cannot be reached.
    """
    try:
        make_private(storage)
        storage.engine.connect().close()
    except Exception as error:
        raise _cannot_open(error) from None


def ready(storage: "MemoryStorage | SqlStorage") -> None:
    """Make the tables of a database, so that what is wrong with it shows at the start.

    Raises:
        ValueError: If it cannot be worked with.
    """
    if isinstance(storage, MemoryStorage):
        return
    reach(storage)
    try:
        storage.initialise()
    except Exception as error:
        raise _cannot_open(error) from None


def _cannot_open(error: Exception) -> ValueError:
    # A driver's message names host and database, and never a password.
    return ValueError(f"cannot open the database: {str(getattr(error, 'orig', error)).partition(chr(10))[0]}")


def make_private(storage: "SqlStorage") -> None:
    """Make the file of a database in SQLite, if it is new, so that its owner alone can read what is in it."""
    url = storage.engine.url
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        # The files that SQLite puts beside it get the same mode.
        with suppress(FileExistsError):
            os.close(os.open(str(url.database), os.O_CREAT | os.O_EXCL, 0o600))


def sql_storage(
    name: str, *, tenant: str = "", indexed: Sequence[str] = (), migrates: bool = True, known: str = SQL_FORMS
) -> "SqlStorage":
    """Return the database that a text names. Nothing is connected yet.

    Raises:
        ValueError: If it names none, or SQLAlchemy is not there.
    """
    kind, colon, path = name.partition(":")
    if not colon or kind not in ("sqlite", "postgresql"):
        raise ValueError(f"unknown storage '{name}'; known: {known}")
    if kind == "sqlite" and not path.strip("/"):
        # SQLite would take it for a database that is gone when it is closed.
        raise ValueError("sqlite: needs the path of a file: sqlite:scim.db")
    if SqlStorage is None:
        raise ValueError(f"{kind}: needs SQLAlchemy: pip install scimcore[sql]")
    url = name if path.startswith("//") else f"sqlite:///{path}"
    return SqlStorage(url, tenant=tenant, indexed=indexed, migrates=migrates)
