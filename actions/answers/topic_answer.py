"""The answer to one question about a case, before it becomes a reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.texts import catalogue, text

PARTS = {
    "responsibility": ("responsibility",),
    "handover": ("handover",),
    "due": ("tasks",),
    "pom_type": ("pom_type",),
    "service_level": ("service_level",),
    "early_allocation": ("early_allocation",),
    "parole": ("responsibility", "tasks"),
    "recall": ("responsibility", "tasks"),
    "key_dates": ("handover", "tasks"),
    "location": (),
    "hearing": (),
    "parole_report": (),
}
"""The parts of an assessment that each question about a case needs."""


LISTS = ("due", "key_dates")
"""The questions whose answer is a list of duties."""


@dataclass(frozen=True)
class TopicAnswer:
    """The answer in a line or two, the lines under it, and the reasons it rests on."""

    short: str
    lines: list[str] = field(default_factory=list)
    reasons: list[dict[str, Any]] = field(default_factory=list)
    """In the form of an assessment's reasons: rule, because, citation."""
    settled: bool = True
    """Whether the facts decide the question."""
    duties: list[dict[str, str]] = field(default_factory=list)
    """Who does what and when (`title`, `owner`, `when`), for questions back: `and who does that?`, `when?`"""
    rest: list[str] = field(default_factory=list)
    """Lines that were left out of the answer, for `what else?`"""


def merged(answers: Sequence[TopicAnswer]) -> TopicAnswer:
    """Several answers as one: what each says in a line first, then the lines under each."""
    if len(answers) == 1:
        return answers[0]
    shorts = list(dict.fromkeys(answer.short for answer in answers))
    lines = dict.fromkeys(line for answer in answers for line in answer.lines if line not in shorts)
    return TopicAnswer(
        short="\n".join(shorts),
        lines=list(lines),
        reasons=[reason for answer in answers for reason in answer.reasons],
        settled=all(answer.settled for answer in answers),
        duties=[duty for answer in answers for duty in answer.duties],
        rest=[line for answer in answers for line in answer.rest],
    )


def hedged(short: str, status: str) -> str:
    """An answer that a fact not yet known can still change says so; any other stays as it is."""
    return text("case.so_far", answer=short[:1].lower() + short[1:]) if status == "needs_facts" else short


def role_in_words(role: str | None) -> str:
    """A role as people read it."""
    return str(catalogue()["roles"].get(role or "none", role))


def because_lines(reasons: list[dict[str, Any]], most: int = 6) -> list[str]:
    """The reasons as lines, each once."""
    lines: dict[str, None] = {}
    for reason in reasons:
        if reason.get("because"):
            lines[text("case.rule_line", because=reason["because"])] = None
    return list(lines)[:most]
