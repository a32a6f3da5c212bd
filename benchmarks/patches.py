"""Rows e: a PATCH body becomes another resource.

Each candidate reads the body from its JSON text and applies it. scimcore makes a new document of one that stays the
same; scim2-models changes its resource, so that bodies alternate or go on where the one before stopped.
"""

import json
import sys
from collections.abc import Callable, Iterator
from itertools import cycle
from time import perf_counter
from typing import Any

from benchmarks.harness import Part, Row, at_most, faster_than, measure, optional, table
from scimcore.dialects import ENTRA, TOLERANT, Dialect
from scimcore.messages import Patch
from scimcore.patch import PatchLimits
from scimcore.resources import Group, User
from scimcore.schema.resource_type import ResourceType

MODELS = "scim2-models"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_USER = User.resource_type()
_GROUP = Group.resource_type()
_ENTERPRISE = _USER.extension_urns[0]
_MANY = 10_000
_WIDE = PatchLimits(max_operations=1_000_000, max_comparisons=10**9)


def rows() -> Iterator[Row]:
    """Yield the rows."""
    yield from _small()
    yield from _members()
    yield from _doubling()


def _small() -> Iterator[Row]:
    titles = [_body({"op": "replace", "path": "title", "value": title}) for title in ("Pilot", "Captain")]
    active = [_body({"op": "replace", "value": {"active": flag}}) for flag in (False, True)]
    for name, bodies in (("replace one", titles), ("Okta deactivates", active)):
        yield Row(
            f"e PATCH {name}",
            _own(bodies, _user(), _USER, TOLERANT),
            limit=_parse(bodies),
            peers={MODELS: _peer(bodies, _user(), "User")},
            targets=(faster_than(MODELS, 60, 150), at_most(15, 6)),
            limit_name="json.loads",
        )
    ten = [_body(*_entra(letter)) for letter in "AB"]
    yield Row(
        "e PATCH Entra's ten operations",
        _own(ten, _user(), _USER, ENTRA),
        limit=_parse(ten),
        # The peer reads neither "False" nor a bare manager: it gets what was meant.
        peers={MODELS: _peer([_body(*_entra(letter, odd=False)) for letter in "AB"], _user(), "User")},
        targets=(faster_than(MODELS, 70, 150), at_most(90, 40)),
        limit_name="json.loads",
    )


def _members() -> Iterator[Row]:
    group = _group(_MANY)
    # Made beforehand, so that the clock sees none of it. The peer's group keeps what is added: it needs new ones.
    fresh = [_body(_adding(f"new-{number}")) for number in range(500)]
    yield Row(
        "e PATCH add 1 to 10,000 members",
        _own(fresh, group, _GROUP, TOLERANT),
        peers={MODELS: _peer(fresh, group, "Group")},
        targets=(faster_than(MODELS, 300, 10_000), at_most(1_000, 20)),
    )
    thousand = [_body(_adding(*(f"new-{turn}-{number}" for number in range(1_000)))) for turn in range(50)]
    yield Row(
        "e PATCH add 1,000 to 10,000 members",
        _own(thousand, group, _GROUP, TOLERANT),
        peers={MODELS: _peer(thousand, group, "Group")},
        targets=(faster_than(MODELS, 60, 200), at_most(7_000, 2_500)),
        rounds=9,
    )
    removals = [_removing(f"member-{number * 7}") for number in range(1_000)]
    yield Row(
        "e PATCH remove 1,000 of 10,000 members by value path",
        _own([_body(*removals)], group, _GROUP, TOLERANT),
        peers={MODELS: _part(removals, group)},
        targets=(faster_than(MODELS, 20_000, 100_000), at_most(20_000, 5_000)),
        rounds=9,
    )


def _doubling() -> Iterator[Row]:
    """Yield how much twice the members and twice the operations cost: linear is 2."""
    for size in (1_000, 10_000, 100_000):
        yield Row(
            f"e PATCH remove a tenth of {size:,} members: twice as many of both",
            lambda size=size: _seconds(2 * size) / _seconds(size),
            targets=(at_most(2.5, 2.2),),
            unit="x",
            rounds=5,
        )


