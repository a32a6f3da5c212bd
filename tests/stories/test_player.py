"""The player against a server of a few lines that stores users in a dict."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from stories import Answer, Story, play, read
from stories.story import Step

OK = {"status": [200], "match": "subset"}


class Fake:
    """Answers GET, POST and PATCH of /Users/{id}; remembers what it was sent."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, object]] = {}
        self.sent: list[tuple[str, str, Mapping[str, str]]] = []

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        self.sent.append((method, path, headers))
        if method == "PATCH":
            return 204, {}, b""
        if method == "POST":
            document = {**json.loads(body or b""), "id": str(len(self.users) + 1)}
            self.users[document["id"]] = document
            return 201, {"Location": f"http://x/Users/{document['id']}"}, json.dumps(document).encode()
        user = self.users.get(path.removeprefix("/Users/"))
        return (404, {}, b"{}") if user is None else (200, {}, json.dumps(user).encode())


def step(id: str, method: str, path: str, body: object = None, **fields: Any) -> Step:
    return Step(id, method, path, {"Authorization": "Bearer {{token}}"}, body, **{"expect": OK, **fields})


def test_captured_values_are_sent_and_expected_later() -> None:
    created = {"status": [201], "match": "subset", "headers": {"Location": "{{base}}/Users/{{ada}}"}}
    story = Story(
        "a",
        given=(step("zero", "POST", "/Users", {"userName": "zero"}, expect=created, capture={"ada": "id"}),),
        steps=(
            step("make", "POST", "/Users", {"userName": "{{name}}"}, expect=created, capture={"ada": "$.id"}),
            step("read", "GET", "/Users/{{ada}}", expect={**OK, "body": {"id": "2", "userName": "ada"}}),
        ),
        variables={"name": "ada"},
    )
    fake = Fake()
    played = play(story, fake, {"base": "http://x", "token": "t"})
    assert [str(p) for p in played.values()] == ["make: POST /Users", "read: GET /Users/{{ada}}"]
    assert fake.sent[-1] == ("GET", "/Users/2", {"Authorization": "Bearer t"})


def test_a_step_that_goes_wrong_is_recorded_and_the_story_goes_on() -> None:
    story = Story(
        "a",
        steps=(
            step("lost", "GET", "/Users/{{nobody}}"),
            step("unknown", "GET", "/Users/9", expect={**OK, "body": {"id": "9"}}),
            step("patched", "PATCH", "/Users/9", {}, expect={**OK, "status": [200, 204], "body": {"id": "9"}}),
            step("slow", "POST", "/Users", {}, expect={"status": [201], "milliseconds": 0, "present": ["id", "x"]}),
        ),
    )
    played = play(story, Fake(), {"token": "t"})
    assert played["lost"].problems == ("nothing captured 'nobody'",)
    assert played["unknown"].problems[0] == "status is 404, not 200"
    assert not played["patched"].problems
    assert played["slow"].problems[0] == "x is missing"
    assert "ms" in played["slow"].problems[1]


def test_a_stand_in_lets_the_story_go_on() -> None:
    created = {"status": [201], "body": {"id": "{{ada}}"}, "match": "subset", "absent": ["odd"]}
    steps = (
        step("make", "POST", "/Users", {"odd": 1}, expect=created, capture={"ada": "id"}),
        step("read", "GET", "/Users/{{ada}}", expect={**OK, "body": {"even": 2}}),
    )
    played = play(Story("a", steps), Fake(), {"token": "t"}, {"make": {"even": 2}, "read": {}})
    assert played["make"].problems[0] == "odd is there: 1"
    assert not played["read"].problems


def test_an_expectation_that_cannot_be_filled_shows_the_answer() -> None:
    story = Story("a", (step("make", "GET", "/Users/1", expect={**OK, "body": {"id": "{{ada}}"}}),))
    assert play(story, Fake(), {"token": "t"})["make"].problems == ("nothing captured 'ada'", "answer: 404 {}")


def test_a_story_that_cannot_start_says_so() -> None:
    with pytest.raises(AssertionError, match="cannot start"):
        play(Story("a", steps=(), given=(step("zero", "GET", "/Users/1"),)), Fake(), {"token": "t"})


def test_a_204_has_no_body_and_what_is_no_json_is_a_problem() -> None:
    story = Story("a", steps=(step("one", "GET", "/Users/1", expect={"status": [204]}),))
    variables = {"token": "t"}
    assert play(story, lambda *_: (204, {}, b"{}"), variables)["one"].problems[0] == "204 with a body"
    assert "JSONDecodeError" in play(story, lambda *_: (200, {}, b"<html>"), variables)["one"].problems[0]


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("okta_lifecycle", 29),
        ("okta_full_lifecycle", 154),
        ("entra_lifecycle", 28),
        ("entra_full_lifecycle", 178),
        ("entra_condeco", 36),
        ("okta_spec_test", 12),
    ],
)
def test_the_files_are_read_whole(name: str, steps: int) -> None:
    story = read(name)
    assert len({step.id for step in story.steps}) == steps
    assert all(step.expect["status"] for step in story.steps)
