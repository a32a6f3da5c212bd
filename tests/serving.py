"""``python -m scimcore serve``, as a process."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from stories import TOKEN


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Run the command with ``TOKEN`` for its token, on a free port, in an empty directory; gives the base URL."""
    command = [sys.executable, "-m", "scimcore", "serve", "--port", "0", "--token", TOKEN, *arguments]
    with (
        tempfile.TemporaryDirectory() as empty,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=empty) as process,
    ):
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield process.stdout.readline().split()[-1]
        finally:
            process.kill()
