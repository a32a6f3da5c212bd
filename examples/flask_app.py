"""SCIM in a Flask app: ``python examples/flask_app.py``, then look at http://127.0.0.1:5000/scim/v2/Users.

The blueprint is all that a host copies.
"""

import os
from urllib.parse import quote

from flask import Blueprint, Flask, Response, request

from scimcore import Handler, Headers, Provider
from scimcore import Request as ScimRequest
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import bearer_tokens
from scimcore.service.mount import read_body

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def scim_blueprint(provider: Provider, handler: Handler, prefix: str) -> Blueprint:
    """All of SCIM as one route below a prefix."""
    blueprint = Blueprint("scim", __name__)

    def scim(path: str = "") -> Response:
        answer = handler.handle(
            ScimRequest(
                method=request.method,
                # The server has decoded the path; the service decodes it once, by itself.
                path="/" + quote(path),
                query=request.query_string.decode("latin-1"),
                headers=Headers(request.headers.items()),
                body=read_body(request.stream, provider.limits.max_payload_bytes),
                base_url=request.root_url.rstrip("/") + prefix,
            )
        )
        response = Response(answer.body, answer.status)
        response.headers.clear()  # the answer's header fields and no others: a 204 has no Content-Type
        response.headers.extend(answer.headers)
        return response

    # SCIM itself answers OPTIONS, and paths with or without a slash at their end.
    options = {"methods": METHODS, "provide_automatic_options": False, "strict_slashes": False, "merge_slashes": False}
    blueprint.add_url_rule(prefix, "scim", scim, **options)
    blueprint.add_url_rule(f"{prefix}/<path:path>", "scim", scim, **options)
    return blueprint


def create_app(provider: Provider, handler: Handler) -> Flask:
    """A host with a page of its own and SCIM below /scim/v2."""
    app = Flask(__name__)
    app.register_blueprint(scim_blueprint(provider, handler, "/scim/v2"))

    @app.get("/")
    def home() -> str:
        return "The host's own page."

    return app


if __name__ == "__main__":
    provider = Provider()
    tokens = bearer_tokens({os.environ.get("SCIM_TOKEN", "s3cret"): "identity provider"})
    create_app(provider, Handler(provider, MemoryStorage(), tokens)).run(port=int(os.environ.get("PORT", "5000")))
