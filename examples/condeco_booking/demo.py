"""An administrator's day, played against the running service as Okta would: for a first look at the pages."""

import http.client
import json
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CUSTOM = "urn:ietf:params:scim:schemas:extension:customextensionname:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Okta:
    """Sends what Okta sends."""

    def __init__(self, base_url: str, token: str) -> None:
        self._url = urlsplit(base_url)
        self._token = token

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self._url.hostname or "", self._url.port, timeout=60)
        try:
            connection.request(
                method,
                self._url.path + path,
                None if body is None else json.dumps(body),
                {
                    "Authorization": f"Bearer {self._token}",
                    "Accept": "application/scim+json",
                    "User-Agent": "Okta SCIM Client 1.0.0",
                    **({} if body is None else {"Content-Type": "application/scim+json; charset=utf-8"}),
                },
            )
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        finally:
            connection.close()

    def book(self, person: str, room: str, hour: int) -> int:
        """Send the form of the page, as a person would."""
        connection = http.client.HTTPConnection(self._url.hostname or "", self._url.port, timeout=60)
        try:
            form = urlencode({"person": person, "room": room, "hour": hour})
            connection.request("POST", "/bookings", form, {"Content-Type": "application/x-www-form-urlencoded"})
            return connection.getresponse().status
        finally:
            connection.close()

    def assign(self, user: dict[str, Any]) -> tuple[int, Any]:
        """Look for the user, and create it if there is none."""
        query = quote(f'userName eq "{user["userName"]}"')
        found = self.send("GET", f"/Users?filter={query}&startIndex=1&count=100")[1]["Resources"]
        if not found:
            return self.send("POST", "/Users", user)
        path = f"/Users/{found[0]['id']}"
        return self.send("PUT", path, {**self.send("GET", path)[1], **user})


def person(number: int, given: str, family: str, **more: Any) -> dict[str, Any]:
    """A person as Okta's mapping sends it: the four mandatory attributes, and what Okta adds by itself."""
    email = f"{given}.{family}@example.com".lower()
    return {
        "schemas": [USER, ENTERPRISE, CUSTOM],
        "externalId": f"00u{number:017}",
        "userName": email,
        "name": {"givenName": given, "familyName": family},
        "emails": [{"primary": True, "type": "work", "value": email}],
        "displayName": f"{given} {family}",
        "active": True,
        "password": "kq7-not-for-you",
        **more,
    }


def place(city: str, country: str) -> list[dict[str, Any]]:
    return [{"primary": True, "type": "work", "locality": city, "country": country}]


def phones(primary: str, mobile: str) -> list[dict[str, Any]]:
    return [{"primary": True, "type": "work", "value": primary}, {"type": "mobile", "value": mobile}]


def play(base_url: str, token: str) -> None:
    """Assign, refuse, update, deactivate, delete, push a group."""
    okta = Okta(base_url, token)
    okta.send("GET", "/Users?startIndex=1&count=2")
    ada = okta.assign(
        person(
            1, "Ada", "Lovelace", preferredLanguage="en-GB", addresses=place("London", "gb"),
            phoneNumbers=phones("+44 20 7946 0001", "+44 7700 900001"),
            **{ENTERPRISE: {"department": "Engines", "costCenter": 102}, CUSTOM: {"floor": "3"}},
        )
    )[1]  # fmt: skip
    grace = okta.assign(
        person(
            2, "Grace", "Hopper", preferredLanguage="en_US", addresses=place("New York", "US"),
            phoneNumbers=phones("+1-212-555-0142", "+1-917-555-0143"),
            **{ENTERPRISE: {"department": "Compilers"}},
        )
    )[1]  # fmt: skip
    hedy = okta.assign(person(3, "Hedy", "Lamarr", preferredLanguage="de", addresses=place("Wien", "AT")))[1]
    joan = okta.assign(person(4, "Joan", "Clarke"))[1]
    okta.book(ada["id"], "Ada", 9)
    okta.book(grace["id"], "Hedy", 11)
    off = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": False}}]}
    okta.send("PATCH", f"/Users/{hedy['id']}", off)
    okta.send("DELETE", f"/Users/{joan['id']}")
    members = [{"value": ada["id"], "display": ada["displayName"]}, {"value": grace["id"], "display": None}]
    okta.send("POST", "/Groups", {"schemas": [GROUP], "displayName": "Programmers", "members": members})
    okta.send(
        "PATCH",
        f"/Users/{grace['id']}",
        {
            "schemas": [PATCH],
            "Operations": [
                {"op": "replace", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+1 917 555 0199"},
                {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "<b>Navy</b>"},
            ],
        },
    )
    mistaken = person(5, "Alan", "Turing", preferredLanguage="English", addresses=place("Manchester", "UK"))
    okta.assign(mistaken | {"name": {"givenName": "Alan"}})
