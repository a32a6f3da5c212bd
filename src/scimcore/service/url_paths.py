"""Paths as clients write them: decoded once, and refused where two servers could read them differently."""

from urllib.parse import unquote

from scimcore.errors import BadRequest


def decoded(path: str) -> str:
    """Decode a path, once, without the slash that some clients put at its end.

    Raises:
        BadRequest: If it has an encoded slash, a dot segment, or what cannot be printed or is no UTF-8.
    """
    if "%" in path:
        if "%2f" in path.lower():
            raise BadRequest("The path has an encoded slash.")
        try:
            path = unquote(path, errors="strict")
        except UnicodeDecodeError:
            raise BadRequest("The path is not UTF-8.") from None
    if not path.isprintable():
        raise BadRequest("The path has a character that is not printable.")
    if "/." in path and not {".", ".."}.isdisjoint(path.split("/")):
        raise BadRequest("The path has a dot segment.")
    return path[:-1] if path.endswith("/") else path
