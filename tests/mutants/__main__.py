"""``python -m mutants``: how many of the mutants are found, by this project's suite and by two others side by side.

The others run in an environment of their own: ``--peers PYTHON`` names its interpreter
(``pip install scim2-tester scim2-client[httpx2] scim-sanity``). Without it, only this project's suite is asked.
"""

import argparse
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from mutants.catalogue import MUTANTS
from mutants.verdicts import find, record
from mutants.world import TOKEN, App

UNMUTATED = "as it is"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("--peers", metavar="PYTHON", help="the interpreter of the environment that has the others")
    parser.add_argument("--only", nargs="*", help="ids of mutants")
    parser.add_argument("--record", action="store_true", help="write down which check finds which mutant")
    parser.add_argument("--show", action="store_true", help="a line for each mutant")
    arguments = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if not arguments.only or mutant.id in arguments.only]
    with ProcessPoolExecutor(2) as pool:
        ours = dict(pool.map(find, [mutant.id for mutant in chosen], chunksize=8))
    if arguments.record:
        record({id: check for id, check in ours.items() if check})
    found = {"scimcore": {id for id, check in ours.items() if check}}
    if arguments.peers:
        found |= _others(arguments.peers, [mutant.id for mutant in chosen])
    for mutant in chosen:
        if arguments.show:
            marks = " ".join(f"{name if mutant.id in ids else '-':14}" for name, ids in found.items())
            print(f"{marks} {mutant.id:36} {mutant.about}")
    for name, ids in found.items():
        print(f"{name:14} {len(ids):4} of {len(chosen)}  {len(ids) / len(chosen):6.1%}")
    missed = [mutant.id for mutant in chosen if mutant.id not in found["scimcore"]]
    print("not found by scimcore:", ", ".join(missed) or "none")
    return 0


def _others(python: str, ids: list[str]) -> dict[str, set[str]]:
    """Let the other judges look at the mutants, all behind one server, and at the service as it is."""
    server = make_server("127.0.0.1", 0, _dispatch, _Server, _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    global _base
    _base = f"http://127.0.0.1:{server.server_port}"
    found: dict[str, set[str]] = {}
    usual: dict[str, Counter[str]] = {}
    for verdict in _asked(python, [UNMUTATED, *ids]):
        judge, complaints = verdict["judge"], Counter(verdict["complaints"])
        if verdict["id"] == UNMUTATED:
            usual[judge], found[judge] = complaints, set()
            print(f"{judge} says of the service as it is: {dict(complaints) or 'nothing'}", file=sys.stderr)
        elif complaints - usual[judge]:
            found[judge].add(verdict["id"])
    server.shutdown()
    return found


def _asked(python: str, ids: list[str]) -> Iterator[dict[str, Any]]:
    script = Path(__file__).with_name("judges.py")
    with subprocess.Popen([python, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as judges:
        assert judges.stdin is not None
        assert judges.stdout is not None
        for id in ids:
            url = f"{_base}/{'-' if id == UNMUTATED else id}"
            judges.stdin.write(json.dumps({"id": id, "url": url, "token": TOKEN}) + "\n")
            judges.stdin.flush()
            for _ in range(2):
                yield json.loads(judges.stdout.readline())
        judges.stdin.close()


_base = ""
_apps: dict[str, App] = {}
_arounds = {mutant.id: mutant.around for mutant in MUTANTS}


def _dispatch(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Serve each mutant below a path of its own."""
    name, slash, rest = environ["PATH_INFO"].lstrip("/").partition("/")
    if name not in _apps:
        _apps[name] = App(_arounds.get(name), base_url=f"{_base}/{name}")
    environ["PATH_INFO"] = slash + rest
    return _apps[name](environ, start_response)


if __name__ == "__main__":
    sys.exit(main())
