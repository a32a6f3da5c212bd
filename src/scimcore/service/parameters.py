"""The query string: what a client wants to see, and which part of a list (RFC 7644 §3.4.2, §3.9; RFC 9865 §2).

Parameters that no RFC defines are ignored: Entra sends ``?aadOptscim062020`` with every request.
"""

from dataclasses import dataclass
from urllib.parse import unquote_plus

from scimcore.errors import BadRequest, InvalidCount, InvalidValue
from scimcore.projection import DEFAULT_SELECTION, Selection

# Lower-case name -> name as RFC 7644 spells it.
KNOWN = {
    name.lower(): name
    for name in ("filter", "sortBy", "sortOrder", "startIndex", "count", "cursor", "attributes", "excludedAttributes")
}
_LISTS = ("attributes", "excludedAttributes")
# "All of them" is written by some as the largest number that their language has: 64 bits are 19 digits.
_MOST_DIGITS = 19
_LARGEST = 10**18


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters that a request has, decoded; None or empty when absent.

    Attributes:
        selection: From ``attributes`` and ``excludedAttributes``.
        filter: As text; empty text is a filter too, and a wrong one.
        sort_by: As text.
        descending: From ``sortOrder``.
        start_index: At least 1.
        count: At least 0.
        cursor: As text; empty asks for the first page of a walk.
    """

    selection: Selection = DEFAULT_SELECTION
    filter: str | None = None
    sort_by: str | None = None
    descending: bool = False
    start_index: int | None = None
    count: int | None = None
    cursor: str | None = None


NO_PARAMETERS = Parameters()


def parameters(query: str) -> Parameters:
    """Read a query string.

    Raises:
        InvalidValue: If a value is not of its parameter's type.
        BadRequest: If the query is not UTF-8, or gives a parameter twice: two parsers could each believe another one.
    """
    if not query:
        return NO_PARAMETERS
    found = known_parameters(query)
    if not found:
        return NO_PARAMETERS
    return parameters_of(found)


def parameters_of(found: dict[str, str]) -> Parameters:
    """Read parameters by their proper names, wherever they stood.

    Raises:
        InvalidValue: If a value is not of its parameter's type.
        InvalidCount: If ``count`` is no integer where a cursor is given.
    """
    start_index = _integer(found, "startIndex", InvalidValue)
    count = _integer(found, "count", InvalidCount if "cursor" in found else InvalidValue)
    return Parameters(
        selection=_selection(found.get("attributes"), found.get("excludedAttributes")),
        filter=found.get("filter"),
        sort_by=found.get("sortBy") or None,
        descending=_descending(found.get("sortOrder")),
        start_index=None if start_index is None else max(1, start_index),
        count=None if count is None else max(0, count),
        cursor=found.get("cursor"),
    )


def known_parameters(query: str) -> dict[str, str]:
    """Decode the parameters that have a meaning, by their proper names."""
    found: dict[str, str] = {}
    # Of lists, what comes behind the first one: there may be thousands.
    more: dict[str, list[str]] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        known = KNOWN.get(name.lower())
        if known is None:
            continue
        if "%" in value or "+" in value:
            try:
                value = unquote_plus(value, errors="strict")
            except UnicodeDecodeError:
                raise BadRequest(f"The query parameter '{known}' is not UTF-8.") from None
        if known not in found:
            found[known] = value
        elif known in _LISTS:
            more.setdefault(known, []).append(value)
        else:
            raise BadRequest(f"The query parameter '{known}' is given twice.")
    for known, values in more.items():
        found[known] = ",".join([found[known], *values])
    return found


def _selection(attributes: str | None, excluded_attributes: str | None) -> Selection:
    return Selection.parse(attributes, excluded_attributes) if attributes or excluded_attributes else DEFAULT_SELECTION


def _integer(found: dict[str, str], name: str, kind: type[BadRequest]) -> int | None:
    text = found.get(name, "").strip()
    if not text:
        return None
    # Python's int() also reads "1_000" and other scripts' digits, and takes quadratic time for very long numbers.
    digits = text[1:] if text[0] in "+-" else text
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS):
        raise kind(
            f"The query parameter '{name}' must be an integer of at most {_MOST_DIGITS} digits.",
            path=name,
            rule="RFC 7644 §3.4.2.4",
        )
    # No list is that long, and databases have no larger numbers.
    return max(-_LARGEST, min(int(text), _LARGEST))


def _descending(text: str | None) -> bool:
    order = (text or "ascending").strip().lower()
    if order not in ("ascending", "descending"):
        raise InvalidValue(
            "The query parameter 'sortOrder' must be 'ascending' or 'descending'.",
            path="sortOrder",
            rule="RFC 7644 §3.4.2.3",
        )
    return order == "descending"
