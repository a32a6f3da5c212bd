"""The command line: ``python -m scimcore COMMAND``."""

from scimcore.cli.commands import main

__all__ = ["main"]
