"""Where by itself: what SQL answers alone, what it leaves, what it refuses, and what it must not choke on."""

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect

from scimcore import urns
from scimcore.documents import Document
from scimcore.errors import InvalidFilter
from scimcore.filter import STRICT, Bound, Filter, UnknownAttribute, bind, parse
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.resource_type import ResourceType
from scimcore.sql import ABSENT, Constant, Elements, Json, Related, Text, Where, fold
from sql_host import FORMS, GADGET, LAB, MAPPINGS, PARTS, PLAIN, SHADOWED, USERS, Email, Person, forget, store

MANAGER = f"{urns.ENTERPRISE_USER}:manager"
PEOPLE: list[Document] = [
    {
        "schemas": [urns.USER],
        "id": "1",
        "externalId": "a%c",
        "userName": "100%_sure/maybe",
        "nickName": "Ab",
        "meta": {"resourceType": "User", "version": "W/a"},
        "emails": [{"value": "a@x.org", "type": "work", "display": "A_B"}, {"value": "b@x.org", "type": "home"}],
        urns.ENTERPRISE_USER: {"department": "R&D", "manager": {"displayName": "Ines"}},
        LAB: {"keys": ["Kéy", "x"], "tags": ["t%g"]},
    },
    {
        "schemas": [urns.USER],
        "id": "2",
        "externalId": "abc",
        "userName": "100xxsure-maybe",
        "nickName": "aB",
        "meta": {"resourceType": "User"},
        "phoneNumbers": [{"value": "1", "type": "work"}],
    },
    {"schemas": [urns.USER], "id": "3", "userName": "\N{KELVIN SIGN}elvin", "meta": {"resourceType": "User"}},
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def people(request: pytest.FixtureRequest) -> Iterator[Connection]:
    engine: Engine = request.getfixturevalue(request.param)
    with engine.connect() as connection:
        store(connection, PEOPLE)
        yield connection
        connection.rollback()


def found(connection: Connection, where: Where, filter: Filter | Bound | str) -> tuple[str, bool]:
    """The ids that match, in order, and whether SQL knew it alone."""
    condition, residual = where.split(filter)
    query = select(Person.id).order_by(Person.id)
    ids = connection.scalars(query if condition is None else query.where(condition)).all()
    by_id = {document["id"]: document for document in PEOPLE}
    return "".join(each for each in ids if residual is None or residual(by_id[each])), residual is None


def in_memory(text: str) -> str:
    wanted = Filter(text, USERS)
    return "".join(document["id"] for document in PEOPLE if wanted.matches(document))


@pytest.mark.parametrize("mapping", MAPPINGS)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Wildcards of LIKE, and the character that escapes them, are characters.
        ('userName sw "100%"', "1"),
        ('userName co "%_S"', "1"),
        ('userName co "_"', "1"),
        ('userName co "/"', "1"),
        ('userName ew "/MAYBE"', "1"),
        ('userName co "%"', "1"),
        ('userName sw "k"', "3"),
        ('userName co "\\\\"', ""),
        ('emails.display co "_"', "1"),
        # With case, and without.
        ('externalId eq "A%C"', ""),
        ('externalId co "%"', "1"),
        ('externalId sw "a"', "12"),
        ('nickName eq "AB"', "12"),
        (f'{LAB}:keys eq "Ke\u0301y"', "1"),
        (f'{LAB}:keys eq "kéy"', ""),
        (f'{LAB}:tags co "%G"', "1"),
        # One row has to meet the whole bracket; "ne" asks for one row that differs, "not" for none that is equal.
        ('emails[type eq "work" and value sw "b"]', ""),
        ('emails[type eq "home" and value sw "b"]', "1"),
        ('emails.type ne "work"', "123"),
        ('not (emails.type eq "work")', "23"),
        ('emails[not (type eq "work")]', "1"),
        ("not (emails[display pr])", "23"),
        ('phoneNumbers.display ne "x"', "123"),
        ("phoneNumbers[display eq null]", "2"),
        # No value.
        ("externalId eq null", "3"),
        ('externalId ne "abc"', "13"),
        ('not (externalId ne "abc")', "2"),
        (f'{MANAGER}.displayName eq "INES"', "1"),
        (f"not ({MANAGER} pr)", "23"),
        (f"{urns.ENTERPRISE_USER} pr and not ({GADGET} pr)", "1"),
    ],
)
def test_answers(mapping: str, text: str, expected: str, people: Connection) -> None:
    assert in_memory(text) == expected
    assert found(people, MAPPINGS[mapping], text)[0] == expected


