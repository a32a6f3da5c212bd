"""What databases complain of, as the service can act on it."""

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from scimcore.errors import InvalidValue, ServiceUnavailable
from scimcore.service.membership import Overtaken

RETRY_AFTER_SECONDS = 5


class TransactionAborted(Overtaken):
    """The database gave a transaction up because of others, and nothing of it was written: it can be tried again.

    The service does so, also for a client that has named a version: that one may still be the right one.
    """


class ConnectionLost(TransactionAborted):
    """The connection broke before the end of the transaction, and nothing of it was written."""


class CommitUncertain(Exception):
    """The connection broke during the commit: nobody knows whether the transaction was written. It is not repeated."""


class UniqueViolation(Exception):
    """A unique index has the value already.

    Attributes:
        index: As the database names it.
    """

    def __init__(self, index: str) -> None:
        super().__init__(index)
        self.index = index


# PostgreSQL: serialization_failure, deadlock_detected.
_ABORTED = frozenset({"40001", "40P01"})
# The server ends a connection: admin_shutdown, crash_shutdown, idle_session_timeout.
_LOST = frozenset({"57P01", "57P02", "57P05"})
_UNIQUE_VIOLATION, _TOO_LARGE = "23505", "54000"
# lock_not_available, too_many_connections, cannot_connect_now.
_BUSY = frozenset({"55P03", "53300", "57P03"})
_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_UNIQUE, _SQLITE_PRIMARY_KEY = 5, 6, 2067, 1555


def failure(error: Exception, dialect: Dialect, connection: Any = None) -> Exception:  # noqa: ANN401 - any driver's
    """Say what an error of a driver means.

    Args:
        error: Of the driver or of SQLAlchemy.
        dialect: Of the database.
        connection: The driver's, if SQLAlchemy has not looked at it already.

    Returns:
        What to raise instead; the error itself if it means nothing that could be acted upon.
    """
    if isinstance(error, NoConnection):
        return busy()
    cause: Any = error
    lost = False
    if isinstance(error, DBAPIError):
        lost = error.connection_invalidated
        cause = error.orig
    state = getattr(cause, "sqlstate", None)
    code = getattr(cause, "sqlite_errorcode", None)
    if lost or state in _LOST or _is_disconnect(cause, dialect, connection):
        return ConnectionLost("The connection to the database was lost; nothing was written.")
    if state in _ABORTED:
        return TransactionAborted("Others changed the same resources at the same time; nothing was written.")
    if state == _UNIQUE_VIOLATION:
        return UniqueViolation(cause.diag.constraint_name or "")
    if code in (_SQLITE_UNIQUE, _SQLITE_PRIMARY_KEY):
        return UniqueViolation(str(cause))
    if state in _BUSY or (code is not None and code & 0xFF in (_SQLITE_BUSY, _SQLITE_LOCKED)):
        return busy()
    if state == _TOO_LARGE:
        return InvalidValue("A value that resources are found by is too long to be stored.")
    return error


def _is_disconnect(cause: Any, dialect: Dialect, connection: Any) -> bool:  # noqa: ANN401
    driver = dialect.dbapi
    return driver is not None and isinstance(cause, driver.Error) and dialect.is_disconnect(cause, connection, None)


def busy() -> ServiceUnavailable:
    """Say that there was no connection or lock in time."""
    return ServiceUnavailable("The database is busy.", retry_after_seconds=RETRY_AFTER_SECONDS)
