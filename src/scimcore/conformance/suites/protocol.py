"""What holds for every request: authentication, errors, /Me (RFC 7644 §2, §3.11, §3.12)."""

from scimcore import urns
from scimcore.conformance.check import check, collected
from scimcore.conformance.exchange import Answer
from scimcore.conformance.outcomes import SHOULD, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.patching import replace


@check("rfc7644-2-no-credential", "A request without a credential answers 401")
def no_credential(probe: Probe) -> None:
    probe.require_protected()
    probe.send("GET", probe.kind.endpoint, headers={"Authorization": None}).expect_error(401)


@check("rfc7644-2-challenge", "401 comes with WWW-Authenticate", hint="RFC 7644 §2 and RFC 9110 §15.5.2")
def challenge(probe: Probe) -> None:
    probe.require_protected()
    answer = probe.send("GET", probe.kind.endpoint, headers={"Authorization": None}).expect(401)
    probe.require(answer.headers.get("www-authenticate"), "a WWW-Authenticate field", "none")


@check("rfc7644-2-wrong-credential", "A request with a wrong token answers 401")
def wrong_credential(probe: Probe) -> None:
    probe.require_protected()
    probe.send("GET", probe.kind.endpoint, headers={"Authorization": f"Bearer wrong-{probe.tag}"}).expect_error(401)


@check("rfc7644-2-write-without", "POST without a credential makes nothing", needs=("User", "filter"))
def write_without(probe: Probe) -> None:
    probe.require_protected()
    body = probe.new(probe.user)
    probe.send("POST", probe.user.endpoint, body, headers={"Authorization": None}).expect_error(401)
    probe.require(not probe.ids(probe.user, f'userName eq "{body["userName"]}"'), "no such user", "the user was made")


def _an_error(probe: Probe) -> Answer:
    return probe.get(f"{probe.kind.endpoint}/{probe.service.nobody()}").expect(404)


@check("rfc7644-3.12-schemas", "An error's schemas is that of errors", each_type=True)
def error_schemas(probe: Probe) -> None:
    schemas = _an_error(probe).document.get("schemas")
    probe.require(schemas == [urns.ERROR], f"[{urns.ERROR}]", schemas)


@check("rfc7644-3.12-status", "An error's status is the status code, as a text", each_type=True, hint='"404", not 404')
def error_status(probe: Probe) -> None:
    status = _an_error(probe).document.get("status")
    probe.require(status == "404", 'status "404"', status)


@check("rfc7644-3.12-detail", "An error says in words what is wrong", each_type=True, level=SHOULD)
def error_detail(probe: Probe) -> None:
    detail = _an_error(probe).document.get("detail")
    probe.require(isinstance(detail, str) and detail, "a text detail", detail)


@check("rfc7644-3.12-media-type", "Errors come as application/scim+json", each_type=True)
def error_media_type(probe: Probe) -> None:
    value = _an_error(probe).headers.get("content-type")
    probe.require(value.startswith("application/scim+json"), "Content-Type application/scim+json", value)


@check("rfc7644-3.12-status-400", 'A 400\'s status is "400"', needs=("User",))
def error_status_400(probe: Probe) -> None:
    document = probe.post(probe.user.endpoint, b"{").expect(400).document
    probe.require(document.get("status") == "400", 'status "400"', document.get("status"))


@check("rfc7644-3.12-status-409", 'A 409\'s status is "409"', needs=("User",))
def error_status_409(probe: Probe) -> None:
    made = probe.new_user()
    document = (
        probe.post(probe.user.endpoint, {**probe.new(probe.user), "userName": made.document["userName"]})
        .expect(409)
        .document
    )
    probe.require(document.get("status") == "409", 'status "409"', document.get("status"))


@check(
    "rfc7644-3.12-scim-type-syntax",
    "What is no JSON is answered with scimType invalidSyntax",
    needs=("User",),
    level=SHOULD,
    hint="RFC 7644 Table 9; the keyword is optional and helps",
)
def scim_type_syntax(probe: Probe) -> None:
    _require_keyword(probe, probe.post(probe.user.endpoint, b"{"), "invalidSyntax")


@check(
    "rfc7644-3.12-scim-type-value",
    "A value of the wrong type is answered with scimType invalidValue",
    needs=("User.active",),
    level=SHOULD,
    hint="RFC 7644 Table 9; the keyword is optional and helps",
)
def scim_type_value(probe: Probe) -> None:
    _require_keyword(
        probe, probe.post(probe.user.endpoint, {**probe.new(probe.user), "active": {"x": 1}}), "invalidValue"
    )


@check(
    "rfc7644-3.12-scim-type-path",
    "A path that is none is answered with scimType invalidPath",
    needs=("User", "patch"),
    level=SHOULD,
    hint="RFC 7644 Table 9; the keyword is optional and helps",
)
def scim_type_path(probe: Probe) -> None:
    _require_keyword(probe, probe.patch(probe.new_user().path, replace("noSuchAttribute", "x")), "invalidPath")


def _require_keyword(probe: Probe, answer: Answer, keyword: str) -> None:
    found = answer.expect_error(400).document.get("scimType")
    probe.require(found == keyword, f"scimType {keyword}", found)


@check(
    "rfc7644-3.12-method",
    "A method that an endpoint does not have is refused",
    each_type=True,
    hint="405 with Allow, or 501",
)
def error_method(probe: Probe) -> None:
    answer = probe.send("POST", f"{probe.kind.endpoint}/{probe.service.nobody()}", {})
    probe.require(answer.status in (404, 405, 501), "405", answer.summary())


@check("rfc7644-3.12-allow", "405 comes with Allow", level=SHOULD, hint="RFC 9110 §15.5.6")
def allow(probe: Probe) -> None:
    answer = probe.send("POST", "/ServiceProviderConfig", {})
    if answer.status != 405:
        raise Skipped(f"POST /ServiceProviderConfig answers {answer.status}")
    probe.require(answer.headers.get("allow"), "an Allow field", "none")


@check("rfc7644-3.12-media-type-unknown", "A body of another media type is refused", needs=("User",), level=SHOULD)
def unknown_media_type(probe: Probe) -> None:
    answer = probe.send(
        "POST", probe.user.endpoint, b"userName=x", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    probe.require(answer.status in (400, 415), "415", answer.summary())


@check("rfc7644-3.11-me", "/Me answers the resource of who is calling, or 501, or 404")
def me(probe: Probe) -> None:
    answer = probe.get("/Me")
    probe.require(answer.status in (200, 308, 307, 404, 501), "200, 308, 404 or 501", answer.summary())
    if answer.status == 200:
        location = answer.document.get("meta", {}).get("location")
        probe.require(
            probe.service.relative(location) not in (None, "/Me"), "meta.location of the resource itself", location
        )
    elif answer.status in (404, 501):
        answer.expect_error(404, 501)


CHECKS = collected(globals())
