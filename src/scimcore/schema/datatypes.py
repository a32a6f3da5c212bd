"""The texts that carry data types which JSON has not: dateTime, binary, language tags, time zones (RFC 7643 §2.3).

Floor 2. Each function takes a text, returns its canonical form and raises ``ValueError`` with a reason that reads well
behind "Attribute 'x' ". A value that is already canonical comes back as it was sent.

langcodes, dateutil and zoneinfo are loaded when the first value needs them, and the patterns here are compiled then:
together they cost as much as all of scimcore to import, and many processes never see such a value.
"""

import importlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import Any

from scimcore.documents import printable
from scimcore.schema.characteristics import Format

# The texts are a client's: a bounded number of them is remembered, so that a flood of new ones costs no memory.
_REMEMBERED = 4096

# RFC 3339 §5.6 in the spelling that RFC 7643 §2.3.5 asks for: a capital T and Z, colons in the offset.
_RFC_3339 = (
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:\.[0-9]+)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


def parse_date_time(text: str) -> datetime:
    """Read a point in time.

    RFC 3339 is read first; then whatever else names one instant without guessing: the basic forms of ISO 8601,
    a space for the T, .NET's seven digits, RFC 5322 dates.

    Raises:
        ValueError: If it is no date and time, or has no time zone.

    RFC 7643 §2.3.5.
    """
    try:
        moment = datetime.fromisoformat(text) if len(text) > 10 else _guess_date_time(text)
    except ValueError:
        moment = _guess_date_time(text)
    if moment.tzinfo is None:
        raise ValueError("must name its time zone: 2011-05-13T04:42:34Z")
    return moment


def canonical_date_time(text: str) -> str:
    """Return the RFC 3339 form of a point in time, the same instant; one that is in this form stays as it is.

    Raises:
        ValueError: As for ``parse_date_time``.
    """
    moment = parse_date_time(text)
    return text if re.fullmatch(_RFC_3339, text) else format_date_time(moment)


def format_date_time(moment: datetime) -> str:
    """Write an instant as RFC 3339 says, with milliseconds or microseconds only where there are any.

    A time in UTC ends in ``Z``; any other keeps its offset.
    """
    offset = moment.utcoffset()
    if offset is not None and offset % _MINUTE:
        # RFC 3339 has no seconds in an offset.
        moment = moment.astimezone(timezone.utc)  # noqa: UP017 - beside `timezone` below
    microsecond = moment.microsecond
    text = moment.isoformat(timespec="milliseconds") if microsecond and not microsecond % 1000 else moment.isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


# "GMT+3" is three hours behind for POSIX and ahead for everyone else. AM and PM are no names of zones.
_NAMED_OFFSET = re.compile(r"(?<![AP]M)(?<=[A-Z])\s?[+-][0-9:]{1,5}$", re.IGNORECASE)


# Day, month and year in numbers alone, the year not in front.
_NUMBERS = re.compile(r"\s*([0-9]{1,2})([/.-])([0-9]{1,2})[/.-]([0-9]+)")


def _is_ambiguous(text: str) -> bool:
    """Tell whether a date is one day for some and another one for others, or of an unknown century.

    With slashes and a twelve-hour clock it is American: .NET writes so where it is told of no culture.
    """
    numbers = _NUMBERS.match(text)
    if numbers is None:
        return False
    first, mark, second, year = numbers.groups()
    if len(year) != 4:
        return True
    american = mark == "/" and re.search(r"[AP]M\b", text, re.IGNORECASE) is not None
    return not american and first != second and int(first) <= 12 and int(second) <= 12


@lru_cache(_REMEMBERED)
def _guess_date_time(text: str) -> datetime:
    # A sign in front is a year before our era, or after the year 9999: dateutil would read another year.
    if len(text) > 64 or text.lstrip()[:1] in ("-", "+") or _NAMED_OFFSET.search(text) or _is_ambiguous(text):
        raise ValueError("must be a date and time: 2011-05-13T04:42:34Z")
    parser: Any = importlib.import_module("dateutil.parser")
    try:
        # What dateutil does not find in the text it takes from the default: two defaults show that it found it all.
        # Names of zones mean one thing here and another there: only an offset and UTC itself are read.
        first, second = (
            parser.parse(text, default=default, tzinfos=lambda _, offset: offset)
            for default in (datetime(2001, 1, 1), datetime(2002, 2, 2, 1, 1))
        )
    except (ValueError, OverflowError, TypeError):
        first, second = None, None
    if first is None or first != second:
        raise ValueError("must be a date and time: 2011-05-13T04:42:34Z")
    found: datetime = first
    # dateutil's own zone classes stay inside: the standard library's say the same.
    try:
        offset = found.utcoffset()
        return found if offset is None else found.replace(tzinfo=timezone(offset))
    except ValueError:
        raise ValueError("must have an offset of less than a day: 2011-05-13T04:42:34+02:00") from None


