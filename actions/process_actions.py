"""Walk-throughs: the steps of a process in order, each with who does it and when."""

from __future__ import annotations

import re
from dataclasses import replace

from rapidfuzz import fuzz

from actions import resources
from actions.answers.topic_answer import TopicAnswer
from actions.answers.wording import quoted
from actions.base import AssistantAction
from actions.case_assessment import tie_to_passage
from actions.case_conversation import Answered
from actions.conversation.turn import Turn
from actions.last_answer import remember
from actions.reply import Answer, Citation, Reply, Suggestion, plain_reply, suggestions
from actions.texts import entry, text

LIKENESS = 82
"""How alike a word of the message and a word of a process's name must be, out of 100."""


def named_process(message: str) -> str | None:
    """The process that a message names: the one with most words of its name in the message, None if none has all."""
    words = re.findall(r"[a-z]+", message.lower())
    best: tuple[int, str | None] = (0, None)
    for key, process in entry("processes").items():
        for name in process["names"]:
            wanted = name.split()
            if len(wanted) > best[0] and all(_holds(words, word) for word in wanted):
                best = (len(wanted), key)
    return best[1]


def _holds(words: list[str], wanted: str) -> bool:
    return any(fuzz.ratio(word, wanted) >= LIKENESS for word in words)


def _for_case(key: str, turn: Turn) -> str:
    """Parole for the sentence of the case in play, where the message does not say for which."""
    kind = turn.entity("sentence_type") or turn.state.facts.get("sentence_type")
    return "parole_determinate" if key == "parole_isp" and kind == "determinate_parole" else key


class WalkThrough(AssistantAction):
    """The steps of a process."""

    action_name = "action_walk_through"

    def answer(self, turn: Turn) -> Answered:
        """List them, or ask which process is meant."""
        key = named_process(turn.text)
        titles = {name: process["title"] for name, process in entry("processes").items()}
        if key is None:
            reply = plain_reply(
                "clarification", "walk_through_which", suggest=None, processes=", ".join(titles.values())
            )
            reply.suggestions = [
                Suggestion(title=title, payload=f"take me through {title}") for title in titles.values()
            ]
            return reply, turn.state
        steps = [step.as_dict() for step in resources.rule_book().steps(_for_case(key, turn))]
        undated = resources.rule_book().catalogue.wording["no_deadline"]
        lines = []
        citations = []
        for number, step in enumerate(steps, start=1):
            timed = step["timing"] and step["timing"] != undated
            timing = text("process.timing", timing=step["timing"]) if timed else ""
            lines.append(
                text("process.step", number=number, title=step["title"], owner=step["owner"], timing=timing)
            )
            citation = step["citation"]
            tie_to_passage(citation, resources.guidance())
            citations.append(Citation(**{name: citation.get(name) for name in Citation.model_fields}))
        short = text("process.heading", title=titles[key][:1].upper() + titles[key][1:])
        reply = Reply(
            kind="policy_answer",
            text="\n".join([short, *lines, "", *(quoted(item.model_dump()) for item in citations[:1])]),
            answer=Answer(short="\n".join([short, *lines]), status="answered"),
            citations=citations,
            facts=turn.state.facts,
            asking_for=turn.state.asking_for,
            suggestions=suggestions("policy"),
        )
        duties = [{"title": step["title"], "owner": step["owner"]} for step in steps]
        found = TopicAnswer(short, duties=duties)
        return reply, replace(turn.state, last_answer=remember(reply, found, question=turn.text))
