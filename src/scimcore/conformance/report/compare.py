"""Two runs side by side: what got worse, what got better, what is new and what is gone."""

from collections.abc import Iterator, Mapping


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Write the differences of two runs.

    Args:
        before: Outcome by id, of the earlier run; see :func:`scimcore.conformance.report.from_json`.
        after: Outcome by id, of the later one.
    """
    return "\n".join(_compare(before, after)) + "\n"


def worse(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the ids of checks that fail now and did not before."""
    return [id for id, outcome in after.items() if outcome == "failed" and before.get(id) != "failed"]


def _compare(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    changed = {id: (before[id], after[id]) for id in after if id in before and before[id] != after[id]}
    groups = (
        ("fail now", worse(before, after)),
        ("fail no more", [id for id, (old, _) in changed.items() if old == "failed"]),
        ("changed otherwise", [id for id, pair in changed.items() if "failed" not in pair]),
        ("new", [id for id in after if id not in before and after[id] != "failed"]),
        ("gone", [id for id in before if id not in after]),
    )
    if not any(ids for _, ids in groups):
        yield f"No difference in {len(after)} checks."
    for title, ids in groups:
        if ids:
            yield f"{title}: {len(ids)}"
            yield from (f"  {id}: {before.get(id, '-')} -> {after.get(id, '-')}" for id in ids)
