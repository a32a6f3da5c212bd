"""The users that are measured: as small as a client sends one, as Okta sends one, and with all that a user can have."""

import json
import pathlib
from typing import Any

_CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def _compact(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


SMALL = _compact(
    {
        "schemas": [_CORE],
        "userName": "ada@example.com",
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "emails": [{"value": "ada@example.com", "type": "work", "primary": True}],
        "active": True,
    }
)
"""The least that a directory sends: some 220 bytes."""

OKTA = _compact(
    {
        "schemas": [_CORE, _ENTERPRISE],
        "externalId": "00ujl29u0le5T6Aj10h7",
        "userName": "grace.hopper@corp.example.com",
        "name": {
            "givenName": "Grace",
            "middleName": "Brewster",
            "familyName": "Hopper",
            "formatted": "Rear Admiral Grace Brewster Hopper",
            "honorificPrefix": "Rear Admiral",
        },
        "displayName": "Grace Hopper",
        "nickName": "Amazing Grace",
        "profileUrl": "https://intranet.corp.example.com/people/grace.hopper",
        "title": "Director of Programming Languages",
        "userType": "Employee",
        "preferredLanguage": "en-US",
        "locale": "en-US",
        "timezone": "America/New_York",
        "active": True,
        "emails": [
            {"value": "grace.hopper@corp.example.com", "type": "work", "primary": True},
            {"value": "grace.hopper@home.example.org", "type": "home", "primary": False},
        ],
        "phoneNumbers": [
            {"value": "+1-202-555-0142", "type": "work", "primary": True},
            {"value": "+1-202-555-0198", "type": "mobile"},
        ],
        "addresses": [
            {
                "type": "work",
                "streetAddress": "1 Navy Yard",
                "locality": "Washington",
                "region": "DC",
                "postalCode": "20003",
                "country": "US",
                "primary": True,
            }
        ],
        _ENTERPRISE: {
            "employeeNumber": "701984",
            "costCenter": "4130",
            "organization": "Computation",
            "division": "Languages",
            "department": "Compilers",
            "manager": {
                "value": "26118915-6090-4610-87e4-49d8ca9f808d",
                "$ref": "https://scim.corp.example.com/scim/v2/Users/26118915-6090-4610-87e4-49d8ca9f808d",
            },
        },
    }
)
"""What Okta sends when all attributes of its default mapping have values: 1.3 kB with the enterprise extension."""

_RFC = pathlib.Path(__file__).parent.parent / "tests" / "rfc" / "7643" / "8.3-enterprise-user.json"

FULL = _compact(json.loads(_RFC.read_bytes()))
"""RFC 7643 §8.3: every attribute that a user can have."""

BODIES = {"small": SMALL, "Okta": OKTA, "full": FULL}


def odd_case(body: bytes) -> bytes:
    """Write every attribute name in a casing that no client uses: all of them must be looked up."""
    return _compact(_swapped(json.loads(body)))


def _swapped(value: Any) -> Any:
    if isinstance(value, dict):
        # Peers read a schema's URN as sent only.
        return {
            name if name.startswith("urn:") else name[:1].upper() + name[1:].lower(): _swapped(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_swapped(element) for element in value]
    return value


def okta_user(number: int) -> bytes:
    """An Okta user that differs from every other in all that is personal."""
    text = OKTA.decode()
    for name in ("grace.hopper", "00ujl29u0le5T6Aj10h", "701984", "Grace Hopper"):
        text = text.replace(name, f"{name}{number}")
    return text.encode()
