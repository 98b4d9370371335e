"""Facts of which only a part is known: a month without its day, a recall of a type not yet said.

Where every value that is still possible gives the same answer, the missing part need not be asked.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from itertools import product
from typing import Any

from actions.conversation.state import ConversationState

PAST_DATES = frozenset(
    {
        "sentence_date", "recall_return_date", "reception_date", "arrival_date", "last_oasys_date",
        "last_parole_review_date", "significant_event_date", "hospital_transfer_date", "com_allocation_date",
        "open_conditions_move_date", "order_date", "roh_assessed_high_date", "last_roh_review_date",
        "sentence_planning_meeting_date", "open_prison_arrival_date", "female_open_category_date",
    }
)  # fmt: skip
"""Dates that lie behind: one said without its year is the latest such day. Any other is the next one ahead."""

MOST_CASES = 6
"""Most possible cases that are worked through before the missing part is simply asked for."""


def complete(name: str, part: str, as_of: date) -> date | str:
    """A date said without its year (`--06-14`), placed in the year that the fact must mean; otherwise the part.

    A month alone (`--06`) comes back with its year: `2026-06`.
    """
    if not part.startswith("--"):
        return part
    month, _, day = part[2:].partition("-")
    years = range(as_of.year, as_of.year - 9, -1) if name in PAST_DATES else range(as_of.year, as_of.year + 9)
    for year in years:
        if not day:
            first = date(year, int(month), 1)
            if (first <= as_of) if name in PAST_DATES else (_last(year, int(month)) >= as_of):
                return f"{year}-{month}"
        elif int(day) <= monthrange(year, int(month))[1]:
            found = date(year, int(month), int(day))
            if (found <= as_of) if name in PAST_DATES else (found >= as_of):
                return found
    return part


def day_of(part: str, day: int) -> date | None:
    """The date for a month (`2029-08`) and a day of it; None when the month has no such day."""
    year, month = (int(piece) for piece in part.split("-")[:2])
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


def possible_facts(state: ConversationState) -> list[dict[str, Any]]:
    """The facts of the case once for each way its half-known facts can turn out; empty if there are too many.

    A month is tried at its first and its last day, a year on 1 January and 31 December.
    """
    ways: dict[str, list[Any]] = {name: list(values) for name, values in state.open_choices.items()}
    for name, part in state.part_dates.items():
        pieces = [int(piece) for piece in part.split("-") if piece]
        if part.startswith("--") or not pieces:
            return []
        year = pieces[0]
        first, last = (pieces[1], pieces[1]) if len(pieces) > 1 else (1, 12)
        ways[name] = [date(year, first, 1).isoformat(), _last(year, last).isoformat()]
    combinations = list(product(*ways.values()))
    if len(combinations) > MOST_CASES:
        return []
    return [state.facts | dict(zip(ways, values, strict=True)) for values in combinations]


def _last(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
