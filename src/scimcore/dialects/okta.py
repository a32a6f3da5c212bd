"""OKTA: what Okta's provisioning sends."""

from scimcore.dialects.tolerant import TOLERANT

OKTA = TOLERANT.plus(name="okta")
"""Okta needs nothing that contradicts the RFC: its path-less PATCH with ``id``, its empty texts and its entries without
a value are all in ``TOLERANT``. A name of its own lets that change without changing a configuration."""
