"""Walk-throughs: the steps of a process in order, each with who does it and when."""

from __future__ import annotations

from dataclasses import replace

from actions import resources
from actions.answers.topic_answer import TopicAnswer
from actions.answers.wording import capitalised, plain_date, quoted
from actions.base import AssistantAction
from actions.case_assessment import assess, tie_to_passage
from actions.case_conversation import Answered, with_date_of_birth
from actions.conversation.processes import named_process, process_without_steps
from actions.conversation.turn import Turn
from actions.last_answer import remember
from actions.policy_answers import refusal
from actions.reply import Answer, Citation, Reply, Suggestion, plain_reply, suggestions
from actions.rules import FactErrors
from actions.texts import entry, text


def _for_case(key: str, turn: Turn) -> str:
    """Parole for the sentence of the case in play, where the message does not say for which."""
    kind = turn.entity("sentence_type") or turn.state.facts.get("sentence_type")
    return "parole_determinate" if key == "parole_isp" and kind == "determinate_parole" else key


def _dates(turn: Turn) -> dict[str, str]:
    """The dates of the steps in the case in play, by rule: none where there is no case."""
    if not turn.state.facts:
        return {}
    facts = with_date_of_birth(turn.state.facts, turn.as_of)
    try:
        assessment = assess(
            resources.rule_book(), resources.guidance(), facts, turn.as_of, edition=turn.edition
        )
    except FactErrors:
        return {}
    tasks = [*assessment["tasks"], *assessment["early_allocation"]["steps"]]
    return {task["id"]: plain_date(task["due"]) for task in tasks if task["due"]}


class WalkThrough(AssistantAction):
    """The steps of a process."""

    action_name = "action_walk_through"

    def answer(self, turn: Turn) -> Answered:
        """List them, or ask which process is meant."""
        key = named_process(turn.text)
        titles = {name: process["title"] for name, process in entry("processes").items()}
        if key is None and (title := process_without_steps(turn.text)):
            short = text("replies.no_steps", title=title, processes=", ".join(titles.values()))
            reply = refusal("not_in_guidance", short)
            reply.text, reply.facts, reply.asking_for = short, turn.state.facts, turn.state.asking_for
            return reply, turn.state
        if key is None:
            reply = plain_reply(
                "clarification", "walk_through_which", suggest=None, processes=", ".join(titles.values())
            )
            reply.suggestions = [
                Suggestion(title=title, payload=f"take me through {title}") for title in titles.values()
            ]
            return reply, turn.state
        steps = [step.as_dict() for step in resources.rule_book().steps(_for_case(key, turn))]
        dates = _dates(turn)
        undated = resources.rule_book().catalogue.wording["no_deadline"]
        lines = []
        citations = []
        for number, step in enumerate(steps, start=1):
            timed = step["timing"] and step["timing"] != undated
            timing = text("process.timing", timing=step["timing"]) if timed else ""
            owner = capitalised(step["owner"])
            line = text("process.step", number=number, title=step["title"], owner=owner, timing=timing)
            day = dates.get(step["rule"])
            lines.append(f"{line} {text('process.in_this_case', date=day)}" if day else line)
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
        duties = [
            {
                "title": step["title"],
                "owner": step["owner"],
                "when": step["timing"] if step["timing"] != undated else "",
            }
            for step in steps
        ]
        found = TopicAnswer(short, duties=duties)
        return reply, replace(turn.state, last_answer=remember(reply, found, question=turn.text))
