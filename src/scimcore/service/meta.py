"""``meta``: what the service writes of a resource beside the client's data (RFC 7643 §3.1).

Stored documents carry it without ``location``, which depends on the URL that a request came by.
"""

import os
import re
from datetime import UTC, datetime
from urllib.parse import quote

from scimcore.documents import Document
from scimcore.schema.resource_type import ResourceType
from scimcore.service.preconditions import etag
from scimcore.storage import Stored


def timestamp(moment: datetime) -> str:
    """Write a point in time as the library stores it: RFC 3339, UTC, milliseconds. Texts sort as the times do."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    # Half the time of `isoformat`, and it writes the zone as RFC 3339's letter.
    return (
        f"{moment.year:04}-{_TWO[moment.month]}-{_TWO[moment.day]}T"
        f"{_TWO[moment.hour]}:{_TWO[moment.minute]}:{_TWO[moment.second]}.{_THREE[moment.microsecond // 1000]}Z"
    )


_TWO = [f"{number:02}" for number in range(60)]
_THREE = [f"{number:03}" for number in range(1000)]


def new_etag() -> str:
    """Make a version that no resource has had, as a weak ETag.

    Random, not counted: that holds across processes and after a restore from a backup, and costs no look at the
    content.
    """
    # What `secrets` reads, without its way there: that costs more than all else that is written of `meta`.
    return f'W/"{os.urandom(8).hex()}"'


def first_meta(resource_type: ResourceType, now: datetime) -> Document:
    """Make the ``meta`` of a new resource."""
    moment = timestamp(now)
    return {
        "resourceType": resource_type.name,
        "created": moment,
        "lastModified": moment,
        "version": new_etag(),
    }


def next_meta(stored: Stored, resource_type: ResourceType, now: datetime) -> Document:
    """Make the ``meta`` of a resource that is about to change."""
    return {**meta_of(stored, resource_type), "lastModified": timestamp(now), "version": new_etag()}


def meta_of(stored: Stored, resource_type: ResourceType) -> Document:
    """Return the ``meta`` that is stored, or make it for a store that keeps columns instead."""
    meta: Document | None = stored.document.get("meta")
    return meta or {
        "resourceType": resource_type.name,
        "created": timestamp(stored.created),
        "lastModified": timestamp(stored.last_modified),
        "version": etag(stored.version),
    }


def location(resource_type: ResourceType, id: str, base_url: str) -> str:
    """Return the URL of a resource."""
    return f"{base_url}{resource_type.endpoint}/{segment(id)}"


def segment(id: str) -> str:
    """Write an id as a segment of a URL. One of a host's own choice may need encoding; the usual UUID does not."""
    return id if PLAIN_SEGMENT(id) else quote(id, safe="")


# Asked directly where it is asked of every resource.
PLAIN_SEGMENT = re.compile("[A-Za-z0-9-]+").fullmatch
