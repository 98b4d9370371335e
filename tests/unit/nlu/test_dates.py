"""Dates are read day first, and what is no day of the calendar is refused with the reason."""

from typing import Any

import pytest

from assistant.nlu.facts.dates import find_dates, full_year
from assistant.nlu.facts.durations import find_durations
from assistant.nlu.facts.text import Text


def read(message: str) -> list[Any]:
    text = Text.of(message)
    return [date.value for date in find_dates(text, find_durations(text))]


@pytest.mark.parametrize(
    ("message", "day"),
    [
        ("03/04/2027", "2027-04-03"),
        ("3/4/27", "2027-04-03"),
        ("03.04.2027", "2027-04-03"),
        ("3-4-2027", "2027-04-03"),
        ("3 / 4 / 2027", "2027-04-03"),
        ("2027-04-03", "2027-04-03"),
        ("3 April 2027", "2027-04-03"),
        ("3rd of April, 2027", "2027-04-03"),
        ("the 3rd april 27", "2027-04-03"),
        ("3 apr '27", "2027-04-03"),
        ("April 3rd 2027", "2027-04-03"),
        ("Saturday 3 April 2027", "2027-04-03"),
        ("29/02/2028", "2028-02-29"),
        ("31/12/1999", "1999-12-31"),
        ("1/1/85", "1985-01-01"),
    ],
)
def test_reads_a_date_day_first(message: str, day: str) -> None:
    assert read(message) == [day]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("31/02/2027", "February 2027 has 28 days"),
        ("29/02/2027", "February 2027 has 28 days"),
        ("30 feb 2027", "February 2027 has 28 days"),
        ("31st april 2027", "April 2027 has 30 days"),
        ("03/25/2027", "there is no month 25: write the day first, as in 3/4/2027"),
        ("2027-13-01", "there is no month 13: write the day first, as in 3/4/2027"),
        ("00/01/2027", "January 2027 has 31 days"),
        ("3/4/202", "the year must have two or four digits"),
        ("3/4/1066", "the year must be from 1900 to 2099"),
        ("13/2027", "there is no month 13"),
    ],
)
def test_refuses_what_is_no_day_of_the_calendar(message: str, reason: str) -> None:
    assert read(message) == [{"invalid": message, "reason": reason}]


@pytest.mark.parametrize(
    ("message", "partial"),
    [
        ("March 2027", "2027-03"),
        ("mar 27", "2027-03"),
        ("end of march 2027", "2027-03"),
        ("03/2027", "2027-03"),
        ("2027", "2027"),
        ("14 march", "--03-14"),
        ("march 14th", "--03-14"),
        ("in march", "--03"),
    ],
)
def test_leaves_a_part_of_a_date_as_a_part(message: str, partial: str) -> None:
    assert read(message) == [{"partial": partial}]


@pytest.mark.parametrize(
    ("message", "relative"),
    [
        ("in 10 weeks", {"weeks": 10}),
        ("10 weeks ago", {"weeks": -10}),
        ("in two years and three months", {"months": 27}),
        ("6 months from now", {"months": 6}),
        ("yesterday", {"days": -1}),
        ("the day before yesterday", {"days": -2}),
        ("last night", {"days": -1}),
        ("last tuesday", {"weekday": "tuesday", "which": "last"}),
        ("tuesday just gone", {"weekday": "tuesday", "which": "last"}),
        ("next fri", {"weekday": "friday", "which": "next"}),
        ("this thursday", {"weekday": "thursday", "which": "this"}),
        ("on monday", {"weekday": "monday", "which": "unsaid"}),
        ("last month", {"span": "month", "which": "last"}),
        ("6 june last year", {"day_month": "06-06", "year": "last"}),
    ],
)
def test_passes_on_what_is_said_against_today(message: str, relative: dict[str, Any]) -> None:
    assert read(message) == [{"relative": relative}]


@pytest.mark.parametrize(
    "message", ["he may go", "march him in", "MAPPA 2/3", "tier 1/2", "24 months", "1.5 hours"]
)
def test_takes_no_other_words_for_a_date(message: str) -> None:
    assert read(message) == []


def test_two_digit_years_turn_at_eighty() -> None:
    assert [full_year("00"), full_year("79"), full_year("80")] == [2000, 2079, 1980]
