"""Row j: a user becomes an application's record. Beside it, what accepting the same user costs: a service does both."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

from benchmarks import plain, users
from benchmarks.harness import Row, at_most, times_limit
from scimcore.documents import loads
from scimcore.profiles import CONDECO
from scimcore.resources import User
from scimcore.validation import Phase, accept, accept_json

_STREAMED = 20_000


def rows() -> Iterator[Row]:
    """Yield the rows."""
    resource_type = User.resource_type()
    user = accept(loads(users.OKTA), resource_type, Phase.CREATE)
    body = loads(users.OKTA)

    def both() -> object:
        return CONDECO.check(user), CONDECO.to_record(user)

    yield Row(
        "j profile, check and to_record, Okta user",
        both,
        limit=lambda: accept_json(users.OKTA, resource_type, Phase.CREATE),
        peers={
            "accept, read already": lambda: accept(body, resource_type, Phase.CREATE),
            "plain pydantic": lambda: plain.User.model_validate_json(users.OKTA),
        },
        targets=(times_limit(1.0, 0.7),),
        limit_name="reading and accepting it",
    )
    yield Row("j profile, to_record, Okta user", lambda: CONDECO.to_record(user))
    yield Row("j profile, prepare, Okta user", lambda: CONDECO.prepare(user))
    yield Row(
        "j profile, peak memory of a streaming pass", _peak_of_a_stream, targets=(at_most(64, 16),), unit="kB", rounds=1
    )


def _peak_of_a_stream() -> float:
    """Map many users one by one; return by how much the peak of memory is above its start, in kB of 1000 bytes."""
    template = loads(users.OKTA)
    for _ in range(10):
        CONDECO.to_record(template)
    tracemalloc.start()
    try:
        base, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        for user in _people(template):
            CONDECO.check(user)
            CONDECO.to_record(user)
        return (tracemalloc.get_traced_memory()[1] - base) / 1000
    finally:
        tracemalloc.stop()


def _people(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for number in range(_STREAMED):
        yield template | {"userName": f"grace{number}@example.com", "externalId": f"00u{number}"}
