"""The refusals that are invalidFilter wherever the filter stands, in the path of a PATCH too."""

from scimcore.errors import InvalidFilter


class OperatorRefused(InvalidFilter):
    """An operator that there is not, or that does not fit its attribute.

    RFC 7644 §3.4.2.2 says of these, and of no other mistake, which scimType they have.
    """
