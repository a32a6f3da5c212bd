"""Which mutants this project's suite finds, and by which check."""

import json
from collections.abc import Iterable
from pathlib import Path

from mutants.catalogue import MUTANTS
from mutants.world import TOKEN, App, Around
from scimcore.conformance import connect, run_conformance
from scimcore.conformance.run import Report

# The service is not made for one client alone: what only Entra's dialect does is left out.
SUITES = ("rfc7643", "rfc7644", "rfc9865", "security", "okta", "entra")
LEFT_OUT = frozenset({"entra-user-no-operations"})

# By mutant, a check that finds it: it is asked first. `python -m mutants --record` writes the file anew.
_KNOWN = Path(__file__).with_name("found_by.json")


def known() -> dict[str, str]:
    found: dict[str, str] = json.loads(_KNOWN.read_text()) if _KNOWN.exists() else {}
    return found


def record(found: dict[str, str]) -> None:
    _KNOWN.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n")


def run(around: Around | None, only: Iterable[str] = (), *, stop: bool = False) -> Report:
    return run_conformance(
        connect(App(around)),
        token=TOKEN,
        suites=SUITES,
        only=only,
        stop_at_first_failure=stop,
        patience_seconds=0,
    )


def complaints(report: Report) -> list[str]:
    return [result.check.id for result in report.failures if result.check.id not in LEFT_OUT]


def find(id: str) -> tuple[str, str]:
    """Return a mutant's id and a check that finds it; an empty text if none does."""
    around = next(mutant.around for mutant in MUTANTS if mutant.id == id)
    hint = known().get(id)
    if hint and (found := complaints(run(around, [hint]))):
        return id, found[0]
    found = complaints(run(around, stop=True)) or complaints(run(around))
    return id, found[0] if found else ""
