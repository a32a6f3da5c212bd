"""SCIM in a Django project: ``python examples/django_app.py``, then look at http://127.0.0.1:8000/scim/v2/Users.

The view is all that a project copies, with one line of its ``urlpatterns``.
"""

import os
from collections.abc import Callable
from urllib.parse import quote
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, path, re_path
from django.views.decorators.csrf import csrf_exempt

from scimcore import Handler, Headers, Provider
from scimcore import Request as ScimRequest
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import bearer_tokens
from scimcore.service.mount import encoded_query, read_body


def scim_view(provider: Provider, handler: Handler, prefix: str) -> Callable[..., HttpResponse]:
    r"""All of SCIM as one view: ``re_path(r"^scim/v2(/[\s\S]*)?$", scim_view(provider, handler, "/scim/v2"))``."""

    @csrf_exempt  # a bearer token is not sent by a browser behind anybody's back
    def scim(request: HttpRequest, below: str | None = None) -> HttpResponse:
        answer = handler.handle(
            ScimRequest(
                method=request.method,
                # The server has decoded the path; the service decodes it once, by itself.
                path=quote(below or ""),
                query=encoded_query(request.META.get("QUERY_STRING", "")),
                headers=Headers(request.headers.items()),
                body=read_body(request, provider.max_body_bytes),
                base_url=request.build_absolute_uri(get_script_prefix()).rstrip("/") + prefix,
            )
        )
        response = HttpResponse(answer.body, status=answer.status)
        del response["Content-Type"]  # the answer's header fields and no others: a 204 has none
        for name, value in answer.headers:
            response[name] = value
        return response

    return scim


urlpatterns = [path("", lambda request: HttpResponse("The host's own page."))]


def create_app(provider: Provider, handler: Handler) -> Callable[..., object]:
    """A project in one file: its own page, and SCIM below /scim/v2."""
    if not settings.configured:
        settings.configure(
            ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1", "localhost"], SECRET_KEY=os.urandom(32).hex()
        )
        django.setup()
    urlpatterns[1:] = [re_path(r"^scim/v2(/[\s\S]*)?$", scim_view(provider, handler, "/scim/v2"))]
    return get_wsgi_application()


if __name__ == "__main__":
    provider = Provider()
    tokens = bearer_tokens({os.environ.get("SCIM_TOKEN", "s3cret"): "identity provider"})
    app = create_app(provider, Handler(provider, MemoryStorage(), tokens))
    with make_server("127.0.0.1", int(os.environ.get("PORT", "8000")), app) as server:
        server.serve_forever()
