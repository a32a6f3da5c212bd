"""An application's attribute mapping, from a profile: whatever its table has, a service keeps, or refuses where it must.

The checks are made of the profile's rows: one that each field is kept, one that each mandatory field is asked for, one
that what a field cannot hold is refused. A service that does not enforce the profile fails the latter two.
"""

from pathlib import Path

from scimcore.conformance.check import SPECS, Check, Function
from scimcore.conformance.outcomes import MUST, SHOULD, Level, Skipped
from scimcore.conformance.probe import Probe
from scimcore.conformance.values import FORMS
from scimcore.documents import JSON, Document
from scimcore.profiles import BY_NAME, Profile, Row, from_toml

# By the kind of a row: two values that any profile takes.
GOOD: dict[str, tuple[JSON, JSON]] = {
    "text": ("Probe {tag}", "Other {tag}"),
    "texts": (["Probe {tag}"], ["Other {tag}"]),
    "email": ("probe.{tag}@example.com", "other.{tag}@example.com"),
    "phone": ("+12015550123", "+12015550124"),
    "boolean": (True, False),
    "country": ("NO", "FR"),
    "language": ("en", "fr"),
    "code": ("C{tag}", "D{tag}"),
}
# By the kind of a row: a value that most profiles refuse.
BAD: dict[str, JSON] = {"email": "no address", "country": "Atlantis", "language": "no language", "phone": "call me"}


def named(name: str) -> Profile:
    """Return the profile of a name, in any casing, or the one that a TOML file has.

    Raises:
        ValueError: If there is no such profile or file.
        ScimError: If the file is no profile.
    """
    if name.endswith(".toml"):
        try:
            return from_toml(Path(name).read_text(encoding="utf-8"))
        except OSError as error:
            raise ValueError(f"cannot read {name}: {error.strerror}") from None
    profile = BY_NAME.get(name.upper().replace("-", "_"))
    if profile is None:
        raise ValueError(f"unknown profile {name!r}; known: {', '.join(BY_NAME)}, or a TOML file")
    return profile


def checks_of(profile: Profile) -> tuple[Check, ...]:
    """Make the checks of a profile."""
    rows = _written(profile)
    return (
        *(_kept(profile, row) for row in rows),
        *(_required(profile, row) for row in rows if row.required),
        *(_refused(profile, row) for row in rows if row.kind in BAD and _refuses(profile, row)),
        _replaced(profile),
        _patched(profile),
        *(_fixed(profile, row) for row in rows if row.immutable),
    )


def mandatory(profile: Profile) -> Document:
    """Make what every user must have by the profile, but for its name."""
    record = {row.field: _value(row, 0) for row in _written(profile) if row.required}
    document = profile.from_record(record)
    return {name: value for name, value in document.items() if name not in ("schemas", "userName")}


def _written(profile: Profile) -> tuple[Row, ...]:
    """Return the rows that a client can write."""
    return tuple(row for row in profile.effective_rows if row.path and row.direction == "both" and row.kind in GOOD)


def _record(profile: Profile, number: int = 0, without: str = "") -> Document:
    return {row.field: _value(row, number) for row in _written(profile) if row.field != without}


def _value(row: Row, number: int) -> JSON:
    leaf = _leaf(row).lower()
    value = FORMS[leaf][number] if row.kind == "text" and leaf in FORMS else GOOD[row.kind][number]
    limit = row.max_characters
    return value[-limit:] if limit and isinstance(value, str) else value


def _leaf(row: Row) -> str:
    return row.path.rpartition(".")[2].rpartition(":")[2]


def _document(probe: Probe, profile: Profile, number: int = 0, without: str = "") -> Document:
    return _user(probe, profile, probe.filled(_record(profile, number, without)), without)


def _user(probe: Probe, profile: Profile, record: Document, without: str = "") -> Document:
    """Make the body of a request of a record; a profile without a row for userName leaves the name to the check."""
    document = profile.from_record(record)
    return document if without else {"userName": f"profile.{probe.tag}@example.com", **document}


def _require(probe: Probe, profile: Profile, path: str, number: int = 0, without: str = "") -> None:
    wanted = probe.filled(_record(profile, number, without))
    found = profile.to_record(probe.read(path))
    wrong = {field: found.get(field) for field, value in wanted.items() if found.get(field) != value}
    probe.require(not wrong, f"{ {field: wanted[field] for field in wrong} }", f"{wrong}")


