"""SCIM in a Starlette app: ``python examples/starlette_app.py``, then look at http://127.0.0.1:8000/scim/v2/Users.

Nothing has to be adapted: ``ScimApp`` is an ASGI app, so it is mounted.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from scimcore import Provider
from scimcore.asgi import ScimApp, bearer_tokens
from scimcore.memory import MemoryStorage


def create_app(scim: ScimApp) -> Starlette:
    """A host with a page of its own and SCIM below /scim/v2."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        # Servers tell the outermost app alone that they start and stop.
        await scim.start()
        yield
        await scim.stop()

    async def home(request: Request) -> Response:
        return PlainTextResponse("The host's own page.")

    return Starlette(routes=[Route("/", home), Mount("/scim/v2", app=scim)], lifespan=lifespan)


if __name__ == "__main__":
    tokens = bearer_tokens({os.environ.get("SCIM_TOKEN", "s3cret"): "identity provider"})
    uvicorn.run(
        create_app(ScimApp(Provider(), MemoryStorage(), authenticate=tokens)), port=int(os.environ.get("PORT", "8000"))
    )
