"""The reply to a question about a case: the answer first, then how it was worked out and from what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.answers.duties import due_answer, named_answer, parole_answer, recall_answer
from actions.answers.eligibility import (
    early_allocation_answer,
    pom_type_answer,
    referral_summary,
    service_level_answer,
)
from actions.answers.particulars import PARTICULARS
from actions.answers.responsibility import handover_answer, responsibility_answer
from actions.answers.topic_answer import PARTS, TopicAnswer, because_lines, merged
from actions.answers.wording import fact_in_words, facts_in_words, plain_date, quoted
from actions.reply import Answer, Citation, Reply, Suggestion, suggestions
from actions.rules import RuleBook
from actions.texts import catalogue, entry, text


@dataclass(frozen=True)
class CaseQuestion:
    """A question about a case, with all that its reply has to say."""

    topics: tuple[str, ...]
    """What is asked, the first question first."""
    facts: dict[str, Any]
    assessment: dict[str, Any]
    declined: Sequence[str] = ()
    """Facts the person does not know: not asked again."""
    named: Sequence[dict[str, Any]] = ()
    """The duties that the question names, where it asks about some of them only."""
    given: TopicAnswer | None = None
    """The answer, where it was worked out already."""
    in_general: bool = False
    """Whether the facts are those of nobody in particular."""
    notes: Sequence[str] = field(default_factory=tuple)
    """Lines that go before the answer: what was read, changed or could not be taken."""
    open_question: tuple[str, str] | None = None
    """A fact that is known in part, and the question for the rest of it."""

    @property
    def topic(self) -> str:
        """The first question."""
        return self.topics[0]

    @property
    def parts(self) -> set[str]:
        """The parts of the assessment that the questions need."""
        return {part for topic in self.topics for part in PARTS[topic]}

    def answer(self, asking: bool = False) -> TopicAnswer:
        """The answer to all that is asked; `asking` while a question that decides it is still open."""
        if self.given:
            return self.given
        return merged([answer_topic(topic, self.assessment, asking) for topic in self.topics])


def answer_topic(topic: str, assessment: dict[str, Any], asking: bool = False) -> TopicAnswer:
    """The answer to a topic out of an assessment; `asking` while a question that decides it is still open."""
    if topic == "early_allocation":
        return early_allocation_answer(assessment, asking)
    answers = {
        "responsibility": responsibility_answer,
        "handover": handover_answer,
        "due": due_answer,
        "pom_type": pom_type_answer,
        "service_level": service_level_answer,
        "parole": parole_answer,
        "recall": recall_answer,
        "key_dates": due_answer,
        **PARTICULARS,
    }
    return answers[topic](assessment)


def case_reply(question: CaseQuestion, book: RuleBook) -> tuple[Reply, TopicAnswer]:
    """The reply to a question about a case, and the bare answer for later questions back."""
    assessment = question.assessment
    if question.named:
        asked, found = None, named_answer(list(question.named))
    else:
        asked = _next_question(question, question.answer())
        found = question.answer(asking=asked is not None)
    open_question = not found.settled and asked is not None
    citations = _citations(found, assessment, question.topics)
    blocks = [
        "\n".join(question.notes),
        "\n".join([found.short, *found.lines]),
        "" if open_question else _how(found, assessment),
        _conflicts(assessment, question.topics),
        "" if open_question else "\n".join(quoted(item.model_dump()) for item in citations[:2]),
        _facts_line(question, assessment, book),
        _summary(question, assessment, book) if not asked else "",
        _question_line(question, asked, found, book),
    ]
    reply = Reply(
        kind="question" if open_question else "assessment",
        text="\n\n".join(block for block in blocks if block),
        answer=Answer(short=found.short, status="answered" if found.settled else "partly"),
        citations=citations,
        assessment=assessment,
        facts=question.facts,
        asking_for=asked[0] if asked else None,
        suggestions=_suggestions(question.topic, asked, book),
    )
    return reply, found


def _summary(question: CaseQuestion, assessment: dict[str, Any], book: RuleBook) -> str:
    """The summary for a referral, once every criterion has been asked for or one of them decides."""
    criteria_known = any(name.startswith("ea_") for name in [*question.facts, *question.declined])
    if "early_allocation" not in question.topics or not criteria_known or question.in_general:
        return ""
    return referral_summary(assessment, facts_in_words(book, question.facts))


def _next_question(question: CaseQuestion, found: TopicAnswer) -> tuple[str, str] | None:
    """The one fact most worth asking for: none when the question is settled, except for what is due."""
    if question.open_question:
        return question.open_question
    if question.given and found.settled:
        return None
    goes_on = {"due", "parole", "recall"} & set(question.topics) or _automatic_open(question)
    if found.settled and not goes_on:
        return None
    wanted = question.parts
    form_only = (
        question.topics == ("handover",) and question.declined and not question.assessment["handover"]["date"]
    )
    for missing in question.assessment["missing"]:
        if form_only and missing["fact"] == "care_experienced":
            continue  # it decides between a meeting and a report, and the date is what is open
        if missing["fact"] not in question.declined and wanted & set(missing["matters_to"]):
            return missing["fact"], missing["question"]
    return None


def _automatic_open(question: CaseQuestion) -> bool:
    """Whether a discretionary case could still be an automatic one: a criterion is not known and can be asked for."""
    part = question.assessment["early_allocation"]
    return (
        "early_allocation" in question.topics
        and not question.in_general
        and part["outcome"] == "discretionary"
        and any(item["met"] is None and item["id"] <= "EA-06" for item in part["criteria"])
    )


def _how(found: TopicAnswer, assessment: dict[str, Any]) -> str:
    lines = because_lines(found.reasons)
    if not lines:
        return ""
    return "\n".join([text("case.how", edition=text(f"editions.{assessment['edition']}")), *lines])


def _conflicts(assessment: dict[str, Any], topics: Sequence[str]) -> str:
    if not {"responsibility", "handover"} & set(topics):
        return ""
    lines: list[str] = []
    for conflict in assessment["conflicts"]:
        positions = [
            text(
                "case.position",
                edition=catalogue()["editions"].get(position["edition"], position["edition"]),
                value=position["value"],
            )
            for position in conflict["positions"]
            if position.get("value")
        ]
        if len({position["edition"] for position in conflict["positions"]}) > 1 and positions:
            lines += [text("case.editions_differ"), *positions]
            break
    return "\n".join(lines)


def _citations(found: TopicAnswer, assessment: dict[str, Any], topics: Sequence[str]) -> list[Citation]:
    """The sources of the answer, then those of the conflicts it touches; each once."""
    items = [reason["citation"] for reason in found.reasons if reason.get("citation")]
    if {"responsibility", "handover"} & set(topics):
        items += [
            position["citation"]
            for conflict in assessment["conflicts"]
            for position in conflict["positions"]
            if position.get("citation")
        ]
    unique = {(item["document"], item["quote"]): item for item in reversed(items)}
    return [
        Citation(**{name: item.get(name) for name in Citation.model_fields})
        for item in reversed(unique.values())
    ]


def _facts_line(question: CaseQuestion, assessment: dict[str, Any], book: RuleBook) -> str:
    lines = []
    if question.facts:
        lines.append(text("case.facts_used", facts=facts_in_words(book, question.facts)))
    wanted = question.parts
    assumed = [
        fact_in_words(book, item["fact"], item["value"])
        for item in assessment["assumed"]
        if wanted & set(item["matters_to"])
    ]
    if assumed:
        lines.append(text("case.assumed", facts=", ".join(assumed)))
    return "\n".join(lines)


def _question_line(
    question: CaseQuestion, asked: tuple[str, str] | None, found: TopicAnswer, book: RuleBook
) -> str:
    if asked is None:
        return ""
    line = text("case.ask_more" if found.settled else "case.ask", question=asked[1])
    criteria = list(entry("questions.criteria"))
    if question.topic != "early_allocation" or asked[0] not in criteria:
        return line
    known = [name for name in criteria if name in question.facts or name in question.declined]
    progress = text("questions.say.progress", number=len(known) + 1, count=len(criteria))
    return f"{line}\n{progress}"


def _suggestions(topic: str, asked: tuple[str, str] | None, book: RuleBook) -> list[Suggestion]:
    if asked is None:
        return suggestions(topic)
    field_asked = book.field(asked[0])
    if field_asked.type == "bool":
        return suggestions("yes_no")
    if field_asked.allowed:
        words = [
            fact_in_words(book, asked[0], value) for value in field_asked.allowed if value not in ("unknown",)
        ]
        return [Suggestion(title=word, payload=word) for word in words[:6]] + suggestions("yes_no")[-1:]
    return suggestions("yes_no")[-1:]


def change_notes(book: RuleBook, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """A line for each fact that was changed, with both values."""
    return [
        text(
            "case.changed",
            label=book.field(name).label,
            before=_value(book, name, before[name]),
            after=_value(book, name, value),
        )
        for name, value in after.items()
        if name in before and before[name] != value
    ]


def _value(book: RuleBook, name: str, value: Any) -> str:
    if book.field(name).type.startswith("date") and value:
        return plain_date(str(value)[:10])
    return fact_in_words(book, name, value)
