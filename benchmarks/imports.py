"""Row h, import: what a process pays before it does anything. Each figure is that of a fresh interpreter."""

import functools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec

from benchmarks.harness import LIMIT, Row, above, faster_than, times_limit

_PYDANTIC = "from pydantic import BaseModel, Field"
# scimcore loads a name when it is first used: what that defers is measured as well.
_CORE = {
    "h import scimcore": "import scimcore",
    "h import, models, gate and projection": "import scimcore.resources, scimcore.validation, scimcore.projection",
    "h import, every name of scimcore": "from scimcore import *",
}
_FILTER = "from scimcore.filter import parse"  # the package loads its names when they are first used


def rows() -> Iterator[Row]:
    """Yield the rows."""
    # Once, so that nobody pays for compiling.
    peer = "import scim2_models" if find_spec("scim2_models") else None
    for statement in filter(None, [_PYDANTIC, *_CORE.values(), peer]):
        _milliseconds(statement)()
    for name, statement in _CORE.items():
        yield Row(
            name,
            _milliseconds(statement),
            limit=_milliseconds(_PYDANTIC),
            peers={"scim2-models": _milliseconds(peer) if peer else None},
            targets=(faster_than("scim2-models", 2, 2.5), times_limit(1.5, 1.2), above(LIMIT, 60, 30)),
            unit="ms",
            limit_name="importing pydantic",
            rounds=11,
        )
    if find_spec("scimcore.filter"):
        _process_milliseconds(_FILTER)()
        yield Row(
            "h process that imports the filter parser",
            _process_milliseconds(_FILTER),
            limit=_process_milliseconds("pass"),
            targets=(times_limit(2.5, 2.0),),
            unit="ms",
            limit_name="an empty process",
            rounds=11,
        )


def _milliseconds(statement: str) -> Callable[[], float]:
    """Time a statement from inside a new interpreter, so that its own start does not count."""
    code = f"from time import perf_counter as now; t = now()\n{statement}\nprint((now() - t) * 1000)"
    return functools.partial(_told, code)


def _process_milliseconds(statement: str) -> Callable[[], float]:
    """Time a new interpreter from outside, from its start to its end."""
    return functools.partial(
        _told,
        "import subprocess, sys; from time import perf_counter as now; t = now()\n"
        f"subprocess.run([sys.executable, '-c', {statement!r}], check=True)\n"
        "print((now() - t) * 1000)",
    )


def _told(code: str) -> float:
    # Everyone's byte code is kept in a place of our own: whether the installed packages may keep theirs is chance.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": _byte_code()}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    return float(told.stdout)


@functools.cache
def _byte_code() -> str:
    directory = tempfile.TemporaryDirectory(prefix="scimcore-benchmarks-")
    _KEPT.append(directory)
    return directory.name


_KEPT: list[tempfile.TemporaryDirectory[str]] = []  # removed when the process ends
