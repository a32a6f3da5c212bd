"""Row j: a user becomes an application's record. Beside it, what accepting the same user costs: a service does both.

``python -m benchmarks.profiles`` maps a million users in one pass, as a migration would: each is read from its line of
JSON, checked and mapped, and its record is written. It tells the time, and by how much memory has grown behind the
first hundredth. ``--users N`` takes another number.
"""

import argparse
import itertools
import os
import resource
import sys
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

from benchmarks import plain, users
from benchmarks.harness import Row, at_most, times_limit
from scimcore.documents import dumps, loads
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
    yield Row(
        "j profile, map (both at once), Okta user",
        lambda: CONDECO.map(user),
        limit=lambda: accept(body, resource_type, Phase.CREATE),
        peers={"model_validate": lambda: User.model_validate(body)},
        targets=(times_limit(1.0, 0.7),),
        limit_name="accepting it, read already",
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
            CONDECO.map(user)
        return (tracemalloc.get_traced_memory()[1] - base) / 1000
    finally:
        tracemalloc.stop()


def _people(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for number in range(_STREAMED):
        yield template | {"userName": f"grace{number}@example.com", "externalId": f"00u{number}"}


def _lines(count: int) -> Iterator[bytes]:
    """Write users as a directory's export would, each another one; every hundredth has no mapped phone."""
    template = loads(users.OKTA)
    for number in range(count):
        user = template | {"userName": f"grace{number}@example.com", "externalId": f"00u{number:017}"}
        if number % 100 == 0:
            user["phoneNumbers"] = [{"value": f"+1 202 {number:07}", "type": "home"}]
        yield dumps(user)


def _mapped(lines: Iterator[bytes], sink: int) -> tuple[int, int]:
    """Map users line by line; return how many there were, and how many could not be accepted."""
    count = refused = 0
    for line in lines:
        record, findings = CONDECO.map(loads(line))
        count += 1
        refused += bool(findings)
        os.write(sink, dumps(record))
    return count, refused


def _high_water_kilobytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "linux" else 1024)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profiles", description="Map many users in one pass.")
    parser.add_argument("--users", type=int, default=1_000_000, metavar="N", help="how many (default: a million)")
    count = parser.parse_args().users
    lines = _lines(count)
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        _mapped(itertools.islice(lines, count // 100), sink)
        early = _high_water_kilobytes()
        started = time.perf_counter()
        mapped, refused = _mapped(lines, sink)
        seconds = time.perf_counter() - started
    finally:
        os.close(sink)
    grown = _high_water_kilobytes() - early
    print(f"{mapped} users in {seconds:.1f} s ({seconds / mapped * 1e6:.1f} us each), {refused} refused")
    print(f"peak memory {early / 1024:.1f} MiB after the first hundredth, {grown:.0f} KiB more at the end")


if __name__ == "__main__":
    main()
