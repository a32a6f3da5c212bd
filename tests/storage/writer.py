"""A process that writes through the service until it is killed, and says of each write that it was acknowledged.

``python writer.py URL``: for each line on standard input a child is made, which writes; its first line is its process
id, each other one is what was acknowledged, as JSON. The child knows nothing of what an earlier one has done but the
number on the line, from which its names are made.
"""

import json
import os
import sys
from typing import Any

from scimcore import urns
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.service.authentication import bearer_tokens
from scimcore.service.provider import Provider
from scimcore.sql import SqlStorage

HEADERS = Headers([("authorization", "Bearer t"), ("content-type", "application/scim+json")])


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say(os.getpid())
            write(sys.argv[1], int(line))
        os.waitpid(child, 0)
        say("gone")


def write(url: str, round: int) -> None:
    storage = SqlStorage(url, indexed=["emails.value"])
    handler = Handler(Provider(), storage, bearer_tokens({"t": "writer"}))

    def ask(method: str, path: str, body: Any) -> Any:
        request = Request(method, path, "", HEADERS, json.dumps(body).encode(), "https://example.com")
        response = handler.handle(request)
        assert response.status in (200, 201, 204), response.body
        return json.loads(response.body) if response.body else None

    team = ask("POST", "/Groups", {"schemas": [urns.GROUP], "displayName": f"team {round}"})["id"]
    say({"team": team})
    number = 0
    while True:
        number += 1
        name = f"{round}-{number}"
        emails = [{"value": f"{name}@example.com"}]
        user = ask("POST", "/Users", {"schemas": [urns.USER], "userName": name, "emails": emails})["id"]
        say({"user": user, "name": name})
        operations = [
            {"op": "add", "path": "members", "value": [{"value": user}]},
            {"op": "replace", "path": "displayName", "value": f"team {round} of {number}"},
        ]
        ask("PATCH", f"/Groups/{team}", {"schemas": [urns.PATCH_OP], "Operations": operations})
        say({"member": user, "of": team, "number": number})
        if number % 3 == 0:
            ask("PUT", f"/Users/{user}", {"schemas": [urns.USER], "userName": f"{name}-renamed", "title": "renamed"})
            say({"renamed": user, "name": f"{name}-renamed"})
        if number % 5 == 0:
            ask("DELETE", f"/Users/{user}", None)
            say({"deleted": user})


def say(what: object) -> None:
    # One call, so that a line is there or not.
    os.write(1, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    main()
