"""``vectors/filters.json`` over tables and JSON: the answers of memory, on both databases."""

import pytest
from sqlalchemy import Connection, Engine, select

from filter_corners import CORNERS, text_of
from scimcore.errors import InvalidFilter
from scimcore.filter import Filter, UnknownAttribute, bind, parse
from sql_host import MAPPINGS, SHADOWED, USERS, VECTORS, Person, store

RESOURCE = VECTORS["filter_resource"]
CASES = {case["id"]: case for case in VECTORS["cases"] if case["valid"]}
# No attribute of the type: a case for where several types are searched.
UNDEFINED = "f-name-12"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def loaded(request: pytest.FixtureRequest) -> Connection:
    engine: Engine = request.getfixturevalue(request.param)
    with engine.connect() as connection:
        store(connection, [RESOURCE])
        yield connection
        connection.rollback()


@pytest.mark.parametrize("mapping", MAPPINGS)
@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_case(case: dict, mapping: str, loaded: Connection) -> None:
    unknown = UnknownAttribute.ABSENT if case["id"] == UNDEFINED else UnknownAttribute.REFUSE
    bound = bind(parse(case["filter"]), USERS, unknown=unknown)
    condition, residual = MAPPINGS[mapping].split(bound)
    query = select(Person.id) if condition is None else select(Person.id).where(condition)
    found = bool(loaded.scalars(query).all()) and (residual is None or residual(RESOURCE))
    assert found is case["match"]


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items() if name != UNDEFINED])
def test_columns_answer_alone(case: dict, loaded: Connection) -> None:
    condition = SHADOWED.compile(Filter(case["filter"], USERS))
    assert bool(loaded.scalars(select(Person.id).where(condition)).all()) is case["match"]
    # True or false, and never NULL.
    assert loaded.scalar(select(condition).select_from(Person)) is not None


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in VECTORS["cases"] if not case["valid"]])
def test_what_is_no_filter_is_refused(case: dict) -> None:
    if not case.get("quirk"):
        with pytest.raises(InvalidFilter):
            SHADOWED.split(case["filter"])


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_corners(mapping: str, loaded: Connection) -> None:
    wrong = []
    for case in CORNERS["cases"]:
        answer = case.get("tolerant", case["strict"])
        if answer not in (True, False) or "of" in case:
            continue
        condition, residual = MAPPINGS[mapping].split(Filter(text_of(case), USERS))
        query = select(Person.id) if condition is None else select(Person.id).where(condition)
        if (bool(loaded.scalars(query).all()) and (residual is None or residual(RESOURCE))) is not answer:
            wrong.append((case["id"], case["filter"]))
    assert wrong == []
