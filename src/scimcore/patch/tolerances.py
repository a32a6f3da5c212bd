"""What the engine may do beyond RFC 7644 §3.5.2 where the answer depends on the resource as it is.

Whatever can be put right by looking at the request alone is put right before, by a dialect. Each tolerance is named as
the quirk that it carries out; a dialect says which are on.
"""

from enum import StrEnum
from typing import NamedTuple, TypeAlias

from scimcore.filter.tolerances import FilterTolerance


class Tolerance(StrEnum):
    """A departure from RFC 7644 §3.5.2 that the engine can be asked for."""

    ADD_CREATES_VALUE = "add-creates-value"
    """``add`` at a value path that matches nothing makes the value that the path describes (errata 8097)."""

    REPLACE_CREATES_VALUE = "replace-creates-value"
    """``replace`` at a value path that matches nothing does so too, against §3.5.2.3."""

    REMOVE_LISTED_VALUES = "remove-listed-values"
    """``remove`` of a multi-valued attribute with a ``value`` removes the values listed, not all."""

    REMOVE_NOTHING = "remove-nothing"
    """``remove`` at a value path that matches nothing succeeds."""

    DROP_BARE_LABELS = "drop-bare-labels"
    """A value that is left with ``type`` and ``primary`` only is removed."""

    DROP_STALE_REFERENCE = "drop-stale-reference"
    """Where the ``value`` of a reference changes, what else was known of the old one goes."""

    IGNORE_READ_ONLY = "ignore-read-only"
    """A readOnly attribute inside a value is ignored, as in a PUT; but an ``id`` must be the resource's own."""

    IGNORE_FOREIGN_ID = "ignore-foreign-id"
    """Even an ``id`` that is not the resource's own is ignored inside a value."""

    IGNORE_UNKNOWN_SCHEMAS = "unregistered-schemas"
    """URNs in ``schemas`` that the resource type has not are ignored."""

    NO_OPERATIONS = "no-operations"
    """A request without operations succeeds without a change."""

    IGNORE_UNKNOWN_NAMES = "ignore-unknown-names"
    """Undeclared attributes inside a value are ignored; an undeclared path stays an error."""


PatchTolerances: TypeAlias = frozenset[Tolerance | FilterTolerance]
"""What the engine may do, and what it may understand in the filters of paths."""


class Tolerated(NamedTuple):
    """One use of a tolerance.

    Attributes:
        quirk: Its name.
        path: The attribute; never a value, which may be personal data.
    """

    quirk: str
    path: str
