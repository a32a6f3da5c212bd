"""The parts that a run is made of: transports, exchanges, what is announced, values, comparisons, reports."""

import asyncio
import dataclasses
import json
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from conformance.services import TOKEN, Scripted, answer, asgi_app, serving, wsgi_app
from scimcore import conformance as conformance_package
from scimcore import urns
from scimcore.conformance import Outcome, Report, connect, run_conformance
from scimcore.conformance.catalogue import SUITES
from scimcore.conformance.check import Result
from scimcore.conformance.exchange import Answer, Exchange, shown
from scimcore.conformance.matching import differences, fill
from scimcore.conformance.outcomes import Failed, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.report import compare, from_json, to_html, to_json, to_junit, to_markdown, to_text
from scimcore.conformance.service import Service
from scimcore.conformance.target import Kind, discover
from scimcore.conformance.transport import AsgiTransport, UrlTransport, WsgiTransport, load_app
from scimcore.conformance.values import complete, minimal, settable, value_of
from scimcore.http import Headers, Request, Response

# Transports ----------------------------------------------------------------------------------------------------------


def test_targets_are_told_apart() -> None:
    assert isinstance(connect("http://127.0.0.1:1/scim"), UrlTransport)
    assert isinstance(connect("https://127.0.0.1:1/scim", verify=False), UrlTransport)
    assert isinstance(connect(asgi_app()), AsgiTransport)
    assert isinstance(connect(wsgi_app()), WsgiTransport)


def test_an_app_is_loaded_by_its_name() -> None:
    assert load_app("conformance.apps:asgi") is not None
    assert isinstance(connect("conformance.apps:made"), WsgiTransport)


@pytest.mark.parametrize("name", ["no.such.module:app", "conformance.apps:nothing", ":"])
def test_an_app_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot load the app"):
        connect(name)


@pytest.mark.parametrize(
    "url", ["ftp://host/", "http://", "http://host/?a=b", "http://host/#a", "http://user:secret@host/"]
)
def test_a_url_that_is_no_base_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        connect(url)


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(ValueError, match="must be a URL"):
        connect(7)  # type: ignore[arg-type]


def test_a_service_that_is_not_there_is_an_error_of_the_system() -> None:
    with serving(wsgi_app()) as url:
        pass
    with pytest.raises(OSError, match="refused"):
        connect(url).send(Request("GET", "/"))


def test_a_connection_that_was_closed_is_opened_again() -> None:
    with serving(wsgi_app()) as url:
        transport = connect(url)
        for _ in range(2):  # the server closes after each answer
            assert transport.send(Request("GET", "/Users")).status == 401
        transport.close()


def test_requests_are_alike_by_all_transports() -> None:
    seen: list[tuple[str, ...]] = []

    def wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.errors"].write("a complaint")
        environ["wsgi.errors"].writelines(["more"])
        environ["wsgi.errors"].flush()
        seen.append(
            (
                environ["REQUEST_METHOD"],
                environ["PATH_INFO"],
                environ["QUERY_STRING"],
                environ["HTTP_X_A"],
                body.decode(),
            )
        )
        write = start_response("200 OK", [("X-B", "b")])
        write(b"one")
        return [b"two"]

    async def asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError("no lifespan")
        message = await receive()
        headers = dict(scope["headers"])
        seen.append(
            (
                scope["method"],
                scope["path"].encode().decode("latin-1"),
                scope["query_string"].decode(),
                headers[b"x-a"].decode(),
                message["body"].decode(),
            )
        )
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-b", b"b")]})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await send({"type": "http.response.body", "body": b"two"})

    request = Request("POST", "/Us%C3%A9rs", "a=b%20c", Headers([("X-A", "a")]), b"body")
    with serving(wsgi) as url:
        for transport in (connect(wsgi, base_path="/v2"), connect(asgi, base_path="/v2/"), connect(f"{url}/v2")):
            response = transport.send(request)
            assert (response.status, response.body) == (200, b"onetwo")
            assert ("x-b", "b") in [(name.lower(), value) for name, value in response.headers]
            transport.close()
    assert len(set(seen)) == 1
    assert seen[0][0] == "POST"
    assert seen[0][1].startswith("/v2/Us")
    assert seen[0][2:] == ("a=b%20c", "a", "body")


