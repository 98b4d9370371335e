"""Dates said against today or against another date: "in 10 weeks", "last Tuesday", "8 months before CRD".

The fact reader has no clock, so it passes on what was said; this module works it out for a given day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Unresolved:
    """Why no date came of it, in words for the practitioner.

    `needs` names the fact that it is counted from and that is not known; `partial` is what is known of the
    date ("2026-10"); `candidates` are the dates that it could mean.
    """

    reason: str
    needs: str | None = None
    partial: str | None = None
    candidates: tuple[date, ...] = ()

    def __str__(self) -> str:
        return self.reason


def resolve(value: Any, as_of: date, facts: Mapping[str, Any]) -> date | Unresolved:
    """The day that a value of the fact reader means on `as_of`, given the facts of the case.

    `value` is an ISO date, or `{"relative": {...}}` with an optional `anchor` (the name of a date fact) or
    `anchor_date`; months are calendar months clipped to the month end and are counted before weeks and days.
    A partial or an invalid date comes back as `Unresolved`.

    >>> resolve({"relative": {"months": -8}, "anchor": "conditional_release_date"}, date(2026, 1, 1),
    ...         {"conditional_release_date": "2027-03-31"})
    datetime.date(2026, 7, 31)
    """
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return date.fromisoformat(value)
    if not isinstance(value, Mapping):
        return Unresolved("it is not a date")
    if "invalid" in value:
        return Unresolved(str(value.get("reason", "it is not a date")))
    if "partial" in value:
        return Unresolved("the day, month and year are all needed", partial=str(value["partial"]))
    relative = value.get("relative")
    if not isinstance(relative, Mapping):
        return Unresolved("it is not a date")
    start = _start(value, as_of, facts)
    if isinstance(start, Unresolved):
        return start
    if "weekday" in relative:
        return _weekday(WEEKDAYS.index(relative["weekday"]), str(relative.get("which")), as_of)
    if "day_month" in relative:
        return _day_month(str(relative["day_month"]), relative, as_of)
    if "month" in relative:
        year = as_of.year if int(relative["month"]) <= as_of.month else as_of.year - 1
        return Unresolved("the day is needed", partial=f"{year}-{int(relative['month']):02}")
    if "day" in relative:
        return _day_of_month(int(relative["day"]), str(relative.get("which")), as_of)
    if "span" in relative:
        return _span(str(relative["span"]), str(relative.get("which")), as_of)
    return shift(start, relative.get("months", 0), relative.get("weeks", 0), relative.get("days", 0))


def shift(day: date, months: int = 0, weeks: int = 0, days: int = 0) -> date | Unresolved:
    """A day moved by calendar months (clipped to the month end), then by weeks and days."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1900 <= year <= 2099:
        return Unresolved("it falls outside the years 1900 to 2099")
    moved = date(year, month, min(day.day, monthrange(year, month)[1]))
    return moved + timedelta(weeks=weeks, days=days)


def _start(value: Mapping[str, Any], as_of: date, facts: Mapping[str, Any]) -> date | Unresolved:
    if "anchor_date" in value:
        return date.fromisoformat(str(value["anchor_date"]))
    anchor = value.get("anchor")
    if anchor is None:
        return as_of
    known = facts.get(str(anchor))
    if isinstance(known, date):
        return known
    if isinstance(known, str):
        try:
            return date.fromisoformat(known[:10])
        except ValueError:
            pass
    return Unresolved(
        f"it is counted from the {str(anchor).replace('_', ' ')}, which is not known", needs=str(anchor)
    )


def _weekday(weekday: int, which: str, as_of: date) -> date | Unresolved:
    """The weekday meant. "Next Friday" on a Monday can be either of two days, so it is asked."""
    back = (as_of.weekday() - weekday) % 7
    ahead = (weekday - as_of.weekday()) % 7
    if which == "last":
        return as_of - timedelta(days=back or 7)
    if which == "latest":
        return as_of - timedelta(days=back)
    if which == "this":
        return as_of + timedelta(days=ahead)
    if which == "next":
        coming = as_of + timedelta(days=ahead or 7)
        if weekday <= as_of.weekday():
            return coming
        return _either(coming, coming + timedelta(days=7))
    return _either(as_of - timedelta(days=back or 7), as_of + timedelta(days=ahead or 7))


def _day_of_month(day: int, which: str, as_of: date) -> date | Unresolved:
    """A day of this, the last or the next month; `latest` and `coming` are the nearest such days."""
    steps = {"this": (0,), "last": (-1,), "next": (1,), "latest": (0, -1, -2), "coming": (0, 1, 2)}
    for step in steps.get(which, ()):
        first = shift(as_of.replace(day=1), step)
        if not isinstance(first, date) or day > monthrange(first.year, first.month)[1]:
            continue
        found = first.replace(day=day)
        if (which != "latest" or found <= as_of) and (which != "coming" or found >= as_of):
            return found
    return Unresolved("the month is needed")


def _day_month(day_month: str, relative: Mapping[str, Any], as_of: date) -> date | Unresolved:
    """A day and month: of last, this or next year where that is said, else the latest such day."""
    month, day = (int(part) for part in day_month.split("-"))
    named = {"last": -1, "this": 0, "next": 1}
    years = range(as_of.year, as_of.year - 8, -1)
    if "year" in relative:
        years = range(
            as_of.year + named[str(relative["year"])], as_of.year + named[str(relative["year"])] + 1
        )
    for year in years:
        if day <= monthrange(year, month)[1]:
            found = date(year, month, day)
            if "year" in relative or found <= as_of:
                return found
    return Unresolved("there is no such day in that year")


def _either(one: date, other: date) -> Unresolved:
    words = " or ".join(f"{day.day} {day:%B %Y}" for day in (one, other))
    return Unresolved(f"it could be {words}", candidates=(one, other))


def _span(unit: str, which: str, as_of: date) -> Unresolved:
    step = {"last": -1, "next": 1}.get(which, 0)
    if unit == "year":
        return Unresolved(f"that is some day in {as_of.year + step}", partial=str(as_of.year + step))
    if unit == "month":
        first = shift(as_of.replace(day=1), step)
        if isinstance(first, date):
            return Unresolved(f"that is some day in {first:%B %Y}", partial=f"{first:%Y-%m}")
    return Unresolved("the day is needed")