def _check(profile: Profile, id: str, title: str, function: Function, level: Level = MUST, *needs: str) -> Check:
    name = profile.name.lower().replace("_", "")
    hint = f"the table of the profile {profile.name}"
    return Check(
        f"profile-{name}-{id}",
        f"{SPECS['profile']} {profile.title}",
        "",
        level,
        title,
        function,
        hint,
        ("User", *needs),
    )


def _create(probe: Probe, document: Document) -> str:
    answer = probe.post(probe.user.endpoint, document).expect(201)
    return f"{probe.user.endpoint}/{answer.document.get('id')}"


def _kept(profile: Profile, row: Row) -> Check:
    def function(probe: Probe) -> None:
        found = profile.to_record(probe.read(_create(probe, _document(probe, profile))))
        wanted = probe.filled(_value(row, 0))
        probe.require(found.get(row.field) == wanted, f"{row.field} {wanted!r}", found.get(row.field))

    return _check(profile, f"{row.field}-kept", f"{row.path} comes back for the application's {row.field}", function)


def _required(profile: Profile, row: Row) -> Check:
    def function(probe: Probe) -> None:
        document = _document(probe, profile, without=row.field)
        probe.post(probe.user.endpoint, document).expect_error(400)

    return _check(profile, f"{row.field}-required", f"A user without {row.path} is refused", function)


def _refused(profile: Profile, row: Row) -> Check:
    def function(probe: Probe) -> None:
        document = _with_bad(probe.filled(_value(row, 0)), row, _document(probe, profile))
        probe.post(probe.user.endpoint, document).expect_error(400, scim_type=("invalidValue",))

    return _check(
        profile, f"{row.field}-refused", f"{BAD[row.kind]!r} for {row.path} is refused with invalidValue", function
    )


def _refuses(profile: Profile, row: Row) -> bool:
    document = profile.from_record(_record(profile))
    return bool(profile.check(_with_bad(_value(row, 0), row, document)))


def _with_bad(good: JSON, row: Row, document: JSON) -> JSON:
    """Put the bad value where the good one stands, under the last name of the row's path."""
    leaf = _leaf(row)
    if isinstance(document, list):
        return [_with_bad(good, row, element) for element in document]
    if isinstance(document, dict):
        return {
            name: BAD[row.kind] if name == leaf and value == good else _with_bad(good, row, value)
            for name, value in document.items()
        }
    return document


def _replaced(profile: Profile) -> Check:
    def function(probe: Probe) -> None:
        path = _create(probe, _document(probe, profile))
        fixed = {row.field for row in _written(profile) if row.immutable}
        document = _user(
            probe,
            profile,
            probe.filled({**_record(profile, 1), **{f: v for f, v in _record(profile).items() if f in fixed}}),
        )
        probe.put(path, document).expect(200)
        found = profile.to_record(probe.read(path))
        wanted = probe.filled({field: value for field, value in _record(profile, 1).items() if field not in fixed})
        wrong = {field: found.get(field) for field in wanted if found.get(field) != wanted[field]}
        probe.require(not wrong, f"{ {field: wanted[field] for field in wrong} }", f"{wrong}")

    return _check(profile, "replaced", "PUT changes every field", function)


def _patched(profile: Profile) -> Check:
    def function(probe: Probe) -> None:
        path = _create(probe, _document(probe, profile))
        fixed = {row.field for row in _written(profile) if row.immutable}
        document = profile.from_record(probe.filled({f: v for f, v in _record(profile, 1).items() if f not in fixed}))
        value = {name: inside for name, inside in document.items() if name != "schemas"}
        probe.patch(path, {"op": "replace", "value": value}).expect(200, 204)
        found = profile.to_record(probe.read(path))
        wanted = probe.filled({f: v for f, v in _record(profile, 1).items() if f not in fixed})
        wrong = {field: found.get(field) for field in wanted if found.get(field) != wanted[field]}
        probe.require(not wrong, f"{ {field: wanted[field] for field in wrong} }", f"{wrong}")

    return _check(profile, "patched", "PATCH changes every field", function, SHOULD, "patch")


def _fixed(profile: Profile, row: Row) -> Check:
    def function(probe: Probe) -> None:
        if profile.external_id_conflict == "ignore":
            raise Skipped("the profile ignores the change")
        path = _create(probe, _document(probe, profile))
        document = _user(probe, profile, probe.filled({**_record(profile), row.field: _value(row, 1)}))
        probe.put(path, document).expect_error(400, scim_type=("mutability",))
        _require(probe, profile, path)

    return _check(profile, f"{row.field}-fixed", f"{row.path} cannot be changed", function)
