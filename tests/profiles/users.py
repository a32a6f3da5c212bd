"""Any user: what clients send, and what they should not, for laws."""

from typing import Any

from hypothesis import strategies as st

from scimcore import urns
from scimcore.profiles import BY_NAME, CONDECO

SPACES = st.sampled_from(["", " ", "\t"])
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=12)
TEXTS = st.one_of(st.builds(lambda a, b, c: a + b + c, SPACES, WORDS, SPACES), st.sampled_from(["", "  ", None]))
EMAILS = st.sampled_from(["ada@example.com", "x@corp.local", " b@c ", "bad", "", None])
PHONES = st.sampled_from(["+44 20 7946 0001", "tel:+1-201-555-0123;ext=5", "111", "nobody", "", None])
TYPES = st.sampled_from(["work", "Work", "home", "mobile", "cellular", "cell", "fax", "other", None])
PRIMARY = st.sampled_from([True, False, None, "True", "false"])


def elements(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    element = st.fixed_dictionaries({}, optional={**parts, "type": TYPES, "primary": PRIMARY})
    return st.one_of(st.none(), st.lists(element, max_size=4))


ENTERPRISE = st.fixed_dictionaries(
    {},
    optional={
        "department": TEXTS,
        "costCenter": st.one_of(TEXTS, st.integers(0, 999)),
        "employeeNumber": TEXTS,
        "organization": TEXTS,
        "manager": st.fixed_dictionaries({}, optional={"value": TEXTS}),
    },
)


def custom(urn: str, names: tuple[str, ...]) -> dict[str, st.SearchStrategy[Any]]:
    return {urn: st.fixed_dictionaries({}, optional=dict.fromkeys(names, TEXTS))}


USERS = st.fixed_dictionaries(
    {"schemas": st.just([urns.USER])},
    optional={
        "userName": TEXTS,
        "externalId": TEXTS,
        "displayName": TEXTS,
        "active": st.sampled_from([True, False, "True", "false"]),
        "preferredLanguage": st.sampled_from(["en", "en-US", "en_GB", "eng", "de-DE,en;q=0.5", "e", "", None]),
        "name": st.fixed_dictionaries({}, optional=dict.fromkeys(("givenName", "middleName", "familyName"), TEXTS)),
        "emails": elements(value=EMAILS),
        "phoneNumbers": elements(value=PHONES),
        "addresses": elements(country=st.sampled_from(["GB", "us", "ZZ", "", None]), locality=TEXTS, formatted=TEXTS),
        "title": TEXTS,
        urns.ENTERPRISE_USER: ENTERPRISE,
        **custom(CONDECO.extension_urn, ("group", "floor", "businessCategory")),
        **custom(BY_NAME["EPTURA"].extension_urn, ("image", "floor", "officeLocation", "workMode")),
    },
)
