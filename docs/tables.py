"""Write the mapping tables into the pages: ``python docs/tables.py``. A test compares what is there."""

import re
from pathlib import Path

from scimcore.profiles import BY_NAME, render
from scimcore.profiles.normalisers import KINDS

PAGES = ("profiles.md", "guides/okta-condeco.md")
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """Return a page's text with each of its tables as the code has it."""

    def write(match: re.Match[str]) -> str:
        return f"{match[1]}\n{table(match[2])}\n\n{match[3]}"

    return _TABLE.sub(write, path(page).read_text(encoding="utf-8"))


def table(name: str) -> str:
    if name == "kinds":
        lines = ["| kind | what the value is |", "|---|---|"]
        return "\n".join([*lines, *(f"| `{kind.name}` | {kind.summary} |" for kind in KINDS.values())])
    if name == "profiles":
        lines = ["| name | for | rows |", "|---|---|---|"]
        return "\n".join(
            [
                *lines,
                *(f"| `{profile.name}` | {profile.summary} | {len(profile.fields)} |" for profile in BY_NAME.values()),
            ]
        )
    return render(BY_NAME[name], "markdown")


def path(page: str) -> Path:
    return Path(__file__).parent / page


if __name__ == "__main__":
    for name in PAGES:
        path(name).write_text(filled(name), encoding="utf-8")
