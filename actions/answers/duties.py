"""What is due for a case: all of it, or the part about parole, recall or the key dates."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from actions.answers.responsibility import responsibility_answer
from actions.answers.topic_answer import TopicAnswer, role_in_words
from actions.answers.wording import plain_date
from actions.texts import entry, text

PAROLE_RULES = ("PAR", "TASK-31", "TASK-32", "TASK-36", "TASK-37", "HAND-12")
"""Ids, or starts of ids, of the rules about parole and what leads up to it."""

MOST_SHOWN = 12
"""Dated duties shown in the text; the assessment holds all."""


def due_answer(assessment: dict[str, Any], groups: tuple[str, ...] = ()) -> TopicAnswer:
    """The dated duties, overdue first and then by date; only some groups of rules if they are named."""
    tasks = [
        task
        for task in assessment["tasks"]
        if task["status"] != "done" and (not groups or any(task["id"].startswith(group) for group in groups))
    ]
    dated = sorted((task for task in tasks if task["due"] or task["opens"]), key=_when)
    if not dated:
        return TopicAnswer(
            text("due.nothing"),
            lines=_undated(tasks),
            reasons=_reasons(tasks[:3]),
            settled=not assessment["missing"],
        )
    shown = dated[:MOST_SHOWN]
    lines = [task_line(task) for task in shown]
    left = len(tasks) - len(shown)
    if left > 0:
        lines.append(text("due.more", count=left))
    return TopicAnswer(
        text("due.heading", as_of=plain_date(assessment["as_of"])),
        lines=lines,
        reasons=_reasons(shown),
        duties=[{"title": task["title"], "owner": task["owner"]} for task in shown],
    )


def duties_named(message: str, assessment: dict[str, Any]) -> list[dict[str, Any]]:
    """The dated duties of a case that a question names: `who does the oasys and when`, `when is the referral`.

    Those whose title shares most words with the message; none when they share only everyday words.
    """
    said = _telling_words(message)
    steps = assessment["early_allocation"]["steps"]
    known = {task["id"]: task for task in [*steps, *assessment["tasks"]] if task["due"] or task["opens"]}
    shared = {name: len(said & _telling_words(task["title"])) for name, task in known.items()}
    most = max(shared.values(), default=0)
    return [known[name] for name, count in shared.items() if count == most > 0]


def _telling_words(words: str) -> set[str]:
    everyday = set(entry("due.everyday_words"))
    return {word for word in re.findall(r"[a-z0-9]{3,}", words.lower()) if word not in everyday}


def named_answer(duties: list[dict[str, Any]]) -> TopicAnswer:
    """The duties that a question names, with their dates and who does them."""
    ordered = sorted(duties, key=_when)
    return TopicAnswer(
        "\n".join(task_line(task) for task in ordered),
        reasons=_reasons(ordered),
        duties=[{"title": task["title"], "owner": task["owner"]} for task in ordered],
    )


def parole_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """Who is responsible, and the duties about parole."""
    return _with_responsibility(assessment, due_answer(assessment, PAROLE_RULES))


def recall_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """Who is responsible, the duties that follow from a recall, and where the person should be held."""
    return _with_responsibility(assessment, due_answer(assessment, ("RECALL",)))


def _with_responsibility(assessment: dict[str, Any], duties: TopicAnswer) -> TopicAnswer:
    now = responsibility_answer(assessment)
    notes = [note for note in assessment.get("notes", []) if note.get("because")]
    return replace(
        duties,
        short=now.short,
        lines=[
            duties.short,
            *duties.lines,
            *(text("case.rule_line", because=note["because"]) for note in notes),
        ],
        reasons=[*now.reasons, *duties.reasons],
        settled=now.settled,
    )


def _when(task: dict[str, Any]) -> tuple[bool, str]:
    return (task["status"] != "overdue", task["due"] or task["opens"])


def task_line(task: dict[str, Any]) -> str:
    """One duty as a line: what, when, who, and whether it is late."""
    status = text(f"due.{task['status']}") if task["status"] in ("overdue", "due_soon") else ""
    return text(
        "due.line",
        title=task["title"],
        when=_date_words(task),
        owner=task["owner"].replace("_", " "),
        status=status,
    )


def _date_words(task: dict[str, Any]) -> str:
    kinds = {"by": "by", "at": "on", "within": "by", "recurring": "next by", "earliest": "not before"}
    if task["opens"] and task["due"] and task["opens"] != task["due"]:
        return f"between {plain_date(task['opens'])} and {plain_date(task['due'])}"
    return f"{kinds.get(task['kind'], 'by')} {plain_date(task['due'] or task['opens'])}"


def _undated(tasks: list[dict[str, Any]]) -> list[str]:
    return [f"- {task['title']} ({role_in_words(task['owner'])})" for task in tasks[:MOST_SHOWN]]


def _reasons(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"rule": task["id"], "because": task["working"], "citation": task["citation"]}
        for task in tasks
        if task["citation"]
    ]
