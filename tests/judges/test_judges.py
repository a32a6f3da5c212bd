"""Other people's checks of SCIM servers, run against ``python -m scimcore serve``: see docs/judges.md."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from doors import AUTHENTICATE, TOKEN
from scimcore import asgi
from scimcore.memory import MemoryStorage
from scimcore.resources import Group, User
from scimcore.schema import Resource, attribute
from scimcore.service.provider import Provider
from serving import serving
from stories.sockets import SERVERS

PAGE = Path(__file__).parents[2] / "docs" / "judges.md"

scim2_tester = pytest.mark.skipif(not importlib.util.find_spec("scim2_tester"), reason="scim2-tester is not installed")
scim_sanity = pytest.mark.skipif(not importlib.util.find_spec("scim_sanity"), reason="scim-sanity is not installed")

# What scim2-tester makes up as a language tag or a time zone is none (RFC 7643 §4.1.1).
MADE_UP = re.compile(r"'(?:preferredLanguage|locale)' must be a BCP 47 .*|'timezone' must be a time zone .*")
# It looks for a schema of a name that RFC 7643 §8.7.2 does not give it.
MISNAMED = "Missing mandatory core schemas: ServiceProviderConfig"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    # Their warnings are not ours.
    return subprocess.run(
        [sys.executable, "-W", "ignore", *command], capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"}
    )


def results_of_tester(url: str, *more: str) -> list[dict[str, Any]]:
    told = run(str(Path(__file__).parent / "run_scim2_tester.py"), url, TOKEN, *more)
    assert told.returncode == 0, told.stderr
    results: list[dict[str, Any]] = json.loads(told.stdout)
    return results


def results_of_sanity(url: str) -> dict[str, Any]:
    told = run("-m", "scim_sanity", "probe", url, "--token", TOKEN, "--i-accept-side-effects", "--json-output")
    results: dict[str, Any] = json.loads(told.stdout)
    assert told.returncode == 0, results["issues"]
    return results


@scim2_tester
def test_scim2_tester() -> None:
    """As it is: nothing but the two mistakes of its own."""
    with serving() as url:
        results = results_of_tester(url)
    assert len(results) > 100
    unhappy = [result for result in results if result["status"] != "SUCCESS"]
    others = [result for result in unhappy if not MADE_UP.search(result["reason"]) and result["reason"] != MISNAMED]
    assert not others
    assert Counter(result["title"] for result in unhappy if result["reason"] == MISNAMED) == {
        "core_schemas_validation": 1
    }


@scim2_tester
def test_scim2_tester_with_values_that_the_attributes_may_have() -> None:
    """All its checks are made, and those of the three attributes succeed as well."""
    with serving() as url:
        results = results_of_tester(url, "valid")
    assert [result["reason"] for result in results if result["status"] != "SUCCESS"] == [MISNAMED]
    told = " ".join(result["reason"] or "" for result in results)
    for name in ("preferredLanguage", "locale", "timezone"):
        for verb in ("added", "removed", "replaced"):
            assert f"Successfully {verb} attribute '{name}'" in told


@scim2_tester
def test_the_schema_that_it_misses_is_published() -> None:
    """By the URN and the name that RFC 7643 §8.7.2 gives it."""
    printed = json.loads((PAGE.parents[1] / "tests" / "rfc" / "7643" / "8.7.2-schemas.json").read_text())
    name = next(schema["name"] for schema in printed if schema["id"].endswith(":ServiceProviderConfig"))
    assert name == "Service Provider Configuration"


@scim_sanity
def test_scim_sanity() -> None:
    with serving() as url:
        results = results_of_sanity(url)
    summary = results["summary"]
    assert {key: summary[key] for key in ("failed", "warnings", "errors")} == {"failed": 0, "warnings": 0, "errors": 0}
    skipped = [result["name"] for result in results["results"] if result["status"] == "skip"]
    assert all(name.startswith("Agent") for name in skipped), skipped


class Agent(Resource, schema="urn:ietf:params:scim:schemas:core:2.0:Agent", endpoint="/Agents"):
    """An agent, as draft-abbey-scim-agent-extension has it."""

    name: str | None = attribute("Its name.", required=True, uniqueness="server")
    display_name: str | None = attribute("Its name for people.")
    active: bool | None = attribute("Whether it may act.")


class AgenticApplication(
    Resource, schema="urn:ietf:params:scim:schemas:core:2.0:AgenticApplication", endpoint="/AgenticApplications"
):
    """An application that hosts agents."""

    name: str | None = attribute("Its name.", required=True, uniqueness="server")
    display_name: str | None = attribute("Its name for people.")
    active: bool | None = attribute("Whether it runs.")


@scim_sanity
def test_scim_sanity_skips_nothing_where_its_resource_types_are_served() -> None:
    types = tuple(each.resource_type() for each in (User, Group, Agent, AgenticApplication))
    app = asgi.ScimApp(
        Provider(resource_types=types, unknown_members="keep"), MemoryStorage(), authenticate=AUTHENTICATE
    )
    with SERVERS["asgi"](app) as url:
        summary = results_of_sanity(url)["summary"]
    assert summary["passed"] == summary["total"] > 40