def _seconds(size: int) -> float:
    operations = [_removing(f"member-{number * 7}") for number in range(size // 10)]
    patch = Patch.model_validate({"schemas": [PATCH_OP], "Operations": operations})
    group = _group(size)
    best = float("inf")
    for _ in range(3):
        started = perf_counter()
        patch.applied_to(group, resource_type=_GROUP, limits=_WIDE)
        best = min(best, perf_counter() - started)
    return best


# The candidates ------------------------------------------------------------------------------------------------------


def _own(bodies: Any, document: dict[str, Any], resource_type: ResourceType, dialect: Dialect) -> Callable[[], object]:
    turns = _turns(bodies)
    return lambda: Patch.model_validate_json(next(turns)).applied_to(
        document, dialect=dialect, resource_type=resource_type
    )


def _peer(bodies: Any, document: dict[str, Any], name: str) -> Callable[[], object] | None:
    peer = optional("scim2_models")
    if peer is None:
        return None
    model = peer.User[peer.EnterpriseUser] if name == "User" else peer.Group
    message = peer.PatchOp[model]
    policy = peer.ScimPolicy(unmatched_path_filter=peer.ScimPolicy.UnmatchedPathFilter.create)
    resource = model.model_validate_json(json.dumps(document))
    turns = _turns(bodies)
    return lambda: message.model_validate_json(next(turns), scim_policy=policy).patch(resource, scim_policy=policy)


def _part(removals: list[dict[str, Any]], group: dict[str, Any]) -> Part | None:
    run = _peer(map(_body, removals), group, "Group")
    return None if run is None else Part(run, of=len(removals))


def _parse(bodies: list[bytes]) -> Callable[[], object]:
    turns = cycle(bodies)
    return lambda: json.loads(next(turns))


def _turns(bodies: Any) -> Iterator[bytes]:
    return cycle(bodies) if isinstance(bodies, list) else bodies


# What is sent --------------------------------------------------------------------------------------------------------


def _body(*operations: dict[str, Any]) -> bytes:
    return json.dumps({"schemas": [PATCH_OP], "Operations": operations}).encode()


def _adding(*ids: str) -> dict[str, Any]:
    return {"op": "add", "path": "members", "value": [{"value": each} for each in ids]}


def _removing(member: str) -> dict[str, Any]:
    return {"op": "remove", "path": f'members[value eq "{member}"]'}


def _entra(letter: str, *, odd: bool = True) -> list[dict[str, Any]]:
    operations = [
        ("Replace", "displayName", f"Ilse {letter}"),
        ("Replace", "name.givenName", f"Ilse-{letter}"),
        ("Replace", "name.familyName", f"Brandt-{letter}"),
        ("Replace", 'emails[type eq "work"].value', f"{letter}@fjord.example"),
        ("Replace", "active", str(letter == "A") if odd else letter == "A"),
        ("Replace", 'phoneNumbers[type eq "mobile"].value', f"tel:+47-{ord(letter)}"),
        ("Replace", "title", f"Pilot {letter}"),
        ("Replace", 'addresses[type eq "work"].locality', f"Bergen {letter}"),
        ("Add", f"{_ENTERPRISE}:department", f"Dock {letter}"),
        ("Replace", f"{_ENTERPRISE}:manager", f"u-{letter}" if odd else {"value": f"u-{letter}"}),
    ]
    return [{"op": op if odd else op.lower(), "path": path, "value": value} for op, path, value in operations]


def _user() -> dict[str, Any]:
    return {
        "schemas": [_USER.schema.id, _ENTERPRISE],
        "id": "2819c223-7f76-453a-919d-413861904646",
        "userName": "ilse.brandt@fjord.example",
        "name": {"givenName": "Ilse", "familyName": "Brandt", "formatted": "Ilse Brandt"},
        "displayName": "Ilse Brandt",
        "title": "Engineer",
        "active": True,
        "emails": [
            {"type": "work", "value": "ilse@fjord.example", "primary": True},
            {"type": "home", "value": "ib@cabin.example"},
        ],
        "phoneNumbers": [{"type": "work", "value": "tel:+47-1"}, {"type": "mobile", "value": "tel:+47-2"}],
        "addresses": [{"type": "work", "streetAddress": "12 Quay Rd", "locality": "Bergen", "country": "NO"}],
        _ENTERPRISE: {"employeeNumber": "701", "department": "Dock", "manager": {"value": "u-900"}},
        "meta": {"resourceType": "User", "created": "2024-02-10T07:00:00Z", "lastModified": "2024-02-10T07:00:00Z"},
    }


def _group(size: int) -> dict[str, Any]:
    members = [{"value": f"member-{number}", "type": "User"} for number in range(size)]
    return {"schemas": [_GROUP.schema.id], "id": "g-1", "displayName": "Crew", "members": members}


if __name__ == "__main__":
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    print(table(measure(row) for row in rows() if only in row.name))
