"""Profile: what an application needs of a user, as one frozen value: its rows, its switches, and what they do.

Floor 8. A profile is checked and compiled when it is built, so that a mistake in a table is an error at start and not a
field that stays empty. The work itself is in ``plan``, ``checking`` and ``mapping``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from pydantic import BaseModel

from scimcore.documents import JSON, Document
from scimcore.errors import of_violations
from scimcore.profiles.building import CHOICES, FLAGS, check_paths, check_rows, check_switches, fault
from scimcore.profiles.checking import Finding, examine, rewrite
from scimcore.profiles.mapping import Change, changes, from_record, mark_deleted, received
from scimcore.profiles.normalisers import Reading, knows_country_names
from scimcore.profiles.plan import Plan, Record
from scimcore.profiles.records import dataclass_of, model_of, python_name
from scimcore.profiles.rows import EXTENSION, Row
from scimcore.profiles.schemas import advertised, extension_schema, governed
from scimcore.profiles.spellings import respelt
from scimcore.resources import User
from scimcore.schema.definitions import Schema
from scimcore.schema.resource_type import ResourceType

CUSTOM_EXTENSION = "urn:ietf:params:scim:schemas:extension:customextensionname:2.0:User"
"""As the application's tables print it. Tenants may have another: ``profile.extend(extension_urn=...)``."""

SWITCHES = (*CHOICES, *FLAGS, "extension_urn")
"""The names of all switches: what ``extend`` takes beside ``name``, ``title`` and ``summary``."""


class HasDocument(Protocol):
    """A model of a user."""

    def to_document(self) -> Document:
        """Return the resource as a document."""
        ...


UserLike: TypeAlias = Document | HasDocument
"""A user as a document, in any casing of names, or as a model."""


class Mapped(NamedTuple):
    """A user, read once.

    Attributes:
        record: The application's record, without the fields that have no acceptable value.
        findings: All that the application could not accept; none if the record is good.
    """

    record: Record
    findings: tuple[Finding, ...]


