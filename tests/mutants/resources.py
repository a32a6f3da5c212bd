"""Faults in creating, reading, replacing and deleting resources."""

import random
from typing import Any

from mutants.world import ENT, GROUP, PATCH_OP, USER, Ask, Asked, Replied, collected, edit, error, mutant

# Create --------------------------------------------------------------------------------------------------------------


@mutant("POST answers 200, not 201", "Condeco's guide shows a POST answered with 200")
def created_200(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    reply.status = 200 if reply.status == 201 else reply.status
    return reply


@mutant("POST answers no Location", "django-scim2-server")
def no_location(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.method == "POST":
        reply.headers.pop("location", None)
    return reply


@mutant("Location is that of the collection", "several home-made services")
def location_of_collection(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.method == "POST" and "location" in reply.headers:
        reply.headers["location"] = reply.headers["location"].rpartition("/")[0]
    return reply


@mutant("meta.location lacks the id", "")
def meta_location_of_collection(asked: Asked, ask: Ask) -> Replied:
    return edit(
        ask(asked),
        lambda r: (
            "location" in r.get("meta", {}) and r["meta"].update(location=r["meta"]["location"].rpartition("/")[0])
        ),
    )


@mutant("meta.location has the base path twice", "scim2-server mounted below a path")
def base_path_twice(asked: Asked, ask: Ask) -> Replied:
    return edit(
        ask(asked),
        lambda r: (
            r.get("meta", {}).get("location")
            and r["meta"].update(
                location=r["meta"]["location"].replace("/Users/", "/v2/Users/").replace("/Groups/", "/v2/Groups/")
            )
        ),
    )


@mutant("the answer to POST has no id", "Okta: a new user that was returned empty")
def post_without_id(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return edit(reply, lambda r: r.pop("id", None)) if asked.method == "POST" and asked.many else reply


@mutant("POST answers an empty body", "Okta: a new user that was returned empty")
def post_without_body(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 201:
        reply.raw = b""
    return reply


@mutant("POST echoes the request, without what the service has added", "")
def post_echoes(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 201 and asked.many:
        reply.document = {**asked.body, "id": reply.document["id"]}
    return reply


@mutant("a userName that is taken is accepted", "Cogtrix, langwatch")
def duplicates(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 409 and asked.method == "POST" and asked.endpoint == "/Users":
        body = asked.body
        again = ask(asked.but(body={**body, "userName": f"{body['userName']}{random.random()}"}))
        return edit(again, lambda r: r.update(userName=body["userName"]))
    return reply


@mutant("a userName that is taken in other casing is accepted", "django-scim2, django-scim2-server")
def duplicates_by_case(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 409 and asked.method == "POST" and asked.endpoint == "/Users":
        body = asked.body
        found = ask(asked.read("/Users").but(query={"filter": f'userName eq "{body["userName"]}"'})).resources
        if found and found[0]["userName"] != body["userName"]:
            return edit(
                ask(asked.but(body={**body, "userName": f"{body['userName']}{random.random()}"})),
                lambda r: r.update(userName=body["userName"]),
            )
    return reply


@mutant("a conflict answers 400", "")
def conflict_400(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(400, "exists", "uniqueness") if reply.status == 409 else reply


@mutant("a conflict answers 500", "a unique index that nobody catches")
def conflict_500(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(500, "IntegrityError") if reply.status == 409 else reply


@mutant("a conflict has no scimType", "django-scim2")
def conflict_without_type(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(409, "exists") if reply.status == 409 else reply


@mutant("the client's id is taken", "msaad00/agent-bom#3540")
def id_of_client(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    body = asked.body
    if reply.status == 201 and isinstance(body, dict) and isinstance(body.get("id"), str):
        return edit(reply, lambda r: r.update(id=body["id"]))
    return reply


@mutant("the client's meta.created is kept", "")
def meta_of_client(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    body = asked.body
    sent = body.get("meta") if asked.method == "POST" and isinstance(body, dict) else None
    if reply.status == 201 and isinstance(sent, dict) and "created" in sent:
        asked.memory[reply.document["id"]] = sent["created"]
    return edit(
        reply, lambda r: r.get("id") in asked.memory and "meta" in r and r["meta"].update(created=asked.memory[r["id"]])
    )


@mutant("a malformed meta in a POST is an error", "scim2-server 0.8.3")
def meta_checked(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    meta = body.get("meta") if isinstance(body, dict) else None
    if asked.method == "POST" and isinstance(meta, dict) and "created" in meta and "-" not in str(meta["created"]):
        return error(400, "meta.created", "invalidValue")
    return ask(asked)


@mutant("schemas may be missing", "scim2-server, django-scim2")
def schemas_optional(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if (
        asked.method in ("POST", "PUT")
        and isinstance(body, dict)
        and "schemas" not in body
        and asked.endpoint in ("/Users", "/Groups")
    ):
        asked.body = {"schemas": [USER if asked.endpoint == "/Users" else GROUP], **body}
    return ask(asked)


@mutant("schemas may be anything", "")
def schemas_ignored(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "POST" and isinstance(body, dict) and asked.many:
        asked.body = {
            **body,
            "schemas": [USER if asked.endpoint == "/Users" else GROUP, *([ENT] if ENT in body else [])],
        }
    return ask(asked)


@mutant("an empty userName is accepted", "scim2-server 0.8.3, scimmy 1.3.5")
def empty_user_name(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.endpoint == "/Users" and isinstance(body, dict) and body.get("userName") == "":
        return edit(
            ask(asked.but(body={**body, "userName": f"blank-{random.random()}"})), lambda r: r.update(userName="")
        )
    return ask(asked)


@mutant("a missing userName is accepted", "django-scim2")
def no_user_name(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if (
        asked.method == "POST"
        and asked.endpoint == "/Users"
        and isinstance(body, dict)
        and "schemas" in body
        and "userName" not in {n.lower() and n for n in body}
    ):
        asked.body = {**body, "userName": f"none-{random.random()}"}
    return ask(asked)


@mutant("a group without displayName is accepted", "RFC 7643 before erratum 5368")
def no_display_name(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "POST" and asked.endpoint == "/Groups" and isinstance(body, dict) and "displayName" not in body:
        asked.body = {**body, "displayName": f"none-{random.random()}"}
    return ask(asked)


@mutant("userName is turned to lower case", "fails Okta's SPEC test")
def lower_case(asked: Asked, ask: Ask) -> Replied:
    return edit(ask(asked), lambda r: isinstance(r.get("userName"), str) and r.update(userName=r["userName"].lower()))


@mutant("externalId is not kept", "django-scim2-server")
def no_external_id(asked: Asked, ask: Ask) -> Replied:
    return edit(ask(asked), lambda r: r.pop("externalId", None))


@mutant("the enterprise extension is not kept", "pydantic-scim drops extensions")
def no_extension(asked: Asked, ask: Ask) -> Replied:
    return edit(ask(asked), lambda r: r.pop(ENT, None))


@mutant("schemas lacks the extension that is in the resource", "thomaspoignant/scim-patch")
def extension_not_listed(asked: Asked, ask: Ask) -> Replied:
    return edit(ask(asked), lambda r: "schemas" in r and r.update(schemas=[u for u in r["schemas"] if u != ENT]))


@mutant("schemas lists the extension always", "")
def extension_listed_always(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return (
        edit(reply, lambda r: "schemas" in r and r.update(schemas=[*dict.fromkeys([*r["schemas"], ENT])]))
        if asked.endpoint == "/Users"
        else reply
    )


@mutant("only the first element of a multi-valued attribute is kept", "Condeco: single values only")
def first_element(asked: Asked, ask: Ask) -> Replied:
    return edit(ask(asked), lambda r: isinstance(r.get("emails"), list) and r.update(emails=r["emails"][:1]))


@mutant("letters outside of ASCII are lost", "")
def ascii_only(asked: Asked, ask: Ask) -> Replied:
    return edit(
        ask(asked),
        lambda r: (
            isinstance(r.get("displayName"), str)
            and r.update(displayName=r["displayName"].encode("ascii", "replace").decode())
        ),
    )


@mutant("spaces within values are collapsed", "")
def spaces(asked: Asked, ask: Ask) -> Replied:
    return edit(
        ask(asked),
        lambda r: isinstance(r.get("displayName"), str) and r.update(displayName=" ".join(r["displayName"].split())),
    )


@mutant("values are cut at 64 characters", "a column's width")
def cut(asked: Asked, ask: Ask) -> Replied:
    return edit(
        ask(asked), lambda r: isinstance(r.get("displayName"), str) and r.update(displayName=r["displayName"][:64])
    )


@mutant("values are escaped for HTML", "")
def escaped(asked: Asked, ask: Ask) -> Replied:
    return edit(
        ask(asked),
        lambda r: (
            isinstance(r.get("displayName"), str)
            and r.update(displayName=r["displayName"].replace("&", "&amp;").replace("<", "&lt;"))
        ),
    )


@mutant("telephone numbers are rewritten", "Eptura wants RFC 3966")
def phones(asked: Asked, ask: Ask) -> Replied:
    def change(r: dict[str, Any]) -> None:
        for phone in r.get("phoneNumbers") or ():
            if isinstance(phone, dict) and isinstance(phone.get("value"), str):
                phone["value"] = "".join(c for c in phone["value"] if c in "+0123456789")

    return edit(ask(asked), change)


@mutant("e-mail addresses of private domains are refused", "goauthentik/authentik#19794")
def public_mail_only(asked: Asked, ask: Ask) -> Replied:
    if asked.method in ("POST", "PUT", "PATCH") and b".local" in asked.raw:
        return error(400, "The domain is reserved.", "invalidValue")
    return ask(asked)


@mutant("active is always true", "NorthlandPositronics/Cogtrix#128")
def always_active(asked: Asked, ask: Ask) -> Replied:
    return edit(ask(asked), lambda r: "active" in r and r.update(active=True))


@mutant('active "False" in a POST is true', 'bool("False") in Python')
def text_is_true(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "POST" and isinstance(body, dict) and isinstance(body.get("active"), str):
        asked.body = {**body, "active": bool(body["active"])}
    return ask(asked)


@mutant("a number is a boolean", "scim2-server 0.8.3")
def number_is_boolean(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "POST" and isinstance(body, dict) and body.get("active") == 1 and body.get("active") is not True:
        asked.body = {**body, "active": True}
    return ask(asked)


@mutant("values of any type are turned to text", "")
def texts(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "POST" and asked.many and isinstance(body, dict):
        asked.body = {
            n: str(v) if n in ("userName", "displayName", "externalId") and isinstance(v, int) else v
            for n, v in body.items()
        }
    return ask(asked)


@mutant("groups of a user can be written", "privilege by attribute")
def groups_writable(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    body = asked.body
    sent = (
        next((v for n, v in body.items() if n.lower() == "groups"), None)
        if asked.method in ("POST", "PUT") and isinstance(body, dict)
        else None
    )
    if reply.ok and sent and asked.endpoint == "/Users":
        asked.memory[reply.document["id"]] = sent
    return edit(reply, lambda r: r.get("id") in asked.memory and r.update(groups=asked.memory[r["id"]]))


@mutant("attribute names have casing", "scimmyjs/scimmy#7, 15five/django-scim2#76")
def names_with_case(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "POST" and isinstance(body, dict) and asked.many:
        asked.body = {n: v for n, v in body.items() if n not in ("DISPLAYNAME", "nickname", "UserName", "USERNAME")}
    return ask(asked)


@mutant("names come back as they were sent", "")
def names_as_sent(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    body = asked.body
    if reply.status == 201 and isinstance(body, dict) and "DISPLAYNAME" in body:
        asked.memory[reply.document["id"]] = True
    return edit(
        reply,
        lambda r: r.get("id") in asked.memory and "displayName" in r and r.update(DISPLAYNAME=r.pop("displayName")),
    )


@mutant("null is an error", "better-auth/better-auth#11015")
def null_refused(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method in ("POST", "PUT") and isinstance(body, dict) and None in body.values():
        return error(400, "null", "invalidValue")
    return ask(asked)


@mutant("a charset in the Content-Type is answered 415", "MicrosoftDocs/azure-docs#12728")
def charset(asked: Asked, ask: Ask) -> Replied:
    return error(415) if "charset" in asked.headers.get("content-type", "") else ask(asked)


@mutant("application/json is answered 415", "Captain-P-Goldfish/SCIM-SDK#636")
def json_refused(asked: Asked, ask: Ask) -> Replied:
    return error(415) if asked.headers.get("content-type") == "application/json" else ask(asked)


@mutant("answers are application/json", "AWS IAM Identity Center")
def json_answered(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if "content-type" in reply.headers:
        reply.headers["content-type"] = "application/json"
    return reply


@mutant("members are lost when a group is made", "a service that takes members by PATCH alone")
def post_without_members(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "POST" and asked.endpoint == "/Groups" and isinstance(body, dict):
        asked.body = {n: v for n, v in body.items() if n != "members"}
    return ask(asked)


@mutant("groups come without members", "Condeco: GET of a group has no members")
def group_without_members(asked: Asked, ask: Ask) -> Replied:
    return edit(ask(asked), lambda r: r.pop("members", None))


@mutant("an empty list of members is refused", "Captain-P-Goldfish/SCIM-SDK#757")
def empty_members(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "POST" and isinstance(body, dict) and body.get("members") == []:
        return error(400, "members", "invalidValue")
    return ask(asked)


@mutant("a group cannot be a member", "")
def no_nested(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "POST" and asked.endpoint == "/Groups" and isinstance(body, dict):
        for member in body.get("members") or ():
            if ask(asked.read(f"/Users/{member.get('value')}")).status == 404:
                return error(400, "nested", "invalidValue")
    return ask(asked)


@mutant("a manager needs its $ref", "scim2-server 0.8.3")
def manager_ref(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    manager = body[ENT].get("manager") if isinstance(body, dict) and isinstance(body.get(ENT), dict) else None
    return error(400, "$ref", "invalidValue") if isinstance(manager, dict) and "$ref" not in manager else ask(asked)


@mutant("a manager's displayName is the client's to write", "SCIM-SDK, UnboundID, scimmy")
def manager_name(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    body = asked.body
    if reply.status == 201 and isinstance(body, dict) and isinstance(body.get(ENT), dict) and "manager" in body[ENT]:
        asked.memory[reply.document["id"]] = body[ENT]["manager"]
    return edit(
        reply, lambda r: r.get("id") in asked.memory and ENT in r and r[ENT].update(manager=asked.memory[r["id"]])
    )


@mutant("two primary elements are kept", "scimmy, PingOne sends them")
def two_primaries(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "POST" and isinstance(body, dict):
        emails = body.get("emails")
        if isinstance(emails, list) and sum(e.get("primary") is True for e in emails if isinstance(e, dict)) > 1:
            reply = ask(asked.but(body={**body, "emails": [{**e, "primary": False} for e in emails]}))
            return edit(reply, lambda r: r.update(emails=emails))
    return ask(asked)


# Read and delete -----------------------------------------------------------------------------------------------------


@mutant("a resource that there is not answers 200 and nothing", "")
def missing_200(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 404 and asked.method == "GET" and asked.one:
        return Replied(200, reply.headers, b"{}")
    return reply


@mutant("a resource that there is not answers 400", "")
def missing_400(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(400) if reply.status == 404 and asked.one else reply


@mutant("a resource that there is not answers 500", "an exception that nobody catches")
def missing_500(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(500) if reply.status == 404 and asked.one and asked.method != "GET" else reply


@mutant("a userName is as good as an id", "Grafana CVE-2025-41115 by another attribute")
def name_is_id(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 404 and asked.method == "GET" and asked.one:
        found = ask(asked.read(asked.endpoint).but(query={"filter": f'userName eq "{asked.id}"'})).resources
        if found:
            return ask(asked.read(f"{asked.endpoint}/{found[0]['id']}"))
    return reply


@mutant("an externalId is as good as an id", "Grafana CVE-2025-41115")
def external_id_is_id(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 404 and asked.one:
        found = ask(asked.read(asked.endpoint).but(query={"filter": f'externalId eq "{asked.id}"'})).resources
        if found:
            return ask(asked.but(path=f"{asked.endpoint}/{found[0]['id']}"))
    return reply


@mutant("ids have no casing", "a database's collation")
def id_without_case(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return ask(asked.but(path=f"{asked.endpoint}/{asked.id.lower()}")) if reply.status == 404 and asked.one else reply


@mutant("users are found among the groups", "one table for both")
def one_table(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 404 and asked.method == "GET" and asked.endpoint == "/Groups" and asked.one:
        return ask(asked.read(f"/Users/{asked.id}"))
    return reply


@mutant("DELETE answers 200 with the resource", "")
def delete_200(asked: Asked, ask: Ask) -> Replied:
    before = ask(asked.read()) if asked.method == "DELETE" and asked.one else None
    reply = ask(asked)
    return Replied(200, before.headers, before.raw) if before is not None and reply.status == 204 else reply


@mutant("DELETE deactivates only", "django-scim2-server, Slack")
def delete_deactivates(asked: Asked, ask: Ask) -> Replied:
    if asked.method == "DELETE" and asked.endpoint == "/Users" and asked.one and ask(asked.read()).status == 200:
        operation = {"op": "replace", "path": "active", "value": False}
        headers = {**asked.headers, "content-type": "application/scim+json"}
        ask(Asked("PATCH", asked.path, {}, headers).but(body={"schemas": [PATCH_OP], "Operations": [operation]}))
        return Replied(204)
    return ask(asked)


@mutant("DELETE of what is not there answers 204", "")
def delete_missing(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return Replied(204) if asked.method == "DELETE" and reply.status == 404 and asked.one else reply


@mutant("a deleted user's name stays taken", "15five/django-scim2#83")
def name_stays(asked: Asked, ask: Ask) -> Replied:
    if asked.method == "DELETE" and asked.endpoint == "/Users":
        before = ask(asked.read()).document
        reply = ask(asked)
        if reply.ok:
            asked.memory[before["userName"].lower()] = True
        return reply
    body = asked.body
    if asked.method == "POST" and isinstance(body, dict) and str(body.get("userName")).lower() in asked.memory:
        return error(409, "exists", "uniqueness")
    return ask(asked)


@mutant("deleted users are still listed", "")
def deleted_listed(asked: Asked, ask: Ask) -> Replied:
    if asked.method == "DELETE" and asked.endpoint == "/Users":
        before = ask(asked.read())
        reply = ask(asked)
        if reply.ok:
            asked.memory[before.document["userName"].lower()] = before.document
        return reply
    reply = ask(asked)
    name = asked.query.get("filter", "").partition('"')[2].rstrip('"').lower()
    if asked.many and asked.method == "GET" and name in asked.memory:
        document = reply.document
        document["Resources"].append(asked.memory[name])
        document["totalResults"] += 1
        reply.document = document
    return reply


@mutant("DELETE of a group deletes its members", "a cascade too far")
def cascade(asked: Asked, ask: Ask) -> Replied:
    if asked.method == "DELETE" and asked.endpoint == "/Groups":
        for member in (ask(asked.read()).document or {}).get("members", []):
            ask(asked.but(path=f"/Users/{member['value']}"))
    return ask(asked)


@mutant("a service that answers the resource of a moment ago", "a replica that lags: fleet#50724")
def stale(asked: Asked, ask: Ask) -> Replied:
    if asked.method in ("PUT", "PATCH") and asked.one:
        before = ask(asked.read())
        reply = ask(asked)
        return Replied(reply.status, reply.headers, before.raw) if reply.status == 200 else reply
    return ask(asked)


# Replace -------------------------------------------------------------------------------------------------------------


@mutant("PUT keeps what its body leaves away", "PUT as a merge: many home-made services")
def put_merges(asked: Asked, ask: Ask) -> Replied:
    if asked.method == "PUT" and asked.one and isinstance(asked.body, dict) and "schemas" in asked.body:
        before = ask(asked.read()).document
        if isinstance(before, dict) and "meta" in before:
            body = asked.body
            asked.body = {**before, **body, "schemas": [*dict.fromkeys([*before["schemas"], *body["schemas"]])]}
    return ask(asked)


@mutant("PUT keeps the members", "shlink-like services without members in PUT; teleport#67372")
def put_keeps_members(asked: Asked, ask: Ask) -> Replied:
    if asked.method == "PUT" and asked.endpoint == "/Groups" and isinstance(asked.body, dict):
        before = ask(asked.read()).document or {}
        asked.body = {**asked.body, "members": before.get("members", [])}
    return ask(asked)


@mutant("PUT clears active when it is left away and so on: everything to default, createdand all", "")
def put_resets_created(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.method == "PUT" and reply.ok and asked.one:
        asked.memory[asked.id] = "2001-01-01T00:00:00Z"
    return edit(
        reply, lambda r: r.get("id") in asked.memory and "meta" in r and r["meta"].update(created=asked.memory[r["id"]])
    )


@mutant("PUT creates what is not there", "RFC 7644 §3.5.1 forbids it")
def put_creates(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.method == "PUT" and reply.status == 404 and asked.one:
        return ask(asked.but(method="POST", path=asked.endpoint))
    return reply


@mutant("PUT answers 204", "")
def put_204(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return Replied(204) if asked.method == "PUT" and reply.status == 200 else reply


@mutant("PUT refuses what GET has answered", "readOnly attributes taken for an error")
def put_strict(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "PUT" and isinstance(body, dict) and "meta" in body:
        return error(400, "meta is readOnly", "mutability")
    return ask(asked)


@mutant("PUT moves to the id of the body", "")
def put_moves(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "PUT" and asked.one and isinstance(body, dict) and isinstance(body.get("id"), str):
        return ask(asked.but(path=f"{asked.endpoint}/{body['id']}"))
    return ask(asked)


@mutant("PUT does not mind a userName that is taken", "")
def put_duplicates(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.method == "PUT" and reply.status == 409:
        return edit(ask(asked.read()), lambda r: r.update(userName=asked.body["userName"]))
    return reply


@mutant("PUT is not there", "a service with PATCH alone")
def put_501(asked: Asked, ask: Ask) -> Replied:
    return error(501) if asked.method == "PUT" else ask(asked)


@mutant("PUT without userName keeps the name", "")
def put_without_name(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "PUT" and asked.endpoint == "/Users" and isinstance(body, dict) and "userName" not in body:
        asked.body = {**body, "userName": (ask(asked.read()).document or {}).get("userName")}
    return ask(asked)


@mutant("lastModified stays as it was", "")
def never_modified(asked: Asked, ask: Ask) -> Replied:
    return edit(
        ask(asked),
        lambda r: (
            "created" in r.get("meta", {})
            and "lastModified" in r["meta"]
            and r["meta"].update(lastModified=r["meta"]["created"])
        ),
    )


@mutant("times have no zone", "naive timestamps")
def no_zone(asked: Asked, ask: Ask) -> Replied:
    return edit(
        ask(asked),
        lambda r: (
            "created" in r.get("meta", {})
            and r["meta"].update(
                created=r["meta"]["created"].rstrip("Z"), lastModified=r["meta"].get("lastModified", "").rstrip("Z")
            )
        ),
    )


@mutant("times are numbers", "epoch seconds")
def epoch(asked: Asked, ask: Ask) -> Replied:
    return edit(
        ask(asked),
        lambda r: (
            "created" in r.get("meta", {}) and r["meta"].update(created=1_700_000_000, lastModified=1_700_000_000)
        ),
    )


@mutant("meta.resourceType is in lower case", "")
def type_in_lower_case(asked: Asked, ask: Ask) -> Replied:
    return edit(
        ask(asked),
        lambda r: (
            "resourceType" in r.get("meta", {}) and r["meta"].update(resourceType=r["meta"]["resourceType"].lower())
        ),
    )


@mutant("resources have no meta", "pydantic-scim")
def no_meta(asked: Asked, ask: Ask) -> Replied:
    return edit(ask(asked), lambda r: r.pop("meta", None))


@mutant("resources have no schemas", "")
def resources_without_schemas(asked: Asked, ask: Ask) -> Replied:
    return edit(ask(asked), lambda r: r.pop("schemas", None))


@mutant("ids are numbers", "a database's primary key")
def number_ids(asked: Asked, ask: Ask) -> Replied:
    return edit(ask(asked), lambda r: "id" in r and r.update(id=hash(r["id"]) % 10_000))


MUTANTS = collected(globals())
