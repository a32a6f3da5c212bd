"""Whatever is asked: an answer, in SCIM, that is no fault of the service."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from doors import AUTHENTICATE, BASE, TOKEN
from scimcore import urns
from scimcore.handler import Handler
from scimcore.http import Headers, Request
from scimcore.memory import MemoryStorage
from scimcore.service.provider import Provider

SEGMENTS = st.sampled_from(
    [
        "Users",
        "groups",
        "Schemas",
        "ResourceTypes",
        "ServiceProviderConfig",
        "Me",
        "Bulk",
        ".search",
        "seven",
        "..",
        "",
        "%2F",
        "%zz",
    ]
) | st.text(max_size=8)
VALUES = st.sampled_from(
    [
        "1",
        "-1",
        "x",
        "",
        'userName eq "a"',
        'emails[type eq "work"]',
        "not (",
        "userName",
        "meta.created",
        "descending",
        "%00",
        "%22",
    ]
) | st.text(max_size=12)
NAMES = st.sampled_from(
    ["filter", "count", "startIndex", "sortBy", "sortOrder", "attributes", "excludedAttributes", "x"]
)
FIELDS = st.dictionaries(
    st.sampled_from(["Content-Type", "Accept", "If-Match", "If-None-Match", "X"]),
    st.sampled_from(["application/scim+json", "application/json", "text/plain", "*", 'W/"1"', '"'])
    | st.text(max_size=8),
)
ATTRIBUTES = st.sampled_from(
    ["schemas", "userName", "USERNAME", "active", "emails", "name", "members", "displayName", "id", "meta", "password",
     "Operations", "op", "path", "value", urns.ENTERPRISE_USER, "x"]
)  # fmt: skip
LEAVES = st.sampled_from(
    [
        None,
        True,
        0,
        1.5,
        "",
        "add",
        "Replace",
        "remove",
        'emails[type eq "work"].value',
        "userName",
        [urns.USER],
        [urns.PATCH_OP],
    ]
) | st.text(max_size=5)
BODIES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ATTRIBUTES, inner, max_size=4), max_leaves=12
)
MESSAGES = st.builds(
    lambda urn, body: {**body, "schemas": [urn]},
    st.sampled_from([urns.USER, urns.GROUP, urns.PATCH_OP]),
    st.dictionaries(ATTRIBUTES, BODIES, max_size=5),
)


@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", ""]),
    segments=st.lists(SEGMENTS, max_size=3),
    query=st.lists(st.tuples(NAMES, VALUES), max_size=3),
    fields=FIELDS,
    body=st.binary(max_size=20) | (BODIES | MESSAGES).map(lambda body: json.dumps(body).encode()),
)
def test_any_request_is_answered_in_scim(
    method: str, segments: list[str], query: list[tuple[str, str]], fields: dict[str, str], body: bytes
) -> None:
    handler = Handler(Provider(new_id=lambda: "seven"), MemoryStorage(), AUTHENTICATE)
    sent = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
    for kind, endpoint, name in ((urns.USER, "/Users", "userName"), (urns.GROUP, "/Groups", "displayName")):
        content = json.dumps({"schemas": [kind], name: "a"}).encode()
        assert handler.handle(Request("POST", endpoint, "", Headers(sent.items()), content, BASE)).status == 201
    path = "".join(f"/{segment}" for segment in segments)
    text = "&".join(f"{name}={value}" for name, value in query)
    answer = handler.handle(Request(method, path, text, Headers({**sent, **fields}.items()), body, BASE))
    assert answer.status != 500
    document: Any = json.loads(answer.body) if answer.body else {}
    if answer.status >= 400 and method != "HEAD":
        assert document["schemas"] == [urns.ERROR]
        assert document["status"] == str(answer.status)
        assert document["detail"]
    assert b'"password"' not in answer.body or path.lower().startswith("/schemas")
