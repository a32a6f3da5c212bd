"""PATCH: what a request makes of a resource, what changed, and the way back (RFC 7644 §3.5.2).

``scimcore.Patch`` is the friendly form; these are what it is made of.
"""

from scimcore.patch.changes import AnyChange, Change, MembershipDelta
from scimcore.patch.diff import diff
from scimcore.patch.limits import PatchLimits
from scimcore.patch.operations import Patched, apply
from scimcore.patch.report import render
from scimcore.patch.tolerances import PatchTolerances, Tolerance, Tolerated

__all__ = [
    "AnyChange",
    "Change",
    "MembershipDelta",
    "PatchLimits",
    "PatchTolerances",
    "Patched",
    "Tolerance",
    "Tolerated",
    "apply",
    "diff",
    "render",
]
