"""Whole runs: against this library's service by every transport, and against services that make it hard."""

import json
from typing import Any

import pytest

from conformance.services import TOKEN, Scripted, answer, asgi_app, serving, wsgi_app
from scimcore.conformance import Outcome, Report, connect, run_conformance
from scimcore.conformance.catalogue import SUITES
from scimcore.conformance.suites.profile import checks_of
from scimcore.dialects import ENTRA
from scimcore.http import Headers, Request, Response
from scimcore.profiles import BY_NAME, CONDECO
from scimcore.schema import ResourceType, Schema, SchemaExtension
from scimcore.service.provider import Provider

FEW = ["rfc7643-3.1-*", "rfc7644-3.3-*", "rfc7644-3.5.2-status"]


def failures(report: Report) -> list[str]:
    return [f"{result.id}: expected {result.expected}; received {result.received}" for result in report.failures]


def test_the_service_passes_all_that_a_service_must_do() -> None:
    report = run_conformance(connect(wsgi_app()), token=TOKEN, patience_seconds=0)
    assert failures(report) == []
    assert report.left_behind == ()
    assert report.count(Outcome.PASSED) > 800


def test_the_service_passes_what_okta_asks() -> None:
    assert failures(run_conformance(connect(wsgi_app()), token=TOKEN, suites=["okta"])) == []


def test_the_service_passes_what_entra_asks_in_its_dialect() -> None:
    app = wsgi_app(Provider(dialect=ENTRA))
    assert failures(run_conformance(connect(app), token=TOKEN, suites=["entra"])) == []


def test_the_service_passes_the_interoperability_profile_when_it_claims_to() -> None:
    app = wsgi_app(Provider(interop_strict=True))
    suites = ["interop", "ipsie-al1", "ipsie-al2", "ipsie-al3"]
    report = run_conformance(connect(app), token=TOKEN, suites=suites)
    # IPSIE wants no passwords, which this provider has.
    assert {result.check.id for result in report.failures} == {"ipsie-6.1.2-no-password", "ipsie-6.1.2-no-credentials"}


@pytest.mark.parametrize("make", [asgi_app, wsgi_app])
def test_an_app_below_a_path(make: Any) -> None:
    report = run_conformance(connect(make(prefix="/scim/v2"), base_path="/scim/v2"), token=TOKEN, only=FEW)
    assert failures(report) == []
    assert report.count(Outcome.PASSED) > 30


def test_a_url() -> None:
    with serving(wsgi_app(prefix="/scim/v2")) as url:
        report = run_conformance(connect(f"{url}/scim/v2/"), token=TOKEN, only=FEW)
    assert failures(report) == []
    assert report.service == f"{url}/scim/v2"


def _attribute(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "multiValued": False, **more}


DEVICE = ResourceType(
    "Device",
    "/Devices",
    Schema.from_document(
        {
            "id": "urn:example:2.0:Device",
            "name": "Device",
            "attributes": [
                _attribute("label", required=True),
                _attribute("serial", mutability="immutable"),
                _attribute("weight", "decimal"),
                _attribute("floors", "integer", multiValued=True),
                _attribute("bought", "dateTime"),
                _attribute("firmware", "binary"),
                _attribute("manual", "reference", referenceTypes=["external"]),
                _attribute("place", "complex", subAttributes=[_attribute("room"), _attribute("locked", "boolean")]),
            ],
        }
    ),
    [
        SchemaExtension(
            Schema.from_document(
                {
                    "id": "urn:example:lease:2.0:Device",
                    "name": "Lease",
                    "attributes": [_attribute("owner", required=True), _attribute("months", "integer")],
                }
            ),
            required=True,
        )
    ],
)


def test_types_and_extensions_of_ones_own() -> None:
    app = wsgi_app(Provider(resource_types=(DEVICE,)))
    report = run_conformance(connect(app), token=TOKEN, patience_seconds=0)
    assert failures(report) == []
    passed = {result.id for result in report.results if result.outcome is Outcome.PASSED}
    assert {
        "rfc7643-2.2-all-attributes[Device]",
        "rfc7643-7-immutable[Device]",
        "rfc7644-3.5.2.1-every-attribute[Device]",
        "rfc7644-3.5.2.2-every-attribute[Device]",
        "rfc7644-3.5.2.3-every-attribute[Device]",
    } <= passed
    assert report.count(Outcome.PASSED) > 150
    assert "there is no resource type User" in {result.received for result in report.results}


