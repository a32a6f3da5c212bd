"""Who is let in, and headers that change what a request is."""

from scimcore import urns
from scimcore.conformance.check import Check, check, collected
from scimcore.conformance.outcomes import MAY, MUST, SHOULD, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.attacking import attack, require_control
from scimcore.conformance.suites.patching import replace
from scimcore.documents import JSON

CREDENTIALS = (
    ("empty", ""),
    ("scheme-alone", "Bearer"),
    ("empty-token", "Bearer "),
    ("null", "Bearer null"),
    ("undefined", "Bearer undefined"),
    ("none", "None"),
    ("basic-empty", "Basic Og=="),
    ("basic-guess", "Basic YWRtaW46YWRtaW4="),
    ("no-scheme", "non-token"),
    ("jwt-none", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."),
    ("wildcard", "Bearer *"),
    ("long", "Bearer " + "a" * 4_000),
    ("not-ascii", "Bearer g\u00f6\u00f6d"),
)


def _credential_check(id: str, value: str) -> Check:
    def function(probe: Probe) -> None:
        probe.require_protected()
        answer = probe.send("GET", probe.kind.endpoint, headers={"Authorization": value})
        require_control(probe, answer)
        answer.expect(400, 401, 403, 431)
        probe.require(b"Resources" not in answer.body, "no resources", "resources")

    shown = value if len(value) < 60 else f"{value[:20]}..."
    return attack(f"credential-{id}", "S5", f"Authorization: {shown} lets nobody in", function, MUST, "fail closed")


@check(
    "security-S10-every-path",
    "No path is answered without a credential, however it is encoded",
    hint="authentication belongs to the handler of a request, not to a prefix of its path",
)
def every_path(probe: Probe) -> None:
    probe.require_protected()
    endpoint = probe.kind.endpoint
    encoded = f"/%{ord(endpoint[1]):02x}{endpoint[2:]}"
    for path in (
        endpoint,
        encoded,
        endpoint.lower(),
        endpoint.upper(),
        f"{endpoint}/",
        f"/{endpoint}",
        f"/.{endpoint}",
        f"{endpoint};a=b",
        f"{endpoint}%00",
        "/Me",
        "/",
    ):
        answer = probe.send("GET", path, headers={"Authorization": None})
        require_control(probe, answer)
        probe.require(answer.status != 200 or b'"Resources"' not in answer.body, "no resources", f"{path} answers 200")


@check("security-S5-writes", "POST, PUT, PATCH and DELETE without a credential change nothing", needs=("User.title",))
def unauthenticated_writes(probe: Probe) -> None:
    probe.require_protected()
    made = probe.new_user(title="Pilot")
    operations = {"schemas": [urns.PATCH_OP], "Operations": [replace("title", "Thief")]}
    body = {**probe.new(probe.user), "title": "Thief"}
    for method, path, content in (
        ("POST", probe.user.endpoint, body),
        ("PUT", made.path, body),
        ("PATCH", made.path, operations),
        ("DELETE", made.path, None),
    ):
        for value in (None, f"Bearer wrong-{probe.tag}"):
            probe.send(method, path, content, headers={"Authorization": value}).expect(401, 403)
    probe.expect({"title": "Pilot"}, probe.read(made.path))


@check(
    "security-S8-same-answer",
    "An unknown endpoint and a known one answer the same without a credential",
    level=SHOULD,
    hint="who is not known learns nothing of what there is",
)
def same_answer(probe: Probe) -> None:
    probe.require_protected()
    statuses = [
        probe.send("GET", path, headers={"Authorization": None}).status
        for path in (probe.kind.endpoint, f"{probe.kind.endpoint}/{probe.service.nobody()}", f"/Nothings{probe.tag}")
    ]
    probe.require(len(set(statuses)) == 1, "one status", statuses)


@check("security-S8-token-in-answer", "An answer to a wrong token does not repeat it")
def token_in_answer(probe: Probe) -> None:
    probe.require_protected()
    token = f"wrong-{probe.tag}-token"
    answer = probe.send("GET", probe.kind.endpoint, headers={"Authorization": f"Bearer {token}"})
    require_control(probe, answer)
    probe.require(token.encode() not in answer.body, "no token in the answer", "the token")
    probe.require(all(token not in value for _, value in answer.headers), "no token in the headers", "the token")


@check(
    "security-S8-token-in-url",
    "A token in the URL lets nobody in",
    level=SHOULD,
    hint="URLs are logged: RFC 6750 §2.3 advises against it",
)
def token_in_url(probe: Probe) -> None:
    probe.require_protected()
    token = next((secret for secret in probe.service.secrets), None)
    if token is None:
        raise Skipped("the run has no token")
    answer = probe.send("GET", probe.kind.endpoint, query=f"access_token={token}", headers={"Authorization": None})
    probe.require(answer.status in (400, 401, 403), "401", answer.summary())


@check("security-S10-method-override", "A header does not change the method", needs=("User",))
def method_override(probe: Probe) -> None:
    made = probe.new_user()
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        require_control(probe, probe.send("GET", made.path, headers={name: "DELETE"}))
    probe.read(made.path)


@check("security-S10-rewritten-path", "A header does not change the path", needs=("User",))
def rewritten_path(probe: Probe) -> None:
    made = probe.new_user()
    for name in ("X-Original-URL", "X-Rewrite-URL"):
        answer = probe.send("GET", f"{probe.user.endpoint}/{probe.service.nobody()}", headers={name: made.path})
        probe.require(answer.status == 404, "404", answer.summary())


@check(
    "security-S20-forwarded-host",
    "A forwarding header of the client's does not change locations",
    needs=("User",),
    level=SHOULD,
    hint="X-Forwarded-Host is for proxies that are known; behind one, this check proves nothing",
)
def forwarded_host(probe: Probe) -> None:
    made = probe.new_user()
    answer = probe.send(
        "GET", made.path, headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    ).expect(200)
    probe.require(b"evil.example" not in answer.body, "locations of the service's own", "evil.example")


@check(
    "security-S20-nosniff",
    "Answers say that they are what they say",
    level=MAY,
    hint="X-Content-Type-Options: nosniff keeps a browser from taking a value for a page",
)
def nosniff(probe: Probe) -> None:
    value = probe.get(probe.kind.endpoint, count=0).headers.get("x-content-type-options")
    probe.require(value.lower() == "nosniff", "X-Content-Type-Options: nosniff", value or "none")


@check("security-S20-json", "A value that looks like a page is answered as JSON", needs=("User.displayName",))
def html(probe: Probe) -> None:
    made = probe.new_user(displayName="<html><script>alert(1)</script></html>")
    for accept in ("text/html", "*/*", "text/html,application/xhtml+xml"):
        answer = probe.send("GET", made.path, headers={"Accept": accept})
        probe.require(
            answer.status in (200, 406) and "html" not in answer.headers.get("content-type"),
            "JSON",
            answer.headers.get("content-type"),
        )


@check("security-S22-errors", "Errors show nothing of the service's inside")
def errors(probe: Probe) -> None:
    endpoint = probe.kind.endpoint
    for answer in (
        probe.get(f"{endpoint}/{probe.service.nobody()}"),
        probe.get(endpoint, filter="((("),
        probe.get(endpoint, sortBy="[[["),
        probe.get(endpoint, attributes="[[["),
        probe.get(endpoint, startIndex="x", count="y"),
        probe.post(endpoint, b"\x00\x01"),
        probe.post(endpoint, {"schemas": 7}),
        probe.post(endpoint, {"schemas": [{}], "userName": []}),
        probe.post(
            endpoint,
            {
                "schemas": [probe.kind.schema],
                "meta": 7,
                "id": {},
                "name": 7,
                "userName": f"u.{probe.tag}",
                "emails": [None],
            },
        ),
    ):
        require_control(probe, answer)


@check("security-S22-patch-errors", "Errors about a PATCH show nothing of the service's inside", needs=("patch",))
def patch_errors(probe: Probe) -> None:
    made = probe.create(probe.kind)
    bodies: tuple[JSON, ...] = (
        {"schemas": [urns.PATCH_OP], "Operations": [7]},
        {"schemas": [urns.PATCH_OP], "Operations": [None]},
        {"schemas": [urns.PATCH_OP], "Operations": [{"op": 7}]},
        {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", "path": 7, "value": 7}]},
        {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", "path": ["a"], "value": 7}]},
        {"schemas": [urns.PATCH_OP], "Operations": "x"},
        {"schemas": 7, "Operations": []},
        [],
    )
    for body in bodies:
        answer = probe.send("PATCH", made.path, body)
        require_control(probe, answer)
        answer.expect(400)


@check(
    "security-S12-many-operations",
    "A PATCH of 20,000 operations is carried out whole, or refused whole",
    needs=("patch", "User.nickName"),
)
def many_operations(probe: Probe) -> None:
    made = probe.new_user(nickName="before")
    answer = probe.patch(made.path, *([replace("nickName", "after")] * 20_000))
    require_control(probe, answer)
    after = probe.read(made.path).get("nickName")
    expected = "after" if answer.status in (200, 204) else "before"
    probe.require(after == expected, expected, after)


CHECKS = (*collected(globals()), *(_credential_check(*row) for row in CREDENTIALS))
