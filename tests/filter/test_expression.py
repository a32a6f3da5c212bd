"""``Filter``: what a host writes."""

import pytest

from scimcore.errors import InvalidFilter
from scimcore.filter import STRICT, Filter, FilterLimits, FilterTolerance
from scimcore.resources import EnterpriseUser, Group, User
from scimcore.schema.models import ComplexAttribute, Extension, extension
from scimcore.urns import ENTERPRISE_USER, GROUP, USER

GADGET = "urn:example:params:scim:schemas:extension:gadget:2.0:User"
USERS = User.resource_type()


class Badge(ComplexAttribute):
    """A badge."""

    level: int | None = None


class Gadget(Extension, schema=GADGET):
    """What a user carries."""

    issued: str | None = None
    badge: Badge | None = None


class GadgetUser(User):
    """A user with an extension of the host's own."""

    gadget: Gadget | None = extension(Gadget)


USER_DOCUMENT = {
    "schemas": [USER, GADGET],
    "userName": "bjensen",
    "emails": [{"value": "b@acme.com", "type": "work"}],
    GADGET: {
        "issued": "2024",
        "level": 3,
        "flag": True,
        "parts": [{"name": "A", "n": 1}, {"name": "B"}],
        "tags": ["x"],
    },
}
GROUP_DOCUMENT = {"schemas": [GROUP], "displayName": "Crew", "members": [{"value": "1"}]}


def test_models_and_documents() -> None:
    wanted = Filter('emails[type eq "work" and value co "@ACME.com"] and userName sw "b"')
    user = User.model_validate(USER_DOCUMENT)
    assert wanted.matches(user)
    assert wanted.matches(USER_DOCUMENT)
    assert wanted.select([user, User(user_name="x")]) == [user]
    assert wanted.select([USER_DOCUMENT, {"userName": "x"}]) == [USER_DOCUMENT]
    bound = Filter(str(wanted), USERS)
    assert bound.matches(user)
    assert bound.select([user]) == [user]
    assert bound.select(document for document in [USER_DOCUMENT]) == [USER_DOCUMENT]
    assert bound.select([]) == []


def test_a_model_that_is_no_resource_is_taken_for_a_user() -> None:
    assert Filter("title pr").select([EnterpriseUser(department="x")]) == []


def test_groups_without_being_told() -> None:
    wanted = Filter('displayName eq "crew" and members eq "1"')
    assert wanted.matches(GROUP_DOCUMENT)
    assert wanted.matches(Group.model_validate(GROUP_DOCUMENT))
    # It cannot be asked of a user, so no user matches, not even by "not".
    assert not Filter("not (members pr)").matches(USER_DOCUMENT)
    assert Filter("not (members pr)").matches({"schemas": [GROUP]})
    assert not Filter("userName pr or title eq null").matches(GROUP_DOCUMENT)
    assert Filter("title eq null").matches({"schemas": None})


def test_the_extension_of_a_hosts_model() -> None:
    user = GadgetUser.model_validate({"schemas": [USER], "userName": "x", GADGET: {"badge": {"level": 3}}})
    assert Filter(f"{GADGET}:badge.level gt 2").matches(user)
    assert Filter(f"{GADGET}:badge.level gt 2", GadgetUser.resource_type()).matches(user)
    assert not Filter("members pr").matches(user)
    # Free, the URN is not known to be one that lacks the attribute; the model's type knows.
    assert not Filter(f"{GADGET}:nothing eq null").matches(user)
    with pytest.raises(InvalidFilter):
        Filter(f"{GADGET}:nothing eq null", GadgetUser.resource_type())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'{GADGET}:issued eq "2024"', True),
        (f"{GADGET}:ISSUED pr", True),
        (f"{GADGET.upper()}:level ge 3", True),
        (f'{GADGET}:level eq "3"', False),
        (f"{GADGET}:flag eq true", True),
        (f"{GADGET}:missing pr", False),
        (f"{GADGET}:missing eq null", True),
        (f'{GADGET}:missing ne "x"', True),
        (f"{GADGET}:issued eq null", False),
        (f'{GADGET}:parts.name eq "b"', True),
        (f"{GADGET}:parts.n eq null", True),
        (f'{GADGET}:parts[name eq "a" and n eq 1]', True),
        (f'{GADGET}:parts[name eq "b" and n eq 1]', False),
        (f'{GADGET}:parts[name eq "b" and (n eq 1 or not (n pr))]', True),
        (f'{GADGET}:missing[name ne "b"]', False),
        (f'{GADGET}:tags[value eq "x"]', False),
        (f'{GADGET}:tags eq "X"', True),
        (f"{GADGET} pr", True),
        ("urn:example:none:2.0:User pr", False),
        ("urn:example:none:2.0:User:x pr", False),
        ("not (urn:example:none:2.0:User:x pr)", True),
    ],
)
def test_an_extension_that_is_not_known(text: str, expected: bool) -> None:
    assert Filter(text).matches(USER_DOCUMENT) is expected
    assert Filter(text).matches({"schemas": [USER]}) in (True, False)


