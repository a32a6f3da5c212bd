"""The examples as programs, and what stands around SCIM in their hosts. What SCIM answers is for the exchanges."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from doors import AUTHENTICATE, TOKEN, SuspendingStorage
from outside import APPS, EXAMPLES, FRAMEWORKS, PREFIX, example
from scimcore import asgi
from scimcore.memory import MemoryStorage
from scimcore.service.provider import Provider
from stories.sockets import HOST, SERVERS, client

HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}


@contextmanager
def running(name: str, port: int) -> Iterator[None]:
    """Run an example as its first line says, on a port of our own."""
    file = EXAMPLES / f"{name}_app.py"
    text = file.read_text(encoding="utf-8")
    assert f"``python examples/{file.name}``" in text.splitlines()[0]
    process = subprocess.Popen(
        [sys.executable, str(file)],
        env={**os.environ, "SCIM_TOKEN": TOKEN, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        for _ in range(600):
            try:
                socket.create_connection((HOST, port)).close()
                break
            except OSError:
                assert process.poll() is None, process.communicate()[1].decode()
                time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("name", sorted(FRAMEWORKS))
def test_an_example_runs(name: str) -> None:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    with running(name, port), client(f"http://{HOST}:{port}{PREFIX}") as send:
        user = json.dumps({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada"}).encode()
        status, _, body = send("POST", "/Users", HEADERS, user)
        assert status == 201
        assert json.loads(body)["meta"]["location"].startswith(f"http://{HOST}:{port}{PREFIX}/Users/")
        assert send("GET", "/Users", {})[0] == 401


@pytest.mark.parametrize("name", sorted(FRAMEWORKS))
def test_the_host_keeps_its_own_paths(name: str) -> None:
    kind, make = APPS[name]
    with SERVERS[kind](make(Provider())) as url, client(url) as send:
        status, _, body = send("GET", "/", {})
        assert (status, b"host's own page" in body) == (200, True)
        for path in ("/scim", "/scim/v2x/Users", "/Users"):
            status, headers, _ = send("GET", path, HEADERS)
            assert status == 404
            assert "scim" not in dict(headers).get("content-type", "")
        assert send("GET", f"{PREFIX}/Users/", HEADERS)[0] == 200


@pytest.mark.parametrize("name", sorted(FRAMEWORKS))
def test_a_body_of_any_size_is_answered(name: str) -> None:
    kind, make = APPS[name]
    with SERVERS[kind](make(Provider())) as url, client(url + PREFIX) as send:
        status, _, body = send("POST", "/Users", HEADERS, b" " * 5_000_000)
        assert (status, json.loads(body)["status"]) == (413, "413")


@pytest.mark.parametrize("name", [name for name, (kind, _) in APPS.items() if kind == "asgi"])
def test_a_client_that_leaves_in_the_middle_of_a_body_has_done_nothing(name: str) -> None:
    with SERVERS["asgi"](APPS[name][1](Provider())) as url, client(url + PREFIX) as send:
        connection = http.client.HTTPConnection(url.removeprefix("http://"))
        connection.putrequest("POST", f"{PREFIX}/Users")
        for field, value in {**HEADERS, "Content-Length": "500"}.items():
            connection.putheader(field, value)
        connection.endheaders(b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "half"}')
        connection.close()
        assert json.loads(send("GET", "/Users", HEADERS)[2])["totalResults"] == 0


def test_starlette_starts_and_stops_the_store() -> None:
    class Started(SuspendingStorage):
        told: tuple[str, ...] = ()

        async def start(self) -> None:
            self.told += ("start",)

        async def stop(self) -> None:
            self.told += ("stop",)

    storage = Started(MemoryStorage())
    app = example("starlette_app").create_app(asgi.ScimApp(Provider(), storage, authenticate=AUTHENTICATE))
    with SERVERS["asgi"](app) as url, client(url) as send:
        assert send("GET", "/", {})[0] == 200
        assert storage.told == ("start",)
    assert storage.told == ("start", "stop")


def test_the_page_of_the_examples_names_each() -> None:
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\((\w+_app\.py)\)", page)) == {file.name for file in EXAMPLES.glob("*_app.py")}
