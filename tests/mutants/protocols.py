"""Faults in discovery, authentication, versions, errors, and in the face of attackers."""

import json
import re
from typing import Any

from mutants.world import ENT, LIST, TOKEN, USER, Ask, Asked, Replied, collected, decoded, edit, error, mutant

CONFIG = "/ServiceProviderConfig"


def _schema(reply: Replied, urn: str, change: Any) -> Replied:
    """Change a schema, wherever it is answered."""
    document = reply.document
    if isinstance(document, dict):
        for schema in document.get("Resources", [document]) if document.get("schemas") == [LIST] else [document]:
            if schema.get("id") == urn:
                change({a["name"]: a for a in schema["attributes"]}, schema)
        reply.document = document
    return reply


def _config(asked: Asked, reply: Replied, **changes: Any) -> Replied:
    if asked.path == CONFIG and reply.status == 200:
        document = reply.document
        for name, value in changes.items():
            if value is None:
                document.pop(name, None)
            else:
                document[name] = value
        reply.document = document
    return reply


# Discovery -----------------------------------------------------------------------------------------------------------


@mutant("there is no ServiceProviderConfig", "rancher, growthbook#5258")
def no_config(asked: Asked, ask: Ask) -> Replied:
    return error(404) if asked.path == CONFIG else ask(asked)


@mutant("there is no /Schemas", "django-scim2-server")
def no_schemas(asked: Asked, ask: Ask) -> Replied:
    return error(404) if asked.path == "/Schemas" else ask(asked)


@mutant("a schema cannot be read by its URN", "django-scim2-server")
def no_schema_by_id(asked: Asked, ask: Ask) -> Replied:
    return error(404) if asked.path.startswith("/Schemas/") else ask(asked)


@mutant("there is no /ResourceTypes", "SailPoint's aggregation fails")
def no_types(asked: Asked, ask: Ask) -> Replied:
    return error(404) if asked.path == "/ResourceTypes" else ask(asked)


@mutant("a resource type cannot be read by its id", "CyberArk and SailPoint read it")
def no_type_by_id(asked: Asked, ask: Ask) -> Replied:
    return error(404) if asked.path.startswith("/ResourceTypes/") else ask(asked)


