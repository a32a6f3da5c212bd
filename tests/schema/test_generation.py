"""Schema -> document -> Schema and Schema -> model -> Schema, for any schema; and that the models are usable."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scimcore.errors import InvalidValue
from scimcore.schema import (
    Attribute,
    AttributeType,
    Extension,
    Mutability,
    Resource,
    Returned,
    Schema,
    Uniqueness,
    extension_of,
    model_of,
)
from scimcore.schema.generation import field_name
from scimcore.urns import ENTERPRISE_USER
from scimcore.validation import Phase, accept

ODD_NAMES = [
    "$ref",
    "id",
    "schema",
    "schemas",
    "class",
    "model_fields",
    "model_dump",
    "model_validate",
    "copy",
    "json",
    "meta",
    "to_json",
    "none",
    "user_name",
    "userName",
    "user-name",
    "externalId",
    "Resources",
    "__class__",
    "_x",
    "True",
]
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,8}", fullmatch=True) | st.sampled_from(ODD_NAMES)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WORDS = st.lists(st.text("abcXYZ ", min_size=1, max_size=4), max_size=2).map(tuple)


def attributes(depth: int) -> st.SearchStrategy[tuple[Attribute, ...]]:
    kinds = [kind for kind in AttributeType if depth or kind is not AttributeType.COMPLEX]

    def build(name, kind, parts, **said):
        return Attribute(name, kind, sub_attributes=parts if kind is AttributeType.COMPLEX else (), **said)

    one = st.builds(
        build,
        NAMES,
        st.sampled_from(kinds),
        attributes(depth - 1) if depth else st.just(()),
        multi_valued=st.booleans(),
        description=TEXTS,
        required=st.booleans(),
        canonical_values=WORDS,
        case_exact=st.booleans(),
        mutability=st.sampled_from(Mutability),
        returned=st.sampled_from(Returned),
        uniqueness=st.sampled_from(Uniqueness),
        reference_types=WORDS,
    )
    return st.lists(one, max_size=5, unique_by=lambda attribute: attribute.name.lower()).map(tuple)


SCHEMAS = st.builds(Schema, st.sampled_from(["urn:example:x:2.0:Thing", "urn:ex:1"]), TEXTS, TEXTS, attributes(1))
SLOW = settings(suppress_health_check=[HealthCheck.too_slow])


@given(SCHEMAS)
def test_a_schema_survives_its_document(schema: Schema) -> None:
    assert Schema.from_document(schema.to_document()) == schema


@SLOW
@given(SCHEMAS)
def test_a_schema_survives_its_model(schema: Schema) -> None:
    assert extension_of(schema).scim_schema() == schema
    made = model_of(schema, endpoint="/Things").scim_schema()
    # A common attribute that a schema lists itself stands where every resource has it.
    assert set(made.attributes) == set(schema.attributes)
    assert replace(made, attributes=schema.attributes) == schema


PARTS = tuple(Attribute(kind.value, kind) for kind in AttributeType)
TICKET = Schema(
    "urn:example:params:scim:schemas:2.0:Ticket",
    "Support Ticket",
    "A ticket,  with\nan odd description.",
    (
        *PARTS,
        *(Attribute(f"{kind.value}s", kind, multi_valued=True) for kind in AttributeType),
        Attribute("parts", AttributeType.COMPLEX, multi_valued=True, sub_attributes=PARTS),
        Attribute("class"),
        Attribute("secretWord", returned=Returned.NEVER),
    ),
)
BADGE = Schema("urn:example:params:scim:schemas:extension:badge:2.0:Ticket", "Badge", "", (Attribute("badge-no"),))
VALUES = {
    "string": "a",
    "boolean": True,
    "decimal": 1.5,
    "integer": 5,
    "dateTime": "2011-05-13T04:42:34Z",
    "binary": "TWFu",
    "reference": "urn:x",
    "complex": {"any": {"thing": [1]}},
}


def test_a_model_made_from_a_schema_is_usable() -> None:
    badge = extension_of(BADGE)
    ticket = model_of(TICKET, extensions=[badge])
    assert ticket.__name__ == "SupportTicket"
    kind = ticket.resource_type()
    assert (kind.name, kind.endpoint, kind.schema) == ("SupportTicket", "/SupportTickets", TICKET)
    assert kind.extension_urns == (BADGE.id,)
    document = {
        "schemas": [TICKET.id, BADGE.id],
        **VALUES,
        **{f"{name}s": [value, value] for name, value in VALUES.items()},
        "parts": [VALUES],
        "class": "x",
        BADGE.id: {"badge-no": "7"},
    }
    made = ticket.model_validate({name.upper(): value for name, value in document.items()})
    assert made.to_document() == document
    assert made.class_ == "x"
    found = made[badge]
    assert found is not None
    assert found.badge_no == "7"
    assert accept(document, kind, Phase.CREATE) == document
    with pytest.raises(InvalidValue) as caught:
        ticket.model_validate({"parts": [{"integer": "5"}], "boolean": "true"})
    assert [violation.path for violation in caught.value.violations] == ["boolean", "parts[0].integer"]


def test_a_schema_without_a_name() -> None:
    kind = model_of(Schema("urn:example:params:2.0:Thing")).resource_type()
    assert (kind.name, kind.endpoint, kind.schema.name) == ("Thing", "/Things", "")
    assert extension_of(Schema("urn:ex:2.0")).__name__ == "20"
    assert model_of(Schema("urn:ex:!", "?")).__name__ == "Model"


def test_bases() -> None:
    assert issubclass(model_of(TICKET), Resource)
    assert issubclass(extension_of(BADGE), Extension)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("externalId", "external_id"),
        ("$ref", "ref"),
        ("id", "id"),
        ("x509Certificates", "x509_certificates"),
        ("class", "class_"),
        ("schema", "schema_"),
        ("model_fields", "model_fields_"),
        ("copy", "copy_"),
        ("__class__", "class_"),
        ("locker-no", "locker_no"),
        ("9lives", "attribute_9lives"),
        ("été", "t"),
        ("数", "attribute"),
        (ENTERPRISE_USER, "urn_ietf_params_scim_schemas_extension_enterprise_2_0_user"),
    ],
)
def test_field_names(name: str, field: str) -> None:
    assert field_name(name) == field


def test_two_wire_names_of_one_python_name() -> None:
    schema = Schema("urn:ex:2.0:X", "X", "", (Attribute("locker-no"), Attribute("lockerNo"), Attribute("locker_no")))
    made = model_of(schema).model_validate({"locker-no": "1", "lockerNo": "2", "LOCKER_NO": "3"})
    assert (made.locker_no, made.locker_no_, made.locker_no__) == ("1", "2", "3")
    assert model_of(schema).scim_schema() == schema
