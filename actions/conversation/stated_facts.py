"""The facts that a message states: what the fact reader found, made sure of and given its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from actions.conversation.open_values import complete, day_of
from actions.conversation.relative_dates import Unresolved, resolve
from actions.conversation.turn import Turn
from actions.rules import RuleBook

UNPLACED = ("date", "number", "duration", "level")
"""Values that the fact reader could not tie to a fact; they answer the question that was asked."""

MOST_WORDS = 5
"""At most as many words has a message that only says which of several kinds it is."""

FEW_WORDS = 3
"""At most as many words has a level that is said by itself."""

AGE = "age_years"
"""Worked out from the date of birth by the rules, and said by people as it is."""


@dataclass(frozen=True)
class StatedFacts:
    """What a message says about a case."""

    facts: dict[str, Any] = field(default_factory=dict)
    part_dates: dict[str, str] = field(default_factory=dict)
    """Dates without a day, as `2029-08`."""
    open_choices: dict[str, list[Any]] = field(default_factory=dict)
    """Facts said to apply without saying how, with the values they can have."""
    problems: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Keys of the catalogue under `problems`, with their values: what could not be taken, and why."""
    invalid: list[str] = field(default_factory=list)
    """Fields of the dates that could not be taken."""
    worked_out: dict[str, str] = field(default_factory=dict)
    """Dates as typed that had to be worked out, by field, so that the result is shown back."""
    declined: list[str] = field(default_factory=list)
    indefinite: set[str] = field(default_factory=set)
    """Facts of nobody in particular: the tier in `who holds a tier B case?`."""

    def __bool__(self) -> bool:
        return bool(self.facts or self.part_dates or self.open_choices or self.problems or self.declined)

    @property
    def has_dates(self) -> bool:
        """Whether the message gives a date of the case."""
        return bool(self.part_dates) or any(name.endswith("_date") for name in self.facts)


def read_facts(turn: Turn, book: RuleBook) -> StatedFacts:
    """The facts in the latest message, including a bare answer to the question asked before it."""
    stated = StatedFacts()
    # Relative dates last: they may be counted from a date in the same message.
    for entity in sorted(turn.entities, key=_is_relative):
        name = entity["entity"]
        if entity.get("indefinite"):
            value = entity["value"]
            stated.indefinite.add(value["field"] if name == "needs_detail" else name)
        if name == "needs_detail":
            stated.open_choices[entity["value"]["field"]] = list(entity["value"]["among"])
        elif name == "not_known":
            stated.declined.append(str(entity["value"]))
        elif name in UNPLACED:
            placed = _place(name, entity, turn, book, stated)
            if placed:
                _take(placed, entity, turn, stated)
        elif _can_be_stated(name, book):
            _take(name, entity, turn, stated)
    _take_bare_answer(turn, book, stated)
    _take_open_choice(turn, stated)
    _take_changed_value(turn, book, stated)
    _take_mappa_level(turn, stated)
    _take_refusal(turn, stated)
    for name in stated.facts:
        stated.open_choices.pop(name, None)
    _place_against_today(stated, turn.as_of)
    return stated


def _place_against_today(stated: StatedFacts, as_of: date) -> None:
    """What only today decides: a hearing that lies behind was the last review, a move to come is not yet made."""
    facts, today = stated.facts, as_of.isoformat()
    hearing = facts.get("target_hearing_date")
    if isinstance(hearing, str) and hearing < today and "last_parole_review_date" not in facts:
        facts["last_parole_review_date"] = facts.pop("target_hearing_date")
        if "target_hearing_date" in stated.worked_out:
            stated.worked_out["last_parole_review_date"] = stated.worked_out.pop("target_hearing_date")
    move = facts.get("open_conditions_move_date") or stated.part_dates.get("open_conditions_move_date", "")
    if facts.get("in_open_conditions") and isinstance(move, str) and move > today[: len(move)]:
        del facts["in_open_conditions"]
        if facts.get("estate") == "male_open":
            del facts["estate"]


def _is_relative(entity: dict[str, Any]) -> bool:
    value = entity.get("value")
    return isinstance(value, dict) and "relative" in value


def _can_be_stated(name: str, book: RuleBook) -> bool:
    return name == AGE or (name in book.fields and book.field(name).kind != "derived")


