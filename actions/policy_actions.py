"""Actions on the guidance: questions of policy, the wording, and what is out of scope."""

from __future__ import annotations

import re
from dataclasses import replace

from actions import resources
from actions.answers.wording import facts_in_words
from actions.base import AssistantAction
from actions.case_conversation import (
    Answered,
    answer_about_case,
    answer_in_general,
    answer_named_duties,
    take_facts,
)
from actions.conversation.clauses import subject_of
from actions.conversation.moves import bare_words
from actions.conversation.routing import (
    asks_about_a_duty,
    goes_back_to_guidance,
    is_about_a_case,
    meets_criterion,
    named_again,
    particular_topic,
    topic_in_words,
)
from actions.conversation.stated_facts import StatedFacts, read_facts
from actions.conversation.turn import Turn
from actions.duty_questions import answer_whether_needed
from actions.edition_conflicts import named_conflict, names_several_editions
from actions.last_answer import remember
from actions.open_question import explain_question
from actions.policy_answers import answer_question, refusal
from actions.reply import Reply
from actions.several_questions import answer_several
from actions.texts import text

_GOES_BACK = re.compile(
    r"^(?:and|what about|how about|but)\b(?: what about)?\s*(?=(?:\S+\s*){1,5}$)", re.IGNORECASE
)

MANY_FACTS = 3
"""From this many facts on, a message describes a case, whatever it asks beside them."""

SURE = 0.75
"""From this confidence, a message understood as not permitted is refused whatever the guidance finds."""


def answer_policy(turn: Turn) -> Answered:
    """The guidance's answer, with a way back to the question about the case that is still open."""
    question = whole_question(turn)
    reply = answer_question(resources.guidance(), question)
    if reply.kind != "policy_answer" and asks_about_the_open_question(turn):
        return explain_question(turn, undefined=True), turn.state
    _point_back(reply, turn)
    if reply.kind != "policy_answer":
        return reply, turn.state
    return reply, replace(turn.state, last_answer=remember(reply, question=question))


_MEANS = re.compile(
    r"\b(?:counts? as|class(?:ed|es)? as|mean|means|meant by|definition|define|qualif\w+|what(?:'?s| is| are|s)"
    r"|who(?:'?s| is))\b",
    re.IGNORECASE,
)


def asks_about_the_open_question(turn: Turn) -> bool:
    """Whether a message asks what the question that is open means: `what counts as high profile?`"""
    asked, book = turn.state.asking_for, resources.rule_book()
    if not asked or asked not in book.fields or not _MEANS.search(turn.text):
        return False
    words = set(re.findall(r"[a-z]{4,}", book.field(asked).question.lower()))
    everyday = {"what", "does", "mean", "case", "counts", "this", "that", "person", "with", "have"}
    return bool(words & set(re.findall(r"[a-z]{4,}", turn.text.lower())) - everyday)


_BARE = re.compile(r"how (?:often|long|much|many|soon)|where|since when")
PRONOUN = re.compile(r"\b(?:it|that|this|these|those)\b", re.IGNORECASE)


def whole_question(turn: Turn) -> str:
    """The question with the one it goes back to: `and for women?` after `how often is key work`."""
    last = turn.state.last_answer or {}
    before = last.get("question")
    if before and last.get("kind") == "policy_answer":
        if _GOES_BACK.match(turn.text):
            return f"{before.rstrip(' ?')} {_GOES_BACK.sub('', turn.text)}"
        if _BARE.fullmatch(bare_words(turn.text)):
            return f"{bare_words(turn.text)} is {subject_of(before)}"
        if goes_back_to_guidance(turn):
            return PRONOUN.sub(subject_of(before), turn.text, count=1)
    return turn.text


def _point_back(reply: Reply, turn: Turn) -> None:
    asked = turn.state.asking_for
    book = resources.rule_book()
    if asked and asked in book.fields:
        reply.text = f"{reply.text}\n\n{text('case.go_on', question=book.field(asked).question)}"
        reply.asking_for = asked
        reply.facts = turn.state.facts


class AnswerPolicyQuestion(AssistantAction):
    """A general question, answered from the guidance."""

    action_name = "action_answer_policy_question"

    def answer(self, turn: Turn) -> Answered:
        """Quote the passage that answers, or say that none does. One with the facts of a case is worked out."""
        stated = read_facts(turn, resources.rule_book())
        several = answer_several(turn)
        if several:
            return several
        topic = particular_topic(turn.text) or named_again(turn.text) or topic_in_words(turn.text)
        if topic and is_about_a_case(turn, stated):
            return answer_about_case(turn, topic, stated)
        if topic == "early_allocation" and meets_criterion(stated):
            return answer_in_general(turn, topic)
        if names_several_editions(turn):
            return named_conflict(turn) or answer_policy(turn)
        needed = answer_whether_needed(turn, stated)
        if needed:
            return needed
        if turn.state.facts and not stated and asks_about_a_duty(turn.text):
            return answer_named_duties(turn) or answer_policy(turn)
        if stated.has_dates or len(stated.facts) >= MANY_FACTS:
            return _answer_and_keep_facts(turn, stated)
        return answer_policy(turn)


def _answer_and_keep_facts(turn: Turn, stated: StatedFacts) -> Answered:
    """The guidance's answer to a general question that came with the facts of a case: they are kept and shown."""
    book = resources.rule_book()
    state, notes = take_facts(turn, stated, book)
    reply, state = answer_policy(replace(turn, state=state))
    used = text("case.facts_used", facts=facts_in_words(book, state.facts)) if state.facts else ""
    reply.text = "\n\n".join(block for block in (*notes, reply.text, used) if block)
    reply.facts = state.facts
    return reply, state


class RefuseOutOfScope(AssistantAction):
    """A message understood as none of the assistant's business."""

    action_name = "action_refuse_out_of_scope"

    def answer(self, turn: Turn) -> Answered:
        """Refuse, unless the guidance plainly answers it after all."""
        bare = _BARE.fullmatch(bare_words(turn.text))  # "how often?": nothing by itself
        reply = answer_question(resources.guidance(), whole_question(turn) if bare else turn.text)
        if reply.kind == "policy_answer" and turn.confidence < SURE:
            return AnswerPolicyQuestion().answer(turn)
        refused = reply if reply.kind == "refusal" else refusal("out_of_scope")
        _point_back(refused, turn)
        return refused, turn.state


class RefuseNotPermitted(AssistantAction):
    """A message that asks for what the assistant must not do."""

    action_name = "action_refuse_not_permitted"

    def answer(self, turn: Turn) -> Answered:
        """Refuse when sure; otherwise leave it to the guidance, which knows what is not permitted too."""
        if turn.confidence >= SURE:
            return refusal("not_permitted"), turn.state
        return answer_policy(turn)
