"""Rows f, g, i: a service with its store in memory, from a request that was read to the bytes of its answer.

Both services are asked below their web adapters, so that no framework is measured; ``adapters`` and ``loopback`` are
about those. "stored" says how many users there are.
"""

from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import count, cycle
from time import thread_time
from typing import Any

from pydantic import TypeAdapter

from benchmarks import plain, users
from benchmarks.harness import LIMIT, Row, at_most, faster_than, measure, times_limit
from benchmarks.services import Asked, Service, creating, name_of, own, peer, peer_modules
from scimcore import urns
from scimcore.documents import dumps, loads

PEER = "scim2-server"
SIZES = (1_000, 10_000, 100_000)
# A service that answers a request in a millisecond answers some in each round, and not the first alone.
_HOT = 0.002
_fresh = count(10_000_000)

_own = cache(own)
_peer = cache(peer)


def rows() -> Iterator[Row]:
    """Yield the rows."""
    for size in SIZES:
        yield from _reading(size)
    yield from _flat()
    yield _first_call()
    for size in SIZES:
        yield from _writing(size)
    yield from _bulk()


def _reading(size: int) -> Iterator[Row]:
    yield Row(
        f"g GET by id, {size:,} stored",
        _own(size).asking(_getting(_own(size))),
        peers=_beside(size, _getting),
        targets=(faster_than(PEER, 40, 150), at_most(45, 12)),
        inner_seconds=_HOT,
        clock=thread_time,
    )
    yield Row(
        f"g filter userName eq, {size:,} stored",
        _own(size).asking(_finding(size)),
        peers=_beside(size, lambda _: _finding(size)),
        targets=(faster_than(PEER, 40, 100), at_most(90, 40)),
        inner_seconds=_HOT,
        clock=thread_time,
    )
    yield Row(
        f"g page of 100, {size:,} stored",
        _own(size).asking(_listing(100)),
        peers=_beside(size, lambda _: _listing(100)),
        targets=(faster_than(PEER, 200, 2_000), at_most(1_000, 100)),
        clock=thread_time,
        rounds=31,
    )
    if size > SIZES[0]:
        return
    for page in (100, 1_000):
        yield Row(
            f"f list {page:,}, {size:,} stored",
            _own(size).asking(_listing(page)),
            limit=_plain_page(page),
            peers=_beside(size, lambda _, page=page: _listing(page)),
            targets=(faster_than(PEER, 100, 1_000), times_limit(1.5, 0.25)),
            clock=thread_time,
            limit_name="plain pydantic to_json",
            rounds=31,
        )


def _flat() -> Iterator[Row]:
    """Yield how much dearer the same request is with a hundred times as many users."""
    small, large = _own(SIZES[0]), _own(SIZES[-1])
    for name, asked in (
        ("GET by id", _getting),
        ("filter userName eq", lambda service: _finding(SIZES[0])),
        ("page of 100", lambda service: _listing(100)),
    ):
        row = Row("", large.asking(asked(large)), limit=small.asking(asked(small)), clock=thread_time)
        yield Row(
            f"g {name}, 100,000 stored by 1,000",
            lambda row=row: 1 / measure(row, seconds=1).ratios[LIMIT],
            targets=(at_most(1.3, 1.1),),
            unit="x",
            rounds=3,
        )


def _first_call() -> Row:
    return Row(
        "g first filter userName eq after start, 10,000 stored",
        partial(_first, own),
        peers={PEER: partial(_first, peer) if peer_modules() else None},
        targets=(faster_than(PEER, 40, 100), at_most(1_000, 200)),
        unit="µs the first time",
        rounds=3,
    )


def _first(make: Callable[[int], Service | None]) -> float:
    service = make(10_000)
    assert service is not None
    # What is compiled once in a process has been compiled by now.
    prepared = service.prepare(_finding(10_000))
    started = thread_time()
    service.run(prepared)
    return (thread_time() - started) * 1e6