def _place(kind: str, entity: dict[str, Any], turn: Turn, book: RuleBook, stated: StatedFacts) -> str | None:
    """The fact that an unplaced value answers: the one that was asked for, if it can hold such a value."""
    asked = turn.state.asking_for
    value = entity.get("value")
    if asked and asked not in stated.facts and asked in book.fields:
        wanted = book.field(asked)
        if kind == "date" and wanted.type.startswith("date"):
            return asked
        if kind in ("number", "duration") and wanted.type in ("number", "duration"):
            return asked
        if kind == "level" and value in wanted.allowed:
            return asked
    years = [name for name, part in turn.state.part_dates.items() if _is_a_year(part)]
    partial = str(value.get("partial", "")) if isinstance(value, dict) else ""
    if kind == "date" and len(years) == 1 and partial.startswith("--"):
        return years[0]
    if kind == "duration" and "sentence_length_months" in book.fields and len(turn.text.split()) <= FEW_WORDS:
        return "sentence_length_months"  # `6 years`, said by itself
    if kind == "date" and (turn.intent == "correct_fact" or _CORRECTS.match(turn.text)):
        last = _last_dates(turn)
        if len(last) == 1:
            return last[0]
    if kind == "level" and turn.intent in ("correct_fact", "what_if") and "rosh" in turn.state.facts:
        return "rosh"
    if kind == "level" and asked and "rosh" not in turn.state.facts and len(turn.text.split()) <= FEW_WORDS:
        return "rosh"  # of the levels there are, the one that colleagues name by itself
    if kind == "date" and turn.intent in ("give_facts", "correct_fact"):
        stated.problems.append(("date_without_role", {"date": _typed(entity, turn)}))
    return None


_CORRECTS = re.compile(
    r"\W*(?:no|nope|sorry|i mean(?:t)?|actually|make (?:it|that)|correction)\b", re.IGNORECASE
)


def _last_dates(turn: Turn) -> list[str]:
    """The dates that the last change to the facts gave: `no, 1 December` corrects the one there is."""
    if not turn.state.history:
        return []
    before = turn.state.history[-1]["facts"]
    return [
        name
        for name, value in turn.state.facts.items()
        if name.endswith("_date") and before.get(name) != value
    ]


def _typed(entity: dict[str, Any], turn: Turn) -> str:
    return str(entity.get("text") or turn.text[entity.get("start", 0) : entity.get("end", 0)])


def _take(name: str, entity: dict[str, Any], turn: Turn, stated: StatedFacts) -> None:
    value = entity.get("value")
    if not isinstance(value, dict):
        # The first mention of a fact stands; one only worked out from another word never beats one said.
        if name not in stated.facts or not entity.get("derived"):
            stated.facts[name] = value
    elif "invalid" in value:
        reason = str(value.get("reason", ""))
        stated.problems.append(("invalid_date", {"typed": str(value["invalid"]), "reason": reason}))
        stated.invalid.append(name)
    elif "partial" in value:
        _take_part(name, str(value["partial"]), entity, turn, stated)
    elif "relative" in value:
        found = resolve(value, turn.as_of, turn.state.facts | stated.facts)
        if isinstance(found, date):
            stated.facts[name] = found.isoformat()
            stated.worked_out[name] = _typed(entity, turn)
        elif isinstance(found, Unresolved) and found.partial:
            _take_part(name, found.partial, entity, turn, stated)
        else:
            stated.problems.append(("relative_date", {"typed": _typed(entity, turn), "reason": found.reason}))
    elif "months" in value:
        stated.facts[name] = value["months"]


def _take_part(name: str, part: str, entity: dict[str, Any], turn: Turn, stated: StatedFacts) -> None:
    year = turn.state.part_dates.get(name, "")
    if _is_a_year(year) and part.startswith("--"):
        part = f"{year}{part[1:]}"  # the year was said before: "TED is 2030", "14 August"
    found = _whole(part) or complete(name, part, turn.as_of)
    if isinstance(found, date):
        stated.facts[name] = found.isoformat()
        stated.worked_out[name] = _typed(entity, turn)
    else:
        stated.part_dates[name] = found


def _is_a_year(part: str) -> bool:
    return len(part) == len("2030") and part.isdigit()


def _whole(part: str) -> date | None:
    """The date of a part that has become whole, if there is such a day."""
    try:
        return date.fromisoformat(part)
    except ValueError:
        return None


def _take_bare_answer(turn: Turn, book: RuleBook, stated: StatedFacts) -> None:
    """Yes, no, do not know, a day of the month, or one of the allowed words, in answer to what was asked."""
    asked = turn.state.asking_for
    if not asked or asked in stated.facts or asked not in book.fields:
        return
    wanted = book.field(asked)
    words = re.sub(r"[^a-z0-9 ]", " ", turn.text.lower().replace("_", " ")).split()
    if asked in turn.state.part_dates and len(words) <= 4:
        day = re.search(r"\b(\d{1,2})(st|nd|rd|th)?\b", turn.text)
        found = day_of(turn.state.part_dates[asked], int(day[1])) if day else None
        if found:
            stated.facts[asked] = found.isoformat()
            stated.worked_out[asked] = turn.text
            stated.problems.clear()
            stated.part_dates.pop(asked, None)
            return
    if turn.intent == "dont_know":
        stated.declined.append(asked)
    elif stated.facts or stated.part_dates:
        return
    elif wanted.type == "bool" and turn.intent in ("affirm", "deny"):
        stated.facts[asked] = turn.intent == "affirm"
    elif wanted.type == "bool" and _answers_in_words(turn.text, wanted.question):
        stated.facts[asked] = not _NOT.search(turn.text)
    elif wanted.type.startswith("date") and turn.intent == "deny":
        stated.facts[asked] = None
    elif wanted.allowed and len(words) <= 4:
        _take_allowed_word(asked, words, turn, book, stated)


