"""The suites: one module for each part of a specification. :mod:`scimcore.conformance.catalogue` has them all."""
