"""The identity providers' stories against a provider with a profile: what its rules change, and nothing else."""

import pytest

from scimcore import Provider, asgi
from scimcore.dialects import BY_NAME as DIALECTS
from scimcore.memory import MemoryStorage
from scimcore.profiles import CONDECO, ENGAGE, ENTRA_DEFAULT, EPTURA, OKTA_DEFAULT, Profile
from stories import TOKEN, play, read
from stories.sockets import SERVERS, client

# Okta's SPEC test creates a user without externalId.
WITHOUT_EXTERNAL_ID = CONDECO.extend(require_external_id=False)
# DELETE leaves a user who is not active.
STILL_THERE = {
    "bo-gone": "status is 200",
    "bo-gone-patch": "status is 200",
    "bo-gone-lookup": "totalResults is 1",
    "crew-without-bo": "not a list of 1",
    "bo2-create": "status is 409",
}
# Which steps end otherwise, and why: step: words of the answer.
CASES: list[tuple[str, str, Profile, dict[str, str]]] = [
    ("okta_spec_test", "okta", WITHOUT_EXTERNAL_ID, {}),
    ("okta_spec_test", "okta", EPTURA, {}),
    ("okta_lifecycle", "okta", CONDECO, {"spec-create": "'externalId' is required"}),
    ("okta_lifecycle", "okta", WITHOUT_EXTERNAL_ID, {}),
    ("okta_lifecycle", "okta", ENGAGE, {"spec-create": "'externalId' is required"}),
    ("okta_lifecycle", "okta", EPTURA, {}),
    ("okta_lifecycle", "okta", OKTA_DEFAULT, {}),
    ("okta_full_lifecycle", "okta", CONDECO, {}),
    ("okta_full_lifecycle", "okta", ENGAGE, {}),
    ("okta_full_lifecycle", "okta", EPTURA, STILL_THERE),
    ("okta_full_lifecycle", "okta", OKTA_DEFAULT, {}),
    # It sends a name that is taken, and nothing else: what else is missing is found first.
    ("entra_lifecycle", "entra", CONDECO, {"step-14": "'name.givenName' is required"}),
    ("entra_lifecycle", "entra", ENTRA_DEFAULT, {}),
    ("entra_full_lifecycle", "entra", ENTRA_DEFAULT, {}),
    ("entra_condeco", "entra", CONDECO, {}),
    ("entra_condeco", "entra", ENGAGE, {}),
]


@pytest.mark.parametrize(("story", "sender", "profile", "otherwise"), CASES, ids=range(len(CASES)))
def test_story(story: str, sender: str, profile: Profile, otherwise: dict[str, str]) -> None:
    provider = Provider(profile=profile, dialect=DIALECTS[sender])
    app = asgi.ScimApp(provider, MemoryStorage(), authenticate=asgi.bearer_tokens({TOKEN: sender}))
    with SERVERS["asgi"](app) as base, client(base) as send:
        played = play(read(story), send, {"base": base, "token": TOKEN})
    problems = {name: str(step) for name, step in played.items() if step.problems}
    assert problems.keys() == otherwise.keys(), "\n".join(problems.values())
    for name, words in otherwise.items():
        assert words in problems[name]
