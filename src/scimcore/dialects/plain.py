"""Bodies that are as the RFC has them: neither a dialect nor ``validation.accept`` would find anything to do.

That is what nearly every POST is. Here is no rule of its own and no error: what is not plain, for whatever reason, is
looked at by those who know the rules.
"""

from functools import lru_cache

from scimcore.documents import JSON, Document, is_object
from scimcore.patch.plans import LABELS
from scimcore.schema.plain import PlainForm
from scimcore.schema.resource_type import ResourceType


def plain(document: JSON, resource_type: ResourceType) -> Document | None:
    """Return what ``accept`` makes of the body of a POST, if the body is plain.

    Args:
        document: The body. It is not changed.
        resource_type: What it should be.

    Returns:
        A new document, or None if the body needs a closer look: it may still be right.
    """
    return (
        _without_labels(_form_of(resource_type).of_document(document), resource_type) if is_object(document) else None
    )


def plain_text(body: bytes, resource_type: ResourceType) -> Document | None:
    """Do the same with the text of a body, of a size that was looked at."""
    return _without_labels(_form_of(resource_type).of_text(body), resource_type)


@lru_cache(maxsize=256)
def _form_of(resource_type: ResourceType) -> PlainForm:
    return PlainForm(resource_type, written=True, meant=True)


@lru_cache(maxsize=256)
def _arrays(resource_type: ResourceType) -> tuple[str, ...]:
    """Name the arrays of objects that have no ``value``: one of labels alone may say nothing."""
    return tuple(
        attribute.name
        for attribute in resource_type.attributes
        if attribute.multi_valued and attribute.sub_attributes and attribute.sub("value") is None
    )


def _without_labels(found: Document | None, resource_type: ResourceType) -> Document | None:
    if found is not None:
        for name in _arrays(resource_type):
            if name in found and any(map(LABELS.issuperset, found[name])):
                return None
    return found
