"""The pages say what the code does: tables are generated, and each error text of the guide is one that is raised."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from profiles.examples import minimal
from scimcore import Handler, Headers, Provider, Request, urns
from scimcore.memory import MemoryStorage
from scimcore.profiles import BY_NAME, CONDECO
from scimcore.profiles.profile import SWITCHES
from scimcore.service.authentication import bearer_tokens

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables", DOCS / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["profiles.md", "guides/okta-condeco.md"])
def test_tables_are_what_the_code_has(page: str, tables: ModuleType) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert tables.filled(page) == text, "run: python docs/tables.py"
    assert page in tables.PAGES


def test_each_profile_and_each_switch_is_on_the_page() -> None:
    text = (DOCS / "profiles.md").read_text(encoding="utf-8")
    for name in BY_NAME:
        assert f"<!-- table: {name} -->" in text
    for switch in SWITCHES:
        assert f"\n| `{switch}` |" in text


# Each mistake that the guide explains, as a request to a service: what it answers is what an administrator reads.
USER = minimal(CONDECO) | {"userName": "ada@example.com"}
CREATED: list[tuple[str, dict[str, Any]]] = [
    ("'userName' is required", {"userName": " "}),
    ("'name.givenName' is required", {"name": {"familyName": "Lovelace"}}),
    ("'name.familyName' is required", {"name": {"givenName": "Ada"}}),
    ("'emails' is required", {"emails": []}),
    ("'externalId' is required", {"externalId": None}),
    ("is not an ISO 639-1 language code", {"preferredLanguage": "English"}),
    ("is not an ISO 3166-1 alpha-2 code", {"addresses": [{"type": "work", "country": "UK"}]}),
    ("is not a telephone number", {"phoneNumbers": [{"type": "mobile", "value": "ask at the desk"}]}),
    ("is not a telephone number", {"phoneNumbers": [{"primary": True, "value": "1"}]}),
    ("is not an e-mail address", {"emails": [{"value": "Ada <ada@example.com>"}]}),
    ("'emails' must contain exactly one primary value", {"emails": [{"value": "a@b"}, {"value": "c@d"}]}),
    ("'emails' has more than one primary value", {"emails": [{"value": "a@b", "primary": True}] * 2}),
    ("'phoneNumbers' has more than one primary value", {"phoneNumbers": [{"value": "111", "primary": True}] * 2}),
    ("'active' must be a boolean", {"active": "yes"}),
    ("'active' must be true or false: null says neither", {"active": None}),
    ("must be a string, not a number", {"title": 5}),
    ("Another User has this value of 'userName' already", {"externalId": "other"}),
]


def send(handler: Handler, method: str, path: str, body: Any = None, authorization: str = "Bearer s3cret") -> Any:
    headers = {"Content-Type": "application/scim+json", **({"Authorization": authorization} if authorization else {})}
    content = b"" if body is None else json.dumps(body).encode()
    answer = handler.handle(Request(method, path, "", Headers(headers.items()), content, "https://host/scim/v2"))
    return json.loads(answer.body)


def test_the_guides_error_texts_are_the_ones_that_are_answered() -> None:
    text = (DOCS / "guides" / "okta-condeco.md").read_text(encoding="utf-8")
    section = text.partition("## Troubleshooting")[2]
    promised = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    service = Handler(Provider(profile=CONDECO), MemoryStorage(), bearer_tokens({"s3cret": "okta"}))
    user = send(service, "POST", "/Users", USER)
    group = {"schemas": [urns.GROUP], "displayName": "Floor 3", "externalId": "g1"}
    floor = send(service, "POST", "/Groups", group)
    answered = [
        (words, send(service, "POST", "/Users", USER | {"userName": f"{number}@example.com"} | mistake))
        for number, (words, mistake) in enumerate(CREATED[:-1])
    ]
    fixed = "'externalId' is immutable and cannot be changed"
    removal = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "remove", "path": "externalId"}]}
    nested = {"schemas": [urns.GROUP], "displayName": "All floors", "members": [{"value": floor["id"]}]}
    answered += [
        (CREATED[-1][0], send(service, "POST", "/Users", USER | CREATED[-1][1])),
        (fixed, send(service, "PUT", f"/Users/{user['id']}", USER | {"externalId": "other"})),
        (fixed, send(service, "PUT", f"/Groups/{floor['id']}", group | {"externalId": "other"})),
        (
            "'externalId' is immutable and cannot be removed",
            send(service, "PATCH", f"/Users/{user['id']}", removal),
        ),
        ("is a group: only users can be members", send(service, "POST", "/Groups", nested)),
        ("Another Group has this value of 'displayName' already", send(service, "POST", "/Groups", group)),
        ("There is no User with this id", send(service, "PUT", "/Users/nobody", USER)),
        ("Authentication is required", send(service, "GET", "/Users", authorization="")),
        (
            "The bearer token is not one that this service accepts",
            send(service, "GET", "/Users", authorization="Bearer no"),
        ),
    ]
    for words, answer in answered:
        assert words in answer.get("detail", ""), (words, answer)
    # Every line of the table is one that is answered, and the other way round.
    assert set(promised) == {words for words, _ in answered}
    assert len(promised) == len(set(promised))


def test_what_the_guide_says_of_mistakes_that_are_no_error() -> None:
    section = (DOCS / "guides" / "okta-condeco.md").read_text(encoding="utf-8").partition("## Troubleshooting")[2]
    seen = re.findall(r"^\| ([a-z][^|]+) \|", section.partition("Some mistakes are no error")[2], re.MULTILINE)
    unseen = {
        "country and locality stay empty": {"addresses": [{"type": "home", "country": "GB", "locality": "London"}]},
        "the mobile number stays empty": {"phoneNumbers": [{"type": "handy", "value": "+44 7700 900001"}]},
        "the language stays empty": {"preferedLanguage": "en"},
        "group, floor or business category stay empty": {"urn:example:other:2.0:User": {"floor": "3"}},
    }
    service = Handler(Provider(profile=CONDECO), MemoryStorage(), bearer_tokens({"s3cret": "okta"}))
    for number, (words, mistake) in enumerate(unseen.items()):
        assert words in seen
        answer = send(service, "POST", "/Users", USER | {"userName": f"{number}@example.com"} | mistake)
        assert answer["id"], answer
        record = CONDECO.to_record(answer)
        assert not record.keys() & {"country", "buildingLocation", "mobile", "telephone", "language", "floor"}


def test_every_click_of_the_set_up_is_in_the_guide() -> None:
    text = (DOCS / "guides" / "okta-condeco.md").read_text(encoding="utf-8")
    clicks = text.partition("## Set up the app")[2].partition("\n## ")[0]
    for number, words in enumerate(CLICKS, start=1):
        step = clicks.partition(f"\n{number}. ")[2].partition(f"\n{number + 1}. ")[0]
        assert step, number
        for word in words:
            assert word in step, (number, word)


CLICKS = (
    ["Sign in"],
    ["Applications"],
    ["Browse App Catalog"],
    ["Condeco Software"],
    ["Add Integration"],
    ["General Settings", "Done"],
    ["Provisioning", "Enable API integration"],
    ["API Token", "Test API Credentials", "Save"],
    ["To App", "Edit"],
    ["Create Users", "Update User Attributes", "Deactivate Users", "Save"],
    ["Attribute Mappings", "Username", "Given name", "Family name", "Primary email"],
    [
        "Department", "Preferred language", "ISO 639-1", "Cost Center", "Country Code", "Locality", "Primary Phone",
        "Mobile phone",
    ],
    ["Remove", "**X**"],
)  # fmt: skip
