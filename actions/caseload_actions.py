"""Actions over stored cases: what is due over all of a person's cases, and recording what was done for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from actions import resources
from actions.answers.duties import duties_named
from actions.answers.topic_answer import role_in_words
from actions.answers.wording import capitalised, plain_date
from actions.base import AssistantAction
from actions.case_assessment import tie_to_passage
from actions.case_conversation import Answered, answer_about_case
from actions.caseload_request import (
    CaseloadRequest,
    RecordRequest,
    asked_list,
    asked_record,
    names_the_caseload,
)
from actions.conversation.turn import Turn
from actions.policy_actions import answer_policy
from actions.reply import Citation, Reply, Suggestion
from actions.rules import Citation as RuleCitation
from actions.texts import entry, text
from assistant.access import Action, Person, acting_person
from assistant.cases.caseload import CaseDuty, Caseload, Caseloads, handover_day
from assistant.cases.reach import own_cases, reach
from assistant.cases.work import HANDOVERS_AHEAD, CaseWork, Duty
from assistant.storage.cases import CaseNotFound
from assistant.storage.early_allocation import MoveNotAllowed

MOST_LINES = 12
MOST_CITATIONS = 4
MOST_CHOICES = 8


class ShowCaseload(AssistantAction):
    """What is due, overdue or coming up over all cases of the person who asks."""

    action_name = "action_show_caseload"

    def answer(self, turn: Turn) -> Answered:
        """A list; a question that speaks of the case in play is answered for that case."""
        if turn.state.has_case and not names_the_caseload(turn.text):
            return answer_about_case(turn, "due")
        caseloads, person = resources.caseloads(), acting_person()
        caseload = caseloads.usual(person, turn.as_of, turn.edition)
        reply = _listed(caseload, asked_list(turn.text), _whose(caseloads, person, caseload))
        reply.facts = turn.state.facts
        return reply, turn.state


class RecordCaseWork(AssistantAction):
    """A duty marked done or taken back, or a step of early allocation, for one stored case."""

    action_name = "action_record_case_work"

    def answer(self, turn: Turn) -> Answered:
        """Record exactly what was said, or ask which case or which duty is meant."""
        request = asked_record(turn.text)
        if request is None:
            return answer_about_case(turn, "due") if turn.state.has_case else answer_policy(turn)
        number = str(turn.entity("prison_number") or turn.state.prison_number or "").upper()
        if not number:
            return _plain(turn, text("caseload_chat.which_case")), turn.state
        person = acting_person()
        try:
            work = resources.caseloads().one(person, number, turn.as_of, turn.edition)
        except CaseNotFound:
            return _plain(turn, text("caseload_chat.no_case", number=number)), turn.state
        try:
            if request.what == "early_allocation":
                return _record_early_allocation(turn, person, work, request), turn.state
            return _record_duty(turn, person, work, request), turn.state
        except CaseNotFound:  # it can be seen, or it would not have been found above
            return _plain(turn, text("caseload_chat.not_allowed", number=number)), turn.state


def _record_duty(turn: Turn, person: Person | None, work: CaseWork, request: RecordRequest) -> Reply:
    number, undo = work.case.prison_number, request.what == "undone"
    known = [duty for duty in work.duties if bool(duty.done) == undo or not undo]
    if not known:
        return _plain(turn, text(f"caseload_chat.{'none_done' if undo else 'no_duties'}", number=number))
    meant = _meant(turn.text, known)
    if len(meant) != 1:
        return _which_duty(turn, number, meant or known, undo)
    duty, tasks = meant[0], resources.caseloads().tasks
    by = person.id if person else ""
    visible = reach(person, Action.CHANGE_CASE)
    values = {
        "number": number,
        "title": capitalised(duty.task.title),
        "due": plain_date(duty.day),
    }
    if undo:
        tasks.undo(number, duty.task.id, duty.task.due, by=by, visible=visible)
        return _plain(turn, text("caseload_chat.undone", **values), kind="assessment")
    if duty.done:
        on = plain_date(duty.done.done_on)
        return _plain(turn, text("caseload_chat.already", on=on, **values), kind="assessment")
    tasks.mark_done(number, duty.task.id, duty.task.due, done_on=turn.as_of, by=by, visible=visible)
    reply = _plain(turn, text("caseload_chat.done", **values), kind="assessment")
    reply.citations = _citations([duty.task.citation])
    return reply


def _meant(message: str, duties: Sequence[Duty]) -> list[Duty]:
    """The duties that a message names, by the words of their titles and the date it gives."""
    words = message.lower()
    exact = [duty for duty in duties if duty.task.title.lower() in words]
    if not exact:
        tasks = [duty.task.as_dict() | {"title": _one_word(duty.task.title)} for duty in duties]
        named = duties_named(_one_word(words), {"tasks": tasks, "early_allocation": {"steps": []}})
        ids = {task["id"] for task in named}
        exact = [duty for duty in duties if duty.task.id in ids]
    dated = [duty for duty in exact if plain_date(duty.day).lower() in words]
    return dated or exact


def _one_word(words: str) -> str:
    """Handing over is written in one word or in two."""
    return words.lower().replace("hand over", "handover").replace("hand-over", "handover")


def _which_duty(turn: Turn, number: str, duties: Sequence[Duty], undo: bool) -> Reply:
    pom = [duty for duty in duties if duty.for_pom] or list(duties)
    reply = _plain(turn, text("caseload_chat.which_duty", number=number), kind="question")
    key = "undone_payload" if undo else "done_payload"
    lines = []
    for duty in pom[:MOST_CHOICES]:
        title, due = capitalised(duty.task.title), plain_date(duty.day)
        lines.append(f"- {title}: {due}")
        payload = text(f"caseload_chat.{key}", title=duty.task.title, due=due, number=number)
        reply.suggestions.append(Suggestion(title=f"{title}: {due}", payload=payload))
    reply.text = "\n".join([reply.text, *lines])
    return reply


def _record_early_allocation(
    turn: Turn, person: Person | None, work: CaseWork, request: RecordRequest
) -> Reply:
    number, repository = work.case.prison_number, resources.caseloads().early_allocation
    if not request.state:
        reply = _plain(turn, text("caseload_chat.early_which", number=number), kind="question")
        for move in work.early_allocation.moves:
            for name in ("accepted", "refused") if move == "community_decided" else (move,):
                if name in entry("caseload_chat.early_payload"):
                    payload = text(f"caseload_chat.early_payload.{name}", number=number)
                    reply.suggestions.append(Suggestion(title=capitalised(payload), payload=payload))
        return reply
    try:
        repository.move(
            number,
            request.state,  # type: ignore[arg-type]
            on=turn.as_of,
            by=person.id if person else "",
            visible=reach(person, Action.CHANGE_CASE),
            decision=request.decision,  # type: ignore[arg-type]
        )
    except MoveNotAllowed as refused:
        said = text(
            "caseload_chat.early_not",
            number=number,
            state=text(f"stored_case.states.{refused.state}").lower(),
            wanted=text(f"stored_case.states.{refused.wanted}").lower(),
        )
        return _plain(turn, said)
    state = text(f"caseload_chat.early_states.{request.state}", decision=request.decision or "")
    said = text("caseload_chat.early", number=number, date=plain_date(turn.as_of), state=state)
    return _plain(turn, said, kind="assessment")


def _listed(caseload: Caseload, request: CaseloadRequest, whose: str) -> Reply:
    lines, citations, view = _lines(caseload, request)
    days = request.days if request.days is not None else HANDOVERS_AHEAD
    end = caseload.end_of_week if request.view == "week" else caseload.as_of + timedelta(days=days)
    values = {
        "start": plain_date(caseload.as_of),
        "end": plain_date(end),
        "whose": whose,
        "Whose": capitalised(whose),
    }
    empty = not caseload.cases
    key = "nothing.cases" if empty else f"{'heading' if lines else 'nothing'}.{request.view}"
    said = [text(f"caseload_chat.{key}", **values), *lines[:MOST_LINES]]
    left = len(lines) - MOST_LINES
    if left > 0:
        said.append(text("caseload_chat.more", count=left, view=view))
    elif lines:
        said.append(text("caseload_chat.whole", view=view))
    if request.view == "overdue" and (long := len(caseload.long_overdue())):
        said.append(text("caseload_chat.long_ago", count=long))
    return Reply(
        kind="assessment",
        text="\n".join(said),
        citations=_citations(citations),
        suggestions=_suggestions(caseload),
    )


def _lines(caseload: Caseload, request: CaseloadRequest) -> tuple[list[str], list[RuleCitation], str]:
    """The lines of a list, the citations behind them, and the list's name on the caseload page."""
    days = request.days if request.days is not None else HANDOVERS_AHEAD
    if request.view in ("week", "overdue", "ahead", "early"):
        found = {
            "week": caseload.due_this_week,
            "overdue": caseload.overdue,
            "ahead": lambda: caseload.due_within(days),
            "early": lambda: caseload.early_allocation_due(days),
        }[request.view]()
        return (
            [_duty_line(item, caseload.as_of) for item in found],
            [item.duty.task.citation for item in found],
            request.view,
        )
    if request.view == "handovers":
        works = caseload.handovers(days)
        reasons = [work.worked_out.handover_reason for work in works]
        return [_handover_line(work) for work in works], [r.citation for r in reasons if r], "handovers"
    if request.view == "parole":
        return [_parole_line(work) for work in caseload.parole_windows()], [], "parole"
    if request.view == "missing":
        return [_missing_line(work) for work in caseload.with_missing_facts()], [], "missing"
    return [_case_line(work, caseload.as_of) for work in caseload.cases], [], "cases"


