"""What the suites about attackers share: when a service has lost control, and how their checks are made."""

import re

from scimcore.conformance.check import Check, Function
from scimcore.conformance.exchange import Answer
from scimcore.conformance.outcomes import MUST, Level
from scimcore.conformance.probe import Probe

# How a service says that a request is too much, or none.
REFUSED = (400, 413, 414, 431)
DEPTH = "a parser that calls itself for each level ends in a stack overflow: limit depth and length"
DIFFERENT = "two readers of such a text could each believe another value: refuse it"

# What programs print when they fail, and what nobody outside should read.
_INTERNALS = re.compile(
    rb'Traceback \(most recent|File "[^"]+", line \d+|\n\s+at [\w.$<>]+\(|(?:Type|Value|Key|Runtime|Recursion)Error\b'
    rb"|NullPointerException|SQLSTATE|SELECT .+ FROM|node_modules|/site-packages/|RangeError",
)


def require_control(probe: Probe, answer: Answer) -> None:
    """No 5xx but 501, and nothing of the service's inside."""
    probe.require(answer.status < 500 or answer.status == 501, "no 5xx", answer.summary())
    found = _INTERNALS.search(answer.body)
    probe.require(found is None, "nothing of the service's inside", found[0].decode(errors="replace") if found else "")


def attack(
    id: str,
    section: str,
    title: str,
    function: Function,
    level: Level = MUST,
    hint: str = "",
    needs: tuple[str, ...] = (),
) -> Check:
    """Make a check of the suite ``security``."""
    return Check(f"security-{section}-{id}", "Security", section, level, title, function, hint, needs)
