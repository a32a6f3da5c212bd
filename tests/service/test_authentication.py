import asyncio
import base64
from typing import Any

import pytest

from scimcore.errors import Forbidden, Unauthorized
from scimcore.http import Headers, Request
from scimcore.service.authentication import (
    Caller,
    Challenged,
    anyone,
    basic,
    bearer_tokens,
    first_of,
    open_discovery,
)


def request(authorization: str | None) -> Request:
    return Request("GET", "/", headers=Headers([] if authorization is None else [("Authorization", authorization)]))


def test_each_token_is_its_caller() -> None:
    authenticate = bearer_tokens({"s3cret": "okta", "two": "entra", "three": "okta"})
    assert authenticate(request("Bearer s3cret")) == Caller("okta")
    assert authenticate(request("bEARER  two ")) == Caller("entra")
    assert authenticate(request("Bearer three")) == Caller("okta")


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "s3cret",
        "Basic s3cret",
        "Bearers3cret",
        "Bearer s3cret, Bearer s3cret",
        "Bearer \udcff",
    ],
)
def test_anything_else_is_nobody(authorization: str | None) -> None:
    with pytest.raises(Challenged) as caught:
        bearer_tokens({"s3cret": "okta"})(request(authorization))
    assert isinstance(caught.value, Unauthorized)
    assert caught.value.challenge.startswith("Bearer realm=")
    assert "s3cret" not in str(caught.value)


def test_an_unknown_token_and_a_near_one_look_alike() -> None:
    authenticate = bearer_tokens({"s3cret": "okta"})
    answers = []
    for token in ("two", "S3cret", "s3cret1", "s3cre"):
        with pytest.raises(Challenged) as caught:
            authenticate(request(f"Bearer {token}"))
        answers.append((caught.value.detail, caught.value.challenge))
    assert len(set(answers)) == 1


@pytest.mark.parametrize("token", ["", " ", "a b", "tab\t", "line\n", "schlüssel"])
def test_a_token_that_cannot_be_sent_is_refused_at_once(token: str) -> None:
    with pytest.raises(ValueError, match="okta"):
        bearer_tokens({"good": "entra", token: "okta"})


def test_no_token_at_all_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        bearer_tokens({})


def test_the_refusal_does_not_tell_the_token() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - what it does not say is the point
        bearer_tokens({"half of a secret": "okta"})
    assert "secret" not in str(caught.value)


def test_anyone_is_let_in_when_the_host_says_so() -> None:
    assert anyone(request(None)).name == "anyone"


# Basic -------------------------------------------------------------------------------------------------------------


def credentials(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_names_and_passwords() -> None:
    authenticate = basic({("okta", "s3cret:x"): "okta", ("okta", "n€xt"): Caller("okta", tenant="acme")})
    assert authenticate(request(credentials("okta", "s3cret:x"))) == Caller("okta")
    assert authenticate(request(credentials("okta", "n€xt").replace("Basic", "bASIC"))) == Caller("okta", None, "acme")


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic \udcff",
        "Bearer s3cret",
        credentials("okta", "wrong"),
        credentials("OKTA", "s3cret"),
        credentials("okta", ""),
        credentials("", "s3cret"),
        credentials("okta:s3cret", ""),
    ],
)
def test_other_names_and_passwords_are_nobody_s(authorization: str | None) -> None:
    with pytest.raises(Challenged) as caught:
        basic({("okta", "s3cret"): "okta"})(request(authorization))
    assert caught.value.challenge == 'Basic realm="SCIM", charset="UTF-8"'
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("pair", [("", "x"), ("x", ""), ("a:b", "x")])
def test_a_name_that_cannot_be_sent_is_refused_at_once(pair: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="idp"):
        basic({pair: "idp"})
    with pytest.raises(ValueError, match="at least one"):
        basic({})


# Several ways ------------------------------------------------------------------------------------------------------


def test_the_first_way_that_knows_the_caller_counts() -> None:
    authenticate = first_of(bearer_tokens({"s3cret": "token"}), basic({("okta", "s3cret"): "name"}))
    assert authenticate(request("Bearer s3cret")) == Caller("token")
    assert authenticate(request(credentials("okta", "s3cret"))) == Caller("name")
    for authorization, told in ((None, "is required"), ("Bearer wrong", "not one that this service accepts")):
        with pytest.raises(Challenged, match=told) as caught:
            authenticate(request(authorization))
        assert "Bearer realm=" in caught.value.challenge
        assert ", Basic realm=" in caught.value.challenge


def test_what_is_no_refusal_is_raised() -> None:
    def fail(request: Request) -> Caller:
        raise Forbidden("Not from there.")

    def refuse(request: Request) -> Caller:
        raise Unauthorized("Who are you?")

    with pytest.raises(Forbidden):
        first_of(refuse, fail, anyone)(request(None))
    assert first_of(refuse, anyone)(request(None)) == Caller("anyone")
    with pytest.raises(Challenged) as caught:
        first_of(refuse)(request(None))
    assert caught.value.challenge == 'Bearer realm="SCIM"'
    with pytest.raises(ValueError, match="at least one way"):
        first_of()


def test_one_way_of_several_may_wait() -> None:
    async def late(request: Request) -> Caller:
        await asyncio.sleep(0)
        if request.headers.get("authorization") != "Late":
            raise Unauthorized("Who are you?")
        return Caller("late")

    class Awaitable:
        def __await__(self) -> Any: ...

    authenticate: Any = first_of(bearer_tokens({"s3cret": "token"}), late)
    assert asyncio.run(authenticate(request("Late"))) == Caller("late")
    assert asyncio.run(authenticate(request("Bearer s3cret"))) == Caller("token")
    with pytest.raises(Challenged):
        asyncio.run(authenticate(request(None)))
    with pytest.raises(TypeError, match="coroutine function"):
        first_of(lambda request: Awaitable())(request("Late"))


# Discovery ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "is_open"),
    [
        ("GET", "/ServiceProviderConfig", True),
        ("HEAD", "/schemas", True),
        ("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", True),
        ("GET", "/ResourceTypes/User", True),
        ("POST", "/Schemas", False),
        ("GET", "/Users", False),
        ("GET", "/Users/Schemas", False),
        ("GET", "/Schemas/../Users", False),
        ("GET", "/Schemas/%2e%2e/Users", False),
        ("GET", "/Schemas%2f..%2fUsers", False),
        ("GET", "//Schemas", False),
        ("GET", "/Schemas\n", False),
        ("GET", "/ServiceProviderConfigs", False),
        ("GET", "", False),
    ],
)
def test_discovery_is_open_if_the_host_says_so(method: str, path: str, is_open: bool) -> None:
    closed = bearer_tokens({"s3cret": "okta"})
    authenticate = open_discovery(closed)
    nobody, somebody = Request(method, path), Request(method, path, headers=Headers([("Authorization", "Bearer x")]))
    if is_open:
        assert authenticate(nobody) == Caller("anyone")
    else:
        with pytest.raises(Unauthorized):
            authenticate(nobody)
    with pytest.raises(Unauthorized):
        authenticate(somebody)
    with pytest.raises(Unauthorized):
        closed(nobody)