def test_an_app_is_started_and_stopped() -> None:
    events: list[str] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for _ in range(2):
                message = await receive()
                events.append(message["type"])
                await send({"type": f"{message['type']}.complete"})
            return
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    transport = connect(app)
    assert transport.send(Request("GET", "/")).status == 204
    transport.close()
    transport.close()
    assert events == ["lifespan.startup", "lifespan.shutdown"]


def test_an_app_that_cannot_start_says_so() -> None:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed"})
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match=r"lifespan\.startup"):
        connect(app).send(Request("GET", "/"))


def test_a_wsgi_body_is_closed() -> None:
    class Body:
        closed = False

        def __iter__(self) -> Any:
            return iter([b"x"])

        def close(self) -> None:
            Body.closed = True

    def app(environ: dict[str, Any], start_response: Any) -> Body:
        start_response("200 OK", [])
        return Body()

    assert connect(app).send(Request("GET", "/")).body == b"x"
    assert Body.closed


# Exchanges -----------------------------------------------------------------------------------------------------------


def test_no_secret_is_shown() -> None:
    body = json.dumps(
        {"password": "pw-1", "nested": [{"clientSecret": "s-2"}], "title": "has pw-3 in it", "id": "x"}
    ).encode()
    request = Request("POST", "/Users", "token=t-4", Headers([("Authorization", "Bearer t-4"), ("Accept", "x")]), body)
    response = Response(200, (("Set-Cookie", "c-5"), ("Content-Type", "a/b")), b'{"echo": "pw-3 t-4"}')
    text = "\n".join((lambda s: (s.request, s.response))(shown(Exchange(request, response), ["pw-3", "t-4", ""])))
    for secret in ("pw-1", "s-2", "pw-3", "t-4", "c-5"):
        assert secret not in text
    assert "POST /Users" in text
    assert "content-type" in text.lower()
    assert '"id": "x"' in text


def test_a_long_body_is_cut() -> None:
    exchange = Exchange(
        Request("POST", "/", body=b'{"a": "' + b"x" * 9_000 + b'"}'), Response(200, (), b"\xff" * 50_000)
    )
    found = shown(exchange, ())
    assert len(found.request) < 5_000
    assert "characters)" in found.request
    assert len(found.response) < 10_000


def test_definitions_of_passwords_are_no_secrets() -> None:
    found = shown(Exchange(Request("GET", "/"), answer(200, {"changePassword": {"supported": True}})), ())
    assert '"supported": true' in found.response


def failed(ask: Any) -> Failed:
    with pytest.raises(Failed) as caught:
        ask()
    return caught.value


def test_an_answer_is_asked_for_what_it_must_be() -> None:
    error = {"schemas": [urns.ERROR], "status": "400", "scimType": "invalidValue", "detail": "Wrong."}
    found = Answer(answer(400, error))
    assert found.expect(400, 401) is found
    assert found.expect_error(400, scim_type=("invalidValue",)) is found
    assert failed(lambda: found.expect(200)).received == "status 400 (invalidValue: Wrong.)"
    assert failed(lambda: found.expect_error(400, scim_type=("noTarget",))).received == "scimType 'invalidValue'"
    assert failed(lambda: Answer(answer(400, {})).expect_error(400)).expected.startswith("an error document")
    assert failed(lambda: Answer(Response(200, (), b"<h1>")).json).received == "200 with <h1>"
    assert failed(lambda: Answer(Response(200)).json).received == "200 with an empty body"
    assert failed(lambda: Answer(answer(200, [])).document).expected == "a JSON object"
    assert failed(lambda: Answer(answer(200, {"Resources": []})).resources).expected == "a ListResponse"
    assert Answer(answer(200, {"schemas": [urns.LIST_RESPONSE]})).resources == []
    assert Answer(Response(500, (), b"x")).summary() == Answer(answer(500, [1])).summary() == "status 500"


