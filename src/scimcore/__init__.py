"""scimcore: a SCIM 2.0 protocol engine for Python services (RFC 7643, RFC 7644).

The names of every day. The rest is one step away: ``scimcore.asgi`` and ``scimcore.wsgi`` to serve, ``scimcore.memory``
to try, ``scimcore.schema`` to declare attributes of your own.

A name is loaded when it is first used: who wants filters does not wait for the service, nor a command line for either.
Type checkers read the same table, as plain imports, in ``__init__.pyi``.
"""

from importlib import import_module

_HOMES = {
    "AsyncHandler": "scimcore.handler",
    "AsyncStorage": "scimcore.storage",
    "AttributePath": "scimcore.paths",
    "Caller": "scimcore.service.authentication",
    "Config": "scimcore.service.provider",
    "EnterpriseUser": "scimcore.resources",
    "Filter": "scimcore.filter",
    "Forbidden": "scimcore.errors",
    "Group": "scimcore.resources",
    "Handler": "scimcore.handler",
    "Headers": "scimcore.http",
    "Hooks": "scimcore.service.hooks",
    "InvalidFilter": "scimcore.errors",
    "InvalidPath": "scimcore.errors",
    "InvalidSyntax": "scimcore.errors",
    "InvalidValue": "scimcore.errors",
    "MutabilityViolation": "scimcore.errors",
    "NoTarget": "scimcore.errors",
    "NotFound": "scimcore.errors",
    "Page": "scimcore.storage",
    "Patch": "scimcore.messages",
    "Provider": "scimcore.service.provider",
    "Query": "scimcore.storage",
    "Request": "scimcore.http",
    "Response": "scimcore.http",
    "ScimError": "scimcore.errors",
    "Storage": "scimcore.storage",
    "Stored": "scimcore.storage",
    "TooMany": "scimcore.errors",
    "Unauthorized": "scimcore.errors",
    "Uniqueness": "scimcore.errors",
    "User": "scimcore.resources",
    "VersionMismatch": "scimcore.errors",
    "Violation": "scimcore.errors",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'scimcore' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return list(__all__)
