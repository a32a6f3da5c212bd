"""Rows g loopback: one worker under uvicorn, asked over 32 connections of this machine.

What is measured is how long the server's process computes for each request, its system calls included. That is what
its rate follows from once it is busy, and neither a slow client nor another process on the machine changes it.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count, cycle

from benchmarks.harness import Row, faster_than, optional, times_limit
from benchmarks.services import TOKEN, creating, name_of, peer_modules
from scimcore import urns
from scimcore.documents import dumps

PEER = "scim2-server"
_STORED = 10_000
_CONNECTIONS = 32
_TURNS = 12  # of all connections in one round
_fresh = count(50_000_000)


def rows() -> Iterator[Row]:
    """Yield the rows, if there is a server."""
    if not optional("uvicorn"):
        return
    for name, requests, targets in (
        ("GET by id", _gets, (faster_than(PEER, 6, 12), times_limit(1 / 0.35, 1 / 0.6))),
        ("filter userName eq", _filters, (faster_than(PEER, 8, 18),)),
        ("POST Okta user", _posts, (faster_than(PEER, 4, 8),)),
        ("PATCH replace one", _patches, (faster_than(PEER, 5, 9),)),
    ):
        yield Row(
            f"g loopback, {name}, {_STORED:,} stored",
            _asking("scimcore", requests),
            limit=_asking("bare", requests) if requests is _gets else None,
            peers={PEER: _asking(PEER, requests) if peer_modules() else None},
            targets=targets,
            unit="µs of CPU",
            limit_name="ASGI and bytes",
            rounds=15,
        )


def _gets(ids: list[str]) -> Iterator[bytes]:
    return cycle([_request("GET", f"/v2/Users/{id}") for id in ids])


def _filters(ids: list[str]) -> Iterator[bytes]:
    names = [name_of(number * 97 % _STORED) for number in range(100)]
    return cycle([_request("GET", f"/v2/Users?filter=userName+eq+%22{name}%22") for name in names])


def _posts(ids: list[str]) -> Iterator[bytes]:
    return (_request("POST", "/v2/Users", creating(number).body) for number in _fresh)


def _patches(ids: list[str]) -> Iterator[bytes]:
    bodies = [
        dumps({"schemas": [urns.PATCH_OP], "Operations": [{"op": "replace", "path": "title", "value": title}]})
        for title in ("Pilot", "Captain")
    ]
    return cycle([_request("PATCH", f"/v2/Users/{id}", body) for body in bodies for id in ids])


def _request(method: str, path: str, body: bytes = b"") -> bytes:
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: benchmark\r\n"
        f"Accept: application/scim+json\r\nAuthorization: Bearer {TOKEN}\r\n"
    )
    if body:
        head += f"Content-Type: application/scim+json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


class _Server:
    """A server's process and the connections to it."""

    def __init__(self, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.served", name, str(_STORED)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout
        told = json.loads(self.process.stdout.readline())
        self.ids: list[str] = told["ids"]
        self.connections = [socket.create_connection(("127.0.0.1", told["port"])) for _ in range(_CONNECTIONS)]
        for connection in self.connections:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def cpu(self) -> float:
        self.connections[0].sendall(b"GET /cpu HTTP/1.1\r\nHost: x\r\n\r\n")
        return float(_answer(self.connections[0])[1])


def _received(connection: socket.socket) -> bytes:
    some = connection.recv(65_536)
    assert some, "the server hung up"
    return some


def _answer(connection: socket.socket) -> tuple[int, bytes]:
    received = _received(connection)
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += _received(connection)
    head = received[:end].lower()
    length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
    body = received[end + 4 :]
    if not length and b"transfer-encoding: chunked" in head:
        while not body.endswith(b"0\r\n\r\n"):
            body += _received(connection)
        return int(head[9:12]), body
    while len(body) < int(length or 0):
        body += _received(connection)
    return int(head[9:12]), body


# Kept for all rows, and ended with this process, whose end of their input closes.
_server = cache(_Server)


def _asking(name: str, requests: Callable[[list[str]], Iterator[bytes]]) -> Callable[[], float]:
    turns: list[Iterator[bytes]] = []

    def run() -> float:
        server = _server(name)
        if not turns:
            turns.append(requests(server.ids))
        before = server.cpu()
        for _ in range(_TURNS):
            for connection in server.connections:
                connection.sendall(next(turns[0]))
            for connection in server.connections:
                status, body = _answer(connection)
                assert status in (200, 201, 204), body
        return (server.cpu() - before) / (_TURNS * _CONNECTIONS) * 1e6

    return run
