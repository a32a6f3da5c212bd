"""A check as a value, what came of it, and how suites make checks of functions and of tables."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scimcore.conformance.exchange import ShownExchange
from scimcore.conformance.outcomes import MUST, Level, Outcome
from scimcore.conformance.probe import Probe

__all__ = ["Check", "Function", "Level", "Outcome", "Result", "check", "collected"]

Function = Callable[[Probe], None]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a specification wants, and how to find out whether a service does it.

    Attributes:
        id: ``rfc7644-3.4.2.2-eq-case``; it stays, so that runs can be compared.
        spec: ``RFC 7644``.
        section: ``3.4.2.2``.
        level: How much the specification wants it.
        title: What the service must do, as a sentence.
        function: Does the asking. It returns if all is well, and raises Failed or Skipped.
        hint: What usually is wrong when the check fails.
        needs: What the service must have for the check to apply; see
            :meth:`scimcore.conformance.target.Target.missing`.
        each_type: The check is made for every resource type, not for users alone.
    """

    id: str
    spec: str
    section: str
    level: Level
    title: str
    function: Function
    hint: str = ""
    needs: tuple[str, ...] = ()
    each_type: bool = False

    @property
    def source(self) -> str:
        """The specification with its section."""
        return f"{self.spec} §{self.section}" if self.section[:1].isdigit() else f"{self.spec} {self.section}".strip()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a check.

    Attributes:
        check: The check.
        suite: The suite that it is of.
        outcome: Passed, failed or skipped.
        kind: The name of the resource type, of a check that is made for each; else empty.
        expected: What should have come, of a failure.
        received: What came, of a failure; why it was skipped, of a skip.
        exchanges: What was said, of a failure.
        seconds: How long it took.
    """

    check: Check
    suite: str
    outcome: Outcome
    kind: str = ""
    expected: str = ""
    received: str = ""
    exchanges: tuple[ShownExchange, ...] = ()
    seconds: float = 0

    @property
    def id(self) -> str:
        """The check's id, with the resource type."""
        return f"{self.check.id}[{self.kind}]" if self.kind else self.check.id


def check(
    id: str,
    title: str,
    *,
    level: Level = MUST,
    hint: str = "",
    needs: Iterable[str] = (),
    each_type: bool = False,
) -> Callable[[Function], Check]:
    """Make a check of a function. Specification and section are read from the id: ``rfc7644-3.3-created``."""

    def make(function: Function) -> Check:
        spec, section, _ = id.split("-", 2)
        return Check(id, SPECS[spec], section, level, title, function, hint, tuple(needs), each_type)

    return make


# First word of an id: how the specification is called.
SPECS = {
    "rfc7643": "RFC 7643",
    "rfc7644": "RFC 7644",
    "rfc9865": "RFC 9865",
    "interop": "SCIM interoperability profile (draft -01)",
    "ipsie": "IPSIE AL SCIM profile (draft 00)",
    "okta": "Okta",
    "entra": "Microsoft Entra ID",
    "security": "Security",
    "profile": "Attribute mapping",
}


def collected(names: dict[str, object]) -> tuple[Check, ...]:
    """Return the checks among a module's names, in the order in which they stand there."""
    return tuple(value for value in names.values() if isinstance(value, Check))
