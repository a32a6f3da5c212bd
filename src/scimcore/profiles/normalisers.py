"""The values that an application asks for: what each kind of value must be, and its one canonical form.

Floor 8. A kind makes a function from a JSON value to the application's value; it returns None where there is none and
raises ``Refused`` with words that read well behind "Attribute 'x' ". Languages and territories are langcodes' business,
the names and three-letter codes of countries pycountry's (the extra ``countries``); both are loaded at the first value
that needs them.
"""

import importlib
import importlib.util
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from scimcore.documents import JSON, is_unassigned, json_type_name, printable
from scimcore.schema.characteristics import AttributeType
from scimcore.schema.datatypes import canonical_language_ranges

# The values are a client's: a bounded number of them is remembered.
_REMEMBERED = 4096

Normaliser: TypeAlias = Callable[[JSON], JSON]
"""From a value as received to the value of the record; None if it says nothing."""


class Refused(ValueError):
    """A value is not what its row asks for. The message follows the attribute's name."""


class Sign:
    """Stands in place of a value and says what there is instead; no normaliser takes it."""


NULL = Sign()
"""An explicit null where a value must be given or left out: a null ``active`` is no request to activate."""


class Reading(NamedTuple):
    """How values are read in one profile.

    Attributes:
        strict: Whether only the documented form is taken.
        country_names: Whether three-letter codes and English names of countries are understood.
    """

    strict: bool = False
    country_names: bool = False


class Kind(NamedTuple):
    """A kind of value.

    Attributes:
        name: As rows name it.
        summary: What it is, for tables of people.
        types: The attribute types that can hold it.
        make: Makes the normaliser of a profile.
        multi_valued: Whether the attribute's values are taken together, as a list.
        stored: The form in which the service keeps the value, where the application gets less than that.
    """

    name: str
    summary: str
    types: frozenset[AttributeType]
    make: Callable[[Reading], Normaliser]
    multi_valued: bool = False
    stored: Normaliser | None = None


# Text -----------------------------------------------------------------------------------------------------------------


def text(value: JSON) -> JSON:
    """Return a text without spaces around it."""
    if isinstance(value, str):
        return value.strip() or None
    if is_unassigned(value):
        return None
    raise Refused(f"must be a string, not {json_type_name(value)}")


def code(value: JSON) -> JSON:
    """Return a text; a number is written as one, since HR systems hand over ``102`` for ``"102"``."""
    if value.__class__ is str:
        return value.strip() or None
    return str(value) if value.__class__ in (int, float) else text(value)


def texts(value: JSON) -> JSON:
    """Return a list of texts, blank ones left out."""
    if isinstance(value, list):
        return [kept for kept in map(text, value) if kept is not None] or None
    if is_unassigned(value) or (isinstance(value, str) and not value.strip()):
        return None
    raise Refused(f"must be an array of strings, not {json_type_name(value)}")


# Booleans -------------------------------------------------------------------------------------------------------------


def boolean(value: JSON) -> JSON:
    """Return a boolean."""
    if value is True or value is False:
        return value
    raise Refused(f"must be a boolean, not {'null' if value is NULL else json_type_name(value)}")


def spelt_boolean(value: JSON) -> JSON:
    """Return a boolean, also one that was written as a text: ``"True"``."""
    if value is True or value is False:
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _BOOLEANS:
            return _BOOLEANS[word]
        raise Refused(f"must be a boolean, not '{printable(value)}'")
    return boolean(value)


# "yes", "1" and "on" stay refused: bool("False") is how leavers stay active.
_BOOLEANS = {"true": True, "false": False}


# E-mail and telephone -------------------------------------------------------------------------------------------------

# What a mailbox can be without quoting (RFC 5321 §4.1.2): `x@corp.local` and `x@intranet` are addresses too. Nearly all
# are ASCII, which is matched in a third of the time; the second pattern takes any script.
_ASCII_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*+", re.ASCII)
_EMAIL = re.compile(r'[^\s@<>(),;:\\"\[\]]{1,64}@[^\s@<>(),;:\\"\[\].]+(?:\.[^\s@<>(),;:\\"\[\].]+)*+')
_MAX_EMAIL_CHARACTERS = 254


