"""Which type of POM, which service, and whether early allocation applies."""

from __future__ import annotations

from typing import Any

from actions.answers.duties import task_line
from actions.answers.topic_answer import TopicAnswer
from actions.rules import RuleBook
from actions.texts import text


def pom_type_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """Probation officer or prison officer POM."""
    part = assessment["pom_type"]
    key = part["value"] if part["value"] else part["status"]
    return TopicAnswer(
        text(f"pom_type.{key}"),
        reasons=part["reasons"],
        settled=bool(part["value"]) or part["status"] != "needs_facts",
    )


def service_level_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """The core or the additional service, with what it includes."""
    part = assessment["service_level"]
    exempt = part["additional_tasks_exempt"]
    key = part["status"] if exempt is None else "exempt" if exempt else "not_exempt"
    return TopicAnswer(
        text(f"service_level.{key}"),
        lines=[f"- {item if isinstance(item, str) else item.get('title', '')}" for item in part["items"]],
        reasons=part["reasons"],
        settled=exempt is not None or part["status"] != "needs_facts",
    )


def early_allocation_answer(assessment: dict[str, Any], book: RuleBook) -> TopicAnswer:
    """Automatic, discretionary or not met, each criterion with its answer, and the steps with their dates."""
    part = assessment["early_allocation"]
    lines = []
    for criterion in part["criteria"]:
        key = {True: "met", False: "not_met_line", None: "unknown_line"}[criterion["met"]]
        if criterion["met"] is not None:
            lines.append(text(f"early_allocation.{key}", criterion=book.rule(criterion["id"]).title))
    if lines:
        lines.insert(0, text("early_allocation.criteria"))
    dated = [task for task in part["steps"] if task["due"]]
    if dated and part["outcome"] in ("automatic", "discretionary"):
        lines += [text("early_allocation.steps"), *(task_line(task) for task in dated)]
    return TopicAnswer(
        text(f"early_allocation.{part['outcome']}"),
        lines=lines,
        reasons=part["reasons"],
        settled=part["outcome"] != "unknown",
    )
