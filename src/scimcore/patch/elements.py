"""The values of one multi-valued attribute while a request changes them.

A list is copied once, when the first change comes; removed values leave a gap until the end, so that positions stay
what they are. From a few look-ups on, values are found by an index: a request costs what it changes plus one pass over
the list, however many operations it has.
"""

from collections.abc import Hashable, Iterable

from scimcore.documents import JSON
from scimcore.errors import InvalidValue, PayloadTooLarge
from scimcore.filter.values import fold
from scimcore.patch.changes import AnyChange
from scimcore.patch.identity import (
    GAP,
    Index,
    among,
    first_of_each,
    folded,
    frozen,
    identity,
    is_primary,
    keys_of,
)
from scimcore.patch.limits import Budget
from scimcore.patch.outcome import changed, changed_once, replaced
from scimcore.patch.plans import Plan
from scimcore.patch.targets import AnySelector

# Below this many look-ups a search through the list is cheaper than an index of it.
_WORTH_AN_INDEX = 8
# In a short list, never.
_SHORT = 64
# To change a value takes as long as so many comparisons.
_WRITING = 4
# Text from here on is long, and so many characters of it take as long as a comparison.
_LONG = 256
_CHARACTERS = 4
# After so many searches it is seen how much long text there is, and every so many again.
_FIRST_LOOK = 8
_LOOK_AGAIN = 64


