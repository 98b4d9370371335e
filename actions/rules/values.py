"""The values that facts take while a case is worked out: known, known to be absent, or still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from actions.rules.dates import add_months, months_and_days


@dataclass(frozen=True)
class Duration:
    """The time from `start` to `end`, compared in calendar months or in weeks without rounding."""

    start: date
    end: date
    weeks: bool = False

    def order(self, number: float) -> int:
        """-1, 0 or 1 as the duration is shorter than, exactly, or longer than `number` months (or weeks)."""
        if self.weeks:
            return _sign((self.end - self.start).days - number * 7)
        whole = int(number)
        limit = add_months(self.start, whole)
        return _sign((self.end - limit).days - (number - whole) * 30)

    def __str__(self) -> str:
        return months_and_days(self.start, self.end)


@dataclass(frozen=True)
class Open:
    """A value that is not known. `facts` are the facts that would settle it; none when the text itself
    is unclear.
    """

    facts: frozenset[str] = frozenset()


UNCLEAR = Open()


@dataclass(frozen=True)
class AtLeast(Open):
    """A duration whose start is not known but lies on or before a known date, so that a lower bound is
    certain.
    """

    bound: Duration | None = None

    def holds(self, op: str, number: float) -> bool | None:
        """What the bound alone decides about a comparison; None while it decides nothing."""
        if self.bound is None:
            return None
        order = self.bound.order(number)
        if op in ("gt", "lte") and order > 0:
            return op == "gt"
        if op in ("gte", "lt") and order >= 0:
            return op == "gte"
        return None


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


Value = Open | Duration | date | bool | int | float | str | None
