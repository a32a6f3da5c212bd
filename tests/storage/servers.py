"""``python -m scimcore serve`` as processes, and clients that ask them."""

import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

TOKEN = "s3cret"


@contextmanager
def serving(*arguments: str, cwd: Any = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a server; gives the process and its base URL."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "scimcore",
            "serve",
            "--port",
            "0",
            "--token",
            TOKEN,
            "--log-level",
            "error",
            *arguments,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=dict(os.environ),
    )
    try:
        assert process.stdout is not None
        printed = "".join(process.stdout.readline() for _ in range(3))
        found = re.search(r"base URL +(\S+)\n", printed)
        assert found, printed
        yield process, found[1]
    finally:
        process.kill()
        process.communicate()


class Client:
    """Asks a server over one connection."""

    def __init__(self, base: str) -> None:
        url = urlsplit(base)
        assert url.hostname is not None
        self._prefix = url.path
        self._connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        fields = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json", **headers}
        content = None if body is None else json.dumps(body).encode()
        self._connection.request(method, self._prefix + path, content, fields)
        answer = self._connection.getresponse()
        read = answer.read()
        return answer.status, json.loads(read) if read else None

    def close(self) -> None:
        self._connection.close()
