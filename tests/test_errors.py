"""Errors: what they carry and how they read."""

import pytest

from scimcore import errors, urns
from scimcore.errors import (
    InvalidFilter,
    InvalidSyntax,
    InvalidValue,
    MutabilityViolation,
    ScimError,
    Violation,
    of_violations,
)

# RFC 7644 Tables 8 and 9, RFC 9865 §2.2.
ANSWERS = {
    "InvalidFilter": (400, "invalidFilter"),
    "TooMany": (400, "tooMany"),
    "InvalidSyntax": (400, "invalidSyntax"),
    "InvalidPath": (400, "invalidPath"),
    "NoTarget": (400, "noTarget"),
    "InvalidValue": (400, "invalidValue"),
    "InvalidVersion": (400, "invalidVers"),
    "MutabilityViolation": (400, "mutability"),
    "InvalidCursor": (400, "invalidCursor"),
    "ExpiredCursor": (400, "expiredCursor"),
    "InvalidCount": (400, "invalidCount"),
    "Uniqueness": (409, "uniqueness"),
    "Sensitive": (403, "sensitive"),
    "Unauthorized": (401, None),
    "Forbidden": (403, None),
    "NotFound": (404, None),
    "MethodNotAllowed": (405, None),
    "NotAcceptable": (406, None),
    "Conflict": (409, None),
    "VersionMismatch": (412, None),
    "PayloadTooLarge": (413, None),
    "UnsupportedMediaType": (415, None),
    "TooManyRequests": (429, None),
    "InternalError": (500, None),
    "ServiceUnavailable": (503, None),
    "Unsupported": (501, None),
}
ARGUMENTS = {"TooManyRequests": {"retry_after_seconds": 5}}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_kind_has_its_status_and_keyword(name: str) -> None:
    status, scim_type = ANSWERS[name]
    error = getattr(errors, name)("What to do.", **ARGUMENTS.get(name, {}))
    document = {"schemas": [urns.ERROR], "status": str(status), "detail": "What to do."}
    if scim_type is not None:
        document["scimType"] = scim_type
    assert error.to_document() == document
    assert str(error) == f"{status} {scim_type}: What to do." if scim_type else f"{status}: What to do."
    assert (error.path, error.rule, error.violations) == (None, None, ())


def test_no_kind_is_forgotten_here() -> None:
    def kinds(base):
        for kind in base.__subclasses__():
            yield kind.__name__
            yield from kinds(kind)

    assert {name for name in kinds(ScimError) if hasattr(errors, name)} == {"BadRequest", *ANSWERS}


def test_what_some_carry_besides() -> None:
    assert errors.MethodNotAllowed("No.", allow=["GET", "PUT"]).allow == ("GET", "PUT")
    assert errors.TooManyRequests("Wait.", retry_after_seconds=5).retry_after_seconds == 5


def test_a_filter_error_points_at_its_column() -> None:
    error = InvalidFilter("expected an operator", text='userName = "x"', column=9, rule="RFC 7644 §3.4.2.2")
    assert str(error) == '400 invalidFilter: expected an operator\n    userName = "x"\n             ^'
    assert str(InvalidFilter("no text")) == "400 invalidFilter: no text"


def test_a_filter_error_shows_a_window_and_forges_no_line() -> None:
    shown = str(InvalidFilter("x", text="a" * 500 + "\n" + "b" * 500, column=500))
    assert len(shown) < 250
    assert shown.count("\n") == 2
    line, caret = shown.split("\n")[1:]
    assert line[caret.index("^")] == "?"


def test_a_violation_reads_as_a_sentence() -> None:
    assert str(Violation("emails[1].value", "must be a string, not a number", "RFC 7643 §2.3.1")) == (
        "Attribute 'emails[1].value' must be a string, not a number (RFC 7643 §2.3.1)"
    )
    assert str(Violation("", "must be an object", "RFC 7643 §3")) == "The resource must be an object (RFC 7643 §3)"


def test_one_violation() -> None:
    error = of_violations([Violation("active", "must be a boolean", "RFC 7643 §2.3.2")])
    assert isinstance(error, InvalidValue)
    assert (error.path, error.rule) == ("active", "RFC 7643 §2.3.2")
    assert error.detail == "Attribute 'active' must be a boolean (RFC 7643 §2.3.2)"


def test_several_violations() -> None:
    same = [Violation("a", "is x", "r1"), Violation("a", "is y", "r2", "mutability")]
    error = of_violations(same)
    assert isinstance(error, MutabilityViolation)
    assert (error.path, error.rule) == ("a", None)
    assert error.detail == "Attribute 'a' is x (r1); Attribute 'a' is y (r2)"
    error = of_violations([*same, Violation("b", "is z", "r1", "invalidSyntax")])
    assert isinstance(error, InvalidSyntax)
    assert error.path is None
    assert isinstance(of_violations([Violation("a", "is x", "r", "somethingElse")]), InvalidValue)


@pytest.mark.parametrize(("count", "end"), [(10, "'a9' is x (r)"), (11, "; and 1 more"), (10_000, "; and 9990 more")])
def test_the_detail_stays_short(count: int, end: str) -> None:
    error = of_violations([Violation(f"a{number}", "is x", "r") for number in range(count)])
    assert len(error.violations) == count
    assert len(error.detail) < 500
    assert error.detail.endswith(end)
