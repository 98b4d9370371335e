"""Walk-throughs: the steps of a process in order, each with who does it and when."""

from __future__ import annotations

from dataclasses import replace

from rapidfuzz import fuzz, process

from actions import resources
from actions.answers.wording import quoted
from actions.base import AssistantAction
from actions.case_assessment import tie_to_passage
from actions.case_conversation import Answered
from actions.conversation.turn import Turn
from actions.last_answer import remember
from actions.reply import Answer, Citation, Reply, Suggestion, plain_reply, suggestions
from actions.texts import entry, text

LIKENESS = 78
"""How alike a word of the message and a name of a process must be, out of 100."""


def named_process(message: str) -> str | None:
    """The process that a message names, by the names in the catalogue; None if it names none."""
    names = {name: key for key, names in entry("processes").items() for name in names["names"]}
    best = process.extractOne(
        message.lower(), names.keys(), scorer=fuzz.token_set_ratio, score_cutoff=LIKENESS
    )
    return names[best[0]] if best else None


class WalkThrough(AssistantAction):
    """The steps of a process."""

    action_name = "action_walk_through"

    def answer(self, turn: Turn) -> Answered:
        """List them, or ask which process is meant."""
        key = named_process(turn.text)
        titles = {name: names["title"] for name, names in entry("processes").items()}
        if key is None:
            reply = plain_reply(
                "clarification", "walk_through_which", suggest=None, processes=", ".join(titles.values())
            )
            reply.suggestions = [
                Suggestion(title=title, payload=f"take me through {title}") for title in titles.values()
            ]
            return reply, turn.state
        steps = resources.rule_book().steps(key)
        lines = []
        citations = []
        for number, step in enumerate(steps, start=1):
            item = step.as_dict()
            timing = text("process.timing", timing=item["timing"]) if item["timing"] else ""
            owner = item["owner"].replace("_", " ")
            lines.append(text("process.step", number=number, title=item["title"], owner=owner, timing=timing))
            citation = item["citation"]
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
        duties = [
            {"title": item.as_dict()["title"], "owner": item.as_dict()["owner"].replace("_", " ")}
            for item in steps
        ]
        return reply, replace(turn.state, last_answer=remember(reply, question=turn.text, duties=duties))