@pytest.mark.parametrize("asked", ["flag gt true", "issued co null", "level co 3", "parts[n pr and not (n sw 1)]"])
def test_what_nothing_could_be_asked_is_refused_of_the_unknown_too(asked: str) -> None:
    with pytest.raises(InvalidFilter):
        Filter(f"{GADGET}:{asked}")


def test_an_extension_that_is_not_known_and_no_object() -> None:
    assert not Filter(f'{GADGET}:parts.name eq "b"').matches({GADGET: "x"})
    assert not Filter(f'{GADGET}:parts.name eq "b"').matches({GADGET: {"parts": "x"}})


@pytest.mark.parametrize(
    "text", ["usrName pr", f"{ENTERPRISE_USER}:departmnt pr", "password pr", "title gt 1", "title"]
)
def test_mistakes_are_told_at_once(text: str) -> None:
    with pytest.raises(InvalidFilter) as caught:
        Filter(text)
    assert caught.value.text == text


def test_a_mistake_in_the_meaning_has_its_column() -> None:
    text = 'title eq "usrName" and usrName pr'
    with pytest.raises(InvalidFilter) as caught:
        Filter(text, USERS)
    assert caught.value.column == 23
    assert caught.value.path == "usrName"
    with pytest.raises(InvalidFilter) as caught:
        Filter('emails[type eq "\\"" and tpye eq "x"]', USERS)
    assert caught.value.column == 24


def test_text_and_attributes() -> None:
    wanted = Filter(f'emails[TYPE eq "a"]  AND (title pr) and Title PR or {ENTERPRISE_USER}[manager.value pr]')
    assert str(wanted) == f'emails[TYPE eq "a"] and title pr and Title pr or {ENTERPRISE_USER}[manager.value pr]'
    assert repr(Filter("a pr", resource_type_with_a())) == "Filter('a pr')"
    assert [str(path) for path in wanted.attributes()] == [
        "emails.TYPE",
        "title",
        f"{ENTERPRISE_USER}:manager.value",
    ]
    assert wanted.text.startswith("emails[TYPE")


def resource_type_with_a():
    from scimcore.schema.definitions import Attribute, Schema
    from scimcore.schema.resource_type import ResourceType

    return ResourceType("A", "/As", Schema("urn:example:A", attributes=(Attribute("a"),)))


def test_a_repeated_filter_is_the_same_object() -> None:
    assert Filter("title pr", USERS) is Filter("title pr", USERS)
    assert Filter("title pr") is Filter("title pr")
    assert Filter("title pr") is not Filter("title pr", USERS)
    assert Filter("title pr", tolerances=STRICT) is not Filter("title pr")
    long = " or ".join(["title pr"] * 200)
    assert Filter(long) is not Filter(long)


def test_equality() -> None:
    assert Filter("title  PR") == Filter("TITLE pr")
    assert hash(Filter("title  PR")) == hash(Filter("TITLE pr"))
    assert Filter("title pr") != Filter("title pr", USERS)
    assert Filter("title pr") != Filter("title pr", tolerances=STRICT)
    assert Filter("title pr") != "title pr"


