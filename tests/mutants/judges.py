"""Two other programs that test SCIM services, run on many services: for an environment in which they are installed.

``python judges.py`` reads lines of JSON (``{"id": ..., "url": ..., "token": ...}``) and writes one for each:
``{"id": ..., "judge": ..., "complaints": {...}}``. It imports nothing of this project.
"""

import json
import sys
import warnings
from collections import Counter
from typing import Any


def scim2_tester(url: str, token: str) -> Counter[str]:
    """Return what scim2-tester finds, by its own names."""
    import httpx2
    from scim2_client.engines.httpx2 import SyncSCIMClient
    from scim2_tester import Status, check_server

    fine = {"SUCCESS", "COMPLIANT", "ACCEPTABLE", "SKIPPED"}
    with httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=20) as client:
        results = check_server(SyncSCIMClient(client))
    assert Status
    return Counter(str(result.title) for result in results if result.status.name not in fine)


def scim_sanity(url: str, token: str) -> Counter[str]:
    """Return what scim-sanity finds, by its own names."""
    from scim_sanity.probe.runner import run_probe_api

    report = run_probe_api(url, token=token, timeout=20)
    return Counter(
        str(result.get("name") or result.get("test"))
        for result in report["results"]
        if str(result.get("status")).upper() in ("FAIL", "ERROR")
    )


JUDGES: dict[str, Any] = {"scim2-tester": scim2_tester, "scim-sanity": scim_sanity}


def main() -> None:
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        asked = json.loads(line)
        for name, judge in JUDGES.items():
            try:
                complaints = dict(judge(asked["url"], asked["token"]))
            except Exception as error:
                # A judge that cannot go on has found something too.
                complaints = {f"stopped by {type(error).__name__}": 1}
            print(json.dumps({"id": asked["id"], "judge": name, "complaints": complaints}), flush=True)


if __name__ == "__main__":
    main()
