"""The table of commands, and the way from an argument list to one of them.

A command is a module with two functions: ``configure(parser)`` says what it takes, ``run(arguments)`` does it and
returns the exit status. A module is imported when its command is given: what one needs costs the others nothing.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from scimcore.errors import ScimError

# Name: module, what it is for.
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("scimcore.cli.check", "find out what is wrong with a SCIM service"),
    "export": ("scimcore.cli.export", "write the resources of a database to a file, one a line"),
    "filter": ("scimcore.cli.select", "select resources from a file by a filter, or explain one"),
    "import": ("scimcore.cli.importing", "read resources from a file, one a line, into a database"),
    "patch": ("scimcore.cli.change", "show what a PATCH request makes of a resource"),
    "profile": ("scimcore.cli.profile", "look at attribute mappings, and at what one makes of a user"),
    "serve": ("scimcore.cli.serve", "run a SCIM service provider on this machine"),
    "storage": ("scimcore.cli.storage", "make, migrate, check or count the tables of a database"),
}


class Command(Protocol):
    """What the module of a command has."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do what the command is for, and return the exit status.

        Raises:
            ValueError: If the arguments make no sense together; the message is shown with the usage.
            ScimError: If what the arguments name is no good; the message is shown.
        """
        ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that an argument list names.

    Args:
        arguments: Without the program's name; None takes those of the process.

    Returns:
        The exit status.

    Raises:
        SystemExit: After help was shown (status 0) or a mistake was explained (status 2).
    """
    parser = argparse.ArgumentParser(
        prog="scimcore",
        description="A SCIM 2.0 protocol engine.",
        epilog="commands:\n" + "\n".join(f"  {name:10}{purpose}" for name, (_, purpose) in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="see below; COMMAND --help tells more")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="what the command takes")
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments:
        parser.print_help(sys.stderr)
        parser.exit(2)
    chosen = parser.parse_args(arguments)
    module, purpose = COMMANDS[chosen.command]
    command = cast(Command, importlib.import_module(module))
    parser = argparse.ArgumentParser(
        prog=f"scimcore {chosen.command}",
        description=f"{purpose[0].upper()}{purpose[1:]}.",
        formatter_class=_Help,
    )
    command.configure(parser)
    # An option may stand between two arguments; with commands of commands argparse cannot read that.
    parse = parser.parse_args if parser._subparsers else parser.parse_intermixed_args
    try:
        status = command.run(parse(chosen.arguments))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever reads has seen enough, as `head` does; what is left goes nowhere, also at the end of the process.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BY_SIGNAL_OF_THE_PIPE
    except ValueError as error:
        parser.error(str(error))
    except ScimError as error:
        print(error, file=sys.stderr)
        return 1


# As a shell tells of a program that SIGPIPE has ended.
_BY_SIGNAL_OF_THE_PIPE = 141


class _Help(argparse.ArgumentDefaultsHelpFormatter):
    """Defaults where there are any: of an option that may be left out, "default: None" says nothing."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return super()._get_help_string(action) if action.default else action.help


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        # Reading metadata takes longer than starting: it is loaded when somebody asks.
        print(f"scimcore {importlib.import_module('importlib.metadata').version('scimcore')}")
        parser.exit()