def test_a_keyword_is_optional_but_for_those_that_the_rfc_asks_for() -> None:
    error = {"schemas": [urns.ERROR], "status": "400"}
    Answer(answer(400, error)).expect_error(400, scim_type=("invalidSyntax", "invalidValue"))
    failed(lambda: Answer(answer(400, error)).expect_error(400, scim_type=("invalidFilter",)))


# What is announced ---------------------------------------------------------------------------------------------------


def test_without_resource_types_the_usual_endpoints_are_tried() -> None:
    target = discover(lambda path: Answer(answer(200 if path == "/Users" else 404, [])))
    assert [kind.endpoint for kind in target.kinds] == ["/Users"]
    assert target.user is not None
    assert target.group is None
    assert target.missing("User.nickName") is None  # no schema says that there is none
    assert target.missing("Group") == "there is no resource type Group"
    assert target.missing("filter") == "ServiceProviderConfig does not announce filter.supported"
    assert target.kind("User") is target.user


def test_attributes_are_found_by_path() -> None:
    kind = Kind(
        "User",
        "/Users",
        urns.USER,
        ({"name": "name", "subAttributes": [{"name": "givenName", "type": "string"}]},),
        {"urn:x:2.0:User": ({"name": "door"},)},
    )
    assert kind.find("NAME.givenname") == {"name": "givenName", "type": "string"}
    assert kind.find("urn:x:2.0:User:door") == {"name": "door"}
    assert kind.find("name.other") is None
    assert kind.find("urn:x:2.0:User:floor") is None


def test_limits_are_numbers_above_zero() -> None:
    document = {
        "filter": {"maxResults": 0},
        "bulk": {"maxOperations": "7"},
        "sort": {"supported": True},
        "pagination": {"index": True},
        "interopProfileConformant": True,
    }
    target = discover(lambda path: Answer(answer(200, document if path == "/ServiceProviderConfig" else {})))
    assert (
        target.limit("filter", "maxResults") is target.limit("bulk", "maxOperations") is target.limit("x", "y") is None
    )
    assert target.supports("sort")
    assert target.missing("index") is None
    assert target.missing("cursor") is not None
    assert target.missing("interop") is None


# Values --------------------------------------------------------------------------------------------------------------


def test_values_are_of_their_types() -> None:
    attributes = tuple(
        {"name": kind, "type": kind, "multiValued": False}
        for kind in ("string", "boolean", "decimal", "integer", "dateTime", "binary", "reference")
    )
    for attribute in attributes:
        one, two = (value_of(attribute, "t", number) for number in (0, 1))
        assert one != two
        assert type(one) is type(two)
    canonical = {"name": "size", "type": "string", "canonicalValues": ["s", "m"], "multiValued": True}
    assert value_of(canonical, "t") == ["s"]
    assert value_of(canonical, "t", 1) == ["m"]


def test_what_a_type_requires_is_in_the_smallest_resource() -> None:
    required = {"name": "label", "type": "string", "required": True}
    read_only = {"name": "made", "type": "string", "required": True, "mutability": "readOnly"}
    optional = {"name": "note", "type": "string"}
    never = {"name": "pin", "type": "string", "returned": "never"}
    to_user = {"name": "owner", "type": "reference", "referenceTypes": ["User"]}
    kind = Kind(
        "Device",
        "/Devices",
        "urn:d",
        (required, read_only, optional, never, to_user),
        {"urn:e": (required, optional)},
        ("urn:e",),
    )
    assert minimal(kind, "t") == {
        "schemas": ["urn:d", "urn:e"],
        "label": "Probe label t",
        "urn:e": {"label": "Probe label t"},
    }
    assert set(complete(kind, "t")["urn:e"]) == {"label", "note"}
    assert [path for path, _ in settable(kind)] == ["note", "urn:e:note"]
    assert "userName" in minimal(Kind("User", "/Users", urns.USER), "t")
    assert "displayName" in minimal(Kind("Group", "/Groups", urns.GROUP), "t")


