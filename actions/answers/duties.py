"""What is due for a case: all of it, or the part about parole, recall or the key dates."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from actions.answers.responsibility import responsibility_answer
from actions.answers.topic_answer import TopicAnswer
from actions.answers.wording import plain_date
from actions.texts import entry, text

PAROLE_RULES = ("PAR", "TASK-31", "TASK-32", "TASK-36", "TASK-37", "HAND-12")
"""Ids, or starts of ids, of the rules about parole and what leads up to it."""

PAROLE_NOTES = ("PAR-05", "PAR-16", "PAR-17", "PAR-10", "PAR-19")
"""Ids of the rules about parole that are no duties, and not about where the person is held."""

DECIDES_DUTIES = ("sentence_type", "legal_status")
"""Facts without which most duties are open: the list is not given as the answer until they are known."""

LONG_PAST = timedelta(days=183)
"""A duty due longer ago than this is counted rather than named in the first line: it will have been done."""

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
            text("due.nothing" if not assessment["missing"] else "due.nothing_yet"),
            lines=_undated(tasks[:MOST_SHOWN]),
            reasons=_reasons(tasks[:3]),
            settled=not assessment["missing"],
            duties=_duties(tasks[:MOST_SHOWN]),
            rest=_undated(tasks[MOST_SHOWN:]),
        )
    shown = dated[:MOST_SHOWN]
    lines = [text("due.heading", as_of=plain_date(assessment["as_of"])), *(task_line(task) for task in shown)]
    names = [task["id"] for task in shown]
    left = [task for task in tasks if task["id"] not in names]
    if left:
        lines.append(text("due.more", count=len(left)))
    open_case = any(item["fact"] in DECIDES_DUTIES for item in assessment["missing"])
    short = _in_short(shown, assessment["as_of"])
    return TopicAnswer(
        text("due.so_far") if open_case else short,
        lines=lines,
        reasons=_reasons(shown),
        settled=not open_case,
        duties=_duties(shown),
        rest=[task_line(task) if task["due"] or task["opens"] else _undated([task])[0] for task in left],
    )


def _in_short(tasks: list[dict[str, Any]], as_of: str) -> str:
    """What is overdue, and what comes next."""
    late = [task for task in tasks if task["status"] == "overdue"]
    recent = (date.fromisoformat(as_of) - LONG_PAST).isoformat()
    overdue = [task for task in late if str(task["due"] or task["opens"])[:10] >= recent]
    ahead = [
        task for task in tasks if task["status"] != "overdue" and (task["due"] or task["opens"]) >= as_of
    ]
    said = []
    if overdue:
        named = "; ".join(_named(task) for task in overdue)
        said.append(text("due.overdue_now", as_of=plain_date(as_of), tasks=named))
    said.append(text("due.next", task=_named(ahead[0])) if ahead else text("due.nothing_next"))
    if len(late) > len(overdue):
        said.append(text("due.long_past", count=len(late) - len(overdue)))
    return " ".join(said)


def _named(task: dict[str, Any]) -> str:
    return text("due.task", title=task["title"], when=_date_words(task), owner=task["owner"])


def _duties(tasks: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "title": task["title"],
            "owner": task["owner"],
            "when": _date_words(task) if task["due"] or task["opens"] else "",
        }
        for task in tasks
    ]


def duties_named(message: str, assessment: dict[str, Any]) -> list[dict[str, Any]]:
    """The dated duties of a case that a question names: `who does the oasys and when`, `when is the referral`.

    Those whose title shares most words with the message; none when they share only everyday words.
    """
    said = telling_words(message)
    steps = assessment["early_allocation"]["steps"]
    known = {task["id"]: task for task in [*steps, *assessment["tasks"]] if task["due"] or task["opens"]}
    shared = {name: in_common(said, telling_words(task["title"])) for name, task in known.items()}
    most = max(shared.values(), default=0)
    return [known[name] for name, count in shared.items() if count == most > 0]


def in_common(said: set[str], title: set[str]) -> int:
    """How many words of a title a message has, `refer` for `referral` included."""
    return sum(
        any(word == other or (len(word) > 4 and other.startswith(word)) for word in said) for other in title
    )


def telling_words(words: str) -> set[str]:
    """The words that tell one duty from another, in lower case."""
    everyday = set(entry("due.everyday_words"))
    return {word for word in re.findall(r"[a-z0-9]{3,}", words.lower()) if word not in everyday}


def named_answer(duties: list[dict[str, Any]]) -> TopicAnswer:
    """The duties that a question names, with their dates and who does them."""
    ordered = sorted(duties, key=_when)
    return TopicAnswer(
        "\n".join(task_line(task) for task in ordered),
        reasons=_reasons(ordered),
        duties=_duties(ordered),
    )


def whether_answer(
    truth: bool | None,
    title: str,
    tasks: list[dict[str, Any]],
    sources: list[dict[str, Any]],
    at_other_times: bool = False,
) -> TopicAnswer:
    """Yes with the dates, no, or that it cannot be said yet, to whether a duty applies.

    `at_other_times`: whether it belongs to the case at another point of the sentence.
    """
    if truth is True and tasks:
        dated = [task for task in tasks if task["due"] or task["opens"]]
        lines = [task_line(task) for task in dated] or _undated(tasks)
        return TopicAnswer(
            text("due.yes", title=title),
            lines=lines,
            reasons=_reasons(dated) or sources,
            duties=_duties(tasks),
        )
    key = "not_now" if at_other_times else "no" if truth is False else "yes" if truth else "unsure"
    return TopicAnswer(text(f"due.{key}", title=title), reasons=sources, settled=truth is not None)


def parole_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """Who is responsible, and the duties about parole."""
    return _with_responsibility(assessment, due_answer(assessment, PAROLE_RULES), PAROLE_NOTES)


def recall_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """Who is responsible, the duties that follow from a recall, and where the person should be held."""
    return _with_responsibility(assessment, due_answer(assessment, ("RECALL",)), ("RECALL",))


def _with_responsibility(
    assessment: dict[str, Any], duties: TopicAnswer, about: tuple[str, ...]
) -> TopicAnswer:
    """Who is responsible, then some duties, then the notes of the rules they are about."""
    now = responsibility_answer(assessment)
    notes = [
        note for note in assessment.get("notes", []) if note.get("because") and note["rule"].startswith(about)
    ]
    return replace(
        duties,
        short=now.short,
        lines=[
            *(duties.lines or [duties.short]),
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
        owner=task["owner"],
        status=status,
    )


def _date_words(task: dict[str, Any]) -> str:
    kinds = {"by": "by", "at": "on", "within": "by", "recurring": "next by", "earliest": "not before"}
    if task["opens"] and task["due"] and task["opens"] != task["due"]:
        return f"between {plain_date(task['opens'])} and {plain_date(task['due'])}"
    return f"{kinds.get(task['kind'], 'by')} {plain_date(task['due'] or task['opens'])}"


def _undated(tasks: list[dict[str, Any]]) -> list[str]:
    return [text("due.undated_line", title=task["title"], owner=task["owner"]) for task in tasks]


def _reasons(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"rule": task["id"], "because": task["working"], "citation": task["citation"]}
        for task in tasks
        if task["citation"]
    ]
