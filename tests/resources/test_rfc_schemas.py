"""The schemas that the models declare are those of RFC 7643 §8.7, but for differences that are listed with a reason."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scimcore.resources import EnterpriseUser, Group, ResourceType, Schema, ServiceProviderConfig, User
from scimcore.schema import Attribute, model_of
from scimcore.schema import Schema as SchemaDefinition

RFC_7643 = Path(__file__).parents[1] / "rfc" / "7643"
DIFFERENCES = json.loads((RFC_7643 / "8.7-differences.json").read_text(encoding="utf-8"))["differences"]
PRINTED = {
    document["id"]: document
    for name in ("8.7.1-schemas.json", "8.7.2-schemas.json")
    for document in json.loads((RFC_7643 / name).read_text(encoding="utf-8"))
}
MODELS = [User, Group, EnterpriseUser, ServiceProviderConfig, ResourceType, Schema]
COMPARED = [
    field.name
    for field in dataclasses.fields(Attribute)
    if field.name not in ("description", "sub_attributes", "format")
]


def flatten(attributes: tuple[Attribute, ...], prefix: str = "") -> Iterator[tuple[str, Attribute]]:
    for attribute in attributes:
        yield prefix + attribute.name, attribute
        yield from flatten(attribute.sub_attributes, f"{prefix}{attribute.name}.")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_declared_schema_is_the_one_of_the_rfc(model) -> None:
    ours = model.scim_schema()
    theirs = SchemaDefinition.from_document(PRINTED[ours.id])
    assert ours.name == theirs.name
    declared, printed = dict(flatten(ours.attributes)), dict(flatten(theirs.attributes))
    found = [{"attribute": name, "what": "added"} for name in declared.keys() - printed.keys()]
    found += [{"attribute": name, "what": "left out"} for name in printed.keys() - declared.keys()]
    for name in declared.keys() & printed.keys():
        for characteristic in COMPARED:
            mine, rfc = getattr(declared[name], characteristic), getattr(printed[name], characteristic)
            if mine != rfc:
                found.append({"attribute": name, "characteristic": characteristic, "rfc": rfc, "ours": mine})
    expected = [
        {key: value for key, value in row.items() if key not in ("schema", "why")}
        for row in DIFFERENCES
        if row["schema"] == model.__name__
    ]
    # Tuples and words as JSON has them.
    order = lambda row: json.dumps(row, sort_keys=True)  # noqa: E731
    assert sorted(json.loads(json.dumps(found)), key=order) == sorted(expected, key=order)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_schema_survives_its_document_and_a_model_made_from_it(model) -> None:
    schema = model.scim_schema()
    received = SchemaDefinition.from_document(schema.to_document())
    assert received == schema
    assert model_of(received).scim_schema().to_document() == schema.to_document()


@pytest.mark.parametrize("urn", PRINTED, ids=str)
def test_a_usable_model_is_made_from_a_printed_schema(urn: str) -> None:
    schema = SchemaDefinition.from_document(PRINTED[urn])
    assert model_of(schema).scim_schema() == schema


def table() -> str:
    def shown(value) -> str:
        return ", ".join(value) if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else value

    rows = ["| schema | attribute | printed | here | why |", "|---|---|---|---|---|"]
    for row in DIFFERENCES:
        if "what" in row:
            printed, here = ("absent", "present") if row["what"] == "added" else ("present", "absent")
        else:
            words = row["characteristic"].split("_")
            name = words[0] + "".join(map(str.capitalize, words[1:]))
            printed, here = f"`{name}`: {shown(row['rfc'])}", f"`{name}`: {shown(row['ours'])}"
        rows.append(f"| {row['schema']} | `{row['attribute']}` | {printed} | {here} | {row['why']} |")
    return "\n".join(rows)


def test_the_page_on_schemas_has_the_differences() -> None:
    page = (Path(__file__).parents[2] / "docs" / "schema.md").read_text(encoding="utf-8")
    begin, end = "<!-- differences: begin -->\n", "\n<!-- differences: end -->"
    # Not as it should be? Put what `table()` returns between the two marks.
    assert page[page.index(begin) + len(begin) : page.index(end)] == table()
