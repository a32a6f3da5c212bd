"""Where the service begins in a server's paths, and how much of a refused body is read: what both apps share."""

DRAINED_BYTES = 32 * 1024 * 1024
"""A body that is too large is read on up to here, and dropped, so that its sender gets to see the answer."""


def below(mount: str, path: str) -> str:
    """Return the path as it is below a mount point.

    >>> below("/scim/v2", "/scim/v2/Users")
    '/Users'

    Outside of the mount point, the path that is returned leads nowhere: it begins with two slashes.
    """
    if not mount:
        return path
    if path.startswith(mount) and path[len(mount) : len(mount) + 1] in ("", "/"):
        return path[len(mount) :]
    return f"/{path}"
