"""Which type of POM, which service, and whether early allocation applies."""

from __future__ import annotations

from typing import Any

from actions.answers.duties import task_line
from actions.answers.topic_answer import TopicAnswer, hedged
from actions.answers.wording import plain_date
from actions.texts import entry, text


def pom_type_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """Probation officer or prison officer POM."""
    part = assessment["pom_type"]
    support = part.get("case_support")
    return TopicAnswer(
        hedged(text(f"pom_type.{part['value']}"), part["status"])
        if part["value"]
        else text(f"pom_type.{part['status']}"),
        lines=[text("pom_type.case_support", support=support)] if support and part["value"] else [],
        reasons=part["reasons"],
        settled=part["status"] != "needs_facts",
    )


def service_level_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """The core or the additional service, with what it includes."""
    part = assessment["service_level"]
    exempt = part["additional_tasks_exempt"]
    key = part["status"] if exempt is None else "exempt" if exempt else "not_exempt"
    short = text(f"service_level.{key}")
    return TopicAnswer(
        short if exempt is None else hedged(short, part["status"]),
        lines=[f"- {item if isinstance(item, str) else item.get('title', '')}" for item in part["items"]],
        reasons=part["reasons"],
        settled=part["status"] != "needs_facts",
    )


def early_allocation_answer(assessment: dict[str, Any], asking: bool = False) -> TopicAnswer:
    """Automatic, discretionary or not met, each criterion with its answer, and the steps with their dates.

    While criteria are still being asked for (`asking`), only that it cannot be said yet.
    """
    part = assessment["early_allocation"]
    settled = part["outcome"] != "unknown"
    if asking and not settled:
        deciders = list(entry("early_allocation.deciders"))
        return TopicAnswer(text("early_allocation.unknown"), settled=False, duties=deciders)
    unknown = [item for item in part["criteria"] if item["met"] is None]
    short = (
        text(f"early_allocation.{part['outcome']}")
        if settled
        else text("early_allocation.unknown_after_all", count=_counted(len(unknown)))
    )
    if part["outcome"] == "discretionary" and any(item["id"] <= "EA-06" for item in unknown):
        short = text("early_allocation.discretionary_so_far")
    keys = {True: "met", False: "not_met_line", None: "unknown_line"}
    names = entry("early_allocation.names")
    lines = [text("early_allocation.criteria")] + [
        text(f"early_allocation.{keys[item['met']]}", criterion=names.get(item["id"], item["title"]))
        for item in part["criteria"]
    ]
    dated = [task for task in part["steps"] if task["due"]]
    if dated and part["outcome"] in ("automatic", "discretionary"):
        lines += [text("early_allocation.steps"), *(task_line(task) for task in dated)]
    lines.append(text("early_allocation.decider"))
    return TopicAnswer(
        short,
        lines=lines,
        reasons=part["reasons"],
        settled=settled,
        duties=[{"title": task["title"], "owner": task["owner"]} for task in part["steps"]]
        + list(entry("early_allocation.deciders")),
    )


def _counted(unknown: int) -> str:
    key = "one" if unknown == 1 else "more"
    return text(f"early_allocation.unknown_count.{key}", count=unknown)


def referral_summary(assessment: dict[str, Any], facts: str) -> str:
    """The assessment in a few lines, to copy into a referral."""
    part = assessment["early_allocation"]
    names = entry("early_allocation.names")
    keys = {True: "met", False: "not_met_line", None: "unknown_line"}
    return "\n".join(
        [
            text("early_allocation.summary"),
            text(
                "early_allocation.summary_line",
                as_of=plain_date(assessment["as_of"]),
                outcome=text(f"early_allocation.outcomes.{part['outcome']}"),
                facts=facts,
            ),
            *(
                text(f"early_allocation.{keys[item['met']]}", criterion=names.get(item["id"], item["title"]))
                for item in part["criteria"]
            ),
        ]
    )
