"""The conversation about a case: takes facts, answers questions, asks for what is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions import resources
from actions.answers.case_reply import CaseQuestion, case_reply, change_notes
from actions.answers.topic_answer import PARTS
from actions.answers.wording import facts_in_words, plain_date, plain_month
from actions.case_assessment import assess
from actions.conversation.routing import starts_another_case
from actions.conversation.state import ConversationState
from actions.conversation.stated_facts import StatedFacts, read_facts
from actions.conversation.turn import Turn
from actions.last_answer import remember
from actions.reply import Reply, suggestions
from actions.rules import FactErrors, RuleBook
from actions.texts import text

Answered = tuple[Reply, ConversationState]


def answer_about_case(turn: Turn, topic: str, stated: StatedFacts | None = None) -> Answered:
    """Take the facts of a message, then answer a question about the case in play."""
    book = resources.rule_book()
    stated = read_facts(turn, book) if stated is None else stated
    state, notes = take_facts(turn, stated, book)
    return _answer(turn, topic, state, notes, book)


def take_facts(turn: Turn, stated: StatedFacts, book: RuleBook) -> tuple[ConversationState, list[str]]:
    """The state after a message's facts, with a line for everything a person should see about them."""
    state, notes = turn.state, []
    if state.has_case and starts_another_case(turn, stated):
        state = replace(state.without_case(), topic=state.topic)
        notes.append(text("case.another_case"))
    notes += change_notes(book, state.facts, stated.facts)
    notes += [
        text("case.worked_out", typed=typed, date=plain_date(stated.facts[name]))
        for name, typed in stated.worked_out.items()
    ]
    notes += [text(f"problems.{key}", **values) for key, values in stated.problems]
    if turn.entity("personal_name"):
        notes.append(text("problems.personal_name"))
    state = replace(
        state.with_facts(stated.facts),
        part_dates={
            name: part
            for name, part in (state.part_dates | stated.part_dates).items()
            if name not in stated.facts
        },
        declined=list(dict.fromkeys([*state.declined, *stated.declined])),
    )
    return state, notes


def suppose(turn: Turn, topic: str, changes: dict[str, Any]) -> Answered:
    """The answer if some facts were different. The case itself stays as it is."""
    book = resources.rule_book()
    supposed = replace(turn.state.with_facts(changes), topic=topic)
    notes = [text("case.what_if", changes=facts_in_words(book, changes))]
    reply, after = _answer(turn, topic, supposed, notes, book)
    if reply.kind == "clarification":
        return reply, turn.state
    reply.text = f"{reply.text}\n\n{text('case.what_if_kept')}"
    return reply, replace(turn.state, topic=topic, last_answer=after.last_answer, asking_for=None)


def under_edition(turn: Turn, topic: str, editions: list[str]) -> Answered:
    """The answer to a topic under one edition or several, one after the other."""
    book = resources.rule_book()
    replies = [_answer(turn, topic, turn.state, [], book, edition=edition) for edition in editions]
    first, state = replies[0]
    if len(replies) > 1:
        lines = [
            text("case.compared", edition=text(f"editions.{edition}"), answer=reply.answer.short)
            for edition, (reply, _) in zip(editions, replies, strict=True)
            if reply.answer
        ]
        first.text = "\n".join([*lines, "", first.text])
        if first.answer:
            first.answer.short = " ".join(lines)
        first.citations += [
            item for reply, _ in replies[1:] for item in reply.citations if item not in first.citations
        ]
    return first, replace(state, asking_for=turn.state.asking_for)


def _answer(
    turn: Turn,
    topic: str,
    state: ConversationState,
    notes: list[str],
    book: RuleBook,
    edition: str | None = None,
) -> Answered:
    edition = edition or turn.edition
    try:
        assessment = assess(
            book, resources.guidance(), state.facts, turn.as_of, edition=edition, ask=list(PARTS[topic])
        )
    except FactErrors as errors:
        return _refuse_facts(turn, state, topic, errors, notes, book)
    day = _day_wanted(state, assessment, book)
    question = CaseQuestion(
        topic,
        facts=state.facts,
        assessment=assessment,
        declined=state.declined,
        notes=notes,
        asking_for_day=day,
    )
    reply, found = case_reply(question, book)
    return reply, replace(
        state,
        topic=topic,
        asking_for=reply.asking_for,
        last_answer=remember(reply, found, topic=topic, edition=assessment["edition"]),
    )


def _day_wanted(
    state: ConversationState, assessment: dict[str, Any], book: RuleBook
) -> tuple[str, str] | None:
    """The question for the day of a date, when its month is known and the date can change the answer."""
    missing = {item["fact"] for item in assessment["missing"]}
    for name, part in state.part_dates.items():
        if name in missing:
            return name, text("problems.part_date", month=plain_month(part), label=book.field(name).label)
    return None


def _refuse_facts(
    turn: Turn, state: ConversationState, topic: str, errors: FactErrors, notes: list[str], book: RuleBook
) -> Answered:
    """Say which facts cannot be right. They go back to what they were; the other facts are kept."""
    wrong = [error.field for error in errors.errors]
    lines = [
        text(
            "problems.fact_error",
            label=book.field(error.field).label if error.field in book.fields else error.field,
            problem=error.problem,
            allowed=error.allowed,
        ).strip()
        for error in errors.errors
    ]
    kept = {
        name: turn.state.facts.get(name, value) if name in wrong else value
        for name, value in state.facts.items()
        if name not in wrong or turn.state.facts.get(name, value) != value
    }
    reply = Reply(
        kind="clarification",
        text="\n".join([*notes, *lines]),
        facts=kept,
        asking_for=wrong[0] if wrong[0] in book.fields else None,
        suggestions=suggestions("start"),
    )
    return reply, replace(state, facts=kept, topic=topic, asking_for=reply.asking_for)
