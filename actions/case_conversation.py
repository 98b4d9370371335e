"""The conversation about a case: takes facts, answers questions, asks for what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from actions import resources
from actions.answers.case_reply import CaseQuestion, answer_topic, case_reply, change_notes
from actions.answers.duties import duties_named
from actions.answers.edition_comparison import compared
from actions.answers.particulars import PARTICULARS
from actions.answers.topic_answer import LISTS, PARTS
from actions.answers.wording import fact_in_words, facts_in_words, plain_date, plain_month
from actions.case_assessment import assess
from actions.conversation.open_values import possible_facts
from actions.conversation.routing import starts_another_case, topic_in_words
from actions.conversation.state import ConversationState
from actions.conversation.stated_facts import AGE, StatedFacts, read_facts
from actions.conversation.turn import Turn
from actions.last_answer import remember
from actions.reply import Reply, suggestions
from actions.rules import FactErrors, RuleBook
from actions.texts import entry, text

Answered = tuple[Reply, ConversationState]

DEFAULT_TOPIC = "responsibility"
"""What facts of a case are taken to ask when nothing else was asked."""

MOVES_RESPONSIBILITY = frozenset({"recall_type", "parole_decision", "recall_hearing_outcome"})
"""Facts that move who is responsible more than any date: supposing one asks about that first."""

MOST_EITHER_WAY = 4
"""Most values of an unknown fact for which the answer is given for each."""


def answer_about_case(
    turn: Turn, topic: str, stated: StatedFacts | None = None, also: Sequence[str] = ()
) -> Answered:
    """Take the facts of a message, then answer a question about the case in play, and others asked beside it."""
    book = resources.rule_book()
    stated = read_facts(turn, book) if stated is None else stated
    state, notes = take_facts(turn, stated, book)
    unplaced = any(key == "date_without_role" for key, _ in stated.problems)
    if stated.problems and (unplaced or not stated.facts):
        wrong = next((name for name in stated.invalid if name in book.fields), None)
        state = replace(state, asking_for=wrong or state.asking_for)
        return _ask_to_mend(notes, state), state
    if not also and turn.state.asking_for and topic == turn.state.topic:
        also = (turn.state.last_answer or {}).get(
            "also", ()
        )  # the answer to a question asked for all of them
    topics = tuple(dict.fromkeys((topic, *also)))
    if also and turn.state.asking_for in entry("questions.criteria") and "early_allocation" in topics:
        topics = ("early_allocation",)  # its criteria are asked one by one, and the rest was answered
    reply, after = _answer(turn, topics, state, notes, book)
    wrong = next((name for name in stated.invalid if name in book.fields and name not in after.facts), None)
    if wrong and reply.asking_for is None:
        reply.asking_for = wrong  # the next date is the one that could not be taken
        after = replace(after, asking_for=wrong)
    return reply, after


def answer_as_it_is(turn: Turn, state: ConversationState, notes: list[str]) -> Answered:
    """The answer to the last question about the case as it stands, such as after a fact was taken back."""
    if not state.has_case and state.topic is None:
        return Reply(
            kind="clarification",
            text="\n".join([*notes, text("replies.no_case_yet")]),
            suggestions=suggestions("start"),
        ), state
    topic = state.topic or DEFAULT_TOPIC
    return _answer(turn, (topic,), state, notes, resources.rule_book())


def facts_and_assumptions(turn: Turn, state: ConversationState) -> str:
    """The facts of the case in play, and what is taken for granted about it."""
    book = resources.rule_book()
    assumed = book.assess(with_date_of_birth(state.facts, turn.as_of), turn.as_of).as_dict()["assumed"]
    facts = [facts_in_words(book, state.facts)] if state.facts else []
    facts += [
        text("case.part_date", label=book.field(name).label, month=plain_month(part) if "-" in part else part)
        for name, part in state.part_dates.items()
    ]
    facts += [entry(f"open_choices.{name}") for name in state.open_choices]
    said = [text("case.facts_used", facts=", ".join(facts))] if facts else []
    if assumed:
        words = ", ".join(fact_in_words(book, item["fact"], item["value"]) for item in assumed)
        said.append(text("case.assumed", facts=words))
    return "\n".join(said)


def _ask_to_mend(notes: list[str], state: ConversationState) -> Reply:
    """What could not be taken, when nothing else was said: the case is as it was."""
    used = [text("case.facts_used", facts=facts_in_words(resources.rule_book(), state.facts))]
    return Reply(
        kind="clarification",
        text="\n\n".join(["\n".join(notes), *(used if state.facts else [])]),
        facts=state.facts,
        asking_for=state.asking_for,
        suggestions=suggestions("start"),
    )


def answer_named_duties(turn: Turn) -> Answered | None:
    """When, and by whom, the duties are done that a question names for the case in play; None if it names none."""
    book = resources.rule_book()
    facts = with_date_of_birth(turn.state.facts, turn.as_of)
    assessment = assess(book, resources.guidance(), facts, turn.as_of, edition=turn.edition, ask=["tasks"])
    named = duties_named(turn.text, assessment)
    if not named:
        return None
    question = CaseQuestion(("due",), turn.state.facts, assessment, named=named)
    reply, found = case_reply(question, book)
    topic = "early_allocation" if all(task["id"].startswith("EA") for task in named) else "due"
    kept = remember(reply, found, topic=topic, edition=assessment["edition"], question=turn.text)
    return reply, replace(turn.state, last_answer=kept)


def take_facts(turn: Turn, stated: StatedFacts, book: RuleBook) -> tuple[ConversationState, list[str]]:
    """The state after a message's facts, with a line for everything a person should see about them."""
    state, notes = turn.state, []
    stated = _in_place(stated, state, turn)
    if state.has_case and starts_another_case(turn, stated):
        state = replace(state.without_case(), topic=state.topic, history=state.history)
        notes.append(text("case.another_case"))
    notes += change_notes(book, state.facts, stated.facts)
    notes += [
        text("case.worked_out", typed=typed, date=plain_date(stated.facts[name]))
        for name, typed in stated.worked_out.items()
    ]
    notes += [text(f"problems.{key}", **values) for key, values in stated.problems]
    state = _without_corrected_in_part(state, stated).with_facts(stated.facts)
    return (
        replace(
            state,
            part_dates=_without(state.part_dates | stated.part_dates, {*state.facts}),
            open_choices=_without(state.open_choices | stated.open_choices, {*stated.facts}),
            declined=list(dict.fromkeys([*state.declined, *stated.declined])),
        ),
        notes,
    )