@pytest.mark.parametrize(
    ("where", "text", "alone"),
    [
        # Every text has its folded column.
        (SHADOWED, 'userName co "x" and not (emails[type eq "work" and value ew ".org"]) or title pr', True),
        # A column as it stands: with and without case, SQL is sure of ASCII only.
        (PLAIN, 'userName eq "x"', False),
        (PLAIN, 'externalId eq "x"', False),
        (PLAIN, "userName pr and externalId eq null", True),
        # Sub-attributes that are not mapped, of a value and of rows.
        (PLAIN, "name.middleName pr", False),
        (PLAIN, "emails.display pr", False),
        (PLAIN, 'not (emails.display eq "x")', False),
        (PLAIN, "emails pr", False),
        (PLAIN, "emails.primary eq true", True),
        (PLAIN, f"{urns.ENTERPRISE_USER}:costCenter pr", True),
        (PLAIN, f'{MANAGER}.value eq "x"', False),
        # A term that is true or false whatever the unknown one is.
        (PLAIN, "active pr or not (active pr) or name.middleName pr", False),
        (FORMS, 'meta.resourceType eq "Group" and name.middleName pr', True),
        (FORMS, 'meta.resourceType eq "User" or name.middleName pr', True),
        (FORMS, "timezone pr and name.middleName pr", True),
        (FORMS, "not (timezone pr) or name.middleName pr", True),
        # Keys that are no text in their column.
        (FORMS, 'preferredLanguage eq "42"', True),
        (FORMS, 'preferredLanguage ne "no number"', True),
        (FORMS, 'preferredLanguage sw "4"', False),
        (FORMS, 'emails[value eq "a@x.org" and type pr]', True),
        (FORMS, 'emails[type eq "work"]', False),
        # A time in JSON is text, which does not sort as times do.
        (PARTS, "name.familyName pr", True),
        (MAPPINGS["documents"], 'meta.created gt "2024-01-01T00:00:00Z"', False),
        (MAPPINGS["documents"], "meta.created pr", True),
        (MAPPINGS["documents"], f"{GADGET}:badgeLevel gt 3", True),
        (MAPPINGS["documents"], f"{GADGET}:badgeLevel gt {2**53}", False),
    ],
)
def test_what_is_left(where: Where, text: str, alone: bool, people: Connection) -> None:
    assert found(people, where, text) == (in_memory(text), alone)
    if alone:
        condition = where.compile(text)
        ids = people.scalars(select(Person.id).where(condition).order_by(Person.id)).all()
        assert "".join(ids) == in_memory(text)
        assert None not in people.scalars(select(condition).select_from(Person)).all()
    else:
        with pytest.raises(InvalidFilter) as caught:
            where.compile(text)
        assert caught.value.path


def test_terms_that_sql_answers_are_not_asked_again() -> None:
    condition, residual = PLAIN.split("emails.primary eq true and (active eq true and name.middleName pr)")
    assert residual is not None
    assert residual({"name": {"middleName": "x"}})
    assert not residual({"emails": [{"primary": True}], "active": True})
    sql = str(condition)
    assert "active" in sql
    assert "emails" in sql


def test_or_is_asked_as_a_whole() -> None:
    condition, residual = PLAIN.split("active eq true or name.middleName pr")
    assert condition is None
    assert residual is not None
    assert residual({"active": True})
    assert residual({"name": {"middleName": "x"}})
    assert not residual({"active": False})


