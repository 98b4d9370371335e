"""Calendar months, working days and hours."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from actions.rules.dates import (
    LONDON,
    Offset,
    add_months,
    add_working_days,
    bank_holidays,
    is_working_day,
    months_and_days,
    shift,
    shift_time,
    written,
)
from actions.rules.values import Duration


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-08-31", -6, "2026-02-28"),
        ("2024-08-31", -6, "2024-02-29"),
        ("2028-02-29", -12, "2027-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-10-31", 1, "2025-11-30"),
        ("2026-01-15", -13, "2024-12-15"),
        ("2025-12-31", 2, "2026-02-28"),
    ],
)
def test_months_are_calendar_months_clipped_to_the_month_end(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_months_are_taken_off_before_days() -> None:
    # 31 October - 7 months = 31 March, then 15 days; days first would give 16 March
    offset = Offset.of({"months": 7, "days": 15})
    assert shift(date(2026, 10, 31), offset, "before") == date(2026, 3, 16)
    assert shift(date(2026, 9, 30), offset, "before") == date(2026, 2, 13)


def test_two_years_and_24_weeks_is_one_date() -> None:
    offset = Offset.of({"years": 2, "weeks": 24})
    assert shift(date(2030, 6, 30), offset, "before") == date(2028, 1, 14)
    assert offset.words == "2 years and 24 weeks"


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-03-27", 1, "2026-03-30"),  # Friday to Monday
        ("2026-04-02", 1, "2026-04-07"),  # Maundy Thursday: Good Friday and Easter Monday are holidays
        ("2026-03-26", 10, "2026-04-13"),  # ten working days over Easter
        ("2025-12-24", 1, "2025-12-29"),  # Christmas Day, Boxing Day and a weekend
        ("2025-12-19", 10, "2026-01-07"),  # over Christmas and New Year
        ("2027-12-24", 1, "2027-12-29"),  # both holidays fall on a weekend: two substitute days
        ("2022-09-16", 1, "2022-09-20"),  # the funeral of Queen Elizabeth II
        ("2026-04-07", -1, "2026-04-02"),
    ],
)
def test_working_days_skip_weekends_and_bank_holidays(start: str, count: int, expected: str) -> None:
    assert add_working_days(date.fromisoformat(start), count) == date.fromisoformat(expected)


def test_bank_holidays_are_known_beyond_the_published_list() -> None:
    assert date(2035, 12, 25) in bank_holidays(2035)
    assert date(2035, 3, 23) in bank_holidays(2035)  # Good Friday
    assert not is_working_day(date(2040, 1, 2))  # New Year's Day 2040 is a Sunday
    assert date(2035, 3, 17) not in bank_holidays(
        2035
    )  # Saint Patrick's Day is not kept in England and Wales


def test_hours_are_elapsed_hours_over_a_change_of_the_clocks() -> None:
    hours = Offset.of({"hours": 48})
    before_summer_time = datetime(2026, 3, 28, 12, 0)
    assert shift_time(before_summer_time, hours) == datetime(2026, 3, 30, 13, 0, tzinfo=LONDON)
    before_winter_time = datetime(2026, 10, 24, 12, 0)
    assert shift_time(before_winter_time, hours) == datetime(2026, 10, 26, 11, 0, tzinfo=LONDON)


def test_a_duration_is_compared_without_rounding() -> None:
    assert Duration(date(2025, 4, 30), date(2026, 2, 28)).order(10) == 0  # clipped: exactly 10 months
    assert Duration(date(2025, 4, 30), date(2026, 3, 1)).order(10) == 1
    assert Duration(date(2025, 5, 1), date(2026, 2, 28)).order(10) == -1
    assert Duration(date(2025, 5, 1), date(2025, 7, 24), weeks=True).order(12) == 0
    assert Duration(date(2025, 5, 1), date(2025, 7, 23), weeks=True).order(12) == -1


def test_dates_and_durations_are_written_in_plain_words() -> None:
    assert written(date(2027, 3, 3)) == "3 March 2027"
    assert months_and_days(date(2025, 1, 3), date(2028, 5, 3)) == "40 months"
    assert months_and_days(date(2025, 5, 1), date(2026, 2, 28)) == "9 months and 27 days"
    assert months_and_days(date(2025, 5, 1), date(2025, 5, 2)) == "1 day"
