"""Faults in PATCH."""

import re
from typing import Any

from mutants.world import ENT, GROUP, Ask, Asked, Replied, collected, edit, error, mutant

_ARRAYS = ("emails", "members", "addresses", "phoneNumbers")


def _with(asked: Asked, operations: list[dict[str, Any]]) -> Asked:
    asked.operations = operations
    return asked


def _path(op: dict[str, Any]) -> str:
    return str(op.get("path") or "")


@mutant("remove with a value path removes all", "msaad00/agent-bom#3533")
def remove_all(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {**op, "path": _path(op).partition("[")[0]}
                    if op.get("op") == "remove" and _path(op).endswith("]")
                    else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("remove of a member answers 200 and removes nobody", "goauthentik/authentik#25686")
def remove_nobody(asked: Asked, ask: Ask) -> Replied:
    if any(op.get("op") == "remove" and _path(op).startswith("members[") for op in asked.operations):
        rest = [op for op in asked.operations if not _path(op).startswith("members[")]
        return ask(_with(asked, rest)) if rest else ask(asked.read())
    return ask(asked)


@mutant("remove with two values joined by or removes the first", "django-scim2-server: a regular expression")
def remove_first(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {**op, "path": re.sub(r" or .*\]", "]", _path(op))}
                    if op.get("op") == "remove" and "[" in _path(op)
                    else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("remove of members needs a value path", "django-scim2-server")
def remove_needs_filter(asked: Asked, ask: Ask) -> Replied:
    if any(op.get("op") == "remove" and op.get("path") == "members" and "value" not in op for op in asked.operations):
        return error(400, "value", "invalidValue")
    return ask(asked)


@mutant("remove without a path is a success", "")
def remove_without_path(asked: Asked, ask: Ask) -> Replied:
    if asked.operations and all(op.get("op") == "remove" and "path" not in op for op in asked.operations):
        return ask(asked.read())
    return ask(asked)


@mutant("remove with a list of values empties the group", "by the letter; MicrosoftDocs/azure-docs#30826")
def remove_list_empties(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {n: v for n, v in op.items() if n != "value"} if str(op.get("op")).lower() == "remove" else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("remove of a required attribute is a success", "SCIM-SDK, UnboundID, scim-patch")
def remove_required(asked: Asked, ask: Ask) -> Replied:
    rest = [
        op
        for op in asked.operations
        if not (op.get("op") == "remove" and op.get("path") in ("userName", "displayName"))
    ]
    if len(rest) != len(asked.operations) and (
        asked.endpoint == "/Groups" or any(op.get("path") == "userName" for op in asked.operations)
    ):
        return ask(asked.read()) if not rest else ask(_with(asked, rest))
    return ask(asked)


@mutant("remove of a sub-attribute removes the whole attribute", "")
def remove_whole(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {**op, "path": "name"} if op.get("op") == "remove" and _path(op).startswith("name.") else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("an attribute that was emptied stays as an object", "apache/directory-scimple: empty objects")
def remove_sub_of_element(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {**op, "path": _path(op).partition("]")[0] + "]"}
                    if op.get("op") == "remove" and "]." in _path(op)
                    else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("add to a multi-valued attribute replaces it", "msaad00/agent-bom#3533")
def add_replaces(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {**op, "op": "replace"} if op.get("op") == "add" and op.get("path") in _ARRAYS else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("add without a path replaces lists", "scimmy in other words")
def add_without_path_replaces(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {**op, "op": "replace"} if op.get("op") == "add" and "path" not in op else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("add takes the first of several elements", "")
def add_first(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {**op, "value": op["value"][:1]}
                    if op.get("op") == "add" and isinstance(op.get("value"), list)
                    else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("a member that is added twice is there twice", "SCIM-SDK, scimmy")
def add_doubles(asked: Asked, ask: Ask) -> Replied:
    before = ask(asked.read()).document if asked.operations else None
    reply = ask(asked)
    if isinstance(before, dict) and reply.ok:
        for op in asked.operations:
            if op.get("op") == "add" and op.get("path") in ("members", "emails") and isinstance(op.get("value"), list):
                double = [
                    v for v in op["value"] for old in before.get(op["path"], []) if old.get("value") == v.get("value")
                ]
                if double:
                    asked.memory.setdefault(asked.id, []).extend((op["path"], v) for v in double)

    def change(r: dict[str, Any]) -> None:
        for name, value in asked.memory.get(r.get("id"), []):
            r.setdefault(name, []).append(value)

    return edit(reply, change)


@mutant("replace of a multi-valued attribute appends", "scimmy, without a path")
def replace_appends(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {**op, "op": "add"}
                    if op.get("op") == "replace" and op.get("path") in _ARRAYS and op.get("value")
                    else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("replace without a path appends to lists", "scimmy 1.3.5")
def replace_without_path_appends(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {**op, "op": "add"} if op.get("op") == "replace" and "path" not in op else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("replace of members by none is refused", "Captain-P-Goldfish/SCIM-SDK#757")
def replace_empty_refused(asked: Asked, ask: Ask) -> Replied:
    if any(op.get("op") == "replace" and op.get("value") == [] for op in asked.operations):
        return error(400, "value", "invalidValue")
    return ask(asked)


@mutant("replace of members by none changes nothing", "jelhub/scimgateway#113")
def replace_empty_ignored(asked: Asked, ask: Ask) -> Replied:
    if any(op.get("op") == "replace" and op.get("value") == [] for op in asked.operations):
        return ask(asked.read())
    return ask(asked)


@mutant(
    "replace of a complex attribute loses what it does not name",
    "scimmy 1.3.5; the interoperability profile asks for it",
)
def replace_complex(asked: Asked, ask: Ask) -> Replied:
    operations: list[dict[str, Any]] = []
    for op in asked.operations:
        if op.get("op") == "replace" and op.get("path") == "name" and isinstance(op.get("value"), dict):
            operations.append({"op": "remove", "path": "name"})
        operations.append(op)
    return ask(_with(asked, operations)) if operations else ask(asked)


@mutant("replace of what is absent is an error", "")
def replace_absent(asked: Asked, ask: Ask) -> Replied:
    before = ask(asked.read()).document if asked.operations else None
    if isinstance(before, dict):
        for op in asked.operations:
            if op.get("op") == "replace" and op.get("path") in ("nickName", "title") and op["path"] not in before:
                return error(400, "absent", "noTarget")
    return ask(asked)


@mutant("replace at a value path that selects nothing is a success", "django-scim2-server; scimmy adds")
def replace_no_target(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if (
        reply.status == 400
        and (reply.document or {}).get("scimType") == "noTarget"
        and any(op.get("op") == "replace" for op in asked.operations)
    ):
        return ask(asked.read())
    return reply


@mutant("replace at a value path replaces the first match alone", "")
def replace_first_match(asked: Asked, ask: Ask) -> Replied:
    if any(" co " in _path(op) and op.get("op") == "replace" for op in asked.operations):
        before = ask(asked.read()).document
        first = before["emails"][0]["value"]
        return ask(
            _with(
                asked,
                [{**op, "path": re.sub(r"\[.*\]", f'[value eq "{first}"]', _path(op))} for op in asked.operations],
            )
        )
    return ask(asked)


@mutant("a value path is not looked at: the sub-attribute of every element changes", "")
def value_path_ignored(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {**op, "path": re.sub(r"\[.*\]", "[value pr]", _path(op))}
                    if op.get("op") == "replace" and "]." in _path(op)
                    else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("a value path knows one comparison", "services that match paths by a regular expression")
def one_comparison(asked: Asked, ask: Ask) -> Replied:
    if any(re.search(r"\[.* (and|or) .*\]", _path(op)) for op in asked.operations):
        return error(400, "path", "invalidPath")
    return ask(asked)


@mutant("a value path knows texts alone", "Captain-P-Goldfish/SCIM-SDK: quoted booleans")
def text_comparison(asked: Asked, ask: Ask) -> Replied:
    if any("eq true]" in _path(op) for op in asked.operations):
        return error(400, "no match", "noTarget")
    return ask(asked)


@mutant("value paths have casing", "")
def value_path_case(asked: Asked, ask: Ask) -> Replied:
    if any(re.search(r'\[.*"[A-Z]', _path(op)) for op in asked.operations):
        return error(400, "no match", "noTarget")
    return ask(asked)


@mutant("attribute paths have casing", "scim-patch makes a second key")
def path_case(asked: Asked, ask: Ask) -> Replied:
    if any(_path(op)[:1].isupper() for op in asked.operations):
        return error(400, "path", "invalidPath")
    return ask(asked)


@mutant("a path with the core URN is unknown", "UnboundID, scimmy")
def core_urn(asked: Asked, ask: Ask) -> Replied:
    if any("core:2.0" in _path(op) for op in asked.operations):
        return error(400, "path", "invalidPath")
    return ask(asked)


@mutant("a path with an extension's URN changes nothing", "")
def extension_path(asked: Asked, ask: Ask) -> Replied:
    if asked.operations and all(_path(op).startswith(ENT) for op in asked.operations):
        return ask(asked.read())
    return ask(asked)


@mutant("an extension's object replaces the extension", "")
def extension_replaced(asked: Asked, ask: Ask) -> Replied:
    operations: list[dict[str, Any]] = []
    for op in asked.operations:
        if op.get("op") == "replace" and "path" not in op and isinstance(op.get("value"), dict) and ENT in op["value"]:
            operations.append({"op": "remove", "path": ENT})
        operations.append(op)
    return ask(_with(asked, operations)) if operations else ask(asked)


@mutant("operations without a path are not carried out", "Metatavu/keycloak-scim-server, sentry#27199")
def no_path_ignored(asked: Asked, ask: Ask) -> Replied:
    if asked.operations and all("path" not in op and op.get("op") != "remove" for op in asked.operations):
        return ask(asked.read())
    return ask(asked)


@mutant("operations without a path are refused", "Metatavu/keycloak-scim-server, PR 113")
def no_path_refused(asked: Asked, ask: Ask) -> Replied:
    if any("path" not in op for op in asked.operations):
        return error(400, "path", "invalidPath")
    return ask(asked)


@mutant("a replace without a path replaces the resource", "langwatch/langwatch#7131: members gone")
def no_path_replaces(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if (
        reply.ok
        and asked.endpoint == "/Groups"
        and any(
            "path" not in op and op.get("op") == "replace" and "members" not in (op.get("value") or {})
            for op in asked.operations
        )
    ):
        document = ask(asked.read()).document
        put = asked.but(method="PUT", body={"schemas": [GROUP], "displayName": document["displayName"]})
        return ask(put)
    return reply


@mutant("renaming a group empties it", "langwatch/langwatch#7131")
def rename_empties(asked: Asked, ask: Ask) -> Replied:
    if asked.endpoint == "/Groups" and any(_path(op) == "displayName" for op in asked.operations):
        return ask(_with(asked, [*asked.operations, {"op": "remove", "path": "members"}]))
    return ask(asked)


@mutant("the first operation alone is carried out", "")
def first_operation(asked: Asked, ask: Ask) -> Replied:
    return ask(_with(asked, asked.operations[:1])) if asked.operations else ask(asked)


@mutant("the last operation alone is carried out", "")
def last_operation(asked: Asked, ask: Ask) -> Replied:
    return ask(_with(asked, asked.operations[-1:])) if asked.operations else ask(asked)


@mutant("operations are carried out in reverse", "")
def reverse(asked: Asked, ask: Ask) -> Replied:
    return ask(_with(asked, asked.operations[::-1])) if asked.operations else ask(asked)


@mutant("a request that fails keeps what it had done", "django-scim2 before transactions")
def not_atomic(asked: Asked, ask: Ask) -> Replied:
    if len(asked.operations) < 2 or len(asked.operations) > 60:
        return ask(asked)
    reply = Replied(204)
    for op in asked.operations:
        reply = ask(_with(asked.but(), [op]))
        if not reply.ok:
            return reply
    return reply


@mutant("a change of id is a success that changes nothing", "SCIM-SDK; django-scim2-server")
def read_only_ignored(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if (
        reply.status == 400
        and (reply.document or {}).get("scimType") == "mutability"
        and any(_path(op) == "id" for op in asked.operations)
    ):
        return ask(asked.read())
    return reply


@mutant("readOnly attributes are refused without scimType", "")
def read_only_without_type(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(400, "readOnly") if (reply.document or {}).get("scimType") == "mutability" else reply


@mutant("groups of a user can be patched", "scimmy 1.3.5")
def groups_patched(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 400 and any(_path(op).lower().endswith("groups") for op in asked.operations):
        return ask(asked.read())
    return reply


@mutant("meta can be patched", "scimmy 1.3.5")
def meta_patched(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 400 and any(_path(op).startswith("meta") for op in asked.operations):
        return ask(asked.read())
    return reply


@mutant(
    "an unknown attribute is a success that changes nothing", "django-scim2-server; scim2-models with a lenient policy"
)
def unknown_ignored(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if (
        reply.status == 400
        and (reply.document or {}).get("scimType") == "invalidPath"
        and any("noSuch" in _path(op) for op in asked.operations)
    ):
        return ask(asked.read())
    return reply


@mutant("any path that is none is ignored", "django-scim2-server")
def bad_path_ignored(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return (
        ask(asked.read()) if reply.status == 400 and (reply.document or {}).get("scimType") == "invalidPath" else reply
    )


@mutant("a path that is none answers 500", "django-scim2")
def bad_path_500(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(500) if reply.status == 400 and (reply.document or {}).get("scimType") == "invalidPath" else reply


@mutant("an unknown op is taken for replace", "")
def unknown_op(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    op if str(op.get("op")).lower() in ("add", "replace", "remove") else {**op, "op": "remove"}
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("op has casing", "services that fail with Entra")
def op_case(asked: Asked, ask: Ask) -> Replied:
    if any(str(op.get("op"))[:1].isupper() for op in asked.operations):
        return error(400, "op", "invalidSyntax")
    return ask(asked)


@mutant("a body that is no PatchOp is taken for one", "scim2-server 0.8.3 without schemas")
def any_schemas(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "PATCH" and isinstance(body, dict) and "Operations" in body:
        asked.body = {**body, "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
    return ask(asked)


@mutant("no Operations are none", "better-auth")
def no_operations(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "PATCH" and isinstance(body, dict) and "Operations" not in body:
        return ask(asked.read())
    return ask(asked)


@mutant("wrong types are stored", "UnboundID, scim-patch")
def wrong_types(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 400 and any(
        isinstance(op.get("value"), dict) and op.get("path") == "nickName" for op in asked.operations
    ):
        return ask(asked.read())
    return reply


@mutant('active "False" is true', 'bool("False") in Python')
def text_is_true(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {**op, "value": bool(op["value"])}
                    if op.get("path") == "active" and isinstance(op.get("value"), str)
                    else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("active null is the default: true", "a default in the wrong place")
def null_is_true(asked: Asked, ask: Ask) -> Replied:
    return (
        ask(
            _with(
                asked,
                [
                    {**op, "value": True} if op.get("path") == "active" and op.get("value", 0) is None else op
                    for op in asked.operations
                ],
            )
        )
        if asked.operations
        else ask(asked)
    )


@mutant("null is refused", "UnboundID: 400; scim-patch: TypeError")
def null_refused(asked: Asked, ask: Ask) -> Replied:
    if any("value" in op and op["value"] is None for op in asked.operations):
        return error(400, "null", "invalidValue")
    return ask(asked)


@mutant("an old primary element stays primary", "scimmy, UnboundID, scim-patch")
def primary_stays(asked: Asked, ask: Ask) -> Replied:
    before = ask(asked.read()).document if asked.operations else None
    reply = ask(asked)
    old = [e["value"] for e in (before or {}).get("emails", []) if e.get("primary")] if isinstance(before, dict) else []
    if reply.ok and old and any("primary" in str(op) for op in asked.operations):
        asked.memory[asked.id] = old[0]

    def change(r: dict[str, Any]) -> None:
        for email in r.get("emails") or ():
            if email.get("value") == asked.memory.get(r.get("id"), object()):
                email["primary"] = True

    return edit(reply, change)


@mutant("a userName that is taken is accepted", "")
def duplicates(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 409 and asked.method == "PATCH":
        name = next(str(op["value"]) for op in asked.operations if op.get("path") == "userName")
        return edit(ask(asked.read()), lambda r: r.update(userName=name))
    return reply


@mutant("an empty userName is accepted", "scim2-server 0.8.3, scimmy 1.3.5")
def empty_user_name(asked: Asked, ask: Ask) -> Replied:
    if any(op.get("path") == "userName" and op.get("value") in ("", None) for op in asked.operations):
        return ask(asked.read())
    return ask(asked)


@mutant("lastModified moves when nothing changes", "services without a comparison")
def always_modified(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.operations and reply.ok:
        asked.memory[asked.id] = asked.memory.get(asked.id, 0) + 1
    return edit(
        reply,
        lambda r: (
            r.get("id") in asked.memory
            and "lastModified" in r.get("meta", {})
            and r["meta"].update(lastModified=f"2027-01-01T00:00:{asked.memory[r['id']] % 60:02}Z")
        ),
    )


@mutant("PATCH with attributes answers 204", "")
def attributes_204(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return Replied(204) if asked.operations and reply.status == 200 else reply


@mutant("PATCH answers 201", "")
def patch_201(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.operations and reply.status == 200:
        reply.status = 201
    return reply


@mutant("PATCH of a resource that there is not makes it", "")
def patch_creates(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return Replied(204) if asked.method == "PATCH" and reply.status == 404 else reply


@mutant("PATCH is answered 501", "MicrosoftDocs: attributes by replace alone")
def patch_501(asked: Asked, ask: Ask) -> Replied:
    return error(501) if asked.operations else ask(asked)


@mutant("add and remove are answered 501", "django-scim2")
def replace_alone(asked: Asked, ask: Ask) -> Replied:
    return error(501) if any(op.get("op") in ("add", "remove") for op in asked.operations) else ask(asked)


@mutant("more than 20 operations are refused", "")
def few_operations(asked: Asked, ask: Ask) -> Replied:
    return error(400, "too many", "tooMany") if len(asked.operations) > 20 else ask(asked)


@mutant("schemas does not gain the extension", "thomaspoignant/scim-patch")
def schemas_kept(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.ok and any(_path(op).startswith(ENT) for op in asked.operations):
        asked.memory[asked.id] = True
    return edit(
        reply,
        lambda r: (
            r.get("id") in asked.memory and "schemas" in r and r.update(schemas=[u for u in r["schemas"] if u != ENT])
        ),
    )


@mutant("adding a member puts the rest away", "fleet#50724: an unlocked read and write")
def lost_members(asked: Asked, ask: Ask) -> Replied:
    if (
        asked.endpoint == "/Groups"
        and len(asked.operations) > 1
        and all(op.get("op") == "add" for op in asked.operations)
    ):
        return ask(_with(asked, asked.operations[:1]))
    return ask(asked)


@mutant("the password is in the answer to a PATCH", "")
def password_answered(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    word = next(
        (op["value"] for op in asked.operations if op.get("path") == "password" and isinstance(op.get("value"), str)),
        None,
    )
    return edit(reply, lambda r: r.update(password=word)) if word and reply.status == 200 else reply


@mutant("unmatched value paths make an element for anybody", "a tolerance for Entra that is on for all")
def makes_elements(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 400 and (reply.document or {}).get("scimType") == "noTarget":
        operations = []
        for op in asked.operations:
            found = re.fullmatch(r'emails\[type eq "(\w+)"\]\.value', _path(op))
            operations.append(
                {"op": "add", "path": "emails", "value": [{"type": found[1], "value": op.get("value")}]}
                if found
                else op
            )
        return ask(_with(asked, operations))
    return reply


MUTANTS = tuple(m._replace(id=f"patch-{m.id}") for m in collected(globals()))