def test_a_token_that_is_wrong_is_a_failure_and_no_crash() -> None:
    report = run_conformance(connect(wsgi_app()), token="another-token", only=FEW, patience_seconds=0)
    assert report.count(Outcome.PASSED) == 0


def test_what_is_not_announced_is_skipped_with_its_reason() -> None:
    config = {"schemas": ["x"], "patch": {"supported": False}}

    def reply(request: Request) -> Response:
        return answer(200, config) if request.path == "/ServiceProviderConfig" else answer(404, {})

    report = run_conformance(Scripted(reply), only=["rfc7644-3.5.2-status", "rfc7644-3.14-etag", "rfc9865-2-first"])
    reasons = {result.check.id: result.received for result in report.results}
    assert reasons["rfc7644-3.5.2-status"] == "ServiceProviderConfig does not announce patch.supported"
    assert reasons["rfc9865-2-first"] == "ServiceProviderConfig does not announce pagination.cursor"
    assert reasons["rfc7644-3.14-etag"] == "the service announces no resource types"
    assert {result.outcome for result in report.results} == {Outcome.SKIPPED}


def test_a_service_that_answers_nonsense_fails_and_stops_nothing() -> None:
    report = run_conformance(
        Scripted(lambda request: answer(200, [1, "x", None])), suites=list(SUITES), patience_seconds=0
    )
    assert report.count(Outcome.PASSED) < 40
    assert report.failures


def test_a_service_that_goes_away_fails() -> None:
    asked: list[Request] = []

    def reply(request: Request) -> Response:
        asked.append(request)
        if len(asked) > 5:
            raise ConnectionResetError("gone")
        return answer(404, {})

    report = run_conformance(Scripted(reply), only=["rfc7643-5-patch"], patience_seconds=0)
    assert report.failures[0].received == "ConnectionResetError: gone"


def test_one_failure_is_enough_when_it_is_said_to_be() -> None:
    report = run_conformance(Scripted(lambda request: answer(500, {})), stop_at_first_failure=True, patience_seconds=0)
    assert len(report.failures) == 1
    with pytest.raises(AssertionError, match=r"1 checks failed\nrfc7643-5-patch \(RFC 7643 §5\): expected status 200"):
        report.raise_for_failures()


def test_results_are_told_as_they_come() -> None:
    told: list[str] = []
    run_conformance(connect(wsgi_app()), token=TOKEN, only=FEW[:1], on_result=lambda result: told.append(result.id))
    assert "rfc7643-3.1-id[User]" in told
    assert "rfc7643-3.1-id[Group]" in told


# Services with data, limits and delays --------------------------------------------------------------------------------


def test_a_service_with_data_of_its_own_keeps_it() -> None:
    transport = connect(wsgi_app())
    made: list[str] = []
    for number in range(30):
        body = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": f"own{number}",
            "active": number % 2 == 0,
        }
        made.append(post(transport, body))
    report = run_conformance(transport, token=TOKEN, patience_seconds=0)
    assert failures(report) == []
    assert [get(transport, id)["userName"] for id in made] == [f"own{number}" for number in range(30)]
    assert listed(transport) == 30


def post(transport: Any, body: dict[str, Any]) -> str:
    id: str = json.loads(ask(transport, "POST", "/Users", body).body)["id"]
    return id


def get(transport: Any, id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ask(transport, "GET", f"/Users/{id}").body)
    return found


def listed(transport: Any) -> int:
    total: int = json.loads(ask(transport, "GET", "/Users").body)["totalResults"]
    return total


def ask(transport: Any, method: str, path: str, body: Any = None) -> Response:
    headers = Headers([("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/scim+json")])
    response: Response = transport.send(
        Request(method, path, headers=headers, body=b"" if body is None else json.dumps(body).encode())
    )
    return response


class Busy:
    """Answers 429 to every third request."""

    def __init__(self, inner: Any, retry_after: str) -> None:
        self.base_url = inner.base_url
        self._inner = inner
        self._retry_after = retry_after
        self._count = 0

    def send(self, request: Request) -> Response:
        self._count += 1
        if self._count % 3 == 0:
            return Response(429, (("Retry-After", self._retry_after),))
        response: Response = self._inner.send(request)
        return response

    def close(self) -> None:
        self._inner.close()


