"""What of a request may stand in a log line: where it went, and no value that is somebody's (RFC 7644 §7.5.2)."""

import re
from urllib.parse import unquote_plus

from scimcore.documents import printable
from scimcore.http import Request
from scimcore.service.parameters import KNOWN

# A JSON string, also one that never ends.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?$)', re.DOTALL)
# What a filter asks about, without the value that it compares with; a filter that is none shows nothing.
_ATTRIBUTE_AND_OPERATOR = re.compile(r"[\w$:.-]{1,100}+ (?:eq|ne|co|sw|ew|gt|ge|lt|le|pr)\b", re.IGNORECASE)

_LONGEST = 300


def readable(request: Request) -> str:
    """Write path and query for people: what a filter asks about, but none of the values that it compares with.

    >>> readable(Request("GET", "/Users", "filter=userName+eq+%22bjensen%22&count=1&token=s3cret"))
    '/Users?filter=userName eq&count=1&token'
    """
    path = printable(request.path, _LONGEST)
    if not request.query:
        return path
    parts = []
    # A line needs no more of it than this, however long it is.
    for pair in request.query[: 4 * _LONGEST].split("&"):
        name, _, value = pair.partition("=")
        known = KNOWN.get(name.lower())
        if known == "filter":
            name = f"filter={', '.join(_ATTRIBUTE_AND_OPERATOR.findall(_STRING.sub('', unquote_plus(value))))}"
        elif known == "cursor":
            # Whether it is the first page can be seen; who has the log shall not go on from here.
            name = f"{known}=" if not value else known
        elif known is not None:
            name = f"{known}={_STRING.sub('', unquote_plus(value))}"
        # The value of any other parameter may be anything, a token too.
        parts.append(name)
    return f"{path}?{printable('&'.join(parts), _LONGEST)}"
