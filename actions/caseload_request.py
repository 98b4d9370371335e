"""What a message about stored cases asks for: which list, or what to record, in the words of caseload.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from actions.texts import entry

List = Literal["week", "overdue", "ahead", "handovers", "early", "parole", "missing", "cases"]

_AHEAD = re.compile(
    r"\bnext\s+(?P<count>\d{1,3}|two|three|four|six|eight)?\s*(?P<unit>day|week|month|wk)s?\b"
)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "six": 6, "eight": 8}
_DAYS = {"day": 1, "week": 7, "wk": 7, "month": 31}
MOST_DAYS = 366


@dataclass(frozen=True)
class CaseloadRequest:
    """Which list of the caseload a message asks for, and how many days ahead for what is coming up."""

    view: List
    days: int | None = None


@dataclass(frozen=True)
class RecordRequest:
    """What a message asks to record: a duty `done` or `undone`, or a state of early allocation."""

    what: Literal["done", "undone", "early_allocation"]
    state: str = ""
    decision: str | None = None


def asked_list(message: str) -> CaseloadRequest:
    """The list that a message asks for; what is due this week when it names none."""
    words = message.lower()
    days = _days_ahead(words)
    for view in ("overdue", "handovers", "early", "parole", "missing"):
        if _says(f"lists.{view}", words):
            return CaseloadRequest(view, days)  # type: ignore[arg-type]
    if days is not None:
        return CaseloadRequest("ahead", days)
    if _says("lists.today", words):
        return CaseloadRequest("ahead", 0)
    if _says("lists.week", words):
        return CaseloadRequest("week")
    return CaseloadRequest("cases" if _says("lists.cases", words) else "week")


def names_the_caseload(message: str) -> bool:
    """Whether a message speaks of the cases of a person, rather than of one case."""
    return _says("lists.caseload", message.lower())


def asked_record(message: str) -> RecordRequest | None:
    """What a message asks to record; None when it asks about it instead."""
    words = message.lower()
    if _says("records.question", words) or (
        words.rstrip().endswith("?") and not _says("records.asks", words)
    ):
        return None
    if _says("records.undone", words):
        return RecordRequest("undone")
    early = _says("records.early", words)
    if early and _says("records.done", words) and not _says("records.referral", words):
        return RecordRequest("done")
    if early:
        for state, decision in (
            ("community_decided", "refused"),
            ("community_decided", "accepted"),
            ("in_effect", None),
            ("saved", None),
            ("referred", None),
        ):
            if _says(f"records.{decision or state}", words):
                return RecordRequest("early_allocation", state, decision)
        return RecordRequest("early_allocation")
    return RecordRequest("done") if _says("records.done", words) else None


def _days_ahead(words: str) -> int | None:
    found = _AHEAD.search(words)
    if not found:
        return None
    said = found["count"] or "1"
    count = _NUMBERS.get(said) or int(said)
    return min(count * _DAYS[found["unit"]], MOST_DAYS)


def _says(key: str, words: str) -> bool:
    return bool(_pattern(key).search(words))


@lru_cache(maxsize=64)
def _pattern(key: str) -> re.Pattern[str]:
    phrases: Any = entry(f"caseload_chat.words.{key}")
    return re.compile("|".join(rf"(?:{phrase})" for phrase in phrases))
