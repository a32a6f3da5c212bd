"""What one PATCH request may cost, and how much of it is spent."""

from typing import NamedTuple

from scimcore.errors import PayloadTooLarge


class PatchLimits(NamedTuple):
    """What one request may cost; more is answered 413, a longer path 400.

    Attributes:
        max_operations: How many operations a request has.
        max_path_characters: The length of a path.
        max_values: How many values a multi-valued attribute has afterwards.
        max_comparisons: How many comparisons the value filters of all operations need together; a value that is
            changed by one counts as several, and so does long text. A look-up by ``[value eq "..."]`` needs next to
            none.
        max_matches: How many values the filter of a path may match; None for any number of them, which are all meant
            (RFC 7644 §3.5.2). More is answered 400 ``invalidFilter``.
    """

    max_operations: int = 10_000
    max_path_characters: int = 4_096
    max_values: int = 1_000_000
    max_comparisons: int = 5_000_000
    max_matches: int | None = None


DEFAULT_PATCH_LIMITS = PatchLimits()


class Budget:
    """How much searching one request may cause; adversarial filters over long lists would cost hours."""

    def __init__(self, comparisons: int) -> None:
        self._limit = self._left = comparisons

    def spend(self, comparisons: int) -> None:
        """Take some.

        Raises:
            PayloadTooLarge: If that is more than are left.
        """
        self._left -= comparisons
        if self._left < 0:
            raise PayloadTooLarge(
                f"The filters of this request need more than {self._limit} comparisons. Select values by "
                "'[value eq \"...\"]', or send fewer operations at a time."
            )
