"""Dates: offsets in calendar units, working days in England and Wales, and how dates are written.

Months and years are calendar units clipped to the end of the month, and are applied before weeks and days.
A week is seven days. Working days skip weekends and the bank holidays of England and Wales.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import holidays
from govuk_bank_holidays.bank_holidays import BankHolidays

LONDON = ZoneInfo("Europe/London")
_UNITS = ("years", "months", "weeks", "days", "hours", "working_days")


@dataclass(frozen=True)
class Offset:
    """A length of time. `months` includes years; `working_days` and `hours` stand alone."""

    months: int = 0
    days: int = 0
    hours: int = 0
    working_days: int = 0
    words: str = ""

    @classmethod
    def of(cls, parts: Mapping[str, int] | None) -> Offset:
        """The offset for the parts of a YAML offset, such as `{"years": 2, "weeks": 24}`."""
        parts = {unit: parts[unit] for unit in _UNITS if parts.get(unit)} if parts else {}
        words = " and ".join(f"{n} {_unit(unit, n)}" for unit, n in parts.items())
        return cls(
            months=parts.get("years", 0) * 12 + parts.get("months", 0),
            days=parts.get("weeks", 0) * 7 + parts.get("days", 0),
            hours=parts.get("hours", 0),
            working_days=parts.get("working_days", 0),
            words=words,
        )


def _unit(unit: str, count: int) -> str:
    name = unit.replace("_", " ")
    return name[:-1] if count == 1 else name


@lru_cache(maxsize=65536)
def add_months(day: date, months: int) -> date:
    """The same day `months` calendar months later (or earlier), clipped to the end of the month."""
    month = day.year * 12 + day.month - 1 + months
    year, index = divmod(month, 12)
    return date(year, index + 1, min(day.day, monthrange(year, index + 1)[1]))


@lru_cache(maxsize=65536)
def shift(day: date, offset: Offset, direction: str) -> date:
    """The date `offset` before or after `day`. Hours are counted as whole days here (see `shift_time`)."""
    sign = -1 if direction == "before" else 1
    moved = add_months(day, sign * offset.months) if offset.months else day
    moved += timedelta(days=sign * (offset.days + -(-offset.hours // 24)))
    return add_working_days(moved, sign * offset.working_days) if offset.working_days else moved


def shift_time(moment: datetime, offset: Offset) -> datetime:
    """The time of day in London that is `offset.hours` elapsed hours after `moment` (clock changes
    counted).
    """
    local = moment.replace(tzinfo=LONDON) if moment.tzinfo is None else moment
    return (local.astimezone(UTC) + timedelta(hours=offset.hours)).astimezone(LONDON)


@cache
def _published() -> tuple[frozenset[date], date, date]:
    listed = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    days = frozenset(item["date"] for item in listed)
    return days, min(days), max(days)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England and Wales in a year: GOV.UK's published list, computed beyond its ends."""
    days, first, last = _published()
    # the first year of the published list may not be whole, so that year is computed
    if first.year < year <= last.year:
        return frozenset(day for day in days if day.year == year)
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """Whether a day is neither a weekend nor a bank holiday in England and Wales."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day` (before it when negative); `day` itself is not counted."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day


@lru_cache(maxsize=65536)
def written(day: date) -> str:
    """A date as people read it: `3 January 2025`."""
    return f"{day.day} {day:%B %Y}"


@lru_cache(maxsize=65536)
def months_and_days(start: date, end: date) -> str:
    """The time from one date to another in words: `40 months` or `9 months and 30 days`."""
    if end < start:
        return "no time"
    months = (end.year - start.year) * 12 + end.month - start.month
    while add_months(start, months) > end:
        months -= 1
    days = (end - add_months(start, months)).days
    parts = [f"{months} {_unit('months', months)}"] if months else []
    if days or not parts:
        parts.append(f"{days} {_unit('days', days)}")
    return " and ".join(parts)
