"""JSON files for commands: ``-`` is standard input, and a fault says which file it is in."""

import json
import sys
from pathlib import Path

from scimcore.documents import JSON, Document, Limits, loads
from scimcore.errors import InvalidSyntax, ScimError

# A file on one's own disk may be as large as it is; how deep it may nest stays.
_LIMITS = Limits(max_payload_bytes=2**40)


def read_json(name: str) -> JSON:
    """Read a JSON file.

    Raises:
        ValueError: If it cannot be read.
        InvalidSyntax: If it is not JSON.
    """
    try:
        body = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise ValueError(f"cannot read {name}: {error.strerror or error}") from None
    try:
        return loads(body, limits=_LIMITS)
    except ScimError as error:
        raise InvalidSyntax(f"{name}: {error.detail}") from None


def read_object(name: str) -> Document:
    """Read a JSON file that holds an object.

    Raises:
        ValueError: If it cannot be read.
        InvalidSyntax: If it is not JSON, or no object.
    """
    value = read_json(name)
    if not isinstance(value, dict):
        raise InvalidSyntax(f"{name}: there must be a JSON object.")
    return value


def print_json(value: JSON) -> None:
    """Write a JSON value for people to read."""
    print(json.dumps(value, indent=2, ensure_ascii=False))
