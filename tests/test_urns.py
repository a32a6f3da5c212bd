"""What a URN is."""

import pytest

from scimcore import urns

CONSTANTS = {name: value for name, value in vars(urns).items() if name.isupper() and not name.startswith("_")}


@pytest.mark.parametrize("name", CONSTANTS)
def test_the_constants_are_urns(name: str) -> None:
    assert urns.is_urn(CONSTANTS[name])
    assert urns.is_urn(CONSTANTS[name].upper())


NO_URNS = [
    "",
    "urn",
    "urn:",
    "urn:x:y",
    "urn:ex:",
    "urn:-ex:a",
    "urn:ex-:a",
    "userName",
    "urn:ex:a b",
    "urn:ex:a\n",
    "urn:ex:é",
    f"urn:{'e' * 33}:a",
    "http://example.com",
]


@pytest.mark.parametrize("text", NO_URNS)
def test_what_is_no_urn(text: str) -> None:
    assert not urns.is_urn(text)