def test_a_doubt_that_is_negated_is_a_doubt() -> None:
    # Neither the condition nor its opposite may lose the Kelvin sign, which folds to an ASCII letter.
    for text in ('userName eq "kelvin"', 'not (userName eq "kelvin")', 'not (not (userName eq "kelvin"))'):
        condition, residual = PLAIN.split(text)
        assert residual is not None
        sql = str(select(Person.id).where(condition).compile(dialect=sqlite_dialect.dialect()))
        assert "AS BLOB" in sql


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name.middleName pr", r"'name.middleName' is not mapped"),
        ("emails[display pr]", r"'emails.display' is not mapped"),
        ('userName eq "secret value"', r"'userName' is compared without case, .*folded"),
        ('externalId eq "secret value"', r"'externalId' is compared with case, .*composed"),
        ("nickName eqq 5", "'eqq' is not supported"),
        ('shoeSize eq "secret value"', "'shoeSize' is no attribute"),
        ("password pr", "never returned"),
    ],
)
def test_refusals_say_why_and_repeat_no_value(text: str, message: str) -> None:
    with pytest.raises(InvalidFilter, match=message) as caught:
        PLAIN.compile(text)
    assert "secret value" not in caught.value.detail
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidFilter")


def test_unknown_extensions(people: Connection) -> None:
    text = 'urn:example:2.0:Toy:color eq "secret value"'
    with pytest.raises(InvalidFilter, match="no attribute of User"):
        SHADOWED.split(text)
    # The filter without a resource type looks into documents; here the resource type is known.
    with pytest.raises(InvalidFilter, match="no attribute of User"):
        SHADOWED.split(Filter(text))
    bound = bind(parse(text), USERS, unknown=UnknownAttribute.LOOK)
    with pytest.raises(InvalidFilter) as caught:
        SHADOWED.compile(bound)
    assert caught.value.detail == "'urn:example:2.0:Toy:color' is of an extension that no schema is known of"
    _, residual = SHADOWED.split(bound)
    assert residual is not None
    assert residual({"urn:example:2.0:Toy": {"color": "Secret VALUE"}})
    # Where several types are searched, it is an attribute without a value.
    absent = bind(parse("urn:example:2.0:Toy:color pr or externalId pr"), USERS, unknown=UnknownAttribute.ABSENT)
    assert found(people, SHADOWED, absent) == ("12", True)


def test_filters_that_were_made_elsewhere(people: Connection) -> None:
    text = 'department eq "r&d"'
    assert found(people, SHADOWED, Filter(text)) == ("1", True)
    assert found(people, SHADOWED, Filter(text, USERS)) == ("1", True)
    assert found(people, SHADOWED, bind(parse(text), USERS)) == ("1", True)
    # Its tolerances stay with it.
    strict = Filter("externalId pr", tolerances=STRICT)
    assert found(people, SHADOWED, strict) == ("12", True)
    desks = ResourceType("Desk", "/Desks", Schema("urn:example:2.0:Desk", attributes=(Attribute("department"),)))
    assert found(people, SHADOWED, Filter(text, desks)) == ("1", True)
    with pytest.raises(InvalidFilter, match="an attribute of an extension: name it"):
        SHADOWED.split(Filter(text, desks, tolerances=STRICT))


CHAINS = {
    "text": ('nickName ne "x{}"', 1),
    "rows": ('emails ne "a@x.org{}"', 1),
    "brackets": ('emails[type eq "work" and value co "{}"]', 2),
}


