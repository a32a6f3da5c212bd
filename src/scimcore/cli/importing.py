"""``scimcore import``: JSON Lines into a database."""

import argparse
from pathlib import Path

from scimcore.cli.stores import SQL_FORMS, ready, sql_storage
from scimcore.cli.transfer import Bar, read_in
from scimcore.service.provider import Provider


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("storage", metavar="STORAGE", help=SQL_FORMS)
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="it is gone on with if an earlier import was broken off"
    )
    parser.add_argument("--tenant", default="", help="whose resources")


def run(arguments: argparse.Namespace) -> int:
    """Read the file; the status is 1 if something was refused.

    Raises:
        ValueError: If the database or the file cannot be worked with.
    """
    storage = sql_storage(arguments.storage, tenant=arguments.tenant)
    ready(storage)
    try:
        bar = Bar(arguments.file.stat().st_size)
        try:
            imported = read_in(storage, Provider(), arguments.file, bar)
        finally:
            bar.close()
            storage.close()
    except OSError as error:
        raise ValueError(f"cannot read {arguments.file}: {error.strerror or error}") from None
    for refused in imported.refused:
        print(f"line {refused.line}: {refused.reason}")
    print(
        f"{imported.new:,} resources imported, {imported.known:,} were there, {len(imported.refused):,} were refused."
    )
    return 1 if imported.refused else 0
