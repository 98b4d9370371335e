"""What is to be done for one case on a day: its dated duties, its handover, its parole window, what is not known."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import Any

from actions.rules import FactError, FactErrors, Part, Reason, Responsibility, RuleBook, Task
from assistant.storage.case_tasks import DoneMark
from assistant.storage.cases import StoredCase
from assistant.storage.early_allocation import EarlyAllocationStatus

HANDOVERS_AHEAD = 56
"""Days ahead in which handovers, early allocation reviews and parole windows are listed."""

LONG_AGO = timedelta(days=365)
"""A date that passed longer ago than this is listed apart: most were met before the case was stored here."""

CASES_KEPT = 5_000
"""Cases whose results are kept in memory, so that a caseload that has not changed is not worked out again."""

DECISIVE = frozenset({"responsibility", "handover"})
"""The parts of an assessment for which a missing fact puts a case among those to check."""

PAROLE_WINDOW = "C-15"
"""The conflict of the documents that holds the working definition of the parole window."""


@dataclass(frozen=True)
class Duty:
    """A dated duty of a case."""

    task: Task
    done: DoneMark | None = None
    """Set when it was marked done for this date."""
    done_for_other_date: DoneMark | None = None
    """Set when it was marked done, but for another date: the facts have changed since."""
    conditional: bool = False
    """An early allocation step that only runs if early allocation goes ahead."""

    @property
    def day(self) -> date:
        """The day by which, or from which, it is to be done."""
        day = self.task.due or self.task.opens
        assert day is not None, "only dated duties are listed"
        return day

    @property
    def for_pom(self) -> bool:
        """Whether it is a duty of the prison offender manager, alone or with others."""
        return "POM" in self.task.owner.split(" and ") or self.task.owner == "responsible offender manager"

    @property
    def of_early_allocation(self) -> bool:
        """Whether it belongs to early allocation."""
        return self.task.id.startswith("EA-")


@dataclass(frozen=True)
class WorkedOut:
    """What follows from the facts of a case on a day, whoever has done what of it."""

    duties: tuple[tuple[Task, bool], ...] = ()
    """The dated duties that the rules do not know to be done; with each, whether it is conditional."""
    responsible: str | None = None
    changes_on: date | None = None
    changes_to: str | None = None
    handover: date | None = None
    """When responsibility passes to the community, past or to come."""
    handover_reason: Reason | None = None
    """Why it passes on that day."""
    parole_window_opens: date | None = None
    early_allocation: str = "unknown"
    missing: tuple[str, ...] = ()
    """Names of the facts that could still change who is responsible or when it changes, the first to ask first."""
    also_missing: tuple[str, ...] = ()
    """Names of the other facts that could still change an answer."""
    release_passed: date | None = None
    """The release date, when it has passed without a recall on record."""
    errors: tuple[FactError, ...] = ()
    """What is wrong with the facts; nothing is worked out then."""


@dataclass(frozen=True)
class CaseWork:
    """A case with everything that is to be done for it on a day."""

    case: StoredCase
    worked_out: WorkedOut
    duties: tuple[Duty, ...]
    early_allocation: EarlyAllocationStatus

    def open_duties(self, *, everybody: bool = False) -> list[Duty]:
        """The duties that are not done: the prison offender manager's, or with `everybody` all of them."""
        return [duty for duty in self.duties if not duty.done and (everybody or duty.for_pom)]


