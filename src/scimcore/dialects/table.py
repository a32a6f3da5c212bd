"""The page about dialects, written from the quirks themselves.

``python -m scimcore.dialects.table > docs/dialects.md``
"""

from collections.abc import Iterator

from scimcore.dialects.dialect import Dialect
from scimcore.dialects.entra import DOT_BEHIND_URN, ENTRA
from scimcore.dialects.okta import OKTA
from scimcore.dialects.quirk import Quirk
from scimcore.dialects.strict import STRICT
from scimcore.dialects.tolerant import TOLERANT

_DIALECTS = (STRICT, TOLERANT, OKTA, ENTRA)
_INTRODUCTION = """\
# Dialects

What clients send off the specification, and what is made of it. A dialect is a set of the quirks below; the caller
brings its own, and each use is reported.

`TOLERANT`, the default, has what the RFC leaves open and what its letter would turn into destroyed data. What
contradicts an explicit rule of the RFC is on only in the dialect of the client that needs it. `STRICT` is the letter.
A path that names nothing and a misspelt operation are errors in all of them.

```python
from scimcore.dialects import BY_NAME, ENTRA, STRICT
from scimcore.errors import ScimError
from scimcore.messages import Patch

user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "2819c223", "userName": "ilse", "active": True}
patch = Patch([{"op": "Replace", "path": "active", "value": "False"}])

patched = patch.applied_to(user, dialect=ENTRA)
assert patched.document["active"] is False
assert [use.quirk for use in patched.tolerated] == ["capitalised-op", "string-boolean"]

try:
    patch.apply(user, dialect=STRICT)
except ScimError as error:
    assert error.scim_type == "invalidSyntax"

assert BY_NAME["entra"] is ENTRA
```

This page is written from the quirks by `python -m scimcore.dialects.table`.
"""


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join([_INTRODUCTION, *_overview(), "", *_details()])


def _quirks() -> tuple[Quirk, ...]:
    every = (quirk for dialect in _DIALECTS for quirk in dialect.quirks)
    return tuple(dict.fromkeys((*every, DOT_BEHIND_URN)))


def _overview() -> Iterator[str]:
    yield "| quirk | what is sent | by | " + " | ".join(dialect.name for dialect in _DIALECTS) + " |"
    yield "|---|---|---|" + ":-:|" * len(_DIALECTS)
    for quirk in _quirks():
        marks = " | ".join(_mark(quirk, dialect) for dialect in _DIALECTS)
        yield f"| [{quirk.id}](#{quirk.id.lower()}) | {_cell(quirk.title)} | {_cell(quirk.clients)} | {marks} |"


def _mark(quirk: Quirk, dialect: Dialect) -> str:
    return "yes" if quirk in dialect.quirks else "-"


def _details() -> Iterator[str]:
    for quirk in _quirks():
        on = ", ".join(dialect.name for dialect in _DIALECTS if quirk in dialect.quirks) or "none; add it with `plus`"
        yield f"## {quirk.id}\n"
        yield f"{quirk.title}. Sent by: {quirk.clients}. On in: {on}.\n"
        yield f"```text\n{quirk.example}\n```\n"
        yield f"- RFC: {quirk.strict}"
        yield f"- here: {quirk.tolerant}"
        yield f"- risk: {quirk.risk}"
        if quirk.cases:
            yield f"- cases of the test suite: {', '.join(quirk.cases)}"
        yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(page(), end="")
