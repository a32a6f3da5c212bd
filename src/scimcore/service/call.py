"""Everything that an operation is carried out with, as one value that is passed: no context beside it."""

from typing import NamedTuple

from scimcore.service.authentication import Caller
from scimcore.service.hooks import Hooks
from scimcore.service.presentation import References
from scimcore.service.provider import Provider
from scimcore.service.store import Store


class Call(NamedTuple):
    """One request, on its way to the store.

    Attributes:
        provider: What the service offers.
        caller: Who asks.
        store: The caller's store, and no other's.
        hooks: Where the host has its say.
        references: What is known of references between the provider's resource types.
        base_url: What URLs of resources begin with.
        correlation_id: The same in the log and in all events of this request. There is none where nobody hears
            of events.
    """

    provider: Provider
    caller: Caller
    store: Store
    hooks: Hooks
    references: References
    base_url: str
    correlation_id: str
