"""PATCH: what a request makes of a resource, and what changed (RFC 7644 §3.5.2)."""
