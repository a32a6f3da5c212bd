"""A host with tables of its own, for tests: how it keeps users, and the documents that its rows are."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from sqlalchemy import BigInteger, Connection, Double, ForeignKey, Numeric, delete, insert
from sqlalchemy import Text as TextType
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import JSON

from scimcore import urns
from scimcore.filter.values import compose, fold, instant
from scimcore.resources import User
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.definitions import Attribute, Schema
from scimcore.schema.resource_type import ResourceType, SchemaExtension
from scimcore.sql import ABSENT, Constant, Elements, Json, Related, Text, Where

VECTORS = json.loads((Path(__file__).parent / "vectors" / "filters.json").read_text(encoding="utf-8"))
GADGET = VECTORS["extension_schema"]["id"]
LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"
LAB_SCHEMA = Schema(
    LAB,
    attributes=(
        Attribute("tags", multi_valued=True),
        Attribute("keys", multi_valued=True, case_exact=True),
        Attribute(
            "part", AttributeType.COMPLEX, sub_attributes=(Attribute("label"), Attribute("codes", multi_valued=True))
        ),
        Attribute("badge", case_exact=True),
    ),
)
_user = User.resource_type()
USERS = ResourceType(
    "User",
    "/Users",
    _user.schema,
    (
        *_user.extensions,
        SchemaExtension(Schema.from_document(VECTORS["extension_schema"])),
        SchemaExtension(LAB_SCHEMA),
    ),
)


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {str: TextType, int: BigInteger, float: Double}


class Person(Base):
    """Everything that a user has once, and the whole document for those who keep that."""

    __tablename__ = "people"
    id: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str | None]
    user_name: Mapped[str | None]
    user_name_folded: Mapped[str | None]
    display_name: Mapped[str | None]
    display_name_folded: Mapped[str | None]
    nick_name: Mapped[str | None]
    nick_name_folded: Mapped[str | None]
    title: Mapped[str | None]
    title_folded: Mapped[str | None]
    user_type: Mapped[str | None]
    user_type_folded: Mapped[str | None]
    given_name: Mapped[str | None]
    given_name_folded: Mapped[str | None]
    family_name: Mapped[str | None]
    family_name_folded: Mapped[str | None]
    middle_name: Mapped[str | None]
    middle_name_folded: Mapped[str | None]
    active: Mapped[bool | None]
    created: Mapped[datetime | None]
    last_modified: Mapped[datetime | None]
    version: Mapped[str | None]
    resource_type: Mapped[str | None]
    badge_level: Mapped[int | None]
    rating: Mapped[float | None]
    rating_numeric: Mapped[float | None] = mapped_column(Numeric(20, 4, asdecimal=False))
    offset: Mapped[int | None]
    remote: Mapped[bool | None]
    locker_no: Mapped[str | None]
    locker_no_folded: Mapped[str | None]
    desk: Mapped[str | None]
    desk_folded: Mapped[str | None]
    note: Mapped[str | None]
    note_folded: Mapped[str | None]
    path: Mapped[str | None]
    path_folded: Mapped[str | None]
    city: Mapped[str | None]
    city_folded: Mapped[str | None]
    badge: Mapped[str | None]
    part_label: Mapped[str | None]
    part_label_folded: Mapped[str | None]
    language: Mapped[str | None]
    language_folded: Mapped[str | None]
    language_key: Mapped[int | None]
    role: Mapped[str | None]
    role_folded: Mapped[str | None]
    other_role: Mapped[str | None]
    other_role_folded: Mapped[str | None]
    other_role_name: Mapped[str | None]
    other_role_name_folded: Mapped[str | None]
    employee: Mapped["Employee | None"] = relationship()
    emails: Mapped[list["Email"]] = relationship()
    phones: Mapped[list["Phone"]] = relationship()
    document: Mapped[dict] = mapped_column(JSON)


class Employee(Base):
    """The enterprise extension, in a table of its own."""

    __tablename__ = "employees"
    person_id: Mapped[str] = mapped_column(ForeignKey(Person.id), primary_key=True)
    number: Mapped[str | None]
    number_folded: Mapped[str | None]
    department: Mapped[str | None]
    department_folded: Mapped[str | None]
    manager_id: Mapped[str | None]
    manager_id_folded: Mapped[str | None]
    manager_name: Mapped[str | None]
    manager_name_folded: Mapped[str | None]


class Email(Base):
    __tablename__ = "emails"
    key: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey(Person.id))
    address: Mapped[str | None]
    address_folded: Mapped[str | None]
    kind: Mapped[str | None]
    kind_folded: Mapped[str | None]
    display: Mapped[str | None]
    display_folded: Mapped[str | None]
    primary: Mapped[bool | None]
    document: Mapped[dict] = mapped_column(JSON)


class Phone(Base):
    __tablename__ = "phones"
    key: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey(Person.id))
    number: Mapped[str | None]
    number_folded: Mapped[str | None]
    kind: Mapped[str | None]
    kind_folded: Mapped[str | None]


class Item(Base):
    """Plain values of attributes that have several."""

    __tablename__ = "items"
    key: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey(Person.id))
    attribute: Mapped[str]
    value: Mapped[str]
    value_folded: Mapped[str]


def items(attribute: str, *, exact: bool = False, plain: bool = False) -> Related:
    on = (Item.person_id == Person.id) & (Item.attribute == attribute)
    value = Text(Item.value, composed=not plain) if exact else Text(Item.value, None if plain else Item.value_folded)
    return Related(Item.__table__, value, on=on)


def shadowed(owner: type[Base], name: str) -> Text:
    return Text(getattr(owner, name), getattr(owner, f"{name}_folded"))


CORE_COLUMNS = {
    "userName": "user_name",
    "displayName": "display_name",
    "nickName": "nick_name",
    "title": "title",
    "userType": "user_type",
    "name.givenName": "given_name",
    "name.familyName": "family_name",
    "name.middleName": "middle_name",
    f"{GADGET}:locker-no": "locker_no",
    f"{GADGET}:desk_2": "desk",
    f"{GADGET}:note": "note",
    f"{GADGET}:path": "path",
    f"{GADGET}:city": "city",
    f"{LAB}:part.label": "part_label",
    "preferredLanguage": "language",
}
EXACT_COLUMNS = {
    "id": "id",
    "externalId": "external_id",
    "meta.resourceType": "resource_type",
    "meta.version": "version",
    f"{LAB}:badge": "badge",
}
TYPED_COLUMNS = {
    "active": "active",
    "meta.created": "created",
    "meta.lastModified": "last_modified",
    f"{GADGET}:badgeLevel": "badge_level",
    f"{GADGET}:rating": "rating",
    f"{GADGET}:offset": "offset",
    f"{GADGET}:remote": "remote",
}
EMPLOYEE_COLUMNS = {
    "employeeNumber": "number",
    "department": "department",
    "manager.value": "manager_id",
    "manager.displayName": "manager_name",
}

# Everything has its column, and text its folded one: SQL answers every filter alone.
SHADOWED = Where(
    USERS,
    {
        **{path: shadowed(Person, column) for path, column in CORE_COLUMNS.items()},
        # What is compared with case is stored composed.
        **{path: Text(getattr(Person, column), composed=True) for path, column in EXACT_COLUMNS.items()},
        **{path: getattr(Person, column) for path, column in TYPED_COLUMNS.items()},
        "schemas": items("schemas"),
        f"{LAB}:tags": items("tags"),
        f"{LAB}:keys": items("keys", exact=True),
        f"{LAB}:part.codes": items("codes"),
        "roles": Elements(
            [
                {"value": shadowed(Person, "role"), "type": Constant("One")},
                {"value": shadowed(Person, "other_role"), "display": shadowed(Person, "other_role_name")},
            ]
        ),
        "emails": Related(
            Person.emails,
            {
                "value": shadowed(Email, "address"),
                "type": shadowed(Email, "kind"),
                "display": shadowed(Email, "display"),
                "primary": Email.primary,
            },
        ),
        "phoneNumbers": Related(Person.phones, {"value": shadowed(Phone, "number"), "type": shadowed(Phone, "kind")}),
        "x509Certificates": Related(
            Item.__table__,
            {"value": Text(Item.value, ascii=True)},
            on=(Item.person_id == Person.id) & (Item.attribute == "x509Certificates"),
        ),
        urns.ENTERPRISE_USER: Related(
            Person.employee,
            {part: shadowed(Employee, column) for part, column in EMPLOYEE_COLUMNS.items() if part != "manager.value"}
            | {"manager.value": Text(Employee.manager_id, composed=True)},
        ),
    },
    rest=ABSENT,
)

# Columns as hosts have them, and not all of them mapped: much is left to the residual.
PLAIN = Where(
    USERS,
    {
        **{path: getattr(Person, column) for path, column in CORE_COLUMNS.items() if path != "name.middleName"},
        **{path: getattr(Person, column) for path, column in EXACT_COLUMNS.items()},
        **{path: getattr(Person, column) for path, column in TYPED_COLUMNS.items()},
        f"{GADGET}:rating": Person.rating_numeric,
        f"{LAB}:tags": items("tags", plain=True),
        f"{LAB}:keys": items("keys", exact=True, plain=True),
        "emails": Related(
            Email.__table__,
            {"value": Email.address, "type": Email.kind, "primary": Email.primary},
            on=Email.person_id == Person.id,
        ),
        **{f"{urns.ENTERPRISE_USER}:{part}": ABSENT for part in ("costCenter", "organization", "division")},
    },
)

# One JSON document, but for the user name.
DOCUMENTS = Where(USERS, {"userName": shadowed(Person, "user_name")}, rest=Json(Person.document))

# The document in parts.
PARTS = Where(
    USERS,
    {
        "name": Json(Person.document, ("name",)),
        "emails": Json(Person.document, ("emails",)),
        "phoneNumbers": Related(Person.phones, {"value": Phone.number, "type": Phone.kind, "display": ABSENT}),
        GADGET: Json(Person.document, (GADGET,)),
        f"{LAB}:part": Json(Person.document, (LAB, "part")),
        f"{LAB}:tags": items("tags"),
        "title": shadowed(Person, "title"),
    },
)

# The other forms: numbers for text, elements in the person's own row, JSON in another table, a table for one value.
FORMS = Where(
    USERS,
    {
        "preferredLanguage": Person.language_key,
        "roles": Elements(
            [
                {"value": Person.role, "type": Constant("One"), "display": ABSENT},
                {"value": Text(Person.other_role, composed=True), "display": Person.other_role_name, "type": ABSENT},
            ]
        ),
        "emails": Related(
            Person.emails,
            {
                "value": shadowed(Email, "address"),
                "type": Json(Email.document, ("type",)),
                "display": Json(Email.document, ("display",)),
                "primary": Email.primary,
            },
        ),
        urns.ENTERPRISE_USER: Related(
            Employee.__table__,
            {"department": Employee.department, "manager.displayName": shadowed(Employee, "manager_name")},
            on=Employee.person_id == Person.id,
        ),
        "meta.resourceType": Constant("User"),
        "timezone": ABSENT,
        "active": Person.active,
    },
)
MAPPINGS = {"shadowed": SHADOWED, "plain": PLAIN, "documents": DOCUMENTS, "parts": PARTS, "forms": FORMS}


def forget(connection: Connection) -> None:
    for table in reversed(Base.metadata.sorted_tables):
        connection.execute(delete(table))


def store(connection: Connection, documents: list[dict]) -> None:
    people, employees, emails, phones, several = [], [], [], [], []
    for document in documents:
        key = document["id"]
        person = dict.fromkeys((column.key for column in Person.__table__.columns), None)
        for path, column in CORE_COLUMNS.items():
            value = at(document, path)
            person |= {column: value, f"{column}_folded": folded(value)}
        person |= {column: at(document, path) for path, column in TYPED_COLUMNS.items()}
        person |= {column: composed(at(document, path)) for path, column in EXACT_COLUMNS.items()}
        person |= {column: utc(person[column]) for column in ("created", "last_modified")}
        person |= in_one_row(document)
        people.append(person | {"rating_numeric": person["rating"], "document": document})
        enterprise = document.get(urns.ENTERPRISE_USER)
        if enterprise:
            employee = {column: at(enterprise, path) for path, column in EMPLOYEE_COLUMNS.items()}
            employee["manager_id"] = composed(employee["manager_id"])
            employees.append(with_folded(employee) | {"person_id": key})
        for email in document.get("emails") or ():
            row = {"address": email.get("value"), "kind": email.get("type"), "display": email.get("display")}
            emails.append(with_folded(row) | {"person_id": key, "primary": email.get("primary"), "document": email})
        for phone in document.get("phoneNumbers") or ():
            row = {"number": phone.get("value"), "kind": phone.get("type")}
            phones.append(with_folded(row) | {"person_id": key})
        lab = document.get(LAB, {})
        lists = {
            "schemas": document["schemas"],
            "tags": lab.get("tags", ()),
            "keys": [composed(each) for each in lab.get("keys", ())],
            "codes": lab.get("part", {}).get("codes", ()),
            "x509Certificates": [each["value"] for each in document.get("x509Certificates", ())],
        }
        several += [
            with_folded({"value": value}) | {"attribute": attribute, "person_id": key}
            for attribute, values in lists.items()
            for value in values
        ]
    for model, rows in ((Person, people), (Employee, employees), (Email, emails), (Phone, phones), (Item, several)):
        if "key" in model.__table__.columns:
            rows = [row | {"key": number} for number, row in enumerate(rows)]
        if rows:
            connection.execute(insert(model), rows)


def in_one_row(document: dict) -> dict:
    """What has columns in the person's own row although it is more than one value there, or is no text."""
    language = document.get("preferredLanguage")
    roles = {"One" if "type" in role else "": role for role in document.get("roles", ())}
    texts = {
        "role": roles.get("One", {}).get("value"),
        "other_role": roles.get("", {}).get("value"),
        "other_role_name": roles.get("", {}).get("display"),
    }
    return with_folded(texts) | {"language_key": None if language is None else int(language)}


def at(document: dict, path: str) -> object:
    value: object = document
    for key in USERS.resolve(path).keys if "schemas" in document else path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def folded(value: object) -> object:
    return fold(value) if isinstance(value, str) else None


def composed(value: object) -> object:
    return compose(value) if isinstance(value, str) else None


def with_folded(row: dict) -> dict:
    return row | {f"{name}_folded": folded(value) for name, value in row.items()}


def utc(value: object) -> datetime | None:
    moment = instant(value)
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None)
