"""SCIM in a FastAPI app: ``python examples/fastapi_app.py``, then look at http://127.0.0.1:8000/scim/v2/Users.

``FastAPI.mount("/scim/v2", ScimApp(...))`` is enough for most hosts. This router is for those that want their own
dependencies, middleware and routes around SCIM; it is the same in Starlette.
"""

import os
from urllib.parse import quote

import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from starlette.requests import ClientDisconnect

from scimcore import AsyncHandler, Headers, Provider
from scimcore import Request as ScimRequest
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import bearer_tokens
from scimcore.service.mount import encoded_query, read_chunks

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def scim_router(provider: Provider, handler: AsyncHandler, prefix: str) -> APIRouter:
    """All of SCIM as one route below a prefix."""
    router = APIRouter()

    @router.api_route(prefix, methods=METHODS, include_in_schema=False)
    @router.api_route(prefix + "/{path:path}", methods=METHODS, include_in_schema=False)
    async def scim(request: Request, path: str = "") -> Response:
        try:
            body = await read_chunks(request.stream(), provider.max_body_bytes)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        answer = await handler.handle(
            ScimRequest(
                method=request.method,
                # The router has decoded the path; the service decodes it once, by itself.
                path="/" + quote(path),
                query=encoded_query(request.scope["query_string"].decode("latin-1")),
                headers=Headers(request.headers.items()),
                body=body,
                base_url=str(request.base_url).rstrip("/") + prefix,
            )
        )
        return Response(answer.body, answer.status, dict(answer.headers))

    return router


def create_app(provider: Provider, handler: AsyncHandler) -> FastAPI:
    """A host with a page of its own and SCIM below /scim/v2."""
    app = FastAPI()
    app.include_router(scim_router(provider, handler, "/scim/v2"))

    @app.get("/")
    async def home() -> str:
        return "The host's own page."

    return app


if __name__ == "__main__":
    provider = Provider()
    tokens = bearer_tokens({os.environ.get("SCIM_TOKEN", "s3cret"): "identity provider"})
    uvicorn.run(
        create_app(provider, AsyncHandler(provider, MemoryStorage(), tokens)), port=int(os.environ.get("PORT", "8000"))
    )