@pytest.mark.parametrize(
    ("retry_after", "waits"), [("7", 7.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", 0.5), ("86400", 60.0)]
)
def test_a_service_that_asks_to_wait_is_waited_for(retry_after: str, waits: float) -> None:
    waited: list[float] = []
    report = run_conformance(
        Busy(connect(wsgi_app()), retry_after), token=TOKEN, only=FEW, sleep=waited.append, patience_seconds=0
    )
    assert failures(report) == []
    assert set(waited) == {waits}


class Slow:
    """Shows what was written after a while: the clock is that of ``sleep``."""

    def __init__(self, inner: Any, lag_seconds: float) -> None:
        self.base_url = inner.base_url
        self.now = 0.0
        self._inner = inner
        self._lag = lag_seconds
        self._hidden: dict[str, float] = {}

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def send(self, request: Request) -> Response:
        if request.method == "GET" and self.now < self._hidden.get(request.path, 0):
            return answer(404, {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404"})
        response: Response = self._inner.send(request)
        if request.method == "POST" and response.status == 201:
            self._hidden[f"{request.path}/{json.loads(response.body)['id']}"] = self.now + self._lag
        return response

    def close(self) -> None:
        self._inner.close()


def test_a_service_that_lags_is_asked_once_more_with_a_pause() -> None:
    slow = Slow(connect(wsgi_app()), 0.3)
    report = run_conformance(slow, token=TOKEN, only=[*FEW, "rfc7644-3.4.1-read"], sleep=slow.sleep)
    assert failures(report) == []


def test_a_service_that_lags_for_ever_fails() -> None:
    slow = Slow(connect(wsgi_app()), 1e9)
    report = run_conformance(slow, token=TOKEN, only=["rfc7644-3.4.1-read"], sleep=slow.sleep)
    assert len(report.failures) == 2


class ByCursor:
    """Has pages by cursor alone."""

    def __init__(self, inner: Any) -> None:
        self.base_url = inner.base_url
        self._inner = inner

    def send(self, request: Request) -> Response:
        if "startIndex" in request.query:
            return answer(400, {})
        response: Response = self._inner.send(request)
        if request.path != "/ServiceProviderConfig":
            return response
        document = json.loads(response.body)
        document["pagination"] |= {"index": False, "defaultPaginationMethod": "cursor"}
        return answer(200, document)

    def close(self) -> None:
        self._inner.close()


def test_a_service_with_cursors_alone_is_walked_by_cursor() -> None:
    only = ["rfc7644-3.4.2.2-eq*", "rfc7644-3.4.2.2-group-*"]
    report = run_conformance(ByCursor(connect(wsgi_app())), token=TOKEN, only=only, patience_seconds=0)
    assert failures(report) == []


class Undeletable:
    """Refuses DELETE."""

    def __init__(self, inner: Any) -> None:
        self.base_url = inner.base_url
        self._inner = inner

    def send(self, request: Request) -> Response:
        response: Response = answer(405, {}) if request.method == "DELETE" else self._inner.send(request)
        return response

    def close(self) -> None:
        self._inner.close()


def test_what_cannot_be_removed_is_told() -> None:
    report = run_conformance(
        Undeletable(connect(wsgi_app())), token=TOKEN, only=["rfc7644-3.4.1-read"], patience_seconds=0
    )
    assert len(report.left_behind) == 2
    assert report.left_behind[0].startswith("/Users/")


# Profiles ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BY_NAME)
def test_a_service_with_a_profile_passes_its_checks(name: str) -> None:
    app = wsgi_app(Provider(profile=BY_NAME[name]))
    report = run_conformance(connect(app), token=TOKEN, suites=[], profile=BY_NAME[name], patience_seconds=0)
    assert failures(report) == []
    assert report.count(Outcome.PASSED) == len(checks_of(BY_NAME[name]))


def test_users_have_what_a_profile_makes_mandatory() -> None:
    app = wsgi_app(Provider(profile=CONDECO))
    report = run_conformance(connect(app), token=TOKEN, suites=["rfc7644"], profile=CONDECO, only=FEW)
    assert {result.check.id for result in report.failures} == {"rfc7644-3.3-complete"}


def test_a_service_without_the_profile_fails_it() -> None:
    report = run_conformance(connect(wsgi_app()), token=TOKEN, suites=[], profile=CONDECO, patience_seconds=0)
    assert "profile-condeco-floor-kept" in {result.check.id for result in report.failures}
