"""Attribute-mapping profiles: what an application needs of a user, as data that is read both ways.

A name is loaded when it is first used, as in ``scimcore`` itself: who needs one table does not wait for all of them,
and a provider without a profile for none. Type checkers read the same table, as plain imports, in ``__init__.pyi``.
"""

from importlib import import_module

_HOMES = {
    "BY_NAME": "scimcore.profiles.shipped",
    "CONDECO": "scimcore.profiles.condeco",
    "CUSTOM_EXTENSION": "scimcore.profiles.profile",
    "Change": "scimcore.profiles.mapping",
    "DEVICE_HUB": "scimcore.profiles.device_hub",
    "ENGAGE": "scimcore.profiles.engage",
    "ENTRA_DEFAULT": "scimcore.profiles.entra",
    "EPTURA": "scimcore.profiles.eptura",
    "EPTURA_ORG_UNIT": "scimcore.profiles.eptura",
    "EXTENSION": "scimcore.profiles.rows",
    "Explained": "scimcore.profiles.rendering",
    "Finding": "scimcore.profiles.checking",
    "Mapped": "scimcore.profiles.profile",
    "OKTA_DEFAULT": "scimcore.profiles.okta",
    "Profile": "scimcore.profiles.profile",
    "Row": "scimcore.profiles.rows",
    "explain": "scimcore.profiles.rendering",
    "from_toml": "scimcore.profiles.loading",
    "render": "scimcore.profiles.rendering",
    "render_explained": "scimcore.profiles.rendering",
    "to_toml": "scimcore.profiles.loading",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'scimcore.profiles' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return list(__all__)
