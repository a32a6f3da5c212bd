"""What a filter means for a resource type, and that every mistake is refused."""

import pytest

from scimcore.errors import InvalidFilter
from scimcore.filter import (
    STRICT,
    TOLERANT,
    And,
    BoundAnd,
    BoundComparison,
    BoundNot,
    BoundOpen,
    BoundOr,
    BoundPresent,
    BoundUndefined,
    BoundValuePath,
    Comparable,
    Comparison,
    FilterTolerance,
    Not,
    Operator,
    Or,
    Present,
    UnknownAttribute,
    bind,
    bind_each,
    bind_value_filter,
    parse,
)
from scimcore.filter.ast import MAX_LEVELS
from scimcore.paths import AttributePath
from scimcore.resources import Group, User
from scimcore.schema.characteristics import AttributeType, Mutability, Returned
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.resource_type import ResourceType, SchemaExtension
from scimcore.urns import ENTERPRISE_USER, USER

USERS = User.resource_type()
GROUPS = Group.resource_type()

THINGS = ResourceType(
    "Thing",
    "/Things",
    Schema(
        "urn:example:2.0:Thing",
        attributes=(
            Attribute("count", AttributeType.INTEGER),
            Attribute("ratio", AttributeType.DECIMAL),
            Attribute("blob", AttributeType.BINARY),
            Attribute("made", AttributeType.DATE_TIME),
            Attribute("link", AttributeType.REFERENCE, case_exact=True),
            Attribute("tags", multi_valued=True),
            Attribute("secret", returned=Returned.NEVER),
            Attribute("pin", mutability=Mutability.WRITE_ONLY),
            Attribute(
                "keys",
                AttributeType.COMPLEX,
                multi_valued=True,
                sub_attributes=(Attribute("value", returned=Returned.NEVER), Attribute("label")),
            ),
            Attribute("vault", AttributeType.COMPLEX, returned=Returned.NEVER, sub_attributes=(Attribute("door"),)),
            Attribute("hollow", AttributeType.COMPLEX),
            Attribute("both"),
        ),
    ),
    (
        SchemaExtension(Schema("urn:example:2.0:A", attributes=(Attribute("only"), Attribute("twice")))),
        SchemaExtension(Schema("urn:example:2.0:B", attributes=(Attribute("twice"), Attribute("both")))),
    ),
)


def comparison(text: str, resource_type: ResourceType = USERS, **options) -> BoundComparison:
    node = bind(parse(text), resource_type, **options).node
    assert isinstance(node, BoundComparison)
    return node


@pytest.mark.parametrize(
    ("text", "keys", "path"),
    [
        ("USERNAME pr", ("userName",), "userName"),
        ("name.FAMILYNAME pr", ("name", "familyName"), "name.familyName"),
        (f"{USER}:userName pr", ("userName",), "userName"),
        (f"{USER.upper()}:name.givenName pr", ("name", "givenName"), "name.givenName"),
        ("meta.lastModified pr", ("meta", "lastModified"), "meta.lastModified"),
        (f"{ENTERPRISE_USER}:manager.$REF pr", (ENTERPRISE_USER, "manager", "$ref"), f"{ENTERPRISE_USER}:manager.$ref"),
        (f"{ENTERPRISE_USER} pr", (ENTERPRISE_USER,), ENTERPRISE_USER),
    ],
)
def test_names_become_keys(text: str, keys: tuple[str, ...], path: str) -> None:
    node = bind(parse(text), USERS, tolerances=STRICT).node
    assert isinstance(node, BoundPresent)
    assert node.target.keys == keys
    assert str(node.target.path) == path


def test_a_complex_attribute_with_several_values_means_their_value() -> None:
    node = comparison('emails co "example.com"', tolerances=STRICT)
    assert node.target.keys == ("emails", "value")
    assert str(node.target.path) == "emails.value"


def test_logic_is_kept() -> None:
    bound = bind(parse("title pr and (not (nickName pr) or displayName pr)"), USERS)
    assert isinstance(bound.node, BoundAnd)
    assert isinstance(bound.node.terms[1], BoundOr)
    assert isinstance(bound.node.terms[1].terms[0], BoundNot)


