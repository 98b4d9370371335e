"""Actions on the guidance: questions of policy, the wording, and what is out of scope."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from actions import resources
from actions.answers.wording import quoted
from actions.base import AssistantAction
from actions.case_conversation import Answered
from actions.conversation.turn import Turn
from actions.last_answer import remember
from actions.policy_answers import answer_question, refusal
from actions.reply import Answer, Citation, Reply, plain_reply, suggestions
from actions.texts import text

SURE = 0.75
"""From this confidence, a message understood as not permitted is refused whatever the guidance finds."""


def answer_policy(turn: Turn) -> Answered:
    """The guidance's answer, with a way back to the question about the case that is still open."""
    reply = answer_question(resources.guidance(), turn.text)
    _point_back(reply, turn)
    if reply.kind != "policy_answer":
        return reply, turn.state
    return reply, replace(turn.state, last_answer=remember(reply, question=turn.text))


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
        """Quote the passage that answers, or say that none does."""
        return answer_policy(turn)


class RefuseOutOfScope(AssistantAction):
    """A message understood as none of the assistant's business."""

    action_name = "action_refuse_out_of_scope"

    def answer(self, turn: Turn) -> Answered:
        """Refuse, unless the guidance plainly answers it after all."""
        reply = answer_question(resources.guidance(), turn.text)
        if reply.kind == "policy_answer" and turn.confidence < SURE:
            return answer_policy(turn)
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


class ShowWording(AssistantAction):
    """The passages of the last answer, word for word."""

    action_name = "action_show_wording"

    def answer(self, turn: Turn) -> Answered:
        """Quote them all with their places."""
        last = turn.state.last_answer
        if not last:
            return plain_reply("clarification", "no_earlier_answer"), turn.state
        if not last["citations"]:
            return plain_reply("clarification", "no_wording"), turn.state
        return _reply_again(turn, last, text_blocks=[]), turn.state


class ExplainAnswer(AssistantAction):
    """Why: the rules and sums of the last answer, or the passage it came from."""

    action_name = "action_explain_answer"

    def answer(self, turn: Turn) -> Answered:
        """The reasons, each with the rule and the quote."""
        last = turn.state.last_answer
        if not last:
            return plain_reply("clarification", "no_earlier_answer"), turn.state
        lines = [
            text("follow_up.because", because=reason["because"], rule=reason["rule"])
            for reason in last["reasons"]
            if reason.get("because")
        ]
        blocks = [last["short"], "\n".join(lines)] if lines else [last["short"]]
        return _reply_again(turn, last, text_blocks=blocks), turn.state


class SayWhoDoesIt(AssistantAction):
    """Who does what the last answer was about."""

    action_name = "action_say_who_does_it"

    def answer(self, turn: Turn) -> Answered:
        """The owners of the duties, or the guidance's answer to who does it."""
        last = turn.state.last_answer
        if not last:
            return answer_policy(turn)
        duties = last.get("duties") or []
        if duties:
            lines = [text("follow_up.owner", title=item["title"], owner=item["owner"]) for item in duties]
            return _reply_again(turn, last, text_blocks=["\n".join(lines)], quote=False), turn.state
        if last["owners"]:
            return _reply_again(turn, last, text_blocks=[last["short"]]), turn.state
        about = re.sub(
            r"^(when|how long|how often|what|where)\b.*?\b(is|are|do|does|for|to)\b",
            "",
            last.get("question", ""),
        )
        return answer_policy(replace(turn, text=f"who does {about.strip(' ?')}?"))


def _reply_again(turn: Turn, last: dict[str, Any], text_blocks: list[str], quote: bool = True) -> Reply:
    citations = [Citation(**item) for item in last["citations"]]
    quotes = [quoted(item) for item in last["citations"]] if quote else []
    return Reply(
        kind=last["kind"],
        text="\n\n".join([*(block for block in text_blocks if block), *quotes]),
        answer=Answer(short=last["short"], status="answered"),
        citations=citations,
        facts=turn.state.facts,
        asking_for=turn.state.asking_for,
        suggestions=suggestions(last.get("topic") or "policy"),
    )