_CHANGE = re.compile(
    r"\b(?:change|make|set|switch|put|correct|amend|update) (?:it|that|this|him|her|the [\w ]{3,30}?)(?: back)?"
    r" (?:to|as|into|a|an) (?:a |an )?(?P<value>[\w-]{1,12})\b",
    re.IGNORECASE,
)


def _take_changed_value(turn: Turn, book: RuleBook, stated: StatedFacts) -> None:
    """`Change it to standard`: the one fact in play that can have this value gets it."""
    found = _CHANGE.search(turn.text)
    if found is None or turn.intent in ("what_if", "compare_editions"):
        return
    word = found["value"].lower()
    matches = {
        (name, value)
        for name, known in turn.state.facts.items()
        if name in book.fields and name not in stated.facts
        for value in book.field(name).allowed
        if value != known and word in str(value).lower().split("_")
    }
    if len(matches) == 1:
        name, value = matches.pop()
        stated.facts[name] = value


_REFUSED = re.compile(
    r"\b(?:board|parole|panel|they)\b.{0,20}\b(?:refuse\w*|says? no|said no"
    r"|knock\w* (?:him|her|it)? ?back|turns? (?:him|her) down"
    r"|(?:doesn'?t|does not|don'?t|won'?t|didn'?t|wont) (?:release|direct|let (?:him|her) out))\b",
    re.IGNORECASE,
)


def _take_refusal(turn: Turn, stated: StatedFacts) -> None:
    """`What if the board refuses him?`: a decision not to release, where nothing else was read."""
    if turn.intent == "what_if" and not stated.facts and _REFUSED.search(turn.text):
        stated.facts["parole_decision"] = "no_release"


def _take_open_choice(turn: Turn, stated: StatedFacts) -> None:
    """`Standard`, where it is known that there was a recall and not of which kind."""
    if len(turn.text.split()) > MOST_WORDS or "?" in turn.text:
        return
    words = set(re.findall(r"[a-z0-9]+", turn.text.lower()))
    for name, among in turn.state.open_choices.items():
        matches = [value for value in among if set(str(value).lower().split("_")) & words - {"term", "fixed"}]
        if len(matches) == 1 and name not in stated.facts:
            stated.facts[name] = matches[0]


_LEVEL = re.compile(r"\b(?:level|lvl) ?(?P<level>[123])\b", re.IGNORECASE)


def _take_mappa_level(turn: Turn, stated: StatedFacts) -> None:
    """`What if he was level 2?` where the MAPPA level is among the facts of the case."""
    found = _LEVEL.search(turn.text)
    known = [name for name in ("mappa_level", "mappa_active_level") if name in turn.state.facts]
    if found and not any(name.startswith(("mappa", "ea_", "opd")) for name in stated.facts):
        stated.facts.update(dict.fromkeys(known, int(found["level"])))


_NOT = re.compile(r"\b(?:no|not|never|\w+n'?t|nope|nah)\b", re.IGNORECASE)
_STATES = re.compile(
    r"\b(?:has|have|had|hasn'?t|haven'?t|is|isn'?t|was|wasn'?t|did|didn'?t|does|doesn'?t|done|yes|not)\b",
    re.IGNORECASE,
)
_EVERYDAY = frozenset(
    {"the", "has", "have", "been", "and", "with", "person", "community", "after", "for", "case", "that"}
)


def _answers_in_words(message: str, question: str) -> bool:
    """Whether a message answers a yes or no question in words of the question: `com has done the review`."""
    if "?" in message or re.match(r"\W*(?:who|when|what|how|where|why|which)\b", message, re.IGNORECASE):
        return False
    said, asked = (set(re.findall(r"[a-z]{3,}", words.lower())) - _EVERYDAY for words in (message, question))
    done = {"done", "finished", "completed"} & said and {"finished", "completed", "done"} & asked
    return bool(_STATES.search(message) and (said & asked or done))


def _take_allowed_word(asked: str, words: list[str], turn: Turn, book: RuleBook, stated: StatedFacts) -> None:
    """One of the allowed values of the fact asked for, said by itself: `b`, `high`, `14 day`, `the first`."""
    matches = {
        value
        for value in book.field(asked).allowed
        if str(value).lower().replace("_", " ") == " ".join(words)
        or set(str(value).lower().split("_")) & set(words) - {"term", "fixed", "no"}
    }
    if len(matches) == 1:
        stated.facts[asked] = matches.pop()
    elif not matches and turn.intent == "deny" and "none" in book.field(asked).allowed:
        stated.facts[asked] = "none"