# Comparisons ---------------------------------------------------------------------------------------------------------

SAME: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"a": 1}, {"a": 1, "b": 2}),
    ({"a": None}, {}),
    ({"a": None}, {"a": []}),
    ({"a": None}, {"a": {"b": None}}),
    ({"a": [{"value": "1"}, {"value": "2"}]}, {"a": [{"value": "2", "display": "x"}, {"value": "1", "$ref": "y"}]}),
    ({"a": [{"value": "1", "primary": False}]}, {"a": [{"value": "1"}]}),
    ({"a": [{"value": "1"}]}, {"a": [{"value": "1", "primary": True}]}),
    ({"a": {"b": "c", "d": None}}, {"a": {"b": "c"}}),
)
DIFFERENT: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
    ({"a": 1}, {}, "a is missing"),
    ({"a": 1}, {"a": True}, "a is True, not 1"),
    ({"a": None}, {"a": 1}, "a is there: 1"),
    ({"a": {"b": "c"}}, {"a": {"b": "C"}}, "a.b is 'C', not 'c'"),
    ({"a": [1]}, {"a": [1, 1]}, "a has 2 elements, not 1: [1, 1]"),
    ({"a": [{"value": "1"}]}, {"a": [{"value": "1", "other": 2}]}, "a has no element {'value': '1'}"),
    (
        {"a": [{"value": "1"}, {"value": "2"}]},
        {"a": [{"value": "1", "primary": True}, {"value": "2"}]},
        "a has no element",
    ),
)


@pytest.mark.parametrize(("expected", "actual"), SAME)
def test_what_a_service_may_do_makes_no_difference(expected: dict[str, Any], actual: dict[str, Any]) -> None:
    assert list(differences(expected, actual)) == []


@pytest.mark.parametrize(("expected", "actual", "said"), DIFFERENT)
def test_what_it_may_not_is_said(expected: dict[str, Any], actual: dict[str, Any], said: str) -> None:
    assert next(differences(expected, actual)).startswith(said)


def test_words_are_filled_in_everywhere_and_other_braces_stay() -> None:
    assert fill({"{a}": ["{a}{b}", ("{a}",), 1, None]}, {"a": "x"}) == {"x": ["x{b}", ["x"], 1, None]}


# The two promises ----------------------------------------------------------------------------------------------------


def test_nothing_is_touched_that_the_run_has_not_made() -> None:
    transport = Scripted(lambda request: answer(404, {}))
    service = Service(transport, {})
    asked = len(transport.asked)
    for method in ("PUT", "PATCH", "DELETE"):
        with pytest.raises(Failed, match="could touch somebody's own"):
            service.send(method, "/Users/2819c223")
    assert len(transport.asked) == asked
    service.send("DELETE", "/Users/2819c223", harmless=True)
    service.send("DELETE", f"/Users/{service.nobody()}")
    assert len(transport.asked) == asked + 2


