"""Rows c and d: a text becomes a filter, and a filter finds users.

"Cold" texts differ in their values from call to call, as they do in requests, so that nobody's cache of whole filters
helps; scimcore's cache of attribute paths does. "Parse" ends at the tree; "ready" also resolves the attributes and
makes what is asked of the users. scim2-filter-parser has no resource types and nothing that could be asked.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from typing import Any

from benchmarks.harness import Candidate, Part, Row, at_most, faster_than, optional, times_limit
from scimcore.filter import Filter, FilterLimits, bind, parse, predicate, scanner
from scimcore.resources import User

MODELS = "scim2-models"
PARSER = "scim2-filter-parser"

SHORT = 'userName eq "bjensen{}@example.com"'
LONG = (
    'userType eq "Employee" and (emails co "example{0}.com" or emails.value co "example{0}.org") '
    'and emails[type eq "work" and value co "@example{0}.com"] or not (meta.lastModified gt "2011-05-13T04:42:34Z")'
)
_COUNT = 10_000
_PART = 100
# More than any of the candidates remembers.
_TEXTS = 5_000
_USER = User.resource_type()


def rows() -> Iterator[Row]:
    """Yield the rows."""
    yield from _cold()
    yield from _warm()
    yield from _pathological()
    yield from _scan()


def _cold() -> Iterator[Row]:
    for name, template, micros in (("short", SHORT, (6, 5)), ("long", LONG, (25, 22))):
        texts = [template.format(number) for number in range(_TEXTS)]
        yield Row(
            f"c parse, {name}, cold",
            _each(parse, texts),
            peers={MODELS: _each(_models_filter(), texts), PARSER: _each(_parser(), texts)},
            targets=(faster_than(MODELS, 18, 28), faster_than(PARSER, 8, 15), at_most(*micros)),
        )
        yield Row(
            f"c ready, {name}, cold",
            _each(lambda text: predicate(bind(parse(text), _USER).node), texts),
            peers={MODELS: _each(_models_filter(bound=True), texts)},
        )


def _warm() -> Iterator[Row]:
    text = SHORT.format(1)
    bound = _models_filter(bound=True)
    yield Row(
        "c ready, short, warm",
        # At this size a lambda around the call would count for a sixth of the figure.
        partial(Filter, text, _USER),
        limit=partial({(text, _USER): 1}.__getitem__, (text, _USER)),
        peers={MODELS: bound and partial(bound, text)},
        targets=(faster_than(MODELS, 20, 100), at_most(0.5, 0.5)),
        limit_name="a look-up in a dictionary",
    )


def _pathological() -> Iterator[Row]:
    limits = FilterLimits(max_depth=10_000)
    parentheses = "(" * 10_000 + "title pr" + ")" * 10_000
    ors = " or ".join(SHORT.format(number) for number in range(1_000))
    yield Row(
        "c parse, 10,000 parentheses",
        lambda: parse(parentheses, limits=limits),
        targets=(at_most(40_000, 20_000),),
    )
    yield Row(
        "c parse, 1,000 ors",
        lambda: parse(ors),
        peers={MODELS: _on(_models_filter(), ors)},
        targets=(at_most(8_000, 6_000),),
    )


def _scan() -> Iterator[Row]:
    documents = [_user(number) for number in range(_COUNT)]
    simple = 'userName eq "USER05000@example.com"'
    value_path = 'emails[type eq "work" and value co "@team77."]'
    folded = "user05000@example.com"
    by_name = scanner(bind(parse(simple), _USER).node)
    by_mail = scanner(bind(parse(value_path), _USER).node)
    yield Row(
        "d scan 10,000 users, userName eq",
        lambda: by_name(documents),
        limit=lambda: [document for document in documents if document["userName"].lower() == folded],
        peers={MODELS: _models_scan(simple, documents)},
        targets=(faster_than(MODELS, 15, 30), times_limit(3.5, 2)),
        limit_name="a comprehension written by hand",
    )
    yield Row(
        "d scan 10,000 users, value path",
        lambda: by_mail(documents),
        limit=lambda: [
            document
            for document in documents
            if any(
                mail["type"].lower() == "work" and "@team77." in mail["value"].lower() for mail in document["emails"]
            )
        ],
        peers={MODELS: _models_scan(value_path, documents)},
        targets=(faster_than(MODELS, 70, 140),),
        limit_name="a comprehension written by hand",
    )
    one_by_one = Filter(simple, _USER)
    yield Row(
        "d scan 10,000 users, userName eq, Filter.matches",
        lambda: [document for document in documents if one_by_one.matches(document)],
        peers={MODELS: _models_scan(simple, documents)},
        targets=(faster_than(MODELS, 15, 30),),
    )


def _user(number: int) -> dict[str, Any]:
    return {
        "schemas": [_USER.schema.id],
        "id": f"{number:032x}",
        "userName": f"user{number:05}@example.com",
        "name": {"givenName": f"Given{number}", "familyName": f"Family{number}"},
        "emails": [
            {"value": f"user{number}@team{number % 100}.example.com", "type": "work", "primary": True},
            {"value": f"user{number}@home.example.org", "type": "home"},
        ],
        "active": number % 2 == 0,
    }


def _each(run: Callable[[str], object] | None, texts: list[str]) -> Candidate | None:
    """Return a candidate that takes another text each time."""
    if run is None:
        return None
    following = cycle(texts).__next__
    return lambda: run(following())


def _on(run: Callable[[str], object] | None, text: str) -> Candidate | None:
    return None if run is None else lambda: run(text)


def _models_filter(*, bound: bool = False) -> Callable[[str], Any] | None:
    peer = optional("scim2_models")
    if peer is None:
        return None
    return peer.ScimFilter[peer.User] if bound else peer.ScimFilter


def _models_scan(text: str, documents: list[dict[str, Any]]) -> Part | None:
    peer = optional("scim2_models")
    if peer is None:
        return None
    wanted = peer.ScimFilter[peer.User](text)
    users = [peer.User.model_validate_json(json.dumps(document)) for document in documents[:_PART]]
    return Part(lambda: [user for user in users if wanted.match(user)], of=_COUNT / _PART)


def _parser() -> Callable[[str], object] | None:
    lexer, parser = optional("scim2_filter_parser.lexer"), optional("scim2_filter_parser.parser")
    if lexer is None or parser is None:
        return None
    return lambda text: parser.SCIMParser().parse(lexer.SCIMLexer().tokenize(text))
