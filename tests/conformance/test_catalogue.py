"""What must be true of all checks, whatever they check."""

import re
from collections import Counter

import pytest

from scimcore.conformance.catalogue import DEFAULT, SUITES
from scimcore.conformance.run import chosen
from scimcore.conformance.suites.profile import checks_of
from scimcore.profiles import BY_NAME, CONDECO

ALL = [check for suite in SUITES.values() for check in suite]


def test_there_are_many_and_each_has_an_id_of_its_own() -> None:
    twice = [id for id, count in Counter(check.id for check in ALL).items() if count > 1]
    assert not twice
    assert len(ALL) >= 400


def test_each_says_what_it_is_about() -> None:
    for check in ALL:
        assert all((check.title, check.spec, check.section, check.hint)), check.id
        assert re.fullmatch(r"[a-z0-9]+-[\w.$-]+", check.id), check.id
        assert check.source.startswith(check.spec), check.id


def test_suites_that_a_service_must_pass_are_the_usual_ones() -> None:
    assert set(DEFAULT) < set(SUITES)


def test_all_means_all() -> None:
    assert [check for _, check in chosen(["all"])] == ALL


def test_a_suite_that_is_named_twice_is_run_once() -> None:
    assert len(list(chosen(["okta", "okta"]))) == len(SUITES["okta"])


def test_patterns_choose_checks() -> None:
    found = [check.id for _, check in chosen(DEFAULT, ["rfc7644-3.4.2.2-eq*", "rfc7643-5-patch"])]
    assert "rfc7643-5-patch" in found
    assert all(id.startswith(("rfc7644-3.4.2.2-eq", "rfc7643-5-patch")) for id in found)


def test_a_profile_brings_its_checks() -> None:
    found = [suite for suite, _ in chosen(["okta"], profile=CONDECO)]
    assert found.count("profile") == len(checks_of(CONDECO))


def test_an_unknown_suite_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown suite 'rfc1149'; known: all, rfc7643"):
        list(chosen(["rfc1149"]))


@pytest.mark.parametrize("name", BY_NAME)
def test_each_profile_has_checks_for_its_rows(name: str) -> None:
    checks = checks_of(BY_NAME[name])
    assert len({check.id for check in checks}) == len(checks) > 10