# As many as SQLite would take for too deep, as many as SQL is given, and as many as the parser lets pass.
@pytest.mark.parametrize("comparisons", [60, 200, 1_900])
@pytest.mark.parametrize("join", [" and ", " or "])
@pytest.mark.parametrize(("term", "size"), CHAINS.values(), ids=CHAINS)
def test_long_chains(term: str, size: int, join: str, comparisons: int, people: Connection) -> None:
    text = join.join(term.format(number) for number in range(comparisons // size))
    expected = in_memory(text)
    for where in (SHADOWED, MAPPINGS["documents"]):
        assert found(people, where, text)[0] == expected
    assert found(people, SHADOWED, text)[1] is (comparisons <= 200)


def nested(levels: int, length: int, *, first: bool, term: str = 'title eq "x{}"') -> str:
    text = 'externalId eq "abc"'
    for level in range(levels):
        chain = [term.format(number) for number in range(length - 1)]
        text = (" and " if level % 2 else " or ").join([f"({text})", *chain] if first else [*chain, f"({text})"])
        text = f"not ({text})" if level % 3 == 2 else text
    return text


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("levels", "length"), [(1, 190), (6, 30), (7, 26), (9, 3), (25, 2), (6, 150)])
def test_deep_brackets(levels: int, length: int, first: bool, people: Connection) -> None:
    for term in ('title eq "x{}"', 'emails[type eq "home" and (value eq "x{}" or display pr)]'):
        text = nested(levels, length if "[" not in term else length // 2 + 1, first=first, term=term)
        expected = in_memory(text)
        # Half of Python's stack is in use already, as in a web server.
        for where in (SHADOWED, MAPPINGS["documents"]):
            assert further_down(400, people, where, text) == expected


def further_down(frames: int, people: Connection, where: Where, text: str) -> str:
    return further_down(frames - 1, people, where, text) if frames else found(people, where, text)[0]


def test_too_large_for_sql_is_said() -> None:
    with pytest.raises(InvalidFilter, match="the filter has too many levels for SQL"):
        SHADOWED.compile(nested(20, 2, first=True))
    with pytest.raises(InvalidFilter, match="the filter has too many comparisons for SQL"):
        SHADOWED.compile(" or ".join(["title pr"] * 201))


def test_large_arrays_in_json_take_linear_time(people: Connection) -> None:
    # Element by element, this would take minutes; the answer is what is tested.
    large = PEOPLE[2] | {"emails": [{"value": f"{number}@x.org"} for number in range(20_000)]}
    with people.begin_nested() as savepoint:
        people.execute(update(Person).where(Person.id == "3").values(document=large))
        condition, residual = MAPPINGS["documents"].split('emails.value eq "19999@x.org"')
        assert people.scalars(select(Person.id).where(condition)).all() == ["3"]
        assert residual is not None
        savepoint.rollback()


metadata = MetaData()
things = Table(
    "things",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("key", Uuid),
    Column("key_text", Uuid(as_uuid=False)),
    Column("mail", String),
    Column("name", String(collation="NOCASE")),
    Column("plain", String),
    Column("document", JSON),
)
KEY = uuid.UUID("12345678-1234-5678-1234-56781234abcd")
THINGS = Where(
    USERS,
    {
        "id": things.c.key,
        "externalId": things.c.key_text,
        "userName": Text(things.c.name, ascii=True),
        "nickName": things.c.plain,
        "emails": Elements([{"value": Text(things.c.mail, ascii=True), "type": Constant("work"), "primary": ABSENT}]),
        "addresses": Constant([{"country": "NO", "type": "work"}, {"country": "SE"}]),
        "name": Json(things.c.document, ("name",), ascii=True),
        f"{LAB}:tags": Json(things.c.document, ("tags",), ascii=True),
    },
    rest=ABSENT,
)


@pytest.fixture
def rows(sqlite: Engine) -> Iterator[Connection]:
    with sqlite.connect() as connection:
        metadata.create_all(connection)
        values = [
            {
                "number": 1,
                "key": KEY,
                "key_text": str(KEY),
                "mail": "a@x.org",
                "name": "Ab",
                "plain": "x",
                "document": {"name": {"givenName": "Mira"}, "tags": ["a", None, 5, "B"]},
            },
            {"number": 2, "key": None, "key_text": None, "mail": None, "name": None, "plain": "", "document": {}},
        ]
        connection.execute(insert(things), values)
        yield connection
        connection.rollback()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'id eq "{KEY}"', [1]),
        (f'id eq "{str(KEY).upper()}"', []),
        ('id eq "no key"', []),
        ('id ne "no key"', [1, 2]),
        (f'externalId eq "{KEY}"', [1]),
        ("externalId eq null", [2]),
        # The column's own collation does not decide.
        ('userName eq "aB"', [1]),
        ('userName co "B"', [1]),
        ('userName ge "ab"', [1]),
        ('emails eq "A@X.org"', [1]),
        ('emails[type eq "work" and value pr]', [1]),
        ('emails[type eq "home"]', []),
        ("emails pr", [1]),
        ("emails.primary eq null", [1, 2]),
        ('addresses[country eq "se" and type eq "work"]', []),
        ('addresses[country eq "no" and type eq "work"]', [1, 2]),
        ('addresses.country ne "no"', [1, 2]),
        ("addresses pr", [1, 2]),
        ('name.givenName eq "MIRA"', [1]),
        ("name.familyName eq null", [1, 2]),
        ('name[givenName sw "m"]', [1]),
        (f'{LAB}:tags eq "b"', [1]),
        (f'{LAB}:tags[value eq "b"]', [1]),
        (f"{LAB}:tags pr", [1]),
        ("nickName pr", [1]),
        ('nickName eq null or nickName eq ""', None),
        ("title pr", []),
    ],
)
def test_forms(text: str, expected: list[int] | None, rows: Connection) -> None:
    if expected is None:
        with pytest.raises(InvalidFilter):
            THINGS.compile(text)
        return
    query = select(things.c.number).where(THINGS.compile(text)).order_by(things.c.number)
    assert rows.scalars(query).all() == expected


