"""The application's record as a type: a pydantic model or a dataclass, made from the rows of a profile.

Floor 8. A field whose name is no Python name has one that is, and its own as alias.
"""

import re
from collections.abc import Sequence
from dataclasses import field, make_dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from scimcore.profiles.rows import Row
from scimcore.schema.generation import field_name


def model_of(title: str, rows: Sequence[Row]) -> type[BaseModel]:
    """Make a frozen pydantic model of a record; it takes the record's own field names."""
    definitions: dict[str, Any] = {
        python_name(row): (_type(row), Field(... if row.required else None, alias=row.field)) for row in rows
    }
    config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    return create_model(_class_name(title), __config__=config, **definitions)


def dataclass_of(title: str, rows: Sequence[Row]) -> type[Any]:
    """Make a frozen dataclass of a record, with keyword arguments only; ``metadata["field"]`` is the record's name."""
    definitions = [
        (python_name(row), _type(row), field(metadata={"field": row.field}))
        if row.required
        else (python_name(row), _type(row), field(default=None, metadata={"field": row.field}))
        for row in rows
    ]
    return make_dataclass(_class_name(title), definitions, frozen=True, slots=True, kw_only=True)


def python_name(row: Row) -> str:
    """Return the name that a field has in Python: its own where it can be one."""
    return row.field if row.field.isidentifier() and not row.field.startswith("_") else field_name(row.field)


def _type(row: Row) -> Any:  # noqa: ANN401 - an annotation
    kind: Any = bool if row.kind == "boolean" else list[str] if row.kind == "texts" else str
    return kind if row.required else kind | None


def _class_name(title: str) -> str:
    return f"{re.sub(r'[^0-9A-Za-z]', '', title)}Record"