class WorkBook:
    """Works cases out by the rules and keeps the results by facts, day and edition. Safe to share."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._kept: OrderedDict[tuple[str, date, str], WorkedOut] = OrderedDict()
        self._lock = Lock()

    def work_out(self, facts: Mapping[str, Any], as_of: date, edition: str) -> WorkedOut:
        """What follows from facts on a day. Facts that cannot be used give only what is wrong with them."""
        key = (json.dumps(facts, sort_keys=True), as_of, edition)
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        try:
            made = _work_out(self.book, facts, as_of, edition)
        except FactErrors as errors:
            made = WorkedOut(errors=tuple(errors.errors))
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > CASES_KEPT:
                self._kept.popitem(last=False)
        return made

    def work(
        self,
        case: StoredCase,
        marks: Sequence[DoneMark],
        early: EarlyAllocationStatus,
        as_of: date,
        edition: str,
    ) -> CaseWork:
        """A stored case with its duties, those marked done among them."""
        found = self.work_out(case.facts, as_of, edition)
        duties = [_duty(task, conditional, marks) for task, conditional in found.duties]
        return CaseWork(case, found, tuple(sorted(duties, key=lambda duty: (duty.day, duty.task.id))), early)


def _duty(task: Task, conditional: bool, marks: Sequence[DoneMark]) -> Duty:
    of_task = [mark for mark in marks if mark.task_id == task.id]
    done = next((mark for mark in of_task if mark.due == task.due), None)
    other = None if done or task.kind == "recurring" or not of_task else of_task[-1]
    return Duty(task, done, other, conditional)


def _work_out(book: RuleBook, facts: Mapping[str, Any], as_of: date, edition: str) -> WorkedOut:
    assessment = book.assess(facts, as_of, edition)
    now, handover = assessment.responsibility, assessment.handover
    day, reason = _handover(now, handover)
    missing = [(str(item["fact"]), {*item["matters_to"]}) for item in assessment.missing]
    return WorkedOut(
        duties=tuple(_duties(assessment.tasks, assessment.early_allocation.data, facts)),
        responsible=now.responsible,
        changes_on=now.changes_on,
        changes_to=now.changes_to,
        handover=day,
        handover_reason=reason,
        parole_window_opens=_parole_window(book, facts, as_of, edition),
        early_allocation=str(assessment.early_allocation.data.get("outcome", "unknown")),
        missing=tuple(name for name, matters in missing if matters & DECISIVE),
        also_missing=tuple(name for name, matters in missing if not matters & DECISIVE),
        release_passed=_release_passed(facts, as_of),
    )


def _handover(now: Responsibility, part: Part) -> tuple[date | None, Reason | None]:
    """When responsibility passes to the community, and why then; else the handover date by itself."""
    planned = part.data.get("date")
    first = part.reasons[0] if part.reasons else None
    if now.changes_on is None or now.changes_to in (None, "POM"):
        return (planned if isinstance(planned, date) else None), first
    if planned == now.changes_on or not now.reasons:
        return now.changes_on, first
    return now.changes_on, now.reasons[-1]


def _duties(
    tasks: Sequence[Task], early: Mapping[str, Any], facts: Mapping[str, Any]
) -> list[tuple[Task, bool]]:
    found = {task.id: (task, False) for task in tasks}
    agreed = facts.get("early_allocation_agreed") is True
    for step in early.get("steps", ()):
        if isinstance(step, Task):
            found.setdefault(step.id, (step, not agreed))
    return [pair for pair in found.values() if pair[0].status != "done" and (pair[0].due or pair[0].opens)]


def _parole_window(book: RuleBook, facts: Mapping[str, Any], as_of: date, edition: str) -> date | None:
    """The day in the weeks ahead on which the parole window of an indeterminate sentence opens."""
    if facts.get("sentence_type") not in ("life", "ipp"):
        return None
    case = book.case(facts, as_of, edition)

    def is_open(days: int) -> bool:
        return case.on(as_of + timedelta(days=days)).value("in_parole_window") is True

    first, last = 0, HANDOVERS_AHEAD
    if is_open(first) or not is_open(last):
        return None
    while last - first > 1:
        middle = (first + last) // 2
        first, last = (first, middle) if is_open(middle) else (middle, last)
    return as_of + timedelta(days=last)


def _release_passed(facts: Mapping[str, Any], as_of: date) -> date | None:
    if facts.get("recall_type") not in (None, "none"):
        return None
    release = facts.get("conditional_release_date") or facts.get("automatic_release_date")
    day = date.fromisoformat(str(release)) if release else None
    return day if day is not None and day < as_of else None
