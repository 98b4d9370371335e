"""The caseload of a person: what is due, overdue and coming up over all cases they may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine

from actions.rules import RuleBook
from assistant.access import Action, Extent, Person, extent
from assistant.cases.reach import own_cases, reach
from assistant.cases.work import HANDOVERS_AHEAD, LONG_AGO, CaseWork, Duty, WorkBook
from assistant.storage.case_tasks import CaseTaskRepository
from assistant.storage.cases import CaseNotFound, CaseRepository
from assistant.storage.early_allocation import EarlyAllocationRepository, EarlyAllocationStatus
from assistant.storage.visibility import Visible, allocated_to


@dataclass(frozen=True)
class CaseDuty:
    """A duty with the case it belongs to."""

    work: CaseWork
    duty: Duty

    @property
    def prison_number(self) -> str:
        """The prison number of the case."""
        return self.work.case.prison_number


@dataclass(frozen=True)
class Caseload:
    """Cases worked out for a day. Every list is in order of date, then of prison number."""

    as_of: date
    edition: str
    cases: tuple[CaseWork, ...]
    everybody: bool = False
    """Whether the duties of others than the prison offender manager are listed too."""

    @property
    def end_of_week(self) -> date:
        """The Sunday of this week."""
        return self.as_of + timedelta(days=6 - self.as_of.weekday())

    def duties(self, first: date | None = None, last: date | None = None) -> list[CaseDuty]:
        """Open duties whose day lies from `first` to `last`, both included."""
        found = [
            CaseDuty(work, duty)
            for work in self.cases
            for duty in work.open_duties(everybody=self.everybody)
            if (first is None or duty.day >= first) and (last is None or duty.day <= last)
        ]
        return sorted(found, key=lambda item: (item.duty.day, item.prison_number, item.duty.task.id))

    def due_this_week(self) -> list[CaseDuty]:
        """Open duties from today to Sunday."""
        return self.duties(self.as_of, self.end_of_week)

    def due_within(self, days: int) -> list[CaseDuty]:
        """Open duties from today to so many days ahead."""
        return self.duties(self.as_of, self.as_of + timedelta(days=days))

    def overdue(self) -> list[CaseDuty]:
        """Open duties whose last day passed within the last year."""
        return _with_limit(self.duties(self.as_of - LONG_AGO, self.as_of - timedelta(days=1)))

    def long_overdue(self) -> list[CaseDuty]:
        """Open duties whose last day passed more than a year ago."""
        return _with_limit(self.duties(None, self.as_of - LONG_AGO - timedelta(days=1)))

    def done(self) -> list[CaseDuty]:
        """Duties marked done, the latest first."""
        found = [CaseDuty(work, duty) for work in self.cases for duty in work.duties if duty.done]
        return sorted(found, key=lambda item: (item.duty.done.done_on, item.duty.day), reverse=True)  # type: ignore[union-attr]

    def handovers(self, days: int = HANDOVERS_AHEAD) -> list[CaseWork]:
        """Cases that are handed over to the community from today to so many days ahead."""
        last = self.as_of + timedelta(days=days)
        found = [work for work in self.cases if (day := handover_day(work)) and self.as_of <= day <= last]
        return sorted(found, key=lambda work: (handover_day(work), work.case.prison_number))

    def early_allocation_due(self, days: int = HANDOVERS_AHEAD) -> list[CaseDuty]:
        """Early allocation steps from a year back to so many days ahead."""
        last = self.as_of + timedelta(days=days)
        return [item for item in self.duties(self.as_of - LONG_AGO, last) if item.duty.of_early_allocation]

    def parole_windows(self) -> list[CaseWork]:
        """Cases whose parole window opens in the weeks ahead."""
        found = [work for work in self.cases if work.worked_out.parole_window_opens]
        return sorted(found, key=lambda work: (work.worked_out.parole_window_opens, work.case.prison_number))

    def with_missing_facts(self) -> list[CaseWork]:
        """Cases for which a fact is missing, cannot be used, or needs a look: those with most first."""
        found = [work for work in self.cases if needs_facts(work)]
        return sorted(
            found,
            key=lambda work: (
                not work.worked_out.errors,
                not work.worked_out.release_passed,
                -len(work.worked_out.missing),
                work.case.prison_number,
            ),
        )

    def case(self, prison_number: str) -> CaseWork | None:
        """One case of the caseload."""
        return next((work for work in self.cases if work.case.prison_number == prison_number), None)


class Caseloads:
    """Makes caseloads from the stored cases. Holds nobody's cases: each is read for the person who asks."""

    def __init__(self, engine: Engine, book: RuleBook, edition: str) -> None:
        self.engine, self.edition = engine, edition
        self.cases = CaseRepository(engine)
        self.tasks = CaseTaskRepository(engine)
        self.early_allocation = EarlyAllocationRepository(engine)
        self.workbook = WorkBook(book)

    def of(
        self,
        person: Person | None,
        as_of: date,
        *,
        edition: str | None = None,
        pom: str | None = None,
        own: bool = False,
        everybody: bool = False,
    ) -> Caseload:
        """The cases a person may see, worked out for a day: all of them, those of one prison offender
        manager (`pom`), or the person's own.

        Raises `actions.rules.FactErrors` for an edition that there is not.
        """
        edition = edition or self.edition
        self.workbook.book.edition(edition)
        visible = reach(person)
        if pom is not None:
            visible = visible & allocated_to(pom)
        if own and person is not None:
            visible = visible & own_cases(person)
        return Caseload(as_of, edition, tuple(self._work(visible, as_of, edition)), everybody)

    def usual(self, person: Person | None, as_of: date, edition: str | None = None) -> Caseload:
        """What a person means by their caseload: their own cases, or without any those they may see."""
        own = self.of(person, as_of, edition=edition, own=True)
        return own if own.cases else self.of(person, as_of, edition=edition)

    def one(
        self, person: Person | None, prison_number: str, as_of: date, edition: str | None = None
    ) -> CaseWork:
        """One case worked out for a day. Raises `assistant.storage.cases.CaseNotFound`."""
        case = self.cases.find(prison_number, reach(person))
        marks = self.tasks.done(_only(case.id)).get(case.id, [])
        early = self.early_allocation.status(case.prison_number, reach(person))
        return self.workbook.work(case, marks, early, as_of, edition or self.edition)

    def facts_of(self, person: Person | None, prison_number: str) -> dict[str, Any] | None:
        """The facts of a case in their JSON form; None when there is no such case for this person."""
        try:
            return dict(self.cases.find(prison_number, reach(person)).facts)
        except CaseNotFound:
            return None

    def holds_own(self, person: Person) -> bool:
        """Whether any case is allocated to the person."""
        return self.cases.count(own_cases(person)) > 0

    def _work(self, visible: Visible, as_of: date, edition: str) -> Iterable[CaseWork]:
        marks = self.tasks.done(visible)
        early = self.early_allocation.statuses(visible)
        nothing = EarlyAllocationStatus()
        for case in self.cases.cases(visible):
            yield self.workbook.work(
                case, marks.get(case.id, ()), early.get(case.id, nothing), as_of, edition
            )


def items_due(caseloads: Caseloads, person: Person, as_of: date, days: int) -> list[CaseDuty]:
    """A person's own open duties from today to so many days ahead, in order of date: what to remind them of."""
    return caseloads.of(person, as_of, own=True).due_within(days)


def may_change(person: Person | None) -> bool:
    """Whether a person may change any case."""
    return extent(person, Action.CHANGE_CASE) is not Extent.NONE


def handover_day(work: CaseWork) -> date | None:
    """When a case that the prison offender manager holds is handed over to the community."""
    found = work.worked_out
    return found.handover if found.responsible == "POM" else None


def needs_facts(work: CaseWork) -> bool:
    """Whether something about the facts of a case needs a look."""
    found = work.worked_out
    return bool(found.errors or found.missing or found.release_passed)


def _with_limit(duties: list[CaseDuty]) -> list[CaseDuty]:
    """Without duties that only have a day from which they can be done: they are never late."""
    return [item for item in duties if item.duty.task.due is not None]


def _only(case_id: int) -> Visible:
    from assistant.storage.case_models import CaseRecord

    return CaseRecord.id == case_id
