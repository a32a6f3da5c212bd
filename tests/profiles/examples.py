"""For each kind of value: one as it should be, what a record has for it, and what is refused."""

from typing import Any

from scimcore import urns
from scimcore.profiles import Profile, Row
from scimcore.profiles.rows import Choice, locate

# kind: (as sent, as in the record)
GOOD: dict[str, tuple[Any, Any]] = {
    "text": ("  Some text ", "Some text"),
    "code": ("102", "102"),
    "texts": (["a", " b "], ["a", "b"]),
    "boolean": (False, False),
    "email": (" ada@example.com", "ada@example.com"),
    "phone": (" +1-202-555-0142", "+1-202-555-0142"),
    "language": ("en-GB", "en"),
    "country": ("gb", "GB"),
}
# kind: values that are refused
BAD: dict[str, list[Any]] = {
    "text": [True, {"a": 1}],
    "code": [True, ["x"]],
    "texts": ["x", [1]],
    "boolean": ["yes", 1, None, ""],
    "email": ["ada", "a@b@c", "Ada <ada@example.com>", "a@b..c", 5],
    "phone": ["call me", "1", "12;34!", 5],
    "language": ["e", "english", "xx", "haw", "*", 5],
    "country": ["ZZ", "EU", "X", "G B", 5],
}


def put(user: dict[str, Any], profile: Profile, row: Row, value: Any) -> None:
    """Put a value where a row reads it first, in front of what is there."""
    locator = locate(row.path, profile.resource_type)
    if locator.choice is None:
        for key in locator.keys[:-1]:
            user = user.setdefault(key, {})
        user[locator.last] = value
        return
    chosen: dict[str, Any] = {}
    if locator.choice is Choice.PRIMARY:
        chosen["primary"] = True
    if locator.type:
        chosen["type"] = locator.type
    elements = user.setdefault(locator.keys[0], [])
    for element in elements:
        if all(element.get(name) == wanted for name, wanted in chosen.items()):
            element[locator.last] = value
            return
    elements.insert(0, {**chosen, locator.last: value})


def minimal(profile: Profile) -> dict[str, Any]:
    """A user with what a profile requires, and nothing else."""
    user: dict[str, Any] = {"schemas": [urns.USER], "userName": "ada"}
    for row in profile.effective_rows:
        if row.required:
            put(user, profile, row, GOOD[row.kind][1])
    return user


def complete(profile: Profile) -> dict[str, Any]:
    """A user with a value for every row."""
    user: dict[str, Any] = {"schemas": [urns.USER], "userName": "ada"}
    for row in profile.effective_rows:
        if row.path:
            put(user, profile, row, GOOD[row.kind][1])
    return user
