import pytest

from scimcore.errors import Unauthorized
from scimcore.http import Headers, Request
from scimcore.service.authentication import Caller, Challenged, anyone, bearer_tokens


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
