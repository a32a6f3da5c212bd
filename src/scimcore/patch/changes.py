"""What a PATCH changed, as a value: for storages that write rows, and for hosts that react.

``match change: case Change("active", True, False): ...`` reads "was deactivated";
``case MembershipDelta("members", added): ...`` reads "joined".
"""

from typing import NamedTuple, TypeAlias

from scimcore.documents import JSON, Document


class Change(NamedTuple):
    """One attribute that has another value than before.

    Attributes:
        path: In canonical spelling; for a complex attribute with one value, its sub-attribute: ``name.givenName``.
        before: None if it had no value. Of a secret (``returned: never``) always None.
        after: None if it has no value any more. Of a secret always None: the new document has it.
    """

    path: str
    before: JSON
    after: JSON


class MembershipDelta(NamedTuple):
    """What was added to and removed from an attribute whose values refer to resources, such as ``members``.

    A value is identified by its ``value``. One that was removed and added again in one request appears nowhere.

    Attributes:
        path: The attribute, in canonical spelling.
        added: Values that were not there.
        removed: Values that are not there any more.
        updated: Before and after, of values that stayed but say something else, a ``display`` for example.
    """

    path: str
    added: tuple[Document, ...] = ()
    removed: tuple[Document, ...] = ()
    updated: tuple[tuple[Document, Document], ...] = ()


AnyChange: TypeAlias = Change | MembershipDelta
