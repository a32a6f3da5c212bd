import pytest

from scimcore.errors import InvalidValue
from scimcore.profiles import CONDECO, normalisers
from scimcore.profiles.normalisers import KINDS, Reading, Refused, country_code, language_code

STRICT, LENIENT, NAMES = Reading(strict=True), Reading(), Reading(country_names=True)


@pytest.mark.parametrize(
    ("tag", "code"),
    {
        "en": "en",
        "EN": "en",
        "en-US": "en",
        "en_US": "en",
        "eng": "en",
        "fre": "fr",
        "zh-Hant-TW": "zh",
        "en-US,de;q=0.7": "en",
        " de ; q=0.5": "de",
        "tl": "tl",
        "tgl": "tl",
        "iw": "he",
        "nb": "nb",
        "sh": "sr",
    }.items(),
)
def test_languages(tag: str, code: str) -> None:
    assert KINDS["language"].make(LENIENT)(tag) == code


@pytest.mark.parametrize("tag", ["e", "english", "xx", "haw", "bh", "*", "en-!!", "12", "en us", "fil", "é!"])
def test_no_languages(tag: str) -> None:
    for how in (LENIENT, STRICT):
        with pytest.raises(Refused, match="is not an ISO 639-1 language code"):
            KINDS["language"].make(how)(tag)


@pytest.mark.parametrize("tag", ["en-US", "en_US", "eng", "en,de", "en;q=1", "iw", "sh"])
def test_strict_takes_two_letters_only(tag: str) -> None:
    with pytest.raises(Refused, match="ISO 639-1"):
        KINDS["language"].make(STRICT)(tag)
    assert KINDS["language"].make(STRICT)("DE") == "de"


def test_each_two_letter_code_of_iso_639_1() -> None:
    pycountry = pytest.importorskip("pycountry")
    codes = {item.alpha_2 for item in pycountry.languages if hasattr(item, "alpha_2")}
    # Withdrawn from the standard; kept by pycountry.
    codes.discard("sh")
    assert len(codes) == 183
    for code in codes:
        assert language_code(code, True) == code
        assert language_code(code, False) == code
    letters = "abcdefghijklmnopqrstuvwxyz"
    for code in {first + second for first in letters for second in letters} - codes:
        with pytest.raises(Refused):
            language_code(code, True)


def test_each_country_of_iso_3166_1() -> None:
    pycountry = pytest.importorskip("pycountry")
    codes = {item.alpha_2 for item in pycountry.countries}
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert len(codes) == 249
    for code in {first + second for first in letters for second in letters}:
        if code in codes:
            assert country_code(code.lower(), False) == code
        else:
            with pytest.raises(Refused, match="is not an ISO 3166-1 alpha-2 code"):
                country_code(code, True)


@pytest.mark.parametrize(("name", "code"), {"IND": "IN", "India": "IN", "united kingdom": "GB", "gbr": "GB"}.items())
def test_names_of_countries(name: str, code: str) -> None:
    pytest.importorskip("pycountry")
    assert KINDS["country"].make(NAMES)(name) == code
    for how in (STRICT, LENIENT, Reading(strict=True, country_names=True)):
        with pytest.raises(Refused):
            KINDS["country"].make(how)(name)


@pytest.mark.parametrize("name", ["Atlantis", "826", "UK", "éé", "XXX"])
def test_no_names_of_countries(name: str) -> None:
    pytest.importorskip("pycountry")
    with pytest.raises(Refused):
        KINDS["country"].make(NAMES)(name)


def test_without_the_extra_a_profile_that_insists_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(normalisers.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InvalidValue, match=r"scimcore\[countries\]"):
        CONDECO.extend(country_names="on")
    user = {"addresses": [{"type": "work", "country": "India"}]}
    assert "country" not in CONDECO.extend(name="AUTO").to_record(user)


@pytest.mark.parametrize(
    "number",
    ["+44 20 7946 0001", "tel:+1-201-555-0123", "tel:7042;phone-context=example.com", "(202) 555.0142", "111",
     "+1 202 555 0142 x12", "+1 202 555 0142 ext. 12", "030/901820"],
)  # fmt: skip
def test_telephone_numbers(number: str) -> None:
    assert KINDS["phone"].make(LENIENT)(f" {number} ") == number


@pytest.mark.parametrize("number", ["call me", "1", "++1", "tel:", "()", "1" * 65, "12;", "/", "https://1.2/3"])
def test_no_telephone_numbers(number: str) -> None:
    for how in (LENIENT, STRICT):
        with pytest.raises(Refused, match="is not a telephone number"):
            KINDS["phone"].make(how)(number)


def test_strict_knows_no_slash_in_a_number() -> None:
    with pytest.raises(Refused):
        KINDS["phone"].make(STRICT)("030/901820")


@pytest.mark.parametrize(
    "address",
    ["a@b", "x@corp.local", "o'neil+tag@sub.example.com", "jörg@müller.example", "名@例え.jp", "a..b@docomo.example"],
)
def test_addresses(address: str) -> None:
    assert KINDS["email"].make(STRICT)(f"{address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "@b",
        "a@",
        "a@b@c",
        "a b@c",
        "a@b..c",
        "a@.b",
        "a@b.",
        "<a@b>",
        "a@b,c@d",
        "a" * 65 + "@b",
        "a@" + "b" * 254,
    ],
)
def test_no_addresses(address: str) -> None:
    with pytest.raises(Refused, match="is not an e-mail address"):
        KINDS["email"].make(LENIENT)(address)


def test_hostile_texts_take_no_time() -> None:
    for kind in ("phone", "email", "language", "country"):
        for text in ("1" * 50_000 + "!", "a." * 50_000, "a-" * 50_000, "((" * 50_000, "a@" + "b." * 50_000):
            with pytest.raises(Refused):
                KINDS[kind].make(LENIENT)(text)


def test_booleans_and_codes() -> None:
    lenient, strict = KINDS["boolean"].make(LENIENT), KINDS["boolean"].make(STRICT)
    assert [lenient(word) for word in (True, False, "True", " FALSE ")] == [True, False, True, False]
    assert strict(True) is True
    with pytest.raises(Refused, match="must be a boolean, not a string"):
        strict("true")
    with pytest.raises(Refused, match="must be a boolean, not 'yes'"):
        lenient("yes")
    assert KINDS["code"].make(LENIENT)(102) == "102"
    with pytest.raises(Refused, match="must be a string, not a number"):
        KINDS["code"].make(STRICT)(102)
    with pytest.raises(Refused, match="must be a string, not a boolean"):
        KINDS["code"].make(LENIENT)(True)