def _duty_line(item: CaseDuty, as_of: date) -> str:
    task = item.duty.task
    late = task.due is not None and task.due < as_of
    return text(
        "caseload_chat.duty",
        number=item.prison_number,
        title=capitalised(task.title),
        when=plain_date(item.duty.day),
        owner=task.owner,
        late=text("caseload_chat.late") if late else "",
        working=capitalised(task.working).rstrip("."),
    )


def _handover_line(work: CaseWork) -> str:
    day, reason = handover_day(work), work.worked_out.handover_reason
    assert day is not None, "only cases with a handover are listed"
    because = reason.because if reason else ""
    return text(
        "caseload_chat.handover", number=work.case.prison_number, date=plain_date(day), because=because
    )


def _parole_line(work: CaseWork) -> str:
    opens = work.worked_out.parole_window_opens
    assert opens is not None, "only cases with a window are listed"
    return text("caseload_chat.parole", number=work.case.prison_number, date=plain_date(opens))


def _missing_line(work: CaseWork) -> str:
    book, found = resources.rule_book(), work.worked_out
    lines = [
        text(
            "caseload.cannot_use",
            label=capitalised(book.field(error.field).label if error.field in book.fields else error.field),
            problem=error.problem,
        )
        for error in found.errors
    ]
    if found.release_passed:
        lines.append(text("caseload.release_passed", date=plain_date(found.release_passed)))
    lines += [book.field(name).question for name in found.missing]
    return text("caseload_chat.missing", number=work.case.prison_number, lines=" ".join(lines))