def email(value: JSON) -> JSON:
    """Return an e-mail address without spaces around it; its spelling is kept."""
    if value.__class__ is str and len(value) <= _MAX_EMAIL_CHARACTERS and _ASCII_EMAIL.fullmatch(value):
        return value
    address = text(value)
    if address is None or (len(address) <= _MAX_EMAIL_CHARACTERS and _EMAIL.fullmatch(address)):
        return address
    raise Refused(f"value '{printable(address)}' is not an e-mail address")


# RFC 3966 with or without "tel:", and what people write into a directory: spaces, and an extension behind the number.
_PHONE = re.compile(
    r"(?:tel:\s*+)?\+?[0-9().\- ]*+(?:;[A-Za-z0-9-]++(?:=[^;\s]++)?)*+(?:\s*+(?:x|ext\.?)\s*+[0-9]++)?", re.IGNORECASE
)
_DIGITS = re.compile(r"[^0-9;]*+[0-9][^0-9;]*+[0-9]")
# What nearly every number is; it has two digits at least and cannot be too long.
_PLAIN_PHONE = re.compile(r"\+?[0-9][0-9 .()-]{0,28}[0-9]")
_MAX_PHONE_CHARACTERS = 64


def phone(value: JSON) -> JSON:
    """Return a telephone number as it was written, without spaces around it."""
    if value.__class__ is str and _PLAIN_PHONE.fullmatch(value):
        return value
    number = text(value)
    if number is None or (len(number) <= _MAX_PHONE_CHARACTERS and _PHONE.fullmatch(number) and _DIGITS.match(number)):
        return number
    raise Refused(f"value '{printable(number)}' is not a telephone number")


def loose_phone(value: JSON) -> JSON:
    """As ``phone``, and with the slash behind an area code that is usual in Germany: ``030/901820``."""
    if value.__class__ is str and _PLAIN_PHONE.fullmatch(value):
        return value
    number = text(value)
    if number is not None and "/" in number[1:-1]:
        phone(number.replace("/", "-"))
        return number
    return phone(number)


# Languages ------------------------------------------------------------------------------------------------------------


def language(value: JSON) -> JSON:
    """Return the ISO 639-1 code of a language tag or of the first tag of an Accept-Language list."""
    wanted = value.strip() if value.__class__ is str else text(value)
    return language_code(wanted, False) if wanted else None


def strict_language(value: JSON) -> JSON:
    """Return an ISO 639-1 code; anything but its two letters is refused."""
    wanted = value.strip() if value.__class__ is str else text(value)
    return language_code(wanted, True) if wanted else None


@lru_cache(_REMEMBERED)
def language_code(tag: str, strict: bool) -> str:
    """Return the two letters that ISO 639-1 has for a language: ``en`` for ``en-US``, ``en_US``, ``eng``.

    Args:
        tag: A language tag; unless strict also with an underscore, or several as an Accept-Language header has them.
        strict: Whether the code alone is taken.

    Raises:
        Refused: If there is no such language, or ISO 639-1 has no code for it.
    """
    first = tag.partition(",")[0].partition(";")[0].strip().replace("_", "-")
    primary = first.partition("-")[0].lower()
    if strict and (len(tag) != 2 or primary != tag.lower()):
        raise Refused(f"value '{printable(tag)}' is not an ISO 639-1 language code: two letters such as 'en'")
    langcodes: Any = importlib.import_module("langcodes")
    try:
        found = _TAGALOG.get(primary)
        if found is None and len(primary) in (2, 3) and primary.isalpha() and primary not in _WITHDRAWN:
            # langcodes takes the tag's other parts for a locale; here they only have to be well-formed.
            canonical_language_ranges(first)
            found = langcodes.standardize_tag(primary).partition("-")[0] if langcodes.tag_is_valid(primary) else None
    except ValueError:
        found = None
    if found is None or len(found) != 2 or (strict and found != primary):
        raise Refused(f"value '{printable(tag)}' is not an ISO 639-1 language code")
    code: str = found
    return code


