import json

import pytest

from profiles.examples import complete, minimal
from scimcore.errors import InvalidValue
from scimcore.profiles import BY_NAME, CONDECO, EPTURA, Profile, explain, from_toml, render, render_explained


@pytest.mark.parametrize("profile", BY_NAME.values(), ids=BY_NAME)
def test_every_profile_in_every_format(profile: Profile) -> None:
    table = render(profile)
    assert len(table.splitlines()) == len(profile.fields) + 2
    assert len({line.index("SCIM path") for line in table.splitlines()[:1]}) == 1
    markdown = render(profile, "markdown").splitlines()
    assert len(markdown) == len(profile.fields) + 2
    assert {line.replace("\\|", "").count("|") for line in markdown} == {8}
    document = json.loads(render(profile, "json"))
    assert document["name"] == profile.name
    assert [row["field"].split(" (")[0] for row in document["rows"]] == list(profile.fields)
    assert from_toml(render(profile, "toml")) == profile


def test_no_such_format() -> None:
    with pytest.raises(InvalidValue, match="no format 'yaml'"):
        render(CONDECO, "yaml")  # type: ignore[arg-type]


def test_explain_tells_each_row() -> None:
    user = minimal(CONDECO) | {"preferredLanguage": "en-GB", "addresses": [{"type": "work", "country": "ZZ"}]}
    user["phoneNumbers"] = [{"primary": True, "value": "1 1"}, {"primary": True, "value": "22"}]
    user["emails"] = [{"value": "a@b"}, {"value": "c@d"}]
    rows = {row.field: row for row in explain(CONDECO, user)}
    assert (rows["language"].received, rows["language"].stored, rows["language"].verdict) == (
        '"en-GB"',
        '"en"',
        "normalised",
    )
    assert (rows["accountActive"].stored, rows["accountActive"].verdict) == ("true", "default")
    assert rows["userName"].verdict == "ok"
    assert rows["mobile"].verdict == "not sent"
    assert rows["country"].verdict == "value 'ZZ' is not an ISO 3166-1 alpha-2 code"
    assert rows["email"].verdict == "must contain exactly one primary value"
    assert (rows["email"].label, rows["email"].path) == ("Primary email", "emails[primary eq true].value")
    assert (rows[""].path, rows[""].verdict) == ("phoneNumbers", "has more than one primary value")
    assert {row.field: row.verdict for row in explain(EPTURA, complete(EPTURA))}["fullName"] in ("ok", "calculated")
    # What a replacement leaves out, and what it cannot change.
    without = {name: value for name, value in user.items() if name != "externalId"}
    kept = {row.field: row for row in explain(CONDECO, without, before=user)}["adUserGuid"]
    assert (kept.received, kept.stored, kept.verdict) == ("", '"Some text"', "kept")
    ignoring = CONDECO.extend(external_id_conflict="ignore")
    kept = {row.field: row for row in explain(ignoring, user | {"externalId": "other"}, before=user)}["adUserGuid"]
    assert (kept.received, kept.stored, kept.verdict) == ('"other"', '"Some text"', "kept")
    changed = user | {"externalId": "other"}
    refused = {row.field: row for row in explain(CONDECO, changed, before=user)}["adUserGuid"]
    assert (refused.received, refused.stored) == ('"other"', "")
    assert refused.verdict == "is immutable and cannot be changed"


def test_explained_rows_in_every_format() -> None:
    rows = explain(CONDECO, complete(CONDECO))
    table = render_explained(rows)
    assert table.splitlines()[0].split() == ["Okta", "label", "SCIM", "path", "field", "received", "stored", "verdict"]
    assert len(render_explained(rows, "markdown").splitlines()) == len(rows) + 2
    assert len(json.loads(render_explained(rows, "json"))) == len(rows)
    with pytest.raises(InvalidValue):
        render_explained(rows, "toml")  # type: ignore[arg-type]
