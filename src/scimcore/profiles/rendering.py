"""Profiles for people: a mapping as a table, and one user explained row by row.

Floor 8. Pure functions from values to texts; printing them is the command line's business.
"""

import json
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from scimcore.documents import JSON, printable
from scimcore.errors import InvalidValue
from scimcore.profiles import tables
from scimcore.profiles.checking import Finding
from scimcore.profiles.loading import to_toml
from scimcore.profiles.profile import Profile, UserLike
from scimcore.profiles.rows import Row

Format: TypeAlias = Literal["table", "markdown", "json", "toml"]


class Explained(NamedTuple):
    """What became of one row's value, as texts.

    Attributes:
        label: Okta's name of the mapping.
        path: Where SCIM has it.
        field: The application's name.
        received: The value in the user, as JSON; empty if there is none.
        stored: The value in the record, as JSON; empty if there is none.
        verdict: ``ok``, or what is wrong, or why there is nothing.
    """

    label: str
    path: str
    field: str
    received: str
    stored: str
    verdict: str


def explain(profile: Profile, user: UserLike, *, before: UserLike | None = None) -> tuple[Explained, ...]:
    """Tell for each row what was received, what the application gets, and why.

    What is wrong with an attribute as a whole comes behind the rows, with an empty field.

    Args:
        profile: Whose rows.
        user: As it was sent; of a PATCH, with its operations applied.
        before: The user as it was, if it was: of what a replacement leaves out, some is kept.
    """
    received = profile.received(user)
    record, findings = profile.map(user, before=before)
    if before is not None:
        record = profile.to_record(profile.prepare(user, before=before))
    by_field = {finding.field: finding for finding in findings if finding.field}
    rows = [
        Explained(
            label=row.label,
            path=_path(row),
            field=row.field,
            received=_json(received.get(row.field)),
            stored="" if row.field in by_field else _json(record.get(row.field)),
            verdict=_verdict(row, by_field.get(row.field), received.get(row.field), record.get(row.field)),
        )
        for row in profile.effective_rows
    ]
    rows += [Explained("", finding.path, "", "", "", finding.message) for finding in findings if not finding.field]
    return tuple(rows)


def _verdict(row: Row, finding: Finding | None, received: JSON, stored: JSON) -> str:
    if row.direction == "from_record":
        return "not read"
    if finding is not None:
        return finding.message
    if stored is None:
        return "not sent"
    if received is None:
        return "calculated" if row.joins else "kept" if row.keep and stored != row.default else "default"
    return "ok" if received == stored else "kept" if row.immutable else "normalised"


def _path(row: Row) -> str:
    return row.path or " + ".join(row.joins) or "-"


def _json(value: JSON) -> str:
    return "" if value is None else printable(json.dumps(value, ensure_ascii=False, default=str))


_EXPLAINED = ("Okta label", "SCIM path", "field", "received", "stored", "verdict")


def render_explained(
    rows: Sequence[Explained], form: Literal["table", "markdown", "json"] = "table", *, max_columns: int = 0
) -> str:
    """Write explained rows: as a table for a terminal, as Markdown, or as a JSON array of objects.

    Args:
        rows: What ``explain`` returned.
        form: Which of them.
        max_columns: How wide a ``table`` may be; 0 for any.

    Raises:
        InvalidValue: If there is no such format.
    """
    cells = [(row.label, row.path, row.field, row.received, row.stored, row.verdict) for row in rows]
    if form == "json":
        names = ("label", "path", "field", "received", "stored", "verdict")
        return _array([dict(zip(names, line, strict=True)) for line in cells])
    return _write(_EXPLAINED, cells, form, max_columns)


_COLUMNS = ("Okta label", "Okta variable", "Entra ID attribute", "SCIM path", "field", "value", "rules")


def render(profile: Profile, form: Format = "table", *, max_columns: int = 0) -> str:
    """Write a profile's mapping as the switches make it; ``toml`` is the profile itself, to be read again.

    Args:
        profile: Whose mapping.
        form: In which form.
        max_columns: How wide a ``table`` may be; 0 for any.

    Raises:
        InvalidValue: If there is no such format.
    """
    if form == "toml":
        return to_toml(profile)
    cells = [_cells(row) for row in profile.effective_rows]
    if form == "json":
        names = ("label", "okta", "entra", "path", "field", "kind", "rules")
        rows = [dict(zip(names, line, strict=True)) for line in cells]
        return json.dumps({"name": profile.name, "title": profile.title, "mode": profile.mode, "rows": rows}, indent=2)
    return _write(_COLUMNS, cells, form, max_columns)


def _cells(row: Row) -> tuple[str, ...]:
    field = f"{row.field} ({row.title})" if row.title else row.field
    return row.label, row.okta, row.entra, _path(row), field, row.kind, _rules(row)


def _rules(row: Row) -> str:
    words = []
    for flag, word in ((row.required, "required"), (row.unique, "unique"), (row.immutable, "fixed once set")):
        if flag:
            words.append(word)
    if row.default is not None:
        words.append(f"default {json.dumps(row.default)}")
    if row.alternatives:
        words.append(f"else {', else '.join(row.alternatives)}")
    if row.max_characters:
        words.append(f"at most {row.max_characters} characters")
    if row.forbidden:
        words.append(f"none of {' '.join(row.forbidden)}")
    if row.pattern:
        words.append(f"matches {row.pattern}")
    if row.one_of:
        words.append(f"one of {', '.join(row.one_of)}")
    if row.direction != "both":
        words.append("read only" if row.direction == "to_record" else "written only")
    return "; ".join(words)


def _write(heads: Sequence[str], cells: Sequence[Sequence[str]], form: str, max_columns: int) -> str:
    if form == "markdown":
        return tables.markdown(heads, cells)
    if form != "table":
        raise InvalidValue(f"There is no format '{printable(form)}': choose from table, markdown, json, toml.")
    if max_columns:
        # What all of these URNs begin with is known to whoever reads them.
        cells = [[text.replace(_EXTENSION_URNS, "...:") for text in line] for line in cells]
    return tables.plain(heads, cells, max_columns)


_EXTENSION_URNS = "urn:ietf:params:scim:schemas:extension:"


def _array(rows: list[dict[str, str]]) -> str:
    return json.dumps(rows, indent=2, ensure_ascii=False)
