"""The contract can fail: each of these stores has one fault, and a rule finds it."""

from typing import Any

import pytest

from scimcore.conformance.storage import RULES
from scimcore.conformance.storage_trial import Broken, Trial, run
from storage.broken import BROKEN, Sound

BY_NAME = {rule.name: rule for rule in RULES}


def trial_of(storage: Any) -> Trial:
    tenants = [storage.for_tenant(name) for name in ("one", "two")] if hasattr(storage, "for_tenant") else []
    return Trial(storage, tenants)


@pytest.mark.parametrize("kind", BROKEN, ids=lambda kind: kind.__name__)
def test_a_fault_is_found(kind: type) -> None:
    storage = kind()
    with pytest.raises((Broken, TypeError)):
        run(BY_NAME[BROKEN[kind]].try_on(trial_of(storage)))
    if isinstance(storage, Sound):
        storage.close()


def test_each_rule_can_fail() -> None:
    # These are about what adds up when many write at once; what is lost there is caught by the rules on versions.
    others = {"no_update_is_lost", "members_of_several_add_up"}
    assert set(BROKEN.values()) >= set(BY_NAME) - others