@dataclass(frozen=True, repr=False)
class Profile:
    """An attribute mapping and the rules that go with it.

    Attributes:
        name: As ``BY_NAME`` has it: ``CONDECO``.
        rows: The table.
        title: The application's name, for messages.
        summary: For people.
        mode: ``lenient`` understands what providers are known to send; ``strict`` takes the documented form only.
        extension_urn: The URN of the application's own attributes.
        country_names: Whether lenient mode reads alpha-3 codes and English names of countries, which takes the extra
            ``countries``: ``auto`` if it is there, ``on`` insists on it.
        require_external_id: Whether a user must have an ``externalId``.
        fixed_external_id: Whether ``externalId`` stays what it was first; of groups as well.
        external_id_conflict: What becomes of a request that would change it: ``reject`` or ``ignore`` the change.
        active_default: Whether a user that is created without ``active`` is active.
        deleted_field: Whether records have the field that tells that a user was deleted.
        email_from: Whether the e-mail address is the ``primary`` one first or the ``work`` one.
        untyped_address: Whether a primary address without a type stands for the work address where there is none.
        published_spellings: Whether ``preferedLanguage`` and ``address``, as tables print them, are understood.
        stored_language: Whether the service keeps a language ``as_sent``, in canonical form, or as the two letters of
            the ``record``.
        unknown_members: Whether a group that names members who do not exist is taken without them: ``skip``, or not at
            all: ``reject``.
        nested_groups: Whether a group may be a member of a group: ``accept``, or such a group is not taken: ``reject``.
        deletion: What ``DELETE`` does to a user: ``remove`` it, or ``deactivate`` it.
    """

    name: str
    rows: tuple[Row, ...]
    title: str = ""
    summary: str = ""
    mode: Literal["lenient", "strict"] = "lenient"
    extension_urn: str = CUSTOM_EXTENSION
    country_names: Literal["auto", "on", "off"] = "auto"
    require_external_id: bool = False
    fixed_external_id: bool = False
    external_id_conflict: Literal["reject", "ignore"] = "reject"
    active_default: bool = True
    deleted_field: bool = True
    email_from: Literal["primary", "work"] = "primary"
    untyped_address: bool = True
    published_spellings: bool = False
    stored_language: Literal["as_sent", "record"] = "as_sent"
    unknown_members: Literal["skip", "reject"] = "skip"
    nested_groups: Literal["accept", "reject"] = "accept"
    deletion: Literal["remove", "deactivate"] = "remove"
    _plan: Plan = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the table and compile it.

        Raises:
            InvalidPath: If a path is no attribute of a user.
            InvalidValue: If two rows fill one field, a kind does not fit its attribute, or a switch has no such value.
        """
        # A list is as good as a tuple to whoever writes a table.
        object.__setattr__(self, "rows", tuple(self.rows))
        object.__setattr__(self, "title", self.title or self.name.title())
        check_switches(self.name, {switch: getattr(self, switch) for switch in SWITCHES})
        check_rows(self.name, self.rows)
        check_paths(self.name, self.effective_rows, self.resource_type)
        if self.require_external_id and not any(row.path.lower() == "externalid" for row in self.rows):
            raise fault(self.name, "requires externalId and has no row for it")
        how = Reading(
            strict=self.mode == "strict",
            country_names=self.country_names == "on" or (self.country_names == "auto" and knows_country_names()),
        )
        object.__setattr__(self, "_plan", Plan(self.effective_rows, self.resource_type, how))

    def __repr__(self) -> str:
        return f"Profile({self.name!r}, {len(self.rows)} rows, {self.mode})"

    # What it does -----------------------------------------------------------------------------------------------------

    def check(self, user: UserLike, *, before: UserLike | None = None) -> tuple[Finding, ...]:
        """Find everything that the application could not accept.

        Args:
            user: As it is to become.
            before: As it was, if it was: fixed values must not change, and may be left out.

        Returns:
            All findings; each has ``status``, ``scim_type`` and ``detail``. None means that the user is good.
        """
        return self.map(user, before=before).findings

    def map(self, user: UserLike, *, before: UserLike | None = None) -> Mapped:
        """Return what ``to_record`` and ``check`` return, from one look at the user: for many of them."""
        old = None if before is None else self._document(before)
        ignore = self.external_id_conflict == "ignore"
        record, findings = examine(self._plan, self.title, self._document(user), old, ignore_conflict=ignore)
        return Mapped(record, tuple(findings))

    def enforce(self, user: UserLike, *, before: UserLike | None = None) -> None:
        """Raise what ``check`` finds, all of it in one error.

        Raises:
            InvalidValue: If a value is missing or not what the application takes.
            MutabilityViolation: If a fixed value would change.
        """
        findings = self.check(user, before=before)
        if findings:
            raise of_violations(findings)

    def normalise(self, user: UserLike, *, before: UserLike | None = None) -> Document:
        """Return the user in the application's terms: languages and countries as codes, blanks left out.

        What the profile does not map stays as it is; a value that ``check`` refuses stays for it to find.

        Args:
            user: As it is to become.
            before: As it was, if it was: what a replacement may leave out is kept. A new user gets the defaults.
        """
        return self._rewrite(user, before, stored=False)

    def prepare(self, user: UserLike, *, before: UserLike | None = None) -> Document:
        """Return the user in the form that a service stores: as ``normalise``, but with languages as they were sent.

        Who provisions compares what it sent with what it reads back, and sends again what differs.
        """
        return self._rewrite(user, before, stored=self.stored_language == "as_sent")

    def _rewrite(self, user: UserLike, before: UserLike | None, *, stored: bool) -> Document:
        old = None if before is None else self._document(before)
        restore = self.external_id_conflict == "ignore"
        return rewrite(self._plan, self._document(user), old, stored=stored, restore=restore)

    def to_record(self, user: UserLike, *, deleted: bool = False) -> Record:
        """Return the application's record: its field names, and no field without a value.

        A value that ``check`` refuses is left out. A user without ``active`` has the default.

        Args:
            user: A document or a model.
            deleted: Whether the user was deleted.
        """
        record, _ = self._plan.read(self._document(user))
        return mark_deleted(self._plan, record) if deleted else record

    def to_model(self, user: UserLike, *, deleted: bool = False) -> BaseModel:
        """Return the record as a ``record_model``.

        Raises:
            InvalidValue: If the user lacks what is required, or a value is refused: as ``enforce``.
        """
        self.enforce(user)
        return self.record_model.model_validate(self.to_record(user, deleted=deleted))

    def to_dataclass(self, user: UserLike, *, deleted: bool = False) -> Any:  # noqa: ANN401 - made from the rows
        """Return the record as a ``record_dataclass``.

        Raises:
            InvalidValue: If the user lacks what is required, or a value is refused: as ``enforce``.
        """
        self.enforce(user)
        record = self.to_record(user, deleted=deleted)
        names = {row.field: python_name(row) for row in self.effective_rows}
        return self.record_dataclass(**{names[field]: value for field, value in record.items()})

    def received(self, user: UserLike) -> Record:
        """Return each field's value as it stands in the user, before anything is made of it; ``explain`` shows it."""
        return received(self._plan, self._document(user))

    def from_record(self, record: Mapping[str, JSON]) -> Document:
        """Return the user that a record tells of; what ``to_record`` reads from it is the record again.

        Raises:
            InvalidValue: If a field is unknown or its value refused; all of them in one error.
        """
        return from_record(self._plan, self.title, record)

    def changes(self, before: UserLike | None, after: UserLike | None) -> tuple[Change, ...]:
        """Return what changed for the application; None stands for a user that is not there."""
        return changes(
            self._plan,
            {} if before is None else self.to_record(before),
            {} if after is None else self.to_record(after),
        )

    # What it is made of -----------------------------------------------------------------------------------------------

    def extend(self, *rows: Row, without: Iterable[str] = (), **switches: Any) -> "Profile":  # noqa: ANN401 - as replace
        """Return a profile that differs in some rows or switches.

        Args:
            rows: Take the place of the rows of the same field; new fields come behind.
            without: Fields whose rows are left out.
            switches: Any attribute of the profile: ``mode="strict"``, ``extension_urn=...``, ``name=...``.

        Raises:
            InvalidPath: As building a profile does.
            InvalidValue: As building a profile does; also if there is no such field or switch.
        """
        known = {item.name for item in fields(self) if item.init} - {"rows"}
        unknown = sorted(switches.keys() - known)
        if unknown:
            raise fault(self.name, f"has no switch '{unknown[0]}': there are {', '.join(sorted(known))}")
        left_out = set(without)
        missing = sorted(left_out - {row.field for row in self.rows})
        if missing:
            raise fault(self.name, f"has no field '{missing[0]}' to leave out")
        new = {row.field: row for row in rows}
        if len(new) != len(rows):
            raise fault(self.name, "is extended by two rows for one field")
        kept = [new.pop(row.field, row) for row in self.rows if row.field not in left_out]
        return replace(self, rows=(*kept, *new.values()), **switches)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the record's fields, in order."""
        return tuple(row.field for row in self.effective_rows)

    @cached_property
    def effective_rows(self) -> tuple[Row, ...]:
        """The rows as the switches make them."""
        return tuple(self._effective(row) for row in self.rows if self.deleted_field or not row.tells_deleted)

    def _effective(self, row: Row) -> Row:
        changed: dict[str, Any] = {}
        if row.path:
            changed["path"] = self._with_urn(row.path)
            changed["alternatives"] = tuple(map(self._with_urn, row.alternatives))
        if row.joins:
            changed["joins"] = tuple(map(self._with_urn, row.joins))
        lower = row.path.lower()
        if lower == "externalid":
            changed |= {"required": self.require_external_id, "immutable": self.fixed_external_id}
        elif lower == "active":
            changed["default"] = self.active_default
        elif row.kind == "email" and self.email_from == "work" and row.several == "refuse":
            paths = [path for path in (row.path, *row.alternatives) if 'type eq "work"' in path]
            others = [path for path in (row.path, *row.alternatives) if path not in paths]
            if paths:
                changed |= {"path": paths[0], "alternatives": (*paths[1:], *others)}
        if not self.untyped_address:
            changed["alternatives"] = tuple(path for path in changed.get("alternatives", ()) if "not (" not in path)
        return replace(row, **changed)

    def _with_urn(self, path: str) -> str:
        return path.replace(EXTENSION, self.extension_urn)

    @cached_property
    def extension_schema(self) -> Schema | None:
        """The schema of the application's own attributes; None if it has none."""
        return extension_schema(self.extension_urn, self.name, self.title, self.rows)

    @cached_property
    def resource_type(self) -> ResourceType:
        """The User that this profile reads: with the enterprise extension and the application's own."""
        return self.govern(User.resource_type())

    def govern(self, base: ResourceType) -> ResourceType:
        """Return a User type by which a provider reads requests: with the application's extension and unique values."""
        return governed(base, self.extension_schema, self.effective_rows)

    def advertise(self, base: ResourceType | None = None) -> ResourceType:
        """Return a User type that tells what this profile requires and has the application's extension.

        Args:
            base: What the provider offers otherwise; ``User`` unless given.
        """
        return advertised(self.govern(User.resource_type() if base is None else base), self.effective_rows)

    @cached_property
    def record_model(self) -> type[BaseModel]:
        """A frozen pydantic model of the record: ``CONDECO.record_model.model_validate(record)``.

        A field whose name is no Python name has one that is, and its own as alias.
        """
        return model_of(self.title, self.effective_rows)

    @cached_property
    def record_dataclass(self) -> type[Any]:
        """A frozen dataclass of the record; ``to_dataclass`` fills it. Names as in ``record_model``."""
        return dataclass_of(self.title, self.effective_rows)

    def _document(self, user: UserLike) -> Document:
        document = user if isinstance(user, dict) else user.to_document()
        return respelt(document) if self.published_spellings else document
