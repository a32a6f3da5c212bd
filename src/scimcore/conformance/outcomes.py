"""What can come of a check, and how a check says so."""

import enum


class Level(enum.StrEnum):
    """How much a specification wants something (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


MUST, SHOULD, MAY = Level


class Outcome(enum.StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Failed(Exception):
    """The service answered something else than it must.

    Attributes:
        expected: What the specification says should come.
        received: What came.
    """

    def __init__(self, expected: str, received: str) -> None:
        super().__init__(f"expected {expected}; received {received}")
        self.expected = expected
        self.received = received


class Skipped(Exception):
    """The check does not apply. The message says why."""