def test_targets_in_brackets_begin_at_the_element() -> None:
    node = bind(parse('emails[TYPE eq "work" and value pr]'), USERS).node
    assert isinstance(node, BoundValuePath)
    assert node.target.keys == ("emails",)
    assert isinstance(node.condition, BoundAnd)
    first, second = node.condition.terms
    assert isinstance(first, BoundComparison)
    assert isinstance(second, BoundPresent)
    assert first.target.keys == ("type",)
    assert str(second.target.path) == "emails.value"


def test_brackets_of_an_extension_reach_into_it() -> None:
    node = bind(parse(f'{ENTERPRISE_USER}[manager.value eq "x" and department pr]'), USERS).node
    assert isinstance(node, BoundValuePath)
    assert isinstance(node.condition, BoundAnd)
    first, second = node.condition.terms
    assert isinstance(first, BoundComparison)
    assert first.target.keys == ("manager", "value")
    assert str(first.target.path) == f"{ENTERPRISE_USER}:manager.value"
    assert isinstance(second, BoundPresent)
    assert str(second.target.path) == f"{ENTERPRISE_USER}:department"


def test_brackets_of_plain_values_have_their_value() -> None:
    node = bind(parse('tags[value sw "a" and not (value eq "ab")]'), THINGS).node
    assert isinstance(node, BoundValuePath)
    assert isinstance(node.condition, BoundAnd)
    assert isinstance(node.condition.terms[0], BoundComparison)
    assert node.condition.terms[0].target.keys == ()


@pytest.mark.parametrize(
    ("text", "operand", "comparable"),
    [
        ('link eq "Ab"', "Ab", Comparable.EXACT_TEXT),
        ('blob eq "TUlJ"', "TUlJ", Comparable.EXACT_TEXT),
        ('tags eq "u\u0308"', "ü", Comparable.TEXT),
        ("count eq 5", 5, Comparable.NUMBER),
        ("count lt 5.5", 5.5, Comparable.NUMBER),
        ("ratio ge -1", -1, Comparable.NUMBER),
        ("count eq null", None, Comparable.ABSENCE),
        ("hollow ne null", None, Comparable.ABSENCE),
    ],
)
def test_operands(text: str, operand: object, comparable: Comparable) -> None:
    node = comparison(text, THINGS, tolerances=STRICT)
    assert (node.operand, node.comparable) == (operand, comparable)


def test_operands_of_time_are_instants() -> None:
    one = comparison('made gt "2011-05-13T04:42:34Z"', THINGS, tolerances=STRICT)
    other = comparison('made gt "2011-05-13t06:42:34.000+02:00"', THINGS, tolerances=STRICT)
    assert one.operand == other.operand
    assert one.comparable is Comparable.INSTANT


OPERATORS = {
    "string": ("tags", '"x"', "eq ne co sw ew gt ge lt le"),
    "reference": ("link", '"x"', "eq ne co sw ew gt ge lt le"),
    "binary": ("blob", '"TQ=="', "eq ne"),
    "boolean": ("active", "true", "eq ne"),
    "integer": ("count", "1", "eq ne gt ge lt le"),
    "decimal": ("ratio", "1", "eq ne gt ge lt le"),
    "dateTime": ("made", '"2011-05-13T04:42:34Z"', "eq ne gt ge lt le"),
    "null": ("count", "null", "eq ne"),
    "complex": ("hollow", '"x"', ""),
}


@pytest.mark.parametrize("operator", Operator)
@pytest.mark.parametrize("kind", OPERATORS)
def test_an_operator_fits_or_is_refused(kind: str, operator: Operator) -> None:
    name, literal, fitting = OPERATORS[kind]
    resource_type = USERS if name == "active" else THINGS
    node = parse(f"{name} {operator} {literal}")
    if operator in fitting.split():
        assert isinstance(bind(node, resource_type).node, BoundComparison)
    else:
        with pytest.raises(InvalidFilter) as caught:
            bind(node, resource_type)
        assert caught.value.path == name


