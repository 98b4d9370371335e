"""Questions back to the last answer: why, the wording, who does it, and what another edition says."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from actions import resources
from actions.answers.wording import quoted
from actions.base import AssistantAction
from actions.case_conversation import (
    Answered,
    answer_about_case,
    answer_as_it_is,
    answer_named_duties,
    under_editions,
)
from actions.conversation.clauses import subject_of
from actions.conversation.moves import bare_words
from actions.conversation.turn import Turn
from actions.edition_conflicts import named_conflict
from actions.policy_actions import PRONOUN, answer_policy
from actions.policy_answers import CITATIONS_IN_TEXT, answer_from_edition
from actions.reply import Answer, Citation, Reply, plain_reply, suggestions
from actions.texts import catalogue, entry, text
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
        topic = last.get("topic")
        if topic == "early_allocation" and re.search(
            r"\b(?:deci[ds]|agree|approv|sign)", turn.text, re.IGNORECASE
        ):
            lines = [text("follow_up.owner", **item) for item in entry("early_allocation.deciders")]
            lines.append(text("early_allocation.decider"))
            return reply_again(turn, last, text_blocks=["\n".join(lines)], quote=False), turn.state
        if "decides" in last["short"] and re.search(r"\bdeci[ds]", turn.text, re.IGNORECASE):
            return reply_again(turn, last, text_blocks=[last["short"]], quote=False), turn.state
        numbered = re.search(r"\b(?:number|step|no)\.? ?(\d{1,2})\b", turn.text, re.IGNORECASE)
        if numbered and 0 < int(numbered[1]) <= len(last["duties"]):
            item = last["duties"][int(numbered[1]) - 1]
            line = text("follow_up.when" if item.get("when") else "follow_up.owner", **item)
            return reply_again(turn, last, text_blocks=[line], quote=False), turn.state
        if _names_something(turn):
            about = f" ({text(f'topics.{topic}')})" if topic else ""
            asked = replace(turn, text=f"{turn.text.strip(' ?')}{about}?")
            return (turn.state.has_case and answer_named_duties(turn)) or answer_policy(asked)
        if last["duties"]:
            lines = [
                text("follow_up.owner", title=item["title"], owner=item["owner"]) for item in last["duties"]
            ]
            return reply_again(turn, last, text_blocks=["\n".join(lines)], quote=False), turn.state
        about = subject_of(last.get("question", ""))
        asked = PRONOUN.sub(about, turn.text, count=1)
        return answer_policy(replace(turn, text=asked if asked != turn.text else f"who does {about}?"))


class SayWhen(AssistantAction):
    """When what the last answer was about has to be done."""

    action_name = "action_say_when"

    def answer(self, turn: Turn) -> Answered:
        """The dates of the duties, or the guidance's answer to when it is."""
        last = turn.state.last_answer or {}
        dated = [item for item in last.get("duties", []) if item.get("when")]
        if dated:
            lines = [
                item["when"] if item["when"].endswith(".") else text("follow_up.when", **item)
                for item in dated
            ]
            return reply_again(turn, last, text_blocks=["\n".join(lines)], quote=False), turn.state
        if last.get("duties"):
            lines = [text("follow_up.no_date", **item) for item in last["duties"]]
            return reply_again(turn, last, text_blocks=["\n".join(lines)]), turn.state
        if last.get("topic"):
            return answer_as_it_is(turn, turn.state, [])
        subject = subject_of(last.get("question", ""))
        asked = replace(turn, text=f"when is {subject} done?")
        return (turn.state.has_case and answer_named_duties(asked)) or answer_policy(asked)


_WHICH_TO_USE = re.compile(
    r"\b(?:use|go (?:by|with)|follow|right|correct|appl(?:y|ies)|trust|current|latest)\b", re.IGNORECASE
)


class SayEdition(AssistantAction):
    """Which document and edition the last answer came from."""

    action_name = "action_say_edition"

    def answer(self, turn: Turn) -> Answered:
        """The documents quoted, and the edition that the dates follow."""
        last = turn.state.last_answer or {}
        shown = last.get("citations", [])[: 2 if last.get("topic") else CITATIONS_IN_TEXT]
        sources = {(item["title"], item["edition"], item["section"]): item for item in shown}
        if not sources:
            return plain_reply("clarification", "no_wording"), turn.state
        lines = [
            text(
                "follow_up.source",
                edition=catalogue()["editions"].get(edition, title),
                section=section.split(" > ")[-1],
            )
            for title, edition, section in sources
        ]
        followed = last.get("edition")
        timings = [text("follow_up.timings", edition=text(f"editions.{followed}"))] if followed else []
        first = [
            text("follow_up.one_source", edition=_edition_of(item)) for item in list(sources.values())[:1]
        ]
        if followed and _WHICH_TO_USE.search(turn.text):
            timings = [text("follow_up.which_to_use", edition=text(f"editions.{followed}"))]
        said = timings or first
        block = "\n".join([*said, *dict.fromkeys(lines)])
        return reply_again(turn, last | {"citations": shown}, text_blocks=[block]), turn.state


def _edition_of(citation: dict[str, Any]) -> str:
    return str(catalogue()["editions"].get(citation["edition"], citation["title"]))


class SayWhatElse(AssistantAction):
    """What the last answer left out."""

    action_name = "action_say_what_else"

    def answer(self, turn: Turn) -> Answered:
        """The duties not shown, the further passages found, or what is due for the case."""
        last = turn.state.last_answer or {}
        if last.get("rest"):
            block = "\n".join([text("due.others"), *last["rest"]])
            return reply_again(turn, last, text_blocks=[block], quote=False), turn.state
        if last.get("topic") == "due" and last.get("kind") == "assessment":
            return reply_again(turn, last, text_blocks=[text("due.no_others")], quote=False), turn.state
        if last.get("topic") or turn.state.has_case:
            return answer_about_case(turn, "due")
        further = last.get("citations", [])[1:4]
        if not further:
            return plain_reply("clarification", "nothing_else"), turn.state
        return reply_again(turn, last | {"citations": further}, [text("follow_up.further")]), turn.state


def _names_something(turn: Turn) -> bool:
    """Whether a question who does it names what it is about, beyond `that` and `it`: `who comes to that meeting?`"""
    words = re.findall(r"[a-z]{3,}", bare_words(turn.text))
    everyday = {*entry("due.everyday_words"), *entry("follow_up.everyday_words")}
    return any(word not in everyday and not word.startswith("deci") for word in words)


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
