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
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
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
    parser.add_argument("--journal", type=Path, metavar="FILE", help="keeps what the others have said, to go on later")
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
        found |= _others(arguments.peers, [mutant.id for mutant in chosen], arguments.journal)
    for mutant in chosen:
        if arguments.show:
            marks = " ".join(f"{name if mutant.id in ids else '-':14}" for name, ids in found.items())
            print(f"{marks} {mutant.id:36} {mutant.about}")
    for name, ids in found.items():
        print(f"{name:14} {len(ids):4} of {len(chosen)}  {len(ids) / len(chosen):6.1%}")
    missed = [mutant.id for mutant in chosen if mutant.id not in found["scimcore"]]
    print("not found by scimcore:", ", ".join(missed) or "none")
    return 0


def _others(python: str, ids: list[str], journal: Path | None) -> dict[str, set[str]]:
    """Let the other judges look at the service as it is and at the mutants, all behind one server.

    A journal keeps what was said, so that a run can go on where an earlier one ended.
    """
    server = make_server("127.0.0.1", 0, _dispatch, _Server, _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    global _base
    _base = f"http://127.0.0.1:{server.server_port}"
    said = [json.loads(line) for line in journal.read_text().splitlines()] if journal and journal.exists() else []
    done = {verdict["id"] for verdict in said if verdict["judge"] == LAST}
    missing = [id for id in [UNMUTATED, *ids] if id not in done]
    with ThreadPoolExecutor(_PROCESSES) as pool:
        for verdicts in pool.map(lambda share: list(_asked(python, share, journal)), _shares(missing)):
            said += verdicts
    server.shutdown()
    usual: dict[str, Counter[str]] = {v["judge"]: Counter(v["complaints"]) for v in said if v["id"] == UNMUTATED}
    for judge, complaints in usual.items():
        print(f"{judge} says of the service as it is: {dict(complaints) or 'nothing'}", file=sys.stderr)
    found: dict[str, set[str]] = {judge: set() for judge in usual}
    for verdict in said:
        if verdict["id"] in ids and Counter(verdict["complaints"]) - usual[verdict["judge"]]:
            found[verdict["judge"]].add(verdict["id"])
    return found


def _shares(ids: list[str]) -> list[list[str]]:
    return [ids[start::_PROCESSES] for start in range(_PROCESSES)]


def _asked(python: str, ids: list[str], journal: Path | None) -> Iterator[dict[str, Any]]:
    script = Path(__file__).with_name("judges.py")
    with subprocess.Popen([python, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as judges:
        assert judges.stdin is not None
        assert judges.stdout is not None
        for id in ids:
            url = f"{_base}/{'-' if id == UNMUTATED else id}"
            judges.stdin.write(json.dumps({"id": id, "url": url, "token": TOKEN}) + "\n")
            judges.stdin.flush()
            lines = [judges.stdout.readline() for _ in range(2)]
            if journal:
                with _writing, journal.open("a") as file:
                    file.writelines(lines)
            yield from map(json.loads, lines)
        judges.stdin.close()


LAST = "scim-sanity"
_PROCESSES = 2
_writing = threading.Lock()
_base = ""
_apps: dict[str, App] = {}
_arounds = {mutant.id: mutant.around for mutant in MUTANTS}


def _dispatch(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Serve each mutant below a path of its own."""
    name, slash, rest = environ["PATH_INFO"].lstrip("/").partition("/")
    if name not in _apps:
        _apps[name] = App(_arounds.get(name), base_url=f"{_base}/{name}", lean=True)
    environ["PATH_INFO"] = slash + rest
    return _apps[name](environ, start_response)


if __name__ == "__main__":
    sys.exit(main())
