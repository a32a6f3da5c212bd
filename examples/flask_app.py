"""SCIM in a Flask app: ``python examples/flask_app.py``, then look at http://127.0.0.1:5000/scim/v2/Users.

The blueprint is all that a host copies.
"""

import os

from flask import Blueprint, Flask, Response, request
from werkzeug.datastructures import Headers

from scimcore import Provider
from scimcore.memory import MemoryStorage
from scimcore.wsgi import ScimApp, bearer_tokens

PREFIX = "/scim/v2"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class ScimResponse(Response):
    """Its header fields are complete: nothing is added (a 204 has no Content-Type), nothing is looked through again."""

    default_mimetype = None

    def get_wsgi_headers(self, environ: object) -> Headers:
        return self.headers


def scim_blueprint(scim: ScimApp, prefix: str = PREFIX) -> Blueprint:
    """All of SCIM as one route; ``scim`` has the same prefix."""
    blueprint = Blueprint("scim", __name__)

    def view(path: str = "") -> Response:
        answer = scim.answer(request.environ)
        return ScimResponse(answer.body, answer.status, Headers(answer.headers))

    # SCIM itself answers OPTIONS, and paths with or without a slash at their end.
    options = {"methods": METHODS, "provide_automatic_options": False, "strict_slashes": False, "merge_slashes": False}
    blueprint.add_url_rule(prefix, "scim", view, **options)
    blueprint.add_url_rule(f"{prefix}/<path:path>", "scim", view, **options)
    return blueprint


def create_app(scim: ScimApp) -> Flask:
    """A host with a page of its own and SCIM below /scim/v2."""
    app = Flask(__name__)
    app.register_blueprint(scim_blueprint(scim))

    @app.get("/")
    def home() -> str:
        return "The host's own page."

    return app


if __name__ == "__main__":
    tokens = bearer_tokens({os.environ.get("SCIM_TOKEN", "s3cret"): "identity provider"})
    app = create_app(ScimApp(Provider(), MemoryStorage(), authenticate=tokens, prefix=PREFIX))
    app.run(port=int(os.environ.get("PORT", "5000")))
