"""Profiles as a type checker sees them: their names are loaded late, and known all the same."""

from typing import Any, assert_type

from pydantic import BaseModel

from scimcore import Provider, User
from scimcore.documents import JSON, Document
from scimcore.profiles import CONDECO, Change, Finding, Mapped, Profile, Row, from_toml

user = User(user_name="bj")

assert_type(CONDECO, Profile)
assert_type(CONDECO.check(user), tuple[Finding, ...])
assert_type(CONDECO.to_record(user), dict[str, JSON])
assert_type(CONDECO.to_record({"userName": "bj"}), dict[str, JSON])
assert_type(CONDECO.map(user), Mapped)
assert_type(CONDECO.from_record({"userName": "bj"}), Document)
assert_type(CONDECO.changes(None, user), tuple[Change, ...])
assert_type(CONDECO.to_model(user), BaseModel)
assert_type(CONDECO.record_dataclass, type[Any])
assert_type(CONDECO.extend(Row("badge", "nickName"), mode="strict"), Profile)
assert_type(from_toml('extends = "CONDECO"'), Profile)
assert_type(Provider(profile=CONDECO).profile, Profile | None)

Provider(profile="CONDECO")  # type: ignore[arg-type]
Row("a", "title", several="all")  # type: ignore[arg-type]
CONDECO.to_record("bj")  # type: ignore[arg-type]
