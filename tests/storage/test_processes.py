"""Several server processes over one database, and a server that is killed and started again."""

import signal
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scimcore import urns
from storage.quick import fresh
from storage.servers import Client, serving

CLIENTS = 8


def at_once(works: list[Callable[[], None]]) -> None:
    failed: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [urns.PATCH_OP], "Operations": list(operations)}


def test_two_processes_over_one_postgresql_lose_and_repeat_nothing(postgresql_url: str) -> None:
    run_id = fresh("run")
    with (
        serving("--storage", postgresql_url) as (_, first),
        serving("--storage", postgresql_url) as (_, second),
    ):
        setup = Client(first)
        _, counter = setup.ask(
            "POST", "/Users", {"schemas": [urns.USER], "userName": f"counter.{run_id}", "title": "0"}
        )
        _, team = setup.ask("POST", "/Groups", {"schemas": [urns.GROUP], "displayName": f"the team {run_id}"})
        lock = threading.Lock()
        created: Counter[str] = Counter()
        added: list[str] = []
        counted = 0

        def work(number: int) -> Callable[[], None]:
            def run() -> None:
                nonlocal counted
                client = Client((first, second)[number % 2])
                for round in range(12):
                    # All want the same names, in different cases.
                    name = f"bob{round}.{run_id}".upper() if number % 3 else f"bob{round}.{run_id}"
                    status, user = client.ask("POST", "/Users", {"schemas": [urns.USER], "userName": name})
                    assert status in (201, 409), user
                    if status == 201:
                        with lock:
                            created[name.lower()] += 1
                    # All add somebody to the same group.
                    _, own = client.ask(
                        "POST", "/Users", {"schemas": [urns.USER], "userName": f"own-{number}-{round}.{run_id}"}
                    )
                    operation = {"op": "add", "path": "members", "value": [{"value": own["id"]}]}
                    while True:
                        status, answer = client.ask("PATCH", f"/Groups/{team['id']}", patch(operation))
                        assert status in (200, 204, 503), answer
                        if status != 503:
                            break
                    with lock:
                        added.append(own["id"])
                    # All count, as long as nobody was faster.
                    while True:
                        _, before = client.ask("GET", f"/Users/{counter['id']}")
                        version = before["meta"]["version"]
                        operation = {"op": "replace", "path": "title", "value": str(int(before["title"]) + 1)}
                        path = f"/Users/{counter['id']}"
                        status, answer = client.ask("PATCH", path, patch(operation), **{"If-Match": version})
                        assert status in (200, 412), answer
                        if status == 200:
                            break
                    with lock:
                        counted += 1
                client.close()

            return run

        at_once([work(number) for number in range(CLIENTS)])
        assert created == {f"bob{round}.{run_id}": 1 for round in range(12)}
        for base in (first, second):
            client = Client(base)
            _, found = client.ask(
                "GET", f"/Users?filter=userName+sw+%22bob%22+and+userName+ew+%22{run_id}%22&attributes=userName"
            )
            assert sorted(user["userName"].lower() for user in found["Resources"]) == sorted(created)
            _, group = client.ask("GET", f"/Groups/{team['id']}")
            assert sorted(member["value"] for member in group["members"]) == sorted(added)
            _, last = client.ask("GET", f"/Users/{counter['id']}")
            assert last["title"] == str(counted) == str(12 * CLIENTS)
            client.close()
        setup.close()


def test_a_server_that_is_killed_has_everything_when_it_is_back(tmp_path: Path) -> None:
    known: dict[str, str] = {}
    for round in range(3):
        with serving(cwd=tmp_path) as (process, base):
            client = Client(base)
            for id, name in known.items():
                assert client.ask("GET", f"/Users/{id}")[1]["userName"] == name
            assert client.ask("GET", "/Users?count=0")[1]["totalResults"] == len(known)
            for number in range(10):
                name = f"{round}-{number}"
                status, user = client.ask("POST", "/Users", {"schemas": [urns.USER], "userName": name})
                assert status == 201
                known[user["id"]] = name
            process.send_signal(signal.SIGKILL)
            process.wait()
            client.close()
    assert (tmp_path / "scimcore.sqlite").exists()
