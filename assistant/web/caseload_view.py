"""The caseload and a stored case, as the pages show them: rows in words, with their reasons and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions import resources
from actions.answers.topic_answer import role_in_words
from actions.answers.wording import capitalised, plain_date
from actions.case_assessment import tie_to_passage
from actions.rules import Citation, Reason
from actions.texts import text
from assistant.access import DEMONSTRATION
from assistant.access.people import PeopleRepository
from assistant.cases.caseload import CaseDuty, Caseload, handover_day
from assistant.cases.work import PAROLE_WINDOW, CaseWork, Duty
from assistant.storage.visibility import person_key
from knowledge.index import IndexMissing


@dataclass(frozen=True)
class Source:
    """Where a date comes from: the reason in words, and the passage."""

    working: str
    title: str = ""
    section: str = ""
    quote: str = ""
    url: str = ""


@dataclass(frozen=True)
class CaseCell:
    """A case in a list."""

    number: str
    name: str
    pom: str
    synthetic: bool


@dataclass(frozen=True)
class DutyRow:
    """A duty in a list."""

    case: CaseCell
    task: str
    title: str
    when: str
    due: str
    """The due date as YYYY-MM-DD, empty for a duty without one."""
    late: bool
    owner: str
    notes: list[str]
    source: Source
    done: str = ""


class Names:
    """The names of people, by whatever names them in an allocation or a change."""

    def __init__(self, people: PeopleRepository) -> None:
        self._names: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        for person in (DEMONSTRATION, *people.everyone()):
            for key in (person.id, person.email):
                if key:
                    self._names[person_key(key)] = person.name
                    self._ids[person_key(key)] = person.id

    def of(self, key: str | None) -> str:
        """The name of a person, or what names them where they are not known."""
        if not key:
            return text("caseload.nobody")
        return self._names.get(person_key(key), key)

    def same(self, key: str) -> str:
        """One key for a person who is named in several ways."""
        return self._ids.get(person_key(key), person_key(key))


def case_cell(work: CaseWork, names: Names) -> CaseCell:
    """A case in a list."""
    case = work.case
    return CaseCell(case.prison_number, case.name or "", names.of(case.pom), case.synthetic)


def duty_rows(duties: Iterable[CaseDuty], as_of: date, names: Names) -> list[DutyRow]:
    """Duties in words."""
    return [duty_row(item.work, item.duty, as_of, names) for item in duties]


def duty_row(work: CaseWork, duty: Duty, as_of: date, names: Names) -> DutyRow:
    """One duty in words."""
    task = duty.task
    notes = [text("caseload.conditional")] if duty.conditional else []
    if task.inferred:
        notes.append(text("caseload.inferred"))
    if duty.done_for_other_date:
        mark = duty.done_for_other_date
        notes.append(
            text(
                "caseload.done_for_other",
                done=plain_date(mark.done_on),
                due=plain_date(mark.due) if mark.due else "–",
            )
        )
    return DutyRow(
        case_cell(work, names),
        task.id,
        capitalised(task.title),
        _when(task.opens, task.due),
        task.due.isoformat() if task.due else "",
        late=task.due is not None and task.due < as_of and not duty.done,
        owner=task.owner,
        notes=notes,
        source=source_of(task.working, task.citation),
        done=text("caseload.done_on", done=plain_date(duty.done.done_on), by=names.of(duty.done.done_by))
        if duty.done
        else "",
    )


def _when(opens: date | None, due: date | None) -> str:
    if due is None:
        return text("caseload.from", date=plain_date(opens)) if opens else ""
    if opens is not None and opens != due:
        return text("caseload.window", start=plain_date(opens), end=plain_date(due))
    return plain_date(due)


def source_of(working: str, citation: Citation | Mapping[str, Any] | None) -> Source:
    """A reason with its source, tied to the passage in the guidance reader where that is indexed."""
    if citation is None:
        return Source(capitalised(working))
    data = citation.as_dict() if isinstance(citation, Citation) else dict(citation)
    with suppress(IndexMissing):  # the address of the document is there without the passage
        tie_to_passage(data, resources.guidance())
    section = str(data.get("section") or "").split(" > ")[-1]
    return Source(
        capitalised(working), str(data["title"]), section, str(data["quote"]), str(data.get("url") or "")
    )


@dataclass(frozen=True)
class HandoverRow:
    """A case that goes to the community."""

    case: CaseCell
    when: str
    source: Source


def handover_rows(works: Iterable[CaseWork], names: Names) -> list[HandoverRow]:
    """Handovers in words."""
    rows = []
    for work in works:
        day = handover_day(work)
        if day is not None:
            rows.append(HandoverRow(case_cell(work, names), plain_date(day), handover_source(work)))
    return rows


def handover_source(work: CaseWork) -> Source:
    """Why a case is handed over when it is."""
    reason: Reason | None = work.worked_out.handover_reason
    return source_of(reason.because, reason.citation) if reason else Source("")


def parole_rows(works: Iterable[CaseWork], names: Names) -> list[HandoverRow]:
    """Parole windows in words."""
    conflict = resources.rule_book().conflict(PAROLE_WINDOW)
    citation = next((item["citation"] for item in conflict["positions"] if item.get("citation")), None)
    return [
        HandoverRow(
            case_cell(work, names),
            plain_date(work.worked_out.parole_window_opens),
            source_of(text("caseload.parole_working"), citation),
        )
        for work in works
        if work.worked_out.parole_window_opens
    ]


@dataclass(frozen=True)
class CheckRow:
    """A case with facts to check."""

    case: CaseCell
    lines: list[tuple[str, str]]
    """What to check, and the fact it is about (empty for none)."""


def check_rows(works: Iterable[CaseWork], names: Names) -> list[CheckRow]:
    """Cases with facts to check, in words."""
    return [CheckRow(case_cell(work, names), check_lines(work)) for work in works]


def check_lines(work: CaseWork, *, everything: bool = False) -> list[tuple[str, str]]:
    """What to check about the facts of a case."""
    book, found = resources.rule_book(), work.worked_out
    lines = []
    for error in found.errors:
        label = book.field(error.field).label if error.field in book.fields else error.field
        lines.append(
            (text("caseload.cannot_use", label=capitalised(label), problem=error.problem), error.field)
        )
    if found.release_passed:
        lines.append((text("caseload.release_passed", date=plain_date(found.release_passed)), "recall_type"))
    names = found.missing + (found.also_missing if everything else ())
    return lines + [(book.field(name).question, name) for name in names]


@dataclass(frozen=True)
class CaseRow:
    """A case in the list of all cases."""

    case: CaseCell
    responsible: str
    next: str
    state: str


def case_rows(works: Sequence[CaseWork], caseload: Caseload, names: Names) -> list[CaseRow]:
    """Cases in words, with the next date."""
    rows = []
    for work in works:
        duties = work.open_duties(everybody=caseload.everybody)
        ahead = min((duty.day for duty in duties if duty.day >= caseload.as_of), default=None)
        rows.append(
            CaseRow(
                case_cell(work, names),
                responsible_now(work),
                plain_date(ahead) if ahead else "",
                text(f"stored_case.states.{work.early_allocation.state}"),
            )
        )
    return rows


def responsible_now(work: CaseWork) -> str:
    """Who is responsible for a case on the day it was worked out for."""
    holder = work.worked_out.responsible
    return capitalised(role_in_words(holder)) if holder else text("stored_case.unclear")


def what_changes(work: CaseWork) -> str:
    """What changes next about who is responsible."""
    found = work.worked_out
    if not found.changes_on or not found.changes_to:
        return text("stored_case.no_change")
    who = capitalised(role_in_words(found.changes_to))
    return text("stored_case.next_on", who=who, date=plain_date(found.changes_on))