@pytest.mark.parametrize(
    "text",
    [
        "usrName pr",
        "name.first pr",
        "userName.value pr",
        "emails.x pr",
        f"{USER}:usrName pr",
        f"{ENTERPRISE_USER}:departmnt pr",
        f"{ENTERPRISE_USER}:manager.x pr",
        "urn:example:none:User:shoeSize pr",
        "members pr",
        "emails[tpye pr]",
        "emails[emails.type pr]",
        f"emails[{USER}:type pr]",
        "emails[value.x pr]",
        "emails[userName pr]",
        "nothing[value pr]",
        f"{ENTERPRISE_USER}[manager.x pr]",
        f"{ENTERPRISE_USER}[departmnt pr]",
        f"{ENTERPRISE_USER}[departmnt.x pr]",
        'userName[value eq "x"]',
        'name.givenName[value eq "x"]',
        'emails.type[value eq "x"]',
        'schemas[type eq "x"]',
        "title pr and (usrName pr or title pr)",
        "not (usrName pr)",
        "urn:a:b:c pr",
    ],
)
@pytest.mark.parametrize("tolerances", [STRICT, TOLERANT], ids=["strict", "tolerant"])
def test_unknown_names_are_refused(text: str, tolerances: frozenset[FilterTolerance]) -> None:
    with pytest.raises(InvalidFilter) as caught:
        bind(parse(text), USERS, tolerances=tolerances)
    assert caught.value.path


@pytest.mark.parametrize(
    ("text", "resource_type"),
    [
        ("password pr", USERS),
        ('password sw "a"', USERS),
        ("PASSWORD eq null", USERS),
        (f"{USER}:password ne null", USERS),
        ("not (password pr)", USERS),
        ('secret co "a"', THINGS),
        ("pin pr", THINGS),
        ("keys.value pr", THINGS),
        ('keys eq "x"', THINGS),
        ('keys[value sw "x"]', THINGS),
        ("vault pr", THINGS),
        ("vault.door pr", THINGS),
        ("vault[door pr]", THINGS),
    ],
)
def test_secrets_cannot_be_asked_for(text: str, resource_type: ResourceType) -> None:
    for unknown in UnknownAttribute:
        with pytest.raises(InvalidFilter, match="never returned"):
            bind(parse(text), resource_type, unknown=unknown)


@pytest.mark.parametrize(
    ("text", "resource_type"),
    [
        ("title eq 5", USERS),
        ("title eq true", USERS),
        ("active eq 1", USERS),
        ('active eq "yes"', USERS),
        ("count eq true", THINGS),
        ('count eq "five"', THINGS),
        ('count eq "nan"', THINGS),
        ('count eq "' + "1" * 400 + '"', THINGS),
        ('name eq "x"', USERS),
        ("hollow eq 1", THINGS),
        ('meta.created eq "yesterday"', USERS),
        ('meta.created eq "2011-13-01T00:00:00Z"', USERS),
        ('meta.created eq "2011-05-13T04:42Z"', USERS),
        ("meta.created eq 1305261754", USERS),
    ],
)
def test_values_of_another_type_are_refused(text: str, resource_type: ResourceType) -> None:
    with pytest.raises(InvalidFilter):
        bind(parse(text), resource_type)


@pytest.mark.parametrize(
    ("text", "strictly", "tolerance", "resource_type"),
    [
        ('active eq "True"', "active eq true", "quotedLiteral", USERS),
        ('active eq "false"', "active eq false", "quotedLiteral", USERS),
        ('roles[primary eq "True"]', "roles[primary eq true]", "quotedLiteral", USERS),
        ('count eq "-5"', "count eq -5", "quotedLiteral", THINGS),
        ('ratio eq "4.5"', "ratio eq 4.5", "quotedLiteral", THINGS),
        (f'{ENTERPRISE_USER}:manager eq "x"', f'{ENTERPRISE_USER}:manager.value eq "x"', "complexValue", USERS),
        ('department eq "x"', f'{ENTERPRISE_USER}:department eq "x"', "bareExtensionName", USERS),
        ("manager.displayName pr", f"{ENTERPRISE_USER}:manager.displayName pr", "bareExtensionName", USERS),
        ("only pr", "urn:example:2.0:A:only pr", "bareExtensionName", THINGS),
        ('made gt "2011-05-13T04:42:34"', 'made gt "2011-05-13T04:42:34Z"', "timeWithoutZone", THINGS),
        ('made gt "2011-05-13"', 'made gt "2011-05-13T00:00:00Z"', "timeWithoutZone", THINGS),
    ],
)
def test_tolerated_forms(text: str, strictly: str, tolerance: str, resource_type: ResourceType) -> None:
    tolerant = bind(parse(text), resource_type)
    strict = bind(parse(strictly), resource_type, tolerances=STRICT)
    assert tolerant.node == strict.node
    assert [used.tolerance for used in tolerant.tolerated] == [tolerance]
    assert tolerant.tolerated[0].path in text
    assert strict.tolerated == ()
    with pytest.raises(InvalidFilter):
        bind(parse(text), resource_type, tolerances=TOLERANT - {FilterTolerance(tolerance)})