def _without_corrected_in_part(state: ConversationState, stated: StatedFacts) -> ConversationState:
    """The state without the dates that a part of another date corrects: after `TED is 2030`, one in 2029 is wrong."""
    wrong = {
        name
        for name, part in stated.part_dates.items()
        if not part.startswith("--") and not str(state.facts.get(name) or "").startswith(part)
    }
    return replace(state, facts=_without(state.facts, wrong))


PAROLE_DATES = ("first_parole_eligibility_date", "next_parole_eligibility_date")


def _in_place(stated: StatedFacts, state: ConversationState, turn: Turn) -> StatedFacts:
    """The facts of a message at the place they mean in the case in play.

    `PED is 20 December` corrects the first parole eligibility date where that is the one that is known, and a day
    of return without the kind of recall leaves open which kind it is.
    """
    facts, open_choices = dict(stated.facts), dict(stated.open_choices)
    worked_out = dict(stated.worked_out)
    if "parole_eligibility_date" in facts and "parole_eligibility_date" not in state.facts:
        known = [name for name in PAROLE_DATES if name in state.facts and name not in facts]
        if len(known) == 1:
            facts[known[0]] = facts.pop("parole_eligibility_date")
            if "parole_eligibility_date" in worked_out:
                worked_out[known[0]] = worked_out.pop("parole_eligibility_date")
    review = facts.get("last_parole_review_date")
    if review and str(review)[:10] > turn.as_of.isoformat() and "next_parole_eligibility_date" not in facts:
        facts["next_parole_eligibility_date"] = facts.pop("last_parole_review_date")  # it lies ahead
    outcome = facts.get("parole_decision")
    recalled = "recall_return_date" in {*state.facts, *facts} or {"recall_type"} & {
        *open_choices,
        *state.open_choices,
    }
    recalled = recalled or (state.facts | facts).get("recall_type", "none") != "none"
    indeterminate = (state.facts | facts).get("sentence_type") in ("life", "ipp")
    if (
        outcome in ("release", "no_release")
        and recalled
        and indeterminate
        and "parole_decision" not in state.facts
    ):
        facts["recall_hearing_outcome"] = facts.pop("parole_decision")
    if facts.get("transfer_date") and "youth_transition" not in {*facts, *state.facts}:
        facts["youth_transition"] = True  # the field is the move from the under-18 establishment
    known_recall = {"recall_type"} & {*facts, *open_choices, *state.facts, *state.open_choices}
    if facts.get("recall_return_date") and not known_recall:
        open_choices["recall_type"] = list(ANY_RECALL)
    return replace(stated, facts=facts, open_choices=open_choices, worked_out=worked_out)


