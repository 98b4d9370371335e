"""A case as each edition of the timings works it out, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.answers.topic_answer import role_in_words
from actions.answers.wording import capitalised, plain_date
from actions.rules import FactErrors, RuleBook
from actions.texts import text
from assistant.web.reply_view import when


@dataclass(frozen=True)
class EditionRow:
    """One thing that is worked out, as each edition says it. Empty where an edition says nothing of it."""

    label: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the editions say different things."""
        return len(set(self.values)) > 1


@dataclass(frozen=True)
class EditionTable:
    """The editions, and what each says. `left_out` are editions in which a fact of the case has no place."""

    editions: tuple[str, ...]
    rows: list[EditionRow]
    duties: list[EditionRow]
    left_out: dict[str, str]


def edition_table(book: RuleBook, facts: Mapping[str, Any], as_of: date) -> EditionTable:
    """Work a case out under every edition. Raises `FactErrors` when none can take its facts."""
    found: dict[str, dict[str, Any]] = {}
    refused: dict[str, FactErrors] = {}
    for edition in book.editions:
        try:
            found[edition] = book.assess(facts, as_of, edition).as_dict()
        except FactErrors as problem:
            refused[edition] = problem
    if not found:
        raise next(iter(refused.values()))
    rows = [
        EditionRow(text(f"pages.editions.{name}"), tuple(says(found[edition]) for edition in found))
        for name, says in PARTS.items()
    ]
    return EditionTable(
        tuple(found),
        [row for row in rows if any(row.values)],
        _duties(found),
        {
            edition: "; ".join(error.problem for error in problem.errors)
            for edition, problem in refused.items()
        },
    )


def _responsible(assessment: Mapping[str, Any]) -> str:
    part = assessment["responsibility"]
    decided = part["status"] == "decided" and part["responsible"]
    return capitalised(role_in_words(part["responsible"])) if decided else text("pages.case.not_yet")


def _next(assessment: Mapping[str, Any]) -> str:
    part = assessment["responsibility"]
    if not part.get("changes_on") or not part.get("changes_to"):
        return ""
    who = capitalised(role_in_words(part["changes_to"]))
    return text("pages.case.next_on", who=who, date=plain_date(part["changes_on"]))


def _handover(assessment: Mapping[str, Any]) -> str:
    day = assessment["handover"].get("date")
    return plain_date(day) if day else ""


def _early_allocation(assessment: Mapping[str, Any]) -> str:
    outcome = assessment["early_allocation"].get("outcome")
    return text(f"pages.editions.outcomes.{outcome}") if outcome else ""


PARTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "responsible": _responsible,
    "next": _next,
    "handover": _handover,
    "early_allocation": _early_allocation,
}


def _duties(found: Mapping[str, Mapping[str, Any]]) -> list[EditionRow]:
    """The dated duties of any edition, in the order of their first date."""
    dated: dict[str, dict[str, Mapping[str, Any]]] = {}
    for edition, assessment in found.items():
        for task in assessment["tasks"]:
            if task.get("due") or task.get("opens"):
                dated.setdefault(task["title"], {})[edition] = task
    ordered = sorted(
        dated.items(), key=lambda item: min(task["due"] or task["opens"] for task in item[1].values())
    )
    return [
        EditionRow(title, tuple(when(tasks[edition]) if edition in tasks else "" for edition in found))
        for title, tasks in ordered
    ]