def test_nothing_can_be_set() -> None:
    wanted = Filter("title pr")
    with pytest.raises(AttributeError, match="immutable"):
        wanted.text = "x"


def test_limits_are_the_callers() -> None:
    with pytest.raises(InvalidFilter, match="characters"):
        Filter("title pr", limits=FilterLimits(max_characters=3))
    deep = "(" * 10_000 + "title pr" + ")" * 10_000
    assert str(Filter(deep, limits=FilterLimits(max_depth=10_000))) == "title pr"


def test_what_was_tolerated_is_told() -> None:
    wanted = Filter('emails[type eq "work"].value eq "x" and not (active eq "True" or department pr)')
    assert [(used.tolerance, used.path) for used in wanted.tolerated] == [
        (FilterTolerance.VALUE_PATH_SUB_ATTRIBUTE, "emails.value"),
        (FilterTolerance.QUOTED_LITERAL, "active"),
        (FilterTolerance.BARE_EXTENSION_NAME, "department"),
    ]
    assert Filter("title pr").tolerated == ()


def test_the_tree_is_drawn() -> None:
    wanted = Filter('emails[type eq "work" and (value pr or primary eq True)] and not (title pr) or title pr')
    assert wanted.explain().splitlines() == [
        "or",
        "├─ and",
        "│  ├─ emails[ ] one value with",
        "│  │  └─ and",
        '│  │     ├─ type eq "work"',
        "│  │     └─ or",
        "│  │        ├─ value pr",
        "│  │        └─ primary eq true",
        "│  └─ not",
        "│     └─ title pr",
        "└─ title pr",
        "tolerated: literalCase at primary",
    ]


BOTH = (User.resource_type(), Group.resource_type())
ADA = {"schemas": [USER], "userName": "ada", "displayName": "Ada"}
ADMINS = {"schemas": [GROUP], "displayName": "Admins"}
OTHER = {"schemas": ["urn:example:thing"], "displayName": "Ada", "userName": "ada"}


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ('displayName sw "ad"', [ADA, ADMINS]),
        ('userName eq "ada"', [ADA]),
        ("userName pr", [ADA]),
        ("not (userName pr)", [ADMINS]),
        ('userName ne "eve"', [ADA, ADMINS]),
        ('userName eq "ada" or members pr', [ADA]),
        (f'{USER}:userName eq "ada"', [ADA]),
    ],
)
def test_a_filter_over_several_types(text: str, matched: list[object]) -> None:
    made = Filter.over(text, BOTH)
    # What is of none of the types matches nothing.
    assert made.select([ADA, ADMINS, OTHER, {}]) == matched
    assert set(made.bound) == set(BOTH)
    assert made.matches(User(user_name="ada", display_name="Ada")) == (ADA in matched)
    assert made is Filter.over(text, list(BOTH))
    long = f"({text}){' ' * 2_000}"
    assert Filter.over(long, BOTH).select([ADA, ADMINS, OTHER]) == matched


def test_a_filter_over_several_types_is_not_one_over_a_single_one() -> None:
    text = "displayName pr"
    over = Filter.over(text, BOTH)
    assert over.resource_type is None
    assert over == Filter.over("displayName  pr", BOTH)
    assert over != Filter.over(text, BOTH[::-1])
    assert len({over, Filter(text), Filter(text, BOTH[0]), Filter(text, BOTH[1]), Filter.over(text, BOTH)}) == 4
    assert Filter.over(text, BOTH[:1]) is Filter(text, BOTH[0])


@pytest.mark.parametrize(
    ("text", "column"), [('title pr and shoeSize eq "7"', 13), ("password pr", 0), ("title is 1", 6)]
)
def test_what_cannot_be_asked_of_any_type_is_refused(text: str, column: int) -> None:
    with pytest.raises(InvalidFilter) as caught:
        Filter.over(text, BOTH)
    assert (caught.value.text, caught.value.column) == (text, column)
