"""A stored case as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from actions import resources
from actions.answers.wording import capitalised, plain_date
from actions.rules import Field
from actions.texts import catalogue, text
from assistant.cases.caseload import Caseloads
from assistant.cases.work import CaseWork
from assistant.storage.case_models import FactChange
from assistant.storage.early_allocation import EarlyAllocationStatus
from assistant.storage.visibility import Visible
from assistant.web.caseload_view import (
    CaseCell,
    DutyRow,
    Names,
    Source,
    case_cell,
    check_lines,
    duty_row,
    handover_source,
    responsible_now,
    what_changes,
)


@dataclass(frozen=True)
class StoredFactRow:
    """A fact of a case, with every change of it."""

    name: str
    label: str
    value: str
    changes: list[str]


@dataclass(frozen=True)
class CasePageView:
    """What the page of a case shows."""

    case: CaseCell
    responsible: str
    next: str
    source: Source
    duties: list[DutyRow]
    facts: list[StoredFactRow]
    problems: list[tuple[str, str]]
    """What cannot be right or needs a look, and facts that could change an answer, each with the fact."""
    early: EarlyAllocationStatus
    early_by_rules: str
    steps: list[str]
    allocations: list[str] = field(default_factory=list)


def case_page_view(
    caseloads: Caseloads,
    work: CaseWork,
    as_of: date,
    names: Names,
    visible: Visible,
    *,
    everybody: bool = False,
) -> CasePageView:
    """The page of a case that was read for somebody who may see it."""
    number = work.case.prison_number
    history = caseloads.cases.history(number, visible)
    duties = [item for item in work.duties if everybody or item.for_pom or item.done]
    return CasePageView(
        case_cell(work, names),
        responsible_now(work),
        what_changes(work),
        handover_source(work),
        [duty_row(work, item, as_of, names) for item in duties],
        _facts(work, history, names),
        check_lines(work, everything=True),
        work.early_allocation,
        text(
            "stored_case.early_by_rules",
            outcome=text(f"stored_case.outcomes.{work.worked_out.early_allocation}"),
        ),
        [
            _step(step.to_state, step.decision, step.on_date, names.of(step.recorded_by), step.note)
            for step in caseloads.early_allocation.steps(work.case.id)
        ],
        [
            text(
                "stored_case.allocation_ended" if item.to_date else "stored_case.allocation",
                pom=names.of(item.person_id),
                start=plain_date(item.from_date),
                **({"end": plain_date(item.to_date)} if item.to_date else {}),
            )
            for item in caseloads.cases.allocations(number, visible)
        ],
    )


def _facts(work: CaseWork, history: Iterable[FactChange], names: Names) -> list[StoredFactRow]:
    book = resources.rule_book()
    changes = list(history)
    rows = []
    for name in book.fields:
        of_fact = [change for change in changes if change.fact == name]
        if name not in work.case.facts and not of_fact:
            continue
        known = book.field(name)
        value = work.case.facts.get(name, ...)
        rows.append(
            StoredFactRow(
                name, capitalised(known.label), value_in_words(known, value), fact_changes(of_fact, names)
            )
        )
    return rows


def fact_changes(changes: Iterable[FactChange], names: Names) -> list[str]:
    """The changes of one fact in words, newest first."""
    known = resources.rule_book().fields
    return [
        text(
            "stored_case.change_line",
            date=plain_date(change.changed_at.date()),
            old=value_in_words(known[change.fact], change.old_value if change.old_known else ...),
            new=value_in_words(known[change.fact], change.new_value if change.new_known else ...),
            by=names.of(change.changed_by),
            source=change.source,
        )
        for change in changes
    ]


def value_in_words(known: Field, value: Any) -> str:
    """The value of a fact as people read it; `...` is not known, None is known to be absent."""
    if value is ...:
        return text("stored_case.unknown")
    if value is None:
        return text("stored_case.none")
    if known.type in ("date", "datetime"):
        return plain_date(str(value)[:10])
    if isinstance(value, bool):
        return text("fact_page.yes" if value else "fact_page.no").lower()
    named = catalogue()["fact_values"].get(known.name, {}).get(str(value))
    return str(named or known.says(value)).replace("_", " ")


def _step(state: str, decision: str | None, on: date, by: str, note: str) -> str:
    said = text(f"stored_case.states.{state}")
    if decision:
        said = f"{said}: {text(f'stored_case.decisions.{decision}').lower()}"
    line = text("stored_case.step", date=plain_date(on), state=said, by=by)
    return f"{line}. {note}" if note else line
