"""Discovery: ServiceProviderConfig, ResourceTypes, Schemas (RFC 7644 §4, RFC 7643 §5 to §7)."""

import re

from scimcore import urns
from scimcore.conformance.check import SPECS, Check, check, collected
from scimcore.conformance.outcomes import MUST, SHOULD, Failed, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.target import definitions_in
from scimcore.documents import JSON, Document

CONFIG, TYPES, SCHEMAS = "/ServiceProviderConfig", "/ResourceTypes", "/Schemas"

# Endpoint, name in ids, what it is.
ENDPOINTS = (
    (CONFIG, "config", "the configuration"),
    (TYPES, "types", "resource types"),
    (SCHEMAS, "schemas", "schemas"),
)


def _endpoint_checks() -> list[Check]:
    found: list[Check] = []
    for endpoint, name, title in ENDPOINTS:

        def answered(probe: Probe, endpoint: str = endpoint) -> None:
            answer = probe.get(endpoint).expect(200)
            _ = answer.document

        def media_type(probe: Probe, endpoint: str = endpoint) -> None:
            value = probe.get(endpoint).expect(200).headers.get("content-type")
            probe.require(value.startswith("application/scim+json"), "Content-Type application/scim+json", value)

        def filter_refused(probe: Probe, endpoint: str = endpoint) -> None:
            probe.get(endpoint, filter='id eq "x"').expect_error(403)

        def parameters_ignored(probe: Probe, endpoint: str = endpoint) -> None:
            probe.get(endpoint, sortBy="id", startIndex=2, count=1).expect(200)

        def no_post(probe: Probe, endpoint: str = endpoint) -> None:
            answer = probe.send("POST", endpoint, {})
            probe.require(
                400 <= answer.status < 500 or answer.status == 501, "405 or another refusal", answer.summary()
            )

        def no_delete(probe: Probe, endpoint: str = endpoint) -> None:
            path = endpoint if endpoint == CONFIG else f"{endpoint}/{probe.service.nobody()}"
            answer = probe.send("DELETE", path, harmless=True)
            probe.require(
                400 <= answer.status < 500 or answer.status == 501, "405 or another refusal", answer.summary()
            )

        rows = (
            ("answered", MUST, f"GET {endpoint} answers 200 with {title}", answered, ""),
            ("media-type", SHOULD, f"GET {endpoint} answers application/scim+json", media_type, ""),
            ("filter", SHOULD, f"GET {endpoint} with a filter answers 403", filter_refused, "RFC 7644 §4: so that a client does not take the full list for a filtered one"),
            ("parameters", MUST, f"GET {endpoint} ignores sorting and paging", parameters_ignored, "RFC 7644 §4"),
            ("no-post", MUST, f"POST {endpoint} is refused", no_post, "discovery is for reading"),
            ("no-delete", MUST, f"DELETE at {endpoint} is refused", no_delete, "discovery is for reading"),
        )  # fmt: skip
        found += [
            Check(f"rfc7644-4-{name}-{id}", SPECS["rfc7644"], "4", level, text, function, hint)
            for id, level, text, function, hint in rows
        ]
    return found


# The configuration: RFC 7643 §5 --------------------------------------------------------------------------------------

# Feature, further sub-attributes that are required, with their JSON types.
FEATURES: tuple[tuple[str, dict[str, type]], ...] = (
    ("patch", {}),
    ("bulk", {"maxOperations": int, "maxPayloadSize": int}),
    ("filter", {"maxResults": int}),
    ("changePassword", {}),
    ("sort", {}),
    ("etag", {}),
)


def _feature_check(feature: str, numbers: dict[str, type]) -> Check:
    def function(probe: Probe) -> None:
        value = probe.read(CONFIG).get(feature)
        probe.require(isinstance(value, dict), f"an object {feature}", value)
        assert isinstance(value, dict)
        probe.require(
            isinstance(value.get("supported"), bool), f"a boolean {feature}.supported", value.get("supported")
        )
        for name, kind in numbers.items():
            probe.require(type(value.get(name)) is kind, f"an integer {feature}.{name}", value.get(name))

    parts = ", ".join(["supported", *numbers])
    return Check(
        f"rfc7643-5-{feature.lower()}", SPECS["rfc7643"], "5", MUST, f"ServiceProviderConfig has {feature} with {parts}",
        function, "these sub-attributes are required, also of what is not supported",
    )  # fmt: skip


