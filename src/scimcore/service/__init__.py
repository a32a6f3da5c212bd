"""The service of RFC 7644: from a request to what must be answered, with calls to a store in between.

``routing`` makes an operation of a request, ``operations.perform`` carries it out, ``responses`` writes the answer.
The doors are one floor above, in :mod:`scimcore.handler`.
"""
