"""A stored case as a page: its duties, facts with their history and early allocation, and changing them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from actions import clock, resources
from actions.answers.wording import capitalised, plain_date
from actions.rules import Field
from actions.texts import text
from assistant.access import Action, Person, current_person
from assistant.cases.caseload import may_change
from assistant.cases.cells import CellUnreadable
from assistant.cases.columns import Columns
from assistant.cases.importing import fact_errors
from assistant.cases.reach import reach
from assistant.cases.work import CaseWork
from assistant.channels.caseload import caseloads_of, notice_of
from assistant.storage.cases import CaseNotFound, StaleChange
from assistant.storage.early_allocation import MoveNotAllowed
from assistant.storage.visibility import Visible
from assistant.web.browser import conversation_of, known_token, new_token, remember
from assistant.web.caseload_view import Names
from assistant.web.fact_form import FactForm, read_day
from assistant.web.rendering import page
from assistant.web.stored_case_view import case_page_view, fact_changes, value_in_words

router = APIRouter(include_in_schema=False)

Who = Annotated[Person, Depends(current_person)]


@router.get("/cases/{number}", response_class=HTMLResponse)
def case_page(request: Request, number: str, person: Who, owner: str = "") -> Response:
    """Everything held about a case, worked out for today."""
    return _case_page(request, person, number, everybody=owner == "everybody")


@router.post("/cases/{number}/tasks")
def mark_task(
    request: Request,
    number: str,
    person: Who,
    task: Annotated[str, Form(max_length=64)],
    due: Annotated[str, Form(max_length=10)] = "",
    undo: Annotated[str, Form(max_length=1)] = "",
    back: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Mark a duty done, or take that back."""
    caseloads, changeable = caseloads_of(request), reach(person, Action.CHANGE_CASE)
    try:
        work = caseloads.one(person, number, clock.today())
        found = next(
            (item for item in work.duties if item.task.id == task and _iso(item.task.due) == due), None
        )
        if found is None:
            return _case_page(request, person, number, error=text("caseload.errors.no_duty"), status=409)
        if undo:
            caseloads.tasks.undo(number, task, found.task.due, by=person.id, visible=changeable)
        else:
            caseloads.tasks.mark_done(
                number, task, found.task.due, done_on=clock.today(), by=person.id, visible=changeable
            )
    except CaseNotFound:
        return _not_changeable(request, person, number)
    values = {
        "notice": "undone" if undo else "done",
        "task": found.task.id,
        "number": work.case.prison_number,
    }
    return _back(back, work.case.prison_number, values)