# CLDR reads Tagalog as Filipino, for which ISO 639-1 has no code.
_TAGALOG = {"tl": "tl", "tgl": "tl"}
# ISO 639-1 gave this one up without a successor.
_WITHDRAWN = frozenset({"bh"})


def stored_language(value: JSON) -> JSON:
    """Return language tags in canonical form; who provisions compares what it sent with what it reads."""
    tags = text(value)
    return None if tags is None else canonical_language_ranges(tags)


# Countries ------------------------------------------------------------------------------------------------------------


def country(value: JSON) -> JSON:
    """Return an ISO 3166-1 alpha-2 code in capitals."""
    wanted = value.strip() if value.__class__ is str else text(value)
    return country_code(wanted, False) if wanted else None


def named_country(value: JSON) -> JSON:
    """As ``country``, from an alpha-3 code or an English name as well."""
    wanted = value.strip() if value.__class__ is str else text(value)
    return country_code(wanted, True) if wanted else None


@lru_cache(_REMEMBERED)
def country_code(wanted: str, names: bool) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country.

    Args:
        wanted: The code, in any casing.
        names: Whether pycountry is asked for what is no such code.

    Raises:
        Refused: If there is no such country.
    """
    code = wanted.upper()
    if len(code) == 2 and code.isascii() and code.isalpha():
        langcodes: Any = importlib.import_module("langcodes")
        if code not in _NOT_COUNTRIES.split() and langcodes.Language.make(territory=code).is_valid():
            return code
    elif names and len(wanted) > 2 and not wanted.isdigit():
        pycountry: Any = importlib.import_module("pycountry")
        try:
            found: str = pycountry.countries.lookup(wanted).alpha_2
        except LookupError:
            pass
        else:
            return found
    raise Refused(f"value '{printable(wanted)}' is not an ISO 3166-1 alpha-2 code")


# Valid in language tags, and in no list of ISO 3166-1: reserved, withdrawn, private use, and groups of countries.
_NOT_COUNTRIES = (
    "AA AC AN BU CP CS DD DG EA EU EZ FX IC NT QM QN QO QP QQ QR QS QT QU QV QW QX QY QZ SU TA TP UN "
    "XA XB XC XD XE XF XG XH XI XJ XK XL XM XN XO XP XQ XR XS XT XU XV XW XX XY XZ YD YU ZR ZZ"
)


def knows_country_names() -> bool:
    """Tell whether the extra ``countries`` is installed."""
    return importlib.util.find_spec("pycountry") is not None


# The table ------------------------------------------------------------------------------------------------------------

_TEXT = frozenset({AttributeType.STRING, AttributeType.REFERENCE, AttributeType.DATE_TIME, AttributeType.BINARY})
_STRING = frozenset({AttributeType.STRING})

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("text", "a text", _TEXT, lambda _: text),
        Kind("code", "a text; lenient: also a number", _STRING, lambda how: text if how.strict else code),
        Kind("texts", "texts", _STRING, lambda _: texts, multi_valued=True),
        Kind(
            "boolean",
            "a boolean; lenient: also its word",
            frozenset({AttributeType.BOOLEAN}),
            lambda how: boolean if how.strict else spelt_boolean,
        ),
        Kind("email", "an e-mail address", _STRING, lambda _: email),
        Kind("phone", "a telephone number", _STRING, lambda how: phone if how.strict else loose_phone),
        Kind(
            "language",
            "an ISO 639-1 code; lenient: a language tag, of which the application gets the code",
            _STRING,
            lambda how: strict_language if how.strict else language,
            stored=stored_language,
        ),
        Kind(
            "country",
            "an ISO 3166-1 alpha-2 code; lenient, with the extra `countries`: also an alpha-3 code or an English name",
            _STRING,
            lambda how: named_country if how.country_names and not how.strict else country,
        ),
    )
}
"""Every kind of value that a row can ask for."""
