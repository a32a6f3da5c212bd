"""Suites that find what is wrong with a SCIM service, this library's or anybody's, and with the store below it.

``run_conformance(connect("https://host/scim/v2", token="..."))`` asks a whole service and returns a report;
``python -m scimcore check`` and ``pytest --pyargs scimcore.conformance`` do the same from the command line. A host's
store is checked by pytest: subclass ``StorageContract`` or ``AsyncStorageContract``.

A name is loaded when it is first used: pytest is needed by those that are for it alone.
"""

from importlib import import_module

_HOMES = {
    "AsyncStorageContract": "scimcore.conformance.storage",
    "Check": "scimcore.conformance.check",
    "Level": "scimcore.conformance.check",
    "Outcome": "scimcore.conformance.check",
    "Report": "scimcore.conformance.run",
    "Result": "scimcore.conformance.check",
    "Session": "scimcore.conformance.run",
    "StorageContract": "scimcore.conformance.storage",
    "connect": "scimcore.conformance.transport",
    "run_conformance": "scimcore.conformance.run",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'scimcore.conformance' has no attribute '{name}'")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return list(__all__)
