"""Apps to be found by their names."""

from conformance.services import asgi_app, wsgi_app

asgi = asgi_app()


def made() -> object:
    return wsgi_app()
