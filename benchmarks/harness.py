"""The harness: candidates timed in turn, so that what disturbs the machine disturbs all of them, and a table of ratios.

A module of rows has a function ``rows()`` that yields ``Row``. A row's own candidate is scimcore; its limit is what the
work costs without SCIM semantics; its peers are other libraries. Ratios are those of the
fastest rounds: what else a machine does can only slow a round down.
"""

import gc
import importlib
import importlib.util
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from time import perf_counter
from types import ModuleType
from typing import Any

Candidate = Callable[[], object]

OWN = "scimcore"
LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Part:
    """A candidate that does one part of the work only, because the whole would take too long."""

    run: Candidate
    of: float

    def __call__(self) -> object:
        return self.run()


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure must be at least, and what it should be: one judged ratio or one judged absolute figure."""

    kind: str  # "faster than", "times", "above" or "at most"
    other: str  # the peer, the limit, or nothing for an absolute figure
    must: float
    stretch: float

    def value(self, own: float, figures: Mapping[str, float], ratios: Mapping[str, float]) -> float | None:
        """Return what the target judges, or None where the other candidate was not measured."""
        if self.kind == "at most":
            return own
        if self.other not in figures:
            return None
        if self.kind == "above":
            return own - figures[self.other]
        return ratios[self.other] if self.kind == "faster than" else 1 / ratios[self.other]

    def verdict(self, value: float) -> str:
        """Say whether a value meets the target, and how far it is from what it does not meet."""
        higher_is_better = self.kind == "faster than"

        def lack(goal: float) -> float:
            return goal / value if higher_is_better else value / goal if value > 0 else 0.0

        if lack(self.must) > 1:
            return f"MUST missed by {lack(self.must):.2f}x"
        if lack(self.stretch) > 1:
            return f"must met, stretch missed by {lack(self.stretch):.2f}x"
        return "stretch met"

    def describe(self, value: float, unit: str) -> str:
        """Write the value with its goals: ``18x faster than peer (>= 25 / 40)``."""
        sign = ">=" if self.kind == "faster than" else "<="
        goals = f"({sign} {_short(self.must)} / {_short(self.stretch)})"
        if self.kind == "faster than":
            return f"{_short(value)}x faster than {self.other} {goals}"
        if self.kind == "times":
            return f"{value:.2f}x {self.other} {goals}"
        if self.kind == "above":
            return f"{value:.1f} {unit} above {self.other} {goals}"
        return f"{_short(value)} {unit} {goals}"


def faster_than(peer: str, must: float, stretch: float) -> Target:
    """At least so many times faster than a peer."""
    return Target("faster than", peer, must, stretch)


def times(other: str, must: float, stretch: float) -> Target:
    """At most so many times the figure of another candidate."""
    return Target("times", other, must, stretch)


def times_limit(must: float, stretch: float) -> Target:
    """At most so many times the limit."""
    return Target("times", LIMIT, must, stretch)


def above(other: str, must: float, stretch: float) -> Target:
    """At most so much more than another candidate, in the row's unit."""
    return Target("above", other, must, stretch)


def at_most(must: float, stretch: float) -> Target:
    """At most so much, in the row's unit. Absolute figures depend on the machine."""
    return Target("at most", "", must, stretch)


