"""The definitions of users, groups and enterprise users (RFC 7643 §8.7.1, with its errata) as rows of a table.

A service may announce fewer attributes; those that it announces are as here. What a row does not say is left open.
"""

from typing import NamedTuple

from scimcore import urns
from scimcore.conformance.check import SPECS, Check
from scimcore.conformance.outcomes import MUST, SHOULD, Level, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.target import definitions_in
from scimcore.documents import JSON, Document


class Row(NamedTuple):
    """An attribute and what must be true of its definition."""

    schema: str
    path: str
    facts: dict[str, JSON]
    level: Level = MUST
    must_be_there: bool = False


STRING = {"type": "string", "multiValued": False}
FLAG = {"type": "boolean", "multiValued": False}
OBJECT = {"type": "complex", "multiValued": False}
LIST = {"type": "complex", "multiValued": True}
READ_ONLY = {"mutability": "readOnly"}
USER, GROUP, ENTERPRISE = urns.USER, urns.GROUP, urns.ENTERPRISE_USER

ROWS = (
    Row(USER, "userName", {**STRING, "required": True, "caseExact": False, "uniqueness": "server"}, must_be_there=True),
    Row(USER, "name", OBJECT),
    *(Row(USER, f"name.{n}", STRING) for n in ("formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix")),
    *(Row(USER, n, STRING) for n in ("displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone")),
    Row(USER, "profileUrl", {"type": "reference", "multiValued": False}),
    Row(USER, "active", FLAG),
    Row(USER, "password", {**STRING, "mutability": "writeOnly", "returned": "never"}),
    *(Row(USER, n, LIST) for n in ("emails", "phoneNumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509Certificates")),
    *(Row(USER, f"{n}.value", STRING) for n in ("emails", "phoneNumbers", "ims", "entitlements", "roles")),
    *(Row(USER, f"{n}.type", STRING) for n in ("emails", "phoneNumbers", "ims", "photos", "addresses")),
    *(Row(USER, f"{n}.primary", FLAG) for n in ("emails", "phoneNumbers", "ims", "photos", "entitlements", "roles")),
    *(Row(USER, f"addresses.{n}", STRING) for n in ("formatted", "streetAddress", "locality", "region", "postalCode", "country")),
    Row(USER, "photos.value", {"type": "reference", "multiValued": False}),
    Row(USER, "x509Certificates.value", {"type": "binary", "multiValued": False}),
    Row(USER, "groups", {**LIST, **READ_ONLY}),
    Row(USER, "groups.value", {**STRING, **READ_ONLY}),
    Row(USER, "groups.$ref", {"type": "reference", "referenceTypes": ["Group"]}, SHOULD),
    Row(GROUP, "displayName", {**STRING, "required": True}, SHOULD, must_be_there=True),
    Row(GROUP, "members", LIST),
    Row(GROUP, "members.value", {**STRING, "mutability": "immutable"}),
    Row(GROUP, "members.$ref", {"type": "reference", "mutability": "immutable"}),
    Row(GROUP, "members.type", {**STRING, "mutability": "immutable"}),
    *(Row(ENTERPRISE, n, STRING) for n in ("employeeNumber", "costCenter", "organization", "division", "department")),
    Row(ENTERPRISE, "manager", OBJECT),
    Row(ENTERPRISE, "manager.value", STRING),
    Row(ENTERPRISE, "manager.$ref", {"type": "reference", "multiValued": False}),
    Row(ENTERPRISE, "manager.displayName", {**STRING, **READ_ONLY}),
)  # fmt: skip


def _check(row: Row) -> Check:
    kind = {USER: "user", GROUP: "group", ENTERPRISE: "enterprise"}[row.schema]

    def function(probe: Probe) -> None:
        schema = probe.target.schemas.get(row.schema)
        if schema is None:
            raise Skipped(f"the service does not announce the schema {row.schema}")
        definition = _find(schema, row.path)
        if definition is None:
            probe.require(not row.must_be_there, f"an attribute {row.path}", "none")
            raise Skipped(f"the schema has no {row.path}")
        for name, expected in row.facts.items():
            actual = definition.get(name, _DEFAULTS.get(name))
            probe.require(actual == expected, f"{name} {expected}", f"{name} {actual}")

    facts = ", ".join(
        f"{name} {str(value).lower() if isinstance(value, bool) else value}" for name, value in row.facts.items()
    )
    return Check(
        f"rfc7643-8.7.1-{kind}-{row.path}", SPECS["rfc7643"], "8.7.1", row.level,
        f"The {kind} schema's {row.path} has {facts}", function,
        "RFC 7643 §8.7.1 with its verified errata; clients choose what to send by the announced schema",
    )  # fmt: skip


# RFC 7643 §2.2: what is true when a definition does not say.
_DEFAULTS = {
    "required": False,
    "caseExact": False,
    "mutability": "readWrite",
    "returned": "default",
    "uniqueness": "none",
}


def _find(schema: Document, path: str) -> Document | None:
    found: Document | None = schema
    for name in path.split("."):
        inside = found.get("attributes", found.get("subAttributes")) if found else None
        found = next((a for a in definitions_in(inside) if str(a.get("name", "")).lower() == name.lower()), None)
    return found


CHECKS = tuple(map(_check, ROWS))
