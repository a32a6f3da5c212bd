"""``scimcore serve``: a service provider on this machine, to try a client against or to look at answers.

It stands on uvicorn where that is installed, and otherwise on the standard library's server.
"""

import argparse
import logging
import os
import secrets
import sys
from collections.abc import Mapping
from typing import TypeVar

from scimcore import asgi, dialects, wsgi
from scimcore.cli import profile
from scimcore.cli.servers import RUN_ASGI, listen, run_wsgi, url_of
from scimcore.cli.stores import DEFAULT, FORMS, check_indexed, memory_or_sql, ready
from scimcore.service.authentication import bearer_tokens
from scimcore.service.provider import Provider

PREFIX = "/scim/v2"
TOKEN_VARIABLE = "SCIMCORE_TOKEN"

LOG_LEVELS = {name: getattr(logging, name.upper()) for name in ("debug", "info", "warning", "error")}

T = TypeVar("T")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on; 0 takes a free one")
    parser.add_argument(
        "--token", help=f"the bearer token that clients must send (or set {TOKEN_VARIABLE}); made up when not given"
    )
    parser.add_argument(
        "--base-url",
        metavar="URL",
        help=f"what clients reach this server by, if that is a tunnel or a proxy: https://host; {PREFIX} is added",
    )
    parser.add_argument("--storage", default=DEFAULT, metavar=FORMS, help="where resources are kept")
    parser.add_argument(
        "--indexed",
        action="append",
        default=[],
        metavar="ATTRIBUTE",
        help="find resources in a database by this, too, such as emails.value; may be repeated",
    )
    parser.add_argument(
        "--dialect", default="tolerant", help=f"what clients may send off-specification: {', '.join(dialects.BY_NAME)}"
    )
    parser.add_argument("--profile", metavar="NAME", help="the application's attribute mapping: a name or a TOML file")
    parser.add_argument(
        "--profile-mode", choices=profile.MODES, metavar="lenient|strict", help="instead of the profile's own mode"
    )
    parser.add_argument("--log-level", default="info", help=", ".join(LOG_LEVELS))


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal says stop.

    Raises:
        ValueError: If an argument names nothing that there is, or the token is no token.
    """
    dialect = _chosen("dialect", arguments.dialect, dialects.BY_NAME)
    mapping = None
    if arguments.profile is not None:
        mapping = profile.named(arguments.profile, arguments.profile_mode)
    elif arguments.profile_mode is not None:
        raise ValueError("--profile-mode needs a --profile")
    level = _chosen("log level", arguments.log_level, LOG_LEVELS)
    # To try a client against: one that sends groups before their members is not stopped. A profile has its own rule.
    provider = Provider(dialect=dialect, profile=mapping, unknown_members="reject" if mapping else "keep")
    check_indexed(arguments.indexed, provider.resource_types)
    storage = memory_or_sql(arguments.storage, indexed=arguments.indexed)
    token = arguments.token if arguments.token is not None else os.environ.get(TOKEN_VARIABLE)
    if token is None:
        token = secrets.token_urlsafe(32)
    authenticate = bearer_tokens({token: "serve"})
    ready(storage)
    base_url = _base_url(arguments.base_url)
    if not 0 <= arguments.port <= 65_535:
        raise ValueError("a port is a number from 0 to 65535")
    try:
        listener = listen(arguments.host, arguments.port)
    except OSError as error:
        raise ValueError(f"cannot listen on {arguments.host} port {arguments.port}: {error}") from None
    _log_to_stderr(level)
    with listener:
        _announce(url_of(listener), base_url, token, arguments.storage)
        if RUN_ASGI is not None:
            app = asgi.ScimApp(provider, storage, authenticate=authenticate, prefix=PREFIX, base_url=base_url)
            RUN_ASGI(app, listener)
        else:
            wsgi_app = wsgi.ScimApp(provider, storage, authenticate=authenticate, prefix=PREFIX, base_url=base_url)
            run_wsgi(wsgi_app, listener)
    print("Stopped.", flush=True)
    return 0


def _base_url(url: str | None) -> str | None:
    if url is None:
        return None
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"--base-url is a URL such as https://host, not '{url}'")
    return url.rstrip("/").removesuffix(PREFIX) + PREFIX


def _chosen(kind: str, name: str, known: Mapping[str, T]) -> T:
    if name not in known:
        raise ValueError(f"unknown {kind} '{name}'; known: {', '.join(known) or 'none yet'}")
    return known[name]


def _announce(listening: str, base_url: str | None, token: str, storage: str) -> None:
    # On standard output, and flushed: whoever started this may be waiting for the lines.
    print(
        f"SCIM 2.0 service provider, resources in {_place(storage)} (Ctrl+C stops it)\n"
        f"  base URL  {base_url or listening + PREFIX}\n"
        f"  token     {token}" + (f"\n  listens   {listening}" if base_url else ""),
        flush=True,
    )


def _place(storage: str) -> str:
    """Say where resources are, without the password that a URL may have."""
    kind, _, path = storage.partition(":")
    if kind == "sqlite":
        return path.removeprefix("///")
    return "memory until it stops" if kind == "memory" else f"{kind}:{path.rpartition('@')[2]}"


def _log_to_stderr(level: int) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    # Of other libraries only what is wrong: a server's own lines about each request may quote a filter.
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("scimcore").setLevel(level)
