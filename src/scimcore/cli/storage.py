"""``scimcore storage``: make, migrate, check and look into the database of ``SqlStorage``."""

import argparse
from collections.abc import Callable
from typing import Any

from scimcore.cli.stores import SchemaError, check_indexed, reach, sql_storage
from scimcore.service.provider import Provider


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "action", choices=_ACTIONS, help="; ".join(f"{name}: {each[1]}" for name, each in _ACTIONS.items())
    )
    parser.add_argument("url", metavar="STORAGE", help="sqlite:PATH or postgresql://user:password@host/database")
    parser.add_argument(
        "--indexed",
        action="append",
        default=[],
        metavar="ATTRIBUTE",
        help="init and migrate: find resources by this, too, such as emails.value; may be repeated",
    )
    parser.add_argument("--repair", action="store_true", help="check: make all indexes anew first")


def run(arguments: argparse.Namespace) -> int:
    """Do it, and say what was done.

    Raises:
        ValueError: If the database cannot be worked with.
    """
    check_indexed(arguments.indexed, Provider().resource_types)
    storage = sql_storage(arguments.url, indexed=arguments.indexed)
    try:
        reach(storage)
        return _ACTIONS[arguments.action][0](storage, arguments)
    except SchemaError as error:
        raise ValueError(str(error)) from None
    finally:
        storage.close()


def _init(storage: Any, arguments: argparse.Namespace) -> int:  # noqa: ANN401 - SqlStorage, if SQLAlchemy is there
    if storage.statistics().version > 0:
        print("The tables are there already; migrate brings them to the newest version.")
        return 1
    return _migrate(storage, arguments)


def _migrate(storage: Any, arguments: argparse.Namespace) -> int:  # noqa: ANN401
    for step in storage.initialise():
        print(f"version {step.version}: {step.title}")
    print(f"The schema has version {storage.statistics().version}.")
    return 0


def _check(storage: Any, arguments: argparse.Namespace) -> int:  # noqa: ANN401
    faults = storage.check(repair=arguments.repair)
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults." if faults else "All columns and rows say what the documents say.")
    return 1 if faults else 0


def _stats(storage: Any, arguments: argparse.Namespace) -> int:  # noqa: ANN401
    found = storage.statistics()
    if found.version == 0:
        print("There are no tables; init makes them.")
        return 1
    print(f"schema version {found.version}, {found.size_bytes / 1_048_576:,.1f} MiB")
    for tenant, type, resources, members in found.counts:
        of = f" of tenant {tenant}" if tenant else ""
        print(f"  {resources:>12,} {type}{of}" + (f", {members:,} members" if members else ""))
    for type, path, role in found.indexes:
        print(f"  index on {type} {path}{'' if role == 'plain' else ', unique'}")
    return 0


_ACTIONS: dict[str, tuple[Callable[[Any, argparse.Namespace], int], str]] = {
    "init": (_init, "make the tables"),
    "migrate": (_migrate, "bring them to the newest version"),
    "check": (_check, "compare columns and indexes with the documents"),
    "stats": (_stats, "count what is there"),
}
