"""``python -m scimcore serve``, as a process."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scimcore.cli import main
from scimcore.cli.serve import TOKEN_VARIABLE
from scimcore.cli.servers import listen, url_of


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Run the command; gives the process, the base URL and the token that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scimcore", "serve", "--port", "0", "--storage", "memory", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        assert process.stdout is not None
        printed = "".join(process.stdout.readline() for _ in range(3))
        found = re.search(r"base URL +(\S+)\n +token +(\S+)\n", printed)
        assert found, printed
        yield process, found[1], found[2]
    finally:
        process.kill()
        process.communicate()


def get(base: str, path: str, token: str) -> tuple[int, bytes]:
    url = urlsplit(base)
    assert url.hostname is not None
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    try:
        connection.request("GET", url.path + path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("url", ["https://abc.tunnel.example", "https://abc.tunnel.example/scim/v2/"])
def test_the_url_of_a_tunnel_is_where_resources_are(url: str) -> None:
    with serving("--base-url", url) as (process, base, token):
        assert base == "https://abc.tunnel.example/scim/v2"
        assert process.stdout is not None
        listens = process.stdout.readline().split()
        assert listens[0] == "listens"
        status, body = get(f"{listens[1]}/scim/v2", "/ServiceProviderConfig", token)
    assert status == 200
    assert json.loads(body)["meta"]["location"] == "https://abc.tunnel.example/scim/v2/ServiceProviderConfig"


@pytest.fixture
def without_uvicorn(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "uvicorn.py").write_text("raise ImportError('not here')")
    paths = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("server", ["uvicorn", "standard library"])
def test_serve_answers_logs_and_stops(server: str, stop: signal.Signals, without_uvicorn: dict[str, str]) -> None:
    environment = without_uvicorn if server == "standard library" else {}
    with serving(**environment) as (process, base, token):
        assert base.startswith("http://127.0.0.1:")
        assert base.endswith("/scim/v2")
        assert len(token) > 40
        status, body = get(base, "/Users?filter=userName+eq+%22ada%22&count=2", token)
        assert (status, b'"totalResults":0' in body) == (200, True)
        assert get(base, "/Users", "wrong")[0] == 401
        assert get(base.removesuffix("/scim/v2"), "/Users", token)[0] == 404
        process.send_signal(stop)
        output, log = process.communicate(timeout=60)
    assert (process.returncode, output) == (0, "Stopped.\n"), log
    first, second, third = log.splitlines()
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d INFO GET /Users\?filter=userName eq&count=2 200 \d+\.\d ms \d+ bytes serve", first
    )
    assert " GET /Users 401 " in second
    assert " 404 " in third
    assert token not in log
    assert "wrong" not in log


def test_serve_takes_a_token() -> None:
    with serving("--token", "mine", "--log-level", "error") as (process, base, token):
        assert token == "mine"
        assert get(base, "/ServiceProviderConfig", "mine")[0] == 200
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=60)[1] == ""
    with serving(**{TOKEN_VARIABLE: "from-environment"}) as (_, base, token):
        assert token == "from-environment"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--dialect", "klingon"], "unknown dialect 'klingon'; known: strict, tolerant, okta, entra"),
        (["--profile", "klingon"], "unknown profile 'klingon'; known: CONDECO, ENGAGE, "),
        (["--profile-mode", "strict"], "--profile-mode needs a --profile"),
        (["--profile", "condeco", "--profile-mode", "loose"], "invalid choice: 'loose'"),
        (["--storage", "cloud"], "unknown storage 'cloud'; known: memory|sqlite:PATH|postgresql://..."),
        (["--storage", "sqlite:"], "sqlite: needs the path of a file"),
        (["--storage", "sqlite://"], "sqlite: needs the path of a file"),
        (["--storage", "sqlite:/no/such/place/scim.db"], "cannot open the database: [Errno 2] No such file"),
        (["--log-level", "loud"], "unknown log level 'loud'; known: debug, info, warning, error"),
        (["--token", ""], "bearer token"),
        (["--port", "99999"], "a port is a number"),
        (["--host", "no.such.host.invalid"], "cannot listen"),
        (["--base-url", "abc.tunnel.example"], "--base-url is a URL such as https://host, not 'abc.tunnel.example'"),
        (["--port", "http"], "invalid int value"),
    ],
)
def test_mistakes_are_explained(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["serve", "--storage", "memory", *arguments])
    assert caught.value.code == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["dance"]])
def test_a_command_is_needed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "says"), [(["--help"], "serve"), (["serve", "--help"], "--token")])
def test_help(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    assert says in capsys.readouterr().out


def test_an_address_that_is_taken_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = url_of(listener).rsplit(":", 1)[1]
        with pytest.raises(SystemExit):
            main(["serve", "--storage", "memory", "--port", port, "--token", "x"])
    assert f"cannot listen on 127.0.0.1 port {port}" in capsys.readouterr().err


def test_a_url_of_ipv6_has_brackets() -> None:
    try:
        listener = listen("::1", 0)
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with listener:
        assert re.fullmatch(r"http://\[::1\]:\d+", url_of(listener))
