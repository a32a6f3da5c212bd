"""SCIM filters: text to tree, tree to bound tree, bound tree to predicate (RFC 7644 §3.4.2.2).

``Filter`` does all of it. Whoever translates filters walks the tree (``ast``) or the bound tree (``bound``).

A name is loaded when it is first used: who parses filters does not wait for the models of resources. Type checkers read
the same table, as plain imports, in ``__init__.pyi``.
"""

from importlib import import_module

_HOMES = {
    "And": "scimcore.filter.ast",
    "Bound": "scimcore.filter.bound",
    "BoundAnd": "scimcore.filter.bound",
    "BoundComparison": "scimcore.filter.bound",
    "BoundNode": "scimcore.filter.bound",
    "BoundNot": "scimcore.filter.bound",
    "BoundOpen": "scimcore.filter.bound",
    "BoundOr": "scimcore.filter.bound",
    "BoundPresent": "scimcore.filter.bound",
    "BoundUndefined": "scimcore.filter.bound",
    "BoundValuePath": "scimcore.filter.bound",
    "Comparable": "scimcore.filter.bound",
    "Comparison": "scimcore.filter.ast",
    "Filter": "scimcore.filter.expression",
    "FilterLimits": "scimcore.filter.parser",
    "FilterNode": "scimcore.filter.ast",
    "FilterTolerance": "scimcore.filter.tolerances",
    "Literal": "scimcore.filter.ast",
    "Not": "scimcore.filter.ast",
    "Operator": "scimcore.filter.ast",
    "Or": "scimcore.filter.ast",
    "PatchPath": "scimcore.filter.ast",
    "Present": "scimcore.filter.ast",
    "STRICT": "scimcore.filter.tolerances",
    "TOLERANT": "scimcore.filter.tolerances",
    "Tolerated": "scimcore.filter.tolerances",
    "UnknownAttribute": "scimcore.filter.scopes",
    "ValuePath": "scimcore.filter.ast",
    "bind": "scimcore.filter.binding",
    "bind_each": "scimcore.filter.binding",
    "bind_value_filter": "scimcore.filter.binding",
    "parse": "scimcore.filter.parser",
    "parse_patch_path": "scimcore.filter.parser",
    "predicate": "scimcore.filter.evaluate",
    "scanner": "scimcore.filter.scan",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'scimcore.filter' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return list(__all__)
