"""By what a request is read: the provider's rules, the caller and its dialect, and what its store can do."""

from collections.abc import Callable
from typing import NamedTuple

from scimcore.dialects import Dialect
from scimcore.dialects.plain import plain, plain_text
from scimcore.documents import Document, Limits, loads_object
from scimcore.errors import PayloadTooLarge
from scimcore.http import Request
from scimcore.schema.resource_type import ResourceType
from scimcore.service.authentication import Caller
from scimcore.service.cursors import CursorCodec
from scimcore.service.negotiation import USUAL, check_content_type
from scimcore.service.provider import Provider


class Reader(NamedTuple):
    """What is known before a request is looked at.

    Attributes:
        provider: What the service offers.
        dialect: What the caller may send off the specification.
        caller: Who asks.
        cursors: Makes and reads cursors; None where the store cannot go on from a position.
    """

    provider: Provider
    dialect: Dialect
    caller: Caller
    cursors: CursorCodec | None = None

    def payload(self, request: Request, read: Callable[..., Document] = loads_object) -> Document:
        """Read a body, which must be a JSON object, as ``loads_object`` does or a faster reader of the same.

        Raises:
            PayloadTooLarge: If it is larger than the provider reads.
            UnsupportedMediaType: If it does not say that it is JSON.
            InvalidSyntax: If it is not.
        """
        limits = self.provider.limits
        if len(request.body) > limits.max_payload_bytes:
            # How long it is, nobody has counted: the rest was not read.
            raise PayloadTooLarge(f"The body has more than {limits.max_payload_bytes} bytes.")
        return read_object(request, limits, read)

    def plain_payload(self, request: Request, resource_type: ResourceType) -> Document | None:
        """Read the body of a POST that nobody has anything to put right in; None if it is another one.

        Raises:
            UnsupportedMediaType: If it does not say that it is JSON.
        """
        body, provider = request.body, self.provider
        # A profile, and the interoperability profile, have to see what was sent.
        if provider.profile is not None or provider.interop_strict:
            return None
        if not body or len(body) > provider.limits.max_payload_bytes:
            return None
        if request.headers.fields.get("content-type") not in USUAL:
            _check_type(request)
        document = plain_text(body, resource_type)
        return document if document is not None and self.dialect.leaves(document, resource_type) else None

    def plain(self, data: Document, resource_type: ResourceType) -> Document | None:
        """Do the same with a body that was read."""
        if self.provider.profile is not None or self.provider.interop_strict:
            return None
        document = plain(data, resource_type)
        return document if document is not None and self.dialect.leaves(document, resource_type) else None


def read_object(request: Request, limits: Limits, read: Callable[..., Document] = loads_object) -> Document:
    """Read a body whose size was looked at.

    Raises:
        UnsupportedMediaType: If it does not say that it is JSON.
        InvalidSyntax: If it is no JSON object.
    """
    if request.body:
        _check_type(request)
    return read(request.body, limits=limits)


def _check_type(request: Request) -> None:
    content_type = request.headers.fields.get("content-type", "")
    if content_type not in USUAL:
        check_content_type(content_type)
