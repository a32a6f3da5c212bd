"""Suites that find what is wrong with a SCIM service, this library's or anybody's, and with the store below it.

A host's store is checked by pytest: subclass ``StorageContract`` or ``AsyncStorageContract``.

A name is loaded when it is first used: pytest is needed by those that are for it alone.
"""

from importlib import import_module

_HOMES = {
    "AsyncStorageContract": "scimcore.conformance.storage",
    "StorageContract": "scimcore.conformance.storage",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'scimcore.conformance' has no attribute '{name}'")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return list(__all__)
