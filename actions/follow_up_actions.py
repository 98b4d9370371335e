"""Questions back to the last answer: why, the wording, who does it, and what another edition says."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from actions import resources
from actions.answers.wording import quoted
from actions.base import AssistantAction
from actions.case_conversation import Answered, under_editions
from actions.conversation.turn import Turn
from actions.edition_conflicts import named_conflict
from actions.policy_actions import answer_policy
from actions.policy_answers import answer_from_edition
from actions.reply import Answer, Citation, Reply, plain_reply, suggestions
from actions.texts import text
from assistant.settings import current_settings


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
        return reply_again(turn, last, text_blocks=[]), turn.state


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
        return reply_again(turn, last, text_blocks=blocks), turn.state


class SayWhoDoesIt(AssistantAction):
    """Who does what the last answer was about."""

    action_name = "action_say_who_does_it"

    def answer(self, turn: Turn) -> Answered:
        """The owners of the duties, or the guidance's answer to who does it."""
        last = turn.state.last_answer
        if not last:
            return answer_policy(turn)
        if last["duties"]:
            lines = [
                text("follow_up.owner", title=item["title"], owner=item["owner"]) for item in last["duties"]
            ]
            return reply_again(turn, last, text_blocks=["\n".join(lines)], quote=False), turn.state
        about = re.sub(
            r"^(when|how long|how often|what|where)\b.*?\b(is|are|do|does|for|to)\b",
            "",
            last.get("question", ""),
        )
        return answer_policy(replace(turn, text=f"who does {about.strip(' ?')}?"))


class CompareEditions(AssistantAction):
    """What another edition of the timings says about the last question."""

    action_name = "action_compare_editions"

    def answer(self, turn: Turn) -> Answered:
        """The answer under the edition named, beside the usual one; under all of them if none is named."""
        named = [item["value"] for item in turn.entities if item["entity"] == "edition"]
        last = turn.state.last_answer or {}
        if not turn.state.has_case or not turn.state.topic:
            if named and last.get("question"):
                found = answer_from_edition(resources.guidance(), last["question"], named[0])
                if found is not None:
                    return found, turn.state
            return named_conflict(turn) or answer_policy(turn)
        default = turn.edition or current_settings().edition
        book = resources.rule_book()
        editions = list(dict.fromkeys([*named, default])) if named else list(book.editions)
        return under_editions(turn, turn.state.topic, editions)


def reply_again(turn: Turn, last: dict[str, Any], text_blocks: list[str], quote: bool = True) -> Reply:
    """The last answer once more, in other words, with its sources."""
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
