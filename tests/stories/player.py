"""Plays a story step by step. A step that goes wrong is recorded and the story goes on."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from stories import matching
from stories.story import Step, Story

Answer = tuple[int, Mapping[str, str], bytes]
Send = Callable[[str, str, Mapping[str, str], bytes | None], Answer]

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Played:
    """How one step went: no problems means that the answer was as told."""

    step: Step
    problems: tuple[str, ...]

    def __str__(self) -> str:
        return "\n  ".join((f"{self.step.id}: {self.step.method} {self.step.path}", *self.problems))


def play(
    story: Story, send: Send, variables: Mapping[str, str], stand_ins: Mapping[str, Any] | None = None
) -> dict[str, Played]:
    """Play a story from its beginning to its end.

    Args:
        story: What to send and what to expect.
        send: Takes method, path (relative to the SCIM base URL), headers and body; gives status, headers and body.
        variables: Known from the start: ``base`` (the SCIM base URL) and ``token``.
        stand_ins: Bodies by step id, to send when the step's own body does not have the outcome told: what the
            steps after it build on exists then. The step stays failed.

    Returns:
        The steps by id, in order, each with what was not as told.

    Raises:
        AssertionError: If the state that the story starts from cannot be reached.
    """
    known = {**story.variables, **variables}
    for step in story.given:
        played = _play(step, send, known)
        assert not played.problems, f"the story cannot start: {played}"
    outcome = {}
    for step in story.steps:
        outcome[step.id] = _play(step, send, known)
        if outcome[step.id].problems and stand_ins and step.id in stand_ins:
            _play(replace(step, body=stand_ins[step.id]), send, known)
    return outcome


def _play(step: Step, send: Send, known: dict[str, str]) -> Played:
    """Play one step; what it captures is added to ``known``."""
    try:
        path, headers, body = _fill((step.path, dict(step.headers), step.body), known)
        started = time.perf_counter()
        status, answered, content = send(step.method, path, headers, None if body is None else _encode(body))
        milliseconds = (time.perf_counter() - started) * 1000
        document = json.loads(content) if content else None
        for name, where in step.capture.items():
            value = matching.at(where, document)
            if isinstance(value, str):
                known[name] = value
    except KeyError as missing:
        return Played(step, (f"nothing captured {missing}",))
    except (ValueError, OSError) as problem:
        return Played(step, (f"{type(problem).__name__}: {problem}",))
    try:
        expect = _fill(dict(step.expect), known)
    except KeyError as missing:
        problems = [f"nothing captured {missing}"]
    else:
        problems = [*_judge(expect, path, status, answered, document)]
        if milliseconds > expect.get("milliseconds", float("inf")):
            problems.append(f"took {milliseconds:.0f} ms, not {expect['milliseconds']} ms or less")
    if problems:
        problems.append(f"answer: {status} {content.decode(errors='replace')[:1000]}")
    return Played(step, tuple(problems))


def _judge(
    expect: Mapping[str, Any], path: str, status: int, answered: Mapping[str, str], document: Any
) -> Iterator[str]:
    if status not in expect["status"]:
        yield f"status is {status}, not {' or '.join(map(str, expect['status']))}"
        return
    if status == 204:
        if document is not None:
            yield "204 with a body"
        return
    yield from matching.headers(expect.get("headers", {}), answered)
    if "body" in expect:
        selected = "attributes" in parse_qs(urlsplit(path).query)
        yield from _MATCHES[expect["match"]](expect["body"], document, selected)
    for word, check in _CHECKS.items():
        if word in expect:
            yield from check(expect[word], document if isinstance(document, dict) else {})


_MATCHES: dict[str, Callable[[Any, Any, bool], Iterator[str]]] = {
    "subset": lambda expected, actual, _: matching.subset(expected, actual),
    "resource": lambda expected, actual, selected: matching.resource(expected, actual, selected=selected),
    "error": lambda expected, actual, _: matching.error(expected, actual),
}

_CHECKS: dict[str, Callable[[Any, Mapping[str, Any]], Iterator[str]]] = {
    "present": matching.present,
    "absent": matching.absent,
    "length": matching.length,
    "integers": matching.integers,
    "not_empty": matching.not_empty,
    "lists": matching.lists,
}


def _fill(value: Any, known: Mapping[str, str]) -> Any:
    """Put the known values in the place of ``{{name}}``. A name that no step captured is a KeyError."""
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: known[match[1]], value)
    if isinstance(value, dict):
        return {name: _fill(inner, known) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_fill(inner, known) for inner in value)
    return value


def _encode(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
