"""The caseload: what is due over all cases that a person may see, as a page, as files and as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse

from actions import clock, resources
from actions.answers.wording import capitalised
from actions.rules import FactErrors
from actions.texts import entry, text
from assistant.access import Action, Extent, Person, current_person, extent
from assistant.cases.caseload import CaseDuty, Caseload, Caseloads, items_due, may_change
from assistant.cases.cells import PRISON_NUMBER
from assistant.cases.exporting import write_csv, write_xlsx
from assistant.cases.work import HANDOVERS_AHEAD, CaseWork
from assistant.storage.database import connect
from assistant.web.caseload_query import ALL, DUTY_VIEWS, OWN, VIEWS, CaseloadQuery, QueryNotUnderstood
from assistant.web.caseload_view import (
    DutyRow,
    HandoverRow,
    Names,
    case_rows,
    check_rows,
    duty_rows,
    handover_rows,
    parole_rows,
)
from assistant.web.rendering import page

router = APIRouter(tags=["caseload"])

Who = Annotated[Person, Depends(current_person)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def caseloads_of(request: Request) -> Caseloads:
    """The stored cases of the application, opened when first asked for."""
    state = request.app.state
    if not hasattr(state, "caseloads"):
        settings = state.settings
        state.caseloads = Caseloads(connect(settings.database()), resources.rule_book(), settings.edition)
    found: Caseloads = state.caseloads
    return found


@router.get("/caseload", include_in_schema=False, response_class=HTMLResponse)
def caseload_page(request: Request, person: Who) -> Response:
    """One list of the caseload, chosen and ordered by the address."""
    try:
        query, caseload = _asked(request, person)
    except QueryNotUnderstood as problem:
        return page("not_found.html", status_code=404, message=text(problem.key))
    names = Names(request.app.state.people)
    rows = _rows(caseload, query, names)
    return page(
        "caseload.html",
        query=query,
        caseload=caseload,
        ahead=caseload.as_of + timedelta(days=HANDOVERS_AHEAD),
        of_pom=names.of(query.whose),
        views=VIEWS,
        counts=_counts(caseload),
        rows=rows,
        long_overdue=len(caseload.long_overdue()) if query.view == "overdue" else 0,
        poms=_poms(caseloads_of(request), person, names),
        may_change=may_change(person),
        may_feed=extent(person, Action.OWN_FEED) is not Extent.NONE,
        notice=notice_of(request),
        synthetic=any(work.case.synthetic for work in caseload.cases),
    )


@router.get("/caseload/export.csv", include_in_schema=False)
def export_csv(request: Request, person: Who) -> Response:
    """The list as CSV."""
    return _download(request, person, "csv")


@router.get("/caseload/export.xlsx", include_in_schema=False)
def export_xlsx(request: Request, person: Who) -> Response:
    """The list as a workbook."""
    return _download(request, person, "xlsx")


@router.get("/api/caseload/due")
def due(request: Request, person: Who, days: Annotated[int, Query(ge=0, le=366)] = 7) -> list[dict[str, Any]]:
    """The person's own open duties from today to so many days ahead, in order of date."""
    found = items_due(caseloads_of(request), person, clock.today(), days)
    return [{"prison_number": item.prison_number, **item.duty.task.as_dict()} for item in found]


def _asked(request: Request, person: Person) -> tuple[CaseloadQuery, Caseload]:
    """The query of an address and the caseload it is about. Raises `QueryNotUnderstood`."""
    query = CaseloadQuery.read(request.query_params)
    caseloads = caseloads_of(request)
    whose = query.whose or (OWN if caseloads.holds_own(person) else ALL)
    query = replace(query, whose=whose)
    try:
        caseload = caseloads.of(
            person,
            query.as_of or clock.today(),
            edition=query.edition or None,
            own=whose == OWN,
            pom=whose if whose not in (OWN, ALL) else None,
            everybody=query.everybody,
        )
    except FactErrors as problem:
        raise QueryNotUnderstood("caseload.errors.edition") from problem
    return query, replace(caseload, cases=tuple(work for work in caseload.cases if _matches(work, query)))


def _matches(work: CaseWork, query: CaseloadQuery) -> bool:
    if query.state and work.early_allocation.state != query.state:
        return False
    words = query.search.casefold().split()
    found = f"{work.case.prison_number} {work.case.name or ''}".casefold()
    return all(word in found for word in words)


