"""Faults of the service or its host: what the log is told, and what the client is not."""

import logging
import os
import traceback

from scimcore.errors import InternalError

_log = logging.getLogger("scimcore")


def internal_error(error: Exception, reference: str) -> InternalError:
    """Log a fault and make an answer that refers to the log and to nothing inside.

    Args:
        error: What was raised.
        reference: What to find it by; a new one, if there is none yet.
    """
    reference = reference or new_reference()
    # Which exception and where. Its message may quote what was being stored, a password among it: only at DEBUG.
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("Internal error %s: %s\n%s", reference, type(error).__qualname__, where)
    _log.debug("Internal error %s in full", reference, exc_info=error)
    return InternalError(f"The service failed to answer. Its log has the cause under reference {reference}.")


def new_reference() -> str:
    """Make what the log, the events and the client can call a request by."""
    return os.urandom(6).hex()
