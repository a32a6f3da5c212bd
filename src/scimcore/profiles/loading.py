"""Profiles as TOML: a table that an administrator can read, keep under version control and change without Python.

Floor 8. ``from_toml(to_toml(profile)) == profile``. A file may begin from a profile that exists (``extends``) and say
only what is different; the words are those of ``Profile`` and ``Row``.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from scimcore.documents import printable
from scimcore.errors import InvalidValue
from scimcore.profiles.profile import Profile
from scimcore.profiles.rows import Row
from scimcore.profiles.shipped import BY_NAME

_SWITCHES = {item.name: item for item in fields(Profile) if item.init and item.name != "rows"}
_WORDS = {item.name: item for item in fields(Row)}
_FILE_WORDS = frozenset({"extends", "without", "row"})


def from_toml(text: str, *, bases: Mapping[str, Profile] = BY_NAME) -> Profile:
    """Read a profile.

    Args:
        text: ``name``, optionally ``extends`` and ``without``, switches, and one ``[[row]]`` for each row. A row of a
            profile that extends another changes the row of its field: what it does not say stays.
        bases: What ``extends`` can name, in any casing.

    Raises:
        InvalidValue: If it is not TOML, a word is unknown, or a value is of a wrong type; as building a profile does.
        InvalidPath: As building a profile does.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidValue(f"The profile is not TOML: {error}") from None
    unknown = sorted(table.keys() - _SWITCHES.keys() - _FILE_WORDS)
    if unknown:
        raise InvalidValue(f"The profile has an unknown word '{printable(unknown[0])}'.")
    base = _base(table.get("extends"), bases)
    rows = table.get("row", [])
    if not isinstance(rows, list):
        raise InvalidValue("The profile must have its rows as [[row]].")
    old = {row.field: row for row in base.rows} if base is not None else {}
    made = [_row(row, old) for row in rows]
    without = _texts("without", table.get("without", []))
    switches = {name: table[name] for name in _SWITCHES if name in table}
    for name, value in switches.items():
        if not isinstance(value, str | bool):
            raise InvalidValue(f"The profile needs a text or a boolean for '{name}'.")
    if not isinstance(table.get("name", ""), str) or (base is None and not table.get("name")):
        raise InvalidValue("The profile needs a name.")
    if base is None:
        if without:
            raise InvalidValue("The profile extends none, so there is no row to leave out.")
        return Profile(rows=tuple(made), **switches)
    return base.extend(*made, without=without, **switches)


def _base(name: object, bases: Mapping[str, Profile]) -> Profile | None:
    if name is None:
        return None
    by_lower = {known.lower(): profile for known, profile in bases.items()}
    if not isinstance(name, str) or name.lower() not in by_lower:
        raise InvalidValue(f"The profile extends '{printable(str(name))}', which is none of {', '.join(bases)}.")
    return by_lower[name.lower()]


def _row(table: object, old: Mapping[str, Row]) -> Row:
    if not isinstance(table, dict) or not isinstance(table.get("field"), str):
        raise InvalidValue("Each [[row]] of a profile needs a field.")
    field = table["field"]
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in _WORDS:
            raise InvalidValue(f"The row for '{printable(field)}' has an unknown word '{printable(name)}'.")
        values[name] = _value(f"{printable(field)}.{name}", name, value)
    if field in old:
        kept = {name: getattr(old[field], name) for name in _WORDS}
        return Row(**(kept | values))
    return Row(**values)


def _value(where: str, name: str, value: object) -> object:
    wanted = _WORDS[name].default
    if name == "fills":
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise InvalidValue(f"The profile needs a table of texts for '{where}'.")
        return tuple(value.items())
    if isinstance(wanted, tuple):
        return tuple(_texts(where, value))
    # A default may be a text or a boolean; any other word is of the type that its own default has.
    allowed = (str, bool) if name == "default" else (str,) if name == "field" else (type(wanted),)
    if type(value) not in allowed:
        raise InvalidValue(f"The profile has a value of a wrong type for '{where}'.")
    return value


def _texts(where: str, value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise InvalidValue(f"The profile needs an array of texts for '{where}'.")
    return value


def to_toml(profile: Profile) -> str:
    """Write a profile, all of it: what has its default is left out."""
    lines = [
        f"{name} = {_toml(getattr(profile, name))}"
        for name, item in _SWITCHES.items()
        if name == "name" or getattr(profile, name) != item.default
    ]
    for row in profile.rows:
        lines += ["", "[[row]]"]
        for name, item in _WORDS.items():
            value = getattr(row, name)
            if value != item.default:
                lines.append(f"{name} = {_toml(dict(value) if name == 'fills' else value)}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    # Texts, numbers and booleans are written alike in JSON and TOML; TOML takes no DEL as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
