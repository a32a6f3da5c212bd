"""``python run_scim2_tester.py URL TOKEN [valid]``: scim2-tester, with the check that it never calls; JSON to stdout.

With ``valid``, the three attributes whose values it makes up are filled with values that RFC 7643 §4.1.1 allows: as
examples in the client's description of the service, which the tool takes values from where there are some.
"""

import json
import sys

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server
from scim2_tester.checkers import core_schemas_validation
from scim2_tester.utils import CheckConfig, CheckContext, CheckResult

VALID = {"preferred_language": ["da", "en-GB"], "locale": ["en-US", "nb-NO"], "timezone": ["Europe/Oslo", "UTC"]}


def main() -> None:
    url, token, *more = sys.argv[1:]
    with httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as http:
        client = SyncSCIMClient(http)
        if more:
            client.discover()
            user = client.get_resource_model("User")
            for name, values in VALID.items():
                user.model_fields[name].examples = values
        results = check_server(client)
        results += core_schemas_validation(CheckContext(client, CheckConfig()))
    json.dump([told(result) for result in results], sys.stdout)


def told(result: CheckResult) -> dict[str, str | None]:
    return {"status": result.status.name, "title": result.title, "type": result.resource_type, "reason": result.reason}


if __name__ == "__main__":
    main()
