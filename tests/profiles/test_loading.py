import pytest

from profiles.examples import minimal
from scimcore.errors import InvalidPath, InvalidValue
from scimcore.profiles import BY_NAME, CONDECO, Profile, from_toml, to_toml


@pytest.mark.parametrize("profile", BY_NAME.values(), ids=BY_NAME)
def test_round_trip(profile: Profile) -> None:
    assert from_toml(to_toml(profile)) == profile
    changed = profile.extend(
        name="X", title='A "b" \\ é \x7f\n', mode="strict", active_default=not profile.active_default
    )
    assert from_toml(to_toml(changed)) == changed


TENANT = """
name = "ACME"
extends = "condeco"
without = ["group"]
mode = "strict"
extension_urn = "urn:acme:params:scim:schemas:extension:booking:2.0:User"

[[row]]
field = "department"
required = true

[[row]]
field = "badge"
path = "{extension}:badge"
fills = { type = "work" }
alternatives = ["title"]
"""


def test_a_tenant_says_what_is_different() -> None:
    profile = from_toml(TENANT)
    assert profile.extend(name="CONDECO").fields == (*(name for name in CONDECO.fields if name != "group"), "badge")
    (finding,) = profile.check(minimal(CONDECO))
    assert (finding.field, finding.message) == ("department", "is required")
    badge = profile.rows[-1]
    assert (badge.fills, badge.alternatives) == ((("type", "work"),), ("title",))
    assert from_toml('name = "Y"\nextends = "ACME"', bases={"ACME": profile}).fields == profile.fields
    assert from_toml('extends = "CONDECO"') == CONDECO


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "is not TOML"),
        ('nam = "x"', "unknown word 'nam'"),
        ('mode = "strict"', "needs a name"),
        ("name = 5", "a text or a boolean for 'name'"),
        ("name = true", "needs a name"),
        ('name = "x"\nextends = "NOTHING"', "extends 'NOTHING', which is none of CONDECO"),
        ('name = "x"\nextends = 5', "extends '5'"),
        ('name = "x"\nwithout = ["a"]', "extends none"),
        ('name = "x"\nwithout = "a"', "array of texts for 'without'"),
        ('name = "x"\nrow = 5', "rows as [[row]]"),
        ('name = "x"\nrow = [5]', "needs a field"),
        ('name = "x"\n[[row]]\npath = "title"', "needs a field"),
        ('name = "x"\n[[row]]\nfield = "a"\ncolour = "b"', "row for 'a' has an unknown word 'colour'"),
        ('name = "x"\n[[row]]\nfield = "a"\npath = 5', "wrong type for 'a.path'"),
        ('name = "x"\n[[row]]\nfield = "a"\nrequired = 1', "wrong type for 'a.required'"),
        ('name = "x"\n[[row]]\nfield = "a"\ndefault = 1', "wrong type for 'a.default'"),
        ('name = "x"\n[[row]]\nfield = "a"\njoins = "b"', "array of texts for 'a.joins'"),
        ('name = "x"\n[[row]]\nfield = "a"\nfills = ["b"]', "table of texts for 'a.fills'"),
        ('name = "x"\nmode = "loose"', "has no mode 'loose'"),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        from_toml(text)
    assert message in caught.value.detail


def test_an_unknown_path_is_named() -> None:
    with pytest.raises(InvalidPath, match="Profile x, field 'a': 'nothing' is no attribute of User"):
        from_toml('name = "x"\n[[row]]\nfield = "a"\npath = "nothing"')
