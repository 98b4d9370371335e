"""The team: every prison offender manager's caseload, the handovers to come, early allocation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from assistant.cases.caseload import Caseload, handover_day
from assistant.cases.work import CaseWork
from assistant.storage.early_allocation import TRANSITIONS

MONTHS_AHEAD = 12
"""Months of the pipeline of handovers, this month included."""

STATES = tuple(state for state in TRANSITIONS if state != "superseded")
"""The states that an early allocation can be in now."""


@dataclass(frozen=True)
class TeamRow:
    """The caseload of one prison offender manager in numbers."""

    key: str
    """Tells them from the others; empty for cases that are not allocated."""
    pom: str
    """What names them in an allocation."""
    cases: int
    week: int
    overdue: int
    handovers: int
    early: int
    missing: int


@dataclass(frozen=True)
class Month:
    """The handovers of one month."""

    first: date
    count: int


@dataclass(frozen=True)
class Team:
    """The whole team on a day."""

    rows: tuple[TeamRow, ...]
    total: TeamRow
    months: tuple[Month, ...]
    later: int
    """Handovers after the last of the months."""
    states: dict[str, int]
    """How many cases are in each state of early allocation."""


def team_of(caseload: Caseload, same: Callable[[str], str]) -> Team:
    """The team whose cases these are. `same` gives one key for a person who is named in several ways."""
    groups: dict[str, tuple[str, list[CaseWork]]] = {}
    for work in caseload.cases:
        pom = work.case.pom or ""
        groups.setdefault(same(pom) if pom else "", (pom, []))[1].append(work)
    rows = tuple(
        _row(key, pom, replace(caseload, cases=tuple(works))) for key, (pom, works) in groups.items()
    )
    months = _months(caseload.as_of)
    days = [day for work in caseload.cases if (day := handover_day(work)) and day >= caseload.as_of]
    by_month = Counter(day.replace(day=1) for day in days)
    return Team(
        rows,
        _row("", "", caseload),
        tuple(Month(first, by_month[first]) for first in months),
        sum(count for first, count in by_month.items() if first > months[-1]),
        {state: sum(work.early_allocation.state == state for work in caseload.cases) for state in STATES},
    )


def _row(key: str, pom: str, caseload: Caseload) -> TeamRow:
    return TeamRow(
        key,
        pom,
        len(caseload.cases),
        len(caseload.due_this_week()),
        len(caseload.overdue()),
        len(caseload.handovers()),
        len(caseload.early_allocation_due()),
        len(caseload.with_missing_facts()),
    )


def _months(as_of: date) -> list[date]:
    start = as_of.year * 12 + as_of.month - 1
    return [date((start + step) // 12, (start + step) % 12 + 1, 1) for step in range(MONTHS_AHEAD)]
