"""The document as it comes to be while a request is carried out: what was touched, and what is different at the end.

Parts are copied when they are first changed; what no operation touches is shared with the document given.
"""

from scimcore.documents import JSON, Document
from scimcore.errors import InvalidFilter, MutabilityViolation
from scimcore.patch.changes import AnyChange, Change
from scimcore.patch.elements import Elements
from scimcore.patch.limits import Budget, PatchLimits
from scimcore.patch.plans import Plan, blank, immutable, is_blank, plans_of, still_required
from scimcore.patch.targets import AnySelector
from scimcore.patch.tolerances import PatchTolerances, Tolerance, Tolerated
from scimcore.schema.resource_type import ResourceType

# So many values are changed where they are, by so many operations.
_FEW = 16
_FEW_OPERATIONS = 64


class Draft:
    """One request: the document in the making.

    Attributes:
        before: The document given.
        resource_type: What it is.
        tolerances: Which departures from the RFC are carried out.
        tolerated: Those that were.
        limits: What the request may cost.
    """

    __slots__ = (
        "_after",
        "_budget",
        "_operations",
        "_own_containers",
        "_touched",
        "before",
        "limits",
        "resource_type",
        "tolerances",
        "tolerated",
    )

    def __init__(
        self,
        document: Document,
        resource_type: ResourceType,
        tolerances: PatchTolerances,
        limits: PatchLimits,
        operations: int,
    ) -> None:
        self.before = document
        self.resource_type = resource_type
        self.tolerances = tolerances
        self.tolerated: list[Tolerated] = []
        self.limits = limits
        self._after = document.copy()
        self._operations = operations
        self._budget = Budget(limits.max_comparisons)
        # What was there before the first operation that changes it; of several values, more than that.
        self._touched: dict[Plan, JSON | Elements] = {}
        self._own_containers: set[str] = set()

    def allows(self, tolerance: Tolerance, path: str) -> bool:
        """Tell whether a departure is allowed, and report it if so."""
        if tolerance not in self.tolerances:
            return False
        self.tolerated.append(Tolerated(tolerance.value, path))
        return True

    def spend(self, comparisons: int) -> None:
        """Count what an operation compares.

        Raises:
            PayloadTooLarge: If that is too much for one request.
        """
        self._budget.spend(comparisons)

    def get(self, plan: Plan) -> JSON:
        """Return the value of an attribute; for a multi-valued one that was changed, whether it has any."""
        if plan.many:
            elements = self._touched.get(plan)
            if isinstance(elements, Elements):
                return None if elements.is_empty() else elements
        container = self._after if plan.urn is None else self._after.get(plan.urn)
        return None if container is None else container.get(plan.name)

    def put(self, plan: Plan, value: JSON) -> None:
        """Give a single-valued attribute another value; None and an object without parts take it away.

        Raises:
            MutabilityViolation: If it is immutable and has another value, or is required and would have none.
        """
        container = self._after
        if plan.urn is not None:
            container = container.get(plan.urn, {})
            if plan.urn not in self._own_containers:
                container = container.copy()
                self._own_containers.add(plan.urn)
                self._after[plan.urn] = container
        old = container.get(plan.name)
        if plan.immutable and old is not None and old != value:
            raise immutable(plan)
        if plan not in self._touched:
            self._touched[plan] = old
        if value is None or value == {}:
            if plan.required:
                raise still_required(plan)
            container.pop(plan.name, None)
        else:
            container[plan.name] = value

    def unassign(self, plan: Plan) -> None:
        """Take an attribute away.

        Raises:
            MutabilityViolation: If it is required, or immutable.
        """
        if plan.required:
            raise still_required(plan)
        if not plan.many:
            self.put(plan, self._unremovable(plan))
            return
        if plan.immutable:
            self.require_unset(plan)
        self.many(plan).replace_all([])

    def _unremovable(self, plan: Plan) -> Document | None:
        """Return what a client cannot take away of a complex value: its readOnly parts, but for what they say of a
        reference that goes (the name of a manager).

        Raises:
            MutabilityViolation: If an immutable part has a value.
        """
        old = self.get(plan) if plan.immutable_subs or plan.read_only_subs else None
        if not old:
            return None
        for name in plan.immutable_subs:
            if name in old:
                raise immutable(plan.subs[name])
        return None if plan.is_reference else {name: old[name] for name in plan.read_only_subs if name in old}

    def require_unset(self, plan: Plan) -> None:
        """Raise MutabilityViolation if an immutable attribute has a value."""
        if self.get(plan) is not None:
            raise immutable(plan)

    def put_part(self, plan: Plan, selector: AnySelector, name: str, value: JSON) -> bool:
        """Change one part of the values that are meant, of a few, where that says nothing of the others.

        Returns:
            Whether that is done. If not, ``many`` gives the means for whatever is asked.
        """
        values = self._after.get(plan.name) if plan.urn is None else None
        if values is None or len(values) > _FEW or plan.is_reference or self._operations > _FEW_OPERATIONS:
            return False
        before = self._touched.get(plan)
        if isinstance(before, Elements):
            return False
        self._budget.spend(len(values) * selector.weight)
        matches = selector.matches
        chosen = self.chosen(plan, [position for position, each in enumerate(values) if matches(each)])
        if not chosen:
            return False
        if before is None:
            self._touched[plan] = values
            values = values.copy()
            self._after[plan.name] = values
        for position in chosen:
            values[position] = {**values[position], name: value}
        return True

    def chosen(self, plan: Plan, positions: list[int]) -> list[int]:
        """Return where the values stand that a filter matches.

        Raises:
            InvalidFilter: If they are more than ``limits.max_matches``.
        """
        limit = self.limits.max_matches
        if limit is not None and len(positions) > limit:
            raise InvalidFilter(
                f"The filter of the path matches {len(positions)} values of '{plan.path}'; {limit} may be meant.",
                path=plan.path,
            )
        return positions

    def many(self, plan: Plan) -> Elements:
        """Return the values of a multi-valued attribute, to be changed.

        Raises:
            MutabilityViolation: If the attribute is immutable and has values.
        """
        known = self._touched.get(plan)
        if isinstance(known, Elements):
            return known
        values = self.get(plan)
        if plan.immutable and values is not None:
            raise immutable(plan)
        before = values if known is None else known
        elements = Elements(plan, before, self._budget, self.limits.max_values, self._operations)
        if before is not values:
            elements.go_on_with(values)
            self._after[plan.name] = before
        self._touched[plan] = elements
        return elements

    def finish(self) -> tuple[Document, tuple[AnyChange, ...]]:
        """Return the new document, or the very one given, and what is different, in the order of the operations."""
        changes: list[AnyChange] = []
        for plan, before in self._touched.items():
            if isinstance(before, Elements):
                values, delta = before.finish()
                if delta:
                    changes += delta
                    self.put(plan, values or None)
            else:
                self._settle(plan, before, changes)
        if not changes:
            return self.before, ()
        if self._own_containers:
            self._settle_containers()
        return self._after, tuple(changes)

    def _settle(self, plan: Plan, before: JSON, changes: list[AnyChange]) -> None:
        container = self._after if plan.urn is None else self._after[plan.urn]
        after = container.get(plan.name)
        if after == before:
            if before is not None:
                container[plan.name] = before
        elif plan.secret:
            changes.append(Change(plan.path, None, None))
        elif plan.many or not plan.complex:
            changes.append(Change(plan.path, before, after))
        else:
            if plan.required_subs and after is not None:
                plan.require_parts(after)
            old, new = before or {}, after or {}
            for name, sub in plan.subs.items():
                was, now = old.get(name), new.get(name)
                if was != now:
                    changes.append(Change(sub.path, None, None) if sub.secret else Change(sub.path, was, now))

    def _settle_containers(self) -> None:
        """See to it that an extension is there when it has data, and that ``schemas`` says so (RFC 7643 §3)."""
        for extension in self.resource_type.extensions:
            urn = extension.schema.id
            if urn not in self._own_containers:
                continue
            container = self._after[urn]
            if not container:
                if extension.required:
                    raise MutabilityViolation(
                        f"The extension '{urn}' is required and cannot be removed.", path=urn, rule="RFC 7643 §6"
                    )
                del self._after[urn]
            elif urn in self.before and container == self.before[urn]:
                self._after[urn] = self.before[urn]
            else:
                for plan in plans_of(self.resource_type).required_of_extension(urn):
                    if is_blank(container.get(plan.name)):
                        raise blank(plan)
        urns = [urn for urn in self.resource_type.extension_urns if urn in self._after]
        schemas = [self.resource_type.schema.id, *urns]
        if schemas != self.before.get("schemas"):
            self._after["schemas"] = schemas