@router.post("/cases/{number}/early-allocation")
def move_early_allocation(
    request: Request,
    number: str,
    person: Who,
    revision: Annotated[int, Form()],
    move: Annotated[str, Form(max_length=32)] = "",
    decision: Annotated[str, Form(max_length=16)] = "",
    day: Annotated[str, Form(max_length=10)] = "",
    month: Annotated[str, Form(max_length=10)] = "",
    year: Annotated[str, Form(max_length=10)] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Record what happened to the early allocation of a case."""

    def again(error: str, status: int = 422) -> Response:
        return _case_page(request, person, number, error=error, status=status)

    try:
        on = read_day({"day": day, "month": month, "year": year})
    except CellUnreadable as problem:
        return again(str(problem))
    if on > clock.today():
        return again(text("caseload.errors.date_future"))
    if not move:
        return again(text("caseload.errors.no_move"))
    if move == "community_decided" and decision not in ("accepted", "refused"):
        return again(text("caseload.errors.no_decision"))
    try:
        caseloads_of(request).early_allocation.move(
            number,
            move,  # type: ignore[arg-type]
            on=on,
            by=person.id,
            visible=reach(person, Action.CHANGE_CASE),
            seen=revision,
            decision=decision if move == "community_decided" else None,  # type: ignore[arg-type]
            note=note.strip(),
        )
    except CaseNotFound:
        return _not_changeable(request, person, number)
    except MoveNotAllowed:
        return again(text("caseload.errors.move"), 409)
    except StaleChange as stale:
        who = Names(request.app.state.people).of(stale.changed_by)
        current = text(f"stored_case.states.{stale.current}")
        when = plain_date(stale.changed_at.date())
        return again(text("caseload.errors.stale_state", who=who, current=current, when=when), 409)
    return _back("", number, {"notice": "early", "state": move})


@router.get("/cases/{number}/facts", response_class=HTMLResponse)
def choose_fact(number: str, fact: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Go to the form of the fact that was chosen on the case page."""
    return RedirectResponse(f"/cases/{number}/facts/{fact}", 303)


@router.get("/cases/{number}/facts/{fact}", response_class=HTMLResponse)
def fact_page(request: Request, number: str, fact: str, person: Who) -> Response:
    """The form that corrects a fact, with the fact's history."""
    return _fact_page(request, person, number, fact)


@router.post("/cases/{number}/facts/{fact}")
def correct_fact(
    request: Request,
    number: str,
    fact: str,
    person: Who,
    revision: Annotated[int, Form()],
    standing: Annotated[str, Form(max_length=60)] = "",
    day: Annotated[str, Form(max_length=10)] = "",
    month: Annotated[str, Form(max_length=10)] = "",
    year: Annotated[str, Form(max_length=10)] = "",
    value: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Correct a fact, unless it was changed since the form was opened."""
    known = _field(fact)
    if known is None:
        return _refused(404, "")
    typed = {"standing": standing, "day": day, "month": month, "year": year, "number": value}
    form = FactForm.typed_in(known, typed)
    caseloads = caseloads_of(request)
    try:
        new = form.value()
        case = caseloads.cases.find(number, reach(person, Action.CHANGE_CASE))
        facts = {name: kept for name, kept in case.facts.items() if name != fact}
        after = facts if new is ... else facts | {fact: new}
        problems = fact_errors(resources.rule_book(), after, clock.today())
        if problems:
            lines = [
                f"{capitalised(_label(item.field))}: {item.problem}. {item.allowed}" for item in problems
            ]
            return _fact_page(request, person, number, fact, form=form, error=" ".join(lines), status=422)
        caseloads.cases.correct(
            number,
            fact,
            new,
            seen=revision,
            by=person.id,
            source=text("fact_page.source"),
            visible=reach(person, Action.CHANGE_CASE),
        )
    except CellUnreadable as problem:
        error = f"{problem} {problem.allowed}".strip()
        return _fact_page(request, person, number, fact, form=form, error=error, status=422)
    except CaseNotFound:
        return _not_changeable(request, person, number)
    except StaleChange as stale:
        error = text(
            "caseload.errors.stale",
            who=Names(request.app.state.people).of(stale.changed_by),
            current=value_in_words(known, stale.current),
            when=_moment(stale.changed_at),
        )
        return _fact_page(request, person, number, fact, form=form, error=error, status=409)
    return _back("", number, {"notice": "fact", "fact": fact})


@router.post("/cases/{number}/chat")
async def open_in_chat(request: Request, number: str, person: Who) -> Response:
    """Open the case in this browser's conversation."""
    try:
        case = await run_in_threadpool(caseloads_of(request).cases.find, number, reach(person))
    except CaseNotFound:
        return _refused(404, text("caseload.errors.no_case"))
    if not request.app.state.engine.ready:
        return _refused(503, text("pages.errors.starting"))
    response: Response = RedirectResponse("/#latest", 303)
    token = known_token(request)
    if token is None:
        token = new_token()
        remember(request, response, token)
    await request.app.state.engine.reply(conversation_of(token), f"open {case.prison_number}", {})
    return response


def _case_page(
    request: Request,
    person: Person,
    number: str,
    *,
    everybody: bool = False,
    error: str = "",
    status: int = 200,
) -> Response:
    try:
        work = caseloads_of(request).one(person, number, clock.today())
    except CaseNotFound:
        return _refused(404, text("caseload.errors.no_case"))
    names = Names(request.app.state.people)
    return page(
        "stored_case.html",
        status_code=status,
        view=case_page_view(
            caseloads_of(request), work, clock.today(), names, reach(person), everybody=everybody
        ),
        fact_names=[
            (name, capitalised(item.label))
            for name, item in Columns.of(resources.rule_book()).facts.items()
            if name not in work.case.facts
        ],
        may_change=_may_change(request, person, work),
        everybody=everybody,
        today=clock.today(),
        error=error,
        notice=notice_of(request),
    )


def _fact_page(
    request: Request,
    person: Person,
    number: str,
    fact: str,
    *,
    form: FactForm | None = None,
    error: str = "",
    status: int = 200,
) -> Response:
    known = _field(fact)
    caseloads = caseloads_of(request)
    try:
        if known is None:
            return _refused(404, "")
        case = caseloads.cases.find(number, reach(person, Action.CHANGE_CASE))
        changes = caseloads.cases.history(number, reach(person, Action.CHANGE_CASE))
    except CaseNotFound:
        return _not_changeable(request, person, number)
    return page(
        "stored_fact.html",
        status_code=status,
        case=case,
        field=known,
        label=capitalised(known.label),
        form=form or FactForm.of(known, case.facts.get(fact, ...)),
        revision=case.revisions.get(fact, 0),
        changes=fact_changes(
            [item for item in changes if item.fact == fact], Names(request.app.state.people)
        ),
        error=error,
    )


def _field(fact: str) -> Field | None:
    return Columns.of(resources.rule_book()).facts.get(fact)


def _label(name: str) -> str:
    fields = resources.rule_book().fields
    return fields[name].label if name in fields else name


def _may_change(request: Request, person: Person, work: CaseWork) -> bool:
    changeable: Visible = reach(person, Action.CHANGE_CASE)
    return may_change(person) and _is_there(request, work.case.prison_number, changeable)


def _is_there(request: Request, number: str, visible: Visible) -> bool:
    try:
        caseloads_of(request).cases.find(number, visible)
    except CaseNotFound:
        return False
    return True


def _not_changeable(request: Request, person: Person, number: str) -> Response:
    """What somebody gets who may not change a case: that there is none, unless they can see it."""
    if not _is_there(request, number, reach(person)):
        return _refused(404, text("caseload.errors.no_case"))
    return _case_page(request, person, number, error=text("caseload.errors.not_allowed"), status=403)


def _refused(status: int, message: str) -> Response:
    return page("not_found.html", status_code=status, message=message)


def _back(back: str, number: str, values: dict[str, str]) -> Response:
    """Go back to the list that a form was sent from, or to the case, with what was done in the address."""
    start = (
        back if back.startswith("/caseload") and "\\" not in back and "\n" not in back else f"/cases/{number}"
    )
    joined = "&" if "?" in start else "?"
    return RedirectResponse(f"{start}{joined}{urlencode(values)}", 303)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _moment(moment: datetime) -> str:
    return plain_date(moment.date())