@mutant("/Schemas is a bare array", "")
def schemas_array(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.path == "/Schemas" and reply.status == 200:
        reply.document = reply.document["Resources"]
    return reply


@mutant("/ResourceTypes has no totalResults", "django-scim2 0.23")
def types_without_total(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.path == "/ResourceTypes" and reply.status == 200:
        reply.document = {n: v for n, v in reply.document.items() if n != "totalResults"}
    return reply


@mutant("patch is missing in the configuration", "")
def config_without_patch(asked: Asked, ask: Ask) -> Replied:
    return _config(asked, ask(asked), patch=None)


@mutant("etag is written eTag", "Eptura")
def config_etag(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return _config(asked, reply, etag=None, eTag={"supported": True})


@mutant("bulk has no maxOperations", "")
def config_bulk(asked: Asked, ask: Ask) -> Replied:
    return _config(asked, ask(asked), bulk={"supported": False})


@mutant("filter has no maxResults", "")
def config_filter(asked: Asked, ask: Ask) -> Replied:
    return _config(asked, ask(asked), filter={"supported": True})


@mutant("supported is a text", "")
def config_text(asked: Asked, ask: Ask) -> Replied:
    return _config(asked, ask(asked), sort={"supported": "true"})


@mutant("there are no authenticationSchemes", "")
def config_schemes(asked: Asked, ask: Ask) -> Replied:
    return _config(asked, ask(asked), authenticationSchemes=None)


@mutant("authenticationSchemes lack their type", "RFC 7643's schema before erratum 8011")
def config_scheme_type(asked: Asked, ask: Ask) -> Replied:
    return _config(asked, ask(asked), authenticationSchemes=[{"name": "x", "description": "y"}])


@mutant("the configuration has another schema", "SCIM 1.1")
def config_schema(asked: Asked, ask: Ask) -> Replied:
    return _config(asked, ask(asked), schemas=["urn:scim:schemas:core:1.0"])


@mutant("a filter on schemas is ignored", "")
def discovery_filter(asked: Asked, ask: Ask) -> Replied:
    if asked.path in ("/Schemas", "/ResourceTypes", CONFIG):
        asked.query = {}
        asked.raw_query = None
    return ask(asked)


@mutant("sorting of schemas is an error", "scimmy-routers: 403")
def discovery_sort(asked: Asked, ask: Ask) -> Replied:
    return error(403) if asked.path == "/Schemas" and asked.query else ask(asked)


@mutant("a schema can be posted", "")
def schema_posted(asked: Asked, ask: Ask) -> Replied:
    return (
        Replied(201, {"content-type": "application/scim+json"}, b"{}")
        if asked.method == "POST" and asked.path == "/Schemas"
        else ask(asked)
    )


@mutant("the configuration can be deleted", "")
def config_deleted(asked: Asked, ask: Ask) -> Replied:
    return Replied(204) if asked.method == "DELETE" and asked.path == CONFIG else ask(asked)


@mutant("an unknown schema answers 200", "")
def unknown_schema(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return Replied(200, reply.headers, b"{}") if asked.path.startswith("/Schemas/") and reply.status == 404 else reply


@mutant("userName is not required in the schema", "")
def schema_user_name(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: a["userName"].update(required=False))


@mutant("userName is caseExact in the schema", "")
def schema_case(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: a["userName"].update(caseExact=True))


@mutant("password is returned by default in the schema", "")
def schema_password(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: a["password"].update(returned="default"))


@mutant("groups can be written in the schema", "")
def schema_groups(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: a["groups"].update(mutability="readWrite"))


@mutant("emails is single-valued in the schema", "")
def schema_emails(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: a["emails"].update(multiValued=False))


@mutant("active is a string in the schema", "")
def schema_active(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: a["active"].update(type="string"))


@mutant("an attribute has the type text", "a type that RFC 7643 does not have")
def schema_type(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: a["title"].update(type="text"))


@mutant("attributes lack multiValued", "laravel-scim-server#114")
def schema_multi_valued(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: a["title"].pop("multiValued"))


@mutant("mutability is written readonly", "")
def schema_mutability(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: a["groups"].update(mutability="readonly"))


@mutant("the schema has an attribute that is not kept", "truthful schemas: charon#167, scim-kit#46")
def schema_more(asked: Asked, ask: Ask) -> Replied:
    return _schema(
        ask(asked),
        USER,
        lambda a, s: s["attributes"].append(
            {
                "name": "shoeSize",
                "type": "string",
                "multiValued": False,
                "mutability": "readWrite",
                "returned": "default",
            }
        ),
    )


@mutant("the schema lacks an attribute that is answered", "truthful schemas: laravel-scim-server#114")
def schema_less(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: s["attributes"].remove(a["userName"]))


@mutant("the schema has null in it", "Entra fails to read it")
def schema_null(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: a["title"].update(canonicalValues=None))


@mutant("an attribute is there twice", "")
def schema_twice(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: s["attributes"].append(a["title"]))


@mutant("emails has no sub-attributes", "")
def schema_parts(asked: Asked, ask: Ask) -> Replied:
    return _schema(ask(asked), USER, lambda a, s: a["emails"].pop("subAttributes"))


@mutant("the schemas of discovery are not there", "scim2-server 0.8.3")
def schemas_of_discovery(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.path == "/Schemas" and reply.status == 200:
        document = reply.document
        document["Resources"] = [
            s for s in document["Resources"] if not s["id"].endswith(("Config", "ResourceType", ":Schema"))
        ]
        document["totalResults"] = document["itemsPerPage"] = len(document["Resources"])
        reply.document = document
    return reply


@mutant("the enterprise schema is not at /Schemas", "")
def schema_of_extension(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.path == "/Schemas" and reply.status == 200:
        document = reply.document
        document["Resources"] = [s for s in document["Resources"] if s["id"] != ENT]
        document["totalResults"] = document["itemsPerPage"] = len(document["Resources"])
        reply.document = document
    return reply


@mutant("the endpoint in the resource type leads nowhere", "")
def wrong_endpoint(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.path == "/ResourceTypes":
        reply.raw = reply.raw.replace(b'"/Groups"', b'"/Group"')
    return reply


@mutant("two resource types have one name", "")
def one_name(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.path == "/ResourceTypes":
        document = reply.document
        for found in document["Resources"]:
            found["name"] = found["id"] = "User"
        reply.document = document
    return reply


# Authentication ------------------------------------------------------------------------------------------------------


def _let_in(asked: Asked) -> Asked:
    return asked.but(headers={**asked.headers, "authorization": f"Bearer {TOKEN}"})


@mutant("nobody is asked for a token", "Casdoor CVE-2025-4210")
def open_door(asked: Asked, ask: Ask) -> Replied:
    return ask(_let_in(asked))


@mutant("who has no token at all is let in", "ToolJet/ToolJet#16217")
def open_without_header(asked: Asked, ask: Ask) -> Replied:
    return ask(_let_in(asked)) if "authorization" not in asked.headers else ask(asked)


@mutant("an empty token is a token", "ToolJet/ToolJet#16217")
def empty_token(asked: Asked, ask: Ask) -> Replied:
    return ask(_let_in(asked)) if asked.headers.get("authorization", "x").strip() == "Bearer" else ask(asked)


@mutant("any token is a token", "better-auth/better-auth#6639")
def any_token(asked: Asked, ask: Ask) -> Replied:
    return ask(_let_in(asked)) if re.match(r"Bearer \S", asked.headers.get("authorization", "")) else ask(asked)


@mutant("a token of the algorithm none is a token", "JWT libraries")
def jwt_none(asked: Asked, ask: Ask) -> Replied:
    return ask(_let_in(asked)) if "eyJhbGciOiJub25lIn0" in asked.headers.get("authorization", "") else ask(asked)


@mutant("admin:admin is let in", "a default password")
def default_password(asked: Asked, ask: Ask) -> Replied:
    return ask(_let_in(asked)) if asked.headers.get("authorization") == "Basic YWRtaW46YWRtaW4=" else ask(asked)


@mutant("reading needs no token", "")
def open_for_reading(asked: Asked, ask: Ask) -> Replied:
    return ask(_let_in(asked)) if asked.method == "GET" else ask(asked)


@mutant("writing needs no token", "")
def open_for_writing(asked: Asked, ask: Ask) -> Replied:
    return ask(_let_in(asked)) if asked.method != "GET" else ask(asked)


@mutant("PATCH needs no token", "a route that was forgotten")
def open_for_patch(asked: Asked, ask: Ask) -> Replied:
    return ask(_let_in(asked)) if asked.method == "PATCH" else ask(asked)


@mutant("an encoded path needs no token", "ZITADEL CVE-2026-32130")
def open_encoded(asked: Asked, ask: Ask) -> Replied:
    return ask(_let_in(asked)) if "%" in asked.path else ask(asked)


@mutant("a path with a slash at its end needs no token", "middleware that compares prefixes")
def open_slash(asked: Asked, ask: Ask) -> Replied:
    return ask(_let_in(asked)) if asked.path.endswith("/") and asked.path != "/" else ask(asked)


@mutant("a token in the URL is a token", "")
def token_in_url(asked: Asked, ask: Ask) -> Replied:
    return ask(_let_in(asked)) if asked.query.get("access_token") == TOKEN else ask(asked)


@mutant("401 comes without WWW-Authenticate", "scimmy-routers")
def no_challenge(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    reply.headers.pop("www-authenticate", None)
    return reply


@mutant("a wrong token answers 403", "")
def wrong_403(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(403) if reply.status == 401 else reply


@mutant("a wrong token answers 500", "Okta's non-token")
def wrong_500(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(500) if reply.status == 401 and "Bearer" not in asked.headers.get("authorization", "Bearer") else reply


@mutant("401 is a page", "a framework's default")
def page_401(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return (
        Replied(401, {"content-type": "text/html", "www-authenticate": "Bearer"}, b"<h1>Unauthorized</h1>")
        if reply.status == 401
        else reply
    )


@mutant("the token is in the error", "")
def token_shown(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 401:
        shown = error(401, f"No such token: {asked.headers.get('authorization')}")
        return Replied(401, reply.headers, shown.raw)
    return reply


@mutant("who has no token learns which endpoints there are", "")
def endpoints_shown(asked: Asked, ask: Ask) -> Replied:
    return error(404) if asked.endpoint.startswith("/Nothing") else ask(asked)


# Errors --------------------------------------------------------------------------------------------------------------


@mutant("an error's status is a number", "django-scim2")
def number_status(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status >= 400:
        reply.document = {**reply.document, "status": reply.status}
    return reply


@mutant("an error has no schemas", "")
def error_without_schemas(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status >= 400:
        reply.document = {n: v for n, v in reply.document.items() if n != "schemas"}
    return reply


@mutant("an error has no detail", "")
def error_without_detail(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status >= 400:
        reply.document = {n: v for n, v in reply.document.items() if n != "detail"}
    return reply


@mutant("errors are application/json", "")
def error_media_type(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status >= 400:
        reply.headers["content-type"] = "application/json"
    return reply


@mutant("404 is a page", "a framework's default")
def page_404(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return Replied(404, {"content-type": "text/html"}, b"<h1>Not Found</h1>") if reply.status == 404 else reply


@mutant("what is no JSON answers 500", "")
def bad_json_500(asked: Asked, ask: Ask) -> Replied:
    if asked.raw and asked.method == "POST":
        json.loads(asked.raw)
    return ask(asked)


@mutant("what is no JSON is an empty object", "")
def bad_json_empty(asked: Asked, ask: Ask) -> Replied:
    if asked.raw and asked.body is None and asked.method == "POST":
        asked.body = {"schemas": [USER], "userName": f"bad-json-{len(asked.memory)}-{id(asked)}"}
        asked.memory[id(asked)] = asked
    return ask(asked)


@mutant("no scimType but for filters", "many 400 without scimType: SCIM-SDK")
def no_scim_type(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 400 and (reply.document or {}).get("scimType") in (
        "invalidSyntax",
        "invalidValue",
        "invalidPath",
    ):
        reply.document = {n: v for n, v in reply.document.items() if n != "scimType"}
    return reply


@mutant("scimTypes of its own", "SCIM-SDK: required, unparseableRequest")
def own_scim_types(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if (reply.document or {}).get("scimType") == "invalidSyntax" if isinstance(reply.document, dict) else False:
        reply.document = {**reply.document, "scimType": "unparseableRequest"}
    return reply


@mutant("every status of 400 is 422", "FastAPI's default")
def all_422(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(422, "Unprocessable", reply.document.get("scimType")) if reply.status == 400 else reply


@mutant("405 comes without Allow", "")
def no_allow(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    reply.headers.pop("allow", None)
    return reply


@mutant("forms are taken for JSON", "")
def any_media_type(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 415:
        return Replied(201, {"content-type": "application/scim+json"}, b'{"id": "x"}')
    return reply


# Versions ------------------------------------------------------------------------------------------------------------


@mutant("the ETag never changes", "")
def etag_never(asked: Asked, ask: Ask) -> Replied:
    asked.headers.pop("if-match", None)
    reply = ask(asked)
    if "etag" in reply.headers:
        reply.headers["etag"] = 'W/"1"'
    return edit(reply, lambda r: "version" in r.get("meta", {}) and r["meta"].update(version='W/"1"'))


@mutant("the ETag changes with each read", "a time in the ETag")
def etag_always(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    asked.memory["n"] = asked.memory.get("n", 0) + 1
    if "etag" in reply.headers:
        tag = f'W/"{asked.memory["n"]}"'
        reply.headers["etag"] = tag
        return edit(reply, lambda r: "version" in r.get("meta", {}) and r["meta"].update(version=tag))
    return reply


@mutant("there is no ETag field", "")
def no_etag(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    reply.headers.pop("etag", None)
    return reply


@mutant("meta.version is not the ETag", "")
def version_differs(asked: Asked, ask: Ask) -> Replied:
    return edit(
        ask(asked),
        lambda r: "version" in r.get("meta", {}) and r["meta"].update(version=r["meta"]["version"].removeprefix("W/")),
    )


@mutant("ETags have no quotes", "")
def etag_without_quotes(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if "etag" in reply.headers:
        reply.headers["etag"] = reply.headers["etag"].replace('"', "")
    return edit(
        reply,
        lambda r: "version" in r.get("meta", {}) and r["meta"].update(version=r["meta"]["version"].replace('"', "")),
    )


@mutant("If-Match is not looked at", "scimmy")
def if_match_ignored(asked: Asked, ask: Ask) -> Replied:
    asked.headers.pop("if-match", None)
    return ask(asked)


@mutant("If-Match is not looked at by DELETE", "")
def delete_if_match_ignored(asked: Asked, ask: Ask) -> Replied:
    if asked.method == "DELETE":
        asked.headers.pop("if-match", None)
    return ask(asked)


@mutant("If-Match is not looked at by PATCH", "")
def patch_if_match_ignored(asked: Asked, ask: Ask) -> Replied:
    if asked.method == "PATCH":
        asked.headers.pop("if-match", None)
    return ask(asked)


@mutant("If-Match of weak ETags never matches", "RFC 9110's strong comparison")
def strong_comparison(asked: Asked, ask: Ask) -> Replied:
    return error(412) if asked.headers.get("if-match", "").startswith("W/") else ask(asked)


@mutant("If-Match: * never matches", "")
def no_star(asked: Asked, ask: Ask) -> Replied:
    return error(412) if asked.headers.get("if-match") == "*" else ask(asked)


@mutant("If-Match takes one version", "")
def one_version(asked: Asked, ask: Ask) -> Replied:
    return error(412) if "," in asked.headers.get("if-match", "") else ask(asked)


@mutant("another version answers 409", "")
def mismatch_409(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(409) if reply.status == 412 else reply


@mutant("If-None-Match is not looked at", "")
def if_none_match_ignored(asked: Asked, ask: Ask) -> Replied:
    asked.headers.pop("if-none-match", None)
    return ask(asked)


@mutant("If-None-Match always answers 304", "")
def always_304(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return (
        Replied(304, {"etag": reply.headers.get("etag", "")})
        if "if-none-match" in asked.headers and reply.status == 200
        else reply
    )


@mutant("If-Match is checked after the change", "")
def changes_then_412(asked: Asked, ask: Ask) -> Replied:
    wanted = asked.headers.pop("if-match", None)
    before = ask(asked.read()).headers.get("etag") if wanted and asked.one else None
    reply = ask(asked)
    return error(412) if before and wanted not in ("*", before) and before not in str(wanted) else reply


# Attackers -----------------------------------------------------------------------------------------------------------


@mutant("errors show a trace", "Passbolt audit; many")
def trace(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 400:
        reply.document = {
            **reply.document,
            "detail": 'Traceback (most recent call last):\n  File "/srv/app.py", line 7',
        }
    return reply


@mutant("errors about a body quote it", "a validator that shows its input")
def body_quoted(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 400 and asked.method in ("POST", "PUT", "PATCH"):
        reply.document = {**reply.document, "detail": f"Input: {asked.raw[:2000].decode(errors='replace')}"}
    return reply


@mutant("deep filters overflow the stack", "kanidm CVE-2026-46689")
def deep_filter(asked: Asked, ask: Ask) -> Replied:
    return error(500, "RecursionError") if asked.query.get("filter", "").count("(") > 500 else ask(asked)


@mutant("deep JSON overflows the stack", "")
def deep_json(asked: Asked, ask: Ask) -> Replied:
    return error(500, "RecursionError") if asked.raw.count(b"[") + asked.raw.count(b"{") > 4_000 else ask(asked)


@mutant("deep paths of PATCH overflow the stack", "django-scim2: recursion bombs")
def deep_path(asked: Asked, ask: Ask) -> Replied:
    return (
        error(500, "RecursionError")
        if any(str(op.get("path")).count("(") > 200 for op in asked.operations)
        else ask(asked)
    )


@mutant("__proto__ in a path is taken", "scim-patch CVE-2026-48170")
def proto(asked: Asked, ask: Ask) -> Replied:
    return ask(asked.read()) if any("__proto__" in str(op.get("path")) for op in asked.operations) else ask(asked)


@mutant("dunder names in a path are taken", "setattr by a client's name")
def dunder(asked: Asked, ask: Ask) -> Replied:
    return ask(asked.read()) if any("__" in str(op.get("path")) for op in asked.operations) else ask(asked)


@mutant("of duplicate names the last counts", "most JSON readers")
def duplicate_names(asked: Asked, ask: Ask) -> Replied:
    if asked.raw.count(b'"userName"') == 2 and asked.method == "POST":
        asked.raw = json.dumps(json.loads(asked.raw)).encode()
    return ask(asked)


@mutant("NaN is null", "Python's json")
def nan(asked: Asked, ask: Ask) -> Replied:
    asked.raw = asked.raw.replace(b":NaN", b":null")
    return ask(asked)


@mutant("bytes that are no UTF-8 are replaced", "scimmy-routers")
def not_utf8(asked: Asked, ask: Ask) -> Replied:
    if b"\xff\xfe" in asked.raw:
        asked.raw = asked.raw.replace(b"\xff\xfe", b"??")
    return ask(asked)


@mutant("any body is read, however large", "scim2-server 0.8.3")
def large_body(asked: Asked, ask: Ask) -> Replied:
    if len(asked.raw) > 1_000_000 and asked.method == "POST":
        return Replied(201, {"content-type": "application/scim+json"}, b"{}")
    return ask(asked)


@mutant("a header changes the method", "frameworks' method override")
def method_override(asked: Asked, ask: Ask) -> Replied:
    return ask(asked.but(method=asked.headers.get("x-http-method-override", asked.method)))


@mutant("a header changes the path", "X-Original-URL")
def path_override(asked: Asked, ask: Ask) -> Replied:
    return ask(asked.but(path=asked.headers.get("x-original-url", asked.path)))


@mutant("X-Forwarded-Host is believed", "")
def forwarded(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    host = asked.headers.get("x-forwarded-host")
    return (
        edit(
            reply,
            lambda r: (
                "location" in r.get("meta", {})
                and r["meta"].update(location=r["meta"]["location"].replace("testserver", host))
            ),
        )
        if host
        else reply
    )


@mutant("nosniff is missing", "")
def sniff(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    reply.headers.pop("x-content-type-options", None)
    return reply


@mutant("a browser is answered a page", "")
def page_for_browsers(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if "text/html" in asked.headers.get("accept", ""):
        reply.headers["content-type"] = "text/html"
    return reply


@mutant("a line end in a path becomes a header", "scim2-server 0.8.3 under wsgiref")
def header_injection(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    path = decoded(asked.path)
    if "\r\n" in path:
        name, _, value = path.partition("\r\n")[2].partition(":")
        reply.headers[name.lower()] = value.strip()
    return reply


@mutant("an id with a NUL answers 500", "PostgreSQL")
def nul(asked: Asked, ask: Ask) -> Replied:
    return error(500) if "%00" in asked.path else ask(asked)


@mutant("an operation that is null answers 500", "scimmy 1.3.5")
def null_operation(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if (
        asked.method == "PATCH" and isinstance(body, dict) and None in (body.get("Operations") or ())
        if isinstance((body or {}).get("Operations") if isinstance(body, dict) else None, list)
        else False
    ):
        return error(500, "Cannot destructure property 'op'")
    return ask(asked)


@mutant("an unknown parameter is an error", "Entra's aadOptscim062020")
def strict_parameters(asked: Asked, ask: Ask) -> Replied:
    return error(400) if "aadOptscim062020" in asked.query else ask(asked)


@mutant("PUT with another user's id changes that user", "msaad00/agent-bom#3540")
def overwrite(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if (
        asked.method == "POST"
        and asked.endpoint == "/Users"
        and isinstance(body, dict)
        and isinstance(body.get("id"), str)
    ) and ask(asked.read(f"/Users/{body['id']}")).status == 200:
        reply = ask(asked.but(method="PUT", path=f"/Users/{body['id']}"))
        reply.status = 201
        return reply
    return ask(asked)


@mutant("200 with an error in it", "services behind an API gateway")
def error_200(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status in (400, 404, 409):
        reply.status = 200
    return reply


MUTANTS = collected(globals())