@dataclass(frozen=True, slots=True)
class Row:
    """One workload.

    Attributes:
        name: Begins with the letter of its group: ``a validate, small user``.
        scimcore: Does the work once.
        limit: Does what of the work any library must do; None if there is no such thing.
        peers: Other libraries and other references by name. None for one that is not installed.
        targets: What must be reached.
        unit: Of the figures. Times are always microseconds; with any other unit the candidates are not timed but
            return their figure.
        limit_name: What the limit is, for the reader.
        rounds: How often each candidate is measured at most.
        inner_seconds: How long one round of a fast candidate lasts; slower ones run once in a round. Longer where a
            candidate is a whole service, which runs several times as slowly when it has just been away.
        clock: What is looked at. ``thread_time`` counts what the candidate computes and not what else the machine
            does meanwhile, but neither what another process computes for it.
    """

    name: str
    scimcore: Candidate | Part
    limit: Candidate | Part | None = None
    peers: Mapping[str, Candidate | Part | None] = field(default_factory=dict)
    targets: Sequence[Target] = ()
    unit: str = "µs"
    limit_name: str = "plain pydantic"
    rounds: int = 151
    inner_seconds: float = 0.001
    clock: Callable[[], float] = perf_counter


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of a row, in its unit; ratios are others' minima divided by scimcore's."""

    row: Row
    medians: Mapping[str, float]
    minima: Mapping[str, float]
    ratios: Mapping[str, float]

    def judged(self) -> list[tuple[Target, float]]:
        """Return each target that could be judged with what it judges."""
        own = self.minima[OWN]
        pairs = [(target, target.value(own, self.minima, self.ratios)) for target in self.row.targets]
        return [(target, value) for target, value in pairs if value is not None]

    def to_document(self) -> dict[str, Any]:
        """Return the result as a JSON object."""
        return {
            "name": self.row.name,
            "unit": self.row.unit,
            "limit": self.row.limit_name,
            "medians": dict(self.medians),
            "minima": dict(self.minima),
            "ratios": dict(self.ratios),
            "targets": [
                {
                    "kind": target.kind,
                    "other": target.other,
                    "must": target.must,
                    "stretch": target.stretch,
                    "value": value,
                    "verdict": target.verdict(value),
                }
                for target, value in self.judged()
            ],
        }


def optional(name: str) -> ModuleType | None:
    """Import a peer, or note that it is missing. An import that fails for any reason counts as missing."""
    try:
        return importlib.import_module(name)
    except Exception as error:  # a broken peer must not stop the others
        if name not in MISSING:
            MISSING[name] = str(error)
        return None


MISSING: dict[str, str] = {}
"""The peers that could not be imported, and why."""


def measure(row: Row, *, seconds: float = 2.0) -> Result:
    """Time the candidates of a row in turn.

    Args:
        row: What to measure.
        seconds: About how long it may take; slow candidates get fewer rounds, but three.
    """
    candidates: dict[str, Candidate | Part] = {OWN: row.scimcore}
    if row.limit is not None:
        candidates[LIMIT] = row.limit
    candidates.update({name: peer for name, peer in row.peers.items() if peer is not None})
    figure = _timed if row.unit == "µs" else _told
    loops = {name: _calibrate(run, row) if row.unit == "µs" else 1 for name, run in candidates.items()}
    figures: dict[str, list[float]] = {name: [] for name in candidates}
    order = list(candidates)
    # What was there before the measurement is not looked at by the collector, which is off while a candidate runs.
    gc.collect()
    gc.freeze()
    started = perf_counter()
    try:
        for done in range(row.rounds):
            for name in order:
                figures[name].append(figure(candidates[name], loops[name], row.clock))
            # Who runs behind whom changes, so that nobody always finds the caches as one neighbour left them.
            order = [*order[1:], order[0]]
            if done >= 2 and perf_counter() - started > seconds:
                break
    finally:
        gc.unfreeze()
    own = figures[OWN]
    return Result(
        row,
        {name: statistics.median(values) for name, values in figures.items()},
        {name: min(values) for name, values in figures.items()},
        {name: min(values) / min(own) for name, values in figures.items() if name != OWN},
    )


def _calibrate(run: Candidate, row: Row) -> int:
    run()
    loops = 1
    while True:
        lasted = _lasted(run, loops, row.clock)
        if lasted >= row.inner_seconds / 2:
            return max(1, round(loops * row.inner_seconds / lasted))
        loops *= 4


def _lasted(run: Candidate, loops: int, clock: Callable[[], float]) -> float:
    collects = gc.isenabled()
    gc.disable()
    try:
        started = clock()
        for _ in repeat(None, loops):
            run()
        return clock() - started
    finally:
        if collects:
            gc.enable()


def _timed(run: Candidate | Part, loops: int, clock: Callable[[], float]) -> float:
    factor = run.of if isinstance(run, Part) else 1.0
    inner = run.run if isinstance(run, Part) else run
    lasted = _lasted(inner, loops, clock)
    # What a round left behind is collected outside the clock.
    gc.collect(0)
    return lasted / loops * 1e6 * factor


def _told(run: Candidate | Part, loops: int, clock: Callable[[], float]) -> float:
    told = run()
    if not isinstance(told, int | float):
        raise TypeError("a candidate with a unit of its own must return its figure")
    return told * (run.of if isinstance(run, Part) else 1.0)


# The tables ----------------------------------------------------------------------------------------------------------


def table(results: Iterable[Result]) -> str:
    """Write absolute figures, ratios and verdicts, one line for each target."""
    lines = [("work", OWN, "limit", "others", "judged (must / stretch)", "verdict")]
    for result in results:
        row, minima = result.row, result.minima
        head = [
            row.name,
            _figure(minima[OWN], row.unit),
            f"{_figure(minima[LIMIT], row.unit)} = {1 / result.ratios[LIMIT]:.2f}x" if LIMIT in minima else "-",
        ]
        others = [
            f"{name} {_figure(minima[name], row.unit)} = {_short(result.ratios[name])}x"
            for name in minima
            if name not in (OWN, LIMIT)
        ]
        judged = [(target.describe(value, row.unit), target.verdict(value)) for target, value in result.judged()]
        lines += [
            (
                *(head if index == 0 else ("", "", "")),
                others[index] if index < len(others) else "",
                *(judged[index] if index < len(judged) else ("", "")),
            )
            for index in range(max(1, len(others), len(judged)))
        ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    printed = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    ]
    return "\n".join([printed[0], "-" * min(200, sum(widths) + 10), *printed[1:]])


def ratios_as_markdown(results: Iterable[Result]) -> str:
    """Write the judged ratios only, which hold on any machine, as a Markdown table."""
    lines = ["| work | measured | must | stretch | verdict |", "|---|---|---|---|---|"]
    for result in results:
        for target, value in result.judged():
            if target.kind in ("at most", "above"):
                continue
            what, _, _ = target.describe(value, result.row.unit).partition(" (")
            sign = "≥" if target.kind == "faster than" else "≤"
            lines.append(
                f"| {result.row.name} | {what.replace(LIMIT, result.row.limit_name)} | {sign} {_short(target.must)} "
                f"| {sign} {_short(target.stretch)} | {target.verdict(value)} |"
            )
    return "\n".join(lines)


def _figure(value: float, unit: str) -> str:
    if unit == "µs" and value >= 10_000:
        return f"{_short(value / 1000)} ms"
    return f"{_short(value)} {unit}"


def _short(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
