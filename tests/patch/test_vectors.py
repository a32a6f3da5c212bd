import copy
from typing import Any

import pytest

from patch.vectors import body_of, cases, normal, type_of
from scimcore.dialects import ENTRA, TOLERANT, Dialect
from scimcore.errors import ScimError
from scimcore.messages import Patch

CASES = [
    *((case, ENTRA if case["quirk"] else TOLERANT) for case in cases("patches.json")),
    *((case, ENTRA) for case in cases("quirk_patches.json")),
]


def _visible(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "password"}


@pytest.mark.parametrize(("case", "dialect"), CASES, ids=[case["id"] for case, _ in CASES])
def test_vector(case: dict[str, Any], dialect: Dialect) -> None:
    before = copy.deepcopy(case["before"])

    if "error" in case:
        with pytest.raises(ScimError) as caught:
            Patch.model_validate(body_of(case)).applied_to(before, dialect=dialect, resource_type=type_of(case))
        assert caught.value.status == case["error"]["status"]
        assert caught.value.scim_type in (case["error"]["scimType"], *case["error"].get("accept", ()))
    else:
        patch = Patch.model_validate(body_of(case))
        patched = patch.applied_to(before, dialect=dialect, resource_type=type_of(case))
        assert normal(_visible(patched.document)) == normal(case["after"])
        if case.get("noop"):
            assert patched.document is before
            assert patched.changes == ()
        again = patch.applied_to(patched.document, dialect=dialect, resource_type=type_of(case))
        assert again.changes == (), "every success of the vectors is idempotent"

    assert before == case["before"], "the input is never mutated"
