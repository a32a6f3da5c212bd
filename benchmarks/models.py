"""Rows a and b: a body becomes a user, and a user becomes a body.

The same bytes for everyone. scimcore does all that a service does with a POST: duplicate names refused, readOnly
dropped, required asked for, one primary. scim2-models does so with the context of a creation request; without a context
it checks types and names only. Plain pydantic models check types.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import plain, users
from benchmarks.harness import Row, faster_than, optional, times, times_limit
from scimcore.documents import dumps, loads
from scimcore.projection import Selection, project
from scimcore.resources import User
from scimcore.validation import Phase, accept, accept_json

PEER = "scim2-models"
PEER_WITHOUT_CONTEXT = "scim2-models, no context"

_SHOWN = ("userName", "name.familyName", "emails")
_HIDDEN = ("addresses", "phoneNumbers", "name.formatted")

_ID = "2819c223-7f76-453a-919d-413861904646"
_META = {
    "resourceType": "User",
    "created": "2026-01-23T04:56:22Z",
    "lastModified": "2026-05-13T04:42:34Z",
    "location": f"https://scim.example.com/scim/v2/Users/{_ID}",
    "version": 'W/"3694e05e9dff590"',
}


def rows() -> Iterator[Row]:
    """Yield the rows."""
    yield from _validate()
    yield from _dump()


def _validate() -> Iterator[Row]:
    resource_type = User.resource_type()
    for name, body in users.BODIES.items():
        odd = users.odd_case(body)
        for casing, sent in (("canonical", body), ("odd case", odd)):
            canonical = sent is body
            faster = faster_than(PEER, 25, 40) if canonical else faster_than(PEER, 6, 12)
            yield Row(
                f"a validate, {name} user, {casing}, model",
                lambda sent=sent: User.model_validate_json(sent),
                limit=lambda body=body: plain.User.model_validate_json(body),
                peers=_validating_peers(sent),
                targets=(faster, times_limit(1.5, 1.2) if canonical else times_limit(5, 2.5)),
            )
            yield Row(
                f"a validate, {name} user, {casing}, document",
                lambda sent=sent: accept_json(sent, resource_type, Phase.CREATE),
                limit=lambda body=body: plain.User.model_validate_json(body),
                peers=_validating_peers(sent),
                targets=(faster, times_limit(1.5, 1.0) if canonical else times_limit(5, 2.5)),
            )


def _validating_peers(body: bytes) -> dict[str, Callable[[], Any] | None]:
    peer = optional("scim2_models")
    if peer is None:
        return {}
    model, creation = peer.User[peer.EnterpriseUser], peer.Context.RESOURCE_CREATION_REQUEST
    return {
        PEER: lambda: model.model_validate_json(body, scim_ctx=creation),
        PEER_WITHOUT_CONTEXT: lambda: model.model_validate_json(body),
    }


def _dump() -> Iterator[Row]:
    document = {"id": _ID, **accept(loads(users.OKTA), User.resource_type(), Phase.CREATE), "meta": _META}
    resource_type = User.resource_type()
    user = User.model_validate(document)
    body = json.dumps(document).encode()
    bare = plain.User.model_validate_json(body)

    def whole() -> bytes:
        return bare.__pydantic_serializer__.to_json(bare, exclude_none=True, by_alias=True)

    yield Row(
        "b dump, Okta user, model",
        user.to_json,
        limit=whole,
        peers=_dumping_peers(body),
        targets=(faster_than(PEER, 30, 45), times_limit(1.5, 1.1)),
    )
    yield Row(
        "b dump, Okta user, document",
        lambda: dumps(document),
        limit=whole,
        peers=_dumping_peers(body),
        targets=(faster_than(PEER, 150, 250), times_limit(0.3, 0.2)),
    )
    default = Selection()
    yield Row(
        "b project by default and dump, Okta user, document",
        lambda: dumps(project(document, default, resource_type)),
        limit=whole,
        peers=_dumping_peers(body),
        targets=(faster_than(PEER, 150, 250), times_limit(0.3, 0.2)),
    )
    shown = Selection(attributes=_SHOWN)
    include: Any = {"schemas": True, "id": True, "user_name": True, "name": {"family_name"}, "emails": True}
    yield Row(
        "b project attributes= and dump, Okta user, document",
        lambda: dumps(project(document, shown, resource_type)),
        limit=lambda: bare.__pydantic_serializer__.to_json(bare, exclude_none=True, by_alias=True, include=include),
        limit_name="plain pydantic, include=",
        peers={
            **_dumping_peers(body, attributes=list(_SHOWN)),
            "answer without the parameter": lambda: dumps(project(document, default, resource_type)),
        },
        targets=(faster_than(PEER, 60, 200), times_limit(1.2, 0.5), times("answer without the parameter", 1, 1)),
    )
    hidden = Selection(excluded_attributes=_HIDDEN)
    exclude: Any = {"addresses": True, "phone_numbers": True, "name": {"formatted"}}
    yield Row(
        "b project excludedAttributes= and dump, Okta user, document",
        lambda: dumps(project(document, hidden, resource_type)),
        limit=lambda: bare.__pydantic_serializer__.to_json(bare, exclude_none=True, by_alias=True, exclude=exclude),
        limit_name="plain pydantic, exclude=",
        peers={
            **_dumping_peers(body, excluded_attributes=list(_HIDDEN)),
            "answer without the parameter": lambda: dumps(project(document, default, resource_type)),
        },
        targets=(faster_than(PEER, 60, 200), times_limit(1.2, 0.5), times("answer without the parameter", 1, 1)),
    )


def _dumping_peers(body: bytes, **selection: list[str]) -> dict[str, Callable[[], Any] | None]:
    peer = optional("scim2_models")
    if peer is None:
        return {}
    model, response = peer.User[peer.EnterpriseUser], peer.Context.RESOURCE_QUERY_RESPONSE
    user = model.model_validate_json(body)
    if not selection:
        return {PEER: lambda: user.model_dump_json(scim_ctx=response)}
    asked = peer.ResponseParameters[model](**selection)
    return {PEER: lambda: user.model_dump_json(scim_ctx=response, response_parameters=asked)}
