"""``python -m benchmarks.served NAME STORED``: one ASGI app under uvicorn, on a free port, until its input ends.

It prints what a client has to know as one line of JSON. GET /cpu tells how long the process has computed.
"""

import json
import logging
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from benchmarks.services import PROVIDER, TOKEN, creating, peer_app
from scimcore.asgi import ScimApp
from scimcore.cli.servers import listen
from scimcore.documents import loads
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import bearer_tokens

App = Callable[[Any, Any, Any], Awaitable[None]]


def own(stored: int) -> tuple[App, list[str]]:
    storage = MemoryStorage()
    authenticate = bearer_tokens({TOKEN: "okta"})
    handler = Handler(PROVIDER, storage, authenticate)
    fields = Headers([("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/scim+json")])
    ids = [
        loads(handler.handle(Request("POST", "/Users", headers=fields, body=creating(number).body)).body)["id"]
        for number in range(stored)
    ]
    return ScimApp(PROVIDER, storage, authenticate=authenticate, prefix="/v2"), ids[-100:]


def peer(stored: int) -> tuple[App, list[str]]:
    # Its log of each request is turned off, and it asks nobody for a token.
    logging.disable(logging.INFO)
    app, ids = peer_app("asgi", stored)
    return app, list(ids)


def bare(stored: int) -> tuple[App, list[str]]:
    """Answer everything with the same user."""
    body = creating(1).body
    head = {
        "type": "http.response.start",
        "status": 200,
        "headers": [
            (b"content-type", b"application/scim+json"),
            (b"content-length", str(len(body)).encode()),
            (b"etag", b'W/"3694e05e9dff590a"'),
            (b"location", b"http://127.0.0.1:8000/v2/Users/2819c223-7f76-453a-919d-413861904646"),
        ],
    }

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(head)
        await send({"type": "http.response.body", "body": body})

    return app, ["1"] * 100


def telling(app: App) -> App:
    """Answer /cpu; the same for all, so that it is nobody's disadvantage."""

    async def told(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == "/cpu":
            body = repr(time.process_time()).encode()
            fields = [(b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": fields})
            await send({"type": "http.response.body", "body": body})
        else:
            await app(scope, receive, send)

    return told


def main() -> None:
    name, stored = sys.argv[1], int(sys.argv[2])
    app, ids = {"scimcore": own, "scim2-server": peer, "bare": bare}[name](stored)
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        telling(app), lifespan="off", access_log=False, log_level="error", server_header=False, timeout_keep_alive=600
    )
    server = uvicorn.Server(config)

    def stop() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=stop, daemon=True).start()
    print(json.dumps({"port": listener.getsockname()[1], "ids": ids}), flush=True)
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
