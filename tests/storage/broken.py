"""Stores with one fault each. ``BROKEN`` says which rule of the contract must catch it."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from scimcore.conformance.storage_trial import GROUPS, USERS
from scimcore.documents import Document
from scimcore.errors import InvalidCursor, InvalidFilter, NotFound, Uniqueness, VersionMismatch
from scimcore.filter import Filter
from scimcore.memory import MemoryStorage
from scimcore.ordering import ordered
from scimcore.patch.changes import MembershipDelta
from scimcore.projection import DEFAULT_SELECTION, Selection
from scimcore.sql import SqlStorage
from scimcore.sql.plan import Key, Plan
from scimcore.sql.sessions import run
from scimcore.storage import CursorPage, Page, Query, Stored


class Sound(SqlStorage):
    """What the broken ones are made of."""

    def __init__(self, **options: Any) -> None:
        super().__init__("sqlite://", **options)


class ForgetsUnknownAttributes(Sound):
    def insert(self, resource_type: Any, document: Document, /) -> Stored:
        known = {name: value for name, value in document.items() if not name.startswith("urn:")}
        super().insert(resource_type, known)
        return Stored.of(document)


class MixesTypes(Sound):
    def fetch(self, resource_type: Any, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        for each in (resource_type, USERS, GROUPS):
            with suppress(NotFound):
                return super().fetch(each, id, selection)
        raise NotFound("no")


class NaiveTimes(Sound):
    def fetch(self, *arguments: Any) -> Stored:
        stored = super().fetch(*arguments)
        return stored._replace(created=stored.created.replace(tzinfo=None))


class FindsIdsInAnyCase(Sound):
    def fetch(self, resource_type: Any, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        page = self.search(Query((resource_type,), selection=selection))
        for stored in page.resources:
            if stored.id.lower() == id.lower():
                return stored
        raise NotFound("no")


class DeletesTwice(Sound):
    def delete(self, resource_type: Any, before: Stored, /) -> None:
        with suppress(NotFound):
            super().delete(resource_type, before)


class UpdatesInPlace(Sound):
    def update(self, resource_type: Any, before: Stored, document: Document, changes: Any, /) -> Stored:
        super().update(resource_type, before, document, changes)
        before.document.clear()
        before.document.update(document)
        return Stored.of(document)


class MergesUpdates(Sound):
    def update(self, resource_type: Any, before: Stored, document: Document, changes: Any, /) -> Stored:
        return super().update(resource_type, before, {**before.document, **document}, changes)


class KeepsOldIndexEntries(MemoryStorage):
    def search(self, query: Query, /) -> Page:
        if query.filter is not None and "old" in query.filter.text:
            return super().search(replace(query, filter=None))
        return super().search(query)


class IgnoresVersions(Sound):
    def update(self, resource_type: Any, before: Stored, document: Document, changes: Any, /) -> Stored:
        current = self.fetch(resource_type, before.id)
        return super().update(resource_type, current, document, changes)


class DeletesOldVersions(Sound):
    def delete(self, resource_type: Any, before: Stored, /) -> None:
        super().delete(resource_type, self.fetch(resource_type, before.id))


class ChecksBeforeItWrites(Sound):
    """Uniqueness as a look before the write, which two can take at once."""

    def __init__(self) -> None:
        super().__init__(unique={})

    def insert(self, resource_type: Any, document: Document, /) -> Stored:
        name = document.get("userName", "")
        if self.search(Query((resource_type,), Filter(f'displayName eq "{name}"', resource_type))).resources:
            raise Uniqueness("taken")
        time.sleep(0.002)
        return super().insert(resource_type, {**document, "userName": document["id"], "displayName": name})

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        yield self

    def search(self, query: Query, /) -> Page:
        if query.filter is not None and query.filter.text.startswith("userName eq"):
            text = query.filter.text.replace("userName", "displayName")
            query = replace(query, filter=Filter(text, query.resource_types[0]))
        return super().search(query)


class ExactKey(Key):
    def compared(self, text: str) -> str:
        return text


class AsciiKey(Key):
    def compared(self, text: str) -> str:
        return "".join(character.lower() if character.isascii() else character for character in text)


class ComparesNamesWithCase(Sound):
    name_key: type[Key] = ExactKey

    def __init__(self) -> None:
        super().__init__()
        plan_of, kind = self._core.plan, self.name_key

        async def plan(*arguments: Any) -> Plan:
            plan = await plan_of(*arguments)
            if plan.name is not None and type(plan.name) is Key:
                plan.name = kind(*plan.name)
            return plan

        self._core.plan = plan  # type: ignore[method-assign]


class FoldsAsciiOnly(ComparesNamesWithCase):
    name_key = AsciiKey


class UniqueOnInsertOnly(Sound):
    def update(self, resource_type: Any, before: Stored, document: Document, changes: Any, /) -> Stored:
        try:
            return super().update(resource_type, before, document, changes)
        except Uniqueness:
            return super().update(resource_type, before, {**document, "userName": before.document["userName"]}, changes)


class NeverFreesNames(Sound):
    """What is deleted is hidden, and its name is taken for ever."""

    def delete(self, resource_type: Any, before: Stored, /) -> None:
        super().update(resource_type, before, {**before.document, "active": False}, None)


class ReadsThenUpdates(MemoryStorage):
    """The version is checked, and another one may write before the new document is there."""

    def update(self, resource_type: Any, before: Stored, document: Document, changes: Any, /) -> Stored:
        current = self.fetch(resource_type, before.id)
        if current.version != before.version:
            raise VersionMismatch("old")
        time.sleep(0.002)
        return super().update(resource_type, self.fetch(resource_type, before.id), document, changes)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        yield self


class NeverRollsBack(Sound):
    @contextmanager
    def transaction(self) -> Iterator[Any]:
        yield self


class UndoesInsertsOnly(Sound):
    """What is inserted is taken back by hand, and was seen meanwhile."""

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        before = {stored.id for kind in (USERS, GROUPS) for stored in self.search(Query((kind,))).resources}
        try:
            yield self
        except Exception:
            time.sleep(0.001)
            for kind in (USERS, GROUPS):
                for stored in self.search(Query((kind,))).resources:
                    if stored.id not in before:
                        with suppress(NotFound):
                            self.delete(kind, stored)
            raise


class FlatTransactions(Sound):
    @contextmanager
    def transaction(self) -> Iterator[Any]:
        if self._session is not None:
            yield self
        else:
            with super().transaction() as inside:
                yield inside


class CommitsInnerTransactions(Sound):
    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with super().transaction() as inside:
            yield inside
            if self._session is not None:
                run(self._session.execute("COMMIT"))
                run(self._session.execute("BEGIN IMMEDIATE"))
                run(self._session.execute("SAVEPOINT scimcore_1"))


class RefusalsPoisonTransactions(Sound):
    """As PostgreSQL does where nobody takes care."""

    poisoned = False

    def insert(self, resource_type: Any, document: Document, /) -> Stored:
        if self.poisoned:
            raise InvalidFilter("current transaction is aborted")
        try:
            return super().insert(resource_type, document)
        except Uniqueness:
            self.poisoned = self._session is not None
            raise


class ShowsWhatIsNotCommitted(UndoesInsertsOnly):
    def insert(self, resource_type: Any, document: Document, /) -> Stored:
        with suppress(Uniqueness):
            return super().insert(resource_type, document)
        return Stored.of(document)


class CountsThePage(Sound):
    def search(self, query: Query, /) -> Page:
        page = super().search(query)
        return Page(page.resources, len(page.resources))


class CountsFromZero(Sound):
    def search(self, query: Query, /) -> Page:
        return super().search(replace(query, start_index=query.start_index + 1))


class ShufflesPages(Sound):
    def search(self, query: Query, /) -> Page:
        everything = list(super().search(replace(query, start_index=1, count=10_000)).resources)
        random.shuffle(everything)
        first = query.start_index - 1
        return Page(everything[first : first + query.count], len(everything))


class IgnoresFiltersThatItCannot(Sound):
    def search(self, query: Query, /) -> Page:
        if query.filter is not None and "co" in query.filter.text:
            query = replace(query, filter=None)
        return super().search(query)


class FiltersWithCase(MemoryStorage):
    def search(self, query: Query, /) -> Page:
        page = super().search(query)
        if query.filter is None or not query.filter.text.startswith("userName eq"):
            return page
        found = [each for each in page.resources if f'"{each.document["userName"]}"' in query.filter.text]
        return Page(found, len(found))


class FindsNothingByMember(MemoryStorage):
    def search(self, query: Query, /) -> Page:
        if query.filter is not None and query.filter.text.startswith("members.value"):
            return Page([], 0)
        return super().search(query)


class NegatesNullsAway(Sound):
    """NOT of a comparison with NULL, as SQL has it."""

    def search(self, query: Query, /) -> Page:
        page = super().search(replace(query, count=10_000, start_index=1))
        found = [
            each
            for each in page.resources
            if query.filter is None or "not (title" not in query.filter.text or "title" in each.document
        ]
        first = query.start_index - 1
        return Page(found[first : first + query.count], len(found))


class SortsWithCase(MemoryStorage):
    def search(self, query: Query, /) -> Page:
        page = super().search(replace(query, count=10_000, start_index=1))
        found = list(page.resources)
        if query.sort_by == "userName":
            found = ordered(found, lambda each: (0, each.document["userName"]), descending=query.descending)
        first = query.start_index - 1
        return Page(found[first : first + query.count], len(found))


class SortsEmptyFirst(MemoryStorage):
    def search(self, query: Query, /) -> Page:
        page = super().search(replace(query, count=10_000, start_index=1))
        found = list(page.resources)
        if query.sort_by == "title":
            found.sort(key=lambda each: "title" in each.document)
        first = query.start_index - 1
        return Page(found[first : first + query.count], len(found))


class LeavesOutTooMuch(Sound):
    def fetch(self, resource_type: Any, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        stored = super().fetch(resource_type, id, selection)
        if not selection.attributes:
            return stored
        kept = {name: value for name, value in stored.document.items() if name in (*selection.attributes, "schemas")}
        return stored._replace(document=kept | {"id": id})


class SearchesOneType(Sound):
    def search(self, query: Query, /) -> Page:
        return super().search(replace(query, resource_types=query.resource_types[:1]))


class LetsTenantsLook(Sound):
    def fetch(self, resource_type: Any, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        try:
            return super().fetch(resource_type, id, selection)
        except NotFound:
            for tenant in ("one", "two"):
                if tenant != self._tenant and self._tenant:
                    return SqlStorage.fetch(self.for_tenant(tenant), resource_type, id, selection)
            raise


class FetchesTwice(Sound):
    def fetch_many(self, resource_types: Any, ids: Any, selection: Selection = DEFAULT_SELECTION, /) -> Any:
        found = super().fetch_many(resource_types, ids, selection)
        return [each for id in ids for each in found if each.id == id]


class ReplacesAllMembers(Sound):
    def update_members(
        self, resource_type: Any, before: Stored, document: Document, delta: MembershipDelta, /
    ) -> Stored:
        members = [*delta.added, *(after for _, after in delta.updated)]
        self.update(resource_type, before, {**document, "members": members}, None)
        return Stored.of(document)


class AddsMembersTwice(Sound):
    def members(self, resource_type: Any, id: str, values: Any, /) -> Any:
        found = super().members(resource_type, id, values)
        return [*found, *found]


class ChangesMembersOfOldVersions(Sound):
    def update_members(
        self, resource_type: Any, before: Stored, document: Document, delta: MembershipDelta, /
    ) -> Stored:
        return super().update_members(resource_type, self.fetch(resource_type, before.id), document, delta)


class ForgetsToLeave(Sound):
    """Memberships that a document has, and no longer has, stay."""

    def update(self, resource_type: Any, before: Stored, document: Document, changes: Any, /) -> Stored:
        if "members" in before.document and changes is None:
            has = {member["value"] for member in document.get("members", ())}
            left = [member for member in before.document["members"] if member["value"] not in has]
            document = {**document, "members": [*document.get("members", ()), *left]}
        return super().update(resource_type, before, document, changes)


class KeepsMembersOfUndoneTransactions(Sound):
    def __init__(self) -> None:
        super().__init__()
        self.deltas: list[Any] = []

    def update_members(self, *arguments: Any) -> Stored:
        self.deltas.append(arguments)
        return super().update_members(*arguments)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        try:
            with super().transaction() as inside:
                yield inside
        except Exception:
            for arguments in self.deltas:
                super().update_members(*arguments)
            raise


class FindsNothingByGroup(Sound):
    def search(self, query: Query, /) -> Page:
        if query.filter is not None and "groups" in query.filter.text:
            return Page([], 0)
        return super().search(query)


class ShowsGroupsInTransactions(Sound):
    """What is fetched to be changed has what must not be stored."""

    def fetch(self, resource_type: Any, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        stored = super().fetch(resource_type, id, selection)
        groups = self.memberships([id]).get(id)
        return stored._replace(document={**stored.document, "groups": groups}) if groups else stored


class JoinsGroupsOfTheFirst(Sound):
    """A page of which only the first has groups."""

    def search(self, query: Query, /) -> Page:
        page = super().search(query)
        rest = [
            each._replace(document={name: value for name, value in each.document.items() if name != "groups"})
            for each in page.resources[1:]
        ]
        return page._replace(resources=[*page.resources[:1], *rest])


class PromisesToJoin(MemoryStorage):
    joins_groups = True


class ReturnsAllMembers(Sound):
    def fetch(self, resource_type: Any, id: str, selection: Selection = DEFAULT_SELECTION, /) -> Stored:
        return super().fetch(resource_type, id)


class LosesMembersOfLargeGroups(Sound):
    def insert(self, resource_type: Any, document: Document, /) -> Stored:
        members = document.get("members", [])
        return super().insert(resource_type, {**document, "members": members[:2500]} if members else document)


class CountsForCursors(Sound):
    """A position that is a number of rows: what is deleted in front moves the rest."""

    def search_from(self, query: Query, position: Any, /) -> CursorPage:
        if position is not None and not (len(position) == 1 and isinstance(position[0], int)):
            raise InvalidCursor("no")
        first = 1 if position is None else position[0]
        page = self.search(replace(query, start_index=first))
        following = first + len(page.resources)
        return CursorPage(page.resources, (following,) if following <= page.total_results else None)


class RepeatsTheLast(CountsForCursors):
    def search_from(self, query: Query, position: Any, /) -> CursorPage:
        page = super().search_from(query, position)
        if page.next is None or query.count < 2:
            return page
        return page._replace(next=(int(page.next[0] or 0) - 1,))


class StartsAgainAtForeignPositions(Sound):
    def search_from(self, query: Query, position: Any, /) -> CursorPage:
        try:
            return super().search_from(query, position)
        except InvalidCursor:
            return super().search_from(query, None)


class CursorsForgetTheOrder(Sound):
    def search_from(self, query: Query, position: Any, /) -> CursorPage:
        return super().search_from(replace(query, sort_by=None), position)


class TimesAsPositions(Sound):
    """A position that JSON cannot carry."""

    def search_from(self, query: Query, position: Any, /) -> CursorPage:
        page = super().search_from(query, position)
        moment: Any = datetime(2026, 1, 1)
        return page if page.next is None else page._replace(next=(moment, *page.next))


BROKEN: dict[type, str] = {
    ForgetsUnknownAttributes: "what_is_inserted_is_found",
    NaiveTimes: "what_is_inserted_is_found",
    MixesTypes: "what_is_not_there_is_not_found",
    FindsIdsInAnyCase: "what_is_not_there_is_not_found",
    DeletesTwice: "what_is_not_there_is_not_found",
    UpdatesInPlace: "what_is_handed_out_stays_as_it_was",
    MergesUpdates: "an_update_replaces_the_whole",
    KeepsOldIndexEntries: "an_update_replaces_the_whole",
    IgnoresVersions: "an_old_version_is_not_written",
    DeletesOldVersions: "an_old_version_is_not_written",
    ComparesNamesWithCase: "unique_values_are_unique",
    UniqueOnInsertOnly: "unique_values_are_unique",
    NeverFreesNames: "unique_values_are_unique",
    FoldsAsciiOnly: "letters_without_case_in_ascii_are_unique_too",
    ChecksBeforeItWrites: "one_of_several_creates",
    ReadsThenUpdates: "one_of_several_updates",
    NeverRollsBack: "an_exception_undoes_a_transaction",
    UndoesInsertsOnly: "an_exception_undoes_a_transaction",
    FlatTransactions: "transactions_nest",
    CommitsInnerTransactions: "transactions_nest",
    RefusalsPoisonTransactions: "a_refusal_leaves_a_transaction_usable",
    ShowsWhatIsNotCommitted: "what_is_undone_is_never_seen",
    CountsThePage: "pages_are_parts_of_one_order",
    CountsFromZero: "pages_are_parts_of_one_order",
    ShufflesPages: "pages_are_parts_of_one_order",
    IgnoresFiltersThatItCannot: "filters_agree_with_the_reference",
    FiltersWithCase: "filters_agree_with_the_reference",
    NegatesNullsAway: "filters_agree_with_the_reference",
    FindsNothingByMember: "group_filters_agree_with_the_reference",
    SortsWithCase: "sort_orders_agree_with_the_reference",
    SortsEmptyFirst: "sort_orders_agree_with_the_reference",
    LeavesOutTooMuch: "a_selection_leaves_what_was_asked_for",
    SearchesOneType: "several_types_are_searched_together",
    LetsTenantsLook: "tenants_are_apart",
    FetchesTwice: "many_are_fetched_at_once",
    ReplacesAllMembers: "members_are_rows",
    AddsMembersTwice: "members_are_rows",
    ReturnsAllMembers: "members_are_rows",
    ForgetsToLeave: "a_group_knows_its_members_and_a_user_the_groups",
    ShowsGroupsInTransactions: "groups_come_with_their_users",
    JoinsGroupsOfTheFirst: "groups_come_with_their_users",
    PromisesToJoin: "groups_come_with_their_users",
    ChangesMembersOfOldVersions: "an_old_group_is_not_written",
    LosesMembersOfLargeGroups: "large_groups_are_whole",
    KeepsMembersOfUndoneTransactions: "a_change_of_members_is_undone_with_its_transaction",
    FindsNothingByGroup: "filters_know_memberships",
    RepeatsTheLast: "a_walk_has_everything_once",
    CursorsForgetTheOrder: "a_walk_keeps_its_sort_order",
    CountsForCursors: "a_walk_is_steady_while_rows_come_and_go",
    StartsAgainAtForeignPositions: "a_position_of_others_is_refused",
    TimesAsPositions: "a_walk_has_everything_once",
}
