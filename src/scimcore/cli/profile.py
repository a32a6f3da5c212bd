"""``scimcore profile``: look at attribute mappings, and at what one makes of a user.

``list`` and ``show`` tell what there is; ``check`` and ``explain`` take users from a file: one, a JSON array, or a
ListResponse. Only what a profile maps is shown, so that a password in the file is not.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scimcore.cli.files import read_json, read_object
from scimcore.documents import Document, is_object, printable
from scimcore.errors import InvalidSyntax
from scimcore.profiles import BY_NAME, Profile, explain, from_toml, render, render_explained, tables

FORMATS = ("table", "markdown", "json", "toml")
MODES = ("lenient", "strict")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|check|explain")
    actions.add_parser("list", help="the profiles that there are", description="List the profiles that there are.")
    show = actions.add_parser("show", help="a profile's mapping", description="Show a profile's mapping.")
    show.add_argument("name", metavar="NAME", help="a profile's name, or a TOML file with one")
    show.add_argument("--format", default="table", choices=FORMATS, help=", ".join(FORMATS), metavar="FORMAT")
    _add_mode(show)
    check = actions.add_parser(
        "check",
        help="what an application could not accept of a user",
        description="Tell all that an application could not accept of a user. Status 1 if there is anything.",
    )
    _add_user(check)
    explained = actions.add_parser(
        "explain",
        help="what becomes of each value of a user, and why",
        description="Tell what becomes of each value of a user, and why. Status 1 if the user could not be accepted.",
    )
    _add_user(explained)
    explained.add_argument(
        "--format", default="table", choices=FORMATS[:3], help=", ".join(FORMATS[:3]), metavar="FORMAT"
    )


def _add_user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="USER.json", help="a user, a JSON array or a ListResponse; - is standard input")
    parser.add_argument(
        "--profile", default="CONDECO", metavar="NAME", help="a name, or a TOML file (default: CONDECO)"
    )
    parser.add_argument("--before", metavar="USER.json", help="the user as it was: what is fixed must not change")
    _add_mode(parser)


def _add_mode(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--profile-mode", choices=MODES, metavar="lenient|strict", help="instead of the profile's own mode"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what was asked for.

    Raises:
        ValueError: If a file cannot be read, or there is no such profile.
        ScimError: If a file holds no users, or no profile.
    """
    if arguments.action == "list":
        rows = [(profile.name, profile.summary, str(len(profile.fields))) for profile in BY_NAME.values()]
        print(tables.plain(("name", "for", "rows"), rows, _terminal_columns()))
        return 0
    if arguments.action == "show":
        profile = named(arguments.name, arguments.profile_mode)
        print(render(profile, arguments.format, max_columns=_terminal_columns()).rstrip("\n"))
        return 0
    profile = named(arguments.profile, arguments.profile_mode)
    before = None if arguments.before is None else read_object(arguments.before)
    tell = _check if arguments.action == "check" else _explain
    good = [tell(user, before, profile, arguments, several=several) for user, several in _users(arguments.file)]
    return 0 if all(good) else 1


def named(name: str, mode: str | None = None) -> Profile:
    """Return the profile of a name, in any casing, or the one in a TOML file.

    Args:
        name: The name, or a path that ends in ``.toml``.
        mode: ``lenient`` or ``strict``; None leaves the profile's own.

    Raises:
        ValueError: If there is none.
        ScimError: If the file holds none, or there is no such mode.
    """
    if name.lower().endswith(".toml"):
        try:
            profile = from_toml(Path(name).read_text(encoding="utf-8"))
        except OSError as error:
            raise ValueError(f"cannot read {name}: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise ValueError(f"cannot read {name}: it is not UTF-8") from None
    else:
        found = BY_NAME.get(name.upper())
        if found is None:
            raise ValueError(f"unknown profile '{name}'; known: {', '.join(BY_NAME)}, or a file NAME.toml")
        profile = found
    switches: dict[str, Any] = {} if mode is None else {"mode": mode}
    return profile.extend(**switches)


def _users(file: str) -> Iterator[tuple[Document, bool]]:
    """Yield the users of a file, and whether they are several."""
    value = read_json(file)
    several = True
    if is_object(value):
        members = {name.lower(): inside for name, inside in value.items()}
        several = "resources" in members
        value = members.get("resources", [value])
    if not isinstance(value, list) or not all(map(is_object, value)):
        raise InvalidSyntax(f"{file}: expected users (an object, an array of objects or a ListResponse).")
    for user in value:
        yield user, several


def _check(
    user: Document, before: Document | None, profile: Profile, arguments: argparse.Namespace, *, several: bool
) -> bool:
    findings = profile.check(user, before=before)
    start = f"{_who(user)}: " if several else ""
    if not findings:
        print(f"{start}{profile.title} can accept this user.")
    for finding in findings:
        print(f"{start}{finding.status} {finding.scim_type}: {finding.detail}")
    return not findings


def _explain(
    user: Document, before: Document | None, profile: Profile, arguments: argparse.Namespace, *, several: bool
) -> bool:
    if several and arguments.format != "json":
        print(f"{_who(user)}:")
    rows = explain(profile, user, before=before)
    print(render_explained(rows, arguments.format, max_columns=_terminal_columns()))
    return not profile.check(user, before=before)


def _who(user: Document) -> str:
    members = {name.lower(): value for name, value in user.items()}
    name = members.get("username") or members.get("id")
    return printable(name) if isinstance(name, str) else "user"


def _terminal_columns() -> int:
    """Return how wide the terminal is; 0 where the output goes into a file or a pipe, which cut no lines."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() or os.environ.get("COLUMNS") else 0