@check("rfc7643-5-schemas", "ServiceProviderConfig names its own schema")
def config_schemas(probe: Probe) -> None:
    schemas = probe.read(CONFIG).get("schemas")
    probe.require(schemas == [urns.SERVICE_PROVIDER_CONFIG], f"schemas [{urns.SERVICE_PROVIDER_CONFIG}]", schemas)


@check(
    "rfc7643-5-authentication-schemes",
    "ServiceProviderConfig has authenticationSchemes with type, name and description",
    hint="the attribute is required; type is one of oauth, oauth2, oauthbearertoken, httpbasic, httpdigest, or another",
)
def authentication_schemes(probe: Probe) -> None:
    schemes = probe.read(CONFIG).get("authenticationSchemes")
    probe.require(isinstance(schemes, list) and schemes, "a list authenticationSchemes", schemes)
    for scheme in definitions_in(schemes):
        for name in ("type", "name", "description"):
            probe.require(isinstance(scheme.get(name), str) and scheme[name], f"a text {name}", scheme)


@check("rfc7643-5-location", "ServiceProviderConfig's meta.location, if there, is where it was read", level=SHOULD)
def config_location(probe: Probe) -> None:
    _require_location(probe, probe.read(CONFIG), CONFIG)


@check("rfc7643-5-patch-true", "A service that announces patch takes PATCH", needs=("patch",))
def patch_true(probe: Probe) -> None:
    made = probe.create(probe.kind)
    answer = probe.send(
        "PATCH",
        made.path,
        {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", "value": {"externalId": f"e-{probe.tag}"}}]},
    )
    probe.require(answer.status not in (405, 501), "a PATCH that is carried out", answer.summary())


# Resource types: RFC 7643 §6 -----------------------------------------------------------------------------------------


def _types(probe: Probe) -> list[Document]:
    return probe.get(TYPES).expect(200).resources


@check("rfc7643-6-list", "The resource types come as a ListResponse with totalResults")
def types_list(probe: Probe) -> None:
    answer = probe.get(TYPES).expect(200)
    _require_total(probe, answer.document, answer.resources)


@check("rfc7643-6-members", "Each resource type has schemas, name, endpoint and schema")
def types_members(probe: Probe) -> None:
    for found in _types(probe):
        probe.require(urns.RESOURCE_TYPE in found.get("schemas", ()), f"schemas [{urns.RESOURCE_TYPE}]", found)
        for name in ("name", "endpoint", "schema"):
            probe.require(isinstance(found.get(name), str) and found[name], f"a text {name}", found)


@check("rfc7643-6-distinct", "No two resource types share a name or an endpoint", hint="erratum 8475: both are unique")
def types_distinct(probe: Probe) -> None:
    for name in ("name", "endpoint"):
        values = [found.get(name) for found in _types(probe)]
        probe.require(len(values) == len(set(map(str, values))), f"each {name} once", values)


@check("rfc7643-6-endpoint", "Each resource type's endpoint answers GET", each_type=True)
def types_endpoint(probe: Probe) -> None:
    _ = probe.get(probe.kind.endpoint).expect(200).resources


@check("rfc7643-6-by-id", "Each resource type can be read by its id", hint="GET /ResourceTypes/{id}")
def types_by_id(probe: Probe) -> None:
    for found in _types(probe):
        id = found.get("id") or found.get("name")
        document = probe.read(f"{TYPES}/{id}")
        probe.require(document.get("name") == found.get("name"), f"the resource type {found.get('name')}", document)


@check("rfc7643-6-unknown", "A resource type that does not exist answers 404")
def types_unknown(probe: Probe) -> None:
    probe.get(f"{TYPES}/{probe.service.nobody()}").expect_error(404)


@check("rfc7643-6-schema-known", "The schemas that resource types name are at /Schemas")
def types_schema_known(probe: Probe) -> None:
    known = {str(schema.get("id")).lower() for schema in probe.get(SCHEMAS).expect(200).resources}
    for found in _types(probe):
        extensions = [extension.get("schema") for extension in definitions_in(found.get("schemaExtensions"))]
        for urn in (found.get("schema"), *extensions):
            probe.require(str(urn).lower() in known, f"{urn} among the schemas", sorted(known))


@check("rfc7643-6-extensions", "Each schemaExtensions has schema and required")
def types_extensions(probe: Probe) -> None:
    for found in _types(probe):
        for extension in definitions_in(found.get("schemaExtensions")):
            probe.require(isinstance(extension.get("schema"), str), "a text schema", extension)
            probe.require(isinstance(extension.get("required"), bool), "a boolean required", extension)


@check("rfc7643-6-location", "The meta of resource types says where they are", level=SHOULD)
def types_location(probe: Probe) -> None:
    for found in _types(probe):
        _require_location(probe, found, f"{TYPES}/{found.get('id') or found.get('name')}")


@check("rfc7643-6-schema-in-resources", "Resources name the schema that their type announces", each_type=True)
def types_in_resources(probe: Probe) -> None:
    document = probe.create(probe.kind).document
    schemas = [str(urn).lower() for urn in document.get("schemas", ())]
    probe.require(probe.kind.schema.lower() in schemas, f"schemas with {probe.kind.schema}", schemas)


# Schemas: RFC 7643 §7 ------------------------------------------------------------------------------------------------

DATA_TYPES = {"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"}
CHARACTERISTICS: dict[str, set[JSON]] = {
    "mutability": {"readOnly", "readWrite", "immutable", "writeOnly"},
    "returned": {"always", "never", "default", "request"},
    "uniqueness": {"none", "server", "global"},
    "multiValued": {True, False},
    "required": {True, False},
    "caseExact": {True, False},
}
_NAME = re.compile(r"\$ref|[A-Za-z][A-Za-z0-9_$-]*")


def _schemas(probe: Probe) -> list[Document]:
    return probe.get(SCHEMAS).expect(200).resources


def _attributes(probe: Probe) -> list[tuple[str, Document, Document | None]]:
    """Return path, definition and the definition that it is part of, of all attributes of all schemas."""
    found: list[tuple[str, Document, Document | None]] = []
    for schema in _schemas(probe):
        for attribute in definitions_in(schema.get("attributes")):
            path = f"{schema.get('id')}:{attribute.get('name')}"
            found.append((path, attribute, None))
            found += [
                (f"{path}.{inner.get('name')}", inner, attribute)
                for inner in definitions_in(attribute.get("subAttributes"))
            ]
    return found


@check("rfc7643-7-list", "The schemas come as a ListResponse with totalResults")
def schemas_list(probe: Probe) -> None:
    answer = probe.get(SCHEMAS).expect(200)
    _require_total(probe, answer.document, answer.resources)


@check("rfc7643-7-id", "Each schema's id is a URN and is there once")
def schemas_id(probe: Probe) -> None:
    ids = [schema.get("id") for schema in _schemas(probe)]
    for id in ids:
        probe.require(isinstance(id, str) and ":" in id, "an absolute URI for an id", id)
    probe.require(len(ids) == len(set(map(str, ids))), "each schema once", ids)


@check("rfc7643-7-by-id", "Each schema can be read by its URN")
def schemas_by_id(probe: Probe) -> None:
    for schema in _schemas(probe):
        found = probe.read(f"{SCHEMAS}/{schema.get('id')}")
        probe.require(found.get("id") == schema.get("id"), f"the schema {schema.get('id')}", found.get("id"))


@check("rfc7643-7-unknown", "A schema that does not exist answers 404")
def schemas_unknown(probe: Probe) -> None:
    probe.get(f"{SCHEMAS}/urn:example:{probe.service.nobody()}").expect_error(404)


@check("rfc7643-7-schemas", "Each schema names the schema of schemas", hint="erratum 8417", level=SHOULD)
def schemas_schemas(probe: Probe) -> None:
    for schema in _schemas(probe):
        probe.require(urns.SCHEMA in schema.get("schemas", ()), f"schemas [{urns.SCHEMA}]", schema.get("schemas"))


@check("rfc7643-7-location", "The meta of schemas says where they are", level=SHOULD)
def schemas_location(probe: Probe) -> None:
    for schema in _schemas(probe):
        _require_location(probe, schema, f"{SCHEMAS}/{schema.get('id')}")


@check("rfc7643-7-type", "Each attribute has a name and a data type of RFC 7643")
def attributes_type(probe: Probe) -> None:
    for path, attribute, _ in _attributes(probe):
        probe.require(isinstance(attribute.get("name"), str), f"a name in {path}", attribute)
        probe.require(attribute.get("type") in DATA_TYPES, f"a data type for {path}", attribute.get("type"))


@check("rfc7643-7-multi-valued", "Each attribute says whether it is multi-valued")
def attributes_multi_valued(probe: Probe) -> None:
    for path, attribute, _ in _attributes(probe):
        probe.require(isinstance(attribute.get("multiValued"), bool), f"a boolean multiValued for {path}", attribute)


@check("rfc7643-7-names", "Attribute names are made of the letters that RFC 7643 §2.1 allows")
def attributes_names(probe: Probe) -> None:
    for path, attribute, _ in _attributes(probe):
        probe.require(
            _NAME.fullmatch(str(attribute.get("name"))), f"a name that is one, at {path}", attribute.get("name")
        )


@check("rfc7643-7-characteristics", "Characteristics have the values that RFC 7643 §7 knows")
def attributes_characteristics(probe: Probe) -> None:
    for path, attribute, _ in _attributes(probe):
        for name, allowed in CHARACTERISTICS.items():
            value = attribute.get(name)
            probe.require(
                value is None or value in allowed, f"{name} of {path} one of {sorted(map(str, allowed))}", value
            )


@check(
    "rfc7643-7-complex",
    "Complex attributes have sub-attributes, and none of those is complex",
    hint="erratum 8415: there are no complex attributes within complex ones. (The schema of schemas is left out.)",
)
def attributes_complex(probe: Probe) -> None:
    for path, attribute, parent in _attributes(probe):
        if path.startswith(urns.SCHEMA):
            continue
        if attribute.get("type") == "complex":
            probe.require(parent is None, f"no complex attribute within another, at {path}", attribute)
            probe.require(list(definitions_in(attribute.get("subAttributes"))), f"subAttributes of {path}", attribute)


@check(
    "rfc7643-7-reference-types", "References say to what they refer", hint="referenceTypes is there for type reference"
)
def attributes_references(probe: Probe) -> None:
    for path, attribute, _ in _attributes(probe):
        if attribute.get("type") == "reference":
            types = attribute.get("referenceTypes")
            probe.require(isinstance(types, list) and types, f"referenceTypes of {path}", types)


@check("rfc7643-7-once", "No two attributes of a schema have one name", hint="names have no case")
def attributes_once(probe: Probe) -> None:
    paths = [path.lower() for path, _, _ in _attributes(probe)]
    twice = {path for path in paths if paths.count(path) > 1}
    probe.require(not twice, "each attribute once", sorted(twice))


@check(
    "rfc7643-7-no-null",
    "Schemas have no null in them",
    level=SHOULD,
    hint="Entra fails to read schemas with null members",
)
def schemas_no_null(probe: Probe) -> None:
    probe.require(not _has_null(_schemas(probe)), "no null", "null")


def _has_null(value: JSON) -> bool:
    if isinstance(value, dict):
        return any(map(_has_null, value.values()))
    return value is None or (isinstance(value, list) and any(map(_has_null, value)))


@check(
    "rfc7643-8.7.2-discovery-schemas",
    "The schemas of discovery's own documents are at /Schemas",
    level=SHOULD,
    hint="RFC 7643 §8.7.2 has them; a client that validates what it reads asks for them",
)
def discovery_schemas(probe: Probe) -> None:
    known = {schema.get("id") for schema in _schemas(probe)}
    for urn in (urns.SERVICE_PROVIDER_CONFIG, urns.RESOURCE_TYPE, urns.SCHEMA):
        probe.require(urn in known, f"{urn} among the schemas", sorted(map(str, known)))


@check(
    "rfc7643-7-truthful",
    "What resources have is what their schemas announce",
    each_type=True,
    hint="an attribute that is answered and not announced cannot be understood by a client",
)
def schemas_truthful(probe: Probe) -> None:
    kind = probe.kind
    if not kind.attributes:
        raise Skipped("the schema cannot be read")
    document = probe.read(probe.create(kind).path)
    for name in document:
        known = name in ("schemas", "id", "externalId", "meta") or name in kind.extensions or kind.find(name)
        probe.require(known, f"{name} in the schema", name)


def _require_location(probe: Probe, document: Document, path: str) -> None:
    location = document.get("meta", {}).get("location") if isinstance(document.get("meta"), dict) else None
    if location is None:
        raise Skipped("there is no meta.location")
    found = probe.service.relative(location)
    probe.require(found is not None and found.lower() == path.lower(), f"meta.location ending in {path}", location)


def _require_total(probe: Probe, document: Document, resources: list[Document]) -> None:
    total = document.get("totalResults")
    probe.require(type(total) is int and total == len(resources), f"totalResults {len(resources)}", total)
    if not resources:
        raise Failed("at least one", "an empty list")


CHECKS_7643 = (
    *(_feature_check(feature, numbers) for feature, numbers in FEATURES),
    *(c for c in collected(globals()) if c.id.startswith("rfc7643")),
)
CHECKS_7644 = tuple(_endpoint_checks())
