"""The Python types of attribute values that JSON has no type for, for use in a model's annotations.

Floor 2. ``created: DateTime | None = attribute(...)``. The texts are checked in ``datatypes``.
"""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from scimcore.schema.characteristics import AttributeType, Format
from scimcore.schema.datatypes import CANONICAL, canonical_binary, parse_date_time


def _read_moment(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("must name its time zone: datetime.now(timezone.utc)")
    return parse_date_time(value) if isinstance(value, str) else value


DateTime: TypeAlias = Annotated[
    datetime,
    BeforeValidator(_read_moment),
    AttributeType.DATE_TIME,
]
"""A point in time; always with a time zone (RFC 7643 §2.3.5). It is written with its microseconds, if it has any."""

Binary: TypeAlias = Annotated[str, AfterValidator(canonical_binary), AttributeType.BINARY]
"""Base64 text, as sent (RFC 7643 §2.3.6)."""

Reference: TypeAlias = Annotated[str, AttributeType.REFERENCE]
"""A URI, as sent (RFC 7643 §2.3.7)."""

LanguageTag: TypeAlias = Annotated[str, AfterValidator(CANONICAL[Format.LANGUAGE_TAG]), Format.LANGUAGE_TAG]
"""One BCP 47 language tag: ``en-US``."""

LanguageRanges: TypeAlias = Annotated[str, AfterValidator(CANONICAL[Format.LANGUAGE_RANGES]), Format.LANGUAGE_RANGES]
"""Language tags in the form of an Accept-Language header: ``en-US,de;q=0.7``."""

TimeZone: TypeAlias = Annotated[str, AfterValidator(CANONICAL[Format.TIME_ZONE]), Format.TIME_ZONE]
"""The name of a time zone in the IANA database: ``Europe/Oslo``."""
