"""Actions on the guidance: questions of policy, the wording, and what is out of scope."""

from __future__ import annotations

import re
from dataclasses import replace

from actions import resources
from actions.base import AssistantAction
from actions.case_conversation import Answered, answer_about_case, answer_in_general, answer_named_duties
from actions.conversation.routing import asks_about_a_duty, is_about_a_case, meets_criterion, topic_in_words
from actions.conversation.stated_facts import read_facts
from actions.conversation.turn import Turn
from actions.edition_conflicts import named_conflict, names_several_editions
from actions.last_answer import remember
from actions.policy_answers import answer_question, refusal
from actions.reply import Reply
from actions.texts import text

_GOES_BACK = re.compile(
    r"^(?:and|what about|how about|but)\b(?: what about)?\s*(?=(?:\S+\s*){1,5}$)", re.IGNORECASE
)

SURE = 0.75
"""From this confidence, a message understood as not permitted is refused whatever the guidance finds."""


def answer_policy(turn: Turn) -> Answered:
    """The guidance's answer, with a way back to the question about the case that is still open."""
    question = whole_question(turn)
    reply = answer_question(resources.guidance(), question)
    _point_back(reply, turn)
    if reply.kind != "policy_answer":
        return reply, turn.state
    return reply, replace(turn.state, last_answer=remember(reply, question=question))


def whole_question(turn: Turn) -> str:
    """The question with the one it goes back to: `and for women?` after `how often is key work`."""
    last = turn.state.last_answer or {}
    before = last.get("question")
    if before and last.get("kind") == "policy_answer" and _GOES_BACK.match(turn.text):
        return f"{before.rstrip(' ?')} {_GOES_BACK.sub('', turn.text)}"
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
        topic = topic_in_words(turn.text)
        if topic and is_about_a_case(turn, stated):
            return answer_about_case(turn, topic, stated)
        if topic == "early_allocation" and meets_criterion(stated):
            return answer_in_general(turn, topic)
        if names_several_editions(turn):
            return named_conflict(turn) or answer_policy(turn)
        if turn.state.facts and not stated and asks_about_a_duty(turn.text):
            return answer_named_duties(turn) or answer_policy(turn)
        return answer_policy(turn)


class RefuseOutOfScope(AssistantAction):
    """A message understood as none of the assistant's business."""

    action_name = "action_refuse_out_of_scope"

    def answer(self, turn: Turn) -> Answered:
        """Refuse, unless the guidance plainly answers it after all."""
        reply = answer_question(resources.guidance(), turn.text)
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