def _duties(caseload: Caseload, query: CaseloadQuery) -> list[CaseDuty]:
    found = {
        "week": caseload.due_this_week,
        "overdue": caseload.overdue,
        "ahead": lambda: caseload.due_within(HANDOVERS_AHEAD),
        "early": caseload.early_allocation_due,
        "done": caseload.done,
    }[query.view]()
    return [*caseload.long_overdue(), *found] if query.view == "overdue" and query.long else found


def _rows(caseload: Caseload, query: CaseloadQuery, names: Names) -> Sequence[Any]:
    if query.view in DUTY_VIEWS:
        return _ordered(duty_rows(_duties(caseload, query), caseload.as_of, names), query.sort)
    if query.view == "handovers":
        return handover_rows(caseload.handovers(), names)
    if query.view == "parole":
        return parole_rows(caseload.parole_windows(), names)
    if query.view == "missing":
        return check_rows(caseload.with_missing_facts(), names)
    return case_rows(caseload.cases, caseload, names)


def _ordered(rows: list[DutyRow], sort: str) -> list[DutyRow]:
    keys = {
        "case": lambda row: row.case.number,
        "duty": lambda row: row.title,
        "pom": lambda row: row.case.pom,
    }
    return sorted(rows, key=keys[sort]) if sort in keys else rows


def _counts(caseload: Caseload) -> dict[str, int]:
    return {
        "week": len(caseload.due_this_week()),
        "overdue": len(caseload.overdue()),
        "ahead": len(caseload.due_within(HANDOVERS_AHEAD)),
        "handovers": len(caseload.handovers()),
        "early": len(caseload.early_allocation_due()),
        "parole": len(caseload.parole_windows()),
        "missing": len(caseload.with_missing_facts()),
        "done": len(caseload.done()),
        "cases": len(caseload.cases),
    }


def _poms(caseloads: Caseloads, person: Person, names: Names) -> list[tuple[str, str]]:
    """The prison offender managers whose cases a person may choose, when they may see more than their own."""
    if extent(person, Action.READ_CASE) is not Extent.ALL:
        return []
    keys = caseloads.cases.poms()
    return sorted(((key, names.of(key)) for key in keys), key=lambda item: item[1].casefold())


def notice_of(request: Request) -> str:
    """What was just done, from the address the page was sent to: in texts of ours, whatever the address says."""
    given = request.query_params
    kind, book = given.get("notice", ""), resources.rule_book()
    number = given.get("number", "")
    if (
        kind in ("done", "undone")
        and PRISON_NUMBER.fullmatch(number)
        and given.get("task") in book.catalogue.rules
    ):
        title = capitalised(book.rule(given["task"]).title)
        return text(f"caseload.notices.{kind}", title=title, number=number)
    if kind == "fact" and given.get("fact") in book.fields:
        return text("caseload.notices.fact", label=book.field(given["fact"]).label)
    if kind == "early" and given.get("state") in entry("stored_case.states"):
        return text("caseload.notices.early", state=text(f"stored_case.states.{given['state']}").lower())
    return ""


def _download(request: Request, person: Person, kind: str) -> Response:
    try:
        query, caseload = _asked(request, person)
    except QueryNotUnderstood as problem:
        raise HTTPException(404, text(problem.key)) from problem
    names = Names(request.app.state.people)
    headings: dict[str, str] = entry("caseload.sheet")
    rows = [_line(row) for row in _rows(caseload, query, names)]
    name = f"caseload-{query.view}-{caseload.as_of.isoformat()}.{kind}"
    title = str(entry(f"caseload.views.{query.view}"))
    if kind == "csv":
        content, media = write_csv([*headings.values()], rows), "text/csv; charset=utf-8"
    else:
        content, media = write_xlsx(title, [*headings.values()], rows), XLSX
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)


def _line(row: Any) -> list[Any]:
    """One row of a list, in the columns that every list has."""
    case = [row.case.number, row.case.name, row.case.pom]
    if isinstance(row, DutyRow):
        status = text("caseload.statuses.done" if row.done else f"caseload.statuses.{_status(row)}")
        start = row.when if not row.due else ""
        return [
            *case,
            row.title,
            date.fromisoformat(row.due) if row.due else "",
            start,
            row.owner,
            status,
            row.source.working,
            row.source.title,
            row.source.section,
            row.source.quote,
        ]
    if isinstance(row, HandoverRow):
        source = row.source
        return [*case, "", row.when, "", "", "", source.working, source.title, source.section, source.quote]
    lines = " ".join(words for words, _ in getattr(row, "lines", ()))
    return [*case, "", "", "", "", getattr(row, "state", ""), lines, "", "", ""]


def _status(row: DutyRow) -> str:
    return "overdue" if row.late else "due"