def test_two_tolerances_may_meet() -> None:
    bound = bind(parse('manager eq "x"'), USERS)
    assert bound.node == bind(parse(f'{ENTERPRISE_USER}:manager.value eq "x"'), USERS).node
    assert {used.tolerance for used in bound.tolerated} == {"bareExtensionName", "complexValue"}


@pytest.mark.parametrize("text", ["twice pr", "only.x pr"])
def test_an_ambiguous_or_unknown_bare_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidFilter):
        bind(parse(text), THINGS)


def test_a_core_attribute_wins_over_an_extensions() -> None:
    bound = bind(parse("both pr"), THINGS)
    assert isinstance(bound.node, BoundPresent)
    assert bound.node.target.keys == ("both",)


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ('shoe eq "x"', False),
        ("shoe eq null", True),
        ('shoe ne "x"', True),
        ("shoe ne null", False),
        ("shoe gt 1", False),
        ("shoe pr", False),
        ("shoe[size ne 1]", False),
        ("urn:example:none:User:shoe pr", False),
    ],
)
def test_where_types_are_mixed_an_unknown_attribute_has_no_value(text: str, matches: bool) -> None:
    node = bind(parse(text), USERS, unknown=UnknownAttribute.ABSENT).node
    assert isinstance(node, BoundUndefined)
    assert node.matches is matches


def test_each_of_several_types() -> None:
    users, groups = bind_each(parse('displayName eq "x" and not (members pr) or userName pr'), (USERS, GROUPS))
    assert isinstance(users.node, BoundOr)
    assert isinstance(groups.node, BoundOr)
    assert isinstance(groups.node.terms[1], BoundUndefined)
    assert bind_each(parse("title pr"), ()) == ()
    with pytest.raises(InvalidFilter, match="'titel' is no attribute of User or Group") as caught:
        bind_each(parse("emails[type pr] or (title pr and not (titel pr))"), (USERS, GROUPS))
    assert caught.value.path == "titel"


def test_an_unknown_urn_is_looked_for_on_demand() -> None:
    text = "urn:example:none:User:shoeSize gt 40"
    assert isinstance(bind(parse(text), USERS, unknown=UnknownAttribute.LOOK).node, BoundOpen)
    for known in ("shoeSize gt 40", f"{ENTERPRISE_USER}:shoeSize gt 40", f"{USER}:shoe pr", "http://x.y/z:shoe pr"):
        with pytest.raises(InvalidFilter):
            bind(parse(known), USERS, unknown=UnknownAttribute.LOOK)


def test_value_filters_of_patch() -> None:
    bound = bind_value_filter(parse('type eq "work" and primary eq "True"'), USERS.resolve("emails"))
    assert isinstance(bound.node, BoundAnd)
    assert [used.tolerance for used in bound.tolerated] == ["quotedLiteral"]
    assert bind_value_filter(parse('value eq "x"'), USERS.resolve("schemas")).tolerated == ()
    for name in ("userName", "password"):
        with pytest.raises(InvalidFilter):
            bind_value_filter(parse('value eq "x"'), USERS.resolve(name))
    with pytest.raises(InvalidFilter):
        bind_value_filter(parse('emails[type eq "x"]'), USERS.resolve("emails"))


def test_a_tree_built_by_hand_may_be_too_deep() -> None:
    node = Present(AttributePath.parse("title"))
    for _ in range(MAX_LEVELS - 1):
        node = Not(node)
    assert isinstance(bind(node, USERS).node, BoundNot)
    with pytest.raises(InvalidFilter, match="too large"):
        bind(Not(node), USERS)


def test_a_tree_built_by_hand_binds() -> None:
    node = And((Comparison(AttributePath("urn:x", "y"), Operator.EQ, 1), Present(AttributePath(None, "title"))))
    with pytest.raises(InvalidFilter, match="no attribute"):
        bind(node, USERS)
    with pytest.raises(ValueError, match="two terms"):
        And(())
    with pytest.raises(ValueError, match="two terms"):
        Or((node,))
