"""Conditions, compiled once and evaluated in three values: true, false, or open (`None`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from actions.rules.dates import Offset, shift
from actions.rules.schema import ConditionModel
from actions.rules.values import AtLeast, Duration, Open

if TYPE_CHECKING:
    from actions.rules.case import Case

Truth = bool | None
NOTHING: frozenset[str] = frozenset()


class Condition:
    """A condition of a rule."""

    fields: frozenset[str] = NOTHING
    dated = False  # whether the passing of time can change it

    def truth(self, case: Case) -> Truth:
        """True, False, or None while a fact is open."""
        raise NotImplementedError

    def open_facts(self, case: Case) -> frozenset[str]:
        """The facts that keep the condition open; empty when it is decided (or unclear whatever the
        facts).
        """
        raise NotImplementedError

    def dates(self, case: Case) -> set[date]:
        """The dates at which the passing of time can change the condition."""
        return set()


class Comparison(Condition):
    """One fact against one value. Each distinct comparison exists once and is evaluated once a case."""

    def __init__(self, index: int, field: str, op: str, value: Any) -> None:
        self.index, self.field, self.op, self.value = index, field, op, value
        self.fields = frozenset({field})
        self.allowed = frozenset(value) if op in ("in", "not_in") else frozenset()

    def truth(self, case: Case) -> Truth:
        known: Any = case.truths[self.index]
        if known is not Ellipsis:
            return known  # type: ignore[no-any-return]
        value, op = case.values.get(self.field, ...), self.op
        if value is ...:
            value = case.value(self.field)
        if op in ("eq", "in") and not isinstance(value, Open):  # most comparisons are one of these
            result: Truth = value == self.value if op == "eq" else value in self.allowed
        else:
            result = self.holds(value, case)
        case.truths[self.index] = result
        return result

    def holds(self, value: Any, case: Case | None = None) -> Truth:
        """Whether a value satisfies the comparison. Only `since` needs the case."""
        op = self.op
        if isinstance(value, Open):
            return value.holds(op, self.value) if isinstance(value, AtLeast) else None
        if op == "eq":
            return bool(value == self.value)
        if op == "in":
            return value in self.allowed
        if op == "ne":
            return bool(value != self.value)
        if op == "not_in":
            return value not in self.allowed
        if op == "present":
            return value is not None
        if op == "absent":
            return value is None
        if op == "since":
            assert case is not None
            other = case.value(self.value)
            if isinstance(other, Open):
                return None
            return isinstance(value, date) and isinstance(other, date) and value >= other
        if value is None:
            return False
        order = value.order(self.value) if isinstance(value, Duration) else _order(value, self.value)
        return _holds(op, order)

    def open_facts(self, case: Case) -> frozenset[str]:
        if case.truths[self.index] is not None and self.truth(case) is not None:
            return NOTHING
        facts = case.open_facts(self.field)
        return facts | case.open_facts(self.value) if self.op == "since" else facts


class DateComparison(Condition):
    """Today, or another dated fact, against an anchor date shifted by an offset."""

    def __init__(self, index: int, field: str, op: str, anchor: str, offset: Offset, direction: str) -> None:
        self.index, self.field, self.op = index, field, op
        self.anchor, self.offset, self.direction = anchor, offset, direction
        self.fields = frozenset({field, anchor})
        self.dated = field == "today"

    def limit(self, case: Case) -> date | Open | None:
        """The date compared against."""
        anchor = case.value(self.anchor)
        if isinstance(anchor, Open) or anchor is None:
            return anchor
        assert isinstance(anchor, date)
        return shift(plain_date(anchor), self.offset, self.direction)

    def truth(self, case: Case) -> Truth:
        known: Any = case.truths[self.index]
        if known is not Ellipsis:
            return known  # type: ignore[no-any-return]
        value, limit = case.value(self.field), self.limit(case)
        if isinstance(value, Open) or isinstance(limit, Open):
            result: Truth = None
        elif limit is None or not isinstance(value, date):
            result = False
        else:
            result = _holds(self.op, (plain_date(value) > limit) - (plain_date(value) < limit))
        case.truths[self.index] = result
        return result

    def open_facts(self, case: Case) -> frozenset[str]:
        if self.truth(case) is not None:
            return NOTHING
        return case.open_facts(self.field) | case.open_facts(self.anchor)

    def dates(self, case: Case) -> set[date]:
        limit = self.limit(case) if self.field == "today" else None
        return {limit} if isinstance(limit, date) else set()


class Group(Condition):
    """Several conditions together."""

    def __init__(self, parts: Sequence[Condition]) -> None:
        self.parts = tuple(parts)
        self.fields = frozenset().union(*(part.fields for part in self.parts))
        self._dated = tuple(part for part in self.parts if part.dated)
        self.dated = bool(self._dated)

    def dates(self, case: Case) -> set[date]:
        found: set[date] = set()
        for part in self._dated:
            found |= part.dates(case)
        return found

    def open_facts(self, case: Case) -> frozenset[str]:
        if self.truth(case) is not None:
            return NOTHING
        return NOTHING.union(*(part.open_facts(case) for part in self.parts))


class All(Group):
    """True when every part is true, false as soon as one is false.

    The parts are tried with the facts entered first and the facts worked out last, which changes nothing but
    the cost. The case remembers the truth of the group at its `index`.
    """

    ENTERED = frozenset(
        {"legal_status", "sentence_type", "provider", "recall_type", "early_allocation_agreed"}
    )

    def __init__(self, parts: Sequence[Condition], index: int, costs: Sequence[int] = ()) -> None:
        super().__init__(parts)
        self.index = index
        order = sorted(range(len(self.parts)), key=lambda i: costs[i] if costs else 0)
        self._entered = tuple(
            part for part in self.parts if isinstance(part, Comparison) and part.field in self.ENTERED
        )
        self._tried = tuple(
            (part.index if isinstance(part, (Comparison, DateComparison, All)) else -1, part)
            for part in (self.parts[i] for i in order)
        )

    def truth(self, case: Case) -> Truth:
        truths = case.truths
        known: Any = truths[self.index]
        if known is not Ellipsis:
            return known  # type: ignore[no-any-return]
        result: Truth = True
        for index, part in self._tried:
            truth = truths[index] if index >= 0 else Ellipsis
            if truth is Ellipsis:
                truth = part.truth(case)
            if truth is False:
                result = False
                break
            if truth is None:
                result = None
        truths[self.index] = result
        return result

    def open_facts(self, case: Case) -> frozenset[str]:
        if self.truth(case) is not None:
            return NOTHING
        truths, found = case.truths, NOTHING
        for index, part in self._tried:
            if index < 0 or truths[index] is None:  # the parts of an open group have all been tried
                found |= part.open_facts(case)
        return found

    def possible(self, values: Mapping[str, Any]) -> bool:
        """Whether the values of some entered facts (open ones left out) still let it be true."""
        return not any(
            isinstance(part, Comparison)
            and part.op in ("eq", "in", "ne", "not_in")
            and part.field in values
            and part.holds(values[part.field]) is False
            for part in self.parts
        )

    def ruled_out(self, case: Case) -> bool:
        """Whether a fact that was given, and does not change with time, makes it false."""
        return any(part.field in case.facts and part.truth(case) is False for part in self._entered)


class Any_(Group):
    """True when one part is true, false when every part is false."""

    def truth(self, case: Case) -> Truth:
        result: Truth = False
        for part in self.parts:
            truth = part.truth(case)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result


class Not(Group):
    """The opposite of all its parts together."""

    def truth(self, case: Case) -> Truth:
        result: Truth = True
        for part in self.parts:
            truth = part.truth(case)
            if truth is False:
                return True
            if truth is None:
                result = None
        return None if result is None else not result


def plain_date(value: date) -> date:
    """The calendar date of a date or a date with a time."""
    return value.date() if isinstance(value, datetime) else value


def _order(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def _holds(op: str, order: int) -> bool:
    if op == "lt":
        return order < 0
    if op == "gt":
        return order > 0
    if op == "lte":
        return order <= 0
    return order >= 0


class Compiler:
    """Turns condition records into conditions, sharing each distinct comparison."""

    def __init__(self) -> None:
        self._known: dict[str, Condition] = {}
        self.size = 0  # the length of a case's memory of truths

    def _next(self) -> int:
        self.size += 1
        return self.size - 1

    def all(self, models: Sequence[ConditionModel]) -> All:
        """Every one of the conditions."""
        key = repr(list(models))
        if key not in self._known:
            costs = [_cost(model) for model in models]
            self._known[key] = All([self.one(model) for model in models], self._next(), costs)
        known = self._known[key]
        assert isinstance(known, All)
        return known

    def one(self, model: ConditionModel) -> Condition:
        """One condition, or group of conditions."""
        if model.any is not None:
            return Any_([self.one(part) for part in model.any])
        if model.all is not None:
            return self.all(model.all)
        if model.not_ is not None:
            parts = model.not_ if isinstance(model.not_, list) else [model.not_]
            return Not([self.one(part) for part in parts])
        assert model.field is not None
        assert model.op is not None
        key = repr((model.field, model.op, model.value))
        if key not in self._known:
            self._known[key] = self._leaf(model.field, model.op, model.value)
        return self._known[key]

    def _leaf(self, field: str, op: str, value: Any) -> Condition:
        if isinstance(value, Mapping):
            offset = Offset.of(value.get("offset"))
            direction = value.get("direction", "after")
            return DateComparison(self._next(), field, op, value["anchor"], offset, direction)
        return Comparison(self._next(), field, op, value)


_COSTLY = frozenset({"responsible_om", "com_responsible", "phase", "additional_tasks_exempt", "today"})


def _cost(model: ConditionModel) -> int:
    """What it costs to decide a condition: facts that rule out most cases first, facts worked out last."""
    if model.field is None:
        return 3
    if model.field in _COSTLY:
        return 4
    return 1 if model.field == "legal_status" else 2 if isinstance(model.value, Mapping) else 0
