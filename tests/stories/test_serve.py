"""What Okta and Entra ID send, every step of it, to ``serve`` as an administrator starts it for them."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from serving import serving
from stories import TOKEN, Answer, Send, play, read
from stories.sockets import HOST, client


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("okta_spec_test", ()),
        ("okta_lifecycle", ()),
        ("okta_full_lifecycle", ()),
        ("okta_full_lifecycle", ("--profile", "condeco", "--storage", "sqlite:scim.db")),
        ("entra_lifecycle", ("--dialect", "entra")),
        ("entra_full_lifecycle", ("--dialect", "entra", "--storage", "sqlite:scim.db")),
    ],
)
def test_every_step(name: str, arguments: tuple[str, ...]) -> None:
    with serving(*arguments) as base, client(base) as send:
        played = play(read(name), send, {"base": base, "token": TOKEN})
    assert len(played) >= 12
    assert not [str(step) for step in played.values() if step.problems]


# After so many requests the process is killed, and another one goes on.
REQUESTS_OF_A_LIFE = 60


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("okta_full_lifecycle", ("--profile", "condeco")), ("entra_full_lifecycle", ("--dialect", "entra"))],
)
def test_a_service_that_is_restarted(name: str, arguments: tuple[str, ...], tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as free:
        port = str(free.getsockname()[1])
    arguments = (*arguments, "--storage", f"sqlite:{tmp_path / 'scim.db'}", "--port", port)
    lives = 0
    with ExitStack() as life:
        send: Send

        def restarting(method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
            nonlocal lives, requests, send
            if requests % REQUESTS_OF_A_LIFE == 0:
                life.close()
                send = life.enter_context(client(life.enter_context(serving(*arguments))))
                lives += 1
            requests += 1
            return send(method, path, headers, body)

        requests = 0
        base = f"http://{HOST}:{port}/scim/v2"
        played = play(read(name), restarting, {"base": base, "token": TOKEN})
    assert lives == 3
    assert not [str(step) for step in played.values() if step.problems]
