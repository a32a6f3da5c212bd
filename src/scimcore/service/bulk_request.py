"""The body of a bulk request, as far as it can be read without the store (RFC 7644 §3.7, §3.7.4).

What is wrong with the message as a whole is raised; what is wrong with one operation is kept with it, since the others
are carried out all the same.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from scimcore import urns
from scimcore.documents import JSON, Document, is_object, json_type_name
from scimcore.errors import InvalidSyntax, InvalidValue, PayloadTooLarge, ScimError, Unsupported
from scimcore.http import Request
from scimcore.service.provider import BulkLimits
from scimcore.service.reader import Reader, read_object

METHODS = ("POST", "PUT", "PATCH", "DELETE")
_BULK_REQUEST = urns.BULK_REQUEST.lower()
_MEMBERS = {name.lower(): name for name in ("method", "bulkId", "version", "path", "data")}
_USUAL_POST = frozenset({"method", "bulkId", "path", "data"})
_RULE = "RFC 7644 §3.7"


class BulkOperation(NamedTuple):
    """One operation as it was sent.

    Attributes:
        method: In capitals; empty where it was not given.
        path: As sent.
        bulk_id: What it is called by in the request and in the answer.
        version: Of the resource that it is meant for.
        data: The body that it would have as a request of its own.
        fault: Why it cannot be carried out, if that is known already.
    """

    method: str
    path: str
    bulk_id: str | None = None
    version: str | None = None
    data: Document | None = None
    fault: ScimError | None = None

    def __repr__(self) -> str:
        # What was sent may be a password.
        return f"BulkOperation({self.method!r}, {self.path!r}, bulk_id={self.bulk_id!r})"


def bulk_request(request: Request, reader: Reader) -> tuple[tuple[BulkOperation, ...], int | None, bool]:
    """Read a bulk request.

    Returns:
        The operations, ``failOnErrors``, and whether any operation can refer to another one.

    Raises:
        PayloadTooLarge: If the body or the number of operations exceeds a limit, which the detail names.
        InvalidSyntax: If the body is no BulkRequest.
        InvalidValue: If ``failOnErrors`` is no positive number.
        Unsupported: If the service offers no bulk requests.
    """
    limits = reader.provider.config.bulk
    if limits is None:
        raise Unsupported("This service does not offer bulk requests.")
    message = _message(request, limits, reader)
    operations = message.get("operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidSyntax("'Operations' must be an array of one or more operations.", path="Operations", rule=_RULE)
    if len(operations) > limits.max_operations:
        raise PayloadTooLarge(
            f"The request has {len(operations)} operations, which exceeds maxOperations ({limits.max_operations}).",
            rule="RFC 7644 §3.7.4",
        )
    fail_on_errors = _fail_on_errors(message.get("failonerrors"))
    # A reference is "bulkId:" within a text; the member's own name has a quotation mark in between.
    refers = b"bulkId:" in request.body or b"\\u" in request.body
    return _distinct([_operation(each) for each in operations]), fail_on_errors, refers


def _message(request: Request, limits: BulkLimits, reader: Reader) -> Document:
    if len(request.body) > limits.max_payload_bytes:
        raise PayloadTooLarge(
            f"The size of the bulk request exceeds maxPayloadSize ({limits.max_payload_bytes}).", rule="RFC 7644 §3.7.4"
        )
    body = read_object(request, reader.provider.limits._replace(max_payload_bytes=limits.max_payload_bytes))
    message = {name.lower(): value for name, value in body.items()}
    schemas = message.get("schemas")
    if not isinstance(schemas, list) or not any(isinstance(u, str) and u.lower() == _BULK_REQUEST for u in schemas):
        raise InvalidSyntax(f"'schemas' must list {urns.BULK_REQUEST}.", path="schemas", rule=_RULE)
    return message


def _fail_on_errors(value: JSON) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidSyntax(
            f"'failOnErrors' must be an integer, not {json_type_name(value)}.", path="failOnErrors", rule=_RULE
        )
    if value < 1:
        raise InvalidValue(
            "'failOnErrors' must be 1 or more; without it, nothing stops.", path="failOnErrors", rule=_RULE
        )
    return value


def _operation(sent: JSON) -> BulkOperation:
    if sent.__class__ is dict and sent.keys() == _USUAL_POST and sent["method"] == "POST":
        # What most operations of most requests are.
        path, bulk_id, data = sent["path"], sent["bulkId"], sent["data"]
        if path.__class__ is str and path and bulk_id.__class__ is str and bulk_id and data.__class__ is dict:
            return BulkOperation("POST", path, bulk_id, None, data)
    if not is_object(sent):
        return BulkOperation("", "", fault=_fault("", f"An operation must be an object, not {json_type_name(sent)}."))
    members = {_MEMBERS.get(name.lower(), name): value for name, value in sent.items() if value is not None}
    for name in ("method", "path", "bulkId", "version"):
        if not isinstance(members.get(name, ""), str):
            fault: ScimError | None = _fault(name, f"'{name}' must be a string, not {json_type_name(members[name])}.")
            return BulkOperation(_text(members, "method"), _text(members, "path"), fault=fault)
    method, data = members.get("method", "").upper(), members.get("data")
    operation = BulkOperation(
        method,
        members.get("path", ""),
        members.get("bulkId"),
        members.get("version"),
        data if is_object(data) else None,
    )
    fault = _fault_of(operation, data)
    return operation if fault is None else operation._replace(fault=fault)


def _text(members: Document, name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""


def _fault_of(operation: BulkOperation, data: JSON) -> ScimError | None:
    if operation.method not in METHODS:
        return _fault("method", f"'method' must be one of {', '.join(METHODS)}.")
    if not operation.path:
        return _fault("path", "'path' is required.")
    if operation.method == "POST" and not operation.bulk_id:
        return _fault("bulkId", "'bulkId' is required where 'method' is POST.")
    if operation.data is None and operation.method != "DELETE":
        return _fault("data", f"'data' must be an object, not {json_type_name(data)}.")
    return None


def _fault(path: str, detail: str) -> ScimError:
    return InvalidSyntax(detail, path=path or None, rule=_RULE)


def _distinct(operations: Sequence[BulkOperation]) -> tuple[BulkOperation, ...]:
    """Refuse all that call themselves alike: a reference to one of them would mean any (RFC 7644 §3.7)."""
    given = [each.bulk_id for each in operations if each.method == "POST" and each.bulk_id]
    if len(set(given)) == len(given):
        return tuple(operations)
    names = Counter(given)
    return tuple(
        each._replace(fault=InvalidValue("Two operations have this 'bulkId'.", path="bulkId", rule=_RULE))
        if each.method == "POST" and each.bulk_id and names[each.bulk_id] > 1
        else each
        for each in operations
    )