ANY_RECALL = ("fixed_term_14", "fixed_term_28", "standard")
"""The kinds of recall there are, where it is not said which."""


def _without(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def suppose(turn: Turn, topic: str, stated: StatedFacts) -> Answered:
    """The answer if some facts were different. The case itself stays as it is."""
    book = resources.rule_book()
    state, _ = take_facts(turn, stated, book)
    changes = [entry(f"open_choices.{name}") for name in stated.open_choices]
    if stated.facts:
        changes.insert(0, facts_in_words(book, stated.facts))
    notes = [text("case.what_if", changes=", ".join(changes))]
    moved = MOVES_RESPONSIBILITY & {*stated.facts, *stated.open_choices}
    first = "responsibility" if moved and topic_in_words(turn.text) is None else topic
    topics = tuple(dict.fromkeys((first, topic))) if topic in LISTS else (first,)
    reply, after = _answer(turn, topics, replace(state, topic=topic), notes, book)
    if reply.kind == "clarification":
        return reply, turn.state
    # A question that the supposed case leaves open is one about the case itself, unless it was supposed just now.
    asked = reply.asking_for if reply.asking_for not in {*stated.facts, *stated.open_choices} else None
    if asked != reply.asking_for:
        reply.asking_for = None
    reply.text = f"{reply.text}\n\n{text('case.what_if_kept')}"
    kept = (after.last_answer or {}) | {"supposed": True}
    return reply, replace(turn.state, topic=topic, last_answer=kept, asking_for=asked)


def answer_in_general(turn: Turn, topic: str) -> Answered:
    """An answer from facts of nobody in particular: they are not kept for a later case."""
    book = resources.rule_book()
    apart = replace(turn, state=turn.state.without_case())
    state, notes = take_facts(apart, read_facts(apart, book), book)
    reply, state = _answer(apart, (topic,), state, notes, book, in_general=True)
    reply.asking_for, reply.facts = turn.state.asking_for, turn.state.facts
    return reply, replace(turn.state, last_answer=state.last_answer)


def under_editions(turn: Turn, topic: str, editions: list[str]) -> Answered:
    """The answer to a topic under the first edition, with how the others differ from it."""
    book = resources.rule_book()
    replies = [_answer(turn, (topic,), turn.state, [], book, edition=edition) for edition in editions]
    first, state = replies[0]
    if first.kind == "question":
        return first, replace(state, asking_for=first.asking_for)
    answered = [reply for reply, _ in replies if reply.assessment and reply.answer]
    left_out = [
        text("case.left_out", edition=text(f"editions.{edition}"), problem=reply.text)
        for edition, (reply, _) in zip(editions, replies, strict=True)
        if not reply.assessment
    ]
    if len(answered) > 1 and first.answer:
        lines = [*compared(topic, answered), *left_out]
        first.text = "\n".join([*lines, "", first.text])
        first.answer.short = "\n".join(lines)
        first.citations += [
            item for reply in answered[1:] for item in reply.citations if item not in first.citations
        ]
    return first, replace(state, asking_for=turn.state.asking_for)


def _answer(
    turn: Turn,
    topics: tuple[str, ...],
    state: ConversationState,
    notes: list[str],
    book: RuleBook,
    edition: str | None = None,
    in_general: bool = False,
) -> Answered:
    edition = edition or turn.edition
    topic = topics[0]
    try:
        assessment = _assess(turn, topics, state, edition, book)
    except FactErrors as errors:
        return _refuse_facts(turn, state, topic, errors, notes, book)
    question = CaseQuestion(
        topics,
        facts=state.facts,
        assessment=assessment,
        declined=state.declined,
        notes=notes,
        open_question=_open_question(state, assessment, book) or _place_question(topics, state, book),
        in_general=in_general,
    )
    reply, found = case_reply(question, book)
    if not found.settled and reply.asking_for is None:
        _add_either_way(reply, turn, topic, state, edition, book)
    kept = remember(
        reply, found, topic=topic, also=topics[1:], edition=assessment["edition"], question=turn.text
    )
    lasting = state.topic or DEFAULT_TOPIC if topic in PARTICULARS and not reply.asking_for else topic
    return reply, replace(state, topic=lasting, asking_for=reply.asking_for, last_answer=kept)


def _assess(
    turn: Turn, topics: tuple[str, ...], state: ConversationState, edition: str | None, book: RuleBook
) -> dict[str, Any]:
    """The assessment of what is known. Where a fact is known in part and every way it can turn out gives the
    same responsibility today, that is taken over: the missing part does not matter for it."""

    def assessed(facts: dict[str, Any]) -> dict[str, Any]:
        return assess(
            book,
            resources.guidance(),
            with_date_of_birth(facts, turn.as_of),
            turn.as_of,
            edition=edition,
            ask=list(dict.fromkeys(part for topic in topics for part in PARTS[topic])),
        )

    known = assessed(state.facts)
    possible = possible_facts(state)
    if len(possible) < 2:
        return known
    ways = [assessed(facts) for facts in possible]
    if (
        not state.open_choices
        and len({tuple(answer_topic(topic, way).short for topic in topics) for way in ways}) == 1
    ):
        return _common(ways)
    agreed = agreed_responsibility([way["responsibility"] for way in ways])
    if state.open_choices:
        # What is known takes the ordinary value for granted, which has just been said not to hold.
        tasks = [task for task in ways[0]["tasks"] if all(task in way["tasks"] for way in ways)]
        return ways[0] | {
            "responsibility": agreed or UNDECIDED,
            "tasks": tasks,
            "notes": [note for note in ways[0]["notes"] if all(note in way["notes"] for way in ways)],
            "missing": ways[0]["missing"] if agreed else known["missing"],
            "open_choices_agree": agreed is not None,
        }
    return known | {"responsibility": agreed} if agreed else known


def _common(ways: list[dict[str, Any]]) -> dict[str, Any]:
    """The assessment that several ways a case can turn out share: reasons that name a day nobody gave are left out."""
    first = ways[0]
    parts = {
        name: part
        | {"reasons": [_shared(reason, [way[name]["reasons"] for way in ways]) for reason in part["reasons"]]}
        for name, part in first.items()
        if isinstance(part, dict) and "reasons" in part
    }
    return (
        first
        | parts
        | {"tasks": [task for task in first["tasks"] if all(task in way["tasks"] for way in ways)]}
    )


def _shared(reason: dict[str, Any], others: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """A reason as every way gives it; only its source where they differ."""
    return reason if all(reason in reasons for reasons in others) else reason | {"because": ""}


def _add_either_way(
    reply: Reply, turn: Turn, topic: str, state: ConversationState, edition: str | None, book: RuleBook
) -> None:
    """What the answer is either way, where it hangs on a fact that the person does not know."""
    if reply.assessment is None or reply.answer is None or topic == "early_allocation":
        return
    for missing in reply.assessment["missing"]:
        name = missing["fact"]
        values = (True, False) if book.field(name).type == "bool" else book.field(name).allowed
        if name not in state.declined or not 1 < len(values) <= MOST_EITHER_WAY:
            continue
        lines = []
        for value in values:
            facts = with_date_of_birth(state.facts | {name: value}, turn.as_of)
            way = assess(
                book, resources.guidance(), facts, turn.as_of, edition=edition, ask=list(PARTS[topic])
            )
            words = fact_in_words(book, name, value)
            lines.append(text("case.either_way", fact=words, answer=answer_topic(topic, way).short))
        reply.text = f"{reply.text}\n\n" + "\n".join([text("case.depends"), *lines])
        reply.answer.short = "\n".join([reply.answer.short, *lines])
        return


UNDECIDED = {
    "status": "needs_facts",
    "responsible": None,
    "supporting": None,
    "changes_on": None,
    "changes_to": None,
    "reasons": [],
}
"""The responsibility of a case whose possible values give different answers."""


def agreed_responsibility(ways: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What several ways a case can turn out have in common; None unless all give the same answer today."""
    first = ways[0]
    if len({(way["status"], way["responsible"]) for way in ways}) > 1:
        return None
    same_date = len({way["changes_on"] for way in ways}) == 1
    return first | {
        "supporting": first["supporting"] if len({way["supporting"] for way in ways}) == 1 else None,
        "changes_on": first["changes_on"] if same_date else None,
        "changes_to": first["changes_to"] if same_date else None,
        "reasons": [
            reason if all(reason in way["reasons"] for way in ways) else reason | {"because": ""}
            for reason in first["reasons"][:1]
        ],
    }


def with_date_of_birth(facts: dict[str, Any], as_of: date) -> dict[str, Any]:
    """Facts in which an age is told as the rules take it: by a date of birth that gives this age today."""
    if AGE not in facts:
        return facts
    others = {name: value for name, value in facts.items() if name != AGE}
    born = as_of - relativedelta(years=int(facts[AGE]))
    return {"date_of_birth": born.isoformat()} | others


def _open_question(
    state: ConversationState, assessment: dict[str, Any], book: RuleBook
) -> tuple[str, str] | None:
    """The question for the rest of a fact that is known in part, when it can change the answer."""
    missing = {item["fact"]: item["question"] for item in assessment["missing"]}
    for name, part in state.part_dates.items():
        if name in missing and name not in state.declined:
            month = plain_month(part) if part.count("-") == 1 else part
            return name, text("problems.part_date", month=month, label=book.field(name).label)
    for name in state.open_choices:
        if assessment.get("open_choices_agree") and assessment["responsibility"]["status"] == "needs_facts":
            break  # whichever it is, another fact decides
        if name not in state.declined and name in book.fields:
            return name, missing.get(name, book.field(name).question)
    return None


def _place_question(
    topics: tuple[str, ...], state: ConversationState, book: RuleBook
) -> tuple[str, str] | None:
    """Where a person on a standard recall goes hangs on the sentence expiry date (2019 model, Recalled individuals)."""
    name = "sentence_expiry_date"
    standard = state.facts.get("recall_type") == "standard"
    if "location" in topics and standard and name not in state.facts and name not in state.declined:
        return name, book.field(name).question
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
