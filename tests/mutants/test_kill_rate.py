"""The suite finds nothing wrong with the service as it is, and nearly every fault that is put into it."""

import multiprocessing
import os

import pytest

from mutants.catalogue import MUTANTS
from mutants.verdicts import complaints, find, run

LEAST = 0.97


def test_the_service_as_it_is_has_no_faults() -> None:
    report = run(None)
    assert not complaints(report), report.failures
    assert not report.left_behind


def test_there_are_enough_mutants_and_each_has_a_name_of_its_own() -> None:
    assert len({mutant.id for mutant in MUTANTS}) == len(MUTANTS) >= 120


def test_nearly_every_mutant_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    # Children that measure coverage would take three times as long and cover nothing new.
    for name in [name for name in os.environ if name.startswith("COVERAGE")]:
        monkeypatch.delenv(name)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = dict(pool.imap_unordered(find, [mutant.id for mutant in MUTANTS], chunksize=8))
    missed = [f"{mutant.id}: {mutant.about}" for mutant in MUTANTS if not found[mutant.id]]
    assert len(missed) <= (1 - LEAST) * len(MUTANTS), missed
