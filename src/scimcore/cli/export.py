"""``scimcore export``: the resources of a database as JSON Lines."""

import argparse
from pathlib import Path

from scimcore.cli.stores import SQL_FORMS, reach, ready, sql_storage
from scimcore.cli.transfer import Bar, export
from scimcore.service.provider import Provider
from scimcore.storage import Query


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("storage", metavar="STORAGE", help=SQL_FORMS)
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="it is gone on with if an earlier export was broken off"
    )
    parser.add_argument("--tenant", default="", help="whose resources")


def run(arguments: argparse.Namespace) -> int:
    """Write the file.

    Raises:
        ValueError: If the database or the file cannot be worked with.
    """
    storage = sql_storage(arguments.storage, tenant=arguments.tenant)
    if not arguments.file.parent.is_dir():
        raise ValueError(f"cannot write {arguments.file}: there is no such directory")
    reach(storage)
    if storage.statistics().version == 0:
        # A path that was mistyped must not look like a copy of everything.
        storage.close()
        raise ValueError("there are no tables in this database: nothing can be exported")
    ready(storage)
    types = Provider().resource_types
    total = sum(storage.search(Query((each,), count=0)).total_results for each in types)
    bar = Bar(total)
    try:
        rows = export(storage, types, arguments.file, bar)
    except OSError as error:
        raise ValueError(f"cannot write {arguments.file}: {error.strerror or error}") from None
    finally:
        bar.close()
        storage.close()
    print(f"{rows:,} resources exported. The file has everything that the database has, passwords too.")
    return 0
