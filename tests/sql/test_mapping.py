"""What a mapping may not say, found when the Where is built."""

import enum

import pytest
from sqlalchemy import (
    CHAR,
    REAL,
    Column,
    Date,
    DateTime,
    Enum,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import CITEXT

from scimcore.sql import ABSENT, Constant, Elements, Json, MappingError, Related, Text, Where
from sql_host import GADGET, LAB, USERS, Email, Item, Person


class Kind(enum.Enum):
    ONE = 1


class Secret(TypeDecorator):
    impl = String
    cache_ok = True


table = Table(
    "odd",
    MetaData(),
    Column("id", Integer),
    Column("text", String),
    Column("padded", CHAR(10)),
    Column("citext", CITEXT),
    Column("kind", Enum(Kind)),
    Column("secret", Secret),
    Column("single", REAL),
    Column("number", Numeric),
    Column("day", Date),
    Column("moment", DateTime),
)
c = table.c
on = c.id == 1


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"shoeSize": c.id}, "'shoeSize' is no attribute of User"),
        ({"department": c.text}, "'department' is no attribute of User"),
        ({"userName": c.text, "USERNAME": c.text}, "mapped twice"),
        ({"name": Constant(None), "name.familyName": c.text}, "mapped twice"),
        ({"emails": c.text}, "'emails' has several values: one column cannot hold them"),
        ({"emails.value": c.text}, "'emails' has several values: map it as a whole"),
        ({f"{LAB}:tags": c.text}, "several values"),
        ({"name": c.text}, "of type complex"),
        ({"active": c.text}, "of type boolean, which a column of .*String.* cannot hold"),
        ({"userName": c.moment}, "of type string"),
        ({"meta.created": c.day}, "of type dateTime"),
        ({"meta.created": c.text}, "of type dateTime"),
        ({f"{GADGET}:rating": c.text}, "of type decimal"),
        ({f"{GADGET}:rating": c.single}, "REAL .*cast it to Double"),
        ({"userName": c.padded}, r"does not compare as text does: give cast"),
        ({"userName": c.citext}, "does not compare as text"),
        ({"userName": c.kind}, "does not compare as text"),
        ({"userName": Text(c.text, folded=c.citext)}, "does not compare as text"),
        ({"userName": c.secret}, "Secret is the host's own type: give type_coerce"),
        ({"userName": Text(c.id)}, "Text needs columns of text"),
        ({"active": Text(c.text)}, "of type boolean: Text is for text"),
        ({"externalId": Text(c.text, folded=c.text)}, "caseExact"),
        ({"userName": "user_name"}, "a column is due, not str"),
        ({"userName": Person.emails}, "a column is due"),
        ({"userName": Json(c.text)}, "needs a column of JSON"),
        ({"userName": Json(Person.document, ('a"b',))}, "a quote or a backslash"),
        ({"userName": Related(Person.emails, Email.address)}, "one plain value"),
        ({"emails": Related(Person.emails, Email.address)}, "complex: Related takes a mapping"),
        ({"emails": Related(Person.user_name, {"value": Email.address})}, "is no relationship"),
        ({"emails": Related(Person.emails, {"value": Email.address}, on=on)}, "'on' is for tables"),
        ({"emails": Related(table, {"value": c.text})}, "needs 'on'"),
        ({"emails": Related("emails", {"value": c.text})}, "not str"),
        ({"emails": Related(Person.emails, {"address": Email.address})}, "'address' is no sub-attribute of it"),
        ({"emails": Related(Person.emails, {"value.x": Email.address})}, "'value.x' is no sub-attribute"),
        ({"emails": Related(Person.emails, {"primary": Email.address})}, "'emails: primary' is of type boolean"),
        ({f"{LAB}:tags": Elements([{"value": c.text}])}, "has no sub-attributes"),
        ({"emails": Elements([{"address": c.text}])}, "'address' is no sub-attribute"),
    ],
)
def test_refused(mapping: dict, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        Where(USERS, mapping)


def test_the_rest_is_json_or_nowhere() -> None:
    with pytest.raises(MappingError, match="rest"):
        Where(USERS, {}, rest=Constant("x"))
    with pytest.raises(MappingError, match="rest"):
        Where(USERS, {}, rest=Person.document)
    assert Where(USERS, {}, rest=ABSENT).resource_type is USERS


def test_names_are_found_in_any_casing() -> None:
    Where(
        USERS, {"USERNAME": c.text, "urn:ietf:params:scim:schemas:core:2.0:User:title": c.text, GADGET.upper(): ABSENT}
    )


def test_values_of_a_table_may_be_numbers() -> None:
    Where(USERS, {"schemas": Related(Item.__table__, Item.key, on=Item.person_id == Person.id)})