_MINUTE = timedelta(minutes=1)
_BASE64 = r"(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)(={0,2})"


def canonical_binary(text: str) -> str:
    """Check a base64 text of either alphabet, padded or not; line breaks are allowed (certificates have them).

    Raises:
        ValueError: If it is not base64.

    RFC 7643 §2.3.6, RFC 4648 §4 and §5.
    """
    if len(text) % 4 == 0 and _is_padded_base64(text):
        return text
    digits = "".join(text.split())
    match = re.fullmatch(_BASE64, digits)
    # Padding may be left out, but if there is any it completes the last four digits.
    if match is None or len(digits.rstrip("=")) % 4 == 1 or (match[1] and len(digits) % 4):
        raise ValueError("must be base64 text")
    return text


def _is_padded_base64(text: str) -> bool:
    """Recognise the common form outside Python: the standard alphabet, padded, in one line."""
    # To take all digits out takes a seventh of the time of decoding them.
    padding = text.encode("utf-8", "replace").translate(None, _BASE64_DIGITS)
    return not padding or (padding in (b"=", b"==") and text.endswith(padding.decode()))


_BASE64_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@lru_cache(_REMEMBERED)
def canonical_language_tag(text: str) -> str:
    """Return a BCP 47 language tag with hyphens and the usual capitals: ``en_us`` becomes ``en-US``.

    Deprecated tags stay what they are: a locale is the user's, not ours to modernise.

    Raises:
        ValueError: If it is not a valid tag.

    RFC 7643 §4.1.1 (locale), RFC 5646.
    """
    langcodes: Any = importlib.import_module("langcodes")
    tag = text.replace("_", "-")
    if len(tag) > 64 or not re.fullmatch(_LANGUAGE_TAG, tag) or not langcodes.tag_is_valid(tag):
        raise ValueError(f"must be a BCP 47 language tag such as 'en-US', not '{printable(text)}'")
    canonical: str = langcodes.get(tag, normalize=False).to_tag()
    return canonical


# Each tag is checked against the registry of languages: a long list would be dear.
_RANGES_CHARACTERS = 1024
_LANGUAGE_TAG = r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*|[XxIi](?:-[A-Za-z0-9]{1,8})+"
_QUALITY = r"\s*;\s*[qQ]\s*=\s*(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*"


@lru_cache(_REMEMBERED)
def canonical_language_ranges(text: str) -> str:
    """Return one or more language tags in the form of an Accept-Language header: ``en-US,de;q=0.7``.

    Raises:
        ValueError: If a tag is not valid or a quality is not a number from 0 to 1.

    RFC 7643 §4.1.1 (preferredLanguage), RFC 7231 §5.3.5.
    """
    if len(text) > _RANGES_CHARACTERS:
        raise ValueError(f"must be language tags of {_RANGES_CHARACTERS} characters at most")
    ranges = []
    for item in text.split(","):
        tag, semicolon, quality = item.partition(";")
        if not re.fullmatch(_QUALITY, semicolon + quality) and semicolon:
            raise ValueError(f"must be language tags such as 'en-US,de;q=0.7', not '{printable(text)}'")
        tag = tag.strip()
        ranges.append(
            (tag if tag == "*" else canonical_language_tag(tag)) + (semicolon + quality.strip() if semicolon else "")
        )
    return ",".join(ranges)


@lru_cache(_REMEMBERED)
def canonical_time_zone(text: str) -> str:
    """Return the name of a time zone as the IANA database spells it, whatever the casing.

    Where the machine has no such database, any name of the right shape is taken.

    Raises:
        ValueError: If there is no time zone of that name.

    RFC 7643 §4.1.1 (timezone), RFC 6557.
    """
    zones = _time_zones()
    if not zones and re.fullmatch(_TIME_ZONE, text):
        return text
    name = zones.get(text.lower())
    if name is None:
        raise ValueError(f"must be a time zone of the IANA database such as 'Europe/Oslo', not '{printable(text)}'")
    return name


_TIME_ZONE = r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+){0,2}"


@cache
def _time_zones() -> dict[str, str]:
    zoneinfo: Any = importlib.import_module("zoneinfo")
    return {name.lower(): name for name in zoneinfo.available_timezones()}


CANONICAL: dict[Format, Callable[[str], str]] = {
    Format.LANGUAGE_TAG: canonical_language_tag,
    Format.LANGUAGE_RANGES: canonical_language_ranges,
    Format.TIME_ZONE: canonical_time_zone,
}
"""For each format of a string attribute, the function that checks and canonicalises it."""
