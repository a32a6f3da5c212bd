"""Resources as JSON Lines: out of a store, and into one. Both can be broken off and gone on with.

How far a transfer has come stands in a file beside the data, ``FILE.progress``; it goes when all is done.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from scimcore.documents import Document, Limits, dumps, loads_object
from scimcore.errors import NotFound, ScimError, Uniqueness
from scimcore.projection import Selection
from scimcore.schema.resource_type import ResourceType
from scimcore.service.meta import first_meta
from scimcore.service.provider import Provider
from scimcore.storage import Cursors, Page, Position, Query, Storage, Stored
from scimcore.validation import Phase, accept

BATCH = 500
# A line of one's own file may be as long as it is: a group has many members.
_LIMITS = Limits(max_payload_bytes=2**31)


class Refused(NamedTuple):
    """A line that was not taken in.

    Attributes:
        line: Its number, counted from 1.
        reason: Why not; it quotes nothing of the line but names of attributes.
    """

    line: int
    reason: str


class Imported(NamedTuple):
    """What became of the lines of a file.

    Attributes:
        new: How many resources were inserted.
        known: How many were there already, exactly as they are in the file.
        refused: The others.
    """

    new: int
    known: int
    refused: tuple[Refused, ...]


class Bar:
    """How far it is, on a terminal; nothing elsewhere."""

    def __init__(self, total: int, stream: TextIO = sys.stderr) -> None:
        """Begin.

        Args:
            total: At the end; 0 if nobody knows.
            stream: Where to draw.
        """
        self._total = total
        self._stream = stream
        self._shown = stream.isatty()
        self._started = time.monotonic()

    def show(self, done: int, rows: int) -> None:
        """Draw the bar anew."""
        if not self._shown:
            return
        part = min(1.0, done / self._total) if self._total else 0.0
        drawn = "#" * round(part * _WIDTH)
        rate = rows / max(time.monotonic() - self._started, 0.001)
        self._stream.write(f"\r[{drawn:{_WIDTH}}] {part:4.0%}  {rows:,} resources  {rate:,.0f}/s ")
        self._stream.flush()

    def close(self) -> None:
        """End the line."""
        if self._shown:
            self._stream.write("\n")


_WIDTH = 30


def export(storage: Storage, resource_types: Sequence[ResourceType], path: Path, bar: Bar | None = None) -> int:
    """Write all resources to a file, one a line, as the store has them: with ``id``, ``meta`` and secrets.

    Goes on where an earlier export to the same file was broken off, if the store has cursors. What is written
    meanwhile may be in the file or not.

    Returns:
        How many resources were written, also by the earlier ones.
    """
    progress = _Progress(path)
    state = progress.read() or {"bytes": 0, "rows": 0, "type": 0, "position": None}
    rows = int(state["rows"])
    with path.open("r+b" if state["bytes"] else "wb") as file:
        # What was written behind the last note may be half a line.
        file.truncate(state["bytes"])
        file.seek(state["bytes"])
        # Whoever may read a secret has to be let in by the file's owner.
        path.chmod(0o600)
        for number in range(state["type"], len(resource_types)):
            start = state["position"] if number == state["type"] else None
            for page, position in _pages(storage, resource_types[number], None if start is None else tuple(start)):
                file.writelines(dumps(stored.document) + b"\n" for stored in page)
                file.flush()
                rows += len(page)
                if position is not None:
                    progress.write({"bytes": file.tell(), "rows": rows, "type": number, "position": position})
                if bar is not None:
                    bar.show(rows, rows)
            progress.write({"bytes": file.tell(), "rows": rows, "type": number + 1, "position": None})
    progress.remove()
    return rows


def read_in(storage: Storage, provider: Provider, path: Path, bar: Bar | None = None) -> Imported:
    """Insert the resources of a file, one a line.

    A resource with ``id`` and ``meta`` is stored as it is; one without gets them. What is there already, just as it
    is in the file, counts as known. Goes on where an earlier import of the same file was broken off.
    """
    progress = _Progress(path)
    state = progress.read() or {"bytes": 0, "line": 0, "new": 0, "known": 0, "refused": []}
    new, known, line = int(state["new"]), int(state["known"]), int(state["line"])
    refused = [Refused(*each) for each in state["refused"]]
    with path.open("rb") as file:
        file.seek(state["bytes"])
        while lines := [text for _, text in zip(range(BATCH), file, strict=False)]:
            with storage.transaction() as transaction:
                for text in lines:
                    line += 1
                    if not text.strip():
                        continue
                    try:
                        is_new = _insert(transaction, provider, text)
                    except ScimError as error:
                        refused.append(Refused(line, str(error).partition("\n")[0]))
                        continue
                    new, known = (new + 1, known) if is_new else (new, known + 1)
            progress.write({"bytes": file.tell(), "line": line, "new": new, "known": known, "refused": refused})
            if bar is not None:
                bar.show(file.tell(), line)
    progress.remove()
    return Imported(new, known, tuple(refused))


# What follows from members is not exported: a store may add it to what it shows.
_KEPT = Selection((), ("groups",))


def _pages(
    storage: Storage, resource_type: ResourceType, position: Position | None
) -> Iterator[tuple[Sequence[Stored], Position | None]]:
    """Yield page after page, and where the next one begins, if the store can say that."""
    query = Query((resource_type,), count=BATCH, selection=_KEPT)
    if isinstance(storage, Cursors):
        while True:
            found = storage.search_from(query, position)
            yield found.resources, found.next
            if found.next is None:
                return
            position = found.next
    start = 1
    while True:
        page: Page = storage.search(Query((resource_type,), start_index=start, count=BATCH, selection=_KEPT))
        yield page.resources, None
        start += len(page.resources)
        if start > page.total_results or not page.resources:
            return


def _insert(storage: Storage, provider: Provider, text: bytes) -> bool:
    """Insert the resource of a line; False if it is there already."""
    document = loads_object(text, limits=_LIMITS)
    resource_type = _type_of(document, provider)
    accepted = accept(document, resource_type, Phase.CREATE)
    meta = document.get("meta")
    if isinstance(document.get("id"), str) and isinstance(meta, dict) and meta.keys() >= _META:
        complete: Document = {**document, "meta": {name: part for name, part in meta.items() if name != "location"}}
        # It follows from members.
        complete.pop("groups", None)
    else:
        complete = {
            "schemas": accepted["schemas"],
            "id": provider.new_id(),
            **accepted,
            "meta": first_meta(resource_type, provider.now()),
        }
    try:
        storage.insert(resource_type, complete)
    except Uniqueness:
        with suppress(NotFound):
            if storage.fetch(resource_type, complete["id"]).document == complete:
                return False
        raise
    return True


_META = {"created", "lastModified", "version"}


def _type_of(document: Document, provider: Provider) -> ResourceType:
    schemas = document.get("schemas")
    urns = {urn.lower() for urn in schemas if isinstance(urn, str)} if isinstance(schemas, list) else set()
    for resource_type in provider.resource_types:
        if resource_type.schema.id.lower() in urns:
            return resource_type
    raise NotFound("'schemas' names no resource type of this service.")


class _Progress:
    """The note beside the data."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".progress")

    def read(self) -> dict[str, Any] | None:
        try:
            note: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return note

    def write(self, note: dict[str, Any]) -> None:
        # In one step: a note that is half written would lose its place.
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_text(json.dumps(note), encoding="utf-8")
        fresh.replace(self._path)

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)
