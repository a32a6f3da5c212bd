"""Names as the published tables spell them, where that is not how SCIM does.

Floor 8. Two of them: whoever copies the tables into an identity provider's external names sends these. They are
understood where the profile's switch ``published_spellings`` is on.
"""

import re

from scimcore.documents import Document

_MEANT = {"preferedlanguage": "preferredLanguage", "address": "addresses"}
_HEAD = re.compile(r"(?:preferedLanguage|address)(?=[\[.]|$)", re.IGNORECASE)


def respelt(document: Document) -> Document:
    """Return a user, or a part of one, with the names that are meant; a name that is there already goes first."""
    if not any(name.lower() in _MEANT for name in document):
        return document
    given = {name.lower() for name in document}
    result: Document = {}
    for name, value in document.items():
        meant = _MEANT.get(name.lower())
        if meant is None:
            result[name] = value
        elif meant.lower() not in given:
            result[meant] = [value] if meant == "addresses" and isinstance(value, dict) else value
    return result


def respelt_path(path: str) -> str:
    """Return a PATCH path with the name that is meant: ``addresses.country`` for ``address.country``."""
    found = _HEAD.match(path)
    return path if found is None else _MEANT[found[0].lower()] + path[found.end() :]
