"""The same filters over the same users: in memory, in SQLite, in PostgreSQL. The answers are equal, always."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from scimcore import urns
from scimcore.filter import predicate
from scimcore.filter.ast import And, Comparison, FilterNode, Literal, Not, Operator, Or, Present, ValuePath
from scimcore.filter.binding import bind
from scimcore.filter.values import compose
from scimcore.ordering import ordered, sort_key
from scimcore.paths import AttributePath
from sql_host import GADGET, LAB, MAPPINGS, SHADOWED, USERS, Person, forget, store

# Case variants, composed and not, letters that change when they are folded, wildcards, quotes, empty.
TEXTS = [
    "", "a", "A", "b", "ab", "Ab", "bA", "mira", "MIRA", "Mira Okafor", "x%y", "%", "_", "a_b", "axb", "/", "/%", "\\",
    "\\%",
    "'", '"', "''; --", "O'Kafor", "é", "E\u0301", "e", "ß", "ss", "SS", "ſ", "s", "\u212a", "k", "K", "İ", "i\u0307",
    "I", "ı",
    "ﬁ", "fi", "Σ", "ς", "σ", "Ω", "\u2126", "\u037e", ";", "日本", "日", "🙂", "🙂x", "\uffff", "\U0010ffff", "\ue000",
    " ", "a ",
    " a", "\t", "0", "1", "true", "null", "work", "Work", "home", "Jürgen", "JU\u0308RGEN", "\u0345", "ι", "z",
]  # fmt: skip
TIMES = [
    "2024-03-01T08:00:00Z", "2024-03-01T10:00:00+02:00", "2024-03-01T08:00:00.000001Z", "2024-02-29T23:30:00-08:30",
    "2024-03-01T08:00:00", "2011-05-13", "1999-12-31T23:59:59.999999Z", "2000-01-01T00:00:00Z",
]  # fmt: skip
FAR_TIMES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]
texts = st.sampled_from(TEXTS) | st.text(st.sampled_from("abAB%_/é\u0301ßſ\u212a'\"\\ \U0010ffff"), max_size=4)
integers = st.sampled_from([0, 1, -1, 9, 10, 2**31, 2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)])
decimals = st.sampled_from([0.0, 0.1, 0.5, -1.5, 4.5, 4.25, 10.0, 1e6])
booleans = st.booleans()
moments = st.sampled_from([time for time in TIMES if len(time) > 10])


def some(parts: dict[str, st.SearchStrategy]) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({}, optional=parts)


def filled(parts: dict[str, st.SearchStrategy]) -> st.SearchStrategy[dict]:
    return some(parts).filter(bool)


emails = filled(
    {"value": texts, "type": st.sampled_from(["work", "home", "Work", ""]), "display": texts, "primary": booleans}
)
# A row without anything is the element without anything.
bare = st.just({})
extension = {
    urns.ENTERPRISE_USER: filled(
        {"employeeNumber": texts, "department": texts, "manager": filled({"value": texts, "displayName": texts})}
    ),
    GADGET: filled(
        {
            "badgeLevel": integers,
            "rating": decimals,
            "offset": integers,
            "remote": booleans,
            "locker-no": texts,
            "city": texts,
        }
    ),
    LAB: filled(
        {
            "tags": st.lists(texts, min_size=1, max_size=3),
            "keys": st.lists(texts, min_size=1, max_size=3),
            "part": filled({"label": texts, "codes": st.lists(texts, min_size=1, max_size=2)}),
            "badge": texts,
        }
    ),
}
# As two elements of a row of columns: the one of a type, the other without.
roles = (
    st.tuples(
        st.lists(st.builds(lambda value: {"value": value, "type": "One"}, texts), max_size=1),
        st.lists(filled({"value": texts.map(compose), "display": texts}), max_size=1),
    )
    .map(lambda both: both[0] + both[1])
    .filter(bool)
)
users = st.fixed_dictionaries(
    {
        "schemas": st.lists(st.sampled_from([urns.USER, urns.ENTERPRISE_USER, GADGET]), min_size=1, unique=True),
        "meta": st.fixed_dictionaries(
            {"resourceType": st.just("User")}, optional={"created": moments, "lastModified": moments, "version": texts}
        ),
    },
    optional={
        "externalId": texts,
        "userName": texts,
        "displayName": texts,
        "nickName": texts,
        "title": texts,
        "name": filled({"givenName": texts, "familyName": texts, "middleName": texts}),
        "active": booleans,
        "emails": st.lists(emails | bare, min_size=1, max_size=3),
        "phoneNumbers": st.lists(filled({"value": texts, "type": texts}), min_size=1, max_size=2),
        "preferredLanguage": st.sampled_from(["0", "42", "-7", str(2**63 - 1)]),
        "roles": roles,
        "x509Certificates": st.lists(
            st.fixed_dictionaries({"value": st.sampled_from(["TUlJQw==", "tuljqw=="])}), min_size=1, max_size=2
        ),
        **extension,
    },
)


def numbered(several: list[dict]) -> list[dict]:
    return [document | {"id": f"{number}-Ab"} for number, document in enumerate(several)]


populations = st.lists(users, min_size=1, max_size=5).map(numbered)

ALL = list(Operator)
ORDER = [Operator.EQ, Operator.NE, Operator.GT, Operator.GE, Operator.LT, Operator.LE]
EQUALITY = [Operator.EQ, Operator.NE]
# NUL is in no text of a user here (PostgreSQL has none), but clients may ask for it.
asked_texts = texts | st.sampled_from(["a\0", "\0", "a\0b", "A\0b", "42", "042", "-7", "user", "User", "one"])
asked_numbers = integers | decimals | st.sampled_from([2**70, -(2**70), 10**400, -(10**400), 0.1, 4.26, 1e300, -1e300])
TYPES: dict[str, tuple[list[Operator], st.SearchStrategy[Literal]]] = {
    "text": (ALL, asked_texts),
    "number": (ORDER, asked_numbers),
    "boolean": (EQUALITY, booleans),
    "time": (ORDER, st.sampled_from(TIMES + FAR_TIMES)),
    "binary": (EQUALITY, st.sampled_from(["TUlJQw==", "tuljqw==", "é"])),
}
PATHS = {
    "text": [
        "id", "externalId", "userName", "displayName", "nickName", "title", "name.givenName", "name.familyName",
        "name.formatted",
        "meta.version", "meta.resourceType", "schemas", "preferredLanguage", "timezone", "roles", "roles.value",
        "roles.type", "roles.display", "emails", "emails.value", "emails.type", "emails.display", "phoneNumbers.value",
        "phoneNumbers.display", "locale", "addresses.locality", f"{urns.ENTERPRISE_USER}:department",
        f"{urns.ENTERPRISE_USER}:manager.value", f"{urns.ENTERPRISE_USER}:manager.displayName", f"{GADGET}:locker-no",
        f"{GADGET}:city", f"{LAB}:tags", f"{LAB}:keys", f"{LAB}:badge", f"{LAB}:part.label", f"{LAB}:part.codes",
    ],
    "number": [f"{GADGET}:badgeLevel", f"{GADGET}:rating", f"{GADGET}:offset"],
    "boolean": ["active", "emails.primary", f"{GADGET}:remote"],
    "time": ["meta.created", "meta.lastModified"],
    "binary": ["x509Certificates", "x509Certificates.value"],
}  # fmt: skip
WHOLES = [
    "name", "emails", "phoneNumbers", "meta", "roles", "ims", "addresses", f"{urns.ENTERPRISE_USER}:manager",
    f"{LAB}:part", urns.ENTERPRISE_USER, GADGET, LAB,
]  # fmt: skip
INSIDE = {
    "emails": [("value", "text"), ("type", "text"), ("display", "text"), ("primary", "boolean")],
    "phoneNumbers": [("value", "text"), ("type", "text"), ("display", "text")],
    "roles": [("value", "text"), ("type", "text"), ("display", "text")],
    "name": [("givenName", "text"), ("familyName", "text"), ("formatted", "text")],
    "schemas": [("value", "text")],
    "x509Certificates": [("value", "binary")],
    urns.ENTERPRISE_USER: [("department", "text"), ("manager.value", "text"), ("manager.displayName", "text")],
    GADGET: [("badgeLevel", "number"), ("remote", "boolean"), ("city", "text")],
    LAB: [("tags", "text"), ("part.codes", "text"), ("badge", "text")],
    f"{LAB}:tags": [("value", "text")],
    f"{LAB}:part": [("label", "text"), ("codes", "text")],
}


def comparisons(path: str, kind: str) -> st.SearchStrategy[FilterNode]:
    operators, values = TYPES[kind]
    of = AttributePath.parse(path)
    compared = st.builds(Comparison, st.just(of), st.sampled_from(operators), values)
    null = st.builds(Comparison, st.just(of), st.sampled_from(EQUALITY), st.none())
    return compared | compared | compared | null | st.just(Present(of))


def combined(terms: st.SearchStrategy[FilterNode], leaves: int) -> st.SearchStrategy[FilterNode]:
    return st.recursive(
        terms,
        lambda inner: (
            st.lists(inner, min_size=2, max_size=3).map(tuple).map(And)
            | st.lists(inner, min_size=2, max_size=3).map(tuple).map(Or)
            | st.builds(Not, inner)
        ),
        max_leaves=leaves,
    )


plain = st.sampled_from([(path, kind) for kind, paths in PATHS.items() for path in paths]).flatmap(
    lambda each: comparisons(*each)
)
wholes = st.sampled_from(WHOLES).flatmap(
    lambda path: st.just(Present(AttributePath.parse(path))) | comparisons(path, "text").filter(_asks_for_null)
)
value_paths = st.sampled_from(list(INSIDE)).flatmap(
    lambda path: st.builds(
        ValuePath,
        st.just(AttributePath.parse(path)),
        combined(st.sampled_from(INSIDE[path]).flatmap(lambda each: comparisons(*each)), 4),
    )
)
filters = combined(plain | plain | wholes | value_paths, 5)


def _asks_for_null(node: FilterNode) -> bool:
    return isinstance(node, Comparison) and node.value is None


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Connection:
    engine: Engine = request.getfixturevalue(request.param)
    with engine.connect() as connection:
        yield connection
        connection.rollback()


def found_in_sql(connection: Connection, mapping: str, node: FilterNode, documents: list[dict]) -> set[str]:
    by_id = {document["id"]: document for document in documents}
    condition, residual = MAPPINGS[mapping].split(bind(node, USERS))
    query = select(Person.id) if condition is None else select(Person.id).where(condition)
    candidates = connection.scalars(query).all()
    assert len(candidates) == len(set(candidates))
    return {each for each in candidates if residual is None or residual(by_id[each])}


@given(documents=populations, nodes=st.lists(filters, min_size=4, max_size=10))
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_equal_answers(database: Connection, documents: list[dict], nodes: list[FilterNode]) -> None:
    forget(database)
    store(database, documents)
    for node in nodes:
        matches = predicate(bind(node, USERS).node)
        expected = {document["id"] for document in documents if matches(document)}
        for mapping in MAPPINGS:
            assert found_in_sql(database, mapping, node, documents) == expected, (mapping, str(node))
        # Where everything has its column, SQL answers alone, and never with NULL.
        condition = SHADOWED.compile(bind(node, USERS))
        answers = {key: answer for key, answer in database.execute(select(Person.id, condition))}
        assert {key for key, answer in answers.items() if answer} == expected
        assert None not in answers.values()


@st.composite
def large_filters(draw: st.DrawFn) -> FilterNode:
    """A few terms, repeated and nested: more than any client sends, and what the parser lets pass."""
    terms = draw(st.lists(plain | value_paths, min_size=1, max_size=4))
    length, levels = draw(st.sampled_from([(2, 8), (2, 28), (2, 45), (24, 7), (26, 28), (60, 3), (190, 1), (900, 1)]))
    node = terms[0]
    for level in range(levels):
        chain = [terms[number % len(terms)] for number in range(length)]
        node = (Or if level % 2 else And)(tuple([*chain, node] if draw(st.booleans()) else [node, *chain]))
        node = Not(node) if draw(st.booleans()) else node
    return node


@given(documents=populations, node=large_filters())
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_equal_answers_to_large_filters(database: Connection, documents: list[dict], node: FilterNode) -> None:
    forget(database)
    store(database, documents)
    matches = predicate(bind(node, USERS).node)
    expected = {document["id"] for document in documents if matches(document)}
    for mapping in MAPPINGS:
        assert found_in_sql(database, mapping, node, documents) == expected, mapping


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "path",
    ["userName", "name.familyName", "externalId", "id", "active", "meta.created", f"{GADGET}:badgeLevel",
     f"{GADGET}:rating", f"{GADGET}:city", f"{urns.ENTERPRISE_USER}:department"],
)  # fmt: skip
@given(documents=populations)
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_equal_order(database: Connection, path: str, descending: bool, documents: list[dict]) -> None:
    forget(database)
    store(database, documents)
    expected = [each["id"] for each in ordered(documents, sort_key(path, USERS), descending=descending)]
    for mapping in MAPPINGS.values():
        order = mapping.order_by(path, descending=descending)
        if order:
            assert database.scalars(select(Person.id).order_by(*order, Person.id)).all() == expected
