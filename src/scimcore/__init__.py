"""SCIM 2.0 for Python services."""