def _case_line(work: CaseWork, as_of: date) -> str:
    ahead = min((duty.day for duty in work.open_duties() if duty.day >= as_of), default=None)
    holder = work.worked_out.responsible
    return text(
        "caseload_chat.case",
        number=work.case.prison_number,
        responsible=role_in_words(holder) if holder else text("stored_case.unclear").lower(),
        next=text("caseload_chat.next", date=plain_date(ahead)) if ahead else text("caseload_chat.no_next"),
    )


def _whose(caseloads: Caseloads, person: Person | None, caseload: Caseload) -> str:
    own = person is not None and caseloads.cases.count(own_cases(person)) > 0
    count = len(caseload.cases)
    group = f"caseload_chat.{'own' if own else 'all'}"
    return text(f"{group}.one") if count == 1 else text(f"{group}.many", count=count)


def _citations(given: Sequence[RuleCitation]) -> list[Citation]:
    """The first different citations, tied to their passages."""
    found: dict[tuple[Any, str], Citation] = {}
    for citation in given:
        data = citation.as_dict()
        if (data["document"], data["quote"]) not in found:
            tie_to_passage(data, resources.guidance())
            found[data["document"], data["quote"]] = Citation(**data)
        if len(found) >= MOST_CITATIONS:
            break
    return list(found.values())


def _suggestions(caseload: Caseload) -> list[Suggestion]:
    lines: list[str] = entry("caseload_chat.suggestions")
    return [Suggestion(title=line, payload=line) for line in lines] if caseload.cases else []


def _plain(turn: Turn, said: str, kind: str = "clarification") -> Reply:
    return Reply(kind=kind, text=said, facts=turn.state.facts)  # type: ignore[arg-type]
