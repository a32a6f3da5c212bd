"""Databases that do not wait for the disk: what is tested with them is not what survives a loss of power."""

import uuid
from typing import Any

from sqlalchemy import Engine, event


def fresh(name: str) -> str:
    """Return a name that no other test has, of another process or of yesterday."""
    return f"{name}_{uuid.uuid4().hex[:12]}"


def without_waiting(url: str) -> str:
    """Return the URL of a PostgreSQL with commits that are written later."""
    return url + ("&" if "?" in url else "?") + "options=-csynchronous_commit%3Doff"


def not_waiting(storage: Any) -> Any:
    """Make a store over SQLite so."""
    engine = storage.engine if isinstance(storage.engine, Engine) else storage.engine.sync_engine
    event.listen(engine, "connect", _do_not_wait)
    return storage


def _do_not_wait(connection: Any, record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()