def _writing(size: int) -> Iterator[Row]:
    yield Row(
        f"g POST Okta user, {size:,} stored",
        _posting(_own(size)),
        limit=_plain_post(),
        peers={PEER: _posting(service) if (service := _peer(size)) else None},
        targets=(faster_than(PEER, 15, 28), times_limit(2.5, 1.5)),
        inner_seconds=_HOT,
        clock=thread_time,
        limit_name="plain pydantic, dumps, a dict",
    )
    yield Row(
        f"g PATCH replace one, {size:,} stored",
        _patching(_own(size)),
        peers={PEER: _patching(service) if (service := _peer(size)) else None},
        targets=(faster_than(PEER, 30, 150), at_most(80, 30)),
        inner_seconds=_HOT,
        clock=thread_time,
    )


def _bulk() -> Iterator[Row]:
    yield Row(
        "i bulk of 1,000 POST",
        _in_bulk(_own(SIZES[0])),
        limit=_plain_thousand,
        # The peer reads a mebibyte at most.
        peers={PEER: _in_bulk(service, messages=2) if (service := _peer(SIZES[0])) else None},
        targets=(faster_than(PEER, 12, 30), times_limit(7, 3)),
        unit="ms",
        rounds=5,
    )


# Requests ------------------------------------------------------------------------------------------------------------


def _getting(service: Service) -> Asked:
    return Asked("GET", f"/Users/{service.ids[-1]}")


def _finding(size: int) -> Asked:
    return Asked("GET", "/Users", {"filter": f'userName eq "{name_of(size // 2)}"', "startIndex": "1", "count": "100"})


def _listing(count: int) -> Asked:
    return Asked("GET", "/Users", {"startIndex": "1", "count": str(count)})


def _posting(service: Service) -> Callable[[], object]:
    return lambda: service.answer(creating(next(_fresh)), 201)


def _patching(service: Service) -> Callable[[], object]:
    bodies = [
        dumps({"schemas": [urns.PATCH_OP], "Operations": [{"op": "replace", "path": "title", "value": title}]})
        for title in ("Pilot", "Captain")
    ]
    turns = cycle(service.prepare(Asked("PATCH", f"/Users/{id}", body=body)) for body in bodies for id in service.ids)
    # The peer answers 204 to a PATCH, and writes less.
    assert service.run(next(turns))[0] in (200, 204)
    return lambda: service.run(next(turns))


def _in_bulk(service: Service, *, messages: int = 1) -> Callable[[], float]:
    """Create a thousand users; in several messages where a service reads none so large."""
    size = 1_000 // messages

    def message() -> Any:
        operations = [
            {"method": "POST", "path": "/Users", "bulkId": f"user-{number}", "data": loads(creating(next(_fresh)).body)}
            for number in range(size)
        ]
        body = dumps({"schemas": [urns.BULK_REQUEST], "Operations": operations})
        return service.prepare(Asked("POST", "/Bulk", body=body))

    def run() -> float:
        prepared = [message() for _ in range(messages)]
        started = thread_time()
        answers = [service.run(each) for each in prepared]
        lasted = thread_time() - started
        for status, body in answers:
            assert status == 200, body[:500]
            assert body.count(b'"201"') == size, body[:500]
        return lasted * 1_000

    return run


def _beside(size: int, asked: Callable[[Service], Asked]) -> dict[str, Any]:
    service = _peer(size)
    return {PEER: service.asking(asked(service)) if service else None}


# Limits --------------------------------------------------------------------------------------------------------------


def _plain_page(size: int) -> Callable[[], object]:
    page = [plain.User.model_validate_json(users.okta_user(number)) for number in range(size)]
    adapter = TypeAdapter(list[plain.User])
    return lambda: adapter.dump_json(page, exclude_none=True, by_alias=True)


def _plain_post() -> Callable[[], object]:
    store: dict[int, bytes] = {}

    def post() -> bytes:
        number = next(_fresh)
        user = plain.User.model_validate_json(creating(number).body)
        text = store[number] = user.model_dump_json(exclude_none=True, by_alias=True).encode()
        return text

    return post


def _plain_thousand() -> float:
    bodies = [creating(number).body for number in range(1_000)]
    started = thread_time()
    for body in bodies:
        plain.User.model_validate_json(body)
    return (thread_time() - started) * 1_000