def test_what_is_made_is_known_by_id_location_or_bulk_response() -> None:
    replies = {
        "/Users": answer(201, {"id": "1"}),
        "/Groups": answer(201, None, Location="https://scim.example.com/v2/Groups/2"),
        "/Bulk": answer(
            200,
            {
                "Operations": [
                    {"method": "POST", "location": "/v2/Users/3"},
                    {"method": "PUT", "location": "/v2/Users/4"},
                    {"method": "post"},
                ]
            },
        ),
        "/Users/.search": answer(200, {"id": "5"}),
        "/Odd": answer(201, [1]),
        "/Odder": Response(201, (), b"<"),
    }
    transport = Scripted(lambda request: replies.get(request.path, answer(204 if request.method == "DELETE" else 404)))
    service = Service(transport, {})
    for path in replies:
        service.send("POST", path, b"{}")
    assert list(service.made) == ["/Users/1", "/Groups/2", "/Users/3"]
    service.clean(keep={"/Users/1": None})
    assert list(service.made) == ["/Users/1"]
    assert [request.path for request in transport.asked if request.method == "DELETE"] == ["/Users/3", "/Groups/2"]


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("https://scim.example.com/v2/Users/1", "/Users/1"),
        ("http://inside:8080/v2/Users/1", "/Users/1"),
        ("/v2/Users/1", "/Users/1"),
        ("/Users/1", None),
        ("https://scim.example.com/other/Users/1", None),
        (None, None),
    ],
)
def test_locations_are_read_as_paths_of_the_service(location: object, path: str | None) -> None:
    assert Service(Scripted(lambda request: answer(404, {})), {}).relative(location) == path


# Reports -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report() -> Report:
    """A run with something of everything: passes, failures and skips."""

    def reply(request: Request) -> Response:
        response = inner.send(request)
        if request.method == "GET" and request.path == "/ServiceProviderConfig":
            document = json.loads(response.body)
            document["bulk"] = {"supported": False}
            return answer(200, document)
        return response

    inner = connect(wsgi_app())
    transport = Scripted(reply)
    transport.base_url = inner.base_url
    return run_conformance(transport, token=TOKEN, only=["rfc7643-5-*", "rfc7644-3.7-create"], patience_seconds=0)


def test_the_page_begins_with_the_verdict_and_has_counts_failures_and_reasons(report: Report) -> None:
    page = to_text(report)
    assert "1 of what MUST be is not, and 0 of what SHOULD or MAY be" in page.splitlines()[1]
    assert page.index("MUST rfc7643-5-bulk") < page.index("suite       level")
    assert "  expected  an integer bulk.maxOperations" in page
    assert "    > GET /ServiceProviderConfig" in page
    assert "    < 200" in page
    assert "     1  ServiceProviderConfig does not announce bulk.supported" in page
    assert TOKEN not in page
    assert "GET /ServiceProviderConfig" not in to_text(report, exchanges=False)


def test_all_forms_name_failures_and_sections_and_no_token(report: Report) -> None:
    for write in (to_text, to_html, to_json, to_junit, to_markdown):
        form = write(report)
        assert "rfc7643-5-bulk" in form
        assert "§5" in form or '"section": "5"' in form
        assert TOKEN not in form


def test_the_machine_readable_form_can_be_read_back(report: Report) -> None:
    document = json.loads(to_json(report))
    assert document["counts"]["failed"] == 1
    assert from_json(to_json(report))["rfc7643-5-bulk"] == "failed"
    for text in ("", "{}", "[]", '{"format": 1}', '{"format": 2, "results": []}'):
        with pytest.raises(ValueError, match="not a JSON report"):
            from_json(text)


def test_junit_is_xml_with_a_case_for_each_check(report: Report) -> None:
    suite = ElementTree.fromstring(to_junit(report)).find("testsuite")
    assert suite is not None
    assert len(suite.findall("testcase")) == len(report.results) == int(suite.attrib["tests"])
    assert len(suite.findall("testcase/failure")) == 1
    assert len(suite.findall("testcase/skipped")) == 1


def test_control_characters_do_not_break_the_xml() -> None:
    check = SUITES["rfc7643"][0]
    result = Result(check, "rfc7643", Outcome.FAILED, expected="\x00", received="\x1b[31m]]>&<")
    ElementTree.fromstring(to_junit(Report("x", (result,), 1, 0.1)))


def test_the_page_of_html_is_escaped(report: Report) -> None:
    page = to_html(dataclasses.replace(report, service="https://a&b.example.com/<v2>"))
    assert "https://a&amp;b.example.com/&lt;v2&gt;" in page
    assert "<v2>" not in page


