"""How each operation is carried out: which one it is, and whether the caller may.

``perform`` is a coroutine over an :class:`~scimcore.storage.AsyncStorage`; a synchronous store is wrapped in coroutines
that never suspend (:mod:`scimcore.service.store`). What goes in was read by ``requests``; what comes out is written by
``responses``. The order of storage calls stands in ``reading`` and ``writing``, once for all stores and both doors.
"""

from typing import assert_never

from scimcore.service.bulk import run_bulk
from scimcore.service.call import Call
from scimcore.service.hooks import ask
from scimcore.service.reading import read, search
from scimcore.service.requests import (
    CreateResource,
    DeleteResource,
    ListDescriptions,
    ListResources,
    Operation,
    PatchResource,
    ReadDescription,
    ReadResource,
    ReplaceResource,
    RunBulk,
    ShowMethods,
)
from scimcore.service.results import Described, DescribedAll, Methods, Result
from scimcore.service.writing import create, delete, patch, replace


async def perform(operation: Operation, call: Call) -> Result:
    """Carry out one operation.

    A failure changes nothing: whatever is written is written in one transaction.

    Raises:
        ScimError: Whatever the host, the operation, the rules or the store have against it.
    """
    if call.hooks.authorize is not None:
        await ask(call.hooks.authorize, call.caller, operation)
    match operation:
        case ReadResource():
            return await read(operation, call)
        case ListResources():
            return await search(operation, call)
        case CreateResource():
            return await create(operation, call)
        case ReplaceResource():
            return await replace(operation, call)
        case PatchResource():
            return await patch(operation, call)
        case DeleteResource():
            return await delete(operation, call)
        case ReadDescription():
            return Described(operation.document)
        case ListDescriptions():
            return DescribedAll(operation.documents)
        case ShowMethods():
            return Methods(operation.allow)
        case RunBulk():
            return await run_bulk(operation, call, perform)
        case _:
            assert_never(operation)
