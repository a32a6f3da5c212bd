"""What must be right in a profile's table and switches, so that a mistake is an error when the profile is built.

Floor 8. Each message begins with the profile's name and says which row, what is wrong with it, and what there is.
"""

import re
from collections.abc import Mapping, Sequence

from scimcore import urns
from scimcore.errors import InvalidPath, InvalidValue
from scimcore.profiles.normalisers import KINDS, knows_country_names
from scimcore.profiles.rows import Locator, Row, locate
from scimcore.schema.resource_type import ResourceType
from scimcore.urns import is_urn

CHOICES: dict[str, tuple[str, ...]] = {
    "mode": ("lenient", "strict"),
    "country_names": ("auto", "on", "off"),
    "external_id_conflict": ("reject", "ignore"),
    "email_from": ("primary", "work"),
    "stored_language": ("as_sent", "record"),
    "unknown_members": ("skip", "reject"),
    "nested_groups": ("accept", "reject"),
    "deletion": ("remove", "deactivate"),
}
"""The switches that have a choice of words."""
FLAGS = (
    "require_external_id",
    "fixed_external_id",
    "active_default",
    "deleted_field",
    "untyped_address",
    "published_spellings",
)
"""The switches that are on or off."""


def check_switches(name: str, values: Mapping[str, object]) -> None:
    """Check all switches of a profile.

    Raises:
        InvalidValue: If one has no such value, or needs what is not installed.
    """
    for switch, choices in CHOICES.items():
        if values[switch] not in choices:
            raise fault(name, f"has no {switch} {values[switch]!r}: choose from {choices}")
    for switch in FLAGS:
        if not isinstance(values[switch], bool):
            raise fault(name, f"needs a boolean for {switch}, not {values[switch]!r}")
    urn = values["extension_urn"]
    if not isinstance(urn, str) or not is_urn(urn):
        raise fault(name, f"has an extension_urn that is no URN: {urn!r}")
    if urn.lower() in (urns.USER.lower(), urns.ENTERPRISE_USER.lower()):
        raise fault(name, "needs an extension_urn of its own: the attributes of that one are the RFC's")
    if values["country_names"] == "on" and not knows_country_names():
        raise fault(name, "asks for names of countries, which pycountry knows: pip install 'scimcore[countries]'")


def check_rows(name: str, rows: Sequence[Row]) -> None:
    """Check the rows as they are written.

    Raises:
        InvalidValue: If two fill one field, or a row contradicts itself.
    """
    seen: set[str] = set()
    for row in rows:
        if not row.field.strip():
            raise fault(name, "has a row without a field")
        if row.field in seen:
            raise fault(name, f"has two rows for the field '{row.field}'")
        seen.add(row.field)
        _check_row(name, row)


def check_paths(name: str, rows: Sequence[Row], resource_type: ResourceType) -> None:
    """Check where the rows lead.

    Raises:
        InvalidPath: If a path is no attribute of a user, or a secret.
        InvalidValue: If a kind of value does not fit its attribute.
    """
    for row in rows:
        try:
            locators = [locate(path, resource_type) for path in (row.path, *row.alternatives, *row.joins) if path]
        except InvalidPath as error:
            raise InvalidPath(f"Profile {name}, field '{row.field}': {error.detail}.", path=error.path) from None
        for locator in locators:
            _check_kind(name, row, locator)
        if row.unique and (locators[0].choice is not None or len(locators[0].keys) > 1):
            raise fault(
                name, f"{_in(row)} a unique '{row.path}': stores keep attributes unique that stand in the user itself"
            )


def _in(row: Row) -> str:
    return f"has, in the row for '{row.field}',"


def _check_row(name: str, row: Row) -> None:
    where = _in(row)
    if row.kind not in KINDS:
        raise fault(name, f"{where} no kind of value: '{row.kind}' is none of {', '.join(KINDS)}")
    if row.path and row.joins:
        raise fault(name, f"{where} a path and paths to join: one of them fills a field")
    if row.joins and row.kind != "text":
        raise fault(name, f"{where} texts to join for a '{row.kind}'")
    if row.tells_deleted and (row.kind != "boolean" or row.alternatives):
        raise fault(name, f"{where} no path: only a boolean that tells of deletion has none")
    if row.direction not in ("both", "to_record", "from_record"):
        raise fault(name, f"{where} no direction: '{row.direction}' is none of both, to_record, from_record")
    if row.direction == "from_record" and (row.required or not row.path):
        raise fault(name, f"{where} what no user can have: only records tell of it")
    if row.several not in ("first", "refuse"):
        raise fault(name, f"{where} no word for several elements: '{row.several}' is none of first, refuse")
    if row.unique and not row.path:
        raise fault(name, f"{where} a unique value without a path")
    if (row.max_characters or row.forbidden or row.pattern or row.one_of) and row.kind == "boolean":
        raise fault(name, f"{where} limits of a text for a boolean")
    try:
        re.compile(row.pattern)
    except re.error as error:
        raise fault(name, f"{where} a pattern that is no regular expression: {error}") from None
    if row.default is not None and not isinstance(row.default, bool if row.kind == "boolean" else str):
        raise fault(name, f"{where} a default that is no '{row.kind}': {row.default!r}")


def _check_kind(name: str, row: Row, locator: Locator) -> None:
    kind, attribute = KINDS[row.kind], locator.attribute
    if attribute.type not in kind.types:
        raise fault(name, f"reads '{row.field}' as {kind.summary} from {attribute.name}, a {attribute.type.value}")
    if attribute.multi_valued is not kind.multi_valued:
        some = "several values" if attribute.multi_valued else "one value"
        raise fault(name, f"reads '{row.field}' as {kind.summary} from {attribute.name}, which has {some}")


def fault(name: str, message: str) -> InvalidValue:
    """Return the error that a profile has a mistake."""
    return InvalidValue(f"Profile {name} {message}.")