class Elements:
    """The values of an attribute, changed in place of a copy.

    Positions are those of the original list; values that were added follow behind.
    """

    # What few requests need is not set up for all of them.
    _identities: Index | None = None
    _keys: Index | None = None
    _primaries: set[int] | None = None
    _replaced = False
    _gaps = 0
    _searches = 0
    _long = 0

    def __init__(self, plan: Plan, before: list[JSON] | None, budget: Budget, max_values: int, operations: int) -> None:
        self._plan = plan
        self._before: list[JSON] = before or []
        self._values: list[JSON] = self._before
        self._budget = budget
        self._max_values = max_values
        # A request of many operations nearly always has them on one attribute.
        self._lookups = operations
        # Of the original positions; what was added stands behind them.
        self._touched: set[int] = set()

    def go_on_with(self, values: list[JSON]) -> None:
        """Start from values of which some were changed already, each at its position."""
        self._values = values
        self._touched = {position for position, value in enumerate(values) if value is not self._before[position]}

    def value_at(self, position: int) -> JSON:
        """Return the value at a position that ``find`` gave."""
        return self._values[position]

    def is_empty(self) -> bool:
        """Tell whether there is no value."""
        return len(self._values) == self._gaps

    def everywhere(self) -> list[int]:
        """Return the positions of all values."""
        self._budget.spend(len(self._values) * _WRITING)
        return [position for position, value in enumerate(self._values) if value is not GAP]

    def find(self, selector: AnySelector) -> list[int]:
        """Return the positions of the values that are meant."""
        key = selector.key
        if key is None:
            return self._search(selector)
        self._lookups += 1
        if self._lookups < _WORTH_AN_INDEX or len(self._values) < _SHORT:
            if self._plan.is_reference and selector.exact_key:
                exact = self._search_key(key)
                if exact:
                    return exact
            return self._search(selector)
        return self._look_up(selector, key)

    def _search_key(self, key: str) -> list[int]:
        self._budget.spend(len(self._values) >> 4)
        # An id is exact in case (RFC 7643 §3.1), so that where one value is the very same, no other is meant.
        keys = keys_of(self._values)
        return [position for position, found in enumerate(keys) if found == key] if key in keys else []

    def _search(self, selector: AnySelector) -> list[int]:
        self._searches += 1
        if self._searches % _LOOK_AGAIN == _FIRST_LOOK:
            self._long = sum(map(_long_text, self._values)) // _CHARACTERS
        self._budget.spend((len(self._values) + self._long) * selector.weight)
        matches = selector.matches
        if not self._gaps:
            return [position for position, value in enumerate(self._values) if matches(value)]
        return [position for position, value in enumerate(self._values) if value is not GAP and matches(value)]

    def _look_up(self, selector: AnySelector, key: str) -> list[int]:
        if self._plan.is_reference and selector.exact_key:
            exact = self._identity_index().at(key)
            if exact:
                return list(exact)
        if self._keys is None:
            self._keys = Index([folded(value) for value in self._values])
        found = self._keys.at(fold(key))
        matches = selector.matches
        return sorted(position for position in found if matches(self._values[position]))

    def add(self, values: list[JSON]) -> None:
        """Add the values that are not there yet; one that is there in part is completed.

        Raises:
            InvalidValue: If several of them are primary.
        """
        if self._plan.is_reference and not self._plan.has_primary:
            self._add_references(values)
            return
        self._lookups += len(values)
        indexed = self._lookups >= _WORTH_AN_INDEX and len(self._values) + len(values) >= _SHORT
        set_primary = []
        for value in values:
            position = self._position_of(value, indexed)
            if position is None:
                position = self._append(value)
            elif not self._plan.is_reference and isinstance(value, dict):
                # RFC 7643 §2.4: one combination of value and type stands once; what else is said of it is joined.
                joined = {**self._values[position], **value}
                if frozen(joined) != frozen(self._values[position]):
                    self.put(position, joined)
            if is_primary(value):
                set_primary.append(position)
        self._settle_primary(set_primary)

    def _add_references(self, values: list[JSON]) -> None:
        """Add the values that refer to what no value refers to yet."""
        self._lookups += 1
        wanted = first_of_each(values)
        if self._identities is None and self._lookups < _WORTH_AN_INDEX:
            present = among(wanted.keys(), self._values)
        else:
            index = self._identity_index()
            present = {key for key in wanted if key in index}
        fresh = list(wanted.values()) if not present else [wanted[key] for key in wanted if key not in present]
        if not fresh:
            return
        self._own()
        behind = len(self._values)
        self._require_room(behind + len(fresh))
        self._values += fresh
        if self._is_indexed():
            for position, value in enumerate(fresh, behind):
                self._enter(value, position)

    def _require_room(self, count: int) -> None:
        if count > self._max_values:
            raise PayloadTooLarge(f"Attribute '{self._plan.path}' cannot have more than {self._max_values} values.")

    def _position_of(self, value: JSON, indexed: bool) -> int | None:
        wanted = identity(self._plan, value)
        if indexed:
            return next(iter(self._identity_index().at(wanted)), None)
        for position, present in enumerate(self._values):
            if present is not GAP and identity(self._plan, present) == wanted:
                return position
        return None

    def _append(self, value: JSON) -> int:
        # What was removed in this request and comes back the same was never away.
        self._own()
        position = len(self._values)
        self._require_room(position + 1)
        self._values.append(value)
        self._enter(value, position)
        return position

    def append(self, value: JSON) -> None:
        """Add one value without asking whether it is there: a filter has just told that it is not."""
        position = self._append(value)
        if is_primary(value):
            self._settle_primary([position])

    def replace_all(self, values: list[JSON]) -> None:
        """Let these values take the place of all others; the same one twice is once."""
        distinct: dict[Hashable, JSON] = {}
        for value in values:
            distinct.setdefault(identity(self._plan, value) if self._plan.is_reference else frozen(value), value)
        self._require_room(len(distinct))
        self._values = list(distinct.values())
        self._identities = self._keys = self._primaries = None
        self._replaced = True
        self._gaps = 0
        primaries = sum(map(is_primary, self._values)) if self._plan.has_primary else 0
        if primaries > 1:
            raise self._several_primaries(primaries)

    def put(self, position: int, value: JSON) -> None:
        """Change one value."""
        self._own()
        if self._is_indexed():
            self._leave(self._values[position], position)
            self._enter(value, position)
        self._values[position] = value
        self._touched.add(position)

    def put_part(self, positions: list[int], name: str, value: JSON) -> None:
        """Change one part of some values that says nothing of any other."""
        self._budget.spend(len(positions) * _WRITING)
        self._own()
        values, indexed = self._values, self._is_indexed()
        for position in positions:
            old = values[position]
            new = values[position] = {**old, name: value}
            if indexed:
                self._leave(old, position)
                self._enter(new, position)
        self._touched.update(positions)

    def discard(self, positions: Iterable[int]) -> None:
        """Remove values."""
        for position in positions:
            self._own()
            self._leave(self._values[position], position)
            self._values[position] = GAP
            self._gaps += 1
            self._touched.add(position)

    def discard_key(self, key: str) -> bool:
        """Remove the value that refers to this very key, by the index that many removals are worth.

        Returns:
            Whether that is done. If not, the value has to be searched for.
        """
        self._lookups += 1
        if self._lookups < _WORTH_AN_INDEX or not self._plan.is_reference or self._keys or self._primaries:
            return False
        position = self._identity_index().pop(key)
        if position is None:
            return False
        self._own()
        self._values[position] = GAP
        self._gaps += 1
        self._touched.add(position)
        return True

    def demote_others(self, positions: list[int]) -> None:
        """See to it that of all values only these are primary, if any of them is (RFC 7644 §3.5.2).

        Raises:
            InvalidValue: If several of them are.
        """
        if self._plan.has_primary:
            self._settle_primary([each for each in positions if is_primary(self._values[each])])

    def _settle_primary(self, positions: list[int]) -> None:
        if not positions or not self._plan.has_primary:
            return
        if len(set(positions)) > 1:
            raise self._several_primaries(len(set(positions)))
        if self._primaries is None:
            self._primaries = {position for position, value in enumerate(self._values) if is_primary(value)}
        for position in sorted(self._primaries - set(positions)):
            self.put(position, {**self._values[position], "primary": False})

    def _several_primaries(self, count: int) -> InvalidValue:
        return InvalidValue(
            f"Attribute '{self._plan.path}' would have {count} values with 'primary' true; at most one may be.",
            path=self._plan.path,
            rule="RFC 7643 §2.4",
        )

    def _own(self) -> None:
        if self._values is self._before:
            self._values = self._before.copy()

    def _is_indexed(self) -> bool:
        return not (self._identities is None and self._keys is None and self._primaries is None)

    def _enter(self, value: JSON, position: int) -> None:
        if self._identities is not None:
            self._identities.add(identity(self._plan, value), position)
        if self._keys is not None:
            self._keys.add(folded(value), position)
        if self._primaries is not None and is_primary(value):
            self._primaries.add(position)

    def _leave(self, value: JSON, position: int) -> None:
        if self._identities is not None:
            self._identities.drop(identity(self._plan, value), position)
        if self._keys is not None:
            self._keys.drop(folded(value), position)
        if self._primaries is not None:
            self._primaries.discard(position)

    def _identity_index(self) -> Index:
        if self._identities is None:
            plan = self._plan
            if plan.is_reference:
                self._identities = Index(keys_of(self._values))
            else:
                self._identities = Index([identity(plan, value) for value in self._values])
        return self._identities

    def finish(self) -> tuple[list[JSON], list[AnyChange]]:
        """Return the values, or the very list given, and what is different.

        Raises:
            InvalidValue: If a value that was added or changed lacks a required sub-attribute.
        """
        values = self._values
        if self._replaced:
            return replaced(self._plan, self._before, values)
        if not self._plan.is_reference and len(self._touched) + len(values) - len(self._before) == 1:
            return changed_once(self._plan, self._before, values, min(self._touched, default=len(self._before)))
        return changed(self._plan, self._before, values, self._touched)


def _long_text(value: JSON) -> int:
    """Return how many characters of long text a value has: to compare them takes longer than anything else."""
    texts = value.values() if isinstance(value, dict) else (value,)
    return sum(len(text) for text in texts if isinstance(text, str) and len(text) >= _LONG)