def test_a_table_that_is_joined_already_is_not_meant() -> None:
    email = MAPPINGS["plain"].compile("emails.primary eq true")
    query = select(Person.id, Email.address).join(Email, Email.person_id == Person.id).where(email)
    assert str(query).count("FROM emails") == 1


def test_values_are_parameters() -> None:
    text = f'userName eq "v1" and emails[value co "v2" and type sw "v3"] and {MANAGER}.displayName lt "v4"'
    for where in MAPPINGS.values():
        condition = where.split(text).condition
        for dialect in (sqlite_dialect.dialect(), postgresql.dialect()):
            sql = "" if condition is None else str(select(Person.id).where(condition).compile(dialect=dialect))
            assert not any(value in sql for value in ("v1", "v2", "v3", "v4"))


def test_the_same_form_of_filter_is_the_same_sql() -> None:
    # SQLAlchemy's and the database's caches of statements need not grow with the values that are asked for.
    first, second = (
        select(Person.id).where(SHADOWED.compile(f'userName eq "{name}"'))._generate_cache_key() for name in "ab"
    )
    assert first is not None
    assert second is not None
    assert first.key == second.key


def test_fold_is_what_a_folded_column_holds() -> None:
    assert fold("Straße") == fold("STRASSE") == "strasse"


def test_order() -> None:
    assert SHADOWED.order_by("userName")
    assert [str(each) for each in PLAIN.order_by("active", descending=True)] == [
        "people.active IS NULL DESC",
        "people.active DESC",
    ]
    for path in ("emails.value", "emails", "nickName", "name.middleName"):
        assert PLAIN.order_by(path) == ()
    assert FORMS.order_by("preferredLanguage") == ()
    assert THINGS.order_by("userName")
    assert MAPPINGS["documents"].order_by("meta.created") == ()
    related_text = Where(
        USERS, {"name": Related(things, {"givenName": things.c.plain}, on=things.c.number == 1)}, rest=ABSENT
    )
    assert related_text.order_by("name.givenName") == ()


@pytest.mark.parametrize("operator", ["co", "sw", "ew"])
@pytest.mark.parametrize("operand", ["", "a", "\N{LATIN SMALL LETTER E WITH ACUTE}"])
def test_an_empty_text_is_compared_with_an_answer(operator: str, operand: str, people: Connection) -> None:
    # Of no bytes at all, SQLite's substr() is NULL.
    document = {"schemas": [urns.USER], "id": "4", "externalId": "", "meta": {"resourceType": "User"}}
    wanted = Filter(f'externalId {operator} "{operand}"', USERS)
    with people.begin_nested() as savepoint:
        forget(people)
        store(people, [document])
        [answer] = people.scalars(select(SHADOWED.compile(wanted)).select_from(Person)).all()
        savepoint.rollback()
    assert answer is not None
    assert bool(answer) == wanted.matches(document)
