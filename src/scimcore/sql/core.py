"""What ``SqlStorage`` and ``AsyncSqlStorage`` write, written once. Each call runs in a transaction of its session."""

from collections.abc import Collection, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, NoReturn

from scimcore.documents import Document
from scimcore.errors import NotFound, Uniqueness, VersionMismatch
from scimcore.patch.changes import MembershipDelta
from scimcore.schema.resource_type import ResourceType
from scimcore.sql import statements as sql
from scimcore.sql.failures import UniqueViolation
from scimcore.sql.plan import Plan
from scimcore.sql.reading import Reading
from scimcore.sql.rows import (
    left_of,
    member_columns,
    member_of,
    member_rows,
    moment_text,
    require_members,
    resource_row,
    split,
    value_rows,
)
from scimcore.sql.sessions import Session, atomic
from scimcore.storage import Changes, Stored


class Core(Reading):
    """The operations, for all tenants."""

    async def insert(self, session: Session, tenant: str, resource_type: ResourceType, document: Document) -> Stored:
        """Keep a new resource.

        Raises:
            Uniqueness: If another one has its id or the value of a unique attribute.
        """
        plan = await self.plan(session, resource_type)
        document = _storable(plan, document)
        stored = Stored.of(document)
        async with _part(session, plan):
            await self._insert(session, tenant, plan, stored, document)
        return stored

    async def update(
        self,
        session: Session,
        tenant: str,
        resource_type: ResourceType,
        before: Stored,
        document: Document,
        changes: Changes,
    ) -> Stored:
        """Put a document in the place of one that was fetched.

        Raises:
            VersionMismatch: If the resource has changed since.
            NotFound: If it is gone.
            Uniqueness: If another one has the value of a unique attribute.
        """
        plan = await self.plan(session, resource_type)
        document = _storable(plan, document)
        after = Stored.of(document)
        rest, members = split(plan, document)
        require_members(members)
        async with _part(session, plan):
            await self._write_row(session, tenant, plan, before, after, rest)
        if plan.has_members:
            delta = _delta(changes)
            if delta is None:
                await self._replace_members(session, tenant, plan, before.id, members)
            else:
                await self._change_members(session, tenant, plan, before.id, delta)
        return after

    async def update_members(
        self,
        session: Session,
        tenant: str,
        resource_type: ResourceType,
        before: Stored,
        document: Document,
        delta: MembershipDelta,
    ) -> Stored:
        """Change a group and some of its members.

        Raises:
            VersionMismatch: If the group has changed since.
            NotFound: If it is gone.
            Uniqueness: If another one has the value of a unique attribute.
        """
        plan = await self.plan(session, resource_type)
        document = _storable(plan, document)
        after = Stored.of(document)
        require_members((*delta.added, *(member for _, member in delta.updated)))
        async with _part(session, plan):
            await self._write_row(session, tenant, plan, before, after, document)
        await self._change_members(session, tenant, plan, before.id, delta)
        return after

    async def delete(self, session: Session, tenant: str, resource_type: ResourceType, before: Stored) -> None:
        """Remove a resource that was fetched.

        Raises:
            VersionMismatch: If it has changed since.
            NotFound: If it is gone already.
        """
        plan = await self.plan(session, resource_type)
        of = {"tenant": tenant, "type": plan.resource_type.name, "id": before.id}
        if not await session.write(sql.DELETE_RESOURCE, {**of, "before": before.version}):
            await self._refuse_version(session, tenant, plan, before)
        if plan.others:
            await session.write(sql.DELETE_VALUES, of)
        if plan.has_members:
            await session.write(sql.DELETE_MEMBERS, of)

    async def _insert(self, session: Session, tenant: str, plan: Plan, stored: Stored, document: Document) -> None:
        rest, members = split(plan, document)
        row = self._row(session, plan, tenant, stored, rest)
        values = value_rows(plan, tenant, stored.id, document)
        # Before anything is written: what cannot be stored is refused here.
        rows = member_rows(plan, tenant, stored.id, members, self._clock.next(len(members)) if members else 0)
        if not await session.write(sql.INSERT_RESOURCE, {**row, "position": self._clock.next()}):
            await self._refuse(session, tenant, plan, stored.id, row["name"])
        await self._insert_values(session, plan, values)
        await session.write_all(sql.INSERT_MEMBER, rows)

    def _row(self, session: Session, plan: Plan, tenant: str, stored: Stored, document: Document) -> dict[str, Any]:
        row = resource_row(plan, tenant, stored, document)
        if session.dialect.name == "sqlite":
            row |= {name: moment_text(row[name]) for name in ("created", "last_modified")}
        return row

    async def _write_row(
        self, session: Session, tenant: str, plan: Plan, before: Stored, after: Stored, document: Document
    ) -> None:
        row = self._row(session, plan, tenant, after, document)
        parameters = {
            "tenant": tenant,
            "type": row["type"],
            "id": before.id,
            "before": before.version,
            **{f"new_{name}": row[name] for name in sql.UPDATED},
        }
        renamed = plan.name is not None and plan.name.values(before.document) != plan.name.values(document)
        try:
            if renamed and session.dialect.name != "sqlite":
                # On PostgreSQL a statement that fails would take the whole transaction with it.
                async with atomic(session):
                    written = await session.write(sql.UPDATE_RESOURCE, parameters)
            else:
                written = await session.write(sql.UPDATE_RESOURCE, parameters)
        except UniqueViolation:
            self._taken(plan, plan.name.path if plan.name else "id")
        if not written:
            await self._refuse_version(session, tenant, plan, before)
        if plan.others:
            of = {"tenant": tenant, "type": row["type"], "id": before.id}
            had = {(path, value) for path, value in await session.rows(sql.SELECT_VALUES, of)}
            values = value_rows(plan, tenant, before.id, document)
            has = {(each["path"], each["value"]) for each in values}
            gone = [{**of, "path": path, "value": value} for path, value in had - has]
            await session.write_all(sql.DELETE_VALUE, gone)
            await self._insert_values(
                session, plan, [each for each in values if (each["path"], each["value"]) not in had]
            )

    async def _insert_values(self, session: Session, plan: Plan, values: list[dict[str, Any]]) -> None:
        await session.write_all(sql.INSERT_VALUE, [each for each in values if not each["is_unique"]])
        for each in values:
            if each["is_unique"] and not await session.write(sql.INSERT_VALUE, each):
                self._taken(plan, each["path"])

    async def _replace_members(
        self, session: Session, tenant: str, plan: Plan, id: str, members: list[Document]
    ) -> None:
        """Make the members of a group those of a document, writing no row that stays."""
        of = {"tenant": tenant, "type": plan.resource_type.name, "id": id}
        current = [member_of(*row) for row in await session.rows(sql.SELECT_MEMBERS, of)]
        if current == members:
            return
        had = {member["value"]: member for member in current}
        has = {member["value"]: member for member in members}
        if len(had) < len(current) or len(has) < len(members):
            # The same value twice: rows that cannot be told apart are written anew.
            await session.write(sql.DELETE_MEMBERS, of)
            had = {}
        else:
            await self._delete_members(session, of, had.keys() - has.keys())
            has = {value: member for value, member in has.items() if member != had.get(value)}
            await self._rewrite_members(session, of, [member for value, member in has.items() if value in had])
            members = [member for value, member in has.items() if value not in had]
        first = self._clock.next(len(members)) if members else 0
        await session.write_all(sql.INSERT_MEMBER, member_rows(plan, tenant, id, members, first))

    async def _change_members(self, session: Session, tenant: str, plan: Plan, id: str, delta: MembershipDelta) -> None:
        of = {"tenant": tenant, "type": plan.resource_type.name, "id": id}
        await self._delete_members(session, of, [member["value"] for member in delta.removed])
        await self._rewrite_members(session, of, [member for _, member in delta.updated])
        added = {member["value"]: member for member in delta.added}
        there = {member["value"] for member in await self.members(session, tenant, plan.resource_type, id, added)}
        await self._rewrite_members(session, of, [member for value, member in added.items() if value in there])
        new = [member for value, member in added.items() if value not in there]
        first = self._clock.next(len(new)) if new else 0
        await session.write_all(sql.INSERT_MEMBER, member_rows(plan, tenant, id, new, first))

    async def _delete_members(self, session: Session, of: dict[str, str], values: Collection[str]) -> None:
        if len(values) == 1:
            await session.write(sql.DELETE_MEMBER, {**of, "value": next(iter(values))})
            return
        for some in sql.chunks(values):
            await session.execute(sql.DELETE_SOME_MEMBERS, {**of, "values": some})

    async def _rewrite_members(self, session: Session, of: dict[str, str], members: Iterable[Document]) -> None:
        await session.write_all(
            sql.UPDATE_MEMBER,
            [
                {
                    **of,
                    "value": columns["value"],
                    **{f"new_{name}": columns[name] for name in ("kind", "display", "element")},
                }
                for columns in map(member_columns, members)
            ],
        )

    async def _refuse(self, session: Session, tenant: str, plan: Plan, id: str, name: str | None) -> NoReturn:
        """Say which value an insertion failed for."""
        of_type = {"tenant": tenant, "type": plan.resource_type.name}
        if await session.rows(sql.VERSION, {**of_type, "id": id}):
            raise Uniqueness(f"There is a {plan.resource_type.name} with this id already.", path="id")
        self._taken(plan, plan.name.path if plan.name else "id")

    def _taken(self, plan: Plan, path: str) -> NoReturn:
        raise Uniqueness(
            f"Another {plan.resource_type.name} has this value of '{path}' already.", path=path, rule="RFC 7643 §2.2"
        )

    async def _refuse_version(self, session: Session, tenant: str, plan: Plan, before: Stored) -> NoReturn:
        name = plan.resource_type.name
        if await session.rows(sql.VERSION, {"tenant": tenant, "type": name, "id": before.id}):
            raise VersionMismatch("The resource has changed since it was read.")
        raise NotFound(f"There is no {name} with this id.")


def _storable(plan: Plan, document: Document) -> Document:
    """Leave out what follows from other rows: a document that was read with it is one to show, not to keep."""
    return left_of("groups", document) if plan.has_groups else document


def _part(session: Session, plan: Plan) -> AbstractAsyncContextManager[None]:
    """Make what can fail in its middle fail as a whole, inside of a transaction that may go on."""
    return atomic(session) if plan.has_unique_values and session.depth else nullcontext()


def _delta(changes: Changes) -> MembershipDelta | None:
    """Return what changes of members; None if it is not known."""
    if changes is None or any(
        change.path.lower().startswith("members") and not isinstance(change, MembershipDelta) for change in changes
    ):
        return None
    deltas = [each for each in changes if isinstance(each, MembershipDelta) and each.path == "members"]
    return deltas[0] if deltas else MembershipDelta("members")