def test_what_was_left_behind_is_in_every_page() -> None:
    left = Report("https://x", (), 0, 0, ("/Users/1",))
    for write in (to_text, to_html, to_markdown):
        assert "/Users/1" in write(left)
        assert "Nothing was checked." in write(left)


def test_a_good_run_says_so() -> None:
    good = run_conformance(connect(wsgi_app()), token=TOKEN, only=["rfc7643-5-patch"])
    assert "All 1 checks that apply passed." in to_text(good)
    good.raise_for_failures()


def test_two_runs_are_compared() -> None:
    before = {"a": "passed", "b": "failed", "c": "skipped", "d": "passed", "e": "failed"}
    after = {"a": "failed", "b": "passed", "c": "passed", "e": "failed", "f": "passed", "g": "failed"}
    assert compare(before, after).splitlines() == [
        "fail now: 2",
        "  a: passed -> failed",
        "  g: - -> failed",
        "fail no more: 1",
        "  b: failed -> passed",
        "changed otherwise: 1",
        "  c: skipped -> passed",
        "new: 1",
        "  f: - -> passed",
        "gone: 1",
        "  d: passed -> -",
    ]
    assert compare(before, before) == "No difference in 5 checks.\n"


# A check's hands ------------------------------------------------------------------------------------------------------


def probe_of(reply: Any) -> Probe:
    def answered(request: Request) -> Response:
        if request.path == "/ResourceTypes":
            types = [{"name": "User", "endpoint": "/Users", "schema": urns.USER}]
            return answer(200, {"Resources": types})
        response: Response = reply(request)
        return response

    service = Service(Scripted(answered), {})
    return Probe(service, service.target.user)


def test_a_new_resource_without_a_body_is_read_where_its_location_is() -> None:
    def reply(request: Request) -> Response:
        if request.method == "POST":
            return answer(201, None, Location="https://scim.example.com/v2/Users/7")
        return answer(200, {"id": "7"})

    assert probe_of(reply).new_user().path == "/Users/7"


@pytest.mark.parametrize("new", [answer(201), answer(201, {}), answer(201, {"id": 7})])
def test_a_new_resource_that_is_nowhere_is_a_failure(new: Response) -> None:
    failed(lambda: probe_of(lambda request: new).new_user())


def test_too_many_matches_are_not_looked_through() -> None:
    page = {
        "schemas": [urns.LIST_RESPONSE],
        "totalResults": 1_000_000,
        "Resources": [{"id": str(n)} for n in range(500)],
    }
    probe = probe_of(lambda request: answer(200, page))
    with pytest.raises(Skipped, match="more than 2000 resources"):
        probe.ids(probe.user, "userName pr")
    # Those that matter may come early.
    assert "7" in probe.ids(probe.user, "userName pr", {"7": "A"})


def test_what_cannot_be_made_blocks_who_needs_it_and_fails_once() -> None:
    probe = probe_of(lambda request: answer(500, {}))
    failed(lambda: probe.shared("some users", lambda probe: probe.new_user()))
    with pytest.raises(Skipped, match="blocked: some users could not be made"):
        probe.shared("some users", lambda probe: probe.new_user())


def test_a_type_that_there_is_not_skips() -> None:
    with pytest.raises(Skipped, match="no resource type Group"):
        _ = probe_of(lambda request: answer(404, {})).group
    with pytest.raises(Skipped, match="no resource type that the check could use"):
        _ = Probe(Service(Scripted(lambda request: answer(404, {})), {}), None).kind


def test_without_a_credential_nothing_is_said_of_who_is_let_in() -> None:
    with pytest.raises(Skipped, match="no credential"):
        probe_of(lambda request: answer(404, {})).require_protected()


def test_names_are_loaded_when_they_are_used() -> None:
    assert "run_conformance" in dir(conformance_package)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = conformance_package.nothing
