"""The facts that a message states: what the fact reader found, made sure of and given its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from actions.conversation.relative_dates import resolve
from actions.conversation.turn import Turn
from actions.rules import RuleBook

UNPLACED = ("date", "number", "duration", "level")
"""Values that the fact reader could not tie to a fact; they answer the question that was asked."""


@dataclass(frozen=True)
class StatedFacts:
    """What a message says about a case."""

    facts: dict[str, Any] = field(default_factory=dict)
    part_dates: dict[str, str] = field(default_factory=dict)
    """Dates without a day, as `2029-08`."""
    problems: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Keys of the catalogue under `problems`, with their values: what could not be taken, and why."""
    worked_out: dict[str, str] = field(default_factory=dict)
    """Relative dates as typed, by field, so that the date worked out is shown back."""
    declined: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.facts or self.part_dates or self.problems or self.declined)


def read_facts(turn: Turn, book: RuleBook) -> StatedFacts:
    """The facts in the latest message, including a bare answer to the question asked before it."""
    stated = StatedFacts()
    entities = sorted(turn.entities, key=lambda item: bool(_relative(item)))
    for entity in entities:
        name = entity["entity"]
        if name in UNPLACED:
            name = _place(name, entity, turn, book, stated)
        if name and name in book.fields:
            _take(name, entity, turn, stated)
    _take_bare_answer(turn, book, stated)
    return stated


def _relative(entity: dict[str, Any]) -> bool:
    value = entity.get("value")
    return isinstance(value, dict) and "relative" in value


def _place(kind: str, entity: dict[str, Any], turn: Turn, book: RuleBook, stated: StatedFacts) -> str | None:
    """The fact that an unplaced value answers: the one that was asked for, if it can hold such a value."""
    asked = turn.state.asking_for
    if asked and asked not in stated.facts and asked in book.fields:
        if kind == "date" and book.field(asked).type.startswith("date"):
            return asked
        if kind in ("number", "duration") and book.field(asked).type in ("number", "duration"):
            return asked
        if kind == "level" and entity.get("value") in book.field(asked).allowed:
            return asked
    if kind == "date":
        stated.problems.append(
            ("date_without_role", {"date": str(entity.get("text") or entity.get("value"))})
        )
    return None


def _take(name: str, entity: dict[str, Any], turn: Turn, stated: StatedFacts) -> None:
    value = entity.get("value")
    if not isinstance(value, dict):
        # The first mention of a fact stands, unless it was only worked out from another word.
        if name not in stated.facts or not entity.get("derived"):
            stated.facts[name] = value
        return
    if "invalid" in value:
        stated.problems.append(
            ("invalid_date", {"typed": str(value["invalid"]), "reason": str(value.get("reason", ""))})
        )
    elif "partial" in value:
        stated.part_dates[name] = str(value["partial"])
    elif "relative" in value:
        found = resolve(value, turn.as_of, turn.state.facts | stated.facts)
        if isinstance(found, date):
            stated.facts[name] = found.isoformat()
            stated.worked_out[name] = str(entity.get("text") or turn.text[entity["start"] : entity["end"]])
        else:
            stated.problems.append(
                ("relative_date", {"typed": str(entity.get("text", "")), "reason": str(found)})
            )
    elif "months" in value:
        stated.facts[name] = value["months"]


def _take_bare_answer(turn: Turn, book: RuleBook, stated: StatedFacts) -> None:
    """Yes, no, do not know, or one of the allowed words, in answer to the fact that was asked for."""
    asked = turn.state.asking_for
    if not asked or asked in stated.facts or asked not in book.fields or asked in stated.part_dates:
        return
    wanted = book.field(asked)
    if turn.intent == "dont_know":
        stated.declined.append(asked)
    elif wanted.type == "bool" and turn.intent in ("affirm", "deny") and not stated.facts:
        stated.facts[asked] = turn.intent == "affirm"
    elif turn.intent == "deny" and wanted.type.startswith("date") and not stated.facts:
        stated.facts[asked] = None
    elif wanted.allowed:
        words = re.sub(r"[^a-z0-9 ]", " ", turn.text.lower().replace("_", " ")).split()
        matches = [
            value
            for value in wanted.allowed
            if str(value).lower().replace("_", " ") == " ".join(words) or str(value).lower() in words
        ]
        if len(matches) == 1 and len(words) <= 4:
            stated.facts[asked] = matches[0]
